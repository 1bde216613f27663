/* words.c: what the names in the data mean, as far as the page says it. */
#include <string.h>

#include "page/page.h"

static const char *const metric_kinds[] = {[TP_METRIC_STATE] = "state",
                                           [TP_METRIC_SAMPLE] = "sample",
                                           [TP_METRIC_COUNT] = "count",
                                           [TP_METRIC_CHANGE] = "change"};
static const char *const shows[] = {
    [TP_SHOW_TEXT] = "text",       [TP_SHOW_WIDE] = "text",       [TP_SHOW_PLAIN] = "plain",
    [TP_SHOW_SI] = "si",           [TP_SHOW_SECONDS] = "seconds", [TP_SHOW_MS] = "ms",
    [TP_SHOW_PERCENT] = "percent", [TP_SHOW_WHOLE] = "percent"};

struct member {
    const char *name, *text;
};

static void write_texts(struct tp_out *out, const char *name, const struct member *members,
                        size_t count)
{
    bool begun = false;

    page_key(out, name);
    tp_out_text(out, "{");
    for (size_t i = 0; i < count; i++) {
        if (!members[i].text || !members[i].text[0])
            continue;
        tp_out_text(out, begun ? "," : "");
        begun = true;
        page_key(out, members[i].name);
        tp_out_json_text(out, members[i].text);
    }
}

static void write_metrics(struct tp_out *out)
{
    uint64_t kept = tp_page_detail_series();
    bool begun = false;

    tp_out_text(out, "\"metrics\":{");
    for (unsigned i = 0; i < TP_METRIC_IDS; i++) {
        const struct tp_metric *metric = &tp_metrics[i];

        if (!(kept >> i & 1))
            continue;
        tp_out_text(out, begun ? ",\n" : "");
        begun = true;
        write_texts(out, metric->name,
                    (const struct member[]){{"title", metric->title},
                                            {"unit", metric->unit},
                                            {"kind", metric_kinds[metric->kind]},
                                            {"help", metric->help}},
                    4);
        tp_out_text(out, ",");
        page_member(out, "per_unit", metric->per_unit);
        tp_out_text(out, "}");
    }
    tp_out_text(out, "}");
}

/* Those of the other end are the same. */
static void write_columns(const struct tp_page *page, struct tp_out *out)
{
    bool begun = false;

    tp_out_text(out, ",\n\"columns\":{");
    for (size_t i = 0; i < page->columns->count; i++) {
        const struct tp_figure_column *column = &page->columns->list[i];

        if (column->column.is_twin || !(column->use & TP_FIGURE_ALL))
            continue;
        tp_out_text(out, begun ? ",\n" : "");
        begun = true;
        write_texts(out, column->name,
                    (const struct member[]){{"section", column->column.section},
                                            {"group", column->column.group},
                                            {"heading", column->column.heading},
                                            {"unit", tp_figures[column->figure].unit},
                                            {"show", shows[column->column.show]},
                                            {"help", column->column.help}},
                    6);
        tp_out_text(out, "}");
    }
    tp_out_text(out, "}");
}

static void write_waits(struct tp_out *out)
{
    tp_out_text(out, ",\n\"waits\":{");
    for (unsigned wait = 0; wait < TP_WAIT_COUNT; wait++) {
        tp_out_text(out, wait ? "," : "");
        page_key(out, tp_wait_name((enum tp_wait)wait));
        tp_out_json_text(out, tp_wait_help((enum tp_wait)wait));
    }
    tp_out_text(out, "}");
}

void tp_page_words(struct tp_page *page, struct tp_out *out)
{
    write_metrics(out);
    write_columns(page, out);
    write_waits(out);
}
