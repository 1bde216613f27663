/* siphash.h: a keyed hash of 64 bits whose key cannot be found from its values. */
#ifndef TCPPROBE_RECORDER_SIPHASH_H
#define TCPPROBE_RECORDER_SIPHASH_H

#include <stdint.h>

/* SipHash-2-4 of the 8 bytes of value, least significant first. */
uint64_t siphash(const uint64_t key[2], uint64_t value);

#endif
