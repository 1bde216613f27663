/* png.c: a PNG writer for drawings (ISO/IEC 15948): 8-bit RGB, rows unfiltered, one IDAT chunk.
 *
 * cairo's own writer tries every filter on every row and packs at level 6, which takes most of the
 * time of a plot; flat areas and thin lines pack as well without filters, at level 3, three times
 * as fast.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "plot/png.h"

#define LEVEL       3
#define MEM_LEVEL   9 /* zlib's largest window of codes */
#define WINDOW_BITS 15
#define FRAME_BYTES 57 /* signature, IHDR, and the frames of IDAT and IEND */

static char *put_u32(char *at, uint32_t value)
{
    const unsigned char bytes[4] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
                                    (unsigned char)(value >> 8), (unsigned char)value};

    memcpy(at, bytes, sizeof bytes);
    return at + sizeof bytes;
}

/* Closes the chunk whose length field is at `chunk` and whose data ends at `end`. */
static char *end_chunk(char *chunk, char *end)
{
    size_t length = (size_t)(end - chunk) - 8;

    put_u32(chunk, (uint32_t)length);
    return put_u32(end, (uint32_t)crc32(0, (const Bytef *)chunk + 4, (uInt)length + 4));
}

static char *begin_chunk(char *at, const char *type)
{
    memcpy(at + 4, type, 4);
    return at + 8;
}

static char *put_header(char *at, uint32_t width, uint32_t height)
{
    static const char depth_and_colour[] = {8, 2, 0, 0, 0}; /* 8 bits, RGB, no interlace */
    char *chunk = at, *data = begin_chunk(chunk, "IHDR");

    data = put_u32(put_u32(data, width), height);
    memcpy(data, depth_and_colour, sizeof depth_and_colour);
    return end_chunk(chunk, data + sizeof depth_and_colour);
}

/* Packs the rows, each behind its filter byte (0: none). */
static bool pack_rows(z_stream *stream, const uint8_t *pixels, uint32_t width, uint32_t height)
{
    static const Bytef no_filter = 0;
    size_t row_bytes = (size_t)width * 3;
    uint32_t row;

    for (row = 0; row < height; row++) {
        stream->next_in = (Bytef *)&no_filter;
        stream->avail_in = 1;
        if (deflate(stream, Z_NO_FLUSH) != Z_OK)
            return false;
        stream->next_in = (Bytef *)(pixels + row * row_bytes);
        stream->avail_in = (uInt)row_bytes;
        if (deflate(stream, row + 1 < height ? Z_NO_FLUSH : Z_FINISH) !=
            (row + 1 < height ? Z_OK : Z_STREAM_END))
            return false;
    }
    return true;
}

bool tp_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, char **bytes,
                   size_t *length)
{
    static const char signature[8] = "\x89PNG\r\n\x1a\n";
    z_stream stream = {0};
    char *at, *chunk;
    uLong bound;
    bool packed;

    if (deflateInit2(&stream, LEVEL, Z_DEFLATED, WINDOW_BITS, MEM_LEVEL, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return false;
    bound = deflateBound(&stream, (uLong)height * (1 + (uLong)width * 3));
    *bytes = malloc(FRAME_BYTES + bound);
    if (!*bytes) {
        deflateEnd(&stream);
        return false;
    }
    memcpy(*bytes, signature, sizeof signature);
    chunk = put_header(*bytes + sizeof signature, width, height);
    stream.next_out = (Bytef *)begin_chunk(chunk, "IDAT");
    stream.avail_out = (uInt)bound;
    packed = pack_rows(&stream, pixels, width, height);
    at = end_chunk(chunk, (char *)stream.next_out);
    deflateEnd(&stream);
    at = end_chunk(at, begin_chunk(at, "IEND"));
    *length = (size_t)(at - *bytes);
    if (!packed) {
        free(*bytes);
        *bytes = NULL;
    }
    return packed;
}
