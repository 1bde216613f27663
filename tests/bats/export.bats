# `export`: samples and events, counted against the log itself.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

# How many lines of the log have that event.
in_log() { gzip -dc "${2:-$one_flow}" | grep -c ": $1: "; }

@test "events: as many of each as in the log" {
    "$tcpprobe" export --events -q "$one_flow" >events.csv
    for event in tcp_probe tcp_retransmit_skb tcp_cong_state_set tcp_destroy_sock tcp_receive_reset inet_sock_set_state; do
        [ "$(grep -c ",$event," events.csv)" -eq "$(in_log $event)" ]
    done
    [ "$(wc -l <events.csv)" -eq $(($(gzip -dc "$one_flow" | grep -vc '^#') + 1)) ]
}

@test "events: the kernel's values, absent ones empty" {
    "$tcpprobe" export --events -q --filter tcp_probe "$one_flow" | head -n 2 >out 2>/dev/null || true
    head -n 1 out | grep -q '^time_s,event,src,dst,snd_nxt,snd_una,snd_cwnd,'
    [ "$(head -n 1 out | tr , '\n' | sort | uniq -d)" = "" ]
    # the first tcp_probe line of the log, field by field
    line=$(gzip -dc "$one_flow" | grep -m1 ': tcp_probe: ')
    "$tcpprobe" export --events -q --format ndjson --filter tcp_probe "$one_flow" 2>/dev/null | head -n 1 >first
    for key in snd_nxt snd_una snd_cwnd ssthresh snd_wnd rcv_wnd srtt data_len sock_cookie skaddr; do
        value=$(sed "s/.* $key=\([^ ]*\).*/\1/" <<<"$line")
        [ "$(json first "\$d->{$key}")" = "$value" ]
    done
    [ "$(json first '$d->{src}')" = "$(sed 's/.* src=\([^ ]*\).*/\1/' <<<"$line" | sed 's/\[::ffff:\(.*\)\]/\1/')" ]
    grep -q '"time_s":3592.447721000,' first
    [ "$(json first '$d->{err}')" = null ]
}

@test "events: ndjson is valid, line by line, and holds what csv holds" {
    "$tcpprobe" export --events -q --format ndjson "$one_flow" >events.ndjson
    perl -MJSON::PP -ne 'JSON::PP->new->utf8->decode($_); END { print "$.\n" }' events.ndjson >count
    [ "$(cat count)" -eq 6370 ]
    [ "$("$tcpprobe" export --events -q "$one_flow" | tail -n +2 | wc -l)" -eq 6370 ]
}

@test "events: hostile task names stay in their field" {
    gzip -dc "$one_flow" | grep -m3 ': tcp_probe: ' >three
    { sed -n 1p three | sed 's/^ *[^ ]*-\([0-9]*\) /        a"b,c\\d-\1 /'; sed -n 2p three | sed "s/^ *[^ ]*-\([0-9]*\) /     $(printf 'x\001\377y')-\1 /"; } >odd.log
    "$tcpprobe" export --events -q --format ndjson odd.log >out
    [ "$(sed -n 1p out >l; json l '$d->{comm}')" = 'a"b,c\x5cd' ]
    [ "$(sed -n 2p out >l; json l '$d->{comm}')" = 'x\x01\xffy' ]
    "$tcpprobe" export --events -q odd.log | sed -n 2p | grep -q ',"a""b,c\\x5cd",'
}

@test "samples: one of each state metric for each tcp_probe" {
    "$tcpprobe" export -q "$one_flow" >samples.csv
    [ "$(head -n 1 samples.csv)" = "time_s,flow,src,dst,metric,value,unit,src_addr,src_port,dst_addr,dst_port" ]
    [ "$(grep -c ',snd_cwnd,' samples.csv)" -eq "$(in_log tcp_probe)" ]
    [ "$(grep -c ',srtt,' samples.csv)" -eq "$(in_log tcp_probe)" ]
    [ "$(grep -c ',retransmit,' samples.csv)" -eq "$(in_log tcp_retransmit_skb)" ]
    # acked samples add up to the figure of `flows`
    [ "$(awk -F, '$2 == 2 && $3 ~ /59126/ && $5 == "acked" { n += $6 } END { print n }' samples.csv)" -eq 5325781 ]
    [ "$(awk -F, '$2 == 2 && $3 ~ /:5201/ && $5 == "data_len" { n += $6 } END { print n }' samples.csv)" -eq 5325781 ]
}

@test "samples: --metric and --flow choose" {
    "$tcpprobe" export -q "$two_flows" >all.csv
    "$tcpprobe" export -q --metric snd_cwnd,srtt --flow 2 "$two_flows" >some.csv
    diff <(awk -F, 'NR == 1 || ($2 == 2 && ($5 == "snd_cwnd" || $5 == "srtt"))' all.csv) some.csv
    for flow in '[fd09::1]:33896' '[fd09:0::1]:33896->[fd09::2]:5201' ':5201 -> :33896'; do
        "$tcpprobe" export -q --metric snd_cwnd,srtt --flow "$flow" "$two_flows" | cmp some.csv -
    done
    "$tcpprobe" export -q --flow 1 -F :33896,3 "$two_flows" | cmp all.csv -
    [ "$("$tcpprobe" export -q --flow 99 "$two_flows" | wc -l)" -eq 1 ]
}

@test "an srtt of 0 is no sample, but what the event says" {
    zcat "$one_flow" | head -n 100 | sed 's/ srtt=[0-9]*/ srtt=0/' >none.log
    "$tcpprobe" export -q none.log >out
    grep -q ,snd_cwnd, out
    not grep -q ,srtt, out
    "$tcpprobe" export -q --events none.log | head -n 1 | tr , '\n' | grep -nx srtt | cut -d: -f1 >column
    "$tcpprobe" export -q --events none.log | cut -d, -f"$(cat column)" | grep -qx 0
}

@test "events: --flow by number and by endpoint" {
    "$tcpprobe" export -q --events --flow 2 "$two_flows" >by_number
    "$tcpprobe" export -q --events --flow :33896 "$two_flows" >by_port
    "$tcpprobe" export -q --events --filter 'port 33896' "$two_flows" >by_filter
    cmp by_number by_port
    # The filter keeps what could be the beginning of the flow: three connect()s without a port.
    grep -v ',\[fd09::1\]:0,' by_filter | cmp by_port -
    [ "$(grep -c 'inet_sock_set_state,\[fd09::1\]:0,.*,TCP_CLOSE,TCP_SYN_SENT,' by_filter)" -eq 3 ]
    [ "$(wc -l <by_port)" -gt 10000 ]
}

@test "samples: ndjson is valid and holds what csv holds" {
    "$tcpprobe" export -q --format ndjson "$one_flow" >samples.ndjson
    perl -MJSON::PP -ne '$d = JSON::PP->new->utf8->decode($_); /"time_s":([0-9.]+)/;
        print join(",", $1, @$d{qw(flow src dst metric value unit src_addr src_port dst_addr dst_port)}), "\n"' samples.ndjson >back
    "$tcpprobe" export -q "$one_flow" | tail -n +2 | cmp back -
}

@test "--since and --until bound the lines" {
    "$tcpprobe" export -q --since @3594 --until @3595 "$one_flow" | tail -n +2 | cut -d, -f1 | sort -n >times
    [ "$(head -n 1 times | cut -d. -f1)" = 3594 ]
    [ "$(tail -n 1 times | cut -d. -f1)" = 3594 ]
}

@test "places where events were lost pass every filter" {
    { gzip -dc "$one_flow" | head -n 200; echo 'CPU:1 [LOST 127 EVENTS]'; gzip -dc "$one_flow" | sed -n 201,300p; } >lost.log
    "$tcpprobe" export --events -q --filter tcp_destroy_sock lost.log | tail -n +2 >out
    [ "$(grep -c ',lost,' out)" -eq 1 ]
    grep ',lost,' out | grep -q ',127,'
}

@test "the same with any number of threads" {
    "$tcpprobe" export -q --threads 0 "$two_flows" >expected
    "$tcpprobe" export -q --threads 3 "$two_flows" | cmp expected -
}

@test "events of packets: names of bits, SACK blocks, the same columns in every line" {
    "$tcpprobe" export -q --events --filter 'tcp_probe || port 59126' "$samples/cubic-loss.pcap.gz" >csv
    "$tcpprobe" export -q --events --format ndjson "$samples/cubic-loss.pcap.gz" >ndjson
    [ "$(perl -ne 's/"[^"]*"/x/g; print tr/,//, "\n"' csv | sort -u | wc -l)" -eq 1 ]
    [ "$(grep -c ',"3387926428-3387927876"' csv)" -ge 1 ]
    [ "$(grep -c '"sack":"' ndjson)" -eq 600 ] # tcptrace counts as many
    [ "$(grep -c '"sack":"[0-9]*-[0-9]*,[0-9]*-[0-9]*,[0-9]*-[0-9]*"' ndjson)" -gt 0 ]
    [ "$(sed -n 's/.*"flags":"\([^"]*\)".*/\1/p' ndjson | sort -u | paste -sd' ')" = "ACK FIN|ACK PSH|ACK RST SYN SYN|ACK" ]
    grep -q '"options":"MSS|WSCALE|SACK_OK|TS"' ndjson
}

@test "--metric help lists every metric and reads nothing" {
    "$tcpprobe" export --metric help >out
    [ "$(wc -l <out)" -gt 30 ]
    "$tcpprobe" export --help | tr -s ' \n' ' ' >help
    while read -r name _; do grep -q " $name " help; done <out
}

one_capture=$root/tests/data/lab/ecn.pcap.gz

@test "every format whose rows need nothing of each other serves flows, packets and export" {
    for command in "export" "export --events" "packets" "flows"; do
        "$tcpprobe" $command -q --format ndjson "$one_capture" >ndjson
        "$tcpprobe" $command -q --format json "$one_capture" >json
        "$tcpprobe" $command -q --format blocks "$one_capture" >blocks
        # one array of the same objects; that of flows stands beside inputs and total
        perl -MJSON::PP -e '
            my $json = JSON::PP->new->canonical;
            open my $one, "<", "json"; my $all = $json->decode(do { local $/; <$one> });
            open my $lines, "<", "ndjson"; my @lines = map { $json->decode($_) } <$lines>;
            $all = $all->{flows} if ref $all eq "HASH";
            exit !(@lines > 1 && $json->encode($all) eq $json->encode(\@lines))'
        # a block each, with what the objects hold
        [ "$(grep -c '^$' blocks)" -ge "$(($(wc -l <ndjson) - 1))" ]
    done
    "$tcpprobe" export -q --format blocks "$one_capture" | sed -n '1,11s/^  [a-z_]*  *//p' | paste -sd, >first
    "$tcpprobe" export -q "$one_capture" | sed -n 2p | diff - first
}

@test "json of no sample is an empty array" {
    [ "$("$tcpprobe" export -q --format json --metric reset_sent "$one_capture" | tr -d ' \n')" = "[]" ]
}

# By another way: from the samples themselves.
@test "bins are what their samples come to" {
    files=("$one_flow" "$samples/cubic-loss.pcap.gz")
    for bin in 100ms 1s; do
        "$tcpprobe" export -q --format csv "${files[@]}" >samples.csv
        "$tcpprobe" export -q --bin $bin --format csv "${files[@]}" >bins.csv
        "$tcpprobe" export --metric help | sed -E 's/ .*\(([^()]*)\)$/ \1/' >kinds
        perl -e '
            my ($width) = map { /ms/ ? $_ / 1000 : $_ + 0 } shift;
            open K, "kinds"; while (<K>) { my ($m, $k) = /^(\S+) (.*)/; $kind{$m} = $k }
            open S, "samples.csv"; <S>;
            while (<S>) { chomp; my ($t, $f, $s, $d, $m, $v) = split /,/; push @{ $of{"$f,$s,$d,$m"} }, [$t, $v] }
            open B, "bins.csv"; chomp(my $head = <B>);
            die $head if $head ne "time_s,flow,src,dst,metric,samples,min,mean,max,last,sum,unit,src_addr,src_port,dst_addr,dst_port";
            while (<B>) { chomp; my @f = split /,/, $_, -1; push @{ $bins{join ",", @f[1 .. 4]} }, \@f }
            die "series" if keys %of != keys %bins || !keys %of;
            my $near = sub { my ($is, $want, $what) = @_;
                die "$what: $is, not $want\n" if abs($is - $want) > 1e-6 * (1 + abs $want) };
            for my $series (sort keys %of) {
                my @samples = @{ $of{$series} }; my ($n, $held, $rows) = (0);
                my ($metric) = $series =~ /([^,]*)$/; my $state = $kind{$metric} =~ /state|hold/i;
                for my $bin (@{ $bins{$series} }) {
                    my $begin = $bin->[0]; my $last_bin = $bin == $bins{$series}[-1];
                    my @in; push @in, shift @samples while @samples && $samples[0][0] < $begin + $width - 1e-9;
                    my @v = map { $_->[1] } @in;
                    $near->($bin->[5], scalar @in, "$series samples at $begin");
                    my $what = "$series at $begin";
                    if ($bin->[10] ne "") { my $sum = 0; $sum += $_ for @v; $near->($bin->[10], $sum, $what); next }
                    $near->($bin->[9], $v[-1], "last $what");
                    next if $bin->[6] eq "";
                    my @all = ($state && defined $held ? $held : (), @v); my ($least, $most) = (sort { $a <=> $b } @all)[0, -1];
                    $near->($bin->[6], $least, "min $what"); $near->($bin->[8], $most, "max $what");
                    if ($state) {
                        my @at = (defined $held ? [$begin, $held] : (), @in); push @at, [$begin + $width, $v[-1]] if !$last_bin;
                        my ($area, $time) = (0, 0);
                        for (1 .. $#at) { my $dt = $at[$_][0] - $at[$_ - 1][0]; $area += $dt * $at[$_ - 1][1]; $time += $dt }
                        $time > 1e-6 ? $near->($bin->[7], $area / $time, "mean $what") : ($bin->[7] eq "" || $time > 0 || die $what);
                    } else { my $sum = 0; $sum += $_ for @v; $near->($bin->[7], $sum / @v, "mean $what") }
                    $held = $v[-1]; $means++;
                }
                die "samples are left of $series" if @samples;
            }
            die "no means" if $means < 50' $bin
    done
    fails 2 "tcpprobe: --bin: '0' is not a time such as 10, 10s, 500ms or 2min" export --bin 0 "$one_flow"
    fails 2 "tcpprobe: --bin is of samples: neither --events nor --plotted" export --bin 1s --events "$one_flow"
}

# The one puts lines together from parts that it keeps, the other asks for each value.
@test "csv is csv-null but for what is absent, of samples and of events" {
    for log in "$one_flow" "$root/tests/data/pairs/two-flows-ipv6.log.gz"; do
        "$tcpprobe" export -q "$log" >samples.csv
        [ "$(wc -l <samples.csv)" -gt 1000 ]
        diff samples.csv <("$tcpprobe" export -q --format csv-null "$log") >differ
        "$tcpprobe" export -q --events "$log" | tr -d '"' >events.csv
        [ "$(wc -l <events.csv)" -gt 1000 ]
        diff events.csv <("$tcpprobe" export -q --events --format csv-null "$log" | sed 's/\\N//g' | tr -d '"') >differ
    done
}
