/* known.c: what an analysis has found as a whole, and what it is told of its inputs. */
#include "analyze/analyzer.h"

const struct tp_flow *const *tp_analysis_flows(const struct tp_analysis *analysis, size_t *count)
{
    *count = analysis->flow_count;
    return (const struct tp_flow *const *)analysis->flows;
}

uint64_t tp_analysis_retired(const struct tp_analysis *analysis)
{
    return tp_flow_table_retired(analysis->table);
}

uint64_t tp_analysis_unattributed(const struct tp_analysis *analysis)
{
    return analysis->unattributed;
}

uint64_t tp_analysis_two_places(const struct tp_analysis *analysis)
{
    return analysis->two_places;
}

uint64_t tp_analysis_two_clocks(const struct tp_analysis *analysis)
{
    return analysis->two_clocks;
}

uint64_t tp_analysis_torn(const struct tp_analysis *analysis)
{
    return analysis->torn;
}

uint64_t tp_analysis_astray(const struct tp_analysis *analysis)
{
    return analysis->astray;
}

const struct tp_spans *tp_analysis_gaps(const struct tp_analysis *analysis, uint32_t timeline)
{
    static const struct tp_spans none;

    return timeline < analysis->gaps.count ? &analysis->gaps.timelines[timeline].spans : &none;
}

void tp_analysis_recorded(struct tp_analysis *analysis, enum tp_kind kind)
{
    analysis->saw[kind] = true;
}

int tp_analysis_ticks(struct tp_analysis *analysis, uint32_t timeline, struct tp_error *error)
{
    return tp_gaps_ticks(&analysis->gaps, timeline) < 0 ? tp_error_nomem(error) : TP_OK;
}

bool tp_analysis_saw(const struct tp_analysis *analysis, enum tp_kind kind)
{
    return analysis->saw[kind];
}

void tp_analysis_filtered(struct tp_analysis *analysis)
{
    analysis->filtered = true;
}

bool tp_analysis_is_filtered(const struct tp_analysis *analysis)
{
    return analysis->filtered;
}
