/* merge.h: a capture's stretches (stretches.h) as one sequence in the order of time.
 *
 * Each stretch has a reader of its own, which reads the file from its beginning and of which only
 * the packets of that stretch are used: so all formats, gzipped or not, can be merged, and the
 * interfaces and fragments of each are what they are. The first reader is the input's own: it reads
 * everything, and its account is the input's. Memory is that of as many inputs.
 */
#ifndef TCPPROBE_INPUT_MERGE_H
#define TCPPROBE_INPUT_MERGE_H

#include "input/reader.h"
#include "input/stretches.h"

struct merge;

/* first: the reader of input, started; it stays the caller's and must live longer. On failure
 * *merge is NULL. */
int merge_open(struct merge **merge, struct reader *first, const struct tp_input_info *input,
               const struct stretches *stretches, const struct tp_stream_options *options,
               const struct parser_options *parser_options, struct tp_error *error);

/* As reader_next(). */
int merge_next(struct merge *merge, const struct batch **batch, struct tp_error *error);

void merge_close(struct merge *merge); /* NULL is fine */

#endif
