# `export --plotted`: the numbers that `plot` draws.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

# Of the flow that carries the data.
figure() { "$tcpprobe" flows -q --all --sort acked_bytes --top 1 --format json "$one_flow" >flow.json && json flow.json "\$d->{flows}[0]{$1}"; }

plotted() { "$tcpprobe" export -q --plotted "$@"; }

@test "what is drawn of the window are the kernel's values of it" {
    plotted -p cwnd,rtt "$one_flow" >drawn
    head -1 drawn | grep -qx 'panel,name,quantity,shape,piece,x,x_unit,y,y_unit,x_end,y_end'
    "$tcpprobe" export -q --flow "$(figure id)" -m snd_cwnd,srtt "$one_flow" >samples
    mss=$(figure mss_bytes)
    perl -F, -lane '
        BEGIN { $mss = shift @ARGV }
        if ($ARGV eq "samples") { $was{$F[4]}{$F[5]} = 1; next }
        next unless $F[3] eq "curve" && $F[2] =~ /^(snd_cwnd|srtt)$/;
        # the smoothed time is a mean where samples are dense, which they are not here
        $value = $F[2] eq "snd_cwnd" ? sprintf("%.0f", $F[7] / $mss) : sprintf("%.0f", $F[7] * 1e6);
        $count{$F[2]}++;
        $strange++ unless $was{$F[2]}{$value};
        $unit{$F[2]}{$F[8]} = 1;
        END {
            die "$strange values that nobody measured\n" if $strange;
            die "too few\n" if $count{snd_cwnd} < 100 || $count{srtt} < 100;
            die "units\n" unless $unit{snd_cwnd}{B} && $unit{srtt}{s};
        }' "$mss" samples drawn
}

@test "the bins of the rate hold the bytes" {
    bytes=$(figure acked_bytes)
    plotted -p rate "$one_flow" >drawn
    sum=$(perl -F, -lane 'next unless $F[2] eq "acknowledged" && $F[3] eq "curve";
        $sum += ($F[5] - $x) * $F[7] / 8 if defined $x; $x = $F[5]; END { print $sum }' drawn)
    # the last bin is drawn to the end of the flow, its rate is of the time until the last ACK
    perl -e 'exit !(abs($ARGV[0] / $ARGV[1] - 1) < 0.005)' "$sum" "$bytes"
}

@test "bars are boxes, and a distribution has its quantity along the axis" {
    plotted -p retransmissions "$one_flow" >drawn
    [ "$(awk -F, '$4 == "bar" { sum += $11 } END { print sum }' drawn)" -gt 0 ]
    awk -F, '$4 == "bar" && !($10 > $6 && $11 >= 1 && $11 == int($11)) { exit 1 }' drawn
    p50=$(figure rtt_p50_us)
    plotted --kind cdf -p rtt "$one_flow" >drawn
    awk -F, -v p50="$p50" '$4 == "curve" && $8 >= 0.5 { exit !($6 * 1e6 == p50 && $7 == "s" && $9 == 1) }' drawn
}

@test "flows and their medians have names" {
    plotted --label 'runs=*' --aggregate -p cwnd "$two_flows" >drawn
    awk -F, 'NR > 1 { print $2 }' drawn | sort -u >names
    grep -qx 'runs (median of 2)' names
    [ "$(wc -l <names)" -eq 3 ]
    plotted --format ndjson -p cwnd "$two_flows" | head -1 | grep -q '"x":'
}

@test "options of the picture go with it" {
    fails 2 'tcpprobe: --panels says how a picture looks: it goes with --plotted' export -p cwnd "$one_flow"
    fails 2 'tcpprobe: --style says how a picture looks: it goes with --plotted' export --style paper --size 88mm "$one_flow"
    fails 2 'tcpprobe: --plotted writes what a picture draws: --metric and --events are not for it' export --plotted --events "$one_flow"
    fails 2 "tcpprobe: unknown panel 'x': there are tsg, cwnd, inflight, rtt, rate, retransmissions, limits, account, windows, pacing, rto, queues, memory" export --plotted -p x "$one_flow"
    "$tcpprobe" export -p help | grep -q '^cwnd'
}

@test "the account of each second is that of the flow" {
    "$tcpprobe" export -q --plotted --panels account "$pairs/rwnd-limited.log.gz" >bars.csv
    "$tcpprobe" flows -q --all --format json "$pairs/rwnd-limited.log.gz" >flows.json
    json flows.json 'map { "$_->{wait_whole_ns} $_->{wait_rwnd_share}" } grep { $_->{wait_rwnd_share} > 0.5 } @{ $d->{flows} }' >sum
    perl -F, -lane 'next if $. == 1; ($whole, $rwnd) = split " ", `cat sum` if $. == 2;
        $seconds{$F[5]} = 1; $of{$F[2]} += ($F[10] - $F[7]) / 100 * ($F[9] - $F[5]); $all += ($F[10] - $F[7]) / 100 * ($F[9] - $F[5]);
        END { abs($all * 1e9 / $whole - 1) < 0.001 or die "$all of $whole"; abs($of{rwnd} / $all - $rwnd) < 0.001 or die "$of{rwnd} $rwnd"; keys %seconds == 5 or die %seconds }' bars.csv
}
