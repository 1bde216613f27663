/* graph.c: columns of function_graph, and the event in a comment. */
#include <string.h>

#include "input/events.h"
#include "input/graph.h"
#include "input/scan.h"
#include "input/words.h"

/* What stands before the duration; rest is what follows it. */
struct columns {
    bool has_time, has_cpu;
    struct line line;
    const char *rest;
};

static void read_time(struct columns *columns, const char *end)
{
    const char *at = line_read_time(columns->rest, &columns->line.ts_ns, &columns->line.ticks);

    at = at && !columns->line.ticks ? skip_blanks(at, end) : NULL;
    if (!at || at >= end || *at != '|')
        return;
    columns->has_time = true;
    columns->rest = skip_blanks(at + 1, end);
}

static void read_cpu(struct columns *columns, const char *end)
{
    const char *at = scan_u32(columns->rest, &columns->line.cpu);

    if (!at || at >= end || *at != ')')
        return;
    columns->has_cpu = columns->line.has_cpu = true;
    columns->rest = skip_blanks(at + 1, end);
}

/* "TASK-PID |"; a duration has no PID. */
static void read_task(struct columns *columns, const char *end)
{
    const char *bar = memchr(columns->rest, '|', (size_t)(end - columns->rest)), *digits, *stop;
    uint32_t pid = 0;

    if (!bar)
        return;
    stop = trim_before(columns->rest, bar);
    digits = digits_before(columns->rest, stop);
    if (digits == stop || digits == columns->rest || digits[-1] != '-' ||
        scan_u32(digits, &pid) != stop || pid > INT32_MAX)
        return;
    columns->line.comm = columns->rest;
    columns->line.comm_length = (uint32_t)(digits - 1 - columns->rest);
    columns->line.has_pid = true;
    columns->line.pid = (int32_t)pid;
    columns->rest = bar + 1;
}

static bool read_columns(struct columns *columns, const char *at, const char *end)
{
    *columns = (struct columns){.line = {.form = LINE_FTRACE}, .rest = skip_blanks(at, end)};
    read_time(columns, end);
    read_cpu(columns, end);
    if (!columns->has_time && !columns->has_cpu)
        return false;
    read_task(columns, end);
    return memchr(columns->rest, '|', (size_t)(end - columns->rest)) != NULL;
}

static bool read_comment(struct line *line, const char *at, const char *end)
{
    while (end > at && (is_blank(end[-1]) || end[-1] == '\r'))
        end--;
    at = memmem(at, (size_t)(end - at), "/* ", 3);
    if (!at || end - at < 6 || memcmp(end - 3, " */", 3) != 0)
        return false;
    line->name = at + 3;
    line->end = end - 3;
    at = skip_name(line->name, line->end);
    if (at == line->name || at >= line->end || *at != ':')
        return false;
    line->name_length = (uint32_t)(at - line->name);
    line->message = skip_blanks(at + 1, line->end);
    return true;
}

bool graph_split(const char *at, const char *end, struct line *line)
{
    struct columns columns;

    if (!read_columns(&columns, at, end) || !columns.has_time ||
        !read_comment(&columns.line, columns.rest, end))
        return false;
    *line = columns.line;
    return true;
}

enum graph_kind graph_kind(const char *at, const char *end)
{
    struct columns columns;

    if (!read_columns(&columns, at, end))
        return GRAPH_NONE;
    if (read_comment(&columns.line, columns.rest, end) &&
        event_find(columns.line.name, columns.line.name_length) >= 0)
        return GRAPH_EVENT;
    return GRAPH_CALL;
}
