/* cgroups.c: a walk over the folders of cgroup v2.
 *
 * What was found stays, as long as cgroups lives: texts that were handed out are borrowed from it.
 * One that was removed keeps its name for the sockets that it leaves.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "host/cgroups.h"

#define DEPTH_MAX 32
#define COUNT_MAX 65536

void cgroups_open(struct cgroups *cgroups, const char *proc)
{
    char path[256], line[1024], type[32];
    FILE *mounts;

    memset(cgroups, 0, sizeof *cgroups);
    snprintf(path, sizeof path, "%s/mounts", proc);
    mounts = fopen(path, "re");
    while (mounts && !cgroups->root[0] && fgets(line, sizeof line, mounts)) {
        if (sscanf(line, "%*s %255s %31s", path, type) == 2 && strcmp(type, "cgroup2") == 0)
            snprintf(cgroups->root, sizeof cgroups->root, "%s", path);
    }
    if (mounts)
        fclose(mounts);
}

static int by_id(const void *left, const void *right)
{
    const struct cgroup *a = left, *b = right;

    return (a->id > b->id) - (a->id < b->id);
}

static const char *find(const struct cgroups *cgroups, uint64_t id)
{
    const struct cgroup wanted = {.id = id};
    const struct cgroup *found =
        cgroups->walked ? bsearch(&wanted, cgroups->list, cgroups->walked, sizeof wanted, by_id)
                        : NULL;

    return found ? found->path : NULL;
}

static void add(struct cgroups *cgroups, uint64_t id, const char *path)
{
    char *copy;

    if (find(cgroups, id) || cgroups->count >= COUNT_MAX)
        return;
    copy = strdup(*path ? path : "/");
    if (!copy || !TP_LIST_ROOM(cgroups->list, cgroups->count, cgroups->allocated, 64)) {
        cgroups->out_of_memory = true;
        free(copy);
        return;
    }
    cgroups->list[cgroups->count++] = (struct cgroup){id, copy};
}

/* path: of the folder below the root, in a buffer that names below it are added to. */
static void walk(struct cgroups *cgroups, int parent, const char *name, char *path, size_t length,
                 unsigned depth)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;
    struct stat status;
    size_t more;

    if (!folder && fd >= 0)
        close(fd);
    if (!folder)
        return;
    if (fstat(fd, &status) == 0)
        add(cgroups, status.st_ino, path);
    while (depth < DEPTH_MAX && (entry = readdir(folder))) {
        more = strlen(entry->d_name);
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.' || length + more + 2 > 4096)
            continue;
        path[length] = '/';
        memcpy(path + length + 1, entry->d_name, more + 1);
        walk(cgroups, fd, entry->d_name, path, length + 1 + more, depth + 1);
        path[length] = '\0';
    }
    closedir(folder);
}

static void walk_all(struct cgroups *cgroups)
{
    char path[4096];

    path[0] = '\0';
    cgroups->walk_ns = tp_clock_monotonic_ns();
    walk(cgroups, AT_FDCWD, cgroups->root, path, 0, 0);
    cgroups->walked = cgroups->count;
    if (cgroups->walked)
        qsort(cgroups->list, cgroups->walked, sizeof *cgroups->list, by_id);
}

/* Of every socket, so that the walk has a function, and its buffer, of its own. */
const char *cgroups_path(struct cgroups *cgroups, uint64_t id)
{
    const char *path = find(cgroups, id);

    if (path || !cgroups->root[0] ||
        (cgroups->walked && tp_clock_monotonic_ns() - cgroups->walk_ns < 1000000000))
        return path;
    walk_all(cgroups);
    return find(cgroups, id);
}

void cgroups_close(struct cgroups *cgroups)
{
    for (size_t i = 0; i < cgroups->count; i++)
        free(cgroups->list[i].path);
    free(cgroups->list);
}
