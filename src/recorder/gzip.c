/* gzip.c: raw deflate (RFC 1951) between a header and an end of our own (RFC 1952), so that a
 * member can be ended at an earlier point than the engine has come to. */
#include <stdlib.h>
#include <string.h>

#include "recorder/deflate.h"
#include "recorder/gzip.h"

#define OUT_BYTES (64 * 1024)

struct gzip {
    const struct deflate_engine *engine;
    void *deflater;
    struct gzip_point here;
    bool synced;    /* and nothing came since */
    size_t waiting; /* bytes of out that are a header */
    gzip_put_fn *put;
    void *context;
    uint8_t out[OUT_BYTES];
};

static const struct deflate_engine *fastest(void)
{
#ifdef TP_HAVE_ISAL
    return &deflate_isal;
#else
    return &deflate_zlib;
#endif
}

struct gzip *gzip_new(const struct deflate_engine *engine, gzip_put_fn *put, void *context)
{
    struct gzip *gzip = malloc(sizeof *gzip);

    if (!gzip)
        return NULL;
    gzip->engine = engine ? engine : fastest();
    gzip->put = put;
    gzip->context = context;
    gzip->deflater = gzip->engine->open();
    if (gzip->deflater)
        return gzip;
    free(gzip);
    return NULL;
}

/* The header goes out with the first text: whoever is killed in between leaves no file that is
 * nothing but a header. */
int gzip_begin(struct gzip *gzip)
{
    /* deflate, no name, no time (the same text gives the same bytes), fastest, Unix */
    static const unsigned char header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3};

    gzip->engine->begin(gzip->deflater);
    gzip->here = (struct gzip_point){0, 0};
    gzip->synced = false;
    memcpy(gzip->out, header, sizeof header);
    gzip->waiting = sizeof header;
    return 0;
}

static int deflate_all(struct gzip *gzip, const void *text, size_t length, enum deflate_flush flush)
{
    struct deflate_buffers buffers = {.in = text, .in_left = length};
    int rc;

    do {
        buffers.out = gzip->out + gzip->waiting;
        buffers.out_left = OUT_BYTES - gzip->waiting;
        gzip->waiting = 0;
        gzip->engine->run(gzip->deflater, &buffers, flush);
        rc = gzip->put(gzip->context, gzip->out, OUT_BYTES - buffers.out_left);
        if (rc < 0)
            return rc;
    } while (buffers.out_left == 0);
    return 0;
}

int gzip_add(struct gzip *gzip, const void *text, size_t length, bool sync)
{
    if (length == 0 && (gzip->synced || !sync))
        return 0;
    gzip->synced = sync;
    gzip->here.crc = gzip->engine->crc(gzip->here.crc, text, length);
    gzip->here.length += (uint32_t)length;
    return deflate_all(gzip, text, length, sync ? DEFLATE_SYNC : DEFLATE_GO_ON);
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
    int rc = deflate_all(gzip, NULL, 0, DEFLATE_FINISH);

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
        gzip->engine->close(gzip->deflater);
    free(gzip);
}
