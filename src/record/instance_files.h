/* instance_files.h: between instance.c and set_up.c only. */
#ifndef TCPPROBE_RECORD_INSTANCE_FILES_H
#define TCPPROBE_RECORD_INSTANCE_FILES_H

#include "record/instance.h"

/* Opens what is needed after set-up, while we are still root. */
int instance_hold_files(struct instance *instance, struct tp_error *error);

#endif
