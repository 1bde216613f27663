/* flow_times.h: the moments among the figures of a flow, as --time wants them. */
#ifndef TCPPROBE_CLI_FLOW_TIMES_H
#define TCPPROBE_CLI_FLOW_TIMES_H

#include <tcpprobe/figure.h>

#include "cli/times.h"

#define CLI_FLOW_MOMENTS_MAX 16

struct cli_flow_times {
    enum cli_time
        time;        /* USUAL: start since the first event, all others by the recording's clock */
    bool short_text; /* milliseconds: for people */
    struct cli_times times;
    size_t count;
    struct cli_flow_moment {
        size_t at; /* which column */
        bool since_base;
        struct tp_column column;
        char name[48], text[CLI_TIME_BYTES];
    } list[CLI_FLOW_MOMENTS_MAX];
};

/* Is the figure one of them? */
bool cli_flow_is_moment(enum tp_figure_id figure);

/* Takes down which of the columns are moments, and has the names that they get then in their place.
 */
void cli_flow_times_columns(struct cli_flow_times *times,
                            const struct tp_figure_column *const *chosen,
                            const struct tp_column **columns, size_t count);
/* Of a row that was loaded: base_ns is what the sheet's start counted from. */
void cli_flow_times_row(struct cli_flow_times *times, const struct tp_flow *flow, int64_t base_ns,
                        struct tp_value *values);

#endif
