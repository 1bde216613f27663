/* value.h: one value as it is said: of which type it is, whether it is known at all, and how a table
 * shows it. What was not measured is absent, never 0.
 *
 * Threads: plain data, which any thread may use that owns it.
 */
#ifndef TCPPROBE_VALUE_H
#define TCPPROBE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tp_value_type {
    TP_VALUE_ABSENT,
    TP_VALUE_INTEGER,
    TP_VALUE_REAL, /* finite */
    TP_VALUE_BOOL, /* in integer */
    TP_VALUE_TEXT,
    TP_VALUE_COUNTS /* how many of each name: an object in JSON, their sum elsewhere */
};

struct tp_count {
    const char *name;
    uint64_t count;
};

struct tp_value {
    enum tp_value_type type;
    uint32_t counts; /* length of the list */
    union {
        int64_t integer;
        double real;
        const char *text; /* valid until the next row is loaded */
        const struct tp_count *list;
    };
    bool at_least; /* a number that may be larger: what proves it did not see the end */
};

/* How a table shows a column; the other formats write the value as it is. Behind what is at_least so
 * much stands a +, in tables and blocks. */
enum tp_show {
    TP_SHOW_TEXT,    /* as it is, to the left */
    TP_SHOW_WIDE,    /* the same; has a line of its own where the table would become too wide */
    TP_SHOW_PLAIN,   /* integers as they are, others with one decimal */
    TP_SHOW_SI,      /* four significant digits and a prefix: 14.95M */
    TP_SHOW_SECONDS, /* nanoseconds as seconds */
    TP_SHOW_MS,      /* microseconds as milliseconds */
    TP_SHOW_PERCENT, /* a share from 0 to 1 */
    TP_SHOW_WHOLE    /* the same, as a whole number of percent */
};

/* Values; of something that is not known, absent. */
static inline struct tp_value tp_value_integer_if(bool known, uint64_t number)
{
    struct tp_value value = {known ? TP_VALUE_INTEGER : TP_VALUE_ABSENT, 0, {0}, false};

    value.integer = known ? (int64_t)number : 0;
    return value;
}

static inline struct tp_value tp_value_integer(int64_t number)
{
    return tp_value_integer_if(true, (uint64_t)number);
}

static inline struct tp_value tp_value_real_if(bool known, double number)
{
    struct tp_value value = {known ? TP_VALUE_REAL : TP_VALUE_ABSENT, 0, {0}, false};

    if (known)
        value.real = number;
    return value;
}

static inline struct tp_value tp_value_bool(bool yes)
{
    struct tp_value value = {TP_VALUE_BOOL, 0, {yes}, false};

    return value;
}

/* NULL is absent. The text must live as long as the value. */
static inline struct tp_value tp_value_text(const char *text)
{
    struct tp_value value = {text ? TP_VALUE_TEXT : TP_VALUE_ABSENT, 0, {0}, false};

    if (text)
        value.text = text;
    return value;
}

#define TP_COLUMNS_MAX 1024 /* of one table */

struct tp_column {
    const char *name;    /* CSV header and JSON key; ends in its unit where it has one */
    const char *group;   /* table: heading above several neighbours; NULL if it stands alone */
    const char *heading; /* table */
    const char *unit;    /* table: below the heading, "" if none */
    const char *help;
    enum tp_show show;
    uint16_t twin; /* blocks: index distance to the same figure of the other end; 0: has none */
    bool is_twin;
    bool optional; /* blocks: left out where it is not known */
    const char *section; /* blocks: heading above neighbours, which are left out where nothing of
                            them is known; NULL: always shown */
};

#ifdef __cplusplus
}
#endif

#endif
