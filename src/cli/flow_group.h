/* flow_group.h: sums over the flows of a port, a host or a net. */
#ifndef TCPPROBE_CLI_FLOW_GROUP_H
#define TCPPROBE_CLI_FLOW_GROUP_H

#include <tcpprobe/figure.h>
#include <tcpprobe/output.h>

#include "cli/common.h"

enum cli_group_kind { CLI_GROUP_NONE, CLI_GROUP_PORT, CLI_GROUP_HOST, CLI_GROUP_NET };

struct cli_flow_group;

/* Zero it, with kind. A sum is of the flows that say the number; it is at least so much where one
 * of them says that, or does not know. */
struct cli_flow_groups {
    enum cli_group_kind kind;
    void *tree; /* of struct cli_flow_group, by name */
    struct cli_flow_group **list;
    size_t count, allocated;
    double acked_bytes; /* of all */
};

struct cli_words cli_flow_group_kinds(void);
/* 0, or what cli_bad_option() returns. */
error_t cli_flow_groups_parse(struct cli_flow_groups *groups, const char *text);

#define CLI_GROUP_NAME_BYTES 64

/* The end that was called, 0 or 1; where nobody saw the call, the one with the lower port. */
unsigned cli_flow_called_end(const struct tp_flow *flow);
/* What the flow is put together by: port, host or net of that end. */
void cli_flow_group_name(enum cli_group_kind kind, const struct tp_flow *flow,
                         char name[CLI_GROUP_NAME_BYTES]);

/* The metrics that the sums need: see tp_figure_metrics(). */
uint64_t cli_flow_group_metrics(void);

/* The sheet has been opened for the flow. False if out of memory. */
bool cli_flow_groups_add(struct cli_flow_groups *groups, const struct tp_flow *flow,
                         struct tp_sheet *sheet);

/* Sorts them, most bytes first. The rows live as long as the groups. */
void cli_flow_groups_rows(struct cli_flow_groups *groups, struct tp_rows *rows);
void cli_flow_groups_release(struct cli_flow_groups *groups);

#endif
