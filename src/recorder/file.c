/* file.c: reads and writes small files of the kernel. Their size is not known before the end, and
 * what is written has to go in one write, since each write is one command. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recorder/file.h"

/* Fills *text (grown as needed); returns false and errno on failure. */
static bool read_all(int fd, char **text, size_t *length)
{
    size_t room = 4096;
    ssize_t got;
    char *grown;

    do {
        if (!*text || *length + 1 >= room) {
            room *= *text ? 2 : 1;
            grown = realloc(*text, room);
            if (!grown)
                return false;
            *text = grown;
        }
        got = read(fd, *text + *length, room - 1 - *length);
        *length += got > 0 ? (size_t)got : 0;
    } while (got > 0 || (got < 0 && errno == EINTR));
    (*text)[*length] = '\0';
    return got == 0;
}

char *file_read_at(int folder, const char *path, size_t *length)
{
    int fd = openat(folder, path, O_RDONLY | O_CLOEXEC), saved;
    size_t got = 0;
    char *text = NULL;

    if (fd < 0)
        return NULL;
    if (!read_all(fd, &text, &got)) {
        saved = errno;
        free(text);
        text = NULL;
    } else {
        saved = 0;
    }
    close(fd);
    errno = saved;
    if (length)
        *length = got;
    return text;
}

bool file_write_at(int folder, const char *path, const char *text)
{
    int fd = openat(folder, path, O_WRONLY | O_TRUNC | O_CLOEXEC), saved;
    size_t length = strlen(text);
    ssize_t put;

    if (fd < 0)
        return false;
    do
        put = write(fd, text, length);
    while (put < 0 && errno == EINTR);
    saved = put < 0 ? errno : EIO;
    close(fd);
    errno = saved;
    return put >= 0 && (size_t)put == length;
}
