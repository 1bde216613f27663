/* test_ends.c: ends of sockets out of messages that were made by hand, whole, cut and odd. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include <tcpprobe/host.h>

#include "host/netlink.h"

#include "socket_maker.h"

enum { CLOSE = 7, INFO_BYTES = 248 };

static struct got {
    struct tp_sock list[16];
    bool nameless[16];
    size_t count, stop_at;
    struct tp_ends_summary summary;
    struct tp_error error;
    int rc;
} got;

static int take(void *context, const struct tp_sock *socket, bool nameless)
{
    (void)context;
    assert_true(got.count < 16);
    got.list[got.count] = *socket;
    got.nameless[got.count++] = nameless;
    return got.count == got.stop_at;
}

static const struct tp_ends_options options = {.end = take, .netns = 3};

static void read_ends(const void *bytes, size_t length, size_t stop_at)
{
    struct tp_netlink *netlink = tp_netlink_replay(bytes, length, NULL);

    memset(&got, 0, sizeof got);
    got.stop_at = stop_at;
    assert_non_null(netlink);
    assert_int_equal(tp_netlink_fd(netlink), -1);
    got.rc = tp_ends_read(netlink, &options, &got.summary, &got.error);
    tp_netlink_close(netlink);
}

/* As the kernel makes one: all but tcp_info is 0. */
static struct inet_diag_msg *make_end(struct socket_maker *maker, uint32_t cookie)
{
    struct inet_diag_msg *body = maker_socket(maker, CLOSE, cookie);

    body->idiag_timer = body->idiag_retrans = 0;
    body->idiag_expires = body->idiag_uid = body->idiag_inode = 0;
    maker_info(maker, INFO_BYTES);
    return body;
}

static void an_end_has_its_totals(void **state)
{
    struct socket_maker maker = {.length = 0};
    const struct tp_sock *socket = &got.list[0];

    (void)state;
    make_end(&maker, 77);
    read_ends(maker.bytes, maker.length, 0);
    assert_int_equal(got.rc, TP_OK);
    assert_int_equal(got.count, 1);
    assert_int_equal(got.summary.ends, 1);
    assert_int_equal(got.summary.nameless, 0);
    assert_false(got.nameless[0]);
    assert_int_equal(socket->cookie, 77);
    assert_int_equal(socket->netns, 3);
    assert_true(socket->ts_ns > 0);
    assert_int_equal(socket->tcp_state, CLOSE);
    assert_int_equal(socket->key.port[socket->local], 1000);
    assert_int_equal(socket->key.port[!socket->local], 80);
    /* Byte n of tcp_info is n. */
    assert_true(TP_SOCKET_HAS(socket, total_retrans));
    assert_int_equal(socket->total_retrans, 0x67666564);
    assert_true(TP_SOCKET_HAS(socket, bytes_acked));
    assert_true(TP_SOCKET_HAS(socket, total_rto_time));
    /* What is not in it is absent, and no zero. */
    assert_false(TP_SOCKET_HAS(socket, uid));
    assert_false(TP_SOCKET_HAS(socket, inode));
    assert_false(TP_SOCKET_HAS(socket, cc));
    assert_false(TP_SOCKET_HAS(socket, cgroup_id));
    assert_false(TP_SOCKET_HAS(socket, rcvbuf));
    assert_false(TP_SOCKET_HAS(socket, timer));
}

/* Listeners, and what SO_LINGER 0 wiped: their zeros are none. */
static void without_a_peer_there_are_no_totals(void **state)
{
    struct socket_maker maker = {.length = 0};

    (void)state;
    make_end(&maker, 1)->id.idiag_dport = 0;
    make_end(&maker, 2);
    read_ends(maker.bytes, maker.length, 0);
    assert_int_equal(got.count, 2);
    assert_int_equal(got.summary.ends, 2);
    assert_int_equal(got.summary.nameless, 1);
    assert_true(got.nameless[0]);
    assert_false(got.nameless[1]);
    assert_int_equal(got.list[0].cookie, 1);
    for (int id = 0; id < TP_SOCKET_IDS; id++)
        assert_int_equal(tp_socket_has(&got.list[0], (enum tp_socket_id)id),
                         id == TP_SOCKET_tcp_state);
}

static void damage_is_counted(void **state)
{
    struct socket_maker maker = {.length = 0};
    static const uint8_t noise[80];
    size_t whole;

    (void)state;
    make_end(&maker, 1);
    maker_message(&maker, 20, noise, 20);           /* too short */
    maker_message(&maker, 20, noise, sizeof noise); /* of no family */
    maker_message(&maker, 99, noise, sizeof noise); /* something else */
    make_end(&maker, 2);
    whole = maker.length;
    make_end(&maker, 3);
    read_ends(maker.bytes, maker.length, 0);
    assert_int_equal(got.rc, TP_OK);
    assert_int_equal(got.summary.ends, 3);
    assert_int_equal(got.summary.malformed, 2);
    for (size_t cut = whole + 1; cut < maker.length; cut++) {
        read_ends(maker.bytes, cut, 0);
        assert_int_equal(got.rc, TP_ERR_FORMAT);
        assert_int_equal(got.count, 2);
        assert_string_equal(got.error.text, "a netlink message is cut, or none");
    }
}

static void the_caller_may_stop(void **state)
{
    struct socket_maker maker = {.length = 0};

    (void)state;
    for (uint32_t i = 1; i < 5; i++)
        make_end(&maker, i);
    read_ends(maker.bytes, maker.length, 2);
    assert_int_equal(got.rc, TP_ERR_STOPPED);
    assert_int_equal(got.count, 2);
}

/* --- a kernel that has no room, or fails ----------------------------------------------------- */

static int script[8];
static size_t step;

static ssize_t scripted(struct tp_netlink *netlink, void *buffer, size_t size)
{
    (void)size;
    errno = script[step++];
    if (errno)
        return -1;
    memcpy(buffer, netlink->bytes, netlink->length);
    return (ssize_t)netlink->length;
}

static void gaps_are_counted_and_read_over(void **state)
{
    const struct netlink_kind kind = {.receive = scripted};
    struct socket_maker maker = {.length = 0};
    struct tp_netlink netlink = {.kind = &kind};

    (void)state;
    make_end(&maker, 1);
    netlink.bytes = maker.bytes;
    netlink.length = maker.length;
    memset(&got, 0, sizeof got);
    memcpy(script, (int[8]){0, ENOBUFS, 0, ENOBUFS, 0, EAGAIN}, sizeof script);
    step = 0;
    assert_int_equal(tp_ends_read(&netlink, &options, &got.summary, &got.error), TP_OK);
    assert_int_equal(got.summary.gaps, 2);
    assert_int_equal(got.summary.ends, 3);
    /* The summary goes on, and a failure is told. */
    memcpy(script, (int[8]){ENOBUFS, 0, EIO}, sizeof script);
    step = 0;
    assert_int_equal(tp_ends_read(&netlink, &options, &got.summary, &got.error), TP_ERR_IO);
    assert_int_equal(got.error.sys_errno, EIO);
    assert_int_equal(got.summary.gaps, 3);
    assert_int_equal(got.summary.ends, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_end_has_its_totals),
        cmocka_unit_test(without_a_peer_there_are_no_totals),
        cmocka_unit_test(damage_is_counted),
        cmocka_unit_test(the_caller_may_stop),
        cmocka_unit_test(gaps_are_counted_and_read_over),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
