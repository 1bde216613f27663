/* interfaces.c: a table that grows without moving, and ticks. */
#include <stdlib.h>

#include "input/interfaces.h"

#define NS_PER_S INT64_C(1000000000)

struct interface *interfaces_add(struct interfaces *interfaces)
{
    uint32_t index = interfaces->count;
    unsigned chunk;
    struct interface *interface;

    if (index == INTERFACES_MAX)
        return NULL;
    chunk = 28 - (unsigned)__builtin_clz(index + 8);
    if (!interfaces->chunks[chunk]) {
        interfaces->chunks[chunk] = calloc((size_t)8 << chunk, sizeof(struct interface));
        if (!interfaces->chunks[chunk])
            return NULL;
    }
    interfaces->count++;
    interface = interfaces_get(interfaces, index);
    interface->factor = 1000;
    return interface;
}

void interfaces_release(struct interfaces *interfaces)
{
    unsigned chunk;

    for (chunk = 0; chunk < INTERFACE_CHUNKS; chunk++)
        free(interfaces->chunks[chunk]);
}

static uint64_t power_of_ten(unsigned exponent)
{
    uint64_t power = 1;

    while (exponent--)
        power *= 10;
    return power;
}

void interface_set_resolution(struct interface *interface, uint8_t tsresol)
{
    unsigned exponent = tsresol & 0x7f;

    interface->factor = interface->divisor = 0;
    interface->timeless = false;
    if (tsresol & 0x80 && exponent > 0) {
        interface->bits = exponent;
        interface->timeless = exponent > 63;
    } else if (exponent <= 9) {
        interface->factor = power_of_ten(9 - exponent);
    } else if (exponent <= 28) {
        interface->divisor = power_of_ten(exponent - 9);
    } else {
        interface->timeless = true;
    }
}

void interface_set_offset(struct interface *interface, int64_t seconds)
{
    if (__builtin_mul_overflow(seconds, NS_PER_S, &interface->offset_ns))
        interface->timeless = true;
}

static bool binary_time(unsigned bits, uint64_t ticks, int64_t *ns)
{
    uint64_t seconds = ticks >> bits, fraction = ticks & ((UINT64_C(1) << bits) - 1);

    if (seconds >= INT64_MAX / NS_PER_S)
        return false;
    if (bits > 34) { /* the product below has 64 bits; 2^-34 s is 58 ps */
        fraction >>= bits - 34;
        bits = 34;
    }
    *ns = (int64_t)(seconds * NS_PER_S + (fraction * NS_PER_S >> bits));
    return true;
}

bool interface_time(const struct interface *interface, uint64_t ticks, int64_t *ts_ns)
{
    int64_t ns = 0;

    if (interface->timeless)
        return false;
    if (interface->factor) {
        /* Too many of them to be a time are a time before 1970, as some write it. */
        if (__builtin_mul_overflow((int64_t)ticks, (int64_t)interface->factor, &ns))
            return false;
    } else if (interface->divisor) {
        ns = (int64_t)(ticks / interface->divisor);
    } else if (!binary_time(interface->bits, ticks, &ns)) {
        return false;
    }
    return !__builtin_add_overflow(ns, interface->offset_ns, ts_ns);
}
