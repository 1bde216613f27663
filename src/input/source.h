/* source.h: the bytes of an input, inflated if they are gzipped.
 *
 * gzip files may have several members. What cannot be inflated (a truncated tail, damage,
 * garbage behind the last member) ends the input early: everything before it is delivered and a
 * warning says so; a recorder that was killed leaves such files.
 */
#ifndef TCPPROBE_INPUT_SOURCE_H
#define TCPPROBE_INPUT_SOURCE_H

#include <tcpprobe/error.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct source;

/* "-" is standard input. *source is the caller's; NULL on failure. */
int source_open(struct source **source, const char *path, bool no_isal, struct tp_error *error);

/* From now on source_read() waits no longer than that for a writer that is slow. For pipes, sockets
 * and terminals; files are never slow. */
void source_set_live(struct source *source, int64_t patience_ms);
#define SOURCE_PATIENCE_MS      40
#define SOURCE_PATIENCE_EACH_MS 10 /* of several, which are asked in turn */

/* Fills buf; fewer than size bytes only at the end or, when live, of what came in time. Returns
 * their number, which may be 0, or negative on error. */
ssize_t source_read(struct source *source, char *buf, size_t size, struct tp_error *error);

/* Did the last source_read() stop because the writer is slow? More may come then. */
bool source_paused(const struct source *source);

bool source_is_gzipped(const struct source *source);
uint64_t source_size(const struct source *source);       /* of the file; 0 if unknown */
uint64_t source_position(const struct source *source);   /* bytes of the file used so far */
const char *source_warning(const struct source *source); /* "" if all is well */
void source_close(struct source *source);                /* NULL is fine */

#endif
