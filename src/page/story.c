/* story.c: what the senders waited for, and why the connection is slow. */
#include <tcpprobe/explain.h>

#include "page/page.h"

static void write_account(struct tp_out *out, const struct tp_account *account, unsigned end,
                          unsigned origin)
{
    page_member(out, "end", end);
    tp_out_text(out, ",\"origin\":");
    tp_out_json_text(out, tp_origin_name(origin));
    tp_out_text(out, ",\"time_ns\":{");
    for (unsigned wait = 0, written = 0; wait < TP_WAIT_COUNT; wait++) {
        if (account->time_ns[wait] == 0)
            continue;
        tp_out_text(out, written++ ? "," : "");
        page_member(out, tp_wait_name((enum tp_wait)wait), account->time_ns[wait]);
    }
    tp_out_text(out, "}");
}

static void write_accounts(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow)
{
    struct tp_account account;
    bool begun = false;

    tp_out_text(out, ",\"accounts\":[");
    for (unsigned end = 0; end < 2; end++)
        for (unsigned origin = 0; origin < TP_ORIGINS; origin++) {
            if (!tp_flow_account(flow, page->sheet.bulk_end ^ end, (enum tp_origin)origin,
                                 &account))
                continue;
            tp_out_text(out, begun ? ",{" : "{");
            begun = true;
            write_account(out, &account, end, origin);
            tp_out_text(out, "}");
        }
    tp_out_text(out, "]");
}

static void write_finding(struct tp_page *page, struct tp_out *out, const struct tp_reason *reason)
{
    const struct {
        const char *name, *text;
    } texts[] = {{"id", reason->row->id},
                 {"title", reason->row->title},
                 {"sentence", reason->sentence},
                 {"advice", reason->row->advice},
                 {"confidence", tp_confidence_name((enum tp_confidence)reason->confidence)},
                 {"basis", reason->row->basis}};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!texts[i].text)
            continue;
        tp_out_text(out, i ? "," : "");
        page_key(out, texts[i].name);
        page_text(out, texts[i].text);
    }
    if (reason->cost_ns > 0) {
        tp_out_text(out, ",");
        page_member(out, "cost_ns", reason->cost_ns);
    }
    if (reason->has_place) {
        tp_out_text(out, ",");
        page_member(out, "begin", page_time(page, reason->begin_ns));
        tp_out_text(out, ",");
        page_member(out, "end", page_time(page, reason->end_ns));
    }
}

void page_story(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow)
{
    struct tp_explanation told;
    bool begun = false;

    write_accounts(page, out, flow);
    tp_explain(&page->sheet, &told);
    tp_out_text(out, ",");
    page_member(out, "held_up_ns", told.held_up_ns);
    tp_out_text(out, ",\"findings\":[");
    for (size_t i = 0; i < told.count; i++) {
        tp_out_text(out, i ? ",{" : "{");
        write_finding(page, out, &told.list[i]);
        tp_out_text(out, "}");
    }
    tp_out_text(out, "],\"not_judged\":[");
    for (unsigned blind = 0; blind < TP_BLINDS; blind++) {
        if (!(told.blind >> blind & 1))
            continue;
        tp_out_text(out, begun ? "," : "");
        begun = true;
        tp_out_json_text(out, tp_blind_text((enum tp_blind)blind));
    }
    tp_out_text(out, "]");
}
