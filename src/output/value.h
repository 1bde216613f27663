/* value.h: values as text, for the writers. */
#ifndef TCPPROBE_OUTPUT_VALUE_H
#define TCPPROBE_OUTPUT_VALUE_H

#include <tcpprobe/output.h>

/* Writes a value that is no text at `at`, without loss and without a NUL, nothing if it is absent;
 * returns the end. */
#define VALUE_TEXT_BYTES TP_VALUE_SHOWN_BYTES
char *tp_value_put(char *at, const struct tp_value *value);

/* Without loss; "" if absent. The result is buf or the value's own text. */
const char *tp_value_exact(const struct tp_value *value, char buf[VALUE_TEXT_BYTES]);

/* That text of it, with a + behind what may be larger. */
const char *tp_value_marked(const struct tp_value *value, const char *text,
                            char buf[VALUE_TEXT_BYTES]);

extern const struct tp_writer tp_table_writer, tp_blocks_writer, tp_csv_writer, tp_csv_raw_writer,
    tp_csv_null_writer, tp_json_writer, tp_ndjson_writer;

#endif
