/* put.c: see put.h. IPv6 is compressed as in RFC 5952 (the longest run of at least two zero groups,
 * the first of equals), except for which addresses show their IPv4 part: to the kernel these are
 * mapped and ISATAP ones, to glibc's inet_ntop() mapped ones and those with nothing before it. */
#include <stdbool.h>
#include <sys/socket.h>

#include "base/put.h"

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";
static const char digits[] = "0123456789abcdef";

size_t put_fitted(char *buf, size_t size, const char *text, const char *end)
{
    size_t length = (size_t)(end - text);

    if (size == 0)
        return 0;
    if (length >= size)
        length = size - 1;
    memcpy(buf, text, length);
    buf[length] = '\0';
    return length;
}

static unsigned decimal_width(uint64_t value)
{
    static const uint64_t powers[] = {
        0,
        10,
        100,
        1000,
        10000,
        100000,
        1000000,
        10000000,
        100000000,
        1000000000,
        10000000000,
        100000000000,
        1000000000000,
        10000000000000,
        100000000000000,
        1000000000000000,
        10000000000000000,
        100000000000000000,
        1000000000000000000,
        UINT64_C(10000000000000000000),
    };
    unsigned bits = 64 - (unsigned)__builtin_clzll(value | 1);
    unsigned tens = bits * 1233 >> 12; /* log10(2) is 1233.01 / 4096 */

    return tens + (value >= powers[tens]);
}

char *put_unsigned(char *at, uint64_t value)
{
    char *end = at + decimal_width(value), *p = end;

    for (; value >= 100; value /= 100)
        memcpy(p -= 2, pairs + value % 100 * 2, 2);
    if (value >= 10)
        memcpy(p - 2, pairs + value * 2, 2);
    else
        *--p = (char)('0' + value);
    return end;
}

char *put_negative(char *at, int64_t value)
{
    *at = '-';
    return put_unsigned(at + 1, -(uint64_t)value);
}

char *put_padded(char *at, uint64_t value, unsigned width)
{
    char buf[20];
    size_t length = (size_t)(put_unsigned(buf, value) - buf);

    for (; width > length; width--)
        *at++ = '0';
    return put_bytes(at, buf, length);
}

char *put_seconds(char *at, int64_t ns)
{
    uint64_t value = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

    if (ns < 0)
        *at++ = '-';
    at = put_unsigned(at, value / 1000000000);
    *at++ = '.';
    value %= 1000000000;
    for (unsigned end = 9; end > 1; end -= 2, value /= 100)
        memcpy(at + end - 2, pairs + value % 100 * 2, 2);
    *at = (char)('0' + value);
    return at + 9;
}

static unsigned hex_width(uint64_t value)
{
    return value ? (67 - (unsigned)__builtin_clzll(value)) / 4 : 1;
}

char *put_hex_padded(char *at, uint64_t value, unsigned width)
{
    unsigned needed = hex_width(value);
    char *end = at + (width > needed ? width : needed), *p;

    for (p = end; p > at; value >>= 4)
        *--p = digits[value & 15];
    return end;
}

char *put_hex(char *at, uint64_t value)
{
    return put_hex_padded(at, value, 1);
}

static char *put_byte(char *at, unsigned byte)
{
    if (byte >= 100) {
        *at++ = (char)('0' + byte / 100);
        memcpy(at, pairs + byte % 100 * 2, 2);
        return at + 2;
    }
    return put_unsigned(at, byte);
}

char *put_ipv4(char *at, const unsigned char address[4])
{
    at = put_byte(at, address[0]);
    *at++ = '.';
    at = put_byte(at, address[1]);
    *at++ = '.';
    at = put_byte(at, address[2]);
    *at++ = '.';
    return put_byte(at, address[3]);
}

static unsigned group(const unsigned char *address, unsigned i)
{
    return (unsigned)address[2 * i] << 8 | address[2 * i + 1];
}

/* Length of the longest run of zero groups, and where it starts. */
static unsigned zero_run(const unsigned char *address, unsigned groups, unsigned *start)
{
    unsigned i, run = 0, longest = 0;

    for (i = 0; i < groups; i++) {
        run = group(address, i) ? 0 : run + 1;
        if (run > longest) {
            longest = run;
            *start = i + 1 - run;
        }
    }
    return longest;
}

static bool is_mapped(const unsigned char address[16])
{
    static const unsigned char mapped[12] = {[10] = 0xff, 0xff};

    return memcmp(address, mapped, sizeof mapped) == 0;
}

/* The first of the groups; where two are left, they are an IPv4 address. */
static char *put_groups(char *at, const unsigned char address[16], unsigned groups)
{
    unsigned start = 0, run = zero_run(address, groups, &start), i;
    bool colon = false;

    if (run < 2)
        run = 0;
    for (i = 0; i < groups; i++) {
        if (run && i == start) {
            *at++ = ':';
            *at++ = ':';
            colon = false;
            i += run - 1;
            continue;
        }
        if (colon)
            *at++ = ':';
        at = put_hex(at, group(address, i));
        colon = true;
    }
    if (groups == 8)
        return at;
    if (colon)
        *at++ = ':';
    return put_ipv4(at, address + 12);
}

char *put_ipv6(char *at, const unsigned char address[16])
{
    static const unsigned char isatap[3] = {0, 0x5e, 0xfe};
    bool shows_ipv4 = is_mapped(address) ||
                      ((address[8] | 2) == 2 && memcmp(address + 9, isatap, sizeof isatap) == 0);

    return put_groups(at, address, shows_ipv4 ? 6 : 8);
}

char *put_inet6(char *at, const unsigned char address[16])
{
    unsigned start = 0, run = zero_run(address, 8, &start);
    bool shows_ipv4 = is_mapped(address) || (run == 6 && start == 0);

    return put_groups(at, address, shows_ipv4 ? 6 : 8);
}

char *put_sockaddr(char *at, const unsigned char sockaddr[28])
{
    unsigned port = (unsigned)sockaddr[2] << 8 | sockaddr[3];
    uint16_t family;

    memcpy(&family, sockaddr, sizeof family);
    if (family == AF_INET) {
        at = put_ipv4(at, sockaddr + 4);
    } else if (family == AF_INET6) {
        *at++ = '[';
        at = put_ipv6(at, sockaddr + 8);
        *at++ = ']';
    } else {
        return put_bytes(at, "(einval)", 8);
    }
    *at++ = ':';
    return put_unsigned(at, port);
}
