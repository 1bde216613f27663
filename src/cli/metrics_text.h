/* metrics_text.h: metrics as text, for what scrapes them: OpenMetrics (https://openmetrics.io) and
 * the older text format of Prometheus, which node_exporter's textfile collector reads.
 *
 * They differ in how a counter's family is called: OpenMetrics adds _total to its samples only.
 * Texts of gauges are good for both.
 */
#ifndef TCPPROBE_CLI_METRICS_TEXT_H
#define TCPPROBE_CLI_METRICS_TEXT_H

#include <tcpprobe/output.h>

#define METRICS_NAME_BYTES 128

struct metrics_family {
    char name[METRICS_NAME_BYTES]; /* letters, digits and _, without _total */
    const char *help;
    bool counter; /* it only grows; else a gauge */
};

/* "tcpprobe_", and what of text may be in a name, in small letters. */
void metrics_name(const char *text, char name[METRICS_NAME_BYTES]);
void metrics_begin(struct tp_out *out, const struct metrics_family *family, bool prometheus);
/* labels: pairs of name and value, up to a NULL; NULL: none. Nothing is written of what is absent.
 */
void metrics_sample(struct tp_out *out, const struct metrics_family *family,
                    const char *const *labels, const struct tp_value *value);
/* Behind the last one. */
void metrics_end(struct tp_out *out);

#endif
