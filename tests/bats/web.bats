# watch --web over plain HTTP: who is let in, what is answered, how many may look. What a browser makes of it:
# tests/page/live.test.mjs.
load helpers

few=("$pairs/app-limited-bbr.log.gz" "$pairs/app-limited-bbr.pcap.gz")
both=("$samples/cubic-loss.log.gz" "$samples/cubic-loss.pcap.gz")

setup() {
    cd "$BATS_TEST_TMPDIR"
    command -v curl >/dev/null || skip "curl is not installed"
    ! "$tcpprobe" --version | grep -q libmicrohttpd || skip "built without libmicrohttpd"
}

teardown() {
    [ ! -s pid ] || { kill -KILL "$(cat pid)" && wait "$(cat pid)"; } 2>/dev/null || true
}

# served OPTION...: runs watch --web; its address is in $address, the same without the secret in $server.
served() {
    rm -f address # of one before
    "$tcpprobe" watch --web "$@" >address 2>said 3>&- 9>&- &
    echo $! >pid
    for _ in $(seq 600); do
        [ ! -s address ] || break
        kill -0 "$(cat pid)" || break
        sleep 0.05
    done
    address=$(cat address)
    server=${address%%\?*}
    secret=${address##*t=}
}

# ended: asks it to end; its status.
ended() {
    kill -INT "$(cat pid)"
    wait "$(cat pid)"
}

# ask PATH [OPTION...]: what it answers to who knows the secret.
ask() {
    local path=$1
    shift
    curl -sS --max-time 60 "$server$path?t=$secret" "$@"
}

# all_read: waits until all of the recording was shown.
all_read() {
    for _ in $(seq 600); do
        ask api/traffic >traffic.json
        [ "$(json traffic.json '$d->{live}{ended} ? 1 : 0')" -eq 0 ] || return 0
        sleep 0.05
    done
    return 1
}

client() { perl "$BATS_TEST_DIRNAME/web.pl" "$1" "$address" "${@:2}"; }

@test "what is told in the end is what a page about the same files has" {
    served --speed 999999 "${few[@]}"
    all_read
    ask api/flow/1 >flow-1.json
    ask api/flow/2 >flow-2.json
    "$tcpprobe" export -q --format page-json "${few[@]}" >page.json
    "$tcpprobe" packets -q --format ndjson "${few[@]}" >packets.ndjson
    perl "$BATS_TEST_DIRNAME/web_same.pl" page.json traffic.json packets.ndjson flow-?.json
    ended
    [ ! -s said ]
}

@test "it takes its time, and tells each second what is new" {
    begin=$(date +%s%N)
    served --speed 0.5 "${both[@]}"
    ask api/events --no-buffer --max-time 5 >events || [ $? -eq 28 ]
    MOST=$((($(date +%s%N) - begin) / 2000)) perl -MJSON::PP -0777 -ne '
        my ($last, $acked, $before, $moves) = (-1, 0, undef, 0);
        for my $tick (map { JSON::PP->new->decode($_) } /^event: tick\ndata: (.*)$/mg) {
            die "tick $tick->{tick} behind $before" if defined $before && $tick->{tick} != $before + 1;
            die "time goes back" if $tick->{now} < $last;
            $moves++ if $tick->{now} > $last;
            for my $row (@{ $tick->{changed} }) {
                $acked = $row->[3] if $row->[0] == 2;
            }
            ($before, $last) = ($tick->{tick}, $tick->{now});
        }
        die "$moves moves, $last of $ENV{MOST} us" if $moves < 2 || $last > $ENV{MOST};
        die "nothing was acknowledged" if !$acked;
        ' events
    # of what was read ahead nothing is told
    ask api/traffic >traffic.json
    json traffic.json 'abs($d->{total}{recorded_ns} / 1000 - $d->{live}{now}) < 2 ? "good" : "bad"' | grep -qx good
}

@test "ticks tell what the whole would" {
    served --speed 2.5 "${both[@]}"
    [ "$(client follow)" = same ]
}

@test "nobody is let in without the secret, by another name, or from another page" {
    served --speed 999999 "$one_flow"
    port=${server##*:}
    port=${port%/}
    # what is asked, and how that is answered
    sed '/^$/d; s/^ *//' >asked <<'END'
        403 GET /
        403 GET /?t=
        403 GET /?t=SECRET0
        403 GET /?t=00000000000000000000000000000000
        403 GET /nothing
        403 GET /api/traffic
        403 GET /api/traffic?t=x
        403 GET /api/traffic|Cookie: tcpprobe-PORT=x
        403 GET /api/traffic|Cookie: tcpprobe=SECRET
        403 GET /api/flow/1
        403 GET /api/events
        303 GET /?t=SECRET
        200 GET /|Cookie: tcpprobe-PORT=SECRET
        200 GET /api/traffic?t=SECRET
        200 HEAD /api/traffic?t=SECRET
        200 GET /api/traffic|Cookie: other=1; tcpprobe-PORT=SECRET
        421 GET /api/traffic?t=SECRET|Host: evil.example
        421 GET /api/traffic?t=SECRET|Host: evil.example:PORT
        421 GET /api/traffic?t=SECRET|Host: 127.0.0.1
        421 GET /api/traffic?t=SECRET|Host: 127.0.0.1:PORT.evil.example
        421 GET /api/traffic?t=SECRET|Host: localhost:
        421 GET /api/traffic?t=SECRET|Host: 127.0.0.2:PORT
        421 GET /api/traffic?t=SECRET|Host: [::2]:PORT
        200 GET /api/traffic?t=SECRET|Host: localhost:PORT
        200 GET /api/traffic?t=SECRET|Host: LOCALHOST:1
        200 GET /api/traffic?t=SECRET|Host: [::1]:PORT
        403 GET /api/traffic?t=SECRET|Origin: http://evil.example
        403 GET /api/traffic?t=SECRET|Origin: null
        403 GET /api/traffic?t=SECRET|Origin: https://127.0.0.1:PORT
        403 GET /api/traffic?t=SECRET|Origin: http://127.0.0.1:1
        403 GET /api/traffic?t=SECRET|Origin: http://localhost:PORT
        200 GET /api/traffic?t=SECRET|Origin: http://127.0.0.1:PORT
        403 GET /api/traffic?t=SECRET|Sec-Fetch-Site: cross-site
        403 GET /api/traffic?t=SECRET|Sec-Fetch-Site: same-site
        200 GET /api/traffic?t=SECRET|Sec-Fetch-Site: same-origin
        200 GET /api/traffic?t=SECRET|Sec-Fetch-Site: none
        405 POST /api/traffic?t=SECRET
        405 OPTIONS /api/traffic?t=SECRET
        413 GET /api/traffic?t=SECRET|Content-Length: 5
        404 GET /nothing?t=SECRET
        404 GET /api/flow/3?t=SECRET
        404 GET /api/flow/x?t=SECRET
        404 GET /api/flow/99999999999999999999?t=SECRET
        404 GET /../etc/passwd?t=SECRET
END
    cut -d' ' -f2- asked | client statuses | paste -d' ' - <(cut -d' ' -f2- asked) | diff asked - >&2
    # no header for pages elsewhere, no page in a frame, the secret in no page
    ask '' -i >head
    grep -qi '^location: /' head
    grep -qi "^set-cookie: tcpprobe-$port=$secret; HttpOnly; SameSite=Strict; Path=/" head
    curl -sS -i -b "tcpprobe-$port=$secret" "$server" >page
    not grep -qi '^access-control' head page
    for line in 'X-Frame-Options: DENY' 'X-Content-Type-Options: nosniff' 'Cache-Control: no-store' \
        'Cross-Origin-Resource-Policy: same-origin' 'Referrer-Policy: no-referrer' "Content-Security-Policy: default-src 'none'; script-src 'sha256-"; do
        grep -qiF "$line" page
    done
    not grep -qF "$secret" page
    for tag in script style; do
        hash=$(perl -0777 -ne "print \$1 if m{<$tag>(.*?)</$tag>}s" page | openssl dgst -sha256 -binary | base64)
        grep -qF "$tag-src 'sha256-$hash'" page
    done
}

@test "only this machine's loopback is listened on" {
    command -v ss >/dev/null || skip "needs ss"
    served --speed 999999 "$one_flow"
    port=${server##*:}
    [ "$(ss -Htln "sport = :${port%/}" | awk '{ print $4 }')" = "127.0.0.1:${port%/}" ]
}

@test "many viewers, idle callers, one that never reads" {
    served --speed 1 "${both[@]}"
    [ "$(client crowd 34 | sort | uniq -c | xargs)" = '32 200 2 503' ]
    [ "$(client idle 60)" = '200 soon' ]
    [ "$(client deaf)" -ge 3 ]
    ended
}

@test "who missed a tick is told so" {
    served --speed 999999 "$one_flow"
    all_read
    ask "api/events" --no-buffer --max-time 2 -G -d after=0 >events || [ $? -eq 28 ]
    grep -q '^retry: 1000' events
    curl -sS --no-buffer --max-time 2 -H 'Last-Event-ID: 0' "${server}api/events?t=$secret" >events || [ $? -eq 28 ]
    [ "$(grep -m 1 '^event: ' events)" = 'event: missed' ] || [ "$(json traffic.json '$d->{live}{tick}')" -lt 2 ]
}

@test "root is given up before anybody is let in" {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    served --speed 999999 "$one_flow"
    [ "$(awk '$1 == "Uid:" { print $2, $3, $4, $5 }' "/proc/$(cat pid)/status")" = '65534 65534 65534 65534' ]
    [ "$(awk '$1 ~ /^Cap(Prm|Eff)/ { print $2 }' "/proc/$(cat pid)/status" | uniq)" = 0000000000000000 ]
    [ "$(awk '$1 == "NoNewPrivs:" { print $2 }' "/proc/$(cat pid)/status")" -eq 1 ]
    ended
    SUDO_UID=1234 SUDO_GID=1234 served --speed 999999 "$one_flow"
    [ "$(awk '$1 == "Uid:" { print $2 }' "/proc/$(cat pid)/status")" -eq 1234 ]
}

# carry: sends over the loopback device until fd 9 is closed; the port is in carried.
carry() {
    mkfifo carry
    perl -MIO::Socket::INET -e '
        my $listener = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die;
        my $client = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $listener->sockport) or die;
        my $server = $listener->accept;
        syswrite STDOUT, $listener->sockport . "\n";
        open my $until, "<", "carry" or die;
        my $ready = "";
        vec($ready, fileno $until, 1) = 1;
        until (select my $now = $ready, undef, undef, 0.02) {
            syswrite $client, "x" x 10000;
            sysread $server, my $got, 20000;
        }' >carried 3>&- &
    carrier=$!
    exec 9>carry
}

# carried [FIGURE]: waits for its row, whose number is in $row, and for the figure, which may be told later than
# others; the whole is in traffic.json, the detail in flow.json.
carried() {
    for _ in $(seq 300); do
        ask api/traffic >traffic.json
        row=$(json traffic.json 'map { my $row = $_; grep { $row->{src} =~ /:'"$(cat carried)"'$/ || $row->{dst} =~ /:'"$(cat carried)"'$/ } $row->{bytes} > 20000 ? $row->{id} : () } @{ $d->{connections} }')
        [ -z "$row" ] || ask "api/flow/$row" >flow.json
        [ -z "$row" ] || ! json flow.json '$d->{figures}{"'"${1:-acked_bytes}"'"} // "none yet"' | grep -qv none || break
        sleep 0.1
    done
    [ -n "$row" ]
    exec 9>&-
    wait $carrier
}

# recorder_ended: the process beside it, once it is over.
recorder_ended() {
    local child
    child=$(cut -d' ' -f1 "/proc/$(cat pid)/task/$(cat pid)/children")
    [ -n "$child" ]
    ended
    for _ in $(seq 200); do
        [ -d "/proc/$child" ] || return 0
        sleep 0.05
    done
    return 1
}

@test "what this machine does: sockets as they are sampled, but not the page's own" {
    served -i 200ms
    port=${server##*:}
    carry
    carried
    [ "$(json flow.json '$d->{figures}{tcp_state}')" = TCP_ESTABLISHED ]
    json flow.json '$d->{figures}{segs_out} > 0 && $d->{figures}{snd_cwnd_last_segs} > 0 && $d->{figures}{srtt_last_us} > 0 ? "good" : "bad"' | grep -q good
    not grep -qF ":${port%/}\"" traffic.json
    recorder_ended
    [ ! -s said ]
}

@test "a recorder that would write nothing for long ends, too" {
    served -i 60s
    recorder_ended
}

@test "a recorder that dies is told at once, and makes the status 2" {
    served -i 300ms
    kill -KILL "$(cut -d' ' -f1 "/proc/$(cat pid)/task/$(cat pid)/children")"
    for _ in $(seq 600); do
        ! grep -qx 'tcpprobe: the recorder has ended: what the page shows happens no more' said || break
        sleep 0.05
    done
    grep -qx 'tcpprobe: the recorder has ended: what the page shows happens no more' said
    kill -INT "$(cat pid)"
    status=0
    wait "$(cat pid)" || status=$?
    [ "$status" -eq 2 ]
}

@test "events of the kernel beside sockets (live)" {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    [ -e /sys/kernel/tracing/events/tcp/tcp_probe ] || skip "needs tracefs in /sys/kernel/tracing"
    served --events
    carry
    carried segs_out # of the next round of sockets
    json flow.json '$d->{figures}{probes} > 0 && $d->{figures}{acked_from} =~ /^kernel/ && $d->{figures}{segs_out} > 0 ? "good" : "bad"' | grep -q good
    recorder_ended
}

@test "packets of an interface (live)" {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    served --packets lo
    carry
    carried wire_packets
    json flow.json '$d->{figures}{wire_packets} > 0 && $d->{packets}{rows} > 0 ? "good" : "bad"' | grep -q good
    json traffic.json '$d->{live}{packets}{rows} > 0 ? "good" : "bad"' | grep -q good
    recorder_ended
    # what cannot be captured is said by who captures, and nobody is told an address
    "$tcpprobe" watch --web --packets no-such >out 2>err || status=$?
    [ "$status" -eq 2 ]
    grep -q 'no-such' err
    [ ! -s out ]
}

@test "packets, sockets and events of one connection together (live)" {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    [ -e /sys/kernel/tracing/events/tcp/tcp_probe ] || skip "needs tracefs in /sys/kernel/tracing"
    carry
    for _ in $(seq 600); do
        [ ! -s carried ] || break
        sleep 0.05
    done
    all='$d->{figures}{segs_out} && $d->{figures}{probes} && $d->{figures}{wire_packets} && $d->{figures}{bytes} > 50000 ? "all" : "not yet"'
    served --events --packets lo "port $(cat carried)"
    for _ in $(seq 300); do
        ask api/traffic >traffic.json
        row=$(json traffic.json '@{ $d->{connections} } ? $d->{connections}[0]{id} : ""')
        [ -z "$row" ] || ask "api/flow/$row" >flow.json
        [ -z "$row" ] || ! json flow.json "$all" | grep -qx all || break
        sleep 0.1
    done
    exec 9>&-
    wait $carrier
    json flow.json "$all" | grep -qx all
    # one connection, on one clock
    [ "$(json traffic.json 'scalar @{ $d->{connections} }, scalar @{ $d->{timelines} }' | xargs)" = '1 1' ]
    [ "$(json traffic.json 'map { $_->{name} } @{ $d->{inputs} }')" = $'sockets and events\npackets' ]
    recorder_ended
    [ ! -s said ]
}

@test "what is wrong is said, and nothing is served" {
    fails 2 "tcpprobe: --web: 'x' is not a port such as 8123" watch --web=x
    fails 2 "tcpprobe: --web is a page: --once, --sort, --group and --time are of a terminal" watch --web --once
    fails 2 "tcpprobe: --web is a page: --once, --sort, --group and --time are of a terminal" watch --web --sort out
    fails 2 "tcpprobe: --web is a page: --once, --sort, --group and --time are of a terminal" watch --web --time wall
    fails 2 "tcpprobe: --speed and --at are of a log: tcpprobe watch FILE" watch --web --at 3
    for file in ./none /none none.log.gz; do
        fails 2 "tcpprobe: $file: cannot open: No such file or directory" watch --web $file
    done
    mkfifo fifo
    fails 2 "tcpprobe: ./fifo: is no regular file, and what is shown is read from one" watch --web ./fifo
    # an address that nobody sees
    "$tcpprobe" watch --web "$one_flow" >/dev/full 2>err || status=$?
    [ "$status" -eq 2 ]
    grep -x 'tcpprobe: cannot write standard output: No space left on device' err
    fails 2 "tcpprobe: --events and --packets are of a page: --web" watch --events
    served --speed 999999 "$one_flow"
    port=${server##*:}
    fails 2 "tcpprobe: cannot listen on port ${port%/} of 127.0.0.1: Address already in use" watch --web="${port%/}" "$one_flow"
    ended
}
