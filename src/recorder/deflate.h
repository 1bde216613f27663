/* deflate.h: raw deflate (RFC 1951) at its fastest, by ISA-L where the build has it, else by zlib.
 *
 * What they write differs and says the same; ISA-L takes less than a quarter of the time and
 * packs trace logs a little tighter.
 */
#ifndef TCPPROBE_RECORDER_DEFLATE_H
#define TCPPROBE_RECORDER_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum deflate_flush {
    DEFLATE_GO_ON,
    DEFLATE_SYNC,  /* all that was taken is put out, up to a whole byte (Z_SYNC_FLUSH) */
    DEFLATE_FINISH /* and the stream is ended */
};

/* What is taken and what has room; run() moves the pointers past what it used. */
struct deflate_buffers {
    const uint8_t *in;
    size_t in_left;
    uint8_t *out;
    size_t out_left;
};

struct deflate_engine {
    const char *name;
    void *(*open)(void);        /* a stream that was begun; NULL: out of memory */
    void (*begin)(void *state); /* another stream */
    /* Until out is full (call again) or nothing is left to do. */
    void (*run)(void *state, struct deflate_buffers *buffers, enum deflate_flush flush);
    uint32_t (*crc)(uint32_t crc, const void *bytes, size_t length); /* of gzip; 0 at first */
    void (*close)(void *state);
};

extern const struct deflate_engine deflate_zlib;
#ifdef TP_HAVE_ISAL
extern const struct deflate_engine deflate_isal;
#endif

#endif
