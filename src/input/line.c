/* line.c: prefixes of event lines. */
#include <string.h>

#include "input/line.h"
#include "input/scan.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static const char *skip_spaces(const char *at, const char *end)
{
    while (at < end && *at == ' ')
        at++;
    return at;
}

const char *line_read_time(const char *at, int64_t *ts_ns, bool *ticks)
{
    static const uint32_t scale[10] = {0,     100000000, 10000000, 1000000, 100000,
                                       10000, 1000,      100,      10,      1};
    uint64_t seconds, fraction;
    const char *dot = scan_u64(at, &seconds), *stop;

    if (!dot)
        return NULL;
    *ticks = *dot != '.';
    if (*ticks) {
        *ts_ns = (int64_t)seconds;
        return seconds > INT64_MAX ? NULL : dot;
    }
    stop = scan_u64(dot + 1, &fraction);
    if (!stop || stop - dot - 1 > 9 || seconds > INT64_MAX / 1000000000 - 1)
        return NULL;
    *ts_ns = (int64_t)(seconds * 1000000000 + fraction * scale[stop - dot - 1]);
    return stop;
}

static bool is_expected(const char *at, const char *end, const struct tp_text *expected)
{
    size_t length = expected->length;

    return length && (size_t)(end - at) > length + 2 && at[length] == ':' &&
           at[length + 1] == ' ' && at[length + 2] != ' ' &&
           memcmp(at, expected->bytes, length) == 0;
}

/* From the time on: "TIME: (+799) SYSTEM:EVENT: message". */
static bool read_tail(const char *at, const char *end, const struct tp_text *expected,
                      struct line *line)
{
    const char *name;

    at = line_read_time(at, &line->ts_ns, &line->ticks);
    if (!at || end - at < 3 || at[0] != ':' || at[1] != ' ')
        return false;
    if (is_expected(at + 2, end, expected)) {
        line->name = at + 2;
        line->name_length = expected->length;
        line->message = line->name + expected->length + 2;
        return true;
    }
    at = skip_spaces(at + 2, end);
    if (end - at > 2 && at[0] == '(' && at[1] == '+') {
        at = memchr(at, ')', (size_t)(end - at));
        if (!at)
            return false;
        at = skip_spaces(at + 1, end);
    }
    for (name = at; at < end && is_name(*at); at++)
        ;
    if (at > name && end - at > 1 && at[0] == ':' && is_name(at[1])) {
        line->form = LINE_PERF;
        for (name = ++at; at < end && is_name(*at); at++)
            ;
    }
    if (at == name || at >= end || *at != ':' || (at + 1 < end && at[1] != ' '))
        return false;
    line->name = name;
    line->name_length = (uint32_t)(at - name);
    line->message = skip_spaces(at + 1, end);
    return true;
}

/* --- the kernel's own columns ------------------------------------------------------------- */

static void set_comm(struct line *line, const char *start, const char *end)
{
    line->comm = start;
    line->comm_length = (uint32_t)(end - start);
}

/* "[CPU] FLAGS TIME: ..." */
static bool read_from_bracket(const char *at, const char *end, const struct tp_text *expected,
                              struct line *line)
{
    const char *flags;

    if (at >= end || *at != '[')
        return false;
    at = scan_u32(at + 1, &line->cpu);
    if (!at || at + 2 >= end || at[0] != ']' || at[1] != ' ')
        return false;
    line->has_cpu = true;
    at = skip_spaces(at + 2, end);
    for (flags = at; at < end && *at != ' '; at++)
        ;
    /* Times of six columns and more do not look like flags: they end in a colon. */
    line->form = LINE_FTRACE;
    return read_tail(at - flags >= 4 && at - flags <= 6 && at[-1] != ':' ? skip_spaces(at, end)
                                                                         : flags,
                     end, expected, line);
}

static bool split_by_column(const char *start, const char *end, const struct tp_text *expected,
                            struct line *line)
{
    const char *at;
    uint32_t pid;

    if (end - start <= TASK_COLUMNS + 8 || start[TASK_COLUMNS] != '-')
        return false;
    at = scan_u32(start + TASK_COLUMNS + 1, &pid);
    if (!at || pid > INT32_MAX)
        return false;
    line->pid = (int32_t)pid;
    set_comm(line, start, start + TASK_COLUMNS);
    at = skip_spaces(at, end);
    if (at < end && *at == '(') { /* "(  TGID)" of options/record-tgid, "(-------)" if unknown */
        at = memchr(at, ')', (size_t)(end - at));
        if (!at)
            return false;
        at = skip_spaces(at + 1, end);
    }
    return read_from_bracket(at, end, expected, line);
}

/* --- everybody else ----------------------------------------------------------------------- */

/* The number that ends right before `at`; moves at to its first digit. */
static bool number_before(const char *start, const char **at, uint32_t *number)
{
    const char *first = *at;

    while (first > start && is_digit(first[-1]))
        first--;
    if (first == *at || scan_u32(first, number) != *at)
        return false;
    *at = first;
    return true;
}

static const char *trim_before(const char *start, const char *at)
{
    while (at > start && at[-1] == ' ')
        at--;
    return at;
}

/* "[CPU]" that ends right before `at`. */
static bool cpu_before(const char *start, const char **at, struct line *line)
{
    const char *digits = *at - 1;

    if (*at - start < 3 || *digits != ']' || !number_before(start, &digits, &line->cpu) ||
        digits == start || digits[-1] != '[')
        return false;
    line->has_cpu = true;
    *at = digits - 1;
    return true;
}

/* What trace-cmd report -l prints: "0..s2." is processor 0 and its flags. */
static bool latency_cpu_before(const char *start, const char **at, struct line *line)
{
    const char *word = *at, *flags;

    while (word > start && word[-1] != ' ')
        word--;
    flags = scan_u32(word, &line->cpu);
    if (!flags || *at - flags < 4 || *at - flags > 6)
        return false;
    line->has_cpu = true;
    *at = word;
    return true;
}

/* "TASK-PID", "TASK PID", "PID/TID" or nothing at all before the processor or the time. */
static bool task_before(const char *start, const char *at, struct line *line)
{
    uint32_t number = 0;

    if (at == start) /* nothing but a time: perf script -F time,event,trace */
        return line->has_cpu || !line->ticks;
    if (!number_before(start, &at, &number) || number > INT32_MAX)
        return false;
    line->pid = (int32_t)number;
    if (at > start && at[-1] == '/') {
        at--;
        if (!number_before(start, &at, &number))
            return false;
    }
    if (at == start)
        return true;
    if (at[-1] != '-' && at[-1] != ' ')
        return false;
    set_comm(line, start, at[-1] == '-' ? at - 1 : trim_before(start, at));
    return true;
}

static bool read_head(const char *start, const char *at, struct line *line)
{
    const char *word;

    at = trim_before(start, at);
    if (!cpu_before(start, &at, line)) {
        for (word = at; word > start && word[-1] != ' '; word--)
            ;
        if (at - word >= 4 && at - word <= 6 && trim_before(start, word) > start &&
            trim_before(start, word)[-1] == ']') {
            at = trim_before(start, word);
            if (!cpu_before(start, &at, line))
                return false;
        } else {
            latency_cpu_before(start, &at, line);
        }
    }
    at = trim_before(start, at);
    if (at > start && at[-1] == ')') { /* "(  TGID)" */
        while (at > start && *at != '(')
            at--;
        at = trim_before(start, at);
    }
    return task_before(start, at, line);
}

static bool split_by_time(const char *start, const char *end, struct line *line)
{
    static const struct tp_text nothing = {"", 0};
    const char *colon = start, *time;

    while ((colon = memchr(colon, ':', (size_t)(end - colon)))) {
        for (time = colon; time > start && (is_digit(time[-1]) || time[-1] == '.'); time--)
            ;
        memset(line, 0, sizeof *line);
        line->form = LINE_FTRACE;
        if (time < colon && (time == start || time[-1] == ' ') &&
            read_tail(time, end, &nothing, line) && read_head(start, time, line))
            return true;
        colon++;
    }
    return false;
}

bool line_split(const char *at, const char *end, const struct tp_text *expected, struct line *line)
{
    line->comm_length = 0;
    line->has_cpu = false;
    return split_by_column(at, end, expected, line) || split_by_time(at, end, line);
}

bool line_is_latency_format(const char *at, const char *end)
{
    const char *us;

    /* The character between unit and colon rates the delay: "us :", "us!:", "us+:", ... */
    for (us = at + 1; end - us > 4; us++)
        if (us[0] == 'u' && us[1] == 's' && us[3] == ':' && us[4] == ' ' && is_digit(us[-1]))
            return true;
    return false;
}
