/* test_limiting.c: what limits a sender between two states of its socket.
 *
 * The scenarios are measured ones (a link of 50 Mbit/s and 40 ms, three seconds);
 * tests/bats/limiting.bats makes them anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tcpprobe/limit.h>

/* Times in ms, srtt and its minimum too; rates in Mbit/s; unsent in bytes. */
struct scenario {
    const char *limit, *limited_by;
    unsigned busy, rwnd, sndbuf, unacked, cwnd, unsent, snd_wnd, srtt, min_rtt;
    double delivery, max_pacing, pacing, resent; /* the last: share of 10 MB */
    unsigned received, used, cong_state, retransmits;
    bool others_are_0;
};

static struct tp_sock before, now;
static struct tp_socket_view view;

static void say(struct tp_sock *socket, enum tp_socket_id id)
{
    socket->have[id / 64] |= UINT64_C(1) << (id % 64);
}

#define SET(socket, member, value) ((socket)->member = (value), say(socket, TP_SOCKET_##member))

static void set_state(struct tp_sock *socket, const struct scenario *row)
{
    memset(socket, 0, sizeof *socket);
    SET(socket, tcp_state, 1);
    SET(socket, busy_time, 1000000);
    SET(socket, rwnd_limited, 500000);
    SET(socket, sndbuf_limited, 300000);
    SET(socket, bytes_sent, UINT64_C(1) << 40);
    SET(socket, bytes_retrans, 4000);
    SET(socket, bytes_acked, UINT64_C(1) << 39);
    SET(socket, bytes_received, 77);
    SET(socket, unacked, row->unacked);
    SET(socket, snd_cwnd, row->cwnd);
    SET(socket, notsent, row->unsent);
    SET(socket, snd_wnd, row->snd_wnd);
    SET(socket, srtt, row->srtt * 1000);
    SET(socket, min_rtt, row->min_rtt * 1000);
    SET(socket, mss, 1448);
    SET(socket, delivery_rate, (uint64_t)(row->delivery * 125000));
    SET(socket, sndbuf, 1000);
    SET(socket, wmem_queued, row->used * 10);
    SET(socket, retransmits, (uint8_t)row->retransmits);
    SET(socket, cong_state, (uint8_t)row->cong_state);
    if (row->max_pacing > 0)
        SET(socket, max_pacing_rate, (uint64_t)(row->max_pacing * 125000));
    SET(socket, pacing_rate, (uint64_t)(row->pacing * 125000));
}

/* Three seconds between the two. */
static void set(const struct scenario *row)
{
    set_state(&before, row);
    set_state(&now, row);
    now.ts_ns = before.ts_ns + INT64_C(3000000000);
    now.busy_time += row->busy * 1000;
    now.rwnd_limited += row->rwnd * 1000;
    now.sndbuf_limited += row->sndbuf * 1000;
    now.bytes_sent += 10000000;
    now.bytes_acked += row->retransmits ? 0 : 10000000;
    now.bytes_retrans += (uint64_t)(row->resent * 10000000);
    now.bytes_received += row->received;
    view = (struct tp_socket_view){.now = &now, .before = &before};
}

static const struct tp_socket_limit_rule *rule(void)
{
    return tp_socket_limit(&view, NULL);
}

#define ROW(limit, by, ...)                                                                        \
    {                                                                                              \
        limit, by, __VA_ARGS__, .others_are_0 = true                                               \
    }

static const struct scenario scenarios[] = {
    /*             busy  rwnd sndbuf unacked cwnd unsent  snd_wnd srtt min delivery max pacing
       resent */
    ROW("queue", "network", 2836, 0, 0, 286, 286, 1400000, 2600000, 68, 40, 48, 0, 58, .021),
    ROW("loss", "network", 2856, 120, 0, 190, 374, 3200000, 8000000, 45, 40, 48, 0, 49, .039),
    ROW("network", "network", 2856, 120, 0, 190, 374, 3200000, 8000000, 45, 40, 48, 0, 49, 0),
    ROW("app", "app", 1040, 0, 0, 0, 182, 0, 2600000, 50, 40, 21.6, 0, 58, 0),
    ROW("rwnd", "rwnd", 2832, 2396, 0, 16, 34, 76000, 23680, 41, 40, 4.6, 0, 58, 0),
    ROW("unread", "rwnd", 2950, 2000, 0, 0, 34, 2000000, 0, 73, 40, 4.6, 0, 58, 0),
    ROW("sndbuf", "sndbuf", 2788, 0, 1892, 48, 107, 0, 394000, 41, 40, 12, 0, 58, 0),
    ROW("pacing", "pacing", 2824, 56, 0, 36, 153, 434000, 4300000, 41, 40, 9.99, 10, 10, 0),
    ROW("loss", "network", 2848, 0, 0, 3, 3, 138000, 973000, 43, 40, 1, 0, 1.2, .017),
    ROW("rwnd", "rwnd", 2872, 1912, 156, 56, 112, 61000, 80480, 42, 40, 16, 0, 58, 0),
    ROW("waits", "app", 2760, 0, 0, 1, 18, 0, 64512, 41, 40, .29, 0, 58, 0, .received = 1000),
    /* Written in small pieces, with some under way at all times. */
    ROW("app", "app", 2990, 0, 0, 19, 67, 458, 158720, 42, 40, 6.3, 0, 7, 0),
    /* Where the chronometer of the send buffer stands still. */
    ROW("sndbuf", "sndbuf", 2990, 0, 0, 81, 894, 0, 2834432, 80, 40, 66, 0, 70, 0, .used = 111),
    ROW("silent", "network", 2990, 0, 0, 1, 1, 0, 64512, 41, 40, .29, 0, 58, 1, .retransmits = 3,
        .cong_state = 4),
};

static void scenarios_have_their_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        const struct tp_socket_limit_rule *found;

        set(&scenarios[i]);
        found = rule();
        assert_non_null(found);
        if (strcmp(found->name, scenarios[i].limit) != 0 ||
            strcmp(found->limited_by, scenarios[i].limited_by) != 0)
            fail_msg("row %zu is %s (%s), not %s", i, found->name, found->limited_by,
                     scenarios[i].limit);
    }
}

static const struct scenario queue =
    ROW("queue", "network", 2836, 0, 0, 286, 286, 1400000, 2600000, 68, 40, 48, 0, 58);

static void is(const char *name)
{
    const struct tp_socket_limit_rule *found = rule();

    assert_string_equal(found ? found->name : "none", name);
}

static void one_state_tells_nothing(void **state)
{
    (void)state;
    set(&queue);
    view.before = NULL;
    assert_null(rule());
    view.before = &before;
    now.tcp_state = 10;
    assert_null(rule());
    now.tcp_state = 6;
    assert_null(rule());
    now.tcp_state = 2;
    is("handshake");
    set(&queue);
    now.have[TP_SOCKET_snd_cwnd / 64] &= ~(UINT64_C(1) << (TP_SOCKET_snd_cwnd % 64));
    assert_null(rule());
}

static void what_cannot_be_told_is_unknown(void **state)
{
    (void)state;
    set(&queue); /* before 4.10 */
    before.have[TP_SOCKET_busy_time / 64] &= ~(UINT64_C(1) << (TP_SOCKET_busy_time % 64));
    is("unknown");
    set(&queue);
    now.ts_ns = before.ts_ns + 99000000;
    is("unknown");
    set(&queue); /* another connection's */
    now.busy_time = before.busy_time - 1;
    is("unknown");
    set(&queue);
    now.ts_ns = before.ts_ns + 150000000;
    now.busy_time = before.busy_time + 99000;
    is("unknown");
    now.busy_time = before.busy_time + 100000;
    is("queue");
    now.busy_time = before.busy_time + 74000; /* less than half needs no exact clock */
    is("app");
}

static void shares_decide_at_half(void **state)
{
    (void)state;
    set(&queue);
    now.busy_time = before.busy_time + 1499000;
    is("app");
    now.busy_time = before.busy_time + 1500000;
    is("queue");
    now.rwnd_limited = before.rwnd_limited + 750000;
    is("rwnd");
    now.rwnd_limited = before.rwnd_limited + 749000;
    is("queue");
    now.sndbuf_limited = before.sndbuf_limited + 750000;
    is("sndbuf");
}

static void a_window_is_full_or_closed(void **state)
{
    (void)state;
    set(&queue);
    now.snd_wnd = 0; /* for a moment only */
    is("queue");
    now.rwnd_limited += 2000000;
    is("unread");
    /* Before 5.4 the window is not said. */
    now.have[TP_SOCKET_snd_wnd / 64] &= ~(UINT64_C(1) << (TP_SOCKET_snd_wnd % 64));
    is("rwnd");
}

static void only_a_pace_that_was_set_limits(void **state)
{
    struct scenario row = queue;

    (void)state;
    row.pacing = row.delivery = 10;
    set(&row);
    is("queue");
    row.max_pacing = 10;
    set(&row);
    is("pacing");
    row.delivery = 8.9;
    set(&row);
    is("queue");
    row.max_pacing = 100;
    row.delivery = 10;
    set(&row);
    is("queue");
}

/* What is seen of the application holds at both moments, and not while losses are repaired. */
static void the_application_has_sent_all_twice(void **state)
{
    struct scenario row = queue;

    (void)state;
    row.unacked = 100;
    row.unsent = 1447;
    set(&row);
    is("app");
    before.notsent = 1448;
    is("queue");
    set(&row);
    before.unacked = before.snd_cwnd;
    is("queue");
    set(&row);
    now.cong_state = 3;
    is("queue");
    set(&row);
    now.bytes_received++;
    is("waits");
    row.used = 67;
    set(&row);
    is("sndbuf");
    before.wmem_queued = 660;
    is("sndbuf");
    now.wmem_queued = 660;
    is("app");
}

static void nothing_to_send_is_idle(void **state)
{
    struct scenario row = {.cwnd = 10, .snd_wnd = 65535, .srtt = 41, .min_rtt = 40};

    (void)state;
    set(&row);
    is("idle");
    now.notsent = 1;
    is("app");
}

static void a_delayed_ack_is_no_queue(void **state)
{
    struct scenario row = queue;

    (void)state;
    row.delivery = .8;
    row.srtt = 54;
    row.resent = .04;
    set(&row); /* 1.4 kB in 14 ms */
    is("loss");
    row.delivery = 2;
    set(&row); /* 3.5 kB */
    is("queue");
    row.delivery = .1;
    row.srtt = 81;
    set(&row); /* nobody waits so long with one */
    is("queue");
    row.srtt = 49;
    row.resent = .0099;
    set(&row);
    is("network");
}

static void figures_that_decided_are_said(void **state)
{
    struct tp_limit_facts facts;
    const struct tp_socket_limit_rule *found;
    char text[512];

    (void)state;
    set(&scenarios[4]);
    found = tp_socket_limit(&view, &facts);
    tp_limit_facts_text(&facts, found->because, text, sizeof text);
    assert_string_equal(text,
                        "of that limited by the peer's window 85 %, the peer's window is 23.68 kB, "
                        "which allows 4.620 Mbit/s at this round-trip time, the congestion window "
                        "is 49.23 kB, srtt is 41.0 ms");
    tp_limit_facts_text(&facts, found->because, text, 20);
    assert_string_equal(text, "of that limited by ");
    for (size_t i = 0; i < tp_socket_limit_rule_count; i++)
        assert_non_null(tp_socket_limit_rules[i].sentence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenarios_have_their_limits),
        cmocka_unit_test(one_state_tells_nothing),
        cmocka_unit_test(what_cannot_be_told_is_unknown),
        cmocka_unit_test(shares_decide_at_half),
        cmocka_unit_test(a_window_is_full_or_closed),
        cmocka_unit_test(only_a_pace_that_was_set_limits),
        cmocka_unit_test(the_application_has_sent_all_twice),
        cmocka_unit_test(nothing_to_send_is_idle),
        cmocka_unit_test(a_delayed_ack_is_no_queue),
        cmocka_unit_test(figures_that_decided_are_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
