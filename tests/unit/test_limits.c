/* test_limits.c: what limits a sender: the socket and the packets of a scripted one.
 *
 * test_limiter.c judges bins of a round trip and probes that are made by hand.
 */
#include <stdlib.h>

#include "flow_maker.h"

#include <tcpprobe/analyze.h>

#define RTT_MS 40
#define RTT_US (RTT_MS * 1000 + 30) /* and what the receiver takes to answer */
#define MSS    1000

/* --- a sender ------------------------------------------------------------------------------- */

/* Where the packets are captured. */
enum place { AT_SENDER, BETWEEN, AT_RECEIVER };

struct sender {
    uint32_t window_bytes, cwnd_segs;
    int pace_us;      /* between two segments; 0: as fast as the windows allow */
    int64_t stall_ms; /* the receiver's window is closed from the 1st to the 2nd of these */
    int64_t open_ms;
    int64_t silent_ms; /* nothing gets through from the 1st to the 2nd of these */
    int64_t alive_ms;
    uint32_t write_bytes; /* that the application writes every write_ms; 0: without end */
    int64_t write_ms;
    enum place place;
    bool no_handshake, no_acks;
    bool marked; /* every ACK tells of marks of congestion (RFC 3168) */
};

#define EVENTS_MAX 200000

struct event {
    int64_t us;
    struct tp_record record;
};

/* What happens, in two recordings: of the kernel and of a capture. */
struct world {
    struct sender sender;
    struct event *packets;
    size_t packet_count;
    struct tp_analysis *kernel;
    uint64_t acks_us[8192], acks[8192]; /* on the way back, a ring */
    unsigned ack_first, ack_end;
    uint64_t written, sent, acked, ack_due;
    int64_t paced_us;
    uint32_t snd_wnd;
};

static void add(struct tp_analysis *analysis, const struct tp_record *record)
{
    struct tp_error error = TP_ERROR_INIT;

    assert_int_equal(tp_analysis_add(analysis, record, &error), 0);
}

static struct tp_analysis *begin(void)
{
    const struct tp_analysis_options options = {.series_bins = 256};
    struct tp_error error = TP_ERROR_INIT;

    return tp_analysis_new(&options, &error);
}

/* us: at the sender, where packets of the receiver arrive. */
static void capture(struct world *world, int64_t us, bool of_sender, uint16_t flags, uint64_t seq,
                    uint64_t ack, uint32_t payload, uint32_t window)
{
    static const int64_t to_sender_us[] = {[BETWEEN] = 15000, [AT_RECEIVER] = 20000};
    int64_t away_us = to_sender_us[world->sender.place];
    struct tp_record record = of_sender ? make(TP_KIND_PACKET, 0, 1, 1000, 2, 80)
                                        : make(TP_KIND_PACKET, 0, 2, 80, 1, 1000);

    if (!of_sender && world->sender.no_acks)
        return;
    record.have = TP_BIT(SEQ) | TP_BIT(PAYLOAD) | TP_BIT(FLAGS) | TP_BIT(WINDOW) | TP_BIT(OPTIONS) |
                  TP_BIT(FRAME);
    record.seq = (uint32_t)seq;
    record.payload = payload;
    record.flags = flags;
    if (flags & TP_TCP_ACK) {
        record.have |= TP_BIT(ACK);
        record.ack = (uint32_t)ack;
    }
    record.window = (uint16_t)(flags & TP_TCP_SYN ? window : window >> 7);
    if (flags & TP_TCP_SYN) {
        record.have |= TP_BIT(MSS) | TP_BIT(WSCALE);
        record.options = TP_OPTION_MSS | TP_OPTION_WSCALE | TP_OPTION_SACK_OK;
        record.mss = MSS;
        record.wscale = 7;
    }
    assert_true(world->packet_count < EVENTS_MAX);
    world->packets[world->packet_count++] =
        (struct event){us + (of_sender ? away_us : -away_us), record};
}

static uint32_t window_at(const struct world *world, int64_t us)
{
    const struct sender *sender = &world->sender;

    return us >= sender->stall_ms * 1000 && us < sender->open_ms * 1000 ? 0 : sender->window_bytes;
}

/* An ACK reaches the sender. */
static void receive_ack(struct world *world, int64_t us, uint64_t ack)
{
    struct tp_record probe =
        make_probe(us * 1000, 1, 1000, 2, 80, (uint32_t)world->acked, world->sender.cwnd_segs);

    probe.snd_nxt = (uint32_t)world->sent;
    probe.snd_wnd = world->snd_wnd; /* before it is processed */
    world->snd_wnd = window_at(world, us);
    probe.srtt = RTT_MS * 1000;
    add(world->kernel, &probe);
    capture(world, us, false, TP_TCP_ACK | (world->sender.marked ? TP_TCP_ECE : 0), 1, ack, 0,
            window_at(world, us));
    world->acked = ack;
}

static bool is_silent(const struct world *world, int64_t us)
{
    return us >= world->sender.silent_ms * 1000 && us < world->sender.alive_ms * 1000;
}

static void send_some(struct world *world, int64_t us)
{
    const struct sender *sender = &world->sender;
    uint64_t ceiling = (uint64_t)sender->cwnd_segs * MSS;
    uint32_t window = window_at(world, us), payload;

    while (world->sent < world->written && us >= world->paced_us) {
        payload =
            world->written - world->sent < MSS ? (uint32_t)(world->written - world->sent) : MSS;
        if (world->sent + payload - world->acked > ceiling ||
            world->sent + payload - world->acked > window)
            return;
        capture(world, us, true,
                TP_TCP_ACK | (world->sent + payload == world->written ? TP_TCP_PSH : 0), world->sent,
                1, payload, 64000);
        world->sent += payload;
        world->paced_us = us + sender->pace_us;
        /* each pair of them and each third one, so that steps of snd_una tell the segment size */
        if (world->ack_due++ % 3 || payload < MSS || sender->cwnd_segs < 4) {
            world->acks_us[world->ack_end % 8192] = (uint64_t)us + RTT_US;
            world->acks[world->ack_end++ % 8192] = world->sent;
        }
    }
}

static int by_time(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    return x->us != y->us
               ? (x->us > y->us) - (x->us < y->us)
               : (x->record.frame > y->record.frame) - (x->record.frame < y->record.frame);
}

static void live(struct world *world, int64_t until_ms)
{
    const struct sender *sender = &world->sender;
    int64_t us;

    if (!sender->no_handshake) {
        capture(world, 0, true, TP_TCP_SYN, 0, 0, 0, 64000);
        capture(world, RTT_US, false, TP_TCP_SYN | TP_TCP_ACK, 0, 1, 0, 64000);
        capture(world, RTT_US + 50, true, TP_TCP_ACK, 1, 1, 0, 64000);
    }
    world->sent = world->acked = world->written = 1;
    world->snd_wnd = sender->window_bytes;
    for (us = 50000; us < until_ms * 1000; us += 100) {
        if (!sender->write_bytes)
            world->written = world->sent + 10 * MSS;
        else if ((us - 50000) % (sender->write_ms * 1000) == 0)
            world->written += sender->write_bytes;
        while (!is_silent(world, us) && world->ack_first != world->ack_end &&
               world->acks_us[world->ack_first % 8192] <= (uint64_t)us) {
            receive_ack(world, us, world->acks[world->ack_first++ % 8192]);
            send_some(world, us + 20);
        }
        if (us == sender->open_ms * 1000) /* tells that the window is open again */
            receive_ack(world, us, world->acked);
        send_some(world, us);
    }
}

/* Shares of the time that was judged. */
struct shares {
    double of[TP_LIMITS];
    double waited[TP_WAIT_COUNT];
    bool judged;
};

/* The account is of all that was judged, and its strip of the same times, each moment once. */
static void check_account(const struct tp_flow *flow, unsigned end, enum tp_origin origin,
                          double judged, double waited[TP_WAIT_COUNT])
{
    const struct tp_spans *spans = tp_flow_wait_spans(flow, end, origin);
    struct tp_account account;
    double strip[TP_WAIT_COUNT] = {0};

    if (!tp_flow_account(flow, end, origin, &account))
        return;
    assert_true((double)tp_account_whole(&account) == judged);
    assert_non_null(spans);
    for (uint32_t i = 0; i < spans->count; i++) {
        assert_true(i == 0 || spans->list[i].begin_ns == spans->list[i - 1].end_ns);
        strip[spans->list[i].value] += (double)(spans->list[i].end_ns - spans->list[i].begin_ns);
    }
    for (unsigned wait = 0; wait < TP_WAIT_COUNT; wait++) {
        assert_true(strip[wait] == (double)account.time_ns[wait]);
        waited[wait] = strip[wait] / judged;
    }
}

static struct shares shares_of(struct tp_analysis *analysis, enum tp_origin origin)
{
    struct tp_error error = TP_ERROR_INIT;
    const struct tp_flow *const *flows;
    struct shares shares = {.judged = false};
    struct tp_limit_times times;
    size_t count;
    double sum = 0, strip = 0;
    const struct tp_spans *spans;
    unsigned end, i;

    assert_int_equal(tp_analysis_finish(analysis, &error), 0);
    flows = tp_analysis_flows(analysis, &count);
    assert_int_equal(count, 1);
    end = flows[0]->key.port[0] != 1000;
    shares.judged = tp_flow_limits(flows[0], end, origin, &times);
    for (i = 0; i < TP_LIMITS; i++)
        sum += (double)times.time_ns[i];
    for (i = 0; sum > 0 && i < TP_LIMITS; i++)
        shares.of[i] = (double)times.time_ns[i] / sum;
    spans = tp_flow_limit_spans(flows[0], end, origin);
    for (i = 0; spans && i < spans->count; i++)
        strip += (double)(spans->list[i].end_ns - spans->list[i].begin_ns);
    assert_true(strip == sum); /* the strip is of the same times */
    check_account(flows[0], end, origin, sum, shares.waited);
    assert_false(tp_flow_limits(flows[0], end, 1 - origin, &times));
    tp_analysis_free(analysis);
    return shares;
}

/* Its kernel's events in [TP_FROM_KERNEL], its packets in [TP_FROM_PACKETS]. */
static void observe(const struct sender *sender, int64_t until_ms, struct shares shares[TP_ORIGINS])
{
    struct world world = {.sender = *sender, .kernel = begin()};
    struct tp_analysis *packets = begin();
    size_t i;

    world.packets = malloc(EVENTS_MAX * sizeof *world.packets);
    assert_non_null(world.packets);
    live(&world, until_ms);
    for (i = 0; i < world.packet_count; i++)
        world.packets[i].record.frame = i + 1;
    qsort(world.packets, world.packet_count, sizeof *world.packets, by_time);
    for (i = 0; i < world.packet_count; i++) {
        world.packets[i].record.ts_ns = world.packets[i].us * 1000;
        add(packets, &world.packets[i].record);
    }
    free(world.packets);
    shares[TP_FROM_KERNEL] = shares_of(world.kernel, TP_FROM_KERNEL);
    shares[TP_FROM_PACKETS] = shares_of(packets, TP_FROM_PACKETS);
}

static void fail_shares(unsigned origin, const struct shares *shares)
{
    unsigned i;

    for (i = 0; i < TP_LIMITS; i++)
        print_message("%s %.3f\n", tp_limit_name((enum tp_limit)i), shares->of[i]);
    fail_msg("origin %u", origin);
}

static void check_share(const struct shares *shares, unsigned origin, enum tp_limit limit,
                        double least)
{
    if (!shares[origin].judged || shares[origin].of[limit] < least)
        fail_shares(origin, &shares[origin]);
}

static void check_wait(const struct shares *shares, enum tp_wait wait, double least)
{
    for (unsigned i = 0; shares->waited[wait] < least && i < TP_WAIT_COUNT; i++)
        print_message("%s %.3f\n", tp_wait_name((enum tp_wait)i), shares->waited[i]);
    assert_true(shares->waited[wait] >= least);
}

static void check_each(const struct sender *sender, enum tp_limit kernel, enum tp_limit packets,
                       double least)
{
    struct shares shares[TP_ORIGINS];

    observe(sender, 4000, shares);
    check_share(shares, TP_FROM_KERNEL, kernel, least);
    check_share(shares, TP_FROM_PACKETS, packets, least);
}

static void check_both(const struct sender *sender, enum tp_limit limit, double least)
{
    check_each(sender, limit, limit, least);
}

static void test_congestion_window(void **state)
{
    const struct sender sender = {.window_bytes = 1000000, .cwnd_segs = 40};
    struct shares shares[TP_ORIGINS];

    (void)state;
    check_each(&sender, TP_LIMIT_CWND, TP_LIMIT_NETWORK, 0.95);
    observe(&sender, 4000, shares);
    check_wait(&shares[TP_FROM_KERNEL], TP_WAIT_CWND, 0.95); /* its window does not grow */
    check_wait(&shares[TP_FROM_PACKETS], TP_WAIT_NETWORK, 0.95);
}

static void test_two_segments(void **state)
{
    const struct sender sender = {.window_bytes = 1000000, .cwnd_segs = 2};

    (void)state;
    check_both(&sender, TP_LIMIT_NETWORK, 0.9); /* no step is of two: who knows how long they are */
}

/* BBR and fq: far from both windows, and yet there is always something to send. */
static void test_paced_bulk(void **state)
{
    const struct sender sender = {.window_bytes = 1000000, .cwnd_segs = 200, .pace_us = 700};

    (void)state;
    check_each(&sender, TP_LIMIT_PACING, TP_LIMIT_NETWORK, 0.95);
}

static void test_receiver(void **state)
{
    const struct sender sender = {.window_bytes = 20 * 1024, .cwnd_segs = 100};

    (void)state;
    check_both(&sender, TP_LIMIT_RECEIVER, 0.95);
}

static void test_closed_window(void **state)
{
    struct sender sender = {
        .window_bytes = 1000000, .cwnd_segs = 40, .stall_ms = 500, .open_ms = 3500};
    struct shares shares[TP_ORIGINS];

    (void)state;
    check_both(&sender, TP_LIMIT_RECEIVER, 0.7); /* three of four seconds */
    observe(&sender, 4000, shares);
    check_wait(&shares[TP_FROM_KERNEL], TP_WAIT_ZERO_WINDOW, 0.7);
    check_wait(&shares[TP_FROM_PACKETS], TP_WAIT_ZERO_WINDOW, 0.7);
    sender.no_handshake = true; /* whatever the scale, it is closed: no sign of the application */
    observe(&sender, 4000, shares);
    check_wait(&shares[TP_FROM_PACKETS], TP_WAIT_ZERO_WINDOW, 0.7);
    assert_true(shares[TP_FROM_PACKETS].of[TP_LIMIT_RECEIVER] >= 0.7);
    sender.cwnd_segs = 4; /* of which nothing shows that the window must be scaled */
    observe(&sender, 4000, shares);
    check_wait(&shares[TP_FROM_PACKETS], TP_WAIT_ZERO_WINDOW, 0.7);
}

static void test_application(void **state)
{
    const struct sender bursts = {.window_bytes = 1000000,
                                  .cwnd_segs = 100,
                                  .pace_us = 600,
                                  .write_bytes = 60500,
                                  .write_ms = 200};
    const struct sender trickle = {
        .window_bytes = 1000000, .cwnd_segs = 10, .write_bytes = 300, .write_ms = 20};
    const struct sender requests = {
        .window_bytes = 1000000, .cwnd_segs = 10, .write_bytes = 3000, .write_ms = 250};

    (void)state;
    check_both(&bursts, TP_LIMIT_APP, 0.9);
    check_both(&trickle, TP_LIMIT_APP, 0.9);
    check_both(&requests, TP_LIMIT_APP, 0.85);
}

/* Nothing is acknowledged for a second: that is the path, not the application. */
static void test_silence_of_the_path(void **state)
{
    const struct sender sender = {
        .window_bytes = 1000000, .cwnd_segs = 40, .silent_ms = 1000, .alive_ms = 2000};

    (void)state;
    check_each(&sender, TP_LIMIT_CWND, TP_LIMIT_NETWORK, 0.95);
}

/* Full segments, and always some in flight; but what the ACKs release stays unused for three
 * quarters of a round trip each time. */
static void test_acks_left_unused(void **state)
{
    const struct sender sender = {
        .window_bytes = 1000000, .cwnd_segs = 30, .write_bytes = 4 * MSS, .write_ms = 35};
    struct shares shares[TP_ORIGINS];

    (void)state;
    observe(&sender, 4000, shares);
    check_share(shares, TP_FROM_PACKETS, TP_LIMIT_APP, 0.9);
}

static void test_marks_are_answered(void **state)
{
    const struct sender sender = {.window_bytes = 1000000, .cwnd_segs = 40, .marked = true};

    (void)state;
    check_each(&sender, TP_LIMIT_CWND, TP_LIMIT_RECOVERY, 0.95); /* the socket tells no change */
}

static void check_unknown(const struct shares *shares)
{
    if (shares->judged && (shares->of[TP_LIMIT_UNKNOWN] < 0.9 || shares->of[TP_LIMIT_APP] > 0))
        fail_shares(TP_FROM_PACKETS, shares);
}

static void test_elsewhere_says_unknown(void **state)
{
    struct sender sender = {.window_bytes = 1000000, .cwnd_segs = 40};
    struct shares shares[TP_ORIGINS];

    (void)state;
    for (sender.place = BETWEEN; sender.place <= AT_RECEIVER; sender.place++) {
        observe(&sender, 4000, shares);
        check_unknown(&shares[TP_FROM_PACKETS]);
    }
    sender.place = AT_RECEIVER;
    sender.no_handshake = true; /* RTT of next to nothing */
    observe(&sender, 4000, shares);
    check_unknown(&shares[TP_FROM_PACKETS]);
    sender.place = AT_SENDER; /* RTT of 40 ms; the window's scale is unknown */
    sender.no_acks = true;
    observe(&sender, 4000, shares);
    check_unknown(&shares[TP_FROM_PACKETS]);
}

static void test_short_flows_are_not_judged(void **state)
{
    const struct sender sender = {
        .window_bytes = 64000, .cwnd_segs = 10, .write_bytes = 1500, .write_ms = 1000};
    struct world world = {.sender = sender, .kernel = begin()};

    (void)state;
    world.packets = malloc(EVENTS_MAX * sizeof *world.packets);
    assert_non_null(world.packets);
    live(&world, 300);
    assert_false(shares_of(world.kernel, TP_FROM_KERNEL).judged);
    free(world.packets);
}

static void test_handshake(void **state)
{
    const struct sender sender = {.window_bytes = 1000000, .cwnd_segs = 40};
    struct shares shares[TP_ORIGINS];

    (void)state;
    observe(&sender, 440, shares);
    assert_true(shares[TP_FROM_PACKETS].of[TP_LIMIT_HANDSHAKE] > 0.08 &&
                shares[TP_FROM_PACKETS].of[TP_LIMIT_HANDSHAKE] < 0.11); /* 40 of 440 ms */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_congestion_window),
        cmocka_unit_test(test_two_segments),
        cmocka_unit_test(test_paced_bulk),
        cmocka_unit_test(test_receiver),
        cmocka_unit_test(test_closed_window),
        cmocka_unit_test(test_application),
        cmocka_unit_test(test_silence_of_the_path),
        cmocka_unit_test(test_acks_left_unused),
        cmocka_unit_test(test_marks_are_answered),
        cmocka_unit_test(test_elsewhere_says_unknown),
        cmocka_unit_test(test_short_flows_are_not_judged),
        cmocka_unit_test(test_handshake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
