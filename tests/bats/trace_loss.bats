#!/usr/bin/env bats
# `trace`: what was written and what was lost are all that there was, also beside other tracers.
load helpers
load live

@test "trace: every lost event is told, live, in the log and at the end (live)" {
    port=$(free_port)
    talk_behind "$port" 8 50
    status=0
    "$tcpprobe" trace -b 64 -d 2 --strict -o t.log "port $port" 2>err || status=$?
    cat err
    [ "$status" -eq 2 ]
    grep -q 'events are being lost' err
    grep -qE '^tcpprobe: lost [0-9]+ events .* would have helped \(-b [0-9]+[kM]\)$' err
    # what was written and what was lost is what the kernel counted
    read=$(text_of t.log | grep -o '^# cpu=[0-9]* read=[0-9]*' | sed 's/.*=//' | awk '{ s += $1 } END { print s }')
    rejected=$(value rejected_so_far t.log)
    echo "read $read rejected $rejected"
    [ $(($(events_in t.log) + rejected)) -eq "$read" ]
    lost=$(value lost_so_far t.log)
    [ "$lost" -gt 0 ]
    # markers: all but what was lost at the very end, which leaves none
    marked=$(sed -n 's/^CPU:.*LOST \([0-9]*\) EVENTS.*/\1/p' t.log | awk '{ s += $1 } END { print s + 0 }')
    echo "lost $lost marked $marked"
    [ "$marked" -le "$lost" ]
    [ "$marked" -gt 0 ]
    is_whole t.log
}

# How many events there were is counted by whoever makes them.
@test "trace: what was written and what was lost are all events that there were (live)" {
    for engine in raw pipe; do
        for buffer in 1k 64k 8M; do
            port=$(free_port)
            trace_behind --engine $engine -b $buffer -e '-*,tcp_rcv_space_adjust' -o t.log.gz "port $port"
            "$root/${BUILD:-build}/bench/flood" "$port" 0.7 2 >flood
            kill -INT $recorder
            wait $recorder
            read -r counted rate <flood
            lost=$(value lost_so_far t.log.gz)
            marked=$(text_of t.log.gz | sed -n 's/^CPU:.*LOST \([0-9]*\) EVENTS.*/\1/p' | awk '{ s += $1 } END { print s + 0 }')
            echo "$engine $buffer: $counted events, $rate a second: $(events_in t.log.gz) written, $lost lost, $marked marked"
            [ $(($(events_in t.log.gz) + lost)) -eq "$counted" ]
            [ "$marked" -le "$lost" ]
            [ "$(value disturbances_so_far t.log.gz)" -eq 0 ]
            is_whole t.log.gz
        done
    done
}

@test "trace: two recorders do not disturb each other (live)" {
    port=$(free_port)
    talk_behind "$port" 4
    "$tcpprobe" trace -q -d 1 -o a.log "port $port" &
    "$tcpprobe" trace -q -d 2 -b 16M --clock boot -o b.log "sport == $port" &
    wait %2 %3
    is_whole a.log
    is_whole b.log
    grep -q '^# clock=mono' a.log
    grep -q '^# clock=boot' b.log
    [ "$(value lost_so_far a.log)" -eq 0 ]
    # connections that begin have no port yet, and pass
    [ "$("$tcpprobe" export -q --events --filter "not sport == $port and not newstate == TCP_SYN_SENT" b.log | wc -l)" -eq 1 ]
}

top_level() { cat $tracing/{tracing_on,trace_clock,buffer_size_kb,set_event,current_tracer,trace_options,events/tcp/tcp_rcv_space_adjust/filter}; }
top_level_events() { cat $tracing/per_cpu/cpu*/stats | awk '/^(entries|overrun|read events):/ { s += $NF } END { print s }'; }

# beside_the_top_level ENGINE: somebody records the same events there: both get all of them, and everything
# there stays as it was.
beside_the_top_level() {
    local engine=$1 probe=$tracing/events/tcp/tcp_rcv_space_adjust before already in_top
    port=$(free_port)
    trap "echo 0 >$probe/enable; echo 0 >$probe/filter" EXIT
    echo "sport == $port || dport == $port" >$probe/filter
    echo 1 >$probe/enable
    before=$(top_level)
    already=$(top_level_events)
    trace_behind --strict --engine $engine -e '-*,tcp_rcv_space_adjust' -o t.log.gz "port $port"
    "$root/${BUILD:-build}/bench/flood" "$port" 0.3 >flood
    kill -INT $recorder
    wait $recorder || grep -E '^tcpprobe: lost [0-9]+ events' err # few are told at the end only
    read -r counted rate <flood
    in_top=$(($(top_level_events) - already))
    echo "$engine: $counted events, $in_top in the top level, $(events_in t.log.gz) here, $(value lost_so_far t.log.gz) lost"
    [ "$in_top" -eq "$counted" ]
    [ $(($(events_in t.log.gz) + $(value lost_so_far t.log.gz))) -eq "$counted" ]
    [ "$before" = "$(top_level)" ]
}

@test "trace: another tracer at the top level all the while (live)" {
    [ "$(cat $tracing/current_tracer) $(cat $tracing/set_event)" = "nop " ] || skip "the top level is in use"
    (beside_the_top_level raw)
    (beside_the_top_level pipe)
}
