/* spans.c: what held for a time: limits, waits, congestion states, loss episodes, gaps in the
 * recording; and what happened to single segments. */
#include <tcpprobe/plot.h>

#include "page/page.h"

typedef const char *span_name(unsigned value);

static const char *limit_name(unsigned value)
{
    return tp_limit_name((enum tp_limit)value);
}

static const char *wait_name(unsigned value)
{
    return tp_wait_name((enum tp_wait)value);
}

static const char *cong_name(unsigned value)
{
    return tp_cong_state_name((uint8_t)value);
}

static void write_names(struct tp_out *out, span_name *name, unsigned count)
{
    tp_out_text(out, "\"names\":[");
    for (unsigned i = 0; i < count; i++) {
        tp_out_text(out, i ? "," : "");
        tp_out_json_text(out, name(i));
    }
    tp_out_text(out, "],");
}

/* "begin":[...],"length":[...],"value":[...]; the last two are no differences */
static void write_list(const struct tp_page *page, struct tp_out *out, const struct tp_span *list,
                       size_t count)
{
    struct page_deltas deltas = page_deltas_begin(out, "begin");

    for (size_t i = 0; i < count; i++)
        page_deltas_add(&deltas, page_time(page, list[i].begin_ns));
    page_deltas_end(&deltas);
    tp_out_text(out, ",\"length\":[");
    for (size_t i = 0; i < count; i++) {
        tp_out_text(out, i ? "," : "");
        page_integer(out, page_time(page, list[i].end_ns) - page_time(page, list[i].begin_ns));
    }
    tp_out_text(out, "],\"value\":[");
    for (size_t i = 0; i < count; i++) {
        tp_out_text(out, i ? "," : "");
        page_integer(out, (int64_t)list[i].value);
    }
    tp_out_text(out, "]");
}

struct strip {
    const char *what;
    unsigned origin;
    span_name *name;
    unsigned names;
    const struct tp_spans *(*of)(const struct tp_flow *flow, unsigned end, enum tp_origin origin);
};

static const struct tp_spans *cong_spans(const struct tp_flow *flow, unsigned end,
                                         enum tp_origin origin)
{
    return origin == TP_FROM_KERNEL ? tp_flow_cong_spans(flow, end) : NULL;
}

static const struct strip strips[] = {
    {"limit", TP_FROM_KERNEL, limit_name, TP_LIMITS, tp_flow_limit_spans},
    {"limit", TP_FROM_PACKETS, limit_name, TP_LIMITS, tp_flow_limit_spans},
    {"wait", TP_FROM_KERNEL, wait_name, TP_WAIT_COUNT, tp_flow_wait_spans},
    {"wait", TP_FROM_PACKETS, wait_name, TP_WAIT_COUNT, tp_flow_wait_spans},
    {"cong_state", TP_FROM_KERNEL, cong_name, TP_CONG_STATES, cong_spans},
};

static void write_strips(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow)
{
    bool begun = false;

    tp_out_text(out, ",\"spans\":[");
    for (unsigned end = 0; end < 2; end++)
        for (size_t i = 0; i < sizeof strips / sizeof *strips; i++) {
            const struct strip *strip = &strips[i];
            const struct tp_spans *spans =
                strip->of(flow, page->sheet.bulk_end ^ end, (enum tp_origin)strip->origin);

            if (!spans || !spans->count)
                continue;
            tp_out_text(out, begun ? ",\n{" : "{");
            begun = true;
            page_member(out, "end", end);
            tp_out_text(out, ",\"what\":");
            tp_out_json_text(out, strip->what);
            tp_out_text(out, ",\"origin\":");
            tp_out_json_text(out, tp_origin_name(strip->origin));
            tp_out_text(out, ",");
            write_names(out, strip->name, strip->names);
            write_list(page, out, spans->list, spans->count);
            tp_out_text(out, "}");
        }
    tp_out_text(out, "]");
}

/* With the part around each that shows how it came and how it went, as `plot --zoom loss` has it.
 */
static void write_episodes(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow)
{
    size_t count = tp_plot_episodes(page->analysis, flow, NULL, 0);
    struct tp_plot_episode episode;
    int64_t from_ns, until_ns;

    tp_out_text(out, ",\"episodes\":[");
    for (size_t i = 0; i < count; i++) {
        tp_plot_episodes(page->analysis, flow, &episode, i);
        tp_plot_around(flow, &episode, &from_ns, &until_ns);
        tp_out_text(out, i ? ",{\"what\":" : "{\"what\":");
        tp_out_json_text(out, episode.what);
        tp_out_text(out, ",");
        page_member(out, "begin", page_time(page, episode.begin_ns));
        tp_out_text(out, ",");
        page_member(out, "end", page_time(page, episode.end_ns));
        tp_out_text(out, ",");
        page_member(out, "from", page_time(page, from_ns));
        tp_out_text(out, ",");
        page_member(out, "until", page_time(page, until_ns));
        tp_out_text(out, "}");
    }
    tp_out_text(out, "]");
}

/* Those that lie in its life, as far as they are of it. */
static void write_gaps(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow)
{
    const struct tp_spans *gaps = tp_analysis_gaps(page->analysis, flow->key.timeline);
    uint32_t from = 0, to;

    if (!gaps)
        return;
    while (from < gaps->count && gaps->list[from].end_ns < flow->first_ns)
        from++;
    for (to = from; to < gaps->count && gaps->list[to].begin_ns <= flow->last_ns; to++)
        ;
    if (to == from)
        return;
    tp_out_text(out, ",\"gaps\":{");
    write_list(page, out, gaps->list + from, to - from);
    tp_out_text(out, "}");
}

void page_spans(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow)
{
    write_strips(page, out, flow);
    write_episodes(page, out, flow);
    write_gaps(page, out, flow);
}

/* --- single segments -------------------------------------------------------------------------- */

/* The kinds that are shown one by one; data and ACKs are curves. */
static const char *const kinds[TP_WIRE_MARKS] = {[TP_WIRE_RETRANSMIT] = "retransmit",
                                                 [TP_WIRE_REPAIR] = "repair",
                                                 [TP_WIRE_REORDERED] = "reordered",
                                                 [TP_WIRE_COPY] = "copy",
                                                 [TP_WIRE_PROBE] = "probe",
                                                 [TP_WIRE_SPURIOUS] = "spurious",
                                                 [TP_WIRE_ZERO] = "zero_window",
                                                 [TP_WIRE_CE] = "ce",
                                                 [TP_WIRE_CWR] = "cwr",
                                                 [TP_WIRE_SYN] = "syn",
                                                 [TP_WIRE_FIN] = "fin",
                                                 [TP_WIRE_RST] = "rst"};

static const char *cause_name(const struct tp_wire_mark *mark)
{
    return mark->kind == TP_WIRE_RETRANSMIT ? tp_cause_name((enum tp_cause)mark->detail) : "";
}

static void write_marks(struct tp_page *page, struct tp_out *out, const struct tp_wire_marks *marks,
                        unsigned end, bool *begun)
{
    for (uint32_t i = 0; i < marks->count; i++) {
        const struct tp_wire_mark *mark = &marks->list[i];

        if (mark->kind >= TP_WIRE_MARKS || !kinds[mark->kind])
            continue;
        tp_out_text(out, *begun ? ",[" : "[");
        *begun = true;
        page_integer(out, end);
        tp_out_text(out, ",");
        page_integer(out, page_time(page, mark->t_ns));
        tp_out_text(out, ",");
        tp_out_json_text(out, kinds[mark->kind]);
        tp_out_text(out, ",");
        tp_out_json_text(out, cause_name(mark));
        tp_out_text(out, ",");
        page_integer(out, (int64_t)mark->begin);
        tp_out_text(out, ",");
        page_integer(out, (int64_t)mark->end);
        tp_out_text(out, "]");
    }
}

void page_marks(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow)
{
    const struct tp_wire_marks *marks;
    bool begun = false;

    tp_out_text(out, ",\"marks\":[");
    for (unsigned end = 0; end < 2; end++) {
        marks = tp_flow_wire_marks(flow, page->sheet.bulk_end ^ end);
        if (marks)
            write_marks(page, out, marks, end, &begun);
    }
    tp_out_text(out, "]");
}
