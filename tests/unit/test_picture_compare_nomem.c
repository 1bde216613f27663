/* test_picture_compare_nomem.c: the Nth allocation of drawing a comparison fails, for every N. */
#include "picture_maker.h"
#include "run_maker.h"

#define NOMEM_TEXTS
#include "nomem.h"

/* Lays it out with so many allocations granted; true when that was enough. */
static bool attempt(const struct tp_comparison *comparison, long granted)
{
    const struct tp_picture_options options = {.title = "a title"};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_picture *picture;
    bool enough;

    atomic_store(&nomem_left, granted);
    picture = tp_comparison_picture(comparison, NULL, &options, &error);
    enough = !nomem_reached();
    atomic_store(&nomem_left, NOMEM_NEVER);
    assert_int_equal(error.code, picture ? TP_OK : TP_ERR_NOMEM);
    assert_int_equal(enough, picture != NULL);
    tp_picture_free(picture);
    return enough;
}

static void every_allocation_fails(void **state)
{
    struct tp_run *base = made_runs(5, 1, 0.01), *fresh = made_runs(5, 2, 0.01);
    struct tp_comparison comparison;
    long granted;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        base[i].roles[0].srtt_line = (struct tp_run_line){.count = 3, .bin_s = 1};
        base[i].roles[0].has_quantiles = true;
    }
    scale_runs(fresh, 5, TP_COMPARE_GOODPUT, 0.5);
    assert_int_equal(
        tp_compare(&comparison, base, 5, fresh, 5, &(struct tp_compare_options){0}, NULL), TP_OK);
    for (granted = 0; !attempt(&comparison, granted); granted++)
        assert_true(granted < 20000);
    assert_true(granted > 100);
    tp_comparison_release(&comparison);
    free_runs(base, 5);
    free_runs(fresh, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_fails)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
