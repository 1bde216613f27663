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
#include "recorder/rounds.h"
#include "recorder/writer.h"

#define CLOCK_NAME "mono"
#define TICK_NS    INT64_C(50000000)

struct socket_log {
    const struct tp_socket_log_options *options;
    struct tp_socket_log_summary *summary;
    struct rounds rounds;
    struct writer *writer;
    struct places places;
    int64_t began_ns;
};

/* --- around the lines ------------------------------------------------------------------------- */

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
    heading_put_sockets(out, &options->sockets);
    heading_put_settings(out, &log->places);
    fputs("# clock=" CLOCK_NAME "\n", out);
    return TP_OK;
}

static int write_tail(void *context, unsigned part, FILE *out, struct tp_error *error)
{
    const struct socket_log *log = context;
    const char *reason = log->summary->reason;

    (void)error;
    fprintf(out, "# end part=%u reason=%s\n", part, reason ? reason : "next-part");
    heading_put_now(out, "end_utc");
    heading_put_offset(out, CLOCK_NAME);
    fprintf(out, "# events=%" PRIu64 " events_so_far=%" PRIu64 "\n",
            writer_part_events(log->writer), writer_events(log->writer));
    heading_put_sampled(out, tp_sampler_summary(log->rounds.sampler));
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
    const struct tp_sampler_options *options = &log->options->sockets.sampler;

    return options->wanted(options->context, socket);
}

static void tell(const struct socket_log *log)
{
    const struct tp_socket_log_options *options = log->options;

    if (options->round)
        options->round(options->context, tp_sampler_summary(log->rounds.sampler),
                       writer_bytes(log->writer));
}

static int round_now(struct socket_log *log, struct tp_error *error)
{
    int rc = rounds_now(&log->rounds, writer_parts(log->writer), error);

    if (rc == TP_OK)
        tell(log);
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
    else if (options->rounds && tp_sampler_summary(log->rounds.sampler)->rounds >= options->rounds)
        end(log, TP_END_COUNT, "count");
}

static bool go_on(struct socket_log *log, struct tp_error *error)
{
    int64_t now_ns = tp_clock_monotonic_ns();
    bool had;
    int rc = rounds_look(&log->rounds, now_ns, writer_parts(log->writer), &had, error);

    if (rc == TP_OK && had)
        tell(log);
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

    if (log->rounds.due_ns - now_ns < rest_ns)
        rest_ns = log->rounds.due_ns - now_ns;
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
    struct tp_sampler_options sampler = options->sockets.sampler;
    int rc = writer_open(&log->writer, &file, error);

    sampler.line = write_line;
    sampler.wanted = sampler.wanted ? ask : NULL;
    sampler.context = log;
    sampler.pid = getpid();
    if (rc == TP_OK)
        rc = rounds_open(&log->rounds, &sampler, options->sockets.interval_ns, error);
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
    log.began_ns = tp_clock_monotonic_ns();
    if (rc == TP_OK)
        rc = writer_begin(log.writer, log.began_ns, &first);
    if (rc == TP_OK) {
        record(&log, &first);
        summary->elapsed_ns = tp_clock_monotonic_ns() - log.began_ns;
        summary->sampler = *tp_sampler_summary(log.rounds.sampler);
        summary->missed = log.rounds.missed;
        summary->bytes = writer_bytes(log.writer);
        summary->parts = writer_parts(log.writer);
    }
    rounds_release(&log.rounds);
    writer_free(log.writer);
    if (summary->end == TP_END_READER)
        return TP_OK;
    if (first.code && error && !error->code)
        *error = first;
    return first.code;
}
