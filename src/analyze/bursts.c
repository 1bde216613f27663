/* bursts.c: payload that is sent in one go.
 *
 * A burst ends with a pause of a quarter of the RTT, or with an ACK that says something of this
 * end's data: what follows an ACK is released by it.
 */
#include "analyze/packets.h"

static uint64_t end_burst(struct tp_packets *packets)
{
    uint64_t bytes = packets->burst_bytes;

    packets->burst_bytes = 0;
    return bytes;
}

void tp_bursts_note(struct tp_sight *sight)
{
    const struct tp_meaning *meaning = sight->meaning;
    struct tp_packets *own = sight->packets[meaning->end];
    struct tp_packets *peer = sight->packets[1 - meaning->end];
    int64_t pause_ns = meaning->flight[meaning->end].srtt_ns / 4;

    if (peer && peer->burst_bytes &&
        (meaning->acked_bytes || meaning->sacked_bytes || meaning->dup_acks))
        sight->burst_bytes[1 - meaning->end] = end_burst(peer);
    if (!own || !meaning->is_data)
        return;
    if (own->burst_bytes && pause_ns > 0 && sight->now_ns - own->burst_ns > pause_ns)
        sight->burst_bytes[meaning->end] = end_burst(own);
    own->burst_bytes += (uint64_t)meaning->new_bytes + meaning->again_bytes;
    own->burst_ns = sight->now_ns;
}
