/* roles.h: which role a flow plays in its run. */
#ifndef TCPPROBE_COMPARE_ROLES_H
#define TCPPROBE_COMPARE_ROLES_H

#include "compare/sender.h"

#define ROLE_NAME_BYTES 64

#define ROLE_PORTS 65536

/* What must be known of a run to tell the roles of its flows. */
struct role_stage {
    int64_t first_ns;           /* of its flows: what start_ns counts from */
    uint32_t ports[ROLE_PORTS]; /* how many flows use each: tells servers without a handshake */
};

/* The name of the role that a sender plays, in name. Returns 1, 0 if it plays none, or
 * TP_ERR_NOMEM. Natural roles are named by what the flow is: "to :5201 v4". */
int role_of(const struct tp_roles *roles, const struct role_stage *stage, struct sender *sender,
            char name[ROLE_NAME_BYTES]);

/* Were no roles asked for? */
bool roles_are_natural(const struct tp_roles *roles);

/* The name of the only natural role of a run, which needs no port to tell it from others: so the
 * same traffic on another port is the same role. */
void role_alone(const struct tp_flow *flow, unsigned end, char name[ROLE_NAME_BYTES]);

#endif
