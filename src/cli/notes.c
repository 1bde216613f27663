/* notes.c: after the pass, what was skipped and why, on stderr. Silence means that every line was
 * understood and used. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/common.h"

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void note_malformed(const struct tp_input_info *info)
{
    struct tp_error first = info->first_malformed;
    char text[640];

    if (!info->malformed)
        return;
    tp_error_at(&first, info->path, 0, 0);
    tp_error_format(&first, text, sizeof text);
    if (info->malformed == 1)
        cli_message("%s (the only line that was skipped)", text);
    else
        cli_message("%s (the first of %" PRIu64 " lines that were skipped)", text, info->malformed);
}

static void note_others(const struct tp_input_info *info)
{
    char names[512] = "";
    size_t length = 0;
    uint64_t named = 0;

    if (!info->other_total)
        return;
    for (unsigned i = 0; i < info->others && length < sizeof names - 100; i++) {
        named += info->other[i].count;
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%" PRIu64 " %s",
                                   i ? ", " : "", info->other[i].count, info->other[i].name);
    }
    if (named < info->other_total)
        snprintf(names + length, sizeof names - length, ", %" PRIu64 " of other names",
                 info->other_total - named);
    cli_message("%s: skipped %" PRIu64 " event%s that tcpprobe does not use: %s", info->path,
                info->other_total, plural(info->other_total), names);
}

static void note_lost(const struct tp_input_info *info)
{
    if (!info->lost_markers)
        return;
    if (info->lost_uncounted == info->lost_markers)
        cli_message("%s: the recorder lost events in %" PRIu64 " place%s, their number is unknown",
                    info->path, info->lost_markers, plural(info->lost_markers));
    else
        cli_message("%s: the recorder lost %s%" PRIu64 " event%s in %" PRIu64 " place%s",
                    info->path, info->lost_uncounted ? "at least " : "", info->lost,
                    plural(info->lost), info->lost_markers, plural(info->lost_markers));
}

static void note_input(const struct tp_input_info *info)
{
    if (info->warning[0])
        cli_message("%s: %s", info->path, info->warning);
    note_malformed(info);
    note_others(info);
    note_lost(info);
    if (info->late)
        cli_message("%s: %" PRIu64 " event%s came too late to be sorted", info->path, info->late,
                    plural(info->late));
    if (!info->records)
        cli_message("%s: holds no events", info->path);
}

static void note_timelines(const struct cli_pass *pass, size_t inputs)
{
    for (size_t i = 1; i < inputs; i++)
        if (tp_stream_info(pass->stream, i)->timeline !=
            tp_stream_info(pass->stream, 0)->timeline) {
            cli_message("the files do not say that they share a clock: their flows are told apart, "
                        "each from the first event of its file (see --same-clock)");
            return;
        }
}

static void note_analysis(const struct tp_analysis *analysis)
{
    uint64_t unattributed = tp_analysis_unattributed(analysis);
    uint64_t retired = tp_analysis_retired(analysis);

    if (unattributed)
        cli_message("%" PRIu64 " event%s belong%s to no flow (listening sockets, connects that "
                    "have no port yet)",
                    unattributed, plural(unattributed), unattributed == 1 ? "s" : "");
    if (retired)
        cli_message("%" PRIu64
                    " flow%s had to leave the memory before the end: there were too many",
                    retired, plural(retired));
}

void cli_pass_notes(const struct cli_pass *pass, const struct tp_analysis *analysis)
{
    size_t inputs = pass->stream ? tp_stream_inputs(pass->stream) : 0;

    if (pass->input->quiet)
        return;
    for (size_t i = 0; i < inputs; i++)
        note_input(tp_stream_info(pass->stream, i));
    note_timelines(pass, inputs);
    if (pass->seen && !pass->taken)
        cli_message("none of the %" PRIu64 " events matches --filter, --since and --until",
                    pass->seen);
    if (analysis)
        note_analysis(analysis);
}
