/* protocol.c: the names that kernel events have for transport protocols. */
#include "base/protocol.h"

const struct tp_protocol tp_protocols[TP_PROTOCOLS] = {
    {"IPPROTO_TCP", 6}, {"IPPROTO_DCCP", 33}, {"IPPROTO_SCTP", 132}, {"IPPROTO_MPTCP", 262}};
