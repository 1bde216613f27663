/* socket_log.c: rounds by a timer, ends of connections twenty times a second, all into the writer.
 */
#include <errno.h>
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include <tcpprobe/socket_log.h>
#include <tcpprobe/version.h>

#include "base/clock.h"
#include "recorder/claim.h"
#include "recorder/heading.h"
#include "recorder/writer.h"

#define CLOCK_NAME "mono"
#define TICK_NS    INT64_C(50000000)

struct socket_log {
    const struct tp_socket_log_options *options;
    struct tp_socket_log_summary *summary;
    struct tp_sampler *sampler;
    struct writer *writer;
    struct places places;
    int64_t began_ns, due_ns;
    unsigned part; /* in which the last round was written */
};

/* --- around the lines ------------------------------------------------------------------------- */

static void put_sources(FILE *out, const struct tp_socket_log_options *options)
{
    char name[32];

    for (size_t i = 0; options->netns && i < options->sampler.source_count; i++) {
        snprintf(name, sizeof name, "netns_%zu", i);
        heading_put_line(out, name, options->netns[i]);
    }
}

static int write_head(void *context, unsigned part, FILE *out, struct tp_error *error)
{
    const struct socket_log *log = context;
    const struct tp_socket_log_options *options = log->options;

    (void)error;
    fprintf(out, "# tcpprobe=%s part=%u\n", TP_VERSION, part);
    heading_put_offset(out, CLOCK_NAME);
    heading_put_now(out, "begin_utc");
    heading_put_machine(out, &log->places);
    if (options->command)
        heading_put_line(out, "command", options->command);
    if (options->filter_text)
        heading_put_line(out, "filter", options->filter_text);
    put_sources(out, options);
    heading_put_sockets(out, options->interval_ns, options->sampler.full_every);
    heading_put_settings(out, &log->places);
    fputs("# clock=" CLOCK_NAME "\n", out);
    return TP_OK;
}

static int write_tail(void *context, unsigned part, FILE *out, struct tp_error *error)
{
    const struct socket_log *log = context;
    const struct tp_sampler_summary *sampler = tp_sampler_summary(log->sampler);
    const char *reason = log->summary->reason;

    (void)error;
    fprintf(out, "# end part=%u reason=%s\n", part, reason ? reason : "next-part");
    heading_put_now(out, "end_utc");
    heading_put_offset(out, CLOCK_NAME);
    fprintf(out, "# events=%" PRIu64 " events_so_far=%" PRIu64 "\n",
            writer_part_events(log->writer), writer_events(log->writer));
    fprintf(out,
            "# rounds_so_far=%" PRIu64 " sockets_so_far=%" PRIu64 " ended_so_far=%" PRIu64
            " ends_lost_so_far=%" PRIu64 "\n",
            sampler->rounds, sampler->met, sampler->ended, sampler->gaps);
    return TP_OK;
}

/* --- lines ------------------------------------------------------------------------------------ */

static int write_line(void *context, int64_t ts_ns, const char *text, size_t length,
                      struct tp_error *error)
{
    struct socket_log *log = context;

    (void)ts_ns;
    return writer_add(log->writer, text, length, 1, error);
}

/* The sampler has one context for both. */
static bool ask(void *context, const struct tp_sock *socket)
{
    const struct socket_log *log = context;
    const struct tp_sampler_options *options = &log->options->sampler;

    return options->wanted(options->context, socket);
}

static int round_now(struct socket_log *log, struct tp_error *error)
{
    const struct tp_socket_log_options *options = log->options;
    int rc;

    if (writer_parts(log->writer) != log->part)
        tp_sampler_part(log->sampler);
    log->part = writer_parts(log->writer);
    rc = tp_sampler_round(log->sampler, error);
    if (rc == TP_OK && options->round)
        options->round(options->context, tp_sampler_summary(log->sampler),
                       writer_bytes(log->writer));
    return rc;
}

/* --- time ------------------------------------------------------------------------------------- */

static struct tp_recorder_wish wish_of(const struct socket_log *log)
{
    static const struct tp_recorder_wish none;

    return log->options->wish ? log->options->wish(log->options->context) : none;
}

static bool gives_up(void *context)
{
    const struct socket_log *log = context;
    struct tp_recorder_wish wish = wish_of(log);

    return wish.end || wish.at_once;
}

static void end(struct socket_log *log, enum tp_recorder_end how, const char *reason)
{
    if (log->summary->end != TP_END_NONE)
        return;
    log->summary->end = how;
    log->summary->reason = reason;
}

static void end_by(struct socket_log *log, const struct tp_error *error)
{
    if (error->code == TP_ERR_IO && error->sys_errno == EPIPE)
        end(log, TP_END_READER, "reader-left");
    else
        end(log, TP_END_FAILURE, "failure");
}

static void look_at_time(struct socket_log *log, int64_t now_ns)
{
    const struct tp_socket_log_options *options = log->options;
    struct tp_recorder_wish wish = wish_of(log);

    if (wish.end)
        end(log, TP_END_ASKED, wish.reason);
    else if (options->duration_ns && now_ns - log->began_ns >= options->duration_ns)
        end(log, TP_END_DURATION, "duration");
    else if (options->rounds && tp_sampler_summary(log->sampler)->rounds >= options->rounds)
        end(log, TP_END_COUNT, "count");
}

/* The next round is due at a whole number of intervals, however late this one was. */
static void plan_next(struct socket_log *log, int64_t now_ns)
{
    int64_t interval_ns = log->options->interval_ns, late = (now_ns - log->due_ns) / interval_ns;

    log->summary->missed += (uint64_t)late;
    log->due_ns += (late + 1) * interval_ns;
}

static bool go_on(struct socket_log *log, struct tp_error *error)
{
    int64_t now_ns = tp_clock_monotonic_ns();
    int rc;

    if (now_ns >= log->due_ns) {
        rc = round_now(log, error);
        plan_next(log, tp_clock_monotonic_ns());
    } else {
        rc = tp_sampler_ends(log->sampler, error);
    }
    if (rc == TP_OK)
        rc = writer_tick(log->writer, now_ns, error);
    if (rc < 0)
        end_by(log, error);
    look_at_time(log, now_ns);
    return log->summary->end == TP_END_NONE;
}

static void pause_a_moment(const struct socket_log *log)
{
    const struct tp_socket_log_options *options = log->options;
    int64_t now_ns = tp_clock_monotonic_ns(), rest_ns = TICK_NS;
    struct timespec time;

    if (log->due_ns - now_ns < rest_ns)
        rest_ns = log->due_ns - now_ns;
    if (options->duration_ns && log->began_ns + options->duration_ns - now_ns < rest_ns)
        rest_ns = log->began_ns + options->duration_ns - now_ns;
    time = (struct timespec){.tv_nsec = (long)(rest_ns > 0 ? rest_ns : 0)};
    nanosleep(&time, NULL);
}

/* --- all of it -------------------------------------------------------------------------------- */

static int open_all(struct socket_log *log, struct tp_error *error)
{
    const struct tp_socket_log_options *options = log->options;
    bool has_parts = options->part_bytes || options->part_ns;
    const struct writer_options file = {
        .path = options->output,
        .fd = STDOUT_FILENO,
        .gzip = options->gzip,
        .part_bytes = options->part_bytes,
        .part_ns = options->part_ns,
        .part_first = has_parts && options->output ? claim_last_part(options->output) + 1 : 1,
        .parts_max = options->parts_max,
        .existing = options->existing,
        .head = write_head,
        .tail = write_tail,
        .give_up = gives_up,
        .context = log,
    };
    struct tp_sampler_options sampler = options->sampler;
    int rc = writer_open(&log->writer, &file, error);

    sampler.line = write_line;
    sampler.wanted = sampler.wanted ? ask : NULL;
    sampler.context = log;
    sampler.pid = getpid();
    if (rc == TP_OK && !(log->sampler = tp_sampler_new(&sampler, error)))
        rc = TP_ERR_NOMEM;
    if (rc == TP_OK && options->opened)
        options->opened(options->context, writer_name(log->writer));
    return rc;
}

static void record(struct socket_log *log, struct tp_error *first)
{
    int rc;

    while (go_on(log, first))
        pause_a_moment(log);
    if (log->summary->end == TP_END_ASKED || log->summary->end == TP_END_DURATION) {
        rc = round_now(log, first);
        if (rc < 0) {
            log->summary->end = TP_END_NONE;
            end_by(log, first);
        }
    }
    rc = writer_end(log->writer, first->code ? NULL : first);
    if (rc < 0 && log->summary->end != TP_END_READER) {
        log->summary->end = TP_END_NONE;
        end_by(log, first);
    }
}

int tp_socket_log_run(const struct tp_socket_log_options *options,
                      struct tp_socket_log_summary *summary, struct tp_error *error)
{
    struct socket_log log = {.options = options, .summary = summary};
    struct tp_error first = TP_ERROR_INIT;
    int rc;

    *summary = (struct tp_socket_log_summary){.end = TP_END_NONE};
    log.places.proc = options->proc ? options->proc : "/proc";
    rc = open_all(&log, &first);
    log.began_ns = log.due_ns = tp_clock_monotonic_ns();
    if (rc == TP_OK)
        rc = writer_begin(log.writer, log.began_ns, &first);
    if (rc == TP_OK) {
        record(&log, &first);
        summary->elapsed_ns = tp_clock_monotonic_ns() - log.began_ns;
        summary->sampler = *tp_sampler_summary(log.sampler);
        summary->bytes = writer_bytes(log.writer);
        summary->parts = writer_parts(log.writer);
    }
    tp_sampler_free(log.sampler);
    writer_free(log.writer);
    if (summary->end == TP_END_READER)
        return TP_OK;
    if (first.code && error && !error->code)
        *error = first;
    return first.code;
}
