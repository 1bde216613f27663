/* log.h: which log a socket's events are from. */
#ifndef TCPPROBE_ANALYZE_LOG_H
#define TCPPROBE_ANALYZE_LOG_H

#include "analyze/analyzer.h"

#define TP_LOG_SEVERAL UINT16_MAX

/* An event of the socket came from that input. */
void tp_log_note(struct tp_socket *socket, uint8_t input);

#endif
