/* sheet_wire.c: getting the figures out of what the packets of a flow say. An end whose packets
 * were not captured has none; what happened to none of its packets is 0. */
#include <math.h>
#include <string.h>

#include "output/sheet.h"

static const struct tp_value absent = {.type = TP_VALUE_ABSENT};

/* That of an end without trouble. */
static const struct tp_wire_trouble no_trouble;

static const struct tp_wire_trouble *trouble_of(const struct tp_wire *wire)
{
    return wire->trouble ? wire->trouble : &no_trouble;
}

/* --- members ---------------------------------------------------------------------------------- */

static bool is_acked(const struct tp_sheet *sheet, unsigned peer)
{
    return sheet->wire[!peer] && sheet->wire[!peer]->acks > 0;
}

static bool is_known(const struct tp_sheet *sheet, unsigned peer, unsigned need)
{
    const struct tp_wire *wire = sheet->wire[peer];
    bool ordered = !tp_connection_two_clocks(tp_flow_connection(sheet->flow));

    switch (need) {
    case SHEET_IF_ACKED:
        return is_acked(sheet, peer);
    case SHEET_IF_ANSWERED:
        return is_acked(sheet, peer) && ordered;
    case SHEET_IF_SENT:
        return wire->data_packets > 0;
    case SHEET_IF_SYN:
        return wire->syns > 0;
    case SHEET_IF_ORDER:
        return wire->packets > 0 && ordered;
    case SHEET_IF_BEGINNING:
        return wire->syns > 0 && ordered;
    case SHEET_IF_WINDOWS:
        return wire->windows > 0;
    case SHEET_IF_FLIGHT:
        return wire->outstanding_samples > 0;
    default:
        return wire->packets > 0;
    }
}

static int64_t member_number(const void *of, size_t offset, unsigned type)
{
    union {
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        int64_t i64; /* and uint64_t, below 2^63 */
    } number;
    static const size_t sizes[] = {[SHEET_BOOL] = 1, [SHEET_U8] = 1,  [SHEET_U16] = 2,
                                   [SHEET_U32] = 4,  [SHEET_U64] = 8, [SHEET_I64] = 8};

    memcpy(&number, (const char *)of + offset, sizes[type]);
    switch (sizes[type]) {
    case 1:
        return number.u8;
    case 2:
        return number.u16;
    case 4:
        return number.u32;
    default:
        return number.i64;
    }
}

static struct tp_value member(const struct tp_sheet *sheet, const struct tp_flow_figure *figure,
                              const void *of)
{
    unsigned need = figure->what >> 4, type = figure->what & 15;
    int64_t number;

    if (!is_known(sheet, figure->peer, need))
        return absent;
    number = member_number(of, figure->detail, type);
    if (need == SHEET_IF_NOT_ZERO && number == 0)
        return absent;
    return type == SHEET_BOOL ? tp_value_bool(number) : tp_value_integer(number);
}

struct tp_value tp_sheet_wire(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    const struct tp_wire *wire = sheet->wire[figure->peer];

    return wire ? member(sheet, figure, wire) : absent;
}

struct tp_value tp_sheet_trouble(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    const struct tp_wire *wire = sheet->wire[figure->peer];

    return wire ? member(sheet, figure, trouble_of(wire)) : absent;
}

/* --- what is worked out ----------------------------------------------------------------------- */

static struct tp_value share(double part, double whole)
{
    return tp_value_real_if(whole > 0, whole > 0 ? part / whole : 0);
}

static struct tp_value rate(const struct tp_sheet *sheet, uint64_t bytes, int64_t time_ns)
{
    return sheet->flow->timing == TP_TIMING_SECONDS ? share((double)bytes * 8e9, (double)time_ns)
                                                    : absent;
}

/* As tcptrace has it: from the first to the last packet of either end. */
static struct tp_value throughput(const struct tp_sheet *sheet, unsigned peer)
{
    const struct tp_wire *wire = sheet->wire[peer], *other = sheet->wire[!peer];
    int64_t first_ns = wire->first_ns, last_ns = wire->last_ns;

    if (other && other->packets && other->first_ns < first_ns)
        first_ns = other->first_ns;
    if (other && other->packets && other->last_ns > last_ns)
        last_ns = other->last_ns;
    return rate(sheet, wire->unique_bytes, last_ns - first_ns);
}

static struct tp_value stream_bytes(const struct tp_sheet *sheet, const struct tp_wire *wire,
                                    unsigned peer)
{
    const struct tp_connection *connection = tp_flow_connection(sheet->flow);
    struct tp_flight flight;

    if (!connection || !wire->syns || !wire->fins)
        return absent;
    tp_connection_flight(connection, sheet->bulk_end ^ peer, &flight);
    return tp_value_integer_if(flight.max >= 2, flight.max - 2); /* without SYN and FIN */
}

static struct tp_value handshake_us(const struct tp_sheet *sheet, unsigned peer)
{
    const struct tp_connection *connection = tp_flow_connection(sheet->flow);
    const struct tp_handshake *shake = connection ? tp_connection_handshake(connection) : NULL;
    int64_t rtt_ns;

    if (!shake || shake->opener < 0)
        return absent;
    rtt_ns =
        (unsigned)shake->opener == (sheet->bulk_end ^ peer) ? shake->syn_rtt_ns : shake->ack_rtt_ns;
    return tp_value_real_if(rtt_ns > 0, (double)rtt_ns / 1e3);
}

static struct tp_value scale_name(const struct tp_wire *wire)
{
    static const char *const names[] = {[TP_SCALE_UNKNOWN] = "unknown",
                                        [TP_SCALE_KNOWN] = "known",
                                        [TP_SCALE_NONE] = "none",
                                        [TP_SCALE_AT_LEAST] = "at least"};

    return tp_value_text(names[wire->scale]);
}

static struct tp_value out_of_order(const struct tp_wire *wire)
{
    const struct tp_wire_trouble *trouble = trouble_of(wire);

    return tp_value_integer((int64_t)trouble->repairs + trouble->reordered + trouble->ambiguous);
}

struct tp_value tp_sheet_derived(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    const struct tp_wire *wire = sheet->wire[figure->peer];

    if (!wire)
        return absent;
    if (figure->detail == SHEET_WIRE_ACKED)
        return tp_value_integer_if(is_acked(sheet, figure->peer), wire->acked_bytes);
    if (!wire->packets)
        return absent;
    switch (figure->detail) {
    case SHEET_WIRE_GOODPUT:
        return wire->acked_bytes && wire->data_packets
                   ? rate(sheet, wire->acked_bytes, wire->acked_last_ns - wire->data_first_ns)
                   : absent;
    case SHEET_WIRE_THROUGHPUT:
        return throughput(sheet, figure->peer);
    case SHEET_WIRE_STREAM:
        return stream_bytes(sheet, wire, figure->peer);
    case SHEET_WIRE_DATA_TIME:
        return tp_value_integer_if(wire->data_packets && sheet->flow->timing == TP_TIMING_SECONDS,
                                   (uint64_t)(wire->data_last_ns - wire->data_first_ns));
    case SHEET_WIRE_WSCALE:
        return tp_value_integer_if(
            wire->scale == TP_SCALE_KNOWN || wire->scale == TP_SCALE_AT_LEAST, wire->wscale);
    case SHEET_WIRE_SCALE:
        return scale_name(wire);
    case SHEET_WIRE_HANDSHAKE:
        return handshake_us(sheet, figure->peer);
    case SHEET_WIRE_SHARE:
        return share(trouble_of(wire)->retransmitted_segs, (double)wire->data_segs);
    case SHEET_WIRE_OUT_OF_ORDER:
        return out_of_order(wire);
    case SHEET_WIRE_FLIGHT_MEAN:
        return share(wire->outstanding_sum_bytes, wire->outstanding_samples);
    case SHEET_WIRE_WINDOW_MEAN:
        return share(wire->window_sum_bytes, (double)wire->windows);
    case SHEET_WIRE_SEGMENT_MEAN:
        return share((double)wire->payload_bytes, (double)wire->data_packets);
    default:
        return absent;
    }
}

/* --- round-trip times ------------------------------------------------------------------------- */

static const struct tp_rtt_sum *rtt_sum(const struct tp_wire *wire, unsigned which)
{
    const struct tp_wire_trouble *trouble = trouble_of(wire);

    switch (which) {
    case SHEET_RTT_ACK:
        return &wire->rtt;
    case SHEET_RTT_RESENT:
        return &trouble->rtt_resent;
    case SHEET_RTT_SACK:
        return &trouble->rtt_sack;
    case SHEET_RTT_TS:
        return &wire->rtt_ts;
    default:
        return &trouble->resend_delay;
    }
}

static struct tp_value deviation(const struct tp_rtt_sum *sum)
{
    double mean = sum->sum_us / sum->count;
    double square = sum->square_us2 / sum->count - mean * mean;

    if (sum->count < 2)
        return absent;
    return tp_value_real_if(true, square > 0 ? sqrt(square * sum->count / (sum->count - 1)) : 0);
}

struct tp_value tp_sheet_rtt(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    const struct tp_wire *wire = sheet->wire[figure->peer];
    const struct tp_rtt_sum *sum;

    if (!wire || !is_acked(sheet, figure->peer))
        return absent;
    sum = rtt_sum(wire, figure->what);
    if (figure->detail == SHEET_SAMPLES)
        return tp_value_integer(sum->count);
    if (!sum->count)
        return absent;
    switch (figure->detail) {
    case SHEET_MIN:
        return tp_value_real_if(true, (double)sum->min_ns / 1e3);
    case SHEET_MEAN:
        return tp_value_real_if(true, sum->sum_us / sum->count);
    case SHEET_MAX:
        return tp_value_real_if(true, (double)sum->max_ns / 1e3);
    case SHEET_STDEV:
        return deviation(sum);
    default:
        return absent;
    }
}

/* How the round-trip time of data is best known: by ACKs and by SACK where there are losses; else
 * by timestamps, whose echo includes the wait of a delayed ACK; else from the handshake alone. */
static const char *rtt_from(const struct tp_wire *wire, enum tp_metric_id *metric)
{
    bool ack = rtt_sum(wire, SHEET_RTT_ACK)->count > 0;
    bool sack = rtt_sum(wire, SHEET_RTT_SACK)->count > 0;

    *metric = ack || sack ? TP_METRIC_RTT : TP_METRIC_RTT_TS;
    if (ack || sack)
        return ack && sack ? "both" : ack ? "ack" : "sack";
    return rtt_sum(wire, SHEET_RTT_TS)->count ? "ts" : NULL;
}

struct tp_value tp_sheet_best_rtt(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    const struct tp_wire *wire = sheet->wire[figure->peer];
    struct tp_flow_figure asked = *figure;
    enum tp_metric_id metric = TP_METRIC_RTT;
    const char *from = wire ? rtt_from(wire, &metric) : NULL;
    struct tp_value handshake;

    asked.what = (uint8_t)metric;
    if (from)
        return figure->detail == SHEET_RTT_FROM ? tp_value_text(from)
                                                : tp_sheet_metric(sheet, &asked);
    handshake = handshake_us(sheet, figure->peer);
    if (figure->detail == SHEET_RTT_FROM && handshake.type != TP_VALUE_ABSENT)
        return tp_value_text("handshake");
    return handshake;
}

/* --- the connection --------------------------------------------------------------------------- */

static struct tp_value vantage(const struct tp_sheet *sheet, const struct tp_handshake *shake)
{
    if (shake->vantage == TP_VANTAGE_UNKNOWN)
        return absent;
    if (shake->vantage == TP_VANTAGE_BETWEEN)
        return tp_value_text("between");
    return tp_value_text((shake->vantage == TP_VANTAGE_END1) == (sheet->bulk_end == 1) ? "src"
                                                                                       : "dst");
}

static struct tp_value complete(unsigned bits)
{
    if (bits & TP_COMPLETE_RST)
        return tp_value_text("reset");
    return tp_value_text((bits & TP_COMPLETE_SYN) && (bits & TP_COMPLETE_SYNACK) &&
                                 (bits & TP_COMPLETE_FIN_BOTH)
                             ? "yes"
                             : "no");
}

/* A letter for each thing that happened to an end, capital for the bulk sender. */
static char *history_of(char *to, const struct tp_sheet *sheet, const struct tp_handshake *shake,
                        unsigned peer)
{
    const struct tp_wire *wire = sheet->wire[peer];
    const struct tp_wire_trouble *trouble;
    bool opened = shake && shake->opener == (int)(sheet->bulk_end ^ peer);

    if (!wire)
        return to;
    trouble = trouble_of(wire);
    const struct {
        char letter;
        bool seen;
    } letters[] = {{'S', wire->syns && opened},
                   {'H', wire->syns && !opened},
                   {'A', wire->pure_acks > 0},
                   {'D', wire->data_packets > 0},
                   {'T', trouble->retransmissions || trouble->syn_again || trouble->fin_again},
                   {'O', trouble->repairs || trouble->reordered || trouble->ambiguous},
                   {'W', trouble->zero_windows > 0},
                   {'C', trouble->copies > 0},
                   {'G', trouble->unseen_bytes > 0},
                   {'F', wire->fins > 0},
                   {'R', wire->resets > 0}};

    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].seen)
            *to++ = (char)(letters[i].letter + (peer ? 'a' - 'A' : 0));
    return to;
}

static struct tp_value history(struct tp_sheet *sheet, const struct tp_handshake *shake)
{
    char *end = history_of(sheet->history, sheet, shake, 0);

    end = history_of(end, sheet, shake, 1);
    *end = '\0';
    return tp_value_text(end > sheet->history ? sheet->history : NULL);
}

struct tp_value tp_sheet_connection(struct tp_sheet *sheet, unsigned detail)
{
    const struct tp_connection *connection = tp_flow_connection(sheet->flow);

    if (!connection)
        return absent;
    switch (detail) {
    case SHEET_HISTORY:
        return history(sheet, tp_connection_handshake(connection));
    case SHEET_COMPLETE:
        return complete(tp_connection_complete(connection));
    case SHEET_COMPLETENESS:
        return tp_value_integer(tp_connection_complete(connection) & 63);
    case SHEET_CLOCKS:
        return tp_value_text(tp_connection_two_clocks(connection) ? "two" : "one");
    case SHEET_VANTAGE:
        return vantage(sheet, tp_connection_handshake(connection));
    default:
        return absent;
    }
}
