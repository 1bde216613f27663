/* test_sockets_live.c: this kernel's dump against what it says of the same sockets by
 * getsockopt(2). Takes no privileges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cmocka.h>

#include <tcpprobe/host.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A listener and a connection, of IPv4, of IPv6, and of IPv4 in an IPv6 socket. */
struct trio {
    int listener, client, server;
    uint16_t port;
};
static struct trio v4, v6, mapped;

static struct sockaddr_in6 address_of(const char *text, uint16_t port)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

    assert_int_equal(inet_pton(AF_INET6, text, &address.sin6_addr), 1);
    return address;
}

static struct trio open_trio(int family, const char *listens, const char *connects)
{
    struct trio trio = {.listener = socket(family == AF_INET ? AF_INET : AF_INET6, SOCK_STREAM, 0)};
    struct sockaddr_in6 address = address_of(listens, 0);
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;

    assert_int_equal(bind(trio.listener, family == AF_INET ? (void *)&in : (void *)&address,
                          family == AF_INET ? sizeof in : sizeof address),
                     0);
    assert_int_equal(listen(trio.listener, 7), 0);
    assert_int_equal(getsockname(trio.listener, (void *)&address, &length), 0);
    trio.port = ntohs(address.sin6_port); /* stands at the same place in both */
    trio.client = socket(connects ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    in.sin_port = htons(trio.port);
    if (connects)
        address = address_of(connects, trio.port);
    assert_int_equal(connect(trio.client, connects ? (void *)&address : (void *)&in,
                             connects ? sizeof address : sizeof in),
                     0);
    trio.server = accept(trio.listener, NULL, NULL);
    assert_true(trio.server >= 0);
    assert_int_equal(write(trio.client, "some bytes", 10), 10);
    return trio;
}

static void close_trio(const struct trio *trio)
{
    close(trio->client);
    close(trio->server);
    close(trio->listener);
}

static int open_all(void **state)
{
    (void)state;
    v4 = open_trio(AF_INET, "::", NULL);
    v6 = open_trio(AF_INET6, "::1", "::1");
    mapped = open_trio(AF_INET6, "::", "::ffff:127.0.0.1");
    usleep(100000); /* until the last ACK was received */
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    close_trio(&v4);
    close_trio(&v6);
    close_trio(&mapped);
    return 0;
}

static uint64_t cookie_of(int fd)
{
    uint64_t cookie = 0;
    socklen_t length = sizeof cookie;

    assert_int_equal(getsockopt(fd, SOL_SOCKET, 57 /* SO_COOKIE */, &cookie, &length), 0);
    return cookie;
}

/* --- dumps ------------------------------------------------------------------------------ */

struct found {
    uint64_t cookie;
    struct tp_sock socket;
    unsigned times;
};

static int find(void *context, const struct tp_sock *socket)
{
    struct found *found = context;

    if (socket->cookie != found->cookie)
        return 0;
    found->socket = *socket;
    found->times++;
    return 0;
}

static struct found dump_for(int fd, const void *bytecode, size_t length)
{
    struct found found = {.cookie = cookie_of(fd)};
    const struct tp_dump_options options = {.states = TP_STATES_ALL,
                                            .bytecode = bytecode,
                                            .bytecode_bytes = length,
                                            .socket = find,
                                            .context = &found};
    struct tp_netlink *netlink = tp_netlink_open(NULL);
    struct tp_dump_summary summary;

    assert_non_null(netlink);
    assert_int_equal(tp_sockets_dump(netlink, &options, &summary, NULL), TP_OK);
    assert_false(summary.unfiltered);
    assert_int_equal(summary.malformed, 0);
    tp_netlink_close(netlink);
    return found;
}

/* Every field of tcp_info that is not a time since something, byte by byte. */
static unsigned compare_info(int fd, const struct tp_sock *socket)
{
    uint8_t info[512];
    socklen_t length = sizeof info;
    unsigned compared = 0;

    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &length), 0);
    for (unsigned i = 0; i < TP_SOCKET_IDS; i++) {
        const struct tp_socket_row *row = &tp_socket_rows[i];
        enum tp_socket_id id = (enum tp_socket_id)i;

        if (row->from != TP_FROM_INFO || row->bits || row->passes || !tp_socket_has(socket, id))
            continue;
        if (memcmp(info + row->at, (const char *)socket + row->offset, row->size) != 0)
            fail_msg("%s", row->name);
        compared++;
    }
    return compared;
}

static void own_sockets_are_as_getsockopt_says(void **state)
{
    const int fds[] = {v4.client, v4.server, v6.client, v6.server, mapped.client, mapped.server};

    (void)state;
    for (size_t i = 0; i < COUNT(fds); i++) {
        struct found found = dump_for(fds[i], NULL, 0);

        assert_int_equal(found.times, 1);
        assert_true(compare_info(fds[i], &found.socket) > 30);
        assert_true(TP_SOCKET_HAS(&found.socket, uid) && found.socket.uid == geteuid());
        assert_true(TP_SOCKET_HAS(&found.socket, cc) && found.socket.cc[0]);
        assert_true(TP_SOCKET_HAS(&found.socket, rcvbuf));
    }
}

static void what_waits_is_counted(void **state)
{
    struct found server = dump_for(v4.server, NULL, 0), listener;
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_port = htons(v4.port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int waits = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    assert_int_equal(server.socket.recv_queue, 10);
    assert_int_equal(connect(waits, (void *)&in, sizeof in), 0);
    listener = dump_for(v4.listener, NULL, 0);
    assert_int_equal(listener.socket.tcp_state, TP_STATE_LISTEN);
    assert_int_equal(listener.socket.accept_queue, 1);
    assert_int_equal(listener.socket.accept_limit, 7);
    close(waits);
    close(accept(v4.listener, NULL, NULL));
}

/* --- filters, asked of this kernel ------------------------------------------------------ */

static struct tp_record record_of(const struct tp_sock *socket)
{
    struct tp_record record = {.kind = TP_KIND_PROBE, .has_key = true, .local = socket->local};

    record.key = socket->key;
    return record;
}

static void the_kernel_filters_as_we_do(void **state)
{
    /* Before and behind the number of a port. */
    static const char *const forms[][2] = {{"port ", ""},
                                           {"sport == ", ""},
                                           {"dport == ", ""},
                                           {"sport != ", ""},
                                           {"sport > ", ""},
                                           {"sport < ", ""},
                                           {"dport >= ", ""},
                                           {"host 127.0.0.1 and port ", ""},
                                           {"src host ::1 or port ", ""},
                                           {"net 127.0.0.0/8 and not sport == ", ""},
                                           {"family == AF_INET and port ", ""},
                                           {"family != AF_INET and port ", ""},
                                           {"saddr != 127.0.0.1 and port ", ""},
                                           {"!(net fd00::/16 || dport <= ", ")"}};
    const struct trio *trios[] = {&v4, &v6, &mapped};
    const uint16_t ports[] = {v4.port, v6.port, mapped.port};
    unsigned passed = 0, compared = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(forms) * COUNT(ports); i++) {
        struct tp_filter *filter;
        void *bytecode;
        size_t length;
        char text[96];
        bool exact;

        snprintf(text, sizeof text, "%s%u%s", forms[i / 3][0], ports[i % 3], forms[i / 3][1]);
        assert_int_equal(tp_filter_parse(&filter, text, NULL), 0);
        assert_int_equal(tp_filter_sockets(filter, &bytecode, &length, &exact, NULL), 0);
        assert_true(bytecode && exact);
        for (size_t k = 0; k < 3 * COUNT(trios); k++) {
            const struct trio *trio = trios[k / 3];
            int fd = k % 3 == 0 ? trio->listener : k % 3 == 1 ? trio->client : trio->server;
            struct found all = dump_for(fd, NULL, 0), some = dump_for(fd, bytecode, length);
            struct tp_record record = record_of(&all.socket);

            assert_int_equal(all.times, 1);
            if (tp_filter_match(filter, &record) != (some.times == 1))
                fail_msg("%s: socket %zu", text, k);
            passed += some.times;
            compared++;
        }
        free(bytecode);
        tp_filter_free(filter);
    }
    assert_true(passed > compared / 5 && passed < compared * 4 / 5);
}

/* --- owners ----------------------------------------------------------------------------- */

static void owners_are_found(void **state)
{
    struct tp_sock sockets[2] = {dump_for(v4.client, NULL, 0).socket,
                                 dump_for(mapped.listener, NULL, 0).socket};
    struct tp_owners *owners = tp_owners_new("/proc", NULL);
    struct tp_owners_summary summary;

    (void)state;
    assert_non_null(owners);
    assert_int_equal(tp_owners_find(owners, sockets, 2, &summary, NULL), TP_OK);
    assert_int_equal(sockets[0].pid, getpid());
    assert_int_equal(sockets[1].pid, getpid());
    assert_string_equal(sockets[0].owner, "test_sockets_li"); /* as the kernel cuts it */
    /* What is known is not looked for again. */
    sockets[0].pid = 0;
    assert_int_equal(tp_owners_find(owners, sockets, 2, &summary, NULL), TP_OK);
    assert_int_equal(sockets[0].pid, getpid());
    assert_int_equal(summary.processes, 0);
    tp_owners_free(owners);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_sockets_are_as_getsockopt_says),
        cmocka_unit_test(what_waits_is_counted),
        cmocka_unit_test(the_kernel_filters_as_we_do),
        cmocka_unit_test(owners_are_found),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_all, close_all);
}
