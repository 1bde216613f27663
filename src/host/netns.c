/* netns.c: network namespaces, by name (ip-netns(8)), by process, or all of them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/list.h"
#include "base/units.h"

#include <tcpprobe/host.h>

#define NAMES "/run/netns"

struct found {
    struct tp_netns *list;
    size_t count, allocated;
    bool out_of_memory;
};

static bool look_at(struct tp_netns *netns)
{
    struct stat status;

    if (stat(netns->path, &status) != 0)
        return false;
    netns->inode = status.st_ino;
    return true;
}

static void of_name(struct tp_netns *netns, const char *name)
{
    snprintf(netns->path, sizeof netns->path, NAMES "/%.255s", name);
    snprintf(netns->name, sizeof netns->name, "%.63s", name);
}

static void of_process(struct tp_netns *netns, const char *proc, uint64_t pid)
{
    snprintf(netns->name, sizeof netns->name, "pid:%llu", (unsigned long long)pid);
    snprintf(netns->path, sizeof netns->path, "%.255s/%llu/ns/net", proc, (unsigned long long)pid);
}

int tp_netns_find(const char *proc, const char *name, struct tp_netns *netns,
                  struct tp_error *error)
{
    uint64_t pid;

    memset(netns, 0, sizeof *netns);
    of_name(netns, name);
    if (name[0] && name[0] != '.' && !strchr(name, '/') && look_at(netns))
        return TP_OK;
    if (!tp_units_parse_count(name, INT32_MAX, &pid) || !pid)
        return tp_error_set(error, TP_ERR_USAGE,
                            "'%s' is no network namespace: neither in " NAMES " nor a process",
                            name);
    of_process(netns, proc, pid);
    if (look_at(netns))
        return TP_OK;
    return tp_error_sys(error, errno, "cannot find the network namespace of process %s", name);
}

static void add(struct found *found, struct tp_netns *netns)
{
    if (!look_at(netns))
        return;
    for (size_t i = 0; i < found->count; i++)
        if (found->list[i].inode == netns->inode)
            return;
    if (TP_LIST_ROOM(found->list, found->count, found->allocated, 8))
        found->list[found->count++] = *netns;
    else
        found->out_of_memory = true;
}

static void add_names(struct found *found)
{
    DIR *folder = opendir(NAMES);
    const struct dirent *entry;
    struct tp_netns netns = {0};

    while (folder && (entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        of_name(&netns, entry->d_name);
        add(found, &netns);
    }
    if (folder)
        closedir(folder);
}

static void add_processes(struct found *found, const char *proc)
{
    DIR *folder = opendir(proc);
    const struct dirent *entry;
    struct tp_netns netns = {0};
    uint64_t pid;

    while (folder && (entry = readdir(folder))) {
        if (!tp_units_parse_count(entry->d_name, INT32_MAX, &pid) || !pid)
            continue;
        of_process(&netns, proc, pid);
        add(found, &netns);
    }
    if (folder)
        closedir(folder);
}

static int by_name(const void *left, const void *right)
{
    const struct tp_netns *a = left, *b = right;

    return strcmp(a->name, b->name);
}

int tp_netns_all(const char *proc, struct tp_netns **list, size_t *count, struct tp_error *error)
{
    struct found found = {0};

    add_names(&found);
    add_processes(&found, proc);
    *list = found.list;
    *count = found.count;
    if (found.count)
        qsort(found.list, found.count, sizeof *found.list, by_name);
    if (!found.out_of_memory)
        return TP_OK;
    free(found.list);
    *list = NULL;
    *count = 0;
    return tp_error_nomem(error);
}

int tp_netns_enter(const struct tp_netns *netns, struct tp_error *error)
{
    int fd = open(netns->path, O_RDONLY | O_CLOEXEC), failed;

    failed = fd < 0 || setns(fd, CLONE_NEWNET) != 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    if (failed)
        return tp_error_sys(error, failed, "cannot enter network namespace '%s'", netns->name);
    return TP_OK;
}
