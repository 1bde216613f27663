/* sheet.c: getting the figures out of a flow. What was not measured is absent: a count of events
 * where such events were never met, a figure of a socket that was never seen. */
#include <stdio.h>
#include <string.h>

#include "output/sheet.h"

static const double quantiles[TP_SHEET_QUANTILES] = {0.05, 0.50, 0.95, 0.99};

static const struct tp_value absent = {.type = TP_VALUE_ABSENT};

static struct tp_value integer(int64_t value)
{
    return (struct tp_value){.type = TP_VALUE_INTEGER, .integer = value};
}

static struct tp_value integer_if(bool known, uint64_t value)
{
    return known ? integer((int64_t)value) : absent;
}

static struct tp_value real(double value)
{
    return (struct tp_value){.type = TP_VALUE_REAL, .real = value};
}

static struct tp_value text_if(bool known, const char *text)
{
    return known ? (struct tp_value){.type = TP_VALUE_TEXT, .text = text} : absent;
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
    tp_endpoint_text(&flow->key, sheet->bulk_end, sheet->src, sizeof sheet->src);
    tp_endpoint_text(&flow->key, !sheet->bulk_end, sheet->dst, sizeof sheet->dst);
    snprintf(sheet->both, sizeof sheet->both, "%s -> %s", sheet->src, sheet->dst);
}

struct tp_value tp_sheet_value(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    return figure->get(sheet, figure);
}

/* Markers without a number make the number of lost events unknown. */
static struct tp_value lost_events(const struct tp_flow_data *data)
{
    return integer_if(data->lost || !data->lost_markers, data->lost);
}

struct tp_value tp_sheet_flow(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    const struct tp_flow *flow = sheet->flow;

    switch (figure->detail) {
    case SHEET_ID:
        return integer(flow->id);
    case SHEET_BOTH:
        return text_if(true, sheet->both);
    case SHEET_SRC:
        return text_if(true, sheet->src);
    case SHEET_DST:
        return text_if(true, sheet->dst);
    case SHEET_START:
        return integer(flow->first_ns - sheet->base_ns);
    case SHEET_DURATION:
        return integer(flow->last_ns - flow->first_ns);
    case SHEET_FIRST_SEEN:
        return integer(flow->first_ns);
    case SHEET_LAST_SEEN:
        return integer(flow->last_ns);
    case SHEET_RECORDS:
        return integer((int64_t)flow->records);
    case SHEET_TIMELINE:
        return integer(flow->key.timeline);
    case SHEET_OPENER:
        return text_if(flow->opener >= 0, flow->opener == (int)sheet->bulk_end ? "src" : "dst");
    case SHEET_LOST:
        return lost_events(sheet->data);
    case SHEET_LOST_MARKERS:
        return integer((int64_t)sheet->data->lost_markers);
    default:
        return absent;
    }
}

/* Quantiles of integers are integers. */
static struct tp_value quantile(struct tp_sheet *sheet, const struct tp_flow_figure *figure,
                                struct tp_sheet_state *state)
{
    if (!state->asked_quantiles) {
        state->asked_quantiles = true;
        state->has_quantiles = tp_side_quantiles(sheet->side[figure->peer], figure->metric,
                                                 quantiles, state->quantile, TP_SHEET_QUANTILES);
        sheet->out_of_memory |= !state->has_quantiles;
    }
    return integer_if(state->has_quantiles, (uint64_t)state->quantile[figure->detail - SHEET_P5]);
}

struct tp_value tp_sheet_state(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    struct tp_sheet_state *state = &sheet->state[figure->peer][figure->metric];
    const struct tp_stat *stat = &state->stat;

    if (!state->asked) {
        state->asked = true;
        state->known = tp_side_stat(sheet->side[figure->peer], figure->metric, &state->stat);
    }
    if (!state->known)
        return absent;
    switch (figure->detail) {
    case SHEET_SAMPLES:
        return integer((int64_t)stat->samples);
    case SHEET_FIRST:
        return integer(stat->first);
    case SHEET_LAST:
        return integer(stat->last);
    case SHEET_MIN:
        return integer(stat->min);
    case SHEET_MEAN:
        return real(stat->mean);
    case SHEET_MAX:
        return integer(stat->max);
    default:
        return quantile(sheet, figure, state);
    }
}

struct tp_value tp_sheet_events(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    const struct tp_side *side = sheet->side[figure->peer];
    uint32_t count;

    if (!side || !tp_analysis_saw(sheet->analysis, figure->metric))
        return absent;
    memcpy(&count, (const char *)side + figure->detail, sizeof count);
    return integer(count);
}

struct tp_value tp_sheet_event_time(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    const struct tp_side *side = sheet->side[figure->peer];
    int64_t time_ns;

    if (!side || !tp_analysis_saw(sheet->analysis, figure->metric))
        return absent;
    memcpy(&time_ns, (const char *)side + figure->detail, sizeof time_ns);
    return integer(time_ns);
}

static struct tp_value cookie(struct tp_sheet *sheet, unsigned peer)
{
    uint64_t number = sheet->flow->cookie[sheet->bulk_end ^ peer];

    snprintf(sheet->cookie[peer], sizeof sheet->cookie[peer], "%llx", (unsigned long long)number);
    return text_if(number != 0, sheet->cookie[peer]);
}

static struct tp_value state_name(int state, const char *(*name)(unsigned))
{
    const char *text = state >= 0 ? name((unsigned)state) : NULL;

    return text_if(text != NULL, text);
}

struct tp_value tp_sheet_side(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    const struct tp_side *side = sheet->side[figure->peer];
    double number;

    if (!side)
        return absent;
    switch (figure->detail) {
    case SHEET_ACKED:
        return integer_if(side->has_acked, side->acked_bytes);
    case SHEET_GOODPUT:
        return tp_side_goodput(side, &number) ? real(number) : absent;
    case SHEET_SHARE:
        return tp_side_retransmit_share(sheet->analysis, side, &number) ? real(number) : absent;
    case SHEET_RECEIVED:
        return integer_if(side->has_received, side->received_bytes);
    case SHEET_RECEIVED_MAX:
        return integer_if(side->has_received, side->received_max);
    case SHEET_MSS:
        return integer_if(side->mss_bytes != 0, side->mss_bytes);
    case SHEET_INITIAL_CWND:
        return integer_if(side->initial_cwnd_segs != 0, side->initial_cwnd_segs);
    case SHEET_PROBES:
        return integer((int64_t)side->probes);
    case SHEET_TCP_STATE:
        return state_name(side->tcp_state, tp_tcp_state_name);
    case SHEET_CONG_STATE:
        return state_name(side->cong_state, tp_cong_state_name);
    case SHEET_CLOSED:
        return (struct tp_value){.type = TP_VALUE_BOOL,
                                 .integer = sheet->flow->closed[sheet->bulk_end ^ figure->peer]};
    case SHEET_COOKIE:
        return cookie(sheet, figure->peer);
    case SHEET_SOCKET_FIRST:
        return integer(side->first_ns);
    case SHEET_SOCKET_LAST:
        return integer(side->last_ns);
    default:
        return absent;
    }
}
