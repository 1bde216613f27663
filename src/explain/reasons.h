/* reasons.h: what the rows of the table share, and their functions: is it there? If so it fills the
 * sentence, the cost and how sure it is. */
#ifndef TCPPROBE_EXPLAIN_REASONS_H
#define TCPPROBE_EXPLAIN_REASONS_H

#include "explain/case.h"

#define SRC             of->told->src
#define DST             of->told->dst
#define T(ns)           case_time(ns).text
#define SI(value, unit) case_si(value, unit).text
#define PERCENT(share)  case_percent(share).text
#define S(count)        ((count) == 1 ? "" : "s")

/* Of less time nothing is said: rules of thumb. */
#define NOTABLE 0.05
#define MOST    0.5

typedef bool tp_reason_fn(const struct tp_case *of, struct tp_reason *reason);

/* Before data flow, on the path (reasons_path.c); of one of the ends (reasons_ends.c). */
tp_reason_fn find_no_answer, find_refused, find_syn_timer, find_rto, find_rto_in_vain,
    find_loss_in_queue, find_loss_without_queue, find_losses, find_spurious, find_reordering,
    find_marks, find_zero_window, find_no_scaling, find_rwnd, find_rwnd_grows, find_queue,
    find_path, find_cwnd, find_slow_start, find_network, find_pacing, find_app, find_turn,
    find_small_mss, find_reset;
/* Of how its data are answered (reasons_answers.c). */
tp_reason_fn find_mtu_black_hole, find_ack_loss, find_ack_compression;
/* Of connections beside it (neighbours.c). */
tp_reason_fn find_shared_queue;
/* Of its congestion window (reasons_window.c, reasons_growth.c). */
tp_reason_fn find_idle_restart, find_probe_rtt, find_behaviour, find_sndbuf, find_delayed_ack,
    find_policer, find_hystart;

/* How sure the account is: the sender's own events, or packets. */
uint8_t reason_by_account(const struct tp_case *of);
double reason_share(const struct tp_case *of, int64_t time_ns); /* of the account */
/* Large segments never arrived, and nothing was sent behind them that tells why: adds that. */
void reason_add_large(const struct tp_case *of, struct tp_reason *reason);
/* Was the connection never answered, and is there nothing else to say of it? */
bool reason_is_unanswered(const struct tp_case *of);

#endif
