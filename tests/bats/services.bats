#!/usr/bin/env bats
# `services`: what each service sent again and why, against the kernel's counters and what a link that is
# known dropped.
load helpers
load live

# check NAME FILE: of the self-check.
check() { json "$2" "\$d->{check}{$1}"; }
# sum NAME FILE: over all groups.
sum() { json "$2" "my \$s = 0; \$s += \$_->{$1} // 0 for @{ \$d->{services} }; \$s"; }

@test "kinds and totals of a lossy run are those of the kernel, and of the link (live)" {
    [ -e /dev/net/tun ] && command -v iperf3 >/dev/null || skip "needs the lab"
    # Each run in a namespace where nothing else happens.
    "$root/scripts/lab/run" --loss 25% --seconds 3 --flows 2 --rate 5mbit --sockets 500ms -o log.gz >link 3>&- ||
        [ $? -eq 3 ] # late packets lose nothing of this
    "$tcpprobe" services --format json log.gz >services.json
    cat services.json link
    segs=$(sum retransmitted_segs services.json)
    [ "$segs" -ge 20 ]
    [ "$(check difference_segs services.json)" -eq 0 ]
    [ "$(check kernel_segs services.json)" -eq "$segs" ]
    # One more for each that was lost, but for ACKs and FINs of the other way; a few may have been needless.
    dropped=$(sed -n 's/^forward_dropped_random=//p' link)
    [ "$segs" -ge $((dropped - 6)) ] && [ "$segs" -le $((dropped + dropped / 4 + 3)) ]
    # Kinds: timeouts one by one; skbs may hold several segments.
    [ "$(sum timeout services.json)" -eq $(($(check kernel_timeouts services.json) - $(sum syn services.json))) ]
    for kind in fast slow_start; do
        skbs=$(sum $kind services.json) counted=$(check kernel_${kind}_segs services.json)
        [ "$skbs" -le "$counted" ] && [ $((skbs * 2)) -ge "$counted" ]
    done
    [ "$(sum tlp services.json)" -eq "$(check kernel_tlp_segs_about services.json)" ]
    [ "$(sum unknown services.json)" -eq 0 ]
    # The same numbers as those of flows.
    "$tcpprobe" flows -q --all --format json log.gz >flows.json
    for kind in recovery:fast timeout:timeout slow_start:slow_start tlp:tlp; do
        [ "$(json flows.json "my \$s = 0; \$s += \$_->{retransmits_${kind%:*}} // 0 for @{ \$d->{flows} }; \$s")" -eq "$(sum "${kind#*:}" services.json)" ]
    done
    # The same for the textfile collector.
    "$tcpprobe" services --format openmetrics log.gz >services.prom
    [ "$(sed -n 's/^tcpprobe_service_retransmitted_segments{service="[^"]*"} //p' services.prom | awk '{ n += $1 } END { print n }')" -eq "$segs" ]
    [ "$(sed -n 's/^tcpprobe_service_retransmitted_skbs{service="[^"]*",cause="timeout"} //p' services.prom | awk '{ n += $1 } END { print n }')" -eq "$(sum timeout services.json)" ]
    # As text.
    "$tcpprobe" services log.gz >text
    grep -q "^iperf3 " text
    grep -q "^check: sockets sent $segs segments again; the kernel counted $segs (RetransSegs): equal\$" text
}

@test "SYN, SYN-ACK and requests that become nothing, by port, live (live)" {
    space=tpservices$$
    ip netns add $space || skip "needs network namespaces"
    ip -n $space link set lo up
    ip -n $space link add v0 type veth peer name v1
    ip -n $space addr add 10.1.1.1/24 dev v0
    ip -n $space link set v0 up
    ip -n $space link set v1 up
    # What is sent to these is never answered.
    for host in 2 3; do ip -n $space neigh add 10.1.1.$host lladdr 02:00:00:00:00:0$host dev v0; done
    "$tcpprobe" services -d 6s -i 300ms --netns $space -g port --format json >services.json 2>err 3>&- &
    services=$!
    # its own recorder's, not that of a test beside it
    for _ in {1..200}; do
        recorder=$(pgrep -P $services) && compgen -G "$tracing/instances/tcpprobe-$recorder-*/tracing_on" >/dev/null && break
        sleep 0.05
    done
    sleep 0.5
    # Two connections that nobody answers, and three requests from where nobody is.
    ip netns exec $space perl -MSocket=:all -MFcntl -e '
        my @keep;
        for (1 .. 2) {
            socket my $s, PF_INET, SOCK_STREAM, 0 or die;
            fcntl $s, F_SETFL, O_NONBLOCK;
            connect $s, sockaddr_in(80, inet_aton("10.1.1.2"));
            push @keep, $s;
        }
        socket my $l, PF_INET, SOCK_STREAM, 0 or die;
        bind $l, sockaddr_in(8080, INADDR_ANY) or die $!;
        listen $l, 9;
        socket my $raw, PF_INET, SOCK_RAW, 255 or die $!;
        for my $port (5001 .. 5003) {
            my ($from, $to) = (inet_aton("10.1.1.3"), inet_aton("10.1.1.1"));
            my $tcp = pack "nnNNCCnnn", $port, 8080, 1, 0, 0x50, 2, 65535, 0, 0;
            my $sum = unpack "%32n*", pack("a4a4xCn", $from, $to, 6, length $tcp) . $tcp;
            $sum = ($sum >> 16) + ($sum & 0xffff) while $sum >> 16;
            substr $tcp, 16, 2, pack "n", ~$sum & 0xffff;
            my $ip = pack "CCnnnCCna4a4", 0x45, 0, 20 + length $tcp, 0, 0, 64, 6, 0, $from, $to;
            send $raw, $ip . $tcp, 0, sockaddr_in(0, $to) or die $!;
        }
        sleep 60' 3>&- &
    talker=$!
    wait $services || { cat err; ip netns delete $space; false; }
    kill "$(ip netns pids $space)" 2>/dev/null || true
    ip netns delete $space
    cat services.json
    port80=$(json services.json 'map { "$_->{sockets} $_->{retransmitted_segs} $_->{syn} $_->{synack} $_->{timeout}" } grep { $_->{group} eq "80" } @{ $d->{services} }')
    read -r sockets segs syn synack timeout <<<"$port80"
    [ "$sockets" -eq 2 ] && [ "$segs" -ge 4 ] && [ "$syn" -eq "$segs" ] && [ "$synack" -eq 0 ] && [ "$timeout" -eq 0 ]
    [ "$(check unfinished_synacks services.json)" -ge 6 ]
    [ "$(check difference_segs services.json)" -eq 0 ]
    [ "$(check kernel_syn_segs services.json)" -eq $((syn + $(check unfinished_synacks services.json))) ]
}

@test "metrics of services: every sum is that of the rows, and promtool finds nothing wrong" {
    sed 's/=iperf3/=a\\x22b\\x5cc/' "$root/tests/fuzz/corpus/stream/sockets" >t.log
    "$tcpprobe" services --format ndjson t.log >rows
    "$tcpprobe" services --format openmetrics t.log >services.prom
    cat rows services.prom
    [ "$(json rows '$d->{group}')" = 'a"b\c' ]
    grep -qxF "tcpprobe_service_sockets{service=\"a\\\"b\\\\c\"} $(json rows '$d->{sockets}')" services.prom
    grep -qxF "tcpprobe_service_sent_bytes{service=\"a\\\"b\\\\c\"} $(json rows '$d->{sent_bytes}')" services.prom
    # What was not recorded is absent.
    [ "$(json rows '$d->{timeout}')" = null ] && not grep -q 'cause="timeout"' services.prom
    [ "$(tail -n 1 services.prom)" = '# EOF' ]
    command -v promtool >/dev/null || skip "promtool (Debian's package prometheus) is missing"
    [ -z "$(promtool check metrics <services.prom 2>&1)" ]
}

@test "what services cannot do" {
    fails 2 "tcpprobe: --duration, --interval and --netns are of a recording, and files are recorded already" services -d 3 x.log
    local short="$root/tests/data/short.log"
    fails 2 "tcpprobe: $short has no samples of sockets: 'tcpprobe trace --sockets' records them" services -q "$short"
    fails 2 "tcpprobe: the files have no samples of sockets: 'tcpprobe trace --sockets' records them" services -q "$short" "$one_flow"
    "$tcpprobe" services -q --filter 'dport == 1' "$short"
    fails 2 "tcpprobe: --group: 'x' is none of service, port, peer, owner, cgroup" services -g x
    gzip -dc "$root/tests/data/explain-sources/loss.log.gz" | grep -v tcp_counters >uncounted.log
    "$tcpprobe" services -q uncounted.log >out
    [ "$(wc -l <out)" -gt 4 ]
    grep -q '^not checked: the recording has no counters of the kernel$' out
    # The recorder says why it cannot, once.
    status=0
    setpriv --reuid 65534 --regid 65534 --clear-groups "$tcpprobe" services -d 1s >out 2>err || status=$?
    [ "$status" -eq 2 ] && [ ! -s out ] && [ "$(grep -c '^tcpprobe: ' err)" -le 2 ]
}
