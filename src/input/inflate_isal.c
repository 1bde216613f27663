/* inflate_isal.c: gzip through Intel's ISA-L, where the build found it.
 *
 * ISA-L inflates up to 32 KiB ahead into a buffer of its own. Where it then meets damage it returns
 * an error at once, with good bytes still in there: they are handed out before the error is.
 *
 * The head of a member is read by isal_read_gzip_header(): isal_inflate() forgets what the first
 * part of a head said (its flags lie on the stack) where a pipe hands it out in several.
 */
#ifdef TP_HAVE_ISAL
#include <stdlib.h>
#include <string.h>

#include <isa-l/igzip_lib.h>

#include "base/clamp.h"
#include "input/inflate.h"

struct isal {
    struct inflate_state state;
    struct isal_gzip_header head; /* of the member */
    bool past_head;
    bool damaged;
};

static void begin_member(struct isal *isal)
{
    isal->state.crc_flag = ISAL_GZIP_NO_HDR_VER; /* the sum behind the data is checked */
    isal_gzip_header_init(&isal->head);
    isal->past_head = false;
}

static void *isal_open(void)
{
    /* Zeroed, because damaged code tables make it look up entries that it never filled in. */
    struct isal *isal = calloc(1, sizeof *isal);

    if (isal) {
        isal_inflate_init(&isal->state);
        begin_member(isal);
    }
    return isal;
}

/* What was inflated before the damage and not yet handed out; INFLATE_DAMAGED once that is done. */
static enum inflate_result hand_out_rest(struct inflate_state *state, uint8_t **out,
                                         size_t *out_left)
{
    size_t rest = (size_t)(state->tmp_out_valid - state->tmp_out_processed);

    if (rest == 0)
        return INFLATE_DAMAGED;
    if (rest > *out_left)
        rest = *out_left;
    memcpy(*out, state->tmp_out_buffer + state->tmp_out_processed, rest);
    state->tmp_out_processed += (int32_t)rest;
    *out += rest;
    *out_left -= rest;
    return INFLATE_MORE;
}

/* ISA-L leaves the upper halves of vector registers in use, which makes all that others do with the
 * lower halves afterwards, such as comparing lines, twice as slow. */
#if defined __x86_64__
static __attribute__((target("avx"))) void clear_upper_halves(void)
{
    __builtin_ia32_vzeroupper();
}
#endif

static void leave_vectors(void)
{
#if defined __x86_64__
    if (__builtin_cpu_supports("avx"))
        clear_upper_halves();
#endif
}

/* The head, as far as it came, and what is behind it. */
static int inflate_some(struct isal *isal)
{
    int rc;

    if (!isal->past_head) {
        rc = isal_read_gzip_header(&isal->state, &isal->head);
        if (rc != ISAL_DECOMP_OK)
            return rc;
        isal->past_head = true;
    }
    rc = isal_inflate(&isal->state);
    leave_vectors();
    return rc;
}

static enum inflate_result isal_run(void *opaque, const uint8_t **in, size_t *in_left,
                                    uint8_t **out, size_t *out_left)
{
    struct isal *isal = opaque;
    struct inflate_state *state = &isal->state;
    uint32_t in_given = clamp_u32(*in_left), out_given = clamp_u32(*out_left);
    int rc;

    if (isal->damaged)
        return hand_out_rest(state, out, out_left);
    state->next_in = (uint8_t *)(uintptr_t)*in;
    state->avail_in = in_given;
    state->next_out = *out;
    state->avail_out = out_given;
    rc = inflate_some(isal);
    *in += in_given - state->avail_in;
    *in_left -= in_given - state->avail_in;
    *out += out_given - state->avail_out;
    *out_left -= out_given - state->avail_out;
    isal->damaged = rc != ISAL_DECOMP_OK && rc != ISAL_END_INPUT;
    if (isal->damaged)
        return *out_left ? hand_out_rest(state, out, out_left) : INFLATE_MORE;
    return state->block_state == ISAL_BLOCK_FINISH ? INFLATE_END : INFLATE_MORE;
}

static void isal_next_member(void *opaque)
{
    struct isal *isal = opaque;

    isal_inflate_reset(&isal->state);
    begin_member(isal);
}

static void isal_close(void *opaque)
{
    free(opaque);
}

const struct inflate_engine inflate_isal = {"isa-l", isal_open, isal_run, isal_next_member,
                                            isal_close};
#else
typedef int inflate_isal_not_built; /* a translation unit must not be empty */
#endif
