# Sums that must hold of all sockets of a host, in lossy runs over a link that is known: what they sent
# again is what the kernel counts, and so are all of their segments, at both ends; and iperf3 says as much.
# `make sums` makes them (SUMS=all).
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    [ "${SUMS:-}" = all ] || skip "make sums"
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    [ -d /sys/kernel/tracing/instances ] || skip "needs tracefs in /sys/kernel/tracing"
    [ -e /dev/net/tun ] || skip "needs TUN devices"
    command -v iperf3 >/dev/null || skip "needs iperf3"
}

# growth COUNTER LOG: of the kernel's, from the first to the last time that the log says it.
growth() {
    grep ': tcp_counters: ' "$2" | grep -o " $1=[0-9]*" | cut -d= -f2 | sed -n '1p;$p' | paste -sd' ' |
        awk '{ print $2 - $1 }'
}

# sum COLUMN FILE: over the sockets that were sampled.
sum() { json "$2" "my \$s = 0; for my \$f (@{ \$d->{flows} }) { for my \$p ('', 'peer_') { \$s += \$f->{\"\${p}$1\"} // 0 if defined \$f->{\"\${p}socket_samples\"} } } \$s"; }

# same_sums LOG FLOWS: Σ total_retrans = RetransSegs, and Σ segs_out = OutSegs + RetransSegs - SYN-ACKs - RSTs of
# no socket. Of a RST that the kernel sent it is not known whether a socket did.
same_sums() {
    local resent out counted_resent counted_out syn_acks rsts
    resent=$(sum retransmitted_segs "$2") out=$(sum segs_out "$2")
    counted_resent=$(growth TcpRetransSegs "$1") counted_out=$(growth TcpOutSegs "$1")
    syn_acks=$(growth TcpPassiveOpens "$1") rsts=$(growth TcpOutRsts "$1")
    echo "$1: sent again: $resent by sockets, $counted_resent by the kernel"
    echo "segments: $out by sockets, $counted_out + $counted_resent - $syn_acks - $rsts by the kernel"
    [ "$resent" -eq "$counted_resent" ]
    [ "$out" -le $((counted_out + counted_resent - syn_acks)) ]
    [ "$out" -ge $((counted_out + counted_resent - syn_acks - rsts)) ]
}

# Of the connection with the data, what iperf3 says and what the sockets do. It begins with 37 bytes that iperf3
# does not count; it reads its retransmissions before the last loss, and closes with data unread or unacknowledged.
same_as_iperf3() {
    local theirs acked got
    theirs=$(sed -n 's/^retransmits=//p' link)
    [ "$theirs" -le "$resent" ] && [ "$theirs" -ge $((resent - 8 - resent / 20)) ]
    theirs=$(($(sed -n 's/^received_bytes=//p' link) + 37))
    acked=$(json flows.json 'my ($f) = sort { $b->{bytes} <=> $a->{bytes} } @{ $d->{flows} }; $f->{socket_acked_bytes}')
    got=$(json far.json 'my ($f) = sort { $b->{got_bytes} <=> $a->{got_bytes} } map { { got_bytes => $_->{got_bytes} // 0 }, { got_bytes => $_->{peer_got_bytes} // 0 } } @{ $d->{flows} }; $f->{got_bytes}')
    echo "received: $theirs by iperf3, $got by its socket, of which $acked are known to be acknowledged"
    # All that iperf3 read its socket has; a FIN counts as one.
    [ "$got" -ge "$theirs" ] && [ "$got" -le $((theirs + 262144)) ]
    # What was not acknowledged as the connection broke: two segments, or what iperf3's last read left.
    [ "$acked" -le "$got" ] && [ "$acked" -ge $((theirs - 2 * 1448)) ]
}

# run_lab OPTION...: of the link and the traffic. The sender's end is sampled by the recorder, the other by another.
run_lab() {
    local far="$tcpprobe sockets -q -i 500ms -d 9s -o $PWD/far.log"
    "$root/scripts/lab/run" --seconds 4 --sockets 500ms "$@" -o log.gz --json iperf.json \
        --setup "[ \$LAB_END = sender ] || { $far & echo \$! >$PWD/far.pid; }" >link 3>&- || [ $? -eq 3 ]
    while kill -0 "$(cat far.pid)" 2>/dev/null; do sleep 0.1; done
    gzip -dc log.gz >log
    "$tcpprobe" flows -q --all --format json log.gz >flows.json
    "$tcpprobe" flows -q --all --format json far.log >far.json
    resent=$(sum retransmitted_segs flows.json)
    [ "$resent" -ge 5 ]
    same_sums log flows.json
    same_sums far.log far.json
    same_as_iperf3
    "$tcpprobe" services -q --format json log.gz >services.json
    [ "$(json services.json '$d->{check}{difference_segs}')" -eq 0 ]
}

@test "2 % loss" { run_lab --loss 2%; }
@test "25 % loss" { run_lab --loss 25% --rate 5mbit; }
@test "bbr, reordering, duplicates, 1 % loss" { run_lab --cc bbr --loss 1% --reorder 2% --duplicate 1%; }
