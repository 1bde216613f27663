/* fuzz_sockets.c: whatever messages a kernel or a file sends, they become sockets whose values can
 * be asked, or are counted; of a dump none comes twice, and every reading ends. */
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/host.h>

#include "fuzz.h"

struct taken {
    uint64_t count, last_cookie;
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void ask(const struct tp_sock *socket, const struct tp_sock *before)
{
    struct tp_socket_view view = {.now = socket, .before = before};
    struct tp_value value;

    for (int id = 0; id < TP_SOCKET_IDS; id++) {
        value = tp_socket_value(&view, (enum tp_socket_id)id);
        if (value.type == TP_VALUE_TEXT)
            check(strlen(value.text) < sizeof view.text);
        if (value.type == TP_VALUE_REAL)
            check(value.real == value.real && value.real >= 0 && value.real < 1e300);
    }
}

static int take(void *context, const struct tp_sock *socket)
{
    struct taken *taken = context;
    struct tp_sock later = *socket;

    check(socket->cookie == 0 || socket->cookie != taken->last_cookie ||
          socket->cookie == UINT64_MAX);
    taken->last_cookie = socket->cookie;
    taken->count++;
    later.ts_ns += 1000000000;
    later.bytes_acked += 1000;
    later.segs_out -= 1;
    ask(socket, NULL);
    ask(&later, socket);
    return 0;
}

static int take_end(void *context, const struct tp_sock *socket, bool nameless)
{
    struct taken *taken = context;

    taken->count++;
    check(!nameless || !TP_SOCKET_HAS(socket, bytes_acked));
    ask(socket, NULL);
    return 0;
}

static void read_as_ends(const uint8_t *data, size_t size)
{
    struct taken taken = {0};
    const struct tp_ends_options options = {.end = take_end, .context = &taken};
    struct tp_netlink *netlink = tp_netlink_replay(data, size, NULL);
    struct tp_ends_summary summary = {0};

    check(netlink != NULL);
    tp_ends_read(netlink, &options, &summary, NULL);
    check(summary.ends == taken.count);
    tp_netlink_close(netlink);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct taken taken = {0};
    const struct tp_dump_options options = {
        .states = UINT32_MAX, .socket = take, .context = &taken};
    struct tp_netlink *netlink = tp_netlink_replay(data, size, NULL);
    struct tp_dump_summary summary;

    check(netlink != NULL);
    tp_sockets_dump(netlink, &options, &summary, NULL);
    check(summary.sockets == taken.count);
    tp_netlink_close(netlink);
    read_as_ends(data, size);
    return 0;
}
