/* sheet.c: getting the figures out of a flow. What was not measured is absent: a count of events
 * where such events were never met, a figure of a socket that was never seen. */
#include <stdio.h>
#include <string.h>

#include "output/sheet.h"

static const double quantiles[TP_SHEET_QUANTILES] = {0.05, 0.50, 0.95, 0.99};

static const struct tp_value absent = {.type = TP_VALUE_ABSENT};

static struct tp_value real(double number)
{
    return tp_value_real_if(true, number);
}

void tp_sheet_open(struct tp_sheet *sheet, const struct tp_analysis *analysis,
                   const struct tp_flow *flow, int64_t base_ns)
{
    bool out_of_memory = sheet->out_of_memory;

    memset(sheet, 0, sizeof *sheet);
    sheet->out_of_memory = out_of_memory;
    sheet->analysis = analysis;
    sheet->flow = flow;
    sheet->data = flow->data;
    sheet->base_ns = base_ns;
    sheet->bulk_end = tp_flow_bulk_end(flow);
    sheet->side[0] = tp_flow_side(flow, sheet->bulk_end);
    sheet->side[1] = tp_flow_side(flow, !sheet->bulk_end);
    sheet->wire[0] = tp_flow_wire(flow, sheet->bulk_end);
    sheet->wire[1] = tp_flow_wire(flow, !sheet->bulk_end);
}

/* Texts are made when they are asked for: sorting a million flows asks for none. */
static const char *endpoint(struct tp_sheet *sheet, unsigned peer)
{
    char *text = peer ? sheet->dst : sheet->src;

    if (!text[0])
        tp_endpoint_text(&sheet->flow->key, sheet->bulk_end ^ peer, text, sizeof sheet->src);
    return text;
}

static const char *both_ends(struct tp_sheet *sheet)
{
    snprintf(sheet->both, sizeof sheet->both, "%s -> %s", endpoint(sheet, 0), endpoint(sheet, 1));
    return sheet->both;
}

struct tp_value tp_sheet_value(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    return figure->get(sheet, figure);
}

/* Markers without a number make the number of lost events unknown. */
static struct tp_value lost_events(const struct tp_flow_data *data)
{
    return tp_value_integer_if(data->lost || !data->lost_markers, data->lost);
}

static struct tp_value size_of(const struct tp_sheet *sheet)
{
    const struct tp_side *side = sheet->side[0];
    const struct tp_wire *wire = sheet->wire[0];

    if (side && side->has_acked)
        return tp_value_integer((int64_t)side->acked_bytes);
    return tp_value_integer_if(wire, !wire               ? 0
                                     : wire->acked_bytes ? wire->acked_bytes
                                                         : wire->unique_bytes);
}

struct tp_value tp_sheet_flow(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    const struct tp_flow *flow = sheet->flow;

    switch (figure->detail) {
    case SHEET_ID:
        return tp_value_integer(flow->id);
    case SHEET_BOTH:
        return tp_value_text(both_ends(sheet));
    case SHEET_SRC:
        return tp_value_text(endpoint(sheet, 0));
    case SHEET_DST:
        return tp_value_text(endpoint(sheet, 1));
    case SHEET_START:
        return tp_value_integer_if(flow->timing != TP_TIMING_TICKS,
                                   (uint64_t)(flow->first_ns - sheet->base_ns));
    case SHEET_DURATION:
        return tp_value_integer_if(flow->timing == TP_TIMING_SECONDS,
                                   (uint64_t)(flow->last_ns - flow->first_ns));
    case SHEET_BYTES:
        return size_of(sheet);
    case SHEET_FIRST_SEEN:
        return tp_value_integer(flow->first_ns);
    case SHEET_LAST_SEEN:
        return tp_value_integer(flow->last_ns);
    case SHEET_RECORDS:
        return tp_value_integer((int64_t)flow->records);
    case SHEET_TIMELINE:
        return tp_value_integer(flow->key.timeline);
    case SHEET_OPENER:
        return flow->opener < 0
                   ? absent
                   : tp_value_text(flow->opener == (int)sheet->bulk_end ? "src" : "dst");
    case SHEET_LOST:
        return lost_events(sheet->data);
    case SHEET_LOST_MARKERS:
        return tp_value_integer((int64_t)sheet->data->lost_markers);
    default:
        return tp_sheet_connection(sheet, figure->detail);
    }
}

/* Times from packets have fractions of a microsecond; bytes, segments and the kernel's times are
 * integers, and so are their quantiles. */
static struct tp_value of_metric(enum tp_metric_id metric, double number)
{
    if (metric >= TP_METRIC_WIRE_INFLIGHT && strcmp(tp_metrics[metric].unit, "us") == 0)
        return real(number);
    return tp_value_integer((int64_t)number);
}

static struct tp_value quantile(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    struct tp_sheet_metric *last = &sheet->last;

    if (!last->asked_quantiles) {
        last->asked_quantiles = true;
        last->has_quantiles =
            tp_flow_quantiles(sheet->flow, sheet->bulk_end ^ figure->peer, figure->what, quantiles,
                              last->quantile, TP_SHEET_QUANTILES);
        sheet->out_of_memory |= !last->has_quantiles;
    }
    return last->has_quantiles ? of_metric(figure->what, last->quantile[figure->detail - SHEET_P5])
                               : absent;
}

struct tp_value tp_sheet_metric(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    struct tp_sheet_metric *last = &sheet->last;
    const struct tp_summary *summary = &last->summary;

    if (!last->asked || last->metric != figure->what || last->peer != figure->peer) {
        *last =
            (struct tp_sheet_metric){.asked = true, .metric = figure->what, .peer = figure->peer};
        last->known = tp_flow_summary(sheet->flow, sheet->bulk_end ^ figure->peer, figure->what,
                                      &last->summary);
    }
    if (!last->known)
        return absent;
    switch (figure->detail) {
    case SHEET_SAMPLES:
        return tp_value_integer((int64_t)summary->samples);
    case SHEET_FIRST:
        return of_metric(figure->what, summary->first);
    case SHEET_LAST:
        return of_metric(figure->what, summary->last);
    case SHEET_MIN:
        return of_metric(figure->what, summary->min);
    case SHEET_MEAN:
        return real(summary->mean);
    case SHEET_MAX:
        return of_metric(figure->what, summary->max);
    default:
        return quantile(sheet, figure);
    }
}

struct tp_value tp_sheet_events(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    const struct tp_side *side = sheet->side[figure->peer];
    uint32_t count;

    if (!side || !tp_analysis_saw(sheet->analysis, figure->what))
        return absent;
    memcpy(&count, (const char *)side + figure->detail, sizeof count);
    return tp_value_integer(count);
}

struct tp_value tp_sheet_event_time(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    const struct tp_side *side = sheet->side[figure->peer];
    int64_t time_ns;

    if (!side || !tp_analysis_saw(sheet->analysis, figure->what))
        return absent;
    memcpy(&time_ns, (const char *)side + figure->detail, sizeof time_ns);
    return tp_value_integer(time_ns);
}

static struct tp_value cookie(struct tp_sheet *sheet, unsigned peer)
{
    uint64_t number = sheet->flow->cookie[sheet->bulk_end ^ peer];

    snprintf(sheet->cookie[peer], sizeof sheet->cookie[peer], "%llx", (unsigned long long)number);
    return tp_value_text(number ? sheet->cookie[peer] : NULL);
}

static struct tp_value state_name(int state, const char *(*name)(unsigned))
{
    return tp_value_text(state >= 0 ? name((unsigned)state) : NULL);
}

struct tp_value tp_sheet_side(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    const struct tp_side *side = sheet->side[figure->peer];
    double number;

    if (!side)
        return absent;
    switch (figure->detail) {
    case SHEET_ACKED:
        return tp_value_integer_if(side->has_acked, side->acked_bytes);
    case SHEET_GOODPUT:
        return sheet->flow->timing == TP_TIMING_SECONDS && tp_side_goodput(side, &number)
                   ? real(number)
                   : absent;
    case SHEET_SHARE:
        return tp_side_retransmit_share(sheet->analysis, side, &number) ? real(number) : absent;
    case SHEET_RECEIVED:
        return tp_value_integer_if(side->has_received, side->received_bytes);
    case SHEET_RECEIVED_MAX:
        return tp_value_integer_if(side->has_received, side->received_max);
    case SHEET_MSS:
        return tp_value_integer_if(side->mss_bytes != 0, side->mss_bytes);
    case SHEET_INITIAL_CWND:
        return tp_value_integer_if(side->initial_cwnd_segs != 0, side->initial_cwnd_segs);
    case SHEET_PROBES:
        return tp_value_integer((int64_t)side->probes);
    case SHEET_TCP_STATE:
        return state_name(side->tcp_state, tp_tcp_state_name);
    case SHEET_CONG_STATE:
        return state_name(side->cong_state, tp_cong_state_name);
    case SHEET_CLOSED:
        return tp_value_bool(sheet->flow->closed[sheet->bulk_end ^ figure->peer]);
    case SHEET_COOKIE:
        return cookie(sheet, figure->peer);
    case SHEET_SOCKET_FIRST:
        return tp_value_integer(side->first_ns);
    case SHEET_SOCKET_LAST:
        return tp_value_integer(side->last_ns);
    default:
        return absent;
    }
}
