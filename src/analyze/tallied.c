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
_Static_assert(TP_TALLIED_SRTT < 8, "struct tp_packets has 8 bits for states that are known");

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

static bool has(const struct tp_packets *packets, enum tp_tallied figure)
{
    return packets->tallied >> figure & 1;
}

static struct tp_tally *tally_of(struct tp_packets *packets, enum tp_tallied figure,
                                 const struct tp_tally_shape *shape)
{
    if (!has(packets, figure)) {
        tp_tally_init(&packets->tallies[figure], shape);
        packets->tallied |= (uint16_t)(1u << figure);
    }
    return &packets->tallies[figure];
}

static bool is_asked(const struct tp_sight *sight, enum tp_tallied figure)
{
    return sight->visit->analysis->figures >> figure & 1;
}

static int count(const struct tp_sight *sight, unsigned end, enum tp_tallied figure, uint32_t value)
{
    struct tp_tally_shape *shape = &sight->visit->analysis->shape;

    return tp_tally_count(tally_of(sight->packets[end], figure, shape), value, shape);
}

/* --- states --------------------------------------------------------------------------------- */

#define STATE(NAME) (1u << TP_TALLIED_##NAME)

/* What was known held until now. */
static void hold(struct tp_packets *packets, int64_t now_ns)
{
    uint64_t held_ns = (uint64_t)now_ns - (uint64_t)packets->states_ns;
    unsigned left;

    if (!packets->states || now_ns <= packets->states_ns) {
        packets->states_ns = packets->states ? packets->states_ns : now_ns;
        return;
    }
    packets->states_ns = now_ns;
    if (held_ns > TP_HOLD_MAX_NS)
        held_ns = TP_HOLD_MAX_NS;
    for (left = packets->states; left; left &= left - 1)
        packets->tallies[__builtin_ctz(left)].pending_ns += held_ns;
}

static int set_anew(struct tp_packets *packets, enum tp_tallied figure, uint32_t value,
                    struct tp_tally_shape *shape)
{
    if (tp_tally_set(tally_of(packets, figure, shape), value, shape) < 0)
        return TP_ERR_NOMEM;
    packets->states |= (uint8_t)(1u << figure);
    return TP_OK;
}

/* Most states are what they were. */
static inline int set(struct tp_packets *packets, enum tp_tallied figure, uint32_t value,
                      struct tp_tally_shape *shape)
{
    struct tp_tally *tally = &packets->tallies[figure];

    if (!(packets->states >> figure & 1) || tally->last != value)
        return set_anew(packets, figure, value, shape);
    tally->samples++;
    return TP_OK;
}

/* Up to here the pipe was what is in flight, and the figures of that stood for both. */
static int part_pipe(struct tp_packets *packets, struct tp_tally_shape *shape)
{
    const struct tp_tally *same = tp_tallied(packets, TP_TALLIED_INFLIGHT);
    struct tp_tally *pipe = tally_of(packets, TP_TALLIED_PIPE, shape);

    return same ? tp_tally_copy(pipe, same, shape) : TP_OK;
}

static int note_flight(const struct tp_sight *sight, struct tp_packets *packets,
                       const struct tp_flight *flight, struct tp_tally_shape *shape)
{
    int rc = TP_OK;

    if (!flight->known) {
        packets->states &= (uint8_t) ~(STATE(INFLIGHT) | STATE(PIPE));
        return TP_OK;
    }
    if (flight->pipe_bytes != flight->outstanding_bytes && !has(packets, TP_TALLIED_PIPE) &&
        is_asked(sight, TP_TALLIED_PIPE))
        rc |= part_pipe(packets, shape);
    rc |= set(packets, TP_TALLIED_INFLIGHT, saturate(flight->outstanding_bytes), shape);
    if (has(packets, TP_TALLIED_PIPE))
        rc |= set(packets, TP_TALLIED_PIPE, saturate(flight->pipe_bytes), shape);
    return rc;
}

static int note_states(const struct tp_sight *sight, unsigned end)
{
    const struct tp_flight *flight = &sight->meaning->flight[end];
    struct tp_packets *packets = sight->packets[end];
    struct tp_tally_shape *shape = &sight->visit->analysis->shape;
    int rc = TP_OK;

    hold(packets, sight->now_ns);
    if (is_asked(sight, TP_TALLIED_INFLIGHT))
        rc |= note_flight(sight, packets, flight, shape);
    if (flight->window_known && !flight->window_at_least && is_asked(sight, TP_TALLIED_RWND))
        rc |= set(packets, TP_TALLIED_RWND, saturate(flight->window_bytes), shape);
    if (flight->srtt_ns > 0 && is_asked(sight, TP_TALLIED_SRTT))
        rc |= set(packets, TP_TALLIED_SRTT, tp_ticks(flight->srtt_ns), shape);
    return rc < 0 ? TP_ERR_NOMEM : TP_OK;
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
        if (has(packets, figure_of[sample->source]) || sample->source == TP_RTT_SACK)
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

    if (!sight->visit->analysis->figures)
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
        if (has(packets, (enum tp_tallied)figure))
            visit(&packets->tallies[figure], shape);
}

int tp_tallied_finish(struct tp_packets *packets, struct tp_tally_shape *shape)
{
    unsigned figure;
    int rc = TP_OK;

    for (figure = 0; figure < TP_TALLIED; figure++)
        if (has(packets, (enum tp_tallied)figure))
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
    if (end && end->packets)
        each(end->packets, shape, tp_tally_digest);
}

void tp_tallied_release(struct tp_packets *packets, struct tp_tally_shape *shape)
{
    each(packets, shape, tp_tally_release);
}
