/* test_lower_live.c: what the running kernel makes of lowered filters. Needs root and tracefs, and
 * says so where they are missing.
 *
 * For 200 random expressions each event's filter is written, and believed only if the kernel shows
 * it unchanged. Meanwhile connections are made in a network namespace of our own, and recorded by
 * two instances at once, one of them unfiltered: what the expression leaves of both must be the
 * same lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <tcpprobe/input.h>

#include "recorder/event_set.h"
#include "recorder/instance.h"
#include "expression_maker.h"

#define EXPRESSIONS 200
#define MARGIN_NS   1000000 /* of a round's ends: one instance may see what the other does not */
#define LINES_MAX   200000
#define DISTURBED   20 /* rounds may be lost to the traffic of others */

static const struct places places = {.proc = "/proc", .sys = "/sys"};

/* --- traffic -------------------------------------------------------------------------------- */

static const char *const hosts[] = {"127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1",
                                    "::ffff:127.0.0.2"};

struct endpoint {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
    socklen_t length;
};

static struct endpoint endpoint(const char *host, uint16_t port)
{
    struct endpoint end = {.v4 = {.sin_family = AF_INET, .sin_port = htons(port)},
                           .length = sizeof end.v4};

    if (inet_pton(AF_INET, host, &end.v4.sin_addr) == 1)
        return end;
    end.v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
    end.length = sizeof end.v6;
    assert_int_equal(inet_pton(AF_INET6, host, &end.v6.sin6_addr), 1);
    return end;
}

static void write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

/* A namespace with nothing but lo, and ports that expressions ask for. */
static void enter_namespace(void)
{
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int fd;

    assert_int_equal(unshare(CLONE_NEWNET), 0);
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &lo), 0);
    close(fd);
    write_text("/proc/sys/net/ipv4/ip_local_port_range", "49996 50003");
}

static int listen_at(const char *host, uint16_t port, int backlog)
{
    struct endpoint end = endpoint(host, port);
    int fd = socket(end.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    assert_int_equal(bind(fd, &end.any, end.length), 0);
    assert_int_equal(listen(fd, backlog), 0);
    return fd;
}

static int connect_to(const char *host, uint16_t port, uint16_t own_port)
{
    struct endpoint end = endpoint(host, port), own = endpoint(host, own_port);
    int fd = socket(end.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    struct timeval patience = {.tv_usec = 1000};

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (own_port)
        (void)!bind(fd, &own.any, own.length);
    (void)!connect(fd, &end.any, end.length);
    return fd;
}

static void close_with_reset(int fd)
{
    struct linger at_once = {.l_onoff = 1};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

/* One connection there and back; ended by a reset or by the server. */
static void talk(int listening, const char *host, uint16_t port, uint16_t own_port, bool reset)
{
    int client = connect_to(host, port, own_port);
    int server = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    char bytes[3000] = "";

    if (server >= 0) {
        (void)!send(client, bytes, sizeof bytes, MSG_NOSIGNAL);
        (void)!recv(server, bytes, sizeof bytes, 0);
        (void)!send(server, bytes, 100, MSG_NOSIGNAL);
        (void)!recv(client, bytes, sizeof bytes, MSG_DONTWAIT);
    }
    if (reset)
        close_with_reset(client);
    if (server >= 0)
        close(server);
    if (!reset)
        close(client);
}

struct servers {
    int v4, dual, stuck;
};

static void make_traffic(struct expression_maker *maker, const struct servers *servers)
{
    unsigned i, how;

    for (i = 0; i < 6; i++) {
        const char *host = MAKER_ONE_OF(maker, hosts);

        how = maker_pick(maker, 8);
        talk(strchr(host, ':') || how & 4 ? servers->dual : servers->v4, host,
             strchr(host, ':') || how & 4 ? 5201 : 80, how & 1 ? 40000 : 0, how & 2);
    }
    close(connect_to(MAKER_ONE_OF(maker, hosts), 1023, 0)); /* refused */
    close(connect_to("::ffff:127.255.255.255", 80, 0));     /* no route, but an address */
}

/* Nobody accepts these: SYNs are sent again. */
static void fill_backlog(void)
{
    unsigned i;

    for (i = 0; i < 6; i++)
        connect_to(hosts[i % 3], 65535, 0);
}

/* --- lines ---------------------------------------------------------------------------------- */

struct line {
    int64_t ts_ns;
    char *text; /* of the processor and what follows the time */
    bool exact; /* its event is filtered by the kernel alone */
    bool matches;
};

struct lines {
    struct line *lines;
    size_t count;
};

static void add_line(struct lines *lines, const struct tp_record *record, const char *at,
                     size_t length, const struct tp_filter *filter, const struct event_set *set)
{
    const char *name = tp_kind_name((enum tp_kind)record->kind);
    const char *message = memmem(at, length, name, strlen(name));
    const struct event *event = events_find(set, name);
    struct line *line = &lines->lines[lines->count++];

    assert_non_null(message);
    assert_non_null(event);
    assert_true(lines->count < LINES_MAX);
    line->ts_ns = record->ts_ns;
    line->exact = event->exact;
    line->matches = tp_filter_match(filter, record);
    assert_true(
        asprintf(&line->text, "[%u] %.*s", record->cpu, (int)(at + length - message), message) > 0);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct line *)a)->text, ((const struct line *)b)->text);
}

/* All that the pipe has; NUL-terminated. */
static char *drain(int pipe)
{
    size_t size = 1 << 20, length = 0;
    char *text = malloc(size);
    ssize_t n;

    assert_non_null(text);
    while ((n = read(pipe, text + length, size - length - 1)) > 0) {
        length += (size_t)n;
        if (size - length < 65536)
            text = realloc(text, size *= 2);
        assert_non_null(text);
    }
    text[length] = '\0';
    return text;
}

static void read_lines(struct lines *lines, int pipe, struct tp_line_parser *parser,
                       const struct tp_filter *filter, const struct event_set *set)
{
    struct tp_error error = TP_ERROR_INIT;
    char *text = drain(pipe), *at, *end;
    const struct tp_record *record;

    for (at = text; *at; at = end + 1) {
        end = strchr(at, '\n');
        assert_non_null(end);
        if (tp_line_parse(parser, at, (size_t)(end - at), &record, &error) == 1) {
            if (record->kind != TP_KIND_LOST) /* see is_disturbed() */
                add_line(lines, record, at, (size_t)(end - at), filter, set);
        }
        if (error.code)
            fail_msg("%s: %.*s", error.text, (int)(end - at), at);
    }
    free(text);
    qsort(lines->lines, lines->count, sizeof *lines->lines, by_text);
}

static void drop_lines(struct lines *lines)
{
    while (lines->count)
        free(lines->lines[--lines->count].text);
}

struct round {
    int64_t begin_ns, end_ns;
    const char *expression;
};

/* How many lines from i on are the same: in *inner those that match and are not at the round's
 * ends, in *all those that match. */
static size_t count_same(const struct lines *lines, size_t i, const struct round *round,
                         size_t *inner, size_t *all)
{
    const char *text = lines->lines[i].text;

    for (*inner = *all = 0; i < lines->count && strcmp(lines->lines[i].text, text) == 0; i++) {
        const struct line *line = &lines->lines[i];

        *all += line->matches;
        *inner += line->matches && line->ts_ns > round->begin_ns + MARGIN_NS &&
                  line->ts_ns < round->end_ns - MARGIN_NS;
    }
    return i;
}

/* Is every line that matches, and is not at the round's ends, among the others as often? Both are
 * sorted. */
static void check_among(const struct lines *some, const struct lines *others, const char *whose,
                        const struct round *round)
{
    size_t i, j = 0, next, inner, all, others_inner, others_all;

    for (i = 0; i < some->count; i = next) {
        const char *text = some->lines[i].text;

        next = count_same(some, i, round, &inner, &all);
        while (j < others->count && strcmp(others->lines[j].text, text) < 0)
            j++;
        others_all = 0;
        if (j < others->count && strcmp(others->lines[j].text, text) == 0)
            j = count_same(others, j, round, &others_inner, &others_all);
        if (inner > others_all)
            fail_msg("%s\n%zu instead of %zu times in the %s recording: %s", round->expression,
                     inner, others_all, whose, text);
    }
}

/* --- rounds --------------------------------------------------------------------------------- */

struct bench {
    struct expression_maker maker;
    struct event_set set;
    struct servers servers;
    struct instance *all, *filtered;
    int all_pipe, filtered_pipe;
    uint64_t overruns;
    struct tp_line_parser *parser;
    struct lines all_lines, filtered_lines;
    unsigned disturbed;
    unsigned long recorded, passed, matched, filters;
};

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 2 * MARGIN_NS}, NULL);
}

static void enable(struct instance *instance, const struct event *event, const char *value)
{
    struct tp_error error = TP_ERROR_INIT;
    char path[128];

    snprintf(path, sizeof path, "events/%s/%s/enable", event->format.event.system,
             event->format.event.name);
    if (instance_write(instance, path, value, &error))
        fail_msg("%s: %s", path, error.text);
}

static void enable_all(struct bench *bench, struct instance *instance, const char *value)
{
    size_t i;

    for (i = 0; i < bench->set.count; i++)
        if (bench->set.events[i].chosen && bench->set.events[i].filter)
            enable(instance, &bench->set.events[i], value);
}

static void trace(struct instance *instance, const char *value)
{
    assert_int_equal(instance_write(instance, "tracing_on", value, NULL), 0);
}

static void apply_filters(struct bench *bench)
{
    struct tp_error error = TP_ERROR_INIT;
    size_t i;

    for (i = 0; i < bench->set.count; i++) {
        const struct event *event = &bench->set.events[i];

        if (!event->chosen || !event->filter)
            continue;
        if (event_apply_filter(event, instance_path(bench->filtered), &error))
            fail_msg("%s\n%s: %s", bench->maker.text, event->filter, error.text);
        bench->filters += event->filter[0] != '\0';
    }
}

static void count(struct bench *bench)
{
    size_t i;

    bench->recorded += bench->all_lines.count;
    bench->passed += bench->filtered_lines.count;
    for (i = 0; i < bench->filtered_lines.count; i++) {
        const struct line *line = &bench->filtered_lines.lines[i];

        bench->matched += line->matches;
        if (line->exact && !line->matches)
            fail_msg("%s\nis exact, but passed: %s", bench->maker.text, line->text);
    }
}

/* Did the round have more events than the buffers can hold? */
static bool is_disturbed(struct bench *bench)
{
    uint64_t before = bench->overruns;
    struct cpu_stats stats;
    size_t i;

    bench->overruns = 0;
    for (i = 0; i < instance_cpu_count(bench->all); i++) {
        assert_int_equal(instance_stats(bench->all, i, &stats, NULL), 0);
        bench->overruns += stats.overrun;
        assert_int_equal(instance_stats(bench->filtered, i, &stats, NULL), 0);
        bench->overruns += stats.overrun;
    }
    return bench->overruns != before;
}

static void play_round(struct bench *bench)
{
    struct round round = {.expression = bench->maker.text};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_filter *filter;

    if (tp_filter_parse(&filter, bench->maker.text, &error))
        fail_msg("%s: %s", bench->maker.text, error.text);
    assert_int_equal(events_lower(&bench->set, filter, &error), 0);
    apply_filters(bench);
    enable_all(bench, bench->filtered, "1");
    trace(bench->all, "1");
    trace(bench->filtered, "1");
    round.begin_ns = now_ns();
    nap();
    make_traffic(&bench->maker, &bench->servers);
    nap();
    round.end_ns = now_ns();
    trace(bench->all, "0");
    trace(bench->filtered, "0");
    enable_all(bench, bench->filtered, "0");
    read_lines(&bench->all_lines, bench->all_pipe, bench->parser, filter, &bench->set);
    read_lines(&bench->filtered_lines, bench->filtered_pipe, bench->parser, filter, &bench->set);
    if (is_disturbed(bench)) {
        bench->disturbed++;
    } else {
        check_among(&bench->all_lines, &bench->filtered_lines, "unfiltered", &round);
        check_among(&bench->filtered_lines, &bench->all_lines, "filtered", &round);
    }
    count(bench);
    drop_lines(&bench->all_lines);
    drop_lines(&bench->filtered_lines);
    tp_filter_free(filter);
}

static struct instance *start(const struct tracefs *fs, int *pipe)
{
    struct instance_plan plan = {.buffer_kib = 4096, .clock = "mono"};
    struct tp_error error = TP_ERROR_INIT;
    struct instance_grant grant;
    struct instance *instance;

    if (instance_create(&instance, fs, &error) ||
        instance_set_up(instance, &places, &plan, &grant, &error))
        fail_msg("%s", error.text);
    *pipe = instance_open(instance, "trace_pipe", O_RDONLY | O_NONBLOCK, &error);
    assert_true(*pipe >= 0);
    trace(instance, "0");
    return instance;
}

static void set_up(struct bench *bench, const struct tracefs *fs)
{
    /* No kernel is asked for events that the parser does not know. */
    assert_int_equal(events_read(&bench->set, fs->root, NULL), 0);
    (void)events_choose(&bench->set, "tcp_rcv_space_adjust", NULL);
    (void)events_choose(&bench->set, "tcp_rcvbuf_grow", NULL);
    assert_int_equal(tp_line_parser_new(&bench->parser, 0, NULL), 0);
    bench->all_lines.lines = calloc(LINES_MAX, sizeof *bench->all_lines.lines);
    bench->filtered_lines.lines = calloc(LINES_MAX, sizeof *bench->filtered_lines.lines);
    assert_true(bench->all_lines.lines && bench->filtered_lines.lines);
    bench->all = start(fs, &bench->all_pipe);
    bench->filtered = start(fs, &bench->filtered_pipe);
    assert_int_equal(events_lower(&bench->set, NULL, NULL), 0);
    enable_all(bench, bench->all, "1");
    enter_namespace();
    bench->servers.v4 = listen_at("0.0.0.0", 80, 8);
    bench->servers.dual = listen_at("::", 5201, 8);
    bench->servers.stuck = listen_at("::", 65535, 0);
    fill_backlog();
}

static void tear_down(struct bench *bench)
{
    close(bench->all_pipe);
    close(bench->filtered_pipe);
    assert_int_equal(instance_remove(bench->all, NULL), 0);
    assert_int_equal(instance_remove(bench->filtered, NULL), 0);
    tp_line_parser_free(bench->parser);
    events_release(&bench->set);
    free(bench->all_lines.lines);
    free(bench->filtered_lines.lines);
}

static void test_live(void **state)
{
    struct bench *bench;
    struct tp_error error = TP_ERROR_INIT;
    struct tracefs fs;
    unsigned i;

    (void)state;
    if (tracefs_open(&fs, &places, NULL, &error) || geteuid() != 0) {
        print_message("# not possible here: %s\n", error.code ? error.text : "not root");
        tracefs_close(&fs);
        skip();
    }
    bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    bench->maker.random = (uint64_t)now_ns() | 1;
    print_message("# seed %" PRIu64 "\n", bench->maker.random);
    bench->maker.no_comm = true;
    set_up(bench, &fs);
    for (i = 0; i < EXPRESSIONS; i++) {
        maker_write(&bench->maker, 1 + maker_pick(&bench->maker, 6));
        play_round(bench);
    }
    print_message("# %lu filters written; %lu lines, %lu passed by the kernel, %lu matched; "
                  "%u rounds disturbed\n",
                  bench->filters, bench->recorded, bench->passed, bench->matched, bench->disturbed);
    assert_true(bench->disturbed <= DISTURBED);
    assert_true(bench->filters > EXPRESSIONS * 3);
    assert_true(bench->matched > EXPRESSIONS && bench->passed < bench->recorded * 9 / 10);
    tear_down(bench);
    tracefs_close(&fs);
    free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_live)};

    return cmocka_run_group_tests_name("lower_live", tests, NULL, NULL);
}
