/* put.h: numbers and addresses as text, without printf(): for who writes them by the million.
 *
 * Each writes at `at`, without a NUL, and returns the end. PUT_MAX bytes suffice for any of them.
 * Integers and addresses are as the kernel's vsnprintf() writes them (lib/vsprintf.c), doubles as
 * glibc's, which rounds exactly; the locale plays no part.
 */
#ifndef TCPPROBE_BASE_PUT_H
#define TCPPROBE_BASE_PUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PUT_MAX 64

static inline char *put_bytes(char *at, const char *bytes, size_t length)
{
    memcpy(at, bytes, length);
    return at + length;
}

/* As long as the text is. */
static inline char *put_text(char *at, const char *text)
{
    return put_bytes(at, text, strlen(text));
}

/* What was written from `text` to `end`, in a buffer of that size as a text with a NUL, cut to what
 * fits; its length. */
size_t put_fitted(char *buf, size_t size, const char *text, const char *end);

char *put_unsigned(char *at, uint64_t value);                   /* %u */
char *put_negative(char *at, int64_t value);                    /* %d of what is below 0 */
char *put_padded(char *at, uint64_t value, unsigned width);     /* %0WIDTHu, width <= 20 */
char *put_hex(char *at, uint64_t value);                        /* %x */
char *put_hex_padded(char *at, uint64_t value, unsigned width); /* %0WIDTHx, width <= 16 */
char *put_seconds(char *at, int64_t ns);                        /* "-1.000000005": nine decimals */

/* %d. Of the numbers that are written most are small. */
static inline char *put_signed(char *at, int64_t value)
{
    if ((uint64_t)value < 10) {
        *at = (char)('0' + value);
        return at + 1;
    }
    return value < 0 ? put_negative(at, value) : put_unsigned(at, (uint64_t)value);
}

/* --- addresses -------------------------------------------------------------------------------- */

char *put_ipv4(char *at, const unsigned char address[4]);   /* %pI4, and as inet_ntop() does */
char *put_ipv6(char *at, const unsigned char address[16]);  /* %pI6c */
char *put_inet6(char *at, const unsigned char address[16]); /* as inet_ntop() does */

/* %pISpc: "10.0.0.1:80", "[fd00::1]:80"; a struct sockaddr_in6, whose family may be AF_INET. */
char *put_sockaddr(char *at, const unsigned char sockaddr[28]);

/* --- doubles (put_real.c) --------------------------------------------------------------------- */

/* %.15g, or with the 16 or 17 digits that it takes to read back as this double: "0.1", "57",
 * "1e+300", "0.30000000000000004". */
char *put_real(char *at, double value);
char *put_real17(char *at, double value); /* %.17g */
/* %.*f, for 0 to 3 decimals and numbers up to 9e15 on both sides of 0. */
char *put_fixed(char *at, double value, unsigned decimals);

#endif
