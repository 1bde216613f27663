/* plot_picture.h: from logs and captures to the picture of what they show. */
#ifndef TCPPROBE_CLI_PLOT_PICTURE_H
#define TCPPROBE_CLI_PLOT_PICTURE_H

#include <tcpprobe/plot.h>

#include "cli/times.h"

#define CLI_LABELS_MAX 64
#define CLI_AXES_MAX   8

/* What inputs are called in the picture: those whose paths match the pattern. */
struct cli_label {
    const char *pattern;
    char name[48];
};

struct cli_plot {
    struct cli_input input;
    struct cli_label labels[CLI_LABELS_MAX];
    size_t label_count;
    struct cli_flow_choices flows;
    struct tp_plot_selection selection;
    struct tp_picture_options picture;
    struct tp_axis_options axes[CLI_AXES_MAX]; /* that are chosen */
    char axis_names[CLI_AXES_MAX][32];
    char font[TP_FONT_NAME_MAX + 1];
    enum cli_time time; /* of the axis; of all that is exported */
    bool list_panels;   /* and nothing else */
    const char *looks;  /* the first of the options of its look; NULL: none was given */
    bool tsg;           /* the panel of that name unless others are asked for */
    bool zoomed;        /* --zoom was given: */
    size_t episode;     /* loss episode, from 1; 0: ... */
    struct tp_pass_time from, until; /* ... this part */
};

/* "loss", "loss:3", "1.2s..1.8s" on the axis of the whole picture. 0, or what cli_bad_option()
 * returns. */
error_t cli_plot_parse_zoom(struct cli_plot *plot, const char *text);

/* "NAME=FILE", where FILE may be a pattern. 0, or what cli_bad_option() returns. */
error_t cli_plot_parse_label(struct cli_plot *plot, const char *text);
/* Says which label is of no input, and returns false then. */
bool cli_plot_labels_fit(const struct cli_plot *plot);
/* The first that fits; NULL if none does. */
const char *cli_plot_label_of(const struct cli_plot *plot, const char *path);

/* Reads the inputs, twice to zoom. NULL after a message. Nothing
 * else of them is left in memory. */
struct tp_picture *cli_plot_picture(struct cli_plot *plot);

#endif
