/* derived.h: what is worked out of the fields of a socket: a function for each DERIVED row. */
#ifndef TCPPROBE_HOST_DERIVED_H
#define TCPPROBE_HOST_DERIVED_H

#include <tcpprobe/socket.h>

#define NO_FIELD(name, ...)
#define DECLARED(name, ...) tp_socket_get derived_##name;
TP_SOCKET_ROWS(NO_FIELD, DECLARED)
#undef DECLARED
#undef NO_FIELD

/* How much a counter grew; counters of 16 and 32 bits begin again at 0. False if it is not known,
 * or went backwards. */
bool derived_growth(const struct tp_socket_view *view, enum tp_socket_id id, double *by);

#endif
