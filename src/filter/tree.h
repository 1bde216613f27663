/* tree.h: a filter expression as it was understood.
 *
 * One array of typed nodes holds the tree and the program at once:
 * - The tree: groups (AND, OR with two or more members; NOT with one) name their first member in
 *   `child`, members follow each other by `next`. Everything else is a comparison. The tree is what
 *   is printed, and what can be lowered to other languages: into a kernel's event filter by taking,
 *   for each event, the comparisons that it has fields for; into BPF by ports and nets.
 * - The program: each comparison names the comparison to look at next when it fails or holds
 *   (`jump[0]`, `jump[1]`), or the outcome. AND, OR and NOT thus cost nothing, and evaluation is a
 *   loop without a stack; the kernel's predicate programs are threaded the same way.
 *
 * Aliases are gone from the tree: `src host A` is `saddr == A`, `CPU` is `cpu`, `net A/32` is
 * `host A`, a name like TCP_ESTABLISHED is its number.
 */
#ifndef TCPPROBE_FILTER_TREE_H
#define TCPPROBE_FILTER_TREE_H

#include <tcpprobe/filter.h>

enum tp_node_type {
    TP_NODE_AND,
    TP_NODE_OR,
    TP_NODE_NOT,
    /* the comparisons */
    TP_NODE_NUMBER, /* a field of the record: op, field, number, bias */
    TP_NODE_TEXT,   /* a TEXT field of the record: op, field, text */
    TP_NODE_PORT,   /* a port of the connection: op, end, number */
    TP_NODE_NET,    /* an address of the connection: op, end, net; a host has all bits */
    TP_NODE_FAMILY, /* AF_INET or AF_INET6: op, number */
    TP_NODE_KIND,   /* the event's name: op, number is enum tp_kind */
    TP_NODE_FIGURE, /* a word of the caller's: op, field is its index, figure */
    TP_NODE_WORD,   /* the same of a text: op, field, figure.written */
    TP_NODE_TYPES
};

enum tp_op {
    TP_OP_EQ,
    TP_OP_NE,
    TP_OP_LT,
    TP_OP_LE,
    TP_OP_GT,
    TP_OP_GE,
    TP_OP_ANY,  /* & : any of the bits is set */
    TP_OP_GLOB, /* ~ */
    TP_OPS
};

/* Which end of the connection: the record's own socket is the source. */
enum tp_node_end { TP_NODE_END_SRC, TP_NODE_END_DST, TP_NODE_END_EITHER };

struct tp_net {
    uint8_t addr[16]; /* bits beyond the prefix are 0 */
    uint8_t mask[16];
    uint8_t prefix; /* bits, 0 to 128; IPv4 counts from 96 */
    bool v4;        /* IPv4 addresses are in no IPv6 net, not even ::/0 */
};

#define TP_NODE_NONE UINT32_MAX

/* Jump targets that are not nodes. */
#define TP_JUMP_REJECT UINT32_MAX
#define TP_JUMP_ACCEPT (UINT32_MAX - 1)

struct tp_node {
    uint8_t type;   /* enum tp_node_type */
    uint8_t op;     /* enum tp_op */
    uint8_t end;    /* enum tp_node_end */
    uint8_t height; /* of the tree below: 0 for a comparison */
    bool negated;   /* inside an odd number of nots */
    /* Of a comparison with ports, what one stands for that is not chosen yet: what lets the record
     * pass, if there is a port that a connect() can get, or 0, for which it would be so. */
    bool unknown_port;
    uint32_t field; /* enum tp_field, or index of a figure */
    uint32_t child, next;
    uint32_t jump[2];
    uint64_t bias; /* 1 << 63 for a signed field: makes unsigned comparison order both signs */
    union {
        uint64_t number;     /* a signed field's value is sign-extended */
        struct tp_text text; /* inside the filter's copy of the expression */
        struct tp_net net;
        struct {
            struct tp_text name, written; /* inside the filter's copy too */
            double value;
        } figure;
    };
};

#define TP_FILTER_HEIGHT_MAX  64    /* of the tree */
#define TP_FILTER_NESTING_MAX 200   /* of parentheses and nots in the expression */
#define TP_FILTER_LENGTH_MAX  65536 /* of the expression */

struct tp_filter {
    struct tp_node *nodes;
    uint32_t count, allocated;
    uint32_t root;
    uint32_t first;   /* where the program begins */
    uint64_t fields;  /* TP_BIT()s of the fields compared */
    char *expression; /* texts point into it */
};

/* Fills the jumps, `negated` and `first` from the tree. */
void tp_filter_thread(struct tp_filter *filter);

/* Does the comparison's operator hold between value and its number? */
bool tp_node_compare(const struct tp_node *node, uint64_t value);

/* Does text match a pattern of * ? [a-z] [!a-z] and \x? */
bool tp_glob_match(const struct tp_text *pattern, const struct tp_text *text);

#endif
