# record.bash: the kernel's TCP events of one port into the log, through a tracefs instance of its
# own. To be sourced; needs die(), keep(), place.bash.
tracing=/sys/kernel/tracing
instances=$tracing/instances
record_events=(tcp/tcp_probe tcp/tcp_retransmit_skb tcp/tcp_retransmit_synack tcp/tcp_receive_reset
    tcp/tcp_destroy_sock tcp/tcp_cong_state_set sock/inet_sock_set_state)

record_look() {
    [ -e $tracing/instances ] || die "no tracefs: mount -t tracefs tracefs $tracing"
    [ -e $tracing/events/tcp/tcp_probe ] || die "this kernel has no tcp_probe event"
}

# The order matters: clock and size empty the buffer, a filter must be there before its event.
record_start() { # OFFSET-OF-THE-REALTIME-CLOCK
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
    keep log "$output"
    {
        echo "# clock=mono realtime_minus_mono_ns=$1"
        become s sed "/: tracing_mark_write: $name\$/Q" "$instance/trace_pipe"
    } >"$place/log" 2>"$place/log.errors" &
    record_pid=$!
    echo 1 >"$instance/tracing_on"
}

# A reader that waits is not woken when tracing ends; it ends itself when it meets the mark.
record_stop() {
    local event
    for event in "${record_events[@]}"; do
        [ ! -e "$instance/events/$event" ] || echo 0 >"$instance/events/$event/enable"
    done
    echo "$name" >"$instance/trace_marker"
    until_true 100 record_ended || die "the reader of trace_pipe does not end"
    echo 0 >"$instance/tracing_on"
    record_lost=$(cat "$instance"/per_cpu/cpu*/stats |
        awk '/^(overrun|commit overrun|dropped events):/ { lost += $NF } END { print lost + 0 }')
}

record_ended() { ! kill -0 "$record_pid" 2>/dev/null; }

record_forget() { # NAME
    local instance=$instances/$1
    [ -e "$instance" ] || return 0
    echo 0 >"$instance/tracing_on"
    echo 0 >"$instance/events/enable"
    until_true 40 rmdir "$instance" 2>/dev/null
}
