/* inflate_isal.c: gzip through Intel's ISA-L, where the build found it. */
#ifdef TP_HAVE_ISAL
#include <limits.h>
#include <stdlib.h>

#include <isa-l/igzip_lib.h>

#include "input/inflate.h"

static void start_member(struct inflate_state *state)
{
    isal_inflate_reset(state);
    state->crc_flag = ISAL_GZIP;
}

static void *isal_open(void)
{
    struct inflate_state *state = malloc(sizeof *state);

    if (state) {
        isal_inflate_init(state);
        state->crc_flag = ISAL_GZIP;
    }
    return state;
}

static uint32_t at_most(size_t size)
{
    return size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
}

static enum inflate_result isal_run(void *opaque, const uint8_t **in, size_t *in_left,
                                    uint8_t **out, size_t *out_left)
{
    struct inflate_state *state = opaque;
    uint32_t in_given = at_most(*in_left), out_given = at_most(*out_left);
    int result;

    state->next_in = (uint8_t *)(uintptr_t)*in;
    state->avail_in = in_given;
    state->next_out = *out;
    state->avail_out = out_given;
    result = isal_inflate(state);
    *in += in_given - state->avail_in;
    *in_left -= in_given - state->avail_in;
    *out += out_given - state->avail_out;
    *out_left -= out_given - state->avail_out;
    if (result != ISAL_DECOMP_OK && result != ISAL_END_INPUT)
        return INFLATE_DAMAGED;
    return state->block_state == ISAL_BLOCK_FINISH ? INFLATE_END : INFLATE_MORE;
}

static void isal_next_member(void *state)
{
    start_member(state);
}

static void isal_close(void *state)
{
    free(state);
}

const struct inflate_engine inflate_isal = {"isa-l", isal_open, isal_run, isal_next_member,
                                            isal_close};
#else
typedef int inflate_isal_not_built; /* a translation unit must not be empty */
#endif
