/* packet_row.h: one row of the packet log: a packet with what is said of it, or a kernel event. */
#ifndef TCPPROBE_CLI_PACKET_ROW_H
#define TCPPROBE_CLI_PACKET_ROW_H

#include <tcpprobe/analyze.h>
#include <tcpprobe/output.h>

#include "cli/packet_ends.h"
#include "cli/times.h"

#define PACKET_TEXT_BYTES 640 /* for all names of findings at once */

/* A field of bits as text, kept because the next packet is likely to have the same. */
struct packet_bits {
    bool known;
    uint16_t bits;
    char text[128];
};

struct packet_row {
    const struct tp_flow *flow;
    const struct tp_record *record;
    const struct tp_meaning *meaning; /* NULL: a kernel event */
    const char *of_path;              /* the file of meaning->of_frame, where there are several */
    struct cli_times *times;
    bool ticks;   /* times are those of a counter */
    uint8_t end;  /* of the flow, that it is of */
    uint8_t from; /* end that opened the flow, or was seen first */
    bool raw;     /* sequence numbers as they were sent */
    /* For texts of values. */
    struct packet_ends *kept; /* PACKET_ENDS of them; NULL: only its own */
    struct packet_ends own;
    struct packet_bits flags, options, oddities;
    char src[56], dst[56], sack[192], state[80], time[CLI_TIME_BYTES];
    char findings[PACKET_TEXT_BYTES];
};

/* Sequence and acknowledgment number as the row shows them, raw or relative, if it has them. */
bool packet_row_has_seq(const struct packet_row *row);
bool packet_row_has_ack(const struct packet_row *row);
int64_t packet_row_seq(const struct packet_row *row);
int64_t packet_row_ack(const struct packet_row *row);
/* The SACK blocks, or "". */
const char *packet_row_sack(struct packet_row *row);
/* The newest RTT sample of that source in ns; 0 if there is none. */
int64_t packet_row_rtt(const struct packet_row *row, enum tp_rtt_source source);

/* --- for programs ----------------------------------------------------------------------------- */

extern const struct tp_column *const packet_columns[];
extern const size_t packet_column_count;

/* The columns of rows whose moments are written that way. */
struct packet_columns {
    const struct tp_column *list[TP_COLUMNS_MAX];
    size_t at[TP_COLUMNS_MAX], count; /* which of all they are */
    bool occur[TP_COLUMNS_MAX];       /* of all: something was in it */
    struct tp_column time[2];
    char names[2][CLI_TIME_NAME_BYTES];
};
void packet_columns_init(struct packet_columns *columns, enum cli_time time);
/* Takes down in which of all columns the row has something, and leaves only these. */
void packet_columns_note(struct packet_columns *columns, struct packet_row *row);
void packet_columns_keep(struct packet_columns *columns);
/* values[columns->count], as packet_row_values(). */
void packet_columns_values(const struct packet_columns *columns, struct packet_row *row,
                           struct tp_value *values);
/* The value of that column, alone. */
struct tp_value packet_row_value(struct packet_row *row, size_t column);
/* Is it a number, where it is there? */
bool packet_column_is_number(size_t column);
/* values[packet_column_count]; their texts live in row. */
void packet_row_values(struct packet_row *row, struct tp_value *values);
/* The names of all columns and what they mean, on stdout. */
void packet_row_list(void);

/* --- for people ------------------------------------------------------------------------------- */

void packet_line_head(struct tp_out *out, enum cli_time time, bool ticks);
/* "flow 3: 10.0.0.1:40000 -> 10.0.0.2:80" */
void packet_line_flow(struct tp_out *out, struct packet_row *row);
void packet_line(struct tp_out *out, struct packet_row *row);
/* Of a packet: "flow 3: 10.0.0.1:40000 > 10.0.0.2:80, retransmission (timeout: silence, certain)".
 */
void packet_comment(struct packet_row *row, char *text, size_t size);

#endif
