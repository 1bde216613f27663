/* socket.h: one end of a flow by its socket: what is told of it, and what its analyzers keep. */
#ifndef TCPPROBE_ANALYZE_SOCKET_H
#define TCPPROBE_ANALYZE_SOCKET_H

#include "analyze/states.h"

/* The congestion avoidance state on the way: see the members cong_... of struct tp_side. */
struct tp_congestion {
    int64_t since_ns;
    int64_t told_ns;       /* of the current stay, which cong_time_ns has already */
    uint32_t guessed_open; /* retransmits in Open, unless no change of state is recorded at all */
    int8_t state;
    bool timed_out;    /* nothing was sent again since a timeout was told */
    uint16_t timeouts; /* skbs sent again after one, but for SYN; saturates */
};

struct tp_socket {
    struct tp_side side; /* what others may read of it; first: see tp_socket_of() */
    struct tp_states states;
    struct tp_congestion congestion;
    struct tp_mss_votes *mss;        /* NULL: there are few samples */
    struct tp_course *course;        /* likewise */
    struct tp_kernel_limits *limits; /* NULL: not judged */
    uint32_t snd_una, snd_nxt;       /* the highest ones seen */
    uint32_t tail_bytes;             /* acknowledged after the last probe: see tp_side_acked() */
    uint16_t log;                    /* 1 + the input of its events; of several: TP_LOG_SEVERAL */
    bool established;                /* the end of its handshake was seen */
    bool blind;                      /* it left ESTABLISHED: ACKs from then on were not seen */
};

/* Whose side that is: there are no others. NULL: that of NULL. */
static inline const struct tp_socket *tp_socket_of(const struct tp_side *side)
{
    return (const struct tp_socket *)side;
}

#endif
