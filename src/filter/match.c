/* match.c: evaluates a filter on a record.
 *
 * Comparisons are threaded: each knows which one to look at next when it holds and when it fails,
 * so a record costs one test per comparison that matters, no stack and no allocation. Negation is
 * an exchange of the two targets; therefore a comparison with something absent, which fails
 * whatever its operator, holds when it is inside !(...).
 */
#include <string.h>

#include "filter/tree.h"

/* --- threading ------------------------------------------------------------------------------ */

static bool is_group(const struct tp_node *node)
{
    return node->type == TP_NODE_AND || node->type == TP_NODE_OR || node->type == TP_NODE_NOT;
}

/* The comparison at which the evaluation of a subtree begins. */
static uint32_t leftmost(const struct tp_filter *filter, uint32_t node)
{
    while (is_group(&filter->nodes[node]))
        node = filter->nodes[node].child;
    return node;
}

static void thread(struct tp_filter *filter, uint32_t index, bool negated, uint32_t no,
                   uint32_t yes)
{
    struct tp_node *node = &filter->nodes[index];
    uint32_t child, next, after;

    if (!is_group(node)) {
        node->negated = negated;
        node->jump[0] = no;
        node->jump[1] = yes;
        return;
    }
    if (node->type == TP_NODE_NOT) {
        thread(filter, node->child, !negated, yes, no);
        return;
    }
    for (child = node->child; child != TP_NODE_NONE; child = next) {
        next = filter->nodes[child].next;
        after = next != TP_NODE_NONE ? leftmost(filter, next) : TP_NODE_NONE;
        if (next == TP_NODE_NONE)
            thread(filter, child, negated, no, yes);
        else if (node->type == TP_NODE_AND)
            thread(filter, child, negated, no, after);
        else
            thread(filter, child, negated, after, yes);
    }
}

void tp_filter_thread(struct tp_filter *filter)
{
    filter->first = leftmost(filter, filter->root);
    thread(filter, filter->root, false, TP_JUMP_REJECT, TP_JUMP_ACCEPT);
}

/* --- comparisons ---------------------------------------------------------------------------- */

bool tp_node_compare(const struct tp_node *node, uint64_t value)
{
    uint64_t a = value ^ node->bias, b = node->number ^ node->bias;

    switch (node->op) {
    case TP_OP_EQ:
        return a == b;
    case TP_OP_NE:
        return a != b;
    case TP_OP_LT:
        return a < b;
    case TP_OP_LE:
        return a <= b;
    case TP_OP_GT:
        return a > b;
    case TP_OP_GE:
        return a >= b;
    default:
        return (value & node->number) != 0;
    }
}

static bool test_number(const struct tp_node *node, const struct tp_record *record)
{
    if (!(record->have & UINT64_C(1) << node->field))
        return false;
    return tp_node_compare(node, (uint64_t)tp_record_number(record, (enum tp_field)node->field));
}

static bool compare_text(enum tp_op op, const struct tp_text *text, const struct tp_text *with)
{
    bool equal;

    if (op == TP_OP_GLOB)
        return tp_glob_match(with, text);
    equal = text->length == with->length &&
            (text->length == 0 || memcmp(text->bytes, with->bytes, text->length) == 0);
    return equal == (op == TP_OP_EQ);
}

static bool test_text(const struct tp_node *node, const struct tp_record *record)
{
    struct tp_text text;

    if (!(record->have & UINT64_C(1) << node->field))
        return false;
    memcpy(&text, (const char *)record + tp_fields[node->field].offset, sizeof text);
    return compare_text((enum tp_op)node->op, &text, &node->text);
}

/* One of these decides for every operator and number: the ends of the range, the number itself, and
 * for each bit the lowest port of the range that has it. */
static bool unknown_port(const struct tp_node *node, uint64_t least, uint64_t most)
{
    uint64_t ports[3 + 16] = {least, most, node->number};
    bool wanted = !node->negated;
    size_t i;

    for (i = 0; i < 16; i++)
        ports[3 + i] = least >> i & 1 ? least : (least >> i | 1) << i;
    for (i = 0; i < sizeof ports / sizeof *ports; i++)
        if (ports[i] >= least && ports[i] <= most && tp_node_compare(node, ports[i]) == wanted)
            return wanted;
    return tp_node_compare(node, 0);
}

void tp_filter_local_ports(struct tp_filter *filter, uint16_t least, uint16_t most)
{
    struct tp_node *node;
    uint32_t i;

    for (i = 0; filter && i < filter->count; i++) {
        node = &filter->nodes[i];
        node->unknown_port = node->type == TP_NODE_PORT && unknown_port(node, least, most);
    }
}

static bool has_no_port_yet(const struct tp_record *record)
{
    enum { SYN_SENT = 2 };

    return record->kind == TP_KIND_SET_STATE && record->key.port[record->local] == 0 &&
           TP_HAS(record, NEWSTATE) && record->newstate == SYN_SENT;
}

static bool test_port(const struct tp_node *node, const struct tp_record *record)
{
    const uint16_t *port = record->key.port;
    unsigned local = record->local;

    if (!record->has_key)
        return false;
    if (node->end != TP_NODE_END_SRC && tp_node_compare(node, port[!local]))
        return true;
    if (node->end == TP_NODE_END_DST)
        return false;
    return has_no_port_yet(record) ? node->unknown_port : tp_node_compare(node, port[local]);
}

static bool in_net(const struct tp_net *net, const uint8_t addr[16])
{
    uint64_t a[2], base[2], mask[2];

    memcpy(a, addr, sizeof a);
    memcpy(base, net->addr, sizeof base);
    memcpy(mask, net->mask, sizeof mask);
    return (a[0] & mask[0]) == base[0] && (a[1] & mask[1]) == base[1] &&
           tp_address_is_v4(addr) == net->v4;
}

static bool test_net(const struct tp_node *node, const struct tp_record *record)
{
    const struct tp_flow_key *key = &record->key;
    bool inside;

    if (!record->has_key)
        return false;
    if (node->end == TP_NODE_END_EITHER)
        return in_net(&node->net, key->addr[0]) || in_net(&node->net, key->addr[1]);
    inside = in_net(&node->net, key->addr[record->local ^ (node->end == TP_NODE_END_DST)]);
    return inside == (node->op == TP_OP_EQ);
}

static bool test_family(const struct tp_node *node, const struct tp_record *record)
{
    enum { INET = 2, INET6 = 10 };

    if (!record->has_key)
        return false;
    return tp_node_compare(node, tp_address_is_v4(record->key.addr[record->local]) ? INET : INET6);
}

static bool test_kind(const struct tp_node *node, const struct tp_record *record)
{
    return tp_node_compare(node, record->kind);
}

static bool compare_real(enum tp_op op, double a, double b)
{
    switch (op) {
    case TP_OP_EQ:
        return a == b;
    case TP_OP_NE:
        return a != b;
    case TP_OP_LT:
        return a < b;
    case TP_OP_LE:
        return a <= b;
    case TP_OP_GT:
        return a > b;
    default:
        return a >= b;
    }
}

static bool test_figure(const struct tp_node *node, tp_filter_figure *figure, void *context)
{
    union tp_filter_value value;

    if (!figure || !figure(context, node->field, &value))
        return false;
    if (node->type == TP_NODE_WORD)
        return compare_text((enum tp_op)node->op, &value.text, &node->figure.written);
    return compare_real((enum tp_op)node->op, value.number, node->figure.value);
}

bool tp_filter_match(const struct tp_filter *filter, const struct tp_record *record)
{
    return tp_filter_match_with(filter, record, NULL, NULL);
}

bool tp_filter_match_with(const struct tp_filter *filter, const struct tp_record *record,
                          tp_filter_figure *figure, void *context)
{
    static bool (*const test[TP_NODE_TYPES])(const struct tp_node *, const struct tp_record *) = {
        [TP_NODE_NUMBER] = test_number, [TP_NODE_TEXT] = test_text,     [TP_NODE_PORT] = test_port,
        [TP_NODE_NET] = test_net,       [TP_NODE_FAMILY] = test_family, [TP_NODE_KIND] = test_kind,
    };
    const struct tp_node *node;
    bool holds;
    uint32_t i;

    if (!filter)
        return true;
    for (i = filter->first; i < filter->count; i = node->jump[holds]) {
        node = &filter->nodes[i];
        holds =
            test[node->type] ? test[node->type](node, record) : test_figure(node, figure, context);
    }
    return i == TP_JUMP_ACCEPT;
}
