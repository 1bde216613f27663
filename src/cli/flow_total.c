/* flow_total.c: the sums below the rows of `flows`. */
#include <inttypes.h>

#include "base/units.h"
#include "cli/flow_total.h"

static void add_wire(struct cli_flow_total *total, const struct tp_wire *wire)
{
    total->has_wire = true;
    total->unique_bytes += wire->unique_bytes;
    total->wire_acked_bytes += wire->acked_bytes;
    if (!wire->trouble)
        return;
    total->retransmitted_segs += wire->trouble->retransmitted_segs;
    total->missed_bytes += wire->trouble->unseen_bytes;
}

void cli_flow_total_add(struct cli_flow_total *total, const struct tp_flow *flow)
{
    const unsigned end = tp_flow_bulk_end(flow);
    const struct tp_side *side = tp_flow_side(flow, end);
    const struct tp_wire *wire = tp_flow_wire(flow, end);

    total->flows++;
    if (side && side->has_acked) {
        total->has_acked = true;
        total->acked_bytes += side->acked_bytes;
    }
    if (side)
        total->retransmits += side->retransmits;
    if (wire)
        add_wire(total, wire);
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
            return tp_value_integer_if(false, 0);
        if (info->ticks || info->steps_unsure || info->recordings > 1)
            return tp_value_integer_if(false, 0);
        if (!info->has_time)
            continue;
        known = true;
        first_ns = info->first_ns < first_ns ? info->first_ns : first_ns;
        last_ns = info->last_ns > last_ns ? info->last_ns : last_ns;
    }
    return tp_value_integer_if(known, known ? (uint64_t)(last_ns - first_ns) : 0);
}

static struct tp_value lost_events(const struct cli_pass *pass)
{
    uint64_t lost = 0, markers = 0;

    for (size_t i = 0; i < tp_stream_inputs(pass->stream); i++) {
        lost += tp_stream_info(pass->stream, i)->lost;
        markers += tp_stream_info(pass->stream, i)->lost_markers;
    }
    return tp_value_integer_if(lost || !markers, lost);
}

void cli_flow_total_json(const struct cli_flow_total *total, const struct cli_pass *pass,
                         const struct tp_analysis *analysis, struct tp_out *out)
{
    static const struct tp_column names[] = {
        {.name = "flows"},
        {.name = "acked_bytes"},
        {.name = "retransmits"},
        {.name = "events"},
        {.name = "recorded_ns"},
        {.name = "lost_events"},
        {.name = "packets"},
        {.name = "wire_unique_bytes"},
        {.name = "wire_acked_bytes"},
        {.name = "wire_retransmitted_segs"},
        {.name = "wire_missed_bytes"},
    };
    const struct tp_value values[] = {
        tp_value_integer_if(true, total->flows),
        tp_value_integer_if(total->has_acked, total->acked_bytes),
        tp_value_integer_if(tp_analysis_saw(analysis, TP_KIND_RETRANSMIT_SKB), total->retransmits),
        tp_value_integer_if(true, pass->taken - pass->packets),
        recorded_time(pass),
        lost_events(pass),
        tp_value_integer_if(true, pass->packets),
        tp_value_integer_if(total->has_wire, total->unique_bytes),
        tp_value_integer_if(total->has_wire, total->wire_acked_bytes),
        tp_value_integer_if(total->has_wire, total->retransmitted_segs),
        tp_value_integer_if(total->has_wire, total->missed_bytes),
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

static void bytes(struct tp_out *out, uint64_t value, const char *after)
{
    char text[32];

    tp_units_si_unit((double)value, "B", text, sizeof text);
    tp_out_text(out, ", ");
    tp_out_text(out, text);
    tp_out_text(out, after);
}

/* By kernel events where there are any: these tell of both the same. */
static void sums_text(const struct cli_flow_total *total, const struct tp_analysis *analysis,
                      struct tp_out *out)
{
    if (total->has_acked)
        bytes(out, total->acked_bytes, " acked");
    else if (total->has_wire && (total->wire_acked_bytes || !total->unique_bytes))
        bytes(out, total->wire_acked_bytes, " acked");
    else if (total->has_wire)
        bytes(out, total->unique_bytes, " sent");
    if (tp_analysis_saw(analysis, TP_KIND_RETRANSMIT_SKB))
        number(out, ", ", total->retransmits, " skbs retransmitted");
    if (total->has_wire)
        number(out, ", ", total->retransmitted_segs, " segments retransmitted");
}

/* "12 events and 34 packets, of 56" */
static void records_text(const struct cli_pass *pass, struct tp_out *out)
{
    uint64_t events = pass->taken - pass->packets;

    if (events || !pass->packets)
        number(out, ", ", events, " events");
    if (pass->packets)
        number(out, events ? " and " : ", ", pass->packets, " packets");
    if (pass->taken < pass->seen)
        number(out, " of ", pass->seen, "");
}

static void lost_text(const struct cli_flow_total *total, const struct cli_pass *pass,
                      struct tp_out *out)
{
    const struct tp_value lost = lost_events(pass);

    if (lost.type == TP_VALUE_ABSENT)
        tp_out_text(out, ", an unknown number of events lost");
    else if (lost.integer || pass->taken > pass->packets || !pass->packets)
        number(out, ", ", (uint64_t)lost.integer, " events lost");
    if (total->has_wire)
        bytes(out, total->missed_bytes, " not captured");
}

void cli_flow_total_text(const struct cli_flow_total *total, const struct cli_pass *pass,
                         const struct tp_analysis *analysis, struct tp_out *out)
{
    const struct tp_value time = recorded_time(pass);
    char text[32];

    number(out, "total: ", total->flows, total->flows == 1 ? " flow" : " flows");
    if (total->shown < total->flows)
        number(out, " (", total->shown, " shown)");
    sums_text(total, analysis, out);
    records_text(pass, out);
    if (time.type != TP_VALUE_ABSENT) {
        tp_units_duration(time.integer, text, sizeof text);
        tp_out_text(out, " in ");
        tp_out_text(out, text);
    }
    lost_text(total, pass, out);
    tp_out_text(out, "\n");
}
