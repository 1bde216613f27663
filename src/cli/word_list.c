/* word_list.c: options that take a word of a list, such as --format: the list says which there are,
 * in the help and where the word is none of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/phrase.h"
#include "cli/common.h"

/* "csv, json or ndjson", with last " or " */
static void join(const struct cli_words *words, const char *last, char text[CLI_WORDS_BYTES])
{
    struct tp_phrase phrase = tp_phrase_in(text, CLI_WORDS_BYTES);
    const char *name, *next = NULL;

    for (size_t i = 0; i < words->count; i++) {
        name = words->name(words->list, i);
        if (name && next)
            tp_phrase_item(&phrase, ", ", "%s", next);
        next = name ? name : next;
    }
    if (next)
        tp_phrase_item(&phrase, last, "%s", next);
}

const char *cli_words_text(const struct cli_words *words, char text[CLI_WORDS_BYTES])
{
    join(words, ", ", text);
    return text;
}

static const char *name_of_both(const void *list, size_t index)
{
    const struct cli_and_word *both = list;

    return index < both->words.count ? both->words.name(both->words.list, index) : both->word;
}

struct cli_words cli_and_word(const struct cli_and_word *both)
{
    return (struct cli_words){both, both->words.count + 1, name_of_both};
}

error_t cli_parse_word(const char *option, const char *text, const struct cli_words *words,
                       unsigned *index)
{
    char names[CLI_WORDS_BYTES];
    const char *name;

    for (size_t i = 0; i < words->count; i++) {
        name = words->name(words->list, i);
        if (!name || strcmp(name, text) != 0)
            continue;
        *index = (unsigned)i;
        return 0;
    }
    return cli_bad_option("%s: '%s' is none of %s", option, text, cli_words_text(words, names));
}

char *cli_help_words(const char *text, const struct cli_words *words)
{
    const char *place = text ? strstr(text, CLI_WORDS) : NULL;
    char names[CLI_WORDS_BYTES], *help;

    if (!place)
        return (char *)text;
    join(words, " or ", names);
    if (asprintf(&help, "%.*s%s%s", (int)(place - text), text, names, place + strlen(CLI_WORDS)) <
        0)
        return NULL;
    return help;
}

const char *cli_nearest(const char *word, size_t length, const void *list, size_t count,
                        const char *(*name)(const void *list, size_t index))
{
    struct tp_nearest nearest = tp_nearest_to(word, length);

    for (size_t i = 0; i < count; i++)
        tp_nearest_try(&nearest, name(list, i));
    return nearest.known;
}

/* --- formats ---------------------------------------------------------------------------------- */

static const char *any_format(const void *list, size_t index)
{
    return ((const struct tp_writer *const *)list)[index]->name;
}

static const char *row_format(const void *list, size_t index)
{
    const struct tp_writer *writer = ((const struct tp_writer *const *)list)[index];

    return tp_writer_streams(writer) ? writer->name : NULL;
}

static const char *line_format(const void *list, size_t index)
{
    const char *name = any_format(list, index);

    return strcmp(name, "table") == 0 ? name : row_format(list, index);
}

struct cli_words cli_formats(enum cli_formats which)
{
    static const char *(*const names[])(const void *list, size_t index) = {
        [CLI_FORMATS_ALL] = any_format,
        [CLI_FORMATS_ROWS] = row_format,
        [CLI_FORMATS_LINES] = line_format,
    };

    return (struct cli_words){tp_writers, tp_writer_count, names[which]};
}

error_t cli_parse_format(const char *text, enum cli_formats which, const struct tp_writer **writer)
{
    const struct cli_words words = cli_formats(which);
    unsigned index = 0;
    error_t rc = cli_parse_word("--format", text, &words, &index);

    if (!rc)
        *writer = tp_writers[index];
    return rc;
}
