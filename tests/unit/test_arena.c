/* test_arena.c: memory that goes as a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/prefetch.h"

static bool is_zero(const char *part, size_t bytes)
{
    while (bytes && part[bytes - 1] == 0)
        bytes--;
    return bytes == 0;
}

static size_t size_of(uint32_t i)
{
    return 1 + i * 7 % TP_ARENA_MOST;
}

/* Over the first block and several huge ones. */
static void test_parts_are_zero_and_apart(void **state)
{
    enum { MANY = 10000 };
    static char *parts[MANY];
    struct tp_arena arena = {0};
    uint32_t i, k;

    (void)state;
    for (k = 0; k < 2; k++) {
        for (i = 0; i < MANY; i++) {
            parts[i] = tp_arena_take(&arena, size_of(i));
            assert_non_null(parts[i]);
            assert_true(is_zero(parts[i], size_of(i)));
            assert_int_equal((uintptr_t)parts[i] % 8, 0);
            memset(parts[i], (int)(i % 255 + 1), size_of(i));
        }
        for (i = 0; i < MANY; i++) {
            assert_int_equal((unsigned char)parts[i][0], i % 255 + 1);
            assert_int_equal((unsigned char)parts[i][size_of(i) - 1], i % 255 + 1);
        }
        for (i = 0; i < MANY; i++)
            tp_arena_give(&arena, parts[i], size_of(i));
    }
    tp_arena_release(&arena);
    assert_non_null(tp_arena_take(&arena, 8));
    tp_arena_release(&arena);
}

static void test_lines_of_the_cache_are_whole(void **state)
{
    struct tp_arena arena = {0};
    size_t bytes;

    (void)state;
    for (bytes = CACHE_LINE_BYTES; bytes <= TP_ARENA_MOST; bytes += CACHE_LINE_BYTES) {
        assert_non_null(tp_arena_take(&arena, 24));
        assert_int_equal((uintptr_t)tp_arena_take(&arena, bytes) % CACHE_LINE_BYTES, 0);
    }
    tp_arena_release(&arena);
}

/* Eviction makes no memory grow. */
static void test_what_is_given_back_is_taken_again(void **state)
{
    struct tp_arena arena = {0};
    void *parts[1000];
    size_t before = 0;
    uint32_t i, k;

    (void)state;
    for (k = 0; k < 100; k++) {
        for (i = 0; i < 1000; i++)
            assert_non_null(parts[i] = tp_arena_take(&arena, size_of(i)));
        for (i = 0; i < 1000; i++)
            tp_arena_give(&arena, parts[i], size_of(i));
        if (k == 0)
            before = arena.bytes;
        assert_int_equal(arena.bytes, before);
    }
    tp_arena_give(&arena, NULL, 24);
    tp_arena_release(&arena);
    assert_null(arena.newest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_are_zero_and_apart),
        cmocka_unit_test(test_lines_of_the_cache_are_whole),
        cmocka_unit_test(test_what_is_given_back_is_taken_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
