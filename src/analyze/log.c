/* log.c: what the logs say of their connections as a whole. */
#include <stdio.h>
#include <string.h>

#include "analyze/log.h"

#define SEVERAL UINT16_MAX

void tp_log_note(struct tp_flow *flow, uint8_t input)
{
    struct tp_flow_data *data = flow->data;

    if (data->log == 0)
        data->log = (uint16_t)(input + 1);
    else if (data->log != input + 1)
        data->log = SEVERAL;
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
    const struct tp_flow_data *data = flow->data;
    const struct tp_log_says *says;

    if (!data || !data->log)
        return NULL;
    says = data->log == SEVERAL ? agreed(analysis) : &analysis->says[data->log - 1];
    return says && says->congestion_control[0] ? says->congestion_control : NULL;
}
