/* sockets_log.c: `tcpprobe sockets -o`: rounds and ends into a log. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tcpprobe/socket_log.h>

#include "base/units.h"
#include "cli/log_file.h"
#include "cli/sockets.h"
#include "cli/trace.h"

struct sockets_log {
    const struct sockets_options *options;
    struct sockets_sampler sampler;
    bool told_gap;
};

error_t sockets_check_log(const struct sockets_options *options)
{
    const char *refused = options->recorded     ? "--read"
                          : options->group >= 0 ? "--group"
                          : options->has_top    ? "--top"
                          : options->all        ? "--all"
                          : options->explain    ? "--explain"
                                                : NULL;

    if (!options->records &&
        (options->log.duration_ns || options->log.part_bytes || options->log.part_ns ||
         options->log.parts_max || options->log.existing != TP_EXISTING_REFUSED))
        return cli_bad_option(
            "--duration, --force, --no-clear and parts are of a recording: --output FILE");
    if (options->records && refused)
        return cli_bad_option("%s says what is shown: with --output everything is recorded",
                              refused);
    return options->records ? log_file_check(&options->log) : 0;
}

/* --- what is said ----------------------------------------------------------------------------- */

static void say_opened(void *context, const char *output)
{
    const struct sockets_log *log = context;

    cli_confine(CONFINE_SAMPLE, log->options->quiet);
    if (!log->options->quiet)
        cli_message("recording sockets to %s", output);
}

/* Loss is said also when quiet. */
static void say_round(void *context, const struct tp_sampler_summary *summary, uint64_t bytes)
{
    struct sockets_log *log = context;

    (void)bytes;
    if (summary->rounds == 1 && summary->processes.denied && !log->options->quiet)
        cli_message("without root, the open files of %llu of %llu processes may not be looked at",
                    (unsigned long long)summary->processes.denied,
                    (unsigned long long)summary->processes.processes);
    if (summary->gaps && !log->told_gap)
        cli_message("the kernel had no room for the ends of some connections: their last totals "
                    "are those of the round before");
    log->told_gap = summary->gaps > 0;
}

static void say_end(const struct sockets_log *log, const struct tp_socket_log_summary *summary)
{
    const struct tp_sampler_summary *sampler = &summary->sampler;
    char elapsed[32], bytes[32];

    if (log->options->quiet)
        return;
    tp_units_duration(summary->elapsed_ns, elapsed, sizeof elapsed);
    tp_units_si_unit((double)summary->bytes, "B", bytes, sizeof bytes);
    cli_message("recorded %llu sockets, of which %llu ended, in %llu rounds and %s: %s, ended by "
                "%s%s",
                (unsigned long long)sampler->met, (unsigned long long)sampler->ended,
                (unsigned long long)sampler->rounds, elapsed, bytes, summary->reason,
                sampler->gaps ? "" : ", nothing lost");
    if (summary->missed)
        cli_message("%llu rounds were left out, since the ones before took longer than --interval",
                    (unsigned long long)summary->missed);
    if (sampler->malformed)
        cli_message("%llu messages could not be read", (unsigned long long)sampler->malformed);
}

/* --- recording -------------------------------------------------------------------------------- */

static int record(struct sockets_log *log, char *command, struct tp_error *error)
{
    const struct sockets_options *options = log->options;
    struct tp_socket_log_options how = {
        .rounds = options->rounds,
        .duration_ns = options->log.duration_ns,
        .output = options->log.output,
        .gzip = options->log.gzip,
        .part_bytes = options->log.part_bytes,
        .part_ns = options->log.part_ns,
        .parts_max = options->log.parts_max,
        .existing = options->log.existing,
        .proc = options->proc,
        .command = command,
        .filter_text = options->expression,
        .opened = say_opened,
        .round = say_round,
        .wish = trace_signals_wish,
        .context = log,
    };
    struct tp_socket_log_summary summary;
    int rc = sockets_sampler_open(&log->sampler, options, &how.sockets, error);

    if (rc)
        return rc;
    trace_signals_catch();
    signal(SIGPIPE, SIG_IGN);
    rc = tp_socket_log_run(&how, &summary, error);
    trace_signals_release();
    if (summary.reason)
        say_end(log, &summary);
    return rc;
}

int sockets_record(const struct sockets_options *options, int argc, char **argv)
{
    struct sockets_log log = {.options = options};
    struct tp_error error = TP_ERROR_INIT;
    char *command = trace_command_line("sockets", argc, argv);

    record(&log, command, &error);
    sockets_sampler_close(&log.sampler);
    free(command);
    return error.code ? cli_fail(&error) : CLI_FINE;
}
