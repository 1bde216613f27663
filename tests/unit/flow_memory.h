/* flow_memory.h: what an analysis takes for its flows. */
#ifndef TCPPROBE_TESTS_FLOW_MEMORY_H
#define TCPPROBE_TESTS_FLOW_MEMORY_H

#include <malloc.h>

#include "analyze/analyzer.h"
#include "flow/flow_table.h"

/* All that is allocated now, wherever; 0: the allocator does not say, as that of a sanitizer. */
static inline size_t allocated_with(const struct tp_analysis *analysis)
{
    size_t bytes = mallinfo2().uordblks;

    if (!bytes)
        return 0;
    return bytes + analysis->arena.taken + analysis->table->arena.taken;
}

#endif
