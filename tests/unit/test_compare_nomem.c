/* test_compare_nomem.c: every allocation of reading and writing baselines, of comparing runs and of
 * making a run of a recording fails in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include <tcpprobe/input.h>

#include "run_maker.h"
#define NOMEM_TEXTS
#include "nomem.h"

#define RECORDING "tests/data/short.log"

static char path[64];
static struct tp_run *base, *fresh;

static int compare_runs(struct tp_error *error)
{
    struct tp_comparison comparison;
    int rc = tp_compare(&comparison, base, 5, fresh, 5, NULL, error);

    tp_comparison_release(&comparison);
    return rc;
}

static int write_and_read(struct tp_error *error)
{
    char *name = "bulk", *expression = "port 1";
    struct tp_baseline written = {.runs = base,
                                  .count = 2,
                                  .role_names = &name,
                                  .role_expressions = &expression,
                                  .role_count = 1};
    struct tp_baseline back;
    int rc;

    /* Its reader takes the end of memory for bad JSON, here and there. */
    json_set_alloc_funcs(__wrap_malloc, free);
    rc = tp_baseline_write(&written, path, error);
    json_set_alloc_funcs(__real_malloc, free);
    if (rc == TP_OK) {
        rc = tp_baseline_read(&back, path, error);
        tp_baseline_release(&back);
    }
    return rc;
}

static int analyse(struct tp_analysis *analysis, struct tp_error *error)
{
    const char *paths[] = {RECORDING};
    const struct tp_stream_options options = {.threads = 0};
    const struct tp_record *record;
    struct tp_stream *stream;
    int rc = tp_stream_open(&stream, paths, 1, &options, error);

    if (rc < 0)
        return rc;
    while ((rc = tp_stream_next(stream, &record, error)) > 0)
        if ((rc = tp_analysis_add(analysis, record, error)) < 0)
            break;
    tp_stream_close(stream);
    return rc < 0 ? rc : tp_analysis_finish(analysis, error);
}

static int run_of_recording(struct tp_error *error)
{
    struct tp_analysis_options how = {0};
    struct tp_analysis *analysis;
    const struct tp_run_options options = {.min_bytes = 1};
    struct tp_run run = {.name = NULL};
    int rc;

    tp_run_needs(&how);
    analysis = tp_analysis_new(&how, error);
    rc = analysis ? analyse(analysis, error) : TP_ERR_NOMEM;
    if (rc == TP_OK)
        rc = tp_run_from_analysis(&run, analysis, RECORDING, &options, error);
    tp_run_release(&run);
    tp_analysis_free(analysis);
    return rc;
}

static void fail_each(int (*work)(struct tp_error *error), long least)
{
    struct tp_error error;
    bool reached = true;
    long n;
    int rc;

    for (n = 0; reached; n++) {
        tp_error_clear(&error);
        atomic_store(&nomem_left, n);
        rc = work(&error);
        reached = nomem_reached();
        atomic_store(&nomem_left, NOMEM_NEVER);
        assert_int_equal(rc, reached ? TP_ERR_NOMEM : 0);
        assert_int_equal(error.code, rc);
    }
    assert_true(n > least);
}

static void comparisons(void **state)
{
    (void)state;
    fail_each(compare_runs, 10);
}

static void baselines(void **state)
{
    (void)state;
    fail_each(write_and_read, 50);
}

static void runs(void **state)
{
    (void)state;
    fail_each(run_of_recording, 20);
}

static int set_up(void **state)
{
    int fd;

    (void)state;
    base = made_runs(5, 1, 0.01);
    fresh = made_runs(5, 2, 0.01);
    strcpy(path, "/tmp/test_compare_nomem.XXXXXX");
    fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    free_runs(base, 5);
    free_runs(fresh, 5);
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons),
        cmocka_unit_test(baselines),
        cmocka_unit_test(runs),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
