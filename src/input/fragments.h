/* fragments.h: IP packets that were captured in fragments become whole again.
 *
 * Parsers leave fragments aside (batch->parts), since they see only a block at a time. Here they
 * come in the order of the file, whoever parsed them, and so do the records between them. A segment
 * stands where the fragment with its header stood, with that one's time and number: what follows it
 * is held back until its other fragments were seen.
 *
 * Bounded: others are waited for until FRAGMENTS_REACH further packets came, and DATAGRAM_TIME_NS
 * by their times; FRAGMENTS_MAX packets are put together at a time. What is not complete by then
 * is what its first fragment says (TP_ODD_FRAGMENT), and the others are "later fragment". Fragments
 * that overlap are never joined (RFC 5722): they belong to copies of the packet, which stand one
 * behind the other where a capture sees each packet twice. All that depends on packets and their
 * numbers only, never on where blocks end.
 */
#ifndef TCPPROBE_INPUT_FRAGMENTS_H
#define TCPPROBE_INPUT_FRAGMENTS_H

#include "input/batch.h"
#include "input/format.h"

#define FRAGMENTS_REACH 256
#define FRAGMENTS_MAX   64

struct fragments; /* of one input; one thread uses it at a time */

struct fragments *fragments_new(const struct parser_options *options); /* NULL if out of memory */
void fragments_free(struct fragments *fragments);                      /* NULL is fine */

#define FRAGMENTS_NO_MORE UINT64_MAX

/* The records of the batch that can be told now, with what was held back before them. `last` is the
 * number of the batch's last packet; FRAGMENTS_NO_MORE at the end, and where the writer paused:
 * nothing is waited for then. *joined is the batch itself where there is nothing to do; otherwise
 * it lives until the next call, and what became known of fragments is counted in it and no more in
 * the batch. Its lines are 0 and malformed_line is the number in the file. Returns 0 or
 * TP_ERR_NOMEM. */
int fragments_join(struct fragments *fragments, const struct batch *batch, uint64_t last,
                   const struct batch **joined);

#endif
