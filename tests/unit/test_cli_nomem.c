/* test_cli_nomem.c: the Nth allocation of a whole command fails, for every N: it says so and ends
 * with status 2, or it did without and its output is the same. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include <jansson.h>

#include "cli/common.h"

#define NOMEM_TEXTS
#include "nomem.h"

#define ARGUMENTS_MAX 12
#define OUTPUT_MAX    65536

/* Many commands run in this process: none may take anything away from it. */
void __wrap_cli_confine(enum confine_scope scope, bool quiet);

void __wrap_cli_confine(enum confine_scope scope, bool quiet)
{
    (void)scope;
    (void)quiet;
}

struct output {
    char text[OUTPUT_MAX];
    size_t length;
};

/* Runs a command whose words are separated by '|', with so many allocations granted. */
static int run(const char *words, long granted, struct output *output, bool *enough)
{
    char program[] = "tcpprobe", copy[256], *argv[ARGUMENTS_MAX] = {program}, *rest = copy;
    FILE *file = tmpfile(), *messages = stderr;
    int argc = 1, status, keep = dup(STDOUT_FILENO);
    ssize_t length;

    snprintf(copy, sizeof copy, "%s", words);
    while (rest && argc < ARGUMENTS_MAX - 1)
        argv[argc++] = strsep(&rest, "|");
    assert_non_null(file);
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    stderr = fopen("/dev/null", "w");
    atomic_store(&nomem_left, granted);
    status = cli_main(argc, argv);
    *enough = !nomem_reached();
    atomic_store(&nomem_left, NOMEM_NEVER);
    fclose(stderr);
    stderr = messages;
    fflush(stdout);
    dup2(keep, STDOUT_FILENO);
    close(keep);
    length = pread(fileno(file), output->text, OUTPUT_MAX, 0);
    assert_true(length >= 0 && length < OUTPUT_MAX);
    output->length = (size_t)length;
    fclose(file);
    return status;
}

static void every_allocation_of(const char *words)
{
    static struct output expected, output;
    bool enough = false;
    long granted;
    int status;

    assert_int_equal(run(words, NOMEM_NEVER, &expected, &enough), CLI_FINE);
    assert_true(expected.length > 100);
    enough = false;
    for (granted = 0; !enough; granted++) {
        assert_true(granted < 20000);
        status = run(words, granted, &output, &enough);
        if (status == CLI_FAILED && !enough)
            continue;
        assert_int_equal(status, CLI_FINE);
        assert_int_equal(output.length, expected.length);
        assert_memory_equal(output.text, expected.text, expected.length);
    }
    assert_true(granted > 10);
}

static void flows_as_table(void **state)
{
    (void)state;
    every_allocation_of("flows|-q|--threads=0|--sort|src|tests/data/short.log");
}

static void flows_as_json(void **state)
{
    (void)state;
    every_allocation_of("flows|-q|--threads=1|--all|--format=json|tests/data/short.log");
}

static void flows_as_csv_with_filter(void **state)
{
    (void)state;
    every_allocation_of("flows|-q|--threads=0|--format=csv|--filter|port 5201 && !(srtt > "
                        "1000000)|tests/data/short.log");
}

static void samples(void **state)
{
    (void)state;
    every_allocation_of("export|-q|--threads=0|--metric|snd_cwnd|tests/data/short.log");
}

static void events(void **state)
{
    (void)state;
    every_allocation_of("export|-q|--threads=0|--events|--flow|1|tests/data/short.log");
}

static void packets_that_libpcap_is_asked_for(void **state)
{
    (void)state;
    every_allocation_of("export|-q|--threads=0|--events|--pcap-filter|tcp and not port 22|"
                        "tests/data/lab/port-reuse.pcap.gz");
}

static void packet_log(void **state)
{
    (void)state;
    every_allocation_of("packets|-q|--threads=0|--last=2|--format=ndjson|--filter|flags & SYN|"
                        "tests/data/lab/port-reuse.pcap.gz");
}

static void sockets_as_table(void **state)
{
    (void)state;
    every_allocation_of("sockets|--read=tests/data/host/sockets.nl|--states=all|--sort|cc|"
                        "port 5201 && !(cc == cubic)");
}

static void sockets_as_json(void **state)
{
    (void)state;
    every_allocation_of("sockets|--read=tests/data/host/sockets.nl|--top=2|--format=json");
}

static void sockets_in_groups(void **state)
{
    (void)state;
    every_allocation_of("sockets|--read=tests/data/host/sockets.nl|--group=peer|--format=csv");
}

static int use_wrapped_allocator(void **state)
{
    (void)state;
    json_set_alloc_funcs(__wrap_malloc, free);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flows_as_table),
        cmocka_unit_test(flows_as_json),
        cmocka_unit_test(flows_as_csv_with_filter),
        cmocka_unit_test(samples),
        cmocka_unit_test(events),
        cmocka_unit_test(packets_that_libpcap_is_asked_for),
        cmocka_unit_test(sockets_as_table),
        cmocka_unit_test(sockets_as_json),
        cmocka_unit_test(sockets_in_groups),
        cmocka_unit_test(packet_log),
    };

    return cmocka_run_group_tests(tests, use_wrapped_allocator, NULL);
}
