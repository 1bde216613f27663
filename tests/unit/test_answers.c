/* test_answers.c: what is followed of the answers to one end's data, and what is found of it: sizes
 * that never arrive, packets that are missing by their numbers, ACKs in bunches. */
#include <stdlib.h>
#include <string.h>

#include "flow_maker.h"

#include <tcpprobe/answers.h>
#include <tcpprobe/explain.h>

#define US INT64_C(1000)

struct talk {
    struct tp_analysis *analysis;
    uint64_t frame;
    uint16_t number; /* of the receiver's packets */
};

static struct talk begin(void)
{
    const struct tp_analysis_options options = {.series_bins = 256};
    struct tp_error error = TP_ERROR_INIT;
    struct talk talk = {.analysis = tp_analysis_new(&options, &error)};

    assert_non_null(talk.analysis);
    return talk;
}

static struct tp_record packet(int64_t us, bool of_sender, uint16_t flags, uint32_t seq,
                               uint32_t ack)
{
    return make_segment(us * US, of_sender, flags, seq, ack, 0);
}

static void add(struct talk *talk, struct tp_record record)
{
    struct tp_error error = TP_ERROR_INIT;

    record.have |= TP_BIT(FRAME);
    record.frame = ++talk->frame;
    assert_int_equal(tp_analysis_add(talk->analysis, &record, &error), 0);
}

static void sends(struct talk *talk, int64_t us, uint32_t seq, uint32_t bytes)
{
    struct tp_record record = packet(us, true, TP_TCP_ACK | TP_TCP_PSH, seq, 1001);

    record.payload = bytes;
    add(talk, record);
}

static struct tp_record ack_of(int64_t us, uint32_t ack)
{
    return packet(us, false, TP_TCP_ACK, 1001, ack);
}

static void sacks(struct talk *talk, int64_t us, uint32_t ack, uint32_t from, uint32_t to)
{
    struct tp_record record = ack_of(us, ack);

    record.have |= TP_BIT(SACK);
    record.options |= TP_OPTION_SACK;
    record.sack.count = 1;
    record.sack.edge[0][0] = from;
    record.sack.edge[0][1] = to;
    add(talk, record);
}

static void numbered(struct talk *talk, int64_t us, uint32_t ack, unsigned step)
{
    struct tp_record record = ack_of(us, ack);

    talk->number = (uint16_t)(talk->number + step);
    record.have |= TP_BIT(IP_ID) | TP_BIT(TTL);
    record.ip_id = talk->number;
    record.ttl = 64;
    add(talk, record);
}

static void stamped(struct talk *talk, int64_t us, uint32_t ack, uint32_t tsval)
{
    struct tp_record record = ack_of(us, ack);

    record.have |= TP_BIT(TSVAL) | TP_BIT(TSECR);
    record.options |= TP_OPTION_TS;
    record.tsval = tsval;
    record.tsecr = 1;
    add(talk, record);
}

static struct tp_record with_mss(struct tp_record record)
{
    record.have |= TP_BIT(MSS);
    record.options |= TP_OPTION_MSS;
    record.mss = 1460;
    return record;
}

static void handshake(struct talk *talk)
{
    add(talk, with_mss(packet(0, true, TP_TCP_SYN, 1000, 0)));
    add(talk, with_mss(packet(10000, false, TP_TCP_SYN | TP_TCP_ACK, 1000, 1001)));
    add(talk, packet(10000, true, TP_TCP_ACK, 1001, 1001));
}

/* Hands over what was followed, and whether that was found; it is over then. */
static struct tp_answers end(struct talk *talk, const char *id, bool *is_found)
{
    static struct tp_sheet sheet;
    struct tp_error error = TP_ERROR_INIT;
    const struct tp_flow *const *flows;
    struct tp_explanation told;
    struct tp_answers answers;
    size_t count;

    assert_int_equal(tp_analysis_finish(talk->analysis, &error), 0);
    flows = tp_analysis_flows(talk->analysis, &count);
    assert_int_equal(count, 1);
    tp_sheet_open(&sheet, talk->analysis, flows[0], 0);
    tp_explain(&sheet, &told);
    assert_non_null(tp_flow_answers(flows[0], sheet.bulk_end));
    answers = *tp_flow_answers(flows[0], sheet.bulk_end);
    *is_found = false;
    for (size_t i = 0; i < told.count; i++)
        *is_found |= strcmp(told.list[i].row->id, id) == 0;
    tp_analysis_free(talk->analysis);
    return answers;
}

/* --- sizes ------------------------------------------------------------------------------------ */

/* A small request passes, three full segments and a short one follow: the short one arrives, the
 * first full one is sent again and again, in vain. `passes`: it arrives at last. */
static struct talk hole(bool passes)
{
    struct talk talk = begin();
    int64_t us = 40000, timer_us = 300000;

    handshake(&talk);
    sends(&talk, 10000, 1001, 300);
    add(&talk, ack_of(20000, 1301));
    for (uint32_t i = 0; i < 3; i++)
        sends(&talk, 20000 + i, 1301 + 1400 * i, 1400);
    sends(&talk, 20004, 5501, 700);
    sacks(&talk, 30004, 1301, 5501, 6201);
    for (unsigned i = 0; i < 3; i++, us += timer_us, timer_us *= 2)
        sends(&talk, us, 1301, 1400);
    if (passes)
        sacks(&talk, us - timer_us / 2 + 10000, 2701, 5501, 6201);
    return talk;
}

static void test_a_black_hole(void **state)
{
    struct talk talk = hole(false);
    bool is_found;
    struct tp_answers answers = end(&talk, "mtu_black_hole", &is_found);

    (void)state;
    assert_int_equal(answers.large.bytes, 1400);
    assert_int_equal(answers.large.passed_bytes, 700);
    assert_int_equal(answers.large.sent, 6);
    assert_int_equal(answers.large.passed_behind, 1);
    assert_true(answers.large.first_ns == 20000 * US);
    assert_true(is_found);
}

static void test_one_that_passes_is_none(void **state)
{
    struct talk talk = hole(true);
    bool is_found;
    struct tp_answers answers = end(&talk, "mtu_black_hole", &is_found);

    (void)state;
    assert_int_equal(answers.large.passed_bytes, 1400);
    assert_int_equal(answers.large.sent, 0);
    assert_false(is_found);
}

/* What was sent again in smaller pieces has arrived in those. */
static void test_pieces_pass(void **state)
{
    struct talk talk = hole(false);
    bool is_found;
    struct tp_answers answers;

    (void)state;
    for (uint32_t i = 0; i < 6; i++) {
        sends(&talk, 3000000 + 20000 * i, 1301 + 700 * i, 700);
        sacks(&talk, 3010000 + 20000 * i, 2001 + 700 * i, 5501, 6201);
    }
    answers = end(&talk, "mtu_black_hole", &is_found);
    assert_int_equal(answers.large.passed_bytes, 700);
    assert_int_equal(answers.large.sent, 6);
    assert_true(is_found);
}

/* Without the handshake nobody knows of how many segments a packet is. */
static void test_sizes_without_handshake(void **state)
{
    struct talk talk = begin();
    bool is_found;
    struct tp_answers answers;

    (void)state;
    sends(&talk, 10000, 1001, 300);
    add(&talk, ack_of(20000, 1301));
    sends(&talk, 20000, 1301, 1400);
    sends(&talk, 20001, 2701, 700);
    sacks(&talk, 30004, 1301, 2701, 3401);
    for (unsigned i = 0; i < 5; i++)
        sends(&talk, 40000 + i * 400000, 1301, 1400);
    answers = end(&talk, "mtu_black_hole", &is_found);
    assert_int_equal(answers.large.sent, 0);
    assert_false(is_found);
}

/* Nothing at all comes back behind the first large one: who knows why. */
static void test_silence_is_none(void **state)
{
    struct talk talk = begin();
    bool is_found;

    (void)state;
    handshake(&talk);
    sends(&talk, 10000, 1001, 300);
    add(&talk, ack_of(20000, 1301));
    for (unsigned i = 0; i < 5; i++)
        sends(&talk, 20000 + i * 400000, 1301, 1400);
    end(&talk, "mtu_black_hole", &is_found);
    assert_false(is_found);
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* 400 ACKs, of which each tenth is missing (or its number is another connection's): then the next
 * one is of two, or of one like the others. */
static struct talk numbers(bool another_took_it)
{
    struct talk talk = begin();
    uint32_t seq = 1001, acked = 1001;
    int64_t us = 10000;

    handshake(&talk);
    for (unsigned i = 1; i <= 400; i++, us += 11000) {
        sends(&talk, us, seq, 1000);
        seq += 1000;
        if (i % 10 == 0 && !another_took_it) {
            talk.number++;
            continue;
        }
        acked = seq;
        numbered(&talk, us + 10000, acked, 1 + (i % 10 == 0));
    }
    return talk;
}

static void test_missing_acks(void **state)
{
    struct talk talk = numbers(false);
    bool is_found;
    struct tp_answers answers = end(&talk, "ack_loss", &is_found);

    (void)state;
    assert_int_equal(answers.numbered.missing, 39); /* of the last one nobody knows */
    assert_int_equal(answers.numbered.gaps, 39);
    assert_int_equal(answers.numbered.in_row, 320);
    assert_int_equal(answers.numbered.strange, 0);
    assert_int_equal(answers.numbered.acked_behind, 39 * 2000);
    assert_true(is_found);
}

/* They may be those that a filter took. */
static void test_missing_behind_a_filter_are_no_loss(void **state)
{
    struct talk talk = numbers(false);
    bool is_found;

    (void)state;
    tp_analysis_filtered(talk.analysis);
    end(&talk, "ack_loss", &is_found);
    assert_false(is_found);
}

static void test_numbers_of_others_are_no_loss(void **state)
{
    struct talk talk = numbers(true);
    bool is_found;
    struct tp_answers answers = end(&talk, "ack_loss", &is_found);

    (void)state;
    assert_int_equal(answers.numbered.missing, 40);
    assert_int_equal(answers.numbered.acked_behind, 40 * 1000);
    assert_false(is_found);
}

/* As of a host that fetches several things at a time: ACKs behind those of other connections happen
 * to tell somewhat more. */
static void test_numbers_of_a_busy_host_are_no_loss(void **state)
{
    struct talk talk = begin();
    uint32_t seq = 1001, bytes;
    int64_t us = 10000;
    bool is_found;
    struct tp_answers answers;

    (void)state;
    handshake(&talk);
    for (unsigned i = 1; i <= 400; i++, us += 11000) {
        bytes = i % 2 ? 1000 : 1500;
        sends(&talk, us, seq, bytes);
        seq += bytes;
        numbered(&talk, us + 10000, seq, i % 10 == 1 ? 7 : 1 + (i % 2 == 0));
    }
    answers = end(&talk, "ack_loss", &is_found);
    assert_true(answers.numbered.missing > 400);
    assert_true(answers.numbered.acked_behind > 1.3 * answers.numbered.acks_behind * 1000);
    assert_false(is_found);
}

/* --- bunches ---------------------------------------------------------------------------------- */

/* 60 times 8 segments; their ACKs were sent a millisecond apart, and come apart_us apart. */
static struct talk bunches(int64_t apart_us)
{
    struct talk talk = begin();
    uint32_t seq = 1001, acked = 1001, tsval = 5000;
    int64_t us = 10000;

    handshake(&talk);
    for (unsigned i = 0; i < 60; i++, us += 50000, tsval += 50) {
        for (unsigned k = 0; k < 8; k++, seq += 1000)
            sends(&talk, us + k, seq, 1000);
        for (unsigned k = 0; k < 8; k++) {
            acked += 1000;
            stamped(&talk, us + 30000 + k * apart_us, acked, tsval + k);
        }
    }
    return talk;
}

static void test_bunches(void **state)
{
    struct talk talk = bunches(20);
    bool is_found;
    struct tp_answers answers = end(&talk, "ack_compression", &is_found);

    (void)state;
    assert_in_range(answers.bunches.count, 36, 40); /* a second passes before the clock is known */
    assert_int_equal(answers.bunches.acks, answers.bunches.count * 8);
    assert_int_equal(answers.bunches.acks, answers.bunches.all_acks);
    assert_in_range(answers.bunches.sent_ns / answers.bunches.count, 6900 * US, 7100 * US);
    assert_true(answers.bunches.came_ns / answers.bunches.count == 140 * US);
    assert_true(is_found);
}

static void test_acks_as_they_were_sent(void **state)
{
    struct talk talk = bunches(950);
    bool is_found;
    struct tp_answers answers = end(&talk, "ack_compression", &is_found);

    (void)state;
    assert_int_equal(answers.bunches.count, 0);
    assert_true(answers.bunches.all_acks > 280);
    assert_false(is_found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_black_hole),
        cmocka_unit_test(test_one_that_passes_is_none),
        cmocka_unit_test(test_pieces_pass),
        cmocka_unit_test(test_sizes_without_handshake),
        cmocka_unit_test(test_silence_is_none),
        cmocka_unit_test(test_missing_acks),
        cmocka_unit_test(test_missing_behind_a_filter_are_no_loss),
        cmocka_unit_test(test_numbers_of_others_are_no_loss),
        cmocka_unit_test(test_numbers_of_a_busy_host_are_no_loss),
        cmocka_unit_test(test_bunches),
        cmocka_unit_test(test_acks_as_they_were_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
