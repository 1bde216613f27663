/* netlink.c: netlink to the kernel, and from a recording. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>

#include "host/netlink.h"

static ssize_t live_send(struct tp_netlink *netlink, const void *message, size_t length)
{
    return mnl_socket_sendto(netlink->socket, message, length);
}

static ssize_t live_receive(struct tp_netlink *netlink, void *buffer, size_t size)
{
    ssize_t length;

    do
        length = mnl_socket_recvfrom(netlink->socket, buffer, size);
    while (length < 0 && errno == EINTR);
    return length;
}

static void live_close(struct tp_netlink *netlink)
{
    mnl_socket_close(netlink->socket);
}

static ssize_t recorded_send(struct tp_netlink *netlink, const void *message, size_t length)
{
    (void)message;
    netlink->at = 0;
    return (ssize_t)length;
}

/* As many whole messages as fit. One that is cut comes as it is, for whoever reads it to say so. */
static ssize_t recorded_receive(struct tp_netlink *netlink, void *buffer, size_t size)
{
    size_t begin = netlink->at, left = netlink->length - begin, length;
    struct nlmsghdr header;

    while (netlink->length - netlink->at >= sizeof header) {
        memcpy(&header, netlink->bytes + netlink->at, sizeof header);
        length = MNL_ALIGN((size_t)header.nlmsg_len);
        if (header.nlmsg_len < sizeof header || length > netlink->length - netlink->at ||
            netlink->at - begin + length > size)
            break;
        netlink->at += length;
    }
    if (netlink->at == begin)
        netlink->at += left < size ? left : size;
    memcpy(buffer, netlink->bytes + begin, netlink->at - begin);
    return (ssize_t)(netlink->at - begin);
}

static void recorded_close(struct tp_netlink *netlink)
{
    (void)netlink;
}

static const struct netlink_kind live = {live_send, live_receive, live_close};
static const struct netlink_kind recorded = {recorded_send, recorded_receive, recorded_close};

struct tp_netlink *tp_netlink_open(struct tp_error *error)
{
    struct tp_netlink *netlink = calloc(1, sizeof *netlink);

    if (!netlink) {
        tp_error_nomem(error);
        return NULL;
    }
    netlink->kind = &live;
    netlink->socket = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
    if (netlink->socket)
        return netlink;
    tp_error_sys(error, errno, "cannot open a netlink socket to ask for sockets");
    free(netlink);
    return NULL;
}

struct tp_netlink *tp_netlink_replay(const void *bytes, size_t length, struct tp_error *error)
{
    struct tp_netlink *netlink = calloc(1, sizeof *netlink);

    if (!netlink) {
        tp_error_nomem(error);
        return NULL;
    }
    netlink->kind = &recorded;
    netlink->recorded = true;
    netlink->bytes = bytes;
    netlink->length = length;
    return netlink;
}

void tp_netlink_close(struct tp_netlink *netlink)
{
    if (netlink)
        netlink->kind->close(netlink);
    free(netlink);
}
