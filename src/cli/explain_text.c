/* explain_text.c: what `explain` says to people: a paragraph a connection, then how it adds up. */
#include <inttypes.h>
#include <stdarg.h>

#include "base/phrase.h"
#include "base/units.h"
#include "cli/explain.h"

void explain_put(struct tp_out *out, const char *format, ...)
{
    char text[1024];
    struct tp_phrase phrase = tp_phrase_in(text, sizeof text);
    va_list args;

    va_start(args, format);
    tp_phrase_vadd(&phrase, format, args);
    va_end(args);
    tp_out_text(out, text);
}

static void put_account(struct tp_out *out, const struct explain_options *options,
                        const struct tp_explanation *explanation)
{
    const char *item = options->markdown ? "- " : "  ";
    int64_t whole_ns = tp_account_whole(&explanation->account);
    char time[32];

    for (unsigned wait = 0; wait < TP_WAIT_COUNT; wait++) {
        int64_t time_ns = explanation->account.time_ns[wait];

        if (time_ns <= 0)
            continue;
        tp_units_duration(time_ns, time, sizeof time);
        explain_put(out, "%s%5.1f %%  %-10s waited %s\n", item,
                    100 * (double)time_ns / (double)whole_ns, time,
                    tp_wait_help((enum tp_wait)wait));
    }
    explain_put(out, "%saccount by %s", item,
                explanation->origin == TP_FROM_KERNEL    ? "kernel events"
                : explanation->origin == TP_FROM_PACKETS ? "packets"
                                                         : "samples of the socket");
    if (explanation->apart >= 0.1)
        explain_put(out, "; kernel events and packets disagree on %.0f %% of the time",
                    100 * explanation->apart);
    tp_out_text(out, "\n");
}

/* As --zoom takes it, unless --time says otherwise. */
static void put_place(struct tp_out *out, const struct tp_reason *reason,
                      const struct tp_flow *flow, struct cli_times *times)
{
    char begin[CLI_TIME_BYTES], end[CLI_TIME_BYTES];
    uint32_t timeline = flow->key.timeline;

    if (!reason->has_place)
        return;
    explain_put(out, "; longest from %s to %s%s",
                cli_times_text(times, timeline, reason->begin_ns, 6, begin),
                cli_times_text(times, timeline, reason->end_ns, 6, end),
                times->time == CLI_TIME_WALL ? "" : " s");
}

static void put_reason(struct tp_out *out, const struct explain_options *options,
                       const struct tp_reason *reason, const struct tp_flow *flow,
                       struct cli_times *times)
{
    const char *item = options->markdown ? "- " : "  ";
    char cost[32];

    explain_put(out, "%s", item);
    if (options->markdown)
        explain_put(out, "**%s**: ", reason->row->id);
    explain_put(out, "%s", reason->sentence);
    if (reason->cost_ns > 0) {
        tp_units_duration(reason->cost_ns, cost, sizeof cost);
        explain_put(out, options->markdown ? " (held up for %s)" : " [%s]", cost);
    }
    tp_out_text(out, ".\n");
    if (reason->row->advice)
        explain_put(out, "%s%s.\n",
                    options->markdown ? "  To do: " : "      to do: ", reason->row->advice);
    if (!options->all)
        return;
    explain_put(out, "%s%s, %s",
                options->markdown ? "  Evidence: " : "      evidence: ", reason->row->id,
                tp_confidence_name((enum tp_confidence)reason->confidence));
    put_place(out, reason, flow, times);
    explain_put(out, "; basis: %s.\n", reason->row->basis);
}

/* Nothing held it up but what the connection was for. */
static const char *nothing_found(const struct tp_explanation *explanation)
{
    if (explanation->blind & 1u << TP_BLIND_WAITS)
        return "Nothing can be said of what it waited for.";
    for (size_t i = 0; i < explanation->count; i++)
        if (explanation->list[i].cost_ns > 0 || explanation->list[i].undecided ||
            explanation->list[i].row->advice)
            return NULL;
    return "Nothing wrong was found.";
}

void explain_paragraph(struct tp_out *out, const struct explain_options *options,
                       const struct tp_flow *flow, const struct tp_explanation *explanation,
                       struct cli_times *times)
{
    const char *nothing = nothing_found(explanation), *before = options->markdown ? "## " : "";
    char held[32];

    explain_put(out, "%sflow %" PRIu32 ": %s -> %s", before, flow->id, explanation->src,
                explanation->dst);
    if (explanation->held_up_ns > 0) {
        tp_units_duration(explanation->held_up_ns, held, sizeof held);
        explain_put(out, ", held up for %s", held);
    }
    tp_out_text(out, options->markdown ? "\n\n" : "\n");
    if (nothing)
        explain_put(out, "%s%s\n", options->markdown ? "- " : "  ", nothing);
    for (size_t i = 0; i < explanation->count; i++)
        put_reason(out, options, &explanation->list[i], flow, times);
    if (options->all && explanation->has_account)
        put_account(out, options, explanation);
    tp_out_text(out, "\n");
}

void explain_sum_line(struct tp_out *out, const struct explain_options *options,
                      const struct tp_reason_sum *sum, size_t row)
{
    char cost[32];

    tp_units_duration(sum->cost_ns[row], cost, sizeof cost);
    explain_put(out, "%s%s: %zu connection%s%s%s\n", options->markdown ? "- " : "  ",
                tp_reason_rows[row].title, sum->count[row], tp_plural(sum->count[row]),
                sum->cost_ns[row] > 0 ? ", " : "", sum->cost_ns[row] > 0 ? cost : "");
}

void explain_sums_text(struct tp_out *out, const struct explain_options *options,
                       const struct tp_reason_sum *sums, size_t shown, size_t groups)
{
    const char *item = options->markdown ? "- " : "  ";
    size_t all = groups ? groups : sums->flows;

    explain_put(out, "%s%zu connection%s", options->markdown ? "## " : "in all: ", sums->flows,
                tp_plural(sums->flows));
    if (groups)
        explain_put(out, " in %zu group%s", groups, tp_plural(groups));
    if (shown < all)
        explain_put(out, ", of which %zu %s shown (--top)", shown, shown == 1 ? "is" : "are");
    explain_put(out, "%s\n%s", sums->held_up ? "" : "; none was held up, as far as could be judged",
                options->markdown ? "\n" : "");
    for (size_t row = 0; row < tp_reason_row_count; row++)
        if (sums->count[row])
            explain_sum_line(out, options, sums, row);
    for (unsigned blind = 0; blind < TP_BLINDS; blind++)
        if (sums->blind[blind])
            explain_put(out, "%snot judged, of %zu: %s\n", item, sums->blind[blind],
                        tp_blind_text((enum tp_blind)blind));
}
