/* tracefs.c: finds the mount of tracefs, and says in one sentence why there is none.
 *
 * Source: Documentation/trace/ftrace.rst; fs/tracefs/inode.c (mode 0700 of the root folder, nothing
 * is created under lockdown); security/security.c (the levels of lockdown). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recorder/file.h"
#include "recorder/tracefs.h"

#define PROBE_FORMAT "events/tcp/tcp_probe/format"

/* Opens root and asks for its events; 0 or errno. */
static int look(struct tracefs *fs, const char *root)
{
    int rc = 0;

    fs->root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fs->root_fd < 0)
        return errno;
    if (faccessat(fs->root_fd, "events", R_OK | X_OK, AT_EACCESS) != 0)
        rc = errno;
    else if (!(fs->root = strdup(root)))
        rc = ENOMEM;
    if (rc != 0) {
        close(fs->root_fd);
        fs->root_fd = -1;
    }
    return rc;
}

/* The next mount point of a tracefs in the text of /proc/self/mounts, its escapes (\040 is a
 * blank) undone; NULL at the end. */
static char *next_mount(char **text)
{
    char *line, *device, *folder, *type, *to, *from;

    while ((line = strsep(text, "\n"))) {
        device = strsep(&line, " ");
        folder = strsep(&line, " ");
        type = strsep(&line, " ");
        if (!device || !folder || !type || strcmp(type, "tracefs") != 0)
            continue;
        for (to = from = folder; *from; to++) {
            if (from[0] == '\\' && from[1] && from[2] && from[3]) {
                *to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
                from += 4;
            } else {
                *to = *from++;
            }
        }
        *to = '\0';
        return folder;
    }
    return NULL;
}

static int look_at_mounts(struct tracefs *fs, const struct places *places)
{
    char path[4096], *text, *rest, *folder;
    int rc = ENOENT, seen;

    snprintf(path, sizeof path, "%s/self/mounts", places->proc);
    text = rest = file_read_at(AT_FDCWD, path, NULL);
    if (!text)
        return errno == ENOMEM ? ENOMEM : ENOENT;
    while ((folder = next_mount(&rest))) {
        seen = look(fs, folder);
        if (seen != ENOENT)
            rc = seen;
        if (seen == 0)
            break;
    }
    free(text);
    return rc;
}

/* The usual places; 0, or the errno that says most. */
static int search(struct tracefs *fs, const struct places *places)
{
    char path[4096];
    int first, rc;

    snprintf(path, sizeof path, "%s/kernel/tracing", places->sys);
    first = look(fs, path);
    if (first == 0)
        return 0;
    rc = look_at_mounts(fs, places);
    if (rc == 0)
        return 0;
    if (first == ENOENT)
        first = rc;
    snprintf(path, sizeof path, "%s/kernel/debug/tracing", places->sys);
    rc = look(fs, path);
    return rc == 0 ? 0 : first == ENOENT && rc != ENOENT ? rc : first;
}

/* Whether the file has the word in it. */
static bool file_says(const char *folder, const char *file, const char *word)
{
    char path[4096], *text;
    bool says;

    snprintf(path, sizeof path, "%s/%s", folder, file);
    text = file_read_at(AT_FDCWD, path, NULL);
    says = text && strstr(text, word);
    free(text);
    return says;
}

/* " (this is 6.1.0)", or "" if that is not known. */
static void name_release(const struct places *places, char *buf, size_t size)
{
    char path[4096], *text;

    snprintf(path, sizeof path, "%s/sys/kernel/osrelease", places->proc);
    text = file_read_at(AT_FDCWD, path, NULL);
    *buf = '\0';
    if (text && *text)
        snprintf(buf, size, " (this is %.*s)", (int)strcspn(text, "\n"), text);
    free(text);
}

static int refused(struct tp_error *error, int sys_errno, const char *root)
{
    int rc;

    if (geteuid() != 0)
        rc = tp_error_set(error, TP_ERR_IO, "tracing needs root: run it with sudo");
    else
        rc = tp_error_set(error, TP_ERR_IO,
                          "root may not read %s here: inside a container it takes CAP_SYS_ADMIN "
                          "and the host's tracefs; SELinux and AppArmor can refuse it, too",
                          root);
    if (error)
        error->sys_errno = sys_errno;
    return rc;
}

/* Why nothing was found. */
static int explain(int sys_errno, const struct places *places, const char *given,
                   struct tp_error *error)
{
    bool denied = sys_errno == EACCES || sys_errno == EPERM;

    if (sys_errno == ENOMEM)
        return tp_error_nomem(error);
    if (denied && geteuid() != 0)
        return refused(error, sys_errno, "tracefs");
    if (file_says(places->sys, "kernel/security/lockdown", "[confidentiality]"))
        return tp_error_set(error, TP_ERR_UNSUPPORTED,
                            "the kernel is locked down (confidentiality) and lets nobody trace");
    if (denied)
        return refused(error, sys_errno, given ? given : "tracefs");
    if (given && access(given, F_OK) != 0)
        return tp_error_set(error, TP_ERR_UNSUPPORTED, "there is no folder %s", given);
    if (given)
        return tp_error_set(error, TP_ERR_UNSUPPORTED, "%s is no tracefs: it has no folder events",
                            given);
    if (!file_says(places->proc, "filesystems", "tracefs"))
        return tp_error_set(error, TP_ERR_UNSUPPORTED,
                            "this kernel was built without tracing (CONFIG_FTRACE and "
                            "CONFIG_EVENT_TRACING)");
    return tp_error_set(error, TP_ERR_UNSUPPORTED,
                        "tracefs is not mounted: mount -t tracefs nodev %s/kernel/tracing",
                        places->sys);
}

/* What a recorder of tcp events needs below the root. */
static int check(const struct tracefs *fs, const struct places *places, const char *given,
                 struct tp_error *error)
{
    char release[96], *format;
    int why;

    name_release(places, release, sizeof release);
    if (faccessat(fs->root_fd, "events/tcp", F_OK, AT_EACCESS) != 0)
        return tp_error_set(error, TP_ERR_UNSUPPORTED,
                            "this kernel has no tcp events: they came with Linux 4.15%s", release);
    if (faccessat(fs->root_fd, "events/tcp/tcp_probe", F_OK, AT_EACCESS) != 0)
        return tp_error_set(error, TP_ERR_UNSUPPORTED,
                            "this kernel is too old for tcp_probe, which came with Linux 4.16%s",
                            release);
    if (faccessat(fs->root_fd, "instances", F_OK, AT_EACCESS) != 0)
        return tp_error_set(error, TP_ERR_UNSUPPORTED,
                            "%s has no folder instances: tracing would disturb other tracers",
                            fs->root);
    format = file_read_at(fs->root_fd, PROBE_FORMAT, NULL);
    why = errno;
    free(format);
    if (!format && (why == EACCES || why == EPERM || why == ENOMEM))
        return explain(why, places, given, error);
    return format ? 0 : tp_error_sys(error, why, "cannot read %s/%s", fs->root, PROBE_FORMAT);
}

int tracefs_open(struct tracefs *fs, const struct places *places, const char *given,
                 struct tp_error *error)
{
    int rc;

    *fs = (struct tracefs){.root_fd = -1};
    rc = given ? look(fs, given) : search(fs, places);
    if (rc != 0)
        return explain(rc, places, given, error);
    rc = check(fs, places, given, error);
    if (rc < 0)
        tracefs_close(fs);
    return rc;
}

char *tracefs_read(const struct tracefs *fs, const char *path, size_t *length,
                   struct tp_error *error)
{
    char *text = file_read_at(fs->root_fd, path, length);

    if (!text && errno == ENOMEM)
        tp_error_nomem(error);
    else if (!text)
        tp_error_sys(error, errno, "cannot read %s/%s", fs->root, path);
    return text;
}

void tracefs_close(struct tracefs *fs)
{
    if (fs->root)
        close(fs->root_fd);
    free(fs->root);
    for (size_t i = 0; i < fs->reaped_count; i++)
        free(fs->reaped[i]);
    free(fs->reaped);
    *fs = (struct tracefs){.root_fd = -1};
}
