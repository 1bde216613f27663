/* lower_comparison.c: what a kernel's event filter can say of each comparison.
 *
 * Where the kernel's fields differ from what a record says (include/trace/events/tcp.h, sock.h):
 * - saddr and daddr of 4 bytes are IPv4 addresses as they lie in memory, and numbers to a filter.
 *   They are the connection's if family is AF_INET. IPv6 sockets have anything there, also those
 *   that carry IPv4: after a connect() that failed, the peer's IPv4 address is in daddr_v6 only.
 * - Addresses of 16 and 28 bytes are never compared: such a predicate holds never or, in older
 *   kernels, is a call of a null pointer.
 * - comm is the name when the line is printed, not when the event happened; skaddr and skbaddr are
 *   printed as hashes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "filter/lower.h"
#include "filter/printed.h"

#define PREDICATE_MAX 128 /* "sport == 80" */

/* --- numbers -------------------------------------------------------------------------------- */

static const char *const operators[TP_OPS] = {
    [TP_OP_EQ] = "==", [TP_OP_NE] = "!=", [TP_OP_LT] = "<", [TP_OP_LE] = "<=",
    [TP_OP_GT] = ">",  [TP_OP_GE] = ">=", [TP_OP_ANY] = "&"};

/* How a number lies to what the field can hold. */
static int outside(const struct tp_kernel_field *field, const struct tp_node *node)
{
    uint64_t most = UINT64_MAX >> (64 - field->size * 8 + field->is_signed);

    if (node->bias && (int64_t)node->number < 0)
        return !field->is_signed || (int64_t)node->number < -(int64_t)most - 1 ? -1 : 0;
    return node->number > most ? 1 : 0;
}

/* Writes "name op number", or tells that it is so for all or no values. */
static enum outcome predicate(char text[PREDICATE_MAX], const struct tp_kernel_field *field,
                              const struct tp_node *node)
{
    int side = outside(field, node);
    uint64_t number = node->number;

    text[0] = '\0';
    if (node->op == TP_OP_ANY) {
        number &= UINT64_MAX >> (64 - field->size * 8);
        if (number == 0)
            return NEVER;
    } else if (side) {
        return node->op == TP_OP_NE || node->op == (side < 0 ? TP_OP_GT : TP_OP_LT) ||
                       node->op == (side < 0 ? TP_OP_GE : TP_OP_LE)
                   ? ALWAYS
                   : NEVER;
    }
    if (field->is_signed && field->size < 8) /* as the kernel reads it: with the field's sign */
        number = (uint64_t)((int64_t)(number << (64 - field->size * 8)) >> (64 - field->size * 8));
    if (field->is_signed)
        snprintf(text, PREDICATE_MAX, "%s %s %" PRId64, field->name, operators[node->op],
                 (int64_t)number);
    else
        snprintf(text, PREDICATE_MAX, "%s %s %" PRIu64, field->name, operators[node->op], number);
    return SOMETIMES;
}

static struct part say_predicate(struct lowering *lowering, const struct tp_kernel_field *field,
                                 const struct tp_node *node)
{
    char text[PREDICATE_MAX];
    enum outcome outcome = predicate(text, field, node);

    return outcome == SOMETIMES ? lower_say(lowering, node, true, "%s", text)
                                : (struct part){outcome, true};
}

/* The processor is no field of the event, but every kernel filter knows it. It has no bits. */
static struct part lower_cpu(struct lowering *lowering, const struct tp_node *node)
{
    static const struct tp_kernel_field cpu = {.name = "CPU", .size = 4, .is_signed = true};

    return node->op == TP_OP_ANY ? lower_weaken(node) : say_predicate(lowering, &cpu, node);
}

static struct part lower_pid(struct lowering *lowering, const struct tp_node *node)
{
    const struct tp_kernel_field *pid = kernel_integer(lowering->event, "common_pid");

    return pid ? say_predicate(lowering, pid, node) : lower_weaken(node);
}

/* Is the word of the record's field read as it is printed? */
static bool is_read(const struct tp_field_info *info, enum printed_form form)
{
    switch (info->format) {
    case TP_FORMAT_HEX:
    case TP_FORMAT_COOKIE:
        return form == PRINTED_HEX;
    case TP_FORMAT_TCP_STATE:
        return form == PRINTED_NAME || form == PRINTED_NAME_UNLESS_0;
    case TP_FORMAT_DECIMAL:
    case TP_FORMAT_CONG_STATE:
        return form == PRINTED_DECIMAL || (form == PRINTED_NAME && info->size == 2);
    default:
        return false;
    }
}

static struct part lower_number(struct lowering *lowering, const struct tp_node *node)
{
    const struct tp_field_info *info = &tp_fields[node->field];
    struct printed printed;
    char text[PREDICATE_MAX];
    enum outcome outcome;

    if (node->field == TP_FIELD_CPU)
        return lower_cpu(lowering, node);
    if (node->field == TP_FIELD_PID)
        return lower_pid(lowering, node);
    if (node->field == TP_FIELD_LOST)
        return lower_always(false);
    printed = printed_find(lowering->event, info->name);
    if (printed.form == PRINTED_NOT)
        return lower_always(false);
    if (!printed.field || !is_read(info, printed.form))
        return lower_weaken(node);
    if (printed.form != PRINTED_NAME_UNLESS_0 || !tp_node_compare(node, 0))
        return say_predicate(lowering, printed.field, node);
    outcome = predicate(text, printed.field, node);
    if (outcome == SOMETIMES)
        return lower_say(lowering, node, true, "(%s != 0 && %s)", printed.field->name, text);
    return lower_say(lowering, node, true, "%s != 0", printed.field->name);
}

static struct part lower_text(struct lowering *lowering, const struct tp_node *node)
{
    const char *name = tp_fields[node->field].name;

    if (node->field != TP_FIELD_COMM && printed_find(lowering->event, name).form == PRINTED_NOT)
        return lower_always(false);
    return lower_weaken(node);
}

/* --- connections ---------------------------------------------------------------------------- */

/* A socket that connects has sport 0. */
static void write_own_port(char text[LOWER_SENTENCE_MAX], const struct lowering *lowering,
                           const char own[PREDICATE_MAX], const struct tp_node *node)
{
    bool unknown = node->unknown_port, at_zero = tp_node_compare(node, 0);
    bool connects = lowering->kind == TP_KIND_SET_STATE;

    if (connects && unknown && !at_zero)
        snprintf(text, LOWER_SENTENCE_MAX, "(%s || (sport == 0 && newstate == 2))", own);
    else if (connects && !unknown && at_zero)
        snprintf(text, LOWER_SENTENCE_MAX, "(%s && (sport != 0 || newstate != 2))", own);
    else
        snprintf(text, LOWER_SENTENCE_MAX, "%s", own);
}

static struct part lower_port(struct lowering *lowering, const struct tp_node *node)
{
    const struct tp_kernel_field *sport = kernel_integer(lowering->event, "sport");
    const struct tp_kernel_field *dport = kernel_integer(lowering->event, "dport");
    char own[PREDICATE_MAX], peer[PREDICATE_MAX], with_unknown[LOWER_SENTENCE_MAX];
    enum outcome outcome;

    if (!lowering->connected)
        return lower_always(false);
    if (!sport || !dport || sport->size != 2 || dport->size != 2)
        return lower_weaken(node);
    predicate(peer, dport, node);
    outcome = predicate(own, sport, node);
    if (outcome != SOMETIMES)
        return (struct part){outcome, true};
    if (node->end == TP_NODE_END_DST)
        return lower_say(lowering, node, true, "%s", peer);
    write_own_port(with_unknown, lowering, own, node);
    if (node->end == TP_NODE_END_SRC)
        return lower_say(lowering, node, true, "%s", with_unknown);
    return lower_say(lowering, node, true, "(%s || %s)", with_unknown, peer);
}

static bool has_v4(const struct lowering *lowering, const char *name)
{
    const struct tp_kernel_event *event = lowering->event;
    const struct tp_kernel_field *field = event->fields, *end = field + event->count;

    while (field < end && strcmp(field->name, name) != 0)
        field++;
    return field < end && field->is_array && field->size == 4 && !field->is_pointer &&
           !field->is_dynamic;
}

/* An address of the connection is the host's. Negated it must not say so of IPv6 sockets. */
static struct part lower_host(struct lowering *lowering, const struct tp_node *node)
{
    const char *name = node->end == TP_NODE_END_DST ? "daddr" : "saddr";
    const char *op = operators[node->op];
    uint32_t host; /* as the bytes lie in memory */

    memcpy(&host, node->net.addr + 12, sizeof host);
    if (node->end == TP_NODE_END_EITHER && node->negated)
        return lower_say(lowering, node, false,
                         "((saddr == %" PRIu32 " || daddr == %" PRIu32 ") && family == 2)", host,
                         host);
    if (node->end == TP_NODE_END_EITHER)
        return lower_say(lowering, node, false,
                         "(saddr == %" PRIu32 " || daddr == %" PRIu32 " || family != 2)", host,
                         host);
    return lower_say(lowering, node, false, "(%s %s %" PRIu32 " %s 2)", name, op, host,
                     node->negated ? "&& family ==" : "|| family !=");
}

/* All that is known of the connection is whether the socket is IPv4's: then its addresses are. */
static struct part lower_family_only(struct lowering *lowering, const struct tp_node *node,
                                     bool holds_for_v4)
{
    if (holds_for_v4)
        return node->negated ? lower_say(lowering, node, false, "family == 2") : lower_weaken(node);
    return node->negated ? lower_weaken(node) : lower_say(lowering, node, false, "family != 2");
}

static bool has_family(const struct lowering *lowering)
{
    const struct tp_kernel_field *family = kernel_integer(lowering->event, "family");

    return family && family->size == 2;
}

static struct part lower_net(struct lowering *lowering, const struct tp_node *node)
{
    if (!lowering->connected)
        return lower_always(false);
    if (!has_family(lowering))
        return lower_weaken(node);
    if (!node->net.v4)
        return lower_family_only(lowering, node, node->op == TP_OP_NE);
    if (node->net.prefix == 128 && has_v4(lowering, "saddr") && has_v4(lowering, "daddr"))
        return lower_host(lowering, node);
    return lower_weaken(node);
}

static struct part lower_family(struct lowering *lowering, const struct tp_node *node)
{
    enum { INET = 2 };

    if (!lowering->connected)
        return lower_always(false);
    if (!has_family(lowering))
        return lower_weaken(node);
    return lower_family_only(lowering, node, tp_node_compare(node, INET));
}

static struct part lower_kind(struct lowering *lowering, const struct tp_node *node)
{
    return lower_always(((int)node->number == lowering->kind) == (node->op == TP_OP_EQ));
}

/* Known only when all events are. */
static struct part lower_figure(struct lowering *lowering, const struct tp_node *node)
{
    (void)lowering;
    return lower_weaken(node);
}

struct part lower_comparison(struct lowering *lowering, const struct tp_node *node)
{
    static struct part (*const lower[TP_NODE_TYPES])(struct lowering *, const struct tp_node *) = {
        [TP_NODE_NUMBER] = lower_number, [TP_NODE_TEXT] = lower_text,
        [TP_NODE_PORT] = lower_port,     [TP_NODE_NET] = lower_net,
        [TP_NODE_FAMILY] = lower_family, [TP_NODE_KIND] = lower_kind,
        [TP_NODE_FIGURE] = lower_figure, [TP_NODE_WORD] = lower_figure,
    };

    return lower[node->type](lowering, node);
}
