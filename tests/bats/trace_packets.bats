#!/usr/bin/env bats
# `trace --packets`: packets captured beside the events; how both begin, end and fit together.
load helpers
load live

setup() {
    cd "$BATS_TEST_TMPDIR"
    [[ $BATS_TEST_DESCRIPTION == *" (live)" ]] || return 0
    needs_tracing
    perl -e 'socket my $link, 17, 3, 0 or exit 1' || skip "needs packet sockets"
}

# packets FILE [FIELD]: a line for each packet of a pcap file with nanoseconds: time, captured bytes,
# bytes on the wire, source and destination port (IPv4 over Ethernet). Dies unless the file is whole.
packets() {
    gzip -dcf "$1" | perl -e '
        binmode STDIN;
        local $/;
        my $file = <STDIN>;
        my ($magic, $major, $minor, undef, undef, $snaplen, $linktype) = unpack "LSSLLLL", $file;
        die "magic\n" if $magic != 0xa1b23c4d || $major != 2 || $minor != 4;
        for (my $at = 24; $at < length $file;) {
            die "cut header\n" if $at + 16 > length $file;
            my ($s, $ns, $captured, $length) = unpack "LLLL", substr $file, $at, 16;
            die "cut packet\n" if $at + 16 + $captured > length $file || $captured > $snaplen;
            printf "%d.%09d %d %d %d %d\n", $s, $ns, $captured, $length,
                unpack "nn", substr $file, $at + 16 + ($linktype == 1 ? 34 : 40), 4;
            $at += 16 + $captured;
        }'
}

packet_count() { packets "$1" | wc -l; }

# Two ends of a link of our own, s and r, in network namespaces that are gone with the test.
make_link() {
    for tool in ip nsenter; do command -v $tool >/dev/null || skip "needs $tool"; done
    pair=tpp$$
    for end in s r; do
        ip netns add $pair$end || skip "needs network namespaces"
        ip -n $pair$end link set lo up
    done
    ip -n ${pair}s link add s type veth peer name r netns ${pair}r || skip "needs veth devices"
    ip -n ${pair}s address add 10.88.0.1/24 dev s
    ip -n ${pair}r address add 10.88.0.2/24 dev r
    ip -n ${pair}s link set s up
    ip -n ${pair}r link set r up
}

teardown() {
    [ -z "${recorder:-}" ] || kill -KILL "$recorder" 2>/dev/null || true
    [ -z "${talker:-}" ] || kill "$talker" 2>/dev/null || true
    [ -z "${pair:-}" ] || { ip netns delete ${pair}s; ip netns delete ${pair}r; } || true
}

inside() { nsenter --net="/run/netns/$pair$1" "${@:2}"; }

# --- without root ----------------------------------------------------------------------------------

@test "trace --packets: bad command lines" {
    fails 2 "tcpprobe: --packets needs a name for its file: --output FILE beside which it stands, or --packets-to FILE" trace --packets lo
    fails 2 "tcpprobe: no packets are captured without --packets IFACE" trace --snaplen 128
    fails 2 "tcpprobe: no packets are captured without --packets IFACE" trace --packets-to t.pcap
    fails 2 "tcpprobe: --packets is given twice; 'any' means all interfaces" trace --packets lo --packets any
    fails 2 "tcpprobe: --packets: the name of the interface is empty" trace --packets ''
    fails 2 "tcpprobe: --packets-to: packets do not go to standard output, but to a file" trace --packets lo --packets-to -
    fails 2 "tcpprobe: --snaplen: 20 bytes have no room for the headers of a segment: at least 64" trace --packets lo --snaplen 20
    fails 2 "tcpprobe: --packets-buffer: '1k' is not a size such as 8192 (KiB), 512k or 64M, from 64k to 1G" trace --packets lo --packets-buffer 1k
    fails 2 "tcpprobe: events and packets cannot both go to t.gz" trace --packets lo -o t.gz --packets-to t.gz
}

@test "trace --packets: what is asked of packets can be seen without root, and without a file" {
    anybody=()
    [ "$(id -u)" -ne 0 ] || anybody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    (cd / && "${anybody[@]}" "$(realpath "$tcpprobe")" trace --dry-run --packets lo "dport == 80") >plan 2>err
    [ "$(cat plan)" = "$(printf 'packets  libpcap: (tcp && (tcp dst port 80 || tcp src port 80)) || %s' \
        "(ip6 && (ip6[6] = 0 || ip6[6] = 43 || ip6[6] = 44 || ip6[6] = 51 || ip6[6] = 60))")" ]
    grep -qE '^tcpprobe: the filters of events are not shown: ' err
    mkdir none
    fails 2 "tcpprobe: none is no tracefs: it has no folder events" trace --dry-run --packets lo --tracefs none
}

# --- what is captured ------------------------------------------------------------------------------

@test "trace --packets: a filter that the kernel refuses, and what it costs (live)" {
    port=$(free_port)
    talk_behind "$port" 3
    "$tcpprobe" trace -d 1 --packets lo -o t.log "port $port || $(seq -s ' || port ' 20000 20149 | sed 's/^/port /')" 2>err
    cat err
    [ "$(grep -c 'kernel refuses the filter of packets, it is too long: each packet of lo is copied and asked here' err)" -eq 1 ]
    not grep -q '^Warning' err # libpcap's words
    packets t.pcap | awk -v p="$port" '$4 != p && $5 != p { exit 1 } END { exit !NR }'
    # With a longer one nothing is asked.
    "$tcpprobe" trace --force -d 0.5 --packets lo -o t.log "port $port || $(seq -s ' || port ' 20000 20399 | sed 's/^/port /')" 2>err
    grep -q 'the filter says nothing of packets, or is too long to ask them: all of TCP on lo are kept' err
    "$tcpprobe" trace --force -d 0.5 --packets lo -o t.log "port $port" 2>err
    not grep -qE 'refuses|is too long' err
}

@test "trace --packets: events of connections that the interface does not see (live)" {
    make_link
    port=$(free_port)
    talk_behind "$port" 3
    inside s "$tcpprobe" trace -d 1 --packets lo -o t.log "port $port" 2>err
    cat err
    grep -q '^tcpprobe: no packet was captured beside the events: their connections do not pass lo, or are in another network namespace$' err
    "$tcpprobe" trace --force -d 0.5 --packets lo -o t.log "port $port" 2>err
    not grep -q 'no packet was captured' err
}

@test "trace --packets: what is asked of packets (live)" {
    "$tcpprobe" trace --dry-run --packets lo -o t.log "dport == 80 && snd_cwnd > 3" >plan
    grep -qF 'packets  ' plan
    grep -F 'libpcap: (tcp && (tcp dst port 80 || tcp src port 80)) || (ip6 && ' plan
    [ ! -e t.log ]
    fails 2 "tcpprobe: no packet can match the filter" trace --packets lo -o t.log "sport < 0"
}

@test "trace --packets: the packets of the recorded connections, and no others (live)" {
    port=$(free_port)
    other=$(free_port)
    talk_behind "$other" 2
    trace_behind --packets lo -o t.log.gz "dport == $port"
    talk "$port" 1 >/dev/null
    kill -INT $recorder
    wait $recorder
    cat err
    grep -qx "tcpprobe: capturing the packets of lo to t.pcap.gz" err
    grep -q "^tcpprobe: captured $(packet_count t.pcap.gz) packets: .*, nothing dropped" err
    is_whole t.log.gz
    packets t.pcap.gz >list
    [ "$(wc -l <list)" -gt 50 ]
    [ "$(value packets_so_far t.log.gz)" -eq "$(wc -l <list)" ]
    [ "$(value packets_dropped_so_far t.log.gz)" -eq 0 ]
    # both directions, headers only, the length as it was, in order of time
    awk -v port="$port" '$4 != port && $5 != port { exit 1 }' list
    awk -v port="$port" '$4 == port { to++ } $5 == port { from++ } END { exit !(to > 20 && from > 20) }' list
    awk '$2 > 128 { exit 1 } $3 > most { most = $3 } END { exit !(most > 1000) }' list
    sort -c -n list
}

@test "trace --packets: times are those of the events (live)" {
    port=$(free_port)
    talk_behind "$port" 2
    trace_behind --packets lo -o t.log "port $port"
    wait $talker
    kill -INT $recorder
    wait $recorder
    # A segment is captured a moment before the event that tells that it arrived; tcp_probe names
    # the segment's length and the next sequence number that its receiver sends, which is in it.
    offset=$(value realtime_minus_mono_ns t.log)
    gzip -dc t.pcap.gz | perl -e '
        use List::Util "min";
        binmode STDIN;
        my ($log, $offset) = @ARGV;
        my $file = do { local $/; <STDIN> };
        my @packets;
        for (my $at = 24; $at < length $file;) {
            my ($s, $ns, $captured, $length) = unpack "LLLL", substr $file, $at, 16;
            my ($sport, $dport, undef, $ack) = unpack "nnNN", substr $file, $at + 50, 12;
            push @{ $packets{"$sport $dport $ack"} }, $s + $ns / 1e9 if $length > 66;
            $at += 16 + $captured;
        }
        my ($found, @after) = 0;
        open my $lines, "<", $log or die;
        while (<$lines>) {
            next unless /(\d+\.\d+): tcp_probe: .*src=\S+:(\d+) dest=\S+:(\d+) .*data_len=(\d+) snd_nxt=0x([0-9a-f]+)/ && $4;
            my $at = $1 + $offset / 1e9;
            my $near = min map { $at - $_ } grep { $_ <= $at + 2e-6 } @{ $packets{"$3 $2 " . hex $5} || [] };
            push @after, $near if defined $near;
        }
        @after = sort { $a <=> $b } @after;
        my $median = $after[@after / 2];
        printf "%d segments, the event after %.1f us in the median\n", scalar @after, $median * 1e6;
        exit !(@after > 50 && $median > -2e-6 && $median < 1e-3);' t.log "$offset"
}

@test "trace --packets: any interface, its own file name, not gzipped (live)" {
    port=$(free_port)
    talk_behind "$port" 2
    "$tcpprobe" trace -q -d 0.7 --packets any --packets-to here.pcap --snaplen 100 "port $port" >t.log
    is_whole t.log
    [ "$(od -An -tx4 -N4 here.pcap | tr -d ' ')" = a1b23c4d ]
    [ "$(od -An -tu4 -j20 -N4 here.pcap | tr -d ' ')" -eq 276 ]
    [ "$(packet_count here.pcap)" -gt 50 ]
    [ "$(packets here.pcap | awk '$2 > 100' | wc -l)" -eq 0 ]
}

@test "trace --packets: in the network namespace of the process (live)" {
    make_link
    command -v iperf3 >/dev/null || skip "needs iperf3"
    nsenter --net=/run/netns/${pair}r iperf3 -s -1 -p 5301 >/dev/null 3>&- &
    talker=$!
    nsenter --net=/run/netns/${pair}s "$tcpprobe" trace --packets s -o t.log.gz "port 5301" 2>err 3>&- &
    recorder=$!
    wait_for "capturing the packets" err
    inside s iperf3 -c 10.88.0.2 -p 5301 -b 50m -t 1 | tail -n 4
    sleep 0.1
    kill -INT $recorder
    wait $recorder
    grep -q "nothing dropped" err
    packets t.pcap.gz >list
    sent=$(awk '$5 == 5301 && $3 > 66 { sum += $3 - 66 } END { print sum }' list)
    echo "$sent bytes sent"
    [ "$sent" -gt 5900000 ]
    # both files tell of the same two connections, on one axis
    "$tcpprobe" flows -q --format json t.log.gz t.pcap.gz >flows.json
    [ "$(json flows.json 'scalar @{ $d->{flows} }')" = 2 ]
    [ "$(json flows.json 'map { $_->{timeline} } @{ $d->{inputs} }' | sort -u | wc -l)" -eq 1 ]
    "$tcpprobe" flows t.log.gz t.pcap.gz 2>&1 >/dev/null | grep -q "by the offset in the log's header"
}

# Sends segments to port 5301 and to port 5302 behind 0, 1 and 2 VLAN tags, as they are.
send_tagged() {
    inside s perl -MSocket -e '
        socket my $link, 17, 3, 0 or die "AF_PACKET: $!\n";
        my ($index) = `ip -o link show s` =~ /^(\d+):/ or die;
        my @tags = ("", pack("nn", 0x8100, 7), pack("nnnn", 0x88a8, 8, 0x8100, 7));
        for my $tags (@tags) {
            for my $port (5301, 5302) {
                my $frame = "\xff" x 6 . "\x02\0\0\0\0\x01" . $tags . pack("n", 0x0800)
                    . pack("CCnnnCCna4a4", 0x45, 0, 40, 1, 0, 64, 6, 0, "\x0a\x58\0\x09", "\x0a\x58\0\x02")
                    . pack("nnNNCCnnn", 1000, $port, 1, 0, 0x50, 2, 100, 0, 0) . "\0" x 6;
                send $link, $frame, 0, pack("SnlSCCa8", 17, 0x0800, $index, 0, 0, 6, "\xff" x 6) or die "send: $!\n";
            }
        }'
}

@test "trace --packets: VLAN tags do not matter (live)" {
    make_link
    for end in s r; do
        rm -f err
        nsenter --net=/run/netns/$pair$end "$tcpprobe" trace --packets $end -o $end.log "dport == 5301" 2>err 3>&- &
        recorders+=($!)
        wait_for "capturing the packets" err
    done
    send_tagged
    sleep 0.2
    kill -INT "${recorders[@]}"
    wait "${recorders[@]}"
    # sent with the tags inside the frame, received with the outer one taken off; longer frames are
    # IPv6's own
    for end in s r; do
        [ "$(packets $end.pcap.gz | awk '$3 < 70 { print $3 }' | sort -n | tr '\n' ' ')" = "60 64 68 " ]
        "$tcpprobe" export -q --events --format ndjson $end.pcap.gz >events
        [ "$(grep -c '10.88.0.2:5301' events)" -eq 3 ]
        [ "$(wc -l <events)" -eq 3 ]
    done
}

# --- how it ends -----------------------------------------------------------------------------------

@test "trace --packets: an interface that is not there, a file that cannot be (live)" {
    run "$tcpprobe" trace --packets nosuch -o t.log
    [ "$status" -eq 2 ]
    [[ $output == 'tcpprobe: there is no interface "nosuch": known are any '*lo* ]]
    fails 2 "tcpprobe: cannot write missing/t.pcap: No such file or directory" trace -q --packets lo -o t.log --packets-to missing/t.pcap
    fails 2 "tcpprobe: cannot write /dev/full: No space left on device" trace -q --packets lo -o t.log --packets-to /dev/full
    [ ! -e t.log ]
    echo precious >t.log
    "$tcpprobe" trace -q --packets nosuch -o t.log 2>err || true
    [ "$(cat t.log)" = precious ]
}

@test "trace --packets: when the interface goes away the events go on (live)" {
    make_link
    nsenter --net=/run/netns/${pair}s "$tcpprobe" trace --packets s -d 3 -o t.log "port 5302" 2>err 3>&- &
    recorder=$!
    wait_for "capturing the packets" err
    ip -n ${pair}s link delete s
    wait_for "recording goes on without packets" err
    status=0
    wait $recorder || status=$?
    [ "$status" -eq 2 ]
    [ "$(reason_of t.log)" = duration ]
    [ "$(packet_count t.pcap.gz)" -ge 0 ]
    grep -q '^# packets_ended_by=capturing on s ended: ' t.log
}

@test "trace --packets: a full disk ends the packets, and what is there is whole (live)" {
    port=$(free_port)
    talk_behind "$port" 14
    for name in full.pcap full.pcap.gz; do
        status=0
        (ulimit -f 64 && trap '' XFSZ && exec timeout 20 "$tcpprobe" trace -q --force -d 6 --packets lo \
            --packets-to $name --snaplen 30000 -o t.log "port $port && snd_cwnd > 100000") 2>err || status=$?
        cat err
        [ "$status" -eq 2 ]
        [ "$(reason_of t.log)" = duration ]
        grep -q "cannot write $name: File too large: recording goes on without packets" err
        grep -qE "^tcpprobe: [0-9]+ packets could not be written" err
        [ "$(packet_count $name)" -eq "$(value packets_so_far t.log)" ]
    done
}

@test "trace --packets: kill -9 leaves files that can be read, and no process (live)" {
    port=$(free_port)
    talk_behind "$port" 6
    trace_behind --packets lo -o t.log.gz "port $port"
    sleep 2.4
    kill -KILL $recorder
    wait $recorder 2>/dev/null || true
    for _ in {1..60}; do
        ! nothing_left_of $recorder || break
        sleep 0.05
    done
    nothing_left_of $recorder
    not grep -lzF "$PWD/t.log.gz" /proc/[0-9]*/cmdline 2>/dev/null
    # all but the last second
    gzip -dc t.pcap.gz >t.pcap 2>/dev/null || true
    packets t.pcap >list
    awk 'NR == 1 { first = $1 } { last = $1 } END { print last - first; exit !(last - first > 1.0) }' list
}

@test "trace --packets: parts, each a whole capture (live)" {
    port=$(free_port)
    talk_behind "$port" 4
    "$tcpprobe" trace -d 2.25 -o t.log.gz --packets lo -G 500ms -W 3 "port $port" 2>err
    grep -qx "tcpprobe: capturing the packets of lo to t-0001.pcap.gz" err
    [ "$(ls t-*.pcap.gz)" = "t-0002.pcap.gz
t-0003.pcap.gz
t-0004.pcap.gz
t-0005.pcap.gz" ]
    for part in t-000[234].pcap.gz; do
        [ "$(packet_count $part)" -gt 20 ]
        packets $part | awk 'NR == 1 { first = $1 } { last = $1 } END { exit !(last - first < 0.6) }'
    done
}

@test "trace --packets: root is given up, and the file is the user's (live)" {
    port=$(free_port)
    talk_behind "$port" 4
    mkdir mine
    chown 65534:65534 mine
    SUDO_UID=65534 SUDO_GID=65534 "$tcpprobe" trace --packets lo -o mine/t.log.gz "port $port" 2>err 3>&- &
    recorder=$!
    wait_for "capturing the packets" err
    for task in /proc/$recorder/task/*; do
        [ "$(awk '$1 == "Uid:" { print $2, $3, $4 }' $task/status)" = "65534 65534 65534" ]
        [ "$(awk '$1 == "CapEff:" { print $2 }' $task/status)" = 0000000000000000 ]
    done
    [ "$(ls /proc/$recorder/task | wc -l)" -eq 2 ]
    sleep 0.5
    kill -INT $recorder
    wait $recorder
    [ "$(stat -c %u:%g mine/t.pcap.gz)" = 65534:65534 ]
    [ "$(packet_count mine/t.pcap.gz)" -gt 20 ]
}

@test "trace --packets: drops are counted and said (live)" {
    port=$(free_port)
    talk_behind "$port" 4 100
    trace_behind --packets lo --packets-buffer 64k --snaplen 262144 -o t.log.gz "port $port"
    # A recorder that does not get to read for a while.
    kill -STOP $recorder
    sleep 1
    kill -CONT $recorder
    wait_for "packets are being dropped" err
    status=0
    kill -INT $recorder
    wait $recorder || status=$?
    [ "$status" -eq 0 ]
    dropped=$(value packets_dropped_so_far t.log.gz)
    [ "$dropped" -gt 0 ]
    grep -qE "^tcpprobe: the kernel dropped $dropped packets \([0-9.e+]+ %\): a larger --packets-buffer" err
    # and whoever reads the log is told
    "$tcpprobe" flows t.log.gz t.pcap.gz 2>&1 >/dev/null |
        grep -qx "tcpprobe: t.log.gz: the capture recorded beside it lacks $dropped packets, which the kernel dropped"
}
