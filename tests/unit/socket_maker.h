/* socket_maker.h: messages of sock_diag, made byte by byte (include/uapi/linux/inet_diag.h). */
#ifndef TCPPROBE_TESTS_SOCKET_MAKER_H
#define TCPPROBE_TESTS_SOCKET_MAKER_H

#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/tcp.h>

struct socket_maker {
    _Alignas(4) uint8_t bytes[16384];
    size_t length;
    size_t begin; /* of the last message */
};

static inline void *maker_room(struct socket_maker *maker, size_t length)
{
    void *at = maker->bytes + maker->length;

    memset(at, 0, NLMSG_ALIGN(length));
    maker->length += NLMSG_ALIGN(length);
    return at;
}

static inline struct nlmsghdr *maker_header(struct socket_maker *maker)
{
    return (struct nlmsghdr *)(maker->bytes + maker->begin);
}

static inline void maker_close(struct socket_maker *maker)
{
    maker_header(maker)->nlmsg_len = (uint32_t)(maker->length - maker->begin);
}

static inline void maker_message(struct socket_maker *maker, uint16_t type, const void *body,
                                 size_t length)
{
    maker->begin = maker->length;
    maker_room(maker, sizeof(struct nlmsghdr));
    maker_header(maker)->nlmsg_type = type;
    memcpy(maker_room(maker, length), body, length);
    maker_close(maker);
}

/* 10.0.0.1:1000 -> 10.0.0.2:80, everything a number of its own. */
static inline struct inet_diag_msg *maker_socket(struct socket_maker *maker, uint8_t state,
                                                 uint32_t cookie)
{
    struct inet_diag_msg body = {.idiag_family = AF_INET,
                                 .idiag_state = state,
                                 .idiag_timer = 1,
                                 .idiag_retrans = 2,
                                 .idiag_expires = 3,
                                 .idiag_rqueue = 4,
                                 .idiag_wqueue = 5,
                                 .idiag_uid = 6,
                                 .idiag_inode = 7};

    body.id.idiag_sport = htons(1000);
    body.id.idiag_dport = htons(80);
    body.id.idiag_src[0] = htonl(0x0a000001);
    body.id.idiag_dst[0] = htonl(0x0a000002);
    body.id.idiag_cookie[0] = cookie;
    maker_message(maker, 20, &body, sizeof body);
    return (struct inet_diag_msg *)(maker->bytes + maker->begin + sizeof(struct nlmsghdr));
}

static inline void maker_attribute(struct socket_maker *maker, uint16_t type, const void *bytes,
                                   size_t length)
{
    struct nlattr *attribute = maker_room(maker, sizeof *attribute + length);

    attribute->nla_type = type;
    attribute->nla_len = (uint16_t)(sizeof *attribute + length);
    memcpy(attribute + 1, bytes, length);
    maker_close(maker);
}

/* So many bytes of tcp_info; byte N is N & 0x7f, which makes no value one that means "none". */
static inline void maker_info(struct socket_maker *maker, size_t length)
{
    uint8_t info[1024];

    for (size_t i = 0; i < sizeof info; i++)
        info[i] = i & 0x7f;
    maker_attribute(maker, INET_DIAG_INFO, info, length);
}

static inline void maker_end(struct socket_maker *maker)
{
    int status = 0;

    maker_message(maker, NLMSG_DONE, &status, sizeof status);
}

#endif
