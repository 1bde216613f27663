/* test_compare_notes.c: what a comparison says beside its verdict: other environments, single runs
 * that are unlike the others, ends that were not seen; and which runs are one. */
#include "sides.h"

/* Its only note; "" if there is none. */
static const char *note_of(const struct sides *sides)
{
    assert_true(sides->answer.note_count <= 1);
    return sides->answer.note_count ? sides->answer.notes[0] : "";
}

/* Kernels are told, and forbid nothing; texts of a baseline may be anything. */
static void other_kernels_are_noted(void **state)
{
    struct sides sides = sides_of(5, 5);
    size_t i;

    (void)state;
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "none of 8");
    assert_string_equal(note_of(&sides), "");
    for (i = 0; i < 4; i++)
        sides.base[i].kernel = strdup("6.1.0");
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "none of 8");
    assert_string_equal(note_of(&sides), "");
    sides.fresh[2].kernel = strdup("6.1.0");
    sides.fresh[3].kernel = strdup("6.1.0");
    compare(&sides);
    assert_string_equal(note_of(&sides), "");
    sides.fresh[4].kernel = strdup("6.18\x1b[31m");
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "none of 8");
    assert_string_equal(note_of(&sides), "the runs are of different kernels: base 6.1.0, new 6.1.0 "
                                         "(but 6.18?[31m in made)");
    free(sides.fresh[3].kernel);
    sides.fresh[3].kernel = strdup("6.2");
    compare(&sides);
    assert_string_equal(note_of(&sides), "the runs are of different kernels: base 6.1.0, new 6.1.0 "
                                         "(but others in 2 of 5 runs)");
    assert_int_equal(sides.answer.environment[TP_ENVIRONMENT_KERNEL].new_others, 2);
    for (i = 2; i < 4; i++) {
        free(sides.fresh[i].kernel);
        sides.fresh[i].kernel = NULL;
    }
    compare(&sides);
    assert_string_equal(note_of(&sides),
                        "the runs are of different kernels: base 6.1.0, new 6.18?[31m");
    release(&sides);
}

/* Like another kernel is another congestion control or clock, and of what is not known nothing is
 * said. */
static void other_environments_are_noted(void **state)
{
    struct sides sides = sides_of(5, 5);
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++)
        sides.base[i].congestion_control = strdup("cubic");
    compare(&sides);
    assert_string_equal(note_of(&sides), "");
    assert_null(sides.answer.environment[TP_ENVIRONMENT_CONGESTION_CONTROL].fresh);
    for (i = 0; i < 5; i++)
        sides.fresh[i].congestion_control = strdup(i == 2 ? "bbr" : "reno");
    compare(&sides);
    assert_string_equal(note_of(&sides), "the runs are of different congestion controls: base "
                                         "cubic, new reno (but bbr in made)");
    for (i = 0; i < 5; i++)
        sides.base[i].clock = strdup(i ? "mono" : "local");
    compare(&sides);
    assert_int_equal(sides.answer.note_count, 2);
    assert_string_equal(sides.answer.notes[1], "the runs are of different clocks: base mono (but "
                                               "local in made), new unknown");
    release(&sides);
}

/* Medians hide one run of half the duration or another segment size. */
static void single_runs_unlike_the_others_are_noted(void **state)
{
    struct sides sides = sides_of(5, 5);

    (void)state;
    sides.base[3].roles[0].value[TP_COMPARE_DURATION] = 6;
    sides.base[3].name[0] = 'f';
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "none of 8");
    assert_string_equal(
        note_of(&sides),
        "base runs of bulk differ in duration: 6 to 12 s, fade is unlike the others");
    sides.base[3].roles[0].value[TP_COMPARE_DURATION] = 12 * 0.81; /* the limit is 20 % */
    compare(&sides);
    assert_string_equal(note_of(&sides), "");
    set_runs(sides.fresh, 2, TP_COMPARE_MSS, 1400);
    compare(&sides);
    assert_string_equal(note_of(&sides),
                        "new runs of bulk differ in mss: 1.400k to 1.448k bytes, 2 "
                        "of 5 are unlike the others");
    release(&sides);
    sides = sides_of(2, 1);
    sides.base[1].roles[0].value[TP_COMPARE_DURATION] = 6;
    compare(&sides);
    assert_string_equal(note_of(&sides), "base runs of bulk differ in duration: 6 to 12 s");
    release(&sides);
}

static void the_end_that_was_not_seen_is_noted(void **state)
{
    struct sides sides = sides_of(5, 5);

    (void)state;
    sides.fresh[1].until_close = 3;
    compare(&sides);
    assert_non_null(strstr(note_of(&sides), "in 0 of 5 base and 1 of 5 new runs"));
    release(&sides);
}

/* Copies have one identity; of runs that have none, every number is the same. */
static void copies_are_one_run(void **state)
{
    struct tp_run *runs = made_runs(2, 1, 0.01), *again = made_runs(2, 1, 0.01);

    (void)state;
    assert_true(tp_run_same(&runs[0], &again[0]));
    assert_false(tp_run_same(&runs[0], &again[1]));
    again[0].roles[0].value[TP_COMPARE_GOODPUT] += 1e-9;
    assert_false(tp_run_same(&runs[0], &again[0]));
    runs[0].identity = again[0].identity = 7;
    assert_true(tp_run_same(&runs[0], &again[0]));
    again[0].origin = TP_FROM_PACKETS;
    assert_false(tp_run_same(&runs[0], &again[0]));
    again[1].identity = 8;
    assert_false(tp_run_same(&runs[0], &again[1]));
    assert_true(tp_run_same(&runs[1], &again[1])); /* one of them is of an older version */
    free_runs(runs, 2);
    free_runs(again, 2);
}

/* An empty capture is neither events nor packets. */
static void empty_runs_are_of_no_kind(void **state)
{
    struct sides sides = sides_of(5, 5);
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++)
        sides.base[i].origin = sides.fresh[i].origin = TP_FROM_PACKETS;
    sides.base[0].origin = TP_WAYS;
    free(sides.base[0].roles[0].name);
    sides.base[0].role_count = 0;
    compare(&sides);
    assert_int_equal(sides.answer.verdict, TP_NOT_COMPARABLE);
    assert_string_equal(sides.answer.why, "1 of 5 base runs have no such flows");
    release(&sides);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_kernels_are_noted),
        cmocka_unit_test(other_environments_are_noted),
        cmocka_unit_test(single_runs_unlike_the_others_are_noted),
        cmocka_unit_test(the_end_that_was_not_seen_is_noted),
        cmocka_unit_test(copies_are_one_run),
        cmocka_unit_test(empty_runs_are_of_no_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
