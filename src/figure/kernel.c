/* kernel.c: getting figures out of what the kernel's events say of one socket. What was not
 * measured is absent: a count of events where such events were never met, a figure of a socket that
 * was never seen. */
#include <stdio.h>
#include <string.h>

#include "figure/ways.h"

struct tp_value kernel_events(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    const struct tp_side *side = sheet->side[end];

    if (!side || !tp_analysis_saw(sheet->analysis, (enum tp_kind)way->what))
        return absent;
    return tp_value_integer(member_number(side, way));
}

/* Why a packet buffer was sent again is told by the congestion state in which it was. */
static bool knows_kinds(const struct tp_sheet *sheet)
{
    return tp_analysis_saw(sheet->analysis, TP_KIND_RETRANSMIT_SKB) &&
           tp_analysis_saw(sheet->analysis, TP_KIND_CONG_STATE_SET);
}

struct tp_value kernel_resent(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    const struct tp_side *side = sheet->side[end];
    struct tp_resent_kinds resent;
    uint32_t number;

    if (!side || !knows_kinds(sheet))
        return absent;
    resent = tp_side_resent(side);
    memcpy(&number, (const char *)&resent + way->detail, sizeof number);
    return tp_value_integer(number);
}

/* --- what was carried ------------------------------------------------------------------------- */

static int64_t transfer_ns(const struct tp_side *side)
{
    return side && side->acked_bytes ? side->acked_last_ns - side->acked_first_ns : 0;
}

/* NAME(side): a figure that needs nothing but the socket, which was seen. */
#define OF_SIDE(name)                                                                              \
    static struct tp_value name##_of(const struct tp_side *side);                                  \
    struct tp_value kernel_##name(struct tp_sheet *sheet, unsigned end,                            \
                                  const struct tp_figure_way *way)                                 \
    {                                                                                              \
        (void)way;                                                                                 \
        return sheet->side[end] ? name##_of(sheet->side[end]) : absent;                            \
    }                                                                                              \
    static struct tp_value name##_of(const struct tp_side *side)

/* Does packets', the peer's or the sampled socket's word confirm that the socket's events saw all
 * of it? */
static bool is_confirmed(struct tp_sheet *sheet, unsigned end, uint64_t acked)
{
    struct tp_value other;

    for (unsigned origin = TP_FROM_PACKETS; origin <= TP_FROM_SOCKET; origin++) {
        other = tp_sheet_value(sheet, TP_FIGURE_acked_bytes, end, origin, NULL);
        if (other.type == TP_VALUE_INTEGER && !other.at_least && (uint64_t)other.integer == acked)
            return true;
    }
    return false;
}

/* Where no change of state and no end of a socket was recorded, nothing says until when tcp_probe
 * spoke: what was in flight at the last probe was acknowledged later, or never. */
bool ends_unseen(struct tp_sheet *sheet, const struct tp_side *side)
{
    return tp_side_ends_in_flight(side) && !tp_analysis_saw(sheet->analysis, TP_KIND_SET_STATE) &&
           !tp_analysis_saw(sheet->analysis, TP_KIND_DESTROY_SOCK);
}

struct tp_value kernel_acked(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    const struct tp_side *side = sheet->side[end];
    struct tp_value value = absent;
    bool whole;

    (void)way;
    if (!side || !side->has_acked)
        return absent;
    value = tp_value_integer((int64_t)tp_side_acked(side, &whole));
    if (value.integer == 0 && side->probes < 2)
        return absent; /* one sample is no advance of snd_una */
    value.at_least =
        (!whole || ends_unseen(sheet, side)) && !is_confirmed(sheet, end, (uint64_t)value.integer);
    return value;
}

struct tp_value kernel_goodput(struct tp_sheet *sheet, unsigned end,
                               const struct tp_figure_way *way)
{
    const struct tp_side *side = sheet->side[end];

    (void)way;
    return side ? steady_rate(sheet, end, side->acked_bytes - side->acked_first_bytes,
                              transfer_ns(side))
                : absent;
}

/* Bytes that only the end proves were acknowledged later than any ACK that was seen. */
struct tp_value kernel_transfer(struct tp_sheet *sheet, unsigned end,
                                const struct tp_figure_way *way)
{
    const struct tp_side *side = sheet->side[end];
    struct tp_value value = absent;
    bool whole;

    if (transfer_ns(side) <= 0)
        return absent;
    value = tp_value_integer(transfer_ns(side));
    value.at_least =
        tp_side_acked(side, &whole) > side->acked_bytes || kernel_acked(sheet, end, way).at_least;
    return value;
}

OF_SIDE(startup)
{
    uint64_t bytes;

    return tp_side_startup(side, &bytes) ? rate(bytes - side->acked_first_bytes, TP_STARTUP_NS)
                                         : absent;
}

OF_SIDE(mss)
{
    return tp_value_integer_if(side->mss_bytes != 0, side->mss_bytes);
}

OF_SIDE(initial_cwnd)
{
    return tp_value_integer_if(side->initial_cwnd_segs != 0, side->initial_cwnd_segs);
}

OF_SIDE(received)
{
    struct tp_value value = tp_value_integer_if(side->has_received, side->received_bytes);

    value.at_least = side->deaf;
    return value;
}

OF_SIDE(received_max)
{
    return tp_value_integer_if(side->has_received, side->received_max);
}

OF_SIDE(probes)
{
    return tp_value_integer((int64_t)side->probes);
}

OF_SIDE(socket_first)
{
    return tp_value_integer(side->first_ns);
}

OF_SIDE(socket_last)
{
    return tp_value_integer(side->last_ns);
}

/* --- congestion ------------------------------------------------------------------------------- */

struct tp_value kernel_rtt_from(struct tp_sheet *sheet, unsigned end,
                                const struct tp_figure_way *way)
{
    struct tp_stat stat;

    (void)way;
    return tp_value_text(tp_side_stat(sheet->side[end], TP_METRIC_SRTT, &stat) ? "srtt" : NULL);
}

struct tp_value kernel_retransmit_share(struct tp_sheet *sheet, unsigned end,
                                        const struct tp_figure_way *way)
{
    const struct tp_side *side = sheet->side[end];
    struct tp_value acked;
    double again_bytes;

    (void)way;
    if (!side || !side->mss_bytes || !tp_analysis_saw(sheet->analysis, TP_KIND_RETRANSMIT_SKB))
        return absent;
    acked = tp_sheet_value(sheet, TP_FIGURE_acked_bytes, end, TP_BEST, NULL);
    if (acked.type == TP_VALUE_ABSENT || (acked.at_least && side->resent_blind))
        return absent; /* what was sent again is known, but not of how much */
    again_bytes = (double)side->retransmits * side->mss_bytes;
    return acked.integer > 0 ? share(again_bytes, (double)acked.integer + again_bytes) : absent;
}

struct tp_value kernel_loss_rate(struct tp_sheet *sheet, unsigned end,
                                 const struct tp_figure_way *way)
{
    const struct tp_side *side = sheet->side[end];

    (void)way;
    if (!side || !tp_analysis_saw(sheet->analysis, TP_KIND_CONG_STATE_SET) ||
        side->losses_blind == UINT8_MAX || !is_steady(sheet, end, transfer_ns(side)))
        return absent;
    return share(1e9 * ((double)side->cong_entries[TP_CONG_RECOVERY] +
                        (double)side->cong_entries[TP_CONG_LOSS] - (double)side->losses_blind),
                 (double)transfer_ns(side));
}

struct tp_value kernel_recovery_share(struct tp_sheet *sheet, unsigned end,
                                      const struct tp_figure_way *way)
{
    const struct tp_side *side = sheet->side[end];
    double troubled = 0, all = 0;

    (void)way;
    if (!side || !tp_analysis_saw(sheet->analysis, TP_KIND_CONG_STATE_SET))
        return absent;
    for (unsigned state = 0; state < TP_CONG_STATES; state++) {
        all += (double)side->cong_time_ns[state];
        troubled += state >= TP_CONG_CWR ? (double)side->cong_time_ns[state] : 0;
    }
    return share(troubled, all);
}

struct tp_value kernel_beta(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    double beta;

    (void)way;
    if (!tp_flow_uses_ssthresh(sheet->analysis, sheet->flow, sheet->bulk_end ^ end) ||
        !tp_side_beta(sheet->side[end], &beta))
        return absent;
    return real(beta);
}

OF_SIDE(slow_start)
{
    int64_t until_ns;

    return tp_side_slow_start(side, &until_ns) ? tp_value_integer(until_ns - side->probe_first_ns)
                                               : absent;
}

OF_SIDE(epoch)
{
    double epoch_ns;

    return tp_side_epoch(side, &epoch_ns) ? tp_value_integer((int64_t)epoch_ns) : absent;
}

/* --- what else is known of the socket --------------------------------------------------------- */

static struct tp_value state_name(int state, const char *(*name)(unsigned))
{
    return tp_value_text(state >= 0 ? name((unsigned)state) : NULL);
}

/* By its events; of a socket that was sampled alone, by the last sample or its end, at which it is
 * closed. */
struct tp_value kernel_tcp_state(struct tp_sheet *sheet, unsigned end,
                                 const struct tp_figure_way *way)
{
    enum { CLOSE = 7 };
    const struct tp_side *side = sheet->side[end];
    const struct tp_sampled_socket *sampled = tp_flow_sampled(sheet->flow, sheet->bulk_end ^ end);

    (void)way;
    if (side && side->tcp_state >= 0)
        return state_name(side->tcp_state, tp_tcp_state_name);
    if (!sampled || !(sampled->ended || TP_SOCKET_HAS(&sampled->now, tcp_state)))
        return absent;
    return state_name(sampled->ended ? CLOSE : sampled->now.tcp_state, tp_tcp_state_name);
}

OF_SIDE(cong_state)
{
    return state_name(side->cong_state, tp_cong_state_name);
}

struct tp_value kernel_closed(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    (void)way;
    return sheet->side[end] ? tp_value_bool(sheet->flow->closed[sheet->bulk_end ^ end]) : absent;
}

struct tp_value kernel_cookie(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    uint64_t number = sheet->flow->cookie[sheet->bulk_end ^ end];

    (void)way;
    if (!sheet->side[end] || !number)
        return absent;
    snprintf(sheet->cookie[end], sizeof sheet->cookie[end], "%llx", (unsigned long long)number);
    return tp_value_text(sheet->cookie[end]);
}

/* --- what the other end's socket received ----------------------------------------------------- */

static const struct tp_side *receiver_of(const struct tp_sheet *sheet, unsigned end)
{
    const struct tp_side *receiver = sheet->side[!end];

    return receiver && receiver->has_received ? receiver : NULL;
}

static int64_t receiving_ns(const struct tp_side *receiver)
{
    return receiver->probes >= 2 ? receiver->probe_last_ns - receiver->probe_first_ns : 0;
}

#define AT_ONCE_NS INT64_C(1000000)

/* Was the receiver's socket gone before data could come that were sent behind its FIN? They take a
 * round trip, and do not overtake the FIN's ACK. */
static bool ends_at_once(struct tp_sheet *sheet, unsigned end)
{
    const struct tp_side *receiver = sheet->side[!end];
    int64_t deaf_ns = receiver->last_ns - receiver->turned_ns;
    double rtt_us;

    if (!sheet->flow->closed[sheet->bulk_end ^ !end])
        return false;
    if (receiver->fin_acked)
        return deaf_ns <= 1000 * (int64_t)receiver->fin_acked_us + AT_ONCE_NS;
    return tp_sheet_number(sheet, TP_FIGURE_rtt_min_us, end, TP_BEST, &rtt_us) &&
           (double)deaf_ns < rtt_us * 1e3;
}

/* Do packets or the sender's own socket confirm that it received no more? Until the FIN came, that
 * one saw all that it sent. And what comes to a socket whose application has closed is not taken,
 * but resets it (RFC 1122, 4.2.2.13). */
static bool is_all(struct tp_sheet *sheet, unsigned end, uint64_t received)
{
    const struct tp_side *own = sheet->side[end];
    struct tp_value packets =
        tp_sheet_value(sheet, TP_FIGURE_acked_bytes, end, TP_FROM_PACKETS, NULL);
    bool whole = false;

    if (packets.type == TP_VALUE_INTEGER && (uint64_t)packets.integer == received)
        return true;
    if (!own || !own->has_acked)
        return false;
    if (tp_side_acked(own, &whole) == received && whole)
        return true;
    if (tp_side_sent(own) != received &&
        (tp_side_acked(own, &whole) != received || !sheet->side[!end]->resets_received))
        return false;
    return !own->deaf && ends_at_once(sheet, end);
}

struct tp_value receiver_received(struct tp_sheet *sheet, unsigned end,
                                  const struct tp_figure_way *way)
{
    const struct tp_side *receiver = receiver_of(sheet, end);
    struct tp_value value = tp_value_integer_if(receiver, receiver ? receiver->received_bytes : 0);

    (void)way;
    value.at_least = receiver && receiver->deaf && !is_all(sheet, end, receiver->received_bytes);
    return value;
}

struct tp_value receiver_goodput(struct tp_sheet *sheet, unsigned end,
                                 const struct tp_figure_way *way)
{
    const struct tp_side *receiver = receiver_of(sheet, end);

    (void)way;
    return receiver ? steady_rate(sheet, end, receiver->received_bytes, receiving_ns(receiver))
                    : absent;
}

struct tp_value receiver_transfer(struct tp_sheet *sheet, unsigned end,
                                  const struct tp_figure_way *way)
{
    const struct tp_side *receiver = receiver_of(sheet, end);
    struct tp_value value = absent;

    if (!receiver || !receiver->received_bytes || receiving_ns(receiver) <= 0)
        return absent;
    value = tp_value_integer(receiving_ns(receiver));
    value.at_least = receiver_received(sheet, end, way).at_least;
    return value;
}
