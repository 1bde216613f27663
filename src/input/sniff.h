/* sniff.h: what is this input? Its first lines tell. */
#ifndef TCPPROBE_INPUT_SNIFF_H
#define TCPPROBE_INPUT_SNIFF_H

#include <tcpprobe/input.h>

/* Looks at the first block: fills format, clock, wall offset, has_time, first_ns and warning of
 * info. Refuses (TP_ERR_FORMAT) what holds no line of a known form, and says what it is where that
 * can be told. text must be followed by TEXT_PADDING bytes. */
int sniff(const char *text, size_t length, struct tp_input_info *info, struct tp_error *error);

/* Appends a sentence to info->warning. */
void sniff_warn(struct tp_input_info *info, const char *sentence);

#endif
