/* identity.h: what tells a run from all others, however its file is called. */
#ifndef TCPPROBE_COMPARE_IDENTITY_H
#define TCPPROBE_COMPARE_IDENTITY_H

#include <tcpprobe/compare.h>

/* Of the ends and the beginnings of its flows; never 0, unless there are none. */
uint64_t run_identity(const struct tp_analysis *analysis);

#endif
