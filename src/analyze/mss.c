/* mss.c: the maximum segment size, estimated from the steps of snd_una.
 *
 * No event states it. Bulk data is acknowledged in whole segments, so that the greatest common
 * divisor of two consecutive steps is the segment size or a small multiple of it. Divisors are
 * counted in a small table; the smallest one that divides most of what was counted wins, provided
 * that steps of several segments were seen: equal small messages of a request-response protocol
 * also have a common divisor. Thin evidence gives 0.
 */
#include "analyze/analyzer.h"

#define MSS_MIN           500 /* below, it is rather the size of a message */
#define MSS_MAX           65495
#define SEGMENT_USUAL_MIN 536
#define VOTES_MIN         12
#define VOTES_MAX         1024
#define CANDIDATES        (sizeof((struct tp_mss_votes *)NULL)->value / sizeof(uint16_t))

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
    uint32_t rest;

    while (b >= MSS_MIN) {
        rest = a % b;
        a = b;
        b = rest;
    }
    return b ? 1 : a; /* a rest below MSS_MIN can only give a divisor below it */
}

static void count(struct tp_mss_votes *votes, uint16_t value)
{
    unsigned i, least = 0;

    for (i = 0; i < CANDIDATES; i++) {
        if (votes->value[i] == value && votes->votes[i]) {
            votes->votes[i]++;
            return;
        }
        if (votes->votes[i] < votes->votes[least])
            least = i;
    }
    if (!votes->votes[least]) {
        votes->value[least] = value;
        votes->votes[least] = 1;
    } else {
        votes->votes[least]--; /* a frequent newcomer gets in sooner or later */
    }
}

void tp_mss_vote(struct tp_mss_votes *votes, uint32_t step_bytes)
{
    uint32_t divisor, before = votes->step_bytes;

    if (votes->total >= VOTES_MAX)
        return;
    votes->step_bytes = step_bytes;
    if (step_bytes > votes->step_max_bytes)
        votes->step_max_bytes = step_bytes;
    if (!before)
        return;
    votes->total++;
    divisor = common_divisor(step_bytes, before);
    if (divisor >= MSS_MIN && divisor <= MSS_MAX)
        count(votes, (uint16_t)divisor);
}

/* Is it common enough not to be an accident? What divides next to everything needs fewer votes of
 * its own: where few acknowledgements are seen, most steps are of the same few segments. But it
 * must be what paths usually carry (RFC 1122, 4.2.2.6): small numbers divide much by chance. */
static bool is_common(uint32_t value, uint32_t own, uint32_t support, uint32_t total)
{
    bool lenient = value >= SEGMENT_USUAL_MIN && support * 16 >= total * 15;

    return own * (lenient ? 64 : 8) >= support;
}

uint32_t tp_mss_elect(const struct tp_mss_votes *votes)
{
    uint32_t best = 0, support;
    unsigned i, k;

    for (i = 0; votes && i < CANDIDATES; i++) {
        if (!votes->votes[i] || (best && votes->value[i] >= best))
            continue;
        for (support = 0, k = 0; k < CANDIDATES; k++)
            if (votes->votes[k] && votes->value[k] % votes->value[i] == 0)
                support += votes->votes[k];
        if (support >= VOTES_MIN && support * 2 > votes->total &&
            is_common(votes->value[i], votes->votes[i], support, votes->total) &&
            votes->step_max_bytes >= 2 * (uint32_t)votes->value[i])
            best = votes->value[i];
    }
    return best;
}
