/* held.c: a queue in one block of memory, which begins anew whenever it is empty. */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "recorder/held.h"

struct held_line {
    int64_t ts_ns;
    size_t length;
};

int held_add(struct held_lines *held, int64_t ts_ns, const char *text, size_t length,
             struct tp_error *error)
{
    const struct held_line line = {ts_ns, length};
    size_t needed, room;

    if (held->begin == held->end)
        held->begin = held->end = 0;
    needed = held->end + sizeof line + length;
    room = needed > held->allocated ? needed + held->allocated : held->allocated;
    if (!TP_LIST_FIT(held->bytes, room, held->allocated))
        return tp_error_nomem(error);
    memcpy(held->bytes + held->end, &line, sizeof line);
    memcpy(held->bytes + held->end + sizeof line, text, length);
    held->end += sizeof line + length;
    return TP_OK;
}

int held_give(struct held_lines *held, int64_t until_ns, held_sink *sink, void *context,
              struct tp_error *error)
{
    struct held_line line;
    const char *text;
    int rc = TP_OK;

    while (rc >= 0 && held->begin < held->end) {
        memcpy(&line, held->bytes + held->begin, sizeof line);
        if (line.ts_ns > until_ns)
            break;
        text = held->bytes + held->begin + sizeof line;
        held->begin += sizeof line + line.length;
        rc = sink(context, text, line.length, error);
    }
    return rc;
}

int held_drained(struct held_lines *held, int64_t began_ns, held_sink *sink, void *context,
                 struct tp_error *error)
{
    int64_t until_ns = held->drain_ns[0];

    held->drain_ns[0] = held->drain_ns[1];
    held->drain_ns[1] = began_ns;
    return held_give(held, until_ns, sink, context, error);
}

void held_release(struct held_lines *held)
{
    free(held->bytes);
    *held = (struct held_lines){0};
}
