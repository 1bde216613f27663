/* fuzz_counted.c: the kernel's counters in a log: whatever the words of its lines, what each grew
 * by is what a second reading, word by word and without bounds, adds up; and values that fall are
 * never growth.
 *
 * A line of the input is one of a log; its first byte says of which of two inputs, or that it is a
 * round's. */
#include <stdlib.h>
#include <string.h>

#include "analyze/counted.h"

#include "fuzz.h"

enum { LINES_MAX = 64, DIGITS_MAX = 19 };

static const char *const names[TP_COUNTED_COUNT] = {
#define NAME(ID, name) #name,
    TP_COUNTED(NAME)
#undef NAME
};

struct place {
    uint64_t netns;
    unsigned input;
    uint64_t last[TP_COUNTED_COUNT];
    bool have[TP_COUNTED_COUNT];
};

struct second {
    struct place places[LINES_MAX];
    size_t count;
    uint64_t grown[TP_COUNTED_COUNT];
    bool have[TP_COUNTED_COUNT];
    uint64_t gaps;
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* NAME=DIGITS, cut in two. */
static bool read_word(char *word, uint64_t *number)
{
    char *value = strchr(word, '=');

    if (!value)
        return false;
    *value++ = '\0';
    if (!*value || strlen(value) > DIGITS_MAX || value[strspn(value, "0123456789")])
        return false;
    *number = strtoull(value, NULL, 10);
    return true;
}

static struct place *place_of(struct second *second, uint64_t netns, unsigned input)
{
    for (size_t i = 0; i < second->count; i++)
        if (second->places[i].netns == netns && second->places[i].input == input)
            return &second->places[i];
    second->places[second->count] = (struct place){.netns = netns, .input = input};
    return &second->places[second->count++];
}

static void note(struct second *second, struct place *place, const char *name, uint64_t number)
{
    for (int i = 0; i < TP_COUNTED_COUNT; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        if (place->have[i] && number > place->last[i])
            second->grown[i] += number - place->last[i];
        place->last[i] = number;
        place->have[i] = second->have[i] = true;
    }
}

static void read_again(struct second *second, char *words, unsigned input, bool is_round)
{
    struct place *place = NULL;
    uint64_t number;

    for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) {
        if (!read_word(word, &number))
            continue;
        if (is_round) {
            second->gaps += strcmp(word, "gap") == 0 && number;
        } else if (!place) {
            if (strcmp(word, "netns") != 0 || number > UINT32_MAX)
                return;
            place = place_of(second, number, input);
        } else {
            note(second, place, word, number);
        }
    }
}

static void read_line(struct tp_counted_list *counted, struct second *second, char *line)
{
    unsigned input = line[0] & 1;
    bool is_round = line[0] & 2;
    struct tp_record record = {.input = (uint8_t)input, .have = TP_BIT(WORDS)};

    record.words = (struct tp_text){line + 1, (uint32_t)strlen(line + 1)};
    if (is_round)
        tp_counted_round(counted, &record);
    else
        check(tp_counted_add(counted, &record) == TP_OK);
    read_again(second, line + 1, input, is_round);
}

static void compare(const struct tp_counted_list *counted, const struct second *second)
{
    uint64_t grown;
    bool have;

    check(counted->ends_lost == second->gaps && counted->count == second->count);
    for (int i = 0; i < TP_COUNTED_COUNT; i++) {
        grown = 0;
        have = false;
        for (uint32_t place = 0; place < counted->count; place++) {
            grown += counted->list[place].grown[i];
            have |= counted->list[place].have >> i & 1;
        }
        check(grown == second->grown[i] && have == second->have[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tp_counted_list counted = {0};
    struct second *second = calloc(1, sizeof *second);
    char *text = malloc(size + 1), *rest = text, *line;

    check(text && second);
    for (size_t i = 0; i < size; i++)
        text[i] = data[i] ? (char)data[i] : '0';
    text[size] = '\0';
    for (int i = 0; i < LINES_MAX && (line = strsep(&rest, "\n")); i++)
        if (line[0])
            read_line(&counted, second, line);
    compare(&counted, second);
    tp_counted_release(&counted);
    free(second);
    free(text);
    return 0;
}
