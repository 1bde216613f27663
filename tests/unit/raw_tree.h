/* raw_tree.h: tests/data/raw, pages as a kernel gave them with its own text for the same events. */
#ifndef TCPPROBE_TESTS_RAW_TREE_H
#define TCPPROBE_TESTS_RAW_TREE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recorder/event_format.h"

#define RAW_TREE "tests/data/raw"

static const char *const raw_events[][2] = {
    {"tcp", "tcp_probe"},
    {"tcp", "tcp_retransmit_skb"},
    {"tcp", "tcp_retransmit_synack"},
    {"tcp", "tcp_send_reset"},
    {"tcp", "tcp_receive_reset"},
    {"tcp", "tcp_destroy_sock"},
    {"tcp", "tcp_cong_state_set"},
    {"tcp", "tcp_rcv_space_adjust"},
    {"tcp", "tcp_rcvbuf_grow"},
    {"tcp", "tcp_bad_csum"},
    {"tcp", "tcp_sendmsg_locked"},
    {"tcp", "tcp_hash_md5_required"},
    {"tcp", "tcp_hash_md5_unexpected"},
    {"sock", "inet_sock_set_state"},
};

#define RAW_EVENTS (sizeof raw_events / sizeof *raw_events)

struct raw_formats {
    struct event_format formats[RAW_EVENTS];
    const struct tp_kernel_event *events[RAW_EVENTS];
};

/* Of the kernel that is found at root. */
static inline int raw_formats_read(struct raw_formats *all, const char *root,
                                   struct tp_error *error)
{
    size_t i;
    int rc = 0;

    memset(all, 0, sizeof *all);
    for (i = 0; !rc && i < RAW_EVENTS; i++) {
        rc = format_read(&all->formats[i], root, raw_events[i][0], raw_events[i][1], error);
        all->events[i] = &all->formats[i].event;
    }
    return rc;
}

static inline void raw_formats_release(struct raw_formats *all)
{
    size_t i;

    for (i = 0; i < RAW_EVENTS; i++)
        format_release(&all->formats[i]);
}

/* A whole file with a NUL behind it; free() it. NULL if it cannot be read. */
static inline char *raw_file(const char *path, size_t *length)
{
    size_t size = 1u << 20, n;
    char *bytes = malloc(size);
    FILE *file = fopen(path, "rb");

    n = file && bytes ? fread(bytes, 1, size - 1, file) : 0;
    if (file)
        fclose(file);
    if (!n) {
        free(bytes);
        return NULL;
    }
    bytes[n] = '\0';
    if (length)
        *length = n;
    return bytes;
}

#endif
