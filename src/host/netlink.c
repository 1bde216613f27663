/* netlink.c: netlink to the kernel, and from a recording. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include "host/netlink.h"

#define ENDS_BUFFER_BYTES (8 << 20)

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

static struct tp_netlink *open_live(int flags, struct tp_error *error)
{
    struct tp_netlink *netlink = calloc(1, sizeof *netlink);

    if (!netlink) {
        tp_error_nomem(error);
        return NULL;
    }
    netlink->kind = &live;
    netlink->socket = mnl_socket_open2(NETLINK_SOCK_DIAG, flags | SOCK_CLOEXEC);
    if (netlink->socket)
        return netlink;
    tp_error_sys(error, errno, "cannot open a netlink socket to ask for sockets");
    free(netlink);
    return NULL;
}

struct tp_netlink *tp_netlink_open(struct tp_error *error)
{
    return open_live(0, error);
}

/* Without CAP_NET_ADMIN net.core.rmem_max is the limit. */
static void enlarge_buffer(int fd)
{
    const int bytes = ENDS_BUFFER_BYTES;

    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

/* Whoever has no address yet hears nothing. */
static bool join(struct mnl_socket *socket)
{
    static const int groups[] = {SKNLGRP_INET_TCP_DESTROY, SKNLGRP_INET6_TCP_DESTROY};

    if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
        return false;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (mnl_socket_setsockopt(socket, NETLINK_ADD_MEMBERSHIP, (void *)&groups[i],
                                  sizeof groups[i]) < 0)
            return false;
    return true;
}

struct tp_netlink *tp_ends_open(struct tp_error *error)
{
    struct tp_netlink *netlink = open_live(SOCK_NONBLOCK, error);

    if (netlink && !join(netlink->socket)) {
        tp_error_sys(error, errno, "cannot be told of sockets that end");
        tp_netlink_close(netlink);
        netlink = NULL;
    }
    if (netlink)
        enlarge_buffer(mnl_socket_get_fd(netlink->socket));
    return netlink;
}

int tp_netlink_fd(const struct tp_netlink *netlink)
{
    return netlink->recorded ? -1 : mnl_socket_get_fd(netlink->socket);
}

/* mnl_nlmsg_ok() takes a length of 2^31 and more for a negative one, which fits everywhere. */
const struct nlmsghdr *netlink_message(const void *buffer, size_t at, size_t length)
{
    const struct nlmsghdr *message = (const struct nlmsghdr *)((const uint32_t *)buffer + at / 4);

    if (length - at < sizeof *message || message->nlmsg_len < sizeof *message ||
        message->nlmsg_len > length - at)
        return NULL;
    return message;
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
    if (!netlink)
        return;
    netlink->kind->close(netlink);
    cookies_release(&netlink->seen);
    free(netlink);
}
