/* packet_line.c: the packet log for people, a line each, written as it comes:
 *
 *       time  flow   flags            seq    len        ack   window in flight
 *   0.000000     1 > SYN                0      0          -    64240         0  mss 1460, ws 7
 *
 * An arrow tells the direction: > is from the end that opened the flow.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/phrase.h"
#include "base/units.h"
#include "cli/packet_row.h"

#define LINE_BYTES 2048

struct row_line {
    struct tp_phrase phrase;
    unsigned notes;
};

/* Begins the next remark at the end of the line. */
__attribute__((format(printf, 2, 3))) static void note(struct row_line *line, const char *format,
                                                       ...)
{
    va_list args;

    tp_phrase_add(&line->phrase, "%s", line->notes++ ? ", " : "  ");
    va_start(args, format);
    tp_phrase_vadd(&line->phrase, format, args);
    va_end(args);
}

static void add_duration(struct row_line *line, const char *what, int64_t ns)
{
    char text[32];

    tp_units_duration(ns, text, sizeof text);
    tp_phrase_add(&line->phrase, "%s%s", what, text);
}

#define TIME_WIDTH 12
#define WALL_WIDTH 27

static int time_width(enum cli_time time)
{
    return time == CLI_TIME_WALL ? WALL_WIDTH : TIME_WIDTH;
}

void packet_line_head(struct tp_out *out, enum cli_time time, bool ticks)
{
    char text[WALL_WIDTH + 1];
    int width = time_width(time);

    snprintf(text, sizeof text, "%*s", width, "time");
    tp_out_text(out, text);
    tp_out_text(out, "  flow   flags              seq    len        ack    window"
                     " in flight\n");
    snprintf(text, sizeof text, "%*s", width,
             ticks                   ? "ticks"
             : time == CLI_TIME_WALL ? "UTC"
                                     : "s");
    tp_out_text(out, text);
    tp_out_text(out, "                                 B                    B         B\n");
}

void packet_line_flow(struct tp_out *out, struct packet_row *row)
{
    char text[160];

    tp_endpoint_text(&row->flow->key, row->from, row->src, sizeof row->src);
    tp_endpoint_text(&row->flow->key, !row->from, row->dst, sizeof row->dst);
    snprintf(text, sizeof text, "flow %" PRIu32 ": %s -> %s\n", row->flow->id, row->src, row->dst);
    tp_out_text(out, text);
}

/* --- packets ---------------------------------------------------------------------------------- */

static void add_number(struct row_line *line, bool known, int64_t number)
{
    if (known)
        tp_phrase_add(&line->phrase, " %10" PRId64, number);
    else
        tp_phrase_add(&line->phrase, " %10s", "-");
}

static void add_numbers(struct row_line *line, const struct packet_row *row)
{
    const struct tp_record *record = row->record;
    const struct tp_meaning *meaning = row->meaning;
    bool about_own = meaning->is_data || record->flags & (TP_TCP_SYN | TP_TCP_FIN);
    const struct tp_flight *flight = &meaning->flight[about_own ? row->end : !row->end];
    char length[16], window[32] = "-", in_flight[32] = "-";

    if (meaning->has_window)
        snprintf(window, sizeof window, "%s%" PRIu64, meaning->window_at_least ? ">=" : "",
                 meaning->window_bytes);
    else if (TP_HAS(record, WINDOW))
        snprintf(window, sizeof window, "%u?", record->window);
    if (flight->known)
        snprintf(in_flight, sizeof in_flight, "%" PRIu64, flight->outstanding_bytes);
    add_number(line, packet_row_has_seq(row), packet_row_has_seq(row) ? packet_row_seq(row) : 0);
    snprintf(length, sizeof length, "%" PRIu32 "%s", record->payload,
             record->oddities & TP_ODD_FRAGMENT ? "+" : "");
    tp_phrase_add(&line->phrase, " %6s", length);
    add_number(line, packet_row_has_ack(row), packet_row_has_ack(row) ? packet_row_ack(row) : 0);
    tp_phrase_add(&line->phrase, " %9s %9s", window, in_flight);
}

static void add_findings(struct row_line *line, const struct packet_row *row)
{
    const struct tp_meaning *meaning = row->meaning;

    for (unsigned i = 0; i < TP_FINDING_COUNT; i++) {
        if (!(meaning->findings >> i & 1))
            continue;
        note(line, "%s", tp_findings[i].name);
        if (i == TP_FINDING_DUP_ACK)
            tp_phrase_add(&line->phrase, " #%" PRIu32, meaning->dup_acks);
        if (i == TP_FINDING_HOLE || i == TP_FINDING_ACKED_UNSEEN)
            tp_phrase_add(&line->phrase, " of %" PRIu64 " B", meaning->unseen_bytes);
    }
    if (meaning->cause || meaning->evidence) {
        tp_phrase_add(&line->phrase, " (%s%s%s, %s)", tp_cause_name((enum tp_cause)meaning->cause),
                      meaning->cause ? ": " : "",
                      tp_evidence_name((enum tp_evidence)meaning->evidence),
                      tp_confidence_name((enum tp_confidence)meaning->confidence));
    }
    if (meaning->of_frame) {
        note(line, "of packet %" PRIu64, meaning->of_frame);
        if (row->of_path)
            tp_phrase_add(&line->phrase, " in %s", row->of_path);
        add_duration(line, " ", meaning->since_copy_ns);
        tp_phrase_add(&line->phrase, " ago");
    }
}

static void add_rtt(struct row_line *line, const struct packet_row *row)
{
    static const char *const names[TP_RTT_SOURCES] = {[TP_RTT_HANDSHAKE] = "handshake rtt ",
                                                      [TP_RTT_ACK] = "rtt ",
                                                      [TP_RTT_SACK] = "sack rtt ",
                                                      [TP_RTT_TS] = "ts rtt "};
    int64_t rtt_ns;

    for (unsigned source = 0; source < TP_RTT_SOURCES; source++) {
        rtt_ns = packet_row_rtt(row, (enum tp_rtt_source)source);
        if (rtt_ns <= 0)
            continue;
        note(line, "%s", names[source]);
        add_duration(line, "", rtt_ns);
    }
}

static void add_options(struct row_line *line, struct packet_row *row)
{
    static const struct {
        uint16_t bit;
        const char *name;
    } others[] = {{TP_OPTION_SACK_OK, "sack_ok"}, {TP_OPTION_TFO, "tfo"},
                  {TP_OPTION_MPTCP, "mptcp"},     {TP_OPTION_MD5, "md5"},
                  {TP_OPTION_AO, "ao"},           {TP_OPTION_ACCECN, "accecn"},
                  {TP_OPTION_OTHER, "other"},     {TP_OPTION_BAD, "bad options"},
                  {TP_OPTION_CUT, "options cut"}};
    const struct tp_record *record = row->record;

    if (TP_HAS(record, MSS))
        note(line, "mss %u", record->mss);
    if (TP_HAS(record, WSCALE))
        note(line, "ws %u", record->wscale);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (TP_HAS(record, OPTIONS) && record->options & others[i].bit)
            note(line, "%s", others[i].name);
    if (packet_row_sack(row)[0])
        note(line, "sack %s", row->sack);
    if (TP_HAS(record, TSVAL))
        note(line, "ts %" PRIu32 "/%" PRIu32, record->tsval, record->tsecr);
}

/* What a router or the capture did to it. */
static void add_remarks(struct row_line *line, const struct packet_row *row)
{
    static const struct {
        uint16_t bit;
        const char *name;
    } remarks[] = {{TP_ODD_FRAGMENT, "first fragment"},
                   {TP_ODD_CUT, "header cut"},
                   {TP_ODD_STEP, "behind a step of the clock"},
                   {TP_ODD_LATE, "late in the file"}};

    if (TP_HAS(row->record, TOS) && (row->record->tos & 3) == 3)
        note(line, "CE");
    for (size_t i = 0; i < sizeof remarks / sizeof *remarks; i++)
        if (TP_HAS(row->record, ODDITIES) && row->record->oddities & remarks[i].bit)
            note(line, "%s", remarks[i].name);
}

static void add_packet(struct row_line *line, struct packet_row *row)
{
    char flags[40];

    tp_record_text(row->record, TP_FIELD_FLAGS, flags, sizeof flags);
    tp_phrase_add(&line->phrase, "%-11s", flags);
    add_numbers(line, row);
    add_findings(line, row);
    add_rtt(line, row);
    add_remarks(line, row);
    add_options(line, row);
}

/* --- kernel events ---------------------------------------------------------------------------- */

static void add_event(struct row_line *line, const struct packet_row *row)
{
    static const enum tp_field fields[] = {TP_FIELD_SND_CWND, TP_FIELD_SSTHRESH, TP_FIELD_SRTT,
                                           TP_FIELD_SND_WND,  TP_FIELD_DATA_LEN, TP_FIELD_ERR,
                                           TP_FIELD_STATE,    TP_FIELD_OLDSTATE, TP_FIELD_NEWSTATE,
                                           TP_FIELD_REASON};
    const struct tp_record *record = row->record;
    char text[1100];

    tp_phrase_add(&line->phrase, "%s", tp_kind_name((enum tp_kind)record->kind));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!(record->have >> fields[i] & 1))
            continue;
        tp_record_text(record, fields[i], text, sizeof text);
        if (fields[i] == TP_FIELD_SSTHRESH && record->ssthresh == TP_SSTHRESH_INFINITE)
            strcpy(text, "inf");
        tp_phrase_add(&line->phrase, " %s %s%s", tp_fields[fields[i]].name, text,
                      fields[i] == TP_FIELD_SRTT ? " us" : "");
    }
    if (TP_HAS(record, CONG_STATE) && tp_cong_state_name(record->cong_state))
        tp_phrase_add(&line->phrase, " cong_state %s", tp_cong_state_name(record->cong_state));
}

static void add_time(struct row_line *line, const struct packet_row *row)
{
    uint32_t timeline = row->record->key.timeline;
    int width = time_width(row->times->time);
    char buf[CLI_TIME_BYTES];
    int64_t ticks;

    if (row->ticks && cli_times_ns(row->times, timeline, row->record->ts_ns, &ticks))
        tp_phrase_add(&line->phrase, "%*" PRId64 " t", width - 2, ticks);
    else
        tp_phrase_add(&line->phrase, "%*s", width,
                      cli_times_text(row->times, timeline, row->record->ts_ns, 6, buf));
}

void packet_line(struct tp_out *out, struct packet_row *row)
{
    char bytes[LINE_BYTES];
    struct row_line line = {.phrase = tp_phrase_in(bytes, sizeof bytes)};

    add_time(&line, row);
    tp_phrase_add(&line.phrase, " %5" PRIu32 " %c ", row->flow->id,
                  row->end == row->from ? '>' : '<');
    if (row->meaning)
        add_packet(&line, row);
    else
        add_event(&line, row);
    tp_out_bytes(out, bytes, line.phrase.length);
    tp_out_bytes(out, "\n", 1);
}

void packet_comment(struct packet_row *row, char *text, size_t size)
{
    struct row_line line = {.phrase = tp_phrase_in(text, size), .notes = 1};

    tp_endpoint_text(&row->flow->key, row->end, row->src, sizeof row->src);
    tp_endpoint_text(&row->flow->key, !row->end, row->dst, sizeof row->dst);
    tp_phrase_add(&line.phrase, "flow %" PRIu32 ": %s > %s", row->flow->id, row->src, row->dst);
    add_findings(&line, row);
    add_rtt(&line, row);
    add_remarks(&line, row);
}
