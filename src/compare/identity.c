/* identity.c: the same run under two names.
 *
 * A copy, a packed copy, a log that was cut short and a baseline that holds its numbers are one
 * run: its connections are between the same ports and began at the same nanoseconds of one clock.
 * Two recordings have never both in common, since ports are drawn and clocks go on.
 */
#include <string.h>

#include "compare/identity.h"

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
#define FNV_BEGIN UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static uint64_t add_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;

    while (count-- > 0)
        hash = (hash ^ *at++) * FNV_PRIME;
    return hash;
}

/* The least significant byte first, on every machine. */
static uint64_t add_number(uint64_t hash, uint64_t number)
{
    unsigned char bytes[sizeof number];
    size_t i;

    for (i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(number >> (8 * i));
    return add_bytes(hash, bytes, sizeof bytes);
}

uint64_t run_identity(const struct tp_analysis *analysis)
{
    uint64_t hash = FNV_BEGIN;
    size_t count, i;
    const struct tp_flow *const *flows = tp_analysis_flows(analysis, &count);

    for (i = 0; i < count; i++) {
        hash = add_bytes(hash, flows[i]->key.addr, sizeof flows[i]->key.addr);
        hash = add_number(hash, flows[i]->key.port[0]);
        hash = add_number(hash, flows[i]->key.port[1]);
        hash = add_number(hash, (uint64_t)flows[i]->first_ns);
    }
    return count && !hash ? 1 : count ? hash : 0;
}

/* Equal to the last bit, or both unknown. */
static bool same_numbers(const double *values, const double *others, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (values[i] != others[i] && !(values[i] != values[i] && others[i] != others[i]))
            return false;
    return true;
}

static bool same_role(const struct tp_run_role *role, const struct tp_run_role *other)
{
    return strcmp(role->name, other->name) == 0 && role->mice == other->mice &&
           same_numbers(role->value, other->value, TP_COMPARE_IDS);
}

bool tp_run_same(const struct tp_run *run, const struct tp_run *other)
{
    size_t i;

    if (run->identity && other->identity)
        return run->identity == other->identity && run->origin == other->origin;
    if (run->role_count == 0 || run->role_count != other->role_count)
        return false;
    for (i = 0; i < run->role_count; i++)
        if (!same_role(&run->roles[i], &other->roles[i]))
            return false;
    return true;
}
