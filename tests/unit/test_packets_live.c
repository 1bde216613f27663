/* test_packets_live.c: packets of this process over the loopback device, as they come. Needs root,
 * and says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tcpprobe/pcap.h>

struct taken {
    uint64_t count, longest, cut;
    int64_t first_ns, last_ns;
    uint64_t stop_at; /* 0: never */
};

static int take(void *context, const struct tp_live_packet *packet, struct tp_error *error)
{
    struct taken *taken = context;

    if (!taken->count)
        taken->first_ns = packet->ts_ns;
    taken->last_ns = packet->ts_ns;
    taken->count++;
    taken->cut += packet->captured < packet->wire_len;
    if (packet->captured > taken->longest)
        taken->longest = packet->captured;
    return taken->count == taken->stop_at ? tp_error_set(error, TP_ERR_STOPPED, "enough") : TP_OK;
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static struct tp_live *open_loopback(const char *expression, uint32_t snaplen)
{
    const struct tp_live_options options = {
        .interface = "lo", .expression = expression, .snaplen = snaplen, .buffer_bytes = 1 << 20};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_live *live;

    if (geteuid() != 0) {
        print_message("# needs root\n");
        skip();
    }
    if (tp_live_open(&live, &options, &error) < 0) {
        print_message("# %s\n", error.text);
        skip();
    }
    return live;
}

/* A connection that carries 2000 bytes; returns its server's port. */
static uint16_t talk(int listener)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    char bytes[2000] = "";
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), peer;

    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    peer = accept(listener, NULL, NULL);
    assert_int_equal(write(client, bytes, sizeof bytes), sizeof bytes);
    assert_int_equal(recv(peer, bytes, sizeof bytes, MSG_WAITALL), sizeof bytes);
    close(client);
    close(peer);
    return ntohs(address.sin_port);
}

static int listen_somewhere(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    return listener;
}

/* Until as many came, for two seconds at most. */
static int drain(struct tp_live *live, struct taken *taken, uint64_t count, struct tp_error *error)
{
    int rc = 0;

    for (int i = 0; i < 200 && rc >= 0 && taken->count < count; i++) {
        rc = tp_live_drain(live, take, taken, error);
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return rc;
}

static void takes_what_matches(void **state)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_live_stats stats;
    struct taken taken = {0};
    struct tp_live *live;
    char expression[32];
    uint16_t port, other;
    int64_t before;
    int mine = listen_somewhere(&port), others = listen_somewhere(&other);

    (void)state;
    snprintf(expression, sizeof expression, "tcp port %u", port);
    live = open_loopback(expression, 100);
    assert_int_equal(tp_live_linktype(live), 1);
    assert_int_equal(tp_live_snaplen(live), 100);
    before = now_ns();
    talk(others);
    talk(mine);
    /* SYN, SYN-ACK, ACK, data, ACK, FIN, ... */
    assert_true(drain(live, &taken, 7, &error) >= 0);
    print_message("# %u packets\n", (unsigned)taken.count);
    assert_in_range(taken.count, 7, 12);
    assert_int_equal(taken.longest, 100);
    assert_in_range(taken.cut, 1, 2); /* the 2000 bytes */
    assert_true(taken.first_ns >= before && taken.last_ns <= now_ns());
    assert_int_equal(tp_live_stats(live, &stats, &error), 0);
    assert_int_equal(stats.dropped, 0);
    tp_live_close(live);
    close(mine);
    close(others);
}

static void ends_when_the_caller_wishes(void **state)
{
    struct tp_error error = TP_ERROR_INIT;
    struct taken taken = {.stop_at = 3};
    struct tp_live *live;
    char expression[32];
    uint16_t port;
    int mine = listen_somewhere(&port);

    (void)state;
    snprintf(expression, sizeof expression, "tcp port %u", port);
    live = open_loopback(expression, 0);
    assert_int_equal(tp_live_snaplen(live), TP_LIVE_SNAPLEN);
    talk(mine);
    assert_int_equal(drain(live, &taken, 7, &error), TP_ERR_STOPPED);
    assert_int_equal(taken.count, 3);
    assert_string_equal(error.text, "enough");
    /* and goes on behind them, what was handed out in vain excepted */
    talk(mine);
    assert_true(drain(live, &taken, 8, NULL) >= 0);
    assert_true(taken.count >= 8);
    tp_live_close(live);
    close(mine);
}

static void refuses(void **state)
{
    static const struct {
        const char *interface, *expression, *text;
    } rows[] = {
        {"nosuch", NULL, "there is no interface \"nosuch\": known are any lo"},
        {"lo", "tcp prot 80", "packets of lo cannot be asked \"tcp prot 80\": "},
        {"lo", "type mgt", "packets of lo cannot be asked \"type mgt\": "},
    };
    struct tp_live *live = open_loopback(NULL, 0);
    struct tp_live_options options = {.snaplen = 0};
    struct tp_error error;

    (void)state;
    tp_live_close(live);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tp_error_clear(&error);
        options.interface = rows[i].interface;
        options.expression = rows[i].expression;
        assert_int_equal(tp_live_open(&live, &options, &error), TP_ERR_USAGE);
        assert_null(live);
        if (strncmp(error.text, rows[i].text, strlen(rows[i].text)) != 0)
            fail_msg("%s", error.text);
    }
    tp_live_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_matches),
        cmocka_unit_test(ends_when_the_caller_wishes),
        cmocka_unit_test(refuses),
    };

    return cmocka_run_group_tests_name("packets_live", tests, NULL, NULL);
}
