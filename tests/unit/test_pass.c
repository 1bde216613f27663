/* test_pass.c: which records of a reading come, and what an analysis is told of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <tcpprobe/pass.h>

#define LOG          "tests/data/short.log" /* 51 events and a place where some were lost */
#define LOG_FIRST_NS INT64_C(3591991581000)
#define CAPTURE      "tests/data/lab/probes-events.pcap.gz"
#define BESIDE       "tests/data/lab/probes-events.log.gz" /* events of the same connection */

/* What came of a pass. */
struct came {
    uint64_t records, lost, before, chosen;
    struct tp_pass_counts counts;
    int64_t first_ns; /* of its first timeline */
};

static struct came read_paths(const char *const *paths, size_t count,
                              const struct tp_pass_options *options)
{
    const struct tp_record *record;
    struct tp_error error = TP_ERROR_INIT;
    struct came came = {0};
    struct tp_pass *pass;
    int64_t from_ns, until_ns;
    int rc;

    assert_int_equal(tp_pass_open(&pass, paths, count, options, &error), 0);
    while ((rc = tp_pass_next(pass, &record, &error)) == 1) {
        tp_pass_window(pass, 0, &from_ns, &until_ns);
        assert_true(record->ts_ns <= until_ns);
        came.records++;
        came.lost += record->kind == TP_KIND_LOST;
        came.before += record->ts_ns < from_ns;
        came.chosen += tp_pass_chose(pass, record);
    }
    assert_int_equal(rc, 0);
    came.counts = tp_pass_counts(pass);
    came.first_ns = tp_pass_first_ns(pass, 0);
    tp_pass_close(pass);
    return came;
}

static struct came read_file(const char *path, const struct tp_pass_options *options)
{
    return read_paths(&path, 1, options);
}

static struct tp_filter *filter_of(const char *expression)
{
    struct tp_filter *filter;

    assert_int_equal(tp_filter_parse(&filter, expression, NULL), 0);
    return filter;
}

static void test_everything_comes(void **state)
{
    struct came came = read_file(LOG, NULL);

    (void)state;
    assert_int_equal(came.records, 52);
    assert_int_equal(came.chosen, 52);
    assert_int_equal(came.lost, 1);
    assert_int_equal(came.counts.seen, 51);
    assert_int_equal(came.counts.taken, 51);
    assert_int_equal(came.counts.packets, 0);
    assert_int_equal(came.first_ns, LOG_FIRST_NS);
}

static void test_window_since_the_first(void **state)
{
    struct tp_pass_options options = {
        .since = {true, false, 476140000, false}, /* the two at 3592.4677 */
        .until = {true, false, 476627000, false}};
    struct came came = read_file(LOG, &options);

    (void)state;
    assert_int_equal(came.records, 2);
    assert_int_equal(came.counts.seen, 51);
    assert_int_equal(came.counts.taken, 2);
    options.since = (struct tp_pass_time){true, true, LOG_FIRST_NS + 476140000, false};
    options.until = (struct tp_pass_time){true, true, LOG_FIRST_NS + 476627000, false};
    assert_int_equal(read_file(LOG, &options).records, 2);
    options.since.ns = options.until.ns = INT64_MAX; /* past the end of time */
    options.since.is_clock = options.until.is_clock = false;
    assert_int_equal(read_file(LOG, &options).records, 0);
}

static void test_loss_passes_every_filter(void **state)
{
    struct tp_filter *filter = filter_of("tcp_retransmit_skb");
    struct tp_pass_options options = {.filter = filter};
    struct came came = read_file(LOG, &options);

    (void)state;
    assert_int_equal(came.records, 2);
    assert_int_equal(came.lost, 1);
    assert_int_equal(came.counts.taken, 1);
    options.stream.fields = TP_BIT(SND_CWND); /* those of the filter are read as well */
    tp_filter_free(filter);
    options.filter = filter = filter_of("srtt > 0");
    assert_int_equal(read_file(LOG, &options).counts.taken, 27);
    tp_filter_free(filter);
}

/* Everything up to the end of the window comes, whatever the filter says of it. */
static void test_whole_connections_are_followed(void **state)
{
    struct tp_filter *filter = filter_of("tcp_probe");
    struct tp_pass_options options = {.filter = filter, .since = {true, false, 476140000, false}};
    uint64_t chosen = read_file(LOG, &options).records;
    struct came came;

    (void)state;
    options.follow = TP_FOLLOW_PACKETS; /* there is none */
    assert_int_equal(read_file(LOG, &options).records, chosen);
    options.follow = TP_FOLLOW_ALL;
    came = read_file(LOG, &options);
    assert_int_equal(came.records, 28);
    assert_int_equal(came.before, 28 - chosen);
    assert_int_equal(came.chosen, chosen);
    options.follow = TP_FOLLOW_WHOLE;
    came = read_file(LOG, &options);
    assert_int_equal(came.records, 52);
    assert_int_equal(came.chosen, chosen);
    tp_filter_free(filter);
}

static void test_packets_are_followed(void **state)
{
    const char *const both[] = {CAPTURE, BESIDE};
    struct tp_pass_options options = {.since = {true, false, INT64_C(1000000000), false}};
    uint64_t packets = read_file(CAPTURE, NULL).records;
    struct came came, chosen = read_paths(both, 2, &options);

    (void)state;
    assert_in_range(chosen.counts.packets, 1, packets - 1);
    assert_int_equal(chosen.before, 0);
    options.follow = TP_FOLLOW_PACKETS;
    came = read_paths(both, 2, &options);
    assert_int_equal(came.counts.packets, packets);
    assert_int_equal(came.records - came.before, chosen.records);
    assert_int_equal(came.before, packets - chosen.counts.packets);
}

static void test_one_flow(void **state)
{
    const struct tp_record *record = NULL;
    struct tp_pass_options options = {.follow = TP_FOLLOW_NONE};
    struct tp_flow_key only;
    struct tp_pass *pass;
    const char *path = LOG;
    uint64_t all, count = 0;

    (void)state;
    assert_int_equal(tp_pass_open(&pass, &path, 1, NULL, NULL), 0);
    while (tp_pass_next(pass, &record, NULL) == 1)
        if (record->kind == TP_KIND_PROBE)
            only = record->key;
    all = tp_pass_counts(pass).taken;
    tp_pass_close(pass);
    options.only = &only;
    assert_int_equal(tp_pass_open(&pass, &path, 1, &options, NULL), 0);
    while (tp_pass_next(pass, &record, NULL) == 1) {
        count += record->kind == TP_KIND_PROBE;
        assert_true(record->kind != TP_KIND_PROBE || tp_flow_key_equal(&record->key, &only));
    }
    assert_in_range(count, 1, 26);
    assert_in_range(tp_pass_counts(pass).taken, count, all - 1);
    tp_pass_close(pass);
}

/* --- what was recorded ------------------------------------------------------------------------ */

static struct tp_analysis *analyse(const char *path, const struct tp_pass_options *options)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    struct tp_pass *pass;
    size_t flows;

    assert_int_equal(tp_pass_open(&pass, &path, 1, options, NULL), 0);
    assert_int_equal(tp_pass_analyse(pass, analysis, NULL), 0);
    tp_pass_close(pass);
    tp_analysis_flows(analysis, &flows);
    assert_true(flows > 0);
    return analysis;
}

/* A log whose header says that resets were recorded, though there are none. */
static void write_log(char path[32])
{
    static const char text[] =
        "# event=tcp/tcp_probe kernel filter: none\n"
        "# event=tcp/tcp_send_reset kernel filter: none\n"
        "iperf3-1 [001] ..... 1.000000: tcp_probe: family=AF_INET src=10.0.0.1:1000 "
        "dest=10.0.0.2:80 mark=0x0 data_len=100 snd_nxt=0x2 snd_una=0x1 snd_cwnd=10 ssthresh=20 "
        "snd_wnd=1000 srtt=100 rcv_wnd=1000 sock_cookie=1\n";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
}

static void test_none_is_known_from_not_recorded(void **state)
{
    char path[32] = "/tmp/test_pass.XXXXXX";
    struct tp_filter *filter = filter_of("dport == 80");
    struct tp_pass_options options = {.follow = TP_FOLLOW_NONE};
    struct tp_analysis *analysis;

    (void)state;
    write_log(path);
    analysis = analyse(path, &options);
    assert_true(tp_analysis_saw(analysis, TP_KIND_SEND_RESET));
    assert_false(tp_analysis_saw(analysis, TP_KIND_RECEIVE_RESET));
    tp_analysis_free(analysis);
    options.filter = filter; /* may have left out what there was */
    analysis = analyse(path, &options);
    assert_false(tp_analysis_saw(analysis, TP_KIND_SEND_RESET));
    tp_analysis_free(analysis);
    options.follow = TP_FOLLOW_WHOLE; /* leaves nothing out */
    analysis = analyse(path, &options);
    assert_true(tp_analysis_saw(analysis, TP_KIND_SEND_RESET));
    tp_analysis_free(analysis);
    tp_filter_free(filter);
    unlink(path);
}

static void test_no_file(void **state)
{
    const char *path = "tests/data/no-such-file";
    struct tp_error error = TP_ERROR_INIT;
    struct tp_pass *pass;

    (void)state;
    assert_int_equal(tp_pass_open(&pass, &path, 1, NULL, &error), TP_ERR_IO);
    assert_null(pass);
    assert_null(tp_pass_stream(pass));
    tp_pass_close(pass);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_comes),
        cmocka_unit_test(test_window_since_the_first),
        cmocka_unit_test(test_loss_passes_every_filter),
        cmocka_unit_test(test_whole_connections_are_followed),
        cmocka_unit_test(test_packets_are_followed),
        cmocka_unit_test(test_one_flow),
        cmocka_unit_test(test_none_is_known_from_not_recorded),
        cmocka_unit_test(test_no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
