#!/usr/bin/env bats
# `trace` where something of tracefs is forbidden to root, as SELinux, AppArmor and lockdown do.
#
# tests/unit/deny.c, loaded before the C library, forbids one thing at a time: whatever a recording that
# goes well opens, reads, writes, makes, watches and removes, so that this list is never out of date. Of
# the files of events one event's are tried, of the options one (DENY_ALL=1: all).
load helpers
load live

deny=$root/${BUILD:-build}/tests/deny.so

# What fails quietly: there is another way, which does the same.
may_fail='^(open /instances/\.|open INSTANCE/events/header_page|open INSTANCE/per_cpu/cpu[0-9]*/stats|watch INSTANCE.*)$'

# tried ENGINE ERRNO WHAT: a recording to which that is forbidden; complains on standard output.
tried() {
    local engine=$1 number=$2 what=$3 status=0 pid file=${3##*/} said=lane-$BASHPID
    rm -rf "$said"
    mkdir "$said"
    DENY=$what DENY_ERRNO=$number LD_PRELOAD=$deny "$tcpprobe" trace --strict --engine "$engine" -d 0.1 \
        -o "$said/t.log" "port 9" 2>"$said/err" 3>&- &
    pid=$!
    wait $pid || status=$?
    case $what in
    'remove INSTANCE') # the next one does
        grep -q 'stays, without tracing, until the next start removes it' "$said/err" || echo "$what: not said"
        not grep -qs 1 "$tracing/instances/tcpprobe-$pid-0/tracing_on" || echo "$what: traces"
        "$tcpprobe" trace -q --force -d 0.1 -o "$said/t.log" 3>&-
        ;;
    'read INSTANCE/per_cpu/'*/stats) grep -q 'what CPU .* lost cannot be read any more' "$said/err" || echo "$what: not said" ;;
    *)
        [[ $what =~ $may_fail ]] || grep -qE "$file.*(denied|permitted)|root may not read|cannot make an instance|cannot (stop|read the trace)" "$said/err" ||
            echo "$what: not said: $(cat "$said/err")"
        ;;
    esac
    if [[ $what =~ $may_fail ]]; then
        [ $status -eq 0 ] || [[ $what == */stats ]] || echo "$what: status $status: $(cat "$said/err")"
    else
        [ $status -eq 2 ] || echo "$what: status $status"
        ! grep -q 'nothing lost' "$said/err" || [[ $what =~ ^(remove|write.*events/enable) ]] || echo "$what: nothing lost"
    fi
    nothing_left_of $pid || echo "$what: it is left"
    [ ! -s "$said/t.log" ] || is_whole "$said/t.log" || echo "$what: the log is not whole"
}

forbids_all() {
    local engine=$1 number=$2 lane
    DENY_LOG=$PWD/touched LD_PRELOAD=$deny "$tcpprobe" trace -q --engine $engine -d 0.1 -o t.log "port 9" 3>&-
    sort -u touched |
        perl -ne '$is = s/events\/\w+\/\w+/events\/E/r =~ s/options\/.*/options\/O/r; print if $ENV{DENY_ALL} || !$seen{$is}++' >what
    for needed in "open INSTANCE/tracing_on" "read INSTANCE/set_event" "write INSTANCE/trace_clock" \
        "make INSTANCE" "remove INSTANCE" "watch INSTANCE/"; do
        grep -qxF "$needed" what
    done
    for lane in 0 1 2 3; do
        awk -v lane=$lane 'NR % 4 == lane' what | while read -r line; do tried $engine $number "$line"; done >"complaints-$lane" 2>&1 3>&- &
        lanes+=($!)
    done
    wait "${lanes[@]}" || echo "a lane ended early"
    cat complaints-*
    [ -z "$(cat complaints-*)" ]
}

@test "trace: each file that is forbidden is one sentence, and nothing is left: EACCES, raw pages (live)" {
    forbids_all raw 13
}

@test "trace: each file that is forbidden is one sentence, and nothing is left: EPERM, the pipe (live)" {
    forbids_all pipe 1
}

@test "trace: who it may be that forbids it is said (live)" {
    DENY='open INSTANCE/trace_clock' DENY_ERRNO=13 LD_PRELOAD=$deny "$tcpprobe" trace -d 1 -o t.log 2>err || status=$?
    cat err
    [ "$status" -eq 2 ]
    [ "$(wc -l <err)" -eq 2 ]
    grep -qE '^tcpprobe: cannot read .*/trace_clock: Permission denied$' err
    grep -qx 'tcpprobe: root was refused that: SELinux, AppArmor or lockdown can do so (see dmesg and ausearch -m avc)' err
    [ ! -e t.log ]
}
