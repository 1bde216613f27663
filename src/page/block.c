/* block.c: data in a page: JSON, deflated (RFC 1952), in base64 (RFC 4648, 4): no byte of it can
 * end the element that holds it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/clamp.h"
#include "page/page.h"

#define LEVEL        6
#define GZIP_WINDOW  (15 + 16) /* with a header, whose time is 0 */
#define MEMORY_LEVEL 8
#define OUT_BYTES    12288 /* divisible by 3 */

struct tp_page_block {
    struct tp_out *page, *data;
    z_stream stream;
    unsigned char deflated[OUT_BYTES];
};

static void put_base64(struct tp_out *out, const unsigned char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[4];
    uint32_t group;

    for (; length > 0; bytes += 3, length -= length < 3 ? length : 3) {
        group = (uint32_t)bytes[0] << 16 | (length > 1 ? (uint32_t)bytes[1] << 8 : 0) |
                (length > 2 ? bytes[2] : 0);
        for (unsigned i = 0; i < 4; i++)
            text[i] = i <= length ? digits[group >> (18 - 6 * i) & 63] : '=';
        tp_out_bytes(out, text, sizeof text);
    }
}

/* Deflates what is in the stream; full buffers only, until the end. */
static void run(struct tp_page_block *block, int flush)
{
    z_stream *stream = &block->stream;
    int rc;

    do {
        rc = deflate(stream, flush);
        if (stream->avail_out == 0 || rc == Z_STREAM_END) {
            put_base64(block->page, block->deflated, OUT_BYTES - stream->avail_out);
            stream->next_out = block->deflated;
            stream->avail_out = OUT_BYTES;
        }
    } while (flush == Z_FINISH ? rc != Z_STREAM_END : stream->avail_in > 0);
}

static int sink(void *context, const void *bytes, size_t length)
{
    struct tp_page_block *block = context;

    block->stream.next_in = (Bytef *)(uintptr_t)bytes;
    block->stream.avail_in = clamp_u32(length);
    run(block, Z_NO_FLUSH);
    return 0;
}

struct tp_page_block *tp_page_block_new(struct tp_out *page, struct tp_error *error)
{
    struct tp_page_block *block = calloc(1, sizeof *block);

    if (block && deflateInit2(&block->stream, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
                              Z_DEFAULT_STRATEGY) != Z_OK) {
        free(block);
        block = NULL;
    }
    if (!block) {
        tp_error_nomem(error);
        return NULL;
    }
    block->page = page;
    return block;
}

struct tp_out *tp_page_block_begin(struct tp_page_block *block, const char *id)
{
    struct tp_error error = TP_ERROR_INIT;

    deflateReset(&block->stream);
    block->stream.next_out = block->deflated;
    block->stream.avail_out = OUT_BYTES;
    tp_out_text(block->page, "<script type=\"application/gzip;base64\" id=\"");
    tp_out_text(block->page, id);
    tp_out_text(block->page, "\">");
    block->data = tp_out_into(sink, block, "the page's data", &error);
    return block->data;
}

int tp_page_block_end(struct tp_page_block *block, struct tp_error *error)
{
    int rc = tp_out_finish(block->data, error);

    block->stream.avail_in = 0;
    run(block, Z_FINISH);
    tp_out_text(block->page, "</script>\n");
    tp_out_free(block->data);
    block->data = NULL;
    return rc;
}

void tp_page_block_free(struct tp_page_block *block)
{
    if (!block)
        return;
    tp_out_free(block->data);
    deflateEnd(&block->stream);
    free(block);
}
