/* rtt.c: round-trip times from packets: the sums of samples by how they were measured, and the best
 * that is known of the time over the life of a flow.
 *
 * A median over samples follows the ACKs, which come in bursts, and not the time; so the best is
 * what a sender would have: samples smoothed as in RFC 6298 and weighted by the time that they
 * held. Of a capture too short for that it is the samples themselves.
 */
#include <math.h>

#include "figure/ways.h"

/* Fewer samples are too short a history: a gain of 1/8 remembers the first ones for long. */
#define SMOOTHED_MIN 64

static const struct tp_rtt_sum *rtt_sum(const struct tp_wire *wire, unsigned which)
{
    const struct tp_wire_trouble *trouble = packets_in_trouble(wire);

    switch (which) {
    case RTT_SUM_ACK:
        return &wire->rtt;
    case RTT_SUM_RESENT:
        return &trouble->rtt_resent;
    case RTT_SUM_SACK:
        return &trouble->rtt_sack;
    case RTT_SUM_TS:
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
    return real(square > 0 ? sqrt(square * sum->count / (sum->count - 1)) : 0);
}

struct tp_value packets_rtt_sum(struct tp_sheet *sheet, unsigned end,
                                const struct tp_figure_way *way)
{
    const struct tp_wire *wire = sheet->wire[end];
    const struct tp_rtt_sum *sum;

    if (!wire || !packets_are_acked(sheet, end))
        return absent;
    sum = rtt_sum(wire, way->what);
    if (way->detail == STAT_SAMPLES)
        return tp_value_integer(sum->count);
    if (!sum->count)
        return absent;
    switch (way->detail) {
    case STAT_MIN:
        return real((double)sum->min_ns / 1e3);
    case STAT_MEAN:
        return real(sum->sum_us / sum->count);
    case STAT_MAX:
        return real((double)sum->max_ns / 1e3);
    case STAT_STDEV:
        return deviation(sum);
    default:
        return absent;
    }
}

/* --- the best --------------------------------------------------------------------------------- */

/* How the round-trip time of data is best known: by ACKs and by SACK where there are losses; else
 * by timestamps, whose echo includes the wait of a delayed ACK; else from the handshake alone. */
static const char *rtt_from(struct tp_sheet *sheet, unsigned end, enum tp_metric_id *metric)
{
    const struct tp_wire *wire = sheet->wire[end];
    bool ack = wire && rtt_sum(wire, RTT_SUM_ACK)->count > 0;
    bool sack = wire && rtt_sum(wire, RTT_SUM_SACK)->count > 0;
    bool ts = wire && rtt_sum(wire, RTT_SUM_TS)->count > 0;

    *metric = ack || sack ? TP_METRIC_RTT : ts ? TP_METRIC_RTT_TS : TP_METRIC_RTT_HANDSHAKE;
    if (ack || sack)
        return ack && sack ? "both" : ack ? "ack" : "sack";
    if (ts)
        return "ts";
    return metric_value(sheet, end, *metric, STAT_SAMPLES).type == TP_VALUE_ABSENT ? NULL
                                                                                   : "handshake";
}

/* The least of all that was measured: a smoothed minimum would be none. */
static struct tp_value least(struct tp_sheet *sheet, unsigned end, enum tp_metric_id metric)
{
    struct tp_value of_data = metric_value(sheet, end, metric, STAT_MIN);
    struct tp_value of_syn = metric_value(sheet, end, TP_METRIC_RTT_HANDSHAKE, STAT_MIN);

    if (of_data.type == TP_VALUE_ABSENT || of_syn.type == TP_VALUE_ABSENT)
        return of_data.type == TP_VALUE_ABSENT ? of_syn : of_data;
    return real(fmin(of_data.real, of_syn.real));
}

struct tp_value packets_rtt_best(struct tp_sheet *sheet, unsigned end,
                                 const struct tp_figure_way *way)
{
    enum tp_metric_id metric;
    const char *from = rtt_from(sheet, end, &metric);
    struct tp_value samples, smoothed;

    if (!from || way->detail == STAT_FROM)
        return tp_value_text(from);
    if (way->detail == STAT_MIN)
        return least(sheet, end, metric);
    samples = metric_value(sheet, end, metric, STAT_SAMPLES);
    if (samples.type != TP_VALUE_ABSENT && samples.integer >= SMOOTHED_MIN) {
        smoothed = metric_value(sheet, end, TP_METRIC_WIRE_SRTT, way->detail);
        if (smoothed.type != TP_VALUE_ABSENT)
            return smoothed;
    }
    return metric_value(sheet, end, metric, way->detail);
}
