/* counter_rows.c: what each counter of the kernel counts.
 *
 * Meanings were held against what moves when (include/uapi/linux/snmp.h, net/ipv4/tcp*.c, and
 * experiments in an empty namespace), because documents are wrong in places:
 * Documentation/networking/snmp_counter.rst has PassiveOpens count SYNs, and netstat(8) calls
 * EstabResets "connection resets received".
 */
#include <string.h>

#include <tcpprobe/counters.h>

const struct tp_counter_category_info tp_counter_categories[TP_COUNTER_CATEGORY_COUNT] = {
#define ROW(ID, name, help) {#name, help},
    TP_COUNTER_CATEGORIES(ROW)
#undef ROW
};

#define COUNTER(prefix, word, where, ...)                                                          \
    {                                                                                              \
        .name = #prefix #word, .category = TP_COUNTER_##where, __VA_ARGS__                         \
    }
#define TCP(word, where, ...) COUNTER(Tcp, word, where, __VA_ARGS__)
#define EXT(word, where, ...) COUNTER(TcpExt, word, where, __VA_ARGS__)

#define OF_DATA     .of = {"TcpExtTCPOrigDataSent", NULL}
#define OF_RESENT   .of = {"TcpRetransSegs", NULL}
#define OF_OPENS    .of = {"TcpActiveOpens", "TcpPassiveOpens"}
#define OF_ACCEPTED .of = {"TcpPassiveOpens", NULL}
#define OF_RECEIVED .of = {"TcpInSegs", NULL}
#define OF_SENT     .of = {"TcpOutSegs", NULL}
#define OF_TIMEOUTS .of = {"TcpExtTCPTimeouts", NULL}
#define OF_RECOVERY .of = {"TcpExtTCPSackRecovery", "TcpExtTCPTimeouts"}

const struct tp_counter_row tp_counter_rows[] = {
    TCP(ActiveOpens, TRAFFIC, .counts = "connections that were begun here: SYNs of connect()"),
    TCP(PassiveOpens, TRAFFIC,
        .counts = "connections accepted by listeners, their handshakes completed"),
    TCP(CurrEstab, TRAFFIC, .gauge = true,
        .counts = "connections in ESTABLISHED or CLOSE_WAIT now"),
    TCP(InSegs, TRAFFIC, .counts = "segments received, where what GRO put together counts as one",
        .conclude = "not to be divided by OutSegs, which counts segments as they are on the wire"),
    TCP(OutSegs, TRAFFIC,
        .counts = "segments sent, without those of data sent again; SYN-ACKs, RSTs and pure ACKs "
                  "are in it"),
    EXT(TCPOrigDataSent, TRAFFIC, .counts = "segments of data sent for the first time",
        .conclude = "what segments sent again are to be compared with (f19c29e3e391)"),
    EXT(TCPDelivered, TRAFFIC, .since = "4.18",
        .counts = "segments that were delivered, SYNs included"),

    TCP(RetransSegs, LOSS, OF_DATA, .counts = "segments sent again, SYNs and SYN-ACKs included",
        .conclude = "the network loses or reorders, or they were sent without need (see spurious); "
                    "tcpprobe sockets --sort "
                    "retransmitted_segs says to whom"),
    EXT(TCPFastRetrans, LOSS, OF_RESENT, .counts = "of them in fast recovery",
        .conclude = "losses that cost about a round trip: at random, or a full queue"),
    EXT(TCPSlowStartRetrans, LOSS, OF_RESENT,
        .counts = "of them in slow start after a timeout (the Loss state)",
        .conclude = "bursts of losses, or losses at the end of a transfer; not the slow start of a "
                    "new connection"),
    EXT(TCPTimeouts, LOSS, OF_RESENT,
        .counts = "retransmission timeouts, those of SYNs and SYN-ACKs included",
        .conclude = "each is a pause of 200 ms and more: look at which peer"),
    EXT(TCPLossProbes, LOSS,
        .counts = "tail loss probes, with new data or with data sent again (RFC 8985)",
        .conclude = "short transfers have them; they spare timeouts. Says nothing of windows, and "
                    "is no part of RetransSegs"),
    EXT(TCPLossProbeRecovery, LOSS, .of = {"TcpExtTCPLossProbes", NULL},
        .counts = "tail loss probes that repaired a loss"),
    EXT(TCPLostRetransmit, LOSS, OF_RESENT, .counts = "segments sent again that were lost again",
        .conclude = "heavy losses, or a policer"),
    EXT(TCPSynRetrans, LOSS, OF_OPENS, .counts = "SYNs and SYN-ACKs sent again",
        .conclude = "each costs a second and more: a full listener, a firewall, a peer that is not "
                    "there, or a scanner"),
    EXT(TCPRetransFail, LOSS, OF_RESENT,
        .counts = "segments that could not be sent again: the layer below refused them",
        .conclude = "of this machine: a queue, a route, memory"),
    EXT(TCPSpuriousRtxHostQueues, LOSS, OF_RESENT, .since = "3.16",
        .counts = "not sent again: the first copy was still in a queue here",
        .conclude = "the own device is slow: fq, a shorter txqueuelen"),
    EXT(TCPSackRecovery, LOSS, .counts = "fast recoveries, with SACK"),
    EXT(TCPRenoRecovery, LOSS, .counts = "fast recoveries without SACK",
        .conclude = "a peer or something on the way lacks SACK"),
    EXT(TCPSackRecoveryFail, LOSS, OF_TIMEOUTS, .counts = "timeouts in fast recovery",
        .conclude = "recovery itself was hit by losses"),
    EXT(TCPSackFailures, LOSS, OF_TIMEOUTS, .counts = "timeouts in Disorder, with SACK"),
    EXT(TCPLossFailures, LOSS, OF_TIMEOUTS, .counts = "timeouts in Loss"),
    EXT(TCPSACKReneging, LOSS, .counts = "receivers that dropped what they had reported by SACK",
        .conclude = "a receiver is out of memory"),
    EXT(TcpTimeoutRehash, LOSS, OF_TIMEOUTS, .since = "5.6",
        .counts = "other paths tried after a timeout (flow label)"),
    EXT(TcpDuplicateDataRehash, LOSS, .since = "5.6",
        .counts = "other paths tried after data that came twice"),

    EXT(TCPSpuriousRTOs, SPURIOUS, OF_TIMEOUTS,
        .counts = "timeouts that F-RTO found to be without need (RFC 5682)",
        .conclude = "delay that jumps: wireless, a queue that fills"),
    EXT(TCPFullUndo, SPURIOUS, OF_RECOVERY,
        .counts = "reductions of the window undone: the originals had arrived (timestamps)",
        .conclude = "reordering or delay, not loss"),
    EXT(TCPPartialUndo, SPURIOUS, OF_RECOVERY, .counts = "the same, within the recovery"),
    EXT(TCPDSACKUndo, SPURIOUS, OF_RECOVERY, .counts = "the same, by D-SACKs"),
    EXT(TCPLossUndo, SPURIOUS, OF_TIMEOUTS, .counts = "reductions after a timeout undone"),
    EXT(TCPDSACKRecv, SPURIOUS, OF_RESENT,
        .counts = "D-SACKs received: the peer got something twice",
        .conclude = "segments sent again without need, or duplicated by the network"),
    EXT(TCPDSACKOfoRecv, SPURIOUS, .counts = "D-SACKs received for what was out of order"),
    EXT(TCPDSACKRecvSegs, SPURIOUS, OF_RESENT, .since = "5.9",
        .counts = "segments that the peer got twice, by its D-SACKs"),
    EXT(TCPSACKReorder, SPURIOUS, OF_DATA, .counts = "reordering seen by SACK",
        .conclude = "several paths, bonding; the kernel adapts its tolerance"),
    EXT(TCPTSReorder, SPURIOUS, OF_DATA, .counts = "reordering seen by timestamps"),
    EXT(TCPRenoReorder, SPURIOUS, OF_DATA, .counts = "reordering seen without SACK"),

    EXT(ListenOverflows, ACCEPT, OF_ACCEPTED,
        .counts = "SYNs and last ACKs dropped because the accept queue was full",
        .conclude = "the application accepts too slowly: its listen() backlog and "
                    "net.core.somaxconn, whichever is less, or more "
                    "workers; tcpprobe sockets -l names the listener"),
    EXT(ListenDrops, ACCEPT, OF_ACCEPTED,
        .counts = "everything that a listener dropped, ListenOverflows included",
        .conclude = "what is more than ListenOverflows: memory, the queue of SYNs, routes"),
    EXT(TCPReqQFullDoCookies, ACCEPT,
        .counts = "SYNs answered by a cookie because the queue of SYNs was full",
        .conclude = "a flood, or net.ipv4.tcp_max_syn_backlog and the backlog are small"),
    EXT(TCPReqQFullDrop, ACCEPT, .counts = "SYNs dropped because the queue of SYNs was full",
        .conclude = "net.ipv4.tcp_syncookies=1 would answer them"),
    EXT(SyncookiesSent, ACCEPT, .counts = "SYN cookies sent"),
    EXT(SyncookiesRecv, ACCEPT, .counts = "SYN cookies that came back"),
    EXT(SyncookiesFailed, ACCEPT, .counts = "ACKs that came with a cookie which was none of ours",
        .conclude = "scans, or paths that differ by direction"),
    EXT(EmbryonicRsts, ACCEPT, .counts = "resets in the middle of a handshake"),
    EXT(TCPDeferAcceptDrop, ACCEPT,
        .counts = "last ACKs without data, which TCP_DEFER_ACCEPT waits for"),
    EXT(TCPTimeWaitOverflow, ACCEPT,
        .counts = "connections that could not wait in TIME_WAIT: net.ipv4.tcp_max_tw_buckets"),

    EXT(PruneCalled, MEMORY, OF_RECEIVED, .counts = "receive buffers that were full and tidied up",
        .conclude = "the application reads slowly, or the buffer is small: net.ipv4.tcp_rmem"),
    EXT(RcvPruned, MEMORY, OF_RECEIVED,
        .counts = "segments dropped because tidying up did not help"),
    EXT(OfoPruned, MEMORY, OF_RECEIVED, .counts = "out-of-order queues thrown away"),
    EXT(TCPRcvCollapsed, MEMORY, .counts = "packet buffers merged to save memory"),
    EXT(TCPRcvQDrop, MEMORY, OF_RECEIVED, .since = "4.20",
        .counts = "segments in order dropped for want of memory",
        .conclude = "net.ipv4.tcp_mem, for all of the machine"),
    EXT(TCPOFODrop, MEMORY, OF_RECEIVED,
        .counts = "segments out of order dropped for want of memory"),
    EXT(TCPZeroWindowDrop, MEMORY, OF_RECEIVED, .since = "4.20",
        .counts = "segments dropped because the own window was closed",
        .conclude = "the peer does not heed the window"),
    EXT(TCPBacklogDrop, MEMORY, OF_RECEIVED,
        .counts = "segments dropped because the process held its socket and too many waited",
        .conclude = "a process that reads too little at a time or has no processor; not a matter "
                    "of tcp_max_syn_backlog"),
    EXT(TCPToZeroWindowAdv, MEMORY, .counts = "own windows that closed",
        .conclude = "an application here reads too slowly"),
    EXT(TCPFromZeroWindowAdv, MEMORY, .counts = "own windows that opened again"),
    EXT(TCPWantZeroWindowAdv, MEMORY,
        .counts = "own windows that should have closed and could not shrink"),
    EXT(TCPMemoryPressures, MEMORY,
        .counts = "times that all sockets together went above net.ipv4.tcp_mem[1]",
        .conclude = "buffers are cut down: raise tcp_mem or use less"),
    EXT(TCPMemoryPressuresChrono, MEMORY, .since = "4.16",
        .counts = "milliseconds in that state, added when it ends"),
    EXT(TCPAbortOnMemory, MEMORY,
        .counts = "connections without a process killed: net.ipv4.tcp_max_orphans or tcp_mem[2]",
        .conclude = "the machine is out of memory for TCP"),
    EXT(TCPWqueueTooBig, MEMORY, .since = "5.2",
        .counts = "sends refused because the queue would be cut into too many pieces",
        .conclude = "a small send buffer and a tiny segment size"),
    EXT(PFMemallocDrop, MEMORY, .counts = "packets dropped that took the reserve of memory"),

    TCP(AttemptFails, RESETS, .of = {"TcpActiveOpens", NULL},
        .counts = "connections that failed before they were established: refused, timed out"),
    TCP(EstabResets, RESETS, OF_OPENS,
        .counts =
            "connections that went from ESTABLISHED or CLOSE_WAIT to CLOSE: reset by either end",
        .conclude = "aborts of the own applications are in it, too"),
    TCP(OutRsts, RESETS, OF_SENT, .counts = "resets sent",
        .conclude = "ports without a listener, data for what was closed, aborts"),
    EXT(TCPAbortOnData, RESETS, OF_OPENS,
        .counts = "own aborts: data came, or was left, after close (SO_LINGER 0 as well)"),
    EXT(TCPAbortOnClose, RESETS, OF_OPENS, .counts = "own aborts: closed with data unread",
        .conclude = "an application gave up, or its protocol has no end"),
    EXT(TCPAbortOnTimeout, RESETS, OF_OPENS,
        .counts = "own aborts: the peer did not answer any more",
        .conclude = "dead peers or paths"),
    EXT(TCPAbortOnLinger, RESETS, OF_OPENS, .counts = "own aborts: FIN_WAIT2 took too long"),
    EXT(TCPAbortFailed, RESETS, .counts = "resets that could not be sent"),
    EXT(TCPChallengeACK, RESETS, .counts = "challenge ACKs sent (RFC 5961)",
        .conclude = "blind attacks, or a NAT that reuses ports"),
    EXT(TCPSYNChallenge, RESETS, .counts = "of them for a SYN in a connection"),
    EXT(PAWSActive, RESETS, OF_RECEIVED, .counts = "SYN-ACKs dropped by their timestamps"),
    EXT(PAWSEstab, RESETS, OF_RECEIVED, .counts = "segments dropped by their timestamps (RFC 7323)",
        .conclude = "duplicates of the network, or clocks behind one NAT"),

    EXT(TCPAutoCorking, SEND, OF_SENT, .counts = "small writes that waited for more"),
    EXT(TCPWinProbe, SEND, .counts = "probes of closed windows",
        .conclude = "peers read too slowly"),
    EXT(TCPKeepAlive, SEND, .counts = "keepalive probes"),
    EXT(TCPAckCompressed, SEND, .since = "4.18", .counts = "ACKs spared by SACK compression"),
    EXT(DelayedACKs, SEND, .counts = "delayed ACKs sent"),
    EXT(TCPDeliveredCE, SEND, .of = {"TcpExtTCPDelivered", NULL}, .since = "4.18",
        .counts = "segments delivered with a mark of congestion (ECN)",
        .conclude = "a queue on the way marks rather than drops"),

    TCP(InErrs, OTHER, OF_RECEIVED, .counts = "segments with an error"),
    TCP(InCsumErrors, OTHER, OF_RECEIVED, .counts = "segments with a wrong checksum",
        .conclude = "a device or its driver"),
    EXT(TCPMinTTLDrop, OTHER, .counts = "segments dropped by IP_MINTTL"),
    TCP(RtoAlgorithm, OTHER, .gauge = true, .counts = "a constant"),
    TCP(RtoMin, OTHER, .gauge = true, .counts = "a constant: least timeout, ms"),
    TCP(RtoMax, OTHER, .gauge = true, .counts = "a constant: largest timeout, ms"),
    TCP(MaxConn, OTHER, .gauge = true, .counts = "a constant: -1 is no limit"),
    COUNTER(Ip, Forwarding, OTHER, .gauge = true,
            .counts = "a setting: 1 if this machine forwards"),
    COUNTER(Ip, DefaultTTL, OTHER, .gauge = true, .counts = "a setting"),
};

const size_t tp_counter_row_count = sizeof tp_counter_rows / sizeof *tp_counter_rows;

const struct tp_counter_row *tp_counter_row_find(const char *name)
{
    for (size_t i = 0; i < tp_counter_row_count; i++)
        if (strcmp(tp_counter_rows[i].name, name) == 0)
            return &tp_counter_rows[i];
    return NULL;
}
