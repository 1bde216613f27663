#!/usr/bin/env bats
# Clocks that are set, differ, or count no seconds: no figure may be wrong because of them.

load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    clocks=$BATS_TEST_DIRNAME/../data/clocks
    lab=$BATS_TEST_DIRNAME/../data/lab
    bulk=$pairs/cubic-loss.pcap.gz
}

recapture() { perl "$BATS_TEST_DIRNAME/recapture.pl" "$@"; }

# figures FILE NAME...: these of its first flow by bytes, of the sender of most.
figures() {
    local file=$1
    shift
    "$tcpprobe" flows -q --all --top 1 "$file" | awk -v names="$*" '
        { value[$1] = $2 }
        END { n = split(names, name, " ")
              for (i = 1; i <= n; i++) printf "%s%s", name[i] in value ? value[name[i]] : name[i] "?", i < n ? " " : "\n" }'
}

flows_of() { "$tcpprobe" flows -q --format csv "$1" | tail -n +2 | wc -l; }

# What no clock has a say in.
timeless="wire_packets wire_unique_bytes wire_acked_bytes wire_retransmitted_segs wire_missed_bytes
wire_copies wire_reordered wire_ambiguous wire_repairs wire_reanchored wire_strange_acks"

# --- a clock that is set back ---------------------------------------------------------------------

@test "the clock is set back by 12 ms: the figures are those of the straight one" {
    for file in straight back-12ms; do
        [ "$(figures "$clocks/clock-$file.pcap" wire_retransmitted_segs wire_missed_bytes \
            rtt_ack_samples)" = "0 0 8" ]
        [[ "$(figures "$clocks/clock-$file.pcap" rtt_p50_us rtt_ack_max_us)" =~ ^1010[01]\ 1010[01]$ ]]
        [ "$(figures "$clocks/clock-$file.pcap" duration_ns)" -ge 36199000 ]
        [ "$(figures "$clocks/clock-$file.pcap" duration_ns)" -le 36201000 ]
    done
    "$tcpprobe" flows "$clocks/clock-back-12ms.pcap" 2>err
    grep -q 'the clock was set back by about 12.00 ms before packet 12: later times are put right' err
    "$tcpprobe" flows "$clocks/clock-straight.pcap" 2>err
    [ ! -s err ]
    "$tcpprobe" packets -q "$clocks/clock-back-12ms.pcap" >out
    [ "$(grep -c 'behind a step of the clock' out)" = 1 ]
    grep 'behind a step of the clock' out | grep -q '0.02419'
}

@test "... in other clothes, too" {
    recapture step=12:12000000 family=6 "$clocks/clock-straight.pcap" six.pcap
    recapture step=12:12000000 format=pcapng "$clocks/clock-straight.pcap" next.pcapng
    recapture step=12:12000000 link=sll2 format=pcap-be "$clocks/clock-straight.pcap" cooked.pcap
    gzip -c "$clocks/clock-back-12ms.pcap" >back.pcap.gz
    for file in six.pcap next.pcapng cooked.pcap back.pcap.gz; do
        [ "$(figures "$file" wire_retransmitted_segs wire_missed_bytes rtt_ack_samples rtt_p50_us)" = \
            "0 0 8 10100" ]
    done
}

@test "without timestamps nobody knows by how much: what spans it is absent" {
    for family in 4 6; do
        recapture step=12:12000000 timestamps=no family=$family "$clocks/clock-straight.pcap" no.pcap
        # before it one ACK came for what was sent before, and behind it one likewise
        [ "$(figures no.pcap wire_retransmitted_segs wire_missed_bytes rtt_ack_samples rtt_p50_us \
            duration_ns goodput_bps wire_throughput_bps wire_data_time_ns)" = \
            "0 0 2 10099 - - - -" ]
        "$tcpprobe" flows no.pcap 2>err >out
        grep -q 'set back by at least 11.90 ms before packet 12: nothing is measured across it' err
        grep -q '19 packets, 0 B' out
    done
    # nor is there a capture of these on one clock
    fails 2 "tcpprobe: no.pcap: its clock was set by nobody knows how much: its packets cannot be put on one clock" \
        packets -q --write out.pcapng no.pcap
    [ ! -e out.pcapng ]
    [ "$("$tcpprobe" flows -q --format json no.pcap | json /dev/stdin \
        '@{ $d->{inputs} }[0]->{clock_steps}, @{ $d->{inputs} }[0]->{clock_step_ns}' | paste -sd' ')" = \
        "1 11901000" ]
}

@test "... but what limited is a share of the time that was judged, which it is not" {
    local shares="limit_handshake_share limit_network_share limit_recovery_share limit_rwnd_share limit_app_share"
    for row in "1000:200000000" "1500:-60000000000" "700:3600000000000 family=6" \
        "1500:2000000000 format=pcapng-be"; do
        read -r step how <<<"$row"
        recapture $how timestamps=no "$pairs/rwnd-limited.pcap.gz" straight
        recapture $how timestamps=no step=$step "$pairs/rwnd-limited.pcap.gz" stepped
        whole=$(figures straight limited_by $shares limit_judged_ns)
        figures stepped limited_by $shares limit_judged_ns duration_ns | tee out
        awk -v whole="$whole" '{
            n = split(whole, was)
            off = $1 != was[1] || $n > was[n] || $n < was[n] - 1e8 || $(n + 1) != "-"
            for (i = 2; i < n; i++) off += $i > was[i] + 0.01 || $i < was[i] - 0.01
            exit off ? 1 : 0 }' out
    done
}

@test "a long capture whose clock is set back by 12 ms to an hour, once or twice" {
    straight=$(figures "$bulk" $timeless)
    duration=$(figures "$bulk" duration_ns)
    samples=$(figures "$bulk" rtt_ack_samples)
    for step in 12000000 500000000 2000000000 3600000000000; do
        for how in step=4000:$step step=2000:$step,5000:$step "step=4000:$step family=6"; do
            recapture $how "$bulk" stepped.pcap
            [ "$(flows_of stepped.pcap)" = 2 ]
            [ "$(figures stepped.pcap $timeless)" = "$straight" ]
            off=$(($(figures stepped.pcap duration_ns) - duration))
            [ "${off#-}" -lt 3000000 ]
            [ "$(figures stepped.pcap rtt_ack_samples)" = "$samples" ]
        done
        recapture step=4000:$step timestamps=no "$bulk" stepped.pcap
        [ "$(flows_of stepped.pcap)" = 2 ]
        [ "$(figures stepped.pcap duration_ns goodput_bps)" = "- -" ]
        [ "$(figures stepped.pcap $timeless)" = "$straight" ]
    done
}

@test "the clock is set back by an hour in the middle: one connection" {
    file=$clocks/clock-back-1h.pcap.gz
    [ "$(flows_of "$file")" = 1 ]
    [ "$(figures "$file" wire_unique_bytes wire_retransmitted_segs wire_missed_bytes)" = "86880 0 0" ]
    [ "$(figures "$file" duration_ns)" -gt 300000000 ]
    [ "$(figures "$file" duration_ns)" -lt 302000000 ]
    "$tcpprobe" flows "$file" 2>err
    grep -q 'set back by about 60 min 00 s before packet 61' err
}

@test "wherever it is set back, the step is said and nothing but times changes" {
    recapture to=80 "$bulk" straight.pcap
    straight=$(figures straight.pcap $timeless)
    duration=$(figures straight.pcap duration_ns)
    at=1
    for how in "" family=6 format=pcapng-be-us link=sll2; do
        for step in 200000000 3600000000000; do
            for at in $((at + 1)) $((at + 9)) $((at + 23)) $((at + 40)); do
                echo "$how $step $at"
                recapture $how to=80 step=$at:$step "$bulk" stepped
                gzip -f stepped
                "$tcpprobe" flows stepped.gz 2>err >out
                grep -qx "tcpprobe: stepped.gz: the clock was set back by about .* before packet $at: .*" err
                [ "$(wc -l <err)" = 1 ]
                [ "$(flows_of stepped.gz)" = 2 ]
                [ "$(figures stepped.gz $timeless)" = "$straight" ]
                off=$(($(figures stepped.gz duration_ns) - duration))
                [ "${off#-}" -lt 2000000 ]
            done
            at=$((at % 9 + 1))
        done
    done
}

@test "a packet behind the step that proves nothing is behind it all the same" {
    # of the ten packets before it, nine are of the other end
    for step in 5000000 12000000 200000000 3600000000000; do
        recapture step=10:$step "$clocks/clock-straight.pcap" stepped.pcap
        [[ "$(figures stepped.pcap wire_retransmitted_segs rtt_ack_samples rtt_ack_min_us rtt_ack_max_us \
            wire_transfer_ns duration_ns)" =~ ^"0 8 1009"[89]" 10100 14000000 3619"[89]000$ ]]
        "$tcpprobe" flows stepped.pcap 2>err >out
        grep -q 'set back by about .* before packet 10: ' err
    done
}

@test "the clock is set back within the handshake: no clock of each direction" {
    for how in "" family=6 "format=pcapng link=vlan"; do
        for at in 2:12000000 2:3600000000000 3:5000000 3:12000000 3:3600000000000; do
            recapture $how step=$at "$clocks/clock-straight.pcap" stepped.pcap
            [ "$(figures stepped.pcap wire_clocks wire_retransmitted_segs rtt_ack_samples rtt_p50_us)" = "one 0 8 10100" ]
            off=$(($(figures stepped.pcap duration_ns) - 36199000))
            [ "${off#-}" -le 1000000 ]
            "$tcpprobe" flows stepped.pcap 2>err >out
            grep -q "set back by about .* before packet ${at%:*}: " err
        done
        recapture $how timestamps=no step=3:12000000 "$clocks/clock-straight.pcap" stepped.pcap
        [ "$(figures stepped.pcap wire_clocks wire_retransmitted_segs duration_ns)" = "one 0 -" ]
        "$tcpprobe" flows stepped.pcap 2>err >out
        grep -q "set back by at least .* before packet 3: " err
    done
}

# --- a clock that is put forward --------------------------------------------------------------------

@test "the clock is put forward, or back and forward again: no time spans it" {
    straight=$(figures "$bulk" $timeless)
    duration=$(figures "$bulk" duration_ns)
    at=300
    for how in "" family=6 format=pcapng-us; do
        for step in 150000000 5000000000 3600000000000; do
            at=$((at + 517))
            for steps in $at:-$step $at:$step,$((at + 600)):-$step; do
                echo "$how $steps"
                recapture $how step=$steps "$bulk" stepped.pcap
                [ "$(flows_of stepped.pcap)" = 2 ]
                [ "$(figures stepped.pcap $timeless)" = "$straight" ]
                off=$(($(figures stepped.pcap duration_ns) - duration))
                [ "${off#-}" -lt 3000000 ]
                "$tcpprobe" flows stepped.pcap 2>err >out
                [ "$(grep -c 'the clock was put forward by about' err)" = 1 ]
                grep -q "forward by .* before packet $(tr , '\n' <<<$steps | sed -n 's/:-.*//p'): " err
            done
        done
    done
    "$tcpprobe" flows -q --format json stepped.pcap | json /dev/stdin \
        '@{ $d->{inputs}[0] }{qw(clock_steps clock_step_ns)}' | paste -sd' ' | grep -q '^2 35999'
    recapture step=3000:-7000000000 "$pairs/two-flows-ipv6.pcap.gz" stepped.pcap
    [ "$(figures stepped.pcap $timeless)" = "$(figures "$pairs/two-flows-ipv6.pcap.gz" $timeless)" ]
    "$tcpprobe" flows -q --format json stepped.pcap | json /dev/stdin \
        '@{ $d->{inputs}[0] }{qw(clock_steps clock_step_ns)}' | paste -sd' ' | grep -qE '^1 -(6999|7000)'
}

@test "a few packets are stamped ahead: they and nothing else are put right" {
    straight=$(figures "$bulk" $timeless)
    duration=$(figures "$bulk" duration_ns)
    samples=$(figures "$bulk" rtt_ack_samples)
    for how in "" family=6 format=pcapng-us link=sll2; do
        at=500
        for ahead in 5000000 1000000000 1450656000000000000; do
            for count in 1 2 7; do
                at=$((at + 331))
                echo "$how $at:$ahead $count"
                recapture $how step=$at:-$ahead,$((at + count)):$ahead "$bulk" ahead.pcap
                [ "$(figures ahead.pcap $timeless)" = "$straight" ]
                off=$(($(figures ahead.pcap duration_ns) - duration))
                [ "${off#-}" -lt 3000000 ]
                off=$(($(figures ahead.pcap rtt_ack_samples) - samples))
                [ "${off#-}" -le 1 ]
                "$tcpprobe" flows ahead.pcap 2>err >out
                [ "$(wc -l <err)" = 2 ]
                grep -q "the clock was put forward by about .* before packet $at: later times are put right" err
                grep -q "the clock was set back by about .* before packet $((at + count)): later" err
            done
        done
    done
}

@test "without timestamps, data on their way prove that the clock was put forward" {
    straight=$(figures "$bulk" $timeless)
    for how in "" family=6; do
        for at in 1900 3000; do
            recapture $how timestamps=no step=$at:-3600000000000 "$bulk" stepped.pcap
            [ "$(figures stepped.pcap $timeless)" = "$straight" ]
            [ "$(figures stepped.pcap duration_ns goodput_bps)" = "- -" ]
            [ "$(($(figures stepped.pcap rtt_ack_max_us | cut -d. -f1)))" -lt 1000000 ]
            "$tcpprobe" flows stepped.pcap 2>err >out
            grep -q "the clock was put forward by at most .* before packet $at: nothing is measured across it" err
        done
    done
}

@test "who is silent or sleeps put no clock forward" {
    for how in 2000:5000000000 2000:3600000000000:10.9.0.1 2000:5000000000:10.9.0.1 \
        2000:5000000000:10.9.0.2 60:300000000 3000:3600000000000; do
        for family in 4 6; do
            recapture family=$family sleep=$how "$bulk" asleep.pcap
            "$tcpprobe" flows asleep.pcap 2>err >out
            [ ! -s err ]
            [ "$(figures asleep.pcap duration_ns)" -gt 6400000000 ]
        done
    done
    for file in "$pairs"/*.pcap.gz "$lab"/*.pcap.gz "$BATS_TEST_DIRNAME"/../data/cases/*.pcap*; do
        "$tcpprobe" flows "$file" 2>err >out || true
        [ "$(grep -c 'the clock was put forward' err)" = 0 ]
    done
}

# --- one direction behind the other -----------------------------------------------------------------

# facts FILE...: all figures, but for the numbers of packets in the file.
facts() { "$tcpprobe" flows -q --all --format csv "$@"; }

@test "one direction of connections behind the other in a file: as in the order of time" {
    for base in "$bulk" "$pairs/two-flows-ipv6.pcap.gz"; do
        for how in "" family=6 timestamps=no from=400 "from=400 timestamps=no" format=pcapng-be; do
            [[ "$base $how" != *ipv6*family=6 ]] || continue
            recapture $how "$base" straight
            facts straight >expected
            for order in direction answers flows; do
                echo "$base $how $order"
                recapture $how order=$order "$base" file
                facts file | diff expected -
                "$tcpprobe" flows file 2>err >out
                grep -q 'stretches of the same time, the second from packet .*: they are merged by time' err
                [ "$(grep -c 'late\|set back\|clock' err)" = 0 ]
            done
            facts --threads 0 file | diff expected -
            gzip -c file >file.gz
            facts file.gz | diff expected -
        done
    done
    # every command, in the order of time; packets keep their numbers
    recapture order=direction "$bulk" file
    recapture "$bulk" straight
    "$tcpprobe" flows straight 2>err >out
    [ ! -s err ]
    "$tcpprobe" packets -q --format csv file | cut -d, -f1 | sed 1d | sort -c -n
    "$tcpprobe" packets -q file | wc -l | grep -x "$("$tcpprobe" packets -q straight | wc -l)"
    "$tcpprobe" flows -q --format json file | json /dev/stdin \
        'map { @$_{qw(lines records late_records stretches clock_steps)} } @{ $d->{inputs} }' | paste -sd' ' >out
    grep -x '6334 6334 0 2 0' out
    "$tcpprobe" flows -q --format json straight | json /dev/stdin '$d->{inputs}[0]{stretches}' | grep -x 1
    # beside the log of the same transfer
    recapture order=direction "$pairs/rwnd-limited.pcap.gz" file
    recapture "$pairs/rwnd-limited.pcap.gz" straight
    facts file "$pairs/rwnd-limited.log.gz" | diff <(facts straight "$pairs/rwnd-limited.log.gz") -
}

@test "many connections, and mergecap's files" {
    recapture order=direction "$lab/queue.pcap.gz" file
    recapture "$lab/queue.pcap.gz" straight
    facts file | diff <(facts straight) -
    recapture split=direction "$bulk" one.pcap other.pcap
    recapture "$bulk" straight
    cat one.pcap other.pcap >cat.pcap
    cat other.pcap one.pcap >tac.pcap
    facts cat.pcap | diff <(facts straight) -
    facts tac.pcap | diff <(facts straight) -
    facts one.pcap other.pcap | diff <(facts straight) -
    command -v mergecap >/dev/null || skip "needs mergecap for the rest"
    mergecap -a -w merged.pcapng one.pcap other.pcap
    facts merged.pcapng | diff <(facts straight) -
}

@test "what cannot be read again, or overlaps in other ways, is refused" {
    recapture order=direction "$bulk" file
    refused='the packets do not stand in the order of time: from packet'
    fails 2 "tcpprobe: -:3749: $refused 3749 on they were captured up to 6.29 s before those that stand before them: sort them with 'reordercap IN OUT'" \
        flows - <file
    for how in "" family=6 "format=pcapng timestamps=no"; do
        recapture $how order=direction "$bulk" file
        status=0
        cat file | "$tcpprobe" flows - >out 2>err || status=$?
        [ "$status" = 2 ]
        [ ! -s out ]
        grep -q "$refused 3749 on" err
        # the later half first
        recapture $how to=3000 "$bulk" first
        recapture $how from=3001 "$bulk" second
        # both ends
        recapture $how "$lab/loss.pcap.gz" near
        recapture $how "$lab/loss.far.pcap.gz" far
        for pair in "second first" "near far" "far near"; do
            echo "$how $pair"
            cat $pair >file
            status=0
            "$tcpprobe" flows file >out 2>err || status=$?
            [ "$status" = 2 ]
            grep -q "$refused" err
            gzip -c file >file.gz
            status=0
            "$tcpprobe" flows file.gz >out 2>err || status=$?
            [ "$status" = 2 ]
            "$tcpprobe" flows -q $pair >out
        done
    done
    command -v reordercap >/dev/null || skip "needs reordercap for the rest"
    recapture "$bulk" straight
    recapture order=direction "$bulk" file
    reordercap file sorted
    cat sorted | "$tcpprobe" flows -q - | diff <("$tcpprobe" flows -q straight) -
}

# --- each direction has a clock of its own ----------------------------------------------------------

@test "answers before what they answer: no time across the directions" {
    [ "$(figures "$clocks/two-clocks.pcap" wire_clocks wire_unique_bytes wire_retransmitted_segs \
        rtt_p50_us rtt_from wire_handshake_us inflight_p50_bytes duration_ns)" = "two 400 0 - - - - -" ]
    [ "$(figures "$clocks/data-late.pcap.gz" wire_clocks wire_unique_bytes wire_retransmitted_segs \
        wire_out_of_order wire_missed_bytes wire_missed_gaps rtt_p50_us wire_handshake_us \
        wire_burst_samples duration_ns transfer_ns)" = "two 144800 0 0 0 0 - - - - 378800000" ]
    [ "$(figures "$clocks/direction-offset.pcap.gz" wire_clocks wire_unique_bytes \
        wire_retransmitted_segs wire_out_of_order wire_missed_bytes rtt_p50_us wire_handshake_us \
        inflight_max_bytes wire_initial_segs duration_ns)" = "two 289600 0 0 0 - - - - -" ]
    [ "$(figures "$clocks/two-clocks.pcap" recoveries timeouts loss_rate wire_spurious_segs \
        wire_srtt_min_us wire_pipe_p50_bytes)" = "- - - - - -" ]
    "$tcpprobe" flows -q --format json "$clocks/two-clocks.pcap" >json
    grep -q '"limited_by":null,"limited_share":null,"limited_from":null' json
    "$tcpprobe" flows "$clocks/data-late.pcap.gz" 2>err
    grep -q 'of 1 connection answers are stamped before what they answer' err
    [ "$(figures "$clocks/clock-straight.pcap" wire_clocks)" = one ]
}

@test "... in other clothes, too: two clocks, and an hour back" {
    for how in family=6 timestamps=no format=pcapng-be "link=sll2 family=6 timestamps=no"; do
        recapture $how "$clocks/two-clocks.pcap" two
        recapture $how "$clocks/data-late.pcap.gz" late
        recapture $how "$clocks/direction-offset.pcap.gz" offset
        recapture $how "$clocks/clock-back-1h.pcap.gz" hour
        gzip -f two late offset
        echo "$how"
        [ "$(figures two.gz wire_clocks wire_unique_bytes wire_retransmitted_segs rtt_p50_us rtt_from \
            wire_handshake_us inflight_p50_bytes duration_ns)" = "two 400 0 - - - - -" ]
        [ "$(figures late.gz wire_clocks wire_unique_bytes wire_retransmitted_segs wire_out_of_order \
            wire_missed_bytes rtt_p50_us wire_handshake_us duration_ns transfer_ns)" = \
            "two 144800 0 0 0 - - - 378800000" ]
        [ "$(figures offset.gz wire_clocks wire_unique_bytes wire_retransmitted_segs wire_out_of_order \
            wire_missed_bytes rtt_p50_us wire_handshake_us duration_ns)" = "two 289600 0 0 0 - - -" ]
        [ "$(flows_of hour)" = 1 ]
        [ "$(figures hour wire_unique_bytes wire_retransmitted_segs wire_missed_bytes)" = "86880 0 0" ]
        duration=$(figures hour duration_ns)
        if [[ "$how" == *timestamps=no* ]]; then
            [ "$duration" = - ] # nobody knows by how much the clock was set back
        else
            [ "$duration" -gt 300000000 ]
            [ "$duration" -lt 302000000 ]
        fi
    done
}

@test "one direction stamped up to 10 s earlier or later: only times change or are absent" {
    straight=$(figures "$bulk" $timeless)
    # what one direction's clock tells
    one_clock="goodput_bps transfer_ns startup_bps wire_data_time_ns wire_gap_p50_us wire_idle_max_ns"
    measured=$(figures "$bulk" $one_clock)
    for offset in 60000000 -60000000 1000000000 -1000000000 7600000000 -10000000000; do
        for how in order=file order=time "order=time timestamps=no" "order=file family=6 format=pcapng"; do
            recapture offset=10.9.0.2:$offset $how "$bulk" offset.pcap
            [ "$(flows_of offset.pcap)" = 2 ]
            [ "$(figures offset.pcap $timeless)" = "$straight" ]
            [ "$(figures offset.pcap wire_clocks rtt_p50_us rtt_ack_samples wire_handshake_us \
                inflight_p50_bytes wire_dup_acks wire_spurious_segs duration_ns wire_throughput_bps \
                wire_burst_p50_bytes)" = "two - 0 - - - - - - -" ]
            [ "$(figures offset.pcap $one_clock)" = "$measured" ]
        done
    done
}

@test "a connection whose beginning is missing, and a direction of its own" {
    for how in order=file order=time; do
        recapture from=400 offset=10.9.0.2:-60000000 $how "$bulk" late.pcap
        recapture from=400 "$bulk" straight.pcap
        [ "$(figures late.pcap wire_clocks rtt_p50_us)" = "two -" ]
        [ "$(figures late.pcap wire_unique_bytes wire_retransmitted_segs)" = \
            "$(figures straight.pcap wire_unique_bytes wire_retransmitted_segs)" ]
    done
}

@test "a capture that was sorted after its clock had been set: nothing was sent again" {
    for how in "" family=6 "format=pcapng link=vlan"; do
        for at in 6 8 10 12 14 16 18; do
            echo "$how $at"
            recapture $how step=$at:12000000 order=time "$clocks/clock-straight.pcap" sorted
            gzip -f sorted
            [ "$(flows_of sorted.gz)" = 1 ]
            [ "$(figures sorted.gz wire_retransmitted_segs wire_unique_bytes wire_missed_bytes wire_out_of_order \
                wire_clocks duration_ns goodput_bps rtt_ack_samples inflight_max_bytes)" = \
                "0 11424 0 0 two - - 0 -" ]
            "$tcpprobe" flows sorted.gz 2>err >out
            grep -q 'of 1 connection answers are stamped before .*, or packets were sorted by one that had been set' err
        done
    done
    for file in "$bulk" "$lab/loss.pcap.gz"; do
        straight=$(figures "$file" wire_retransmitted_segs wire_unique_bytes wire_missed_bytes)
        recapture step=500:300000000 order=time "$file" sorted
        [ "$(figures sorted wire_unique_bytes wire_missed_bytes)" = "${straight#* }" ]
        [ "$(figures sorted wire_retransmitted_segs)" -le "${straight%% *}" ]
        [ "$(figures sorted wire_clocks duration_ns rtt_p50_us goodput_bps)" = "two - - -" ]
    done
    command -v reordercap >/dev/null || skip "needs reordercap for the rest"
    reordercap "$clocks/clock-back-12ms.pcap" sorted
    [ "$(figures sorted wire_retransmitted_segs wire_unique_bytes duration_ns)" = "0 11424 -" ]
}

@test "... and where its parts do not mix, that a connection seems to be two flows is said" {
    local said='1 connection seems to be two flows, the later part first: packets were sorted by a clock that had been set back; the capture as it was written tells'
    for how in "" family=6 "timestamps=no format=pcapng-be"; do
        for at in 12 61; do
            recapture $how step=$at:3600000000000 order=time "$clocks/clock-back-1h.pcap.gz" twice
            [ "$at" -eq 61 ] || recapture $how step=$at:3600000000000 order=time "$clocks/clock-straight.pcap" twice
            "$tcpprobe" flows twice 2>err >out
            echo "$how $at"; cat err out
            grep -qx "tcpprobe: $said" err
            grep -q '^total: 2 flows, .* 0 segments retransmitted' out
            gzip -f twice
            "$tcpprobe" flows twice.gz 2>&1 >/dev/null | grep -qx "tcpprobe: $said"
        done
    done
    # Nor is it said of what is used again, in order, or of what was captured from the middle on.
    for file in "$root"/tests/data/cases/{same-isn-after-rst,half-open-syn,two-vlans}.pcap.gz "$lab"/*.pcap.gz; do
        "$tcpprobe" flows "$file" 2>&1 >/dev/null | not grep 'seems\? to be two'
    done
}

# --- ticks ----------------------------------------------------------------------------------------

@test "of ticks nothing is told in seconds" {
    for n in 1 2 3 4 5 6 7 8 9; do
        echo "     <idle>-0     [000] ..s1.     1234$n: tcp_probe: family=AF_INET src=192.0.2.1:40000" \
            "dest=198.51.100.2:80 mark=0x0 data_len=0 snd_nxt=0x100$n snd_una=0x100$n snd_cwnd=1$n" \
            "ssthresh=2147483647 snd_wnd=65536 srtt=40000 rcv_wnd=65536 sock_cookie=1a"
    done >ticks.log
    [ "$(figures ticks.log start_ns duration_ns acked_bytes goodput_bps)" = "- - 8 -" ]
    "$tcpprobe" flows ticks.log >out 2>err
    grep -q 'ticks of a counter: nothing is said in seconds' err
    grep -q '8 B acked, 9 events, 0 events lost' out
    gzip -c ticks.log >ticks.log.gz
    "$tcpprobe" flows -q ticks.log.gz | cmp - <("$tcpprobe" flows -q ticks.log)
    "$tcpprobe" flows -q --format json ticks.log >ticks.json
    [ "$(json ticks.json '$d->{inputs}[0]{ticks} ? 1 : 0, map { $_ // "none" } $d->{total}{recorded_ns}, $d->{flows}[0]{limited_by}' | paste -sd' ')" = "1 none none" ]
}

# in_ticks ADDRESS...: 200 events of each, 37 ticks apart, in ticks.
in_ticks() {
    perl -e 'for $n (0 .. 199) { for (@ARGV) {
        printf "     <idle>-0     [000] ..s1.     %d: tcp_probe: family=AF_INET%s src=%s dest=%s mark=0x0 " .
            "data_len=0 snd_nxt=0x%x snd_una=0x%x snd_cwnd=%d ssthresh=2147483647 snd_wnd=65536 srtt=40000 " .
            "rcv_wnd=65536 sock_cookie=%x\n", 123400 + $n * 37, /:/ ? ("6", "[$_]:9", "[2001:db8::9]:80") : ("", "$_:9", "192.0.2.9:80"),
            0x20000 + 1448 * $n, 0x10000 + 1448 * $n, 10 + $n % 20, hex(unpack "H4", substr $_, -2) } }' "$@"
}

@test "of ticks pictures, packets and exports tell ticks" {
    mkdir drivers
    ln -s /usr/lib/*/plplot*/drivers/svg.* drivers/
    said() { # in its picture; the plain driver writes texts as entities
        PLPLOT_DRV_DIR=$PWD/drivers "$tcpprobe" plot -q --format svg -o out.svg "$@" &&
            perl -CO -nle 'next unless /<tspan[^>]*>([^<]*)/; ($_ = $1) =~ s/&#x([0-9a-f]+);/chr hex $1/gei; print' out.svg
    }
    in_ticks 192.0.2.1 >one.log
    in_ticks 2001:db8::1 | gzip >six.log.gz
    in_ticks 192.0.2.1 192.0.2.2 192.0.2.3 >three.log
    in_ticks 192.0.2.{1..8} 192.0.2.{11..18} >many.log
    for file in one.log six.log.gz three.log many.log; do
        said "$file" >texts
        grep -q '7.363k ticks' texts
        grep -qx '1k ticks' texts
        # but for round trips, which the kernel tells
        [ "$(grep -v 'RTT\|40.0 ms' texts | grep -c '[0-9] *[mµn]*s$\|bit/s\|^Rate')" = 0 ]
    done
    said --raw-time one.log | grep -qx '124k ticks'
    said --zoom 2000ns..4000ns one.log | grep -q 'showing 1.996k ticks from tick 2000 on'
    said many.log | grep -q 'colour: bytes per 50 ticks on a square-root scale'
    said --panels rate,cwnd one.log | grep -q 'or times are no seconds'
    events 12 0 192.0.2.1 >seconds.log
    fails 2 "tcpprobe: times of some inputs are ticks of a counter, of others seconds: they have no axis in common" \
        plot -q --top 2 one.log seconds.log

    "$tcpprobe" packets -q one.log | sed -n 2p | grep -q '^ *ticks '
    "$tcpprobe" packets -q one.log | grep -q '^        37 t '
    "$tcpprobe" packets -q seconds.log one.log >both
    sed -n 2p both | grep -q '^ *s '
    grep -q '^    0.020000 ' both
    grep -q '^        37 t ' both
    "$tcpprobe" packets -q --format ndjson seconds.log one.log |
        perl -MJSON::PP -nle '$d = decode_json $_; print join " ", map { $_ // "-" } @$d{qw(time_ns time_ticks)}' >times
    [ "$(sed -n '2p;12p' times | paste -sd' ')" = "12020000000 - - 123437" ]

    "$tcpprobe" export -q --metric snd_cwnd one.log | sed -n '1p;3p' | diff - <(
        echo time_ticks,flow,src,dst,metric,value,unit,src_addr,src_port,dst_addr,dst_port
        echo 123437,1,192.0.2.1:9,192.0.2.9:80,snd_cwnd,11,segs,192.0.2.1,9,192.0.2.9,80)
    "$tcpprobe" export -q --events six.log.gz | sed -n '1p;3p' | cut -d, -f1,2 | paste -sd' ' |
        grep -x 'time_ticks,event 123437,tcp_probe'
    for how in "" --events; do
        for format in json ndjson blocks; do
            "$tcpprobe" export -q $how --format $format one.log >out
            grep -q 'time_ticks"* *:* *123437' out
            [ "$(grep -c time_s out)" = 0 ]
        done
        fails 2 "tcpprobe: times of some inputs are ticks of a counter, of others seconds: export them one by one" \
            export -q $how one.log seconds.log
    done
}

# --- several recordings in one log ------------------------------------------------------------------

# events FIRST_SECOND CPU ADDRESS: ten of one connection, 20 ms apart.
events() {
    perl -e '($second, $cpu, $to) = @ARGV;
        printf "          iperf3-3829    [%03d] ..s2. %d.%06d: tcp_probe: src=%s dest=%s mark=0x0 data_len=0 " .
            "snd_nxt=0x%x snd_una=0x%x snd_cwnd=10 ssthresh=2147483647 snd_wnd=65536 srtt=20000 " .
            "rcv_wnd=65536 sock_cookie=ab41\n", $cpu, $second, 20000 * $_, $to =~ /:.*:/ ? ("[$to]:9", "[$to]:80") : ("$to:9", "$to:80"),
            0x20000 + 1000 * $_, 0x10000 + 1000 * $_ for 0 .. 9' "$@"
}

durations() { "$tcpprobe" flows -q --format csv "$@" | awk -F, 'NR > 1 { print $5 }' | paste -sd' '; }

@test "two boots behind one another are two recordings" {
    { events 608397 0 192.0.2.1; events 12 0 192.0.2.1; } >boots.log
    [ "$(durations boots.log)" = "180000000 180000000" ]
    "$tcpprobe" flows boots.log >out 2>err
    grep -q 'boots.log: holds 2 recordings, by headers or where time goes back' err
    grep -q '20 events, 0 events lost' out # nobody knows how long it took
    [ "$("$tcpprobe" flows -q --format csv boots.log | awk -F, 'NR > 1 { print $4 }' | paste -sd' ')" = "0 0" ]
    # IPv6, gzipped, a third one, other processors
    { events 608397 0 2001:db8::1; events 12 0 2001:db8::1; events 15 1 2001:db8::1
      events 3 0 2001:db8::1; } | gzip >six.log.gz
    "$tcpprobe" flows six.log.gz 2>err >out
    grep -q 'holds 3 recordings' err
    "$tcpprobe" flows --same-clock -q --format csv boots.log | awk -F, 'NR == 2 { exit $5 < 600000000000000 }'
}

@test "headers tell recordings apart, and parts of one recording together" {
    {
        echo "# clock=mono"; echo "# realtime_minus_mono_ns=1795206224927776355"; events 100 0 192.0.2.1
        echo "# clock=mono"; echo "# realtime_minus_mono_ns=1795300000000000000"; events 200 0 192.0.2.1
    } >two.log
    [ "$(durations two.log)" = "180000000 180000000" ]
    sed 's/1795300000000000000/1795206224927776000/' two.log >parts.log
    [ "$(durations parts.log)" = 100180000000 ]
    { echo "# tracer: nop"; events 1892 3 192.0.2.1; echo "# tracer: nop"; echo "#"; events 5 2 192.0.2.1; } >tracer.log
    [ "$(durations tracer.log)" = "180000000 180000000" ]
    { echo "# tracer: nop"; events 5 3 192.0.2.1; echo "# tracer: nop"; events 6 2 192.0.2.1; } >on.log
    [ "$(durations on.log)" = 1180000000 ]
    gzip -dc "$one_flow" >whole.log
    { head -n 3000 whole.log; head -n 1 whole.log; tail -n +3001 whole.log; } >parts.log
    "$tcpprobe" flows -q whole.log | cmp - <("$tcpprobe" flows -q parts.log)
}

@test "the buffers of several processors behind one another are one recording" {
    { events 10 0 192.0.2.1; events 20 0 192.0.2.1; events 11 1 192.0.2.1; events 15 1 192.0.2.1; } >cpus.log
    [ "$(durations cpus.log)" = 10180000000 ]
    "$tcpprobe" flows cpus.log 2>err >out
    [ ! -s err ]
}

# back SECONDS PROCESSORS: the recording, whose events take turns on so many processors, and whose clock
# steps back by so much behind line 3000.
back() {
    zcat "$one_flow" | perl -pe 'BEGIN { ($back, $processors) = splice @ARGV, 0, 2 }
        s{ \[\d{3}\] (.*?)(\d+\.\d{6}): }{
            sprintf " [%03d] %s%.6f: ", $. % $processors, $1, $. > 3000 ? $2 - $back : $2 }e' "$@"
}

@test "a clock that steps back by less than a second begins another recording" {
    for processors in 1 2; do
        back 0 $processors >straight.log
        "$tcpprobe" flows straight.log 2>err >out
        [ ! -s err ]
        for seconds in 0.02 0.3 0.9; do
            back $seconds $processors >back.log
            "$tcpprobe" flows back.log 2>err >out
            grep -qx 'tcpprobe: back.log: holds 2 recordings, by headers or .*' err
            gzip -c back.log | "$tcpprobe" flows - 2>err | cmp - out
            grep -q ': holds 2 recordings' err
        done
        back 0.009 $processors | "$tcpprobe" flows - 2>err >out # no more than disorder may be
        [ ! -s err ]
    done
}

@test "a log that is reversed or shuffled within a second is one recording" {
    events 608397 0 192.0.2.1 >straight.log
    tac straight.log >reversed.log
    perl -e '@lines = <>; print @lines[map { 7 * $_ % 10 } 0 .. 9]' straight.log >shuffled.log
    for log in reversed.log shuffled.log; do
        "$tcpprobe" flows $log 2>err >out
        [ ! -s err ]
        [ "$(durations $log)" = 180000000 ]
    done
}

# --- two places -------------------------------------------------------------------------------------

# What one place sees, and what it measures.
seen="wire_packets wire_unique_bytes wire_acked_bytes wire_retransmitted_segs wire_missed_bytes
wire_syn_again wire_out_of_order duration_ns goodput_bps rtt_ack_samples rtt_ack_p50_us rtt_ack_p95_us
wire_handshake_us inflight_max_bytes wire_vantage wire_clocks"

# all FILE...: these figures of the flow with most bytes.
all() {
    "$tcpprobe" flows -q --all --top 1 "$@" | awk -v names="$(echo $seen)" '
        { value[$1] = $2 }
        END { n = split(names, name, " ")
              for (i = 1; i <= n; i++) printf "%s%s", name[i] in value ? value[name[i]] : name[i] "?", i < n ? " " : "\n" }'
}

@test "captures of both ends are measured at one" {
    one=$(all "$clocks/ends-client.pcap.gz")
    grep -q ' 40100 40101 40000 42840 ' <<<"$one"
    [ "$(all "$clocks/ends-merged.pcap.gz")" = "$one" ]
    [ "$(all "$clocks/ends-client.pcap.gz" "$clocks/ends-server.pcap.gz")" = "$one" ]
    [ "$(all "$clocks/ends-server.pcap.gz" "$clocks/ends-client.pcap.gz")" = "$one" ]
    "$tcpprobe" flows "$clocks/ends-merged.pcap.gz" 2>err
    grep -q '1 connection was captured at two places: measured at the one' err
    for how in family=6 timestamps=no format=pcapng; do
        recapture $how "$clocks/ends-client.pcap.gz" client.pcap
        recapture $how "$clocks/ends-server.pcap.gz" server.pcap
        recapture $how "$clocks/ends-merged.pcap.gz" merged.pcap
        [ "$(all client.pcap server.pcap)" = "$(all client.pcap)" ]
        [ "$(all merged.pcap)" = "$(all client.pcap)" ]
    done
}

# One after the other in a file, by time, and with two interfaces.
merged_as="m.pcap a.pcap b.pcap mi.pcapng ai.pcapng"
merge() { # NEAR FAR
    mergecap -F nsecpcap -w m.pcap "$1" "$2" 2>/dev/null
    mergecap -F nsecpcap -a -w a.pcap "$1" "$2" 2>/dev/null
    mergecap -F nsecpcap -a -w b.pcap "$2" "$1" 2>/dev/null
    mergecap -I none -w mi.pcapng "$1" "$2" 2>/dev/null
    mergecap -I none -a -w ai.pcapng "$1" "$2" 2>/dev/null
}

@test "the clock of the other end may be early or late: hops tell where the opener is" {
    for how in "" family=6 timestamps=no "family=6 timestamps=no"; do
        recapture $how "$clocks/ends-client.pcap.gz" client.pcap
        one=$(all client.pcap)
        for early in -1500 1 30 10000; do
            recapture $how step=1:${early}000000 "$clocks/ends-server.pcap.gz" server.pcap
            [ "$(all client.pcap server.pcap)" = "$one" ]
            [ "$(all server.pcap client.pcap)" = "$one" ]
            command -v mergecap >/dev/null || continue
            merge client.pcap server.pcap
            for file in $merged_as; do
                echo "$how, $early ms early, $file"
                [ "$(all $file)" = "$one" ]
            done
        done
    done
    # what was kept of the other place is forgotten: distributions, limits, addresses
    recapture step=1:30000000 "$clocks/ends-server.pcap.gz" server.pcap
    recapture "$clocks/ends-client.pcap.gz" client.pcap
    [ "$(told client.pcap server.pcap)" = "$(told client.pcap)" ]
}

# told FILE...: all that is said, but for what counts packets of both places.
told() {
    "$tcpprobe" flows -q --all --top 1 "$@" |
        sed '/^ *\(records\|start_ns\|wire_copies\|wire_history\|wire_places\) /d; /^total/d'
}

@test "real captures of both ends, a router between, a card that works out checksums" {
    for name in loss everything; do
        for how in "" "family=6 timestamps=no"; do
            recapture $how hops=10.9.0.2:10 offload=10.9.0.1 "$lab/$name.pcap.gz" near.pcap
            one=$(all near.pcap)
            for early in -100000 -30 10 1500; do
                recapture $how hops=10.9.0.1:10 offload=10.9.0.2 step=1:${early}000000 \
                    "$lab/$name.far.pcap.gz" far.pcap
                [ "$(all near.pcap far.pcap)" = "$one" ]
                [ "$(all far.pcap near.pcap)" = "$one" ]
                command -v mergecap >/dev/null || continue
                merge near.pcap far.pcap # one after the other they are refused, see above
                echo "$name $how, $early ms early"
                [ "$(all m.pcap)" = "$one" ]
                [ "$(all mi.pcapng)" = "$one" ]
            done
        done
    done
}

@test "real captures of both ends, with losses, reordering and duplicates" {
    for name in loss reorder duplicate everything ecn; do
        [ "$(all "$lab/$name.pcap.gz" "$lab/$name.far.pcap.gz")" = "$(all "$lab/$name.pcap.gz")" ]
        # the other clock is late
        for late in 30000000 1500000000 100000000000; do
            recapture step=1:-$late "$lab/$name.far.pcap.gz" far.pcap
            [ "$(all "$lab/$name.pcap.gz" far.pcap)" = "$(all "$lab/$name.pcap.gz")" ]
            # ... and early: hops tell nothing here, so what is seen first is the place
            recapture step=1:$late "$lab/$name.far.pcap.gz" far.pcap
            [ "$(all "$lab/$name.pcap.gz" far.pcap)" = "$(all far.pcap)" ]
        done
    done
}
