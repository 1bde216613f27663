/* test_shares.c: an analysis in shares finds what one finds alone, or says that it cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <tcpprobe/analyze.h>

#include "packet_maker.h"
#include "same_flows.h"

#define FLOWS   50
#define PACKETS 40 /* of each */

/* Packet i of all: the flows send in turn, in both directions. */
static struct tp_record packet_at(unsigned i)
{
    unsigned round = i / FLOWS;
    uint16_t port = (uint16_t)(20000 + i % FLOWS);
    int64_t ts_ns = (int64_t)i * MS;
    bool answer = round & 1;
    uint32_t sent = round / 2 * PACKET_MSS;
    struct tp_record record = answer ? make_packet(ts_ns, 2, 80, 1, port, TP_TCP_ACK, PACKET_BACK,
                                                   PACKET_ISN + sent + PACKET_MSS, 0)
                                     : make_packet(ts_ns, 1, port, 2, 80, TP_TCP_ACK,
                                                   PACKET_ISN + sent, PACKET_BACK, PACKET_MSS);

    record.frame = i + 1;
    return record;
}

static struct tp_analysis *new_analysis(const struct tp_analysis_options *options)
{
    struct tp_analysis *analysis = tp_analysis_new(options, NULL);

    assert_non_null(analysis);
    return analysis;
}

/* Shows it all packets, of which the odd one has those oddities; the last return code. */
static int show_all(struct tp_analysis *analysis, unsigned odd, uint16_t oddities)
{
    struct tp_error error = TP_ERROR_INIT;
    int rc = TP_OK;

    for (unsigned i = 0; i < FLOWS * PACKETS && rc == TP_OK; i++) {
        struct tp_record record = packet_at(i);

        record.oddities = i == odd ? oddities : 0;
        rc = tp_analysis_add(analysis, &record, &error);
    }
    return rc == TP_OK ? tp_analysis_finish(analysis, &error) : rc;
}

static void free_shares(struct tp_analysis **shares, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        tp_analysis_free(shares[i]);
}

static void test_shares_find_the_same(void **state)
{
    struct tp_analysis *shares[TP_SHARES_MAX], *alone = new_analysis(NULL), *joined;
    struct tp_error error = TP_ERROR_INIT;
    unsigned count, i;

    (void)state;
    assert_int_equal(show_all(alone, 0, 0), TP_OK);
    for (count = 1; count <= TP_SHARES_MAX; count++) {
        joined = new_analysis(NULL);
        assert_true(tp_analysis_may_split(joined));
        assert_int_equal(tp_analysis_split(joined, shares, count, &error), TP_OK);
        for (i = 0; i < count; i++)
            assert_int_equal(show_all(shares[i], 0, 0), TP_OK);
        assert_true(tp_analysis_join(joined, shares, count));
        assert_true(tp_analysis_saw(joined, TP_KIND_PACKET));
        assert_int_equal(tp_analysis_settle(joined, &error), TP_OK); /* changes nothing */
        assert_same_flows(alone, joined);
        tp_analysis_free(joined);
    }
    tp_analysis_free(alone);
}

/* Each share of two has some of the flows, and none has all. */
static void test_shares_share(void **state)
{
    struct tp_analysis *shares[2], *whole = new_analysis(NULL);
    struct tp_error error = TP_ERROR_INIT;
    size_t count, sum = 0;

    (void)state;
    assert_int_equal(tp_analysis_split(whole, shares, 2, &error), TP_OK);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(show_all(shares[i], 0, 0), TP_OK);
        tp_analysis_flows(shares[i], &count);
        assert_in_range(count, 1, FLOWS - 1);
        sum += count;
    }
    assert_int_equal(sum, FLOWS);
    free_shares(shares, 2);
    tp_analysis_free(whole);
}

/* Shows both shares everything; they must not be joined. */
static void assert_cannot(const struct tp_analysis_options *options, uint16_t oddities)
{
    struct tp_analysis *shares[2], *whole = new_analysis(options);
    struct tp_error error = TP_ERROR_INIT;
    bool joined;

    assert_int_equal(tp_analysis_split(whole, shares, 2, &error), TP_OK);
    for (unsigned i = 0; i < 2; i++)
        show_all(shares[i], 100, oddities);
    joined = tp_analysis_join(whole, shares, 2);
    assert_false(joined);
    free_shares(shares, 2);
    assert_int_equal(show_all(whole, 100, oddities), TP_OK); /* it is as it was */
    tp_analysis_free(whole);
}

static void test_a_clock_that_was_set_concerns_all(void **state)
{
    (void)state;
    assert_cannot(NULL, TP_ODD_STEP);
}

static void test_too_many_flows(void **state)
{
    (void)state;
    assert_cannot(&(struct tp_analysis_options){.max_flows = FLOWS - 1}, 0);
    assert_cannot(&(struct tp_analysis_options){.max_flows = 3}, 0);
}

static void test_events_are_not_shared(void **state)
{
    struct tp_record event = make_probe(0, 1, 20000, 2, 80, 10, 100);
    struct tp_analysis *shares[2], *whole = new_analysis(NULL);
    struct tp_error error = TP_ERROR_INIT;

    (void)state;
    assert_int_equal(tp_analysis_split(whole, shares, 2, &error), TP_OK);
    assert_int_equal(tp_analysis_add(shares[0], &event, &error), TP_ERR_STOPPED);
    assert_int_equal(show_all(shares[1], 0, 0), TP_ERR_STOPPED); /* the other one has told it */
    assert_false(tp_analysis_join(whole, shares, 2));
    free_shares(shares, 2);
    tp_analysis_free(whole);
}

static int no_sample(void *context, const struct tp_flow *flow, unsigned end,
                     enum tp_metric_id metric, int64_t ts_ns, double value)
{
    (void)context, (void)flow, (void)end, (void)metric, (void)ts_ns, (void)value;
    return 0;
}

static void assert_whole(const struct tp_analysis_options *options)
{
    struct tp_analysis *analysis = new_analysis(options);

    assert_false(tp_analysis_may_split(analysis));
    tp_analysis_free(analysis);
}

static void test_what_needs_the_order_of_all(void **state)
{
    struct tp_analysis *begun = new_analysis(NULL);
    struct tp_record record = packet_at(0);
    struct tp_error error = TP_ERROR_INIT;

    (void)state;
    assert_whole(&(struct tp_analysis_options){.sample = no_sample});
    assert_whole(&(struct tp_analysis_options){.series_bins = 100});
    assert_whole(&(struct tp_analysis_options){.marks = 1});
    assert_int_equal(tp_analysis_add(begun, &record, &error), TP_OK);
    assert_false(tp_analysis_may_split(begun));
    tp_analysis_free(begun);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares_find_the_same),
        cmocka_unit_test(test_shares_share),
        cmocka_unit_test(test_a_clock_that_was_set_concerns_all),
        cmocka_unit_test(test_too_many_flows),
        cmocka_unit_test(test_events_are_not_shared),
        cmocka_unit_test(test_what_needs_the_order_of_all),
    };

    return cmocka_run_group_tests_name("shares", tests, NULL, NULL);
}
