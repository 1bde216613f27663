#!/usr/bin/env bats
# Captures as inputs: where they come from, what is said of them, and how they meet logs.

load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    capture=$pairs/rwnd-limited.pcap.gz
    log=$pairs/rwnd-limited.log.gz
    gzip -dc "$capture" >plain.pcap
}

# packet NUMBER HEX...: a record of a pcap file at that second, in this machine's byte order.
packet() {
    perl -e '($second, @hex) = @ARGV; $bytes = pack "H*", join "", @hex;
             print pack("L4", $second, 0, length $bytes, length $bytes), $bytes' "$@"
}

pcap_header() { perl -e 'print pack "L S2 l L3", 0xa1b2c3d4, 2, 4, 0, 0, 65535, $ARGV[0]' "$1"; }

# Headers from 10.0.0.1 to 10.0.0.2: IPv4 of LENGTH and PROTOCOL (hex), and of TCP without data.
ip() { echo "4500$1 0000 0000 40$2 0000 0a000001 0a000002" | tr -d ' '; }
tcp="03e8 0050 00000001 00000000 5002 1000 0000 0000"

@test "plain, gzipped and from a pipe a capture is the same" {
    "$tcpprobe" flows "$capture" >gzipped
    "$tcpprobe" flows plain.pcap >plain
    cat plain.pcap | "$tcpprobe" flows - >pipe
    gzip -dc "$capture" | gzip -1 | "$tcpprobe" flows --threads 0 - >pipe.gz
    cmp gzipped plain
    cmp gzipped pipe
    cmp gzipped pipe.gz
    grep -q 10.9.0.1:45056 plain
}

@test "a capture in two files is the same as in one" {
    perl -e 'local $/; open $f, "<", "plain.pcap"; binmode $f; $all = <$f>; $at = 24;
             $at += 16 + unpack "x8 L", substr $all, $at, 12 for 1 .. 4000;
             open $a, ">", "a.pcap"; print $a substr $all, 0, $at;
             open $b, ">", "b.pcap"; print $b substr($all, 0, 24), substr $all, $at'
    "$tcpprobe" flows plain.pcap >whole
    "$tcpprobe" flows a.pcap b.pcap >parts
    cmp whole parts
    "$tcpprobe" flows b.pcap a.pcap >parts
    cmp whole parts
    "$tcpprobe" flows -q "$log" a.pcap b.pcap >parts
    "$tcpprobe" flows -q "$log" plain.pcap >whole
    cmp whole parts
}

@test "pcapng is the same as pcap" {
    command -v editcap >/dev/null || skip "no editcap"
    "$tcpprobe" flows plain.pcap >whole
    editcap -F pcapng plain.pcap a.pcapng
    "$tcpprobe" flows a.pcapng >ng
    cmp whole ng
    "$tcpprobe" flows --format json a.pcapng >ng.json
    [ "$(json ng.json 'map { $_->{format}, $_->{records}, $_->{link_types} } @{ $d->{inputs} }' | paste -sd' ')" = "pcapng 8378 raw IP" ]
}

@test "what is not TCP, cut or damaged is told in packets" {
    {
        pcap_header 101
        packet 1 "$(ip 0028 06)" $tcp
        packet 2 "$(ip 001c 11)" 00350035 00080000
        packet 3 "$(ip 001c 11)" 00350035 00080000
        packet 4 "$(ip 0014 06)"
        packet 5 "$(ip 0034 06)" 03e8 0050 00000002 00000000 8010 1000 0000 0000 0101
        packet 6 "$(ip 0028 06)" $tcp
    } >odd.pcap
    "$tcpprobe" flows odd.pcap >out 2>err
    diff - err <<'END'
tcpprobe: odd.pcap:4: TCP segment is shorter than its header (the only packet that was skipped)
tcpprobe: odd.pcap: skipped 2 packets that are not TCP: 2 udp
tcpprobe: odd.pcap: 1 packet is cut within the TCP header, options may be missing
END
    head -c -1 odd.pcap >cut.pcap
    "$tcpprobe" flows cut.pcap 2>&1 >/dev/null | grep -x 'tcpprobe: cut.pcap: the last packet is cut off and was not used'
    head -c -50 odd.pcap | "$tcpprobe" flows --strict - >/dev/null 2>err && false
    grep -x 'tcpprobe: -: the last packet is cut off and was not used' err || grep -x 'tcpprobe: -:4: .*' err
    { pcap_header 101; packet 2 "$(ip 001c 11)" 00350035 00080000; } >udp.pcap
    "$tcpprobe" flows udp.pcap 2>&1 >/dev/null | grep -x 'tcpprobe: udp.pcap: holds no TCP packets'
}

@test "a filter that nothing matches is told" {
    "$tcpprobe" flows --filter 'port 1' "$capture" 2>&1 >/dev/null |
        grep -x 'tcpprobe: none of the 8378 packets matches --filter, --since and --until'
    "$tcpprobe" flows --filter 'port 1' "$log" "$capture" 2>&1 >/dev/null |
        grep -x 'tcpprobe: none of the 16765 events and packets matches --filter, --since and --until'
    "$tcpprobe" flows --pcap-filter 'port 1' "$capture" 2>&1 >/dev/null |
        grep -E 'tcpprobe: .*: none of the 8378 packets matches --pcap-filter$'
}

@test "--outer does not look into tunnels" {
    { pcap_header 101; packet 1 "$(ip 003c 04)" "$(ip 0028 06)" $tcp; } >tunnel.pcap
    "$tcpprobe" flows tunnel.pcap >out 2>err
    grep -q '10.0.0.1:1000' out
    grep -x 'tcpprobe: tunnel.pcap: 1 packet in tunnels, shown as the connections in them (see --outer)' err
    "$tcpprobe" flows --outer tunnel.pcap >out 2>err
    not grep -q '10.0.0.1:1000' out
    grep -x 'tcpprobe: tunnel.pcap: skipped 1 packet that is not TCP: 1 tunnel' err
}

@test "a log and a capture meet in one flow, and it is said how well" {
    "$tcpprobe" flows "$log" "$capture" >out 2>err
    [ "$(grep -c 10.9.0.1:45056 out)" -eq 1 ]
    grep -qE "^tcpprobe: .*/rwnd-limited.pcap.gz: brought to the clock of the log by the offset in the log's header; of [0-9]+ matching ACKs nine of ten agree within [0-9.]+ us\$" err
    gzip -dc "$log" | sed 1d >no-offset.log
    "$tcpprobe" flows no-offset.log "$capture" >by-acks 2>err
    [ "$(grep -c 10.9.0.1:45056 by-acks)" -eq 1 ]
    grep -qE '^tcpprobe: .*/rwnd-limited.pcap.gz: brought to the clock of the log by [0-9]+ matching ACKs, nine of ten within [0-9.]+ us$' err
}

@test "a log without an offset and a capture that cannot be read twice are kept apart" {
    gzip -dc "$log" | sed 1d >no-offset.log
    "$tcpprobe" flows no-offset.log - <"$capture" >out 2>err
    [ "$(grep -c 10.9.0.1:45056 out)" -eq 2 ]
    grep -q "does not say how its clock differs from the capture's" err
    cat "$capture" | "$tcpprobe" flows no-offset.log - >out 2>err
    [ "$(grep -c 10.9.0.1:45056 out)" -eq 2 ]
}

@test "with an offset a capture from a pipe is placed too" {
    cat "$capture" | "$tcpprobe" flows "$log" - >out 2>err
    [ "$(grep -c 10.9.0.1:45056 out)" -eq 1 ]
    grep -x "tcpprobe: -: brought to the clock of the log by the offset in the log's header" err
}
