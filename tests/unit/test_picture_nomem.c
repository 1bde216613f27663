/* test_picture_nomem.c: the Nth allocation of choosing flows and of laying out a picture fails, for
 * every N. */
#include "packet_maker.h"

#define NOMEM_TEXTS
#include "nomem.h"

/* One flow, some that are compared, an overview. */
static struct tp_analysis *flows(unsigned count)
{
    struct tp_analysis *analysis = analysis_begin();

    for (unsigned i = 0; i < count; i++)
        give_flow(analysis, (uint16_t)(4000 + i), 80, SEC + i * MS, 40, 1 + i % 3);
    give(analysis, make_state(SEC + 100 * MS, 4000, TP_CONG_RECOVERY));
    give(analysis, make_retransmit(SEC + 101 * MS, 4000));
    give(analysis, make_lost(SEC + 200 * MS, 5));
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    return analysis;
}

/* A capture. */
static struct tp_analysis *packets(void)
{
    const struct tp_analysis_options options = {.series_bins = 256, .marks = 2000};
    struct tp_analysis *analysis = tp_analysis_new(&options, NULL);

    assert_non_null(analysis);
    give_transfer(analysis, 4000, SEC, 12, 4);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    return analysis;
}

/* Chooses and builds with so many allocations granted; true when that was enough. A picture that
 * came all the same lacks a quantile, which the analysis cannot give without memory. */
static bool attempt(const struct tp_analysis *analysis, struct tp_picture_options options,
                    long granted)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_picture *picture = NULL;
    struct tp_plot_choice choice;
    bool enough;

    atomic_store(&nomem_left, granted);
    if (tp_plot_select(&choice, analysis, NULL, &error) == 0) {
        options.flows = choice.flows;
        options.count = choice.count;
        picture = tp_picture_build(analysis, &options, &error);
        tp_plot_choice_release(&choice);
    }
    enough = !nomem_reached();
    atomic_store(&nomem_left, NOMEM_NEVER);
    assert_int_equal(error.code, picture ? TP_OK : TP_ERR_NOMEM);
    assert_true(!enough || picture);
    tp_picture_free(picture);
    return enough;
}

static void every_allocation_fails(void **state)
{
    static const unsigned counts[] = {1, 3, 12};
    struct tp_analysis *analysis;
    long granted;

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        analysis = flows(counts[i]);
        for (granted = 0;
             !attempt(analysis, (struct tp_picture_options){.title = "a title"}, granted);
             granted++)
            assert_true(granted < 20000);
        assert_true(granted > 50);
        tp_analysis_free(analysis);
    }
}

/* On paper, with a font, as runs and as distributions. */
static void every_allocation_for_paper_fails(void **state)
{
    static const struct tp_picture_options looks[] = {
        {.style = "paper", .font = "Inter", .title = "a title"},
        {.style = "paper", .aggregate = true},
        {.style = "paper", .kind = TP_PICTURE_CDF},
        {.kind = TP_PICTURE_CDF, .aggregate = true}};
    struct tp_analysis *analysis = flows(3);
    long granted;

    (void)state;
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        for (granted = 0; !attempt(analysis, looks[i], granted); granted++)
            assert_true(granted < 20000);
        assert_true(granted > 50);
    }
    tp_analysis_free(analysis);
}

static void every_allocation_for_packets_fails(void **state)
{
    struct tp_analysis *analysis = packets();
    long granted;

    (void)state;
    for (granted = 0; !attempt(
             analysis,
             (struct tp_picture_options){.title = "a title", .panels = "tsg,inflight,rtt,limits"},
             granted);
         granted++)
        assert_true(granted < 20000);
    assert_true(granted > 50);
    tp_analysis_free(analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_fails),
                                       cmocka_unit_test(every_allocation_for_paper_fails),
                                       cmocka_unit_test(every_allocation_for_packets_fails)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
