/* test_marks.c: what a time-sequence graph draws, in bounded memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <tcpprobe/series.h>

static void add(struct tp_wire_marks *marks, int64_t t_ns, enum tp_wire_mark_kind kind)
{
    const struct tp_wire_mark mark = {t_ns, (uint64_t)t_ns, (uint64_t)t_ns + 1, (uint8_t)kind, 0};

    assert_int_equal(tp_wire_marks_add(marks, &mark), 0);
}

static uint32_t count_of(const struct tp_wire_marks *marks, enum tp_wire_mark_kind kind)
{
    uint32_t i, count = 0;

    for (i = 0; i < marks->count; i++)
        count += marks->list[i].kind == kind;
    return count;
}

static void check_order(const struct tp_wire_marks *marks)
{
    uint32_t i;

    assert_true(marks->count <= marks->capacity && marks->count <= marks->allocated);
    for (i = 1; i < marks->count; i++)
        assert_true(marks->list[i].t_ns > marks->list[i - 1].t_ns);
}

static void test_complete_while_there_is_room(void **state)
{
    struct tp_wire_marks marks;
    int i;

    (void)state;
    tp_wire_marks_init(&marks, 100);
    assert_null(marks.list);
    for (i = 0; i < 100; i++)
        add(&marks, i, i % 2 ? TP_WIRE_ACK : TP_WIRE_DATA);
    assert_int_equal(marks.count, 100);
    assert_int_equal(marks.left_out, 0);
    add(&marks, 100, TP_WIRE_DATA);
    assert_int_equal(marks.count, 100);
    assert_int_equal(marks.left_out, 1);
    check_order(&marks);
    tp_wire_marks_release(&marks);
    assert_null(marks.list);
}

/* Every loss of a long transfer is worth more than its data. */
static void test_rare_marks_take_the_place_of_data(void **state)
{
    struct tp_wire_marks marks;
    uint32_t rare = 0;
    int i;

    (void)state;
    tp_wire_marks_init(&marks, 1000);
    for (i = 0; i < 20000; i++) {
        add(&marks, i, i % 25 ? TP_WIRE_DATA : TP_WIRE_RETRANSMIT);
        rare += i % 25 == 0;
    }
    assert_int_equal(rare, 800);
    assert_int_equal(count_of(&marks, TP_WIRE_RETRANSMIT), rare);
    assert_int_equal(marks.count + marks.left_out, 20000);
    check_order(&marks);
    /* data are complete up to some time, and none come later */
    for (i = 0; i < (int)marks.count && marks.list[i].t_ns == i; i++)
        ;
    for (; i < (int)marks.count; i++)
        assert_int_equal(marks.list[i].kind, TP_WIRE_RETRANSMIT);
    tp_wire_marks_release(&marks);
}

static void test_too_many_rare_ones_are_thinned(void **state)
{
    struct tp_wire_marks marks;
    int i;

    (void)state;
    tp_wire_marks_init(&marks, 100);
    for (i = 0; i < 10000; i++)
        add(&marks, i, i < 50 ? TP_WIRE_SACK : TP_WIRE_ZERO);
    assert_int_equal(count_of(&marks, TP_WIRE_SACK), 0);
    assert_true(marks.count >= 50);
    assert_int_equal(marks.count + marks.left_out, 10000);
    assert_true(marks.list[0].t_ns < 100);
    assert_true(marks.list[marks.count - 1].t_ns == 9999);
    check_order(&marks);
    tp_wire_marks_release(&marks);
}

static void test_late_ones_stay_in_order(void **state)
{
    struct tp_wire_marks marks;

    (void)state;
    tp_wire_marks_init(&marks, 100);
    add(&marks, 5, TP_WIRE_DATA);
    add(&marks, 3, TP_WIRE_RST);
    add(&marks, 7, TP_WIRE_DATA);
    assert_int_equal(marks.count, 3);
    assert_true(marks.list[1].t_ns == 5 && marks.list[1].begin == 3);
    assert_true(marks.list[2].t_ns == 7);
    tp_wire_marks_release(&marks);
}

static void test_shrinking(void **state)
{
    struct tp_wire_marks marks;
    int i;

    (void)state;
    tp_wire_marks_init(&marks, 1); /* as few as there may be */
    for (i = 0; i < 100; i++)
        add(&marks, i, TP_WIRE_RST);
    assert_int_equal(marks.capacity, 16);
    assert_int_equal(marks.count + marks.left_out, 100);
    tp_wire_marks_release(&marks);
    tp_wire_marks_init(&marks, 500);
    for (i = 0; i < 500; i++)
        add(&marks, i, i % 10 ? TP_WIRE_ACK : TP_WIRE_DUP_ACK);
    tp_wire_marks_shrink(&marks, 700); /* never more */
    assert_int_equal(marks.capacity, 500);
    tp_wire_marks_shrink(&marks, 100);
    assert_int_equal(marks.capacity, 100);
    assert_true(marks.allocated <= 100);
    assert_int_equal(count_of(&marks, TP_WIRE_DUP_ACK), 50);
    assert_int_equal(marks.count + marks.left_out, 500);
    check_order(&marks);
    tp_wire_marks_shrink(&marks, 0);
    assert_null(marks.list);
    assert_int_equal(marks.left_out, 500);
    add(&marks, 501, TP_WIRE_RST);
    assert_int_equal(marks.left_out, 501);
    assert_int_equal(marks.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_complete_while_there_is_room),
        cmocka_unit_test(test_rare_marks_take_the_place_of_data),
        cmocka_unit_test(test_too_many_rare_ones_are_thinned),
        cmocka_unit_test(test_late_ones_stay_in_order),
        cmocka_unit_test(test_shrinking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
