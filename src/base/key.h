/* key.h: flow keys from addresses that are at hand as numbers: for who makes them by the million.
 * Bytes that were stored one by one and are loaded eight at a time keep a processor waiting. */
#ifndef TCPPROBE_BASE_KEY_H
#define TCPPROBE_BASE_KEY_H

#include <tcpprobe/record.h>

struct key_end {
    uint64_t high, low; /* the halves of the address as numbers */
    uint16_t port;
};

/* As tp_flow_key_set() with tp_flow_key_hash(), which goes to *hash. */
unsigned key_set(struct tp_flow_key *key, const struct key_end *own, const struct key_end *peer,
                 uint32_t timeline, uint32_t *hash);

/* The same of IPv4, each end as one number: the address, and in its lowest 16 bits the port. */
unsigned key_set_v4(struct tp_flow_key *key, uint64_t own, uint64_t peer, uint32_t timeline,
                    uint32_t *hash);

#endif
