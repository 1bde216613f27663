/* test_repair.c: signs of CWR, Recovery and Loss where no event says so.
 *
 * What ssthresh and the window do at each step is what net/ipv4/tcp_input.c and tcp_output.c do,
 * and what is printed of ssthresh is tcp_current_ssthresh() (include/net/tcp.h), calculated here
 * anew. tests/bats/limits.bats asks the same of real recordings.
 */
#include <stdlib.h>

#include "flow_maker.h"

#include "analyze/repair.h"

#define MSS 1000
#define INF TP_SSTHRESH_INFINITE

/* The socket of a sender, and what is found out about it. */
struct sender {
    struct tp_repair repair;
    int64_t ms;
    uint32_t una, nxt; /* in segments */
    uint32_t cwnd, ssthresh;
    uint32_t base;                           /* sequence number of segment 0 */
    bool reduces;                            /* it is in CWR or Recovery */
    bool resending_told, from_middle, blind; /* blind: probes have no ssthresh */
    uint32_t data_len;
};

static uint32_t printed(const struct sender *sender)
{
    uint32_t most = sender->cwnd / 2 + sender->cwnd / 4;

    return sender->reduces || sender->ssthresh > most ? sender->ssthresh : most;
}

/* An ACK comes ms later: what held before it? */
static enum tp_repair_is probe(struct sender *sender, int64_t ms)
{
    struct tp_record record;

    sender->ms += ms;
    record =
        make_probe(sender->ms * MS, 1, 4000, 2, 80, sender->base + sender->una * MSS, sender->cwnd);
    record.snd_nxt = sender->base + sender->nxt * MSS;
    record.ssthresh = printed(sender);
    record.data_len = sender->data_len;
    if (sender->blind)
        record.have &= ~TP_BIT(SSTHRESH);
    return tp_repair_probe(&sender->repair, &record, !sender->from_middle, sender->resending_told);
}

/* So many ACKs of a segment each, as many more are sent; nothing of it is a repair. */
static void go_on(struct sender *sender, unsigned acks)
{
    for (; acks > 0; acks--) {
        assert_int_equal(probe(sender, 1), TP_REPAIR_NONE);
        sender->una++;
        sender->nxt++;
    }
}

/* Segments that are lost are sent again, one duplicate ACK behind the other: what are they? */
static void repeat(struct sender *sender, unsigned acks, enum tp_repair_is what)
{
    for (; acks > 0; acks--)
        assert_int_equal(probe(sender, 1), what);
}

static void resend(struct sender *sender, int64_t later_us)
{
    tp_repair_resent(&sender->repair, sender->ms * MS + later_us * 1000);
}

/* tcp_enter_recovery(): ssthresh is set, the window goes down with each ACK. */
static void enter_recovery(struct sender *sender, uint32_t ssthresh)
{
    sender->ssthresh = ssthresh;
    sender->reduces = true;
    sender->cwnd--;
}

/* All that was in flight at its beginning is acknowledged: tcp_end_cwnd_reduction(). */
static void leave_recovery(struct sender *sender)
{
    sender->una = sender->nxt;
    sender->nxt += sender->ssthresh;
    sender->cwnd = sender->ssthresh;
    sender->reduces = false;
}

static struct sender begin(uint32_t cwnd, uint32_t ssthresh)
{
    struct sender sender = {.nxt = cwnd, .cwnd = cwnd, .ssthresh = ssthresh};

    go_on(&sender, 8);
    return sender;
}

static void recovery_lasts_until_high_seq(void **state)
{
    struct sender sender = begin(100, INF);
    uint32_t high;

    (void)state;
    sender.base = UINT32_MAX - 50 * MSS; /* the numbers begin anew in the midst of it */
    tp_repair_forget(&sender.repair);
    go_on(&sender, 8);
    high = sender.nxt;
    repeat(&sender, 3, TP_REPAIR_NONE); /* Disorder */
    enter_recovery(&sender, 70);
    repeat(&sender, 5, TP_REPAIR_PROVED);
    sender.cwnd = 75; /* three quarters are less than ssthresh now */
    sender.nxt += 30;
    sender.una = high - 1;
    repeat(&sender, 1, TP_REPAIR_PROVED);
    sender.cwnd = sender.ssthresh;
    sender.reduces = false;
    sender.una = high;
    go_on(&sender, 100);
    assert_false(sender.repair.moves);
    repeat(&sender, 3, TP_REPAIR_NONE);
}

/* 70 % of a small window are three quarters of it, rounded: then ssthresh does not show, but has
 * been more. */
static void small_windows(void **state)
{
    struct sender sender = begin(7, 5);

    (void)state;
    assert_int_equal(printed(&sender), 5);
    sender.ssthresh = 4;
    sender.reduces = true;
    assert_int_equal(printed(&sender), 4); /* 3 + 1 */
    assert_int_equal(probe(&sender, 1), TP_REPAIR_PROVED);
}

/* When it was another one each time, a window that falls upon duplicate ACKs is enough; not that of
 * a sender that was idle. */
static void falling_windows(void **state)
{
    struct sender sender = begin(100, INF);

    (void)state;
    enter_recovery(&sender, 70);
    repeat(&sender, 2, TP_REPAIR_PROVED);
    leave_recovery(&sender);
    go_on(&sender, 10);
    assert_false(sender.repair.moves);
    enter_recovery(&sender, 49);
    repeat(&sender, 2, TP_REPAIR_PROVED);
    leave_recovery(&sender);
    go_on(&sender, 10);
    assert_true(sender.repair.moves);
    sender.cwnd = 8;
    sender.nxt = sender.una; /* all is acknowledged; tcp_cwnd_restart() */
    assert_int_equal(probe(&sender, 5000), TP_REPAIR_NONE);
    sender.ssthresh = 6;
    sender.cwnd = 8;
    tp_repair_forget(&sender.repair);
    sender.nxt = sender.una + 8;
    go_on(&sender, 4);
    sender.cwnd = 7; /* tcp_cwnd_application_limited(): no ACK was repeated */
    go_on(&sender, 1);
    repeat(&sender, 2, TP_REPAIR_NONE);
    sender.cwnd = 6; /* to the same ssthresh */
    assert_int_equal(probe(&sender, 1), TP_REPAIR_PROVED);
}

/* Hystart sets ssthresh to the window, which goes on growing; BBR below it at the end of its
 * start-up, of which three quarters of the window are seen. */
static void what_is_no_repair(void **state)
{
    struct sender hystart = begin(100, INF), bbr = begin(100, INF);

    (void)state;
    hystart.ssthresh = 100;
    go_on(&hystart, 3);
    hystart.cwnd = 101;
    go_on(&hystart, 30);
    bbr.ssthresh = 40;
    go_on(&bbr, 3);
    bbr.cwnd = 80;
    go_on(&bbr, 3);
    bbr.cwnd = 4; /* PROBE_RTT: then it is seen */
    go_on(&bbr, 3);
    bbr.cwnd = 80;
    go_on(&bbr, 3);
}

static void undone(void **state)
{
    struct sender sender = begin(100, 100);

    (void)state;
    enter_recovery(&sender, 70);
    repeat(&sender, 5, TP_REPAIR_PROVED);
    sender.una += 10; /* a D-SACK: tcp_undo_cwnd_reduction() */
    sender.cwnd = 100;
    sender.ssthresh = 100;
    sender.reduces = false;
    go_on(&sender, 20);
}

/* BBR keeps ssthresh: its retransmissions tell. */
static void resent_upon_an_ack(void **state)
{
    struct sender sender = begin(100, INF);
    uint32_t high = sender.nxt;

    (void)state;
    sender.resending_told = true;
    repeat(&sender, 1, TP_REPAIR_NONE);
    resend(&sender, 5);
    sender.cwnd = 90;
    repeat(&sender, 1, TP_REPAIR_PROVED);
    resend(&sender, 7);
    sender.una = high - 1;
    sender.nxt += 40;
    repeat(&sender, 1, TP_REPAIR_PROVED);
    sender.una = high;
    go_on(&sender, 20);
}

/* A tail loss probe leaves the window. If it was needed, the window is at its end at once. */
static void tail_loss_probes(void **state)
{
    struct sender sender = begin(100, 90);

    (void)state;
    sender.resending_told = true;
    resend(&sender, 90000);
    assert_int_equal(probe(&sender, 130), TP_REPAIR_NONE);
    sender.una = sender.nxt;
    sender.ssthresh = sender.cwnd = 70;
    go_on(&sender, 5);
}

/* tcp_enter_loss(): the window is one segment, and all that was sent must be acknowledged. */
static void timeouts(void **state)
{
    struct sender sender = begin(100, INF), quiet = begin(100, 80);
    uint32_t high;

    (void)state;
    sender.resending_told = true;
    probe(&sender, 1);
    sender.una++;
    sender.nxt += 2; /* sent after that probe, before the silence */
    high = sender.nxt;
    resend(&sender, 300000);
    sender.cwnd = 1;
    sender.ssthresh = 70;
    assert_int_equal(probe(&sender, 400), TP_REPAIR_PROVED);
    sender.una = high - 1;
    sender.cwnd = 50;
    assert_int_equal(probe(&sender, 1), TP_REPAIR_PROVED);
    sender.una = high;
    go_on(&sender, 20);

    high = quiet.nxt; /* nothing but probes */
    quiet.cwnd = 1;
    quiet.ssthresh = 70;
    assert_int_equal(probe(&quiet, 400), TP_REPAIR_PROVED);
    quiet.una = high - 1;
    assert_int_equal(probe(&quiet, 1), TP_REPAIR_PROVED);
    quiet.una = high;
    quiet.nxt = high + 10;
    go_on(&quiet, 20);
}

/* Where neither ssthresh nor retransmissions would tell. */
static void repeated_acks_are_a_doubt(void **state)
{
    struct sender sender = begin(100, INF), told = begin(100, INF), talks = begin(100, INF);
    uint32_t high = sender.nxt;

    (void)state;
    repeat(&sender, 3, TP_REPAIR_NONE); /* the first of these ACKs told of a segment more */
    sender.blind = true;
    repeat(&sender, 4, TP_REPAIR_DOUBTFUL);
    sender.una = high - 1;
    repeat(&sender, 1, TP_REPAIR_DOUBTFUL);
    sender.una = high;
    go_on(&sender, 20);
    told.resending_told = true; /* and none was */
    repeat(&told, 10, TP_REPAIR_NONE);
    talks.data_len = MSS; /* what comes are the peer's data */
    repeat(&talks, 1, TP_REPAIR_NONE);
    repeat(&talks, 10, TP_REPAIR_NONE);
    talks.resending_told = true;
    talks.cwnd = 4; /* a timeout of BBR's */
    talks.resending_told = false;
    assert_int_equal(probe(&talks, 400), TP_REPAIR_DOUBTFUL);
}

static void the_first_round_trip_of_the_middle(void **state)
{
    struct sender sender = {.nxt = 20, .cwnd = 20, .ssthresh = 18, .from_middle = true};

    (void)state;
    sender.reduces = true;
    sender.ssthresh = 12;
    assert_int_equal(probe(&sender, 1), TP_REPAIR_PROVED); /* 12 are less than 15 */
    sender.cwnd = 16;
    assert_int_equal(probe(&sender, 1), TP_REPAIR_DOUBTFUL);
    sender.una = 19;
    sender.nxt = 40;
    assert_int_equal(probe(&sender, 1), TP_REPAIR_DOUBTFUL);
    resend(&sender, 3);
    assert_int_equal(probe(&sender, 1), TP_REPAIR_PROVED); /* how long, nobody knows */
    assert_int_equal(probe(&sender, 1), TP_REPAIR_DOUBTFUL);
    sender.una = 20;
    sender.reduces = false;
    go_on(&sender, 20);
    tp_repair_forget(&sender.repair); /* events were lost */
    assert_int_equal(probe(&sender, 1), TP_REPAIR_DOUBTFUL);
    sender.una = sender.nxt;
    sender.nxt += 20;
    go_on(&sender, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recovery_lasts_until_high_seq),
        cmocka_unit_test(small_windows),
        cmocka_unit_test(falling_windows),
        cmocka_unit_test(what_is_no_repair),
        cmocka_unit_test(undone),
        cmocka_unit_test(resent_upon_an_ack),
        cmocka_unit_test(tail_loss_probes),
        cmocka_unit_test(timeouts),
        cmocka_unit_test(repeated_acks_are_a_doubt),
        cmocka_unit_test(the_first_round_trip_of_the_middle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
