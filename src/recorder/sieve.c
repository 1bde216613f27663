/* sieve.c: reads a line only if somebody needs to know what it says. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "recorder/sieve.h"

/* Will events of this sort come at all? */
static bool is_recorded(const struct event *event)
{
    return event->chosen && event->filter;
}

int sieve_init(struct sieve *sieve, const struct event_set *events, const struct tp_filter *filter,
               bool count_flows, struct tp_error *error)
{
    uint64_t fields = TP_BIT(CPU) | (filter ? tp_filter_fields(filter) : 0);

    *sieve = (struct sieve){.events = events, .filter = filter, .all_exact = true};
    sieve->count_flows = count_flows;
    for (size_t i = 0; filter && i < events->count; i++)
        if (is_recorded(&events->events[i]) && !events->events[i].exact)
            sieve->all_exact = false;
    if (sieve->all_exact && !count_flows)
        return TP_OK;
    return tp_line_parser_new(&sieve->parser, fields, error);
}

static bool is_exact(const struct tp_kernel_event *event)
{
    return ((const struct event *)((const char *)event - offsetof(struct event, format.event)))
        ->exact;
}

/* A line that is no record, from the kernel's own pipe, which does not say what event it is. */
static bool names_an_exact_event(const struct sieve *sieve, const struct pump_line *line)
{
    const struct event *event;
    char name[80];

    for (size_t i = 0; i < sieve->events->count; i++) {
        event = &sieve->events->events[i];
        snprintf(name, sizeof name, ": %s: ", event->format.event.name);
        if (is_recorded(event) && event->exact &&
            memmem(line->text, line->length, name, strlen(name)))
            return true;
    }
    return false;
}

bool sieve_passes(struct sieve *sieve, const struct pump_line *line)
{
    const struct tp_record *record;
    bool passes = sieve->all_exact || (line->event && is_exact(line->event));

    if (!sieve->parser || (passes && !sieve->count_flows))
        return passes;
    if (tp_line_parse(sieve->parser, line->text, line->length, &record, NULL) < 0)
        record = NULL;
    if (!passes && record)
        passes = tp_filter_match(sieve->filter, record);
    else if (!passes && !line->event)
        passes = names_an_exact_event(sieve, line);
    /* A socket that begins has no port yet, and is none that can be told from others. */
    if (passes && sieve->count_flows && record && record->has_key && record->key.port[0] &&
        record->key.port[1])
        flow_count_add(&sieve->flows, record->hash);
    return passes;
}

void sieve_release(struct sieve *sieve)
{
    tp_line_parser_free(sieve->parser);
    flow_count_release(&sieve->flows);
    *sieve = (struct sieve){0};
}
