/* ask.h: one figure of one flow, for tests. */
#ifndef TCPPROBE_TESTS_ASK_H
#define TCPPROBE_TESTS_ASK_H

#include <math.h>

#include <tcpprobe/figure.h>

/* NAN where it is absent. */
static inline double ask_of(const struct tp_analysis *analysis, const struct tp_flow *flow,
                            enum tp_figure_id figure, unsigned end, unsigned origin)
{
    struct tp_sheet sheet = {0};
    double number;

    tp_sheet_open(&sheet, analysis, flow, 0);
    return tp_sheet_number(&sheet, figure, end, origin, &number) ? number : NAN;
}

static inline double ask(const struct tp_analysis *analysis, const struct tp_flow *flow,
                         enum tp_figure_id figure)
{
    return ask_of(analysis, flow, figure, 0, TP_BEST);
}

#endif
