/* sieve.h: which of the lines that the kernel let pass go into the log.
 *
 * Where an event's kernel filter is the whole filter, its lines pass without a look at them; the
 * others are read, and asked. A line that cannot be asked does not pass.
 */
#ifndef TCPPROBE_RECORDER_SIEVE_H
#define TCPPROBE_RECORDER_SIEVE_H

#include <tcpprobe/input.h>

#include "recorder/event_set.h"
#include "recorder/flow_count.h"
#include "recorder/pump.h"

struct sieve {
    const struct event_set *events;
    const struct tp_filter *filter; /* NULL: everything passes */
    struct tp_line_parser *parser;  /* NULL: no line needs to be read */
    bool all_exact;
    bool count_flows;
    struct flow_count flows; /* of the lines that passed */
};

/* On success the caller releases it; events and filter must outlive it. */
int sieve_init(struct sieve *sieve, const struct event_set *events, const struct tp_filter *filter,
               bool count_flows, struct tp_error *error);

bool sieve_passes(struct sieve *sieve, const struct pump_line *line);

void sieve_release(struct sieve *sieve); /* a zeroed one is fine */

#endif
