/* netlink.h: the way to the kernel as the readers of this room see it. */
#ifndef TCPPROBE_HOST_NETLINK_H
#define TCPPROBE_HOST_NETLINK_H

#include <tcpprobe/host.h>

#include <libmnl/libmnl.h>

#include "host/cookies.h"

/* The kernel fills at most so much at once (net/netlink/af_netlink.c, netlink_dump()). */
#define NETLINK_BUFFER_BYTES 32768

struct netlink_kind {
    /* Both return -1 with errno. */
    ssize_t (*send)(struct tp_netlink *netlink, const void *message, size_t length);
    /* Whole messages; 0 where a recording ends. Ends: EAGAIN if there are none now, ENOBUFS if some
     * were lost. */
    ssize_t (*receive)(struct tp_netlink *netlink, void *buffer, size_t size);
    void (*close)(struct tp_netlink *netlink);
};

struct tp_netlink {
    const struct netlink_kind *kind;
    uint32_t sequence;
    bool recorded;
    struct mnl_socket *socket; /* to the kernel */
    const uint8_t *bytes;      /* recorded */
    size_t length, at;
    struct cookies seen; /* of a dump; from one to the next its room stays */
};

/* The message at that byte of a buffer, if it is whole; NULL if not. at is a multiple of 4. */
const struct nlmsghdr *netlink_message(const void *buffer, size_t at, size_t length);

#endif
