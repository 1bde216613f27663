/* lanes.h: two numbers out of text side by side, or sixteen characters: scan.h on vectors.
 *
 * The compiler makes instructions of them that every machine has. As in scan.h, what follows the
 * text in a block may be loaded.
 */
#ifndef TCPPROBE_INPUT_LANES_H
#define TCPPROBE_INPUT_LANES_H

#include "input/scan.h"

typedef uint64_t lanes __attribute__((vector_size(16)));
typedef uint32_t lanes32 __attribute__((vector_size(16)));
typedef uint16_t lanes16 __attribute__((vector_size(16)));

#define BOTH(value)      ((lanes){(value), (value)})
#define BOTH_EACH(value) BOTH(EACH_BYTE(value))

/* Two numbers that are read side by side: each ends with the eighth byte from `at` on. The masks
 * leave its digits. */
struct number_pair {
    uint64_t mask[2];
    int16_t at[2]; /* may lie before the piece of line that it is of, but not before the line */
    uint16_t offset[2]; /* of the member in struct tp_record */
};

static inline lanes load16(const char *at)
{
    lanes bytes;

    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

static inline lanes load_pair(const char *at, const struct number_pair *pair)
{
    return (lanes){scan_load8(at + pair->at[0]), scan_load8(at + pair->at[1])};
}

static inline lanes mask_of(const struct number_pair *pair)
{
    return (lanes){pair->mask[0], pair->mask[1]};
}

/* As scan_not_below(). */
static inline lanes not_below(lanes bytes, uint8_t limit)
{
    return (((bytes & BOTH_EACH(0x7f)) + BOTH_EACH(0x80 - limit)) | bytes) & BOTH_EACH(0x80);
}

/* Two decimal numbers; *wrong gets a bit for each character that is no digit. As
 * scan_join_digits().
 */
static inline lanes decimals_at(const char *at, const struct number_pair *pair, lanes *wrong)
{
    lanes digits = (load_pair(at, pair) ^ BOTH_EACH('0')) & mask_of(pair);
    lanes16 twos;
    lanes32 fours;

    *wrong |= not_below(digits, 10);
    twos = (lanes16)digits;
    twos = (twos & 0xff) * 10 + (twos >> 8);
    twos *= (lanes16)BOTH(UINT64_C(0x0001006400010064)); /* 100 of the one, 1 of the other */
    fours = (lanes32)twos;
    fours = (fours & 0xffff) + (fours >> 16);
    return (lanes)fours;
}

static inline uint32_t join_fours(uint64_t fours)
{
    return (uint32_t)fours * 10000 + (uint32_t)(fours >> 32);
}

/* Two hexadecimal numbers, as scan_count_hex() and scan_join_hex(). */
static inline lanes hexes_at(const char *at, const struct number_pair *pair, lanes *wrong)
{
    lanes chars = load_pair(at, pair), x;
    lanes from_a = chars ^ BOTH_EACH('a' - 1);
    lanes no_letter = not_below(from_a, 7) | ~not_below(from_a, 1);

    *wrong |= not_below(chars ^ BOTH_EACH('0'), 10) & no_letter & mask_of(pair);
    x = chars & mask_of(pair);
    x = (x & BOTH_EACH(0x0f)) + 9 * ((x >> 6) & BOTH_EACH(0x01));
    x = (x << 4 | x >> 8) & BOTH(UINT64_C(0x00ff00ff00ff00ff));
    x = (x << 8 | x >> 16) & BOTH(UINT64_C(0x0000ffff0000ffff));
    return x << 16 | x >> 32;
}

#endif
