/* export.h: the two halves of `tcpprobe export`: samples and events.
 *
 * Lines are built straight in the output buffer, without printf: exporting should cost little more
 * than reading.
 */
#ifndef TCPPROBE_CLI_EXPORT_H
#define TCPPROBE_CLI_EXPORT_H

#include <tcpprobe/output.h>

#include "cli/common.h"

struct export_options {
    struct cli_input input;
    struct cli_flow_choices flows;
    uint64_t metrics; /* bit 1 << enum tp_metric_id */
    bool events, ndjson, list_metrics;
};

/* Every sample of the chosen metrics and flows. */
int export_samples(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                   struct tp_error *error);
/* Every record of the chosen flows. */
int export_events(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                  struct tp_error *error);

/* --- text: each writes at `to` and returns the end ------------------------------------------- */

char *export_text(char *to, const char *text);
char *export_integer(char *to, int64_t value);
char *export_hex(char *to, uint64_t value, unsigned digits); /* at least so many */
char *export_seconds(char *to, int64_t ns);                  /* nine decimals */

#endif
