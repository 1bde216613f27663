#!/usr/bin/env bats
# Captures of every link, in tunnels and in fragments: the same packets give the same figures,
# however they are wrapped. The files of data/links hold one small transfer each.

load helpers

links=$root/tests/data/links

setup() { cd "$BATS_TEST_TMPDIR"; }

# wrap FILE STEP...: see wrap.pl.
wrap() {
    local file=$1
    shift
    perl "$BATS_TEST_DIRNAME/wrap.pl" "$@" <"$file"
}

# figures CAPTURE [OPTION...]: what is measured of its only connection, and that there is no other.
figures() {
    "$tcpprobe" flows --all --format json "$@" >flows.json
    json flows.json '@{ $d->{flows} } == 1 or die "not one flow\n";
        map { my $n = $_; "$n " . join "/", map { defined $_->{$n} ? ref $_->{$n} ? "..." : $_->{$n} : "-" } @{ $d->{flows} } }
            qw(id acked_bytes wire_unique_bytes wire_missed_bytes wire_resent_segments packets rtt_samples rtt_p50_us handshake_us)'
}

@test "each encapsulation holds the same five packets" {
    for capture in "$links"/enc-*.pcap; do
        echo "$capture"
        "$tcpprobe" flows -q "$capture" >out
        grep -xE ' 1 192.0.2.1:40000 -> 198.51.100.2:80 0.000  0.081   100  20.00k      0 40.0 40.0 ack    0 0.00     - 100 -   -' out
        grep -x 'total: 1 flow, 100 B acked, 0 segments retransmitted, 5 packets in 81.10 ms, 0 B not captured' out
        "$tcpprobe" flows "$capture" 2>&1 >/dev/null | not_in_tunnels
    done
}

# Nothing is said of packets but that they were in tunnels.
not_in_tunnels() { ! grep -v ' in tunnels, shown as the connections in them (see --outer)$'; }
