/* plot_picture.h: from logs and captures to the picture of what they show. */
#ifndef TCPPROBE_CLI_PLOT_PICTURE_H
#define TCPPROBE_CLI_PLOT_PICTURE_H

#include <tcpprobe/plot.h>

#include "cli/common.h"

struct cli_plot {
    struct cli_input input;
    struct cli_flow_choices flows;
    struct tp_plot_selection selection;
    struct tp_picture_options picture;
    bool zoomed;                     /* --zoom was given: */
    size_t episode;                  /* loss episode, from 1; 0: ... */
    struct tp_pass_time from, until; /* ... this part */
};

/* "loss", "loss:3", "1.2s..1.8s" on the axis of the whole picture. 0, or what cli_bad_option()
 * returns. */
error_t cli_plot_parse_zoom(struct cli_plot *plot, const char *text);

/* Reads the inputs, twice to zoom. NULL after a message. Nothing
 * else of them is left in memory. */
struct tp_picture *cli_plot_picture(struct cli_plot *plot);

#endif
