/* role_figures.h: the figures of flows (tp_flow_figures) as words of a filter, by their index. */
#ifndef TCPPROBE_COMPARE_ROLE_FIGURES_H
#define TCPPROBE_COMPARE_ROLE_FIGURES_H

#include <tcpprobe/filter.h>
#include <tcpprobe/output.h>

/* The names of those that are numbers, "" for the others: tp_flow_figure_count of them. */
void role_figure_names(const char *names[TP_COLUMNS_MAX]);

/* The flow that is asked. Its sheet is opened with the first question: most filters ask for ports
 * first, and quantiles cost. */
struct role_asked {
    const struct tp_analysis *analysis;
    const struct tp_flow *flow;
    int64_t base_ns; /* what start_ns counts from */
    bool opened;
    struct tp_sheet sheet; /* its out_of_memory: an answer is absent only because of that */
};

/* A tp_filter_figure of a struct role_asked. */
bool role_figure(void *context, size_t index, double *number);

#endif
