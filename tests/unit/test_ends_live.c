/* test_ends_live.c: connections that come and go, in a network namespace of this test's own: each
 * has the end that it must have, and their bytes add up. Needs root. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cmocka.h>

#include <tcpprobe/host.h>

enum { CONNECTIONS = 500, BYTES = 1000, BURST = 6000 };

static bool separate;
static struct tp_netlink *netlink;

static int enter_namespace(void **state)
{
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd;

    (void)state;
    if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0)
        return 0;
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    separate = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
    close(fd);
    return 0;
}

/* --- sockets that end ------------------------------------------------------------------------ */

static struct sums {
    uint64_t ends, acked, received;
    uint64_t nameless, last_cookie;
    struct tp_ends_summary summary;
} sums;

static int add(void *context, const struct tp_sock *socket, bool nameless)
{
    (void)context;
    sums.last_cookie = socket->cookie;
    sums.nameless += nameless;
    sums.ends += !nameless;
    if (nameless)
        return 0;
    assert_true(TP_SOCKET_HAS(socket, bytes_acked) && TP_SOCKET_HAS(socket, bytes_received));
    sums.acked += socket->bytes_acked;
    sums.received += socket->bytes_received;
    return 0;
}

/* Until so many came, or none for a second. */
static void read_ends(uint64_t wanted)
{
    const struct tp_ends_options options = {.end = add};
    struct pollfd ready = {.fd = tp_netlink_fd(netlink), .events = POLLIN};

    while (sums.ends + sums.nameless < wanted && poll(&ready, 1, 1000) == 1)
        assert_int_equal(tp_ends_read(netlink, &options, &sums.summary, NULL), TP_OK);
}

static void begin(void)
{
    if (!separate)
        skip();
    memset(&sums, 0, sizeof sums);
    netlink = tp_ends_open(NULL);
    assert_non_null(netlink);
}

static int listen_at(struct sockaddr_in *address)
{
    socklen_t length = sizeof *address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    *address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(bind(fd, (void *)address, sizeof *address), 0);
    assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(getsockname(fd, (void *)address, &length), 0);
    return fd;
}

static int connect_to(const struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(connect(fd, (const void *)address, sizeof *address), 0);
    return fd;
}

/* The client writes and closes; the server reads to the end and closes. */
static void talk(int listener, const struct sockaddr_in *address)
{
    char data[BYTES] = {0};
    int client = connect_to(address), server = accept(listener, NULL, NULL);

    assert_int_equal(write(client, data, sizeof data), sizeof data);
    close(client);
    while (read(server, data, sizeof data) > 0)
        ;
    close(server);
}

static void every_connection_ends_twice_and_bytes_add_up(void **state)
{
    struct sockaddr_in address;
    int listener;

    (void)state;
    begin();
    listener = listen_at(&address);
    for (int i = 0; i < CONNECTIONS; i++)
        talk(listener, &address);
    close(listener);
    read_ends(2 * CONNECTIONS + 1);
    assert_int_equal(sums.ends, 2 * CONNECTIONS);
    assert_int_equal(sums.nameless, 1); /* the listener */
    assert_int_equal(sums.summary.gaps, 0);
    assert_int_equal(sums.summary.malformed, 0);
    /* SYN and FIN count as a byte each: the client's both and the server's FIN are acknowledged,
     * but the server's SYN was before there was a socket; received is a FIN, each way. */
    assert_int_equal(sums.acked, CONNECTIONS * (BYTES + 3));
    assert_int_equal(sums.received, CONNECTIONS * (BYTES + 2));
    tp_netlink_close(netlink);
}

static uint64_t cookie_of(int fd)
{
    uint64_t cookie = 0;
    socklen_t length = sizeof cookie;

    assert_int_equal(getsockopt(fd, SOL_SOCKET, 57 /* SO_COOKIE */, &cookie, &length), 0);
    return cookie;
}

static void an_abort_wipes_its_own_side_alone(void **state)
{
    const struct linger linger = {1, 0};
    struct sockaddr_in address;
    char data[BYTES] = {0};
    int listener, client, server;
    uint64_t cookie;

    (void)state;
    begin();
    listener = listen_at(&address);
    client = connect_to(&address);
    server = accept(listener, NULL, NULL);
    assert_int_equal(write(client, data, sizeof data), sizeof data);
    assert_int_equal(read(server, data, sizeof data), sizeof data);
    cookie = cookie_of(client);
    assert_int_equal(setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
    close(client);
    read_ends(1);
    assert_int_equal(sums.nameless, 1);
    assert_int_equal(sums.last_cookie, cookie);
    close(server);
    read_ends(2);
    assert_int_equal(sums.ends, 1);
    assert_int_equal(sums.received, BYTES);
    close(listener);
    read_ends(3);
    tp_netlink_close(netlink);
}

/* Nobody reads meanwhile: the buffer of an unprivileged reader overflows, and that is said. */
static void what_found_no_room_is_told(void **state)
{
    const int small = 32768;
    struct sockaddr_in address;
    int listener;

    (void)state;
    begin();
    assert_int_equal(
        setsockopt(tp_netlink_fd(netlink), SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    listener = listen_at(&address);
    for (int i = 0; i < CONNECTIONS; i++)
        talk(listener, &address);
    usleep(100000);
    read_ends(2 * CONNECTIONS);
    assert_true(sums.summary.gaps > 0);
    assert_true(sums.ends < 2 * CONNECTIONS);
    close(listener);
    tp_netlink_close(netlink);
}

static void a_burst_fits(void **state)
{
    struct sockaddr_in address;
    int listener;

    (void)state;
    begin();
    listener = listen_at(&address);
    for (int i = 0; i < BURST / 2; i++)
        talk(listener, &address);
    usleep(100000);
    read_ends(BURST);
    assert_int_equal(sums.summary.gaps, 0);
    assert_int_equal(sums.ends, BURST);
    close(listener);
    tp_netlink_close(netlink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_connection_ends_twice_and_bytes_add_up),
        cmocka_unit_test(an_abort_wipes_its_own_side_alone),
        cmocka_unit_test(what_found_no_room_is_told),
        cmocka_unit_test(a_burst_fits),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, enter_namespace, NULL);
}
