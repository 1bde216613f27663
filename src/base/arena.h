/* arena.h: memory for the many small parts of one owner, which goes as a whole when its owner goes.
 *
 * What is taken lies side by side, in the order in which it was, without anything in between: an
 * allocator for all sizes keeps 8 to 24 bytes for each, and walks its lists for each at the end.
 * What is given back is taken again by who needs as much, so that an owner who gives back what it
 * does not need takes no more than it ever needed of each size. Beyond the first megabyte memory
 * comes in huge pages, where the machine has them: one fault where small ones have 512, and one
 * entry of the processor's table of pages.
 *
 * A zeroed struct is an arena of nothing. What an owner takes of it, it may give back; what it does
 * not goes with the arena.
 *
 * In a build that watches itself each part is an allocation of its own, so that a use after it was
 * given back, or beyond its end, is found.
 *
 * Threads: one at a time.
 */
#ifndef TCPPROBE_BASE_ARENA_H
#define TCPPROBE_BASE_ARENA_H

#include <stddef.h>

#define TP_ARENA_MOST 2048 /* bytes that may be taken at once */
#define TP_ARENA_STEP 8    /* to a multiple of which they are rounded up */

struct tp_arena_block;
struct tp_arena_spare;

struct tp_arena {
    char *next, *end; /* what is left of the newest block */
    size_t bytes;     /* of all blocks */
    size_t taken;     /* ... that were taken and not given back */
    struct tp_arena_block *newest;
    struct tp_arena_spare *spare[TP_ARENA_MOST / TP_ARENA_STEP]; /* given back, by their size */
};

/* So many bytes, all zero, aligned to eight; where they are a multiple of a line of the cache,
 * to one. NULL: out of memory. */
void *tp_arena_take(struct tp_arena *arena, size_t bytes);
/* Gives back what was taken, so many bytes; NULL is fine. */
void tp_arena_give(struct tp_arena *arena, void *part, size_t bytes);
/* All that was taken is gone, and the arena is one of nothing. */
void tp_arena_release(struct tp_arena *arena);

#endif
