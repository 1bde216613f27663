/* flow_count.h: how many different connections were met, by the hashes of their keys. */
#ifndef TCPPROBE_RECORDER_FLOW_COUNT_H
#define TCPPROBE_RECORDER_FLOW_COUNT_H

#include <stddef.h>
#include <stdint.h>

#define FLOW_COUNT_MAX (1 << 20) /* no more are told apart: 8 MiB */

struct flow_count {
    uint32_t *hashes; /* open addressing; 0 is a free place */
    size_t places;    /* a power of two, or 0 */
    size_t count;
};

/* Notes one; a zeroed flow_count is empty. Where memory is short the count stands still. */
void flow_count_add(struct flow_count *flows, uint32_t hash);
void flow_count_release(struct flow_count *flows);

#endif
