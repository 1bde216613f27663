/* address.h: the addresses of an event become a flow key.
 *
 * Kernels print them in two forms,
 *
 *     src=10.9.0.1:60014 dest=[fd00::2]:443
 *     sport=60014 dport=443 saddr=0.0.0.0 daddr=0.0.0.0 saddrv6=fd00::1 daddrv6=fd00::2
 *
 * where src and the s... words are the socket's own end. Consecutive address words are one group.
 * Groups repeat from line to line, so each parser remembers the last ones by their text: parsing
 * an address again is the exception.
 */
#ifndef TCPPROBE_INPUT_ADDRESS_H
#define TCPPROBE_INPUT_ADDRESS_H

#include <tcpprobe/record.h>

#define ADDRESS_TEXT_MAX  192
#define ADDRESS_REMEMBERED 256 /* a power of two */
#define ADDRESS_RECENT    4

struct address_entry {
    char text[ADDRESS_TEXT_MAX];
    uint32_t length; /* 0: free */
    uint32_t words;
    uint32_t hash;
    struct tp_flow_key key;
    uint8_t local;
};

struct address_cache {
    uint32_t timeline;
    unsigned next_recent;
    uint16_t recent[ADDRESS_RECENT];
    struct address_entry entries[ADDRESS_REMEMBERED];
};

void address_cache_init(struct address_cache *cache, uint32_t timeline);

/* Is this one of the words of a group ("src", "dport", ...)? */
bool address_is_key(const char *key, size_t length);

/* Reads the group at `at` (the first letter of its first key) that consists of `words` words, and
 * fills key, hash, local and has_key of record. Returns the first character behind the group, or
 * NULL if there is no such group or an address makes no sense. */
const char *address_read(struct address_cache *cache, const char *at, const char *end,
                         unsigned words, struct tp_record *record);

/* One "10.0.0.1:80" or "[::1]:80" without a key before it, as in /proc/net/tcpprobe. */
bool address_parse_endpoint(const char *text, size_t length, uint8_t addr[16], uint16_t *port);

#endif
