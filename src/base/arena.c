/* arena.c: blocks that parts are cut off from, and lists of parts that were given back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/arena.h"
#include "base/prefetch.h"
#include "base/sanitized.h"

/* Its parts stand behind it. */
struct tp_arena_block {
    _Alignas(CACHE_LINE_BYTES) struct tp_arena_block *older;
    struct tp_arena_block *newer;
    size_t bytes;
};

#ifndef TP_SANITIZED

#define BLOCK_FIRST ((size_t)1 << 20) /* of which only pages count that are touched */
#define HUGE_PAGE   ((size_t)2 << 20)

struct tp_arena_spare {
    struct tp_arena_spare *next;
};

static size_t rounded(size_t bytes)
{
    return (bytes + TP_ARENA_STEP - 1) & ~(size_t)(TP_ARENA_STEP - 1);
}

static struct tp_arena_spare **list_of(struct tp_arena *arena, size_t bytes)
{
    return &arena->spare[bytes / TP_ARENA_STEP - 1];
}

static void *map(size_t bytes)
{
    void *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return mapped == MAP_FAILED ? NULL : mapped;
}

/* What a huge page may lie behind: of twice as much one half, and the rest is given back. */
static void *map_huge(void)
{
    char *mapped = map(2 * HUGE_PAGE);
    size_t before = mapped ? (size_t)(-(uintptr_t)mapped & (HUGE_PAGE - 1)) : 0;

    if (!mapped)
        return NULL;
    if (before)
        munmap(mapped, before);
    munmap(mapped + before + HUGE_PAGE, HUGE_PAGE - before);
#ifdef MADV_HUGEPAGE
    madvise(mapped + before, HUGE_PAGE, MADV_HUGEPAGE); /* without them it does as well */
#endif
    return mapped + before;
}

static __attribute__((noinline)) void *grow(struct tp_arena *arena, size_t bytes)
{
    size_t size = arena->newest ? HUGE_PAGE : BLOCK_FIRST;
    struct tp_arena_block *block = arena->newest ? map_huge() : map(size);

    if (!block)
        return NULL;
    *block = (struct tp_arena_block){.older = arena->newest, .bytes = size};
    arena->newest = block;
    arena->bytes += size;
    arena->next = (char *)(block + 1);
    arena->end = (char *)block + size;
    return tp_arena_take(arena, bytes);
}

void *tp_arena_take(struct tp_arena *arena, size_t bytes)
{
    struct tp_arena_spare **list, *spare;
    char *part = arena->next;

    bytes = rounded(bytes);
    list = list_of(arena, bytes);
    spare = *list;
    if (spare) {
        *list = spare->next;
        arena->taken += bytes;
        return memset(spare, 0, bytes);
    }
    if (bytes % CACHE_LINE_BYTES == 0)
        part += -(uintptr_t)part & (CACHE_LINE_BYTES - 1);
    if (bytes > (size_t)(arena->end - arena->next) || part > arena->end - bytes)
        return grow(arena, bytes);
    arena->next = part + bytes;
    arena->taken += bytes;
    return part;
}

void tp_arena_give(struct tp_arena *arena, void *part, size_t bytes)
{
    struct tp_arena_spare *spare = part, **list = list_of(arena, rounded(bytes));

    if (!spare)
        return;
    arena->taken -= rounded(bytes);
    spare->next = *list;
    *list = spare;
}

void tp_arena_release(struct tp_arena *arena)
{
    struct tp_arena_block *block, *older;

    for (block = arena->newest; block; block = older) {
        older = block->older;
        munmap(block, block->bytes);
    }
    *arena = (struct tp_arena){0};
}

#else

/* Each block is one part. */
void *tp_arena_take(struct tp_arena *arena, size_t bytes)
{
    struct tp_arena_block *block;
    void *memory;

    if (posix_memalign(&memory, CACHE_LINE_BYTES, sizeof *block + bytes) != 0)
        return NULL;
    block = memory;
    *block = (struct tp_arena_block){.older = arena->newest};
    if (block->older)
        block->older->newer = block;
    arena->newest = block;
    arena->taken += bytes;
    return memset(block + 1, 0, bytes);
}

void tp_arena_give(struct tp_arena *arena, void *part, size_t bytes)
{
    struct tp_arena_block *block = part;

    if (!block)
        return;
    arena->taken -= bytes;
    block--;
    *(block->newer ? &block->newer->older : &arena->newest) = block->older;
    if (block->older)
        block->older->newer = block->newer;
    free(block);
}

void tp_arena_release(struct tp_arena *arena)
{
    struct tp_arena_block *block, *older;

    for (block = arena->newest; block; block = older) {
        older = block->older;
        free(block);
    }
    *arena = (struct tp_arena){0};
}

#endif
