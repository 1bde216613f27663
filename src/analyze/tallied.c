/* tallied.c: the distributions of what packets say.
 *
 * States are weighted by the time that they held, samples count once. Times are tallied in
 * sixteenths of a microsecond, which resolves the RTT of a data centre. Connections are many and
 * mostly short: no cell is allocated before it is needed, and RTT needs it with the fourth sample
 * of a source only, because up to four can be had back from their sums.
 */
#include <math.h>

#include "analyze/packets.h"

_Static_assert(TP_TALLIED <= 16,
               "struct tp_analysis has 16 bits for quantities that are asked for");
_Static_assert(TP_TALLIED_STATES <= 8, "struct tp_packet_states has 8 bits for what is known");

#define TICKS_MAX_NS INT64_C(268435455937) /* what 32 bits hold, of 62.5 ns each */
#define RECOVERED    4                     /* samples that tp_rtt_recover() knows */

uint32_t tp_ticks(int64_t ns)
{
    if (ns <= 0)
        return 0;
    return ns >= TICKS_MAX_NS ? UINT32_MAX : (uint32_t)(((uint64_t)ns * 2 + 62) / 125);
}

static uint32_t saturate(uint64_t value)
{
    return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

/* Gaps reach from nanoseconds to minutes, no two alike: six bits, or 0.8 %, are enough of them. */
static uint32_t rounded(uint32_t value)
{
    unsigned shift = value >= 64 ? 25 - (unsigned)__builtin_clz(value) : 0;

    return shift ? (value >> shift << shift) + (UINT32_C(1) << (shift - 1)) : value;
}

static struct tp_tally *tally_of(struct tp_packets *packets, enum tp_tallied figure,
                                 const struct tp_tally_shape *shape)
{
    if (!tp_is_tallied(packets, figure)) {
        tp_tally_init(&packets->tallies[figure], shape);
        packets->tallied |= (uint16_t)(1u << figure);
    }
    return &packets->tallies[figure];
}

static bool is_asked(const struct tp_sight *sight, enum tp_tallied figure)
{
    return sight->figures >> figure & 1;
}

static int count(const struct tp_sight *sight, unsigned end, enum tp_tallied figure, uint32_t value)
{
    struct tp_tally_shape *shape = &sight->visit->analysis->shape;

    return tp_tally_count(tally_of(sight->packets[end], figure, shape), value, shape);
}

/* --- states --------------------------------------------------------------------------------- */

#define STATE(NAME) (1u << TP_TALLIED_##NAME)

/* What was known held until now. */
static void hold(struct tp_packet_states *states, int64_t now_ns)
{
    uint64_t held_ns = (uint64_t)now_ns - (uint64_t)states->now_ns;

    if (!states->known || now_ns <= states->now_ns) {
        states->now_ns = states->known ? states->now_ns : now_ns;
        return;
    }
    states->now_ns = now_ns;
    if (held_ns > TP_HOLD_MAX_NS)
        held_ns = TP_HOLD_MAX_NS;
    states->held_ns += held_ns;
}

/* Adds to the tally of a state that is known what it has not been told yet. */
static void tell(const struct tp_packet_states *states, unsigned state, struct tp_tally *tally)
{
    tally->pending_ns += states->held_ns - states->told_ns[state];
    tally->samples += states->samples - states->told_samples[state];
}

static void tell_own(struct tp_packets *packets, unsigned state)
{
    struct tp_packet_states *states = &packets->states;

    if (states->known >> state & 1)
        tell(states, state, &packets->tallies[state]);
    states->told_ns[state] = states->held_ns;
    states->told_samples[state] = states->samples;
}

static void tell_all(struct tp_packets *packets)
{
    unsigned left;

    for (left = packets->states.known; left; left &= left - 1)
        tell_own(packets, (unsigned)__builtin_ctz(left));
}

bool tp_tallied_now(const struct tp_packets *packets, enum tp_tallied figure,
                    struct tp_tally *tally)
{
    if (!tp_is_tallied(packets, figure))
        return false;
    *tally = packets->tallies[figure];
    if (figure < TP_TALLIED_STATES && packets->states.known >> figure & 1)
        tell(&packets->states, figure, tally);
    return true;
}

/* This time it is no sample. */
static void pass_over(struct tp_packet_states *states, enum tp_tallied state)
{
    states->told_samples[state]++;
}

static int set_anew(struct tp_packets *packets, enum tp_tallied state, uint32_t value,
                    struct tp_tally_shape *shape)
{
    struct tp_packet_states *states = &packets->states;
    struct tp_tally *tally = tally_of(packets, state, shape);

    if (states->known >> state & 1)
        tell(states, state, tally);
    states->told_ns[state] = states->held_ns;
    states->told_samples[state] = states->samples + 1; /* this one it counts itself */
    states->value[state] = value;
    states->known |= (uint8_t)(1u << state);
    return tp_tally_set(tally, value, shape);
}

/* Most states are what they were. */
static inline int set(struct tp_packets *packets, enum tp_tallied state, uint32_t value,
                      struct tp_tally_shape *shape)
{
    if (!(packets->states.known >> state & 1) || packets->states.value[state] != value)
        return set_anew(packets, state, value, shape);
    return TP_OK;
}

/* Up to here the pipe was what is in flight, and the figures of that stood for both. */
static int part_pipe(struct tp_packets *packets, struct tp_tally_shape *shape)
{
    struct tp_tally *pipe = tally_of(packets, TP_TALLIED_PIPE, shape), same;

    if (!tp_tallied_now(packets, TP_TALLIED_INFLIGHT, &same))
        return TP_OK;
    return tp_tally_copy(pipe, &same, shape);
}

static int note_flight(const struct tp_sight *sight, struct tp_packets *packets,
                       const struct tp_flight *flight, struct tp_tally_shape *shape)
{
    int rc = TP_OK;

    if (!flight->known) {
        tell_own(packets, TP_TALLIED_INFLIGHT);
        tell_own(packets, TP_TALLIED_PIPE);
        packets->states.known &= (uint8_t) ~(STATE(INFLIGHT) | STATE(PIPE));
        return TP_OK;
    }
    if (flight->pipe_bytes != flight->outstanding_bytes &&
        !tp_is_tallied(packets, TP_TALLIED_PIPE) && is_asked(sight, TP_TALLIED_PIPE))
        rc |= part_pipe(packets, shape);
    rc |= set(packets, TP_TALLIED_INFLIGHT, saturate(flight->outstanding_bytes), shape);
    if (tp_is_tallied(packets, TP_TALLIED_PIPE))
        rc |= set(packets, TP_TALLIED_PIPE, saturate(flight->pipe_bytes), shape);
    return rc;
}

static int note_window(struct tp_packets *packets, const struct tp_flight *flight,
                       struct tp_tally_shape *shape)
{
    if (flight->window_known && !flight->window_at_least)
        return set(packets, TP_TALLIED_RWND, saturate(flight->window_bytes), shape);
    pass_over(&packets->states, TP_TALLIED_RWND);
    return TP_OK;
}

static int note_srtt(struct tp_packets *packets, const struct tp_flight *flight,
                     struct tp_tally_shape *shape)
{
    if (flight->srtt_ns <= 0) {
        pass_over(&packets->states, TP_TALLIED_SRTT);
        return TP_OK;
    }
    if (packets->states.known & STATE(SRTT) && flight->srtt_ns == packets->states.srtt_ns)
        return TP_OK;
    packets->states.srtt_ns = flight->srtt_ns;
    return set(packets, TP_TALLIED_SRTT, tp_ticks(flight->srtt_ns), shape);
}

#define ALL (STATE(INFLIGHT) | STATE(RWND) | STATE(SRTT))

/* All states were asked for and are known, SRTT if there is any, and are what they were. */
static bool is_as_before(const struct tp_packet_states *states, const struct tp_flight *flight)
{
    return (states->known | STATE(SRTT)) == ALL && flight->known && flight->window_known &&
           !flight->window_at_least && flight->srtt_ns == states->srtt_ns &&
           flight->outstanding_bytes == states->value[TP_TALLIED_INFLIGHT] &&
           flight->pipe_bytes == flight->outstanding_bytes &&
           flight->window_bytes == states->value[TP_TALLIED_RWND];
}

static int note_changes(const struct tp_sight *sight, struct tp_packets *packets,
                        const struct tp_flight *flight)
{
    struct tp_tally_shape *shape = &sight->visit->analysis->shape;
    int rc = TP_OK;

    if (is_asked(sight, TP_TALLIED_INFLIGHT))
        rc |= note_flight(sight, packets, flight, shape);
    if (is_asked(sight, TP_TALLIED_RWND))
        rc |= note_window(packets, flight, shape);
    if (is_asked(sight, TP_TALLIED_SRTT))
        rc |= note_srtt(packets, flight, shape);
    return rc < 0 ? TP_ERR_NOMEM : TP_OK;
}

static int note_states(const struct tp_sight *sight, unsigned end)
{
    const struct tp_flight *flight = &sight->meaning->flight[end];
    struct tp_packets *packets = sight->packets[end];
    int rc = TP_OK;

    hold(&packets->states, sight->now_ns);
    if (!is_as_before(&packets->states, flight))
        rc = note_changes(sight, packets, flight);
    packets->states.samples++;
    return rc;
}

/* --- round-trip times ----------------------------------------------------------------------- */

const struct tp_rtt_sum *tp_rtt_sum_of(const struct tp_wire *wire, enum tp_rtt_source source)
{
    const struct tp_rtt_sum *sum = NULL;

    if (!wire)
        return NULL;
    if (source == TP_RTT_ACK)
        sum = &wire->rtt;
    else if (source == TP_RTT_TS)
        sum = &wire->rtt_ts;
    else if (source == TP_RTT_SACK && wire->trouble)
        sum = &wire->trouble->rtt_sack;
    return sum && sum->count ? sum : NULL;
}

unsigned tp_rtt_recover(const struct tp_rtt_sum *sum, double values_us[RECOVERED])
{
    double low = (double)sum->min_ns / 1000, high = (double)sum->max_ns / 1000;
    double both = sum->sum_us - low - high, apart;

    if (sum->count > RECOVERED)
        return 0;
    values_us[0] = low;
    values_us[sum->count - 1] = high;
    if (sum->count == 3) {
        values_us[1] = both;
    } else if (sum->count == 4) {
        /* the other two have this sum, and their squares that one */
        apart = 2 * (sum->square_us2 - low * low - high * high) - both * both;
        apart = apart > 0 ? sqrt(apart) : 0;
        values_us[1] = fmax((both - apart) / 2, low);
        values_us[2] = fmin((both + apart) / 2, high);
    }
    return sum->count;
}

static const enum tp_tallied figure_of[TP_RTT_SOURCES] = {
    [TP_RTT_ACK] = TP_TALLIED_RTT_ACK,
    [TP_RTT_SACK] = TP_TALLIED_RTT_SACK,
    [TP_RTT_TS] = TP_TALLIED_RTT_TS,
};

/* The first four samples of that source, which are all there are. */
static int begin_rtt(struct tp_sight *sight, unsigned end, enum tp_rtt_source source)
{
    const struct tp_rtt_sum *sum = tp_rtt_sum_of(sight->wire[end], source);
    double values_us[RECOVERED];
    unsigned i, n;

    n = sum && sum->count == RECOVERED ? tp_rtt_recover(sum, values_us) : 0;
    for (i = 0; i < n; i++)
        if (count(sight, end, figure_of[source], tp_ticks(llround(values_us[i] * 1000))) < 0)
            return TP_ERR_NOMEM;
    return TP_OK;
}

static int note_rtts(struct tp_sight *sight)
{
    const struct tp_rtt_sample *sample;
    struct tp_packets *packets;
    unsigned i;
    int rc = TP_OK;

    for (i = 0; i < sight->meaning->rtt_count && rc == TP_OK; i++) {
        sample = &sight->meaning->rtt[i];
        packets = sight->packets[sample->end];
        if (!packets || sample->source == TP_RTT_HANDSHAKE ||
            !is_asked(sight, figure_of[sample->source]))
            continue;
        if (tp_is_tallied(packets, figure_of[sample->source]) || sample->source == TP_RTT_SACK)
            rc = count(sight, sample->end, figure_of[sample->source], tp_ticks(sample->rtt_ns));
        else
            rc = begin_rtt(sight, sample->end, sample->source);
    }
    return rc;
}

/* --- all of them ---------------------------------------------------------------------------- */

static int note_packet(struct tp_sight *sight)
{
    const struct tp_meaning *meaning = sight->meaning;
    unsigned end = meaning->end;
    int rc = TP_OK;

    if (sight->gap_ns >= 0 && is_asked(sight, TP_TALLIED_GAP))
        rc |= count(sight, end, TP_TALLIED_GAP, rounded(tp_ticks(sight->gap_ns)));
    if (meaning->is_data && is_asked(sight, TP_TALLIED_SEGMENT))
        rc |= count(sight, end, TP_TALLIED_SEGMENT,
                    saturate((uint64_t)meaning->new_bytes + meaning->again_bytes));
    if (meaning->is_data || (sight->packet->flags & (TP_TCP_SYN | TP_TCP_FIN)))
        rc |= note_states(sight, end);
    return rc < 0 ? TP_ERR_NOMEM : TP_OK;
}

int tp_tallied_note(struct tp_sight *sight)
{
    unsigned end, peer = 1 - sight->meaning->end;
    int rc = TP_OK;

    sight->figures = sight->visit->analysis->figures;
    if (!sight->figures)
        return TP_OK;
    if (sight->packets[1 - peer])
        rc |= note_packet(sight);
    if (sight->packets[peer] && sight->meaning->has_ack)
        rc |= note_states(sight, peer);
    rc |= note_rtts(sight);
    for (end = 0; end < 2; end++)
        if (sight->packets[end] && sight->burst_bytes[end] && is_asked(sight, TP_TALLIED_BURST))
            rc |= count(sight, end, TP_TALLIED_BURST, saturate(sight->burst_bytes[end]));
    return rc < 0 ? TP_ERR_NOMEM : TP_OK;
}

static void each(struct tp_packets *packets, struct tp_tally_shape *shape,
                 void (*visit)(struct tp_tally *tally, struct tp_tally_shape *shape))
{
    unsigned figure;

    for (figure = 0; figure < TP_TALLIED; figure++)
        if (tp_is_tallied(packets, (enum tp_tallied)figure))
            visit(&packets->tallies[figure], shape);
}

int tp_tallied_finish(struct tp_packets *packets, struct tp_tally_shape *shape)
{
    unsigned figure;
    int rc = TP_OK;

    tell_all(packets);
    for (figure = 0; figure < TP_TALLIED; figure++)
        if (tp_is_tallied(packets, (enum tp_tallied)figure))
            rc |= tp_tally_settle(&packets->tallies[figure], shape);
    return rc < 0 ? TP_ERR_NOMEM : TP_OK;
}

void tp_packets_coarsen(struct tp_end *end, struct tp_tally_shape *shape)
{
    if (end && end->packets)
        each(end->packets, shape, tp_tally_coarsen);
}

void tp_packets_digest(struct tp_end *end, struct tp_tally_shape *shape)
{
    if (!end || !end->packets)
        return;
    tell_all(end->packets);
    each(end->packets, shape, tp_tally_digest);
}

void tp_tallied_release(struct tp_packets *packets, struct tp_tally_shape *shape)
{
    each(packets, shape, tp_tally_release);
}
