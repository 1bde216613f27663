/* lower_event.c: from a filter to a kernel's event filter (kernel/trace/trace_events_filter.c). */
#include <stdlib.h>
#include <string.h>

#include "filter/lower.h"
#include "filter/printed.h"

#define PROTOCOL_TEXT_MAX 64 /* what the protocol's distinction adds */

struct work {
    struct lowering tcp, other, joined;
};

static struct part lower_tree(struct lowering *lowering, const struct tp_filter *filter,
                              const struct tp_kernel_event *event, bool connected, size_t size)
{
    lowering->filter = filter;
    lowering->comparison = lower_comparison;
    lowering->event = event;
    lowering->kind = tp_kind_find(event->name, strlen(event->name));
    lowering->connected = connected;
    lowering->limit = size - LOWER_RESERVE;
    return lower_filter(lowering);
}

static struct part lower_simple(struct work *work, const struct tp_filter *filter,
                                const struct tp_kernel_event *event)
{
    struct lowering *joined = &work->joined;
    struct part part =
        lower_tree(joined, filter, event, printed_connection(event), TP_KERNEL_FILTER_MAX + 1);

    lower_unwrap(joined);
    return part;
}

/* inet_sock_set_state tells of other protocols' sockets too, and only records of TCP's have a
 * connection: an expression for each case. */
static struct part lower_by_protocol(struct work *work, const struct tp_filter *filter,
                                     const struct tp_kernel_event *event)
{
    const size_t size = (TP_KERNEL_FILTER_MAX - PROTOCOL_TEXT_MAX) / 2;
    struct part tcp = lower_tree(&work->tcp, filter, event, true, size);
    struct part other = lower_tree(&work->other, filter, event, false, size);
    const char *and_tcp = tcp.outcome == SOMETIMES ? " && " : "";
    const char *and_other = other.outcome == SOMETIMES ? " && " : "";
    const char *tcp_text = work->tcp.text, *other_text = work->other.text;
    struct part part = {SOMETIMES, tcp.exact && other.exact};

    if (tcp.outcome == other.outcome && strcmp(tcp_text, other_text) == 0) {
        part.outcome = tcp.outcome;
        lower_put(&work->joined, sizeof work->joined.text, "%s", tcp_text);
        lower_unwrap(&work->joined);
    } else if (other.outcome == NEVER) {
        lower_put(&work->joined, sizeof work->joined.text, "protocol == 6%s%s", and_tcp, tcp_text);
    } else if (tcp.outcome == NEVER) {
        lower_put(&work->joined, sizeof work->joined.text, "protocol != 6%s%s", and_other,
                  other_text);
    } else {
        lower_put(&work->joined, sizeof work->joined.text,
                  "(protocol == 6%s%s) || (protocol != 6%s%s)", and_tcp, tcp_text, and_other,
                  other_text);
    }
    return part;
}

static struct part lower_event(struct work *work, const struct tp_filter *filter,
                               const struct tp_kernel_event *event)
{
    struct printed protocol = printed_find(event, "protocol");
    bool known = protocol.field && strcmp(protocol.field->name, "protocol") == 0;

    if (!filter)
        return (struct part){ALWAYS, true};
    if (event->print[0] != '"' || (protocol.form != PRINTED_NOT && !known))
        return (struct part){ALWAYS, false};
    if (protocol.form == PRINTED_NOT || !printed_connection(event))
        return lower_simple(work, filter, event);
    return lower_by_protocol(work, filter, event);
}

int tp_filter_lower(const struct tp_filter *filter, const struct tp_kernel_event *event,
                    char **expression, bool *exact, struct tp_error *error)
{
    struct work *work = calloc(1, sizeof *work);
    struct part part;
    int rc = 0;

    *expression = NULL;
    *exact = false;
    if (!work)
        return tp_error_nomem(error);
    part = lower_event(work, filter, event);
    if (part.outcome != NEVER) {
        *expression = strdup(work->joined.text);
        rc = *expression ? 0 : tp_error_nomem(error);
    }
    *exact = part.exact;
    free(work);
    return rc;
}
