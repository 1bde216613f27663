# export --bin --group: what the bins of all flows of a service, a host or a net come to.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

# By another way: from the bins of the flows.
@test "groups are what the bins of their flows come to" {
    for kind in port host net; do
        "$tcpprobe" flows -q --all --format ndjson "$two_flows" "$one_flow" >flows.ndjson
        "$tcpprobe" export -q --bin 500ms "$two_flows" "$one_flow" >bins.csv
        "$tcpprobe" export -q --bin 500ms --group $kind "$two_flows" "$one_flow" >groups.csv
        perl -MJSON::PP -e 'my ($kind) = @ARGV; my (%of, %all, %row);
            open F, "flows.ndjson"; # called: whom the SYN went to, else the lower port
            open B, "bins.csv"; <B>;
            while (<B>) { chomp; my ($t, $f, $s, $d, $m, $n, $min, $mean, $max, $last, $sum, $unit, @end) = split /,/, $_, -1;
                my $called = $end[1] < $end[3]; my ($addr, $port) = $called ? @end[0, 1] : @end[2, 3];
                $addr =~ s/\.\d+$/.0\/24/ || $addr =~ s/::.*/::\/64/ if $kind eq "net";
                my $all = $all{join ",", $t, $kind eq "port" ? $port : $addr, $called ? "called" : "caller", $m} //= [0, 0];
                $all->[0]++; $all->[1] += $n;
                $all->[2] = $min if !defined $all->[2] || $min ne "" && $min < $all->[2];
                $all->[3] += $mean * $n if $mean ne "";
                $all->[4] = $max if !defined $all->[4] || $max ne "" && $max > $all->[4];
                $all->[5] += $sum if $sum ne ""; push @{ $all->[6] }, $mean }
            open G, "groups.csv"; $_ = <G>; chomp;
            die if $_ ne "time_s,group,end,metric,flows,samples,min,mean,max,sum,unit";
            while (<G>) { chomp; my ($t, $g, $e, $m, $flows, $n, $min, $mean, $max, $sum) = split /,/, $_, -1;
                my $all = delete $all{"$t,$g,$e,$m"} or die "no $t $g $e $m"; $rows++;
                die "$_: @$all" if $flows != $all->[0] || $n != $all->[1] || $min ne $all->[2] || $max ne $all->[4] || $sum ne ($all->[5] // "");
                my @means = sort { $a <=> $b } grep { $_ ne "" } @{ $all->[6] };
                die "$_: @means" if $mean ne "" && @means && @means == $flows && ($mean < $means[0] * (1 - 1e-9) || $mean > $means[-1] * (1 + 1e-9));
                die "$_" if $m eq "wire_segment" && abs($mean - $all->[3] / $n) > 1e-9 * $mean }
            die join " ", %all if %all; die if $rows < 50' $kind
    done
}

@test "the mean of a state is over the time of all flows" {
    event() {
        printf '  iperf3-1 [000] ..s2. %s: tcp_probe: src=192.0.2.1:%s dest=192.0.2.2:80 mark=0x0 data_len=0 snd_nxt=0x2 snd_una=0x1 snd_cwnd=%s ssthresh=2147483647 snd_wnd=65536 srtt=20000 rcv_wnd=65536 sock_cookie=%s\n' "$1" "$2" "$3" "$2"
    }
    { event 10.0 5001 10; event 10.5 5002 40; event 10.8 5001 20; event 11.0 5001 20; event 11.0 5002 40; } >t.log
    # until 11: 0.8 s of 10, 0.2 s of 20 and 0.5 s of 40: 32 in 1.5 s
    "$tcpprobe" export -q --bin 1s --group port --metric snd_cwnd --format ndjson t.log >out
    [ "$(sed -n 1p out >l; json l 'map { $d->{$_} } qw(time_s group end flows samples min max)' | paste -sd' ')" = "10.000000000 80 caller 2 3 10 40" ]
    json l 'abs($d->{mean} - 32 / 1.5) < 1e-9 ? "same" : $d->{mean}' | grep -qx same
    "$tcpprobe" export -q --bin 1s --group port --metric snd_cwnd --time wall t.log 2>err && false
    grep -q 'is not for it' err
}

@test "what does not go together is said" {
    fails 2 "tcpprobe: --group is of --bin: without it samples are of a flow" export --group port "$one_flow"
    fails 2 "tcpprobe: --group: 'service' is none of port, host, net" export --bin 1s --group service "$one_flow"
}

@test "files of trace-cmd and perf: the command that reads them is named, and works" {
    printf '\x17\x08\x44tracing6\0\0\0' >trace.dat
    fails 2 "tcpprobe: trace.dat: is a trace.dat file: 'trace-cmd report -t FILE | tcpprobe flows -' reads it" flows trace.dat
    printf 'PERFILE2\0\0\0' >perf.data
    fails 2 "tcpprobe: perf.data: is a perf.data file: 'perf script --ns -i FILE | tcpprobe flows -' reads it" flows perf.data
}
