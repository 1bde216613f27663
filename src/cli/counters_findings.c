/* counters_findings.c: what growth of the counters is worth a sentence. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/phrase.h"
#include "cli/counters.h"

const char *counters_whole(const struct tp_counter_row *row, char text[2 * TP_COUNTER_NAME_BYTES])
{
    if (!row || !row->of[0])
        return NULL;
    snprintf(text, 2 * TP_COUNTER_NAME_BYTES, "%s%s%s", row->of[0], row->of[1] ? " + " : "",
             row->of[1] ? row->of[1] : "");
    return text;
}

/* Of several rows of a counter, the first that holds: the worst. */
static bool is_first_of_its_counter(const struct tp_counters *now, const struct tp_counters *before,
                                    size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(tp_counter_findings[i].counter, tp_counter_findings[index].counter) == 0 &&
            tp_counter_finding_holds(&tp_counter_findings[i], now, before))
            return false;
    return true;
}

void counters_finding_text(const struct tp_counters *now, const struct tp_counters *before,
                           const struct tp_counter_finding *finding, char *text, size_t size)
{
    const struct tp_counter_row *row = tp_counter_row_find(finding->counter);
    struct tp_phrase phrase = tp_phrase_in(text, size);
    char of[2 * TP_COUNTER_NAME_BYTES];
    uint64_t growth = 0;
    double share;

    tp_counter_growth(now, before, finding->counter, &growth);
    tp_phrase_add(&phrase, "%" PRIu64 " %s", growth, finding->sentence);
    if (row && tp_counter_share(now, before, row, &share))
        tp_phrase_add(&phrase, ", %.2f %% of %s", share * 100, counters_whole(row, of));
    tp_phrase_add(&phrase, " (%s)", finding->counter);
}

static void write_finding(struct counters_list *list, const struct tp_counter_finding *finding)
{
    char text[512];

    counters_finding_text(list->now, list->before, finding, text, sizeof text);
    tp_out_text(list->out, tp_finding_levels[finding->level]);
    tp_out_text(list->out, ": ");
    tp_out_text(list->out, text);
    tp_out_text(list->out, ": ");
    tp_out_text(list->out, finding->advice);
    if (list->options->explain) {
        tp_out_text(list->out, "; the threshold is ");
        tp_out_text(list->out, finding->basis);
    }
    tp_out_text(list->out, "\n");
}

static void write_finding_json(struct counters_list *list, const struct tp_counter_finding *finding,
                               bool first)
{
    const char *members[][2] = {{"counter", finding->counter},
                                {"level", tp_finding_levels[finding->level]},
                                {"sentence", NULL},
                                {"advice", finding->advice},
                                {"basis", finding->basis}};
    char text[512];

    counters_finding_text(list->now, list->before, finding, text, sizeof text);
    members[2][1] = text;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        tp_out_text(list->out, i ? "," : first ? "\n{" : ",\n{");
        tp_out_json_text(list->out, members[i][0]);
        tp_out_text(list->out, ":");
        tp_out_json_text(list->out, members[i][1]);
    }
    tp_out_text(list->out, "}");
}

/* Of the growth that is shown; in JSON as its last member. */
void counters_write_findings(struct counters_list *list, bool json)
{
    const struct tp_counter_finding *finding;
    bool first = true;

    for (size_t i = 0; list->before && i < tp_counter_finding_count; i++) {
        finding = &tp_counter_findings[i];
        if (!tp_counter_finding_holds(finding, list->now, list->before) ||
            !is_first_of_its_counter(list->now, list->before, i))
            continue;
        if (!json && first)
            tp_out_text(list->out, "\n");
        if (json)
            write_finding_json(list, finding, first);
        else
            write_finding(list, finding);
        first = false;
    }
}

void counters_note_worst(struct counters_list *list)
{
    for (size_t i = 0; list->before && i < tp_counter_finding_count; i++)
        if ((int)tp_counter_findings[i].level > list->worst &&
            tp_counter_finding_holds(&tp_counter_findings[i], list->now, list->before))
            list->worst = (int)tp_counter_findings[i].level;
}
