/* test_packets_nomem.c: the Nth allocation fails, for every N, while a filter is lowered for
 * libpcap, while expressions are compiled, and (with root) while packets are captured into a file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOMEM_TEXTS
#include "nomem.h"

#include <cmocka.h>

#include <tcpprobe/pcap.h>
#include <tcpprobe/filter.h>

#include "recorder/capture.h"

/* Calls it with ever later failures until none is reached; it returns an error code. */
static void try_all(int (*attempt)(struct tp_error *error))
{
    struct tp_error error;
    bool reached = true;
    long n = 0;
    int rc;

    for (; reached; n++) {
        tp_error_clear(&error);
        atomic_store(&nomem_left, n);
        rc = attempt(&error);
        reached = nomem_reached();
        atomic_store(&nomem_left, NOMEM_NEVER);
        assert_int_equal(rc, reached ? TP_ERR_NOMEM : TP_OK);
        assert_int_equal(error.code, rc);
    }
    print_message("# %ld allocations\n", n - 1);
    assert_true(n > 2);
}

static const struct tp_filter *filter;

static int lower(struct tp_error *error)
{
    char *expression;
    bool exact;
    int rc = tp_filter_pcap(filter, &expression, &exact, error);

    assert_int_equal(rc == TP_OK, expression != NULL);
    free(expression);
    return rc;
}

static void lowering(void **state)
{
    struct tp_filter *parsed;

    (void)state;
    assert_int_equal(tp_filter_parse(&parsed, "dport == 80 && host fd00::1", NULL), 0);
    filter = parsed;
    try_all(lower);
    tp_filter_free(parsed);
}

/* Frames that could not be asked do not match in silence. */
static int compile(struct tp_error *error)
{
    static const uint8_t frame[60] = {[12] = 8, [14] = 0x45};
    struct tp_bpf *bpf;
    int rc = tp_bpf_new(&bpf,
                        "ip or port 1 or port 2 or port 3 or port 4 or port 5 or port 6 or port 7 "
                        "or port 8 or port 9 or port 10 or port 11 or port 12",
                        error);

    if (rc < 0)
        return rc;
    if (!tp_bpf_frame(bpf, 1, frame, sizeof frame, sizeof frame))
        assert_true(nomem_reached());
    rc = tp_bpf_check(bpf, error);
    tp_bpf_free(bpf);
    return rc;
}

static void compiling(void **state)
{
    (void)state;
    try_all(compile);
}

static char path[64];

static int capture(struct tp_error *error)
{
    const struct packets_plan plan = {
        .wanted = {.interface = "lo", .output = path, .gzip = true, .buffer_bytes = 1 << 18},
        .expression = "tcp port 1",
    };
    struct packets *packets;
    int rc = packets_open(&packets, &plan, error);

    if (rc == TP_OK)
        rc = packets_create(packets, 1, TP_EXISTING_REPLACED, error);
    if (rc == TP_OK)
        rc = packets_begin(packets, error);
    if (rc == TP_OK) {
        packets_end(packets);
        *error = packets_status(packets).error;
        rc = error->code;
    }
    packets_free(packets);
    return rc;
}

static void capturing(void **state)
{
    struct tp_error error = TP_ERROR_INIT;

    (void)state;
    snprintf(path, sizeof path, "/tmp/tcpprobe-test-%d.pcap.gz", (int)getpid());
    if (geteuid() != 0 || capture(&error) < 0) {
        print_message("# needs root%s%s\n", error.code ? ": " : "", error.text);
        skip();
    }
    try_all(capture);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lowering), cmocka_unit_test(compiling),
                                       cmocka_unit_test(capturing)};

    return cmocka_run_group_tests_name("packets_nomem", tests, NULL, NULL);
}
