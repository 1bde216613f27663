/* flow_total.h: what all flows are together. */
#ifndef TCPPROBE_CLI_FLOW_TOTAL_H
#define TCPPROBE_CLI_FLOW_TOTAL_H

#include <tcpprobe/figure.h>
#include <tcpprobe/output.h>

#include "cli/common.h"

enum cli_total {
    CLI_TOTAL_ACKED,
    CLI_TOTAL_RETRANSMITS, /* skbs, by kernel events */
    CLI_TOTAL_UNIQUE,      /* by packets, and so are those that follow */
    CLI_TOTAL_WIRE_ACKED,
    CLI_TOTAL_RESENT,
    CLI_TOTAL_MISSED,
    CLI_TOTALS
};

/* Sums over all flows, those that are not shown included. */
struct cli_flow_total {
    uint64_t flows, shown;
    uint64_t left; /* of flows: had to leave the memory; what went on then is another one of them */
    uint64_t sum[CLI_TOTALS];
    bool known[CLI_TOTALS];    /* of some flow */
    bool at_least;             /* what was acknowledged may be more */
    bool marked;               /* a value that was shown may be larger */
    bool goes_on;              /* not all that was read is told: */
    int64_t first_ns, last_ns; /* ... but what happened in that time */
};

void cli_flow_total_add(struct cli_flow_total *total, const struct tp_analysis *analysis,
                        const struct tp_flow *flow);

/* A JSON object; a sentence in a line of its own. Once the pass has ended. */
void cli_flow_total_json(const struct cli_flow_total *total, const struct cli_pass *pass,
                         const struct tp_analysis *analysis, struct tp_out *out);
void cli_flow_total_text(const struct cli_flow_total *total, const struct cli_pass *pass,
                         const struct tp_analysis *analysis, struct tp_out *out);

#endif
