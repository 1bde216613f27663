/* notes.c: after the pass, what was skipped and why, on stderr. Silence means that every line was
 * understood and used. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "base/phrase.h"
#include "cli/common.h"

#define OTHER_BYTES 100 /* for one more name, and what is said of the rest */

#define SENTENCE_BYTES 8192 /* with a path of any sensible length */

__attribute__((format(printf, 2, 3))) static void tell(const struct cli_teller *to,
                                                       const char *format, ...)
{
    char sentence[SENTENCE_BYTES];
    va_list args;

    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    to->tell(to->context, sentence);
}

static const char *thing(const struct tp_input_info *info)
{
    return info->capture ? "packet" : "event";
}

static void note_malformed(const struct cli_teller *to, const struct tp_input_info *info)
{
    struct tp_error first = info->first_malformed;
    const char *what = info->capture ? "packet" : "line";
    char text[640];

    if (!info->malformed)
        return;
    if (to->discreet) {
        tell(to, "%s: %" PRIu64 " %s%s skipped, which could not be read", info->path,
             info->malformed, what, info->malformed == 1 ? " was" : "s were");
        return;
    }
    tp_error_at(&first, info->path, 0, 0);
    tp_error_format(&first, text, sizeof text);
    if (info->malformed == 1)
        tell(to, "%s (the only %s that was skipped)", text, what);
    else
        tell(to, "%s (the first of %" PRIu64 " %ss that were skipped)", text, info->malformed,
             what);
}

/* The names of those that could not be looked into, or of the others; what no name is left for is
 * not told apart. */
static void list_others(const struct tp_input_info *info, bool opaque, char *text, size_t size)
{
    uint64_t named = 0,
             total = opaque ? info->opaque_total : info->other_total - info->opaque_total;
    struct tp_phrase names = tp_phrase_in(text, size);

    for (unsigned i = 0; i < info->others && names.length < size - OTHER_BYTES; i++) {
        if (info->other[i].opaque != opaque)
            continue;
        named += info->other[i].count;
        tp_phrase_item(&names, ", ", "%" PRIu64 " %s", info->other[i].count, info->other[i].name);
    }
    if (named < total)
        tp_phrase_item(&names, ", ", "%" PRIu64 " of other names", total - named);
}

static void note_others(const struct cli_teller *to, const struct tp_input_info *info)
{
    uint64_t skipped = info->other_total - info->opaque_total;
    char names[512];

    if (info->opaque_total) {
        list_others(info, true, names, sizeof names);
        tell(to, "%s: could not look into %" PRIu64 " packet%s: %s", info->path, info->opaque_total,
             tp_plural(info->opaque_total), names);
    }
    if (!skipped)
        return;
    list_others(info, false, names, sizeof names);
    tell(to, "%s: skipped %" PRIu64 " %s%s that %s: %s", info->path, skipped, thing(info),
         tp_plural(skipped),
         !info->capture ? "tcpprobe does not use"
         : skipped == 1 ? "is not TCP"
                        : "are not TCP",
         names);
}

static void note_lost(const struct cli_teller *to, const struct tp_input_info *info)
{
    if (info->capture && info->lost)
        tell(to, "%s: the capture lacks %" PRIu64 " packet%s, which its interfaces dropped",
             info->path, info->lost, tp_plural(info->lost));
    if (info->packets_dropped)
        tell(to,
             "%s: the capture recorded beside it lacks %" PRIu64 " packet%s, which the "
             "kernel dropped",
             info->path, info->packets_dropped, tp_plural(info->packets_dropped));
    if (!info->lost_markers)
        return;
    if (info->lost_uncounted == info->lost_markers)
        tell(to, "%s: the recorder lost events in %" PRIu64 " place%s, their number is unknown",
             info->path, info->lost_markers, tp_plural(info->lost_markers));
    else
        tell(to, "%s: the recorder lost %s%" PRIu64 " event%s in %" PRIu64 " place%s", info->path,
             info->lost_uncounted ? "at least " : "", info->lost, tp_plural(info->lost),
             info->lost_markers, tp_plural(info->lost_markers));
}

static void note_packets(const struct cli_teller *to, const struct tp_input_info *info)
{
    if (info->headers_cut)
        tell(to, "%s: %" PRIu64 " packet%s cut within the TCP header, options may be missing",
             info->path, info->headers_cut, info->headers_cut == 1 ? " is" : "s are");
    if (info->fragments)
        tell(to, "%s: %" PRIu64 " packet%s of which the capture holds the first fragment apart",
             info->path, info->fragments, tp_plural(info->fragments));
    if (info->tunnelled)
        tell(to,
             "%s: %" PRIu64 " packet%s in tunnels, shown as the connections in them "
             "(see --outer)",
             info->path, info->tunnelled, tp_plural(info->tunnelled));
}

static void note_nothing(const struct cli_teller *to, const struct tp_input_info *info)
{
    if (info->filtered)
        tell(to, "%s: none of the %" PRIu64 " packets matches --pcap-filter", info->path,
             info->filtered);
    else
        tell(to, "%s: holds no %s", info->path, info->capture ? "TCP packets" : "events");
}

static void note_recordings(const struct cli_teller *to, const struct tp_input_info *info)
{
    if (info->recordings > 1)
        tell(to,
             "%s: holds %" PRIu32 " recordings, by headers or where time goes back: their "
             "flows are told apart, each from its first event",
             info->path, info->recordings);
}

static void note_stretches(const struct cli_teller *to, const struct tp_input_info *info)
{
    if (info->stretches > 1)
        tell(to,
             "%s: holds %" PRIu32 " stretches of the same time, the second from packet %" PRIu64
             " on, with the other ends of connections: they are merged by time",
             info->path, info->stretches, info->next_stretch);
}

static void note_late(const struct cli_teller *to, const struct tp_input_info *info)
{
    if (info->late)
        tell(to, "%s: %" PRIu64 " %s%s came too late to be sorted%s", info->path, info->late,
             thing(info), tp_plural(info->late),
             info->capture ? ": 'reordercap IN OUT' sorts them" : "");
}

static void note_step(const struct cli_teller *to, const struct tp_input_info *info,
                      const struct tp_clock_step *step)
{
    bool back = step->back_ns >= 0;
    int64_t by_ns = back ? step->back_ns : step->back_ns == INT64_MIN ? INT64_MAX : -step->back_ns;
    char by[24];

    tp_units_duration(by_ns, by, sizeof by);
    tell(to, "%s: the clock was %s by %s %s before packet %" PRIu64 ": %s", info->path,
         back ? "set back" : "put forward",
         !step->unsure ? "about"
         : back        ? "at least"
                       : "at most",
         by, step->frame,
         step->unsure ? "nothing is measured across it"
                      : "later times are put right by TCP's timestamps");
}

static void note_steps(const struct cli_teller *to, const struct tp_input_info *info)
{
    uint64_t i, shown = info->steps < TP_CLOCK_STEPS_MAX ? info->steps : TP_CLOCK_STEPS_MAX;

    for (i = 0; i < shown; i++)
        note_step(to, info, &info->step[i]);
    if (info->steps > shown)
        tell(to, "%s: the clock was set %" PRIu64 " more time%s", info->path, info->steps - shown,
             tp_plural(info->steps - shown));
}

static void note_input(const struct cli_teller *to, const struct tp_input_info *info)
{
    if (info->warning[0])
        tell(to, "%s: %s", info->path, info->warning);
    note_malformed(to, info);
    note_others(to, info);
    note_lost(to, info);
    note_packets(to, info);
    note_recordings(to, info);
    note_stretches(to, info);
    note_steps(to, info);
    note_late(to, info);
    if (!info->records)
        note_nothing(to, info);
}

/* How the first capture came to the clock of a log, which holds for all of them. */
static void note_alignment(const struct cli_teller *to, const struct cli_pass *pass, size_t inputs)
{
    for (size_t i = 0; i < inputs; i++) {
        const struct tp_input_info *info = tp_stream_info(pass->stream, i);

        if (info->aligned[0]) {
            tell(to, "%s: brought to the clock of the log %s", info->path, info->aligned);
            return;
        }
    }
}

static void note_timelines(const struct cli_teller *to, const struct cli_pass *pass, size_t inputs)
{
    const struct tp_input_info *first = inputs ? tp_stream_info(pass->stream, 0) : NULL;

    note_alignment(to, pass, inputs);
    for (size_t i = 1; i < inputs; i++) {
        const struct tp_input_info *info = tp_stream_info(pass->stream, i);

        if (info->timeline == first->timeline)
            continue;
        tell(to,
             "%s: their flows are told apart, each from the first event of its file "
             "(see --same-clock)",
             info->capture == first->capture
                 ? "the files do not say that they share a clock"
                 : "the log does not say how its clock differs from the capture's, and the "
                   "beginnings of the files hold no ACKs that would");
        return;
    }
}

static void note_analysis(const struct cli_teller *to, const struct tp_analysis *analysis)
{
    uint64_t astray = tp_analysis_astray(analysis);
    uint64_t retired = tp_analysis_retired(analysis);

    if (astray)
        tell(to,
             "%" PRIu64 " event%s belong%s to no flow: %s a peer, but not the socket's own end, "
             "and the log does not hold its beginning",
             astray, tp_plural(astray), astray == 1 ? "s" : "",
             astray == 1 ? "it names" : "they name");
    if (retired)
        tell(to, "%" PRIu64 " flow%s had to leave the memory before the end: there were too many",
             retired, tp_plural(retired));
}

static void note_clocks(const struct cli_teller *to, const struct tp_analysis *analysis)
{
    uint64_t count = tp_analysis_two_clocks(analysis), places = tp_analysis_two_places(analysis);
    uint64_t torn = tp_analysis_torn(analysis);

    if (places)
        tell(to,
             "%" PRIu64 " connection%s captured at two places: measured at the one nearest to the "
             "opener by its hop limit, else where the first packet was seen; the other one "
             "tells copies",
             places, places == 1 ? " was" : "s were");
    if (count)
        tell(to,
             "of %" PRIu64 " connection%s answers are stamped before what they answer: each "
             "direction has a clock of its own, or packets were sorted by one that had been "
             "set; no time across them is known",
             count, tp_plural(count));
    if (torn)
        tell(to,
             "%" PRIu64 " connection%s to be two flows, the later part first: packets were sorted "
             "by a clock that had been set back; the capture as it was written tells",
             torn, torn == 1 ? " seems" : "s seem");
}

static const char *what_was_read(const struct cli_pass *pass, size_t inputs)
{
    bool logs = false, captures = false;

    for (size_t i = 0; i < inputs; i++) {
        logs |= !tp_stream_info(pass->stream, i)->capture;
        captures |= tp_stream_info(pass->stream, i)->capture;
    }
    return !captures ? "events" : logs ? "events and packets" : "packets";
}

void cli_pass_tell(const struct cli_pass *pass, const struct tp_analysis *analysis,
                   const struct cli_teller *to)
{
    struct tp_pass_counts counts;
    size_t inputs;

    if (!pass->pass || pass->failed)
        return;
    counts = tp_pass_counts(pass->pass);
    inputs = tp_stream_inputs(pass->stream);
    for (size_t i = 0; i < inputs; i++)
        note_input(to, tp_stream_info(pass->stream, i));
    note_timelines(to, pass, inputs);
    if (counts.seen && !counts.taken)
        tell(to, "none of the %" PRIu64 " %s matches --filter, --since and --until", counts.seen,
             what_was_read(pass, inputs));
    if (analysis) {
        note_clocks(to, analysis);
        note_analysis(to, analysis);
    }
}

static void say(void *context, const char *sentence)
{
    (void)context;
    cli_message("%s", sentence);
}

void cli_pass_notes(const struct cli_pass *pass, const struct tp_analysis *analysis)
{
    static const struct cli_teller stderr_teller = {.tell = say};

    if (!pass->input->quiet)
        cli_pass_tell(pass, analysis, &stderr_teller);
}
