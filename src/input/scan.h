/* scan.h: numbers out of text, eight characters at a time.
 *
 * A log line is mostly digits, so this is where reading a log spends its time. All functions take
 * a pointer into a text block and may load up to 8 bytes beyond the number: blocks end in
 * BLOCK_PADDING bytes that can be read (see block.h). None looks at where the line ends: a newline
 * is no digit, which is enough.
 */
#ifndef TCPPROBE_INPUT_SCAN_H
#define TCPPROBE_INPUT_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* Eight characters, the first one in the lowest byte whatever the machine's byte order. */
static inline uint64_t scan_load8(const char *at)
{
    uint64_t chars;

    memcpy(&chars, at, sizeof chars);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    chars = __builtin_bswap64(chars);
#endif
    return chars;
}

/* Behind the newlines that stand at `at`: a file may hold nothing else, and gzip makes a thousandth
 * of it. */
static inline const char *scan_newlines(const char *at, const char *stop)
{
    while (stop - at >= 8 && scan_load8(at) == EACH_BYTE('\n'))
        at += 8;
    while (at < stop && *at == '\n')
        at++;
    return at;
}

/* High bit set in each byte that is not below `limit` (limit <= 0x80). */
static inline uint64_t scan_not_below(uint64_t bytes, uint8_t limit)
{
    return (((bytes & EACH_BYTE(0x7f)) + EACH_BYTE(0x80 - limit)) | bytes) & EACH_BYTE(0x80);
}

static inline unsigned scan_first_marked(uint64_t marks)
{
    return marks ? (unsigned)__builtin_ctzll(marks) / 8 : 8;
}

/* How many of the eight characters, from the first on, are above `limit` (limit < 0x7f). */
static inline unsigned scan_count_above(uint64_t chars, uint8_t limit)
{
    return scan_first_marked(~scan_not_below(chars, limit + 1) & EACH_BYTE(0x80));
}

/* How many of the eight characters, from the first on, are decimal digits. */
static inline unsigned scan_count_digits(uint64_t chars)
{
    return scan_first_marked(scan_not_below(chars ^ EACH_BYTE('0'), 10));
}

/* The value of the first n (1..8) characters, which are decimal digits: neighbours are joined into
 * pairs, pairs into fours, fours into eight. */
static inline uint32_t scan_join_digits(uint64_t chars, unsigned n)
{
    uint64_t digits = (chars ^ EACH_BYTE('0')) << (8 - n) * 8;

    digits = digits * 10 + (digits >> 8);
    digits = ((digits & UINT64_C(0x000000ff000000ff)) * (100 + (UINT64_C(1000000) << 32)) +
              ((digits >> 16) & UINT64_C(0x000000ff000000ff)) * (1 + (UINT64_C(10000) << 32))) >>
             32;
    return (uint32_t)digits;
}

/* Reads decimal digits; returns what follows them, or NULL if there is none or the value does not
 * fit into 64 bits. */
static inline __attribute__((always_inline)) const char *scan_u64(const char *at, uint64_t *value)
{
    uint64_t chars = scan_load8(at), result = 0;
    unsigned n = scan_count_digits(chars), more;

    if (n == 0)
        return NULL;
    result = scan_join_digits(chars, n);
    at += n;
    if (n < 8) {
        *value = result;
        return at;
    }
    while ((more = (unsigned char)*at - (unsigned)'0') < 10) {
        if (result > UINT64_MAX / 10 - 1 && result > (UINT64_MAX - more) / 10)
            return NULL;
        result = result * 10 + more;
        at++;
    }
    *value = result;
    return at;
}

static inline __attribute__((always_inline)) const char *scan_u32(const char *at, uint32_t *value)
{
    uint64_t wide = 0;

    at = scan_u64(at, &wide);
    if (!at || wide > UINT32_MAX)
        return NULL;
    *value = (uint32_t)wide;
    return at;
}

static inline __attribute__((always_inline)) const char *scan_i32(const char *at, int32_t *value)
{
    bool negative = *at == '-';
    uint64_t wide = 0;

    at = scan_u64(at + negative, &wide);
    if (!at || wide > (uint64_t)INT32_MAX + negative)
        return NULL;
    *value = (int32_t)(negative ? -(int64_t)wide : (int64_t)wide);
    return at;
}

/* How many of the eight characters are hexadecimal digits (lower case, as the kernel prints). */
static inline unsigned scan_count_hex(uint64_t chars)
{
    uint64_t from_0 = chars ^ EACH_BYTE('0'), from_a = chars ^ EACH_BYTE('a' - 1);
    uint64_t no_digit = scan_not_below(from_0, 10);
    uint64_t no_letter = scan_not_below(from_a, 7) | ~scan_not_below(from_a, 1);

    return scan_first_marked(no_digit & no_letter);
}

static inline uint32_t scan_join_hex(uint64_t chars, unsigned n)
{
    uint64_t x;

    chars <<= (8 - n) * 8;
    x = (chars & EACH_BYTE(0x0f)) + 9 * ((chars >> 6) & EACH_BYTE(0x01));
    x = (x << 4 | x >> 8) & UINT64_C(0x00ff00ff00ff00ff);
    x = (x << 8 | x >> 16) & UINT64_C(0x0000ffff0000ffff);
    return (uint32_t)(x << 16 | x >> 32);
}

/* Hexadecimal digits with or without 0x before them, at most 16 of them. */
static inline __attribute__((always_inline)) const char *scan_hex(const char *at, uint64_t *value)
{
    uint64_t chars, result;
    unsigned n;

    if (at[0] == '0' && at[1] == 'x')
        at += 2;
    chars = scan_load8(at);
    n = scan_count_hex(chars);
    if (n == 0)
        return NULL;
    result = scan_join_hex(chars, n);
    at += n;
    if (n == 8) {
        chars = scan_load8(at);
        n = scan_count_hex(chars);
        if (n) {
            result = result << 4 * n | scan_join_hex(chars, n);
            at += n;
            if (n == 8 && scan_count_hex(scan_load8(at)))
                return NULL;
        }
    }
    *value = result;
    return at;
}

#endif
