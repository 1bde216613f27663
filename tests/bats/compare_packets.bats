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

# A capture of raw IP at the sender, RTT 50 ms, a segment each ms at most: after the handshake $1
# segments of 1000 bytes but for the last, of $2; then for each ACK 2 up to 40 in flight, or 1.
bulk() {
    perl -e '
        my ($first, $last) = @ARGV;
        my ($seq, $at, @sent) = (1, 100000);
        sub packet {
            my ($us, $from, $flags, $seq, $ack, $length) = @_;
            my @ends = $from ? (2, 1, 5201, 40000) : (1, 2, 40000, 5201);
            my $mss = $flags & 2 ? pack "CCn", 2, 4, 1000 : "";
            my $ip = pack "C2n3C2nNN", 0x45, 0, 40 + length($mss) + $length, 0, 0x4000, 64, 6, 0,
                0x0a000000 + $ends[0], 0x0a000000 + $ends[1];
            my $tcp = pack "nnNNCCnnn", @ends[2, 3], $seq, $ack, $mss ? 0x60 : 0x50, $flags,
                60000, 0, 0;
            push @packets, [$us, $ip . $tcp . $mss . "x" x $length];
        }
        packet(0, 0, 2, 0, 0, 0);
        packet(50000, 1, 18, 0, 1, 0);
        packet(50010, 0, 16, 1, 1, 0);
        for my $i (1 .. $first) {
            my $length = $i == $first ? $last : 1000;
            packet($at - 49900, 0, 16, $seq, 1, $length);
            push @sent, [$at + 1000 * $i, $seq += $length];
        }
        for (my $total = $first; my $one = shift @sent;) {
            $at = $one->[0] > $at + 1000 ? $one->[0] : $at + 1000;
            packet($at, 1, 16, 1, $one->[1], 0);
            for (1 .. (@sent < 39 ? 2 : 1)) {
                last if $total++ >= 1000;
                packet($at + 10 * $_, 0, 16, $seq, 1, 1000);
                push @sent, [$at + 50000, $seq += 1000];
            }
        }
        print pack "VvvVVVV", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101;
        printf "%s%s", pack("VVVV", int($_->[0] / 1e6), $_->[0] % 1e6, (length $_->[1]) x 2), $_->[1]
            for sort { $a->[0] <=> $b->[0] } @packets;
    ' "$1" "$2"
}

@test "a sender that had more to send than its window shows it" {
    cd "$BATS_TEST_TMPDIR"
    bulk 10 1000 >ten.pcap
    bulk 4 1000 >four.pcap
    bulk 4 999 >less.pcap
    values_of ten.pcap | grep -q '^init_cwnd 10$'
    values_of four.pcap | grep -q '^init_cwnd 4$'
    values_of less.pcap | grep -q '^init_cwnd -$'
    run "$tcpprobe" compare -q ten.pcap -- four.pcap
    [[ "$output" == "CHANGED"*"init_cwnd fell from 10 to 4 segs"* ]]
}
