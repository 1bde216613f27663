/* line.c: prefixes of event lines. */
#include <string.h>

#include "input/graph.h"
#include "input/line.h"
#include "input/scan.h"
#include "input/words.h"

#define FRACTION_DIGITS_MAX 9
#define GLUED_DIGITS_MIN    12 /* trace-cmd pads ticks to so many columns, without a blank before */
#define FLAGS_MIN           4  /* where only their form tells flags from something else */
#define FLAGS_MAX           16
#define TGID_MAX            16 /* "(   4711)" */

static inline __attribute__((always_inline)) const char *read_time(const char *at, int64_t *ts_ns,
                                                                   bool *ticks)
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
    if (!stop || stop - dot - 1 > FRACTION_DIGITS_MAX || seconds > INT64_MAX / 1000000000 - 1)
        return NULL;
    *ts_ns = (int64_t)(seconds * 1000000000 + fraction * scale[stop - dot - 1]);
    return stop;
}

const char *line_read_time(const char *at, int64_t *ts_ns, bool *ticks)
{
    return read_time(at, ts_ns, ticks);
}

static bool is_expected(const char *at, const char *end, const struct tp_text *expected)
{
    size_t length = expected->length;

    return length && (size_t)(end - at) > length + 2 && at[length] == ':' &&
           at[length + 1] == ' ' && at[length + 2] != ' ' &&
           memcmp(at, expected->bytes, length) == 0;
}

/* What may stand between the time and the name: "(+799)" of trace-cmd report --ts-diff, the period
 * of perf script -F period (how many events this one stands for). NULL if it has no end. */
static const char *skip_extras(const char *at, const char *end, struct line *line)
{
    const char *stop;
    uint64_t period;

    if (end - at > 2 && at[0] == '(' && at[1] == '+') {
        at = memchr(at, ')', (size_t)(end - at));
        return at ? skip_blanks(at + 1, end) : NULL;
    }
    stop = scan_u64(at, &period);
    if (!stop || stop >= end || !is_blank(*stop))
        return at;
    line->sampled = period > 1;
    return skip_blanks(stop, end);
}

/* From the time on: "TIME: (+799) SYSTEM:EVENT: message". */
static bool read_tail(const char *at, const char *end, const struct tp_text *expected,
                      struct line *line)
{
    const char *name;

    line->time = at;
    at = read_time(at, &line->ts_ns, &line->ticks);
    if (!at || end - at < 3 || at[0] != ':' || !is_blank(at[1]))
        return false;
    if (is_expected(at + 2, end, expected)) {
        line->name = at + 2;
        line->name_length = expected->length;
        line->message = line->name + expected->length + 2;
        return true;
    }
    name = skip_extras(skip_blanks(at + 2, end), end, line);
    if (!name)
        return false;
    at = skip_name(name, end);
    if (at > name && end - at > 1 && at[0] == ':' && is_name(at[1])) {
        line->form = LINE_PERF;
        name = at + 1;
        at = skip_name(name, end);
    }
    if (at == name || at >= end || *at != ':' || (at + 1 < end && !is_blank(at[1])))
        return false;
    line->name = name;
    line->name_length = (uint32_t)(at - name);
    line->message = skip_blanks(at + 1, end);
    return true;
}

/* The first digit of the time that ends right before `colon`; `colon` if none does. */
static const char *time_before(const char *start, const char *colon)
{
    const char *at = digits_before(start, colon), *whole;

    if (colon - at > FRACTION_DIGITS_MAX || at == start || at[-1] != '.')
        return at;
    whole = digits_before(start, at - 1);
    return whole < at - 1 ? whole : at;
}

/* Flags have as many columns as the kernel was built with, and the last of them are digits. Do such
 * flags end where the time begins, without a blank between them? Where that cannot be told the line
 * is not read. */
static bool flags_end_at(const char *start, const char *time, const char *colon)
{
    const char *most = time - start > FLAGS_MAX ? time - FLAGS_MAX : start;
    const char *flags = word_before(most, time);

    return colon - time >= GLUED_DIGITS_MIN && time - flags >= FLAGS_MIN &&
           (flags > most || flags == start);
}

/* --- the kernel's own columns ------------------------------------------------------------- */

static void set_comm(struct line *line, const char *start, const char *end)
{
    line->comm = start;
    line->comm_length = (uint32_t)(end - start);
}

/* "[CPU] FLAGS TIME: ...": any number of flags, or none. */
static bool read_from_bracket(const char *at, const char *end, const struct tp_text *expected,
                              struct line *line)
{
    const char *word, *time;

    if (at >= end || *at != '[')
        return false;
    at = scan_u32(at + 1, &line->cpu);
    if (!at || at + 2 >= end || at[0] != ']')
        return false;
    line->has_cpu = true;
    line->form = LINE_FTRACE;
    word = skip_blanks(at + 1, end);
    at = short_word_end(word, end);
    if (at > word && at[-1] != ':')
        return read_tail(skip_blanks(at, end), end, expected, line);
    time = at > word ? time_before(word, at - 1) : word;
    return (time == word || flags_end_at(word, time, at - 1)) &&
           read_tail(time, end, expected, line);
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
    line->has_pid = true;
    line->pid = (int32_t)pid;
    set_comm(line, start, start + TASK_COLUMNS);
    at = skip_blanks(at, end);
    if (at < end && *at == '(') { /* "(  TGID)" of options/record-tgid, "(-------)" if unknown */
        at = memchr(at, ')', (size_t)(end - at));
        if (!at)
            return false;
        at = skip_blanks(at + 1, end);
    }
    return read_from_bracket(at, end, expected, line);
}

/* --- everybody else ----------------------------------------------------------------------- */

/* The number that ends right before `at`; moves at to its first digit. */
static bool number_before(const char *start, const char **at, uint32_t *number)
{
    const char *first = digits_before(start, *at);

    if (first == *at || scan_u32(first, number) != *at)
        return false;
    *at = first;
    return true;
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

/* What trace-cmd report -l prints: "0..s2." is processor 0 and its flags, "93/94" of perf is none.
 */
static bool latency_cpu_before(const char *start, const char **at, struct line *line)
{
    const char *word = word_before(start, *at), *flags = scan_u32(word, &line->cpu);

    if (!flags || *at - flags < FLAGS_MIN || *flags == '/')
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
    if (!number_before(start, &at, &number)) { /* perf script -F comm,time,event,trace */
        set_comm(line, start, at);
        return line->form == LINE_PERF && !line->ticks;
    }
    if (number > INT32_MAX)
        return false;
    line->has_pid = true;
    line->pid = (int32_t)number;
    if (at > start && at[-1] == '/') {
        at--;
        if (!number_before(start, &at, &number))
            return false;
    }
    if (at == start)
        return true;
    if (at[-1] != '-' && !is_blank(at[-1]))
        return false;
    set_comm(line, start, at[-1] == '-' ? at - 1 : trim_before(start, at));
    return true;
}

/* Passes over "(  TGID)" backwards, where there is one. */
static const char *trim_tgid(const char *start, const char *end)
{
    const char *at = end, *most = end - start > TGID_MAX ? end - TGID_MAX : start;

    if (at == start || *--at != ')')
        return end;
    while (at > most && *at != '(')
        at--;
    return *at == '(' ? trim_before(start, at) : end;
}

static bool read_head(const char *start, const char *at, struct line *line)
{
    const char *word, *bracket;

    at = trim_before(start, at);
    if (!cpu_before(start, &at, line)) {
        word = word_before(start, at);
        bracket = trim_before(start, word);
        if (!is_digit(*word) && cpu_before(start, &bracket, line)) /* the word was flags */
            at = bracket;
        else
            latency_cpu_before(start, &at, line);
    }
    at = trim_before(start, at);
    return task_before(start, trim_tgid(start, at), line);
}

/* May a time begin here, by what stands before it? */
static bool is_time_place(const char *start, const char *time, const char *colon)
{
    return time < colon && (time == start || is_blank(time[-1]) || time[-1] == ']' ||
                            flags_end_at(start, time, colon));
}

static bool split_by_time(const char *start, const char *end, struct line *line)
{
    static const struct tp_text nothing = {"", 0};
    const char *colon = start, *time;

    while ((colon = memchr(colon, ':', (size_t)(end - colon)))) {
        time = time_before(start, colon);
        *line = (struct line){.form = LINE_FTRACE, .end = end};
        if (is_time_place(start, time, colon) && read_tail(time, end, &nothing, line) &&
            read_head(start, time, line))
            return true;
        colon++;
    }
    return false;
}

bool line_split(const char *at, const char *end, const struct tp_text *expected, struct line *line)
{
    line->comm_length = 0;
    line->has_cpu = line->has_pid = line->sampled = false;
    line->end = end;
    line->by_column = split_by_column(at, end, expected, line);
    return line->by_column || split_by_time(at, end, line) || graph_split(at, end, line);
}
