/* lower.h: a kernel filter as it is written, and what each comparison gives to it. */
#ifndef TP_FILTER_LOWER_H
#define TP_FILTER_LOWER_H

#include "tree.h"

struct lowering {
    const struct tp_filter *filter;
    const struct tp_kernel_event *event;
    int kind;       /* enum tp_kind; -1 if the event is none of them */
    bool connected; /* its records have ports and addresses */
    size_t limit;   /* comparisons end before it */
    size_t length;
    char text[TP_KERNEL_FILTER_MAX + 1];
};

enum verdict { NEVER, ALWAYS, SOMETIMES };

/* What was appended for a part of the tree: nothing unless it holds SOMETIMES. */
struct part {
    enum verdict verdict;
    bool exact; /* it holds when, and only when, the part of the tree does */
};

/* Appends what the kernel can say of a comparison. Outside of nots it holds whenever the
 * comparison does; inside of them (negated) it holds only when the comparison does. */
struct part lower_comparison(struct lowering *lowering, const struct tp_node *node);

/* Appends text; whole or nothing where it does not fit below limit. */
__attribute__((format(printf, 3, 4))) bool lower_put(struct lowering *lowering, size_t limit,
                                                     const char *format, ...);

#endif
