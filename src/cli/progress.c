/* progress.c: the library's pass (pass.h) as the options say, with a progress line on a terminal.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tcpprobe/output.h>

#include "base/clock.h"
#include "base/units.h"
#include "cli/common.h"

#define PROGRESS_DELAY_NS INT64_C(500000000)
#define PROGRESS_STEP_NS  INT64_C(200000000)

static void show_progress(void *context, uint64_t done_bytes, uint64_t total_bytes)
{
    struct cli_pass *pass = context;
    char done_text[32], rate_text[32], left_text[48] = "";
    double done = (double)done_bytes, seconds;
    int64_t now = tp_clock_monotonic_ns();

    if (now - pass->begin_ns < PROGRESS_DELAY_NS || now - pass->told_ns < PROGRESS_STEP_NS)
        return;
    pass->told_ns = now;
    seconds = (double)(now - pass->begin_ns) / 1e9;
    tp_units_si_unit(done, "B", done_text, sizeof done_text);
    tp_units_si_unit(done / seconds, "B/s", rate_text, sizeof rate_text);
    if (done_bytes > 0 && total_bytes > done_bytes)
        snprintf(left_text, sizeof left_text, ", %.0f s left",
                 seconds * (double)(total_bytes - done_bytes) / done);
    fprintf(stderr, "\r%s read, %s%s\033[K", done_text, rate_text, left_text);
    pass->progress_shown = true;
}

static void end_progress(struct cli_pass *pass)
{
    if (pass->progress_shown)
        fputs("\r\033[K", stderr);
    pass->progress_shown = false;
}

struct tp_pass_options cli_pass_options(const struct cli_input *input)
{
    struct tp_pass_options options = {
        .stream = {.threads = input->threads,
                   .strict = input->strict,
                   .same_clock = input->same_clock,
                   .outer = input->outer,
                   .decode_as_count = input->decode_as_count},
        .filter = input->filter,
        .bpf = input->bpf,
        .since = input->since,
        .until = input->until,
    };

    memcpy(options.stream.decode_as, input->decode_as, sizeof input->decode_as);
    return options;
}

static int flush_out(void *context)
{
    return tp_out_finish(context, NULL);
}

void cli_pass_watch(struct tp_pass_options *options, struct tp_out *out)
{
    options->stream.paused = flush_out;
    options->stream.paused_context = out;
}

int cli_pass_open(struct cli_pass *pass, const struct cli_input *input,
                  const struct tp_pass_options *options, struct tp_error *error)
{
    struct tp_pass_options how = *options;
    int rc;

    *pass = (struct cli_pass){.input = input};
    pass->begin_ns = pass->told_ns = tp_clock_monotonic_ns();
    if (!input->quiet && isatty(STDERR_FILENO)) {
        how.progress = show_progress;
        how.progress_context = pass;
    }
    rc = tp_pass_open(&pass->pass, (const char *const *)input->paths, input->path_count, &how,
                      error);
    pass->stream = tp_pass_stream(pass->pass);
    return rc;
}

int cli_pass_next(struct cli_pass *pass, const struct tp_record **record, struct tp_error *error)
{
    int rc = tp_pass_next(pass->pass, record, error);

    if (rc != 1)
        end_progress(pass);
    pass->failed = rc < 0;
    return rc;
}

int cli_pass_analyse(struct cli_pass *pass, struct tp_analysis *analysis, struct tp_error *error)
{
    int rc = tp_pass_analyse(pass->pass, analysis, error);

    pass->stream = tp_pass_stream(pass->pass);
    end_progress(pass);
    pass->failed = rc < 0;
    return rc;
}

bool cli_pass_counts_ticks(const struct cli_pass *pass, size_t input)
{
    return tp_stream_info(pass->stream, input)->ticks;
}

static size_t count_in_ticks(const struct cli_pass *pass)
{
    size_t i, count = 0;

    for (i = 0; i < tp_stream_inputs(pass->stream); i++)
        count += cli_pass_counts_ticks(pass, i);
    return count;
}

bool cli_pass_in_ticks(const struct cli_pass *pass)
{
    return count_in_ticks(pass) == tp_stream_inputs(pass->stream);
}

bool cli_pass_in_both(const struct cli_pass *pass)
{
    return count_in_ticks(pass) && !cli_pass_in_ticks(pass);
}

void cli_pass_close(struct cli_pass *pass)
{
    end_progress(pass);
    tp_pass_close(pass->pass);
    pass->pass = NULL;
    pass->stream = NULL;
}
