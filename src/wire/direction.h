/* direction.h: what is known of the data of one end, for the files of this folder.
 *
 * A direction is made when its first packet comes, or the first ACK for it; what only troubled
 * ones need (struct trouble) when the trouble begins.
 *
 * How this room works
 *
 * A capture shows a connection from outside: neither the windows of the sender nor its timers, and
 * not every packet. What is certain are numbers of bytes, so bytes decide, and times only where
 * bytes leave a question open. Everything that is said of a packet is said when it comes, once,
 * from what came before it; nothing is kept per packet but what is in flight.
 *
 * A packet is one struct step, which goes through the files of this folder in an order that
 * matters (connection.c:understand()). copies.c first: what the capture shows twice is no event of
 * the connection. account.c counts what needs no understanding. handshake.c settles scale, MSS and
 * numbers with each SYN. windows.c takes the window that this end offers, with its scale if it is
 * known. Then, before the packet's own data, what it acknowledges, as its sender knew that when it
 * sent: acks.c takes off the front of the peer's flight and takes round trips, sack.c keeps the
 * scoreboard, episode.c ends a recovery, spurious.c asks whether an ACK came too soon to mean the
 * copy. Last data.c places the payload: above all that was sent before it is new, in a hole it
 * repairs or is late, below it was sent again; classify.c says why, and with what right. Of a
 * connection in which nothing is amiss ordinary.c takes the shorter way to the same place.
 *
 * Sequence numbers are 64 bits wide inside and begin at SEQ_ZERO, so that comparing them needs no
 * thought of wrapping and what lies before the first packet has a number too; 32 bits are met only
 * at the edge (seq_distance()). Per direction three borders matter: una, up to where its peer has
 * acknowledged; max, the end of all that was sent; and between them the flight (flight.h), a ring
 * of segments in the order of their numbers, each with the time of its latest transmission and
 * what became of it (SACKed, lost, resent). Ranges below max that were never captured are holes
 * (holes.h). An ACK beyond what was captured is a gap of the capture: bytes are missing there, not
 * lost, and until data come again nothing is known of what is in flight.
 *
 * Rules that keep the numbers right. A round trip is taken from a segment that was never sent
 * again to the ACK that ends with it (Karn), and not if the ACK may have waited for another one
 * that was resent; SACKs and timestamps are sources of their own and are never mixed with it. One
 * segment is what the connection calls one: a packet of several (offload) counts as many. Whether
 * a signal can have reached the sender when it sent again depends on where the capture was taken,
 * which the handshake tells (connection_beside()); far away, patience is three times as long.
 *
 * Memory. Most connections are a few packets: they have a struct direction each way and no
 * trouble. All flights come out of one pool with a budget. Where it is spent, a flight joins
 * neighbours of one fate, or the flight of a connection that has long been silent is taken: RTT
 * samples are lost by that and counted, bytes stay exact.
 */
#ifndef TCPPROBE_WIRE_DIRECTION_H
#define TCPPROBE_WIRE_DIRECTION_H

#include <tcpprobe/wire.h>

#include "base/arena.h"
#include "wire/copies.h"
#include "wire/flight.h"
#include "wire/holes.h"

/* Longer, and the capture's clock was set: no connection waits for an hour. */
#define RTT_MAX_NS INT64_C(3600000000000)

struct tp_wires {
    struct flight_pool pool;
    struct copies copies;
    uint32_t last_id; /* of a connection */
    int64_t step_ns;  /* where the capture's clock was set back last; valid if stepped */
    bool stepped;
    bool step_unsure;  /* nobody knows by how much */
    bool long_way;     /* no packet is taken for an ordinary one: for tests of ordinary.c */
    uint64_t ordinary; /* packets that were; likewise */
    struct tp_arena *arena; /* its own, or that of who made it */
    struct tp_arena own; /* of connections, directions and flights */
};

enum {
    DIR_ANCHORED = 0x001,     /* base is valid */
    DIR_UNA = 0x002,          /* una is valid */
    DIR_ACKED = 0x004,        /* its peer acknowledged something */
    DIR_GAP = 0x008,          /* its latest data were not captured: flight unknown */
    DIR_WINDOW = 0x010,       /* window is valid: this end advertised one */
    DIR_PROBED = 0x020,       /* sent one byte beyond max into a closed window */
    DIR_ALIVE = 0x040,        /* its keep-alive waits for an answer */
    DIR_PROBING = 0x080,      /* its window probe waits for an answer */
    DIR_INITIAL = 0x100,      /* nothing but its SYN was acknowledged so far */
    DIR_SCALE_DOUBT = 0x200,  /* sent once more than the peer's window seemed to allow */
    DIR_OFFERS_SCALE = 0x400, /* its SYN had a window scale */
    DIR_STARVED = 0x800,      /* there was no memory for its trouble: counts are missing */
    DIR_FIN = 0x1000,         /* it sent a FIN */
    DIR_ANSWERED = 0x2000,    /* it sent a SYN-ACK; after a SYN where SYNs crossed */
    DIR_SAME_ID = 0x4000,     /* its latest two packets had the same IP ID: it tells nothing */
    DIR_STALE = 0x8000        /* nobody's packets were captured for a while: una is out of date */
};

struct direction {
    struct tp_wire wire; /* with wire.state: DIR_...; wire.mss: largest segment to expect, 0
                            unknown; wire.raw_window: as window, not scaled */
    uint64_t max, una;   /* relative: end of the data sent, first number not acknowledged */
    struct flight *flight;
    float srtt_ns, rttvar_ns; /* srtt 0: no sample yet */
    uint32_t base;            /* raw number of relative 0 */
    uint32_t fin;             /* raw number of its FIN, with DIR_FIN */
    uint32_t window;          /* latest that this end advertised, scaled if it is known how */
    uint32_t echoed;          /* latest timestamp of this end that gave a sample */
};

/* Where a packet was captured. */
struct capture_place {
    uint32_t known : 1, iface : 15, /* its lowest bits */
        input : 8, ttl : 8;         /* ttl 0: it does not say */
};

/* Where else the packets of one end were captured: see places.c. */
struct other_place {
    struct capture_place place; /* where they were copies */
    uint16_t alone;             /* news from there, since the last packet from the main one */
    uint8_t copies;             /* from there; saturates */
    bool moved;                 /* the main one once was there */
    bool syn;                   /* a SYN was among the copies */
    bool unsettled;             /* its SYN may have been seen there first: it tells no time yet */
    bool behind; /* answers to its packets stand before them: it is of neither place */
};

struct tp_connection {
    struct tp_wires *wires;
    struct capture_place place[2]; /* main ones, by the end that sends */
    struct other_place *other;     /* of both ends; NULL: there was no copy from elsewhere */
    struct direction *dir[2];
    struct tp_handshake handshake;
    uint32_t id;
    uint32_t acked_first_bytes[2]; /* of each end's data, by the first ACK of data; saturates */
    uint8_t syn[2];                /* what the first SYN of each end is told by */
    uint16_t ip_id[2];           /* of each end's latest packet that was no copy; 0: it has none */
    uint8_t early[2], timely[2]; /* answers to each end: before what they answer, and behind; both
                                    are halved before one is too large */
    uint8_t answers : 1;         /* which end did not send the first packet */
    uint8_t healthy : 1;         /* the next packet may be an ordinary one */
    uint8_t disordered : 6;      /* data that stand long behind ACKs of them; saturates */
    uint8_t complete;            /* TP_COMPLETE_... */
};

/* One packet on its way through the steps. */
struct step {
    struct tp_connection *connection;
    const struct tp_record *packet;
    struct tp_meaning *meaning;
    struct direction *own, *peer; /* peer may be NULL: nothing is known of it */
    int64_t now_ns;
    int64_t peer_last_ns;   /* the peer's latest packet before this one; valid if it sent any */
    int64_t own_last_ns;    /* this end's; valid if it sent any */
    int64_t data_before_ns; /* this end's latest data before this packet; 0 if none */
    uint64_t seq, end;      /* relative payload; a FIN is the number at end */
    uint32_t payload;
    uint16_t flags;                   /* TP_TCP_... */
    bool window_same, window_changed; /* against this end's packet before */
};

#define FOUND(step, ID) ((step)->meaning->findings |= UINT64_C(1) << TP_FINDING_##ID)

static inline bool has_flag(const struct step *step, unsigned flags)
{
    return (step->flags & flags) != 0;
}

/* --- seq: 64 bits out of 32 ----------------------------------------------------------------- */

#define SEQ_FAR (INT64_C(1) << 30)

/* Signed distance of raw from the relative number `from`. */
static inline int64_t seq_distance(const struct direction *dir, uint64_t from, uint32_t raw)
{
    return (int32_t)(raw - (dir->base + (uint32_t)from));
}

/* When an end sent its SYN, kept where the time of its first data will be; or one of these. */
static inline int64_t *syn_ns(struct direction *dir)
{
    return &dir->wire.data_first_ns;
}

#define SYN_AGAIN INT64_MIN       /* it was sent more than once: nobody knows which was answered */
#define SYN_ANEW  (INT64_MIN + 1) /* all before was reset: the next one begins anew */

/* Internally numbers begin at SEQ_ZERO, so that what lies before the first packet has a number. */
#define SEQ_ZERO (UINT64_C(1) << 32)

static inline void seq_anchor(struct direction *dir, uint32_t raw, uint64_t relative)
{
    dir->base = raw - (uint32_t)relative;
    dir->max = dir->una = relative;
    dir->wire.state |= DIR_ANCHORED;
}

/* As the outside sees it. */
static inline uint64_t seq_public(uint64_t seq)
{
    return seq > SEQ_ZERO ? seq - SEQ_ZERO : 0;
}

/* Forgets what is in flight and what was missing: the numbers begin anew. */
void direction_forget(struct tp_wires *wires, struct direction *dir);
void direction_free(struct tp_wires *wires, struct direction *dir); /* NULL is fine */
/* As if no packet of it had come. */
void direction_clear(struct tp_wires *wires, struct direction *dir);
void connection_clear(struct tp_connection *connection); /* connection.c: but for its directions */

/* The round trips of its data, and what was in flight. */
void direction_forget_times(struct direction *dir); /* clocks.c */

/* Was the capture taken at this end? */
static inline bool connection_beside(const struct step *step)
{
    return step->connection->handshake.vantage ==
           (step->meaning->end ? TP_VANTAGE_END1 : TP_VANTAGE_END0);
}

/* --- trouble.c ------------------------------------------------------------------------------ */

/* A retransmission that may yet turn out to have been needless. */
struct resent {
    uint64_t start, end;
    int64_t sent_ns;
    uint64_t frame : 56, input : 8;
    uint32_t tsval, tsval_before;
    uint32_t segs;
    uint8_t cause;
    uint8_t proved; /* to be needless: 1 + enum tp_confidence; 0: not */
};

#define RESENT_MAX 512

struct trouble {
    struct tp_wire_trouble sums;
    struct holes *holes; /* NULL: never any */
    /* SACK scoreboard; numbers are relative. */
    uint64_t sacked_bytes, lost_bytes; /* of what is in flight */
    uint64_t sacked_max;               /* end of the highest byte SACKed */
    int64_t sacked_sent_ns;            /* when the latest sent of the SACKed segments was sent */
    int64_t delivered_ns;              /* the same of those resent that an ACK covered */
    uint32_t block[TP_SACK_BLOCKS][2]; /* of the latest ACK that had some, raw */
    uint32_t blocks;
    uint32_t dup_acks; /* in a row */
    /* The loss episode. */
    uint64_t recover; /* ends when this is acknowledged */
    uint64_t una_at_begin;
    int64_t episode_ns; /* when it began */
    int64_t silence_ns; /* before the latest timeout */
    uint8_t episode;    /* enum tp_cause: FAST, TIMEOUT or NONE */
    bool probed;        /* a tail-loss probe was sent since the latest progress */
    /* Of any retransmission. */
    int64_t opened_ns; /* when the peer's window opened last; 0: never with data outstanding */
    int64_t resent_ns; /* latest one */
    uint64_t resent_start;
    uint32_t resent_count, resent_next, resent_allocated; /* ring */
    struct resent *resent;
};

/* Of the direction; NULL if there was none. */
static inline struct trouble *trouble_if(const struct direction *dir)
{
    return (struct trouble *)(void *)dir->wire.trouble; /* its first member */
}

/* The same, made if there was none; NULL if out of memory. */
struct trouble *trouble_of(struct direction *dir);
void trouble_free(struct trouble *trouble);
size_t trouble_bytes(const struct trouble *trouble); /* that it has allocated */
void trouble_forget(struct trouble *trouble);        /* all but its sums */
/* A hole above all others. Returns 0 or TP_ERR_NOMEM. */
int trouble_hole(struct direction *dir, const struct hole *hole);
/* Remembers a retransmission. Without memory it is not remembered. */
void trouble_resent(struct trouble *trouble, const struct resent *resent);
/* The latest one that touches [start, end) and was proved needless less surely than that; NULL:
 * none. */
struct resent *trouble_find(struct trouble *trouble, uint64_t start, uint64_t end, uint8_t proved);

/* Adds to a counter of the direction's trouble; without memory that ends the packet's turn. */
#define TROUBLE_ADD(dir, member, n)                                                                \
    do {                                                                                           \
        struct trouble *trouble_ = (n) ? trouble_of(dir) : NULL;                                   \
        if (trouble_)                                                                              \
            trouble_->sums.member += (n);                                                          \
    } while (0)

/* --- the steps, in their order -------------------------------------------------------------- */

/* copies.c: what two packets of an end share that are one. */
uint64_t copies_print(const struct step *step);
/* Is the packet like a recent one of its end? since_ns: that came so long before. */
enum copies_like copies_look(const struct step *step, int64_t *since_ns);
void account_packet(struct step *step); /* account.c: what needs no understanding */
void account_data(struct step *step);
void handshake_syn(struct step *step); /* handshake.c */
void handshake_ack(struct step *step);
/* The only SYN of the other end answered the opener's, at that time. */
void handshake_answered(struct step *step, struct direction *opener, int64_t at_ns);
void window_packet(struct step *step);             /* windows.c: what this end advertises */
void window_data(struct step *step);               /* ... and whether its data fit the peer's */
bool window_probe(struct step *step);              /* is it a probe or keep-alive? */
void window_probe_taken(struct direction *own);    /* the byte that probed it was data after all */
void ecn_packet(struct step *step, bool news);     /* ecn.c; news: it has new data at the top */
int ack_packet(struct step *step);                 /* acks.c */
void sack_packet(struct step *step, uint64_t ack); /* sack.c */
int data_packet(struct step *step);                /* data.c */
/* After segments were joined: what is SACKed and lost of those in flight. */
void sack_recount(struct direction *dir);
void flight_state(const struct direction *dir, const struct direction *peer,
                  struct tp_flight *flight); /* connection.c */

/* --- ordinary.c ----------------------------------------------------------------------------- */

/* Is nothing amiss with the connection? Asked behind each packet that took the long way. */
bool ordinary_is_healthy(const struct tp_connection *connection);
/* Takes the packet of a healthy connection, which is no copy, through all steps at once and tells
 * what is in flight, if it is an ordinary one; else changes nothing. */
bool ordinary_packet(struct step *step);

/* What an ordinary ACK covers of the flight. */
struct ordinary_cover {
    uint64_t ack;
    const struct segment *last; /* it ends with that or inside of it */
    int64_t echoed_ns;          /* first transmission that the timestamp echo means; 0 none */
    uint32_t count;             /* segments covered to their end */
};

/* The short forms of the steps; the packet is an ordinary one. */
void window_ordinary(struct step *step);
void ack_ordinary(struct step *step, const struct ordinary_cover *cover);
void data_ordinary(struct step *step);
void flight_ordinary(struct step *step); /* connection.c */

/* --- places.c ------------------------------------------------------------------------------- */

/* Does the packet come from a place that only tells copies? Asked of every packet first, but of
 * connections that are known to be seen from one place. */
bool places_aside(struct step *step);
/* Is it the connection's SYN once more, seen elsewhere, though its end has long gone on? */
bool places_syn_of_another(const struct step *step);
/* Is the packet, a copy, the SYN of the connection, seen nearer to its sender? */
bool places_is_nearer(const struct step *step);
/* Then the connection begins with it: what was seen up to now was so at another place. */
void places_begin_anew(struct step *step);
/* The packet answers a SYN that was seen at two places: is it open at which of them? Until it comes
 * again, or the opener's next packet comes before that (the other one). */
bool places_unsettled(const struct step *step);
bool places_settled(const struct step *step);
/* The packet is a copy: seen elsewhere, it tells that there is another place. */
void places_copy(struct step *step);

/* --- clocks.c ------------------------------------------------------------------------------- */

/* Something of dir was answered, so long after it was captured. */
void clocks_answer(struct step *step, const struct direction *dir, int64_t after_ns);
/* Does the packet fill that hole because it came too late, and not because it was sent again? */
bool clocks_is_late(struct step *step, const struct hole *hole);

/* --- rtt.c ---------------------------------------------------------------------------------- */

/* Is it a time that was measured? Not where it is none, or where the clock was set meanwhile: put
 * right within a millisecond, which is much of a short one. */
bool time_is_measured(const struct step *step, int64_t time_ns);
/* ... and from one direction to the other? */
static inline bool rtt_is_measured(const struct step *step, int64_t rtt_ns)
{
    return time_is_measured(step, rtt_ns) && !tp_connection_two_clocks(step->connection);
}
/* One sample of dir's data; smooth: it also moves SRTT. Ignored unless it was measured. */
void rtt_sample(struct step *step, struct direction *dir, enum tp_rtt_source source, int64_t rtt_ns,
                bool smooth);
/* The shortest that was measured of dir's data; 0 if none was. */
int64_t rtt_min(const struct tp_connection *connection, const struct direction *dir);
#define RTO_SLACK_NS   INT64_C(200000000)
#define RTO_INITIAL_NS INT64_C(1000000000)
#define RTO_MAX_NS     INT64_C(120000000000)

/* Linux' retransmission timeout; 1 s without samples (RFC 6298).
 * net/ipv4/tcp_input.c:tcp_rtt_estimator() keeps the variation at no less than 200 ms, hence RTO =
 * SRTT + max(4 * rttvar, 200 ms). */
static inline int64_t rtt_rto(const struct direction *dir)
{
    int64_t slack_ns = (int64_t)(4 * dir->rttvar_ns), rto_ns;

    if (dir->srtt_ns == 0)
        return RTO_INITIAL_NS;
    rto_ns = (int64_t)dir->srtt_ns + (slack_ns > RTO_SLACK_NS ? slack_ns : RTO_SLACK_NS);
    return rto_ns < RTO_MAX_NS ? rto_ns : RTO_MAX_NS;
}

void rtt_sum_add(struct tp_rtt_sum *sum, int64_t rtt_ns);
/* The RTT of the whole path, wherever the capture was taken: that of both directions added up; 0
 * unknown. */
int64_t rtt_path(const struct step *step);
int64_t rtt_path_rto(const struct step *step);
/* How long this end takes to answer, seen from the capture. */
int64_t rtt_reaction(const struct step *step);

/* --- classify.c ----------------------------------------------------------------------------- */

/* Why [start, end) was sent again; segment is what is in flight of it, NULL if nothing. Fills the
 * meaning's cause, evidence and confidence. */
void classify_retransmission(struct step *step, const struct segment *segment, uint64_t start,
                             uint64_t end);
/* What it means that the packet filled that hole. */
void classify_repair(struct step *step, const struct hole *hole, uint64_t end);

/* --- spurious.c ----------------------------------------------------------------------------- */

/* The peer's first ACK for a resent segment. lowest: the segment began at una. ack: what the packet
 * acknowledges. */
void spurious_acked(struct step *step, const struct segment *segment, bool lowest, uint64_t ack);
void spurious_dsack(struct step *step, uint64_t start, uint64_t end);

/* --- episode.c ------------------------------------------------------------------------------ */

void episode_begin(struct step *step, uint64_t start);
void episode_progress(struct step *step, struct direction *dir);

#endif
