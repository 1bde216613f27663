/* lower.c: from the tree of a filter to a filter of another language, and to a kernel's event
 * filter.
 *
 * The other filter may let too much pass, never too little. What it cannot say is therefore
 * weakened: to ALWAYS, or inside of an odd number of nots, where letting more pass means holding
 * less often, to NEVER. Constants are folded away. Grammar of the kernel:
 * kernel/trace/trace_events_filter.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/lower.h"
#include "filter/printed.h"

#define PROTOCOL_TEXT_MAX 64 /* what the protocol's distinction adds */

bool lower_put(struct lowering *lowering, size_t limit, const char *format, ...)
{
    size_t room = limit - lowering->length;
    va_list args;
    int n;

    if (limit <= lowering->length)
        return false;
    va_start(args, format);
    n = vsnprintf(lowering->text + lowering->length, room, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room) {
        lowering->text[lowering->length] = '\0';
        return false;
    }
    lowering->length += (size_t)n;
    return true;
}

struct part lower_always(bool holds)
{
    return (struct part){holds ? ALWAYS : NEVER, true};
}

struct part lower_weaken(const struct tp_node *node)
{
    return (struct part){node->negated ? NEVER : ALWAYS, false};
}

struct part lower_say(struct lowering *lowering, const struct tp_node *node, bool exact,
                      const char *format, ...)
{
    char text[LOWER_SENTENCE_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!lower_put(lowering, lowering->limit, "%s", text))
        return lower_weaken(node);
    return (struct part){SOMETIMES, exact};
}

static void put(struct lowering *lowering, const char *text)
{
    lower_put(lowering, TP_KERNEL_FILTER_MAX + 1, "%s", text);
}

static void cut(struct lowering *lowering, size_t length)
{
    lowering->length = length;
    lowering->text[length] = '\0';
}

/* --- the tree ------------------------------------------------------------------------------- */

static struct part lower_node(struct lowering *lowering, uint32_t index);

bool lower_is_wrapped(const struct lowering *lowering, size_t begin)
{
    return lowering->text[begin] == '(';
}

static void remove_byte(struct lowering *lowering, size_t at)
{
    memmove(lowering->text + at, lowering->text + at + 1, lowering->length - at);
    lowering->length--;
}

static void unwrap(struct lowering *lowering, size_t begin)
{
    cut(lowering, lowering->length - 1);
    remove_byte(lowering, begin);
}

static struct part lower_not(struct lowering *lowering, const struct tp_node *node)
{
    size_t begin = lowering->length;
    struct part part;

    put(lowering, "!(");
    part = lower_node(lowering, node->child);
    if (part.verdict != SOMETIMES) {
        cut(lowering, begin);
        part.verdict = part.verdict == ALWAYS ? NEVER : ALWAYS;
    } else if (lower_is_wrapped(lowering, begin + 2)) {
        remove_byte(lowering, begin + 1);
    } else {
        put(lowering, ")");
    }
    return part;
}

static struct part lower_group(struct lowering *lowering, const struct tp_node *node)
{
    enum verdict neutral = node->type == TP_NODE_AND ? ALWAYS : NEVER;
    struct part whole = {neutral, true}, part;
    size_t begin = lowering->length, mark;
    bool decided = false, decided_exactly = false;
    uint32_t child;
    unsigned count = 0;

    put(lowering, "(");
    for (child = node->child; child != TP_NODE_NONE; child = lowering->filter->nodes[child].next) {
        mark = lowering->length;
        if (count)
            put(lowering, node->type == TP_NODE_AND ? " && " : " || ");
        part = lower_node(lowering, child);
        whole.exact = whole.exact && part.exact;
        count += part.verdict == SOMETIMES;
        if (part.verdict != SOMETIMES)
            cut(lowering, mark);
        if (part.verdict != SOMETIMES && part.verdict != neutral) {
            decided = true;
            decided_exactly = decided_exactly || part.exact;
        }
    }
    if (decided || count == 0) {
        cut(lowering, begin);
        if (decided)
            return (struct part){neutral == ALWAYS ? NEVER : ALWAYS, decided_exactly};
        return whole;
    }
    whole.verdict = SOMETIMES;
    put(lowering, ")");
    if (count == 1)
        unwrap(lowering, begin);
    return whole;
}

static struct part lower_node(struct lowering *lowering, uint32_t index)
{
    const struct tp_node *node = &lowering->filter->nodes[index];

    if (node->type == TP_NODE_NOT)
        return lower_not(lowering, node);
    if (node->type == TP_NODE_AND || node->type == TP_NODE_OR)
        return lower_group(lowering, node);
    return lowering->comparison(lowering, node);
}

struct part lower_filter(struct lowering *lowering)
{
    return lower_node(lowering, lowering->filter->root);
}

/* --- the event ------------------------------------------------------------------------------ */

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

    if (lower_is_wrapped(joined, 0))
        unwrap(joined, 0);
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
    const char *and_tcp = tcp.verdict == SOMETIMES ? " && " : "";
    const char *and_other = other.verdict == SOMETIMES ? " && " : "";
    const char *tcp_text = work->tcp.text, *other_text = work->other.text;
    struct part part = {SOMETIMES, tcp.exact && other.exact};

    if (tcp.verdict == other.verdict && strcmp(tcp_text, other_text) == 0) {
        part.verdict = tcp.verdict;
        put(&work->joined, tcp_text);
        if (lower_is_wrapped(&work->joined, 0))
            unwrap(&work->joined, 0);
    } else if (other.verdict == NEVER) {
        lower_put(&work->joined, sizeof work->joined.text, "protocol == 6%s%s", and_tcp, tcp_text);
    } else if (tcp.verdict == NEVER) {
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

    if (!filter)
        return (struct part){ALWAYS, true};
    if (event->print[0] != '"' || protocol.form == PRINTED_OTHERWISE)
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
    if (part.verdict != NEVER) {
        *expression = strdup(work->joined.text);
        rc = *expression ? 0 : tp_error_nomem(error);
    }
    *exact = part.exact;
    free(work);
    return rc;
}
