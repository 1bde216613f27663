/* roles.h: which role a flow plays in its run. */
#ifndef TCPPROBE_COMPARE_ROLES_H
#define TCPPROBE_COMPARE_ROLES_H

#include <tcpprobe/compare.h>

#define ROLE_NAME_BYTES 64

#define ROLE_PORTS 65536

/* How many flows of a run use each port: what tells servers where no handshake was seen. */
struct role_ports {
    uint32_t flows[ROLE_PORTS];
};

/* The name of the role of a flow whose data end sends, in name; false if it plays none. Natural roles
 * are named by what the flow is: "to :5201 v4". */
bool role_of(const struct tp_roles *roles, const struct role_ports *ports,
             const struct tp_flow *flow, unsigned end, char name[ROLE_NAME_BYTES]);

/* Were no roles asked for? */
bool roles_are_natural(const struct tp_roles *roles);

/* The name of the only natural role of a run, which needs no port to tell it from others: so the
 * same traffic on another port is the same role. */
void role_alone(const struct tp_flow *flow, unsigned end, char name[ROLE_NAME_BYTES]);

#endif
