/* flow_total.c: the sums below the rows of `flows`. */
#include <inttypes.h>

#include "base/phrase.h"
#include "base/units.h"
#include "cli/flow_total.h"

/* What is summed: a figure by that origin, of the bulk senders. */
static const struct {
    enum tp_figure_id figure;
    unsigned origin;
} summed[CLI_TOTALS] = {
    [CLI_TOTAL_ACKED] = {TP_FIGURE_acked_bytes, TP_BEST},
    [CLI_TOTAL_RETRANSMITS] = {TP_FIGURE_retransmitted, TP_FROM_KERNEL},
    [CLI_TOTAL_UNIQUE] = {TP_FIGURE_wire_unique_bytes, TP_BEST},
    [CLI_TOTAL_WIRE_ACKED] = {TP_FIGURE_acked_bytes, TP_FROM_PACKETS},
    [CLI_TOTAL_RESENT] = {TP_FIGURE_retransmitted, TP_FROM_PACKETS},
    [CLI_TOTAL_MISSED] = {TP_FIGURE_wire_missed_bytes, TP_BEST},
};

void cli_flow_total_add(struct cli_flow_total *total, const struct tp_analysis *analysis,
                        const struct tp_flow *flow)
{
    struct tp_sheet sheet; /* 12 KB, of which opening it clears what is needed */
    struct tp_value value;

    sheet.out_of_memory = false;
    tp_sheet_open(&sheet, analysis, flow, 0);
    total->flows++;
    for (unsigned i = 0; i < CLI_TOTALS; i++) {
        value = tp_sheet_value(&sheet, summed[i].figure, 0, summed[i].origin, NULL);
        if (value.type != TP_VALUE_INTEGER)
            continue;
        total->known[i] = true;
        total->sum[i] += (uint64_t)value.integer;
        total->at_least |= value.at_least;
    }
}

static struct tp_value sum_of(const struct cli_flow_total *total, enum cli_total which)
{
    return tp_value_integer_if(total->known[which], total->sum[which]);
}

/* How long was recorded: first to last event of all inputs; unknown where they share no clock, or
 * the directions of a connection have none in common. */
static struct tp_value recorded_time(const struct cli_flow_total *total,
                                     const struct cli_pass *pass,
                                     const struct tp_analysis *analysis)
{
    const struct tp_input_info *info;
    int64_t first_ns = INT64_MAX, last_ns = INT64_MIN;
    bool known = false;

    if (tp_analysis_two_clocks(analysis))
        return tp_value_integer_if(false, 0);
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
    if (total->goes_on) {
        first_ns = total->first_ns;
        last_ns = total->last_ns;
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
        {.name = "acked_at_least"},
        {.name = "retransmits"},
        {.name = "events"},
        {.name = "recorded_ns"},
        {.name = "lost_events"},
        {.name = "packets"},
        {.name = "wire_unique_bytes"},
        {.name = "wire_acked_bytes"},
        {.name = "wire_resent_segs"},
        {.name = "wire_missed_bytes"},
    };
    const struct tp_pass_counts counts = tp_pass_counts(pass->pass);
    const struct tp_value values[] = {
        tp_value_integer_if(true, total->flows),
        sum_of(total, CLI_TOTAL_ACKED),
        tp_value_bool(total->at_least),
        tp_value_integer_if(tp_analysis_saw(analysis, TP_KIND_RETRANSMIT_SKB),
                            total->sum[CLI_TOTAL_RETRANSMITS]),
        tp_value_integer_if(true, counts.taken - counts.packets),
        recorded_time(total, pass, analysis),
        lost_events(pass),
        tp_value_integer_if(true, counts.packets),
        sum_of(total, CLI_TOTAL_UNIQUE),
        sum_of(total, CLI_TOTAL_WIRE_ACKED),
        sum_of(total, CLI_TOTAL_RESENT),
        sum_of(total, CLI_TOTAL_MISSED),
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

/* So many of them. */
static void nouns(struct tp_out *out, const char *before, uint64_t count, const char *noun,
                  const char *after)
{
    number(out, before, count, " ");
    tp_out_text(out, noun);
    tp_out_text(out, tp_plural(count));
    tp_out_text(out, after);
}

static void bytes(struct tp_out *out, const char *before, uint64_t value, const char *after)
{
    char text[32];

    tp_units_si_unit((double)value, "B", text, sizeof text);
    tp_out_text(out, before);
    tp_out_text(out, text);
    tp_out_text(out, after);
}

static void flows_text(const struct cli_flow_total *total, struct tp_out *out)
{
    bool some = total->shown < total->flows;

    nouns(out, "total: ", total->flows, "flow", some || total->left ? " (" : "");
    if (some)
        number(out, "", total->shown, " shown");
    if (total->left)
        number(out, some ? "; " : "", total->left,
               " left the memory, and what went on then counts again");
    tp_out_text(out, some || total->left ? ")" : "");
}

static void sums_text(const struct cli_flow_total *total, const struct tp_analysis *analysis,
                      struct tp_out *out)
{
    if (total->sum[CLI_TOTAL_ACKED] ||
        (total->known[CLI_TOTAL_ACKED] && !total->sum[CLI_TOTAL_UNIQUE]))
        bytes(out, total->at_least ? ", at least " : ", ", total->sum[CLI_TOTAL_ACKED], " acked");
    else if (total->known[CLI_TOTAL_UNIQUE])
        bytes(out, ", ", total->sum[CLI_TOTAL_UNIQUE], " sent");
    if (tp_analysis_saw(analysis, TP_KIND_RETRANSMIT_SKB))
        nouns(out, ", ", total->sum[CLI_TOTAL_RETRANSMITS], "skb", " retransmitted");
    if (total->known[CLI_TOTAL_RESENT])
        nouns(out, ", ", total->sum[CLI_TOTAL_RESENT], "segment", " retransmitted");
}

/* "12 events and 34 packets, of 56" */
static void records_text(const struct cli_pass *pass, struct tp_out *out)
{
    const struct tp_pass_counts counts = tp_pass_counts(pass->pass);
    uint64_t events = counts.taken - counts.packets;

    if (events || !counts.packets)
        nouns(out, ", ", events, "event", "");
    if (counts.packets)
        nouns(out, events ? " and " : ", ", counts.packets, "packet", "");
    if (counts.taken < counts.seen)
        number(out, " of ", counts.seen, "");
}

static void lost_text(const struct cli_flow_total *total, const struct cli_pass *pass,
                      struct tp_out *out)
{
    const struct tp_pass_counts counts = tp_pass_counts(pass->pass);
    const struct tp_value lost = lost_events(pass);

    if (lost.type == TP_VALUE_ABSENT)
        tp_out_text(out, ", an unknown number of events lost");
    else if (lost.integer || counts.taken > counts.packets || !counts.packets)
        nouns(out, ", ", (uint64_t)lost.integer, "event", " lost");
    if (total->known[CLI_TOTAL_MISSED])
        bytes(out, ", ", total->sum[CLI_TOTAL_MISSED], " not captured");
}

void cli_flow_total_text(const struct cli_flow_total *total, const struct cli_pass *pass,
                         const struct tp_analysis *analysis, struct tp_out *out)
{
    const struct tp_value time = recorded_time(total, pass, analysis);
    char text[32];

    if (total->marked)
        tp_out_text(out, tp_analysis_saw(analysis, TP_KIND_PROBE)
                             ? "+: at least so much: tcp_probe is silent once a socket has left "
                               "ESTABLISHED, its end was not seen\n"
                             : "+: at least so much: samples do not tell whether SYN and FIN are "
                               "among what was acknowledged, or the last totals were not told\n");
    flows_text(total, out);
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
