/* lower_pcap.c: from the tree of a filter to libpcap's language, for packets beside kernel events.
 *
 * Events tell of one end of a connection, packets go both ways: what the filter's source is to the
 * one is the destination of the other. So each tree is said twice, with the ends exchanged.
 *
 * libpcap's connectives are those of the kernel, but && and || bind equally: every group stands in
 * parentheses. Where it is not exact what its words mean (pcap-filter(7), gencode.c):
 * - `tcp` and `port` look no further than the first header of IPv6. Packets with extension headers
 *   (hop-by-hop, which BIG TCP has, routing, fragment, authentication, destination options) pass
 *   unasked.
 * - `port` is false of later fragments, which have none.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/lower.h"

#define EXTENDED "(ip6 && (ip6[6] = 0 || ip6[6] = 43 || ip6[6] = 44 || ip6[6] = 51 || ip6[6] = 60))"

#define PORT_MAX    65535
#define ADDRESS_MAX 48

/* Whose port or address it is: "src ", "dst " or "" for either. */
static const char *direction(const struct lowering *lowering, const struct tp_node *node)
{
    if (node->end == TP_NODE_END_EITHER)
        return "";
    return (node->end == TP_NODE_END_SRC) == lowering->mirrored ? "dst " : "src ";
}

static struct part lower_range(struct lowering *lowering, const struct tp_node *node, uint64_t from,
                               uint64_t to)
{
    if (from > to)
        return lower_always(false);
    return lower_say(lowering, node, true, "tcp %sportrange %" PRIu64 "-%" PRIu64,
                     direction(lowering, node), from, to);
}

/* Bits of a port; `tcp[...]` is IPv4's only. */
static struct part lower_bits(struct lowering *lowering, const struct tp_node *node)
{
    unsigned offset = strcmp(direction(lowering, node), "dst ") == 0 ? 2 : 0;

    return lower_say(lowering, node, true,
                     "(tcp[%u:2] & %" PRIu64 " != 0 || (ip6[6] = 6 && ip6[%u:2] & %" PRIu64
                     " != 0))",
                     offset, node->number, 40 + offset, node->number);
}

static struct part lower_port(struct lowering *lowering, const struct tp_node *node)
{
    const char *end = direction(lowering, node);
    uint64_t number = node->number;

    switch (node->op) {
    case TP_OP_EQ:
        return lower_say(lowering, node, true, "tcp %sport %" PRIu64, end, number);
    case TP_OP_NE:
        return lower_say(lowering, node, true, "!(tcp %sport %" PRIu64 ")", end, number);
    case TP_OP_LT:
        return number ? lower_range(lowering, node, 0, number - 1) : lower_always(false);
    case TP_OP_LE:
        return lower_range(lowering, node, 0, number);
    case TP_OP_GT:
        return lower_range(lowering, node, number + 1, PORT_MAX);
    case TP_OP_GE:
        return lower_range(lowering, node, number, PORT_MAX);
    default:
        return number ? lower_bits(lowering, node) : lower_always(false);
    }
}

/* All groups of an IPv6 address: libpcap does not know every way to shorten them. */
static void write_address(char text[ADDRESS_MAX], const struct tp_net *net)
{
    const uint8_t *addr = net->addr;
    size_t length = 0;

    if (net->v4)
        snprintf(text, ADDRESS_MAX, "%u.%u.%u.%u", addr[12], addr[13], addr[14], addr[15]);
    else
        for (unsigned i = 0; i < 16; i += 2)
            length += (size_t)snprintf(text + length, ADDRESS_MAX - length, "%s%x", i ? ":" : "",
                                       (unsigned)addr[i] << 8 | addr[i + 1]);
}

static struct part lower_net(struct lowering *lowering, const struct tp_node *node)
{
    const char *end = direction(lowering, node), *family = node->net.v4 ? "ip" : "ip6";
    const char *not = node->op == TP_OP_NE ? "!(" : "", *close = node->op == TP_OP_NE ? ")" : "";
    unsigned prefix = node->net.v4 ? node->net.prefix - 96U : node->net.prefix;
    char address[ADDRESS_MAX];

    write_address(address, &node->net);
    if (prefix == 0)
        return lower_say(lowering, node, true, "%s%s%s", not, family, close);
    if (node->net.prefix == 128)
        return lower_say(lowering, node, true, "%s%s %shost %s%s", not, family, end, address,
                         close);
    return lower_say(lowering, node, true, "%s%s %snet %s/%u%s", not, family, end, address, prefix,
                     close);
}

static struct part lower_family(struct lowering *lowering, const struct tp_node *node)
{
    enum { INET = 2 };

    return lower_say(lowering, node, true, tp_node_compare(node, INET) ? "ip" : "ip6");
}

/* Of an event, or of another packet of the connection: says nothing of this one. */
static struct part lower_other(struct lowering *lowering, const struct tp_node *node)
{
    (void)lowering;
    return lower_weaken(node);
}

static struct part lower_pcap(struct lowering *lowering, const struct tp_node *node)
{
    static struct part (*const lower[TP_NODE_TYPES])(struct lowering *, const struct tp_node *) = {
        [TP_NODE_NUMBER] = lower_other,  [TP_NODE_TEXT] = lower_other,
        [TP_NODE_PORT] = lower_port,     [TP_NODE_NET] = lower_net,
        [TP_NODE_FAMILY] = lower_family, [TP_NODE_KIND] = lower_other,
        [TP_NODE_FIGURE] = lower_other,  [TP_NODE_WORD] = lower_other,
    };

    return lower[node->type](lowering, node);
}

/* --- both directions ------------------------------------------------------------------------ */

struct both_ways {
    struct lowering there, back;
};

static struct part lower_direction(struct lowering *lowering, const struct tp_filter *filter,
                                   bool mirrored)
{
    lowering->filter = filter;
    lowering->comparison = lower_pcap;
    lowering->mirrored = mirrored;
    lowering->limit = sizeof lowering->text - LOWER_RESERVE;
    return lower_filter(lowering);
}

/* The whole expression, NULL if out of memory. */
static char *join(const struct both_ways *work, struct part there, struct part back)
{
    bool only_back = there.outcome == NEVER;
    bool one = only_back || back.outcome == NEVER || strcmp(work->there.text, work->back.text) == 0;
    const char *a = only_back ? work->back.text : work->there.text, *b = work->back.text;
    char *text = NULL;
    int length;

    if (there.outcome == ALWAYS || back.outcome == ALWAYS)
        return strdup("tcp || " EXTENDED);
    length = one ? asprintf(&text, "(tcp && %s) || " EXTENDED, a)
                 : asprintf(&text, "(tcp && (%s || %s)) || " EXTENDED, a, b);
    return length < 0 ? NULL : text;
}

int tp_filter_pcap(const struct tp_filter *filter, char **expression, bool *exact,
                   struct tp_error *error)
{
    struct part there = {ALWAYS, true}, back = there;
    struct both_ways *work = calloc(1, sizeof *work);

    *expression = NULL;
    *exact = false;
    if (!work)
        return tp_error_nomem(error);
    if (filter) {
        there = lower_direction(&work->there, filter, false);
        back = lower_direction(&work->back, filter, true);
    }
    *exact = there.exact && back.exact;
    if (there.outcome == NEVER && back.outcome == NEVER) {
        free(work);
        return TP_OK;
    }
    *expression = join(work, there, back);
    free(work);
    return *expression ? TP_OK : tp_error_nomem(error);
}
