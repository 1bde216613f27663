#!/usr/bin/env bats
# `trace` beside others who are root: what they do to its instance is said, and is a loss.
load helpers
load live

# disturbed NAME COMMAND [OPTION...]: two recordings, NAME-raw and NAME-pipe, while which
# somebody else does COMMAND; $I is the instance.
disturbed() {
    local name=$1 command=$2 engine
    shift 2
    for engine in raw pipe; do
        disturb "$name-$engine" "$command" --engine $engine "$@" &
    done
    wait
}

disturb() {
    local name=$1 command=$2 status=0 pid I
    shift 2
    "$tcpprobe" trace -q --strict -b 512 -o "$name.log" "$@" "port $port" 2>"$name.err" 3>&- &
    pid=$!
    until [ -s "$name.log" ] || ! kill -0 $pid; do sleep 0.05; done
    sleep 0.5
    I=$tracing/instances/tcpprobe-$pid-0
    (eval "$command") >"$name.out" 2>&1 || true
    sleep 1.3
    kill -INT $pid
    wait $pid || status=$?
    echo $status >"$name.status"
    ! compgen -G "$I" || touch "$name.left"
}

# said NAME: what the log says of it.
said() { sed -n 's/^# disturbed: //p' "$1.log"; }

# Whole as far as the log says, a loss for --strict, told on standard error within a second, and a gap for
# whoever reads the log.
is_told() {
    echo "$1: $(cat "$1.status" "$1.err" "$1.out")"
    said "$1" | tee all
    [ "$(cat "$1.status")" -eq 2 ]
    [ ! -e "$1.left" ]
    [ -s all ]
    [ "$(wc -l <all)" -eq "$(value disturbances_so_far "$1.log")" ]
    grep -q ": events may be missing$" "$1.err"
    "$tcpprobe" flows "$1.log" 2>&1 >/dev/null | grep -q 'the recorder lost events in'
}

@test "trace: what others do to the instance is said, and is a loss (live)" {
    declare -A command=(
        [off]='echo 0 >$I/tracing_on'
        [blink]='echo 0 >$I/tracing_on; echo 1 >$I/tracing_on'
        [empty]='echo >$I/trace'
        [empty_cpu]='>$I/per_cpu/cpu0/trace'
        [clock]='echo boot >$I/trace_clock'
        [size]='echo 4096 >$I/buffer_size_kb'
        [size_cpu]='echo 4096 >$I/per_cpu/cpu0/buffer_size_kb'
        [free]='echo >$I/free_buffer'
        [event]='echo 0 >$I/events/tcp/tcp_probe/enable'
        [event_blink]='echo 0 >$I/events/tcp/tcp_probe/enable; echo 1 >$I/events/tcp/tcp_probe/enable'
        [system]='echo 0 >$I/events/tcp/enable'
        [all]='echo 0 >$I/events/enable'
        [set_event]='echo >$I/set_event'
        [others_event]='echo 1 >$I/events/sched/sched_switch/enable'
        [filter]='echo "sport == 1" >$I/events/tcp/tcp_probe/filter'
        [filter_blink]='f=$(cat $I/events/tcp/tcp_probe/filter); echo 0 >$I/events/tcp/tcp_probe/filter; echo "$f" >$I/events/tcp/tcp_probe/filter'
        [filters]='echo "sport == 1" >$I/events/tcp/filter'
        [trigger]='echo traceoff >$I/events/tcp/tcp_probe/trigger'
        [task]='echo 1 >$I/set_event_pid'
        [cpus]='echo 1 >$I/tracing_cpumask'
        [option]='echo 0 >$I/options/overwrite'
        [options]='echo nocontext-info >$I/trace_options'
        [marker]='echo hello >$I/trace_marker'
        [reader]='for i in {1..10}; do for cpu in $I/per_cpu/*; do dd if=$cpu/trace_pipe_raw of=/dev/null iflag=nonblock bs=4k count=4; done; done'
    )
    declare -A sentence=(
        [off]="tracing_on was changed by somebody else"
        [blink]="tracing_on was changed by somebody else"
        [empty]="the buffer was emptied by somebody else"
        [empty_cpu]="the buffer was emptied by somebody else"
        [clock]="trace_clock was changed by somebody else"
        [size]="buffer_size_kb was changed by somebody else"
        [size_cpu]="per_cpu/cpu0/buffer_size_kb was changed by somebody else"
        [free]="free_buffer was changed by somebody else"
        [event]="events/tcp/tcp_probe/enable was changed by somebody else"
        [event_blink]="events/tcp/tcp_probe/enable was changed by somebody else"
        [system]="events/tcp/enable was changed by somebody else"
        [all]="events/enable was changed by somebody else"
        [set_event]="set_event was changed by somebody else"
        [others_event]="set_event was changed by somebody else"
        [filter]="events/tcp/tcp_probe/filter was changed by somebody else"
        [filter_blink]="events/tcp/tcp_probe/filter was changed by somebody else"
        [filters]="events/tcp/filter was changed by somebody else"
        [trigger]="events/tcp/tcp_probe/trigger was changed by somebody else"
        [task]="set_event_pid was changed by somebody else"
        [cpus]="tracing_cpumask was changed by somebody else"
        [option]="options/overwrite was changed by somebody else"
        [options]="trace_options was changed by somebody else"
        [marker]="trace_marker was changed by somebody else"
        [reader]="per_cpu/cpu0/trace_pipe_raw was opened by somebody else, who takes events out"
    )
    port=$(free_port)
    talk_behind "$port" 30
    for name in calm "${!command[@]}" still; do
        disturbed "$name" "${command[$name]:-true}" &
        lanes+=($!)
        sleep 0.2 # they set up one after the other
    done
    wait "${lanes[@]}"
    for engine in raw pipe; do
        for name in calm still; do
            echo "$name-$engine: $(cat $name-$engine.status $name-$engine.err)"
            [ "$(cat $name-$engine.status)" -eq 0 ]
            not grep -v 'waiting for another process' $name-$engine.err
            [ "$(value disturbances_so_far $name-$engine.log)" -eq 0 ]
        done
        for name in "${!command[@]}"; do
            is_told $name-$engine
            grep -qxF "${sentence[$name]}" all
        done
    done
    # of whoever takes events out it is also known how many
    grep -qE '^[0-9]+ events were read by somebody else$' <(said reader-raw)
    grep -qE '^[0-9]+ events were read by somebody else$' <(said reader-pipe)
    # what another tracer put into the buffer
    grep -qE '^[0-9]+ events or pages in the buffer are not ours$' <(said others_event-raw)
}

@test "trace: an instance that is in use cannot be removed, and is not disturbed by that (live)" {
    port=$(free_port)
    talk_behind "$port" 6
    disturbed remove 'rmdir $I'
    for engine in raw pipe; do
        cat remove-$engine.status remove-$engine.err remove-$engine.out
        [ "$(cat remove-$engine.status)" -eq 0 ]
        grep -q 'Device or resource busy' remove-$engine.out
        [ ! -e remove-$engine.left ]
        is_whole remove-$engine.log
    done
}

@test "trace: trace-cmd reset of the instance is said, and is a loss (live)" {
    command -v trace-cmd >/dev/null || skip "needs trace-cmd"
    port=$(free_port)
    talk_behind "$port" 6
    disturbed reset 'trace-cmd reset -B tcpprobe-$pid-0'
    for engine in raw pipe; do
        is_told reset-$engine
        grep -qx "tracing_on was changed by somebody else" all
    done
}

# The counters of the kernel begin anew when the buffer is emptied; what was lost stays lost.
@test "trace: a loss that was told is not taken back (live)" {
    port=$(free_port)
    talk_behind "$port" 8 50
    "$tcpprobe" trace -b 64 -d 3 --strict -o t.log "port $port" 2>err 3>&- &
    pid=$!
    for _ in {1..100}; do
        lost=$(sed -n 's/.*had no room for \([0-9]*\) so far/\1/p' err)
        [ -z "$lost" ] || break
        sleep 0.02
    done
    [ -n "$lost" ] || skip "this machine lost nothing"
    echo 0 >$tracing/instances/tcpprobe-$pid-0/events/enable
    echo >$tracing/instances/tcpprobe-$pid-0/trace
    status=0
    wait $pid || status=$?
    cat err
    [ "$status" -eq 2 ]
    [ "$(value lost_so_far t.log)" -ge "$lost" ]
    grep -q '^tcpprobe: lost [0-9]* events' err
}

# A CPU that the kernel may let go.
spare_cpu() {
    local online
    for online in /sys/devices/system/cpu/cpu[1-9]*/online; do
        [ ! -w "$online" ] || [ "$(cat "$online")" -ne 1 ] || { echo "$online"; return; }
    done
    return 1
}

# without_a_cpu ENGINE ONLINE: for 0.3 s of a flood.
without_a_cpu() {
    local engine=$1 online=$2 flood counted rate
    trap "echo 1 >$online" EXIT
    port=$(free_port)
    trace_behind --engine $engine -e '-*,tcp_rcv_space_adjust' -o t.log.gz "port $port"
    "$root/${BUILD:-build}/bench/flood" "$port" 1 2 >flood 3>&- &
    flood=$!
    sleep 0.2
    echo 0 >"$online"
    sleep 0.3
    echo 1 >"$online"
    wait $flood
    kill -INT $recorder
    wait $recorder
    read -r counted rate <flood
    echo "$engine: $counted events, $(events_in t.log.gz) written, $(value lost_so_far t.log.gz) lost"
    [ $(($(events_in t.log.gz) + $(value lost_so_far t.log.gz))) -eq "$counted" ]
    [ "$(value disturbances_so_far t.log.gz)" -eq 0 ]
    is_whole t.log.gz
    nothing_left_of $recorder
}

@test "trace: CPUs that go and come: what was written and what was lost are all events (live)" {
    cpu=$(spare_cpu) || skip "needs a CPU that can be taken away"
    (without_a_cpu raw "$cpu")
    (without_a_cpu pipe "$cpu")
}

# Other namespaces come and go, the recorder's own (in which it was started) among them.
@test "trace: namespaces that come and go are no disturbance (live)" {
    command -v unshare >/dev/null || skip "needs unshare"
    port=$(free_port)
    unshare -n "$tcpprobe" trace -o t.log.gz "port $port" 2>err 3>&- &
    recorder=$!
    wait_for "recording to" err
    talk_behind "$port" 1
    for _ in {1..30}; do
        unshare -n sh -c 'ip link set lo up 2>/dev/null; exit 0'
    done
    wait $talker
    kill -INT $recorder
    wait $recorder
    [ "$(value disturbances_so_far t.log.gz)" -eq 0 ]
    [ "$(value lost_so_far t.log.gz)" -eq 0 ]
    is_whole t.log.gz
    # tracefs knows no namespaces: the connection of ours is in it, whole
    "$tcpprobe" flows --format json t.log.gz >flows.json
    grep -q "\"$(cat arrived)\"\|: *$(cat arrived)\b" flows.json || { cat arrived flows.json; false; }
}
