/* nearest.c: the known word that is most like an unknown one. */
#include <string.h>
#include <strings.h>

#include "base/nearest.h"

#define WORD_MAX 48 /* longer words are far from all of ours */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Of the beginnings of a and b: one row of the table of edits, from the two rows above it. */
static void fill_row(size_t *row, const size_t *above, const size_t *above2, const char *a,
                     size_t i, const char *b, size_t b_length)
{
    row[0] = i;
    for (size_t j = 1; j <= b_length; j++) {
        row[j] = least(least(row[j - 1], above[j]) + 1,
                       above[j - 1] + (lower(a[i - 1]) != lower(b[j - 1])));
        if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
            lower(a[i - 2]) == lower(b[j - 1]))
            row[j] = least(row[j], above2[j - 2] + 1);
    }
}

/* Edits that lead from a to b, or to as much of b as a has letters, but one. */
static size_t edits(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][WORD_MAX + 1], *last = rows[a_length % 3], fewest;

    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++)
        fill_row(rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3], a, i, b, b_length);
    fewest = last[b_length];
    for (size_t j = a_length > 1 ? a_length - 1 : 1; j < b_length; j++)
        fewest = least(fewest, last[j]);
    return fewest;
}

struct tp_nearest tp_nearest_to(const char *word, size_t length)
{
    return (struct tp_nearest){.word = word, .length = length, .distance = 1 + length / 4};
}

void tp_nearest_try(struct tp_nearest *nearest, const char *known)
{
    size_t length = strlen(known), distance;
    char word[WORD_MAX + 1];

    if (nearest->length == 0 || nearest->length > WORD_MAX || length > WORD_MAX)
        return;
    memcpy(word, nearest->word, nearest->length);
    word[nearest->length] = '\0';
    if (strncasecmp(known, word, nearest->length) == 0 ||
        (nearest->length > 2 && strcasestr(known, word)))
        distance = 0;
    else
        distance = edits(word, nearest->length, known, length);
    if (distance > nearest->distance ||
        (distance == nearest->distance && (!nearest->known || length >= strlen(nearest->known))))
        return;
    nearest->distance = distance;
    nearest->known = known;
}
