# `plot` of captures, alone and with the kernel's events; a part of them; the time-sequence graph.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    capture=$pairs/cubic-loss.pcap.gz
    mkdir drivers
    ln -sf /usr/lib/*/plplot*/drivers/svg.* drivers/
}

# The texts of a picture, one a line, drawn by the driver that keeps them.
plain() {
    PLPLOT_DRV_DIR=$PWD/drivers "$tcpprobe" plot -q --format svg -o plain.svg "$@" &&
        perl -CO -nle 'next unless /<tspan[^>]*>([^<]*)/; ($_ = $1) =~ s/&#x([0-9a-f]+);/chr hex $1/gei; print' plain.svg
}
hasnt() { if grep -E -- "$1" texts; then return 1; fi; }
has() { grep -qxF -- "$1" texts || { echo "no '$1' in:"; cat texts; return 1; }; }

@test "a capture has a picture of its own" {
    plain "$capture" >texts
    for text in '10.9.0.1:59126 → 10.9.0.2:5201' 'In flight' 'Round-trip time' Rate Retransmissions \
        'Limited by' 'min RTT' "receiver's window" pipe '36 segments' 'segments per 50 ms, log' \
        'Mbit/s, from packets, 50 ms bins' ACK SACK handshake timestamp packets \
        'congestion window or pacing' 'network 98.7 %, app 0.7 %' recovery 'loss recovery'; do
        has "$text"
    done
    grep -q '5.326 MB acknowledged.*RTT min 40.3 ms.*36 segments retransmitted (0.97 %).*15 fast recoveries, 0 timeouts' texts
    hasnt 'skb|cwnd$|Congestion window'
}

@test "with the log of the same seconds both are in one picture, which says how well they fit" {
    plain "$capture" "$one_flow" >texts
    for text in 'Congestion window' 'In flight' cwnd pipe srtt 'srtt (packets)' kernel packets '36 segments'; do
        has "$text"
    done
    grep -q "packets put on the clock of the kernel's events by the offset in the log's header; of [0-9]* matching ACKs nine of ten agree within" texts
    grep -q 'cubic-loss.* · starts 2026-11-20 21:23:37 UTC' texts
}

@test "zooming into a loss episode shows its packets" {
    plain "$capture" --zoom loss:3 >texts
    for text in 'Sequence number' 'In flight' 'data sent' 'cumulative ACK, ticks: duplicate ACKs' \
        'SACK block' R ACK; do
        has "$text"
    done
    grep -q '^fast recovery at 0.97[0-9] s · [0-9]* segments\? retransmitted · .*showing [0-9]* ms from 0.[0-9]* s on$' texts
    grep -q '^kB since the left edge' texts
    hasnt '^Rate$'
    # the same episode, by the kernel's own account
    plain "$one_flow" --zoom loss:3 >kernel
    grep -q '^fast recovery at 0.97' kernel
    grep -qxF 'Congestion window' kernel
    plain "$capture" --zoom loss >first
    plain "$capture" --zoom loss:1 >texts
    cmp first texts
}

@test "a part of the whole picture, and of the recording" {
    plain "$capture" --zoom 0.9s..1.2s >texts
    grep -q 'showing 300 ms from 0.900 s on$' texts
    has 'Sequence number'
    # the follower's memory begins where the connection did: the window is known, scaled
    plain "$capture" --since 1.0 --until 1.3 >texts
    grep -q "showing 300 ms" texts
    has "receiver's window"
    has 'Sequence number'
}

@test "a flow that is not there in the part is not drawn" {
    fails 2 "tcpprobe: there is no flow to draw" plot -q --since 100 "$capture"
    fails 2 "tcpprobe: there is no flow to draw" plot -q --since 9223372036 "$capture"
    # the same ports four times, about 1.1 s apart
    reused=$root/tests/data/lab/port-reuse.pcap.gz
    plain "$reused" >texts
    grep -q '^4 flows' texts
    plain "$reused" --since 2 >texts
    grep -q '^2 flows' texts
}

@test "a time-sequence graph of the whole has curves and letters" {
    plain "$capture" --panels tsg >texts
    has 'MB since the connection began'
    has 'fast retransmission (R) · 36'
    has "edge of the receiver's window"
    [ "$(grep -cx R texts)" -ge 14 ]
    has SYN
}

@test "captures are compared" {
    plain "$pairs/two-flows-ipv6.pcap.gz" >texts
    has '2 flows → [fd09::2]:5201'
    has '50 segments'
    has '43 segments'
    has 'judged once per round trip, from packets'
    has 'Mbit/s, acknowledged, stacked, 50 ms bins, means at the right'
}

@test "what cannot be zoomed into is told" {
    flow='10.9.0.1:59126 -> 10.9.0.2:5201'
    fails 2 "tcpprobe: --zoom: the flow $flow has 15 loss episodes" plot -q --zoom loss:16 "$capture"
    fails 2 "tcpprobe: --zoom: nothing of the flow is between these times" plot -q --zoom 90s..91s "$capture"
    fails 2 "tcpprobe: --zoom: nothing of the flow is between these times" plot -q --zoom 2s..1s "$capture"
    for part in loss: loss:0 loss:x 3 1s-2s losses; do
        fails 2 "tcpprobe: --zoom: '$part' is not a part such as loss, loss:3 or 1.2s..1.8s" plot --zoom $part "$capture"
    done
    fails 2 "tcpprobe: --zoom: 'x' is not a time such as 2.5, 100ms, @3591.25 or 2026-11-28T16:29:50Z" plot --zoom x..2s "$capture"
    fails 2 "tcpprobe: --zoom, --since and --until choose a part each: give one of them" plot --zoom loss --since 1 "$capture"
    fails 2 "tcpprobe: --zoom reads its input twice, which standard input does not allow: name a file" plot --zoom loss - <"$capture"
}

@test "the same capture gives the same bytes, whatever the threads" {
    for options in "" "--zoom loss:2" "--panels tsg"; do
        "$tcpprobe" plot -q --threads 0 $options -o a.svg "$capture"
        "$tcpprobe" plot -q --threads 3 $options -o b.svg "$capture"
        cmp a.svg b.svg
    done
}

@test "captures of others are drawn" {
    [ -n "$CAPTURES" ] || skip "CAPTURES=DIR names no captures"
    for file in "$CAPTURES"/tcprs/traces/*.pcap; do
        "$tcpprobe" plot -q --panels tsg,inflight,rtt,limits --format svg -o a.svg "$file"
    done
}
