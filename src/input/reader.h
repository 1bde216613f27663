/* reader.h: one input as batches of records, in the order of the file.
 *
 * source (bytes) -> block (whole lines or packets) -> pipeline (parsed blocks) -> here: looked at
 * when opened, counted when delivered.
 */
#ifndef TCPPROBE_INPUT_READER_H
#define TCPPROBE_INPUT_READER_H

#include <tcpprobe/input.h>

#include "input/format.h"

struct reader;

/* Opens the input and looks at its beginning, which fills format, clock and offset, has_time,
 * first_ns and the file's facts of info. info must live as long as the reader. */
int reader_open(struct reader **reader, const char *path, const struct tp_stream_options *options,
                struct tp_input_info *info, struct tp_error *error);

/* Starts reading with what only the stream knows. Call once, before reader_next(). */
int reader_start(struct reader *reader, unsigned threads, const struct parser_options *options,
                 struct tp_error *error);

/* Opens an input that was opened before once more and starts it without helpers; info is not the
 * input's. *reader is NULL on failure. */
int reader_again(struct reader **reader, const struct tp_input_info *input,
                 const struct tp_stream_options *stream_options,
                 const struct parser_options *options, struct tp_input_info *info,
                 struct tp_error *error);

/* The next batch, which may be empty: 1 and *batch, valid until the next call; 0 at the end;
 * negative on error. info is brought up to date with the batch. */
int reader_next(struct reader *reader, const struct batch **batch, struct tp_error *error);

/* Did that batch end where the input's writer paused? */
bool reader_paused(const struct reader *reader);

uint64_t reader_position(const struct reader *reader); /* bytes of the file read so far */
void reader_close(struct reader *reader);              /* NULL is fine */

#endif
