/* lower.h: a filter of another language as it is written, and what each comparison gives to it. */
#ifndef TCPPROBE_FILTER_LOWER_H
#define TCPPROBE_FILTER_LOWER_H

#include "filter/tree.h"

enum outcome { NEVER, ALWAYS, SOMETIMES };

/* What was appended for a part of the tree: nothing unless it holds SOMETIMES. */
struct part {
    enum outcome outcome;
    bool exact; /* it holds when, and only when, the part of the tree does */
};

struct lowering {
    const struct tp_filter *filter;
    /* Appends what the other language can say of a comparison. Outside of nots it holds whenever
     * the comparison does; inside of them (negated) it holds only when the comparison does. */
    struct part (*comparison)(struct lowering *lowering, const struct tp_node *node);
    const struct tp_kernel_event *event; /* of the kernel's language */
    int kind;                            /* enum tp_kind; -1 if the event is none of them */
    bool connected;                      /* its records have ports and addresses */
    bool mirrored; /* of libpcap's: the source of the filter is the packet's destination */
    size_t limit;  /* comparisons end before it */
    size_t length;
    char text[TP_KERNEL_FILTER_MAX + 1];
};

/* What may follow the last comparison: a ")" for each level of the tree, and the connectives and
 * "(" of groups whose first comparison did not fit. */
#define LOWER_RESERVE (TP_FILTER_HEIGHT_MAX * 8)

#define LOWER_SENTENCE_MAX 384 /* of a comparison: several predicates */

/* Appends the filter, whose connectives are && || ! ( ), so that each group stands in parentheses;
 * limit is at most the room for text less LOWER_RESERVE. */
struct part lower_filter(struct lowering *lowering);

/* Removes the parentheses around all of it. */
void lower_unwrap(struct lowering *lowering);

struct part lower_always(bool holds);
/* What to say of a comparison that the other language cannot say. */
struct part lower_weaken(const struct tp_node *node);
/* Appends a comparison, or weakens it if it does not fit. */
__attribute__((format(printf, 4, 5))) struct part lower_say(struct lowering *lowering,
                                                            const struct tp_node *node, bool exact,
                                                            const char *format, ...);

/* lower_comparison.c: of the kernel's language. */
struct part lower_comparison(struct lowering *lowering, const struct tp_node *node);

/* Appends text; whole or nothing where it does not fit below limit. */
__attribute__((format(printf, 3, 4))) bool lower_put(struct lowering *lowering, size_t limit,
                                                     const char *format, ...);

#endif
