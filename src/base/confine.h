/* confine.h: a process that has all it needs asks the kernel for no more (seccomp(2)).
 *
 * Whoever reads logs and captures of others, draws what is in them, or takes pages from the kernel
 * may have a fault that a crafted byte turns into code. After this that code finds no network, no
 * program to start, no process to trace, no terminal to type into, no namespace to make, and no
 * file to write to beyond those of its scope; what is left is to read files, to compute and to
 * write to what is open. System calls that are not listed fail with ENOSYS, as in a kernel without
 * them, so that a C library may fall back to older ones.
 *
 * It holds for all threads and for child processes, has no end, and scopes add up: a child may take
 * a narrower one. No new privileges come from then on either (PR_SET_NO_NEW_PRIVS).
 *
 * Without libseccomp, and under the sanitizers, whose own threads and processes need more, there is
 * nothing: CONFINE_ABSENT.
 */
#ifndef TCPPROBE_BASE_CONFINE_H
#define TCPPROBE_BASE_CONFINE_H

#include <stdbool.h>

enum confine_scope {
    CONFINE_READ,   /* files are opened for reading only */
    CONFINE_DRAW,   /* and new ones for writing: PLplot has a temporary file */
    CONFINE_WRITE,  /* files are written, renamed and removed: outputs */
    CONFINE_RECORD, /* and open sockets are read and asked: packets */
    CONFINE_ASK,    /* files are read, and what is open is asked by messages: netlink */
    CONFINE_SAMPLE, /* both of these two */
    CONFINE_WATCH,  /* as CONFINE_ASK, and keys are read from a terminal */
    CONFINE_SERVE   /* as CONFINE_READ, and a socket that listens lets callers in */
};

#define CONFINE_ABSENT (-1)

/* Was it built in? */
bool confine_is_built(void);

/* 0, an errno of the kernel that refused it, or CONFINE_ABSENT; then nothing has changed. */
int confine(enum confine_scope scope);

#endif
