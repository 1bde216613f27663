/* sheet.c: the figures of a connection, as it is to be named. */
#include "page/page.h"

const struct tp_flow *page_open(struct tp_page *page, const struct tp_flow *flow, int64_t base_ns)
{
    page->named = *flow;
    page_names_key(page->names, &page->named.key);
    tp_sheet_open(&page->sheet, page->analysis, &page->named, base_ns);
    return &page->named;
}

/* Who it was, beside its addresses. */
static const struct {
    enum tp_figure_id figure;
    const char *kind; /* NULL: it is left out */
} identities[] = {{TP_FIGURE_owner, "process"},
                  {TP_FIGURE_cgroup, "cgroup"},
                  {TP_FIGURE_uid, NULL},
                  {TP_FIGURE_pid, NULL},
                  {TP_FIGURE_cookie, NULL}};

struct tp_value page_value(struct tp_page *page, const struct tp_figure_column *column)
{
    struct tp_value value = tp_sheet_column(&page->sheet, column);

    if (!page->names || value.type == TP_VALUE_ABSENT)
        return value;
    for (size_t i = 0; i < sizeof identities / sizeof *identities; i++)
        if (identities[i].figure == column->figure)
            return tp_value_text(identities[i].kind
                                     ? page_names_text(page->names, identities[i].kind, value.text)
                                     : NULL);
    return value;
}

void page_figure(struct tp_page *page, struct tp_out *out, const struct tp_figure_column *column,
                 bool *begun)
{
    struct tp_value value = page_value(page, column);

    if (value.type == TP_VALUE_ABSENT)
        return;
    if (*begun)
        tp_out_text(out, ",");
    *begun = true;
    page_key(out, column->name);
    if (value.type == TP_VALUE_TEXT)
        page_text(out, value.text);
    else
        tp_out_json_value(out, &value);
}

int64_t page_time(const struct tp_page *page, int64_t t_ns)
{
    int64_t since_ns = t_ns - page->sheet.base_ns;

    if (page->named.timing == TP_TIMING_TICKS)
        return since_ns;
    return since_ns >= 0 ? since_ns / 1000 : -((999 - since_ns) / 1000);
}
