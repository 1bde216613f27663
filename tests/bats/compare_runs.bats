#!/usr/bin/env bats
# tcpprobe compare: which flows of a recording play which role, and what is told of the recording.
load helpers

setup() {
    pairs="$root/tests/data/pairs"
}

# The roles of a file against itself and how many flows each has: "NAME=FLOWS ...".
roles_of() {
    local file="$1"
    shift
    "$tcpprobe" compare -q --min-bytes 1 --undecided 0 --format json "$@" "$file" -- "$file" |
        perl -MJSON::PP -0ne 'print join " ", map { my $role = $_;
            map { "$role->{role}=$_->{base}" } grep { $_->{metric} eq "flows" } @{$_->{metrics}}
        } @{decode_json($_)->{roles}}'
}

@test "a figure tells the iperf3 control connection from the data" {
    for file in app-limited-bbr.log.gz rwnd-limited.log.gz two-flows-ipv6.log.gz \
        app-limited-bbr.pcap.gz rwnd-limited.pcap.gz; do
        echo "$file"
        flows=1
        [[ "$file" == two* ]] && flows=2
        [ "$(roles_of "$pairs/$file" --role 'data=bytes >= 10k' --role 'control=bytes < 10k')" = \
            "control=1 data=$flows" ]
    done
}

@test "the first role that a flow matches is its own, and who matches none is not compared" {
    file="$pairs/app-limited-bbr.log.gz"
    [ "$(roles_of "$file" --role 'all=bytes > 0' --role 'never=bytes > 1M')" = "all=2" ]
    [ "$(roles_of "$file" --role 'big=dport == 5201 && bytes > 1M')" = "big=1" ]
    [ "$(roles_of "$file" --role 'slow=goodput_bps < 0.1M && snd_cwnd_p50_segs > 1')" = "slow=1" ]
    # No packets here: what they would have said is not known, and neither equal nor different.
    [ "$(roles_of "$file" --role 'wire=wire_acked_bytes != 1 || wire_acked_bytes == 1')" = "" ]
    [ "$(roles_of "$file" --role 'none=!(wire_acked_bytes != 1)')" = "none=2" ]
    # The flow that began first began at 0, the other some time later.
    [ "$(roles_of "$file" --role 'first=start_ns == 0' --role 'later=start_ns > 10M')" = \
        "first=1 later=1" ]
}

@test "a role that cannot be understood is answered with what may have been meant, and where" {
    run "$tcpprobe" compare --role 'bulk=dport == 5201 && byts > 1M' a -- b
    [ "$status" -eq 2 ]
    [ "${lines[0]}" = "tcpprobe: --role bulk: unknown field 'byts': did you mean bytes?" ]
    [ "${lines[1]}" = "dport == 5201 && byts > 1M" ]
    [ "${lines[2]}" = "                 ^" ]
    run "$tcpprobe" compare --role 'bulk=srtt > 5' a -- b
    [ "$status" -eq 2 ]
    [[ "$output" == *"unknown field 'srtt': did you mean srtt_"* ]]
    run "$tcpprobe" compare --role 'bulk=bytes > 5 MB' a -- b
    [ "$status" -eq 2 ]
    [[ "$output" == *"expected && or ||, found 'MB'"* ]]
    # Texts are no numbers.
    run "$tcpprobe" compare --role 'bulk=opener == src' a -- b
    [ "$status" -eq 2 ]
    [[ "$output" == *"unknown field 'opener'"* ]]
}

# A log with a header as the recorder writes it.
log_of() {
    printf '# tcpprobe=0 part=1\n# kernel=%s machine=x\n# command=kernel=6.6.6\n' "$1"
    gzip -dc "$pairs/rwnd-limited.log.gz"
}

@test "other kernels are noted in each report, kept in baselines, and refuse nothing" {
    cd "$BATS_TEST_TMPDIR"
    log_of 6.1.0-17 >a.log
    log_of 6.18.5 >b.log
    note="the runs are of different kernels: base 6.1.0-17, new 6.18.5"
    run "$tcpprobe" compare -q a.log -- b.log
    [ "$status" -eq 3 ]
    [[ "$output" == "UNDECIDED: "*"note: $note"* ]]
    run "$tcpprobe" compare -q --format markdown a.log -- b.log
    [[ "$output" == *"Note: $note."* ]]
    run "$tcpprobe" compare -q --format json a.log -- b.log
    [[ "$output" == *"\"note\": \"$note\""* ]]
    run "$tcpprobe" compare -q --format json a.log -- a.log
    [[ "$output" == *'"note": ""'* ]]
    "$tcpprobe" compare -q --write-baseline base.json a.log
    grep -q '"kernel":"6.1.0-17"' base.json
    run "$tcpprobe" compare -q --base base.json b.log
    [[ "$output" == *"note: $note"* ]]
}

@test "another congestion control or clock is noted like another kernel, in each report and in baselines" {
    cd "$BATS_TEST_TMPDIR"
    of() { printf '# tcpprobe=0 part=1\n# clock=%s congestion_control=%s\n' "$2" "$1"; gzip -dc "$pairs/rwnd-limited.log.gz" | sed 1d; }
    of cubic mono >a.log
    of cubic mono | perl "$BATS_TEST_DIRNAME/rewrite.pl" later=9 >b.log
    of bbr boot | perl "$BATS_TEST_DIRNAME/rewrite.pl" later=99 >c.log
    note="the runs are of different congestion controls: base cubic, new bbr"
    "$tcpprobe" compare -q --undecided 0 a.log b.log -- c.log >out
    grep -qx "note: $note" out
    grep -qx "note: the runs are of different clocks: base mono, new boot" out
    "$tcpprobe" compare -q --undecided 0 a.log -- b.log >out
    grep -qx 'all runs: congestion control cubic, clock mono' out
    not grep -q '^note: ' out
    "$tcpprobe" compare -q --undecided 0 --write-baseline base.json a.log c.log
    "$tcpprobe" compare -q --undecided 0 --base base.json b.log >out
    grep -qx 'note: the runs are of different congestion controls: base cubic (but bbr in c.log), new cubic' out
    "$tcpprobe" compare -q --undecided 0 --format json a.log -- c.log >out
    [ "$(json out 'map { "$_->{base} $_->{new}" } grep { $_->{what} eq "congestion control" } @{ $d->{environment} }')" = "cubic bbr" ]
    [ "$(json out '$d->{notes}[0]')" = "$note" ]
    "$tcpprobe" compare -q --undecided 0 --format markdown a.log -- c.log >out
    grep -qx 'congestion control: base cubic, new bbr.' out
    "$tcpprobe" compare -q --undecided 0 --format junit a.log -- c.log >out
    grep -q '<property name="new congestion control" value="bbr"/>' out
    grep -q "^note: $note" out
    another 20 "$pairs/rwnd-limited.log.gz" >unknown.log.gz
    "$tcpprobe" compare -q --undecided 0 unknown.log.gz -- c.log >out
    not grep -q 'congestion control' out
}

@test "the same run given twice counts once: copies, packed ones, cut ones, in baselines" {
    cd "$BATS_TEST_TMPDIR"
    local cubic=$samples/cubic.log.gz status
    cp "$cubic" copy.log.gz
    gzip -dc "$cubic" >plain.log
    head -n 5000 plain.log >begins.log
    another 60 "$cubic" >later.log.gz
    "$tcpprobe" compare --write-baseline base.json "$cubic" copy.log.gz plain.log begins.log later.log.gz "$cubic" 2>err
    [ "$(json base.json 'map { $_->{name} } @{ $d->{runs} }' | paste -sd' ')" = "cubic.log.gz later.log.gz" ]
    [ "$(grep -c ' is the same run as cubic.log.gz: it counts once$' err)" -eq 3 ]
    grep -qx 'tcpprobe: cubic.log.gz is given twice: it counts once' err
    "$tcpprobe" compare --write-baseline base.json --append plain.log 2>err
    grep -qx 'tcpprobe: plain.log is in the baseline already: it counts once' err
    [ "$(json base.json 'scalar @{ $d->{runs} }')" -eq 2 ]
    # on either side: one side's
    "$tcpprobe" compare --undecided 0 --base base.json plain.log >out 2>err
    grep -qx 'tcpprobe: cubic.log.gz is one of the new runs too: it counts there' err
    grep -q '^1 base and 1 new runs' out
    # baselines of older versions know no identity, but every number
    perl -pi -e 's/"identity":"\w+",//' base.json
    "$tcpprobe" compare --undecided 0 base.json base.json copy.log.gz -- later.log.gz >out 2>err
    grep -q '^1 base and 1 new runs' out
    # 10 copies against 10 of another are one against one
    status=0
    "$tcpprobe" compare -q "$cubic"{,,,,,,,,,} -- "$root"/tests/data/runs/half-buffer-00.log.gz{,,,,,,,,,} >out || status=$?
    [ "$status" -eq 3 ]
}

@test "an empty capture is of no kind" {
    cd "$BATS_TEST_TMPDIR"
    printf '\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0' >empty.pcap
    "$tcpprobe" compare -q --undecided 0 "$samples/cubic-loss.pcap.gz" -- empty.pcap >out
    not grep -q 'kernel events' out
    grep -q 'no new run has such flows' out
}

# answered_until PORT MS: an answer of which 16 kB were acknowledged when it was closed, at a round trip
# of 10 ms; its FIN so much later.
answered_until() {
    perl -e '
        my ($port, $ms) = @ARGV;
        my @ends = ("10.0.0.1:80", "10.0.0.2:$port");
        for my $i (0 .. 4) {
            printf "  web-1 [000] ..s1. 1%02d.%06d: tcp_probe: family=AF_INET src=%s dest=%s mark=0x0 data_len=0 snd_nxt=0x%x"
                . " snd_una=0x%x snd_cwnd=10 ssthresh=2147483647 snd_wnd=65536 srtt=10000 rcv_wnd=65536 sock_cookie=%x\n",
                $port % 100, $i * 10000, @ends, 4000 * $i + 4000, 4000 * $i, $port;
        }
        for (["ESTABLISHED", "FIN_WAIT1", 45], ["FIN_WAIT1", "FIN_WAIT2", 45 + $ms]) {
            printf "  web-1 [000] ..s1. 1%02d.%06d: inet_sock_set_state: family=AF_INET protocol=IPPROTO_TCP sport=80"
                . " dport=%d saddr=10.0.0.1 daddr=10.0.0.2 saddrv6=::ffff:10.0.0.1 daddrv6=::ffff:10.0.0.2"
                . " oldstate=TCP_%s newstate=TCP_%s\n", $port % 100, 1000 * $_->[2], $port, @$_[0, 1];
        }' "$@"
}

@test "a flow whose end was not seen is no mouse, unless what was not seen is known to be small" {
    cd "$BATS_TEST_TMPDIR"
    { answered_until 4001 10; answered_until 4002 500; } >answers.log
    "$tcpprobe" flows -q answers.log | grep -c '20.00k+' | grep -qx 2
    "$tcpprobe" compare -q --write-baseline base.json answers.log
    [ "$(json base.json 'my $r = $d->{runs}[0]; my ($role) = values %{ $r->{roles} }; "$r->{until_close} $role->{metrics}{flows} $role->{mice}"')" = "1 1 1" ]
    "$tcpprobe" compare -q --undecided 0 --base base.json answers.log >out
    grep -q '^note: in 1 of 1 base and 1 of 1 new runs tcp_probe did not see the end of flows' out
    answered_until 4001 10 >answers.log
    fails 2 'tcpprobe: answers.log: no flow carried enough to be compared (--min-bytes, --role)' \
        compare -q --write-baseline none.json answers.log
}

# sampled RUN RESENT: a log of samples of one socket that sent 6 MB in 6 s, whose counters stood at RUN million
# before the recording; so many segments of 1000 bytes were sent again in it, a tenth of them after a timeout.
sampled() {
    perl -e 'my ($run, $resent) = @ARGV;
        my $before = $run * 1e6;
        for my $i (0 .. 6) {
            my $again = int($resent * $i / 6);
            printf "  tcpprobe-1       [000] .....  %d.000000: tcp_socket: src=10.0.0.1:1000 dest=10.0.0.2:80 sock_cookie=a1 "
                . "full=1 state=TCP_ESTABLISHED snd_cwnd=20 srtt=%d min_rtt=40000 total_retrans=%d total_rto=%d bytes_sent=%d "
                . "bytes_retrans=%d bytes_acked=%d busy_time=%d rwnd_limited=0 sndbuf_limited=0\n", 100 * $run + $i,
                50_000 + 10 * $run, $run + $again, 7 + $again / 10, $before + 1e6 * $i + 1000 * $again + 10 * $run,
                $before + 1000 * $again, $before + 1e6 * $i + 1000 * $run, $before + 5e5 * $i;
        }' "$@"
}

@test "runs of samples: what grew in each is compared, whatever the counters were before" {
    local run metric='map { "$_->{metric}=$_->{base}|$_->{new}" } @{ $d->{roles}[0]{metrics} }'
    cd "$BATS_TEST_TMPDIR"
    for run in 1 2 3 4 5; do
        sampled "$run" $((6 + run)) >"base-$run.log"
        sampled "$run" $((600 + run)) >"new-$run.log"
    done
    "$tcpprobe" compare -q --fail-on none --format json base-*.log -- new-*.log >out
    [ "$(json out '$d->{verdict}')" = CHANGED ]
    json out "$metric" | sort >metrics
    # Medians over runs: 9 segments of 1000 bytes, and 603.
    grep -qx 'resent_bytes=9000|603000' metrics
    grep -qx 'rto_count=0|60' metrics
    grep -qx 'busy_share=50|50' metrics
    grep -qx 'rtt_min=40|40' metrics
    grep -qx 'rwnd_limited=0|0' metrics
    [ "$(json out '@{ $d->{notes} }' | wc -l)" -eq 0 ]
    # A baseline keeps them, and whose word they are; kernel events do not count the same things.
    "$tcpprobe" compare -q --write-baseline base.json base-*.log
    "$tcpprobe" compare -q --fail-on none --format json base.json -- new-*.log >again
    json again "$metric" | sort | diff metrics -
    run "$tcpprobe" compare -q base.json -- "$pairs/rwnd-limited.log.gz"
    [ "$status" -eq 3 ]
    "$tcpprobe" compare -q --fail-on none --plot picture.svg base-*.log -- new-*.log >out
    grep -q '>not measured<' picture.svg
}
