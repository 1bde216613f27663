/* web_tick.c: what is new since the last tick. What was carried is measured each time; rows are
 * made while somebody looks, of connections that something came of, and say what is no longer what
 * was told. */
#include <stdlib.h>

#include <tcpprobe/figure.h>

#include "cli/web_data.h"

struct change {
    const struct tp_flow *flow;
    struct web_told *now;
    bool is_new, is_silent; /* is_silent: nothing came of it */
};

struct changes {
    struct change *list;
    size_t count;
    uint32_t *gone;
    size_t gone_count;
    struct web_told *told;
    size_t told_count;
};

/* --- which ------------------------------------------------------------------------------------ */

static bool is_still(const struct web_told *told)
{
    return !(told->has_rate[0] && told->rate_bps[0] > 0) &&
           !(told->has_rate[1] && told->rate_bps[1] > 0);
}

static void add_gone(struct changes *changes, struct web_told *told)
{
    changes->gone[changes->gone_count++] = told->id;
    free(told->row);
    told->row = NULL;
}

/* What was told of it is now told there. */
static void take_over(struct web_told *now, struct web_told *before)
{
    *now = *before;
    before->row = NULL;
}

/* Both lists are in the order of numbers. */
static void find_changes(struct web_feed *feed, struct changes *changes,
                         const struct tp_flow *const *flows, size_t count)
{
    struct web_told *before = feed->told;
    struct web_told *end = before ? before + feed->told_count : NULL;

    changes->told_count = count;
    for (size_t i = 0; i < count; i++) {
        struct web_told *now = &changes->told[i];
        struct change change = {flows[i], now, true, false};

        while (before < end && before->id < flows[i]->id)
            add_gone(changes, before++);
        if (before < end && before->id == flows[i]->id) {
            take_over(now, before++);
            change.is_new = false;
            change.is_silent = now->last_ns == flows[i]->last_ns;
        }
        now->id = flows[i]->id;
        now->last_ns = flows[i]->last_ns;
        if (!change.is_silent || !is_still(now))
            changes->list[changes->count++] = change;
    }
    while (before < end)
        add_gone(changes, before++);
}

/* --- what was carried ------------------------------------------------------------------------- */

/* Since the last tick, by the ends of its key. The sheet is open. */
static void measure(struct web_feed *feed, struct web_told *now)
{
    struct tp_sheet *sheet = &feed->report.page.sheet;
    double seconds = (double)(feed->now_ns - feed->told_ns) / 1e9;

    now->bulk_end = sheet->bulk_end;
    for (unsigned end = 0; end < 2; end++) {
        bool had = now->has_bytes[end];
        double before = now->bytes[end];

        now->has_bytes[end] = tp_sheet_number(sheet, TP_FIGURE_acked_bytes, end ^ sheet->bulk_end,
                                              TP_BEST, &now->bytes[end]);
        now->has_rate[end] = had && now->has_bytes[end] && seconds > 0 && now->bytes[end] >= before;
        if (now->has_rate[end])
            now->rate_bps[end] = (now->bytes[end] - before) * 8 / seconds;
    }
}

/* Nothing came of it. */
static void measure_silence(const struct web_feed *feed, struct web_told *now)
{
    for (unsigned end = 0; end < 2; end++) {
        now->has_rate[end] = now->has_bytes[end] && feed->now_ns > feed->told_ns;
        now->rate_bps[end] = 0;
    }
}

static void measure_all(struct web_feed *feed, const struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        struct change *change = &changes->list[i];

        if (change->is_silent) {
            measure_silence(feed, change->now);
            continue;
        }
        tp_sheet_open(&feed->report.page.sheet, feed->report.analysis, change->flow, 0);
        measure(feed, change->now);
        free(change->now->row); /* what it was told is no longer known to be */
        change->now->row = NULL;
    }
}

/* --- what is told ----------------------------------------------------------------------------- */

static void write_now(struct web_feed *feed, struct tp_out *out, const struct change *change)
{
    struct web_told *now = change->now;

    if (!now->row)
        now->row = calloc(1, sizeof *now->row);
    if (!now->row) {
        tp_out_fail(out, TP_ERR_NOMEM, "out of memory");
        return;
    }
    if (feed->is_ahead)
        now->row->is_known = false;
    tp_page_row_now(&feed->report.page, out, change->flow, web_base_ns(feed, change->flow),
                    now->row);
}

/* Those that are new, or the others. */
static void write_rows(struct web_feed *feed, struct tp_out *out, const struct changes *changes,
                       bool are_new)
{
    bool begun = false;

    for (size_t i = 0; i < changes->count && !tp_out_failed(out); i++) {
        const struct change *change = &changes->list[i];

        if (change->is_silent || change->is_new != are_new)
            continue;
        tp_out_text(out, begun ? "," : "");
        begun = true;
        if (are_new)
            tp_page_row(&feed->report.page, out, change->flow, web_base_ns(feed, change->flow));
        else
            write_now(feed, out, change);
        measure(feed, change->now);
    }
}

static void write_rates(struct web_feed *feed, struct tp_out *out, const struct changes *changes)
{
    bool begun = false;

    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->list[i];

        if (change->is_silent)
            measure_silence(feed, change->now);
        web_put_rates(out, change->now, change->now->bulk_end, &begun);
    }
}

static void write_tick(struct web_feed *feed, struct tp_out *out, const void *what)
{
    const struct changes *changes = what;
    struct tp_value id;

    tp_out_text(out, "{");
    web_put_live(feed, out);
    tp_out_text(out, ",\"new\":[");
    write_rows(feed, out, changes, true);
    tp_out_text(out, "],\"changed\":[");
    write_rows(feed, out, changes, false);
    tp_out_text(out, "],\"rates\":[");
    write_rates(feed, out, changes);
    tp_out_text(out, "],\"gone\":[");
    for (size_t i = 0; i < changes->gone_count; i++) {
        id = tp_value_integer(changes->gone[i]);
        tp_out_text(out, i ? "," : "");
        tp_out_json_value(out, &id);
    }
    tp_out_text(out, "]");
    web_put_packets(feed, out, feed->recent_told, WEB_TICK_ROWS);
    tp_out_text(out, "}");
}

/* --- a tick ----------------------------------------------------------------------------------- */

/* Who comes too late for a tick that was not made is told that it missed it. */
static bool tell(struct web_feed *feed, const struct changes *changes)
{
    struct web_text text = {0};
    bool made = true;

    if (tp_web_viewers(feed->web) > 0)
        made = web_make(feed, write_tick, changes, &text);
    else
        measure_all(feed, changes);
    if (made)
        tp_web_tick(feed->web, feed->tick, text.bytes, text.length);
    free(text.bytes);
    return made;
}

static void free_told(struct web_told *told, size_t count)
{
    for (size_t i = 0; told && i < count; i++)
        free(told[i].row);
    free(told);
}

static void keep(struct web_feed *feed, struct changes *changes)
{
    free_told(feed->told, feed->told_count);
    feed->told = changes->told;
    feed->told_count = changes->told_count;
    feed->told_ns = feed->now_ns;
    feed->recent_told = feed->recent_count;
    feed->is_ahead = false;
}

bool web_tell(struct web_feed *feed)
{
    struct changes changes = {0};
    size_t count = 0;
    const struct tp_flow *const *flows = NULL;
    bool made = web_settle(feed);

    if (made)
        flows = tp_analysis_flows(feed->report.analysis, &count);
    changes.list = calloc(count + 1, sizeof *changes.list);
    changes.gone = calloc(feed->told_count + 1, sizeof *changes.gone);
    changes.told = calloc(count + 1, sizeof *changes.told);
    made = made && changes.list && changes.gone && changes.told;
    if (made) {
        find_changes(feed, &changes, flows, count);
        feed->tick++;
        made = tell(feed, &changes);
    }
    if (made)
        keep(feed, &changes);
    else
        free_told(changes.told, changes.told_count);
    free(changes.list);
    free(changes.gone);
    return made;
}

void web_forget(struct web_feed *feed)
{
    free_told(feed->told, feed->told_count);
    feed->told = NULL;
    feed->told_count = 0;
}
