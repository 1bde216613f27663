/* guard.h: a small process that removes the instance when the recorder ends or dies.
 *
 * It is there before the instance is, so that a recorder that is killed at any moment leaves
 * nothing. It keeps root, does nothing but read names from a pipe that the recorder holds, and
 * removes, at the end of the pipe, the folder of the last one. It ignores the signals of the
 * terminal and holds no file of the recorder but the folder `instances`.
 */
#ifndef TCPPROBE_RECORDER_GUARD_H
#define TCPPROBE_RECORDER_GUARD_H

#include <sys/types.h>

#include <tcpprobe/error.h>

struct guard {
    pid_t pid; /* 0: none */
    int pipe;  /* closing it lets the guard remove the folder; -1: none */
};

#define GUARD_NAME_MAX 32 /* bytes of a name, with its NUL */

/* Starts a guard for the open folder parent_fd, in which it removes nothing yet. */
int guard_start(struct guard *guard, int parent_fd, struct tp_error *error);

/* The folder that it shall remove, which need not be there, is now of this name. A folder that
 * somebody holds locked (flock) is somebody else's. Returns 0 or errno. */
int guard_watch(const struct guard *guard, const char *name);

/* Lets the guard remove the folder and waits for that; its lock must have been let go. Returns 0 if
 * the folder is gone, else the errno of what kept it, or ECHILD if the guard did not live to try.
 */
int guard_finish(struct guard *guard);

/* What the guard does: stops tracing in the folder, then removes it; retries for up to patience_ms
 * while it is in use. Returns 0 or an errno. */
int guard_remove(int parent_fd, const char *name, unsigned patience_ms);

#endif
