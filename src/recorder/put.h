/* put.h: numbers and addresses as the kernel's vsnprintf() writes them (lib/vsprintf.c).
 *
 * Each writes at `at`, without a NUL, and returns the end. PUT_MAX bytes suffice for any of them.
 */
#ifndef TCPPROBE_RECORDER_PUT_H
#define TCPPROBE_RECORDER_PUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PUT_MAX 64

static inline char *put_bytes(char *at, const char *bytes, size_t length)
{
    memcpy(at, bytes, length);
    return at + length;
}

char *put_unsigned(char *at, uint64_t value);                   /* %u */
char *put_signed(char *at, int64_t value);                      /* %d */
char *put_padded(char *at, uint64_t value, unsigned width);     /* %0WIDTHu, width <= 20 */
char *put_hex(char *at, uint64_t value);                        /* %x */
char *put_hex_padded(char *at, uint64_t value, unsigned width); /* %0WIDTHx, width <= 16 */
char *put_ipv4(char *at, const unsigned char address[4]);       /* %pI4 */
char *put_ipv6(char *at, const unsigned char address[16]);      /* %pI6c */

/* %pISpc: "10.0.0.1:80", "[fd00::1]:80"; a struct sockaddr_in6, whose family may be AF_INET. */
char *put_sockaddr(char *at, const unsigned char sockaddr[28]);

#endif
