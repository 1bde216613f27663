/* derived.h: what is worked out of the fields of a socket: a function for each DERIVED row. */
#ifndef TCPPROBE_HOST_DERIVED_H
#define TCPPROBE_HOST_DERIVED_H

#include <tcpprobe/socket.h>

#define NO_FIELD(name, ...)
#define DECLARED(name, ...) tp_socket_get derived_##name;
TP_SOCKET_ROWS(NO_FIELD, DECLARED)
#undef DECLARED
#undef NO_FIELD

#endif
