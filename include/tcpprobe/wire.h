/* wire.h: what the packets of one TCP connection say.
 *
 * A connection is fed the packets of one flow in time order, both directions or one. Each packet is
 * answered with what it means: what it is (new data, retransmission and why, reordering, a copy made
 * by the capture, a probe, a duplicate ACK ...), the RTT samples it gives and the state of
 * both directions after it. What adds up is kept per direction in struct tp_wire.
 *
 * A direction is named by the end that sends (0 or 1, as in the flow's key): its data, and what its
 * peer acknowledges of them. Sequence numbers are relative and 64 bits wide: the SYN is 0, the
 * first byte 1; without a SYN the first number seen, sent by it or acknowledged by its peer, is 1,
 * and bytes below it are 0.
 *
 * What is a retransmission is decided by bytes, never by timing alone: every byte that was captured
 * before and comes again was sent again; only bytes never captured can be reordering. What was
 * missing from the capture but acknowledged is a gap of the capture and no loss. Ambiguous cases
 * say so. What was lost before it could be captured, as it is beside the receiver, shows as a
 * REPAIR: told and counted apart from retransmissions, of which a sender knows both. Why something
 * was sent again is inferred; every cause names its evidence and how sure it is. The method, with its sources: RFC 2018, 2883, 3522, 3708, 5681, 6298, 6675, 8985, 9293
 * and net/ipv4/tcp_input.c; Karn & Partridge 1987 for RTT.
 *
 * Memory: a connection of a few packets without trouble takes less than 800 bytes, and all of
 * them share a budget for segments in flight: where it is short, neighbouring segments are joined
 * (RTT samples are lost, bytes stay exact) and counted.
 *
 * Threads: one thread at a time uses the connections that share a tp_wires; other ones are
 * independent. Meanings and struct tp_wire are plain data.
 */
#ifndef TCPPROBE_WIRE_H
#define TCPPROBE_WIRE_H

#include <tcpprobe/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- what a packet is ----------------------------------------------------------------------- */

/* X(ID, name, mark of one to three letters, what it says) */
#define TP_FINDINGS(X)                                                                             \
    X(RETRANSMISSION, "retransmission", "R", "holds bytes that were captured before")              \
    X(PARTIAL, "partial", "R+", "... and also bytes that were not")                                \
    X(REPAIR, "repair", "R?", "fills a hole and was sent again: its first copy was not captured")  \
    X(REORDERED, "reordered", "O", "fills a hole and was overtaken by later data on the way")      \
    X(AMBIGUOUS, "ambiguous", "?", "fills a hole; nothing says whether resent or reordered")       \
    X(HOLE, "hole", "H", "bytes before it were not captured so far")                               \
    X(COPY, "copy", "HD", "the capture's duplicate of an earlier packet: counted nowhere else")    \
    X(KEEP_ALIVE, "keep_alive", "KA", "asks whether the peer is there")                            \
    X(KEEP_ALIVE_ACK, "keep_alive_ack", "KA", "answers that")                                      \
    X(WINDOW_PROBE, "window_probe", "P", "probes a closed window")                                 \
    X(WINDOW_PROBE_ACK, "window_probe_ack", "P", "answers that")                                   \
    X(ZERO_WINDOW, "zero_window", "Z", "closes the window")                                        \
    X(WINDOW_UPDATE, "window_update", "W", "changes the window and nothing else")                  \
    X(WINDOW_FULL, "window_full", "WF", "fills the peer's window: less than an MSS is left")       \
    X(DUP_ACK, "dup_ack", "D", "acknowledges nothing new, data are outstanding (any window)")      \
    X(TRIPLE_DUP_ACK, "triple_dup_ack", "3", "the third of them")                                  \
    X(SACK, "sack", "S", "SACKs bytes that were not SACKed before")                                \
    X(DSACK, "dsack", "DS", "reports bytes that arrived twice (RFC 2883)")                         \
    X(ACKED_UNSEEN, "acked_unseen", "G", "acknowledges bytes that were never captured")            \
    X(SPURIOUS_PROOF, "spurious_proof", "U", "proves that a retransmission was not needed")        \
    X(SPURIOUS, "spurious", "U", "sends again what was acknowledged before")                       \
    X(RECOVERY_BEGIN, "recovery_begin", "", "begins a loss episode")                               \
    X(RECOVERY_END, "recovery_end", "", "acknowledges all that was outstanding when it began")     \
    X(HANDSHAKE_AGAIN, "handshake_again", "R", "a SYN or SYN-ACK sent again")                      \
    X(FIN_AGAIN, "fin_again", "R", "a FIN sent again")                                             \
    X(OFFLOAD, "offload", "", "holds several segments (TSO, GRO)")                                 \
    X(REANCHORED, "reanchored", "!", "its numbers are far from all others: followed from here on") \
    X(STRANGE_ACK, "strange_ack", "!", "acknowledges what cannot have been sent: not used")        \
    X(FAST_OPEN, "fast_open", "", "carries data in the SYN")

enum tp_finding {
#define TP_FINDING_ENUM(ID, name, mark, help) TP_FINDING_##ID,
    TP_FINDINGS(TP_FINDING_ENUM)
#undef TP_FINDING_ENUM
        TP_FINDING_COUNT
};

#define TP_FOUND(meaning, ID) (((meaning)->findings >> TP_FINDING_##ID & 1) != 0)

struct tp_finding_info {
    const char *name, *mark, *help;
};
extern const struct tp_finding_info tp_findings[TP_FINDING_COUNT];

/* Why something was sent again: X(ID, name, what such a retransmission is, and the loss episode that
 * it begins; what it is inferred from). */
#define TP_CAUSES(X)                                                                               \
    X(NONE, "", "", "", "not a retransmission")                                                    \
    X(FAST, "fast", "fast retransmission", "fast recovery",                                        \
      "later data had been SACKed or acknowledged, or ACKs were repeated")                         \
    X(TIMEOUT, "timeout", "retransmission after a timeout", "timeout",                             \
      "no progress for a retransmission timeout")                                                  \
    X(PROBE, "tlp", "tail-loss probe", "tail-loss probe",                                          \
      "the end of a silent flight (RFC 8985)")                                                     \
    X(HANDSHAKE, "handshake", "retransmission of a handshake", "loss episode",                     \
      "the timer of a SYN or SYN-ACK")                                                             \
    X(WINDOW, "window", "sent again as the window opened", "loss episode",                         \
      "the peer opened its window, which had been too small for it")                               \
    X(UNKNOWN, "unknown", "retransmission, cause unknown", "loss episode",                         \
      "the packets do not say")

enum tp_cause {
#define TP_CAUSE_ENUM(ID, name, title, episode, help) TP_CAUSE_##ID,
    TP_CAUSES(TP_CAUSE_ENUM)
#undef TP_CAUSE_ENUM
        TP_CAUSE_COUNT
};

struct tp_cause_info {
    const char *name, *title, *episode, *help;
};
extern const struct tp_cause_info tp_causes[TP_CAUSE_COUNT];
const char *tp_cause_name(enum tp_cause cause);

/* What a cause, or a proof that a retransmission was spurious, rests on. */
#define TP_EVIDENCE(X)                                                                             \
    X(NONE, "", "")                                                                                \
    X(BYTES, "bytes", "the bytes were captured before")                                            \
    X(SACKED_ABOVE, "sacked-above", "data sent later had been SACKed when it was resent")          \
    X(DUP_ACKS, "dup-acks", "three or more duplicate ACKs")                                        \
    X(IN_RECOVERY, "in-recovery", "a hole of a loss episode that was running")                     \
    X(PARTIAL_ACK, "partial-ack", "an ACK inside the episode ended at it (RFC 6582)")              \
    X(SILENCE, "silence", "no ACK for a timeout, and the lowest outstanding byte came first")      \
    X(BACKOFF, "backoff", "the silence before it was twice the one before that")                   \
    X(TAIL, "tail", "the highest outstanding segment, after about two round trips of silence")     \
    X(WINDOW_UPDATE, "window-update", "an ACK right before it opened the window")                  \
    X(SYN_TIMER, "syn-timer", "the handshake was not answered")                                    \
    X(TSVAL, "tsval", "its timestamp is newer than that of data above it")                         \
    X(TSVAL_OLD, "tsval-old", "its timestamp is older than that of data above it")                 \
    X(IP_ID, "ip-id", "the order of IP identifications")                                           \
    X(TIMING, "timing", "the time since the hole opened against the RTT")                          \
    X(DSACK, "dsack", "the receiver reports that it arrived twice (RFC 3708)")                     \
    X(EIFEL, "eifel", "the first ACK for it echoes an older timestamp (RFC 3522)")                 \
    X(FRTO, "f-rto", "after the timeout an ACK covers data that was never resent (RFC 5682)")      \
    X(TOO_SOON, "too-soon", "the ACK came sooner than any round trip")                             \
    X(ACKED_BEFORE, "acked-before", "it had been acknowledged when it was resent")

enum tp_evidence {
#define TP_EVIDENCE_ENUM(ID, name, help) TP_EVIDENCE_##ID,
    TP_EVIDENCE(TP_EVIDENCE_ENUM)
#undef TP_EVIDENCE_ENUM
        TP_EVIDENCE_COUNT
};
const char *tp_evidence_name(enum tp_evidence evidence);

enum tp_confidence { TP_GUESS, TP_LIKELY, TP_CERTAIN };
const char *tp_confidence_name(enum tp_confidence confidence); /* "guess", "likely", "certain" */

enum tp_rtt_source { TP_RTT_HANDSHAKE, TP_RTT_ACK, TP_RTT_SACK, TP_RTT_TS, TP_RTT_SOURCES };

struct tp_rtt_sample {
    int64_t rtt_ns;
    uint8_t source; /* enum tp_rtt_source */
    uint8_t end;    /* whose packet was answered: the RTT is that of this end's data */
};

#define TP_RTT_SAMPLES_MAX 6 /* of one packet */

/* The data of one end, after the packet. */
struct tp_flight {
    bool known;                 /* outstanding and pipe are valid: not after a gap of the capture */
    bool window_known;          /* window_bytes is valid: the peer's scale is known */
    bool window_at_least;       /* ... or estimated: the window may be larger */
    bool window_closed;         /* it is 0, by any scale */
    bool recovering;            /* a loss episode is running */
    uint64_t outstanding_bytes; /* snd_max - snd_una */
    uint64_t pipe_bytes;        /* outstanding - SACKed - lost and not resent (RFC 6675's pipe) */
    uint64_t sacked_bytes;
    uint64_t window_bytes;      /* that the peer advertises, scaled */
    uint64_t una, max;          /* first byte not acknowledged, end of the data sent: relative */
    uint32_t mss_bytes;         /* largest segment to expect: from options and packets; 0 unknown */
    int64_t srtt_ns, rto_ns;    /* RFC 6298 with Linux' bounds, from all samples; 0 if none yet */
};

struct tp_meaning {
    uint64_t findings;          /* bit of each enum tp_finding */
    uint8_t end;                /* that sent the packet */
    uint8_t cause, evidence;    /* of a retransmission, REPAIR, REORDERED ...; or of a proof */
    uint8_t confidence;
    bool has_ack;               /* it acknowledges: not a RST, a copy or a STRANGE_ACK */
    bool anew;                  /* what was said of the connection up to now was so at another
                                   place, and is forgotten: it begins with this packet */
    bool seq_known, ack_known;  /* seq and ack are valid */
    bool has_window, window_at_least;
    uint8_t ce_reports;         /* packets of the peer that it says arrived with CE: news of its
                                   ACE counter; with classic ECN 1 where it has ECE */
    uint8_t rtt_count;
    struct tp_rtt_sample rtt[TP_RTT_SAMPLES_MAX];
    uint64_t seq, ack;          /* relative */
    uint64_t window_bytes;      /* of this packet, scaled */
    uint32_t new_bytes;         /* of its payload, never captured before */
    uint32_t again_bytes;       /* of its payload, captured before */
    uint32_t segs, again_segs;  /* segments that it holds; of these, sent again */
    uint64_t acked_bytes;       /* of the peer's data, newly */
    uint64_t sacked_bytes;      /* of the peer's data, newly */
    uint32_t dup_acks;          /* of the peer's data, in a row, this one included */
    uint64_t unseen_bytes;      /* with ACKED_UNSEEN or HOLE: so many */
    uint64_t of_frame;          /* frame of the latest transmission before; of the retransmission
                                   that a SPURIOUS_PROOF speaks of; 0 if not known */
    uint8_t of_input;           /* the input that holds it; valid if of_frame */
    int64_t since_copy_ns;      /* since that transmission; valid if of_frame */
    bool is_data;               /* payload that counts: no copy, no probe, no keep-alive */
    uint64_t proof_begin, proof_end; /* with SPURIOUS_PROOF: the bytes that were resent in vain */
    struct tp_flight flight[2]; /* by the end whose data they are */
};

/* --- what adds up --------------------------------------------------------------------------- */

/* RTT samples of one source; all 0 while there are none. */
struct tp_rtt_sum {
    int64_t min_ns, max_ns;
    double sum_us, square_us2;
    uint32_t count;
};

/* Rare things; all 0 until the first of them. */
struct tp_wire_trouble {
    uint32_t retransmissions;           /* packets that hold bytes sent again, SYN and FIN not */
    uint32_t retransmitted_segs;        /* segments sent again; what iperf3 calls Retr */
    uint64_t retransmitted_bytes;
    uint32_t by_cause[TP_CAUSE_COUNT];  /* segments */
    uint32_t spurious_segs;             /* of these, proved not to have been needed */
    uint32_t spurious_certain_segs;     /* ... and certainly: at once, or by a later D-SACK */
    uint32_t spurious_by[TP_EVIDENCE_COUNT]; /* ... by what; sums to at least spurious_segs */
    uint32_t repairs, reordered, ambiguous;  /* packets that filled a hole */
    uint64_t reordered_bytes;
    uint64_t reorder_extent_bytes;      /* most bytes by which one was overtaken */
    int64_t reorder_delay_ns;           /* longest time that such a hole was open */
    uint32_t recoveries, timeouts;      /* loss episodes; of these, begun by a timeout */
    int64_t recovery_ns;                /* time spent in them */
    int64_t recovery_early_ns;          /* ... of it, before the first ACK of data */
    uint32_t copies;                    /* packets that the capture holds twice */
    uint32_t syn_again, fin_again;
    int64_t syn_again_ns;               /* the latest SYN or SYN-ACK sent again; valid if syn_again */
    int64_t syn_answer_ns;              /* from then until its first answer; 0: none was seen */
    uint32_t keep_alives;
    uint32_t keep_alive_bytes;          /* garbage in them: not unique, not sent again */
    uint32_t window_probes;
    uint64_t window_probe_bytes;        /* in them; what was taken of these is unique payload */
    uint64_t unseen_bytes;              /* acknowledged and never captured: gaps of the capture */
    uint32_t unseen_gaps;
    uint32_t reanchored, strange_acks;
    uint32_t dup_acks, triple_dup_acks; /* for the data of this end */
    uint32_t sack_packets, dsack_packets; /* sent by the peer, about the data of this end */
    uint32_t sack_blocks_max;
    uint32_t ambiguous_acks;            /* end at a resent segment: no RTT sample (Karn) */
    uint32_t post_loss_acks;            /* data below was resent later: no sample */
    uint32_t copies_max;                /* most transmissions of one segment, less one */
    struct tp_rtt_sum resend_delay;     /* from one transmission of a segment to the next */
    struct tp_rtt_sum rtt_resent;       /* of the ambiguous ACKs, from the last transmission */
    uint32_t zero_windows;              /* sent by this end */
    uint32_t urgent_packets;
    uint64_t urgent_bytes;
    uint32_t ce, ece, cwr;              /* packets of this end with that mark; the last two only of
                                           classic ECN (RFC 3168) */
    uint32_t ce_reported;               /* with AccECN: its packets that arrived with CE, as its
                                           peer's ACE counts them, of three bits; at least */
    uint32_t offloaded;                 /* packets with several segments */
    uint32_t joined;                    /* segments joined to save memory */
    struct tp_rtt_sum rtt_sack;
};

#define TP_STARTUP_NS INT64_C(1000000000) /* for so long a transfer is new */

/* The packets of one end. Times are the recording's. Counts do not include capture copies. */
struct tp_wire {
    int64_t first_ns, last_ns;            /* valid if packets */
    int64_t data_first_ns, data_last_ns;  /* valid if data_packets */
    int64_t idle_max_ns;                  /* longest time between two packets of this end */
    int64_t acked_first_ns, acked_last_ns; /* first and last ACK of new data; valid if acked_bytes */
    uint32_t packets;                     /* 0: only the peer's ACKs are known of it */
    uint32_t data_packets;                /* with payload, retransmissions included */
    uint64_t data_segs;                   /* segments in them: payload / MSS, rounded up */
    uint64_t payload_bytes;               /* of all of them */
    uint64_t unique_bytes;                /* payload less what was sent again and probes */
    uint64_t acked_bytes;                 /* of this end's payload, by the peer */
    uint64_t startup_bytes;               /* ... within TP_STARTUP_NS of acked_first_ns */
    uint64_t wire_bytes;                  /* frames as they were on the wire */
    uint64_t truncated_bytes;             /* payload that was not captured */
    double window_sum_bytes;
    double outstanding_sum_bytes;         /* right after each packet of new data */
    uint32_t truncated_packets;
    uint32_t acks, pure_acks;             /* ACK set; and nothing else in it */
    uint32_t pushes;                      /* data packets with PSH */
    uint32_t covered_acks;                /* segments acknowledged together with later ones */
    uint32_t isn;                         /* raw; valid if syns */
    uint32_t segment_min_bytes, segment_max_bytes;
    uint32_t window_min_bytes, window_max_bytes; /* that this end advertised; valid if windows */
    uint32_t windows;                     /* packets whose window is known and not 0, SYNs not */
    uint32_t outstanding_min_bytes, outstanding_max_bytes;
    uint32_t outstanding_samples;         /* of that sum; all of them valid if any */
    uint32_t initial_bytes;               /* payload before its first ACK; valid if syns */
    uint16_t initial_segs;                /* ... and its segments; saturates */
    uint16_t mss_bytes;                   /* option of this end's SYN: what it accepts; 0: none */
    uint16_t state, mss, raw_window;      /* private */
    uint8_t syns, fins, resets;           /* first ones and repeated ones; saturate */
    uint8_t wscale;                       /* see scale */
    uint8_t ttl_min, ttl_max;             /* 0: not known */
    bool sack_ok, timestamps;             /* asked for in its SYN; valid if syns */
    bool ect;                             /* some packet was ECN-capable */
    uint8_t scale : 2;                    /* enum tp_scale */
    bool options_known : 1;               /* its SYN's option list was captured whole */
    bool saw_gap : 1;                     /* the capture lacks some of its packets, or ACKs */
    uint8_t ace : 4;                      /* private */
    struct tp_rtt_sum rtt;                /* by ACK; by handshake see struct tp_handshake */
    struct tp_rtt_sum rtt_ts;             /* by timestamp; by SACK see trouble */
    struct tp_wire_trouble *trouble;      /* NULL: nothing of it happened */
};

/* What is known of the scale of the windows that an end advertises. */
enum tp_scale {
    TP_SCALE_UNKNOWN,  /* no SYN was seen */
    TP_SCALE_KNOWN,    /* wscale, from both SYNs */
    TP_SCALE_NONE,     /* both SYNs were seen whole, not both have the option: windows are as sent */
    TP_SCALE_AT_LEAST  /* no SYN was seen, but the peer sent more than fits: wscale or more */
};

/* Where the capture was taken, judged by how fast each end answers the other in the handshake. */
enum tp_vantage { TP_VANTAGE_UNKNOWN, TP_VANTAGE_END0, TP_VANTAGE_END1, TP_VANTAGE_BETWEEN };

/* Are ECE, CWR and AE a counter of CE (RFC 9768)? */
enum tp_accecn {
    TP_ACCECN_UNKNOWN, /* no packet says so */
    TP_ACCECN_OFFERED, /* by a SYN */
    TP_ACCECN_REFUSED, /* by the answer to it */
    TP_ACCECN_ON       /* by handshake, or where that was not captured by AE or the option */
};

struct tp_handshake {
    int64_t syn_rtt_ns;         /* SYN to SYN-ACK; 0 if not measured: neither came again, but
                                   after a reset */
    int64_t ack_rtt_ns;         /* SYN-ACK to ACK; 0 if not measured: the SYN-ACK came once */
    int8_t opener;              /* end that sent the SYN; -1: not seen */
    bool syn, synack, ack;      /* seen */
    uint8_t vantage;            /* enum tp_vantage */
    uint8_t accecn;             /* enum tp_accecn */
};

/* The round trip of that end's packet in the handshake; 0 if it was not measured. */
int64_t tp_handshake_rtt_ns(const struct tp_handshake *handshake, unsigned end);

/* tcptrace's and Wireshark's notions of how complete a connection is. */
enum {
    TP_COMPLETE_SYN = 1, TP_COMPLETE_SYNACK = 2, TP_COMPLETE_ACK = 4, TP_COMPLETE_DATA = 8,
    TP_COMPLETE_FIN = 16, TP_COMPLETE_RST = 32, TP_COMPLETE_FIN_BOTH = 64
};

/* --- following ------------------------------------------------------------------------------ */

/* What all connections of one analysis share. One thread uses it at a time. */
struct tp_wires;

struct tp_arena;

struct tp_wires_options {
    size_t segment_budget;  /* bytes for segments in flight of all connections; 0: 16 MiB */
    struct tp_arena *arena; /* what the library takes their memory of, which outlives them; NULL: one of
                               its own */
};

struct tp_wires *tp_wires_new(const struct tp_wires_options *options, struct tp_error *error);
void tp_wires_free(struct tp_wires *wires); /* after all of its connections; NULL is fine */

struct tp_connection;

/* NULL if out of memory. */
struct tp_connection *tp_connection_new(struct tp_wires *wires);
void tp_connection_free(struct tp_connection *connection); /* NULL is fine */

/* Shows it the next packet, sent by end; record->kind is TP_KIND_PACKET. Fills *meaning.
 * Returns 0 or TP_ERR_NOMEM. */
int tp_connection_add(struct tp_connection *connection, const struct tp_record *packet,
                      unsigned end, struct tp_meaning *meaning);

/* A packet of each of them comes soon; some may be NULL. Fetches what it will touch into the cache, for
 * all of them at a time. Changes nothing. */
void tp_connections_expect(const struct tp_connection *const *connections, size_t count);
/* Likewise of that packet, of whichever connection of theirs: the recent ones that it is compared with. */
void tp_wires_expect(const struct tp_wires *wires, const struct tp_record *packet);

/* No packet follows. What only now is known not to have been measured is forgotten: round-trip
 * times and what was in flight, where each direction has a clock of its own. */
void tp_connection_end(struct tp_connection *connection);

/* By its packets so far: was each direction stamped by a clock of its own, so that answers are
 * stamped before what they answer, or were they sorted by a clock that had been set meanwhile? No time from one direction to the other is known then, nor who
 * limits the sender, nor why something was sent again. */
bool tp_connection_two_clocks(const struct tp_connection *connection);
/* Was the capture sorted by a clock that had been set meanwhile, as far as that can be told from two
 * clocks? Then none of its times means anything, not even within one direction. */
bool tp_connection_disordered(const struct tp_connection *connection);
/* Do the numbers of both ends of the second, of which no SYN and no time is known, begin about where those of
 * the first ended, whose SYN was captured and whose end was not? Then they may be one. */
bool tp_connection_goes_on(const struct tp_connection *earlier, const struct tp_connection *later);
/* Was it captured at two places? Then it is seen from one, and packets from the other are copies. */
bool tp_connection_two_places(const struct tp_connection *connection);

/* NULL while nothing is known of that end: it sent nothing, and its peer acknowledged nothing. Lives
 * as long as the connection. What begins a new connection of the same 4-tuple is known to flow.h. */
const struct tp_wire *tp_connection_wire(const struct tp_connection *connection, unsigned end);
/* Of that end's acked_bytes, those of the ACK at acked_first_ns; saturates. */
uint32_t tp_connection_acked_first(const struct tp_connection *connection, unsigned end);
const struct tp_handshake *tp_connection_handshake(const struct tp_connection *connection);
unsigned tp_connection_complete(const struct tp_connection *connection); /* TP_COMPLETE_... */
/* The data of that end as they stand now. */
void tp_connection_flight(const struct tp_connection *connection, unsigned end,
                          struct tp_flight *flight);

size_t tp_connection_bytes(const struct tp_connection *connection); /* that it has allocated */

#ifdef __cplusplus
}
#endif

#endif
