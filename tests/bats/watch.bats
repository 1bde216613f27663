# watch on a terminal (of script(1)): frames, keys, sizes, and that the terminal is as it was.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    command -v script >/dev/null || skip "needs script(1)"
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

# ended: waits for watch to have ended.
ended() { until_true [ -s after ]; }

# on_terminal KEYS OPTION...: runs watch on a terminal of 20 lines and 110 columns, sends KEYS (each waits
# itself); what was shown is in shown, its status in status, and what stty said before and after.
on_terminal() {
    local keys=$1
    shift
    # shellcheck disable=SC2016
    echo 'echo $$ >pid; tty >tty' >command
    printf '%q ' exec "$tcpprobe" watch -i 300ms "$@" >>command
    rm -f shown status after
    (eval "$keys") | TERM=xterm LC_ALL=C.UTF-8 script -fqec 'stty rows 20 cols 110; stty -a >before; bash command; echo $? >status; stty -a >after' shown >/dev/null
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
