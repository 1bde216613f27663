/* counter_text.c: the text of the kernel's counters. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "host/counter_text.h"

/* Digits with a sign or none, up to the end of the word. */
static bool parse_value(const char *word, int64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoll(word, &end, 10);
    return end != word && !*end && errno == 0;
}

static bool add(struct tp_counters *counters, const char *prefix, const char *word, int64_t value,
                struct tp_error *error)
{
    struct tp_counter *counter;
    int length;

    if (!TP_LIST_ROOM(counters->list, counters->count, counters->allocated, 512)) {
        tp_error_nomem(error);
        return false;
    }
    counter = &counters->list[counters->count];
    length = snprintf(counter->name, sizeof counter->name, "%s%s", prefix, word);
    if (length < 0 || (size_t)length >= sizeof counter->name) {
        counters->malformed++;
        return true;
    }
    counter->row = tp_counter_row_find(counter->name);
    counter->value = value;
    counters->count++;
    return true;
}

/* "Tcp: A B", "Tcp: 1 2": as many values as names, and the same word before them. */
static int read_pair(struct tp_counters *counters, char *names, char *values,
                     struct tp_error *error)
{
    char *prefix = strsep(&names, ":"), *other = strsep(&values, ":"), *name, *word;
    int64_t value;

    if (!names || !values || strcmp(prefix, other) != 0) {
        counters->malformed++;
        return TP_OK;
    }
    while ((name = strsep(&names, " "))) {
        if (!*name)
            continue;
        do
            word = strsep(&values, " ");
        while (word && !*word);
        if (!word || !parse_value(word, &value))
            counters->malformed++;
        else if (!add(counters, prefix, name, value, error))
            return TP_ERR_NOMEM;
        if (!word)
            break;
    }
    return TP_OK;
}

int counter_pairs(struct tp_counters *counters, char *text, struct tp_error *error)
{
    char *names, *values;
    int rc = TP_OK;

    while (rc == TP_OK && (names = strsep(&text, "\n"))) {
        if (!*names)
            continue;
        values = strsep(&text, "\n");
        if (values)
            rc = read_pair(counters, names, values, error);
        else
            counters->malformed++;
    }
    return rc;
}

int counter_lines(struct tp_counters *counters, char *text, struct tp_error *error)
{
    char *line, *name;
    int64_t value;

    while ((line = strsep(&text, "\n"))) {
        name = strsep(&line, " \t");
        if (!*name)
            continue;
        while (line && (*line == ' ' || *line == '\t'))
            line++;
        if (line)
            line[strcspn(line, " \t")] = '\0';
        if (!line || !parse_value(line, &value))
            counters->malformed++;
        else if (!add(counters, "", name, value, error))
            return TP_ERR_NOMEM;
    }
    return TP_OK;
}
