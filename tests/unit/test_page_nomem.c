/* test_page_nomem.c: the Nth allocation of making a page's data fails, for every N: it is told, or
 * the data is what it would have been. */
#include "packet_maker.h"

#include <tcpprobe/page.h>

#define NOMEM_TEXTS
#include "nomem.h"

/* A capture, and events of another connection. */
static struct tp_analysis *connections(void)
{
    const struct tp_analysis_options options = {.series_bins = 256, .marks = 2000};
    struct tp_analysis *analysis = tp_analysis_new(&options, NULL);

    assert_non_null(analysis);
    give_transfer(analysis, 4000, SEC, 12, 4);
    give_flow(analysis, 4001, 80, 2 * SEC, 40, 2);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    return analysis;
}

/* What was written, as a number. */
static int add(void *context, const void *bytes, size_t length)
{
    uint64_t *sum = context;

    for (size_t i = 0; i < length; i++)
        *sum = (*sum ^ ((const uint8_t *)bytes)[i]) * UINT64_C(0x100000001b3);
    return 0;
}

/* --- parts of a page; false: out of memory ---------------------------------------------------- */

static struct tp_page_log *make_log(struct tp_error *error)
{
    static const struct tp_column columns[] = {{.name = "t"}, {.name = "words"}};
    const struct tp_column *list[] = {&columns[0], &columns[1]};
    struct tp_page_log *log = tp_page_log_new(list, 2, error);
    char text[16];

    for (int64_t row = 0; log && row < 300; row++) {
        const struct tp_value values[] = {tp_value_integer(row * row), tp_value_text(text)};

        snprintf(text, sizeof text, "word %d", (int)(row % 40));
        if (!tp_page_log_add(log, values)) {
            tp_page_log_free(log);
            log = NULL;
            tp_error_nomem(error);
        }
    }
    return log;
}

static void write_flow(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow,
                       const struct tp_page_log *log)
{
    struct tp_page_row_told told = {0};

    tp_page_row(page, out, flow, 0);
    tp_page_row_now(page, out, flow, 0, &told);
    tp_page_row_now(page, out, flow, 0, &told);
    tp_page_connection(page, out, flow, 0, log, 300);
    tp_page_noscript_row(page, out, flow, 0);
}

static int write_block(struct tp_page *page, struct tp_out *out, const struct tp_page_log *log,
                       struct tp_error *error)
{
    struct tp_page_block *block = tp_page_block_new(out, error);
    struct tp_out *data = block ? tp_page_block_begin(block, "index") : NULL;
    size_t count;
    const struct tp_flow *const *flows = tp_analysis_flows(page->analysis, &count);
    int rc = TP_ERR_NOMEM;

    if (data) {
        tp_page_words(page, data);
        for (size_t i = 0; i < count; i++)
            write_flow(page, data, flows[i], log);
        rc = tp_page_block_end(block, error);
    }
    tp_page_block_free(block);
    return rc;
}

/* Makes it all with so many allocations granted; true when that was enough. */
static bool attempt(const struct tp_analysis *analysis, long granted, uint64_t expected,
                    uint64_t *sum)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_page page = {.analysis = analysis};
    struct tp_figure_columns *columns;
    struct tp_page_log *log;
    struct tp_out *out;
    bool enough;
    int rc = TP_ERR_NOMEM;

    *sum = 0;
    atomic_store(&nomem_left, granted);
    page.columns = columns = tp_figure_columns_new(&error);
    page.names = tp_page_names_new(&error);
    log = make_log(&error);
    out = tp_out_into(add, sum, "a page", &error);
    if (columns && page.names && log && out)
        rc = write_block(&page, out, log, &error);
    if (rc == 0)
        rc = tp_out_finish(out, &error);
    enough = !nomem_reached();
    atomic_store(&nomem_left, NOMEM_NEVER);
    assert_int_equal(rc, error.code == TP_ERR_NOMEM || rc ? TP_ERR_NOMEM : TP_OK);
    assert_true(!enough || rc == 0);
    assert_true(rc != 0 || !expected || *sum == expected);
    tp_out_free(out);
    tp_page_log_free(log);
    tp_page_names_free(page.names);
    tp_figure_columns_free(columns);
    return enough;
}

static void every_allocation_fails(void **state)
{
    struct tp_analysis *analysis = connections();
    uint64_t expected, sum;
    long granted = 0;

    (void)state;
    assert_true(attempt(analysis, NOMEM_NEVER, 0, &expected));
    for (; !attempt(analysis, granted, expected, &sum); granted++)
        assert_true(granted < 20000);
    assert_true(granted > 50);
    tp_analysis_free(analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_fails)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
