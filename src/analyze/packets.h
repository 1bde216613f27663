/* packets.h: what is kept of the packets of one end, beyond the sums of struct tp_wire. */
#ifndef TCPPROBE_ANALYZE_PACKETS_H
#define TCPPROBE_ANALYZE_PACKETS_H

#include "analyze/analyzer.h"
#include "analyze/limits.h"
#include "base/prefetch.h"

/* The quantities that have a distribution; states first. */
enum tp_tallied {
    TP_TALLIED_INFLIGHT,
    TP_TALLIED_PIPE,
    TP_TALLIED_RWND,
    TP_TALLIED_SRTT,
    TP_TALLIED_RTT_ACK,
    TP_TALLIED_RTT_SACK,
    TP_TALLIED_RTT_TS,
    TP_TALLIED_SEGMENT,
    TP_TALLIED_GAP,
    TP_TALLIED_BURST,
    TP_TALLIED,
    TP_TALLIED_STATES = TP_TALLIED_SRTT + 1
};

/* The states of one end. What one of them held, and how often it was sampled, its tally is told
 * when it changes or when it is asked for: mostly it is what it was. */
struct tp_packet_states {
    uint64_t held_ns; /* in all, while any was known */
    int64_t now_ns;   /* since when they are what they are */
    uint64_t samples; /* of all of them */
    int64_t srtt_ns;  /* that the value of SRTT was made of */
    /* Of what is above, what the tally of each was told of; valid if known. */
    uint64_t told_ns[TP_TALLIED_STATES], told_samples[TP_TALLIED_STATES];
    uint32_t value[TP_TALLIED_STATES];
    uint8_t known; /* bit of each state that is */
};

/* What limits_packets.c follows. */
struct tp_wire_limits {
    int64_t width_ns;
    int64_t quiet_ns; /* since when it could send and did not; valid if quiet */
    int64_t acked_ns; /* latest ACK of new data; valid if acked */
    int64_t sent_ns;  /* latest new data */
    int64_t moved_ns; /* latest data, or ACK or SACK of some: a timer runs from then on */
    int64_t ece_until_ns;
    uint32_t full_bytes; /* of segments that are full although the handshake allows more; 0: none */
    uint16_t holds;      /* TP_HOLDS_... since the last packet */
    uint8_t repair_cause; /* enum tp_cause that began what is repaired */
    bool unasked;         /* its peer spoke since the latest new data too soon for an answer */
    bool answered;        /* its peer spoke since then */
    bool begun, over;
    bool quiet, acked;
    bool clocked;    /* the latest new data were released by an ACK */
    bool ends_short; /* its last new data were no whole number of segments */
    bool held_back;  /* ... and the latest ACK, which is of them and came late, told nothing else */
    struct tp_limiter limiter;
    struct tp_trains trains;
};

/* A packet adds to half of the tallies: each has a line of the cache to itself, and they lie where
 * the pointer to this says, so that nothing else needs to be there to fetch them. */
struct tp_packets {
    struct tp_packet_states states;
    int64_t sent_ns;      /* its last packet; valid if has_sent */
    uint64_t burst_bytes; /* payload of the burst that is going on; 0: none is */
    int64_t burst_ns;     /* its last packet */
    int64_t recovery_ns;  /* since when losses are repaired; valid if recovering */
    uint8_t recovery_cause;
    bool has_sent, recovering;
    bool told;        /* its distributions and limits are kept */
    uint16_t tallied; /* bit of each quantity that had a sample */
    struct tp_wire_limits limits;
    _Alignas(CACHE_LINE_BYTES) struct tp_tally tallies[TP_TALLIED]; /* valid if tallied */
};

_Static_assert(sizeof(struct tp_tally) == CACHE_LINE_BYTES, "a tally is a line of the cache");

/* One packet on its way through the files of this analyzer. */
struct tp_sight {
    struct tp_visit *visit;
    const struct tp_record *packet;
    const struct tp_meaning *meaning;
    const struct tp_wire *wire[2]; /* by end; NULL: nothing is known of it */
    struct tp_packets *packets[2]; /* by end; NULL: there are still too few of them */
    uint64_t burst_bytes[2];       /* of the burst of that end which it ends; 0: none */
    unsigned figures;              /* bit of each that is asked for; set by tp_tallied_note() */
    int64_t gap_ns;                /* since the end's last packet; negative: not known */
    int64_t now_ns;
};

/* --- tallied.c ------------------------------------------------------------------------------ */

/* Was there a sample? */
static inline bool tp_is_tallied(const struct tp_packets *packets, enum tp_tallied figure)
{
    return packets->tallied >> figure & 1;
}

/* As it is now, with what its state held until the latest packet; false: there was no sample. */
bool tp_tallied_now(const struct tp_packets *packets, enum tp_tallied figure,
                    struct tp_tally *tally);

int tp_tallied_note(struct tp_sight *sight);
int tp_tallied_finish(struct tp_packets *packets, struct tp_tally_shape *shape);
void tp_tallied_release(struct tp_packets *packets, struct tp_tally_shape *shape);

uint32_t tp_ticks(int64_t ns);
/* Up to four samples, sorted, from what adds up of them; returns how many these are. */
unsigned tp_rtt_recover(const struct tp_rtt_sum *sum, double values_us[4]);
/* Sums of that source; NULL: none. */
const struct tp_rtt_sum *tp_rtt_sum_of(const struct tp_wire *wire, enum tp_rtt_source source);

/* --- ask.c ---------------------------------------------------------------------------------- */

/* The figures (a bit each) without which these metrics cannot be told. */
unsigned tp_tallied_of(uint64_t metrics);

/* --- bursts.c ------------------------------------------------------------------------------- */

/* Fills sight->burst_bytes. */
void tp_bursts_note(struct tp_sight *sight);

/* --- wire_marks.c --------------------------------------------------------------------------- */

int tp_wire_marks_note(struct tp_sight *sight);

/* --- limits_packets.c ----------------------------------------------------------------------- */

int tp_wire_limits_note(struct tp_sight *sight);

#endif
