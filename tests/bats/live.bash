# live.bash: what the tests share that record the loopback device live. `load live` after helpers.
# Tests whose name ends in (live) are skipped where nothing can be recorded.

tracing=/sys/kernel/tracing

setup() {
    cd "$BATS_TEST_TMPDIR"
    [[ $BATS_TEST_DESCRIPTION != *" (live)" ]] || needs_tracing
}

teardown() {
    [ -z "${recorder:-}" ] || kill -KILL "$recorder" 2>/dev/null || true
    [ -z "${talker:-}" ] || kill "$talker" 2>/dev/null || true
}

needs_tracing() {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    [ -e $tracing/events/tcp/tcp_probe ] || skip "needs tracefs in $tracing with tcp events"
    [ -w $tracing/instances ] || skip "needs to write in $tracing/instances"
}

# talk PORT SECONDS [BYTES]: a connection over the loopback device that sends BYTES at a time, as
# often as it can or, without BYTES, 64 KiB each 5 ms. Prints the bytes that arrived.
talk() {
    perl -MIO::Socket::INET -MSocket=IPPROTO_TCP,TCP_NODELAY -MTime::HiRes=time -e '
        my ($port, $seconds, $bytes) = @ARGV;
        my $server = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1", LocalPort => $port,
            ReuseAddr => 1) or die "port $port: $!\n";
        if (!(my $child = fork)) {
            my $client = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port) or die;
            setsockopt $client, IPPROTO_TCP, TCP_NODELAY, 1;
            my $end = time + $seconds;
            while (time < $end) {
                for (1 .. ($bytes ? 100 : 1)) { syswrite $client, "x" x ($bytes || 65536) }
                select undef, undef, undef, 0.005 if !$bytes;
            }
            exit;
        }
        my $peer = $server->accept;
        my $sum = 0;
        while (my $got = sysread $peer, my $data, 65536) { $sum += $got }
        print "$sum\n";
        wait;' "$@" 3>&-
}

# A port that no other test uses at the moment.
free_port() {
    perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

talk_behind() {
    talk "$@" >arrived 3>&- &
    talker=$!
}

# Starts a recorder and waits until it traces; its status is that of `wait $recorder`.
trace_behind() {
    rm -f err # of a recorder before, which had said it
    "$tcpprobe" trace --force "$@" 2>err 3>&- &
    recorder=$!
    wait_for "recording to" err
}

wait_for() {
    for _ in {1..200}; do
        ! grep -q "$1" "$2" || return 0
        sleep 0.05
    done
    cat "$2"
    return 1
}

text_of() { gzip -dcf "$1"; }
events_in() { text_of "$1" | grep -vcE '^#|^CPU:' || true; }
reason_of() { text_of "$1" | sed -n 's/^# end .*reason=//p'; }

# value NAME FILE: of the last NAME= in the log's trailer.
value() { text_of "$2" | grep -o "\b$1=[0-9]*" | tail -n 1 | cut -d= -f2; }

# The recorder's own instance, and its guard, are gone.
nothing_left_of() { ! compgen -G "$tracing/instances/tcpprobe-$1-*"; }

# A log that can be read to its end, with all the events that it says it has.
is_whole() {
    [ "$("$tcpprobe" flows --strict "$1" 2>&1 >/dev/null | grep -vE 'belongs? to no flow|holds no events|recorder lost')" = "" ]
    [ "$(events_in "$1")" -eq "$(value events "$1")" ]
}
