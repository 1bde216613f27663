/* gzip.c: raw deflate (RFC 1951) at level 1, between a header and an end of our own (RFC 1952), so
 * that a member can be ended at an earlier point than zlib has come to. */
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "recorder/gzip.h"

#define OUT_BYTES    (64 * 1024)
#define RAW_WINDOW   (-15) /* 32 KiB, without zlib's own header */
#define MEMORY_LEVEL 8

struct gzip {
    z_stream stream;
    struct gzip_point here;
    gzip_put_fn *put;
    void *context;
    unsigned char out[OUT_BYTES];
};

struct gzip *gzip_new(gzip_put_fn *put, void *context)
{
    struct gzip *gzip = malloc(sizeof *gzip);

    if (!gzip)
        return NULL;
    memset(&gzip->stream, 0, sizeof gzip->stream);
    gzip->put = put;
    gzip->context = context;
    if (deflateInit2(&gzip->stream, Z_BEST_SPEED, Z_DEFLATED, RAW_WINDOW, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) == Z_OK)
        return gzip;
    free(gzip);
    return NULL;
}

int gzip_begin(struct gzip *gzip)
{
    /* deflate, no name, no time (the same text gives the same bytes), fastest, Unix */
    static const unsigned char header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3};

    deflateReset(&gzip->stream);
    gzip->here = (struct gzip_point){(uint32_t)crc32(0, NULL, 0), 0};
    return gzip->put(gzip->context, header, sizeof header);
}

static int deflate_all(struct gzip *gzip, int flush)
{
    z_stream *stream = &gzip->stream;
    int rc;

    do {
        stream->next_out = gzip->out;
        stream->avail_out = OUT_BYTES;
        deflate(stream, flush); /* cannot fail: the buffers are there and the state is sane */
        rc = gzip->put(gzip->context, gzip->out, OUT_BYTES - stream->avail_out);
        if (rc < 0)
            return rc;
    } while (stream->avail_out == 0);
    return 0;
}

int gzip_add(struct gzip *gzip, const void *text, size_t length, bool sync)
{
    gzip->here.crc = (uint32_t)crc32_z(gzip->here.crc, text, length);
    gzip->here.length += (uint32_t)length;
    gzip->stream.next_in = (unsigned char *)text;
    gzip->stream.avail_in = (unsigned)length;
    return deflate_all(gzip, sync ? Z_SYNC_FLUSH : Z_NO_FLUSH);
}

static int put_end(struct gzip *gzip, struct gzip_point point)
{
    unsigned char end[8];

    for (unsigned i = 0; i < 4; i++) {
        end[i] = (unsigned char)(point.crc >> 8 * i);
        end[4 + i] = (unsigned char)(point.length >> 8 * i);
    }
    return gzip->put(gzip->context, end, sizeof end);
}

int gzip_end(struct gzip *gzip)
{
    int rc;

    gzip->stream.avail_in = 0;
    rc = deflate_all(gzip, Z_FINISH);
    return rc < 0 ? rc : put_end(gzip, gzip->here);
}

struct gzip_point gzip_here(const struct gzip *gzip)
{
    return gzip->here;
}

int gzip_end_at(struct gzip *gzip, struct gzip_point point)
{
    static const unsigned char last_block[2] = {3, 0}; /* of fixed codes, empty */
    int rc = gzip->put(gzip->context, last_block, sizeof last_block);

    return rc < 0 ? rc : put_end(gzip, point);
}

void gzip_free(struct gzip *gzip)
{
    if (gzip)
        deflateEnd(&gzip->stream);
    free(gzip);
}
