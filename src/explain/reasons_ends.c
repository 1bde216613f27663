/* reasons_ends.c: what may be found of the ends of a connection: its receiver, its sender. */
#include "explain/reasons.h"

/* --- the receiver ----------------------------------------------------------------------------- */

/* The chronometer of a socket runs at a full window and at a closed one; which it was is in the
 * samples. */
static bool was_closed_in_samples(const struct tp_case *of)
{
    double window;

    return of->told->origin == TP_FROM_SOCKET &&
           case_number(of, TP_FIGURE_snd_wnd_p50_bytes, SENDER, &window) && window < 1;
}

static bool was_closed(const struct tp_case *of)
{
    return case_waited(of, TP_WAIT_ZERO_WINDOW) > 0 ||
           case_count(of, TP_FIGURE_wire_zero_windows, PEER) > 0 || was_closed_in_samples(of);
}

static bool is_unread_in_samples(const struct tp_case *of, struct tp_reason *reason)
{
    reason->cost_ns = case_waited(of, TP_WAIT_RWND);
    if (!was_closed_in_samples(of) || !case_is_share(of, reason->cost_ns, NOTABLE))
        return false;
    reason->confidence = TP_LIKELY;
    case_say(reason,
             "for %s of %s it waited for the window of %s, which was closed in half of the samples "
             "or more: its application did not read",
             T(reason->cost_ns), T(of->whole_ns), DST);
    return true;
}

bool find_zero_window(const struct tp_case *of, struct tp_reason *reason)
{
    int64_t closed_ns = case_waited(of, TP_WAIT_ZERO_WINDOW);

    if (is_unread_in_samples(of, reason))
        return true;
    reason->cost_ns = closed_ns + case_waited(of, TP_WAIT_RWND);
    if (closed_ns <= 0)
        return false;
    reason->confidence = TP_CERTAIN;
    case_place(of, reason, TP_WAIT_ZERO_WINDOW);
    case_say(reason, "%s closed its window for %s: its application did not read", DST,
             T(closed_ns));
    if (reason->cost_ns > closed_ns)
        case_say(reason, "; for another %s the window was full", T(reason->cost_ns - closed_ns));
    return true;
}

static bool has_no_scaling(const struct tp_case *of)
{
    double largest;

    return case_is(of, TP_FIGURE_wire_wscale_known, PEER, "none") &&
           case_number(of, TP_FIGURE_wire_window_max_bytes, PEER, &largest) &&
           largest > UINT16_MAX / 2;
}

/* The largest window of its whole life. */
static bool largest_window(const struct tp_case *of, double *bytes)
{
    return case_number(of, TP_FIGURE_wire_window_max_bytes, PEER, bytes) ||
           case_number(of, TP_FIGURE_snd_wnd_max_bytes, SENDER, bytes);
}

/* How large it was where it was full: what was in flight then. Samples of a socket do not say when
 * that was, and tell the largest one. */
static bool filled(const struct tp_case *of, double *bytes, double *rtt_us)
{
    if (of->told->origin == TP_FROM_SOCKET)
        return largest_window(of, bytes) && case_number(of, TP_FIGURE_rtt_p50_us, SENDER, rtt_us);
    return case_most_in_flight(of, TP_WAIT_RWND, bytes) &&
           case_srtt_within(of, TP_WAIT_RWND, 0.5, rtt_us);
}

#define GROWN 2 /* times: a rule of thumb */

/* Was it larger by far than where it was full, as one that the receiver's kernel lets grow becomes?
 */
static bool was_larger(const struct tp_case *of, double *largest)
{
    double bytes, rtt_us;

    return of->told->origin != TP_FROM_SOCKET && largest_window(of, largest) &&
           filled(of, &bytes, &rtt_us) && *largest >= GROWN * bytes;
}

static bool is_receiver(const struct tp_case *of, struct tp_reason *reason)
{
    double bytes, rtt_us;

    reason->cost_ns = case_waited(of, TP_WAIT_RWND);
    if (was_closed(of) || !case_is_share(of, reason->cost_ns, NOTABLE))
        return false;
    reason->confidence = reason_by_account(of);
    case_place(of, reason, TP_WAIT_RWND);
    case_say(reason, "for %s of %s it filled the window of %s", T(reason->cost_ns), T(of->whole_ns),
             DST);
    if (filled(of, &bytes, &rtt_us) && bytes > 0 && rtt_us > 0)
        case_say(reason, ": %s at most, which in a round trip of %s carries no more than %s",
                 SI(bytes, "B"), T((int64_t)(rtt_us * 1e3)), SI(bytes * 8e6 / rtt_us, "bit/s"));
    return true;
}

bool find_no_scaling(const struct tp_case *of, struct tp_reason *reason)
{
    if (!has_no_scaling(of) || !is_receiver(of, reason))
        return false;
    case_say(reason, "; window scaling was not agreed upon");
    return true;
}

bool find_rwnd_grows(const struct tp_case *of, struct tp_reason *reason)
{
    double largest;

    if (has_no_scaling(of) || !was_larger(of, &largest) || !is_receiver(of, reason))
        return false;
    case_say(reason, "; at other times it was larger, up to %s", SI(largest, "B"));
    return true;
}

bool find_rwnd(const struct tp_case *of, struct tp_reason *reason)
{
    double largest;

    return !has_no_scaling(of) && !was_larger(of, &largest) && is_receiver(of, reason);
}

/* --- the sender ------------------------------------------------------------------------------- */

static int64_t sndbuf_ns(const struct tp_case *of)
{
    const struct tp_account *by_socket = tp_sheet_account(of->sheet, SENDER, TP_FROM_SOCKET);

    return by_socket ? by_socket->time_ns[TP_WAIT_SNDBUF] : 0;
}

/* What the account by another origin says instead of the send buffer: the application, a pace. */
bool find_sndbuf(const struct tp_case *of, struct tp_reason *reason)
{
    int64_t full_ns = sndbuf_ns(of), most_ns = full_ns;

    if (of->told->origin != TP_FROM_SOCKET)
        most_ns = case_waited(of, TP_WAIT_APP) + case_waited(of, TP_WAIT_PACING) +
                  case_waited(of, TP_WAIT_NETWORK);
    if (!case_is_share(of, full_ns, NOTABLE))
        return false;
    reason->cost_ns = full_ns < most_ns ? full_ns : most_ns;
    reason->confidence = TP_CERTAIN;
    case_say(reason,
             "for %s of %s its send buffer was full of what was in flight: the network took more",
             T(full_ns), T(of->whole_ns));
    return true;
}

#define STALLS_MIN 3 /* a rule of thumb */

static int64_t delayed_ns(const struct tp_case *of)
{
    const struct tp_account *by_packets = tp_sheet_account(of->sheet, SENDER, TP_FROM_PACKETS);

    return by_packets ? by_packets->time_ns[TP_WAIT_DELAYED_ACK] : 0;
}

bool find_delayed_ack(const struct tp_case *of, struct tp_reason *reason)
{
    const struct tp_spans *spans = tp_flow_wait_spans(of->sheet->flow, of->end, TP_FROM_PACKETS);
    int64_t late_ns = delayed_ns(of);
    unsigned stalls = 0;

    for (uint32_t i = 0; spans && i < spans->count; i++) {
        const struct tp_span *span = &spans->list[i];

        stalls += span->value == TP_WAIT_DELAYED_ACK;
        if (span->value != TP_WAIT_DELAYED_ACK ||
            span->end_ns - span->begin_ns <= reason->end_ns - reason->begin_ns)
            continue;
        reason->has_place = true;
        reason->begin_ns = span->begin_ns;
        reason->end_ns = span->end_ns;
    }
    if (stalls < STALLS_MIN || !case_is_share(of, late_ns, NOTABLE))
        return false;
    reason->cost_ns = case_waited(of, TP_WAIT_DELAYED_ACK);
    reason->confidence = TP_LIKELY;
    case_say(
        reason,
        "%u times or more a small segment left only when %s acknowledged the one before, which "
        "that put off: %s in all (Nagle's algorithm and delayed ACKs)",
        stalls, DST, T(late_ns));
    return true;
}

/* The kernel's chronometer runs while anything is in flight, of an application that waits for each
 * answer, too. */
bool find_network(const struct tp_case *of, struct tp_reason *reason)
{
    int64_t held_ns = case_waited(of, TP_WAIT_NETWORK);

    if (of->told->origin != TP_FROM_SOCKET || !case_is_share(of, held_ns, MOST))
        return false;
    reason->confidence = TP_CERTAIN;
    reason->undecided = true;
    case_say(reason,
             "for %s of the time it had data in flight, and neither the receiver's window nor its "
             "send buffer was full: congestion window, pace and an application that waits for "
             "answers look the same in samples of its socket",
             PERCENT(reason_share(of, held_ns)));
    return true;
}

bool find_pacing(const struct tp_case *of, struct tp_reason *reason)
{
    int64_t paced_ns = case_waited(of, TP_WAIT_PACING);

    if (!case_is_share(of, paced_ns, MOST) || sndbuf_ns(of) > paced_ns / 2)
        return false;
    reason->confidence = TP_LIKELY;
    case_place(of, reason, TP_WAIT_PACING);
    case_say(
        reason, "for %s of the time it sent below both windows: %s",
        PERCENT(reason_share(of, paced_ns)),
        case_is(of, TP_FIGURE_congestion_control, SENDER, "bbr")
            ? "BBR paced it at the rate that it measured"
            : "it was paced, held up by a small send buffer or its host's queues, or given its "
              "data in pieces by an application, which look the same");
    return true;
}

/* Is it more than a word for what the socket knows better: room in its buffer, a held back ACK? */
static bool is_apps(const struct tp_case *of, int64_t time_ns)
{
    const struct tp_account *by_socket = tp_sheet_account(of->sheet, SENDER, TP_FROM_SOCKET);
    int64_t known_ns = by_socket ? by_socket->time_ns[TP_WAIT_APP] : time_ns;

    return case_is_share(of, time_ns, MOST) && sndbuf_ns(of) <= time_ns / 4 &&
           delayed_ns(of) <= time_ns / 4 && known_ns >= time_ns / 2;
}

bool find_app(const struct tp_case *of, struct tp_reason *reason)
{
    int64_t app_ns = case_waited(of, TP_WAIT_APP);
    double in_flight;

    if (!is_apps(of, app_ns))
        return false;
    reason->confidence = TP_LIKELY;
    case_place(of, reason, TP_WAIT_APP);
    case_say(reason, "the application of %s had nothing to send for %s of %s (%s)", SRC, T(app_ns),
             T(of->whole_ns), PERCENT(reason_share(of, app_ns)));
    if (of->told->origin != TP_FROM_SOCKET && case_is_in_flight(of, TP_WAIT_APP, &in_flight) &&
        in_flight > MOST)
        case_say(
            reason,
            ", as far as %s show: a small send buffer, or a small write that waits for an ACK, "
            "looks the same",
            case_by_kernel(of) ? "kernel events" : "packets");
    return true;
}

bool find_turn(const struct tp_case *of, struct tp_reason *reason)
{
    int64_t turn_ns = case_waited(of, TP_WAIT_TURN);

    if (!case_is_share(of, turn_ns, MOST) || delayed_ns(of) > turn_ns / 4)
        return false;
    reason->confidence = TP_LIKELY;
    case_place(of, reason, TP_WAIT_TURN);
    case_say(
        reason,
        "it had nothing to send for %s of %s (%s) until %s spoke: requests and answers in turn",
        T(turn_ns), T(of->whole_ns), PERCENT(reason_share(of, turn_ns)), DST);
    return true;
}

#define MSS_SMALL 1220 /* what IPv6 guarantees: 1280 bytes less headers (RFC 8200, 5) */
#define MSS_SEGS  100

bool find_small_mss(const struct tp_case *of, struct tp_reason *reason)
{
    double mss;

    if (!case_number(of, TP_FIGURE_wire_mss_bytes, PEER, &mss) || mss >= MSS_SMALL || mss <= 0 ||
        case_count(of, TP_FIGURE_wire_data_segs, SENDER) < MSS_SEGS)
        return false;
    reason->confidence = TP_CERTAIN;
    case_say(reason, "%s accepts segments of no more than %.0f bytes (MSS option)", DST, mss);
    return true;
}

bool find_reset(const struct tp_case *of, struct tp_reason *reason)
{
    const struct tp_connection *connection = tp_flow_connection(of->sheet->flow);
    double by_src = case_count(of, TP_FIGURE_wire_resets, SENDER);
    double by_dst = case_count(of, TP_FIGURE_wire_resets, PEER);

    if ((by_src < 1 && by_dst < 1) || reason_is_unanswered(of) ||
        (connection && tp_connection_complete(connection) & TP_COMPLETE_FIN_BOTH))
        return false;
    reason->confidence = TP_CERTAIN;
    case_say(reason, "%s sent a reset%s", by_src >= 1 ? SRC : DST,
             by_src >= 1 && by_dst >= 1 ? ", and so did the other end" : "");
    return true;
}
