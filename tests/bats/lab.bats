#!/usr/bin/env bats
# lab.bats: recordings made on the spot, on a link whose counters are the truth.
load helpers

lab=$root/scripts/lab/run

setup() {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    [ -d /sys/kernel/tracing/instances ] || skip "needs tracefs in /sys/kernel/tracing"
    [ -e /dev/net/tun ] || skip "needs TUN devices"
    command -v iperf3 >/dev/null || skip "needs iperf3"
    cd "$BATS_TEST_TMPDIR"
}

teardown() {
    [ ! -d "${witness:-/nonexistent}" ] || { echo 0 >"$witness/events/enable"; rmdir "$witness"; }
}

# counter NAME FILE: what the lab printed.
counter() { sed -n "s/^$1=//p" "$2"; }

# record NAME OPTION...: makes NAME.log.gz and NAME.out. Again while the machine stood still meanwhile,
# which some do for 100 ms; a virtual one may be stopped as a whole. Five times in a row, and the test is
# skipped.
record() {
    local name=$1 status
    shift
    for _ in 1 2 3 4 5; do
        status=0
        "$lab" "$@" -o "$name.log.gz" >"$name.out" 3>&- || status=$?
        [ $status -eq 3 ] || return $status
    done
    skip "this machine stands still at times: packets were $(late_us "$name.out") us late"
}

late_us() { sed -n 's/.*_late_max_us=//p' "$1" | sort -n | tail -n 1; }

# The same, less late than a part of a round trip.
record_calm() {
    for _ in 1 2 3 4 5; do
        record "$@"
        [ "$(late_us "$1.out")" -gt 20000 ] || return 0
    done
    skip "this machine stands still at times: packets were $(late_us "$1.out") us late"
}

# data_flows LOG EXPRESSION [OPTION...]: of the flow $_ from the sender, for each that carried data.
data_flows() {
    local log=$1 expression=$2
    shift 2
    "$tcpprobe" flows -q --format json "$@" "$log" >flows.json
    json flows.json "map { $expression } grep { \$_->{src} =~ /^(10\\.9\\.0\\.1|\\[fd09::1\\])/ && \$_->{acked_bytes} > 10000 } @{ \$d->{flows} }"
}

# resent LOG: skbs sent again of both connections and both ends, because the link loses packets of
# the control connection too.
resent() {
    "$tcpprobe" flows -q --all --format json "$1" >flows.json
    json flows.json 'map { my $f = $_; map { $f->{$_} // 0 } "retransmits", "peer_retransmits" } @{ $d->{flows} }' | sum
}

sum() { awk '{ sum += $1 } END { printf "%d\n", sum }'; }

# close_to ACTUAL EXPECTED SHARE
close_to() { awk -v a="$1" -v e="$2" -v share="$3" 'BEGIN { print a, e; exit !(a >= e * (1 - share) && a <= e * (1 + share)) }'; }

# within ACTUAL LOWEST HIGHEST
within() { echo "$2 <= $1 <= $3" && [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; }

# left_of PID: what a run has left; nothing, mostly.
left_of() {
    ls -d /run/tplab-"$1"-* /run/netns/tplab-"$1"-* /sys/kernel/tracing/instances/tplab-"$1"-* 2>/dev/null
    pgrep -f "tplab-$1-"
}

@test "a steady flow gets the rate and the delay of the link" {
    record_calm steady --rate 20mbit --delay 20ms --queue 100k --seconds 3
    # Of each packet of 1500 bytes 1448 are data.
    close_to "$(data_flows steady.log.gz '$_->{goodput_bps}' --since 1 --until 3)" $((20000000 * 1448 / 1500)) 0.03
    close_to "$(data_flows steady.log.gz '$_->{srtt_min_us}')" 40000 0.05
    [ "$(counter forward_dropped_queue steady.out)" -ge 1 ] # 100 kB is less than slow start takes
    within "$(counter forward_queue_max_bytes steady.out)" 97000 100000
}

@test "every byte and every packet is counted" {
    record all --seconds 1 --pcap all.pcap.gz --json iperf3.json
    # Of 37 bytes iperf3 does not speak: its cookie. The last ACK comes when the kernel does not
    # look any more. Where iperf3 comes late, it does not read what the kernel has acknowledged last.
    received=$(counter received_bytes all.out)
    [ "$(json iperf3.json '$d->{end}{sum_received}{bytes}')" -eq "$received" ]
    acked=$(data_flows all.log.gz '$_->{acked_bytes}')
    if command -v tshark >/dev/null; then
        acknowledged=$(($(tshark -n -r all.pcap.gz -Y 'ip.src == 10.9.0.2 && tcp.flags.ack' -T fields -e tcp.ack | sort -n | tail -n 1) - 1))
    else
        acknowledged=$((received + 37 + 2 * 1448))
    fi
    within "$acked" $((received + 37 - 2 * 1448)) "$acknowledged"
    [ "$(counter events_lost all.out)" -eq 0 ]
    # All that the sender sent and got is in the capture.
    packets=$(($(counter forward_packets_in all.out) + $(counter back_packets_sent all.out)))
    gzip -dc all.pcap.gz | perl -e '
        local $/; $_ = <STDIN>; my ($count, $at) = (0, 24);
        while ($at < length) { $at += 16 + unpack "x8L", substr $_, $at, 16; $count++ }
        print $at == length ? $count : "cut", "\n"' >count
    [ "$(cat count)" = "$packets" ]
}

@test "the link loses what it says, and the kernel retransmits that" {
    record_calm lossy --loss 1% --seed 5 --queue 2m --seconds 2
    dropped=$(counter forward_dropped_random lossy.out)
    [ "$(counter forward_dropped_queue lossy.out)" -eq 0 ]
    [ "$dropped" -ge 1 ]
    # One buffer may hold several segments, so there can be fewer; nobody waits for what is lost
    # when the test is over. A tail-loss probe may send again what was only late, so there can be
    # a few more.
    skbs=$(gzip -dc lossy.log.gz | grep -c ' tcp_retransmit_skb: ')
    within "$skbs" $((dropped > 3 ? dropped - 3 : 1)) $((dropped + 3))
    within "$(counter retransmits lossy.out)" $((dropped > 3 ? dropped - 3 : 1)) $((dropped + 3))
    [ "$(resent lossy.log.gz)" -eq "$skbs" ]
}

@test "where nothing is lost nothing is retransmitted" {
    record_calm clean --rate 5mbit --rate-limit 2mbit --seconds 1
    [ "$(counter forward_dropped_random clean.out)" -eq 0 ]
    [ "$(counter forward_dropped_queue clean.out)" -eq 0 ]
    [ "$(counter retransmits clean.out)" -eq 0 ]
    [ "$(gzip -dc clean.log.gz | grep -c ' tcp_retransmit_skb: ')" = 0 ]
}

@test "a second reader of the same events saw the same" {
    "$tcpprobe" trace --help >/dev/null 2>&1 || skip "no tcpprobe trace yet"
    port=$((16100 + $$ % 800))
    witness=/sys/kernel/tracing/instances/witness-$$
    events=(tcp/tcp_probe tcp/tcp_retransmit_skb tcp/tcp_cong_state_set tcp/tcp_destroy_sock)
    mkdir "$witness"
    for event in "${events[@]}"; do
        echo "sport == $port || dport == $port" >"$witness/events/$event/filter"
        echo 1 >"$witness/events/$event/enable"
    done
    record seen --recorder tcpprobe --port $port --loss 1% --seconds 1
    cp "$witness/trace" witness.log
    for event in "${events[@]}"; do echo 0 >"$witness/events/$event/enable"; done
    rmdir "$witness"

    # What follows the time: the two were recorded one after the other. Addresses are hashed.
    gist() { grep -oE ' (tcp_probe|tcp_retransmit_skb|tcp_cong_state_set|tcp_destroy_sock): .*' |
        sed 's/ sk[ab]*addr=[0-9a-f]*//g' | sort; }
    gist <witness.log >expected
    [ "$(wc -l <expected)" -gt 300 ]
    gzip -dc seen.log.gz | gist | diff expected -
    [ "$(counter events_lost seen.out)" -eq 0 ]
    # And the analysis counts what the kernel's text has.
    [ "$(resent seen.log.gz)" -eq "$(grep ' tcp_retransmit_skb: ' expected | grep -vc ' err=-')" ]
}

@test "tcpprobe captures the packets that the link carried, and one flow tells of both" {
    record_calm both --rate 50mbit --loss 0.5% --seconds 2 --flows 2 --pcap link.pcap.gz --packets own.pcap.gz
    # the headers of each packet, in the order that they came: the link reads what the capture saw
    for name in link own; do
        gzip -dc $name.pcap.gz | perl -e '
            local $/;
            my $file = <STDIN>;
            for (my $at = 24; $at < length $file;) {
                my (undef, undef, $captured, $length) = unpack "LLLL", substr $file, $at, 16;
                my $packet = substr $file, $at + 16, $captured < 72 ? $captured : 72;
                print "$length ", unpack("H*", $packet), "\n" if ord(substr $packet, 9, 1) == 6;
                $at += 16 + $captured;
            }' | sort >$name.list
    done
    wc -l link.list own.list
    cmp link.list own.list
    "$tcpprobe" flows --format json both.log.gz own.pcap.gz >flows.json 2>notes
    cat notes
    grep -q 'own.pcap.gz: brought to the clock of the log by the offset' notes
    # what the kernel says was acknowledged is what the packets say, but for a last ACK that no
    # event tells of any more
    json flows.json 'map { "$_->{acked_bytes} $_->{wire_acked_bytes}" } grep { $_->{acked_bytes} > 10000 } @{ $d->{flows} }' >acked
    cat acked
    [ "$(wc -l <acked)" -eq 2 ]
    awk '$2 < $1 || $2 > $1 + 65536 { exit 1 }' acked
    # an skb that the kernel sent again is one segment or more
    json flows.json 'map { "$_->{retransmits} $_->{wire_retransmitted_segs}" } grep { $_->{acked_bytes} > 10000 } @{ $d->{flows} }' >resent
    cat resent
    awk '$1 > $2 || !$1 { exit 1 }' resent
    # and on what is in flight at each event they agree within a segment, but for a few events at
    # which a segment was with the kernel's queue and not yet on the link
    "$meanings" probes own.pcap.gz both.log.gz 2>/dev/null >events
    { perl "$BATS_TEST_DIRNAME/inflight.pl" events || true; } | tee agreement
    awk '/within a segment/ { exit $NF < 0.995 } END { if (!NR) exit 1 }' agreement
}

@test "two runs side by side do not disturb each other" {
    record slow --rate 8mbit --seconds 2 &
    slow=$!
    record fast --rate 16mbit --seconds 2 --ipv6 --flows 2
    wait $slow
    [ "$(data_flows slow.log.gz '$_->{dst}' | grep -c '^10\.9\.0\.2:')" -eq 1 ]
    [ "$(data_flows fast.log.gz '$_->{dst}' | grep -c '^\[fd09::2\]:')" -eq 2 ]
    for run in slow fast; do
        flows=$(data_flows $run.log.gz 1 | wc -l)
        expected=$(($(counter received_bytes $run.out) + 37 * flows))
        within "$(data_flows $run.log.gz '$_->{acked_bytes}' | sum)" $((expected - 2 * 1448 * flows)) $((expected + 2 * 1448 * flows))
        # One receiver's port, and it is this run's. Of connects that have no port yet any may be ours.
        [ "$(gzip -dc $run.log.gz | grep -v -e '^#' -e ' sport=0 ' | grep -oE '([sd]port=|:)1(5[0-9]{3}|6000)\b' | tr -dc '0-9\n' | sort -u)" = \
            "$(data_flows $run.log.gz '$_->{dst} =~ /(\d+)$/' | sort -u)" ]
    done
}

@test "reordering, marks, both ways" {
    record both --rate 10mbit --bidir --ecn 20k --reorder 2% --seconds 1
    gzip -d both.log.gz
    for way in forward back; do
        [ "$(counter ${way}_reordered both.out)" -ge 1 ]
        [ "$(counter ${way}_marked both.out)" -ge 1 ]
        [ "$(counter ${way}_packets_in both.out)" -eq $(($(counter ${way}_packets_sent both.out) +
            $(counter ${way}_in_flight both.out) + $(counter ${way}_dropped_queue both.out))) ]
    done
    [ "$(counter back_received_bytes both.out)" -gt 100000 ]
    grep -qE '^# (.* )?realtime_minus_mono_ns=[0-9]{19}$' both.log
    [ "$("$tcpprobe" flows -q --format csv both.log | wc -l)" -ge 4 ] # titles, control, two of data
}

# --- a run that went wrong -------------------------------------------------------------------------

# named LOG: the congestion control that its header names.
named() { gzip -dc "$1" | sed -n 's/^# clock=.* congestion_control=//p'; }

@test "the log names the congestion control of its connections, where it is known" {
    for recorder in tcpprobe shell; do
        record named --seconds 1 --cc reno --recorder $recorder --json report.json
        [ "$(named named.log.gz)" = reno ]
        [ "$(json report.json '$d->{end}{sender_tcp_congestion}')" = reno ]
        [ "$(json report.json '$d->{end}{receiver_tcp_congestion}')" = reno ]
    done
    # a route that says something else, and ends that differ
    record system --seconds 1 --cc system --json report.json
    [ "$(named system.log.gz)" = "$(json report.json '$d->{end}{sender_tcp_congestion}')" ]
    record route --seconds 1 --cc system --setup 'test $LAB_END = sender || ip route change 10.9.0.0/30 dev lab0 congctl bbr'
    [ "$(named route.log.gz)" = "" ]
}

# A program of the traffic: says which congestion control its socket has, and whether another one can be
# chosen. Its server never ends.
own_traffic() {
    cat >own <<'END'
use Socket qw(:DEFAULT IPPROTO_TCP);
use IO::Socket::IP;
use constant TCP_CONGESTION => 13; # netinet/tcp.h of Linux
my ($role, @where) = @ARGV;
my $socket = $role eq 'serve' ? IO::Socket::IP->new(LocalPort => $where[0], Listen => 1, ReuseAddr => 1)
    : IO::Socket::IP->new(PeerHost => $where[0], PeerPort => $where[1], Type => SOCK_STREAM);
$socket = $socket->accept if $role eq 'serve';
my $other = setsockopt($socket, IPPROTO_TCP, TCP_CONGESTION, 'reno') ? 'can' : 'cannot';
my $name = getsockopt $socket, IPPROTO_TCP, TCP_CONGESTION;
open my $said, '>', "$role.said" or die;
print $said unpack('Z*', $name), " $other choose\n";
close $said;
print $socket 'hello';
sleep 100 if $role eq 'serve';
END
}

@test "a program's connections have the congestion control that was asked for, and the run ends with it" {
    own_traffic
    local begin=$SECONDS
    record own --delay 2ms --program 'perl own' --cc bbr
    [ $((SECONDS - begin)) -lt 30 ]
    [ "$(cat serve.said)" = "bbr cannot choose" ]
    [ "$(cat send.said)" = "bbr cannot choose" ]
    [ "$(named own.log.gz)" = bbr ]
    record own --delay 2ms --program 'perl own' # which is not asked for chooses
    [ "$(cat send.said)" = "reno can choose" ]
    [ "$(named own.log.gz)" = "" ]
    sed -i 's/^sleep .*/exit 7 if $role eq "send"; sleep 100/' own
    status=0
    "$lab" --delay 2ms --program 'perl own' -o own.log 2>err 3>&- || status=$?
    [ "$status" -eq 2 ]
    [ "$(tail -n 1 err)" = "lab/run: perl own failed with status 7" ]
}

# carried FILE...: what each connection's bulk sender carried, and who says so.
carried() {
    "$tcpprobe" flows -q --all --format json "$@" >carried.json
    json carried.json 'map { "$_->{acked_bytes} $_->{acked_from}" } grep { defined $_->{acked_bytes} } @{ $d->{flows} }' | sort -n
}

# marks FILE[,FILE] FILTER: in the table a flow's bytes are what was written, or less with a mark, or none.
marks() {
    local id acked rest
    "$tcpprobe" flows -q ${2:+--filter "$2"} --sort -id ${1//,/ } >table
    "$tcpprobe" flows -q ${2:+--filter "$2"} --all --format json ${1//,/ } >flows.json
    json flows.json 'map { "$_->{id} " . ($_->{acked_bytes} // "-") . " " . ($_->{acked_from} // "-") } @{ $d->{flows} }' |
        while read -r id acked rest; do
            size=$(sed -n "$(((id + 1) / 2))p" <<<"$sizes")
            row=$(awk -v id="$id" '$1 == id { print $7 }' table)
            case $rest in
            -) [ "$row" = - ] ;;
            *close) [ "$acked" -le "$size" ] && [[ $row == *+ ]] ;;
            *) [ "$acked" -eq "$size" ] && [[ $row != *+ ]] ;;
            esac || { echo "$1 $2: flow $id of $size bytes: $row, $acked $rest" >&3; return 1; }
        done
}

@test "what is acknowledged after close() is not lost: no figure below the truth without a mark" {
    sizes=$(printf '%s\n' 100 1448 14480 60000 100000 250000 500000 1000000 2000000 4000000)
    record close --rate 50mbit --delay 5ms --program "perl $BATS_TEST_DIRNAME/close.pl" --pcap close.pcap.gz
    both=$(sed p <<<"$sizes")
    diff <(sed 's/$/ packets/' <<<"$both") <(carried close.pcap.gz)
    diff <(sed 's/$/ packets/' <<<"$both") <(carried close.log.gz close.pcap.gz)
    diff <(sed 's/$/ peer/' <<<"$both") <(carried close.log.gz) # of both hosts
    # one host alone: of what it sends it says that it does not know the rest, of what it receives all
    port=$(json carried.json '(sort map { (split /:/, $_->{dst})[-1] } @{ $d->{flows} })[0]')
    carried --filter "dport == $port" close.log.gz >sender
    grep -qx '4000000 peer' sender
    not grep -vxE '[0-9]+ (peer|kernel until close)' sender
    local what
    for what in close.pcap.gz close.log.gz close.log.gz,close.pcap.gz close.log.gz,dport; do
        marks "${what%%,dport}" "$([[ $what != *,dport ]] || echo "dport == $port")"
    done
    [ "$("$tcpprobe" flows -q close.log.gz | grep -c '^+: ')" -eq 0 ]
    [ "$("$tcpprobe" flows -q --filter "dport == $port" close.log.gz | grep -c '^+: at least so much')" -eq 1 ]
    # the program's flows come in the order of the sizes, each size from either end
    [ "$(json carried.json 'scalar grep { ($_->{acked_from} // "") eq "kernel until close" } @{ $d->{flows} }')" -ge 3 ]
}

@test "... nor what is received after the receiver itself has closed its half" {
    sizes=$(printf '%s\n' 100 1448 14480 60000 100000 250000 500000 1000000 2000000 4000000)
    export HALF=1
    record half --rate 50mbit --delay 5ms --program "perl $BATS_TEST_DIRNAME/close.pl" --pcap half.pcap.gz
    diff <(sed 's/$/ packets/' <<<"$sizes") <(carried half.pcap.gz)
    diff <(sed 's/$/ proved/' <<<"$sizes") <(carried half.log.gz half.pcap.gz | sed -E 's/ (packets|kernel|peer)$/ proved/')
    port=$(gzip -dc half.log.gz | sed -n 's/^# filter=sport == \([0-9]*\) .*/\1/p')
    for filter in '' "dport == $port" "sport == $port"; do
        "$tcpprobe" flows -q ${filter:+--filter "$filter"} --all --format json half.log.gz >flows.json
        for end in '' peer_; do
            json flows.json 'map { "$_->{id} " . ($_->{'$end'acked_bytes} // "-") . " " . ($_->{'$end'acked_from} // "-") } @{ $d->{flows} }'
        done | while read -r id acked rest; do
            size=$(sed -n "${id}p" <<<"$sizes")
            case $rest in
            -) ;;
            *close) [ "$acked" -le "$size" ] ;;
            *) [ "$acked" -eq "$size" ] ;;
            esac || { echo "$filter: flow $id of $size bytes: $acked $rest" >&3; return 1; }
        done
    done
    grep -q '"peer until close"' flows.json
}

# A run of 20 s that is broken after a moment: how, from inside the function.
broken() { # SIGNAL WHAT-TO-KILL [OPTION...]
    local signal=$1 what=$2 run pid
    shift 2
    "$lab" --seconds 20 "$@" -o broken.log.gz >out 2>err 3>&- &
    run=$!
    for _ in {1..100}; do
        pid=$(pgrep -P $run -f "$what" | head -n 1)
        [ -n "$pid" ] && [ -s broken.log.gz ] && pgrep -P $run iperf3 >/dev/null && break
        sleep 0.1
    done
    sleep 0.5
    kill -"$signal" "$pid"
    status=0
    wait $run || status=$?
    cat err
    [ -z "$(left_of $run)" ]
}

@test "a recorder or a link that dies is a failure, at once" {
    local begin=$SECONDS
    for signal in KILL TERM; do # after TERM it ends well, but too early
        broken $signal '^[^ ]*tcpprobe trace'
        [ "$status" -eq 2 ]
        [ "$(tail -n 1 err)" = "lab/run: the recorder ended before the traffic did" ]
        broken $signal '^[^ ]*linkem'
        [ "$status" -eq 2 ]
        [ "$(tail -n 1 err)" = "lab/run: the link ended before the traffic did" ]
    done
    broken TERM '^sed ' --recorder shell
    [ "$status" -eq 2 ]
    [ "$(tail -n 1 err)" = "lab/run: the recorder ended before the traffic did" ]
    [ $((SECONDS - begin)) -lt 60 ]
}

@test "a link that is late by more than a round trip is a failure" {
    "$lab" --seconds 2 -o late.log.gz >late.out 2>err 3>&- &
    run=$!
    for _ in {1..100}; do
        link=$(pgrep -P $run linkem) && pgrep -P $run iperf3 >/dev/null && break
        sleep 0.1
    done
    sleep 0.5
    kill -STOP "$link"
    sleep 0.1
    kill -CONT "$link"
    status=0
    wait $run || status=$?
    cat err
    [ "$status" -eq 3 ]
    grep -qE '^lab/run: the machine is too busy for this link: a packet was [0-9.]+ ms late, more than 40\.0 ms$' err
    [ "$(late_us late.out)" -gt 90000 ]
    "$tcpprobe" flows -q late.log.gz
}

@test "nothing is left, however it ends" {
    "$lab" --seconds 20 -o term.log.gz --pcap term.pcap.gz 3>&- &
    term=$!
    "$lab" --seconds 20 -o kill.log.gz --pcap kill.pcap.gz 3>&- &
    kill=$!
    for _ in {1..100}; do # until both have traffic
        ! pgrep -P $term iperf3 >/dev/null || ! pgrep -P $kill iperf3 >/dev/null || break
        sleep 0.1
    done
    sleep 1
    recorders=$(pgrep -f -- '-o (term|kill)\.log\.gz sport') || true # none if the shell records
    [ -n "$(left_of $term)" ]
    [ -n "$(left_of $kill)" ]
    kill -TERM $term
    kill -KILL $kill
    status=0
    wait $term || status=$?
    [ $status -eq 143 ]
    wait $kill || true
    [ -z "$(left_of $term)" ]
    gzip -t term.log.gz term.pcap.gz
    "$tcpprobe" flows -q term.log.gz

    record next --seconds 1 # tidies up
    for pid in $recorders; do
        for turn in {1..50}; do # a recorder drains and packs before it ends
            [ -e /proc/$pid ] || break
            sleep 0.1
        done
        [ ! -e /proc/$pid ]
        [ -z "$(ls /sys/kernel/tracing/instances | grep "^tcpprobe-$pid-")" ]
    done
    [ -z "$(left_of $kill)" ]
    [ "$(counter events_lost next.out)" -eq 0 ]
    gzip -t kill.log.gz kill.pcap.gz
    "$tcpprobe" flows -q kill.log.gz
}

@test "what cannot be done is said in one sentence" {
    refused() { # SENTENCE OPTION...
        local sentence=$1 status=0
        shift
        "$lab" "$@" >out 2>err 3>&- || status=$?
        [ $status -eq 2 ]
        diff <(echo "$sentence") err
        [ ! -s out ]
    }
    refused "lab/run: no log to write: give -o LOG" --seconds 1
    refused "lab/run: --seconds: 'soon' is not a number from 1 to 99999" --seconds soon -o x.log
    refused "lab/run: --window: '64q' is not a size, as 64k" --window 64q -o x.log
    refused "lab/run: --rate-limit: '6' is not a rate, as 6mbit" --rate-limit 6 -o x.log
    refused "lab/run: unexpected 'x.log'; see --help" x.log
    refused "linkem: 'fast' is not a rate, as 20mbit" --rate fast -o x.log
    refused "linkem: '101%' is not a share, as 0.5% or 0.005" --loss 101% -o x.log
    refused "linkem: 'nan' is not a share, as 0.5% or 0.005" --loss nan -o x.log
    refused "linkem: '-1ms' is not a time, as 20ms" --delay=-1ms -o x.log
    refused "lab/run: cannot write no/such/folder/x.log" -o no/such/folder/x.log
    grep -q "^lab/run: --cc: this kernel does not take 'nosuch'" <("$lab" --cc nosuch -o x.log 2>&1 3>&-)
    chmod 777 .
    run setpriv --reuid 65534 --clear-groups "$lab" -o x.log
    [ "$status" -eq 2 ]
    [ "$output" = "lab/run: needs root: it makes network namespaces, TUN devices and a trace" ]
}
