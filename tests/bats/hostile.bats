# Names and files from somebody who means ill: terminals, spreadsheets, the system.
load helpers

# Tells the terminal to change its title; then C1, a mark that turns the writing, and no UTF-8.
evil=$'\e]0;owned\a\xc2\x9b31m\xe2\x80\xae\xff'
shown='\x1b]0;owned\x07\xc2\x9b31m\xe2\x80\xae\xff'

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp "$one_flow" "$evil.log.gz"
}

# has_none_of_it FILE: no byte that a terminal would obey; lines end in \n or \r\n.
has_none_of_it() {
    not env LC_ALL=C grep -qP '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xff' "$1"
}

# on_terminal COMMAND...: what it shows there, stderr too, into the file `terminal`.
on_terminal() {
    command -v script >/dev/null || skip "needs script(1)"
    script -qec "$(printf '%q ' "$@")" /dev/null >terminal </dev/null || true
}

@test "messages show the bytes of arguments and file names" {
    for arguments in "flows|$evil" "$evil" "flows|--$evil" "flows|-f|$evil" "flows|--since|$evil" \
        "flows|--pcap-filter|$evil" "export|-m|$evil|$evil.log.gz" "flows|--format|$evil" \
        "trace|--tracefs|$evil" "trace|-e|$evil" "trace|-o|$evil/$evil" "plot|-o|$evil/x|$evil.log.gz" \
        "plot|--panels|$evil|$evil.log.gz" "compare|$evil|--|$evil" "compare|--role|$evil|x" \
        "packets|--decode-as|1=$evil" "export|--flow|$evil|$evil.log.gz" "flows|-$evil"; do
        IFS='|' read -r -d '' -a words <<<"$arguments|" || true
        unset 'words[-1]'
        "$tcpprobe" "${words[@]}" >out 2>err </dev/null && status=0 || status=$?
        echo "${words[0]} ${words[1]}: $status"
        cat -v err
        [ "$status" -eq 2 ]
        [ -s err ]
        has_none_of_it err
    done
    run "$tcpprobe" flows "$evil"
    [ "$output" = "tcpprobe: $shown: cannot open: No such file or directory" ]
}

@test "a line end in a name is no second message" {
    run "$tcpprobe" flows $'a\ntcpprobe: all is well'
    [ "$output" = 'tcpprobe: a\x0atcpprobe: all is well: cannot open: No such file or directory' ]
}

@test "letters of all languages stay" {
    run "$tcpprobe" flows 'für-日本-🙂.log'
    [ "$output" = 'tcpprobe: für-日本-🙂.log: cannot open: No such file or directory' ]
}

# A log whose only task has that name; names hold any byte but 0 and a line end.
log_of() {
    printf '%16s-7 [001] ..... 3.5: tcp_probe: family=AF_INET src=10.0.0.1:1 dest=10.0.0.2:2 snd_cwnd=1\n' "$1"
}

@test "tables on a terminal show what others get as it is" {
    cp "$root/tests/data/compare/cubic.json" base.json
    perl -pe 's/"name":"[^"]*"/"name":"\\u001b]0;owned\\u0007"/' base.json >new.json
    "$tcpprobe" compare base.json -- new.json >pipe || [ $? -ne 2 ]
    on_terminal env TERM=xterm NO_COLOR=1 "$tcpprobe" compare base.json -- new.json
    cat -v terminal
    has_none_of_it terminal
    tr -d '\r' <terminal | grep -qF "$(grep -m1 shift pipe)"
    # Our own colours are no names.
    on_terminal env -u NO_COLOR TERM=xterm "$tcpprobe" compare base.json -- new.json
    grep -q $'\e\\[3[0-9]m' terminal
}

@test "trace: a terminal is shown the name of a task, a pipe gets it (live)" {
    load live
    name=$'\e]0;owned\a'
    port=$(free_port)
    for where in terminal pipe; do
        (
            printf %s "$name" >/proc/$BASHPID/comm
            for i in {1..20}; do
                sleep 0.1
                (exec 3<>/dev/tcp/127.0.0.1/"$port") 2>/dev/null || true
            done
        ) &
        if [ $where = terminal ]; then
            on_terminal "$tcpprobe" trace -q -d 1.5 "port $port"
        else
            "$tcpprobe" trace -q -d 1.5 "port $port" >pipe
        fi
        wait
    done
    cat -v terminal
    grep -qF "$name" pipe
    grep -qF '\x1b]0;owned\x07' terminal
    has_none_of_it terminal
    tr -d '\r' <terminal >seen # a whole log but for the names
    "$tcpprobe" flows -q --strict seen >flows
}

@test "what a spreadsheet would run is guarded in csv, and only there" {
    for name in '=1+1' '+cmd|x' '-2+3' '@SUM(A1)'; do
        log_of "$name" >t.log
        "$tcpprobe" export --events t.log >guarded
        grep -qF "\"'$name\"" guarded
        "$tcpprobe" export --events --format csv-raw t.log >raw
        grep -qF "\"$name\"" raw
        diff <(sed "s/\"'/\"/" guarded) raw
        "$tcpprobe" export --events --format ndjson t.log >json
        [ "$(json <(head -n1 json) '$d->{comm}')" = "$name" ]
    done
    for name in -5 +7.25 -1e-9 -x. a=b "it's"; do
        log_of "$name" >t.log
        "$tcpprobe" export --events t.log >guarded
        [ "$name" = -x. ] && guard="'" || guard=
        grep -qF "\"$guard$name\"" guarded
    done
}

@test "numbers below zero are no formulas" {
    "$tcpprobe" flows --all --format csv "$one_flow" >guarded
    "$tcpprobe" flows --all --format csv-raw "$one_flow" >raw
    cmp guarded raw
}

# gzip makes a thousandth of such a file: it must not take longer than a log of its size.
@test "a hundred million empty lines are read faster than a log of that size" {
    perl -0777 -e '$_ = <STDIN>; print $_ x (1e8 / length)' <"$root/tests/data/short.log" | gzip -1 >log.gz
    perl -e 'print "\n" x 1e8' | gzip -1 >lines.gz
    TIMEFORMAT=%U
    for name in log lines; do
        seconds=$({ time "$tcpprobe" flows -q --threads 0 $name.gz >/dev/null 2>&1; } 2>&1)
        echo "$name: $seconds s"
        [ "$name" = lines ] || most=$seconds
    done
    perl -e 'exit($ARGV[0] > $ARGV[1] / 2)' "$seconds" "$most"
}

# --- what is left to the process (base/confine.h; tests/unit/test_confine.c tries each thing) ----------

needs_confinement() {
    ! "$tcpprobe" --version | grep -q libseccomp || skip "$("$tcpprobe" --version | grep libseccomp)"
}

# is_confined PID [FILTERS]: within five seconds, by so many filters.
is_confined() {
    for i in {1..50}; do
        if grep -q '^Seccomp:\s2$' "/proc/$1/status" && grep -q '^NoNewPrivs:\s1$' "/proc/$1/status" &&
            { [ -z "${2-}" ] || ! grep -q ^Seccomp_filters "/proc/$1/status" || grep -q "^Seccomp_filters:\s$2\$" "/proc/$1/status"; }; then
            return 0
        fi
        sleep 0.1
    done
    grep -E '^(Seccomp|NoNew)' "/proc/$1/status"
    return 1
}

@test "what reads files is confined before their first byte" {
    needs_confinement
    mkfifo log
    for arguments in flows packets export 'export --events' 'plot -o t.png' 'compare --write-baseline b.json'; do
        # shellcheck disable=SC2086
        "$tcpprobe" $arguments -q log >/dev/null 2>&1 3>&- & # waits for the fifo to be opened
        echo "$arguments"
        is_confined $!
        : >log
        wait $! || true
    done
}

@test "what asks the kernel for its sockets is confined once it has the way there" {
    needs_confinement
    "$tcpprobe" sockets -i 10s >sockets 2>err 3>&- &
    is_confined $!
    for _ in {1..50}; do
        [ ! -s sockets ] || break
        sleep 0.1
    done
    kill -INT $!
    wait $!
    grep -q '^total: ' sockets
    [ ! -s err ]
}

@test "what draws has a filter of its own" {
    needs_confinement
    mkfifo fonts
    FONTCONFIG_FILE=$PWD/fonts "$tcpprobe" plot -q -o t.png "$one_flow" 3>&- &
    plot=$!
    until child=$(pgrep -P $plot); do sleep 0.1; done
    is_confined $plot 1
    is_confined "$child" 2
    timeout 10 sh -c "echo '<fontconfig/>' >fonts"
    wait $plot
    [ -s t.png ]
}

@test "trace is confined when it records, and ends as before (live)" {
    load live
    needs_confinement
    port=$(free_port)
    talk_behind "$port" 5
    trace_behind -o t.log -G 1 -W 1 --packets lo "port $port"
    is_confined $recorder
    for task in /proc/$recorder/task/*; do
        grep -q '^Seccomp:\s2$' $task/status
    done
    sleep 2.5 # new parts
    kill -INT $recorder
    wait $recorder
    recorder=
    cat err
    [ -s t-0003.log ]
    [ ! -e t-0001.log ] # removed
    not grep -qiE 'not implemented|permitted' err
}
