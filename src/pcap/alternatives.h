/* alternatives.h: an expression of libpcap's as several shorter ones, one of which must match.
 *
 * The time that libpcap takes for an expression grows with the square of its length, with the
 * optimiser with its cube: 400 ports joined by `or` take it 17 s, 6 000 of them minutes and all
 * memory. In pieces of a few words they take as long as there are pieces.
 *
 * An expression comes apart only where that cannot change what it means (pcap-filter(7)): at `or`
 * outside of all parentheses, if no `and` stands there (both bind equally, to the left), if each
 * piece begins with a word that stands for itself (`port 80 or 81` says `port` once for both), and
 * if nothing in it moves the rest behind another header, as `vlan` does.
 */
#ifndef TCPPROBE_PCAP_ALTERNATIVES_H
#define TCPPROBE_PCAP_ALTERNATIVES_H

#include <stdbool.h>
#include <stddef.h>

struct alternatives {
    char **list;
    size_t count;      /* at least 1 */
    size_t most_words; /* of the longest one: names, numbers and connectives */
};

/* Neighbours stay together up to so many words. False if out of memory. On success the caller
 * releases the result. */
bool alternatives_of(const char *expression, size_t words, struct alternatives *result);

void alternatives_release(struct alternatives *alternatives); /* zeroed is fine */

#endif
