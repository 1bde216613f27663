/* test_pump_nomem.c: each allocation of the raw engine fails once: an error, and no
 * leak. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "recorder/pump.h"

#include "nomem.h"
#include "raw_tree.h"

#define LINES 307

static int count_line(void *context, const struct pump_line *line, struct tp_error *error)
{
    (void)error;
    assert_true(line->length > 0);
    ++*(uint64_t *)context;
    return 0;
}

static int run(const struct raw_formats *formats, uint64_t *lines, struct tp_error *error)
{
    const struct pump_plan plan = {.engine = PUMP_RAW,
                                   .tracefs = RAW_TREE,
                                   .instance = RAW_TREE "/instance",
                                   .release = 0x612,
                                   .events = formats->events,
                                   .event_count = RAW_EVENTS};
    struct pump *pump = NULL;
    int rc = pump_open(&pump, &plan, error);

    *lines = 0;
    if (!rc)
        rc = pump_drain(pump, true, count_line, lines, error);
    pump_close(pump);
    return rc;
}

static void each_allocation_may_fail(void **state)
{
    struct raw_formats formats;
    struct tp_error error;
    uint64_t lines;
    long n;
    int rc;

    (void)state;
    assert_int_equal(raw_formats_read(&formats, RAW_TREE, NULL), 0);
    for (n = 0;; n++) {
        tp_error_clear(&error);
        atomic_store(&nomem_left, n);
        rc = run(&formats, &lines, &error);
        if (!nomem_reached())
            break;
        atomic_store(&nomem_left, NOMEM_NEVER);
        assert_int_equal(rc, TP_ERR_NOMEM);
        assert_int_equal(error.code, TP_ERR_NOMEM);
        assert_true(lines < LINES);
    }
    atomic_store(&nomem_left, NOMEM_NEVER);
    assert_int_equal(rc, 0);
    assert_int_equal(lines, LINES);
    assert_true(n > 40);
    raw_formats_release(&formats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_may_fail)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
