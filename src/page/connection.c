/* connection.c: all of one connection. */
#include "page/page.h"

static void write_figures(struct tp_page *page, struct tp_out *out)
{
    bool begun = false;

    tp_out_text(out, ",\"figures\":{");
    for (size_t i = 0; i < page->columns->count; i++)
        if (page->columns->list[i].use & TP_FIGURE_ALL)
            page_figure(page, out, &page->columns->list[i], &begun);
    tp_out_text(out, "}");
}

/* Which of the series is the rate: of which end, what it is. */
static void write_rate(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow)
{
    const struct page_bytes bytes = page_bytes(page, flow);

    if (!bytes.series)
        return;
    tp_out_text(out, ",\"rate\":{");
    page_member(out, "end", bytes.end);
    tp_out_text(out, ",\"metric\":");
    tp_out_json_text(out, tp_metrics[bytes.metric].name);
    tp_out_text(out, "}");
}

void tp_page_connection(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow,
                        int64_t base_ns, const struct tp_page_log *log, uint64_t rows)
{
    const struct tp_flow *named = page_open(page, flow, base_ns);

    tp_out_text(out, "{");
    page_member(out, "id", flow->id);
    tp_out_text(out,
                flow->timing == TP_TIMING_TICKS ? ",\"time\":\"ticks\"," : ",\"time\":\"us\",");
    page_member(out, "first", page_time(page, flow->first_ns));
    tp_out_text(out, ",");
    page_member(out, "last", page_time(page, flow->last_ns));
    write_figures(page, out);
    write_rate(page, out, named);
    page_series(page, out, named);
    page_spans(page, out, named);
    page_marks(page, out, named);
    page_story(page, out, named);
    page_log(out, log, rows);
    tp_out_text(out, "}");
    if (page->sheet.out_of_memory || page_names_failed(page->names))
        tp_out_fail(out, TP_ERR_NOMEM, "out of memory");
}
