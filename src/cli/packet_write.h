/* packet_write.h: rows of the packet log as a capture whose packets have them as comments. */
#ifndef TCPPROBE_CLI_PACKET_WRITE_H
#define TCPPROBE_CLI_PACKET_WRITE_H

#include "cli/packet_frames.h"
#include "cli/packet_row.h"

/* A capture that is being written. */
struct packet_write {
    const struct cli_pass *pass;
    struct packet_frames *frames;
    struct tp_out *out; /* NULL: the file has not been opened */
    struct tp_annotated *file;
    const char *path;
    int fd;
    bool pending; /* a packet that further rows may be of, because it holds several segments */
    uint8_t input;
    uint64_t number;
    int64_t wall_ns;
    uint64_t events, lost; /* rows that are kernel events; packets whose bytes were gone */
};

/* An exit status, after a message if path cannot be written: it is an input, or a terminal. */
int packet_write_check(const struct cli_input *input, const char *path);
/* Once the inputs are open. 0, or an error. */
int packet_write_open(struct packet_write *write, const char *path, struct tp_error *error);
/* A row: the packet, with what is said of it. False if no more can be written. */
bool packet_write_row(struct packet_write *write, struct packet_row *row,
                      const struct tp_rows *rows, const struct tp_value *values);
/* Writes the rest and says what is not in the file. rc: what reading came to. Where a clock was set by
 * nobody knows how much there is no one clock: the file goes, and that is an error. */
int packet_write_close(struct packet_write *write, int rc, struct tp_error *error);

#endif
