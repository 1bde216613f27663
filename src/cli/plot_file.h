/* plot_file.h: the file that a picture goes to. */
#ifndef TCPPROBE_CLI_PLOT_FILE_H
#define TCPPROBE_CLI_PLOT_FILE_H

#include "cli/common.h"

/* `output` (in `directory` unless it is absolute), or where that is NULL the first log's name with
 * another end, in `directory` or beside the log. output, directory and format may be NULL. free()
 * the result; NULL if out of memory. */
char *cli_plot_path(const struct cli_input *input, const char *output, const char *directory,
                    const char *format);
/* Would a picture of that name take the place of one of the logs? */
bool cli_plot_is_input(const struct cli_input *input, const char *path);
/* Opens it with xdg-open; an exit status, after a message where it failed. */
int cli_plot_show(const char *path);

#endif
