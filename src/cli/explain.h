/* explain.h: what the files of `tcpprobe explain` share. */
#ifndef TCPPROBE_CLI_EXPLAIN_H
#define TCPPROBE_CLI_EXPLAIN_H

#include <unistd.h>

#include <tcpprobe/explain.h>

#include "cli/compare.h"
#include "cli/times.h"

struct explain_options {
    struct cli_input input;
    const struct tp_writer *writer; /* NULL: paragraphs */
    bool markdown, all, list_findings;
    enum cli_time time;
    uint64_t top; /* connections */
    bool fail_on[TP_REASONS_MAX];
    bool for_change;                /* an option was given that is for BASE... -- NEW... alone */
    struct compare_options compare; /* runs, and roles, of BASE... -- NEW... */
};

/* Of fail_on, the last one: any that held a connection up. */
#define EXPLAIN_ANY (TP_REASONS_MAX - 1)

struct explain_time {
    char text[32];
};

/* Why the new runs differ from the base runs; the exit status. */
int explain_change(struct explain_options *options);

void explain_put(struct tp_out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

void explain_paragraph(struct tp_out *out, const struct explain_options *options,
                       const struct tp_flow *flow, const struct tp_explanation *explanation,
                       struct cli_times *times);
void explain_sums_text(struct tp_out *out, const struct explain_options *options,
                       const struct tp_reason_sum *sums, size_t shown);

#endif
