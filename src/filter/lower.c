/* lower.c: from the tree of a filter to a filter of another language.
 *
 * The other filter may let too much pass, never too little. What it cannot say is therefore
 * weakened: to ALWAYS, or inside of an odd number of nots, where letting more pass means holding
 * less often, to NEVER. Constants are folded away.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "filter/lower.h"

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

/* What begins with a parenthesis ends with it. */
static bool is_wrapped(const struct lowering *lowering, size_t begin)
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
    if (part.outcome != SOMETIMES) {
        cut(lowering, begin);
        part.outcome = part.outcome == ALWAYS ? NEVER : ALWAYS;
    } else if (is_wrapped(lowering, begin + 2)) {
        remove_byte(lowering, begin + 1);
    } else {
        put(lowering, ")");
    }
    return part;
}

static struct part lower_group(struct lowering *lowering, const struct tp_node *node)
{
    enum outcome neutral = node->type == TP_NODE_AND ? ALWAYS : NEVER;
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
        count += part.outcome == SOMETIMES;
        if (part.outcome != SOMETIMES)
            cut(lowering, mark);
        if (part.outcome != SOMETIMES && part.outcome != neutral) {
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
    whole.outcome = SOMETIMES;
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

void lower_unwrap(struct lowering *lowering)
{
    if (is_wrapped(lowering, 0))
        unwrap(lowering, 0);
}

struct part lower_filter(struct lowering *lowering)
{
    return lower_node(lowering, lowering->filter->root);
}
