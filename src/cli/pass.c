/* pass.c: the one loop over the records: stream, window of time, filter.
 *
 * Per record it costs a few compares: the time since the start is asked for every 65536 records
 * and only where a progress line can be seen.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"
#include "cli/common.h"

#define PROGRESS_EVERY    UINT64_C(65536) /* events; a power of two */
#define PROGRESS_DELAY_NS INT64_C(500000000)
#define PROGRESS_STEP_NS  INT64_C(200000000)

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int cli_pass_open(struct cli_pass *pass, const struct cli_input *input, uint64_t fields,
                  struct tp_error *error)
{
    const struct tp_stream_options options = {
        .threads = input->threads,
        .strict = input->strict,
        .same_clock = input->same_clock,
        .outer = input->outer,
        .frame = input->bpf ? tp_bpf_frame : NULL,
        .frame_context = input->bpf,
        .fields = fields ? fields | tp_filter_fields(input->filter) : 0,
    };

    *pass = (struct cli_pass){.input = input};
    pass->progress = !input->quiet && isatty(STDERR_FILENO);
    pass->begin_ns = pass->told_ns = now_ns();
    return tp_stream_open(&pass->stream, (const char *const *)input->paths, input->path_count,
                          &options, error);
}

static void tell_progress(struct cli_pass *pass)
{
    char done_text[32], rate_text[32], left_text[48] = "";
    uint64_t done, total;
    int64_t now = now_ns();
    double seconds = (double)(now - pass->begin_ns) / 1e9;

    if (now - pass->begin_ns < PROGRESS_DELAY_NS || now - pass->told_ns < PROGRESS_STEP_NS)
        return;
    pass->told_ns = now;
    tp_stream_progress(pass->stream, &done, &total);
    tp_units_si_unit((double)done, "B", done_text, sizeof done_text);
    tp_units_si_unit((double)done / seconds, "B/s", rate_text, sizeof rate_text);
    if (done > 0 && total > done)
        snprintf(left_text, sizeof left_text, ", %.0f s left",
                 seconds * (double)(total - done) / (double)done);
    fprintf(stderr, "\r%s read, %s%s\033[K", done_text, rate_text, left_text);
    pass->progress_shown = true;
}

static void end_progress(struct cli_pass *pass)
{
    if (pass->progress_shown)
        fputs("\r\033[K", stderr);
    pass->progress_shown = false;
}

/* The recording time of a --since or --until; what it is where that is not given. */
static int64_t limit_ns(const struct cli_time *time, int64_t first_ns, int64_t otherwise)
{
    int64_t limit;

    if (!time->given)
        return otherwise;
    if (time->is_clock)
        return time->ns;
    return __builtin_add_overflow(first_ns, time->ns, &limit) ? INT64_MAX : limit;
}

void cli_pass_window(const struct cli_pass *pass, uint32_t timeline, int64_t *from_ns,
                     int64_t *until_ns)
{
    int64_t first_ns = cli_pass_first_ns(pass, timeline);

    *from_ns = limit_ns(&pass->input->since, first_ns, INT64_MIN);
    *until_ns = limit_ns(&pass->input->until, first_ns, INT64_MAX);
}

bool cli_pass_in_window(const struct cli_pass *pass, const struct tp_record *record)
{
    int64_t from_ns, until_ns;

    cli_pass_window(pass, record->key.timeline, &from_ns, &until_ns);
    return record->ts_ns >= from_ns && record->ts_ns <= until_ns;
}

/* Is it wanted for what it says of later ones? */
static bool is_followed(const struct cli_pass *pass, const struct tp_record *record)
{
    int64_t from_ns, until_ns;

    cli_pass_window(pass, record->key.timeline, &from_ns, &until_ns);
    return record->ts_ns <= until_ns &&
           (pass->follow == CLI_FOLLOW_ALL ||
            (pass->follow == CLI_FOLLOW_PACKETS && record->kind == TP_KIND_PACKET));
}

static void note_first(struct cli_pass *pass, const struct tp_record *record)
{
    uint32_t timeline = record->key.timeline;

    if (timeline > CLI_TIMELINES_MAX || pass->has_first[timeline])
        return;
    pass->has_first[timeline] = true;
    pass->first_ns[timeline] = record->ts_ns;
}

static bool is_port_of(uint16_t port, const struct tp_flow_key *key)
{
    return port == 0 || port == key->port[0] || port == key->port[1];
}

/* Events that do not name their whole connection may turn out to be of that flow, too. */
static bool is_of(const struct tp_record *record, const struct tp_flow_key *key)
{
    return !record->has_key ||
           (is_port_of(record->key.port[0], key) && is_port_of(record->key.port[1], key));
}

int cli_pass_next(struct cli_pass *pass, const struct tp_record **record, struct tp_error *error)
{
    const struct cli_input *input = pass->input;
    bool windowed = input->since.given || input->until.given, is_event;
    int rc;

    while ((rc = tp_stream_next(pass->stream, record, error)) == 1) {
        is_event = (*record)->kind != TP_KIND_LOST;
        pass->seen += is_event;
        if ((pass->seen & (PROGRESS_EVERY - 1)) == 0 && pass->progress)
            tell_progress(pass);
        note_first(pass, *record);
        if (windowed && !cli_pass_in_window(pass, *record) && !is_followed(pass, *record))
            continue;
        if (pass->only && !is_of(*record, pass->only))
            continue;
        if (is_event && input->filter && !tp_filter_match(input->filter, *record))
            continue;
        pass->taken += is_event;
        pass->packets += (*record)->kind == TP_KIND_PACKET;
        return 1;
    }
    end_progress(pass);
    return rc < 0 ? rc : tp_bpf_check(input->bpf, error);
}

/* Where all logs say which events they recorded, none of a kind means none; a filter may have left
 * them out. A capture records packets. */
static void tell_recorded(const struct cli_pass *pass, struct tp_analysis *analysis)
{
    uint32_t recorded = UINT32_MAX, packets = 0;
    bool logs = false;

    if (pass->input->filter)
        return;
    for (size_t i = 0; i < tp_stream_inputs(pass->stream); i++) {
        const struct tp_input_info *info = tp_stream_info(pass->stream, i);

        logs |= !info->capture;
        if (info->capture)
            packets = UINT32_C(1) << TP_KIND_PACKET;
        else
            recorded &= info->recorded;
    }
    recorded = (logs ? recorded & ~(UINT32_C(1) << TP_KIND_PACKET) : 0) | packets;
    for (unsigned kind = 0; kind < TP_KIND_COUNT; kind++)
        if (recorded >> kind & 1)
            tp_analysis_recorded(analysis, (enum tp_kind)kind);
}

/* Which timelines do not count seconds. */
static int tell_ticks(const struct cli_pass *pass, struct tp_analysis *analysis,
                      struct tp_error *error)
{
    int rc = TP_OK;

    for (size_t i = 0; i < tp_stream_inputs(pass->stream) && rc == TP_OK; i++)
        if (tp_stream_info(pass->stream, i)->ticks)
            rc = tp_analysis_ticks(analysis, tp_stream_info(pass->stream, i)->timeline, error);
    return rc;
}

int cli_pass_analyse(struct cli_pass *pass, struct tp_analysis *analysis, struct tp_error *error)
{
    const struct tp_record *record;
    int rc = tell_ticks(pass, analysis, error);

    while (rc >= 0 && (rc = cli_pass_next(pass, &record, error)) == 1) {
        rc = tp_analysis_add(analysis, record, error);
        if (rc < 0) {
            end_progress(pass);
            return rc;
        }
    }
    tell_recorded(pass, analysis);
    return rc < 0 ? rc : tp_analysis_finish(analysis, error);
}

int64_t cli_pass_first_ns(const struct cli_pass *pass, uint32_t timeline)
{
    return timeline <= CLI_TIMELINES_MAX ? pass->first_ns[timeline] : 0;
}

void cli_pass_close(struct cli_pass *pass)
{
    end_progress(pass);
    tp_stream_close(pass->stream);
    pass->stream = NULL;
}
