/* claim.c: locks on logs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "recorder/claim.h"
#include "recorder/writer.h"

bool claim(int fd)
{
    return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

static bool is_taken(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool taken = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;

    if (fd >= 0)
        close(fd);
    return taken;
}

/* The part of the log whose file has that name; NULL: it is none of it. */
static char *part_named(const char *log, const char *name, unsigned *number)
{
    const char *dash, *slash;
    char *path;

    for (dash = strchr(name, '-'); dash; dash = strchr(dash + 1, '-')) {
        *number = (unsigned)strtoul(dash + 1, NULL, 10);
        path = writer_part_path(log, *number);
        slash = path ? strrchr(path, '/') : NULL;
        if (path && strcmp(slash ? slash + 1 : path, name) == 0)
            return path;
        free(path);
    }
    return NULL;
}

static DIR *open_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    DIR *opened = folder ? opendir(folder) : NULL;

    free(folder);
    return opened;
}

char *claim_taken_part(const char *path)
{
    DIR *folder = open_folder_of(path);
    const struct dirent *entry;
    char *part = NULL;
    unsigned number;

    while (!part && folder && (entry = readdir(folder))) {
        part = part_named(path, entry->d_name, &number);
        if (part && !is_taken(part)) {
            free(part);
            part = NULL;
        }
    }
    if (folder)
        closedir(folder);
    return part;
}

unsigned claim_last_part(const char *path)
{
    DIR *folder = open_folder_of(path);
    const struct dirent *entry;
    unsigned number, last = 0;
    char *part;

    while (folder && (entry = readdir(folder))) {
        part = part_named(path, entry->d_name, &number);
        if (part && number > last)
            last = number;
        free(part);
    }
    if (folder)
        closedir(folder);
    return last;
}
