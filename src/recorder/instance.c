/* instance.c: makes and removes tracefs instances.
 *
 * Locks (flock): the folder `instances` while an instance is made or leftovers are looked for, so
 * that no one takes an instance that is just being made for a leftover; and the instance's own
 * folder as long as its recorder lives. A PID would not do: it is reused, and means
 * nothing in another PID namespace.
 *
 * Source: Documentation/trace/ftrace.rst, section "Instances"; kernel/trace/trace.c. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/list.h"
#include "recorder/instance_files.h"

#define NAME_FORMAT "tcpprobe-%d-%u"
#define TRIES       1000 /* of names */

#define LOCK_STEP_MS  20
#define LOCK_QUIET_MS 1000 /* before it is told that we wait */

static bool lock(int fd, int operation)
{
    while (flock(fd, operation) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

/* Waits until the folder `instances` is ours alone, but not against the caller's wish: then errno
 * is EWOULDBLOCK. Anybody who may read the folder can hold its lock as long as he likes. */
static bool lock_instances(const struct tracefs *fs, int fd)
{
    char sentence[256];

    for (unsigned ms = 0; !lock(fd, LOCK_EX | LOCK_NB); ms += LOCK_STEP_MS) {
        if (errno != EWOULDBLOCK)
            return false;
        if (ms == LOCK_QUIET_MS && fs->waits) {
            snprintf(sentence, sizeof sentence,
                     "waiting for another process, which holds a lock on %.160s/instances",
                     fs->root);
            fs->waits(fs->tell_context, sentence);
        }
        if (fs->is_stopped && fs->is_stopped(fs->wait_context)) {
            errno = EWOULDBLOCK;
            return false;
        }
        poll(NULL, 0, LOCK_STEP_MS);
    }
    return true;
}

static int open_folder(int parent_fd, const char *path)
{
    return openat(parent_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* --- leftovers -------------------------------------------------------------------------------- */

static int is_ours(const struct dirent *entry)
{
    unsigned n;
    int pid, end = 0;

    return sscanf(entry->d_name, NAME_FORMAT "%n", &pid, &n, &end) == 2 && !entry->d_name[end];
}

static bool reap(int parent_fd, const char *name)
{
    int fd = open_folder(parent_fd, name);
    bool gone;

    if (fd < 0)
        return false;
    gone = lock(fd, LOCK_EX | LOCK_NB) && guard_remove(parent_fd, name, 0) == 0;
    close(fd);
    return gone;
}

/* Without memory for the note, it was still reaped. */
static void note_reaped(struct tracefs *fs, const char *name)
{
    if (!TP_LIST_ONE_MORE(fs->reaped, fs->reaped_count))
        return;
    fs->reaped[fs->reaped_count] = strdup(name);
    if (fs->reaped[fs->reaped_count])
        fs->reaped_count++;
}

size_t instance_reap(struct tracefs *fs)
{
    int parent_fd = open_folder(fs->root_fd, "instances"), found = -1;
    struct dirent **entries = NULL;

    if (parent_fd >= 0 && lock_instances(fs, parent_fd))
        found = scandirat(parent_fd, ".", &entries, is_ours, versionsort);
    for (int i = 0; i < found; i++) {
        if (reap(parent_fd, entries[i]->d_name))
            note_reaped(fs, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    instance_close_fd(&parent_fd);
    return fs->reaped_count;
}

/* --- making ----------------------------------------------------------------------------------- */

static int cannot_make(int sys_errno, const char *root, struct tp_error *error)
{
    bool denied = sys_errno == EACCES || sys_errno == EPERM;
    int rc;

    if (sys_errno == EWOULDBLOCK)
        return tp_error_set(error, TP_ERR_STOPPED,
                            "nothing was recorded: another process holds a lock on %s/instances",
                            root);
    if (sys_errno == ENOMEM)
        return tp_error_set(error, TP_ERR_NOMEM, "there is no memory for an instance in %s", root);
    if (!denied || geteuid() == 0)
        return tp_error_sys(error, sys_errno, "cannot make an instance in %s/instances", root);
    rc = tp_error_set(error, TP_ERR_IO, "making an instance needs root: run it with sudo");
    if (error)
        error->sys_errno = sys_errno;
    return rc;
}

/* Opens the folder that was just made, and locks it; 0 or errno, and then it is gone. The guard
 * could not remove it: it needs the lock, too. */
static int hold_folder(struct instance *instance)
{
    int rc;

    instance->fd = open_folder(instance->parent_fd, instance->name);
    if (instance->fd >= 0 && lock(instance->fd, LOCK_EX | LOCK_NB))
        return 0;
    rc = errno;
    instance_close_fd(&instance->fd);
    unlinkat(instance->parent_fd, instance->name, AT_REMOVEDIR);
    return rc;
}

/* Finds a free name, makes the folder and holds it; 0 or errno. */
static int make_folder(struct instance *instance)
{
    int rc;

    for (unsigned n = 0; n < TRIES; n++) {
        snprintf(instance->name, sizeof instance->name, NAME_FORMAT, (int)getpid(), n);
        rc = guard_watch(&instance->guard, instance->name);
        if (rc != 0)
            return rc;
        if (mkdirat(instance->parent_fd, instance->name, 0750) == 0)
            return hold_folder(instance);
        if (errno != EEXIST)
            return errno;
    }
    return EEXIST;
}

static int make(struct instance *instance, const struct tracefs *fs, struct tp_error *error)
{
    int rc;

    instance->parent_fd = open_folder(fs->root_fd, "instances");
    if (instance->parent_fd < 0 || !lock_instances(fs, instance->parent_fd))
        return cannot_make(errno, fs->root, error);
    rc = guard_start(&instance->guard, instance->parent_fd, error);
    if (rc < 0)
        return rc;
    rc = make_folder(instance);
    if (rc != 0) {
        rc = cannot_make(rc, fs->root, error);
    } else if (asprintf(&instance->path, "%s/instances/%s", fs->root, instance->name) < 0) {
        instance->path = NULL;
        rc = tp_error_nomem(error);
    }
    if (rc < 0) {
        instance_close_fd(&instance->fd);
        guard_finish(&instance->guard);
    }
    flock(instance->parent_fd, LOCK_UN); /* explicitly: the guard has this open file too */
    return rc;
}

static void release(struct instance *instance)
{
    instance_close_fd(&instance->fd);
    instance_close_fd(&instance->parent_fd);
    free(instance->stats_fds);
    free(instance->cpus);
    free(instance->path);
    free(instance);
}

int instance_create(struct instance **instance, const struct tracefs *fs, struct tp_error *error)
{
    struct instance *made = calloc(1, sizeof *made);
    int rc;

    *instance = NULL;
    if (!made)
        return tp_error_nomem(error);
    made->parent_fd = made->fd = made->guard.pipe = -1;
    made->free_buffer_fd = made->tracing_on_fd = made->enable_fd = -1;
    rc = make(made, fs, error);
    if (rc < 0)
        release(made);
    else
        *instance = made;
    return rc;
}

const char *instance_name(const struct instance *instance)
{
    return instance->name;
}

const char *instance_path(const struct instance *instance)
{
    return instance->path;
}

size_t instance_cpu_count(const struct instance *instance)
{
    return instance->cpu_count;
}

unsigned instance_cpu(const struct instance *instance, size_t index)
{
    return instance->cpus[index];
}

/* --- the end ---------------------------------------------------------------------------------- */

int instance_stop(struct instance *instance, struct tp_error *error)
{
    int fds[] = {instance->enable_fd, instance->tracing_on_fd}, rc = 0;

    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0 && pwrite(fds[i], "0", 1, 0) != 1)
            rc = tp_error_sys(error, errno, "cannot stop tracing in %s", instance->path);
    return rc;
}

int instance_remove(struct instance *instance, struct tp_error *error)
{
    int why, rc = 0;

    if (!instance)
        return 0;
    instance_stop(instance, NULL);
    instance_let_files_go(instance);
    instance_close_fd(&instance->fd); /* and with it the lock */
    why = guard_finish(&instance->guard);
    if (why == ECHILD) /* somebody killed it; that works unless root was dropped */
        why = guard_remove(instance->parent_fd, instance->name, 0);
    if (why != 0)
        rc = tp_error_sys(error, why, "%s stays, without tracing, until the next start removes it",
                          instance->path);
    release(instance);
    return rc;
}
