/* one_flow.h: an analysis of made-up records (flow_maker.h) that all are of one flow. */
#ifndef TCPPROBE_TESTS_ONE_FLOW_H
#define TCPPROBE_TESTS_ONE_FLOW_H

#include <tcpprobe/analyze.h>

#include "flow_maker.h"

static inline void add(struct tp_analysis *analysis, struct tp_record record)
{
    assert_int_equal(tp_analysis_add(analysis, &record, NULL), 0);
}

static inline const struct tp_flow *finish(struct tp_analysis *analysis)
{
    size_t count;

    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    return tp_analysis_flows(analysis, &count)[0];
}

#endif
