/* test_limiter.c: what limits a sender: bins of a round trip; probes of a socket, made by hand.
 *
 * test_limits.c follows a scripted sender.
 */
#include "flow_maker.h"

#include <math.h>

#include <tcpprobe/analyze.h>

#include "analyze/limits.h"

#define RTT_MS 40

/* --- bins ----------------------------------------------------------------------------------- */

static void hold(struct tp_limiter *limiter, int64_t until_ms, unsigned holds,
                 struct tp_spans *spans)
{
    assert_int_equal(tp_limiter_hold(limiter, until_ms * MS, holds, RTT_MS * MS, spans), 0);
}

static int64_t ms_of(const struct tp_limiter *limiter, enum tp_limit limit)
{
    return limiter->times.time_ns[limit] / MS;
}

static void test_any_hit_names_the_bin(void **state)
{
    struct tp_spans spans = {0};
    struct tp_limiter limiter;

    (void)state;
    tp_limiter_begin(&limiter, 0);
    hold(&limiter, 39, TP_HOLDS_DRY, &spans);
    hold(&limiter, 40, TP_HOLDS_CWND, &spans); /* 0-40: cwnd */
    hold(&limiter, 70, TP_HOLDS_CWND, &spans);
    hold(&limiter, 71, TP_HOLDS_RWND | TP_HOLDS_DRY, &spans);
    hold(&limiter, 80, TP_HOLDS_DRY, &spans); /* 40-80: rwnd */
    hold(&limiter, 105, TP_HOLDS_DRY, &spans);
    hold(&limiter, 120, TP_HOLDS_BLIND, &spans);   /* 80-120: app */
    hold(&limiter, 160, TP_HOLDS_BLIND, &spans);   /* 120-160: unknown */
    hold(&limiter, 3600000, TP_HOLDS_DRY, &spans); /* one bin, however long */
    assert_int_equal(tp_limiter_finish(&limiter, &spans), 0);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_CWND), 40);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_RECEIVER), 40);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_UNKNOWN), 40);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_APP), 40 + 3600000 - 160);
    assert_int_equal(spans.count, 5);
    assert_int_equal(spans.list[0].value, TP_LIMIT_CWND);
    assert_int_equal(spans.list[4].value, TP_LIMIT_APP);
    assert_true(spans.list[4].end_ns == 3600000 * MS);
    tp_spans_release(&spans);
}

/* Being busy for a few round trips is a message of the application, for many it is the path. */
static void test_busy_bins_wait_for_what_follows(void **state)
{
    struct tp_limiter limiter;
    int i;

    (void)state;
    tp_limiter_begin(&limiter, 0);
    hold(&limiter, 40, TP_HOLDS_DRY, NULL);
    for (i = 2; i <= 4; i++)
        hold(&limiter, i * 40, 0, NULL);
    hold(&limiter, 200, TP_HOLDS_DRY, NULL); /* three round trips of it, then nothing more */
    assert_int_equal(ms_of(&limiter, TP_LIMIT_APP), 200);
    for (i = 6; i <= 10; i++)
        hold(&limiter, i * 40, 0, NULL); /* five */
    hold(&limiter, 440, TP_HOLDS_DRY, NULL);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_PACING), 200);
    hold(&limiter, 480, 0, NULL);
    hold(&limiter, 520, TP_HOLDS_CWND, NULL); /* it grew into the window */
    assert_int_equal(ms_of(&limiter, TP_LIMIT_PACING), 240);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_CWND), 40);
    hold(&limiter, 560, 0, NULL);
    tp_limiter_sent(&limiter, true);
    tp_limiter_sent(&limiter, true);
    tp_limiter_sent(&limiter, false);
    hold(&limiter, 600, 0, NULL); /* released by ACKs */
    hold(&limiter, 610, 0, NULL);
    assert_int_equal(tp_limiter_finish(&limiter, NULL), 0); /* cut off while busy */
    assert_int_equal(ms_of(&limiter, TP_LIMIT_NETWORK), 40);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_PACING), 290);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_CWND), 40);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_APP), 240);
}

/* What waits is told as one: where the window was hidden for a part of it, all of it is the
 * network. */
static void test_what_was_hidden_stays_so(void **state)
{
    struct tp_limiter limiter;

    (void)state;
    tp_limiter_begin(&limiter, 0);
    hold(&limiter, 40, TP_HOLDS_HIDDEN, NULL);
    hold(&limiter, 80, 0, NULL);
    hold(&limiter, 120, TP_HOLDS_CWND, NULL);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_NETWORK), 80);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_CWND), 40);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_PACING), 0);
}

/* A loss does not end what is bulk, the receiver's window does. */
static void test_bulk_goes_on_in_recovery(void **state)
{
    struct tp_limiter limiter;
    int i;

    (void)state;
    tp_limiter_begin(&limiter, 0);
    for (i = 1; i <= 4; i++)
        hold(&limiter, i * 40, 0, NULL);
    hold(&limiter, 200, TP_HOLDS_REPAIR, NULL);
    hold(&limiter, 240, 0, NULL);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_PACING), 200); /* settled at once */
    hold(&limiter, 280, TP_HOLDS_RWND, NULL);
    hold(&limiter, 320, 0, NULL);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_PACING), 200); /* waits */
    hold(&limiter, 360, TP_HOLDS_DRY, NULL);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_PACING), 200);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_APP), 80);
    assert_int_equal(tp_limiter_finish(&limiter, NULL), 0);
}

/* Repairs name the bins that they fill; a full window is seen for a moment only. */
static void test_repairs_name_most_of_a_bin(void **state)
{
    struct tp_limiter limiter;

    (void)state;
    tp_limiter_begin(&limiter, 0);
    hold(&limiter, 19, TP_HOLDS_CWND, NULL);
    hold(&limiter, 40, TP_HOLDS_REPAIR, NULL); /* 0-40: recovery */
    hold(&limiter, 59, TP_HOLDS_REPAIR | TP_HOLDS_DRY, NULL);
    hold(&limiter, 80, TP_HOLDS_CWND, NULL); /* 40-80: cwnd */
    hold(&limiter, 99, TP_HOLDS_REPAIR, NULL);
    hold(&limiter, 120, TP_HOLDS_DRY, NULL);                    /* 80-120: app */
    hold(&limiter, 160, TP_HOLDS_REPAIR | TP_HOLDS_RWND, NULL); /* 120-160: rwnd */
    assert_int_equal(tp_limiter_finish(&limiter, NULL), 0);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_RECOVERY), 40);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_CWND), 40);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_APP), 40);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_RECEIVER), 40);
}

/* A full window, or a sender that is busy, may as well be a repair: the network in either case. One that
 * has nothing to send may be that or not. */
static void test_doubts_are_of_no_class(void **state)
{
    struct tp_limiter limiter;

    (void)state;
    tp_limiter_begin(&limiter, 0);
    hold(&limiter, 40, TP_HOLDS_DOUBT | TP_HOLDS_CWND, NULL); /* 0-40: network */
    hold(&limiter, 50, TP_HOLDS_REPAIR, NULL);
    hold(&limiter, 61, TP_HOLDS_DOUBT, NULL);
    hold(&limiter, 80, TP_HOLDS_CWND, NULL); /* 40-80: network */
    hold(&limiter, 99, TP_HOLDS_DOUBT, NULL);
    hold(&limiter, 120, TP_HOLDS_CWND, NULL);                   /* 80-120: cwnd */
    hold(&limiter, 160, TP_HOLDS_DOUBT | TP_HOLDS_DRY, NULL);   /* 120-160: unknown */
    hold(&limiter, 200, TP_HOLDS_DOUBT | TP_HOLDS_RWND, NULL);  /* 160-200: rwnd */
    hold(&limiter, 240, TP_HOLDS_REPAIR | TP_HOLDS_CWND, NULL); /* 200-240: recovery */
    assert_int_equal(tp_limiter_finish(&limiter, NULL), 0);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_NETWORK), 80);
    assert_int_equal(limiter.times.doubtful_ns / MS, 80);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_CWND), 40);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_UNKNOWN), 40);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_RECEIVER), 40);
    assert_int_equal(ms_of(&limiter, TP_LIMIT_RECOVERY), 40);
}

static void test_the_network_is_a_sum(void **state)
{
    struct tp_limit_times times = {.time_ns = {[TP_LIMIT_APP] = 40,
                                               [TP_LIMIT_CWND] = 30,
                                               [TP_LIMIT_RECOVERY] = 5,
                                               [TP_LIMIT_PACING] = 30,
                                               [TP_LIMIT_NETWORK] = 1}};

    (void)state;
    assert_int_equal(tp_limit_time(&times, TP_LIMIT_NETWORK), 66);
    assert_int_equal(tp_limit_time(&times, TP_LIMIT_CWND), 30);
    assert_int_equal(tp_limit_largest(&times), TP_LIMIT_NETWORK);
    times.time_ns[TP_LIMIT_CWND] = 37; /* of 73 */
    assert_int_equal(tp_limit_largest(&times), TP_LIMIT_CWND);
    times.time_ns[TP_LIMIT_APP] = 74;
    assert_int_equal(tp_limit_largest(&times), TP_LIMIT_APP);
}

static void test_spans_stay_bounded(void **state)
{
    struct tp_spans spans = {0};
    struct tp_limiter limiter;
    int64_t i;

    (void)state;
    tp_limiter_begin(&limiter, 0);
    for (i = 1; i < 40000; i++) /* a long one, then a short other one */
        hold(&limiter, i % 2 ? i * 80 : i * 80 - 40, i % 2 ? TP_HOLDS_RWND : TP_HOLDS_CWND, &spans);
    assert_int_equal(tp_limiter_finish(&limiter, &spans), 0);
    assert_true(spans.count > 0 && spans.count <= TP_SPANS_MAX);
    assert_true(spans.list[0].begin_ns == 0);
    for (i = 1; i < spans.count; i++) {
        assert_true(spans.list[i].begin_ns == spans.list[i - 1].end_ns);
        assert_true(spans.list[i].value == TP_LIMIT_RECEIVER ||
                    spans.list[i].value == TP_LIMIT_CWND);
    }
    tp_spans_release(&spans);
}

static void test_clocks_that_are_wrong(void **state)
{
    struct tp_limiter limiter;

    (void)state;
    tp_limiter_begin(&limiter, INT64_MIN);
    hold(&limiter, 0, 0, NULL);
    assert_int_equal(tp_limiter_hold(&limiter, INT64_MAX, 0, RTT_MS * MS, NULL), 0);
    hold(&limiter, 5, TP_HOLDS_RWND, NULL); /* backwards */
    assert_int_equal(tp_limiter_handshake(&limiter, INT64_MIN, INT64_MAX, NULL), 0);
    assert_int_equal(tp_limiter_finish(&limiter, NULL), 0);
    assert_true(limiter.times.time_ns[TP_LIMIT_PACING] > 0);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(tp_limit_name(TP_LIMIT_RECEIVER), "rwnd");
    assert_string_equal(tp_limit_name((enum tp_limit)99), "unknown");
    assert_string_equal(tp_limit_name(TP_LIMIT_NETWORK), "network");
    assert_true(tp_limit_is_network(TP_LIMIT_CWND) && tp_limit_is_network(TP_LIMIT_RECOVERY) &&
                tp_limit_is_network(TP_LIMIT_PACING) && tp_limit_is_network(TP_LIMIT_NETWORK));
    assert_false(tp_limit_is_network(TP_LIMIT_RECEIVER) || tp_limit_is_network(TP_LIMIT_APP) ||
                 tp_limit_is_network(TP_LIMIT_UNKNOWN) || tp_limit_is_network(TP_LIMIT_HANDSHAKE));
    assert_true(tp_limit_width(0) >= 2 * MS && tp_limit_width(60 * SEC) == SEC);
    assert_true(tp_limit_width(RTT_MS * MS) == RTT_MS * MS);
}

/* --- a socket ------------------------------------------------------------------------------- */

#define MSS      1448
#define PROBE_MS 8
#define PROBES   1000
#define NEAR     0.05 /* of a share: until the segment size is known, the network limits */

/* At each probe. */
struct socket {
    uint32_t inflight_bytes, cwnd_segs, wnd_bytes;
    uint32_t step_bytes; /* of snd_nxt and snd_una, from one probe to the next; every third time
                            twice that much */
    int cong_state;      /* from the 200th probe to the 400th; 0: no change of it is told */
};

static uint32_t add_probe(struct tp_analysis *analysis, const struct socket *socket, int64_t number,
                          uint32_t una)
{
    struct tp_record record =
        make_probe(number * PROBE_MS * MS, 1, 4000, 2, 80, una, socket->cwnd_segs);

    record.snd_nxt = una + socket->inflight_bytes;
    record.snd_wnd = socket->wnd_bytes;
    record.srtt = RTT_MS * 1000;
    assert_int_equal(tp_analysis_add(analysis, &record, NULL), 0);
    return una + socket->step_bytes * (number % 3 ? 1 : 2);
}

static void add_state(struct tp_analysis *analysis, int64_t ns, int cong_state)
{
    struct tp_record record = make(TP_KIND_CONG_STATE_SET, ns, 1, 4000, 2, 80);

    record.have |= TP_BIT(CONG_STATE);
    record.cong_state = (uint8_t)cong_state;
    assert_int_equal(tp_analysis_add(analysis, &record, NULL), 0);
}

/* Probes [from, until); returns the next snd_una. */
static uint32_t live(struct tp_analysis *analysis, const struct socket *socket, int64_t from,
                     int64_t until, uint32_t una)
{
    int64_t i;

    for (i = from; i < until; i++) {
        una = add_probe(analysis, socket, i, una);
        if (socket->cong_state && i == 200)
            add_state(analysis, i * PROBE_MS * MS, socket->cong_state);
        if (socket->cong_state && i == 400)
            add_state(analysis, i * PROBE_MS * MS, TP_CONG_OPEN);
    }
    return una;
}

/* The share of that limit; what it is of the rest goes to *other. */
static double share_of(struct tp_analysis *analysis, enum tp_limit limit, enum tp_limit rest,
                       double *other)
{
    struct tp_limit_times times;
    double sum = 0, share;
    size_t count;
    unsigned i;

    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    assert_true(tp_flow_limits(tp_analysis_flows(analysis, &count)[0], 0, TP_FROM_KERNEL, &times));
    for (i = 0; i < TP_LIMITS; i++)
        sum += (double)times.time_ns[i];
    share = (double)times.time_ns[limit] / sum;
    *other = (double)times.time_ns[rest] / sum;
    tp_analysis_free(analysis);
    return share;
}

/* That limit for that share of the time, and no pacing beside it. */
static void check(const struct socket *socket, enum tp_limit limit, double share)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    double found, rest;

    assert_non_null(analysis);
    live(analysis, socket, 0, PROBES, 0);
    found = share_of(analysis, limit, TP_LIMIT_PACING, &rest);
    if (found < share - NEAR || found > share + NEAR)
        fail_msg("%s %.3f, not %.3f", tp_limit_name(limit), found, share);
    if (limit != TP_LIMIT_PACING && rest > 1 + NEAR - share)
        fail_msg("%s %.3f, pacing %.3f", tp_limit_name(limit), found, rest);
}

/* As long as one more segment fits, something else keeps it from being sent. */
static void test_a_window_is_full_to_a_segment(void **state)
{
    struct socket socket = {
        .inflight_bytes = 20 * MSS, .cwnd_segs = 20, .wnd_bytes = 1 << 20, .step_bytes = MSS};

    (void)state;
    check(&socket, TP_LIMIT_CWND, 1);
    socket.cwnd_segs = 21;
    check(&socket, TP_LIMIT_PACING, 1);
    socket.cwnd_segs = 40; /* BBR's, usually */
    check(&socket, TP_LIMIT_PACING, 1);
    socket.wnd_bytes = 21 * MSS;
    check(&socket, TP_LIMIT_PACING, 1);
    socket.wnd_bytes = 21 * MSS - 1;
    check(&socket, TP_LIMIT_RECEIVER, 1);
}

/* Where each ACK is for two segments, twice the segment size is elected: the window is full all the
 * same, until more in flight than that tells that segments are so large. */
static void test_steps_of_two_segments(void **state)
{
    struct socket socket = {
        .inflight_bytes = 20 * MSS, .cwnd_segs = 20, .wnd_bytes = 1 << 20, .step_bytes = 2 * MSS};
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    double pacing;
    uint32_t una;

    (void)state;
    check(&socket, TP_LIMIT_CWND, 1);
    assert_non_null(analysis);
    una = live(analysis, &socket, 0, PROBES / 2, 0);
    socket.inflight_bytes = 30 * MSS; /* three quarters of it */
    live(analysis, &socket, PROBES / 2, PROBES, una);
    assert_true(fabs(share_of(analysis, TP_LIMIT_CWND, TP_LIMIT_PACING, &pacing) - 0.5) < NEAR);
    assert_true(fabs(pacing - 0.5) < NEAR);
}

/* What was in flight when the window fell tells nothing of the segment size. */
static void test_a_window_that_falls(void **state)
{
    struct socket socket = {
        .inflight_bytes = 20 * MSS, .cwnd_segs = 20, .wnd_bytes = 1 << 20, .step_bytes = 2 * MSS};
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    double pacing;
    uint32_t una;

    (void)state;
    assert_non_null(analysis);
    una = live(analysis, &socket, 0, PROBES / 2, 0);
    socket.cwnd_segs = 10;
    una = live(analysis, &socket, PROBES / 2, PROBES / 2 + 8, una);
    socket.inflight_bytes = 10 * MSS;
    live(analysis, &socket, PROBES / 2 + 8, PROBES, una);
    assert_true(share_of(analysis, TP_LIMIT_CWND, TP_LIMIT_PACING, &pacing) > 1 - NEAR);
}

static void test_segments_of_unknown_size(void **state)
{
    const struct socket socket = {
        .inflight_bytes = 20 * MSS, .cwnd_segs = 20, .wnd_bytes = 1 << 20, .step_bytes = 300};

    (void)state;
    check(&socket, TP_LIMIT_NETWORK, 1);
}

/* In CWR, Recovery and Loss; Disorder changes nothing. */
static void test_repairs_limit(void **state)
{
    struct socket socket = {
        .inflight_bytes = 20 * MSS, .cwnd_segs = 40, .wnd_bytes = 1 << 20, .step_bytes = MSS};

    (void)state;
    for (socket.cong_state = TP_CONG_CWR; socket.cong_state < TP_CONG_STATES; socket.cong_state++)
        check(&socket, TP_LIMIT_RECOVERY, 200.0 / PROBES);
    socket.cong_state = TP_CONG_DISORDER;
    check(&socket, TP_LIMIT_RECOVERY, 0);
}

/* A step that is no whole number of segments ends with what the application wrote. The segment size
 * is that of the transfer before. */
static void test_a_short_step_is_an_end(void **state)
{
    struct socket socket = {
        .inflight_bytes = 8000, .cwnd_segs = 20, .wnd_bytes = 1 << 20, .step_bytes = MSS};
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    double pacing;
    uint32_t una;

    (void)state;
    assert_non_null(analysis);
    una = live(analysis, &socket, 0, 1100, 0);
    socket.step_bytes = 2000;
    live(analysis, &socket, 1100, 2200, una);
    assert_true(fabs(share_of(analysis, TP_LIMIT_APP, TP_LIMIT_PACING, &pacing) - 0.5) < NEAR);
    assert_true(fabs(pacing - 0.5) < NEAR);
}

/* A retransmission timeout after a silence of a second: the congestion state tells what it was. */
static void test_silence_before_a_timeout(void **state)
{
    const struct socket socket = {
        .inflight_bytes = 20 * MSS, .cwnd_segs = 40, .wnd_bytes = 1 << 20, .step_bytes = MSS};
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    double pacing;
    uint32_t una;

    (void)state;
    assert_non_null(analysis);
    una = live(analysis, &socket, 0, 250, 0); /* 2 s */
    add_state(analysis, 2200 * MS, TP_CONG_LOSS);
    add_probe(analysis, &socket, 375, una - MSS); /* at 3 s */
    assert_true(fabs(share_of(analysis, TP_LIMIT_RECOVERY, TP_LIMIT_PACING, &pacing) - 1.0 / 3) <
                0.02);
    assert_true(fabs(pacing - 0.62) < NEAR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_hit_names_the_bin),
        cmocka_unit_test(test_busy_bins_wait_for_what_follows),
        cmocka_unit_test(test_what_was_hidden_stays_so),
        cmocka_unit_test(test_doubts_are_of_no_class),
        cmocka_unit_test(test_the_network_is_a_sum),
        cmocka_unit_test(test_bulk_goes_on_in_recovery),
        cmocka_unit_test(test_repairs_name_most_of_a_bin),
        cmocka_unit_test(test_spans_stay_bounded),
        cmocka_unit_test(test_clocks_that_are_wrong),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_a_window_is_full_to_a_segment),
        cmocka_unit_test(test_steps_of_two_segments),
        cmocka_unit_test(test_a_window_that_falls),
        cmocka_unit_test(test_segments_of_unknown_size),
        cmocka_unit_test(test_repairs_limit),
        cmocka_unit_test(test_a_short_step_is_an_end),
        cmocka_unit_test(test_silence_before_a_timeout),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
