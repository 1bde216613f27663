/* packet_ends.h: the texts of a flow's ends, kept for the flows that had packets last: they cost
 * more than all the rest of a row, and are the same in each row of the flow. */
#ifndef TCPPROBE_CLI_PACKET_ENDS_H
#define TCPPROBE_CLI_PACKET_ENDS_H

#include <tcpprobe/flow.h>

#define PACKET_ENDS 64 /* flows of which a long list keeps them */

struct packet_ends {
    bool known;
    struct tp_flow_key key;
    char endpoint[2][56], addr[2][48]; /* "10.0.0.1:80", "10.0.0.1" */
};

/* Of the flow, by end; kept[count] is where they are looked for and put. Valid until the next call.
 */
const struct packet_ends *packet_ends_of(struct packet_ends *kept, size_t count,
                                         const struct tp_flow *flow);

#endif
