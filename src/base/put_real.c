/* put_real.c: doubles as decimal digits, rounded exactly as glibc's printf() does: to the nearest,
 * half to even.
 *
 * A double is m * 2^e with an integer m below 2^53. From 1e-15 to 1e15 it is, times 10^k with a k
 * from 2 to 32 that makes 17 digits of it,
 *
 *     m * 5^k * 2^(e + k)        where m * 5^k < 2^128 and e + k < 0
 *
 * so that its digits are a shift away from an integer of 128 bits, and what is shifted out tells
 * exactly how to round. Whether fewer digits read back as the same double is as exact: they do
 * where they are nearer than half the distance to its neighbour, which is 5^k / 2 in that integer.
 * Integers are simpler, and the rest of the numbers, which hardly occur, are left to printf().
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/put.h"

__extension__ typedef unsigned __int128 uint128;

enum { MOST_DIGITS = 17, FRACTION_BITS = 52, BIAS = 1075 };
#define LEAST 1e-15
#define BOUND 1e15

struct exact {
    uint64_t fraction;    /* m */
    int exponent;         /* e */
    unsigned power;       /* k */
    uint128 scaled, unit; /* m * 5^k and 5^k */
    unsigned shift;       /* -(e + k) */
};

/* digits * 10^(tens - count + 1), with so many digits */
struct rounded {
    uint64_t digits;
    int tens;
};

static const uint64_t power10[] = {1, 10, 100, 1000};

static uint128 power5(unsigned power)
{
    static const uint64_t powers[] = {
        1,
        5,
        25,
        125,
        625,
        3125,
        15625,
        78125,
        390625,
        1953125,
        9765625,
        48828125,
        244140625,
        1220703125,
        6103515625,
        30517578125,
        152587890625,
        762939453125,
        3814697265625,
        19073486328125,
        95367431640625,
        476837158203125,
        2384185791015625,
        11920928955078125,
        59604644775390625,
        298023223876953125,
        1490116119384765625,
        7450580596923828125,
    };
    const unsigned last = sizeof powers / sizeof *powers - 1;

    return power <= last ? powers[power] : (uint128)powers[last] * powers[power - last];
}

static void scale(struct exact *exact, unsigned power)
{
    exact->power = power;
    exact->unit = power5(power);
    exact->scaled = exact->unit * exact->fraction;
    exact->shift = (unsigned)-(exact->exponent + (int)power);
}

/* Of a number from LEAST to below BOUND. Its logarithm is known from its exponent but for one. */
static struct exact exact_of(double value)
{
    struct exact exact;
    uint64_t bits;
    int tens;

    memcpy(&bits, &value, sizeof bits);
    exact.fraction = (bits & ((UINT64_C(1) << FRACTION_BITS) - 1)) | UINT64_C(1) << FRACTION_BITS;
    exact.exponent = (int)(bits >> FRACTION_BITS) - BIAS;
    tens = (exact.exponent + FRACTION_BITS) * 1233 >> 12; /* log10(2) is 1233.01 / 4096 */
    scale(&exact, (unsigned)(MOST_DIGITS - 1 - tens));
    if (exact.scaled >> exact.shift >= UINT64_C(100000000000000000))
        scale(&exact, exact.power - 1);
    return exact;
}

/* To 15, 16 or 17 digits. */
static struct rounded round_to(const struct exact *exact, unsigned count)
{
    uint64_t digits = (uint64_t)(exact->scaled >> exact->shift), unit, rest;
    uint128 below = exact->scaled & (((uint128)1 << exact->shift) - 1), half;
    struct rounded rounded;
    bool up;

    unit = power10[MOST_DIGITS - count];
    rest = digits % unit;
    half = (uint128)1 << (exact->shift - 1);
    rounded.digits = digits / unit;
    rounded.tens = MOST_DIGITS - 1 - (int)exact->power;
    if (unit == 1)
        up = below > half || (below == half && (digits & 1));
    else
        up = rest > unit / 2 || (rest == unit / 2 && (below || (rounded.digits & 1)));
    rounded.digits += up;
    return rounded;
}

/* Would it be read as the number that it was made of? */
static bool reads_back(const struct exact *exact, const struct rounded *rounded, unsigned count)
{
    uint128 number = (uint128)(rounded->digits * power10[MOST_DIGITS - count]) << exact->shift;

    if (number >= exact->scaled)
        return 2 * (number - exact->scaled) < exact->unit;
    /* The next double below a power of two is half as far. */
    return (exact->fraction == UINT64_C(1) << FRACTION_BITS ? 4 : 2) * (exact->scaled - number) <
           exact->unit;
}

static char *put_scientific(char *at, const char *digits, size_t length, int tens)
{
    *at++ = digits[0];
    if (length > 1) {
        *at++ = '.';
        at = put_bytes(at, digits + 1, length - 1);
    }
    *at++ = 'e';
    *at++ = tens < 0 ? '-' : '+';
    return put_padded(at, (uint64_t)abs(tens), 2);
}

/* As %g does with that precision. */
static char *put_rounded(char *at, struct rounded rounded, unsigned count)
{
    char digits[20];
    size_t length = (size_t)(put_unsigned(digits, rounded.digits) - digits), before;

    rounded.tens += length > count; /* it was rounded up to a power of ten */
    while (length > 1 && digits[length - 1] == '0')
        length--;
    if (rounded.tens < -4 || rounded.tens >= (int)count)
        return put_scientific(at, digits, length, rounded.tens);
    if (rounded.tens < 0) {
        at = put_bytes(at, "0.000", 1 + (size_t)-rounded.tens);
        return put_bytes(at, digits, length);
    }
    before = (size_t)rounded.tens + 1;
    if (before >= length) {
        at = put_bytes(at, digits, length);
        memset(at, '0', before - length);
        return at + (before - length);
    }
    at = put_bytes(at, digits, before);
    *at++ = '.';
    return put_bytes(at, digits + before, length - before);
}

/* --- what is simpler -------------------------------------------------------------------------- */

static char *put_integral(char *at, double value)
{
    if (signbit(value))
        *at++ = '-';
    return put_unsigned(at, (uint64_t)fabs(value));
}

static bool is_small_integer(double value)
{
    return fabs(value) < BOUND && value == (double)(int64_t)value;
}

static bool is_exact(double value)
{
    return fabs(value) >= LEAST && fabs(value) < BOUND;
}

static char *put_printf(char *at, double value, int digits)
{
    return at + snprintf(at, PUT_MAX, "%.*g", digits, value);
}

/* --- the three -------------------------------------------------------------------------------- */

char *put_real(char *at, double value)
{
    struct rounded rounded;
    struct exact exact;
    unsigned count = 15;
    char *end;

    if (is_small_integer(value))
        return put_integral(at, value);
    if (!is_exact(value)) {
        for (end = put_printf(at, value, 15); count < MOST_DIGITS && strtod(at, NULL) != value;)
            end = put_printf(at, value, (int)++count);
        return end;
    }
    if (value < 0)
        *at++ = '-';
    exact = exact_of(fabs(value));
    rounded = round_to(&exact, count);
    while (count < MOST_DIGITS && !reads_back(&exact, &rounded, count))
        rounded = round_to(&exact, ++count);
    return put_rounded(at, rounded, count);
}

char *put_real17(char *at, double value)
{
    struct exact exact;

    if (is_small_integer(value))
        return put_integral(at, value);
    if (!is_exact(value))
        return put_printf(at, value, MOST_DIGITS);
    if (value < 0)
        *at++ = '-';
    exact = exact_of(fabs(value));
    return put_rounded(at, round_to(&exact, MOST_DIGITS), MOST_DIGITS);
}

/* m * 10^decimals is below 2^63; what is shifted out of it tells how to round. */
char *put_fixed(char *at, double value, unsigned decimals)
{
    uint64_t bits, fraction, number, rest, half;
    int exponent;
    unsigned shift;

    memcpy(&bits, &value, sizeof bits);
    exponent = (int)(bits >> FRACTION_BITS & 0x7ff);
    fraction = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
    if (exponent)
        fraction |= UINT64_C(1) << FRACTION_BITS;
    exponent -= BIAS;
    number = fraction * power10[decimals];
    if (exponent >= 0) {
        number <<= exponent;
    } else if (exponent < -63) {
        number = 0;
    } else {
        shift = (unsigned)-exponent;
        rest = number & ((UINT64_C(1) << shift) - 1);
        half = UINT64_C(1) << (shift - 1);
        number >>= shift;
        number += rest > half || (rest == half && (number & 1));
    }
    if (signbit(value))
        *at++ = '-';
    at = put_unsigned(at, number / power10[decimals]);
    if (decimals == 0)
        return at;
    *at++ = '.';
    return put_padded(at, number % power10[decimals], decimals);
}
