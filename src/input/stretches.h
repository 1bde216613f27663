/* stretches.h: whether a capture holds the directions of connections one after the other.
 *
 * Who captures each direction for itself and puts the files behind one another has a file whose
 * times begin anew, further back than records are sorted. It can be read as the stretches that it
 * consists of, each in the order of time, and these be merged (merge.h). To know where they begin
 * the file is read once more beforehand, as far as no connection shows both of its ends in the
 * order of time: of other captures a few packets. That time went back there because another stretch
 * begins, not because the clock was set back, the first packets of the other ends tell: they had
 * been answered in packets that stand before them (order.h), or stand behind more of these than are
 * sent without an answer.
 */
#ifndef TCPPROBE_INPUT_STRETCHES_H
#define TCPPROBE_INPUT_STRETCHES_H

#include <tcpprobe/input.h>

#define STRETCHES_MAX 16 /* a file of more is not merged */

struct stretches {
    unsigned count;                /* 1: there is nothing to merge */
    uint64_t first[STRETCHES_MAX]; /* packet of the file that each begins with */
    int64_t first_ns;              /* earliest time of these, unshifted; valid if count > 1 */
};

/* Looks through a capture that can be read again; of others there is one. What cannot be read is
 * not said here. 0 or TP_ERR_NOMEM. */
int stretches_find(struct stretches *found, const struct tp_input_info *input,
                   const struct tp_stream_options *options, struct tp_error *error);

#endif
