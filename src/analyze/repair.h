/* repair.h: is a sender repairing losses? As its probes and retransmissions tell it, where no event
 * says so.
 *
 * tcp_cong_state_set is the word for it. Where that was not recorded, was lost or has not come yet,
 * there are signs of what the kernel does when it enters CWR, Recovery or Loss
 * (net/ipv4/tcp_input.c):
 *
 * - The ssthresh of tcp_probe is tcp_current_ssthresh() (include/net/tcp.h): the true one in CWR
 * and Recovery, else never less than three quarters of the window. What is less proves these
 * states.
 * - Only a reduction of the window sets ssthresh to less than the window: tcp_init_cwnd_reduction()
 *   and tcp_enter_loss(). (Hystart sets it to the window. BBR sets it to less at the end of its
 *   start-up, but what is printed then are the three quarters.)
 * - A retransmission right behind an ACK is of Recovery. One by a timer is of Loss, where the
 * window falls, or else a tail loss probe, which is none of them.
 *
 * It is over when what was in flight at its beginning is acknowledged (high_seq), or when ssthresh
 * is raised again, because it was undone.
 *
 * Algorithms that leave ssthresh alone, as BBR does, are only found out by retransmissions. Where
 * these are not recorded either, three ACKs that acknowledge nothing, or a window that fell in a
 * silence, are a doubt, as is the first round trip of a log that begins in the middle, or behind
 * lost events.
 */
#ifndef TCPPROBE_ANALYZE_REPAIR_H
#define TCPPROBE_ANALYZE_REPAIR_H

#include <tcpprobe/record.h>

enum tp_repair_is { TP_REPAIR_NONE, TP_REPAIR_DOUBTFUL, TP_REPAIR_PROVED };

/* All 0 before the first probe. Between sure_seq and high_seq it is doubtful. */
struct tp_repair {
    int64_t probe_ns;                     /* of the latest probe */
    uint32_t snd_nxt, snd_una, cwnd_segs; /* likewise */
    uint32_t sure_seq, high_seq; /* it lasts until they are acknowledged; valid if it goes on */
    uint32_t printed_segs;       /* ssthresh as the latest probe printed it */
    uint32_t ssthresh_segs;      /* the true one; valid if known */
    uint32_t held_segs;          /* ... during this repair; 0: not known */
    uint32_t before_segs;        /* ... during the one before; 0: there was none */
    uint8_t repeats;             /* latest ACKs that acknowledged nothing */
    bool begun, known, goes_on;
    bool moves;                          /* ssthresh is another one from repair to repair */
    bool had_data;                       /* the latest probe came with data */
    bool resent_by_ack, resent_by_timer; /* since then */
};

/* A packet buffer was sent again. */
void tp_repair_resent(struct tp_repair *repair, int64_t now_ns);
/* Events were lost. */
void tp_repair_forget(struct tp_repair *repair);
/* What held from the probe before to this one. from_start: all of the connection's events were seen
 * so far; resending_told: its retransmissions are recorded. The record has SND_NXT, SND_UNA and
 * SND_CWND and is not older than the one before. */
enum tp_repair_is tp_repair_probe(struct tp_repair *repair, const struct tp_record *probe,
                                  bool from_start, bool resending_told);

#endif
