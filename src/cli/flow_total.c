/* flow_total.c: the sums below the rows of `flows`. */
#include <inttypes.h>

#include "base/units.h"
#include "cli/flow_total.h"

void cli_flow_total_add(struct cli_flow_total *total, const struct tp_flow *flow)
{
    const struct tp_side *side = tp_flow_side(flow, tp_flow_bulk_end(flow));

    total->flows++;
    if (side && side->has_acked) {
        total->has_acked = true;
        total->acked_bytes += side->acked_bytes;
    }
    if (side)
        total->retransmits += side->retransmits;
}

static struct tp_value integer_if(bool known, uint64_t number)
{
    return known ? (struct tp_value){.type = TP_VALUE_INTEGER, .integer = (int64_t)number}
                 : (struct tp_value){.type = TP_VALUE_ABSENT};
}

/* How long was recorded: first to last event of all inputs; unknown where they share no clock. */
static struct tp_value recorded_time(const struct cli_pass *pass)
{
    const struct tp_input_info *info;
    int64_t first_ns = INT64_MAX, last_ns = INT64_MIN;
    bool known = false;

    for (size_t i = 0; i < tp_stream_inputs(pass->stream); i++) {
        info = tp_stream_info(pass->stream, i);
        if (info->timeline != tp_stream_info(pass->stream, 0)->timeline)
            return integer_if(false, 0);
        if (!info->has_time)
            continue;
        known = true;
        first_ns = info->first_ns < first_ns ? info->first_ns : first_ns;
        last_ns = info->last_ns > last_ns ? info->last_ns : last_ns;
    }
    return integer_if(known, known ? (uint64_t)(last_ns - first_ns) : 0);
}

static struct tp_value lost_events(const struct cli_pass *pass)
{
    uint64_t lost = 0, markers = 0;

    for (size_t i = 0; i < tp_stream_inputs(pass->stream); i++) {
        lost += tp_stream_info(pass->stream, i)->lost;
        markers += tp_stream_info(pass->stream, i)->lost_markers;
    }
    return integer_if(lost || !markers, lost);
}

void cli_flow_total_json(const struct cli_flow_total *total, const struct cli_pass *pass,
                         const struct tp_analysis *analysis, struct tp_out *out)
{
    static const struct tp_column names[] = {
        {.name = "flows"},  {.name = "acked_bytes"}, {.name = "retransmits"},
        {.name = "events"}, {.name = "recorded_ns"}, {.name = "lost_events"},
    };
    const struct tp_value values[] = {
        integer_if(true, total->flows),
        integer_if(total->has_acked, total->acked_bytes),
        integer_if(tp_analysis_saw(analysis, TP_KIND_RETRANSMIT_SKB), total->retransmits),
        integer_if(true, pass->taken),
        recorded_time(pass),
        lost_events(pass),
    };
    const struct tp_column *columns[sizeof names / sizeof *names];
    const struct tp_rows rows = {.columns = columns, .column_count = sizeof names / sizeof *names};

    for (size_t i = 0; i < rows.column_count; i++)
        columns[i] = &names[i];
    tp_out_json_object(out, &rows, values);
}

static void number(struct tp_out *out, const char *before, uint64_t value, const char *after)
{
    char text[32];

    snprintf(text, sizeof text, "%" PRIu64, value);
    tp_out_text(out, before);
    tp_out_text(out, text);
    tp_out_text(out, after);
}

void cli_flow_total_text(const struct cli_flow_total *total, const struct cli_pass *pass,
                         const struct tp_analysis *analysis, struct tp_out *out)
{
    const struct tp_value time = recorded_time(pass), lost = lost_events(pass);
    char text[32];

    number(out, "total: ", total->flows, total->flows == 1 ? " flow" : " flows");
    if (total->shown < total->flows)
        number(out, " (", total->shown, " shown)");
    if (total->has_acked) {
        tp_units_si_unit((double)total->acked_bytes, "B", text, sizeof text);
        tp_out_text(out, ", ");
        tp_out_text(out, text);
        tp_out_text(out, " acked");
    }
    if (tp_analysis_saw(analysis, TP_KIND_RETRANSMIT_SKB))
        number(out, ", ", total->retransmits, " skbs retransmitted");
    number(out, ", ", pass->taken, "");
    if (pass->taken < pass->seen)
        number(out, " of ", pass->seen, "");
    tp_out_text(out, " events");
    if (time.type != TP_VALUE_ABSENT) {
        tp_units_duration(time.integer, text, sizeof text);
        tp_out_text(out, " in ");
        tp_out_text(out, text);
    }
    if (lost.type != TP_VALUE_ABSENT)
        number(out, ", ", (uint64_t)lost.integer, " events lost");
    else
        tp_out_text(out, ", an unknown number of events lost");
    tp_out_text(out, "\n");
}
