/* inflate_zlib.c: gzip through zlib. */
#include <stdlib.h>

#include <zlib.h>

#include "base/clamp.h"
#include "input/inflate.h"

#define GZIP_ONLY (MAX_WBITS + 16)

static void *zlib_open(void)
{
    z_stream *stream = calloc(1, sizeof *stream);

    if (stream && inflateInit2(stream, GZIP_ONLY) != Z_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

static enum inflate_result zlib_run(void *state, const uint8_t **in, size_t *in_left, uint8_t **out,
                                    size_t *out_left)
{
    z_stream *stream = state;
    uInt in_given = clamp_u32(*in_left), out_given = clamp_u32(*out_left);
    int rc;

    stream->next_in = (Bytef *)(uintptr_t)*in;
    stream->avail_in = in_given;
    stream->next_out = *out;
    stream->avail_out = out_given;
    rc = inflate(stream, Z_NO_FLUSH);
    *in += in_given - stream->avail_in;
    *in_left -= in_given - stream->avail_in;
    *out += out_given - stream->avail_out;
    *out_left -= out_given - stream->avail_out;
    switch (rc) {
    case Z_STREAM_END:
        return INFLATE_END;
    case Z_OK:
    case Z_BUF_ERROR: /* no progress was possible: not an error */
        return INFLATE_MORE;
    case Z_MEM_ERROR:
        return INFLATE_NOMEM;
    default:
        return INFLATE_DAMAGED;
    }
}

static void zlib_next_member(void *state)
{
    inflateReset(state);
}

static void zlib_close(void *state)
{
    if (state)
        inflateEnd(state);
    free(state);
}

const struct inflate_engine inflate_zlib = {"zlib", zlib_open, zlib_run, zlib_next_member,
                                            zlib_close};
