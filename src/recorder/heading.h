/* heading.h: what every log says of who recorded it, where and when: lines beginning with '#'. */
#ifndef TCPPROBE_RECORDER_HEADING_H
#define TCPPROBE_RECORDER_HEADING_H

#include <stdio.h>

#include <tcpprobe/recorder.h>

#include "recorder/instance.h"

/* "# NAME=TEXT"; what would end the line, or be read as a word of the log, is shown instead. */
void heading_put_line(FILE *out, const char *name, const char *text);
/* How far that clock is from wall-clock time, if that is known. */
void heading_put_offset(FILE *out, const char *clock);
void heading_put_now(FILE *out, const char *name);
void heading_put_machine(FILE *out, const struct places *places);
/* sysctls that matter. */
void heading_put_settings(FILE *out, const struct places *places);
/* That sockets are sampled, how often, and of which namespaces. */
void heading_put_sockets(FILE *out, const struct tp_recorder_sockets *sockets);
/* How many were, at the end. */
void heading_put_sampled(FILE *out, const struct tp_sampler_summary *summary);

#endif
