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
    {.id = "no_answer",
     .title = "nobody answered the SYN",
     .advice = "look for what drops it, or its answer, on the path; whether the host is there",
     .basis = "SYN sent again, no answer captured",
     .find = find_no_answer},
    {.id = "refused",
     .title = "the connection was refused",
     .advice = "look whether anything listens on that port there, and what filters it",
     .basis = "RFC 9293, 3.10.7.1",
     .find = find_refused},
    {.id = "syn_timer",
     .title = "a SYN or SYN-ACK was lost",
     .advice =
         "look for loss on the path before data flow, and at the accept queue of the listener",
     .basis =
         "RFC 6298, 5.7; what came sooner than a round trip behind it is an answer to the first",
     .find = find_syn_timer},
    {.id = "rto",
     .title = "silence until a retransmission timeout",
     .advice = "look for what lost the end of a flight, or all of it, on the path at that time",
     .basis = "RFC 6298; net/ipv4/tcp_timer.c",
     .find = find_rto},
    {.id = "rto_in_vain",
     .title = "a retransmission timeout that went off in vain",
     .advice = "look for what holds up packets or ACKs for so long: a link that pauses, a queue",
     .basis = "RFC 3522, 5682, 2883: all that was sent again is proved to have arrived",
     .find = find_rto_in_vain,
     .sort_of = "rto"},
    {.id = "mtu_black_hole",
     .title = "large segments that never arrive",
     .advice = "look for the link of a smaller MTU and for who drops its ICMP messages (too big); "
               "until then "
               "a smaller MTU or MSS at that end, or net.ipv4.tcp_mtu_probing=1 at the sender",
     .basis = "RFC 2923, 2.1: 4 of them over half a second, and smaller ones behind them arrived",
     .find = find_mtu_black_hole,
     .sort_of = "rto"},
    {.id = "policer",
     .title = "a policer",
     .advice =
         "ask who polices that traffic for its rate, or shape it to that rate (a queue instead of "
         "loss)",
     .basis = "Flach et al., SIGCOMM 2016: 15 losses, what passed up to them is on one line",
     .find = find_policer,
     .sort_of = "loss"},
    {.id = "loss_without_queue",
     .title = "losses while no queue showed",
     .advice = "look for errors of a link, a policer or a very short buffer on the path; less load "
               "does not "
               "help",
     .basis = "5 episodes, 4 of 5 of them below HyStart++'s threshold (RFC 9406, 4.2)",
     .find = find_loss_without_queue,
     .sort_of = "loss"},
    {.id = "loss_in_queue",
     .title = "losses as a queue overflowed",
     .basis = "5 episodes behind slow start's, 4 of 5 of them as the round trip was near its "
              "longest: a rule of thumb",
     .find = find_loss_in_queue,
     .sort_of = "loss"},
    {.id = "loss", .title = "losses", .basis = "RFC 5681, 3.2", .find = find_losses},
    {.id = "zero_window",
     .title = "a slow reader",
     .advice =
         "look why the application of the receiver does not read: a larger buffer only delays it",
     .basis = "RFC 9293, 3.8.6.1",
     .find = find_zero_window,
     .sort_of = "rwnd"},
    {.id = "no_window_scaling",
     .title = "no window scaling",
     .advice = "look which SYN lacks the option, or what removes it on the way",
     .basis = "RFC 7323, 2; " OF_ACCOUNT,
     .find = find_no_scaling,
     .sort_of = "rwnd"},
    {.id = "rwnd_grows",
     .title = "the receiver's window, which was larger at other times",
     .basis = "twice what was in flight where it was full: a rule of thumb; " OF_ACCOUNT,
     .find = find_rwnd_grows,
     .sort_of = "rwnd"},
    {.id = "rwnd",
     .title = "the receiver's window",
     .advice = "a larger receive buffer there (net.ipv4.tcp_rmem, or SO_RCVBUF where the "
               "application sets "
               "it)",
     .basis = "RFC 4898, SndLimTimeRwin; " OF_ACCOUNT,
     .find = find_rwnd},
    {.id = "sndbuf",
     .title = "a small send buffer",
     .advice = "a larger send buffer there (net.ipv4.tcp_wmem, or SO_SNDBUF where the application "
               "sets it)",
     .basis = "RFC 4898, SndLimTimeSnd: the kernel's chronometer (sndbuf_limited); of at least 5 % "
              "of its "
              "life",
     .find = find_sndbuf},
    {.id = "delayed_ack",
     .title = "small writes that wait for delayed ACKs",
     .advice = "write what belongs together at once, or set TCP_NODELAY at the sender",
     .basis = "RFC 896; RFC 9293, 3.8.6.3; 30 to 510 ms more than the shortest round trip, 3 times",
     .find = find_delayed_ack},
    {.id = "idle_restart",
     .title = "slow start after idle",
     .advice =
         "net.ipv4.tcp_slow_start_after_idle=0 at the sender, where its path can take the burst",
     .basis = "RFC 5681, 4.1: smaller behind a pause of a retransmission timeout, twice",
     .find = find_idle_restart},
    {.id = "hystart",
     .title = "slow start that ended early",
     .advice = "hystart=0 of tcp_cubic at the sender (/sys/module/tcp_cubic/parameters), where its "
               "path can take the burst",
     .basis = "net/ipv4/tcp_cubic.c: hystart_update(); " OF_ACCOUNT,
     .find = find_hystart},
    {.id = "probe_rtt",
     .title = "BBR's search for the shortest round trip",
     .basis = "net/ipv4/tcp_bbr.c: 4 segments for 200 ms, once in ten seconds",
     .find = find_probe_rtt},
    {.id = "cwnd",
     .title = "the congestion window after losses",
     .basis = "RFC 4898, SndLimTimeCwnd; " OF_ACCOUNT,
     .find = find_cwnd},
    {.id = "queue",
     .title = "a long queue on the path",
     .advice = "a shorter or managed queue (fq_codel, CAKE) where the path is narrowest",
     .basis = "round trip doubled and 50 ms longer: a rule of thumb",
     .find = find_queue},
    {.id = "shared_queue",
     .title = "connections that share a queue",
     .basis =
         "rank correlation of 0.4 and more, 4 of its standard deviations, in 30 steps of 100 ms "
         "or more, and the rate of all together varies half as much as its own or less",
     .find = find_shared_queue},
    {.id = "ack_loss",
     .title = "ACKs that were lost",
     .advice = "look at the way back: an uplink that is full, a queue that drops what is small",
     .basis = "IPv4 numbers in one row, 2 % missing, and more acknowledged behind gaps: rules of "
              "thumb",
     .find = find_ack_loss},
    {.id = "ack_compression",
     .title = "ACKs that come in bunches",
     .advice =
         "look at the way back: a queue that is full, or a link that collects packets (Wi-Fi, "
         "cable, power saving)",
     .basis = "RFC 3449, 2.1; 20 bunches sent over 4 ms and more that came four times as fast",
     .find = find_ack_compression},
    {.id = "spurious",
     .title = "retransmissions in vain",
     .basis = "RFC 2883, 3522, 5682; with D-SACK or at once",
     .find = find_spurious},
    {.id = "reordering",
     .title = "packets overtook each other",
     .basis = "3 packets (RFC 5681, 3.2)",
     .find = find_reordering},
    {.id = "marks",
     .title = "marks of congestion",
     .basis = "RFC 3168, RFC 9768",
     .find = find_marks},
    {.id = "behaviour",
     .title = "congestion control, by its behaviour",
     .basis = "RFC 9438, 4.6 (0.7) and RFC 5681, 3.1 (0.5), both within 0.02, 3 decreases; BBR: by "
              "PROBE_RTT",
     .find = find_behaviour,
     .describes = true},
    {.id = "small_mss",
     .title = "small segments",
     .advice = "look at the MTU of that end, and what clamps the MSS on the path",
     .basis = "less than IPv6 guarantees (RFC 8200, 5), 100 segments",
     .find = find_small_mss},
    {.id = "reset",
     .title = "a reset",
     .basis = "RFC 9293, 3.5.2; not behind both FINs",
     .find = find_reset},
    {.id = "slow_start",
     .title = "slow start",
     .advice = "a connection that is kept and used again does without",
     .basis = "three tenths of its life: a rule of thumb",
     .find = find_slow_start},
    {.id = "network",
     .title = "data in flight, and no window or buffer full",
     .basis = "net/ipv4/tcp_output.c: chronometers (busy_time less rwnd_limited and "
              "sndbuf_limited); " OF_MOST,
     .find = find_network},
    {.id = "pacing", .title = "pacing", .basis = OF_MOST, .find = find_pacing},
    {.id = "app", .title = "the application", .basis = OF_MOST, .find = find_app},
    {.id = "turn", .title = "requests and answers in turn", .basis = OF_MOST, .find = find_turn},
    {.id = "path", .title = "the path's rate", .basis = OF_MOST, .find = find_path},
};

const size_t tp_reason_row_count = sizeof tp_reason_rows / sizeof *tp_reason_rows;

_Static_assert(sizeof tp_reason_rows / sizeof *tp_reason_rows < TP_REASONS_MAX,
               "each may be found of one connection; --fail-on has one more");

bool tp_reason_is_of(const struct tp_reason_row *row, const struct tp_reason_row *of)
{
    return row == of || (row->sort_of && strcmp(row->sort_of, of->id) == 0);
}

const struct tp_reason_row *tp_reason_find(const char *id)
{
    for (size_t i = 0; i < tp_reason_row_count; i++)
        if (strcmp(tp_reason_rows[i].id, id) == 0)
            return &tp_reason_rows[i];
    return NULL;
}
