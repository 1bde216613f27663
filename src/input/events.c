/* events.c: to teach tcpprobe another name of an event, add a row here; a new event also needs a
 * row in TP_KINDS, a new quantity one in TP_EVENT_FIELDS (record.h). */
#include <string.h>

#include "base/protocol.h"
#include "input/events.h"

static const struct {
    const char *name;
    enum tp_kind kind;
} events[] = {
    {"tcp_probe", TP_KIND_PROBE},
    {"tcp_retransmit_skb", TP_KIND_RETRANSMIT_SKB},
    {"tcp_retransmit_synack", TP_KIND_RETRANSMIT_SYNACK},
    {"tcp_send_reset", TP_KIND_SEND_RESET},
    {"tcp_receive_reset", TP_KIND_RECEIVE_RESET},
    {"tcp_destroy_sock", TP_KIND_DESTROY_SOCK},
    {"tcp_cong_state_set", TP_KIND_CONG_STATE_SET},
    {"inet_sock_set_state", TP_KIND_SET_STATE},
    {"tcp_set_state", TP_KIND_SET_STATE}, /* its name in 4.15, with the same fields */
    {"tcp_rcv_space_adjust", TP_KIND_RCV_SPACE_ADJUST},
    {"tcp_rcvbuf_grow", TP_KIND_RCVBUF_GROW},
    {"tcp_bad_csum", TP_KIND_BAD_CSUM},
    {"tcp_socket", TP_KIND_SOCKET},
    {"tcp_socket_end", TP_KIND_SOCKET_END},
    {"tcp_socket_round", TP_KIND_SOCKET_ROUND},
    {"tcp_counters", TP_KIND_COUNTERS},
};

const bool event_from_peer[TP_KIND_COUNT] = {[TP_KIND_BAD_CSUM] = true};

const char *const event_words_after[TP_KIND_COUNT] = {
    [TP_KIND_SOCKET] = "sock_cookie=",
    [TP_KIND_SOCKET_END] = "sock_cookie=",
    [TP_KIND_SOCKET_ROUND] = "",
    [TP_KIND_COUNTERS] = "",
};

static bool same(const char *known, const char *name, size_t length)
{
    return strlen(known) == length && memcmp(known, name, length) == 0;
}

int event_find(const char *name, size_t length)
{
    size_t i;

    for (i = 0; i < sizeof events / sizeof *events; i++)
        if (same(events[i].name, name, length))
            return (int)events[i].kind;
    return -1;
}

int event_protocol(const char *name, size_t length)
{
    size_t i;
    int number = 0;

    for (i = 0; i < TP_PROTOCOLS; i++)
        if (same(tp_protocols[i].name, name, length))
            return tp_protocols[i].number;
    if (length == 0 || length > 4)
        return -1;
    for (i = 0; i < length; i++) {
        if (name[i] < '0' || name[i] > '9')
            return -1;
        number = number * 10 + (name[i] - '0');
    }
    return number;
}
