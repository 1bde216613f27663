/* figure.c: the table of figures, and who is believed where several origins know one.
 *
 * An end's own socket knows best what it did, so kernel events come first, then packets, then what
 * the other end's socket received, then samples of the socket, whose totals are exact but whose
 * times are far apart. Two things are otherwise. How much was carried is proved from below by each
 * of them: tcp_probe is silent after close(), a capture may begin late; who proves most is right,
 * and is then right for all figures that rest on those bytes. And retransmissions are segments
 * where packets were captured: the kernel's events count buffers.
 */
#include <string.h>

#include "figure/ways.h"

const struct tp_figure tp_figures[TP_FIGURE_IDS] = {
#define FIGURE(name, ...)                                        [TP_FIGURE_##name] = {__VA_ARGS__},
#define COMPARED(name, ID, word, CLASS, relative, absolute, ...) [TP_FIGURE_##name] = {__VA_ARGS__},
#include <tcpprobe/figures/all.h>
};

const char *tp_origin_name(unsigned origin)
{
    static const char *const names[] = {[TP_FROM_KERNEL] = "kernel",
                                        [TP_FROM_PACKETS] = "packets",
                                        [TP_FROM_PEER] = "peer",
                                        [TP_FROM_SOCKET] = "socket"};

    return origin < sizeof names / sizeof *names ? names[origin] : "";
}

/* --- who is believed -------------------------------------------------------------------------- */

static struct tp_value told(struct tp_sheet *sheet, const struct tp_figure *figure, unsigned end,
                            unsigned origin)
{
    const struct tp_figure_way *way = &figure->way[origin];

    if (figure->timed && sheet->flow->timing != TP_TIMING_SECONDS)
        return absent;
    return way->get ? way->get(sheet, end, way) : absent;
}

/* What reached the other end counts twice what came twice, and what is never read is lost by a
 * reset: it proves more than the sender's own socket says only where that did not see its end, its
 * FIN was acknowledged and repetitions cannot explain the difference. */
static bool may_prove_more(const struct tp_sheet *sheet, unsigned end, uint64_t received)
{
    const struct tp_side *own = sheet->side[end], *receiver = sheet->side[!end];
    uint64_t acked, again;
    bool whole;

    if (!own || !own->has_acked)
        return true;
    acked = tp_side_acked(own, &whole);
    again = (uint64_t)own->retransmits * receiver->received_max;
    return !whole && own->fin_acked && received > acked + again;
}

/* The origin that proves most acknowledged bytes of that end; TP_WAYS: none knows. */
static unsigned most_proved(struct tp_sheet *sheet, unsigned end)
{
    const struct tp_figure *acked = &tp_figures[TP_FIGURE_acked_bytes];
    struct tp_value value;
    unsigned best = TP_WAYS;
    int64_t most = -1;

    if (sheet->most[end])
        return (unsigned)sheet->most[end] - 1;
    for (unsigned origin = 0; origin <= TP_FROM_SOCKET; origin++) {
        value = told(sheet, acked, end, origin);
        if (value.type != TP_VALUE_INTEGER || value.integer <= most ||
            (origin == TP_FROM_PEER && !may_prove_more(sheet, end, (uint64_t)value.integer)))
            continue;
        most = value.integer;
        best = origin;
    }
    sheet->most[end] = (int8_t)(best + 1);
    return best;
}

/* Whose times a rate is of: a sender's socket that saw half of its bytes saw enough of them. */
static unsigned best_watched(struct tp_sheet *sheet, unsigned end)
{
    const struct tp_side *own = sheet->side[end], *receiver = sheet->side[!end];
    unsigned most = most_proved(sheet, end);
    uint64_t sampled;

    if (most == TP_FROM_SOCKET)
        return own && own->acked_bytes &&
                       tp_flow_grew(sheet->flow, sheet->bulk_end ^ end, TP_SOCKET_bytes_acked,
                                    &sampled) &&
                       own->acked_bytes >= sampled / 2
                   ? TP_FROM_KERNEL
                   : most;
    return most == TP_FROM_PEER && own && own->acked_bytes >= receiver->received_bytes / 2
               ? TP_FROM_KERNEL
               : most;
}

/* A receiver's rate is of what reached it: of more than acked_bytes tells, and not by repetitions,
 * it would contradict that. */
static bool is_contradicted(struct tp_sheet *sheet, const struct tp_figure *figure, unsigned end,
                            unsigned origin)
{
    const struct tp_side *own = sheet->side[end], *receiver = sheet->side[!end];
    struct tp_value acked;
    uint64_t again;

    if (figure->believe != TP_BELIEVE_RATE || origin != TP_FROM_PEER || !own || !receiver)
        return false;
    acked = tp_sheet_value(sheet, TP_FIGURE_acked_bytes, end, TP_BEST, NULL);
    again = (uint64_t)own->retransmits * receiver->received_max;
    return acked.type == TP_VALUE_INTEGER &&
           receiver->received_bytes > (uint64_t)acked.integer + again;
}

/* The origin that is believed before all others; TP_WAYS: there is none. */
static unsigned believed_first(struct tp_sheet *sheet, const struct tp_figure *figure, unsigned end)
{
    if (figure->believe == TP_BELIEVE_PACKETS)
        return TP_FROM_PACKETS;
    if (figure->believe == TP_BELIEVE_SOCKET && !(sheet->side[end] && sheet->side[end]->probes))
        return TP_FROM_SOCKET;
    if (figure->believe == TP_BELIEVE_MOST)
        return most_proved(sheet, end);
    if (figure->believe == TP_BELIEVE_RATE)
        return best_watched(sheet, end);
    return TP_FROM_KERNEL;
}

/* Whoever has samples of a metric has all statistics of it, also where they are too few for this
 * one: a median and a percentile of two origins would contradict each other. */
static bool has_samples(struct tp_sheet *sheet, const struct tp_figure_way *way, unsigned end)
{
    struct tp_figure_way samples = *way;

    if (way->get != figure_metric && way->get != packets_rtt_best)
        return false;
    samples.detail = STAT_SAMPLES;
    return way->get(sheet, end, &samples).type != TP_VALUE_ABSENT;
}

/* Nobody else is asked behind it. */
static bool is_answer(struct tp_sheet *sheet, const struct tp_figure *figure, unsigned end,
                      unsigned origin, const struct tp_value *value)
{
    return value->type != TP_VALUE_ABSENT || has_samples(sheet, &figure->way[origin], end);
}

/* The value by the best origin that knows it; *from: that one, or the last that was asked. */
static struct tp_value best_told(struct tp_sheet *sheet, const struct tp_figure *figure,
                                 unsigned end, unsigned *from)
{
    struct tp_value value = absent;
    unsigned first = believed_first(sheet, figure, end);

    if (first < TP_WAYS) {
        *from = first;
        value = told(sheet, figure, end, first);
        if (is_answer(sheet, figure, end, first, &value))
            return value;
    }
    for (unsigned origin = 0; origin < TP_WAYS; origin++) {
        if (origin == first || is_contradicted(sheet, figure, end, origin))
            continue;
        *from = origin;
        value = told(sheet, figure, end, origin);
        if (is_answer(sheet, figure, end, origin, &value))
            break;
    }
    return value;
}

struct tp_value tp_sheet_value(struct tp_sheet *sheet, enum tp_figure_id id, unsigned end,
                               unsigned origin, unsigned *from)
{
    const struct tp_figure *figure = &tp_figures[id];
    unsigned best;

    if (!from)
        from = &best;
    *from = origin;
    if (origin < TP_WAYS)
        return told(sheet, figure, end, origin);
    if (!figure->way[TP_FROM_WHOLE].get)
        return best_told(sheet, figure, end, from);
    *from = TP_FROM_WHOLE;
    return told(sheet, figure, end, TP_FROM_WHOLE);
}

/* --- figures made of others ------------------------------------------------------------------- */

struct tp_value figure_from(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    unsigned from;
    const struct tp_value value =
        tp_sheet_value(sheet, (enum tp_figure_id)way->detail, end, TP_BEST, &from);

    return value.type == TP_VALUE_ABSENT ? absent : tp_value_text(tp_origin_name(from));
}

struct tp_value acked_from(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    unsigned from;
    const struct tp_value value = tp_sheet_value(sheet, TP_FIGURE_acked_bytes, end, TP_BEST, &from);

    (void)way;
    if (value.type == TP_VALUE_ABSENT)
        return absent;
    if (!value.at_least)
        return tp_value_text(tp_origin_name(from));
    if (from != TP_FROM_KERNEL)
        return tp_value_text(from == TP_FROM_PEER ? TP_PEER_UNTIL_CLOSE : TP_SOCKET_AT_LEAST);
    return tp_value_text(ends_unseen(sheet, sheet->side[end]) ? TP_UNTIL_PROBE : TP_UNTIL_CLOSE);
}

struct tp_value figure_same(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    return tp_sheet_value(sheet, (enum tp_figure_id)way->detail, end, TP_BEST, NULL);
}

/* Is there more than one sample to compare? */
static bool varies(struct tp_sheet *sheet, unsigned end)
{
    static const struct tp_figure_way samples = {.detail = STAT_SAMPLES};
    struct tp_value count = metric_value(sheet, end, TP_METRIC_SRTT, STAT_SAMPLES);

    if (count.type == TP_VALUE_ABSENT)
        count = packets_rtt_best(sheet, end, &samples);
    return count.type == TP_VALUE_INTEGER && count.integer > 1;
}

struct tp_value rtt_inflation(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    double middle, least;

    (void)way;
    if (!varies(sheet, end) ||
        !tp_sheet_number(sheet, TP_FIGURE_rtt_p50_us, end, TP_BEST, &middle) ||
        !tp_sheet_number(sheet, TP_FIGURE_rtt_min_us, end, TP_BEST, &least))
        return absent;
    return share(middle, least);
}

/* Within a round trip or two a window came back, and no rate was sustained. */
#define STEADY_ROUNDS  3
#define UNKNOWN_RTT_US 100000 /* where nobody measured it, it may be as long */

bool is_steady(struct tp_sheet *sheet, unsigned end, int64_t time_ns)
{
    double rtt_us, other_us;

    /* what it receives takes as long */
    if (!tp_sheet_number(sheet, TP_FIGURE_rtt_min_us, end, TP_BEST, &rtt_us) &&
        !tp_sheet_number(sheet, TP_FIGURE_rtt_min_us, !end, TP_BEST, &rtt_us))
        rtt_us = UNKNOWN_RTT_US;
    /* beside the receiver its ACKs are there at once: the rest of the way is its peer's handshake
     */
    if (tp_sheet_number(sheet, TP_FIGURE_wire_handshake_us, !end, TP_BEST, &other_us) &&
        other_us > rtt_us)
        rtt_us = other_us;
    return (double)time_ns >= STEADY_ROUNDS * rtt_us * 1e3;
}

struct tp_value steady_rate(struct tp_sheet *sheet, unsigned end, uint64_t bytes, int64_t time_ns)
{
    return is_steady(sheet, end, time_ns) ? rate(bytes, time_ns) : absent;
}

/* --- what is known of a row ------------------------------------------------------------------- */

bool tp_figure_is_number(const struct tp_figure *figure)
{
    return figure->show != TP_SHOW_TEXT && figure->show != TP_SHOW_WIDE;
}

/* Divided where it becomes smaller, so that 40169 us are 40.169 ms to the last bit. */
struct unit {
    const char *name;
    double times, over;
};

static struct unit unit_of(const struct tp_figure *figure)
{
    static const struct unit shown[] = {[TP_SHOW_SECONDS] = {"s", 1, 1e9},
                                        [TP_SHOW_MS] = {"ms", 1, 1e3},
                                        [TP_SHOW_PERCENT] = {"%", 100, 1},
                                        [TP_SHOW_WHOLE] = {"%", 100, 1}};
    const char *unit = figure->unit ? figure->unit : "";

    if (strcmp(unit, "bit/s") == 0)
        return (struct unit){"Mbit/s", 1, 1e6};
    if (strcmp(unit, "B") == 0)
        return (struct unit){"bytes", 1, 1};
    if (figure->show < sizeof shown / sizeof *shown && shown[figure->show].name)
        return shown[figure->show];
    return (struct unit){unit, 1, 1};
}

const char *tp_figure_unit(const struct tp_figure *figure)
{
    return unit_of(figure).name;
}

double tp_figure_in_unit(const struct tp_figure *figure, double number)
{
    const struct unit unit = unit_of(figure);

    return number * unit.times / unit.over;
}

static uint64_t way_metrics(const struct tp_figure_way *way)
{
    if (way->get == packets_rtt_best)
        return TP_METRIC_BIT(RTT) | TP_METRIC_BIT(RTT_TS) | TP_METRIC_BIT(WIRE_SRTT);
    if (way->get == figure_metric)
        return UINT64_C(1) << way->what;
    return way->get == figure_same || way->get == figure_from
               ? tp_figure_metrics((enum tp_figure_id)way->detail)
               : 0;
}

uint64_t tp_figure_metrics(enum tp_figure_id id)
{
    uint64_t metrics = 0;

    if (tp_figures[id].way[TP_FROM_WHOLE].get == rtt_inflation)
        return tp_figure_metrics(TP_FIGURE_rtt_p50_us) | tp_figure_metrics(TP_FIGURE_rtt_min_us);
    for (unsigned origin = 0; origin < TP_WAYS; origin++)
        metrics |= way_metrics(&tp_figures[id].way[origin]);
    return metrics;
}
