# record.bash: the kernel's TCP events of one port into the log, by `tcpprobe trace`, or by the shell
# through a tracefs instance of its own, which is slower but shares no code with it. To be sourced;
# needs die(), keep(), place.bash; program, recorder (tcpprobe or shell) and cc_known (the congestion control
# of all that will be recorded; empty if that is not known) are set by then.
tracing=/sys/kernel/tracing
instances=$tracing/instances
record_events=(tcp/tcp_probe tcp/tcp_retransmit_skb tcp/tcp_retransmit_synack tcp/tcp_receive_reset
    tcp/tcp_destroy_sock tcp/tcp_cong_state_set sock/inet_sock_set_state)

record_look() {
    [ -e $tracing/instances ] || die "no tracefs: mount -t tracefs tracefs $tracing"
    [ -e $tracing/events/tcp/tcp_probe ] || die "this kernel has no tcp_probe event"
}

# Makes the instance; nothing is traced yet. The order matters: clock and size empty the buffer, a
# filter must be there before its event.
record_set_up() {
    local event
    instance=$instances/$name
    mkdir "$instance" && echo 0 >"$instance/tracing_on" || die "cannot make a tracefs instance"
    for event in context-info irq-info nolatency-format noraw nohex nobin nofields norecord-tgid overwrite; do
        echo $event >"$instance/trace_options" 2>/dev/null # not every kernel has each
    done
    echo mono >"$instance/trace_clock" && echo 8192 >"$instance/buffer_size_kb" ||
        die "cannot set up the tracefs instance"
    for event in "${record_events[@]}"; do
        [ -e "$instance/events/$event" ] || continue
        # Without its filter it would record all of the machine.
        echo "sport == $port || dport == $port" >"$instance/events/$event/filter" &&
            echo 1 >"$instance/events/$event/enable" || die "cannot trace $event"
    done
}

# The shell's way. A reader that waits is not woken when tracing ends; it ends itself when it meets the
# mark.
record_start_shell() { # OFFSET-OF-THE-REALTIME-CLOCK
    record_set_up
    keep log "$output"
    {
        echo "# clock=mono realtime_minus_mono_ns=$1${cc_known:+ congestion_control=$cc_known}"
        become s sed "/: tracing_mark_write: $name\$/Q" "$instance/trace_pipe"
    } >"$place/log" &
    record_pid=$!
    echo 1 >"$instance/tracing_on"
}

record_stop_shell() {
    local event
    for event in "${record_events[@]}"; do
        [ ! -e "$instance/events/$event" ] || echo 0 >"$instance/events/$event/enable"
    done
    record_still_there
    echo "$name" >"$instance/trace_marker"
    until_true 100 has_ended "$record_pid" || die "the reader of trace_pipe does not end"
    end_of "the recorder" "$record_pid"
    echo 0 >"$instance/tracing_on"
    record_lost=$(record_sum 'overrun|commit overrun|dropped events')
}

# The recorder of this project.
record_start_tcpprobe() {
    local file
    for file in "$output" ${packets:+"$packets"}; do # a recording of before is none
        [ ! -f "$file" ] || : >"$file"
    done
    become s "$program" trace -q -o "$output" ${events:+--event "$events"} ${sockets:+--sockets="$sockets" --processes} \
        ${cc_known:+--congestion-control "$cc_known"} ${packets:+--packets lab0 --packets-to "$packets"} "sport == $port || dport == $port" &
    record_pid=$!
    until_true 100 record_begun || die "tcpprobe trace does not start"
    ! has_ended "$record_pid" || end_of "tcpprobe trace" "$record_pid"
}

record_begun() { has_ended "$record_pid" || grep -qs 1 "$instances/tcpprobe-$record_pid"-*/tracing_on; }

record_stop_tcpprobe() {
    record_still_there
    kill "$record_pid"
    end_of "the recorder" "$record_pid"
    record_lost=$(gzip -dcf "$output" | sed -n 's/^# lost_so_far=//p' | tail -n 1)
    [ -n "$record_lost" ] || die "$output has no end"
    ! gzip -dcf "$output" | grep '^# disturbed: ' >&2 || die "the recorder was disturbed"
}

# The sum of these counters over all processors.
record_sum() { # COUNTER|COUNTER...
    awk -v counters="^($1):" '$0 ~ counters { sum += $NF } END { print sum + 0 }' \
        "$instance"/per_cpu/cpu*/stats
}

# One that ended by itself recorded a part, whatever its status says.
record_still_there() { ! has_ended "$record_pid" || die "the recorder ended before the traffic did"; }

record_forget() { # NAME
    local instance=$instances/$1
    [ -e "$instance" ] || return 0
    echo 0 >"$instance/tracing_on"
    echo 0 >"$instance/events/enable"
    until_true 40 rmdir "$instance" 2>/dev/null
}
