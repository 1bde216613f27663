/* log.h: which log a flow's kernel events are from. */
#ifndef TCPPROBE_ANALYZE_LOG_H
#define TCPPROBE_ANALYZE_LOG_H

#include "analyze/analyzer.h"

/* A kernel event of the flow, which has data, came from that input. */
void tp_log_note(struct tp_flow *flow, uint8_t input);

#endif
