/* sampling.h: sockets that are sampled while events are recorded: their lines go into the log in
 * the order of time. */
#ifndef TCPPROBE_RECORDER_SAMPLING_H
#define TCPPROBE_RECORDER_SAMPLING_H

#include <tcpprobe/recorder.h>

#include "recorder/held.h"
#include "recorder/pump.h"

struct sampling;

/* On success the caller ends with sampling_free(). options must outlive it. */
int sampling_open(struct sampling **sampling, const struct tp_recorder_sockets *options,
                  struct tp_error *error);
void sampling_free(struct sampling *sampling); /* NULL is fine */
const struct tp_sampler_summary *sampling_summary(const struct sampling *sampling);
uint64_t sampling_missed(const struct sampling *sampling); /* rounds */

/* Before each drain: a round if it is due, else ends. part: of the log. */
int sampling_look(struct sampling *sampling, int64_t now_ns, unsigned part, struct tp_error *error);
/* The last round, whenever it is. */
int sampling_last(struct sampling *sampling, unsigned part, struct tp_error *error);

/* Gives to sink the lines that belong before that of the kernel; after a drain that began then,
 * those that no event can stand before any more; at the end, all. */
int sampling_before(struct sampling *sampling, const struct pump_line *line, held_sink *sink,
                    void *context, struct tp_error *error);
int sampling_drained(struct sampling *sampling, int64_t began_ns, held_sink *sink, void *context,
                     struct tp_error *error);
int sampling_rest(struct sampling *sampling, held_sink *sink, void *context,
                  struct tp_error *error);

#endif
