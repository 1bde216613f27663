/* whole_file.h: a file that appears whole or not at all.
 *
 * The bytes are written beside their place and renamed. Of a symbolic link it is the target that is
 * replaced; devices and pipes are written to as they are; "-" is standard output. An interrupt
 * leaves no file behind.
 */
#ifndef TCPPROBE_BASE_WHOLE_FILE_H
#define TCPPROBE_BASE_WHOLE_FILE_H

#include <stddef.h>

/* Returns 0 or the errno that says why not. */
int whole_file_write(const char *path, const char *bytes, size_t length);

/* Writes all of them to an open file. Returns 0 or the errno that says why not. */
int whole_file_append(int fd, const char *bytes, size_t length);

#endif
