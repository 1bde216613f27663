/* chance.h: a seeded sequence of yes and no.
 *
 * The same seed, purpose and probability give the same sequence on every machine. Each purpose has
 * a sequence of its own, so that switching reordering on does not move the losses.
 */
#ifndef LAB_CHANCE_H
#define LAB_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
    double probability; /* 0 to 1 */
    uint64_t state;
};

void chance_init(struct chance *chance, double probability, uint64_t seed, uint64_t purpose);

/* The next of the sequence. */
bool chance_hit(struct chance *chance);

#endif
