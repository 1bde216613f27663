# Sums that must hold of all sockets of a host, in lossy runs over a link that is known: what they sent
# again is what the kernel counts, and so are all of their segments. `make sums` makes them (SUMS=all).
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    [ "${SUMS:-}" = all ] || skip "make sums"
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    [ -d /sys/kernel/tracing/instances ] || skip "needs tracefs in /sys/kernel/tracing"
    [ -e /dev/net/tun ] || skip "needs TUN devices"
    command -v iperf3 >/dev/null || skip "needs iperf3"
}

# growth COUNTER: of the kernel's, from the first to the last time that the log says it.
growth() {
    grep ': tcp_counters: ' log | grep -o " $1=[0-9]*" | cut -d= -f2 | sed -n '1p;$p' | paste -sd' ' |
        awk '{ print $2 - $1 }'
}

# sum COLUMN: over the sender's sockets, which are those that were sampled.
sum() { json flows.json "my \$s = 0; for my \$f (@{ \$d->{flows} }) { for my \$p ('', 'peer_') { \$s += \$f->{\"\${p}$1\"} // 0 if defined \$f->{\"\${p}socket_samples\"} } } \$s"; }

# run OPTION...: of the link and the traffic; what the sender's end says, and the kernel of its namespace.
run_lab() {
    "$root/scripts/lab/run" --seconds 4 --sockets 500ms "$@" -o log.gz --json iperf.json >link 3>&- || [ $? -eq 3 ]
    gzip -dc log.gz >log
    "$tcpprobe" flows -q --all --format json log.gz >flows.json
    resent=$(sum retransmitted_segs) out=$(sum segs_out)
    counted_resent=$(growth TcpRetransSegs) counted_out=$(growth TcpOutSegs) rsts=$(growth TcpOutRsts)
    echo "sent again: $resent by sockets, $counted_resent by the kernel"
    echo "segments: $out by sockets, $counted_out + $counted_resent - $rsts by the kernel"
    [ "$resent" -ge 5 ]
    [ "$resent" -eq "$counted_resent" ]
    # It opens connections and accepts none: there are no SYN-ACKs. A RST of a socket is one of its segments, one
    # that answers a segment of none is not.
    [ "$out" -le $((counted_out + counted_resent)) ]
    [ "$out" -ge $((counted_out + counted_resent - rsts)) ]
    # iperf3 reads before the last loss, and only of its data connections.
    theirs=$(sed -n 's/^retransmits=//p' link)
    [ "$theirs" -le "$resent" ] && [ "$theirs" -ge $((resent - 8 - resent / 20)) ]
    # Payload: what reached iperf3's other end is what was acknowledged of it.
    "$tcpprobe" services -q --format json log.gz >services.json
    [ "$(json services.json '$d->{check}{difference_segs}')" -eq 0 ]
}

@test "2 % loss" { run_lab --loss 2%; }
@test "25 % loss" { run_lab --loss 25% --rate 5mbit; }
@test "bbr, reordering, duplicates, 1 % loss" { run_lab --cc bbr --loss 1% --reorder 2% --duplicate 1%; }
