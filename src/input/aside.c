/* aside.c: what lines that are no events and no damage look like. */
#include <string.h>

#include "input/aside.h"
#include "input/graph.h"
#include "input/scan.h"
#include "input/words.h"

bool aside_begins_chain(const char *at, const char *end)
{
    return *at == '\t' || begins_with(at, end, " =>") || begins_with(at, end, "=>");
}

static bool is_chain_of_kernel(const char *at, const char *end)
{
    return *at != '\t' && aside_begins_chain(at, end);
}

/* A tab and an address. */
static bool is_chain_of_perf(const char *at, const char *end)
{
    uint64_t address;
    const char *stop;

    if (*at != '\t')
        return false;
    stop = scan_hex(skip_blanks(at, end), &address);
    return stop && (stop == end || is_blank(*stop));
}

static bool is_head_of_chain(const char *at, const char *end)
{
    static const char *const heads[] = {": <stack trace>", ": <user stack trace>"};
    size_t i, length;

    for (i = 0; i < sizeof heads / sizeof *heads; i++) {
        length = strlen(heads[i]);
        if ((size_t)(end - at) > length && memcmp(end - length, heads[i], length) == 0)
            return true;
    }
    return false;
}

/* "TIME: FUNCTION <-CALLER"; a function of a module has " [MODULE]" behind its name. */
static bool is_function(const char *at, const char *end)
{
    const char *arrow = memmem(at, (size_t)(end - at), " <-", 3), *name;

    if (!arrow)
        return false;
    name = word_before(at, arrow);
    if (*name == '[')
        name = word_before(at, trim_before(at, name));
    return name - at > 2 && name[-1] == ' ' && name[-2] == ':' && is_digit(name[-3]) &&
           is_name(*name);
}

static bool is_call(const char *at, const char *end)
{
    return graph_kind(at, end) == GRAPH_CALL;
}

/* Of perf script --show-task-events and its like. */
static bool is_perf_record(const char *at, const char *end)
{
    static const char head[] = ": PERF_RECORD_";

    return memmem(at, (size_t)(end - at), head, sizeof head - 1) != NULL;
}

/* Between the calls of two tasks. */
static bool is_ruler(const char *at, const char *end)
{
    at = skip_blanks(at, end);
    while (end > at && end[-1] == '-')
        end--;
    return at == end;
}

static const struct {
    bool (*is)(const char *at, const char *end);
    const char *name;
} asides[] = {
    {is_chain_of_kernel, NULL},      {is_chain_of_perf, NULL}, {is_head_of_chain, NULL},
    {is_function, "function"},       {is_call, "function"},    {is_ruler, NULL},
    {is_perf_record, "PERF_RECORD"},
};

/* Noise is none of these lines, however much of it one may look like. */
static bool is_text(const char *at, const char *end)
{
    for (; at < end; at++)
        if ((unsigned char)*at < 0x20 && *at != '\t')
            return false;
    return true;
}

bool aside_find(const char *at, const char *end, const char **name)
{
    size_t i;

    end = trim_before(at, end > at && end[-1] == '\r' ? end - 1 : end);
    if (at == end || !is_text(at, end))
        return false;
    for (i = 0; i < sizeof asides / sizeof *asides; i++)
        if (asides[i].is(at, end)) {
            *name = asides[i].name;
            return true;
        }
    return false;
}
