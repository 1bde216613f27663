/* test_held.c: lines that wait for their turn: in order, none twice, none lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "recorder/held.h"

static char given[64];

static int give(void *context, const char *text, size_t length, struct tp_error *error)
{
    int *answer = context;

    (void)error;
    snprintf(given + strlen(given), sizeof given - strlen(given), "%.*s", (int)length, text);
    return *answer;
}

static void add(struct held_lines *held, int64_t ts_ns, const char *text)
{
    assert_int_equal(held_add(held, ts_ns, text, strlen(text), NULL), TP_OK);
}

#define GIVEN(text) (assert_string_equal(given, text), given[0] = '\0')

static void until_an_event(void **state)
{
    struct held_lines held = {0};
    int fine = 0, full = TP_ERR_IO;

    (void)state;
    assert_int_equal(held_give(&held, 100, give, &fine, NULL), TP_OK);
    add(&held, 10, "a");
    add(&held, 20, "bb");
    add(&held, 20, "c");
    add(&held, 30, "d");
    held_give(&held, 9, give, &fine, NULL);
    GIVEN("");
    held_give(&held, 20, give, &fine, NULL);
    GIVEN("abbc");
    add(&held, 31, "e");
    /* A sink that fails had its line. */
    assert_int_equal(held_give(&held, 99, give, &full, NULL), TP_ERR_IO);
    GIVEN("d");
    held_give(&held, INT64_MAX, give, &fine, NULL);
    GIVEN("e");
    assert_int_equal(held.begin, held.end);
    held_release(&held);
}

/* An event that happened before a drain began is there by the end of the next one. */
static void until_two_drains(void **state)
{
    struct held_lines held = {0};
    int fine = 0;

    (void)state;
    add(&held, 1000, "a");
    held_drained(&held, 1001, give, &fine, NULL);
    held_drained(&held, 1002, give, &fine, NULL);
    GIVEN("");
    add(&held, 1002, "b");
    held_drained(&held, 1003, give, &fine, NULL);
    GIVEN("a");
    held_drained(&held, 1004, give, &fine, NULL);
    GIVEN("b");
    held_release(&held);
}

/* A round of many sockets, again and again: the room does not grow. */
static void many(void **state)
{
    struct held_lines held = {0};
    size_t allocated = 0;
    int fine = 0;

    (void)state;
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 10000; i++)
            add(&held, round * 10000 + i, "");
        held_give(&held, INT64_MAX, give, &fine, NULL);
        if (round)
            assert_int_equal(held.allocated, allocated);
        allocated = held.allocated;
    }
    held_release(&held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(until_an_event),
        cmocka_unit_test(until_two_drains),
        cmocka_unit_test(many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
