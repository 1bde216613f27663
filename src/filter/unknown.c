/* unknown.c: what to answer to a word that is not known where it stands. */
#include <string.h>

#include <tcpprobe/wire.h>

#include "filter/words.h"

/* What is found of a packet is known once all before it are: events are asked for other things. */
static bool is_finding(const struct tp_token *word)
{
    for (size_t i = 0; i < TP_FINDING_COUNT; i++)
        if (strlen(tp_findings[i].name) == word->length &&
            memcmp(tp_findings[i].name, word->text, word->length) == 0)
            return true;
    return false;
}

/* figures: of an event, too; or NULL. */
static void unknown_of_event(const struct tp_token *word, bool is_field,
                             const struct tp_filter_words *figures, struct tp_error *error)
{
    static const enum tp_vocabulary fields[] = {TP_WORDS_SUBJECT, TP_WORDS_NONE};
    static const enum tp_vocabulary all[] = {TP_WORDS_SUBJECT, TP_WORDS_PRIMITIVE, TP_WORDS_EVENT,
                                             TP_WORDS_NONE};
    const char *what = is_field ? "field" : "word";
    const char *close = tp_words_closest(is_field ? fields : all, figures, word);
    char name[48], list[sizeof error->text];

    tp_token_name(word, name, sizeof name);
    if (is_field && tp_words_find(TP_WORDS_EVENT, word) >= 0)
        tp_token_error(error, word, "%s is an event: it stands alone or after event ==", name);
    else if (close)
        tp_token_error(error, word, "unknown %s %s: did you mean %s?", what, name, close);
    else if (is_field && !figures)
        tp_token_error(error, word, "unknown field %s: known are%s", name,
                       tp_words_list(fields, list, sizeof list));
    else if (figures)
        tp_token_error(error, word, "unknown word %s: %s", name, figures->what);
    else
        tp_token_error(error, word,
                       "unknown word %s: expected a field and an operator, or one of%s", name,
                       tp_words_list(all + 1, list, sizeof list));
}

static void unknown_of_flow(const struct tp_token *word, const struct tp_filter_words *figures,
                            struct tp_error *error)
{
    static const enum tp_vocabulary fields[] = {TP_WORDS_CONNECTION, TP_WORDS_NONE};
    const char *close = tp_words_closest(fields, figures, word);
    char name[48], list[64];

    tp_token_name(word, name, sizeof name);
    if (close)
        tp_token_error(error, word, "unknown field %s: did you mean %s?", name, close);
    else
        tp_token_error(error, word, "unknown field %s: known are%s and %s", name,
                       tp_words_list(fields, list, sizeof list), figures->what);
}

void tp_words_unknown(const struct tp_token *word, const struct tp_token *next,
                      const struct tp_filter_words *figures, struct tp_error *error)
{
    bool is_field = next->type == TP_TOKEN_OP || next->type == TP_TOKEN_BAD;
    char name[48];

    if (strchr("0123456789-[", word->text[0]))
        tp_token_error(error, word, "expected " TP_A_COMPARISON ", found %s",
                       tp_token_name(word, name, sizeof name));
    else if (is_finding(word) && !(figures && figures->of_records))
        tp_token_error(error, word, "%s is a word of 'tcpprobe packets --filter', and of no other",
                       tp_token_name(word, name, sizeof name));
    else if (figures && !figures->of_records)
        unknown_of_flow(word, figures, error);
    else
        unknown_of_event(word, is_field, figures, error);
}
