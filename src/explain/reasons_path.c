/* reasons_path.c: what may be found of a path: before data flow, losses, queues. */
#include "explain/reasons.h"

/* --- opening ---------------------------------------------------------------------------------- */

static double syns_again(const struct tp_case *of)
{
    double wire = case_count(of, TP_FIGURE_wire_syn_again, SENDER) +
                  case_count(of, TP_FIGURE_wire_syn_again, PEER);
    double kernel = case_count(of, TP_FIGURE_retransmits_syn, SENDER) +
                    case_count(of, TP_FIGURE_retransmits_syn, PEER);

    return wire > kernel ? wire : kernel;
}

bool find_no_answer(const struct tp_case *of, struct tp_reason *reason)
{
    int64_t lasted_ns;
    double again = syns_again(of);

    if (!reason_is_unanswered(of) || again < 1 ||
        case_count(of, TP_FIGURE_wire_resets, SENDER) > 0 ||
        case_count(of, TP_FIGURE_wire_resets, PEER) > 0 ||
        !tp_flow_duration(of->sheet->flow, &lasted_ns))
        return false;
    reason->cost_ns = lasted_ns;
    reason->confidence = TP_CERTAIN;
    case_say(reason, "no answer to its SYN was recorded in %s, though it was sent %.0f times",
             T(lasted_ns), again + 1);
    return true;
}

bool find_refused(const struct tp_case *of, struct tp_reason *reason)
{
    const struct tp_connection *connection = tp_flow_connection(of->sheet->flow);
    int opener = connection ? tp_connection_handshake(connection)->opener : -1;
    unsigned other;

    if (!reason_is_unanswered(of) || opener < 0)
        return false;
    other = (unsigned)opener == of->end ? PEER : SENDER;
    if (case_count(of, TP_FIGURE_wire_resets, other) < 1)
        return false;
    reason->confidence = TP_CERTAIN;
    case_say(reason, "%s answered the SYN with a reset", other == PEER ? DST : SRC);
    return true;
}

bool find_syn_timer(const struct tp_case *of, struct tp_reason *reason)
{
    int64_t timer_ns = case_waited(of, TP_WAIT_SYN_TIMER);

    if (timer_ns <= 0)
        return false;
    reason->cost_ns = timer_ns;
    reason->confidence = reason_by_account(of);
    case_place(of, reason, TP_WAIT_SYN_TIMER);
    case_say(reason,
             "its handshake waited %s for the timer of a SYN or SYN-ACK, which was sent again %.0f "
             "time%s",
             T(timer_ns), syns_again(of), S(syns_again(of)));
    return true;
}

/* --- losses ----------------------------------------------------------------------------------- */

/* Of what was sent again, how much was lost: all that is not proved to have arrived. */
static double lost_of(const struct tp_case *of)
{
    return case_count(of, TP_FIGURE_retransmitted, SENDER) -
           case_count(of, TP_FIGURE_wire_spurious_certain, SENDER);
}

static bool is_in_vain(const struct tp_case *of)
{
    return case_count(of, TP_FIGURE_retransmitted, SENDER) >= 1 && lost_of(of) < 1;
}

static bool was_silent(const struct tp_case *of, struct tp_reason *reason)
{
    reason->cost_ns = case_waited(of, TP_WAIT_RTO);
    reason->confidence = reason_by_account(of);
    case_place(of, reason, TP_WAIT_RTO);
    return reason->cost_ns > 0;
}

#define RTO_MIN_NS INT64_C(200000000) /* TCP_RTO_MIN, include/net/tcp.h */

/* 0: not known, as where there are so many spans that neighbours were joined, or where some are too
 * short for a timer: what was sent again behind it, one by one, is among them. */
static unsigned silences(const struct tp_case *of)
{
    const struct tp_spans *spans =
        tp_flow_wait_spans(of->sheet->flow, of->end, (enum tp_origin)of->told->origin);
    unsigned count = 0;

    if (!spans || spans->count >= TP_SPANS_MAX / 2)
        return 0;
    for (uint32_t i = 0; i < spans->count; i++) {
        if (spans->list[i].value != TP_WAIT_RTO)
            continue;
        if (spans->list[i].end_ns - spans->list[i].begin_ns < RTO_MIN_NS)
            return 0;
        count++;
    }
    return count;
}

bool find_rto(const struct tp_case *of, struct tp_reason *reason)
{
    unsigned count = silences(of);

    if (of->black_hole || is_in_vain(of) || !was_silent(of, reason))
        return false;
    case_say(reason, "it was silent for %s until retransmission timeouts went off",
             T(reason->cost_ns));
    if (count)
        case_say(reason, ", in %u silence%s", count, S(count));
    reason_add_large(of, reason);
    return true;
}

bool find_rto_in_vain(const struct tp_case *of, struct tp_reason *reason)
{
    if (of->black_hole || !is_in_vain(of) || !was_silent(of, reason))
        return false;
    case_say(reason,
             "it was silent for %s until retransmission timeouts went off, though nothing was "
             "lost: what was sent first, or the answer to it, came late",
             T(reason->cost_ns));
    return true;
}

static int64_t repairs_ns(const struct tp_case *of)
{
    return case_waited(of, TP_WAIT_RECOVERY) + case_waited(of, TP_WAIT_TIMEOUT);
}

/* Time in repairs, and what was sent again. Where nothing was, marks were answered. */
static bool is_repairing(const struct tp_case *of, struct tp_reason *reason)
{
    double resent = case_count(of, TP_FIGURE_retransmitted, SENDER), resent_share;
    bool one = resent == 1;

    reason->cost_ns = repairs_ns(of);
    if (lost_of(of) < 1 || reason->cost_ns <= 0)
        return false;
    reason->confidence = reason_by_account(of);
    case_place(of, reason, TP_WAIT_RECOVERY);
    case_say(reason, "%.0f %s%s sent again", resent,
             of->sheet->wire[SENDER] ? "segment" : "packet buffer", one ? " was" : "s were");
    if (case_number(of, TP_FIGURE_retransmit_share, SENDER, &resent_share))
        case_say(reason, " (%s)", PERCENT(resent_share));
    case_say(reason, ", and for %s losses were being repaired", T(reason->cost_ns));
    return true;
}

/* So many of them, and so many of those of one sort, before anything is said of their sort: rules
 * of thumb. */
#define EPISODES              5
#define NEARLY_ALL(part, all) ((part)*5 >= (all)*4)

static bool are_without_queue(const struct case_losses *losses)
{
    return losses->episodes >= EPISODES && NEARLY_ALL(losses->without_queue, losses->episodes);
}

static bool are_in_queue(const struct case_losses *losses)
{
    return losses->settled >= EPISODES && NEARLY_ALL(losses->with_queue, losses->settled) &&
           !are_without_queue(losses);
}

bool find_loss_in_queue(const struct tp_case *of, struct tp_reason *reason)
{
    struct case_losses losses = case_losses(of);

    if (of->policed_bps > 0 || !are_in_queue(&losses) || !is_repairing(of, reason))
        return false;
    case_say(reason,
             "; %u of %u loss episodes behind slow start began as the queue on the path was near "
             "its longest",
             losses.with_queue, losses.settled);
    return true;
}

bool find_loss_without_queue(const struct tp_case *of, struct tp_reason *reason)
{
    struct case_losses losses = case_losses(of);

    if (of->policed_bps > 0 || !are_without_queue(&losses) || !is_repairing(of, reason))
        return false;
    case_say(reason,
             "; %u of %u loss episodes began while round trips showed no queue on the path: it "
             "lost them for another "
             "reason than a long queue that overflowed",
             losses.without_queue, losses.episodes);
    return true;
}

/* A socket counts what it sent again, and how much of that its peer had, and no more. */
static bool has_counted(const struct tp_case *of, struct tp_reason *reason)
{
    double resent, in_vain = 0, share;

    if (of->told->origin != TP_FROM_SOCKET || !of->whole_ns ||
        !tp_sheet_number(of->sheet, TP_FIGURE_retransmitted, SENDER, TP_FROM_SOCKET, &resent))
        return false;
    tp_sheet_number(of->sheet, TP_FIGURE_dsack_dups, SENDER, TP_FROM_SOCKET, &in_vain);
    if (resent - in_vain < 1)
        return false;
    reason->confidence = TP_LIKELY;
    reason->undecided = true;
    case_say(reason, "its socket counted %.0f segment%s sent again", resent, S(resent));
    if (tp_sheet_number(of->sheet, TP_FIGURE_retransmit_share, SENDER, TP_FROM_SOCKET, &share))
        case_say(reason, " (%s)", PERCENT(share));
    case_say(reason, ": what that cost its samples do not tell");
    return true;
}

bool find_losses(const struct tp_case *of, struct tp_reason *reason)
{
    struct case_losses losses = case_losses(of);
    bool sorted = are_in_queue(&losses) || are_without_queue(&losses);

    if (has_counted(of, reason))
        return true;
    return !sorted && of->policed_bps <= 0 && is_repairing(of, reason);
}

bool find_policer(const struct tp_case *of, struct tp_reason *reason)
{
    int64_t held_ns = case_window_held(of);

    if (of->policed_bps <= 0 || !is_repairing(of, reason))
        return false;
    reason->confidence = TP_LIKELY;
    reason->cost_ns += held_ns;
    if (held_ns > 0)
        case_say(reason, ", and for another %s its window, which they had reduced, held it back",
                 T(held_ns));
    case_say(reason,
             "; they came whenever it had been faster than %s for a while, and at no other time: a "
             "policer drops what is above that rate",
             SI(of->policed_bps, "bit/s"));
    return true;
}

bool find_spurious(const struct tp_case *of, struct tp_reason *reason)
{
    double in_vain = case_count(of, TP_FIGURE_wire_spurious_certain, SENDER);
    double resent = case_count(of, TP_FIGURE_retransmitted, SENDER);

    if (in_vain < 1 || resent < in_vain)
        return false;
    reason->confidence = TP_CERTAIN;
    case_say(reason, "%.0f of %.0f segment%s sent again %s not lost: what was sent first arrived",
             in_vain, resent, S(resent), in_vain == 1 ? "was" : "were");
    if (!is_in_vain(of) || repairs_ns(of) <= 0)
        return true;
    reason->cost_ns = repairs_ns(of);
    case_place(of, reason, TP_WAIT_RECOVERY);
    case_say(reason, "; for %s it held back as after a loss", T(reason->cost_ns));
    return true;
}

#define DUP_THRESHOLD 3 /* packets: RFC 5681, 3.2 */

bool find_reordering(const struct tp_case *of, struct tp_reason *reason)
{
    double packets = case_count(of, TP_FIGURE_wire_reordered, SENDER), extent;

    if (packets < DUP_THRESHOLD)
        return false;
    reason->confidence = TP_LIKELY;
    case_say(reason, "%.0f of its packets were overtaken by later ones before they were captured",
             packets);
    if (case_number(of, TP_FIGURE_wire_reorder_extent_bytes, SENDER, &extent))
        case_say(reason, ", by up to %s", SI(extent, "B"));
    return true;
}

bool find_marks(const struct tp_case *of, struct tp_reason *reason)
{
    double marked = case_count(of, TP_FIGURE_wire_ce, SENDER);
    double echoes = case_count(of, TP_FIGURE_wire_ece, PEER) +
                    case_count(of, TP_FIGURE_wire_ce_reported, SENDER);

    if (marked < 1 && echoes < 2) /* one ECE may be of the handshake: RFC 3168, 6.1.1 */
        return false;
    reason->confidence = TP_CERTAIN;
    if (marked >= 1)
        case_say(reason, "%.0f of its packets were captured with a mark of congestion", marked);
    else
        case_say(reason, "%s told of marks of congestion %.0f times", DST, echoes);
    return true;
}

/* --- the path --------------------------------------------------------------------------------- */

#define QUEUE_US 50000 /* that people notice: a rule of thumb */

bool find_queue(const struct tp_case *of, struct tp_reason *reason)
{
    double least_us, high_us, rate_bps;

    if (!case_is_share(of, case_waited(of, TP_WAIT_PATH), NOTABLE) ||
        !case_number(of, TP_FIGURE_rtt_min_us, SENDER, &least_us) ||
        !case_srtt_within(of, TP_WAIT_PATH, 0.95, &high_us) || high_us - least_us < QUEUE_US ||
        high_us < 2 * least_us)
        return false;
    reason->confidence = TP_LIKELY;
    case_place(of, reason, TP_WAIT_PATH);
    case_say(reason,
             "while it filled the path, its round trip rose from %s to %s (95th percentile)",
             T((int64_t)(least_us * 1e3)), T((int64_t)(high_us * 1e3)));
    if (case_rate_within(of, TP_WAIT_PATH, &rate_bps))
        case_say(reason, ": a queue of about %s at the %s that it carried",
                 SI(rate_bps * (high_us - least_us) / 8e6, "B"), SI(rate_bps, "bit/s"));
    return true;
}

bool find_path(const struct tp_case *of, struct tp_reason *reason)
{
    int64_t full_ns = case_waited(of, TP_WAIT_PATH);
    double rate_bps;

    if (!case_is_share(of, full_ns, MOST))
        return false;
    reason->confidence = TP_LIKELY;
    case_say(reason, "the path's rate was the limit: for %s of the time its window filled the path",
             PERCENT(reason_share(of, full_ns)));
    if (case_rate_within(of, TP_WAIT_PATH, &rate_bps))
        case_say(reason, ", which carried %s", SI(rate_bps, "bit/s"));
    return true;
}

bool find_shared_queue(const struct tp_case *of, struct tp_reason *reason)
{
    struct case_neighbours others = case_neighbours(of);

    if (!others.count)
        return false;
    reason->confidence = TP_LIKELY;
    case_say(reason,
             "it waits in one queue with %u other connection%s of the recording, and shares its "
             "rate with "
             "%s: its round trips and those of flow %u rise and fall together (rank "
             "correlation of their changes %.2f in %u steps of 100 ms)",
             others.count, S(others.count), others.count == 1 ? "it" : "them", others.id,
             others.together, others.steps);
    return true;
}
