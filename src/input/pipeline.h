/* pipeline.h: a source as parsed blocks, in order, by one or more threads.
 *
 * Every thread does the same: take the reading turn, read (inflate) block n, pass the turn on,
 * parse block n. The caller uses the blocks in order; where the next one is not ready yet it lends
 * a hand instead of waiting, so `threads` helpers keep threads + 1 processors busy, and with no
 * helper at all the same code runs in the caller alone.
 *
 * There are two more blocks than threads; who finds no free one waits. Block boundaries depend on
 * the bytes only, and with them all results.
 */
#ifndef TCPPROBE_INPUT_PIPELINE_H
#define TCPPROBE_INPUT_PIPELINE_H

#include "input/block.h"
#include "input/format.h"

struct parsed_block {
    struct block block;
    struct batch batch;
    ssize_t length; /* 0: the end, or nothing yet if block.paused; negative: error */
    struct tp_error error;
    bool ready; /* parsed, waiting to be used */
};

struct pipeline;

/* The first block was read when the input was looked at: its bytes are taken over on success.
 * source and cutter stay the caller's and must live longer. threads: helpers beside the caller.
 * NULL if out of memory. */
struct pipeline *pipeline_new(struct source *source, struct block_cutter *cutter,
                              struct block *first, unsigned threads,
                              const struct parser_options *options);

/* The next block, valid until the next call. After the end or an error there is none. */
const struct parsed_block *pipeline_next(struct pipeline *pipeline);

void pipeline_free(struct pipeline *pipeline); /* NULL is fine */

#endif
