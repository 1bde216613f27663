/* packet_ends.c: see packet_ends.h. */
#include "cli/packet_ends.h"

const struct packet_ends *packet_ends_of(struct packet_ends *kept, size_t count,
                                         const struct tp_flow *flow)
{
    struct packet_ends *ends = &kept[flow->id % count];
    const struct tp_flow_key *key = &flow->key;

    if (ends->known && tp_flow_key_equal(&ends->key, key))
        return ends;
    ends->known = true;
    ends->key = *key;
    for (unsigned end = 0; end < 2; end++) {
        tp_endpoint_text(key, end, ends->endpoint[end], sizeof ends->endpoint[end]);
        tp_address_text(key->addr[end], ends->addr[end], sizeof ends->addr[end]);
    }
    return ends;
}
