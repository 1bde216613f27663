/* order.h: rows in the order of one of their values: those that have it, then those that have not.
 */
#ifndef TCPPROBE_CLI_ORDER_H
#define TCPPROBE_CLI_ORDER_H

#include <stddef.h>

#include <tcpprobe/error.h>
#include <tcpprobe/value.h>

struct cli_order {
    bool ascending;
    struct tp_value (*key)(void *context, size_t row); /* texts valid until the next call */
    int (*tie)(void *context, size_t a, size_t b);     /* as for qsort(), of equal keys */
    void *context;
    size_t top; /* so many are wanted, the others stand behind in any order; 0: all */
};

/* *rows: count numbers of rows, the caller's to free. 0 or TP_ERR_NOMEM. */
int cli_order(const struct cli_order *order, size_t count, size_t **rows, struct tp_error *error);

#endif
