/* instance_files.h: what an instance holds; for instance.c, instance_files.c and set_up.c only. */
#ifndef TCPPROBE_RECORDER_INSTANCE_FILES_H
#define TCPPROBE_RECORDER_INSTANCE_FILES_H

#include "recorder/guard.h"
#include "recorder/instance.h"

struct instance {
    char name[GUARD_NAME_MAX];
    char *path;
    int parent_fd; /* the folder `instances` */
    int fd;        /* the instance's folder, locked */
    struct guard guard;
    unsigned *cpus;
    int *stats_fds; /* as many as CPUs */
    size_t cpu_count;
    int free_buffer_fd, tracing_on_fd, enable_fd; /* -1: not open yet */
};

/* Opens what is needed after set-up, while we are still root. */
int instance_hold_files(struct instance *instance, struct tp_error *error);

/* Closes what instance_hold_files() opened. */
void instance_let_files_go(struct instance *instance);

void instance_close_fd(int *fd); /* if it is open; then it is -1 */

#endif
