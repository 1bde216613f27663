/* flow_filter.h: which flows are listed: --flow, and --filter-flows, which asks their figures. */
#ifndef TCPPROBE_CLI_FLOW_FILTER_H
#define TCPPROBE_CLI_FLOW_FILTER_H

#include <tcpprobe/figure.h>
#include <tcpprobe/filter.h>

#include "cli/common.h"

struct cli_flow_filter {
    struct cli_flow_choices choices;
    const struct tp_figure_columns *columns; /* the words, by index; borrowed */
    struct tp_filter *filter;                /* NULL: any */
    uint64_t metrics;                        /* that its figures need: see tp_figure_metrics() */
};

/* 0, or EDOM after a message. */
error_t cli_flow_filter_parse(struct cli_flow_filter *filter, const char *expression);
/* The sheet has been opened for the flow. */
bool cli_flow_filter_takes(const struct cli_flow_filter *filter, const struct tp_flow *flow,
                           struct tp_sheet *sheet);

#endif
