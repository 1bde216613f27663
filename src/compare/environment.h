/* environment.h: what a run was made with. */
#ifndef TCPPROBE_COMPARE_ENVIRONMENT_H
#define TCPPROBE_COMPARE_ENVIRONMENT_H

#include <tcpprobe/compare.h>

/* NULL where that is not known; the run's. */
const char *run_environment(const struct tp_run *run, enum tp_environment what);

/* Sets that of both sides. */
void set_environment(struct tp_comparison *comparison);

#endif
