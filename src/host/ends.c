/* ends.c: hands on the sockets that the kernel freed, as its notifications come.
 *
 * A notification is a message of sock_diag like that of a dump, with tcp_info and nothing else:
 * net/ipv4/inet_diag.c, inet_diag_handler_get_info().
 */
#include <errno.h>

#include <linux/netlink.h>

#include "base/clock.h"
#include "host/message.h"
#include "host/netlink.h"

#define SOCK_DIAG 20 /* SOCK_DIAG_BY_FAMILY */

struct ends {
    struct tp_netlink *netlink;
    const struct tp_ends_options *options;
    struct tp_ends_summary *summary;
    struct tp_error *error;
    uint32_t buffer[NETLINK_BUFFER_BYTES / 4];
};

/* What was wiped is 0 in it. */
static void forget_totals(struct tp_sock *socket)
{
    for (unsigned id = 0; id < TP_SOCKET_IDS; id++)
        if (id != TP_SOCKET_tcp_state)
            socket->have[id / 64] &= ~(UINT64_C(1) << (id % 64));
}

static int hand_on(struct ends *ends, const struct nlmsghdr *message, int64_t now_ns)
{
    const struct tp_ends_options *options = ends->options;
    struct tp_sock socket;
    bool nameless;

    if (!message_read(&socket, message)) {
        ends->summary->malformed++;
        return TP_OK;
    }
    socket.ts_ns = now_ns;
    socket.netns = options->netns;
    nameless = socket.key.port[!socket.local] == 0;
    if (nameless)
        forget_totals(&socket);
    ends->summary->ends++;
    ends->summary->nameless += nameless;
    if (options->end(options->context, &socket, nameless) == 0)
        return TP_OK;
    return tp_error_set(ends->error, TP_ERR_STOPPED, "stopped");
}

static int take_messages(struct ends *ends, size_t length)
{
    int64_t now_ns = tp_clock_monotonic_ns();
    const struct nlmsghdr *message;
    size_t at = 0;
    int rc = TP_OK;

    while (rc == TP_OK && at < length && (message = netlink_message(ends->buffer, at, length))) {
        if (message->nlmsg_type == SOCK_DIAG)
            rc = hand_on(ends, message, now_ns);
        at += MNL_ALIGN((size_t)message->nlmsg_len);
    }
    if (rc == TP_OK && at < length) {
        ends->summary->malformed++;
        if (ends->netlink->recorded)
            return tp_error_set(ends->error, TP_ERR_FORMAT, "a netlink message is cut, or none");
    }
    return rc;
}

int tp_ends_read(struct tp_netlink *netlink, const struct tp_ends_options *options,
                 struct tp_ends_summary *summary, struct tp_error *error)
{
    struct ends ends = {netlink, options, summary, error, {0}};
    ssize_t length;
    int rc = TP_OK;

    while (rc == TP_OK) {
        length = netlink->kind->receive(netlink, ends.buffer, sizeof ends.buffer);
        if (length == 0 || (length < 0 && errno == EAGAIN))
            break;
        if (length > 0)
            rc = take_messages(&ends, (size_t)length);
        else if (errno == ENOBUFS)
            summary->gaps++;
        else
            rc = tp_error_sys(error, errno, "cannot read of sockets that ended");
    }
    return rc;
}
