/* acked.c: acknowledged bytes, the segment size behind them, and the initial window.
 *
 * snd_una is 32 bits wide and wraps every 4 GiB: only its advance since the last sample counts. A
 * step backwards is disorder between processors and counts nothing.
 */
#include "analyze/analyzer.h"

/* include/net/tcp_states.h */
enum {
    ESTABLISHED = 1,
    FIN_WAIT1 = 4,
    FIN_WAIT2 = 5,
    CLOSE = 7,
    CLOSE_WAIT = 8,
    LAST_ACK = 9,
    CLOSING = 11
};

#define VOTE_PROBES 12

/* Initial windows are never scaled (RFC 7323, 2.2), and 64 KiB is what Linux begins with. */
#define FIRST_WINDOW_MAX 65536

/* Was this flow seen from its start? Its handshake says so. Without it: nothing was ever lost, not
 * more than a first message is in flight, and both windows are as they begin. */
static bool is_fresh(const struct tp_flow *flow, const struct tp_record *record)
{
    uint32_t small = 1500;

    if (flow->opener >= 0)
        return true;
    return TP_HAS(record, SSTHRESH) && record->ssthresh == TP_SSTHRESH_INFINITE &&
           TP_HAS(record, SND_NXT) && TP_HAS(record, SND_UNA) &&
           record->snd_nxt - record->snd_una <= small && TP_HAS(record, SND_WND) &&
           record->snd_wnd <= FIRST_WINDOW_MAX && TP_HAS(record, RCV_WND) &&
           record->rcv_wnd <= FIRST_WINDOW_MAX;
}

/* A short flow would not have votes enough, and does without their memory. */
static int vote(struct tp_arena *arena, struct tp_socket *socket, uint32_t step_bytes)
{
    if (socket->side.probes + 1 < VOTE_PROBES)
        return TP_OK;
    if (!socket->mss)
        socket->mss = tp_arena_take(arena, sizeof *socket->mss);
    if (!socket->mss)
        return TP_ERR_NOMEM;
    tp_mss_vote(socket->mss, step_bytes);
    return TP_OK;
}

/* Before the states' analyzer: side->probes and probe_last_ns are of the probe before. */
static int on_probe(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    const struct tp_flow_data *data = visit->flow->data;
    struct tp_socket *socket = visit->socket;
    struct tp_side *side = visit->side;
    int32_t step;

    if (side->probes == 0 && TP_HAS(record, SND_CWND) && !data->lost_markers &&
        is_fresh(visit->flow, record))
        side->initial_cwnd_segs =
            (uint16_t)(record->snd_cwnd < UINT16_MAX ? record->snd_cwnd : UINT16_MAX);
    if (TP_HAS(record, SND_UNA) && side->has_acked &&
        (int32_t)(record->snd_una - socket->snd_nxt) > 0)
        side->has_gaps = true; /* snd_una is of the ACK that came with the probe before */
    if (TP_HAS(record, SND_NXT) &&
        (!side->has_acked || (int32_t)(record->snd_nxt - socket->snd_nxt) > 0))
        socket->snd_nxt = record->snd_nxt;
    if (!TP_HAS(record, SND_UNA))
        return TP_OK;
    if (!side->has_acked) {
        side->has_acked = true;
        socket->snd_una = record->snd_una;
        return TP_OK;
    }
    step = (int32_t)(record->snd_una - socket->snd_una);
    if (step <= 0)
        return TP_OK;
    socket->snd_una = record->snd_una;
    if (!side->acked_bytes) {
        side->acked_first_ns = side->probe_last_ns;
        side->acked_first_bytes = (uint32_t)step;
    }
    side->acked_last_ns = side->probe_last_ns;
    side->acked_bytes += (uint32_t)step;
    if (vote(&visit->analysis->arena, socket, (uint32_t)step) < 0)
        return TP_ERR_NOMEM;
    return tp_emit(visit, TP_METRIC_ACKED, step);
}

static uint32_t microseconds(int64_t from_ns, int64_t to_ns)
{
    int64_t us = (to_ns - from_ns) / 1000;

    return us < 0 ? 0 : us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

/* Its peer's FIN came to CLOSE_WAIT (RFC 9293, 3.6): nothing will follow. */
static void go_blind(struct tp_socket *socket, int64_t now_ns, int into)
{
    socket->blind = true;
    socket->side.deaf = into != CLOSE_WAIT;
    socket->side.turned_ns = now_ns;
}

/* tcp_probe fires in ESTABLISHED only. That the FIN was acknowledged shows in the state (RFC 9293,
 * 3.6): then all before it was. LAST_ACK and CLOSING also end by a reset, which proves nothing. */
static int on_state(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    struct tp_socket *socket = visit->socket;
    struct tp_side *side = visit->side;

    if (!TP_HAS(record, NEWSTATE) || !TP_HAS(record, OLDSTATE))
        return TP_OK;
    if (record->oldstate == ESTABLISHED && record->newstate != CLOSE)
        go_blind(socket, record->ts_ns, record->newstate);
    if (!((record->oldstate == FIN_WAIT1 && record->newstate == FIN_WAIT2) ||
          ((record->oldstate == LAST_ACK || record->oldstate == CLOSING) &&
           !side->resets_received)))
        return TP_OK;
    side->fin_acked = true;
    side->fin_acked_us = microseconds(side->turned_ns, record->ts_ns);
    if (side->has_acked && (int32_t)(socket->snd_nxt - socket->snd_una) > 0)
        socket->tail_bytes = socket->snd_nxt - socket->snd_una;
    return TP_OK;
}

/* Where changes of state were not recorded, its end still says that it had left ESTABLISHED: after
 * the last probe. */
static int on_destroy(struct tp_visit *visit)
{
    struct tp_side *side = visit->side;

    if (side->tcp_state == ESTABLISHED)
        go_blind(visit->socket, side->probes ? side->probe_last_ns : visit->record->ts_ns, CLOSE);
    return TP_OK;
}

uint64_t tp_side_acked(const struct tp_side *side, bool *whole)
{
    const struct tp_socket *socket = tp_socket_of(side);

    *whole = !socket->blind;
    return side->acked_bytes + socket->tail_bytes;
}

uint64_t tp_side_sent(const struct tp_side *side)
{
    const struct tp_socket *socket = tp_socket_of(side);

    return side->acked_bytes + (socket->snd_nxt - socket->snd_una);
}

/* A probe comes before its own ACK is processed: of one ACK, which mostly covers two segments,
 * nothing is seen even where nothing else followed. */
#define LAST_ACK_SEGS 2

bool tp_side_ends_in_flight(const struct tp_side *side)
{
    const struct tp_socket *socket = tp_socket_of(side);

    return side->has_acked && (int32_t)(socket->snd_nxt - socket->snd_una) >
                                  (int32_t)(LAST_ACK_SEGS * tp_mss_or_usual(side->mss_bytes));
}

uint64_t tp_side_acked_most(const struct tp_side *side)
{
    const struct tp_socket *socket = tp_socket_of(side);
    int64_t left_us =
        side->fin_acked ? side->fin_acked_us : microseconds(side->turned_ns, side->last_ns);
    struct tp_stat window, rtt;
    uint64_t acked, unseen;
    bool whole;

    acked = tp_side_acked(side, &whole);
    if (whole)
        return acked;
    if (!tp_side_stat(side, TP_METRIC_SND_CWND, &window) ||
        !tp_side_stat(side, TP_METRIC_SRTT, &rtt) || rtt.min == 0)
        return UINT64_MAX;
    /* a probe shows the window before its own ACK, and what is acknowledged last left before */
    unseen = (uint64_t)window.last * tp_mss_or_usual(side->mss_bytes) +
             (socket->snd_nxt - socket->snd_una);
    for (; left_us > rtt.min; left_us -= rtt.min) {
        if (unseen > UINT32_MAX)
            return UINT64_MAX;
        unseen *= 2;
    }
    return acked + unseen;
}

static void tell(const struct tp_analysis *analysis, const struct tp_flow *flow, unsigned end)
{
    struct tp_socket *socket = tp_flow_socket(flow, end);

    (void)analysis;
    socket->side.mss_bytes = tp_mss_elect(socket->mss);
}

const struct tp_analyzer tp_acked_analyzer = {
    .name = "acked",
    .fields = TP_BIT(SND_UNA) | TP_BIT(SND_NXT) | TP_BIT(SND_CWND) | TP_BIT(SSTHRESH) |
              TP_BIT(SND_WND) | TP_BIT(RCV_WND) | TP_BIT(OLDSTATE) | TP_BIT(NEWSTATE),
    .on = {[TP_KIND_PROBE] = on_probe,
           [TP_KIND_SET_STATE] = on_state,
           [TP_KIND_DESTROY_SOCK] = on_destroy},
    .tell = tell,
};
