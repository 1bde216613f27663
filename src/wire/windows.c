/* windows.c: what each end allows the other to send, and what it does when it allows nothing.
 *
 * Linux probes a closed window, and asks whether the peer is alive, with an empty segment one below
 * the first unacknowledged number (net/ipv4/tcp_output.c:tcp_xmit_probe_skb); others send one byte.
 */
#include "wire/direction.h"

#define SCALE_MAX    14
#define KEEP_IDLE_NS INT64_C(900000000) /* a second, not to the millisecond */

static bool scaled(const struct step *step, uint64_t *bytes)
{
    const struct direction *own = step->own;
    uint64_t raw = TP_HAS(step->packet, WINDOW) ? step->packet->window : 0;

    *bytes = has_flag(step, TP_TCP_SYN) ? raw : raw << own->wire.wscale;
    if (has_flag(step, TP_TCP_SYN))
        return true;
    if (own->wire.scale == TP_SCALE_UNKNOWN)
        *bytes = raw;                                       /* at least */
    return own->wire.scale != TP_SCALE_UNKNOWN || raw == 0; /* whose multiples are 0 */
}

/* An ACK that was overtaken says what the window was. */
static bool is_late(const struct step *step)
{
    const struct direction *peer = step->peer;

    return TP_HAS(step->packet, ACK) && peer && peer->wire.state & DIR_UNA &&
           seq_distance(peer, peer->una, step->packet->ack) < 0;
}

/* Is what this end advertised before the same? A SYN's window is not scaled, and so finer. */
static bool is_same(const struct step *step, uint32_t bytes)
{
    const struct direction *own = step->own;

    if (own->window == bytes)
        return true;
    return own->wire.packets - 1 == own->wire.syns && /* none but SYNs before this one */
           own->window >> own->wire.wscale == bytes >> own->wire.wscale;
}

/* With data outstanding the window opens so far that a segment fits again. */
static void note_opening(struct step *step, uint32_t bytes)
{
    struct direction *own = step->own, *peer = step->peer;
    uint32_t segment = peer && peer->wire.mss ? peer->wire.mss : 1;

    if (peer && peer->flight && own->window < segment && bytes >= segment && trouble_of(peer))
        trouble_of(peer)->opened_ns = step->now_ns;
}

static void update(struct step *step, uint32_t bytes)
{
    struct direction *own = step->own;

    if (own->wire.state & DIR_WINDOW) {
        step->window_same = is_same(step, bytes);
        step->window_changed = !step->window_same;
        if (own->window < bytes)
            note_opening(step, bytes);
    }
    own->window = bytes;
    own->wire.raw_window = step->packet->window;
    own->wire.state |= DIR_WINDOW;
}

static void count_window(struct tp_wire *wire, uint32_t bytes)
{
    if (!wire->window_min_bytes || bytes < wire->window_min_bytes)
        wire->window_min_bytes = bytes;
    if (bytes > wire->window_max_bytes)
        wire->window_max_bytes = bytes;
    wire->window_sum_bytes += (double)bytes;
    wire->windows++;
}

void window_packet(struct step *step)
{
    struct direction *own = step->own;
    struct tp_wire *wire = &own->wire;
    struct tp_meaning *meaning = step->meaning;
    uint64_t bytes;

    if (!TP_HAS(step->packet, WINDOW))
        return;
    meaning->has_window = scaled(step, &bytes);
    meaning->window_at_least = meaning->has_window && bytes && wire->scale == TP_SCALE_AT_LEAST;
    meaning->window_bytes = bytes;
    if (!is_late(step))
        update(step, (uint32_t)bytes);
    if (bytes == 0 && !has_flag(step, TP_TCP_SYN)) {
        FOUND(step, ZERO_WINDOW);
        TROUBLE_ADD(own, zero_windows, 1);
    }
    if (!meaning->has_window || has_flag(step, TP_TCP_SYN)) /* whose windows are never scaled */
        return;
    if (!bytes) /* a closed one is no small one: zero_windows */
        return;
    count_window(wire, (uint32_t)bytes);
}

void window_ordinary(struct step *step)
{
    struct direction *own = step->own;
    uint32_t bytes = (uint32_t)step->packet->window << own->wire.wscale;

    step->meaning->has_window = true;
    step->meaning->window_bytes = bytes;
    own->window = bytes;
    own->wire.raw_window = step->packet->window;
    count_window(&own->wire, bytes);
}

/* More was sent than the peer's window allows if it is not scaled: so it is, by so much at least.
 * One packet proves nothing: the ACK that allowed it may not have been captured. */
static void raise_scale(struct step *step, uint64_t needed)
{
    struct direction *peer = step->peer;
    unsigned scale = peer->wire.scale == TP_SCALE_AT_LEAST ? peer->wire.wscale : 0;

    if (!(step->own->wire.state & DIR_SCALE_DOUBT)) {
        step->own->wire.state |= DIR_SCALE_DOUBT;
        return;
    }
    while (scale < SCALE_MAX && (uint64_t)peer->wire.raw_window << scale < needed)
        scale++;
    peer->wire.scale = TP_SCALE_AT_LEAST;
    peer->wire.wscale = (uint8_t)scale;
    peer->window = (uint32_t)peer->wire.raw_window << scale;
    step->own->wire.state &= (uint16_t)~DIR_SCALE_DOUBT;
}

void window_data(struct step *step)
{
    struct direction *own = step->own, *peer = step->peer;
    uint64_t edge;

    if (!peer || !(peer->wire.state & DIR_WINDOW) || !(own->wire.state & DIR_UNA) ||
        !(own->wire.state & DIR_ACKED))
        return;
    edge = own->una + peer->window;
    if (peer->wire.scale == TP_SCALE_UNKNOWN || peer->wire.scale == TP_SCALE_AT_LEAST) {
        if (step->end > edge + 1 && peer->wire.raw_window && !peer->wire.syns)
            raise_scale(step, step->end - own->una - 1);
    } else if (own->wire.mss && step->end + own->wire.mss > edge && step->end > own->una) {
        FOUND(step, WINDOW_FULL);
    }
}

static void probe(struct step *step)
{
    FOUND(step, WINDOW_PROBE);
    step->own->wire.state |= DIR_PROBING;
    TROUBLE_ADD(step->own, window_probes, 1);
    TROUBLE_ADD(step->own, window_probe_bytes, step->payload);
    if (step->payload && step->seq == step->own->max)
        step->own->wire.state |= DIR_PROBED;
}

void window_probe_taken(struct direction *own)
{
    struct trouble *trouble = trouble_if(own);

    own->wire.state &= (uint16_t)~DIR_PROBED;
    own->max++;
    if (!trouble || !trouble->sums.window_probe_bytes)
        return;
    trouble->sums.window_probe_bytes--;
    own->wire.unique_bytes++;
}

static void keep_alive(struct step *step)
{
    FOUND(step, KEEP_ALIVE);
    step->own->wire.state |= DIR_ALIVE;
    TROUBLE_ADD(step->own, keep_alives, 1);
    TROUBLE_ADD(step->own, keep_alive_bytes, step->payload);
}

/* Answers to the peer's own keep-alives leave an end as idle as it was. */
static int64_t idle_since(const struct step *step)
{
    return step->data_before_ns ? step->data_before_ns : step->own->wire.first_ns;
}

bool window_probe(struct step *step)
{
    const struct direction *own = step->own, *peer = step->peer;
    bool known = (own->wire.state & (DIR_UNA | DIR_ACKED)) == (DIR_UNA | DIR_ACKED);

    if (step->payload > 1 || !known || !peer ||
        has_flag(step, TP_TCP_SYN | TP_TCP_FIN | TP_TCP_RST))
        return false;
    if ((peer->wire.state & DIR_WINDOW) && peer->wire.raw_window == 0) {
        if (step->seq + 1 == own->una ||
            (step->payload && (step->seq == own->una || step->seq == own->max))) {
            probe(step);
            return true;
        }
        return false;
    }
    if (own->una != own->max || step->seq + 1 != own->max)
        return false;
    if (step->payload && step->now_ns - idle_since(step) < KEEP_IDLE_NS)
        return false;
    keep_alive(step);
    return true;
}
