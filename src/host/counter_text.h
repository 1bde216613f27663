/* counter_text.h: the text of PROC/net/snmp, netstat and snmp6.
 *
 * Both add what they find to counters and count what they cannot read; text is taken apart. They
 * return 0 or TP_ERR_NOMEM.
 */
#ifndef TCPPROBE_HOST_COUNTER_TEXT_H
#define TCPPROBE_HOST_COUNTER_TEXT_H

#include <tcpprobe/counters.h>

/* Pairs of lines: "Tcp: names", "Tcp: values". */
int counter_pairs(struct tp_counters *counters, char *text, struct tp_error *error);
/* A name and a value a line. */
int counter_lines(struct tp_counters *counters, char *text, struct tp_error *error);

#endif
