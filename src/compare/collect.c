/* collect.c: the samples of a run, socket by socket.
 *
 * ssthresh in tcp_probe is tcp_current_ssthresh(): what a decrease set it to can be read only
 * while the congestion state is CWR or Recovery (include/net/tcp.h).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/collect.h"

struct tp_run_collector {
    struct collected **sockets; /* by flow id and end */
    size_t allocated;
};

struct tp_run_collector *tp_run_collector_new(struct tp_error *error)
{
    struct tp_run_collector *collector = calloc(1, sizeof *collector);

    if (!collector)
        tp_error_nomem(error);
    return collector;
}

void tp_run_collector_free(struct tp_run_collector *collector)
{
    size_t i;

    for (i = 0; collector && i < collector->allocated; i++)
        if (collector->sockets[i]) {
            free(collector->sockets[i]->betas.values);
            free(collector->sockets[i]->epochs_s.values);
            free(collector->sockets[i]->rate_bytes);
            free(collector->sockets[i]);
        }
    if (collector)
        free(collector->sockets);
    free(collector);
}

static size_t place(const struct tp_flow *flow, unsigned end)
{
    return (size_t)flow->id * 2 + end;
}

const struct collected *collected_of(const struct tp_run_collector *collector,
                                     const struct tp_flow *flow, unsigned end)
{
    size_t at = place(flow, end);

    return at < collector->allocated ? collector->sockets[at] : NULL;
}

static struct collected *socket_of(struct tp_run_collector *collector, const struct tp_flow *flow,
                                   unsigned end, int64_t ts_ns)
{
    size_t at = place(flow, end), grown = at * 2 + 16;
    struct collected **sockets, *socket;

    if (at >= collector->allocated) {
        sockets = realloc(collector->sockets, grown * sizeof(struct collected *));
        if (!sockets)
            return NULL;
        memset(sockets + collector->allocated, 0,
               (grown - collector->allocated) * sizeof(struct collected *));
        collector->sockets = sockets;
        collector->allocated = grown;
    }
    socket = collector->sockets[at];
    if (!socket && (socket = collector->sockets[at] = calloc(1, sizeof *socket))) {
        socket->first_ns = ts_ns;
        socket->cong_state = -1;
    }
    return socket;
}

static int list_add(struct collected_list *list, double value)
{
    uint32_t grown = list->allocated ? list->allocated * 2 : 16;
    float *values;

    if (list->count == COLLECT_LIST_MAX)
        return TP_OK;
    if (list->count == list->allocated) {
        values = realloc(list->values, grown * sizeof *values);
        if (!values)
            return TP_ERR_NOMEM;
        list->values = values;
        list->allocated = grown;
    }
    list->values[list->count++] = (float)value;
    return TP_OK;
}

/* --- one sample of each kind -------------------------------------------------------------------
 */

typedef int take_fn(struct collected *socket, int64_t ts_ns, double value);

static int take_cwnd(struct collected *socket, int64_t ts_ns, double value)
{
    (void)ts_ns;
    socket->before[socket->windows++ % COLLECT_BEFORE] = (float)value;
    return TP_OK;
}

static int take_ssthresh(struct collected *socket, int64_t ts_ns, double value)
{
    if (!socket->has_finite) {
        socket->has_finite = true;
        socket->finite_ns = ts_ns;
    }
    if (!socket->decreasing)
        return TP_OK;
    socket->decreasing = false;
    return socket->cwnd_before > 0 ? list_add(&socket->betas, value / socket->cwnd_before) : TP_OK;
}

static float largest_before(const struct collected *socket)
{
    float largest = 0;
    uint32_t i;

    for (i = 0; i < COLLECT_BEFORE && i < socket->windows; i++)
        largest = fmaxf(largest, socket->before[i]);
    return largest;
}

static bool is_decrease(int state)
{
    return state == TP_CONG_CWR || state == TP_CONG_RECOVERY;
}

static int take_cong_state(struct collected *socket, int64_t ts_ns, double value)
{
    int state = (int)value, rc = TP_OK;
    bool was_calm = socket->cong_state < TP_CONG_CWR;

    if (was_calm && state >= TP_CONG_CWR) {
        if (socket->entries++)
            rc = list_add(&socket->epochs_s, (double)(ts_ns - socket->entry_ns) / 1e9);
        socket->entry_ns = ts_ns;
    }
    socket->decreasing = is_decrease(state) && (was_calm || socket->decreasing);
    if (socket->decreasing && was_calm)
        socket->cwnd_before = largest_before(socket);
    socket->cong_state = (int8_t)state;
    return rc;
}

static int take_acked(struct collected *socket, int64_t ts_ns, double value)
{
    uint64_t bin = (uint64_t)(ts_ns - socket->first_ns) / COLLECT_BIN_NS;
    uint32_t grown = socket->bins_allocated ? socket->bins_allocated * 2 : 64;
    float *bytes;

    if (ts_ns - socket->first_ns <= COLLECT_STARTUP_NS)
        socket->startup_bytes += value;
    bin = bin < COLLECT_BINS_MAX ? bin : COLLECT_BINS_MAX - 1;
    while (bin >= grown)
        grown *= 2;
    if (bin >= socket->bins_allocated) {
        bytes = realloc(socket->rate_bytes, grown * sizeof *bytes);
        if (!bytes)
            return TP_ERR_NOMEM;
        memset(bytes + socket->bins_allocated, 0, (grown - socket->bins_allocated) * sizeof *bytes);
        socket->rate_bytes = bytes;
        socket->bins_allocated = grown;
    }
    socket->rate_bytes[bin] += (float)value;
    if (bin >= socket->bins)
        socket->bins = (uint32_t)bin + 1;
    return TP_OK;
}

static take_fn *const takers[TP_METRIC_IDS] = {
    [TP_METRIC_SND_CWND] = take_cwnd,         [TP_METRIC_SSTHRESH] = take_ssthresh,
    [TP_METRIC_CONG_STATE] = take_cong_state, [TP_METRIC_ACKED] = take_acked,
    [TP_METRIC_WIRE_ACKED] = take_acked,
};

/* What packets say counts where the socket was not traced. */
static bool is_of_packets(enum tp_metric_id metric)
{
    return metric == TP_METRIC_WIRE_ACKED;
}

int tp_run_sample(void *context, const struct tp_flow *flow, unsigned side,
                  enum tp_metric_id metric, int64_t ts_ns, double value)
{
    struct tp_run_collector *collector = context;
    struct collected *socket;

    if (!takers[metric] || (is_of_packets(metric) && tp_flow_side(flow, side)))
        return TP_OK;
    socket = socket_of(collector, flow, side, ts_ns);
    if (!socket)
        return TP_ERR_NOMEM;
    if (ts_ns < socket->first_ns) /* disorder beyond the sort window */
        return TP_OK;
    socket->last_ns = ts_ns;
    return takers[metric](socket, ts_ns, value);
}
