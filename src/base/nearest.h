/* nearest.h: the known word that somebody who typed an unknown one probably meant.
 *
 *     struct tp_nearest nearest = tp_nearest_to(word, strlen(word));
 *     for (i = 0; i < count; i++)
 *         tp_nearest_try(&nearest, names[i]);
 *     if (nearest.known)
 *         ... "did you mean %s?"
 *
 * Near is what begins with the word, what holds it, and what takes few edits (insert, delete,
 * change, swap of neighbours; Damerau 1964): one for each four letters, because words of three are
 * near to too many. Case does not matter. The end of the known word may be missing: "goodpt" is
 * near "goodput_bps".
 */
#ifndef TCPPROBE_BASE_NEAREST_H
#define TCPPROBE_BASE_NEAREST_H

#include <stddef.h>

struct tp_nearest {
    const char *known; /* the nearest one so far; NULL if none is near */
    const char *word;  /* private, as is what follows */
    size_t length, distance;
};

/* word need not end with a NUL, and must live as long as others are tried. */
struct tp_nearest tp_nearest_to(const char *word, size_t length);
/* Of several that are as near the shortest, of these the first one stays. */
void tp_nearest_try(struct tp_nearest *nearest, const char *known);

#endif
