/* test_socket_lines.c: lines of sampled sockets as records, and what is said of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tcpprobe/compare.h>
#include <tcpprobe/input.h>

static struct tp_analysis *analysis;
static struct tp_line_parser *parser;
static struct tp_error error;
static double emitted[TP_METRIC_IDS];
static unsigned samples[TP_METRIC_IDS];

static int take_sample(void *context, const struct tp_flow *flow, unsigned end,
                       enum tp_metric_id metric, int64_t ts_ns, double value)
{
    (void)context, (void)flow, (void)end, (void)ts_ns;
    emitted[metric] = tp_metrics[metric].kind == TP_METRIC_COUNT ? emitted[metric] + value : value;
    samples[metric]++;
    return 0;
}

static int begin(void **state)
{
    const struct tp_analysis_options options = {.sample = take_sample};

    (void)state;
    memset(emitted, 0, sizeof emitted);
    memset(samples, 0, sizeof samples);
    tp_error_clear(&error);
    analysis = tp_analysis_new(&options, NULL);
    return tp_line_parser_new(&parser, 0, NULL) || !analysis;
}

static int finish(void **state)
{
    (void)state;
    tp_line_parser_free(parser);
    tp_analysis_free(analysis);
    return 0;
}

static int parse(double at_s, const char *event, const char *words, const struct tp_record **record)
{
    char line[1024];
    int length = snprintf(line, sizeof line, "        tcpprobe-1       [000] .....  %.6f: %s: %s",
                          at_s, event, words);

    return tp_line_parse(parser, line, (size_t)length, record, &error);
}

static void add(double at_s, const char *event, const char *words)
{
    const struct tp_record *record;

    if (parse(at_s, event, words, &record) != 1)
        fail_msg("%s: %s", words, error.text);
    assert_int_equal(tp_analysis_add(analysis, record, NULL), 0);
}

#define A "src=10.0.0.1:1000 dest=10.0.0.2:80 sock_cookie=a1 "
#define B "src=10.0.0.2:80 dest=10.0.0.1:1000 sock_cookie=b2 "

static const struct tp_flow *flow_of(size_t index, size_t flows)
{
    const struct tp_flow *const *list;
    size_t count;

    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    list = tp_analysis_flows(analysis, &count);
    assert_int_equal(count, flows);
    return list[index];
}

static struct tp_sheet sheet;

static void open_sheet(size_t flows)
{
    memset(&sheet, 0, sizeof sheet);
    tp_sheet_open(&sheet, analysis, flow_of(0, flows), 0);
}

#define VALUE(name, end) tp_sheet_value(&sheet, TP_FIGURE_##name, end, TP_BEST, NULL)
#define IS(name, end, number)                                                                      \
    do {                                                                                           \
        assert_int_equal(VALUE(name, end).type, TP_VALUE_INTEGER);                                 \
        assert_int_equal(VALUE(name, end).integer, number);                                        \
    } while (0)
#define IS_ABSENT(name, end) assert_int_equal(VALUE(name, end).type, TP_VALUE_ABSENT)

/* --- records
 * -------------------------------------------------------------------------------------- */

static void lines_are_records(void **state)
{
    const struct tp_record *record;

    (void)state;
    assert_int_equal(
        parse(2045.664199, "tcp_socket", A "full=1 state=TCP_ESTABLISHED snd_cwnd=12", &record), 1);
    assert_int_equal(record->kind, TP_KIND_SOCKET);
    assert_true(record->has_key);
    assert_int_equal(record->key.port[record->local], 1000);
    assert_int_equal(record->sock_cookie, 0xa1);
    assert_int_equal(record->ts_ns, INT64_C(2045664199000));
    assert_true(TP_HAS(record, WORDS));
    assert_int_equal(record->words.length, strlen("full=1 state=TCP_ESTABLISHED snd_cwnd=12"));
    assert_int_equal(parse(1, "tcp_socket", A, &record), 1); /* nothing changed */
    assert_int_equal(record->words.length, 0);
    assert_int_equal(parse(1, "tcp_socket_round", "sockets=3 changed=0", &record), 1);
    assert_int_equal(record->kind, TP_KIND_SOCKET_ROUND);
    assert_false(record->has_key);
    assert_int_equal(parse(1, "tcp_counters", "netns=0 TcpRetransSegs=5", &record), 1);
    assert_int_equal(record->kind, TP_KIND_COUNTERS);
    assert_int_equal(parse(1, "tcp_socket_end", A "something_new=xyz bytes_acked=-", &record), 1);
    assert_int_equal(record->kind, TP_KIND_SOCKET_END);
}

static void what_cannot_be_is_told(void **state)
{
    static const struct {
        const char *event, *words;
        unsigned column;
    } rows[] = {
        {"tcp_socket", "snd_cwnd=12", 0},
        {"tcp_socket", "src=10.0.0.1:1000 dest=10.0.0.2:x sock_cookie=1 snd_cwnd=12", 0},
        {"tcp_socket", A "snd_cwnd=twelve", 1},
        {"tcp_socket", A "snd_cwnd=", 1},
        {"tcp_socket", A "snd_cwnd=4294967296", 1},
        {"tcp_socket", A "bytes_acked=18446744073709551616", 1},
        {"tcp_socket", A "total_rto=65536", 1},
        {"tcp_socket", A "state=TCP_DREAMING", 1},
        {"tcp_socket", A "word", 1},
        {"tcp_socket", A "=3", 1},
    };
    const struct tp_record *record;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tp_error_clear(&error);
        assert_int_equal(parse(1, rows[i].event, rows[i].words, &record), TP_ERR_FORMAT);
        if (rows[i].column)
            assert_non_null(strstr(error.text, "cannot read this part of the event"));
    }
    assert_int_equal(
        parse(1, "tcp_socket", A "total_rto=65535 bytes_acked=18446744073709551615", &record), 1);
}

/* --- totals
 * --------------------------------------------------------------------------------------- */

static void counters_count_from_the_first_line(void **state)
{
    uint64_t growth;

    (void)state;
    add(10, "tcp_socket",
        A "full=1 state=TCP_ESTABLISHED total_retrans=5 bytes_sent=1000 bytes_retrans=100 "
          "bytes_acked=801 rto=204000 busy_time=500000");
    add(11, "tcp_socket", A "total_retrans=7 bytes_sent=2000 bytes_retrans=150");
    add(12, "tcp_socket", A "bytes_acked=1751 busy_time=1500000 rto=208000");
    open_sheet(1);
    IS(retransmitted, 0, 2);
    IS(retransmitted_bytes, 0, 50);
    IS(sent_bytes, 0, 1000);
    IS(acked_bytes, 0, 950);
    assert_false(VALUE(acked_bytes, 0).at_least);
    assert_string_equal(VALUE(acked_from, 0).text, "socket");
    IS(rto_last_us, 0, 208000);
    assert_float_equal(VALUE(busy_share, 0).real, 0.5, 1e-12);
    assert_float_equal(VALUE(retransmit_share, 0).real, 0.05, 1e-12);
    assert_float_equal(VALUE(goodput_bps, 0).real, 950 * 8 / 2.0, 1e-9);
    IS_ABSENT(segs_out, 0); /* was never told */
    IS_ABSENT(retransmitted, 1);
    assert_false(tp_flow_grew(sheet.flow, 0, TP_SOCKET_segs_out, &growth));
    assert_int_equal(samples[TP_METRIC_RETRANSMITTED], 3);
    assert_float_equal(emitted[TP_METRIC_RETRANSMITTED], 2, 0);
    assert_float_equal(emitted[TP_METRIC_SAMPLED_ACKED], 950, 0);
    assert_float_equal(emitted[TP_METRIC_RTO], 208000, 0);
}

static void those_of_a_new_socket_count_whole(void **state)
{
    (void)state;
    add(10, "tcp_socket",
        A "new=1 full=1 state=TCP_ESTABLISHED total_retrans=1 bytes_sent=1000 bytes_retrans=10 "
          "bytes_acked=901");
    add(11, "tcp_socket_end",
        A "state=TCP_CLOSE total_retrans=4 bytes_sent=5050 bytes_retrans=50 bytes_acked=5002");
    add(11.1, "tcp_socket_end",
        B "new=1 state=TCP_CLOSE total_retrans=2 bytes_sent=0 bytes_retrans=0 bytes_acked=1");
    open_sheet(1);
    IS(retransmitted, 0, 4);
    IS(acked_bytes, 0, 5000); /* SYN and FIN are no payload */
    assert_false(VALUE(acked_bytes, 0).at_least);
    IS(retransmitted, 1, 2);
    IS(acked_bytes, 1, 0);
    assert_int_equal(VALUE(socket_whole, 0).integer, true);
    assert_float_equal(emitted[TP_METRIC_RETRANSMITTED], 6, 0);
    assert_true(sheet.flow->closed[0] && sheet.flow->closed[1]);
}

/* A FIN is sent when the application closes, which may be long after its last byte. */
static void a_fin_is_no_rate(void **state)
{
    (void)state;
    add(10, "tcp_socket",
        A "full=1 state=TCP_ESTABLISHED bytes_sent=1000 bytes_retrans=0 bytes_acked=1001");
    add(12, "tcp_socket", A "bytes_sent=101000 bytes_acked=101001");
    add(112, "tcp_socket_end", A "state=TCP_CLOSE bytes_acked=101002");
    add(10.1, "tcp_socket",
        B "new=1 full=1 state=TCP_ESTABLISHED bytes_sent=0 bytes_retrans=0 bytes_acked=0");
    add(20, "tcp_socket", B "state=TCP_LAST_ACK bytes_acked=1");
    open_sheet(1);
    assert_float_equal(VALUE(goodput_bps, 0).real, 100000 * 8 / 2.0, 1e-9);
    IS_ABSENT(goodput_bps, 1);
}

static void what_wraps_is_put_right(void **state)
{
    (void)state;
    add(10, "tcp_socket", A "full=1 total_retrans=4294967290 total_rto=65535 bytes_received=9");
    add(11, "tcp_socket", A "total_retrans=4 total_rto=2 bytes_received=5");
    open_sheet(1);
    IS(retransmitted, 0, 10);
    IS(rto_count, 0, 3);
    IS(got_bytes, 0, 0); /* cannot be: 64 bits do not wrap */
}

static void a_wiped_end_leaves_a_lower_bound(void **state)
{
    (void)state;
    add(10, "tcp_socket", A "new=1 full=1 state=TCP_ESTABLISHED total_retrans=3");
    add(11, "tcp_socket_end", A "wiped=1 state=TCP_CLOSE");
    open_sheet(1);
    IS(retransmitted, 0, 3);
    assert_true(VALUE(retransmitted, 0).at_least);
    assert_int_equal(VALUE(socket_whole, 0).integer, false);
}

static void fields_come_and_go(void **state)
{
    const struct tp_sampled_socket *sampled;
    const struct tp_flow *flow;

    (void)state;
    add(10, "tcp_socket",
        A "full=1 timer=1 timer_count=2 cc=a\\x20b owner=my\\x20task pid=7 "
          "cgroup=/system.slice/x\\x2ey snd_cwnd=9");
    add(11, "tcp_socket", A "timer=- timer_count=-");
    add(12, "tcp_socket", A "full=1 snd_cwnd=8");
    flow = flow_of(0, 1);
    sampled = tp_flow_sampled(flow, 0);
    assert_non_null(sampled);
    assert_int_equal(sampled->lines, 3);
    assert_false(TP_SOCKET_HAS(&sampled->now, timer));
    assert_false(TP_SOCKET_HAS(&sampled->now, cc)); /* full: what is not there is absent */
    assert_int_equal(sampled->now.snd_cwnd, 8);
    assert_string_equal(sampled->now.cgroup, "/system.slice/x.y");
    assert_null(tp_flow_sampled(flow, 1));
}

static void states_stand_in_for_events(void **state)
{
    struct tp_stat stat;

    (void)state;
    add(10, "tcp_socket", A "full=1 state=TCP_ESTABLISHED snd_cwnd=10 srtt=1000");
    add(10.5, "tcp_socket", A "snd_cwnd=20");
    add(11.5, "tcp_socket", A "snd_cwnd=40");
    assert_true(tp_side_stat(tp_flow_side(flow_of(0, 1), 0), TP_METRIC_SND_CWND, &stat));
    assert_int_equal(stat.samples, 3);
    assert_int_equal(stat.max, 40);
    assert_float_equal(stat.mean, (10 * 0.5 + 20) / 1.5, 1e-6);
}

/* The kernel's own least: a queue that stood since before the first sample does not hide it. What a
 * new socket was busy before that is not of the time since. */
static void the_course_is_from_first_to_last(void **state)
{
    (void)state;
    add(10, "tcp_socket",
        A "new=1 full=1 state=TCP_ESTABLISHED srtt=60000 min_rtt=41000 busy_time=900000 "
          "wmem_queued=7000");
    add(11, "tcp_socket", A "srtt=61000 min_rtt=40000 busy_time=1150000");
    add(12, "tcp_socket", A "min_rtt=44000 wmem_queued=9000");
    open_sheet(1);
    IS(rtt_min_us, 0, 40000);
    IS(min_rtt_last_us, 0, 44000);
    assert_float_equal(VALUE(busy_share, 0).real, 0.125, 1e-12);
    IS_ABSENT(busy_share, 1);
    assert_int_equal(samples[TP_METRIC_WMEM_QUEUED], 3);
    assert_float_equal(emitted[TP_METRIC_WMEM_QUEUED], 9000, 0);
    add(20, "tcp_socket_end", A "wiped=1 state=TCP_CLOSE");
    open_sheet(1);
    assert_float_equal(VALUE(busy_share, 0).real, 0.125, 1e-12);
}

static void busy_since_an_unknown_time_is_no_share(void **state)
{
    (void)state;
    add(10, "tcp_socket", A "full=1 state=TCP_ESTABLISHED srtt=60000");
    add(12, "tcp_socket", A "busy_time=1000000");
    open_sheet(1);
    IS_ABSENT(busy_share, 0);
    IS(rtt_min_us, 0, 60000); /* that of the states */
}

/* Of samples a run has what grew, and nothing that needs events. */
static void a_run_is_what_grew(void **state)
{
    struct tp_run run;

    (void)state;
    add(10, "tcp_socket",
        A "full=1 state=TCP_ESTABLISHED snd_cwnd=10 srtt=50000 min_rtt=40000 total_retrans=5 "
          "total_rto=1 bytes_sent=1000 bytes_retrans=1000 bytes_acked=801 busy_time=500000 "
          "rwnd_limited=100000 sndbuf_limited=0");
    add(12, "tcp_socket",
        A "state=TCP_FIN_WAIT2 snd_cwnd=20 total_retrans=9 total_rto=4 bytes_sent=1001000 bytes_retrans=6000 "
          "bytes_acked=995801 busy_time=1500000 rwnd_limited=600000 sndbuf_limited=100000");
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    assert_int_equal(tp_run_from_analysis(&run, analysis, "sampled", NULL, &error), 0);
    assert_int_equal(run.origin, TP_FROM_SOCKET);
    assert_int_equal(run.until_close, 0);
    assert_int_equal(run.role_count, 1);
    assert_float_equal(run.roles[0].value[TP_COMPARE_RESENT_BYTES], 5000, 0);
    assert_float_equal(run.roles[0].value[TP_COMPARE_RTO_COUNT], 3, 0);
    assert_float_equal(run.roles[0].value[TP_COMPARE_RETX], 0.5, 1e-9); /* % */
    assert_float_equal(run.roles[0].value[TP_COMPARE_BUSY_SHARE], 50, 1e-9);
    assert_float_equal(run.roles[0].value[TP_COMPARE_RWND_LIMITED], 50, 1e-9);
    assert_float_equal(run.roles[0].value[TP_COMPARE_SNDBUF_LIMITED], 10, 1e-9);
    assert_float_equal(run.roles[0].value[TP_COMPARE_GOODPUT], 3.98, 1e-9); /* Mbit/s */
    assert_float_equal(run.roles[0].value[TP_COMPARE_RTT_MIN], 40, 1e-9);
    assert_true(isnan(run.roles[0].value[TP_COMPARE_BETA]));
    assert_true(isnan(run.roles[0].value[TP_COMPARE_LOSS_EVENTS]));
    assert_true(run.roles[0].has_quantiles);
    assert_true(isnan(run.roles[0].rate[0])); /* when within a round bytes came is not known */
    assert_int_equal(run.roles[0].rate_line.count, 0);
    tp_run_release(&run);
}

static void events_come_before_samples(void **state)
{
    struct tp_stat stat;

    (void)state;
    add(10, "tcp_probe",
        "family=AF_INET src=10.0.0.1:1000 dest=10.0.0.2:80 mark=0x0 data_len=0 snd_nxt=0x200 "
        "snd_una=0x100 snd_cwnd=10 ssthresh=2147483647 snd_wnd=100 srtt=50 rcv_wnd=9 "
        "sock_cookie=a1");
    add(11, "tcp_socket", A "full=1 snd_cwnd=77 srtt=9 total_retrans=3");
    add(12, "tcp_probe",
        "family=AF_INET src=10.0.0.1:1000 dest=10.0.0.2:80 mark=0x0 data_len=0 snd_nxt=0x200 "
        "snd_una=0x180 snd_cwnd=12 ssthresh=2147483647 snd_wnd=100 srtt=50 rcv_wnd=9 "
        "sock_cookie=a1");
    /* Another socket of the same ends is another flow. */
    add(13, "tcp_socket", "src=10.0.0.1:1000 dest=10.0.0.2:80 sock_cookie=a2 full=1 snd_cwnd=5");
    assert_true(tp_side_stat(tp_flow_side(flow_of(0, 2), 0), TP_METRIC_SND_CWND, &stat));
    assert_int_equal(stat.samples, 2);
    assert_int_equal(stat.max, 12);
    assert_int_equal(tp_analysis_unattributed(analysis), 0);
}

static void rounds_and_counters_belong_to_no_flow(void **state)
{
    (void)state;
    add(10, "tcp_socket_round", "sockets=0 changed=0 ended=0 dump_ns=5");
    add(10, "tcp_counters", "netns=0 full=1 TcpRetransSegs=5");
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    assert_int_equal(tp_analysis_unattributed(analysis), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lines_are_records),
        TEST(what_cannot_be_is_told),
        TEST(counters_count_from_the_first_line),
        TEST(those_of_a_new_socket_count_whole),
        TEST(a_fin_is_no_rate),
        TEST(what_wraps_is_put_right),
        TEST(a_wiped_end_leaves_a_lower_bound),
        TEST(fields_come_and_go),
        TEST(states_stand_in_for_events),
        TEST(the_course_is_from_first_to_last),
        TEST(busy_since_an_unknown_time_is_no_share),
        TEST(a_run_is_what_grew),
        TEST(events_come_before_samples),
        TEST(rounds_and_counters_belong_to_no_flow),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
