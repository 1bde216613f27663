/* recording.h: where within a log another recording begins.
 *
 * Logs are put behind one another in a file: the parts of one recording, or recordings of two
 * boots, whose clocks have nothing in common. A header that names another offset to wall-clock time
 * begins another one, and so does time that goes back further than disorder explains. The events of
 * one processor are in order in its buffer (kernel/trace/ring_buffer.c adds a delta, never less
 * than 0, to the last time), so of these 10 ms are enough, where the log runs forward at all: one
 * that was reversed or shuffled is not a recording for each line. Where no processor is named, or
 * behind a header that names no offset, it takes more than a second. Processors alone never go
 * back; the buffers of several that were put behind one another are one recording.
 */
#ifndef TCPPROBE_INPUT_RECORDING_H
#define TCPPROBE_INPUT_RECORDING_H

#include <tcpprobe/input.h>

#include "input/batch.h"

/* What the headers of a log said so far. Starts as zeroes. */
struct recording {
    bool has_offset, headed; /* of this recording; a header was met since the last record */
    bool next_has_offset;    /* of that header */
    int64_t offset_ns, next_offset_ns;
    bool has_last;
    int64_t last_ns;      /* of the event before, as the file has them */
    uint64_t forth, back; /* events of this recording that are later than the one before, earlier */
};

/* Takes down the headers that stand before the record of that number. */
void recording_note(struct recording *recording, const struct batch *batch, size_t at);

/* Does the event begin another recording? before: those that came before it, as they are sorted. */
bool recording_begins(struct recording *recording, const struct tp_record *event,
                      const struct tp_record *const *before, size_t before_count);

#endif
