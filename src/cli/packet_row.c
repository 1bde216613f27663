/* packet_row.c: the columns of the packet log. What was not captured, or is not of that kind of
 * row, is absent.
 */
#include <stdio.h>
#include <string.h>

#include "base/put.h"
#include "cli/packet_row.h"

bool packet_row_has_seq(const struct packet_row *row)
{
    return row->meaning && TP_HAS(row->record, SEQ) && (row->raw || row->meaning->seq_known);
}

bool packet_row_has_ack(const struct packet_row *row)
{
    return row->meaning && TP_HAS(row->record, ACK) && (row->raw || row->meaning->ack_known);
}

int64_t packet_row_seq(const struct packet_row *row)
{
    return row->raw ? (int64_t)row->record->seq : (int64_t)row->meaning->seq;
}

int64_t packet_row_ack(const struct packet_row *row)
{
    return row->raw ? (int64_t)row->record->ack : (int64_t)row->meaning->ack;
}

/* Blocks lie around the acknowledgment number, below it only those that arrived twice. */
static int64_t sack_edge(const struct packet_row *row, uint32_t edge)
{
    return row->raw ? (int64_t)edge : packet_row_ack(row) + (int32_t)(edge - row->record->ack);
}

const char *packet_row_sack(struct packet_row *row)
{
    const struct tp_sack *sack = &row->record->sack;
    bool known = TP_HAS(row->record, SACK) && packet_row_has_ack(row);
    char *at = row->sack;

    for (uint32_t i = 0; known && i < sack->count && i < TP_SACK_BLOCKS; i++) {
        if (i)
            *at++ = ',';
        at = put_signed(at, sack_edge(row, sack->edge[i][0]));
        *at++ = '-';
        at = put_signed(at, sack_edge(row, sack->edge[i][1]));
    }
    *at = '\0';
    return row->sack;
}

int64_t packet_row_rtt(const struct packet_row *row, enum tp_rtt_source source)
{
    int64_t rtt_ns = 0;

    for (unsigned i = 0; row->meaning && i < row->meaning->rtt_count; i++)
        if (row->meaning->rtt[i].source == source)
            rtt_ns = row->meaning->rtt[i].rtt_ns;
    return rtt_ns;
}

/* --- getters: the detail is a field, a member's offset or a source ---------------------------- */

typedef struct tp_value get_value(struct packet_row *row, size_t detail);

static struct tp_value get_time(struct packet_row *row, size_t detail)
{
    (void)detail;
    return tp_value_integer_if(!row->ticks, row->record->ts_ns);
}

static struct tp_value get_ticks(struct packet_row *row, size_t detail)
{
    (void)detail;
    return tp_value_integer_if(row->ticks, row->record->ts_ns);
}

static struct tp_value get_flow(struct packet_row *row, size_t detail)
{
    (void)detail;
    return tp_value_integer(row->flow->id);
}

static const struct packet_ends *ends_of(struct packet_row *row)
{
    return packet_ends_of(row->kept ? row->kept : &row->own, row->kept ? PACKET_ENDS : 1,
                          row->flow);
}

static struct tp_value get_end(struct packet_row *row, size_t peer)
{
    return tp_value_text(ends_of(row)->endpoint[peer ? !row->end : row->end]);
}

static struct tp_value get_addr(struct packet_row *row, size_t peer)
{
    return tp_value_text(ends_of(row)->addr[peer ? !row->end : row->end]);
}

static struct tp_value get_port(struct packet_row *row, size_t peer)
{
    return tp_value_integer(row->flow->key.port[peer ? !row->end : row->end]);
}

static struct tp_value get_event(struct packet_row *row, size_t detail)
{
    (void)detail;
    return tp_value_text(tp_kind_name((enum tp_kind)row->record->kind));
}

static struct tp_value get_number(struct packet_row *row, size_t field)
{
    bool known = (row->record->have >> field & 1) != 0;

    return tp_value_integer_if(
        known, known ? (uint64_t)tp_record_number(row->record, (enum tp_field)field) : 0);
}

static struct tp_value text_of(const struct packet_row *row, enum tp_field field, char *text,
                               size_t size)
{
    bool known = (row->record->have >> field & 1) != 0;

    return tp_value_text(known && tp_record_text(row->record, field, text, size) ? text : NULL);
}

static struct tp_value get_ecn(struct packet_row *row, size_t detail)
{
    bool known = TP_HAS(row->record, TOS);

    (void)detail;
    return tp_value_integer_if(known, known ? row->record->tos & 3u : 0);
}

/* All of them are 16 bits or fewer. */
static struct tp_value bits_of(const struct packet_row *row, enum tp_field field,
                               struct packet_bits *bits)
{
    uint16_t now;

    if (!(row->record->have >> field & 1))
        return tp_value_text(NULL);
    now = (uint16_t)tp_record_number(row->record, field);
    if (!bits->known || bits->bits != now)
        tp_record_text(row->record, field, bits->text, sizeof bits->text);
    bits->known = true;
    bits->bits = now;
    return tp_value_text(bits->text);
}

static struct tp_value get_flags(struct packet_row *row, size_t field)
{
    return bits_of(row, (enum tp_field)field, &row->flags);
}

static struct tp_value get_options(struct packet_row *row, size_t field)
{
    return bits_of(row, (enum tp_field)field, &row->options);
}

static struct tp_value get_oddities(struct packet_row *row, size_t field)
{
    return bits_of(row, (enum tp_field)field, &row->oddities);
}

/* The state that an event tells of: the new one where it tells of a change. */
static struct tp_value get_state(struct packet_row *row, size_t detail)
{
    (void)detail;
    return text_of(row, TP_HAS(row->record, NEWSTATE) ? TP_FIELD_NEWSTATE : TP_FIELD_STATE,
                   row->state, sizeof row->state);
}

static struct tp_value get_cong_state(struct packet_row *row, size_t detail)
{
    (void)detail;
    return tp_value_text(
        TP_HAS(row->record, CONG_STATE) ? tp_cong_state_name(row->record->cong_state) : NULL);
}

static struct tp_value get_sack(struct packet_row *row, size_t detail)
{
    (void)detail;
    return tp_value_text(row->meaning && packet_row_sack(row)[0] ? row->sack : NULL);
}

static struct tp_value get_seq(struct packet_row *row, size_t detail)
{
    bool known = packet_row_has_seq(row);

    (void)detail;
    return tp_value_integer_if(known, known ? (uint64_t)packet_row_seq(row) : 0);
}

static struct tp_value get_ack(struct packet_row *row, size_t detail)
{
    bool known = packet_row_has_ack(row);

    (void)detail;
    return tp_value_integer_if(known, known ? (uint64_t)packet_row_ack(row) : 0);
}

static struct tp_value get_window(struct packet_row *row, size_t detail)
{
    bool known = row->meaning && row->meaning->has_window;

    (void)detail;
    return tp_value_integer_if(known, known ? row->meaning->window_bytes : 0);
}

static struct tp_value get_at_least(struct packet_row *row, size_t detail)
{
    (void)detail;
    return row->meaning && row->meaning->has_window ? tp_value_bool(row->meaning->window_at_least)
                                                    : tp_value_text(NULL);
}

enum { OUTSTANDING, PIPE };

static struct tp_value flight_of(const struct packet_row *row, unsigned end, size_t detail)
{
    const struct tp_flight *flight = row->meaning ? &row->meaning->flight[end] : NULL;
    bool known = flight && flight->known;

    return tp_value_integer_if(known, !known           ? 0
                                      : detail == PIPE ? flight->pipe_bytes
                                                       : flight->outstanding_bytes);
}

static struct tp_value get_flight(struct packet_row *row, size_t detail)
{
    return flight_of(row, row->end, detail);
}

static struct tp_value get_peer_flight(struct packet_row *row, size_t detail)
{
    return flight_of(row, !row->end, detail);
}

static struct tp_value get_u32(struct packet_row *row, size_t offset)
{
    uint32_t number = 0;

    if (row->meaning)
        memcpy(&number, (const char *)row->meaning + offset, sizeof number);
    return tp_value_integer_if(row->meaning, number);
}

static struct tp_value get_u64(struct packet_row *row, size_t offset)
{
    uint64_t number = 0;

    if (row->meaning)
        memcpy(&number, (const char *)row->meaning + offset, sizeof number);
    return tp_value_integer_if(row->meaning, number);
}

static struct tp_value get_findings(struct packet_row *row, size_t detail)
{
    uint64_t left = row->meaning ? row->meaning->findings : 0;
    char *at = row->findings;

    (void)detail;
    for (; left; left &= left - 1) {
        if (at > row->findings)
            *at++ = '|';
        at = put_text(at, tp_findings[__builtin_ctzll(left)].name);
    }
    *at = '\0';
    return tp_value_text(at > row->findings ? row->findings : NULL);
}

/* Evidence is of a cause, or of a proof that something was spurious. */
static bool is_judged(const struct packet_row *row)
{
    return row->meaning && (row->meaning->cause || row->meaning->evidence);
}

static struct tp_value get_cause(struct packet_row *row, size_t detail)
{
    (void)detail;
    return tp_value_text(row->meaning && row->meaning->cause
                             ? tp_cause_name((enum tp_cause)row->meaning->cause)
                             : NULL);
}

static struct tp_value get_evidence(struct packet_row *row, size_t detail)
{
    (void)detail;
    return tp_value_text(row->meaning && row->meaning->evidence
                             ? tp_evidence_name((enum tp_evidence)row->meaning->evidence)
                             : NULL);
}

static struct tp_value get_confidence(struct packet_row *row, size_t detail)
{
    (void)detail;
    return tp_value_text(
        is_judged(row) ? tp_confidence_name((enum tp_confidence)row->meaning->confidence) : NULL);
}

static struct tp_value get_of_frame(struct packet_row *row, size_t detail)
{
    bool known = row->meaning && row->meaning->of_frame;

    (void)detail;
    return tp_value_integer_if(known, known ? row->meaning->of_frame : 0);
}

static struct tp_value get_since_copy(struct packet_row *row, size_t detail)
{
    bool known = row->meaning && row->meaning->of_frame;

    (void)detail;
    return tp_value_integer_if(known, known ? (uint64_t)row->meaning->since_copy_ns : 0);
}

static struct tp_value get_rtt(struct packet_row *row, size_t source)
{
    int64_t rtt_ns = packet_row_rtt(row, (enum tp_rtt_source)source);

    return tp_value_integer_if(rtt_ns > 0, (uint64_t)rtt_ns);
}

/* --- columns ---------------------------------------------------------------------------------- */

#define MEANING(member) offsetof(struct tp_meaning, member)

/* X(name, getter, detail, what it is) */
#define COLUMNS(X)                                                                                 \
    X(time_ns, get_time, 0, "time of the recording's clock")                                       \
    X(frame, get_number, TP_FIELD_FRAME, "number of the packet in its file")                       \
    X(flow, get_flow, 0, "number of the flow, as `flows` shows it")                                \
    X(src, get_end, 0, "end that sent the packet, or whose socket the event is of")                \
    X(dst, get_end, 1, "its peer")                                                                 \
    X(event, get_event, 0, "packet, or the kernel event's name")                                   \
    X(flags, get_flags, TP_FIELD_FLAGS, "TCP flags")                                               \
    X(seq, get_seq, 0, "sequence number: the SYN is 0, the first byte 1; or as sent")              \
    X(ack, get_ack, 0, "acknowledgment number, likewise")                                          \
    X(payload_bytes, get_number, TP_FIELD_PAYLOAD, "TCP payload on the wire")                      \
    X(window_bytes, get_window, 0,                                                                 \
      "window that it offers, scaled; absent if the scale is unknown")                             \
    X(window_at_least, get_at_least, 0, "the scale is estimated: the window may be larger")        \
    X(window, get_number, TP_FIELD_WINDOW, "the window field, not scaled")                         \
    X(in_flight_bytes, get_flight, OUTSTANDING, "its sender's data outstanding after it")          \
    X(pipe_bytes, get_flight, PIPE, "of these, neither SACKed nor lost (RFC 6675)")                \
    X(peer_in_flight_bytes, get_peer_flight, OUTSTANDING, "its peer's data outstanding after it")  \
    X(ecn, get_ecn, 0, "ECN field of IP: 0 not capable, 1 ECT(1), 2 ECT(0), 3 CE")                 \
    X(ttl, get_number, TP_FIELD_TTL, "time to live or hop limit")                                  \
    X(ip_id, get_number, TP_FIELD_IP_ID, "identification of IPv4")                                 \
    X(options, get_options, TP_FIELD_OPTIONS, "TCP options")                                       \
    X(mss_bytes, get_number, TP_FIELD_MSS, "maximum segment size option")                          \
    X(wscale, get_number, TP_FIELD_WSCALE, "window scale option")                                  \
    X(tsval, get_number, TP_FIELD_TSVAL, "timestamp value")                                        \
    X(tsecr, get_number, TP_FIELD_TSECR, "timestamp echo reply")                                   \
    X(sack, get_sack, 0, "SACK blocks, numbers as in ack")                                         \
    X(oddities, get_oddities, TP_FIELD_ODDITIES, "what is unusual about the frame")                \
    X(new_bytes, get_u32, MEANING(new_bytes), "of its payload, never captured before")             \
    X(again_bytes, get_u32, MEANING(again_bytes), "of its payload, captured before")               \
    X(acked_bytes, get_u64, MEANING(acked_bytes), "of its peer's data, newly acknowledged")        \
    X(sacked_bytes, get_u64, MEANING(sacked_bytes), "of its peer's data, newly SACKed")            \
    X(unseen_bytes, get_u64, MEANING(unseen_bytes), "of findings hole and acked_unseen")           \
    X(dup_acks, get_u32, MEANING(dup_acks), "duplicate ACKs in a row, this one included")          \
    X(findings, get_findings, 0, "what the packet is")                                             \
    X(cause, get_cause, 0, "why it was sent again")                                                \
    X(evidence, get_evidence, 0, "what the cause, or a proof, rests on")                           \
    X(confidence, get_confidence, 0, "how sure that is: certain, likely or a guess")               \
    X(of_frame, get_of_frame, 0, "packet that was sent again, or that a proof speaks of")          \
    X(since_copy_ns, get_since_copy, 0, "time since that packet")                                  \
    X(rtt_handshake_ns, get_rtt, TP_RTT_HANDSHAKE, "round-trip time of the handshake")             \
    X(rtt_ack_ns, get_rtt, TP_RTT_ACK, "round-trip time by the ACK of data sent once")             \
    X(rtt_sack_ns, get_rtt, TP_RTT_SACK, "round-trip time by SACK")                                \
    X(rtt_ts_ns, get_rtt, TP_RTT_TS, "round-trip time by timestamps")                              \
    X(snd_cwnd_segs, get_number, TP_FIELD_SND_CWND, "kernel event: congestion window")             \
    X(ssthresh_segs, get_number, TP_FIELD_SSTHRESH, "kernel event: slow-start threshold")          \
    X(srtt_us, get_number, TP_FIELD_SRTT, "kernel event: smoothed round-trip time")                \
    X(snd_wnd_bytes, get_number, TP_FIELD_SND_WND, "kernel event: window of the peer")             \
    X(state, get_state, 0, "kernel event: TCP state, after a change the new one")                  \
    X(cong_state, get_cong_state, 0, "kernel event: congestion avoidance state")                   \
    X(time_ticks, get_ticks, 0, "time_ns of a clock that counts ticks")                            \
    X(src_addr, get_addr, 0, "address of src alone")                                               \
    X(src_port, get_port, 0, "port of src alone")                                                  \
    X(dst_addr, get_addr, 1, "address of dst alone")                                               \
    X(dst_port, get_port, 1, "port of dst alone")

static const struct packet_column {
    struct tp_column column;
    get_value *get;
    size_t detail;
} columns[] = {
#define COLUMN(name_, get_, detail_, help_)                                                        \
    {.column = {.name = #name_, .heading = #name_, .unit = "", .help = help_},                     \
     .get = (get_),                                                                                \
     .detail = (detail_)},
    COLUMNS(COLUMN)
#undef COLUMN
};

enum {
#define INDEX(name_, get_, detail_, help_) INDEX_##name_,
    COLUMNS(INDEX)
#undef INDEX
};

const struct tp_column *const packet_columns[] = {
#define POINTER(name_, get_, detail_, help_) &columns[INDEX_##name_].column,
    COLUMNS(POINTER)
#undef POINTER
};

const size_t packet_column_count = sizeof columns / sizeof *columns;

struct tp_value packet_row_value(struct packet_row *row, size_t column)
{
    return columns[column].get(row, columns[column].detail);
}

bool packet_column_is_number(size_t column)
{
    static get_value *const texts[] = {get_end,        get_addr,  get_event,    get_flags,
                                       get_options,    get_sack,  get_state,    get_oddities,
                                       get_cong_state, get_cause, get_evidence, get_confidence,
                                       get_findings};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (columns[column].get == texts[i])
            return false;
    return true;
}

void packet_row_values(struct packet_row *row, struct tp_value *values)
{
#define VALUE(name_, get_, detail_, help_) values[INDEX_##name_] = get_(row, detail_);
    COLUMNS(VALUE)
#undef VALUE
    values[row->ticks ? INDEX_time_ticks : INDEX_time_ns] =
        cli_times_value(row->times, row->record->key.timeline, row->record->ts_ns, row->time);
}

void packet_columns_init(struct packet_columns *named, enum cli_time time)
{
    static const struct {
        size_t column;
        const char *unit;
    } moments[] = {{INDEX_time_ns, "ns"}, {INDEX_time_ticks, "ticks"}};

    memcpy(named->list, packet_columns, packet_column_count * sizeof *named->list);
    memset(named->occur, 0, sizeof named->occur);
    for (named->count = 0; named->count < packet_column_count; named->count++)
        named->at[named->count] = named->count;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        if (time == CLI_TIME_WALL && moments[i].column == INDEX_time_ticks)
            continue; /* a clock that counts ticks is no wall's: one name, one column */
        named->time[i] = columns[moments[i].column].column;
        named->time[i].name = cli_time_name(time, "time", moments[i].unit, named->names[i]);
        named->list[moments[i].column] = &named->time[i];
    }
}

void packet_columns_note(struct packet_columns *named, struct packet_row *row)
{
    struct tp_value values[TP_COLUMNS_MAX];

    packet_row_values(row, values);
    for (size_t i = 0; i < packet_column_count; i++)
        named->occur[i] |= values[i].type != TP_VALUE_ABSENT;
}

void packet_columns_keep(struct packet_columns *named)
{
    named->count = 0;
    for (size_t i = 0; i < packet_column_count; i++)
        if (named->occur[i]) {
            named->list[named->count] = named->list[i];
            named->at[named->count++] = i;
        }
}

void packet_columns_values(const struct packet_columns *named, struct packet_row *row,
                           struct tp_value *values)
{
    packet_row_values(row, values);
    for (size_t i = 0; named->count < packet_column_count && i < named->count; i++)
        values[i] = values[named->at[i]]; /* at[i] >= i */
}

void packet_row_list(void)
{
    for (size_t i = 0; i < packet_column_count; i++)
        printf("%-21s %s\n", columns[i].column.name, columns[i].column.help);
}
