/* nomem.h: an allocator that fails at the Nth allocation, for tests named *_nomem.
 *
 * The linker sends the library's allocations here (see --wrap in the Makefile). Foreign libraries
 * keep their own, unless they can be told (jansson).
 */
#ifndef TCPPROBE_TESTS_NOMEM_H
#define TCPPROBE_TESTS_NOMEM_H

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_tp_arena_take(struct tp_arena *arena, size_t bytes);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
FILE *__real_open_memstream(char **text, size_t *size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_tp_arena_take(struct tp_arena *arena, size_t bytes);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);
int __wrap_asprintf(char **text, const char *format, ...) __attribute__((format(printf, 2, 3)));
FILE *__wrap_open_memstream(char **text, size_t *size);

#define NOMEM_NEVER (1L << 40)

/* How many more allocations succeed before one fails; those after it succeed again. Worker threads
 * allocate too. */
static atomic_long nomem_left = NOMEM_NEVER;

static bool nomem_fails(void)
{
    if (atomic_fetch_sub(&nomem_left, 1) != 0)
        return false;
    errno = ENOMEM;
    return true;
}

/* Was the allocation that should fail reached? */
static inline bool nomem_reached(void)
{
    return atomic_load(&nomem_left) < 0;
}

void *__wrap_malloc(size_t size)
{
    return nomem_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return nomem_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_tp_arena_take(struct tp_arena *arena, size_t bytes)
{
    return nomem_fails() ? NULL : __real_tp_arena_take(arena, bytes);
}

void *__wrap_realloc(void *block, size_t size)
{
    return nomem_fails() ? NULL : __real_realloc(block, size);
}

#ifdef NOMEM_TEXTS /* tests that link code with these */
char *__wrap_strdup(const char *text)
{
    return nomem_fails() ? NULL : __real_strdup(text);
}

int __wrap_asprintf(char **text, const char *format, ...)
{
    va_list args;
    int length;

    if (nomem_fails())
        return -1;
    va_start(args, format);
    length = vasprintf(text, format, args);
    va_end(args);
    return length;
}

FILE *__wrap_open_memstream(char **text, size_t *size)
{
    return nomem_fails() ? NULL : __real_open_memstream(text, size);
}
#endif

#endif
