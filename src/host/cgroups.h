/* cgroups.h: paths of cgroups (v2) by their numbers, which are the inodes of their folders. */
#ifndef TCPPROBE_HOST_CGROUPS_H
#define TCPPROBE_HOST_CGROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cgroup {
    uint64_t id;
    char *path; /* below the root; "/" is the root */
};

struct cgroups {
    char root[256]; /* where cgroup v2 is mounted; "" if it is not */
    struct cgroup *list;
    size_t count, allocated, walked; /* those of the last walk are first, sorted by id */
    int64_t walk_ns;                 /* when it was, by CLOCK_MONOTONIC */
    bool out_of_memory;
};

/* proc: "/proc", for PROC/mounts. */
void cgroups_open(struct cgroups *cgroups, const char *proc);
/* NULL if there is none. Walks over all folders the first time, and where an id is new, but once a
 * second at most. */
const char *cgroups_path(struct cgroups *cgroups, uint64_t id);
void cgroups_close(struct cgroups *cgroups);

#endif
