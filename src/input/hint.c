/* hint.c: forms that cannot be read, one row each; the first that fits is the one. */
#include <string.h>

#include "input/events.h"
#include "input/graph.h"
#include "input/hint.h"
#include "input/scan.h"
#include "input/words.h"

#define RECORD_WITH(option) ": record with 'echo 0 >options/" option "' in tracefs"

static bool holds(const char *at, const char *end, const char *text)
{
    return memmem(at, (size_t)(end - at), text, strlen(text)) != NULL;
}

/* What stands behind the first name of a known event at `at` or behind the character `before`; NULL
 * if there is none. */
static const char *behind_event(const char *at, const char *end, char before)
{
    const char *stop;

    while ((at = memchr(at, before, (size_t)(end - at)))) {
        stop = skip_name(++at, end);
        if (event_find(at, (size_t)(stop - at)) >= 0)
            return stop;
    }
    return NULL;
}

/* --- the kernel's options: Documentation/trace/ftrace.rst, "trace_options" ------------------- */

static bool is_dump(const char *at, const char *end)
{
    const char *stop = skip_blanks(at + 1, end);

    if (holds(at, end, "Dumping ftrace buffer:"))
        return true;
    if (*at != '[')
        return false;
    while (stop < end && (is_digit(*stop) || *stop == '.'))
        stop++;
    return stop < end && *stop == ']' && holds(stop, end, "us : ");
}

static bool is_verbose(const char *at, const char *end)
{
    return holds(at, end, "ms (+") && holds(at, end, "ms): ");
}

/* The character between unit and colon rates the delay: "us :", "us!:", "us+:", ... */
static bool is_latency_format(const char *at, const char *end)
{
    const char *us;

    for (us = at + 1; end - us > 4; us++)
        if (us[0] == 'u' && us[1] == 's' && us[3] == ':' && us[4] == ' ' && is_digit(us[-1]))
            return true;
    return false;
}

static bool has_no_context(const char *at, const char *end)
{
    const char *stop = skip_name(at, end);

    return stop < end && *stop == ':' && event_find(at, (size_t)(stop - at)) >= 0;
}

/* "type: 2273", for which these options have no words; *front is what stands before it. */
static bool is_type(const char *at, const char *end, const char **front)
{
    uint32_t type;
    const char *word = word_before(at, end);

    if (scan_u32(word, &type) != end)
        return false;
    *front = trim_before(at, word);
    return *front - at >= 5 && memcmp(*front - 5, "type:", 5) == 0 && (*front -= 5);
}

static bool is_bin(const char *at, const char *end)
{
    const char *front;

    return is_type(at, end, &front) && memchr(at, '\0', (size_t)(front - at));
}

/* Task, processor and time in words of 8, 8 and 16 digits. */
static bool is_hex(const char *at, const char *end)
{
    const char *front;

    return is_type(at, end, &front) && word_end(at, end) - at == 8 && front - at > 16;
}

static bool is_raw(const char *at, const char *end)
{
    const char *front;

    return is_type(at, end, &front);
}

static bool is_graph_without_time(const char *at, const char *end)
{
    return graph_kind(at, end) == GRAPH_EVENT;
}

/* --- tools ----------------------------------------------------------------------------------- */

/* The first digit may be a flag. */
static bool is_glued(const char *at, const char *end)
{
    const char *stop = behind_event(at, end, ' '), *colon, *digits;

    if (!stop || stop == end || *stop != ':')
        return false;
    colon = trim_before(at, word_before(at, stop));
    if (colon == at || *--colon != ':')
        return false;
    digits = digits_before(at, colon);
    return colon - digits >= 12 && digits > at && !is_blank(digits[-1]) && digits[-1] != ']';
}

static bool is_perf_trace(const char *at, const char *end)
{
    const char *stop = behind_event(at, end, ':');

    return stop && stop < end && *stop == '(';
}

static bool is_perf_without_time(const char *at, const char *end)
{
    const char *stop = behind_event(at, end, ':');

    return stop && stop < end && *stop == ':';
}

static bool is_perf_without_event(const char *at, const char *end)
{
    return holds(at, end, ": family=AF_INET") || holds(at, end, ": skbaddr=");
}

static bool is_perf_dump(const char *at, const char *end)
{
    return begins_with(at, end, "0x") && holds(at, end, "]: event: ");
}

/* --- messages -------------------------------------------------------------------------------- */

static bool is_empty(const char *at, const char *end)
{
    return at == end;
}

/* "sport=0xbb7f (47999)", and the addresses as bytes or not at all. */
static bool is_fields(const char *at, const char *end)
{
    return holds(at, end, ") ") && holds(at, end, " (");
}

static bool is_report_raw(const char *at, const char *end)
{
    return holds(at, end, "=ARRAY[");
}

struct hint {
    bool (*is)(const char *at, const char *end);
    const char *sentence;
};

static const char *find(const struct hint *hints, size_t count, const char *at, const char *end)
{
    size_t i;

    end = trim_before(at, end > at && end[-1] == '\r' ? end - 1 : end);
    for (i = 0; i < count; i++)
        if (hints[i].is(at, end))
            return hints[i].sentence;
    return NULL;
}

const char *hint_of_line(const char *at, const char *end)
{
    static const struct hint hints[] = {
        {is_dump, "a dump of the trace buffer in the kernel's log cannot be read: record "
                  "trace_pipe instead"},
        {is_verbose,
         "lines of options/verbose have no absolute times" RECORD_WITH("latency-format")},
        {is_latency_format,
         "latency-format lines have no absolute times" RECORD_WITH("latency-format")},
        {has_no_context, "lines without context-info have no times: record with "
                         "'echo 1 >options/context-info' in tracefs"},
        {is_bin, "lines of options/bin hold no fields" RECORD_WITH("bin")},
        {is_hex, "lines of options/hex hold no fields" RECORD_WITH("hex")},
        {is_raw, "lines of options/raw hold no fields" RECORD_WITH("raw")},
        {is_graph_without_time, "function_graph printed no times: record with "
                                "'echo 1 >options/funcgraph-abstime' in tracefs"},
        {is_glued, "the flags run into the time, which trace-cmd report does with this clock: "
                   "record with 'trace-cmd record -C mono'"},
        {is_perf_trace,
         "perf trace prints no addresses: use 'perf record' and 'perf script' instead"},
        {is_perf_without_time, "the line has no time: print it with 'perf script -F +time'"},
        {is_perf_without_event, "the line names no event: print it with 'perf script -F +event'"},
        {is_perf_dump, "a dump of perf.data cannot be read: use 'perf script' without -D"},
    };

    return find(hints, sizeof hints / sizeof *hints, at, end);
}

const char *hint_of_message(const char *at, const char *end)
{
    static const struct hint hints[] = {
        {is_empty, "the event has no fields: print them with 'perf script -F +trace'"},
        {is_fields, "fields as options/fields prints them have no addresses" RECORD_WITH("fields")},
        {is_report_raw, "raw fields have no addresses: use 'trace-cmd report' without -R"},
    };

    return find(hints, sizeof hints / sizeof *hints, at, end);
}
