/* web_feed.c: one reading of the records, in the time in which they happened, with answers in
 * between.
 *
 * A tick comes each second. Sockets are sampled each second, too: where they are, a tick waits for
 * the end of a round, so that what is told of a connection is of as many rounds as time went by.
 */
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/explain.h>

#include "base/clock.h"
#include "cli/trace.h"
#include "cli/web.h"

#define TICK_NS     INT64_C(1000000000)
#define PATIENCE_NS INT64_C(1500000000) /* for the end of a round */
#define WAIT_NS     INT64_C(100000000)  /* a signal is seen so late */
#define QUIET_NS    INT64_C(200000000)  /* what a recorder says comes sooner than that */
#define LOOK_EVERY  64                  /* records, where nothing has to be waited for */

/* --- what was met ----------------------------------------------------------------------------- */

static int keep(struct web_feed *feed, const struct tp_flow *flow, unsigned end,
                const struct tp_record *record, const struct tp_meaning *meaning)
{
    struct web_recent *recent;

    if (!report_is_logged(record))
        return 0;
    recent = &feed->recent[feed->recent_count++ % WEB_RECENT];
    recent->flow = flow->id;
    recent->end = (uint8_t)end;
    recent->is_packet = meaning != NULL;
    recent->record = *record;
    recent->record.have &= ~(TP_BIT(WORDS) | TP_BIT(COMM) | TP_BIT(REASON));
    if (meaning)
        recent->meaning = *meaning;
    return 0;
}

static int take_packet(void *context, const struct tp_flow *flow, const struct tp_record *packet,
                       const struct tp_meaning *meaning)
{
    return keep(context, flow, meaning->end, packet, meaning);
}

static int take_event(void *context, const struct tp_flow *flow, unsigned end,
                      const struct tp_record *event)
{
    return keep(context, flow, end, event, NULL);
}

/* --- in between ------------------------------------------------------------------------------- */

static bool is_due(const struct web_feed *feed, int64_t now_ns)
{
    if (!feed->has_rounds || feed->ended)
        return now_ns >= feed->due_ns;
    return now_ns >= (feed->round_ended ? feed->due_ns : feed->overdue_ns);
}

static bool tick(struct web_feed *feed, int64_t now_ns)
{
    feed->due_ns += TICK_NS;
    /* A round that ends a moment before it is due is not put off for another second. */
    if (feed->has_rounds || feed->due_ns <= now_ns)
        feed->due_ns = now_ns + TICK_NS - (feed->has_rounds ? TICK_NS / 5 : 0);
    feed->overdue_ns = now_ns + PATIENCE_NS;
    feed->round_ended = false;
    if (feed->source)
        web_source_look(feed->source);
    return web_tell(feed);
}

/* TP_ERR_STOPPED: it is over. */
static int serve(struct web_feed *feed)
{
    struct tp_web_question question;
    int64_t now_ns = tp_clock_monotonic_ns();
    bool good = true;

    while (good && tp_web_asked(feed->web, &question))
        good = web_answer(feed, &question);
    if (good && is_due(feed, now_ns))
        good = tick(feed, now_ns);
    feed->out_of_memory |= !good;
    return !good || trace_signals_wish(NULL).end ? TP_ERR_STOPPED : TP_OK;
}

static int paused(void *context)
{
    return serve(context);
}

/* --- time ------------------------------------------------------------------------------------- */

/* For a question, a signal or the next tick, and no longer than that. */
static void wait_for_some(struct web_feed *feed, int64_t most_ns)
{
    int64_t left_ns = feed->due_ns - tp_clock_monotonic_ns();

    if (left_ns > WAIT_NS || left_ns <= 0)
        left_ns = WAIT_NS;
    tp_web_wait(feed->web, left_ns < most_ns ? left_ns : most_ns);
}

/* Serves until it is time for what happened then. */
static int wait_until(struct web_feed *feed, int64_t ts_ns)
{
    double since_ns = (double)(ts_ns - feed->base_ns) / feed->options->speed;
    int64_t left_ns;
    int rc = TP_OK;

    if (since_ns > (double)(INT64_MAX / 4))
        since_ns = (double)(INT64_MAX / 4);
    for (;;) {
        left_ns = feed->began_ns + (int64_t)since_ns - tp_clock_monotonic_ns();
        if (left_ns <= 0 || rc < 0)
            return rc;
        rc = serve(feed);
        wait_for_some(feed, left_ns);
    }
}

/* Each recording among the files begins when the one before has ended. */
static void begin(struct web_feed *feed, const struct tp_record *record)
{
    int64_t since_ns =
        record->ts_ns - tp_pass_first_ns(feed->report.pass.pass, record->key.timeline);

    feed->has_begun |= since_ns >= feed->options->at_ns;
    feed->began_ns = tp_clock_monotonic_ns();
    feed->base_ns = record->ts_ns;
}

static int before_record(void *context, const struct tp_record *record)
{
    struct web_feed *feed = context;
    bool is_new = record->key.timeline != feed->timeline || !feed->now_ns;
    int rc = TP_OK;

    if (feed->is_recorded && (is_new || !feed->has_begun))
        begin(feed, record);
    if (feed->is_recorded && feed->has_begun)
        rc = wait_until(feed, record->ts_ns);
    if (rc == TP_OK &&
        (feed->round_ended || tp_pass_counts(feed->report.pass.pass).taken % LOOK_EVERY == 0))
        rc = serve(feed);
    feed->settled = false;
    feed->timeline = record->key.timeline;
    if (is_new || record->ts_ns > feed->now_ns)
        feed->now_ns = record->ts_ns;
    if (record->kind == TP_KIND_SOCKET_ROUND)
        feed->has_rounds = feed->round_ended = true;
    return rc;
}

/* --- reading ---------------------------------------------------------------------------------- */

static int read_all(struct web_feed *feed, struct tp_error *error)
{
    struct tp_analysis_options wanted = {.max_flows = WEB_FLOWS,
                                         .series_bins = TP_PAGE_SERIES_BINS,
                                         .series_metrics = tp_page_detail_series(),
                                         .series_budget = WEB_SERIES_BYTES,
                                         .marks = TP_PAGE_MARKS,
                                         .packet = take_packet,
                                         .event = take_event,
                                         .context = feed};
    struct report *report = &feed->report;
    int rc;

    tp_explain_needs(&wanted);
    report->analysis = tp_analysis_new(&wanted, error);
    report->page.analysis = report->analysis;
    if (!report->analysis)
        return error->code;
    rc = cli_pass_analyse(&report->pass, report->analysis, error);
    feed->ended = rc == TP_OK;
    feed->round_ended = true;
    feed->due_ns = 0; /* what came last is told at once */
    return rc;
}

/* What was read stays to be looked at. */
static int stay(struct web_feed *feed)
{
    int rc = serve(feed);

    while (rc == TP_OK) {
        wait_for_some(feed, WAIT_NS);
        rc = serve(feed);
    }
    return rc;
}

int web_feed_open(struct web_feed *feed, struct tp_error *error)
{
    struct tp_pass_options how = cli_pass_options(&feed->options->input);

    how.before = before_record;
    how.before_context = feed;
    how.stream.paused = paused;
    how.stream.paused_context = feed;
    how.stream.patience_ns = feed->is_recorded ? 0 : QUIET_NS;
    how.stream.threads = 0; /* they would be idle most of the time */
    feed->recent = calloc(WEB_RECENT, sizeof *feed->recent);
    if (!feed->recent)
        return tp_error_nomem(error);
    return cli_pass_open(&feed->report.pass, &feed->options->input, &how, error);
}

int web_feed_run(struct web_feed *feed, struct tp_error *error)
{
    int rc;

    feed->due_ns = feed->overdue_ns = tp_clock_monotonic_ns() + TICK_NS;
    rc = read_all(feed, error);
    if (rc == TP_OK)
        rc = stay(feed);
    if (rc != TP_ERR_STOPPED)
        return rc;
    tp_error_clear(error);
    return feed->out_of_memory ? tp_error_nomem(error) : TP_OK;
}

void web_feed_close(struct web_feed *feed)
{
    report_release(&feed->report);
    free(feed->recent);
    web_forget(feed);
}
