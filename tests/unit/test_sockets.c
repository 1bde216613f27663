/* test_sockets.c: sockets out of messages that were made by hand, whole, cut and odd. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include <tcpprobe/host.h>

#include "host/netlink.h"

#include "socket_maker.h"

#define HAS(name) TP_SOCKET_HAS(&got.list[0], name)

/* --- reading ---------------------------------------------------------------------------- */

static struct got {
    struct tp_sock list[16];
    size_t count;
    struct tp_dump_summary summary;
    struct tp_error error;
    int rc;
} got;

static int take(void *context, const struct tp_sock *socket)
{
    (void)context;
    if (got.count < 16)
        got.list[got.count] = *socket;
    got.count++;
    return 0;
}

static void read_states(const void *bytes, size_t length, uint32_t states)
{
    const struct tp_dump_options options = {.states = states, .socket = take, .netns = 3};
    struct tp_netlink *netlink = tp_netlink_replay(bytes, length, NULL);

    memset(&got, 0, sizeof got);
    assert_non_null(netlink);
    got.rc = tp_sockets_dump(netlink, &options, &got.summary, &got.error);
    tp_netlink_close(netlink);
}

static void read_made(const struct socket_maker *maker)
{
    read_states(maker->bytes, maker->length, TP_STATES_ALL);
}

static struct tp_value value_of(enum tp_socket_id id)
{
    static struct tp_socket_view view;

    view = (struct tp_socket_view){.now = &got.list[0]};
    return tp_socket_value(&view, id);
}

/* --- tcp_info of any length ------------------------------------------------------------- */

/* A field that each length was grown for, and one byte less does not have (2.1 of the kernel's
 * history of include/uapi/linux/tcp.h). */
static void length_decides_presence(void **state)
{
    static const struct {
        size_t length;
        enum tp_socket_id last;
    } rows[] = {
        {104, TP_SOCKET_total_retrans},
        {112, TP_SOCKET_pacing_rate},
        {120, TP_SOCKET_max_pacing_rate},
        {128, TP_SOCKET_bytes_acked},
        {136, TP_SOCKET_bytes_received},
        {144, TP_SOCKET_segs_in},
        {152, TP_SOCKET_min_rtt},
        {160, TP_SOCKET_data_segs_out},
        {168, TP_SOCKET_delivery_rate},
        {168, TP_SOCKET_app_limited},
        {192, TP_SOCKET_sndbuf_limited},
        {200, TP_SOCKET_delivered_ce},
        {216, TP_SOCKET_bytes_retrans},
        {224, TP_SOCKET_reord_seen},
        {232, TP_SOCKET_snd_wnd},
        {240, TP_SOCKET_rehash},
        {244, TP_SOCKET_total_rto_recoveries},
        {248, TP_SOCKET_total_rto_time},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t length = 0; length <= 1000; length += length < 300 ? 1 : 100) {
            struct socket_maker maker = {.length = 0};

            maker_socket(&maker, 1, 1);
            maker_info(&maker, length);
            read_made(&maker);
            assert_int_equal(got.rc, TP_OK);
            assert_int_equal(got.count, 1);
            if (tp_socket_has(&got.list[0], rows[i].last) != (length >= rows[i].length))
                fail_msg("%s at length %zu", tp_socket_rows[rows[i].last].name, length);
        }
}

/* Against the C library's own struct. */
static void fields_are_where_the_header_says(void **state)
{
    struct socket_maker maker = {.length = 0};
    struct tcp_info info;
    const struct tp_sock *socket = &got.list[0];

    (void)state;
    for (size_t i = 0; i < sizeof info; i++)
        ((uint8_t *)&info)[i] = (uint8_t)(i & 0x7f);
    info.tcpi_pacing_rate = 1250000;
    info.tcpi_options = TCPI_OPT_WSCALE | TCPI_OPT_ECN;
    info.tcpi_snd_wscale = 7;
    info.tcpi_rcv_wscale = 9;
    info.tcpi_delivery_rate_app_limited = 1;
    maker_socket(&maker, 1, 1);
    maker_attribute(&maker, INET_DIAG_INFO, &info, sizeof info);
    read_made(&maker);
#define EQUAL(ours, theirs) assert_int_equal(socket->ours, info.tcpi_##theirs)
    EQUAL(cong_state, ca_state);
    EQUAL(retransmits, retransmits);
    EQUAL(probes, probes);
    EQUAL(backoff, backoff);
    EQUAL(options, options);
    EQUAL(snd_wscale, snd_wscale);
    EQUAL(rcv_wscale, rcv_wscale);
    EQUAL(app_limited, delivery_rate_app_limited);
    EQUAL(rto, rto);
    EQUAL(ato, ato);
    EQUAL(mss, snd_mss);
    EQUAL(rcv_mss, rcv_mss);
    EQUAL(unacked, unacked);
    EQUAL(sacked, sacked);
    EQUAL(lost, lost);
    EQUAL(retrans, retrans);
    EQUAL(last_data_sent, last_data_sent);
    EQUAL(last_data_recv, last_data_recv);
    EQUAL(last_ack_recv, last_ack_recv);
    EQUAL(pmtu, pmtu);
    EQUAL(rcv_ssthresh, rcv_ssthresh);
    EQUAL(srtt, rtt);
    EQUAL(rttvar, rttvar);
    EQUAL(snd_ssthresh, snd_ssthresh);
    EQUAL(snd_cwnd, snd_cwnd);
    EQUAL(advmss, advmss);
    EQUAL(reordering, reordering);
    EQUAL(rcv_rtt, rcv_rtt);
    EQUAL(rcv_space, rcv_space);
    EQUAL(total_retrans, total_retrans);
    EQUAL(pacing_rate, pacing_rate);
    EQUAL(max_pacing_rate, max_pacing_rate);
    EQUAL(bytes_acked, bytes_acked);
    EQUAL(bytes_received, bytes_received);
    EQUAL(segs_out, segs_out);
    EQUAL(segs_in, segs_in);
    EQUAL(notsent, notsent_bytes);
    EQUAL(min_rtt, min_rtt);
    EQUAL(data_segs_in, data_segs_in);
    EQUAL(data_segs_out, data_segs_out);
    EQUAL(delivery_rate, delivery_rate);
    EQUAL(busy_time, busy_time);
    EQUAL(rwnd_limited, rwnd_limited);
    EQUAL(sndbuf_limited, sndbuf_limited);
    EQUAL(delivered, delivered);
    EQUAL(delivered_ce, delivered_ce);
    EQUAL(bytes_sent, bytes_sent);
    EQUAL(bytes_retrans, bytes_retrans);
    EQUAL(dsack_dups, dsack_dups);
    EQUAL(reord_seen, reord_seen);
    EQUAL(rcv_ooopack, rcv_ooopack);
    EQUAL(snd_wnd, snd_wnd);
#undef EQUAL
    assert_string_equal(value_of(TP_SOCKET_options).text, "wscale|ecn");
    assert_int_equal(value_of(TP_SOCKET_pacing_rate).integer, info.tcpi_pacing_rate * 8);
}

static void values_that_mean_none_are_absent(void **state)
{
    struct socket_maker maker = {.length = 0};
    struct tcp_info info = {.tcpi_snd_ssthresh = 0x7fffffff,
                            .tcpi_min_rtt = UINT32_MAX,
                            .tcpi_pacing_rate = UINT64_MAX,
                            .tcpi_max_pacing_rate = UINT64_MAX,
                            .tcpi_rttvar = 250000,
                            .tcpi_delivery_rate_app_limited = 1,
                            .tcpi_snd_wscale = 3};

    (void)state;
    maker_socket(&maker, 1, 1)->idiag_timer = 0;
    maker_attribute(&maker, INET_DIAG_INFO, &info, sizeof info);
    read_made(&maker);
    assert_false(HAS(snd_ssthresh) || HAS(min_rtt) || HAS(pacing_rate) || HAS(max_pacing_rate));
    /* No round trip yet: no deviation of it; no rate, no sample; not agreed, no shift. */
    assert_false(HAS(srtt) || HAS(rttvar) || HAS(delivery_rate) || HAS(app_limited) ||
                 HAS(snd_wscale) || HAS(rcv_wscale));
    assert_false(HAS(timer) || HAS(timer_expires) || HAS(timer_count));
    /* And zeros that are values stay. */
    assert_true(HAS(snd_cwnd) && HAS(bytes_sent) && HAS(total_retrans) && HAS(snd_wnd));
}

/* --- states ----------------------------------------------------------------------------- */

static void a_listener_has_a_queue_and_no_window(void **state)
{
    struct socket_maker maker = {.length = 0};

    (void)state;
    maker_socket(&maker, 10, 1);
    maker_info(&maker, 280);
    read_made(&maker);
    assert_int_equal(got.list[0].accept_queue, 4);
    assert_int_equal(got.list[0].accept_limit, 5);
    assert_true(HAS(accept_queue) && HAS(accept_limit) && HAS(uid) && HAS(inode));
    assert_false(HAS(recv_queue) || HAS(send_queue) || HAS(snd_cwnd) || HAS(srtt) || HAS(rto) ||
                 HAS(bytes_acked));
}

/* TIME_WAIT, SYN_RECV and FIN_WAIT2 without a process: no tcp_info, and zeros that mean nothing. */
static void a_name_alone_has_no_numbers(void **state)
{
    static const uint8_t states[] = {6, 3, 5};
    static const uint32_t mark = 42;

    (void)state;
    for (size_t i = 0; i < sizeof states; i++) {
        struct socket_maker maker = {.length = 0};

        maker_socket(&maker, states[i], 1)->idiag_timer = 3;
        maker_attribute(&maker, INET_DIAG_MARK, &mark, sizeof mark);
        read_made(&maker);
        assert_int_equal(got.count, 1);
        assert_false(HAS(recv_queue) || HAS(send_queue) || HAS(accept_queue) || HAS(uid) ||
                     HAS(inode) || HAS(snd_cwnd));
        assert_true(HAS(tcp_state) && HAS(mark));
        assert_string_equal(value_of(TP_SOCKET_timer).text, "timewait");
        assert_int_equal(got.list[0].timer_expires, 3);
        assert_int_equal(got.list[0].netns, 3);
    }
}

static void nobody_owns_what_was_not_accepted(void **state)
{
    struct socket_maker maker = {.length = 0};

    (void)state;
    maker_socket(&maker, 1, 1)->idiag_inode = 0;
    maker_info(&maker, 280);
    read_made(&maker);
    assert_false(HAS(inode) || HAS(uid));
}

static void states_are_chosen(void **state)
{
    struct socket_maker maker = {.length = 0};

    (void)state;
    for (uint8_t i = 1; i <= 15; i++)
        maker_socket(&maker, i, i);
    maker_end(&maker);
    read_states(maker.bytes, maker.length, TP_STATE_BIT(TP_STATE_LISTEN) | TP_STATE_BIT(2));
    assert_int_equal(got.count, 2);
    /* One that is not known yet is shown by its number. */
    read_states(maker.bytes, maker.length, TP_STATE_BIT(15));
    assert_int_equal(got.count, 1);
    assert_string_equal(value_of(TP_SOCKET_tcp_state).text, "15");
}

/* --- attributes ------------------------------------------------------------------------- */

static void attributes_are_read(void **state)
{
    static const uint32_t skmem[] = {1, 2, 3, 4, 0xffffffff, 6, 7, 8, 9};
    static const struct tcp_bbr_info bbr = {0x10, 0x1, 250, 512, 256};
    static const uint64_t cgroup = 4711;
    static const uint8_t tos = 0x10;
    struct socket_maker maker = {.length = 0};
    const struct tp_sock *socket = &got.list[0];

    (void)state;
    maker_socket(&maker, 1, 1);
    maker_info(&maker, 280);
    maker_attribute(&maker, 200, "unknown", 7);
    maker_attribute(&maker, INET_DIAG_SKMEMINFO, skmem, sizeof skmem);
    maker_attribute(&maker, INET_DIAG_BBRINFO, &bbr, sizeof bbr);
    maker_attribute(&maker, INET_DIAG_CONG, "bbr", 4);
    maker_attribute(&maker, INET_DIAG_CGROUP_ID, &cgroup, sizeof cgroup);
    maker_attribute(&maker, INET_DIAG_TOS, &tos, sizeof tos);
    read_made(&maker);
    assert_string_equal(socket->cc, "bbr");
    assert_int_equal(socket->rcvbuf, 2);
    assert_int_equal(socket->drops, 9);
    assert_false(HAS(fwd_alloc)); /* was below 0 */
    assert_int_equal(value_of(TP_SOCKET_bbr_bw).integer, UINT64_C(0x100000010) * 8);
    assert_int_equal(socket->bbr_min_rtt, 250);
    assert_float_equal(value_of(TP_SOCKET_bbr_pacing_gain).real, 2, 0);
    assert_float_equal(value_of(TP_SOCKET_bbr_cwnd_gain).real, 1, 0);
    assert_int_equal(socket->cgroup_id, 4711);
    assert_string_equal(value_of(TP_SOCKET_tos).text, "0x10");
}

static void dctcp_has_its_own_figures(void **state)
{
    static const struct tcp_dctcp_info dctcp = {1, 0, 256, 1448, 14480},
                                       reno = {.dctcp_alpha = 1024};
    struct socket_maker maker = {.length = 0};
    const struct tp_sock *socket = &got.list[0];

    (void)state;
    maker_socket(&maker, 1, 1);
    maker_info(&maker, 280);
    maker_attribute(&maker, INET_DIAG_DCTCPINFO, &dctcp, sizeof dctcp);
    read_made(&maker);
    assert_true(value_of(TP_SOCKET_dctcp_enabled).integer);
    assert_int_equal(value_of(TP_SOCKET_dctcp_ce_state).integer, false);
    assert_float_equal(value_of(TP_SOCKET_dctcp_alpha).real, 0.25, 0);
    assert_int_equal(socket->dctcp_marked, 1448);
    assert_int_equal(socket->dctcp_acked, 14480);
    /* Without ECN it does as Reno, and the rest means nothing. */
    maker.length = 0;
    maker_socket(&maker, 1, 2);
    maker_info(&maker, 280);
    maker_attribute(&maker, INET_DIAG_DCTCPINFO, &reno, sizeof reno);
    read_made(&maker);
    assert_int_equal(value_of(TP_SOCKET_dctcp_enabled).integer, false);
    assert_false(HAS(dctcp_alpha) || HAS(dctcp_ce_state) || HAS(dctcp_marked) || HAS(dctcp_acked));
    /* A part that is shorter. */
    maker.length = 0;
    maker_socket(&maker, 1, 3);
    maker_info(&maker, 280);
    maker_attribute(&maker, INET_DIAG_DCTCPINFO, &dctcp, 7);
    read_made(&maker);
    assert_true(HAS(dctcp_enabled) && !HAS(dctcp_alpha) && !HAS(dctcp_acked));
}

/* A text without an end, one that is too long, and one of control characters. */
static void texts_are_bounded(void **state)
{
    struct socket_maker maker = {.length = 0};

    (void)state;
    maker_socket(&maker, 1, 1);
    maker_info(&maker, 280);
    maker_attribute(&maker, INET_DIAG_CONG, "0123456789abcdef0123456789abcdef", 32);
    read_made(&maker);
    assert_string_equal(got.list[0].cc, "0123456789abcdef0123456");
    maker.length = 0;
    maker_socket(&maker, 1, 1);
    maker_attribute(&maker, INET_DIAG_CONG, "", 0);
    read_made(&maker);
    assert_false(HAS(cc));
}

static void addresses_meet(void **state)
{
    struct socket_maker maker = {.length = 0};
    struct inet_diag_msg *message = maker_socket(&maker, 1, 1);
    struct tp_flow_key v4;

    (void)state;
    read_made(&maker);
    v4 = got.list[0].key;
    message->idiag_family = AF_INET6;
    memcpy(message->id.idiag_src, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\1", 16);
    memcpy(message->id.idiag_dst, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\2", 16);
    read_made(&maker);
    assert_true(tp_flow_key_equal(&v4, &got.list[0].key));
    assert_string_equal(value_of(TP_SOCKET_own_end).text, "10.0.0.1:1000");
    assert_string_equal(value_of(TP_SOCKET_peer_end).text, "10.0.0.2:80");
    assert_string_equal(value_of(TP_SOCKET_both).text, "10.0.0.1:1000 -> 10.0.0.2:80");
}

/* --- what cannot be --------------------------------------------------------------------- */

/* Every prefix, and every byte turned over: no crash (sanitizers look), and nothing is made up. */
static void damage_is_counted(void **state)
{
    struct socket_maker maker = {.length = 0};
    uint8_t *copy;

    (void)state;
    maker_socket(&maker, 1, 1);
    maker_info(&maker, 280);
    maker_attribute(&maker, INET_DIAG_CONG, "cubic", 6);
    for (size_t length = 0; length < maker.length; length++) {
        copy = malloc(length + 1);
        assert_non_null(copy);
        memcpy(copy, maker.bytes, length);
        read_states(copy, length, TP_STATES_ALL);
        free(copy);
        assert_int_equal(got.count, 0);
        assert_int_equal(got.rc, length ? TP_ERR_FORMAT : TP_OK);
    }
    for (size_t i = 0; i < maker.length; i++) {
        maker.bytes[i] ^= 0xff;
        read_made(&maker);
        assert_true(got.count <= 1);
        maker.bytes[i] ^= 0xff;
    }
}

static void short_and_foreign_messages_are_counted(void **state)
{
    struct socket_maker maker = {.length = 0};

    (void)state;
    maker_message(&maker, 20, "short", 5);
    maker_socket(&maker, 1, 1)->idiag_family = 99;
    maker_message(&maker, 77, "unknown", 7);
    maker_socket(&maker, 1, 2);
    read_made(&maker);
    assert_int_equal(got.rc, TP_OK);
    assert_int_equal(got.summary.malformed, 2);
    assert_int_equal(got.count, 1);
}

static void a_socket_comes_once(void **state)
{
    struct socket_maker maker = {.length = 0};

    (void)state;
    maker_socket(&maker, 1, 5);
    maker_socket(&maker, 1, 6);
    maker_socket(&maker, 1, 5);
    maker_socket(&maker, 1, 0); /* without a cookie */
    maker_socket(&maker, 1, 0);
    maker_end(&maker);
    read_made(&maker);
    assert_int_equal(got.count, 4);
    assert_int_equal(got.summary.duplicates, 1);
}

/* --- a kernel that refuses -------------------------------------------------------------- */

struct kernel {
    struct tp_netlink netlink;
    int refuses, with_bytecode; /* errno; also without bytecode? */
    unsigned asked;
    bool has_bytecode;
    uint16_t types[4];
};

static ssize_t kernel_send(struct tp_netlink *netlink, const void *message, size_t length)
{
    struct kernel *kernel = (struct kernel *)netlink;

    kernel->types[kernel->asked++ & 3] = ((const struct nlmsghdr *)message)->nlmsg_type;
    kernel->has_bytecode = length > NLMSG_HDRLEN + sizeof(struct inet_diag_req);
    return (ssize_t)length;
}

static ssize_t kernel_receive(struct tp_netlink *netlink, void *buffer, size_t size)
{
    struct kernel *kernel = (struct kernel *)netlink;
    struct socket_maker maker = {.length = 0};
    int status = -kernel->refuses;

    if (kernel->has_bytecode || !kernel->with_bytecode) {
        maker_message(&maker, NLMSG_ERROR, &status, sizeof status);
    } else {
        maker_socket(&maker, 1, 1);
        maker_end(&maker);
    }
    assert_true(maker.length <= size);
    memcpy(buffer, maker.bytes, maker.length);
    return (ssize_t)maker.length;
}

static void kernel_close(struct tp_netlink *netlink)
{
    (void)netlink;
}

static const struct netlink_kind kernel_kind = {kernel_send, kernel_receive, kernel_close};

static void a_refused_filter_is_left_out(void **state)
{
    static const uint8_t bytecode[8] = {0};
    const struct tp_dump_options options = {
        .states = TP_STATES_ALL, .bytecode = bytecode, .bytecode_bytes = 8, .socket = take};
    struct kernel kernel = {
        .netlink = {.kind = &kernel_kind}, .refuses = EINVAL, .with_bytecode = 1};

    (void)state;
    memset(&got, 0, sizeof got);
    assert_int_equal(tp_sockets_dump(&kernel.netlink, &options, &got.summary, NULL), TP_OK);
    assert_true(got.summary.unfiltered);
    assert_int_equal(got.count, 1);
    assert_int_equal(kernel.asked, 2);
    /* It only ever lists: TCPDIAG_GETSOCK. */
    assert_int_equal(kernel.types[0], 18);
    assert_int_equal(kernel.types[1], 18);
    cookies_release(&kernel.netlink.seen);
}

static void a_kernel_that_refuses_is_told(void **state)
{
    const struct tp_dump_options options = {.states = TP_STATES_ALL, .socket = take};
    struct kernel kernel = {.netlink = {.kind = &kernel_kind}, .refuses = EPERM};
    struct tp_error error = TP_ERROR_INIT;

    (void)state;
    assert_int_equal(tp_sockets_dump(&kernel.netlink, &options, &got.summary, &error), TP_ERR_IO);
    assert_string_equal(error.text,
                        "the kernel does not list its sockets: Operation not permitted");
}

/* --- between two rounds ----------------------------------------------------------------- */

static void a_round_has_what_happened_since(void **state)
{
    struct tp_sock before = {.ts_ns = 0}, now = {.ts_ns = 500000000};
    struct tp_socket_view view = {.now = &now, .before = &before};
    struct tp_value value;

    (void)state;
    before.have[0] = before.have[1] = now.have[0] = now.have[1] = UINT64_MAX;
    now.bytes_acked = 1000000;
    before.total_retrans = UINT32_MAX; /* begins again at 0 */
    now.total_retrans = 2;
    now.bytes_sent = 2000;
    now.bytes_retrans = 500;
    now.busy_time = 252000;    /* of 500 ms */
    now.rwnd_limited = 256000; /* jiffies */
    before.bytes_received = 7; /* cannot be: another socket */
    assert_float_equal(tp_socket_value(&view, TP_SOCKET_goodput).real, 16e6, 0);
    assert_int_equal(tp_socket_value(&view, TP_SOCKET_round_retransmits).integer, 3);
    assert_float_equal(tp_socket_value(&view, TP_SOCKET_round_retransmit_share).real, 0.25, 0);
    assert_float_equal(tp_socket_value(&view, TP_SOCKET_busy_share).real, 0.504, 1e-12);
    assert_float_equal(tp_socket_value(&view, TP_SOCKET_rwnd_share).real, 1, 0);
    value = tp_socket_value(&view, TP_SOCKET_received_rate);
    assert_int_equal(value.type, TP_VALUE_ABSENT);
    view.before = NULL;
    assert_int_equal(tp_socket_value(&view, TP_SOCKET_goodput).type, TP_VALUE_ABSENT);
    assert_int_equal(tp_socket_value(&view, TP_SOCKET_round_retransmits).type, TP_VALUE_ABSENT);
}

/* Names of columns are names of one thing, and their texts are known to filters. */
static void columns_have_names(void **state)
{
    (void)state;
    for (int id = 0; id < TP_SOCKET_IDS; id++) {
        assert_non_null(tp_socket_rows[id].column.name);
        assert_non_null(tp_socket_rows[id].column.help);
        assert_int_equal(tp_socket_find(tp_socket_rows[id].column.name), id);
    }
    assert_int_equal(tp_socket_find("srt"), TP_SOCKET_srtt);
    assert_int_equal(tp_socket_find("nothing"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(length_decides_presence),
        cmocka_unit_test(fields_are_where_the_header_says),
        cmocka_unit_test(values_that_mean_none_are_absent),
        cmocka_unit_test(a_listener_has_a_queue_and_no_window),
        cmocka_unit_test(a_name_alone_has_no_numbers),
        cmocka_unit_test(nobody_owns_what_was_not_accepted),
        cmocka_unit_test(states_are_chosen),
        cmocka_unit_test(attributes_are_read),
        cmocka_unit_test(dctcp_has_its_own_figures),
        cmocka_unit_test(texts_are_bounded),
        cmocka_unit_test(addresses_meet),
        cmocka_unit_test(damage_is_counted),
        cmocka_unit_test(short_and_foreign_messages_are_counted),
        cmocka_unit_test(a_socket_comes_once),
        cmocka_unit_test(a_refused_filter_is_left_out),
        cmocka_unit_test(a_kernel_that_refuses_is_told),
        cmocka_unit_test(a_round_has_what_happened_since),
        cmocka_unit_test(columns_have_names),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
