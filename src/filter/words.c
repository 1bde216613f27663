/* words.c: the vocabularies of the filter language. */
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/phrase.h"
#include "base/protocol.h"
#include "filter/words.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Subjects that are no field of the record or another name for one; the first are the words of
 * connections. */
#define CONNECTION_WORDS 5

static const struct subject {
    const char *name;
    enum tp_node_type type;
    enum tp_node_end end;
    enum tp_field field;
} subjects[] = {
    {"sport", TP_NODE_PORT, TP_NODE_END_SRC, 0},
    {"dport", TP_NODE_PORT, TP_NODE_END_DST, 0},
    {"saddr", TP_NODE_NET, TP_NODE_END_SRC, 0},
    {"daddr", TP_NODE_NET, TP_NODE_END_DST, 0},
    {"family", TP_NODE_FAMILY, 0, 0},
    {"event", TP_NODE_KIND, 0, 0},
    {"saddrv6", TP_NODE_NET, TP_NODE_END_SRC, 0},
    {"daddrv6", TP_NODE_NET, TP_NODE_END_DST, 0},
    {"CPU", TP_NODE_NUMBER, 0, TP_FIELD_CPU},
    {"COMM", TP_NODE_TEXT, 0, TP_FIELD_COMM},
    {"common_pid", TP_NODE_NUMBER, 0, TP_FIELD_PID},
};

struct known_word {
    const char *name;
    int value;
};

static const struct known_word families[] = {{"AF_INET", 2}, {"AF_INET6", 10}};
static const struct known_word primitives[] = {{"host", TP_PRIMITIVE_HOST},
                                               {"net", TP_PRIMITIVE_NET},
                                               {"port", TP_PRIMITIVE_PORT},
                                               {"src", TP_PRIMITIVE_SRC},
                                               {"dst", TP_PRIMITIVE_DST}};

static bool from_table(const struct known_word *table, size_t count, size_t i,
                       struct known_word *word)
{
    if (i < count)
        *word = table[i];
    return i < count;
}

static bool subject_at(size_t i, struct known_word *word)
{
    word->value = (int)i;
    if (i < COUNT(subjects))
        word->name = subjects[i].name;
    else if (i - COUNT(subjects) < TP_FIELD_COUNT)
        word->name = tp_fields[i - COUNT(subjects)].name;
    else
        return false;
    return true;
}

static bool connection_at(size_t i, struct known_word *word)
{
    return i < CONNECTION_WORDS && subject_at(i, word);
}

static bool primitive_at(size_t i, struct known_word *word)
{
    return from_table(primitives, COUNT(primitives), i, word);
}

static bool event_at(size_t i, struct known_word *word)
{
    *word = (struct known_word){i < TP_KIND_COUNT ? tp_kind_name((enum tp_kind)i) : NULL, (int)i};
    return word->name != NULL;
}

/* The kernel's states begin at 1. */
static bool tcp_state_at(size_t i, struct known_word *word)
{
    *word = (struct known_word){tp_tcp_state_name((unsigned)i + 1), (int)i + 1};
    return word->name != NULL;
}

static bool cong_state_at(size_t i, struct known_word *word)
{
    *word = (struct known_word){tp_cong_state_name((unsigned)i), (int)i};
    return word->name != NULL;
}

static bool protocol_at(size_t i, struct known_word *word)
{
    if (i < TP_PROTOCOLS)
        *word = (struct known_word){tp_protocols[i].name, tp_protocols[i].number};
    return i < TP_PROTOCOLS;
}

static bool family_at(size_t i, struct known_word *word)
{
    return from_table(families, COUNT(families), i, word);
}

static bool bit_at(enum tp_field field, size_t i, struct known_word *word)
{
    *word =
        (struct known_word){i < 16 ? tp_field_bit_name(field, (unsigned)i) : NULL, 1 << (i & 15)};
    return word->name != NULL;
}

static bool flag_at(size_t i, struct known_word *word)
{
    return bit_at(TP_FIELD_FLAGS, i, word);
}

static bool option_at(size_t i, struct known_word *word)
{
    return bit_at(TP_FIELD_OPTIONS, i, word);
}

static bool oddity_at(size_t i, struct known_word *word)
{
    return bit_at(TP_FIELD_ODDITIES, i, word);
}

/* Fills the i-th word of a vocabulary; false behind the last. */
static bool (*const word_at[])(size_t i, struct known_word *word) = {
    [TP_WORDS_SUBJECT] = subject_at,     [TP_WORDS_CONNECTION] = connection_at,
    [TP_WORDS_PRIMITIVE] = primitive_at, [TP_WORDS_EVENT] = event_at,
    [TP_WORDS_TCP_STATE] = tcp_state_at, [TP_WORDS_CONG_STATE] = cong_state_at,
    [TP_WORDS_PROTOCOL] = protocol_at,   [TP_WORDS_FAMILY] = family_at,
    [TP_WORDS_FLAG] = flag_at,           [TP_WORDS_OPTION] = option_at,
    [TP_WORDS_ODDITY] = oddity_at,
};

static bool is_word(const char *known, const struct tp_token *word)
{
    return strlen(known) == word->length && memcmp(known, word->text, word->length) == 0;
}

int tp_words_find(enum tp_vocabulary vocabulary, const struct tp_token *word)
{
    struct known_word known;
    size_t i;

    if (vocabulary == TP_WORDS_NONE)
        return -1;
    for (i = 0; word_at[vocabulary](i, &known); i++)
        if (is_word(known.name, word))
            return known.value;
    return -1;
}

int tp_words_figure(const struct tp_filter_words *figures, const struct tp_token *word)
{
    size_t i;

    for (i = 0; figures && i < figures->count; i++)
        if (is_word(figures->names[i], word))
            return (int)i;
    return -1;
}

const char *tp_words_name(enum tp_vocabulary vocabulary, uint64_t value)
{
    struct known_word known;
    size_t i;

    if (vocabulary == TP_WORDS_NONE)
        return NULL;
    for (i = 0; word_at[vocabulary](i, &known); i++)
        if ((uint64_t)known.value == value)
            return known.name;
    return NULL;
}

void tp_words_subject(struct tp_node *node, int subject)
{
    size_t i = (size_t)subject;

    if (i < COUNT(subjects)) {
        node->type = subjects[i].type;
        node->end = subjects[i].end;
        node->field = subjects[i].field;
        return;
    }
    node->field = (uint32_t)(i - COUNT(subjects));
    node->type = tp_fields[node->field].format == TP_FORMAT_TEXT ? TP_NODE_TEXT : TP_NODE_NUMBER;
}

const char *tp_words_subject_name(const struct tp_node *node)
{
    size_t i;

    if (node->type == TP_NODE_NUMBER || node->type == TP_NODE_TEXT)
        return tp_fields[node->field].name;
    for (i = 0; i < COUNT(subjects) - 1; i++)
        if (subjects[i].type == node->type && subjects[i].end == node->end)
            break;
    return subjects[i].name;
}

enum tp_vocabulary tp_words_of_values(const struct tp_node *node)
{
    if (node->type == TP_NODE_FAMILY)
        return TP_WORDS_FAMILY;
    if (node->type == TP_NODE_KIND)
        return TP_WORDS_EVENT;
    if (node->type != TP_NODE_NUMBER)
        return TP_WORDS_NONE;
    if (node->field == TP_FIELD_PROTOCOL)
        return TP_WORDS_PROTOCOL;
    switch (tp_fields[node->field].format) {
    case TP_FORMAT_TCP_STATE:
        return TP_WORDS_TCP_STATE;
    case TP_FORMAT_CONG_STATE:
        return TP_WORDS_CONG_STATE;
    case TP_FORMAT_FLAGS:
        return TP_WORDS_FLAG;
    case TP_FORMAT_OPTIONS:
        return TP_WORDS_OPTION;
    case TP_FORMAT_ODDITIES:
        return TP_WORDS_ODDITY;
    default:
        return TP_WORDS_NONE;
    }
}

bool tp_words_are_bits(enum tp_vocabulary vocabulary)
{
    return vocabulary == TP_WORDS_FLAG || vocabulary == TP_WORDS_OPTION ||
           vocabulary == TP_WORDS_ODDITY;
}

/* --- advice --------------------------------------------------------------------------------- */

const char *tp_words_closest(const enum tp_vocabulary *vocabularies,
                             const struct tp_filter_words *figures, const struct tp_token *unknown)
{
    struct tp_nearest nearest = tp_nearest_to(unknown->text, unknown->length);
    struct known_word known;
    size_t i;

    for (; *vocabularies != TP_WORDS_NONE; vocabularies++)
        for (i = 0; word_at[*vocabularies](i, &known); i++)
            tp_nearest_try(&nearest, known.name);
    for (i = 0; figures && i < figures->count; i++)
        tp_nearest_try(&nearest, figures->names[i]);
    return nearest.known;
}

const char *tp_words_list(const enum tp_vocabulary *vocabularies, char *buf, size_t size)
{
    struct tp_phrase list = tp_phrase_in(buf, size);
    struct known_word known;
    size_t i;

    for (; *vocabularies != TP_WORDS_NONE; vocabularies++)
        for (i = 0; word_at[*vocabularies](i, &known); i++)
            tp_phrase_add(&list, " %s", known.name);
    return buf;
}
