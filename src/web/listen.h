/* listen.h: the socket that is listened on. */
#ifndef TCPPROBE_WEB_LISTEN_H
#define TCPPROBE_WEB_LISTEN_H

#include <stdint.h>

#include <tcpprobe/error.h>

/* On 127.0.0.1; *port 0 becomes the one that the kernel chose. The socket, or an error. */
int listen_here(uint16_t *port, struct tp_error *error);

#endif
