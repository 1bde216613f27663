/* flow_list.h: the flows of a pass as sorted rows with a total. */
#ifndef TCPPROBE_CLI_FLOW_LIST_H
#define TCPPROBE_CLI_FLOW_LIST_H

#include "cli/flow_filter.h"
#include "cli/flow_group.h"
#include "cli/flow_times.h"
#include "cli/flow_total.h"

struct cli_flow_entry; /* a flow and what it is sorted by */

struct cli_flow_list {
    const struct cli_pass *pass;
    const struct cli_flow_filter *filter; /* of those that are listed and summed up; NULL: all */
    struct tp_out *out;
    const struct tp_writer *writer;
    struct tp_analysis *analysis;
    bool write_retired; /* flows that leave early are written as they go */
    bool begun;         /* the head is written */
    unsigned use;
    const struct tp_figure_columns *all;
    const struct tp_figure_column *chosen[TP_COLUMNS_MAX];
    const struct tp_column *columns[TP_COLUMNS_MAX];
    struct tp_rows rows;
    const struct tp_flow *const *flows; /* that the analysis holds */
    struct cli_flow_entry *entries;     /* sorted; rows.row_count of them are to be written */
    struct cli_flow_groups *groups;     /* what is listed instead of them; NULL: nothing */
    struct cli_flow_times times;        /* of rows that are flows */
    struct cli_flow_total total;
    struct tp_sheet sheet;
};

/* columns: borrowed; use: which of them (enum tp_figure_use); TP_FIGURE_TABLE: the table that suits
 * what was read. list->times.times is opened before the first row. */
void cli_flow_list_init(struct cli_flow_list *list, const struct tp_figure_columns *columns,
                        const struct cli_pass *pass, struct tp_out *out,
                        const struct tp_writer *writer, unsigned use, enum cli_time time);
/* Makes list->analysis, which tells the list of flows that have to leave early; sort: what they
 * will be sorted by. */
int cli_flow_list_analysis(struct cli_flow_list *list, size_t max_flows,
                           const struct tp_figure_column *sort, struct tp_error *error);
/* Sorts what the finished analysis holds; absent values come last, equal ones by number. */
int cli_flow_list_sort(struct cli_flow_list *list, const struct tp_figure_column *column,
                       bool ascending, struct tp_error *error);
/* Has list->groups for rows, if there are any. */
void cli_flow_list_group(struct cli_flow_list *list);
/* The rows, then what belongs below them in that format. */
void cli_flow_list_write(struct cli_flow_list *list);
void cli_flow_list_release(struct cli_flow_list *list);

#endif
