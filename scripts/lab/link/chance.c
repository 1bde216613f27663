/* chance.c: SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014),
 * whose output is good for any seed, 0 included. */
#include "chance.h"

#define GOLDEN_GAMMA UINT64_C(0x9e3779b97f4a7c15)

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void chance_init(struct chance *chance, double probability, uint64_t seed, uint64_t purpose)
{
    chance->probability = probability;
    /* Mixed twice: neighbouring seeds and purposes must not give the same sequence shifted. */
    chance->state = mix(mix(seed + GOLDEN_GAMMA) + purpose);
}

bool chance_hit(struct chance *chance)
{
    chance->state += GOLDEN_GAMMA;
    return (double)(mix(chance->state) >> 11) * 0x1p-53 < chance->probability;
}
