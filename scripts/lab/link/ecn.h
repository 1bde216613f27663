/* ecn.h: explicit congestion notification (RFC 3168). */
#ifndef LAB_ECN_H
#define LAB_ECN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Marks an IPv4 or IPv6 packet "congestion experienced" if its sender allows that (ECT); false if
 * it does not, or if the packet is marked already. */
bool ecn_mark(uint8_t *ip, size_t bytes);

#endif
