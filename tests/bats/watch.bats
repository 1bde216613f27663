# watch on a terminal (of script(1)): frames, keys, sizes, and that the terminal is as it was.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    command -v script >/dev/null || skip "needs script(1)"
    # script starts this one, and a Ctrl-C ends dash, which would write no status then.
    export SHELL=$BASH
}

# frame_count: of the frames that watch has shown.
frame_count() { grep -aoF $'\e[?2026h' shown 2>/dev/null | wc -l; }

# until_true COMMAND...: waits for it, on a busy machine too.
until_true() {
    for _ in $(seq 600); do
        ! "$@" || return 0
        sleep 0.05
    done
    return 1
}

# frames_later N: waits for N more frames. Of two the second was surely drawn after what was sent.
frames_later() {
    local wanted=$(($(frame_count) + $1))
    # shellcheck disable=SC2016
    until_true eval '[ "$(frame_count)" -ge '$wanted' ]'
}

# key KEYS: sends them, and waits for a frame that was drawn for them: where nothing comes by itself.
key() {
    local count
    count=$(frame_count)
    printf '%s' "$1"
    # shellcheck disable=SC2016
    until_true eval '[ "$(frame_count)" -gt '"$count"' ]'
}

# ended: waits for watch to have ended.
ended() { until_true [ -s after ]; }

# on_terminal KEYS OPTION...: runs watch on a terminal of 20 lines and 110 columns, sends KEYS (each waits
# itself); what was shown is in shown, its status in status, and what stty said before and after.
on_terminal() {
    local keys=$1
    shift
    # shellcheck disable=SC2016
    echo 'echo $$ >pid; tty >tty' >command
    printf '%q ' exec "$tcpprobe" watch ${machine--i 300ms} "$@" >>command
    rm -f shown status after
    (eval "$keys") | TERM=xterm LC_ALL=C.UTF-8 timeout -k 1 100 script -fqec 'stty rows 20 cols 110; stty -a >before; bash command; echo $? >status; stty -a >after' shown >/dev/null
}

# frames: the last one of `shown` as text, in frame.
frames() {
    perl -0777 -ne '
        my @frames = split /\e\[\?2026h\e\[H/;
        (my $last = $frames[-1]) =~ s/\e\[J\e\[\?2026l.*//s;
        $last =~ s/\e\[[0-9;]*[mK]//g;
        $last =~ s/\r//g;
        print "$last\n"' shown >frame
}

same_terminal() { diff before after; }

@test "a frame of the terminal's size, and the terminal as it was" {
    on_terminal 'frames_later 3; printf q; ended'
    [ "$(cat status)" -eq 0 ]
    same_terminal
    frames
    [ "$(wc -l <frame)" -eq 20 ]
    [ "$(widest frame)" -le 110 ]
    grep -qE '^[0-9:]{8}  [0-9]+ sockets:' frame
    grep -q '^owner ' frame
    grep -q 'h help  q quit' frame
    # The second screen, and back; nothing else behind it.
    perl -0777 -ne 'exit !(/^[^\e]*(Script[^\n]*\n)?\e\[\?1049h/ && /\e\[\?25h\e\[\?1049l\s*(Script done[^\n]*\s*)?$/)' shown
}

@test "keys: help, a filter that is wrong, one that is right" {
    on_terminal 'frames_later 1; printf h; frames_later 2; printf q; ended'
    frames
    grep -q '^  q          quit' frame
    on_terminal 'frames_later 1; printf "/nonsense == 1\r"; frames_later 2; printf q; ended'
    frames
    grep -q "unknown field 'nonsense'" frame
    on_terminal 'frames_later 1; printf "/port 443\r"; frames_later 2; printf q; ended'
    frames
    grep -q 'filter port 443' frame
}

@test "Ctrl-C and SIGTERM end it in order" {
    on_terminal 'frames_later 1; printf "\003"; ended'
    [ "$(cat status)" -eq 0 ]
    same_terminal
    # shellcheck disable=SC2016
    on_terminal 'frames_later 1; kill -TERM "$(cat pid)"; ended'
    [ "$(cat status)" -eq 0 ]
    same_terminal
}

@test "Ctrl-Z gives the terminal back, and fg takes it again" {
    cat >job <<END
set -m
$(printf '%q ' "$tcpprobe") watch -i 300ms
stty -a >stopped
fg >/dev/null
stty -a >after
END
    # shellcheck disable=SC2016
    (frames_later 1; printf '\032'; until_true [ -s stopped ]; frames_later 1; printf q; ended) | TERM=xterm script -fqec 'stty rows 20 cols 110; stty -a >before; bash job' shown >/dev/null
    diff before stopped
    diff before after
    # Two times there, two times back.
    [ "$(grep -ao $'\e\\[?1049h' shown | wc -l)" -eq 2 ]
    [ "$(grep -ao $'\e\\[?1049l' shown | wc -l)" -eq 2 ]
    # What came before it was stopped is not shown as what happened within one interval.
    frames
    grep -q 'h help  q quit' frame
}

@test "a terminal that changes its size" {
    # shellcheck disable=SC2016
    on_terminal 'frames_later 1; stty rows 12 cols 70 <"$(cat tty)"; frames_later 3; printf q; ended'
    frames
    [ "$(wc -l <frame)" -eq 12 ]
    [ "$(widest frame)" -le 70 ]
}

@test "a pipe and --once get a table" {
    "$tcpprobe" watch -i 100ms >table
    not grep -q $'\e' table
    grep -q '^total: ' table
    "$tcpprobe" watch -1 -i 100ms --group port >table
    grep -q '^group ' table
    on_terminal ended -1
    not grep -q $'\e' shown
    grep -q '^total: ' shown
}

@test "options that cannot be" {
    fails 2 "tcpprobe: --sort: 'size' is none of both rates, out, in, resent, srtt, cwnd, send queue, limit, owner" watch --sort size
    fails 2 "tcpprobe: --interval: '0' is not a time such as 10, 10s, 500ms or 2min" watch -i 0
    fails 2 "tcpprobe: filter:1:1: unknown field 'nonsense': known are sport dport saddr daddr family and those of 'tcpprobe sockets --columns'
nonsense
^" watch nonsense
}

# A recorded log: what is shown is the same wherever it runs.
log=$root/tests/fuzz/corpus/stream/sockets

@test "a log: its rounds are what its lines say" {
    "$tcpprobe" watch --once --at 900ms "$log" >table
    grep -qE '^127.0.0.1:52696 -> 127.0.0.1:5991 +18 +0.156 .* 98.58M ' table
    grep -q '^total: 4 sockets, 4 ESTABLISHED$' table
    # By hand: what was acknowledged between the two lines, by the time between them.
    perl -ne '/sock_cookie=7fe4 / && /(\d+\.\d+): tcp_socket: .* bytes_acked=(\d+)/ and push @at, [$1, $2];
        END { printf "%.2fM\n", 8e-6 * ($at[2][1] - $at[1][1]) / ($at[2][0] - $at[1][0]) }' "$log" >rate
    [ "$(cat rate)" = 98.58M ]
    # Filters, sums, the end, and going past it.
    "$tcpprobe" watch --once --at 500ms "$log" src port 5991 >table
    [ "$(grep -c ' -> ' table)" -eq 2 ]
    "$tcpprobe" watch --once --at 500ms -g owner "$log" | grep -qE '^iperf3 +4 '
    "$tcpprobe" watch "$log" | grep -q '^total: 0 sockets$'
    gzip -c "$log" >packed.gz
    diff <("$tcpprobe" watch --once --at 500ms packed.gz) <("$tcpprobe" watch --once --at 500ms "$log")
    # When they were read.
    for how in relative:0.982 recording:1290.353 wall:2026-11-29T08:59:09.100Z; do
        "$tcpprobe" watch --once --at 900ms --time "${how%%:*}" "$log" >table
        grep -qE "^ *${how#*:} +127.0.0.1:52696 -> " table
    done
}

@test "a log on a terminal: step, go on and back, speed, pause" {
    machine=''
    # So slow that nothing moves by itself.
    on_terminal 'frames_later 1; key .; key .; printf q; ended' --speed 0.001 "$log"
    same_terminal
    frames
    head -n 1 frame
    grep -qE '4 sockets: 4 ESTABLISHED  out 98.58 Mbit/s .* at 1.0 s, 0.001x .*PAUSED' frame
    grep -qE '^iperf3/574 .* 98.6M|^iperf3/574 .* 98.58M' frame
    grep -q 'resent 0/s' frame
    on_terminal 'frames_later 1; key ">"; printf q; ended' --speed 0.001 "$log"
    frames
    grep -qE '0 sockets: .* at 4.0 s, 0.001x, END' frame
    on_terminal 'frames_later 1; key ">"; key "<"; printf q; ended' --speed 0.001 "$log"
    frames
    grep -qE '4 sockets: 4 ESTABLISHED .* at 0.0 s, 0.001x *$' frame
    # By itself, to its end; keys go on.
    on_terminal 'until_true grep -aq ", END" shown; printf +; until_true grep -aq "200x, END" shown; printf q; ended' --speed 100 "$log"
    frames
    grep -q '200x, END' frame
}

@test "a log that is none" {
    fails 2 "tcpprobe: --interval, --netns, --no-processes, --events and --packets are of the machine, and $log is a log" watch -i 1s "$log"
    fails 2 "tcpprobe: --speed and --at are of a log: tcpprobe watch FILE" watch --speed 2
    fails 2 "tcpprobe: --speed: 'x' is not a number such as 4 or 0.5" watch --speed x "$log"
    fails 2 "tcpprobe: $one_flow has no samples of sockets: 'tcpprobe sockets -o' and 'tcpprobe trace --sockets' record them" watch --once "$one_flow"
}
