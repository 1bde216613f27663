/* plot_file.h: the file that a picture goes to. */
#ifndef TCPPROBE_CLI_PLOT_FILE_H
#define TCPPROBE_CLI_PLOT_FILE_H

#include "cli/common.h"

/* `output` (in `directory` unless it is absolute), or where that is NULL the first log's name with
 * another end, in `directory` or beside the log. output, directory and format may be NULL. free()
 * the result; NULL if out of memory. */
char *cli_plot_path(const struct cli_input *input, const char *output, const char *directory,
                    const char *format);
/* The folder and those it stands in, where they are not there. An exit status, after a message where
 * it failed. */
int cli_plot_make_folder(const char *path);
/* Would a picture of that name take the place of one of the logs? */
bool cli_plot_is_input(const struct cli_input *input, const char *path);

/* Opens a picture with xdg-open, in a process that waits from the start until it is there: what
 * reads and draws starts no programs (base/confine.h). Both return an exit status, after a message
 * where it failed. */
struct cli_viewer {
    const char *path;
    pid_t pid;
    int go; /* a byte written to it shows the picture, the end of it ends the process */
};

int cli_viewer_start(struct cli_viewer *viewer, const char *path);
int cli_viewer_end(struct cli_viewer *viewer, bool shows);

#endif
