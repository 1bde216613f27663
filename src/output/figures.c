/* figures.c: every figure of a flow in one row: its name, how a table shows it, how to get it. */
#include <string.h>

#include "output/figures_kernel.h"
#include "output/figures_wire.h"

#define FLOW_FIGURES 19

#define FLOW(section, name, heading, unit, show, use, detail, help)                                \
    {                                                                                              \
        {name, NULL, heading, unit, help, TP_SHOW_##show, 0, false, section}, use, tp_sheet_flow,  \
            0, 0, SHEET_##detail                                                                   \
    }
#define CAPTURE "Capture"
#define RECORDING "Recording"

/* clang-format off */
const struct tp_flow_figure tp_flow_figures[] = {
    FLOW(NULL, "id", "id", "", PLAIN, DATA | TABLES, ID, "number of the flow in the order of appearance"),
    FLOW(NULL, "flow", "flow", "", WIDE, TABLES & ~ALL, BOTH, "bulk sender -> receiver"),
    FLOW(NULL, "src", "src", "", TEXT, DATA, SRC, "the end that sends the bulk of the data"),
    FLOW(NULL, "dst", "dst", "", TEXT, DATA, DST, "the other end"),
    FLOW(NULL, "start_ns", "start", "s", SECONDS, DATA | TABLES, START, "since the first event of the recording"),
    FLOW(NULL, "duration_ns", "lasted", "s", SECONDS, DATA | TABLES, DURATION, "from first to last event"),
    FLOW(NULL, "bytes", "bytes", "B", SI, ALL, BYTES,
         "acked_bytes, else wire_acked_bytes, else wire_unique_bytes: what flows are sorted by"),
    KERNEL_ROWS("", 0),
    KERNEL_ROWS("peer_", 1),
    WIRE_ROWS("", 0),
    WIRE_ROWS("peer_", 1),
    FLOW(CAPTURE, "wire_history", "history", "", TEXT, ALL, HISTORY,
         "what was captured, capitals of src: S SYN, H SYN-ACK, A pure ACK, D data, T sent again, "
         "O out of order, W zero window, C copies, G gap of the capture, F FIN, R RST"),
    FLOW(CAPTURE, "wire_complete", "complete", "", TEXT, ALL, COMPLETE,
         "yes: SYN and FIN of both ends, reset: an RST, no"),
    FLOW(CAPTURE, "wire_completeness", "complete", "", PLAIN, ALL, COMPLETENESS,
         "Wireshark's number: 1 SYN, 2 SYN-ACK, 4 ACK, 8 data, 16 FIN, 32 RST"),
    FLOW(CAPTURE, "wire_vantage", "at", "", TEXT, ALL, VANTAGE,
         "where the capture was taken, by the handshake: at src, at dst or between"),
    FLOW(CAPTURE, "wire_clocks", "clocks", "", TEXT, ALL, CLOCKS,
         "one; two: each direction was stamped by a clock of its own, no time across is known"),
    FLOW(RECORDING, "first_ns", "first", "s", SECONDS, ALL, FIRST_SEEN,
         "first event, by the recording's clock"),
    FLOW(RECORDING, "last_ns", "last", "s", SECONDS, ALL, LAST_SEEN, "last event"),
    FLOW(RECORDING, "records", "events", "", PLAIN, ALL, RECORDS, "events of the flow"),
    FLOW(RECORDING, "timeline", "timeline", "", PLAIN, ALL, TIMELINE,
         "inputs that share a clock share this number"),
    FLOW(RECORDING, "opener", "opener", "", TEXT, ALL, OPENER, "which end sent the SYN: src or dst"),
    FLOW(RECORDING, "lost_markers", "gaps", "", PLAIN, ALL, LOST_MARKERS,
         "places where the recorder lost events while the flow lived"),
    FLOW(RECORDING, "lost_events", "lost", "", PLAIN, DATA | KERNEL | MIXED, LOST,
         "events (of any flow) that the recorder lost while the flow lived"),
};
/* clang-format on */

const size_t tp_flow_figure_count = sizeof tp_flow_figures / sizeof *tp_flow_figures;

_Static_assert(sizeof tp_flow_figures / sizeof *tp_flow_figures ==
                   FLOW_FIGURES + 2 * KERNEL_FIGURES + 2 * WIRE_FIGURES,
               "these are the distances to a figure's twin");
_Static_assert(sizeof tp_flow_figures / sizeof *tp_flow_figures <= TP_COLUMNS_MAX,
               "rows hold them all");

int tp_flow_figure_find(const char *name)
{
    size_t length = strlen(name);
    int found = -1;

    for (size_t i = 0; i < tp_flow_figure_count; i++) {
        if (strncmp(tp_flow_figures[i].column.name, name, length) != 0)
            continue;
        if (tp_flow_figures[i].column.name[length] == '\0')
            return (int)i;
        if (found < 0 || (tp_flow_figures[i].use & ~tp_flow_figures[found].use & TP_FIGURE_DATA))
            found = (int)i;
    }
    return found;
}

uint64_t tp_flow_figure_metrics(const struct tp_flow_figure *figure)
{
    if (figure->get == tp_sheet_best_rtt)
        return TP_METRIC_BIT(RTT) | TP_METRIC_BIT(RTT_TS);
    return figure->get == tp_sheet_metric ? UINT64_C(1) << figure->what : 0;
}
