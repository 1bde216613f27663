/* file.h: small files of the kernel, relative to an open folder. errno says what went wrong. */
#ifndef TCPPROBE_RECORDER_FILE_H
#define TCPPROBE_RECORDER_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* The whole text, NUL-terminated; free() it. NULL and errno if it cannot be read. length may be
 * NULL. */
char *file_read_at(int folder, const char *path, size_t *length);

/* Writes text in one write, as the shell's `echo -n >` does. False and errno if that fails; EIO if
 * not all of it was taken. */
bool file_write_at(int folder, const char *path, const char *text);

#endif
