/* output.h: figures as text: tables for people, CSV and JSON for programs.
 *
 * A column is described once; a value says of which type it is and may be absent; a writer turns
 * rows of values into one format. Numbers are written without loss in the formats for programs
 * and rounded only in tables. What is absent is "-" in a table, empty in CSV, null in JSON.
 * A text that a spreadsheet would run has a ' before it in csv, not in csv-raw.
 *
 *     struct tp_out *out = tp_out_new(STDOUT_FILENO, "standard output", &error);
 *     if (out)
 *         tp_rows_write(out, tp_writer_find("csv"), &rows);
 *     if (!out || tp_out_finish(out, &error) != 0)
 *         ... say so: data that did not arrive must not go unnoticed
 *     tp_out_free(out);
 *
 * Threads: one thread at a time uses a struct tp_out; rows are only read while they are written.
 * Writers and tables of columns are constant and may be used by any number of threads.
 */
#ifndef TCPPROBE_OUTPUT_H
#define TCPPROBE_OUTPUT_H

#include <tcpprobe/error.h>
#include <tcpprobe/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- where the bytes go ---------------------------------------------------------------------- */

/* A buffered file descriptor. The first failure is kept and everything after it is dropped, so
 * only tp_out_finish() must be checked; a long writer looks at tp_out_failed() to stop early. */
struct tp_out;

/* fd stays the caller's; name is for messages and must live as long. NULL if out of memory.
 *
 * Where fd is a terminal, what it would obey or could not show is written as \x1b, whatever it is
 * part of: texts come from files and from the kernel. A file or a pipe gets the bytes; a pipe that holds less
 * than 1 MiB is widened to that, where this user may. */
struct tp_out *tp_out_new(int fd, const char *name, struct tp_error *error);
/* The same into a function of the caller's, which takes all bytes and returns 0, or the errno that says
 * why it cannot. */
typedef int tp_out_sink(void *context, const void *bytes, size_t length);
struct tp_out *tp_out_into(tp_out_sink *sink, void *context, const char *name, struct tp_error *error);
void tp_out_bytes(struct tp_out *out, const void *bytes, size_t length);
void tp_out_text(struct tp_out *out, const char *text);
/* Text from anywhere within a line of Markdown: nothing in it begins markup, a cell or a line. */
void tp_out_markdown(struct tp_out *out, const char *text);
/* A sequence for terminals, which one gets as it is: colours. Nothing that came from outside. */
void tp_out_style(struct tp_out *out, const char *sequence);
/* Room for length bytes (at most TP_OUT_ROOM) to write into; tell with tp_out_used() where they
 * end. The room is valid until the next call. */
#define TP_OUT_ROOM 4096
char *tp_out_room(struct tp_out *out, size_t length);
void tp_out_used(struct tp_out *out, const char *end);
/* Makes out fail, for writers that run out of memory. */
void tp_out_fail(struct tp_out *out, enum tp_code code, const char *text);
bool tp_out_failed(const struct tp_out *out);
/* Writes what is buffered; 0, or the first failure of all. */
int tp_out_finish(struct tp_out *out, struct tp_error *error);
void tp_out_free(struct tp_out *out); /* NULL is fine; drops what is still buffered */

/* --- rows ------------------------------------------------------------------------------------- */

struct tp_rows {
    const struct tp_column *const *columns;
    size_t column_count; /* at most TP_COLUMNS_MAX */
    size_t row_count;
    /* Fills values[column_count]; may be called more than once for a row. */
    void (*load)(void *context, size_t row, struct tp_value *values);
    void *context;
};

/* --- writers --------------------------------------------------------------------------------- */

/* A writer either needs all rows at once (`all`, for tables: widths) or writes them as they come
 * (head, row for index 0, 1, 2 ..., tail). */
struct tp_writer {
    const char *name, *help;
    void (*all)(struct tp_out *out, const struct tp_rows *rows);
    void (*head)(struct tp_out *out, const struct tp_rows *rows);
    void (*row)(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                const struct tp_value *values);
    void (*tail)(struct tp_out *out, const struct tp_rows *rows); /* without a line end */
};

/* table, blocks, csv, csv-raw, csv-null (what is absent is \N), json (an array with an object a line), ndjson */
extern const struct tp_writer *const tp_writers[];
extern const size_t tp_writer_count;

const struct tp_writer *tp_writer_find(const char *name); /* NULL if there is none */
/* Can it write rows as they come? Then it serves every command that has rows. */
bool tp_writer_streams(const struct tp_writer *writer);
void tp_rows_write(struct tp_out *out, const struct tp_writer *writer, const struct tp_rows *rows);
/* What stands before and after rows that are written as they come, which are a text of their own.
 */
void tp_rows_begin(struct tp_out *out, const struct tp_writer *writer, const struct tp_rows *rows);
void tp_rows_end(struct tp_out *out, const struct tp_writer *writer, const struct tp_rows *rows);

/* Above this width columns of a table stand closer. */
#define TP_TABLE_WIDTH 120
/* Tables take at most so many columns, unless a single row without its TP_SHOW_WIDE column is wider:
 * that one then has a line of its own where it must. 0, as at first: each row is one line, however
 * long. */
void tp_out_limit(struct tp_out *out, size_t columns);
size_t tp_out_columns(const struct tp_out *out);

/* A value as a table shows it; "-" if absent. The result is buf or the value's own text. */
#define TP_VALUE_SHOWN_BYTES 32
const char *tp_value_shown(const struct tp_value *value, const struct tp_column *column,
                           char buf[TP_VALUE_SHOWN_BYTES]);

/* One row as a JSON object, without a newline. */
void tp_out_json_object(struct tp_out *out, const struct tp_rows *rows,
                        const struct tp_value *values);
/* A value; null if it is absent. */
void tp_out_json_value(struct tp_out *out, const struct tp_value *value);
/* A text with its quotes and escapes. */
void tp_out_json_text(struct tp_out *out, const char *text);

#ifdef __cplusplus
}
#endif

#endif
