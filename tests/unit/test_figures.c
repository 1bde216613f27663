/* test_figures.c: the table of figures and the columns made of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ask.h"

static struct tp_figure_columns *columns;

static int set_up(void **state)
{
    (void)state;
    columns = tp_figure_columns_new(NULL);
    return columns ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    tp_figure_columns_free(columns);
    return 0;
}

static const struct tp_figure_column *column_of(const char *name)
{
    int found = tp_figure_column_find(columns, name);

    if (found < 0)
        fail_msg("there is no column %s", name);
    return &columns->list[found];
}

static void every_row_is_whole(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TP_FIGURE_IDS; i++) {
        const struct tp_figure *figure = &tp_figures[i];
        unsigned known = 0;

        assert_non_null(figure->name);
        assert_non_null(figure->help);
        for (unsigned way = 0; way < TP_WAYS; way++)
            known += figure->way[way].get != NULL;
        if (!known || (figure->way[TP_FROM_WHOLE].get && known > 1))
            fail_msg("%s: a figure is told by origins, or as a whole", figure->name);
        if (figure->of == TP_OF_GROUP)
            assert_non_null(figure->title);
    }
}

static void twins_stand_at_their_distance(void **state)
{
    char name[80];

    (void)state;
    for (size_t i = 0; i < columns->count; i++) {
        const struct tp_column *column = &columns->list[i].column;

        assert_int_equal(column->is_twin, columns->list[i].end);
        if (!column->twin)
            continue;
        snprintf(name, sizeof name, "peer_%s", column->name);
        assert_string_equal(columns->list[i + column->twin].column.name, name);
    }
}

static void names_are_found(void **state)
{
    (void)state;
    assert_string_equal(column_of("acked_bytes")->name, "acked_bytes");
    assert_string_equal(column_of("retransmits")->name, "retransmits");
    assert_string_equal(column_of("srtt_p50")->name, "srtt_p50_us");
    assert_string_equal(column_of("wire_goodput")->name, "wire_goodput_bps");
    assert_int_equal(column_of("kernel_goodput_bps")->origin, TP_FROM_KERNEL);
    assert_int_equal(column_of("goodput_bps")->origin, TP_BEST);
    assert_int_equal(tp_figure_column_find(columns, "nonsense"), -1);
    for (size_t i = 0; i < columns->count; i++)
        if (tp_figure_column_find(columns, columns->list[i].name) != (int)i)
            fail_msg("two columns are called %s", columns->list[i].name);
}

static void rows_name_their_metrics(void **state)
{
    (void)state;
    assert_true(tp_figure_metrics(TP_FIGURE_rtt_p50_us) ==
                (TP_METRIC_BIT(SRTT) | TP_METRIC_BIT(RTT) | TP_METRIC_BIT(RTT_TS) |
                 TP_METRIC_BIT(WIRE_SRTT)));
    assert_true(tp_figure_metrics(TP_FIGURE_wire_gap_p50_us) == TP_METRIC_BIT(WIRE_GAP));
    assert_true(tp_figure_metrics(TP_FIGURE_acked_bytes) == 0);
    assert_true(tp_figure_metrics(TP_FIGURE_rtt_inflation) ==
                tp_figure_metrics(TP_FIGURE_rtt_p50_us));
}

static void units_are_for_people(void **state)
{
    static const struct {
        enum tp_figure_id figure;
        const char *unit;
        double number, in_unit;
    } cases[] = {{TP_FIGURE_rtt_p50_us, "ms", 40169, 40.169},
                 {TP_FIGURE_goodput_bps, "Mbit/s", 19101491, 19.101491},
                 {TP_FIGURE_retransmit_share, "%", 0.25, 25},
                 {TP_FIGURE_transfer_ns, "s", 12073725000, 12.073725},
                 {TP_FIGURE_acked_bytes, "bytes", 1448, 1448},
                 {TP_FIGURE_snd_cwnd_p50_segs, "segs", 10, 10}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct tp_figure *figure = &tp_figures[cases[i].figure];

        assert_string_equal(tp_figure_unit(figure), cases[i].unit);
        assert_true(tp_figure_in_unit(figure, cases[i].number) == cases[i].in_unit);
    }
}

static double join(enum tp_join how, double *values, size_t count, size_t of)
{
    const struct tp_figure figure = {.join = how};
    double scratch[8];

    return tp_figure_join(&figure, values, count, of, scratch);
}

static void flows_are_joined(void **state)
{
    double values[] = {4, 1, 3, 2};

    (void)state;
    assert_true(join(TP_JOIN_MEDIAN, values, 4, 4) == 2.5);
    assert_true(join(TP_JOIN_MEDIAN, values, 3, 4) == 3);
    assert_true(join(TP_JOIN_SUM, values, 3, 4) == 8);
    assert_true(join(TP_JOIN_SUM_OF_ALL, values, 4, 4) == 10);
    assert_true(isnan(join(TP_JOIN_SUM_OF_ALL, values, 3, 4)));
    assert_true(join(TP_JOIN_LARGEST, values, 4, 4) == 4);
    assert_true(join(TP_JOIN_LEAST, values, 4, 4) == 1);
    assert_true(fabs(join(TP_JOIN_JAIN, values, 4, 4) - 100.0 / 120) < 1e-15);
    assert_true(isnan(join(TP_JOIN_JAIN, values, 1, 1)));
    assert_true(isnan(join(TP_JOIN_MEDIAN, values, 0, 4)));
}

/* Whoever reads the data finds what the table shows, and what it is sorted by; endpoints as two. */
static void what_is_shown_is_in_the_data(void **state)
{
    const unsigned tables = TP_FIGURE_TABLE | TP_FIGURE_TABLE_PACKETS | TP_FIGURE_TABLE_BOTH |
                            TP_FIGURE_TABLE_SOCKETS;
    size_t i, shown = 0;

    (void)state;
    for (i = 0; i < columns->count; i++) {
        if (!(columns->list[i].use & tables) || strcmp(columns->list[i].name, "flow") == 0)
            continue;
        shown++;
        if (!(columns->list[i].use & TP_FIGURE_DATA))
            fail_msg("%s is in a table only", columns->list[i].name);
    }
    assert_true(shown > 20);
    assert_true(column_of("bytes")->use & TP_FIGURE_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),   cmocka_unit_test(twins_stand_at_their_distance),
        cmocka_unit_test(names_are_found),      cmocka_unit_test(rows_name_their_metrics),
        cmocka_unit_test(units_are_for_people), cmocka_unit_test(flows_are_joined),
        cmocka_unit_test(what_is_shown_is_in_the_data),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
