/* capabilities.h: what a program may have of root without being root: setcap(8), capabilities(7). */
#ifndef TCPPROBE_BASE_CAPABILITIES_H
#define TCPPROBE_BASE_CAPABILITIES_H

#include <stdbool.h>

/* Gives all of them up, for good: of the calling thread, which must be the only one. False, and errno,
 * if some are left. Root keeps its own: see base/privileges.h. */
bool capabilities_drop(void);

#endif
