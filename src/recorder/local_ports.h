/* local_ports.h: which port a connect() can get.
 *
 * A kernel chooses it from ip_local_port_range of the socket's network namespace, and no socket
 * option leads out of that (net/ipv4/inet_connection_sock.c, inet_sk_get_local_port_range()).
 * Events tell of all namespaces: a new one begins with 32768 to 60999 (net/ipv4/af_inet.c,
 * inet_init_net()), whatever the others have. The range here is therefore that of the recorder's
 * own namespace and that default together. A namespace with a range of its own may connect from
 * elsewhere: such a socket is recorded from when it has its port, a moment later.
 */
#ifndef TCPPROBE_RECORDER_LOCAL_PORTS_H
#define TCPPROBE_RECORDER_LOCAL_PORTS_H

#include <stdbool.h>
#include <stdint.h>

/* proc: "/proc". false where the kernel does not say: then it may be any. */
bool local_ports_read(const char *proc, uint16_t *least, uint16_t *most);

#endif
