/* test_account.c: the account of time: bins of a round trip that are made by hand, and connections
 * that were captured. test_limits.c holds its sums against what was judged. */
#include "flow_maker.h"

#include "analyze/limits.h"

#define MS     INT64_C(1000000)
#define RTT_MS 40

struct book {
    struct tp_limiter limiter;
    struct tp_spans spans;
};

static void begin(struct book *book)
{
    book->spans = (struct tp_spans){0};
    tp_limiter_begin(&book->limiter, 0);
    book->limiter.ledger.spans = &book->spans;
}

static void hold(struct book *book, int64_t until_ms, unsigned holds)
{
    assert_int_equal(tp_limiter_hold(&book->limiter, until_ms * MS, holds, RTT_MS * MS, NULL), 0);
}

static int64_t waited_ms(const struct book *book, enum tp_wait wait)
{
    return book->limiter.ledger.account.time_ns[wait] / MS;
}

/* The strip says the same as the sums, moment by moment. */
static void end(struct book *book, int64_t whole_ms)
{
    struct tp_account strip = {{0}};
    const struct tp_span *span = book->spans.list;

    assert_int_equal(tp_limiter_finish(&book->limiter, NULL), 0);
    assert_true(span->begin_ns == 0);
    for (uint32_t i = 0; i < book->spans.count; i++, span++) {
        assert_true(i == 0 || span->begin_ns == span[-1].end_ns);
        strip.time_ns[span->value] += span->end_ns - span->begin_ns;
    }
    assert_true(span[-1].end_ns == whole_ms * MS);
    assert_memory_equal(&strip, &book->limiter.ledger.account, sizeof strip);
    assert_true(tp_account_whole(&strip) == whole_ms * MS);
    tp_spans_release(&book->spans);
}

static void test_whose_turn(void **state)
{
    struct book book;

    (void)state;
    begin(&book);
    hold(&book, 40, TP_HOLDS_CWND);
    hold(&book, 200, TP_HOLDS_DRY);
    tp_limiter_spoke(&book.limiter, TP_WAIT_TURN); /* a request, after 160 ms */
    hold(&book, 280, TP_HOLDS_DRY);
    tp_limiter_spoke(&book.limiter, TP_WAIT_APP); /* it has thought for 80 ms */
    hold(&book, 320, TP_HOLDS_CWND);
    hold(&book, 1000, TP_HOLDS_DRY); /* nobody speaks again: its own silence */
    end(&book, 1000);
    assert_int_equal(waited_ms(&book, TP_WAIT_CWND), 80);
    assert_int_equal(waited_ms(&book, TP_WAIT_TURN), 160);
    assert_int_equal(waited_ms(&book, TP_WAIT_APP), 760);
}

/* Within one bin: who spoke longer. */
static void test_turns_within_a_bin(void **state)
{
    struct book book;

    (void)state;
    begin(&book);
    hold(&book, 30, TP_HOLDS_DRY);
    tp_limiter_spoke(&book.limiter, TP_WAIT_TURN);
    hold(&book, 39, TP_HOLDS_DRY);
    tp_limiter_spoke(&book.limiter, TP_WAIT_APP);
    hold(&book, 40, TP_HOLDS_DRY);
    end(&book, 40);
    assert_int_equal(waited_ms(&book, TP_WAIT_TURN), 40);
}

/* A tail was lost: the sender looks dry until its timer says that it was not. */
static void test_silence_of_a_timer(void **state)
{
    struct book book;

    (void)state;
    begin(&book);
    hold(&book, 40, TP_HOLDS_CWND);
    hold(&book, 60, TP_HOLDS_CWND);
    tp_ledger_know(&book.limiter.ledger, 60 * MS, 300 * MS, TP_WAIT_RTO);
    hold(&book, 300, TP_HOLDS_DRY);
    tp_ledger_know(&book.limiter.ledger, 300 * MS, 700 * MS, TP_WAIT_RTO); /* backed off */
    hold(&book, 700, TP_HOLDS_REPAIR | TP_HOLDS_TIMEOUT);
    hold(&book, 780, TP_HOLDS_REPAIR | TP_HOLDS_TIMEOUT);
    hold(&book, 860, TP_HOLDS_REPAIR);
    end(&book, 860);
    assert_int_equal(waited_ms(&book, TP_WAIT_CWND), 60);
    assert_int_equal(waited_ms(&book, TP_WAIT_RTO), 640);
    assert_int_equal(waited_ms(&book, TP_WAIT_TIMEOUT), 80);
    assert_int_equal(waited_ms(&book, TP_WAIT_RECOVERY), 80);
}

/* The socket gave up: no probe follows its timers. */
static void test_timers_behind_the_last_bin(void **state)
{
    struct book book;

    (void)state;
    begin(&book);
    hold(&book, 40, TP_HOLDS_CWND);
    tp_ledger_know(&book.limiter.ledger, 40 * MS, 240 * MS, TP_WAIT_RTO);
    tp_ledger_know(&book.limiter.ledger, 240 * MS, 640 * MS, TP_WAIT_RTO);
    end(&book, 640);
    assert_int_equal(waited_ms(&book, TP_WAIT_RTO), 600);
}

static void test_windows(void **state)
{
    struct book book;

    (void)state;
    begin(&book);
    assert_int_equal(tp_limiter_handshake(&book.limiter, 1000 * MS, 1040 * MS, NULL), 0);
    hold(&book, 1080, TP_HOLDS_CWND | TP_HOLDS_SLOW);
    hold(&book, 1120, TP_HOLDS_CWND | TP_HOLDS_SLOW | TP_HOLDS_FULL);
    hold(&book, 1160, TP_HOLDS_RWND);
    hold(&book, 2160, TP_HOLDS_RWND | TP_HOLDS_ZERO);
    end(&book, 2160);
    assert_int_equal(waited_ms(&book, TP_WAIT_SYN_TIMER), 1000);
    assert_int_equal(waited_ms(&book, TP_WAIT_HANDSHAKE), 40);
    assert_int_equal(waited_ms(&book, TP_WAIT_SLOW_START), 40);
    assert_int_equal(waited_ms(&book, TP_WAIT_PATH), 40);
    assert_int_equal(waited_ms(&book, TP_WAIT_RWND), 40);
    assert_int_equal(waited_ms(&book, TP_WAIT_ZERO_WINDOW), 1000);
}

/* A window that the receiver fills while a queue of more than a round trip stands is none that it
 * should enlarge. */
static void test_window_beyond_the_path(void **state)
{
    struct book book;

    (void)state;
    begin(&book);
    hold(&book, 40, TP_HOLDS_RWND);
    hold(&book, 80, TP_HOLDS_RWND | TP_HOLDS_FULL);
    hold(&book, 120, TP_HOLDS_RWND | TP_HOLDS_FULL | TP_HOLDS_ZERO);
    end(&book, 120);
    assert_int_equal(waited_ms(&book, TP_WAIT_RWND), 40);
    assert_int_equal(waited_ms(&book, TP_WAIT_PATH), 40);
    assert_int_equal(waited_ms(&book, TP_WAIT_ZERO_WINDOW), 40);
    assert_false(tp_is_narrow(TP_HOLDS_CWND, 1000, 1000));
    assert_false(tp_is_narrow(TP_HOLDS_RWND, 4000, 1000));
    assert_true(tp_is_narrow(TP_HOLDS_RWND, 3999, 1000)); /* each ACK may wait for a timer */
}

static void test_recast(void **state)
{
    struct book book;

    (void)state;
    begin(&book);
    assert_int_equal(tp_limiter_handshake(&book.limiter, 1000 * MS, 1040 * MS, NULL), 0);
    hold(&book, 1080, TP_HOLDS_CWND);
    tp_ledger_recast(&book.limiter.ledger, TP_WAIT_SYN_TIMER, TP_WAIT_HANDSHAKE);
    end(&book, 1080);
    assert_int_equal(waited_ms(&book, TP_WAIT_SYN_TIMER), 0);
    assert_int_equal(waited_ms(&book, TP_WAIT_HANDSHAKE), 1040);
}

/* Packets do not tell the threshold: flight that doubles does. */
static void test_growth(void **state)
{
    static const unsigned flights[] = {10, 20, 40, 80, 82, 164};
    struct book book;

    (void)state;
    begin(&book);
    assert_int_equal(tp_limiter_handshake(&book.limiter, 0, 40 * MS, NULL), 0);
    for (unsigned i = 0; i < 6; i++) {
        tp_limiter_flight(&book.limiter, flights[i] * 1448);
        tp_limiter_sent(&book.limiter, true);
        hold(&book, 80 + 40 * i, TP_HOLDS_HIDDEN);
    }
    end(&book, 280);
    assert_int_equal(waited_ms(&book, TP_WAIT_SLOW_START), 160);
    assert_int_equal(waited_ms(&book, TP_WAIT_NETWORK), 80); /* it has left slow start */
}

static void test_full(void **state)
{
    (void)state;
    assert_false(tp_is_full(13 * MS, 10 * MS, false)); /* not 4 ms more */
    assert_true(tp_is_full(15 * MS, 10 * MS, false));
    assert_false(tp_is_full(111 * MS, 100 * MS, false)); /* not an eighth more */
    assert_true(tp_is_full(113 * MS, 100 * MS, false));
    assert_false(tp_is_full(150 * MS, 100 * MS, true));
    assert_true(tp_is_full(201 * MS, 100 * MS, true));
    assert_false(tp_is_full(201 * MS, 0, false)); /* nobody knows the shortest */
}

/* Bounds: more silences known than there is room for, times at the ends of their range. */
static void test_bounds(void **state)
{
    struct book book;

    (void)state;
    begin(&book);
    for (int64_t i = 0; i < 40; i++)
        tp_ledger_know(&book.limiter.ledger, (1000 + i * 20) * MS, (1010 + i * 20) * MS,
                       TP_WAIT_RTO);
    hold(&book, 40, TP_HOLDS_CWND);
    hold(&book, 3000, TP_HOLDS_DRY);
    end(&book, 3000);
    assert_int_equal(waited_ms(&book, TP_WAIT_RTO), TP_KNOWN_MAX * 10);
    assert_true(tp_account_whole(&book.limiter.ledger.account) == 3000 * MS);
}

static void test_apart(void **state)
{
    struct tp_account kernel = {{0}}, packets = {{0}};

    (void)state;
    assert_true(tp_account_apart(&kernel, &packets) == 0);
    kernel.time_ns[TP_WAIT_CWND] = 100;
    packets.time_ns[TP_WAIT_NETWORK] = 200;
    assert_true(tp_account_apart(&kernel, &packets) == 0); /* two words for one thing */
    kernel.time_ns[TP_WAIT_APP] = 100;
    assert_true(tp_account_apart(&kernel, &packets) == 0.5);
    packets.time_ns[TP_WAIT_UNKNOWN] = 200; /* what it does not know is no contradiction */
    assert_true(tp_account_apart(&kernel, &packets) == 0);
    assert_int_equal(tp_account_largest(&packets), TP_WAIT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whose_turn),
        cmocka_unit_test(test_turns_within_a_bin),
        cmocka_unit_test(test_silence_of_a_timer),
        cmocka_unit_test(test_timers_behind_the_last_bin),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_window_beyond_the_path),
        cmocka_unit_test(test_recast),
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
