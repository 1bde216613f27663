/* web_data.c: what was analysed so far, as the data of the page: all of it, or one connection. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/figure.h>

#include "base/list.h"
#include "base/put.h"
#include "cli/web_data.h"

/* --- a text in memory ------------------------------------------------------------------------- */

/* A line of a tick ends it: between the texts of JSON newlines are blanks, within them there are
 * none. */
static int append(void *context, const void *bytes, size_t length)
{
    struct web_text *text = context;
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

bool web_make(struct web_feed *feed, web_write_fn *write, const void *what, struct web_text *text)
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
        *text = (struct web_text){0};
    }
    return made;
}

bool web_settle(struct web_feed *feed)
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

int64_t web_base_ns(const struct web_feed *feed, const struct tp_flow *flow)
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

void web_put_packets(const struct web_feed *feed, struct tp_out *out, uint64_t from, uint64_t most)
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

static char *put_rate(char *at, const struct web_told *told, unsigned end)
{
    *at++ = ',';
    return told->has_rate[end] ? put_signed(at, llround(told->rate_bps[end]))
                               : put_text(at, "null");
}

void web_put_rates(struct tp_out *out, const struct web_told *told, unsigned bulk_end, bool *begun)
{
    char *at;

    if (!told->has_rate[0] && !told->has_rate[1])
        return;
    at = tp_out_room(out, 3 * PUT_MAX + 5);
    if (*begun)
        *at++ = ',';
    *begun = true;
    *at++ = '[';
    at = put_unsigned(at, told->id);
    at = put_rate(at, told, bulk_end);
    at = put_rate(at, told, !bulk_end);
    *at++ = ']';
    tp_out_used(out, at);
}

/* --- the whole -------------------------------------------------------------------------------- */

void web_put_live(const struct web_feed *feed, struct tp_out *out)
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
    web_put_live(feed, out);
    tp_out_text(out, feed->is_recorded ? ",\"recorded\":true," : ",\"recorded\":false,");
    tp_page_changing(out);
    tp_out_text(out, ",\"rates\":[");
    for (size_t i = 0; i < feed->told_count; i++) {
        flow = find_flow(feed, feed->told[i].id);
        if (flow)
            web_put_rates(out, &feed->told[i], tp_flow_bulk_end(flow), &begun);
    }
    tp_out_text(out, "]");
    web_put_packets(feed, out, 0, WEB_INDEX_ROWS);
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
        tp_page_connection(&feed->report.page, out, flow, web_base_ns(feed, flow), log, rows);
    tp_page_log_free(log);
}

/* Records are read a little ahead of what is told. */
static bool sort_rows(struct web_feed *feed)
{
    struct cli_flow_total *total = &feed->report.total;
    bool sorted = report_sort_rows(&feed->report);

    total->goes_on = !feed->ended && feed->now_ns;
    total->first_ns = tp_pass_first_ns(feed->report.pass.pass, feed->timeline);
    total->last_ns = feed->now_ns;
    return sorted;
}

bool web_answer(struct web_feed *feed, const struct tp_web_question *question)
{
    struct web_text text = {0};
    const struct tp_flow *flow = NULL;
    bool made = web_settle(feed);

    if (made && question->is_flow)
        flow = find_flow(feed, question->id);
    else if (made)
        made = sort_rows(feed);
    feed->is_ahead |= !question->is_flow; /* who asks knows more than the last tick told */
    if (made && (flow || !question->is_flow))
        made = web_make(feed, flow ? write_flow : write_index, flow, &text);
    tp_web_answer(feed->web, question, text.bytes, text.length);
    free(text.bytes);
    return made;
}
