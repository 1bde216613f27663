/* deflate_isal.c: deflate through Intel's ISA-L, where the build found it. */
#ifdef TP_HAVE_ISAL
#include <stdlib.h>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include "base/clamp.h"
#include "recorder/deflate.h"

struct isal_deflater {
    struct isal_zstream stream;
    uint8_t level[ISAL_DEF_LVL1_SMALL]; /* what level 1 works with: blocks of about 10 KiB */
};

static void *isal_open(void)
{
    struct isal_deflater *isal = calloc(1, sizeof *isal);

    if (!isal)
        return NULL;
    isal_deflate_init(&isal->stream);
    isal->stream.level = 1;
    isal->stream.level_buf = isal->level;
    isal->stream.level_buf_size = sizeof isal->level;
    isal->stream.gzip_flag = IGZIP_DEFLATE;
    return isal;
}

static void isal_begin(void *state)
{
    struct isal_deflater *isal = state;

    isal_deflate_reset(&isal->stream);
}

static void isal_run(void *state, struct deflate_buffers *buffers, enum deflate_flush flush)
{
    struct isal_zstream *stream = &((struct isal_deflater *)state)->stream;
    uint32_t in_given = clamp_u32(buffers->in_left), out_given = clamp_u32(buffers->out_left);

    stream->next_in = (uint8_t *)(uintptr_t)buffers->in;
    stream->avail_in = in_given;
    stream->next_out = buffers->out;
    stream->avail_out = out_given;
    stream->end_of_stream = flush == DEFLATE_FINISH;
    stream->flush = flush == DEFLATE_SYNC ? SYNC_FLUSH : NO_FLUSH;
    isal_deflate(stream); /* cannot fail: the buffers are there and the state is sane */
    buffers->in += in_given - stream->avail_in;
    buffers->in_left -= in_given - stream->avail_in;
    buffers->out += out_given - stream->avail_out;
    buffers->out_left -= out_given - stream->avail_out;
}

static uint32_t isal_crc(uint32_t crc, const void *bytes, size_t length)
{
    return crc32_gzip_refl(crc, bytes, length);
}

const struct deflate_engine deflate_isal = {"isa-l",  isal_open, isal_begin,
                                            isal_run, isal_crc,  free};
#else
typedef int deflate_isal_not_built; /* a translation unit must not be empty */
#endif
