#!/usr/bin/env bats
# `trace`: live recordings of the loopback device; how they end, what they leave, what they lose.
load helpers
load live

# --- without root ----------------------------------------------------------------------------------

@test "trace: bad command lines" {
    fails 2 "tcpprobe: --engine: 'fast' is neither raw nor pipe" trace --engine fast
    fails 2 "tcpprobe: --count: 0 is too few" trace -c 0
    fails 2 "tcpprobe: --congestion-control: 'new reno' is not a name such as cubic or bbr" trace --congestion-control 'new reno'
    fails 2 "tcpprobe: --congestion-control: 'a_name_of_16_byt' is not a name such as cubic or bbr" trace --congestion-control a_name_of_16_byt
    fails 2 "tcpprobe: --parts needs --part-size or --part-time" trace -o t.log -W 3
    fails 2 "tcpprobe: --part-size and --part-time need a file: --output FILE" trace -G 10
    fails 2 "tcpprobe: --output: the name is empty" trace -o ''
    fails 2 "tcpprobe: --duration: '0' is not a time such as 10, 10s, 500ms or 2min" trace -d 0
    fails 2 "tcpprobe: --buffer: '1.5M' is not a size such as 8192 (KiB), 512k or 64M, of at least 1 KiB" trace -b 1.5M
    fails 2 "tcpprobe: --part-size: '4k' is not a size such as 500k, 100M or 1G, of at least 16 KiB" trace -o t -C 4k
    [ ! -e t ]
}

@test "trace: filters that mean nothing are refused with the column" {
    fails 2 "tcpprobe: filter:1:10: a port is at most 65535
sport == 73621
         ^" trace 'sport == 73621'
    run "$tcpprobe" trace sport == 80 '||'
    [ "$status" -eq 2 ]
    [[ ${lines[0]} == "tcpprobe: filter:1:15: expected a comparison"* ]]
    run "$tcpprobe" trace 'nosuch > 3'
    [ "$status" -eq 2 ]
    [[ ${lines[0]} == *"unknown field 'nosuch': known are sport dport"* ]]
}

@test "trace: a folder that is no tracefs" {
    fails 2 "tcpprobe: $PWD is no tracefs: it has no folder events" trace --tracefs "$PWD"
    run "$tcpprobe" trace --tracefs "$PWD/missing"
    [ "$status" -eq 2 ]
    [ "${#lines[@]}" -eq 1 ]
}

@test "trace: without root it says so (live)" {
    install -m 755 "$tcpprobe" /tmp/tcpprobe-$$
    run setpriv --reuid 65534 --regid 65534 --clear-groups /tmp/tcpprobe-$$ trace
    rm /tmp/tcpprobe-$$
    [ "$status" -eq 2 ]
    [ "$output" = "tcpprobe: tracing needs root: run it with sudo" ]
}

# --- what is recorded ------------------------------------------------------------------------------

@test "trace: what the log says is what happened (live)" {
    port=$(free_port)
    trace_behind -o t.log.gz "port $port"
    talk "$port" 1 >arrived
    kill -INT $recorder
    wait $recorder
    is_whole t.log.gz
    [ "$(reason_of t.log.gz)" = SIGINT ]
    [ "$(value lost_so_far t.log.gz)" = 0 ]
    grep -q "recorded $(events_in t.log.gz) events .* ended by SIGINT, nothing lost" err
    "$tcpprobe" flows -q --format json t.log.gz >flows.json
    [ "$(json flows.json 'scalar @{ $d->{flows} }')" = 1 ]
    # tcp_probe fires before the last acknowledgement is processed; the FIN is one more.
    read -r acked < <(json flows.json '$d->{flows}[0]{acked_bytes}')
    arrived=$(cat arrived)
    echo "acked $acked arrived $arrived"
    [ "$acked" -le $((arrived + 1)) ]
    [ "$acked" -ge $((arrived - 2 * 65536)) ]
    # the offset to wall-clock time is that of now
    read -r wall < <(json flows.json '$d->{inputs}[0]{wall_offset_ns}')
    perl -MTime::HiRes=clock_gettime,CLOCK_REALTIME,CLOCK_MONOTONIC -e '
        exit abs(clock_gettime(CLOCK_REALTIME) - clock_gettime(CLOCK_MONOTONIC) - $ARGV[0] / 1e9) > 0.01' "$wall"
}

@test "trace: standard output, and both engines (live)" {
    port=$(free_port)
    talk_behind "$port" 2
    "$tcpprobe" trace -q -d 1 --engine raw "port $port" >raw.log &
    "$tcpprobe" trace -q -d 1 --engine pipe "port $port" >pipe.log
    wait $!
    is_whole raw.log
    is_whole pipe.log
    [ "$(events_in raw.log)" -gt 50 ]
    [ "$(events_in pipe.log)" -gt 50 ]
    grep -q '^# engine=raw' raw.log
    grep -q '^# engine=pipe' pipe.log
    # the same lines while both recorded, but for hashes and what the kernel forgot of task names
    for engine in raw pipe; do
        grep ': tcp_probe: ' $engine.log | sed -E 's/sk(b?)addr=[0-9a-f]+/sk\1addr=/g; s/^.{16}-/-/' >$engine.lines
    done
    common=$(comm -12 <(sort raw.lines) <(sort pipe.lines) | wc -l)
    echo "$common in common of $(wc -l <raw.lines) and $(wc -l <pipe.lines)"
    [ "$common" -gt 50 ]
}

@test "trace: filters hold whole, also where the kernel cannot ask (live)" {
    port=$(free_port)
    other=$(free_port)
    talk_behind "$port" 2
    talk "$other" 2 >/dev/null &
    "$tcpprobe" trace -q -d 1 -o port.log "port $port" &
    "$tcpprobe" trace -q -d 1 -o host.log "src host 127.0.0.1 and dst net 127.0.0.0/8 and dport == $port and data_len == 0" &
    "$tcpprobe" trace -q -d 1 -o none.log "host fd00::1"
    wait %2 %3
    [ "$(events_in port.log)" -gt 20 ]
    # connections that begin have no port yet, and pass
    [ "$("$tcpprobe" export -q --events --filter "not port $port and not newstate == TCP_SYN_SENT" port.log | wc -l)" -eq 1 ]
    [ "$(events_in host.log)" -gt 20 ]
    [ "$("$tcpprobe" export -q --events --filter "not (dport == $port and data_len == 0)" host.log | wc -l)" -eq 1 ]
    [ "$(events_in none.log)" -eq 0 ]
    wait
}

@test "trace: events are chosen (live)" {
    "$tcpprobe" trace --list-events >list
    grep -q '^\* tcp/tcp_probe$' list
    grep -q '^    .*snd_cwnd' list
    grep -q '^  sock/' list
    "$tcpprobe" trace -e '-*,tcp_probe' --list-events >list
    [ "$(grep -c '^\* [a-z]' list)" -eq 2 ] # and the legend
    fails 2 "tcpprobe: events:1: this kernel has no event 'nosuch*' of tcp or sock" trace -e 'nosuch*'
    "$tcpprobe" trace --dry-run "dport == 80" >plan
    grep -qE '^tcp/tcp_probe +kernel: dport == 80$' plan
    "$tcpprobe" trace --dry-run "host 10.0.0.1" >plan
    grep -qE '^tcp/tcp_probe +kernel: everything; then the whole filter by tcpprobe$' plan
}

@test "trace: a line each second on a terminal, none in a pipe (live)" {
    command -v script >/dev/null || skip "needs script(1)"
    port=$(free_port)
    talk_behind "$port" 4
    script -qec "'$tcpprobe' trace -d 2.5 -o t.log 'port $port'" /dev/null >terminal </dev/null
    tr '\r' '\n' <terminal | tee lines
    [ "$(grep -cE '^[12] s: [0-9.]+k? events/s, [0-9]+ events, [0-9.]+ k?B, 1 flow, 0 lost, buffer [0-9]+ %' lines)" -eq 2 ]
    "$tcpprobe" trace -d 1.5 -o t.log --force "port $port" 2>err
    [ "$(wc -l <err)" -eq 2 ]
}

# --- how it ends -----------------------------------------------------------------------------------

@test "trace: ends by time, by count and by signals, in order (live)" {
    port=$(free_port)
    talk_behind "$port" 120
    "$tcpprobe" trace -q -d 0.4 -o duration.log "port $port"
    [ "$(reason_of duration.log)" = duration ]
    "$tcpprobe" trace -q -c 17 "port $port" >count.log
    [ "$(reason_of count.log)" = count ]
    [ "$(events_in count.log)" -eq 17 ]
    is_whole count.log
    for signal in INT TERM HUP QUIT; do
        trace_behind -o $signal.log.gz "port $port"
        sleep 0.3
        kill -$signal $recorder
        wait $recorder
        [ "$(reason_of $signal.log.gz)" = SIG$signal ]
        [ "$(events_in $signal.log.gz)" -gt 0 ]
        is_whole $signal.log.gz
        nothing_left_of $recorder
    done
}

@test "trace: ends when nobody reads any more (live)" {
    port=$(free_port)
    talk_behind "$port" 3
    { status=0; "$tcpprobe" trace -q "port $port" 2>err || status=$?; echo $status >status; } |
        grep -v '^#' | head -n 5 >head.log
    [ "$(wc -l <head.log)" -eq 5 ]
    [ "$(cat status)" -eq 0 ]
    [ ! -s err ]
    # and also if there is nothing to write
    { status=0; timeout 10 "$tcpprobe" trace -q "port 9" 2>err || status=$?; echo $status >status; } |
        head -n 1 >/dev/null
    [ "$(cat status)" -eq 0 ]
}

@test "trace: a second signal does not wait for a reader that does not read (live)" {
    port=$(free_port)
    talk_behind "$port" 5 100
    mkfifo fifo
    sleep 20 <fifo 3>&- &
    sleeper=$!
    "$tcpprobe" trace -q "port $port" >fifo 2>err 3>&- &
    recorder=$!
    sleep 1.5
    kill -INT $recorder
    kill -INT $recorder
    status=0
    timeout 5 tail --pid=$recorder -f /dev/null
    wait $recorder || status=$?
    kill $sleeper
    [ "$status" -eq 2 ]
    grep -q "nobody reads standard output" err
    nothing_left_of $recorder
}

@test "trace: a named pipe is waited for, but not beyond the end (live)" {
    mkfifo nobody somebody packets
    for how in 'sleep 0.3' 'kill -INT $recorder'; do
        status=0
        timeout 10 "$tcpprobe" trace -q -d 0.5 -o nobody 2>err 3>&- &
        recorder=$!
        sleep 0.4
        [[ $how == sleep* ]] || recorder=$(pgrep -P $recorder)
        eval "$how"
        wait %% || status=$?
        cat err
        [ "$status" -eq 2 ]
        [ "$(cat err)" = "tcpprobe: nobody reads nobody" ]
    done
    status=0
    timeout 10 "$tcpprobe" trace -q -d 0.5 -o t.log --packets lo --packets-to packets 2>err || status=$?
    [ "$status" -eq 2 ]
    [ "$(cat err)" = "tcpprobe: nobody reads packets" ]
    "$tcpprobe" trace -q -d 1 -o somebody 3>&- &
    recorder=$!
    sleep 0.6
    cat somebody >t.log
    wait $recorder
    is_whole t.log
}

@test "trace: a file that may not grow any more ends it as a full disk does (live)" {
    port=$(free_port)
    talk_behind "$port" 5 100
    status=0
    (ulimit -f 64 && exec timeout 20 "$tcpprobe" trace -q -o t.log "port $port") 2>err 3>&- || status=$?
    cat err
    [ "$status" -eq 2 ]
    grep -q '^tcpprobe: cannot write t.log: File too large$' err
    [ "$(reason_of t.log)" = failure ]
}

@test "trace: a full disk and closed outputs are one sentence and status 2 (live)" {
    fails 2 "tcpprobe: cannot write /dev/full: No space left on device" trace -q -o /dev/full
    fails 2 "tcpprobe: cannot write missing/t.log: No such file or directory" trace -q -o missing/t.log
    run bash -c "'$tcpprobe' trace -q >&-"
    [ "$status" -eq 2 ]
    [[ ${lines[0]} == "tcpprobe: cannot write standard output: Bad file descriptor" ]]
    # messages do not go into a file that took the place of a closed stream
    "$tcpprobe" trace -d 0.1 -o t.log >&- 2>&- <&-
    is_whole t.log
    # A file that may not grow further is what a full disk is.
    port=$(free_port)
    talk_behind "$port" 5 100
    for log in full.log full.log.gz; do
        status=0
        (ulimit -f 32 && trap '' XFSZ && exec timeout 20 "$tcpprobe" trace -q -o $log "port $port") 2>err || status=$?
        cat err
        [ "$status" -eq 2 ]
        grep -qx "tcpprobe: cannot write $log: File too large" err
        [ "$(reason_of $log)" = failure ]
        is_whole $log
    done
}

@test "trace: a file system that turns read-only ends it as a full disk does (live)" {
    command -v mkfs.ext4 >/dev/null || skip "needs mkfs.ext4"
    [ -d /sys/fs/ext4 ] || skip "needs a kernel with ext4"
    unshare -m true 2>/dev/null || skip "needs a mount namespace"
    port=$(free_port)
    talk_behind "$port" 20
    truncate -s 16M image
    mkdir disk
    for output in t.log 't.log.gz -G 300ms' 't.log.gz --engine pipe --packets lo'; do
        mkfs.ext4 -q -F image
        rm -f err
        status=0
        # what the kernel does when the disk answers rubbish
        unshare -m bash -c 'mount -o loop,errors=remount-ro image disk || exit 77
            "$0" trace -o disk/$1 "$2" 2>err &
            for _ in {1..200}; do grep -q "recording to" err && break; sleep 0.05; done
            sleep 1.2
            device=$(findmnt -no SOURCE disk)
            echo test >/sys/fs/ext4/${device#/dev/}/trigger_fs_error
            wait $! && status=0 || status=$?
            cp disk/t* .
            umount disk
            exit $status' "$tcpprobe" "$output" "port $port" 3>&- || status=$?
        cat err
        [ "$status" -ne 77 ] || skip "cannot mount an image"
        [ "$status" -eq 2 ]
        grep -q '^tcpprobe: cannot write disk/t.*: Read-only file system$' err
        grep -q 'ended by failure' err
        not grep -q 'nothing lost' err
        first=(t*.log*)
        [ "$("$tcpprobe" export -q --events "${first[0]}" 2>/dev/null | wc -l)" -gt 20 ]
        rm t*.log* t*.pcap* 2>/dev/null || true
    done
}

@test "trace: a log is not replaced by a recording that does not begin (live)" {
    echo precious >t.log
    run "$tcpprobe" trace -q -o t.log --force --clock nosuch
    [ "$status" -eq 2 ]
    [[ $output == 'tcpprobe: this kernel has no clock "nosuch", but '*mono* ]]
    [ "$(cat t.log)" = precious ]
    "$tcpprobe" trace -q -o new.log --clock nosuch 2>err || true
    [ ! -e new.log ]
}

@test "trace: a log that is there is not replaced unasked, and can be continued (live)" {
    port=$(free_port)
    talk_behind "$port" 8
    "$tcpprobe" trace -q -d 0.5 -o t.log.gz "port $port"
    cp t.log.gz first.log.gz
    fails 2 "tcpprobe: t.log.gz is there already: --force replaces it, --no-clear appends to a log" trace -o t.log.gz "port $port"
    cmp t.log.gz first.log.gz
    "$tcpprobe" trace -q -d 0.5 -o t.log.gz --no-clear "port $port"
    # the first one, and a second one that is whole in itself
    cmp -n "$(stat -c %s first.log.gz)" t.log.gz first.log.gz
    tail -c "+$(($(stat -c %s first.log.gz) + 1))" t.log.gz >second.log.gz
    is_whole first.log.gz
    is_whole second.log.gz
    [ "$(events_in t.log.gz)" -eq $(($(events_in first.log.gz) + $(events_in second.log.gz))) ]
    [ "$(text_of t.log.gz | grep -c '^# tcpprobe=.* part=1$')" -eq 2 ]
    "$tcpprobe" export -q --events t.log.gz >both.csv
    "$tcpprobe" export -q --events first.log.gz second.log.gz | diff both.csv -
    "$tcpprobe" trace -q -d 0.2 -o t.log.gz --force "port $port"
    is_whole t.log.gz
    [ "$(text_of t.log.gz | grep -c '^# tcpprobe=')" -eq 1 ]
    # what a recorder that was killed left, and other files
    head -c -20 first.log.gz >cut.log.gz
    for file in cut.log.gz arrived; do
        echo x >>arrived
        fails 2 "tcpprobe: $file is no log that ended in order: nothing can be appended to it" \
            trace -o "$file" --no-clear "port $port"
    done
    fails 2 "tcpprobe: --no-clear appends to a log: name it with --output FILE" trace --no-clear
    echo x >t.pcap.gz
    fails 2 "tcpprobe: t.pcap.gz is there already: --force replaces it, --no-clear appends to a log" \
        trace -o t.log.gz --no-clear --packets lo "port $port"
}

@test "trace: parts go on behind those that are there (live)" {
    port=$(free_port)
    talk_behind "$port" 6
    "$tcpprobe" trace -q -d 2.5 -G 1 -o t.log.gz --packets lo "port $port"
    [ "$(echo t-*.log.gz)" = "t-0001.log.gz t-0002.log.gz t-0003.log.gz" ]
    cp t-0003.log.gz before
    "$tcpprobe" trace -q -d 1.5 -G 1 -W 2 -o t.log.gz --packets lo "port $port"
    cmp t-0003.log.gz before
    # each that began let one go, and number 3 is the second whole one before number 5
    [ "$(echo t-*.log.gz)" = "t-0003.log.gz t-0004.log.gz t-0005.log.gz" ]
    [ "$(echo t-*.pcap.gz)" = "t-0003.pcap.gz t-0004.pcap.gz t-0005.pcap.gz" ]
    is_whole t-0004.log.gz
    # numbers within a recording begin with 1
    text_of t-0004.log.gz | grep -q '^# tcpprobe=.* part=1$'
    text_of t-0005.log.gz | grep -q '^# tcpprobe=.* part=2$'
}

@test "trace: large buffers take a while, which is said (live)" {
    each=$((600 / $(nproc --all) + 1))
    "$tcpprobe" trace -b ${each}M --force -d 0.1 -o t.log "port 9" 2>err
    [ "$(grep -nE '^tcpprobe: the kernel makes 6[0-9]+ MiB of buffers, which takes a while$' err | cut -d: -f1)" -eq 1 ]
    grep -n '^tcpprobe: recording to t.log, ' err | grep -q ^2:
    "$tcpprobe" trace -d 0.1 --force -o t.log "port 9" 2>err
    not grep 'takes a while' err
}

@test "trace: kill -9 leaves a readable log and nothing else (live)" {
    port=$(free_port)
    talk_behind "$port" 20
    for moment in 0.01 0.3 1.2 2.3; do
        trace_behind --force -o t.log.gz "port $port"
        sleep $moment
        kill -KILL $recorder
        wait $recorder 2>/dev/null || true
        for _ in {1..40}; do
            ! nothing_left_of $recorder || break
            sleep 0.05
        done
        nothing_left_of $recorder
        [ "$moment" = 0.01 ] || "$tcpprobe" export --events t.log.gz >events.csv 2>err
        not grep -q skipped err
        # all but the last second; before the first one there may be no log yet
        [ "$moment" != 0.01 ] || continue
        seconds=$(awk -F, 'NR == 2 { first = $1 } END { print (NR > 1 ? $1 - first : 0) }' events.csv)
        awk -v s="$seconds" -v m=$moment 'BEGIN { print s, m; exit !(s >= m - 1.3) }'
    done
}

# Kills 25 recorders, each at a random moment of its first 400 ms, every other one of its first 50 ms,
# which are its set-up.
kill_many() {
    local log=$PWD/lane-$1.log.gz i
    for i in {1..25}; do
        "$tcpprobe" trace -q --force -o "$log" "port $2" 2>/dev/null 3>&- &
        echo $! >>killed
        sleep 0.$((i % 2 ? RANDOM % 4 : 0))$((i % 2 ? RANDOM % 10 : RANDOM % 5))$((RANDOM % 10))
        kill -KILL $!
        wait $! 2>/dev/null || true
        [ ! -s "$log" ] || "$tcpprobe" flows "$log" >/dev/null 2>err-$1 || cp err-$1 bad-$1-$i
    done
}

@test "trace: kill -9 at 100 random moments leaves no instance, no process, no log that cannot be read (live)" {
    port=$(free_port)
    talk_behind "$port" 30
    for lane in 1 2 3 4; do
        kill_many $lane "$port" &
        lanes+=($!)
    done
    wait "${lanes[@]}"
    [ "$(wc -l <killed)" -eq 100 ]
    while read -r pid; do # no later recorder was needed to clean up
        for _ in {1..40}; do
            ! nothing_left_of "$pid" || break
            sleep 0.05
        done
        nothing_left_of "$pid"
    done <killed
    not grep -lzF "$PWD/lane-" /proc/[0-9]*/cmdline 2>/dev/null
    not ls bad-* 2>/dev/null
}

# --- parts -----------------------------------------------------------------------------------------

@test "trace: parts by time, each a whole log (live)" {
    port=$(free_port)
    talk_behind "$port" 5
    "$tcpprobe" trace -d 3.25 -o t.log.gz -G 500ms -W 3 "port $port" 2>err
    ls
    grep -q ' in 7 parts, ' err
    [ "$(ls t-*.log.gz)" = "t-0004.log.gz
t-0005.log.gz
t-0006.log.gz
t-0007.log.gz" ]
    for part in t-*.log.gz; do is_whole $part; done
    # one timeline, one flow
    "$tcpprobe" flows -q --format json t-*.log.gz >flows.json
    [ "$(json flows.json 'scalar @{ $d->{flows} }')" = 1 ]
}

@test "trace: the end of the time does not begin a part of its own (live)" {
    port=$(free_port)
    talk_behind "$port" 4
    "$tcpprobe" trace -q -d 2 -o t.log -G 500ms -W 4 "port $port"
    ls t-*.log
    [ "$(ls t-*.log | wc -l)" -eq 4 ]
    for part in t-*.log; do
        is_whole $part
        [ "$(events_in $part)" -gt 20 ]
    done
}

@test "trace: a named pipe in the place of a part ends it at once (live)" {
    port=$(free_port)
    talk_behind "$port" 3
    status=0
    timeout 10 "$tcpprobe" trace -q -d 8 -G 500ms -o t.log "port $port" 2>err 3>&- &
    until [ -s t-0001.log ]; do sleep 0.01; done
    mkfifo t-0002.log
    wait $! || status=$?
    cat err
    [ "$status" -eq 2 ]
    grep -qx 'tcpprobe: t-0002.log is no file: it cannot have parts' err
    is_whole t-0001.log
}

@test "trace: a lock on the instances is told, and can be interrupted (live)" {
    flock $tracing/instances sleep 10 3>&- &
    locker=$!
    sleep 0.3
    "$tcpprobe" trace -q -d 1 -o t.log 2>err 3>&- &
    recorder=$!
    wait_for 'waiting for another process' err
    grep -qx "tcpprobe: waiting for another process, which holds a lock on $tracing/instances" err
    kill -INT $recorder
    status=0
    timeout 3 tail --pid=$recorder -f /dev/null
    wait $recorder || status=$?
    [ "$status" -eq 2 ]
    [ "$(tail -n1 err)" = "tcpprobe: nothing was recorded: another process holds a lock on $tracing/instances" ]
    nothing_left_of $recorder
    kill $locker $(pgrep -P $locker)
    wait $locker || true
    recorder=
    "$tcpprobe" trace -q -d 0.2 -o t.log
}

# --- the invoking user -----------------------------------------------------------------------------

@test "trace: under sudo the log belongs to the user, who must be allowed to write it (live)" {
    chmod 755 . .. ../.. 2>/dev/null || true
    mkdir theirs ours
    chown 65534:65534 theirs
    export SUDO_UID=65534 SUDO_GID=65534
    (cd theirs && "$tcpprobe" trace -q -d 0.1 -o t.log.gz) || skip "user 65534 cannot reach $PWD"
    [ "$(stat -c %u:%g theirs/t.log.gz)" = 65534:65534 ]
    is_whole theirs/t.log.gz
    # root is gone when the next part begins
    (cd theirs && "$tcpprobe" trace -q -d 0.5 -o p.log -G 200ms)
    [ "$(stat -c %u theirs/p-000[123].log | uniq)" = 65534 ]
    fails 2 "tcpprobe: cannot write ours/t.log: Permission denied" trace -q -o ours/t.log
    [ ! -e ours/t.log ]
}

@test "trace: capabilities of the file suffice, and are given up (live)" {
    command -v setcap >/dev/null || skip "needs setcap"
    setpriv --help >/dev/null || skip "needs setpriv"
    mkdir -m 777 anybody
    chmod 711 . ..
    cp "$tcpprobe" anybody/
    setcap cap_dac_override,cap_net_raw+ep anybody/tcpprobe || skip "needs a file system with capabilities"
    as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
    cd anybody
    port=$(free_port)
    talk_behind "$port" 4
    setpriv --reuid 65534 --regid 65534 --clear-groups ./tcpprobe trace -d 2 -o t.log.gz --packets lo "port $port" 2>err 3>&- &
    recorder=$!
    wait_for "recording to" err
    grep -q '^CapPrm:.*0000000000000000$' /proc/$recorder/status
    wait $recorder
    recorder=
    is_whole t.log.gz
    [ "$(events_in t.log.gz)" -gt 50 ]
    [ "$(stat -c %u t.log.gz) $(stat -c %u t.pcap.gz)" = "65534 65534" ]
    # what the user may not read or write, it does not either
    install -m 600 "$one_flow" roots.log.gz
    run as_nobody ./tcpprobe flows roots.log.gz
    [ "$output" = "tcpprobe: roots.log.gz: cannot open: Permission denied" ]
    mkdir -m 700 roots
    run as_nobody ./tcpprobe trace -q -d 0.1 -o roots/t.log "port 9"
    [ "$output" = "tcpprobe: cannot write roots/t.log: Permission denied" ]
}

@test "trace: the ssh connection that may carry the output is left out, and that is said (live)" {
    export SSH_CONNECTION="192.0.2.1 50000 192.0.2.2 22"
    "$tcpprobe" trace -d 0.1 2>err | cat >out
    grep -q "left out the ssh connection that may carry this output: host 192.0.2.1 and port 50000" err
    # sudo takes the variable away
    bash -c "env -u SSH_CONNECTION '$tcpprobe' trace -d 0.1; true" 2>err | cat >out
    grep -q "left out the ssh connection" err
    # a file is not read over it
    "$tcpprobe" trace -d 0.1 >out 2>err
    not grep -q ssh err
    SSH_CONNECTION="192.0.2.1 50000; evil" "$tcpprobe" trace -d 0.1 2>err | cat >out
    not grep -q ssh err
}
