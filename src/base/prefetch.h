/* prefetch.h: asks for memory that will be needed soon, without waiting for it.
 *
 * Any address may be asked for, NULL as well. A chain of pointers is asked for in stages: a loop over
 * several chains for each link, so that what one loop asked for is there when the next one looks at
 * it.
 */
#ifndef TCPPROBE_BASE_PREFETCH_H
#define TCPPROBE_BASE_PREFETCH_H

#include <stddef.h>

#define CACHE_LINE_BYTES 64

/* The line of that address, to be written to. */
static inline void prefetch_line(const void *at)
{
    __asm__ volatile(""); /* else a compiler leaves out functions that only fetch */
    __builtin_prefetch(at, 1);
}

/* All lines of [at, at + bytes). */
static inline void prefetch(const void *at, size_t bytes)
{
    const char *line = at;

    for (; bytes > CACHE_LINE_BYTES; line += CACHE_LINE_BYTES, bytes -= CACHE_LINE_BYTES)
        prefetch_line(line);
    prefetch_line(line);
    prefetch_line(line + bytes - 1);
}

#endif
