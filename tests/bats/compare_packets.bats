#!/usr/bin/env bats
# tcpprobe compare on captures: its numbers beside the kernel's of the same seconds.
load helpers

# "METRIC VALUE" of the only role of a recording; "-" where it was not measured.
values_of() {
    "$tcpprobe" compare -q --undecided 0 --format json "$1" -- "$1" |
        perl -MJSON::PP -0ne 'print map { "$_->{metric} " . ($_->{base} // "-") . "\n" }
            @{decode_json($_)->{roles}[0]{metrics}}'
}

# Are these metrics of both, with at most so many percent between them?
agree() {
    local percent="$1"
    shift
    join <(values_of "$file.log.gz" | sort) <(values_of "$file.pcap.gz" | sort) |
        perl -ane 'BEGIN { $most = shift; %wanted = map { $_ => 1 } splice @ARGV }
            next unless delete $wanted{$F[0]};
            $bad = 1, print "$F[0]: kernel $F[1], packets $F[2]\n"
                if "$F[1]$F[2]" =~ /-$|^-/ || abs($F[2] - $F[1]) > $F[1] * $most / 100;
            END { exit($bad || keys %wanted) }' "$percent" "$@"
}

@test "packets and kernel events give the same numbers where both know them" {
    for name in app-limited-bbr rwnd-limited two-flows-ipv6; do
        file="$root/tests/data/pairs/$name"
        echo "$name"
        agree 0 flows mss
        agree 1 rtt_min rtt_p50 rtt_p95 startup
        agree 2.1 duration goodput
    done
}

# The kernel tells what is in flight when an ACK comes: of a sender that pauses, the least of it.
@test "what is in flight agrees while the sender does not pause" {
    for name in rwnd-limited two-flows-ipv6; do
        file="$root/tests/data/pairs/$name"
        agree 1 inflight
    done
}

# retx: skbs of the kernel, segments of the packets.
@test "losses agree" {
    file="$root/tests/data/pairs/two-flows-ipv6"
    agree 1 loss_events recovery_share jain
    agree 25 retx
}

# iperf3 sends a cookie of 37 bytes and waits; this application writes 2 segments at a time. The
# kernel began with 10 in both.
@test "a sender that had little to send shows no initial window" {
    for file in pairs/rwnd-limited pairs/two-flows-ipv6 lab/probes-events; do
        values_of "$root/tests/data/$file.log.gz" | grep -q '^init_cwnd 10$'
        values_of "$root/tests/data/$file.pcap.gz" | grep -q '^init_cwnd -$'
    done
}
