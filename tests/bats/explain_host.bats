# `explain --host`: why connections of this machine are slow, by samples of their sockets. Needs no root: it is the
# loopback device, and who talks there.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    "$tcpprobe" sockets >/dev/null 2>&1 || skip "this kernel does not tell of sockets"
}

teardown() { [ -z "${talker:-}" ] || kill "$talker" 2>/dev/null || true; }

# Two connections to one port, the second of which nobody reads until its window is closed. Sets port.
unread() {
    perl -MIO::Socket::INET -e '
        my $listener = IO::Socket::INET->new(Listen => 2, LocalAddr => "127.0.0.1") or die;
        my @to = (PeerAddr => "127.0.0.1", PeerPort => $listener->sockport);
        my $idle = IO::Socket::INET->new(@to) or die;
        my $idle_peer = $listener->accept;
        my $full = IO::Socket::INET->new(@to) or die;
        my $full_peer = $listener->accept;
        $full->blocking(0);
        # what the kernel moves from one buffer to the other makes room for more
        for (my $quiet = 0; $quiet < 10; $quiet++) {
            while (syswrite $full, "x" x 65536) { $quiet = 0 }
            select undef, undef, undef, 0.02;
        }
        $| = 1;
        print $listener->sockport, "\n";
        sleep 300' >port 3>&- &
    talker=$!
    for _ in {1..600}; do [ ! -s port ] || break; sleep 0.05; done
    port=$(cat port)
}

@test "of a reader that does not read, what held it up comes first, and what sockets cannot tell last" {
    unread
    "$tcpprobe" explain --host -d 1s -i 200ms -f "port $port" --top 1 >out
    cat out
    grep '^in all: 2 connections, of which 1 is shown' out
    grep -E "^flow [0-9]+: 127.0.0.1:[0-9]+ -> 127.0.0.1:$port, held up for" out
    grep "it waited for the window of 127.0.0.1:$port, which was closed in half of the samples or more: its application did not read" out
    not grep 'larger receive buffer\|at most' out
    grep 'not judged, of 2: congestion window.*tcpprobe trace' out
    grep 'not judged, of 2: reordering.*tcpdump' out
    # nothing is found of the other one, which did nothing
    "$tcpprobe" explain -q --host -d 1s -i 200ms -f "port $port" --top 0 --format ndjson >rows
    [ "$(json rows '$d->{finding}')" = zero_window ]
    perl -MJSON::PP -ne '$r = decode_json($_); $r->{finding} ne "zero_window" || $r->{cost_ns} > 5e8 || die $_' rows
    status=0
    "$tcpprobe" explain -q --host -d 500ms -i 100ms -f "port $port" --fail-on zero_window >/dev/null || status=$?
    [ "$status" -eq 1 ]
}

@test "what --host does not take, and what is of --host alone" {
    fails 2 "tcpprobe: --host is this machine, and files are recorded already" explain --host "$one_flow"
    fails 2 "tcpprobe: --duration, --interval and --netns are of --host" explain -d 5s "$one_flow"
    fails 2 "tcpprobe: --duration: in less than two intervals there is nothing to tell; --interval says how long one is" \
        explain --host -d 300ms -i 200ms
    fails 2 "tcpprobe: --interval: in less than 100.00 ms the kernel's chronometers of a socket tell nothing" \
        explain --host -i 50ms
    # what the recorder says is the reason, and nothing is read
    status=0
    "$tcpprobe" explain --host -d 1s --netns no-such-namespace >out 2>err || status=$?
    [ "$status" -eq 2 ] && [ ! -s out ]
    grep 'no-such-namespace' err
    [ "$(wc -l <err)" -eq 1 ]
}
