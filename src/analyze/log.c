/* log.c: what the logs say of their connections as a whole. */
#include <stdio.h>
#include <string.h>

#include "analyze/log.h"

static unsigned both(unsigned log, unsigned other)
{
    return !log || log == other ? other : !other ? log : TP_LOG_SEVERAL;
}

void tp_log_note(struct tp_socket *socket, uint8_t input)
{
    socket->log = (uint16_t)both(socket->log, input + 1u);
}

void tp_analysis_congestion_control(struct tp_analysis *analysis, uint8_t input, const char *name)
{
    struct tp_log_says *says = &analysis->says[input];

    says->told = true;
    snprintf(says->congestion_control, sizeof says->congestion_control, "%s", name);
}

/* What all logs say; NULL where they differ. */
static const struct tp_log_says *agreed(const struct tp_analysis *analysis)
{
    const struct tp_log_says *first = NULL, *says;

    for (size_t i = 0; i <= UINT8_MAX; i++) {
        says = &analysis->says[i];
        if (!says->told)
            continue;
        if (!first)
            first = says;
        if (strcmp(says->congestion_control, first->congestion_control) != 0)
            return NULL;
    }
    return first;
}

const char *tp_flow_congestion_control(const struct tp_analysis *analysis,
                                       const struct tp_flow *flow)
{
    const struct tp_log_says *says;
    unsigned end, log = 0;

    for (end = 0; flow->data && end < 2; end++)
        if (tp_flow_socket(flow, end))
            log = both(log, tp_flow_socket(flow, end)->log);
    if (!log)
        return NULL;
    says = log == TP_LOG_SEVERAL ? agreed(analysis) : &analysis->says[log - 1];
    return says && says->congestion_control[0] ? says->congestion_control : NULL;
}
