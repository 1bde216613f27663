/* limits_kernel.c: what limits a sender, from what its socket says at each tcp_probe.
 *
 * Both windows are known: in flight is held against each (RFC 4898, SndLim; tcp_is_cwnd_limited()
 * and tcp_snd_wnd_test() in net/ipv4), but the congestion window is in segments, whose size must
 * show in the steps of snd_una: until it does, a sender that has data is limited by the network, in
 * a way that is not known. tcp_probe fires before the ACK is processed, so what it shows held until
 * then. Whether there was anything to send shows in snd_nxt: it stops although ACKs come, all that
 * was outstanding is acknowledged, or its step was no whole number of segments, which only the end
 * of what the application wrote is.
 *
 * Whether losses are being repaired the events of the congestion state say, as long as none of them
 * can have been lost; else the probes themselves (repair.h).
 */

#include "analyze/analyzer.h"
#include "analyze/limits.h"
#include "analyze/repair.h"

/* Short flows do without: their first samples say little and would cost memory. */
#define FIRST_PROBES 5

#define MSS_EVERY 16 /* probes between two elections */
/* In flight is so much less than the window: nobody paces that slowly (BBR: 2.9 at most, and the
 * MSS may be a multiple of what it is). */
#define UNUSED 8
/* The largest segment of Ethernet. What is known of the segment size is seldom more than it is, and
 * then a multiple: where each ACK is for two. */
#define MSS_ETHERNET 1460
#define MULTIPLE_MAX 3

enum { ESTABLISHED = 1 };

struct tp_kernel_limits {
    struct tp_limiter limiter;
    struct tp_repair repair;
    struct tp_trains trains;
    int64_t sent_ns; /* when snd_nxt was last seen to move */
    int64_t probe_ns;
    int64_t fell_ns;           /* when snd_cwnd was last seen to fall */
    uint32_t snd_nxt, snd_una; /* of the last probe */
    uint32_t mss_bytes;        /* 0: not known yet */
    uint32_t cwnd_segs;        /* of the last probe */
    uint32_t told_markers;     /* places of lost events before the congestion state was told */
    uint32_t lost_markers;     /* ... before the last probe */
    int64_t grew_ns;           /* when snd_cwnd was last seen to grow */
    int64_t resent_ns;         /* latest buffer sent again */
    uint32_t least_srtt_us;    /* 0: not known */
    uint16_t holds;            /* at the last probe */
    bool unasked,
        answered;      /* its peer spoke since its latest data: too soon for an answer; at all */
    uint8_t multiple;  /* mss_bytes may be so many segments, at most */
    uint8_t is_repair; /* enum tp_repair_is, from the last probe but one to the last */
    bool ends_short;   /* snd_nxt's last step was no whole number of segments */
};

static bool is_judgeable(const struct tp_record *record)
{
    const uint64_t needed = TP_BIT(SND_NXT) | TP_BIT(SND_UNA) | TP_BIT(SND_CWND) | TP_BIT(SND_WND);

    return (record->have & needed) == needed && record->snd_nxt - record->snd_una <= INT32_MAX;
}

static int64_t width_of(const struct tp_record *record)
{
    return tp_limit_width(TP_HAS(record, SRTT) ? (int64_t)record->srtt * 1000 : 0);
}

/* --- repairs ---------------------------------------------------------------------------------- */

static uint32_t lost_markers(const struct tp_visit *visit)
{
    return ((const struct tp_flow_data *)visit->flow->data)->lost_markers;
}

/* By the congestion state: false where it is not known. */
static bool state_tells(const struct tp_visit *visit)
{
    return visit->analysis->saw[TP_KIND_CONG_STATE_SET] && visit->socket->congestion.state >= 0 &&
           visit->socket->limits->told_markers == lost_markers(visit);
}

/* Notes the probe for what comes, whether it is needed now or not. */
static void note_repair(const struct tp_visit *visit)
{
    struct tp_kernel_limits *limits = visit->socket->limits;
    int8_t state = visit->socket->congestion.state;
    uint32_t markers = lost_markers(visit);

    if (markers != limits->lost_markers)
        tp_repair_forget(&limits->repair);
    limits->lost_markers = markers;
    limits->is_repair =
        (uint8_t)tp_repair_probe(&limits->repair, visit->record, state >= 0 && !markers,
                                 visit->analysis->saw[TP_KIND_RETRANSMIT_SKB]);
    if (state_tells(visit))
        limits->is_repair = state >= TP_CONG_CWR ? TP_REPAIR_PROVED : TP_REPAIR_NONE;
}

/* --- what holds ------------------------------------------------------------------------------- */

static int begin_limits(struct tp_visit *visit, struct tp_spans *spans)
{
    const struct tp_record *record = visit->record;
    struct tp_socket *socket = visit->socket;
    struct tp_kernel_limits *limits = tp_arena_take(&visit->analysis->arena, sizeof *limits);
    struct tp_spans *waits;
    int64_t from_ns =
        visit->flow->opener == (int)visit->end ? visit->flow->first_ns : socket->side.first_ns;
    int64_t again_ns = from_ns;

    if (!limits)
        return TP_ERR_NOMEM;
    socket->limits = limits;
    limits->probe_ns = limits->sent_ns = limits->fell_ns = limits->grew_ns = record->ts_ns;
    limits->snd_nxt = record->snd_nxt;
    limits->snd_una = record->snd_una;
    limits->multiple = 1;
    waits = tp_end_wait_spans(visit->analysis, visit->flow, visit->end, TP_FROM_KERNEL);
    if (!socket->established || socket->blind) {
        tp_limiter_begin(&limits->limiter, record->ts_ns);
        limits->limiter.ledger.spans = waits;
        return TP_OK;
    }
    tp_limiter_begin(&limits->limiter, from_ns);
    limits->limiter.ledger.spans = waits;
    if (socket->side.retransmits_syn && !socket->side.fin_acked)
        again_ns = socket->side.first_ns + (int64_t)socket->side.syn_timer_us * 1000;
    if (tp_limiter_handshake(&limits->limiter, again_ns, socket->side.turned_ns, spans) < 0)
        return TP_ERR_NOMEM;
    return tp_limiter_hold(&limits->limiter, record->ts_ns, TP_HOLDS_BLIND, width_of(record),
                           spans);
}

void tp_kernel_limits_free(struct tp_arena *arena, struct tp_kernel_limits *limits)
{
    tp_arena_give(arena, limits, sizeof *limits);
}

static uint32_t mss_of(struct tp_kernel_limits *limits, const struct tp_socket *socket)
{
    uint32_t before = limits->mss_bytes;

    if (socket->side.probes % MSS_EVERY == 0)
        limits->mss_bytes = tp_mss_elect(socket->mss);
    if (limits->mss_bytes != before)
        limits->multiple = limits->mss_bytes > MSS_ETHERNET ? MULTIPLE_MAX : 1;
    return tp_mss_or_usual(limits->mss_bytes);
}

/* Divisions take as long as all the rest of a probe, and most segments are what they seem. */
static uint64_t part_of(const struct tp_kernel_limits *limits, uint64_t bytes)
{
    return limits->multiple > 1 ? bytes / limits->multiple : bytes;
}

/* The congestion window in bytes. In flight is never above it, unless it fell or segments were
 * SACKed: what is above it otherwise tells that segments are larger than that. */
static uint64_t window_of(struct tp_kernel_limits *limits, const struct tp_socket *socket,
                          const struct tp_record *record, uint64_t mss)
{
    uint64_t inflight = record->snd_nxt - record->snd_una, whole = record->snd_cwnd * mss;
    bool calm;

    if (record->snd_cwnd > limits->cwnd_segs)
        limits->grew_ns = record->ts_ns;
    if (record->snd_cwnd < limits->cwnd_segs)
        limits->fell_ns = record->ts_ns;
    limits->cwnd_segs = record->snd_cwnd;
    calm = socket->congestion.state < TP_CONG_DISORDER && !limits->is_repair &&
           !limits->repair.repeats && record->ts_ns - limits->fell_ns > 2 * width_of(record);
    while (calm && limits->multiple > 1 && inflight > (whole + mss) / limits->multiple)
        limits->multiple--;
    return part_of(limits, whole);
}

/* What is known of the segment size may be twice or three times too much. */
static bool ends_short(uint32_t step, uint32_t mss)
{
    uint64_t rest = mss ? step % mss : 0;

    return rest && rest * 2 % mss != 0 && rest * 3 % mss != 0;
}

/* Had the sender nothing to send since the last probe? */
static bool is_dry(struct tp_kernel_limits *limits, const struct tp_record *record,
                   int64_t width_ns)
{
    uint32_t step = record->snd_nxt - limits->snd_nxt;
    bool drained = record->snd_una == limits->snd_nxt;

    if (step > 0 && step <= INT32_MAX) {
        limits->sent_ns = record->ts_ns;
        limits->ends_short = ends_short(step, limits->mss_bytes);
        return drained || limits->ends_short;
    }
    return drained || limits->ends_short || record->ts_ns - limits->sent_ns > width_ns / 4;
}

/* For the account: slow start where ssthresh tells it and is used, and the window grows as it does
 * then. */
static unsigned account_holds(const struct tp_visit *visit, const struct tp_kernel_limits *limits)
{
    const struct tp_record *record = visit->record;
    int64_t srtt_ns = TP_HAS(record, SRTT) ? (int64_t)record->srtt * 1000 : 0;
    bool slow = TP_HAS(record, SSTHRESH) && record->snd_cwnd < record->ssthresh &&
                record->ts_ns - limits->grew_ns < 2 * width_of(record) &&
                tp_flow_uses_ssthresh(visit->analysis, visit->flow, visit->end);
    unsigned holds = slow ? TP_HOLDS_SLOW : 0;

    if (record->snd_wnd == 0)
        holds |= TP_HOLDS_ZERO;
    if (tp_is_full(srtt_ns, (int64_t)limits->least_srtt_us * 1000,
                   slow || (limits->holds & TP_HOLDS_RWND)) &&
        !tp_is_narrow(limits->holds, record->snd_wnd, tp_mss_or_usual(limits->mss_bytes)))
        holds |= TP_HOLDS_FULL;
    if (state_tells(visit) && visit->socket->congestion.state == TP_CONG_LOSS)
        holds |= TP_HOLDS_TIMEOUT;
    return holds;
}

static unsigned holds_at(struct tp_kernel_limits *limits, const struct tp_socket *socket,
                         const struct tp_record *record)
{
    uint64_t mss = mss_of(limits, socket);
    uint64_t cwnd_bytes = window_of(limits, socket, record, mss);
    uint64_t inflight = record->snd_nxt - record->snd_una, wanted = inflight + mss;
    bool dry = is_dry(limits, record, width_of(record));
    unsigned holds = 0;

    if (wanted > record->snd_wnd)
        holds |= TP_HOLDS_RWND;
    if (!limits->mss_bytes)
        holds |= TP_HOLDS_HIDDEN;
    else if (inflight + part_of(limits, mss) > cwnd_bytes)
        holds |= TP_HOLDS_CWND;
    if (limits->is_repair && inflight > 0)
        holds |= limits->is_repair == TP_REPAIR_PROVED ? TP_HOLDS_REPAIR : TP_HOLDS_DOUBT;
    if (dry || inflight * UNUSED < cwnd_bytes)
        holds |= TP_HOLDS_DRY;
    return holds;
}

/* What held in a long silence before the round trip that ends with this probe, which shows the
 * windows and the congestion state as they were in it (now: what holds at it and at the one
 * before). */
static unsigned holds_in_silence(const struct tp_kernel_limits *limits,
                                 const struct tp_record *record, unsigned now)
{
    if (record->snd_wnd < tp_mss_or_usual(limits->mss_bytes))
        return TP_HOLDS_RWND;
    if (record->snd_una == limits->snd_nxt)
        return TP_HOLDS_DRY;
    return now &
           (TP_HOLDS_RWND | TP_HOLDS_CWND | TP_HOLDS_REPAIR | TP_HOLDS_DOUBT | TP_HOLDS_HIDDEN);
}

/* Who has spoken by this probe. Its own data left some time since the one before: where that was
 * long ago, more than half a round trip, what comes now may be the answer. */
static void note_peer(struct tp_kernel_limits *limits, const struct tp_record *record, bool spoke)
{
    if (spoke)
        limits->unasked = limits->answered = false;
    if (!TP_HAS(record, DATA_LEN) || !record->data_len)
        return;
    if (!limits->answered)
        limits->unasked = spoke && record->ts_ns - limits->probe_ns < width_of(record) / 2;
    limits->answered = true;
    tp_limiter_spoke(&limits->limiter, limits->unasked ? TP_WAIT_APP : TP_WAIT_TURN);
}

static void note_least(struct tp_kernel_limits *limits, const struct tp_record *record)
{
    if (TP_HAS(record, SRTT) && record->srtt &&
        (!limits->least_srtt_us || record->srtt < limits->least_srtt_us))
        limits->least_srtt_us = record->srtt;
}

static int judge(const struct tp_visit *visit, struct tp_spans *spans)
{
    const struct tp_record *record = visit->record;
    const struct tp_socket *socket = visit->socket;
    struct tp_kernel_limits *limits = socket->limits;
    int64_t width_ns = width_of(record);
    unsigned now = holds_at(limits, socket, record), before = limits->holds, of_account;
    bool spoke = record->snd_nxt != limits->snd_nxt;
    int rc = TP_OK;

    if (record->snd_una != limits->snd_una)
        tp_trains_note(&limits->trains, record->ts_ns, record->snd_una - limits->snd_una);
    limits->holds = (uint16_t)now;
    of_account = account_holds(visit, limits);
    if (record->ts_ns - limits->probe_ns > width_ns)
        rc = tp_limiter_hold(&limits->limiter, record->ts_ns - width_ns,
                             holds_in_silence(limits, record, now | before) | of_account, width_ns,
                             spans);
    if (spoke)
        tp_limiter_spoke(&limits->limiter, TP_WAIT_APP);
    if (rc < 0 ||
        tp_limiter_hold(&limits->limiter, record->ts_ns, now | of_account, width_ns, spans) < 0)
        return TP_ERR_NOMEM;
    note_peer(limits, record, spoke);
    note_least(limits, record);
    limits->probe_ns = record->ts_ns;
    limits->snd_nxt = record->snd_nxt;
    limits->snd_una = record->snd_una;
    return TP_OK;
}

static int on_probe(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    struct tp_socket *socket = visit->socket;
    struct tp_spans *spans;
    int before;

    if (!is_judgeable(record))
        return TP_OK;
    if (!socket->limits && socket->side.probes < FIRST_PROBES)
        return TP_OK;
    if (tp_end_limit_spans(visit->analysis, visit->flow, visit->end, TP_FROM_KERNEL, &spans) < 0)
        return TP_ERR_NOMEM;
    if (!socket->limits) {
        if (begin_limits(visit, spans) < 0)
            return TP_ERR_NOMEM;
        note_repair(visit);
        return TP_OK;
    }
    if (record->ts_ns < socket->limits->probe_ns) /* disorder between processors */
        return TP_OK;
    before = tp_limiter_now(&socket->limits->limiter);
    note_repair(visit);
    if (judge(visit, spans) < 0)
        return TP_ERR_NOMEM;
    return tp_limiter_now(&socket->limits->limiter) != before
               ? tp_emit(visit, TP_METRIC_LIMIT, socket->limits->limiter.limit)
               : TP_OK;
}

static int on_change(struct tp_visit *visit)
{
    struct tp_socket *socket = visit->socket;

    if (TP_HAS(visit->record, NEWSTATE) && visit->record->newstate == ESTABLISHED &&
        !socket->established) {
        socket->established = true;
        visit->side->turned_ns = visit->record->ts_ns;
    }
    return TP_OK;
}

static int on_retransmit(struct tp_visit *visit)
{
    bool failed = TP_HAS(visit->record, ERR) && visit->record->err != 0;

    if (visit->socket->limits && !failed) {
        tp_repair_resent(&visit->socket->limits->repair, visit->record->ts_ns);
        visit->socket->limits->resent_ns = visit->record->ts_ns;
    }
    return TP_OK;
}

/* tcp_enter_loss() says so each time: a timer has gone off. */
static void note_timeout(struct tp_kernel_limits *limits, int64_t now_ns)
{
    int64_t since_ns = limits->resent_ns > limits->probe_ns ? limits->resent_ns : limits->probe_ns;

    tp_ledger_know(&limits->limiter.ledger, since_ns, now_ns, TP_WAIT_RTO);
}

static int on_state(struct tp_visit *visit)
{
    struct tp_kernel_limits *limits = visit->socket->limits;

    if (!limits)
        return TP_OK;
    limits->told_markers = lost_markers(visit);
    if (TP_HAS(visit->record, CONG_STATE) && visit->record->cong_state == TP_CONG_LOSS)
        note_timeout(limits, visit->record->ts_ns);
    return TP_OK;
}

static int finish(struct tp_analysis *analysis, struct tp_flow *flow, unsigned end)
{
    struct tp_socket *socket = tp_flow_socket(flow, end);
    struct tp_spans *spans;

    if (!socket->limits)
        return TP_OK;
    if (tp_end_limit_spans(analysis, flow, end, TP_FROM_KERNEL, &spans) < 0)
        return TP_ERR_NOMEM;
    return tp_limiter_finish(&socket->limits->limiter, spans);
}

const struct tp_limiter *tp_kernel_limiter(const struct tp_side *side)
{
    const struct tp_socket *socket = tp_socket_of(side);

    return socket && socket->limits ? &socket->limits->limiter : NULL;
}

const struct tp_trains *tp_kernel_trains(const struct tp_side *side)
{
    const struct tp_socket *socket = tp_socket_of(side);

    return socket && socket->limits ? &socket->limits->trains : NULL;
}

const struct tp_analyzer tp_kernel_limits_analyzer = {
    .name = "limits",
    .fields = TP_BIT(SND_NXT) | TP_BIT(SND_UNA) | TP_BIT(SND_CWND) | TP_BIT(SND_WND) |
              TP_BIT(SRTT) | TP_BIT(NEWSTATE) | TP_BIT(SSTHRESH) | TP_BIT(DATA_LEN) | TP_BIT(ERR) |
              TP_BIT(CONG_STATE),
    .on = {[TP_KIND_PROBE] = on_probe,
           [TP_KIND_SET_STATE] = on_change,
           [TP_KIND_RETRANSMIT_SKB] = on_retransmit,
           [TP_KIND_CONG_STATE_SET] = on_state},
    .finish = finish,
};
