/* web_data.c: what was analysed so far, as the data of the page: all of it, one connection, or what
 * is new since the last tick. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/figure.h>

#include "base/list.h"
#include "cli/web.h"

/* --- a text in memory ------------------------------------------------------------------------- */

struct text {
    char *bytes;
    size_t length, allocated;
};

/* A line of a tick ends it: between the texts of JSON newlines are blanks, within them there are
 * none. */
static int append(void *context, const void *bytes, size_t length)
{
    struct text *text = context;
    char *at;

    if (!TP_LIST_FIT(text->bytes, text->length + length, text->allocated))
        return ENOMEM;
    at = text->bytes + text->length;
    memcpy(at, bytes, length);
    for (char *end = at + length; (at = memchr(at, '\n', (size_t)(end - at)));)
        *at = ' ';
    text->length += length;
    return 0;
}

typedef void write_fn(struct web_feed *feed, struct tp_out *out, const void *what);

/* False: out of memory; text->bytes is NULL then. */
static bool make(struct web_feed *feed, write_fn *write, const void *what, struct text *text)
{
    struct tp_out *out = tp_out_into(append, text, "the page", NULL);
    bool made = out != NULL;

    if (made) {
        write(feed, out, what);
        made = tp_out_finish(out, NULL) == 0;
    }
    tp_out_free(out);
    if (!made) {
        free(text->bytes);
        *text = (struct text){0};
    }
    return made;
}

/* What is asked from here on is of all that came. */
static bool settle(struct web_feed *feed)
{
    if (!feed->ended && !feed->settled && tp_analysis_settle(feed->report.analysis, NULL) != TP_OK)
        return false;
    feed->settled = true;
    return true;
}

static void put_integer(struct tp_out *out, int64_t number)
{
    const struct tp_value value = tp_value_integer(number);

    tp_out_json_value(out, &value);
}

static void put_member(struct tp_out *out, const char *name, int64_t number)
{
    tp_out_json_text(out, name);
    tp_out_text(out, ":");
    put_integer(out, number);
}

static int64_t base_of(const struct web_feed *feed, const struct tp_flow *flow)
{
    return tp_pass_first_ns(feed->report.pass.pass, flow->key.timeline);
}

/* --- recent packets and events ---------------------------------------------------------------- */

/* In the order of numbers, as it comes from the analysis. */
static const struct tp_flow *find_flow(const struct web_feed *feed, uint32_t id)
{
    size_t count, low = 0, high;
    const struct tp_flow *const *flows = tp_analysis_flows(feed->report.analysis, &count);

    for (high = count; low < high;) {
        size_t middle = (low + high) / 2;

        if (flows[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && flows[low]->id == id ? flows[low] : NULL;
}

static bool add_row(const struct web_feed *feed, struct tp_page_log *log,
                    const struct web_recent *recent, bool with_flows)
{
    static const struct packet_row empty;
    struct packet_row row = empty;

    row.flow = find_flow(feed, recent->flow);
    row.record = &recent->record;
    row.meaning = recent->is_packet ? &recent->meaning : NULL;
    row.end = recent->end;
    return !row.flow ||
           report_log_add(&feed->report, log, &row, tp_flow_bulk_end(row.flow), with_flows);
}

/* Rows from that one on; of one connection, unless it is NULL. NULL: out of memory. */
static struct tp_page_log *log_since(const struct web_feed *feed, uint64_t from,
                                     const struct tp_flow *flow, uint64_t *rows)
{
    struct tp_page_log *log = report_log_new(&feed->report, !flow, NULL);
    uint64_t oldest = feed->recent_count > WEB_RECENT ? feed->recent_count - WEB_RECENT : 0;
    bool added = log != NULL;

    *rows = 0;
    for (uint64_t i = from > oldest ? from : oldest; added && i < feed->recent_count; i++) {
        const struct web_recent *recent = &feed->recent[i % WEB_RECENT];

        if (flow && recent->flow != flow->id)
            continue;
        added = add_row(feed, log, recent, !flow);
        ++*rows;
    }
    if (!added) {
        tp_page_log_free(log);
        log = NULL;
    }
    return log;
}

/* ,"packets":{...}: the newest, at most `most` of those from that one on. */
static void put_packets(const struct web_feed *feed, struct tp_out *out, uint64_t from,
                        uint64_t most)
{
    uint64_t count = feed->recent_count - from, rows;
    struct tp_page_log *log =
        log_since(feed, count > most ? feed->recent_count - most : from, NULL, &rows);

    if (!log) {
        tp_out_fail(out, TP_ERR_NOMEM, "out of memory");
        return;
    }
    tp_out_text(out, ",");
    tp_page_packets(out, log, count);
    tp_page_log_free(log);
}

/* --- rates ------------------------------------------------------------------------------------ */

static void put_rate(struct tp_out *out, const struct web_told *told, unsigned end)
{
    const struct tp_value value = tp_value_real_if(told->has_rate[end], told->rate_bps[end]);

    tp_out_text(out, ",");
    tp_out_json_value(out, &value);
}

/* One of "rates": [id,bits a second,the peer's], from tick to tick; null: not known. */
static void put_rates(struct tp_out *out, const struct web_told *told, unsigned bulk_end,
                      bool *begun)
{
    if (!told->has_rate[0] && !told->has_rate[1])
        return;
    tp_out_text(out, *begun ? ",[" : "[");
    *begun = true;
    put_integer(out, told->id);
    put_rate(out, told, bulk_end);
    put_rate(out, told, !bulk_end);
    tp_out_text(out, "]");
}

/* --- the whole -------------------------------------------------------------------------------- */

static void put_live(const struct web_feed *feed, struct tp_out *out)
{
    put_member(out, "tick", (int64_t)feed->tick);
    tp_out_text(out, ",");
    put_member(out, "now",
               (feed->now_ns - tp_pass_first_ns(feed->report.pass.pass, feed->timeline)) / 1000);
    tp_out_text(out, feed->ended ? ",\"ended\":true" : ",\"ended\":false");
}

static void write_index(struct web_feed *feed, struct tp_out *out, const void *unused)
{
    const struct tp_flow *flow;
    bool begun = false;

    (void)unused;
    tp_out_text(out, "{");
    report_write_index(&feed->report, out);
    tp_out_text(out, ",\"live\":{");
    put_live(feed, out);
    tp_out_text(out, feed->is_recorded ? ",\"recorded\":true," : ",\"recorded\":false,");
    tp_page_changing(out);
    tp_out_text(out, ",\"rates\":[");
    for (size_t i = 0; i < feed->told_count; i++) {
        flow = find_flow(feed, feed->told[i].id);
        if (flow)
            put_rates(out, &feed->told[i], tp_flow_bulk_end(flow), &begun);
    }
    tp_out_text(out, "]");
    put_packets(feed, out, 0, WEB_INDEX_ROWS);
    tp_out_text(out, "}}");
}

/* --- one connection --------------------------------------------------------------------------- */

static void write_flow(struct web_feed *feed, struct tp_out *out, const void *what)
{
    const struct tp_flow *flow = what;
    uint64_t rows;
    struct tp_page_log *log = log_since(feed, 0, flow, &rows);

    if (!log)
        tp_out_fail(out, TP_ERR_NOMEM, "out of memory");
    else
        tp_page_connection(&feed->report.page, out, flow, base_of(feed, flow), log, rows);
    tp_page_log_free(log);
}

bool web_answer(struct web_feed *feed, const struct tp_web_question *question)
{
    struct text text = {0};
    const struct tp_flow *flow = NULL;
    bool made = settle(feed);

    if (made && question->is_flow)
        flow = find_flow(feed, question->id);
    else if (made)
        made = report_sort_rows(&feed->report);
    if (made && (flow || !question->is_flow))
        made = make(feed, flow ? write_flow : write_index, flow, &text);
    tp_web_answer(feed->web, question, text.bytes, text.length);
    free(text.bytes);
    return made;
}

/* --- what is new ------------------------------------------------------------------------------ */

/* What was carried in the time since the last tick, by the ends of its key. */
static void measure(struct web_feed *feed, const struct tp_flow *flow,
                    const struct web_told *before, struct web_told *now)
{
    struct tp_sheet *sheet = &feed->report.page.sheet;
    double seconds = (double)(feed->now_ns - feed->told_ns) / 1e9;

    tp_sheet_open(sheet, feed->report.analysis, flow, 0);
    for (unsigned end = 0; end < 2; end++) {
        now->has_bytes[end] = tp_sheet_number(sheet, TP_FIGURE_acked_bytes, end ^ sheet->bulk_end,
                                              TP_BEST, &now->bytes[end]);
        if (!before || !before->has_bytes[end] || !now->has_bytes[end] || seconds <= 0 ||
            now->bytes[end] < before->bytes[end])
            continue;
        now->has_rate[end] = true;
        now->rate_bps[end] = (now->bytes[end] - before->bytes[end]) * 8 / seconds;
    }
}

static bool is_silent(const struct web_told *told)
{
    return !(told->has_rate[0] && told->rate_bps[0] > 0) &&
           !(told->has_rate[1] && told->rate_bps[1] > 0);
}

struct change {
    const struct tp_flow *flow;
    const struct web_told *now;
    bool is_new, has_changed;
};

struct changes {
    struct change *list;
    size_t count;
    uint32_t *gone;
    size_t gone_count;
    struct web_told *told;
};

/* Both lists are in the order of numbers. */
static void compare(struct web_feed *feed, struct changes *changes,
                    const struct tp_flow *const *flows, size_t count)
{
    const struct web_told *before = feed->told;
    const struct web_told *end = before ? before + feed->told_count : NULL;

    for (size_t i = 0; i < count; i++) {
        const struct web_told *same;
        struct web_told *now = &changes->told[i];
        bool changed;

        for (; before < end && before->id < flows[i]->id; before++)
            changes->gone[changes->gone_count++] = before->id;
        same = before < end && before->id == flows[i]->id ? before++ : NULL;
        *now = same ? *same : (struct web_told){.id = flows[i]->id};
        now->last_ns = flows[i]->last_ns;
        changed = !same || same->last_ns != now->last_ns;
        if (!changed && is_silent(same))
            continue;
        now->has_rate[0] = now->has_rate[1] = false;
        measure(feed, flows[i], same, now);
        changes->list[changes->count++] = (struct change){flows[i], now, !same, changed && same};
    }
    for (; before < end; before++)
        changes->gone[changes->gone_count++] = before->id;
}

static void write_rows(struct web_feed *feed, struct tp_out *out, const struct changes *changes,
                       bool is_new)
{
    bool begun = false;

    for (size_t i = 0; i < changes->count && !tp_out_failed(out); i++) {
        const struct change *change = &changes->list[i];

        if (is_new ? !change->is_new : !change->has_changed)
            continue;
        tp_out_text(out, begun ? "," : "");
        begun = true;
        (is_new ? tp_page_row : tp_page_row_now)(&feed->report.page, out, change->flow,
                                                 base_of(feed, change->flow));
    }
}

static void write_tick(struct web_feed *feed, struct tp_out *out, const void *what)
{
    const struct changes *changes = what;
    bool begun = false;

    tp_out_text(out, "{");
    put_live(feed, out);
    tp_out_text(out, ",\"new\":[");
    write_rows(feed, out, changes, true);
    tp_out_text(out, "],\"changed\":[");
    write_rows(feed, out, changes, false);
    tp_out_text(out, "],\"rates\":[");
    for (size_t i = 0; i < changes->count; i++)
        put_rates(out, changes->list[i].now, tp_flow_bulk_end(changes->list[i].flow), &begun);
    tp_out_text(out, "],\"gone\":[");
    for (size_t i = 0; i < changes->gone_count; i++) {
        tp_out_text(out, i ? "," : "");
        put_integer(out, changes->gone[i]);
    }
    tp_out_text(out, "]");
    put_packets(feed, out, feed->recent_told, WEB_TICK_ROWS);
    tp_out_text(out, "}");
}

bool web_tell(struct web_feed *feed)
{
    struct changes changes = {0};
    struct text text = {0};
    size_t count = 0;
    const struct tp_flow *const *flows = NULL;
    bool made = settle(feed);

    if (made)
        flows = tp_analysis_flows(feed->report.analysis, &count);
    changes.list = calloc(count + 1, sizeof *changes.list);
    changes.gone = calloc(feed->told_count + 1, sizeof *changes.gone);
    changes.told = calloc(count + 1, sizeof *changes.told);
    made = made && changes.list && changes.gone && changes.told;
    if (made) {
        compare(feed, &changes, flows, count);
        feed->tick++;
        made = make(feed, write_tick, &changes, &text);
    }
    if (made) {
        tp_web_tick(feed->web, feed->tick, text.bytes, text.length);
        free(feed->told);
        feed->told = changes.told;
        feed->told_count = count;
        feed->told_ns = feed->now_ns;
        feed->recent_told = feed->recent_count;
        changes.told = NULL;
    }
    free(changes.list);
    free(changes.gone);
    free(changes.told);
    free(text.bytes);
    return made;
}
