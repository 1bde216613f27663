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

/* All lines of [at, at + bytes), to be written to. */
static inline void prefetch(const void *at, size_t bytes)
{
    const char *line = at;

    for (; bytes > CACHE_LINE_BYTES; line += CACHE_LINE_BYTES, bytes -= CACHE_LINE_BYTES)
        __builtin_prefetch(line, 1);
    __builtin_prefetch(line, 1);
    __builtin_prefetch(line + bytes - 1, 1);
}

#endif
