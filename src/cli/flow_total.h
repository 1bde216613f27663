/* flow_total.h: what all flows are together. */
#ifndef TCPPROBE_CLI_FLOW_TOTAL_H
#define TCPPROBE_CLI_FLOW_TOTAL_H

#include <tcpprobe/output.h>

#include "cli/common.h"

/* Sums over all flows, those that are not shown included. */
struct cli_flow_total {
    uint64_t flows, shown;
    bool has_acked, has_wire;
    uint64_t acked_bytes, retransmits; /* of the bulk senders, by kernel events */
    uint64_t unique_bytes, wire_acked_bytes, retransmitted_segs, missed_bytes; /* by packets */
};

void cli_flow_total_add(struct cli_flow_total *total, const struct tp_flow *flow);

/* A JSON object; a sentence in a line of its own. Once the pass has ended. */
void cli_flow_total_json(const struct cli_flow_total *total, const struct cli_pass *pass,
                         const struct tp_analysis *analysis, struct tp_out *out);
void cli_flow_total_text(const struct cli_flow_total *total, const struct cli_pass *pass,
                         const struct tp_analysis *analysis, struct tp_out *out);

#endif
