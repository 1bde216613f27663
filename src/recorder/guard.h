/* guard.h: a small process that removes the instance when the recorder ends or dies.
 *
 * It keeps root, does nothing but wait for the end of a pipe that the recorder holds, and then
 * removes one folder. It ignores the signals of the terminal and holds no file of the recorder but
 * the lock of the instance.
 */
#ifndef TCPPROBE_RECORDER_GUARD_H
#define TCPPROBE_RECORDER_GUARD_H

#include <sys/types.h>

#include <tcpprobe/error.h>

struct guard {
    pid_t pid; /* 0: none */
    int pipe;  /* closing it lets the guard remove the folder */
};

/* Starts the guard of the folder name in the open folder parent_fd; lock_fd is the folder itself,
 * open and locked. */
int guard_start(struct guard *guard, int parent_fd, const char *name, int lock_fd,
                struct tp_error *error);

/* Lets the guard remove the folder and waits for that. Returns 0 if the folder is gone, else the
 * errno of what kept it, or ECHILD if the guard did not live to try. */
int guard_finish(struct guard *guard);

/* What the guard does: stops tracing in the folder, then removes it; retries for up to patience_ms
 * while it is in use. Returns 0 or an errno. */
int guard_remove(int parent_fd, const char *name, unsigned patience_ms);

#endif
