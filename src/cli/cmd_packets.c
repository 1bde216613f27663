/* cmd_packets.c: `tcpprobe packets`: the packet log, with what the analysis says of each packet.
 *
 * Connections are followed from their first packet to their last, whatever is shown: --filter,
 * --since, --until and --last choose rows. For --last the files are read twice: the first time
 * counts the rows of each flow, so that nothing need be kept of them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/common.h"
#include "cli/packet_filter.h"
#include "cli/packet_write.h"

enum {
    KEY_FORMAT = 0x6000,
    KEY_RAW_SEQ,
    KEY_RELATIVE,
    KEY_LAST,
    KEY_COLUMNS,
    KEY_WORDS,
    KEY_WRITE,
    KEY_OCCURRING
};

struct packets_options {
    struct cli_input input;
    struct cli_flow_choices flows;
    struct packet_words words;
    const struct tp_writer *writer; /* NULL: lines for people */
    uint64_t last;                  /* rows of each flow; 0: all */
    bool raw, list_columns, list_words, formatted;
    enum cli_time time;
    const char *write; /* the capture to be written; NULL: rows are shown */
    bool occurring;
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "Output:", 1},
    {"flow", 'F', "FLOW", 0,
     "only these flows, separated by commas: the number that 'tcpprobe flows' shows without "
     "--filter, an endpoint such as 10.0.0.1:80, [fd00::1]:80, 10.0.0.1 or :80, or two of them "
     "with '->' between; may be given several times",
     1},
    {"last", KEY_LAST, "N", 0, "only the last N rows of each flow; reads the files twice", 1},
    {"raw-seq", KEY_RAW_SEQ, NULL, 0, "sequence numbers as they were sent", 1},
    {"relative", KEY_RELATIVE, NULL, 0,
     "sequence numbers from the beginning of the connection: the SYN is 0, the first byte 1 (the "
     "default)",
     1},
    {"format", KEY_FORMAT, "FORMAT", 0, CLI_WORDS " (default: table)", 1},
    {"occurring", KEY_OCCURRING, NULL, 0,
     "in the other formats, only columns that something is in; reads the files twice", 1},
    {"write", KEY_WRITE, "FILE", 0,
     "write the packets, as they were captured, into FILE (pcapng), each with what is said of it "
     "as "
     "a comment that Wireshark shows; those of several captures in the order of time",
     1},
    {"words", KEY_WORDS, NULL, 0,
     "list the words that --filter has beside fields of records and columns, and read nothing", 1},
    {"columns", KEY_COLUMNS, NULL, 0,
     "list the names of the columns that the other formats have, with their meaning, and read "
     "nothing",
     1},
    {0},
};

static error_t parse_format(struct packets_options *packets, const char *text)
{
    error_t rc = cli_parse_format(text, CLI_FORMATS_LINES, &packets->writer);

    packets->formatted = true;
    if (rc == 0 && !tp_writer_streams(packets->writer))
        packets->writer = NULL;
    return rc;
}

static error_t parse_last(struct packets_options *packets, const char *text)
{
    error_t rc = cli_parse_count("--last", text, UINT32_MAX, &packets->last);

    return rc == 0 && packets->last == 0 ? cli_bad_option("--last: 0 rows are none") : rc;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct packets_options *packets = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &packets->input;
        state->child_inputs[1] = &packets->time;
        return 0;
    case 'F':
        return cli_flow_choices_add(&packets->flows, arg);
    case KEY_LAST:
        return parse_last(packets, arg);
    case KEY_RAW_SEQ:
    case KEY_RELATIVE:
        packets->raw = key == KEY_RAW_SEQ;
        return 0;
    case KEY_FORMAT:
        return parse_format(packets, arg);
    case KEY_OCCURRING:
        packets->occurring = true;
        return 0;
    case KEY_WRITE:
        packets->write = arg;
        return 0;
    case ARGP_KEY_END:
        if (packets->write && (packets->formatted || packets->occurring))
            return cli_bad_option("--write writes a capture: neither --format nor --occurring");
        if (packets->occurring && !packets->writer)
            return cli_bad_option("--occurring is of the formats that have columns, such as csv");
        return 0;
    case KEY_WORDS:
        packets->list_words = packets->input.may_be_none = true;
        return 0;
    case KEY_COLUMNS:
        packets->list_columns = packets->input.may_be_none = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static char *help_filter(int key, const char *text, void *input)
{
    struct cli_words formats = cli_formats(CLI_FORMATS_LINES);

    (void)input;
    return key == KEY_FORMAT ? cli_help_words(text, &formats) : (char *)text;
}

static const struct argp_child children[] = {
    {&cli_input_argp, 0, NULL, 0}, {&cli_time_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,
    parse_option,
    "FILE...",
    "Shows every TCP packet in captures (- is standard input) with what the analysis says of it: "
    "retransmissions and why, reordering, duplicate ACKs, windows, bytes in flight, round-trip "
    "times. Kernel events of the same flows, from trace logs, stand between them in time order.\v"
    "The time is in seconds since the first event, in the other formats by the recording's clock, "
    "or as "
    "--time says; > is from the end that opened the connection, < "
    "from the other. seq and ack count from the beginning of the connection. window is scaled; it "
    "has a ? where the scale is not known, and >= where it is estimated. in flight is the data of "
    "the sender of a packet with data, else of its peer, that are not yet acknowledged after the "
    "packet.\n\n"
    "--filter, --since and --until choose rows: connections are followed whole, so that nothing "
    "that is said of a packet depends on them. --pcap-filter leaves packets out before that. What "
    "is said of packets can be asked, too: 'retransmission && cause == timeout', 'rtt_ms > 100'; "
    "--words lists what there is.",
    children,
    help_filter,
    NULL};

/* --- the pass --------------------------------------------------------------------------------- */

/* What is remembered of a flow, by its number. */
struct seen {
    uint32_t rows; /* to come, where they were counted */
    uint8_t from;
    bool known;  /* `from` is */
    bool headed; /* its heading was written */
};

struct packet_log {
    const struct packets_options *options;
    struct cli_pass *pass;
    struct tp_out *out;
    struct seen *flows;
    size_t allocated;
    uint64_t rows;
    bool counting; /* the first of two passes */
    bool stopped;  /* no more can be written */
    struct packet_row row;
    struct packet_ends ends[PACKET_ENDS];
    struct cli_times times;
    struct packet_columns columns;
    struct packet_write write;
};

static struct seen *seen_flow(struct packet_log *packets, uint32_t id)
{
    size_t allocated = packets->allocated;
    struct seen *flows;

    if (id >= allocated) {
        allocated = allocated * 2 > id ? allocated * 2 : (size_t)id + 64;
        flows = realloc(packets->flows, allocated * sizeof *flows);
        if (!flows) {
            tp_out_fail(packets->out, TP_ERR_NOMEM, "out of memory");
            return NULL;
        }
        memset(flows + packets->allocated, 0, (allocated - packets->allocated) * sizeof *flows);
        packets->flows = flows;
        packets->allocated = allocated;
    }
    return &packets->flows[id];
}

/* Of the row. */
static bool is_shown(struct packet_log *packets)
{
    struct packet_question question = {&packets->options->words, &packets->row};

    return cli_flow_chosen(&packets->options->flows, packets->row.flow) &&
           tp_pass_chose_with(packets->pass->pass, packets->row.record, packet_words_answer,
                              &question);
}

/* The end that sent the SYN; where none is seen, the first that is met. */
static unsigned opener(const struct tp_flow *flow, unsigned end, const struct tp_record *record)
{
    uint16_t synack = TP_TCP_SYN | TP_TCP_ACK;

    if (flow->opener >= 0)
        return (unsigned)flow->opener;
    return TP_HAS(record, FLAGS) && (record->flags & synack) == synack ? !end : end;
}

static struct tp_rows rows_of(const struct packet_log *packets)
{
    return (struct tp_rows){.columns = packets->columns.list,
                            .column_count = packets->columns.count};
}

static void write_row(struct packet_log *packets, struct seen *seen)
{
    const struct tp_rows rows = rows_of(packets);
    const struct tp_writer *writer = packets->options->writer;
    struct tp_value values[TP_COLUMNS_MAX];

    if (writer || packets->options->write)
        packet_columns_values(&packets->columns, &packets->row, values);
    if (packets->options->write) {
        packets->stopped = !packet_write_row(&packets->write, &packets->row, &rows, values);
        return;
    }
    if (writer) {
        writer->row(packets->out, &rows, packets->rows++, values);
        return;
    }
    if (!seen->headed)
        packet_line_flow(packets->out, &packets->row);
    seen->headed = true;
    packet_line(packets->out, &packets->row);
}

/* With one capture there is no doubt. */
static const char *of_path(const struct packet_log *packets, const struct tp_meaning *meaning)
{
    const struct tp_stream *stream = packets->pass->stream;
    size_t captures = 0;

    if (!meaning->of_frame)
        return NULL;
    for (size_t i = 0; i < tp_stream_inputs(stream); i++)
        captures += tp_stream_info(stream, i)->capture;
    return captures > 1 ? tp_stream_info(stream, meaning->of_input)->path : NULL;
}

static int take(struct packet_log *packets, const struct tp_flow *flow, unsigned end,
                const struct tp_record *record, const struct tp_meaning *meaning)
{
    struct packet_row *row = &packets->row;
    struct seen *seen = seen_flow(packets, flow->id);

    if (!seen)
        return TP_ERR_STOPPED;
    if (!seen->known)
        seen->from = (uint8_t)opener(flow, end, record);
    seen->known = true;
    row->flow = flow;
    row->record = record;
    row->meaning = meaning;
    row->of_path = meaning ? of_path(packets, meaning) : NULL;
    row->end = (uint8_t)end;
    row->from = seen->from;
    row->raw = packets->options->raw;
    row->ticks = cli_pass_counts_ticks(packets->pass, record->input);
    row->times = &packets->times;
    row->kept = packets->ends;
    if (!is_shown(packets))
        return 0;
    if (packets->counting) {
        seen->rows++;
        if (packets->options->occurring)
            packet_columns_note(&packets->columns, row);
        return 0;
    }
    if (packets->options->last && seen->rows-- > packets->options->last)
        return 0;
    write_row(packets, seen);
    return packets->stopped || tp_out_failed(packets->out) ? TP_ERR_STOPPED : 0;
}

static int take_packet(void *context, const struct tp_flow *flow, const struct tp_record *packet,
                       const struct tp_meaning *meaning)
{
    return take(context, flow, meaning->end, packet, meaning);
}

static int take_event(void *context, const struct tp_flow *flow, unsigned end,
                      const struct tp_record *event)
{
    return take(context, flow, end, event, NULL);
}

/* What is done with the inputs once they are open. */
static int begin_output(struct packet_log *packets, struct tp_error *error)
{
    const struct packets_options *chosen = packets->options;
    bool for_programs = chosen->writer || chosen->write;

    if (!cli_times_open(&packets->times, chosen->time,
                        for_programs ? CLI_TIME_RECORDING : CLI_TIME_RELATIVE, packets->pass,
                        error))
        return error->code;
    if (packets->counting)
        return 0;
    if (chosen->write)
        return packet_write_open(&packets->write, chosen->write, error);
    if (!chosen->writer)
        packet_line_head(packets->out, packets->times.time, cli_pass_in_ticks(packets->pass));
    return 0;
}

static int read_once(struct packet_log *packets, struct tp_error *error)
{
    const struct tp_analysis_options wanted = {.max_flows = packets->options->input.max_flows,
                                               .without = UINT64_MAX,
                                               .packet = take_packet,
                                               .event = take_event,
                                               .context = packets};
    struct tp_pass_options how = cli_pass_options(&packets->options->input);
    struct tp_analysis *analysis = NULL;
    int rc;

    if (packets->write.frames && !packets->counting) {
        how.stream.keep = packet_frames_keep;
        how.stream.keep_context = packets->write.frames;
    }
    how.follow = TP_FOLLOW_WHOLE;
    cli_pass_watch(&how, packets->out);
    rc = cli_pass_open(packets->pass, &packets->options->input, &how, error);
    if (rc)
        return rc;
    rc = begin_output(packets, error);
    if (rc == 0)
        analysis = tp_analysis_new(&wanted, error);
    if (rc == 0)
        rc = analysis ? cli_pass_analyse(packets->pass, analysis, error) : error->code;
    if (packets->stopped || tp_out_failed(packets->out)) {
        tp_error_clear(error); /* the pass was stopped because of it */
        rc = 0;
    }
    if (packets->options->write && !packets->counting)
        rc = packet_write_close(&packets->write, rc, error);
    if (!packets->counting && rc == 0)
        cli_pass_notes(packets->pass, analysis);
    tp_analysis_free(analysis);
    cli_pass_close(packets->pass);
    return tp_out_failed(packets->out) ? tp_out_finish(packets->out, error) : rc;
}

static int write_log(struct packet_log *packets, struct tp_error *error)
{
    const struct tp_writer *writer = packets->options->writer;
    struct tp_rows rows;
    int rc = 0;

    packet_columns_init(&packets->columns, packets->options->time);
    if (packets->options->last || packets->options->occurring) {
        packets->counting = true;
        rc = read_once(packets, error);
        packets->counting = false;
    }
    if (rc)
        return rc;
    if (packets->options->occurring)
        packet_columns_keep(&packets->columns);
    rows = rows_of(packets);
    if (writer)
        tp_rows_begin(packets->out, writer, &rows);
    rc = read_once(packets, error);
    if (writer)
        tp_rows_end(packets->out, writer, &rows);
    return rc ? rc : tp_out_finish(packets->out, error);
}

static int show_packets(const struct packets_options *chosen)
{
    struct tp_error error = TP_ERROR_INIT;
    struct cli_pass pass = {.input = &chosen->input};
    struct packet_log packets = {.options = chosen, .pass = &pass};

    if (chosen->last && !cli_input_is_twice(&chosen->input, "--last"))
        return CLI_FAILED;
    if (chosen->occurring && !cli_input_is_twice(&chosen->input, "--occurring"))
        return CLI_FAILED;
    if (chosen->write && packet_write_check(&chosen->input, chosen->write) != CLI_FINE)
        return CLI_FAILED;
    cli_confine(chosen->write ? CONFINE_WRITE : CONFINE_READ, chosen->input.quiet);
    packets.write.pass = &pass;
    packets.write.frames = chosen->write ? packet_frames_new(&error) : NULL;
    packets.out = error.code ? NULL : cli_out_new(&error);
    if (packets.out)
        write_log(&packets, &error);
    packet_frames_free(packets.write.frames);
    tp_out_free(packets.out);
    free(packets.flows);
    return error.code ? cli_fail(&error) : CLI_FINE;
}

int cmd_packets(int argc, char **argv)
{
    struct packets_options wanted = {.raw = false};
    int status;

    cli_input_init(&wanted.input);
    packet_words_init(&wanted.words);
    wanted.input.words = &wanted.words.words;
    status = cli_parse(&argp, "packets", argc, argv, &wanted);
    if (status == CLI_GO && wanted.list_columns) {
        packet_row_list();
        status = CLI_FINE;
    } else if (status == CLI_GO && wanted.list_words) {
        packet_words_list();
        status = CLI_FINE;
    } else if (status == CLI_GO) {
        status = show_packets(&wanted);
    }
    cli_input_release(&wanted.input);
    return status;
}
