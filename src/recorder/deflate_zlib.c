/* deflate_zlib.c: deflate through zlib, at level 1. */
#include <stdlib.h>

#include <zlib.h>

#include "base/clamp.h"
#include "recorder/deflate.h"

#define RAW_WINDOW   (-15) /* 32 KiB, without zlib's own header */
#define MEMORY_LEVEL 8

static void *zlib_open(void)
{
    z_stream *stream = calloc(1, sizeof *stream);

    if (stream && deflateInit2(stream, Z_BEST_SPEED, Z_DEFLATED, RAW_WINDOW, MEMORY_LEVEL,
                               Z_DEFAULT_STRATEGY) != Z_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

static void zlib_begin(void *state)
{
    deflateReset(state);
}

static void zlib_run(void *state, struct deflate_buffers *buffers, enum deflate_flush flush)
{
    static const int flushes[] = {
        [DEFLATE_GO_ON] = Z_NO_FLUSH, [DEFLATE_SYNC] = Z_SYNC_FLUSH, [DEFLATE_FINISH] = Z_FINISH};
    z_stream *stream = state;
    uInt in_given = clamp_u32(buffers->in_left), out_given = clamp_u32(buffers->out_left);

    stream->next_in = (Bytef *)(uintptr_t)buffers->in;
    stream->avail_in = in_given;
    stream->next_out = buffers->out;
    stream->avail_out = out_given;
    deflate(stream, flushes[flush]); /* cannot fail: the buffers are there and the state is sane */
    buffers->in += in_given - stream->avail_in;
    buffers->in_left -= in_given - stream->avail_in;
    buffers->out += out_given - stream->avail_out;
    buffers->out_left -= out_given - stream->avail_out;
}

static uint32_t zlib_crc(uint32_t crc, const void *bytes, size_t length)
{
    return (uint32_t)crc32_z(crc, bytes, length);
}

static void zlib_close(void *state)
{
    deflateEnd(state);
    free(state);
}

const struct deflate_engine deflate_zlib = {"zlib",   zlib_open, zlib_begin,
                                            zlib_run, zlib_crc,  zlib_close};
