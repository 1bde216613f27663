/* findings.c: what growth of a counter is worth a sentence.
 *
 * There is hardly a threshold of TCP that somebody measured: where one comes from is said with it.
 * Nothing is concluded from sums since the machine was started, whose causes may be months old.
 */
#include <tcpprobe/counters.h>

const char *const tp_finding_levels[TP_FINDING_LEVELS] = {"note", "warn", "bad"};

#define THUMB   "a rule of thumb"
#define OURS    "our own proposal, without a source"
#define NETDATA "netdata's health.d: the mean rate over a minute"
#define ANY     "any is worth a look"

const struct tp_counter_finding tp_counter_findings[] = {
    {"TcpRetransSegs", TP_FINDING_BAD, 0.05, 0, 1000, "segments were sent again",
     "tcpprobe sockets -i 1s --sort round_retransmitted_segs names the connections", THUMB},
    {"TcpRetransSegs", TP_FINDING_WARN, 0.01, 0, 1000, "segments were sent again",
     "tcpprobe sockets -i 1s --sort round_retransmitted_segs names the connections", THUMB},
    {"TcpExtTCPSynRetrans", TP_FINDING_WARN, 0.01, 0, 100, "SYNs or SYN-ACKs were sent again",
     "a full listener, a firewall, or peers that are not there", OURS},
    {"TcpExtTCPRetransFail", TP_FINDING_NOTE, 0, 0, 1, "segments could not be sent again",
     "a queue, a route or memory of this machine", ANY},
    {"TcpExtTCPSACKReneging", TP_FINDING_NOTE, 0, 0, 1,
     "receivers dropped what they had reported by SACK", "a receiver is out of memory", ANY},
    {"TcpExtTCPFullUndo", TP_FINDING_NOTE, 0.1, 0, 20, "reductions of the window were without need",
     "reordering or delay, rather than loss", OURS},
    {"TcpExtTCPSpuriousRTOs", TP_FINDING_NOTE, 0.1, 0, 20, "timeouts were without need",
     "delay that jumps", OURS},

    {"TcpExtListenOverflows", TP_FINDING_BAD, 0, 5, 1, "connections found the accept queue full",
     "tcpprobe sockets -l names the listener; its backlog, net.core.somaxconn, more workers",
     NETDATA},
    {"TcpExtListenOverflows", TP_FINDING_WARN, 0, 0, 1, "connections found the accept queue full",
     "tcpprobe sockets -l names the listener; its backlog, net.core.somaxconn, more workers", OURS},
    {"TcpExtListenDrops", TP_FINDING_WARN, 0, 1, 1, "connections were dropped by listeners",
     "what is more than ListenOverflows: memory, the queue of SYNs, routes", NETDATA},
    {"TcpExtTCPReqQFullDrop", TP_FINDING_WARN, 0, 1, 1, "SYNs were dropped: their queue was full",
     "net.ipv4.tcp_syncookies, tcp_max_syn_backlog, the backlog; or a flood", NETDATA},
    {"TcpExtTCPReqQFullDoCookies", TP_FINDING_WARN, 0, 1, 1,
     "SYNs were answered by cookies: their queue was full",
     "a flood, or tcp_max_syn_backlog and the backlog are small", NETDATA},
    {"TcpExtTCPTimeWaitOverflow", TP_FINDING_WARN, 0, 0, 1,
     "connections could not wait in TIME_WAIT", "net.ipv4.tcp_max_tw_buckets, or who closes first",
     ANY},

    {"TcpExtRcvPruned", TP_FINDING_WARN, 0, 0, 1,
     "segments were dropped: the receive buffer was full",
     "the application reads slowly; net.ipv4.tcp_rmem", ANY},
    {"TcpExtOfoPruned", TP_FINDING_WARN, 0, 0, 1, "out-of-order queues were thrown away",
     "the application reads slowly; net.ipv4.tcp_rmem", ANY},
    {"TcpExtTCPRcvQDrop", TP_FINDING_NOTE, 0, 0, 1, "segments were dropped for want of memory",
     "net.ipv4.tcp_mem", ANY},
    {"TcpExtTCPOFODrop", TP_FINDING_NOTE, 0, 0, 1,
     "segments out of order were dropped for want of memory", "net.ipv4.tcp_mem", ANY},
    {"TcpExtTCPBacklogDrop", TP_FINDING_NOTE, 0, 0, 1,
     "segments were dropped while their process held the socket",
     "a process that reads too little at a time, or has no processor", ANY},
    {"TcpExtTCPMemoryPressures", TP_FINDING_WARN, 0, 0, 1, "TCP went above its memory limit",
     "net.ipv4.tcp_mem", ANY},
    {"TcpExtTCPAbortOnMemory", TP_FINDING_BAD, 0, 0, 1,
     "connections were killed for want of memory", "net.ipv4.tcp_max_orphans, tcp_mem", ANY},
    {"TcpExtTCPWqueueTooBig", TP_FINDING_NOTE, 0, 0, 1, "sends were refused: too many pieces",
     "a small send buffer with a tiny segment size", ANY},

    {"TcpExtTCPAbortOnTimeout", TP_FINDING_NOTE, 0, 0, 1,
     "connections were given up: the peer did not answer", "dead peers or paths", ANY},
    {"TcpInCsumErrors", TP_FINDING_NOTE, 0, 0, 1, "segments came with a wrong checksum",
     "a device or its driver", ANY},
};

const size_t tp_counter_finding_count = sizeof tp_counter_findings / sizeof *tp_counter_findings;

/* What the share is of grew by so much. */
static bool is_sample(const struct tp_counter_row *row, const struct tp_counters *now,
                      const struct tp_counters *before, uint64_t least)
{
    uint64_t sum = 0, growth;

    for (unsigned i = 0; i < 2 && row->of[i]; i++)
        if (tp_counter_growth(now, before, row->of[i], &growth))
            sum += growth;
    return sum >= least;
}

bool tp_counter_finding_holds(const struct tp_counter_finding *finding,
                              const struct tp_counters *now, const struct tp_counters *before)
{
    const struct tp_counter_row *row = tp_counter_row_find(finding->counter);
    double share, seconds = (double)(now->ts_ns - before->ts_ns) / 1e9;
    uint64_t growth;

    if (!row || !tp_counter_growth(now, before, finding->counter, &growth) || growth == 0)
        return false;
    if (finding->share > 0)
        return is_sample(row, now, before, finding->least) &&
               tp_counter_share(now, before, row, &share) && share >= finding->share;
    if (finding->per_second > 0 && (seconds <= 0 || (double)growth < finding->per_second * seconds))
        return false;
    return growth >= finding->least;
}
