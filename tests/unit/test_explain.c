/* test_explain.c: the table of findings, and what is said of connections that are made by hand.
 * What real ones say: tests/bats/explain.bats. */
#include <string.h>

#include "flow_maker.h"

#include <tcpprobe/explain.h>

static void test_rows(void **state)
{
    (void)state;
    assert_true(tp_reason_row_count < TP_REASONS_MAX);
    for (size_t i = 0; i < tp_reason_row_count; i++) {
        const struct tp_reason_row *row = &tp_reason_rows[i];

        assert_true(tp_reason_find(row->id) == row); /* no id twice */
        assert_true(strlen(row->id) < 19);
        assert_non_null(row->title);
        assert_non_null(row->basis);
        assert_non_null(row->find);
        assert_true(!row->advice || row->advice[strlen(row->advice) - 1] != '.');
    }
    assert_null(tp_reason_find("slow"));
    for (unsigned blind = 0; blind < TP_BLINDS; blind++)
        assert_true(strlen(tp_blind_text((enum tp_blind)blind)) > 0);
}

static struct tp_record packet(int64_t ms, bool of_opener, uint16_t flags, uint32_t seq,
                               uint32_t ack, uint32_t payload)
{
    return make_segment(ms * MS, of_opener, flags, seq, ack, payload);
}

/* Of the first of so many connections. */
static struct tp_explanation explained_of(size_t of, const struct tp_record *records, size_t count)
{
    const struct tp_analysis_options options = {.series_bins = 1024};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_analysis *analysis = tp_analysis_new(&options, &error);
    static struct tp_sheet sheet;
    struct tp_explanation explanation;
    const struct tp_flow *const *flows;
    size_t flow_count;

    for (size_t i = 0; i < count; i++) {
        struct tp_record record = records[i];

        if (record.kind == TP_KIND_PACKET) {
            record.have |= TP_BIT(FRAME);
            record.frame = i + 1;
        }
        assert_int_equal(tp_analysis_add(analysis, &record, &error), 0);
    }
    assert_int_equal(tp_analysis_finish(analysis, &error), 0);
    flows = tp_analysis_flows(analysis, &flow_count);
    assert_int_equal(flow_count, of);
    tp_sheet_open(&sheet, analysis, flows[0], 0);
    tp_explain(&sheet, &explanation);
    tp_analysis_free(analysis);
    return explanation;
}

static struct tp_explanation explained(const struct tp_record *records, size_t count)
{
    return explained_of(1, records, count);
}

static const struct tp_reason *found(const struct tp_explanation *explanation, const char *id)
{
    for (size_t i = 0; i < explanation->count; i++)
        if (strcmp(explanation->list[i].row->id, id) == 0)
            return &explanation->list[i];
    return NULL;
}

#define EXPLAINED(...)                                                                             \
    explained((const struct tp_record[]){__VA_ARGS__},                                             \
              sizeof((const struct tp_record[]){__VA_ARGS__}) / sizeof(struct tp_record))

static void test_no_answer(void **state)
{
    struct tp_explanation told =
        EXPLAINED(packet(0, true, TP_TCP_SYN, 7, 0, 0), packet(1000, true, TP_TCP_SYN, 7, 0, 0),
                  packet(3000, true, TP_TCP_SYN, 7, 0, 0));

    (void)state;
    assert_int_equal(told.count, 1);
    assert_string_equal(told.list[0].row->id, "no_answer");
    assert_true(told.held_up_ns == 3000 * MS);
    assert_non_null(strstr(told.list[0].sentence, "sent 3 times"));
    assert_false(told.has_account);
    assert_true(told.blind >> TP_BLIND_ONE_WAY & 1);
}

static void test_refused(void **state)
{
    struct tp_explanation told = EXPLAINED(packet(0, true, TP_TCP_SYN, 7, 0, 0),
                                           packet(20, false, TP_TCP_RST | TP_TCP_ACK, 0, 8, 0));

    (void)state;
    assert_non_null(found(&told, "refused"));
    assert_null(found(&told, "no_answer"));
    assert_null(found(&told, "reset"));
    assert_true(told.held_up_ns == 0);
}

/* The SYN is lost once: its timer, and no more, is what it cost. */
static void test_syn_timer(void **state)
{
    struct tp_explanation told = EXPLAINED(
        packet(0, true, TP_TCP_SYN, 7, 0, 0), packet(1000, true, TP_TCP_SYN, 7, 0, 0),
        packet(1020, false, TP_TCP_SYN | TP_TCP_ACK, 7, 8, 0),
        packet(1020, true, TP_TCP_ACK, 8, 8, 0), packet(1020, true, TP_TCP_ACK, 8, 8, 1000),
        packet(1041, false, TP_TCP_ACK, 8, 1008, 0));
    const struct tp_reason *reason = found(&told, "syn_timer");

    (void)state;
    assert_non_null(reason);
    assert_true(reason->cost_ns == 1000 * MS);
    assert_true(reason->has_place && reason->begin_ns == 0 && reason->end_ns == 1000 * MS);
    assert_true(told.account.time_ns[TP_WAIT_HANDSHAKE] == 20 * MS);
}

/* The SYN-ACK is sent again after 350 ms, on a path that takes 600: the answer is one to the first.
 */
static void test_syn_timer_in_vain(void **state)
{
    struct tp_record list[40];
    size_t count = 0;
    struct tp_explanation told;
    uint32_t seq = 8;

    (void)state;
    list[count++] = packet(0, true, TP_TCP_SYN, 7, 0, 0);
    list[count++] = packet(0, false, TP_TCP_SYN | TP_TCP_ACK, 7, 8, 0);
    list[count++] = packet(350, false, TP_TCP_SYN | TP_TCP_ACK, 7, 8, 0);
    list[count++] = packet(600, true, TP_TCP_ACK, 8, 8, 0);
    for (int64_t ms = 601; count < 30; ms += 601, seq += 1000) {
        list[count++] = packet(ms, false, TP_TCP_ACK, seq, 8, 1000);
        list[count++] = packet(ms + 600, true, TP_TCP_ACK, 8, seq + 1000, 0);
    }
    told = explained(list, count);
    assert_null(found(&told, "syn_timer"));
    assert_true(told.account.time_ns[TP_WAIT_HANDSHAKE] == 600 * MS);
    told = explained(list, 10); /* three round trips: their ACKs may have waited */
    assert_non_null(found(&told, "syn_timer"));
}

/* The tail of a flight is lost: silence until the timer, the same where nothing else is known of
 * it. */
static void test_rto(void **state)
{
    struct tp_explanation told = EXPLAINED(
        packet(0, true, TP_TCP_SYN, 7, 0, 0), packet(20, false, TP_TCP_SYN | TP_TCP_ACK, 7, 8, 0),
        packet(20, true, TP_TCP_ACK, 8, 8, 0), packet(20, true, TP_TCP_ACK, 8, 8, 1000),
        packet(40, false, TP_TCP_ACK, 8, 1008, 0), packet(41, true, TP_TCP_ACK, 1008, 8, 700),
        packet(341, true, TP_TCP_ACK, 1008, 8, 700), packet(941, true, TP_TCP_ACK, 1008, 8, 700),
        packet(961, false, TP_TCP_ACK, 8, 1708, 0));
    const struct tp_reason *reason = found(&told, "rto");

    (void)state;
    assert_non_null(reason);
    assert_true(reason->cost_ns == 900 * MS);
    assert_int_equal(reason->confidence, TP_LIKELY);
    assert_true(told.list[0].row == reason->row);
    assert_non_null(strstr(reason->sentence, "went off, in 1 silence"));
    assert_null(found(&told, "app"));
}

/* Two flights lose their ends: so many silences, whichever loss episodes they are in. */
static void test_silences(void **state)
{
    struct tp_explanation told = EXPLAINED(
        packet(0, true, TP_TCP_SYN, 7, 0, 0), packet(20, false, TP_TCP_SYN | TP_TCP_ACK, 7, 8, 0),
        packet(20, true, TP_TCP_ACK, 8, 8, 0), packet(20, true, TP_TCP_ACK, 8, 8, 1000),
        packet(40, false, TP_TCP_ACK, 8, 1008, 0), packet(41, true, TP_TCP_ACK, 1008, 8, 700),
        packet(341, true, TP_TCP_ACK, 1008, 8, 700), packet(361, false, TP_TCP_ACK, 8, 1708, 0),
        packet(361, true, TP_TCP_ACK, 1708, 8, 700), packet(661, true, TP_TCP_ACK, 1708, 8, 700),
        packet(681, false, TP_TCP_ACK, 8, 2408, 0));

    (void)state;
    assert_non_null(strstr(found(&told, "rto")->sentence, "silent for 600.00 ms"));
    assert_non_null(strstr(found(&told, "rto")->sentence, "went off, in 2 silences"));
}

/* A small one arrives, the large ones behind it never do: whether anything would is not known. */
static void test_large_ones_that_never_arrive(void **state)
{
    struct tp_record list[] = {
        packet(0, true, TP_TCP_SYN, 7, 0, 0),
        packet(20, false, TP_TCP_SYN | TP_TCP_ACK, 7, 8, 0),
        packet(20, true, TP_TCP_ACK, 8, 8, 0),
        packet(20, true, TP_TCP_ACK | TP_TCP_PSH, 8, 8, 37),
        packet(40, false, TP_TCP_ACK, 8, 45, 0),
        packet(41, true, TP_TCP_ACK, 45, 8, 500),
        packet(341, true, TP_TCP_ACK, 45, 8, 500),
        packet(941, true, TP_TCP_ACK, 45, 8, 500),
        packet(2141, true, TP_TCP_ACK, 45, 8, 500),
    };
    struct tp_explanation told = explained(list, 9);
    const struct tp_reason *reason = found(&told, "rto");

    (void)state;
    assert_true(reason &&
                strstr(reason->sentence, "4 times a segment of more than 37 bytes (up to 500) "
                                         "was sent, and none ever arrived"));
    assert_int_equal(reason->confidence, TP_LIKELY);
    list[3].payload = 500; /* as large as what is lost */
    list[4].ack = 508;
    for (size_t i = 5; i < 9; i++)
        list[i].seq = 508;
    told = explained(list, 9);
    assert_null(strstr(found(&told, "rto")->sentence, "MTU"));
}

/* Both copies arrive, so says the D-SACK: a delay, no loss. */
static void test_rto_in_vain(void **state)
{
    struct tp_record dsack = packet(961, false, TP_TCP_ACK, 8, 1508, 0);
    struct tp_explanation told;

    (void)state;
    dsack.have |= TP_BIT(SACK);

    dsack.sack = (struct tp_sack){{{1008, 1508}}, 1};
    told = EXPLAINED(
        packet(0, true, TP_TCP_SYN, 7, 0, 0), packet(20, false, TP_TCP_SYN | TP_TCP_ACK, 7, 8, 0),
        packet(20, true, TP_TCP_ACK, 8, 8, 0), packet(20, true, TP_TCP_ACK, 8, 8, 1000),
        packet(40, false, TP_TCP_ACK, 8, 1008, 0), packet(41, true, TP_TCP_ACK, 1008, 8, 500),
        packet(341, true, TP_TCP_ACK, 1008, 8, 500), packet(351, false, TP_TCP_ACK, 8, 1508, 0),
        dsack);
    assert_null(found(&told, "rto"));
    assert_null(found(&told, "loss"));
    assert_true(found(&told, "rto_in_vain")->cost_ns == 300 * MS);
    assert_non_null(
        strstr(found(&told, "spurious")->sentence, "1 of 1 segment sent again was not"));
}

/* Two writes, the second of which leaves when the first is acknowledged, after 40 ms. */
static void test_delayed_acks(void **state)
{
    struct tp_record list[40];
    size_t count = 0;
    struct tp_explanation told;
    uint32_t seq = 8, answer = 8;

    (void)state;
    list[count++] = packet(0, true, TP_TCP_SYN, 7, 0, 0);
    list[count++] = packet(4, false, TP_TCP_SYN | TP_TCP_ACK, 7, 8, 0);
    list[count++] = packet(4, true, TP_TCP_ACK, 8, 8, 0);
    for (int64_t ms = 10; count < 36; ms += 60, seq += 500, answer += 100) {
        list[count++] = packet(ms, true, TP_TCP_ACK | TP_TCP_PSH, seq, answer, 200);
        list[count++] = packet(ms + 44, false, TP_TCP_ACK, answer, seq + 200, 0);
        list[count++] = packet(ms + 44, true, TP_TCP_ACK | TP_TCP_PSH, seq + 200, answer, 300);
        list[count++] = packet(ms + 48, false, TP_TCP_ACK | TP_TCP_PSH, answer, seq + 500, 100);
    }
    told = explained(list, count);
    assert_non_null(found(&told, "delayed_ack"));
    assert_true(found(&told, "delayed_ack")->cost_ns >= 40 * 7 * MS);
    assert_null(found(&told, "turn"));
    assert_null(found(&told, "app"));
    for (size_t i = 4; i < count; i += 4) /* the ACK comes at once: it waits for nothing */
        list[i].ts_ns -= 40 * MS;
    told = explained(list, count);
    assert_null(found(&told, "delayed_ack"));
}

static void test_a_reset_behind_both_fins_is_none(void **state)
{
    struct tp_explanation told = EXPLAINED(packet(0, true, TP_TCP_SYN, 7, 0, 0),
                                           packet(20, false, TP_TCP_SYN | TP_TCP_ACK, 7, 8, 0),
                                           packet(20, true, TP_TCP_ACK, 8, 8, 1000),
                                           packet(40, true, TP_TCP_ACK | TP_TCP_FIN, 1008, 8, 0),
                                           packet(60, false, TP_TCP_ACK | TP_TCP_FIN, 8, 1009, 0),
                                           packet(61, true, TP_TCP_RST, 1009, 0, 0));

    (void)state;
    assert_null(found(&told, "reset"));
    told = EXPLAINED(
        packet(0, true, TP_TCP_SYN, 7, 0, 0), packet(20, false, TP_TCP_SYN | TP_TCP_ACK, 7, 8, 0),
        packet(20, true, TP_TCP_ACK, 8, 8, 1000), packet(40, false, TP_TCP_RST, 8, 0, 0));
    assert_non_null(found(&told, "reset"));
    assert_non_null(strstr(found(&told, "reset")->sentence, ":80 sent a reset"));
}

/* --- the end of slow start -------------------------------------------------------------------- */

#define SEGMENT 1448
#define RTT_MS  40
#define A_ROUND 10 /* probes */

/* For 30 ms. */
static size_t recovers(struct tp_record *list, uint16_t port, int64_t ms)
{
    list[0] = make(TP_KIND_CONG_STATE_SET, ms * MS, 1, port, 2, 80);
    list[0].have |= TP_BIT(CONG_STATE);
    list[0].cong_state = TP_CONG_RECOVERY;
    list[1] = list[0];
    list[1].ts_ns += 30 * MS;
    list[1].cong_state = TP_CONG_OPEN;
    return 2;
}

/* A window that doubles each round trip up to 80 segments, and grows by one from then on; ssthresh
 * is told there or, `by_loss`, behind a recovery. The round trip stays what it is. */
static size_t grow(struct tp_record *list, bool by_loss)
{
    uint32_t cwnd = 10, una = 1, most = 80;
    int64_t ms = RTT_MS;
    size_t count = 0;

    list[count++] = make_change(0, 1, 1000, 2, 80, SYN_SENT, ESTABLISHED);
    for (unsigned round = 0; round < 40; round++, cwnd = cwnd < most ? 2 * cwnd : cwnd + 1) {
        if (by_loss && cwnd == most) {
            count += recovers(list + count, 1000, ms);
            ms += 31;
        }
        for (unsigned i = 0; i < A_ROUND; i++, ms += RTT_MS / A_ROUND) {
            struct tp_record *record = &list[count++];

            *record = make_probe(ms * MS, 1, 1000, 2, 80, una, cwnd);
            record->snd_nxt = una + cwnd * SEGMENT;
            record->snd_wnd = 4000000;
            record->ssthresh = cwnd < most ? TP_SSTHRESH_INFINITE : most;
            record->srtt = RTT_MS * 1000;
            una += (cwnd / A_ROUND + i % 2) * SEGMENT; /* one or more, so that its size shows */
        }
    }
    return count;
}

static void test_slow_start_that_ended_early(void **state)
{
    static struct tp_record list[512];
    struct tp_explanation told = explained(list, grow(list, false));
    const struct tp_reason *reason = found(&told, "hystart");

    (void)state;
    assert_true(reason && strstr(reason->sentence, "left slow start at 80 segments"));
    assert_true(reason->cost_ns > 1000 * MS && reason->cost_ns < 1500 * MS);
    assert_null(found(&told, "cwnd"));
    told = explained(list, grow(list, true)); /* it was a loss that ended it */
    assert_null(found(&told, "hystart"));
}

/* --- a window that grows, a rate -------------------------------------------------------------- */

#define STEP_MS 4

/* `count` probes, each with so much more acknowledged and so much in flight. */
static size_t flows_on(struct tp_record *list, int64_t *ms, uint32_t *una, size_t count,
                       uint32_t in_flight, uint32_t window, uint32_t srtt_ms)
{
    for (size_t i = 0; i < count; i++, *ms += STEP_MS) {
        *una += (7 + i % 2) * SEGMENT; /* so that its size shows */
        list[i] = make_probe(*ms * MS, 1, 1000, 2, 80, *una, 200);
        list[i].snd_nxt = *una + in_flight;
        list[i].snd_wnd = window;
        list[i].ssthresh = 100;
        list[i].srtt = srtt_ms * 1000;
    }
    return count;
}

/* What limits is the window of the time in which it was full, not the largest one of all. */
static void test_a_window_that_grows(void **state)
{
    static struct tp_record list[600];
    struct tp_explanation told;
    int64_t ms = RTT_MS;
    uint32_t una = 1;
    size_t count = 0;

    (void)state;
    list[count++] = make_change(0, 1, 1000, 2, 80, SYN_SENT, ESTABLISHED);
    count += flows_on(list + count, &ms, &una, 250, 100000, 100000, RTT_MS);
    told = explained(list, count);
    assert_non_null(strstr(found(&told, "rwnd")->sentence, ": 100.0 kB at most, which in a round"));
    assert_non_null(strstr(found(&told, "rwnd")->sentence, "no more than 20.00 Mbit/s"));
    assert_null(found(&told, "rwnd_grows"));
    count += flows_on(list + count, &ms, &una, 250, 200 * SEGMENT, 4000000, RTT_MS);
    told = explained(list, count);
    assert_null(found(&told, "rwnd"));
    assert_non_null(
        strstr(found(&told, "rwnd_grows")->sentence,
               "no more than 20.00 Mbit/s; at other times it was larger, up to 4.000 MB"));
    assert_null(found(&told, "rwnd_grows")->row->advice);
}

/* The ACK behind a repair tells of what had arrived long before: the path carries no more for it.
 */
static void test_what_a_path_carries(void **state)
{
    static struct tp_record list[900];
    struct tp_explanation told;
    const struct tp_reason *reason;
    int64_t ms = RTT_MS;
    uint32_t una = 1;
    size_t count = 0;

    (void)state;
    list[count++] = make_change(0, 1, 1000, 2, 80, SYN_SENT, ESTABLISHED);
    count += flows_on(list + count, &ms, &una, 50, 200 * SEGMENT, 4000000, RTT_MS);
    for (unsigned repair = 0; repair < 3; repair++) {
        count += recovers(list + count, 1000, ms);
        ms += 30;
        una += 2000 * SEGMENT;
        count += flows_on(list + count, &ms, &una, 200, 200 * SEGMENT, 4000000, 3 * RTT_MS);
    }
    told = explained(list, count);
    reason = found(&told, "path");
    assert_non_null(reason);
    assert_non_null(strstr(reason->sentence, "which carried 21.72 Mbit/s"));
    assert_non_null(strstr(found(&told, "queue")->sentence, "at the 21.72 Mbit/s that it carried"));
}

/* --- two connections -------------------------------------------------------------------------- */

/* Probes of two, each 10 ms, whose round trips are the same all the time. They are acknowledged
 * alike or, of one queue, for a while one more and then the other, and together the same. */
static size_t side_by_side(struct tp_record *list, bool of_one_queue)
{
    uint32_t una[2] = {1, 1};
    size_t count = 0;

    for (uint16_t flow = 0; flow < 2; flow++)
        list[count++] = make_change(0, 1, 1000 + flow, 2, 80, SYN_SENT, ESTABLISHED);
    count += recovers(list + count, 1000, 1);
    count += recovers(list + count, 1001, 1);
    for (unsigned i = 0; i < 800; i++)
        for (uint16_t flow = 0; flow < 2; flow++) {
            unsigned more = of_one_queue && (i / 70 + flow) % 2 ? 6 : 0;
            unsigned queue_ms = i < 10 ? 0 : 20 + i / 10 * i / 10 * 37 % 23;

            una[flow] += (5 + i % 2 + more) * SEGMENT;
            list[count] =
                make_probe((RTT_MS + 10 * (int64_t)i) * MS, 1, 1000 + flow, 2, 80, una[flow], 200);
            list[count].snd_nxt = una[flow] + 200 * SEGMENT;
            list[count].snd_wnd = 4000000;
            list[count].ssthresh = 100;
            list[count++].srtt = (RTT_MS + queue_ms) * 1000;
        }
    return count;
}

static void test_one_queue_or_two(void **state)
{
    static struct tp_record list[1700];
    struct tp_explanation told = explained_of(2, list, side_by_side(list, true));

    (void)state;
    assert_non_null(found(&told, "path"));
    assert_non_null(found(&told, "shared_queue"));
    assert_non_null(strstr(found(&told, "shared_queue")->sentence, "in one queue with 1 other"));
    told = explained_of(2, list, side_by_side(list, false));
    assert_non_null(found(&told, "path"));
    assert_null(found(&told, "shared_queue"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_syn_timer),
        cmocka_unit_test(test_syn_timer_in_vain),
        cmocka_unit_test(test_rto_in_vain),
        cmocka_unit_test(test_delayed_acks),
        cmocka_unit_test(test_rto),
        cmocka_unit_test(test_silences),
        cmocka_unit_test(test_large_ones_that_never_arrive),
        cmocka_unit_test(test_slow_start_that_ended_early),
        cmocka_unit_test(test_a_window_that_grows),
        cmocka_unit_test(test_what_a_path_carries),
        cmocka_unit_test(test_one_queue_or_two),
        cmocka_unit_test(test_a_reset_behind_both_fins_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
