/* ending.h: whether another log can be put behind one. */
#ifndef TCPPROBE_RECORDER_ENDING_H
#define TCPPROBE_RECORDER_ENDING_H

#include <tcpprobe/error.h>

/* Reads the file, which takes as long as it is: it is empty, or a log of ours from its first line
 * to the end of its last, gzipped where its name ends in .gz and only there. Otherwise
 * TP_ERR_USAGE: what stands behind a gzip member that lacks its end cannot be read. */
int ending_check(const char *path, struct tp_error *error);

#endif
