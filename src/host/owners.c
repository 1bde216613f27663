/* owners.c: from sockets to the processes that have them open.
 *
 * A process says what it has open by links: PROC/PID/fd/N -> socket:[INODE]. The walk takes about 3
 * us a link, more than the kernel takes to list a socket; so it ends when nothing is looked for any
 * more, and what was found is kept by the cookie of the socket, which no other one gets before the
 * machine is started again. New sockets are mostly of processes that have others: these are looked
 * at first.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/list.h"
#include "base/units.h"
#include "host/cgroups.h"

#include <tcpprobe/host.h>

struct owner {
    uint64_t cookie;
    int32_t pid;
    tp_socket_text name;
};

struct tp_owners {
    char proc[256];
    struct cgroups cgroups;
    struct owner *known; /* sorted by cookie */
    size_t known_count, known_allocated;
    int32_t *pids; /* of them, sorted, each once */
    size_t pid_count, pids_allocated;
};

struct wanted {
    uint32_t inode;
    struct tp_sock *socket;
};

struct owner_search {
    const struct tp_owners *owners;
    struct wanted *list; /* sorted by inode */
    size_t count, left;  /* of those not found yet */
    size_t next; /* behind the one that was found last: sockets are made one after another */
    struct tp_owners_summary *summary;
};

/* A process that is looked at. */
struct candidate {
    int folder, files; /* PROC/PID, PROC/PID/fd */
    int32_t pid;
    bool named;
    tp_socket_text name;
};

struct tp_owners *tp_owners_new(const char *proc, struct tp_error *error)
{
    struct tp_owners *owners = calloc(1, sizeof *owners);

    if (!owners) {
        tp_error_nomem(error);
        return NULL;
    }
    snprintf(owners->proc, sizeof owners->proc, "%s", proc);
    cgroups_open(&owners->cgroups, proc);
    return owners;
}

void tp_owners_free(struct tp_owners *owners)
{
    if (!owners)
        return;
    cgroups_close(&owners->cgroups);
    free(owners->known);
    free(owners->pids);
    free(owners);
}

const char *tp_owners_cgroup(struct tp_owners *owners, uint64_t id)
{
    return cgroups_path(&owners->cgroups, id);
}

/* --- what is known from before ---------------------------------------------------------- */

static int by_cookie(const void *left, const void *right)
{
    const struct owner *a = left, *b = right;

    return (a->cookie > b->cookie) - (a->cookie < b->cookie);
}

static bool recall(const struct tp_owners *owners, struct tp_sock *socket)
{
    const struct owner wanted = {.cookie = socket->cookie};
    const struct owner *known =
        owners->known_count
            ? bsearch(&wanted, owners->known, owners->known_count, sizeof wanted, by_cookie)
            : NULL;

    if (!known)
        return false;
    socket->pid = known->pid;
    memcpy(socket->owner, known->name, sizeof socket->owner);
    return true;
}

static int by_pid(const void *left, const void *right)
{
    const int32_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

static int remember_pids(struct tp_owners *owners, struct tp_error *error)
{
    size_t kept = 0;

    if (!TP_LIST_FIT(owners->pids, owners->known_count, owners->pids_allocated))
        return tp_error_nomem(error);
    for (size_t i = 0; i < owners->known_count; i++)
        if (!kept || owners->known[i].pid != owners->pids[kept - 1])
            owners->pids[kept++] = owners->known[i].pid;
    if (kept)
        qsort(owners->pids, kept, sizeof *owners->pids, by_pid);
    owners->pid_count = 0;
    for (size_t i = 0; i < kept; i++)
        if (!owners->pid_count || owners->pids[i] != owners->pids[owners->pid_count - 1])
            owners->pids[owners->pid_count++] = owners->pids[i];
    return TP_OK;
}

/* What these sockets have is what is known from now on: others are gone. */
static int remember(struct tp_owners *owners, const struct tp_sock *sockets, size_t count,
                    struct tp_error *error)
{
    struct owner *owner;

    if (!TP_LIST_FIT(owners->known, count, owners->known_allocated))
        return tp_error_nomem(error);
    owners->known_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!sockets[i].pid)
            continue;
        owner = &owners->known[owners->known_count++];
        owner->cookie = sockets[i].cookie;
        owner->pid = sockets[i].pid;
        memcpy(owner->name, sockets[i].owner, sizeof owner->name);
    }
    if (owners->known_count)
        qsort(owners->known, owners->known_count, sizeof *owners->known, by_cookie);
    return remember_pids(owners, error);
}

/* --- the walk --------------------------------------------------------------------------- */

static int by_inode(const void *left, const void *right)
{
    const struct wanted *a = left, *b = right;

    return (a->inode > b->inode) - (a->inode < b->inode);
}

static void read_name(struct candidate *candidate)
{
    int fd = openat(candidate->folder, "comm", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, candidate->name, sizeof candidate->name - 1) : -1;

    if (fd >= 0)
        close(fd);
    candidate->name[length > 0 ? length : 0] = '\0';
    candidate->name[strcspn(candidate->name, "\n")] = '\0';
    candidate->named = true;
}

/* "socket:[4711]" */
static bool parse_link(const char *text, uint32_t *inode)
{
    char *end;
    unsigned long number;

    if (strncmp(text, "socket:[", 8) != 0)
        return false;
    number = strtoul(text + 8, &end, 10);
    *inode = (uint32_t)number;
    return strcmp(end, "]") == 0 && number <= UINT32_MAX;
}

static struct wanted *find(struct owner_search *search, uint32_t inode)
{
    const struct wanted wanted = {.inode = inode};
    struct wanted *found = &search->list[search->next];

    if (search->next == search->count || found->inode != inode)
        found = bsearch(&wanted, search->list, search->count, sizeof wanted, by_inode);
    if (found)
        search->next = (size_t)(found - search->list) + 1;
    return found;
}

static void look_at_link(struct owner_search *search, struct candidate *candidate, const char *name)
{
    struct wanted *found;
    char target[64];
    ssize_t length = readlinkat(candidate->files, name, target, sizeof target - 1);
    uint32_t inode;

    target[length > 0 ? length : 0] = '\0';
    found = parse_link(target, &inode) ? find(search, inode) : NULL;
    if (!found || found->socket->pid)
        return;
    if (!candidate->named)
        read_name(candidate);
    found->socket->pid = candidate->pid;
    memcpy(found->socket->owner, candidate->name, sizeof found->socket->owner);
    search->left--;
}

static void look_at_process(struct owner_search *search, int proc, const char *name, int32_t pid)
{
    struct candidate is = {.pid = pid};
    const struct dirent *entry;
    DIR *list;

    is.folder = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    is.files = is.folder >= 0 ? openat(is.folder, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    list = is.files >= 0 ? fdopendir(is.files) : NULL;
    search->summary->processes++;
    search->summary->denied += is.folder >= 0 && !list;
    if (is.files >= 0 && !list)
        close(is.files);
    while (list && search->left && (entry = readdir(list)))
        if (entry->d_name[0] != '.')
            look_at_link(search, &is, entry->d_name);
    if (list)
        closedir(list);
    if (is.folder >= 0)
        close(is.folder);
}

static void look_at_known(struct owner_search *search, int proc)
{
    char name[16];

    for (size_t i = 0; i < search->owners->pid_count && search->left; i++) {
        snprintf(name, sizeof name, "%d", search->owners->pids[i]);
        look_at_process(search, proc, name, search->owners->pids[i]);
    }
}

static bool is_known(const struct tp_owners *owners, int32_t pid)
{
    return owners->pid_count &&
           bsearch(&pid, owners->pids, owners->pid_count, sizeof pid, by_pid) != NULL;
}

static void walk(struct owner_search *search)
{
    DIR *proc = opendir(search->owners->proc);
    const struct dirent *entry;
    uint64_t pid;

    if (proc)
        look_at_known(search, dirfd(proc));
    while (proc && search->left && (entry = readdir(proc)))
        if (tp_units_parse_count(entry->d_name, INT32_MAX, &pid) && pid &&
            !is_known(search->owners, (int32_t)pid))
            look_at_process(search, dirfd(proc), entry->d_name, (int32_t)pid);
    if (proc)
        closedir(proc);
}

int tp_owners_find(struct tp_owners *owners, struct tp_sock *sockets, size_t count,
                   struct tp_owners_summary *summary, struct tp_error *error)
{
    struct owner_search search = {.owners = owners, .summary = summary};

    memset(summary, 0, sizeof *summary);
    search.list = calloc(count ? count : 1, sizeof *search.list);
    if (!search.list)
        return tp_error_nomem(error);
    for (size_t i = 0; i < count; i++)
        if (TP_SOCKET_HAS(&sockets[i], inode) && !sockets[i].pid && !recall(owners, &sockets[i]))
            search.list[search.count++] = (struct wanted){sockets[i].inode, &sockets[i]};
    search.left = search.count;
    if (search.count) {
        qsort(search.list, search.count, sizeof *search.list, by_inode);
        walk(&search);
    }
    free(search.list);
    return remember(owners, sockets, count, error);
}
