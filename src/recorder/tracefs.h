/* tracefs.h: where the kernel's tracing files are, and why they are not if they are not.
 *
 * Only read from, but for the folder `instances`: what the recorder writes, it writes in an
 * instance of its own (instance.h).
 */
#ifndef TCPPROBE_RECORDER_TRACEFS_H
#define TCPPROBE_RECORDER_TRACEFS_H

#include <tcpprobe/error.h>

/* What tests replace; texts of the caller. */
struct places {
    const char *proc; /* "/proc" */
    const char *sys;  /* "/sys" */
};

struct tracefs {
    char *root;    /* "/sys/kernel/tracing" */
    int root_fd;   /* of that folder, O_PATH */
    char **reaped; /* used by instance_reap(): names of the instances it removed */
    size_t reaped_count;
    /* While another process holds a lock that is needed; the caller's, any may be NULL. */
    bool (*is_stopped)(void *context);
    void (*waits)(void *context, const char *sentence);
    void *wait_context, *tell_context;
};

/* Finds tracefs: given (--tracefs DIR) if it is not NULL, else SYS/kernel/tracing, then the mounts
 * of PROC/self/mounts, then SYS/kernel/debug/tracing; and checks that it has instances and tcp
 * events. On success the caller closes it. Errors are TP_ERR_UNSUPPORTED, or TP_ERR_IO with
 * sys_errno EACCES or EPERM where root is missing, with a sentence of their own for: not root, not
 * mounted (how to mount it), no such folder, no tracefs, locked down, a kernel without tracing,
 * without instances, without tcp events, or too old for tcp_probe. */
int tracefs_open(struct tracefs *fs, const struct places *places, const char *given,
                 struct tp_error *error);

/* The whole text of a file below the root, for instance "events/header_page" or
 * "saved_cmdlines"; NUL-terminated, free() it. NULL and error if it cannot be read. length may be
 * NULL. */
char *tracefs_read(const struct tracefs *fs, const char *path, size_t *length,
                   struct tp_error *error);

void tracefs_close(struct tracefs *fs); /* a zeroed one is fine */

#endif
