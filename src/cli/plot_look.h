/* plot_look.h: the options that say how a picture looks, for the commands that lay one out. */
#ifndef TCPPROBE_CLI_PLOT_LOOK_H
#define TCPPROBE_CLI_PLOT_LOOK_H

#include "cli/plot_picture.h"

/* A child of a command's argp; its input is a struct cli_plot. */
extern const struct argp cli_plot_look_argp;

/* What an axis is asked to be: each parses one option's argument into plot->axes. 0, or what
 * cli_bad_option() returns. */
error_t cli_plot_parse_unit(struct cli_plot *plot, const char *text);
error_t cli_plot_parse_range(struct cli_plot *plot, const char *text);
error_t cli_plot_parse_log(struct cli_plot *plot, const char *text);
error_t cli_plot_parse_y_title(struct cli_plot *plot, const char *text);

/* The list that --panels help asks for, on stdout; CLI_FINE. */
int cli_plot_list_panels(void);

#endif
