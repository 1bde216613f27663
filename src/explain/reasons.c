/* reasons.c: the table of what may be found of a connection.
 *
 * To add one: a function that says whether it is there, with its sentence and its cost, and its
 * row. What it costs is time of the account, and no two rows take the same: the sum is what the
 * connection lost.
 */
#include <string.h>

#include "explain/reasons.h"

uint8_t reason_by_account(const struct tp_case *of)
{
    return case_by_kernel(of) ? TP_CERTAIN : TP_LIKELY;
}

double reason_share(const struct tp_case *of, int64_t time_ns)
{
    return (double)time_ns / (double)of->whole_ns;
}

bool reason_is_unanswered(const struct tp_case *of)
{
    const struct tp_connection *connection = tp_flow_connection(of->sheet->flow);
    const struct tp_handshake *handshake = connection ? tp_connection_handshake(connection) : NULL;

    return handshake && handshake->syn && !handshake->synack && !of->whole_ns;
}

/* --- the table -------------------------------------------------------------------------------- */

#define OF_ACCOUNT "what it waited for, of at least 5 % of its life: a rule of thumb"
#define OF_MOST    "what it waited for, of at least half of its life: a rule of thumb"

const struct tp_reason_row tp_reason_rows[] = {
    {"no_answer", "nobody answered the SYN",
     "look for what drops it, or its answer, on the path; whether the host is there",
     "SYN sent again, no answer captured", find_no_answer},
    {"refused", "the connection was refused",
     "look whether anything listens on that port there, and what filters it", "RFC 9293, 3.10.7.1",
     find_refused},
    {"syn_timer", "a SYN or SYN-ACK was lost",
     "look for loss on the path before data flow, and at the accept queue of the listener",
     "RFC 6298, 5.7; what came sooner than a round trip behind it is an answer to the first",
     find_syn_timer},
    {"rto", "silence until a retransmission timeout",
     "look for what lost the end of a flight, or all of it, on the path at that time",
     "RFC 6298; net/ipv4/tcp_timer.c", find_rto},
    {"rto_in_vain", "a retransmission timeout that went off in vain",
     "look for what holds up packets or ACKs for so long: a link that pauses, a queue",
     "RFC 3522, 5682, 2883: all that was sent again is proved to have arrived", find_rto_in_vain},
    {"policer", "a policer",
     "ask who polices that traffic for its rate, or shape it to that rate (a queue instead of "
     "loss)",
     "Flach et al., SIGCOMM 2016: 15 losses, what passed up to them is on one line", find_policer},
    {"loss_without_queue", "losses while no queue stood",
     "look for errors of a link, a policer or a very short buffer on the path; less load does not "
     "help",
     "5 episodes, 4 of 5 of them below HyStart++'s threshold (RFC 9406, 4.2)",
     find_loss_without_queue},
    {"loss_in_queue", "losses as a queue overflowed", NULL,
     "5 episodes, 4 of 5 of them as the round trip was near its longest: a rule of thumb",
     find_loss_in_queue},
    {"loss", "losses", NULL, "RFC 5681, 3.2", find_losses},
    {"zero_window", "a slow reader",
     "look why the application of the receiver does not read: a larger buffer only delays it",
     "RFC 9293, 3.8.6.1", find_zero_window},
    {"no_window_scaling", "no window scaling",
     "look which SYN lacks the option, or what removes it on the way", "RFC 7323, 2; " OF_ACCOUNT,
     find_no_scaling},
    {"rwnd", "the receiver's window",
     "a larger receive buffer there (net.ipv4.tcp_rmem, or SO_RCVBUF where the application sets "
     "it)",
     "RFC 4898, SndLimTimeRwin; " OF_ACCOUNT, find_rwnd},
    {"sndbuf", "a small send buffer",
     "a larger send buffer there (net.ipv4.tcp_wmem, or SO_SNDBUF where the application sets it)",
     "RFC 4898, SndLimTimeSnd: the kernel's chronometer (sndbuf_limited); of at least 5 % of its "
     "life",
     find_sndbuf},
    {"delayed_ack", "small writes that wait for delayed ACKs",
     "write what belongs together at once, or set TCP_NODELAY at the sender",
     "RFC 896; RFC 9293, 3.8.6.3; 30 to 510 ms more than the shortest round trip, 3 times",
     find_delayed_ack},
    {"idle_restart", "slow start after idle",
     "net.ipv4.tcp_slow_start_after_idle=0 at the sender, where its path can take the burst",
     "RFC 5681, 4.1: smaller behind a pause of a retransmission timeout, twice", find_idle_restart},
    {"probe_rtt", "BBR's search for the shortest round trip", NULL,
     "net/ipv4/tcp_bbr.c: 4 segments for 200 ms, once in ten seconds", find_probe_rtt},
    {"cwnd", "the congestion window after losses", NULL, "RFC 4898, SndLimTimeCwnd; " OF_ACCOUNT,
     find_cwnd},
    {"queue", "a long queue on the path",
     "a shorter or managed queue (fq_codel, CAKE) where the path is narrowest",
     "round trip doubled and 50 ms longer: a rule of thumb", find_queue},
    {"spurious", "retransmissions in vain", NULL, "RFC 2883, 3522, 5682; with D-SACK or at once",
     find_spurious},
    {"reordering", "packets overtook each other", NULL, "3 packets (RFC 5681, 3.2)",
     find_reordering},
    {"marks", "marks of congestion", NULL, "RFC 3168, RFC 9768", find_marks},
    {"behaviour", "congestion control, by its behaviour", NULL,
     "RFC 9438, 4.6 (0.7) and RFC 5681, 3.1 (0.5), both within 0.02, 3 decreases; BBR: by "
     "PROBE_RTT",
     find_behaviour},
    {"small_mss", "small segments",
     "look at the MTU of that end, and what clamps the MSS on the path",
     "less than IPv6 guarantees (RFC 8200, 5), 100 segments", find_small_mss},
    {"reset", "a reset", NULL, "RFC 9293, 3.5.2; not behind both FINs", find_reset},
    {"slow_start", "slow start", "a connection that is kept and used again does without",
     "three tenths of its life: a rule of thumb", find_slow_start},
    {"pacing", "pacing", NULL, OF_MOST, find_pacing},
    {"app", "the application", NULL, OF_MOST, find_app},
    {"turn", "requests and answers in turn", NULL, OF_MOST, find_turn},
    {"path", "the path's rate", NULL, OF_MOST, find_path},
};

const size_t tp_reason_row_count = sizeof tp_reason_rows / sizeof *tp_reason_rows;

_Static_assert(sizeof tp_reason_rows / sizeof *tp_reason_rows < TP_REASONS_MAX,
               "each may be found of one connection; --fail-on has one more");

const struct tp_reason_row *tp_reason_find(const char *id)
{
    for (size_t i = 0; i < tp_reason_row_count; i++)
        if (strcmp(tp_reason_rows[i].id, id) == 0)
            return &tp_reason_rows[i];
    return NULL;
}
