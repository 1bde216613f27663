/* packet_filter.c: the words: findings, texts, the round-trip time, then the columns with numbers.
 */
#include <stdio.h>
#include <string.h>

#include "cli/packet_filter.h"

/* Words behind the findings. */
enum { CAUSE, EVIDENCE, CONFIDENCE, RTT_MS, OTHERS };

static const struct {
    const char *name, *help;
} others[OTHERS] = {
    [CAUSE] = {"cause", "why it was sent again"},
    [EVIDENCE] = {"evidence", "what the cause, or a proof, rests on"},
    [CONFIDENCE] = {"confidence", "how sure that is: certain, likely or guess"},
    [RTT_MS] = {"rtt_ms",
                "round-trip time that the packet shows: by the ACK of data sent once, else by "
                "SACK, in the handshake, or by timestamps"},
};

#define CONFIDENCES 3

static const char *const causes[] = {
#define NAME(ID, name, ...) name,
    TP_CAUSES(NAME)
#undef NAME
        NULL};
static const char *const evidence[] = {
#define NAME(ID, name, ...) name,
    TP_EVIDENCE(NAME)
#undef NAME
        NULL};
static const char *const confidences[] = {"guess", "likely", "certain", NULL};

/* The first is that of none. */
static const char *const *const texts[OTHERS] = {
    [CAUSE] = causes + 1, [EVIDENCE] = evidence + 1, [CONFIDENCE] = confidences};

static void add(struct packet_words *words, const char *name, const char *const *values,
                size_t column)
{
    size_t i = words->words.count++;

    words->names[i] = name;
    words->texts[i] = values;
    words->columns[i] = column;
}

void packet_words_init(struct packet_words *words)
{
    memset(words, 0, sizeof *words);
    for (size_t i = 0; i < TP_FINDING_COUNT; i++)
        add(words, tp_findings[i].name, NULL, 0);
    for (size_t i = 0; i < OTHERS; i++)
        add(words, others[i].name, texts[i], 0);
    for (size_t i = 0; i < packet_column_count; i++)
        if (packet_column_is_number(i))
            add(words, packet_columns[i]->name, NULL, i);
    words->words.names = words->names;
    words->words.texts = words->texts;
    words->words.alone = TP_FINDING_COUNT;
    words->words.of_records = true;
    words->words.what = "'tcpprobe packets --words' and --columns list those of packets";
}

static bool answer_text(const char *text, union tp_filter_value *value)
{
    value->text = (struct tp_text){text, (uint32_t)(text ? strlen(text) : 0)};
    return text && *text;
}

/* Of the newest sample of the best source. */
static bool answer_rtt(const struct packet_row *row, union tp_filter_value *value)
{
    static const enum tp_rtt_source sources[] = {TP_RTT_ACK, TP_RTT_SACK, TP_RTT_HANDSHAKE,
                                                 TP_RTT_TS};
    int64_t rtt_ns = 0;

    for (size_t i = 0; i < sizeof sources / sizeof *sources && !rtt_ns; i++)
        rtt_ns = packet_row_rtt(row, sources[i]);
    value->number = (double)rtt_ns / 1e6;
    return rtt_ns > 0;
}

static bool answer_other(const struct packet_row *row, size_t other, union tp_filter_value *value)
{
    const struct tp_meaning *meaning = row->meaning;

    if (!meaning)
        return false;
    switch (other) {
    case CAUSE:
        return answer_text(tp_cause_name((enum tp_cause)meaning->cause), value);
    case EVIDENCE:
        return answer_text(tp_evidence_name((enum tp_evidence)meaning->evidence), value);
    case CONFIDENCE:
        return (meaning->cause || meaning->evidence) &&
               answer_text(tp_confidence_name((enum tp_confidence)meaning->confidence), value);
    default:
        return answer_rtt(row, value);
    }
}

bool packet_words_answer(void *context, size_t index, union tp_filter_value *value)
{
    const struct packet_question *question = context;
    const struct packet_row *row = question->row;
    struct tp_value column;

    if (index < TP_FINDING_COUNT) {
        value->number = 1;
        return row->meaning && row->meaning->findings >> index & 1;
    }
    if (index < TP_FINDING_COUNT + OTHERS)
        return answer_other(row, index - TP_FINDING_COUNT, value);
    column = packet_row_value(question->row, question->words->columns[index]);
    value->number = (double)column.integer;
    return column.type == TP_VALUE_INTEGER || column.type == TP_VALUE_BOOL;
}

void packet_words_list(void)
{
    puts("\nWords of --filter beside these and the fields of records. What was found, alone:");
    for (size_t i = 0; i < TP_FINDING_COUNT; i++)
        printf("%-21s %s\n", tp_findings[i].name, tp_findings[i].help);
    puts("\nand to be compared:");
    for (size_t i = 0; i < OTHERS; i++) {
        printf("%-21s %s", others[i].name, others[i].help);
        for (const char *const *value = texts[i]; i < CONFIDENCE && *value; value++)
            printf("%s%s", value == texts[i] ? ": " : ", ", *value);
        putchar('\n');
    }
}
