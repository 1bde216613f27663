# What limits a sender, as `sockets -i` says it of connections over a link that is known exactly
# (limited.pl), and as `flows` says it of the same run's kernel events and packets. LIMITS=all makes every scenario
# (make limits), else only some.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    [ -d /sys/kernel/tracing/instances ] || skip "needs tracefs in /sys/kernel/tracing"
    [ -e /dev/net/tun ] || skip "needs TUN devices"
    command -v iperf3 >/dev/null || skip "needs iperf3"
}

only_in_all() { [ "${LIMITS:-}" = all ] || skip "make limits"; }

# run SCENARIO OPTION...: again while the machine stood still meanwhile.
run_lab() {
    local scenario=$1 status
    shift
    for _ in 1 2 3 4 5; do
        status=0
        "$root/scripts/lab/run" --rate 50mbit --delay 20ms --queue 200k --cc cubic "$@" -o log.gz --pcap packets.pcap.gz \
            --program "perl $BATS_TEST_DIRNAME/limited.pl $scenario $tcpprobe $PWD/rounds.json" >out 3>&- || status=$?
        [ $status -eq 3 ] || return $status
    done
    skip "this machine stands still at times"
}

# by_flows OPTION... FILE: what limited the sender's end.
by_flows() {
    "$tcpprobe" flows -q --all --format json "$@" >flows.json
    json flows.json 'map { my $f = $_; my $p = $f->{src} =~ /^10\.9\.0\.1:/ ? "" : "peer_"; $f->{$p . "limited_by"} } @{ $d->{flows} }'
}

# limited SCENARIO 'LIMIT...' BY 'EVENTS...' 'PACKETS...' [OPTION...]: one of these is what sockets says, and
# one of these what flows says of the kernel's events from the same time on, and of all packets.
limited() {
    local scenario=$1 limits=$2 by=$3 events=$4 packets=$5 flow packet
    shift 5
    run_lab "$scenario" "$@"
    read -r limit limited_by <<<"$(json rounds.json 'my $s = $d->{sockets}[1]; "$s->{limit} $s->{limited_by}"')"
    flow=$(by_flows --since "${since:-1.5}" log.gz) packet=$(by_flows packets.pcap.gz)
    echo "$scenario: $limit ($limited_by), flows: $flow by events, $packet by packets"
    cat rounds.json.txt
    [[ " $limits " == *" $limit "* ]]
    [ "$limited_by" = "$by" ]
    [[ " $events " == *" $flow "* ]]
    [[ " $packets " == *" $packet "* ]]
    # The first round has no limit; the explanation names one of these, too, with its figures.
    [ "$(json rounds.json '$d->{sockets}[0]{limit}')" = null ]
    name=$(sed -n '1s/^10\.9\.0\.1:[0-9]* -> 10\.9\.0\.2:[0-9]*: \([a-z]*\): .*/\1/p' rounds.json.txt)
    [[ " $limits " == *" $name "* ]]
    grep -q '^  because   ' rounds.json.txt
}

@test "an application that writes in bursts" { limited app app app app app; }

@test "the peer's receive buffer" { limited rwnd rwnd rwnd rwnd rwnd; }

@test "an application that waits for answers" { limited waits waits app app app; }

@test "loss at random" { limited loss loss network 'cwnd recovery network' 'recovery network' --loss 2%; }

@test "a queue at the bottleneck" {
    only_in_all
    limited queue queue network 'cwnd network' network
}

# BBR's own pace is the network's.
@test "bbr" {
    only_in_all
    limited bbr 'network queue loss' network 'pacing network cwnd' network --cc bbr
}

@test "a peer that stops reading" {
    only_in_all
    since=0.5
    limited unread unread rwnd rwnd rwnd
}

# Neither kernel events nor packets hold what was written and not sent, nor the send buffer.
@test "the send buffer" {
    only_in_all
    limited sndbuf sndbuf sndbuf 'app pacing network' 'app network' --rate 400mbit --queue 4000k --setup 'sysctl -qw net.ipv4.tcp_wmem="4096 60000 60000"'
}

@test "a pace that was set" {
    only_in_all
    limited pacing pacing pacing pacing network
}

@test "small buffers at both ends" {
    only_in_all
    limited both rwnd rwnd rwnd rwnd
}

@test "an application that writes a little all the time" {
    only_in_all
    limited trickle app app 'pacing app' 'network app'
}
