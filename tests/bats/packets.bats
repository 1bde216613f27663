# `packets`: the packet log, against the captures themselves.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

one_capture=$samples/cubic-loss.pcap.gz

@test "a line for each packet, with a heading where a flow begins" {
    "$tcpprobe" packets -q "$one_capture" >all
    [ "$(wc -l <all)" -eq $((6334 + 2 + 2)) ]
    diff - <(head -n 6 all) <<'EOF'
        time  flow   flags              seq    len        ack    window in flight
           s                                 B                    B         B
flow 1: 10.9.0.1:59124 -> 10.9.0.2:5201
    0.000000     1 > SYN                  0      0          -     64240         1  mss 1460, ws 10, sack_ok, ts 4199783963/0
    0.040333     1 < SYN|ACK              0      0          1     65160         1  handshake rtt 40.33 ms, mss 1460, ws 10, sack_ok, ts 3632510376/4199783963
    0.040435     1 > ACK                  1      0          1     64512         0  handshake rtt 102.1 us, ts 4199784003/3632510376
EOF
}

@test "what is said of packets: cause, evidence, confidence" {
    "$tcpprobe" packets -q --flow 2 --since 0.4534 --until 0.4547 "$one_capture" >out
    diff - out <<'EOF'
        time  flow   flags              seq    len        ack    window in flight
           s                                 B                    B         B
flow 2: 10.9.0.1:59126 -> 10.9.0.2:5201
    0.453407     2 < ACK                  1      0     304118    479232    220096  dup_ack #1, sack, sack rtt 65.38 ms, sack 305566-307014, ts 3004915166/3953870583
    0.454014     2 < ACK                  1      0     304118    482304    220096  dup_ack #2, sack, sack rtt 65.98 ms, sack 305566-308462, ts 3004915167/3953870583
    0.454029     2 > ACK             524214   1448          1     64512    221544  ts 3953870650/3004915167
    0.454030     2 > PSH|ACK         525662   1448          1     64512    222992  ts 3953870650/3004915167
    0.454600     2 < ACK                  1      0     304118    485376    222992  dup_ack #3, triple_dup_ack, sack, sack rtt 66.57 ms, sack 305566-309910, ts 3004915167/3953870583
    0.454616     2 > ACK             304118   1448          1     64512    222992  retransmission, recovery_begin (fast: sacked-above, certain), of packet 325 66.59 ms ago, ts 3953870650/3004915167
EOF
}

@test "kernel events stand between the packets" {
    "$tcpprobe" packets -q --flow 2 --since 0.85006 --until 0.8501 "$one_flow" "$one_capture" >out
    diff - out <<'EOF'
        time  flow   flags              seq    len        ack    window in flight
           s                                 B                    B         B
flow 2: 10.9.0.1:59126 -> 10.9.0.2:5201
    0.850071     2 > tcp_probe snd_cwnd 152 ssthresh 149 srtt 63850 us snd_wnd 482304 data_len 0
    0.850071     2 < ACK                  1      0     304118    485376    222992  dup_ack #3, triple_dup_ack, sack, sack rtt 66.57 ms, sack 305566-309910, ts 3004915167/3953870583
    0.850082     2 > tcp_cong_state_set cong_state Recovery
    0.850087     2 > tcp_retransmit_skb err 0 state TCP_ESTABLISHED
    0.850087     2 > ACK             304118   1448          1     64512    222992  retransmission, recovery_begin (fast: sacked-above, certain), of packet 325 66.59 ms ago, ts 3953870650/3004915167
EOF
}

@test "--filter chooses rows and changes nothing that is said of them" {
    "$tcpprobe" packets -q "$one_capture" | grep ' 2 > ' >expected
    "$tcpprobe" packets -q --filter 'sport == 59126' "$one_capture" | grep ' 2 > ' >out
    cmp expected out
    [ "$(grep -c 'retransmission' out)" -eq 36 ]
    [ "$(grep -c '(fast: ' out)" -eq 36 ]
    "$tcpprobe" packets -q --filter 'host 10.9.9.9' "$one_capture" | [ "$(wc -l)" -eq 2 ]
}

@test "--last shows the end of each flow, as it stands in the whole" {
    "$tcpprobe" packets -q "$two_flows" "${two_flows%.log.gz}.pcap.gz" >all
    "$tcpprobe" packets -q --last 5 "$two_flows" "${two_flows%.log.gz}.pcap.gz" >last
    for flow in 1 2 3; do
        awk -v flow=$flow '$2 == flow' all | tail -n 5 >expected
        [ "$(wc -l <expected)" -eq 5 ]
        awk -v flow=$flow '$2 == flow' last | cmp - expected
    done
    fails 2 "tcpprobe: --last reads its input twice, which standard input does not allow: name a file" packets --last 3 -
    mkfifo pipe
    fails 2 "tcpprobe: --last reads its input twice, which pipe does not allow: name a file" packets --last 3 pipe
}

@test "csv and ndjson hold the same, with the columns of --columns" {
    "$tcpprobe" packets -q --format csv --filter 'payload > 0 && flags & 8' "$one_capture" >csv
    "$tcpprobe" packets -q --format ndjson --filter 'payload > 0 && flags & 8' "$one_capture" >ndjson
    [ "$(wc -l <ndjson)" -eq $(($(wc -l <csv) - 1)) ]
    [ "$(wc -l <ndjson)" -gt 1000 ]
    diff <("$tcpprobe" packets --columns | sed 's/ .*//' | paste -sd,) <(head -n 1 csv)
    # no field of these rows holds a comma
    perl -MJSON::PP -e '
        open my $csv, "<", "csv"; open my $json, "<", "ndjson";
        chomp(my @names = split /,/, scalar <$csv>);
        while (my $line = <$csv>) {
            chomp $line;
            my $object = JSON::PP->new->decode(scalar <$json>);
            my $same = join ",", map { ref ? ($_ ? "true" : "false") : $_ // "" } @$object{@names};
            $same eq $line or die "$line\n$same\n";
        }'
}

@test "--raw-seq shows numbers as they were sent" {
    "$tcpprobe" packets -q --format csv --raw-seq --flow 2 "$one_capture" >raw
    "$tcpprobe" packets -q --format csv --raw-seq --relative --flow 2 "$one_capture" >relative
    head -n 3 raw | tail -n 2 | cut -d, -f8,9 >out
    "$tcpprobe" export -q --events --flow 2 "$one_capture" | awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
        NR == 2 || NR == 3 { print $at["seq"] "," $at["ack"] }' >expected
    cmp out expected
    head -n 3 relative | tail -n 2 | cut -d, -f8,9 | diff <(printf '0,\n0,1\n') -
}

@test "as many packets and retransmitted bytes as flows counts" {
    for capture in "$one_capture" "$pairs"/two-flows-ipv6.pcap.gz; do
        "$tcpprobe" flows -q --all --format csv "$capture" >flows
        "$tcpprobe" packets -q --format csv "$capture" >packets
        awk -F, '
            FNR == 1 { for (i = 1; i <= NF; i++) at[FILENAME, $i] = i; next }
            FILENAME == "packets" { again[$at["packets", "flow"]] += $at["packets", "again_bytes"] }
            FILENAME == "flows" {
                id = $at["flows", "id"]
                sent = $at["flows", "wire_retransmitted_bytes"] + $at["flows", "peer_wire_retransmitted_bytes"]
                if (sent != again[id]) { print "flow " id ": " sent " and " again[id]; wrong = 1 }
                rows++
            }
            END { exit wrong || rows < 2 }' packets flows
    done
}

# What tshark counts the same way: relative numbers, and windows once both SYNs were seen.
@test "numbers, lengths and windows are those that tshark shows" {
    command -v tshark >/dev/null || skip "needs tshark"
    for capture in "$one_capture" "$pairs"/two-flows-ipv6.pcap.gz "$pairs"/rwnd-limited.pcap.gz; do
        tshark -n -r "$capture" -Y tcp -T fields -e frame.number -e tcp.seq -e tcp.ack -e tcp.len \
            -e tcp.window_size -e tcp.flags.reset 2>/dev/null |
            awk '{ print $1 "," $2 "," $3 "," $4 "," ($6 ? "" : $5) }' >expected
        "$tcpprobe" packets -q --format csv "$capture" | awk -F, '
            NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
            { reset = $at["flags"] ~ /RST/
              print $at["frame"] "," $at["seq"] "," ($at["ack"] == "" ? 0 : $at["ack"]) "," \
                  $at["payload_bytes"] "," (reset ? "" : $at["window_bytes"]) }' >out
        [ "$(wc -l <out)" -gt 6000 ]
        diff expected out | head
        cmp expected out
    done
}

@test "the fields of each packet of our recordings are what tshark decodes" {
    command -v tshark >/dev/null || skip "needs tshark"
    perl "$BATS_TEST_DIRNAME/fields.pl" "$tcpprobe" "$root"/tests/data/lab/*.pcap.gz "$pairs"/*.pcap.gz
}

# asked EXPRESSION PERL: the rows that --filter leaves, and those for which the Perl expression holds of
# all rows: values that are not there are "", %is has the findings.
asked() {
    "$tcpprobe" packets -q --format ndjson --filter "$1" "${files[@]}" >some
    perl -MJSON::PP -ne 'BEGIN { $e = shift; $json = JSON::PP->new }
        $d = $json->decode($_); %v = map { $_ => $d->{$_} // "" } keys %$d;
        %is = map { $_ => 1 } split /\|/, $v{findings};
        print if eval $e; die $@ if $@' "$2" all >expected
    cmp expected some
    [ -s some ]
}

@test "packets are chosen by what is said of them" {
    files=("$root/tests/data/lab/probes-events.pcap.gz" "$one_flow" "$one_capture")
    "$tcpprobe" packets -q --format ndjson "${files[@]}" >all
    asked 'retransmission && cause == timeout' '$is{retransmission} && $v{cause} eq "timeout"'
    asked 'retransmission && cause != timeout' '$is{retransmission} && $v{cause} ne "timeout" && $v{cause} ne ""'
    asked 'dup_ack' '$is{dup_ack}'
    asked 'sack && !(dup_ack)' '$is{sack} && !$is{dup_ack}'
    asked 'rtt_ms > 60' '($v{rtt_ack_ns} || $v{rtt_sack_ns} || $v{rtt_handshake_ns} || $v{rtt_ts_ns}) > 60e6'
    asked 'evidence == sacked-above && confidence == certain' '$v{evidence} eq "sacked-above" && $v{confidence} eq "certain"'
    asked 'in_flight_bytes >= 300k && flags & PSH' '$v{in_flight_bytes} >= 300e3 && $v{flags} =~ /PSH/'
    asked 'recovery_begin || tcp_retransmit_skb' '$is{recovery_begin} || $v{event} eq "tcp_retransmit_skb"'
    "$tcpprobe" packets -q --filter 'recovery_begin' --last 2 "$one_capture" >last
    [ "$(wc -l <last)" -eq 5 ]
    run "$tcpprobe" packets --filter 'cause == timout' "$one_capture"
    [ "${lines[0]}" = "tcpprobe: filter:1:10: unknown value 'timout': did you mean timeout?" ]
    run "$tcpprobe" packets --filter 'retransmissions' "$one_capture"
    [ "${lines[0]}" = "tcpprobe: filter:1:1: unknown word 'retransmissions': did you mean retransmission?" ]
    "$tcpprobe" packets --words >columns
    for word in spurious cause rtt_ms; do grep -q "^$word " columns; done
    # no other command knows what is found in packets
    run "$tcpprobe" flows --filter 'retransmission' "$one_capture"
    [ "$status" -eq 2 ]
}

@test "each row has the ends of its own flow, however many flows there are" {
    "$root/${BUILD:-build}/bench/bigcap" short 200 >many.pcap
    "$tcpprobe" packets -q --format csv many.pcap >all.csv
    diff - <(awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { src = $at["src_addr"] ":" $at["src_port"]; dst = $at["dst_addr"] ":" $at["dst_port"] }
        $at["src"] != src || $at["dst"] != dst { print "a row of other ends: " $0 }
        { pair = src < dst ? src " " dst : dst " " src; flow = $at["flow"] }
        !(flow in pairs) { flows++; pairs[flow] = pair; owners += !(pair in owner); owner[pair] = flow }
        pairs[flow] != pair { print "flow " flow " has other ends: " $0 }
        END { print NR - 1, flows, owners }' all.csv) <<<"1400 200 200"
}
