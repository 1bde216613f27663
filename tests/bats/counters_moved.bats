# What the kernel counts when one thing happens among sockets of a namespace of their own (moves.pl), and
# what `tcpprobe counters` says of it: what a counter means was found out so. Several documents are wrong about some.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    ip netns add "tpmoved-$$" 2>/dev/null || skip "needs network namespaces"
    ip netns delete "tpmoved-$$"
}

teardown() {
    local space
    for space in $spaces; do ip netns delete "$space"; done
}

# moved MOVE CONDITION...: NAME=NUMBER, NAME>=NUMBER, NAME=OTHER, NAME>OTHER. Those that are not named and would tell
# of something that went wrong are 0.
moved() {
    local move=$1
    shift
    cat "$move.err"
    "$tcpprobe" counters -q --netns "tpmoved-$$-$move" --all --format ndjson >"$move.counters"
    perl -MJSON::PP -e '
        my ($file, @conditions) = @ARGV;
        my (%is, %named);
        open my $in, "<", $file or die;
        while (<$in>) {
            my $row = decode_json($_);
            $is{ $row->{counter} =~ s/^Tcp(Ext)?(?=[A-Z])//r } = $row->{total} if $row->{counter} =~ /^Tcp/;
        }
        for (@conditions) {
            my ($name, $how, $what) = /^(\w+)(>?=?)(\w+)$/ or die "what is $_?\n";
            $named{$_} = 1 for $name, $what;
            my ($left, $right) = map { /^\d+$/ ? $_ : $is{$_} // die "there is no $_\n" } $name, $what;
            ($how eq "=" ? $left == $right : $how eq ">" ? $left > $right : $left >= $right)
                or die "$file: $_, but $left and $right\n";
        }
        for (qw(AttemptFails EstabResets OutRsts InErrs RetransSegs Timeouts SynRetrans ListenOverflows ListenDrops TCPReqQFullDrop
                TCPReqQFullDoCookies SyncookiesSent TCPAbortOnData TCPAbortOnClose TCPAbortOnTimeout TCPAbortOnMemory TCPKeepAlive
                PruneCalled RcvPruned TCPFromZeroWindowAdv)) {
            die "$file: $_ is $is{$_}\n" if $is{$_} && !$named{$_};
        }' "$move.counters" "$@"
}

# All at once, each in a namespace; what they do takes three seconds, in which they sleep.
make_moves() {
    local move space running=()
    for move in "$@"; do
        space=tpmoved-$$-$move
        ip netns add "$space"
        spaces+=" $space"
        ip -n "$space" link set lo up
        case $move in *-cookies) ip netns exec "$space" sysctl -qw net.ipv4.tcp_syncookies=1 ;; *) ip netns exec "$space" sysctl -qw net.ipv4.tcp_syncookies=0 ;; esac
        ip netns exec "$space" perl "$BATS_TEST_DIRNAME/moves.pl" "${move%-cookies}" >"$move.err" 2>&1 3>&- &
        running+=($!)
    done
    wait "${running[@]}"
}

@test "connections that fail, are aborted, or find no room are counted where we say (live)" {
    make_moves refused unread linger crowd
    moved refused ActiveOpens=1 AttemptFails=1 OutRsts=1 PassiveOpens=0
    # Each end of it counts once: no resets that were received.
    moved unread TCPAbortOnClose=1 OutRsts=1 EstabResets=2
    moved linger TCPAbortOnData=1 OutRsts=1 EstabResets=2
    # Every overflow is a drop; asked again, a listener drops again.
    moved crowd ActiveOpens=6 PassiveOpens=2 ListenOverflows=ListenDrops ListenDrops\>=4 RetransSegs\>=4 TCPSynRetrans=RetransSegs \
        TCPTimeouts=RetransSegs EstabResets\>=0 OutRsts\>=0
}

@test "SYNs without an answer, from both sides (live)" {
    [ -e /dev/net/tun ] || skip "needs TUN devices"
    make_moves silence timeout half_open flood flood-cookies
    # What was given up before the kernel did is no failed attempt.
    moved silence ActiveOpens=1 OutSegs=1 RetransSegs\>=1 TCPSynRetrans=RetransSegs TCPTimeouts=RetransSegs AttemptFails=0
    # The last timeout sends nothing.
    moved timeout ActiveOpens=1 OutSegs=1 AttemptFails=1 TCPAbortOnTimeout=1 TCPSynRetrans=RetransSegs TCPTimeouts\>RetransSegs
    # Handshakes that were not completed are no opens; SYN-ACKs sent again are among all that was sent, too.
    moved half_open InSegs=3 PassiveOpens=0 RetransSegs\>=1 TCPSynRetrans=RetransSegs TCPTimeouts=RetransSegs OutSegs\>RetransSegs
    # A full queue of SYNs is no overflow of the accept queue.
    moved flood InSegs=30 ListenDrops=24 TCPReqQFullDrop=24 ListenOverflows=0 RetransSegs\>=0 PassiveOpens=0
    moved flood-cookies InSegs=30 SyncookiesSent=24 TCPReqQFullDoCookies=24 ListenDrops=0 RetransSegs\>=0 PassiveOpens=0
}

@test "a peer that is silent, and one that does not read (live)" {
    make_moves keepalive stall
    moved keepalive TCPKeepAlive\>=2
    # The receiver closes its window and opens it again, the sender asks; nothing was thrown away.
    moved stall TCPToZeroWindowAdv\>=1 TCPFromZeroWindowAdv\>=1 TCPWinProbe\>=1 RetransSegs\>=0 PruneCalled=0 RcvPruned=0
}
