#!/usr/bin/env bats
# `trace --sockets`: samples of sockets between the kernel's events, in one log.
load helpers
load live

# sorted LOG: times of all lines do not fall; one microsecond is what rounding them takes.
sorted() {
    gzip -dcf "$1" | perl -ne '
        /^#/ and next;
        /(\d+)\.(\d{6}): / or die "no time: $_";
        my $us = $1 * 1e6 + $2;
        $last -= 0; die "falls by ", $last - $us, " us: $_" if $us < $last - 1;
        $last = $us; $lines++;
        END { print "$lines lines\n" }'
}

# cookies EVENT: of a log on stdin.
cookies() { grep ": $1: " | grep -o 'sock_cookie=[0-9a-f]*' | sort -u; }

@test "trace: samples and events of a lossy run are of the same sockets, and agree (live)" {
    [ -e /dev/net/tun ] && command -v iperf3 >/dev/null || skip "needs the lab"
    "$root/scripts/lab/run" --loss 3% --seconds 2 --sockets 200ms -o log.gz >link 3>&- ||
        [ $? -eq 3 ] # a machine that is busy loses nothing of this
    sorted log.gz
    gzip -dc log.gz >log
    # The two ends of iperf3's two connections have events; the sender's are sampled.
    grep -v ' sport=15[0-9]* ' log | grep -v 'src=10.9.0.1:15' >sender
    cookies tcp_socket_end <log >ends
    [ "$(wc -l <ends)" -eq 2 ]
    diff ends <(cookies tcp_socket <log)
    diff ends <(grep ' saddr=10.9.0.1 ' log | cookies tcp_destroy_sock)
    [ "$(perl -ne '/: tcp_probe: .* src=10\.9\.0\.1:.*sock_cookie=([0-9a-f]+)/ and print "sock_cookie=$1\n"' log | sort -u)" = "$(cat ends)" ]
    # What was sent again: the kernel's total, which the link dropped, and every event of it.
    dropped=$(($(sed -n 's/^forward_dropped_random=//p' link) + $(sed -n 's/^forward_dropped_queue=//p' link)))
    "$tcpprobe" flows -q --all --format json log.gz >flows.json
    set -- $(json flows.json 'my %s; for my $f (@{ $d->{flows} }) { for (qw(retransmits retransmitted_segs)) { $s{$_} += $f->{$_} } } @s{qw(retransmits retransmitted_segs)}')
    echo "the link dropped $dropped, $1 skbs and $2 segments were sent again"
    [ "$2" -ge 1 ] && [ "$1" -le "$2" ]
    # a packet may be lost again, a sending may be spurious on a machine that stands still
    [ "$2" -ge "$dropped" ] && [ "$2" -le $((dropped + dropped / 4 + 3)) ]
    # All is known of sockets whose ends were told: nothing is "at least".
    "$tcpprobe" flows -q log.gz >text
    not grep -q '^+: at least' text
    # Whatever it is of the network, by events and by samples.
    [ "$(json flows.json 'map { $_->{socket_limited_by} } grep { $_->{acked_bytes} > 100000 } @{ $d->{flows} }')" = network ]
    # What no event says.
    [ "$(json flows.json 'map { "$_->{owner} $_->{cc} $_->{socket_whole}" } @{ $d->{flows} }' | sort -u)" = "iperf3 cubic 1" ]
    [ "$(json flows.json 'grep { !$_->{rto_last_us} } @{ $d->{flows} }')" = "" ]
}

@test "trace: both engines put samples where they belong (live)" {
    port=$(free_port)
    talk_behind "$port" 4
    for engine in raw pipe; do
        trace_behind --engine $engine --sockets=50ms -d 1s -o $engine.log "port $port"
        wait "$recorder"
        sorted $engine.log
        grep -q '^tcpprobe: sampled [1-9][0-9]* sockets, of which 0 ended, in [0-9]* rounds$' err
        # Events and rounds take turns.
        perl -ne '/^#/ and next; my $s = /: tcp_(socket|counters)/ ? 1 : 0; $turns++ if $s != $was; $was = $s;
            END { print "$turns turns\n"; exit($turns < 6) }' $engine.log
        # Nothing but what the filter means.
        grep -E ': tcp_socket(_end)?: ' $engine.log >samples
        not grep -v ":$port " samples
        [ "$(value rounds_so_far $engine.log)" -ge 4 ]
        [ "$(value lines_so_far $engine.log)" -eq "$(grep -cE ': tcp_(socket|socket_end|socket_round|counters): ' $engine.log)" ]
        [ "$(value events $engine.log)" -eq "$(grep -v '^#' $engine.log | grep -cvE ': tcp_(socket|socket_end|socket_round|counters): ')" ]
    done
}

@test "trace: what --sockets cannot be" {
    fails 2 "tcpprobe: --processes and --netns are of the sockets that are sampled: --sockets" trace -p
    fails 2 "tcpprobe: --sockets: sockets are sampled by the clock mono, not by boot" trace --sockets --clock boot
    fails 2 "tcpprobe: --sockets: 'x' is not a time such as 10, 10s, 500ms or 2min" trace --sockets=x
    [ "$(id -u)" -ne 0 ] || fails 2 "$(cat <<'END'
tcpprobe: --sockets: the filter is asked of sockets, too, which have other words than events
tcpprobe: filter:1:1: unknown field 'tcp_probe': known are sport dport saddr daddr family and those of 'tcpprobe sockets --columns'
tcp_probe
^
END
)" trace --sockets tcp_probe
}
