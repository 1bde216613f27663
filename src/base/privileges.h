/* privileges.h: giving up root once everything that needs it is open. */
#ifndef TCPPROBE_BASE_PRIVILEGES_H
#define TCPPROBE_BASE_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include <tcpprobe/error.h>

/* The user who became root to run us. */
struct invoker {
    bool known; /* false: nobody else, root is who we are */
    uid_t uid;
    gid_t gid;
};

/* From SUDO_UID and SUDO_GID, or PKEXEC_UID, of the environment that lookup (getenv) reads; known
 * only if our effective user is root and they name somebody else. Numbers that are none are an
 * error. */
int privileges_invoker(struct invoker *invoker, char *(*lookup)(const char *name),
                       struct tp_error *error);

/* Becomes the invoker for good, groups included, and checks that there is no way back. Where the
 * invoker is not known, whoever is not root gives up the capabilities that the program's file gave
 * (setcap(8)). Files that are open stay open; files of /proc/self can no longer be
 * opened, since the kernel gives those of a process that changed its user to root (proc(5),
 * "dumpable"). No thread may run yet. */
int privileges_drop(const struct invoker *invoker, struct tp_error *error);

#endif
