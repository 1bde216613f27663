/* gzip.h: text becomes a gzip member (RFC 1952) that can be read up to each point where it was
 * synced, and ended at the last of them even if what followed could not be written.
 */
#ifndef TCPPROBE_RECORDER_GZIP_H
#define TCPPROBE_RECORDER_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gzip;
struct deflate_engine; /* deflate.h */

/* Takes compressed bytes; a negative return is handed on to the caller of gzip_...(). */
typedef int gzip_put_fn(void *context, const void *bytes, size_t length);

/* A point of the text: what the end of a member says of all before it. */
struct gzip_point {
    uint32_t crc, length;
};

/* engine NULL: the fastest one. Returns NULL if out of memory. */
struct gzip *gzip_new(const struct deflate_engine *engine, gzip_put_fn *put, void *context);

/* Begins a member: any number of them, one after the other. Its header is put out with the first text,
 * or its end. */
int gzip_begin(struct gzip *gzip);
/* sync: everything so far is put out, at a whole byte, so that it can be read. */
int gzip_add(struct gzip *gzip, const void *text, size_t length, bool sync);
int gzip_end(struct gzip *gzip);

/* The text that was added so far. */
struct gzip_point gzip_here(const struct gzip *gzip);
/* Ends the member at a point at which it was synced; whatever was put out later must be cut off. */
int gzip_end_at(struct gzip *gzip, struct gzip_point point);

void gzip_free(struct gzip *gzip); /* NULL is fine */

#endif
