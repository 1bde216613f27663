/* inflate.h: gzip members to bytes, by ISA-L where the build has it, else by zlib.
 *
 * Both give the same bytes; ISA-L is about four times as fast on trace logs.
 */
#ifndef TCPPROBE_INPUT_INFLATE_H
#define TCPPROBE_INPUT_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum inflate_result {
    INFLATE_MORE,    /* used up its input or filled its output */
    INFLATE_END,     /* a member ended and its checksum is right */
    INFLATE_DAMAGED, /* not gzip data, or the checksum is wrong */
    INFLATE_NOMEM
};

struct inflate_engine {
    const char *name;
    void *(*open)(void);                /* NULL: out of memory */
    enum inflate_result (*run)(void *state, const uint8_t **in, size_t *in_left, uint8_t **out,
                               size_t *out_left); /* moves the pointers past what it used */
    void (*next_member)(void *state);   /* after INFLATE_END */
    void (*close)(void *state);
};

extern const struct inflate_engine inflate_zlib;
#ifdef TP_HAVE_ISAL
extern const struct inflate_engine inflate_isal;
#endif

#endif
