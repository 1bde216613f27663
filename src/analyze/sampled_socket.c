/* sampled_socket.c: sockets that were sampled: what they are, and by how much their counters grew.
 *
 * A line says what changed since the one before. Counters begin at 0 in the first line of a socket
 * that is new, else with what they are there. Where the socket has no tcp_probe events, its samples
 * stand for them in the states that both have: such a sample holds, too, until the next one, for at
 * most TP_HOLD_MAX_NS.
 */
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/limit.h>

#include "analyze/analyzer.h"

struct tp_samples_of {
    struct tp_sampled_socket told;
    uint64_t grown[TP_SOCKET_IDS];             /* of counters */
    uint64_t begun[(TP_SOCKET_IDS + 63) / 64]; /* bit of each of them that is known */
    char *cgroup;                              /* told.now.cgroup; NULL: not known */
    struct tp_sock judged;                     /* the state up to which it was; ts_ns 0: none */
    struct tp_limit_times limits;
};

void tp_samples_of_free(struct tp_samples_of *sampled)
{
    if (sampled)
        free(sampled->cgroup);
    free(sampled);
}

/* --- counters --------------------------------------------------------------------------------- */

/* Modulo the width of the kernel's counter. Of 64 bits none wraps: less is another socket. */
static uint64_t difference(const struct tp_socket_row *row, uint64_t now, uint64_t before)
{
    if (row->size == 8)
        return now > before ? now - before : 0;
    return (now - before) & ((UINT64_C(1) << 8 * row->size) - 1);
}

static void count(struct tp_samples_of *sampled, const struct tp_sock *now, enum tp_socket_id id)
{
    const struct tp_socket_row *row = &tp_socket_rows[id];
    const struct tp_sampled_socket *told = &sampled->told;
    uint64_t bit = UINT64_C(1) << (id % 64);

    if (!row->counts || !tp_socket_has(now, id))
        return;
    if (tp_socket_has(&told->now, id) && told->lines)
        sampled->grown[id] +=
            difference(row, tp_socket_number(now, id), tp_socket_number(&told->now, id));
    else if (!told->lines && told->fresh)
        sampled->grown[id] = tp_socket_number(now, id);
    sampled->begun[id / 64] |= bit;
}

bool tp_sock_may_count_fin(const struct tp_sock *sock, bool ended)
{
    enum { ESTABLISHED = 1, SYN_SENT = 2, SYN_RECV = 3, CLOSE_WAIT = 8 };
    unsigned state = sock->tcp_state;

    return !TP_SOCKET_HAS(sock, tcp_state) || ended ||
           (state != ESTABLISHED && state != SYN_SENT && state != SYN_RECV && state != CLOSE_WAIT);
}

/* One more at the end may be the FIN, long after the last byte: nothing was carried until then. */
static void note_acked(struct tp_sampled_socket *told, const struct tp_sock *now, int64_t ts_ns)
{
    uint64_t more;

    if (!TP_SOCKET_HAS(now, bytes_acked))
        return;
    if (!told->lines) {
        told->acked_first = now->bytes_acked;
        return;
    }
    if (now->bytes_acked <= told->now.bytes_acked)
        return;
    more = now->bytes_acked - told->now.bytes_acked;
    if (more == 1 && tp_sock_may_count_fin(now, told->ended))
        return;
    told->acked_last_ns = ts_ns;
    told->acked_last = now->bytes_acked;
}

/* What is worked out of the first line and the last one, and the least of all. */
static void note_course(struct tp_sampled_socket *told, const struct tp_sock *now, int64_t ts_ns)
{
    if (!told->lines && TP_SOCKET_HAS(now, busy_time))
        told->busy_first_us = now->busy_time;
    told->busy_last_ns = ts_ns;
    if (TP_SOCKET_HAS(now, min_rtt) && (!told->rtt_min_us || now->min_rtt < told->rtt_min_us))
        told->rtt_min_us = now->min_rtt;
}

/* --- samples ---------------------------------------------------------------------------------- */

#define BIT(metric) (1u << TP_METRIC_##metric)

static unsigned read_states(const struct tp_sock *now, uint32_t value[TP_METRIC_STATES])
{
    unsigned bits = 0;

    value[TP_METRIC_SND_CWND] = now->snd_cwnd;
    value[TP_METRIC_SRTT] = now->srtt;
    value[TP_METRIC_SND_WND] = now->snd_wnd;
    value[TP_METRIC_RCV_WND] = now->rcv_wnd;
    bits |= TP_SOCKET_HAS(now, snd_cwnd) ? BIT(SND_CWND) : 0;
    bits |= TP_SOCKET_HAS(now, srtt) ? BIT(SRTT) : 0;
    bits |= TP_SOCKET_HAS(now, snd_wnd) ? BIT(SND_WND) : 0;
    bits |= TP_SOCKET_HAS(now, rcv_wnd) ? BIT(RCV_WND) : 0;
    return bits;
}

static int64_t held_ns(const struct tp_sampled_socket *told, int64_t now_ns)
{
    int64_t ns = told->lines ? now_ns - told->last_ns : 0;

    return ns < 0 ? 0 : ns < TP_HOLD_MAX_NS ? ns : TP_HOLD_MAX_NS;
}

static int stand_for_probe(struct tp_visit *visit, const struct tp_sampled_socket *told,
                           const struct tp_sock *now)
{
    uint32_t value[TP_METRIC_STATES] = {0};
    unsigned m, bits = read_states(now, value);
    int rc = tp_states_add(&visit->socket->states, held_ns(told, visit->record->ts_ns), bits, value,
                           &visit->analysis->shape);

    for (m = 0; m < TP_METRIC_STATES && rc >= 0; m++)
        if (bits >> m & 1)
            rc = tp_emit(visit, (enum tp_metric_id)m, value[m]);
    return rc;
}

static const struct {
    enum tp_metric_id metric;
    enum tp_socket_id field;
    unsigned times;
} sampled_metrics[] = {
    {TP_METRIC_RTO, TP_SOCKET_rto, 1},
    {TP_METRIC_PACING_RATE, TP_SOCKET_pacing_rate, 8},
    {TP_METRIC_DELIVERY_RATE, TP_SOCKET_delivery_rate, 8},
    {TP_METRIC_SEND_QUEUE, TP_SOCKET_send_queue, 1},
    {TP_METRIC_RECV_QUEUE, TP_SOCKET_recv_queue, 1},
    {TP_METRIC_RMEM, TP_SOCKET_rmem, 1},
    {TP_METRIC_WMEM_QUEUED, TP_SOCKET_wmem_queued, 1},
};

static int emit_fields(struct tp_visit *visit, const struct tp_sock *now)
{
    int rc = TP_OK;

    for (size_t i = 0; i < sizeof sampled_metrics / sizeof *sampled_metrics && rc >= 0; i++)
        if (tp_socket_has(now, sampled_metrics[i].field))
            rc = tp_emit(visit, sampled_metrics[i].metric,
                         (double)tp_socket_number(now, sampled_metrics[i].field) *
                             sampled_metrics[i].times);
    return rc;
}

/* What the counter grew by with this line. */
static int emit_growth(struct tp_visit *visit, enum tp_metric_id metric,
                       const struct tp_samples_of *sampled, enum tp_socket_id id, uint64_t before)
{
    return sampled->begun[id / 64] >> (id % 64) & 1
               ? tp_emit(visit, metric, (double)(sampled->grown[id] - before))
               : TP_OK;
}

/* --- lines ------------------------------------------------------------------------------------ */

static struct tp_samples_of *samples_of(struct tp_visit *visit)
{
    struct tp_end *end = tp_end_make(visit->analysis, visit->flow, visit->end);

    if (!end || end->socket)
        return end ? end->socket : NULL;
    end->socket = calloc(1, sizeof *end->socket);
    if (end->socket) {
        end->socket->told.first_ns = visit->record->ts_ns;
        end->socket->told.busy_first_us = UINT64_MAX;
    }
    return end->socket;
}

static int keep_cgroup(struct tp_samples_of *sampled, struct tp_sock *now,
                       const struct tp_socket_line *line)
{
    now->cgroup = sampled->cgroup;
    if (!line->cgroup.length || sampled->cgroup)
        return TP_OK;
    sampled->cgroup = malloc(line->cgroup.length + 1);
    if (!sampled->cgroup)
        return TP_ERR_NOMEM;
    tp_socket_unescape(&line->cgroup, sampled->cgroup, line->cgroup.length + 1);
    now->cgroup = sampled->cgroup;
    return TP_OK;
}

static int take_line(struct tp_visit *visit, struct tp_samples_of *sampled,
                     const struct tp_sock *now)
{
    uint64_t resent = sampled->grown[TP_SOCKET_total_retrans],
             acked = sampled->grown[TP_SOCKET_bytes_acked];
    int rc;

    for (int id = 0; id < TP_SOCKET_IDS; id++)
        count(sampled, now, (enum tp_socket_id)id);
    note_acked(&sampled->told, now, visit->record->ts_ns);
    note_course(&sampled->told, now, visit->record->ts_ns);
    rc = visit->side->probes ? TP_OK : stand_for_probe(visit, &sampled->told, now);
    if (rc >= 0)
        rc = emit_fields(visit, now);
    if (rc >= 0)
        rc = emit_growth(visit, TP_METRIC_RETRANSMITTED, sampled, TP_SOCKET_total_retrans, resent);
    if (rc >= 0)
        rc = emit_growth(visit, TP_METRIC_SAMPLED_ACKED, sampled, TP_SOCKET_bytes_acked, acked);
    return rc;
}

#define JUDGED_LEAST_NS INT64_C(100000000) /* of less the kernel's chronometers tell nothing */

static enum tp_limit limit_of(const char *word)
{
    unsigned limit;

    for (limit = 0; limit < TP_LIMITS; limit++)
        if (strcmp(tp_limit_name((enum tp_limit)limit), word) == 0)
            return (enum tp_limit)limit;
    return TP_LIMIT_UNKNOWN;
}

/* A socket without a line is as it was: then it had nothing to send, and that is in the next one.
 */
static void judge(struct tp_samples_of *sampled, const struct tp_sock *now)
{
    struct tp_socket_view view = {.now = now, .before = &sampled->judged};
    int64_t time_ns = now->ts_ns - sampled->judged.ts_ns;
    const struct tp_socket_limit_rule *rule;

    if (sampled->judged.ts_ns && time_ns < JUDGED_LEAST_NS)
        return;
    rule = sampled->judged.ts_ns ? tp_socket_limit(&view, NULL) : NULL;
    if (rule)
        sampled->limits.time_ns[limit_of(rule->limited_by)] += time_ns;
    sampled->judged = *now;
}

static int on_line(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    struct tp_samples_of *sampled = samples_of(visit);
    struct tp_sampled_socket *told;
    struct tp_socket_line line;
    struct tp_sock now;
    int rc;

    if (!sampled)
        return TP_ERR_NOMEM;
    if (!TP_HAS(record, WORDS))
        return TP_OK;
    told = &sampled->told;
    now = told->now;
    now.ts_ns = record->ts_ns;
    now.cookie = TP_HAS(record, SOCK_COOKIE) ? record->sock_cookie : 0;
    now.key = record->key;
    now.local = record->local;
    tp_socket_read_words(&now, record->words.bytes, record->words.length, &line);
    rc = keep_cgroup(sampled, &now, &line);
    told->fresh |= !told->lines && line.fresh;
    told->ended |= record->kind == TP_KIND_SOCKET_END;
    told->wiped |= line.wiped;
    if (rc >= 0 && !line.wiped)
        rc = take_line(visit, sampled, &now);
    if (rc >= 0 && record->kind == TP_KIND_SOCKET)
        judge(sampled, &now);
    told->now = now;
    told->last_ns = record->ts_ns;
    told->lines++;
    return rc;
}

const struct tp_analyzer tp_sampled_socket_analyzer = {
    .name = "sampled socket",
    .fields = TP_BIT(WORDS) | TP_BIT(SOCK_COOKIE),
    .on = {[TP_KIND_SOCKET] = on_line, [TP_KIND_SOCKET_END] = on_line},
};

/* --- what others may ask ---------------------------------------------------------------------- */

const struct tp_sampled_socket *tp_flow_sampled(const struct tp_flow *flow, unsigned end)
{
    const struct tp_end *of = tp_end_of(flow, end);

    return of && of->socket && of->socket->told.lines ? &of->socket->told : NULL;
}

bool tp_flow_sampled_limits(const struct tp_flow *flow, unsigned end, struct tp_limit_times *times)
{
    const struct tp_end *of = tp_end_of(flow, end);
    int64_t sum_ns = 0;

    if (!of || !of->socket)
        return false;
    *times = of->socket->limits;
    for (unsigned limit = 0; limit < TP_LIMITS; limit++)
        sum_ns += times->time_ns[limit];
    return sum_ns > 0;
}

bool tp_flow_grew(const struct tp_flow *flow, unsigned end, enum tp_socket_id counter,
                  uint64_t *growth)
{
    const struct tp_end *of = tp_end_of(flow, end);

    if (!of || !of->socket || !(of->socket->begun[counter / 64] >> (counter % 64) & 1))
        return false;
    *growth = of->socket->grown[counter];
    return true;
}
