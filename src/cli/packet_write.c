/* packet_write.c: each packet once, as it was captured, at the time that it has among all inputs.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <tcpprobe/annotated.h>

#include "cli/packet_write.h"
#include "cli/plot_file.h"

#define COMMENT_BYTES 2048

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

int packet_write_check(const struct cli_input *input, const char *path)
{
    if (cli_plot_is_input(input, path))
        return cli_usage("%s is an input: --write names another file", path);
    if (is_stdout(path) && isatty(STDOUT_FILENO))
        return cli_usage("--write: a capture is nothing for a terminal: name a file");
    return CLI_FINE;
}

int packet_write_open(struct packet_write *write, const char *path, struct tp_error *error)
{
    write->path = path;
    write->fd = is_stdout(path) ? STDOUT_FILENO
                                : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (write->fd < 0)
        return tp_error_sys(error, errno, "cannot write %s", path);
    write->out = tp_out_new(write->fd, is_stdout(path) ? "standard output" : path, error);
    write->file = write->out ? tp_annotated_new(write->out, error) : NULL;
    return write->file ? 0 : (int)error->code;
}

static void write_pending(struct packet_write *write)
{
    const char *path = tp_stream_info(write->pass->stream, write->input)->path;
    struct tp_frame frame;

    if (write->pending && packet_frames_find(write->frames, write->input, write->number, &frame)) {
        const struct tp_annotated_packet packet = {
            .interface = tp_annotated_interface(write->file, path, (uint16_t)frame.linktype),
            .wall_ns = (uint64_t)write->wall_ns,
            .bytes = frame.bytes,
            .captured = frame.captured,
            .wire_len = frame.wire_len};

        tp_annotated_packet(write->file, &packet);
    }
    write->pending = false;
}

/* Of the row, whose input says what the wall's clock was: captures do. */
static bool find_time(struct packet_write *write, const struct tp_record *record, int64_t *wall_ns)
{
    int64_t offset_ns;

    if (!tp_stream_wall_offset(write->pass->stream, record->key.timeline, &offset_ns) ||
        __builtin_add_overflow(record->ts_ns, offset_ns, wall_ns) || *wall_ns < 0)
        tp_out_fail(write->out, TP_ERR_LIMIT, "--write: a packet has no time since 1970");
    return !tp_out_failed(write->out);
}

bool packet_write_row(struct packet_write *write, struct packet_row *row,
                      const struct tp_rows *rows, const struct tp_value *values)
{
    const struct tp_record *record = row->record;
    char comment[COMMENT_BYTES];
    struct tp_frame frame;
    int64_t wall_ns = 0;

    if (!row->meaning) {
        write->events++;
        return true;
    }
    if (!find_time(write, record, &wall_ns))
        return false;
    if (!write->pending || write->input != record->input || write->number != record->frame) {
        write_pending(write);
        if (!packet_frames_find(write->frames, record->input, record->frame, &frame)) {
            write->lost++;
            return true;
        }
        write->pending = true;
        write->input = record->input;
        write->number = record->frame;
        write->wall_ns = wall_ns;
    }
    packet_comment(row, comment, sizeof comment);
    tp_annotated_comment(write->file, comment, rows, values);
    return !tp_out_failed(write->out);
}

/* Times in it would measure what nobody knows. */
static int check_clocks(const struct packet_write *write, struct tp_error *error)
{
    const struct tp_stream *stream = write->pass->stream;

    for (size_t i = 0; i < tp_stream_inputs(stream); i++) {
        const struct tp_input_info *info = tp_stream_info(stream, i);

        if (!info->steps_unsure)
            continue;
        if (!is_stdout(write->path))
            unlink(write->path);
        tp_error_set(error, TP_ERR_USAGE,
                     "its clock was set by nobody knows how much: its packets cannot be put on one "
                     "clock");
        return tp_error_at(error, info->path, 0, 0), (int)error->code;
    }
    return 0;
}

static void say_rest(const struct packet_write *write)
{
    if (write->pass->input->quiet)
        return;
    if (write->events)
        cli_message("--write: %llu kernel events are no packets, and not in the capture",
                    (unsigned long long)write->events);
}

int packet_write_close(struct packet_write *write, int rc, struct tp_error *error)
{
    if (write->file && rc == 0) {
        write_pending(write);
        if (write->lost || packet_frames_nomem(write->frames))
            tp_out_fail(write->out, TP_ERR_NOMEM,
                        "--write: packets were gone before they could be written");
    }
    if (write->out && tp_out_finish(write->out, error) != 0 && rc == 0)
        rc = error->code;
    tp_annotated_free(write->file);
    tp_out_free(write->out);
    if (write->out && write->fd != STDOUT_FILENO && close(write->fd) != 0 && rc == 0)
        rc = tp_error_sys(error, errno, "cannot write the capture");
    if (rc == 0)
        rc = check_clocks(write, error);
    if (rc == 0)
        say_rest(write);
    return rc;
}
