/* explain.h: what the files of `tcpprobe explain` share. */
#ifndef TCPPROBE_CLI_EXPLAIN_H
#define TCPPROBE_CLI_EXPLAIN_H

#include <tcpprobe/explain.h>

#include "cli/times.h"

struct explain_options {
    struct cli_input input;
    const struct tp_writer *writer; /* NULL: paragraphs */
    bool markdown, all;
    enum cli_time time;
    uint64_t top; /* connections */
    bool fail_on[TP_REASONS_MAX];
};

/* How the findings of all connections add up. */
struct explain_sums {
    size_t flows, found; /* connections; those that were held up */
    size_t count[TP_REASONS_MAX];
    int64_t cost_ns[TP_REASONS_MAX];
    size_t blind[TP_BLINDS];
};

/* What findings are drawn from, wherever they are shown. */
struct tp_analysis_options explain_analysis(size_t max_flows);

void explain_paragraph(struct tp_out *out, const struct explain_options *options,
                       const struct tp_flow *flow, const struct tp_explanation *explanation,
                       struct cli_times *times);
void explain_sums_text(struct tp_out *out, const struct explain_options *options,
                       const struct explain_sums *sums, size_t shown);

#endif
