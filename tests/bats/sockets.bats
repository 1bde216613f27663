# Sockets of this machine, of a recording of ss, and of a namespace of our own.
load helpers
load live

recorded=$root/tests/data/host/sockets.nl

setup() {
    cd "$BATS_TEST_TMPDIR"
    [[ $BATS_TEST_DESCRIPTION != *" (live)" ]] || make_namespace
}

teardown() {
    [ -z "${talker:-}" ] || { kill -KILL "$talker" && wait "$talker"; } 2>/dev/null || true
    [ -z "${space:-}" ] || ip netns del "$space" 2>/dev/null || true
}

make_namespace() {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    space=tcpprobe-$$-$BATS_TEST_NUMBER
    ip netns add "$space" 2>/dev/null || skip "needs network namespaces"
    ip -n "$space" link set lo up
}

inside() { ip netns exec "$space" "$@"; }

# values COLUMN FILE: of every socket in a JSON document, one a line.
values() { json "$2" "map { \$_->{$1} } @{ \$d->{sockets} }"; }

# --- recorded ------------------------------------------------------------------------------------------

@test "every number is as ss says it of the same bytes" {
    "$tcpprobe" sockets --read "$recorded" --states all --all --format json >ours
    perl "$BATS_TEST_DIRNAME/ss.pl" "$root/tests/data/host/sockets.ss" ours frozen >said
    [ "$(cut -d' ' -f1 said)" -gt 1000 ]
}

# No kernel of the tests has DCTCP: a message as it would send it, of 10.0.0.1:1000, which ss reads, too.
@test "what only some congestion controls say is as ss says it" {
    perl -e 'my $info = pack("C8 L2", 1, (0) x 4, 6, 0x77, 0, 204_000, 40_000);
        sub attribute { my ($type, $bytes) = @_; my $length = 4 + length $bytes; pack("SS", $length, $type) . $bytes . "\0" x (-$length & 3) }
        my $body = pack("C4 nn a16 a16 L L2 L5", 2, 1, 0, 0, 1000, 5201, pack("C4 x12", 10, 0, 0, 1), pack("C4 x12", 10, 0, 0, 2), 0, 5, (0) x 5, 77)
            . attribute(2, $info . "\0" x (280 - length $info)) . attribute(4, "dctcp\0") . attribute(9, pack "SSLLL", 1, 1, 256, 14480, 57920);
        print pack("LSSLL", 16 + length $body, 20, 2, 0, 0), $body, pack("LSSLLl", 20, 3, 2, 0, 0, 0)' >dctcp.nl
    TCPDIAG_FILE=dctcp.nl ss -tinO | grep -o 'dctcp:([^)]*)' >theirs
    "$tcpprobe" sockets --read dctcp.nl --all --format json >ours
    [ "$(json ours 'map { sprintf "dctcp:(ce_state:%d,alpha:%d,ab_ecn:%d,ab_tot:%d)", $_->{dctcp_ce_state}, 1024 * $_->{dctcp_alpha}, $_->{dctcp_marked_bytes}, $_->{dctcp_acked_bytes} } @{ $d->{sockets} }')" = "$(cat theirs)" ]
    [ "$(json ours 'map { $_->{cc}, $_->{dctcp} } @{ $d->{sockets} }' | tr '\n' ' ')" = "dctcp 1 " ]
}

@test "connections are listed, the others counted" {
    COLUMNS=120 "$tcpprobe" sockets --read "$recorded" >table 2>err
    [ ! -s err ]
    grep -q '^state  *connection .* cwnd .* owner$' table
    [ "$(tail -n1 table)" = "total: 23 sockets, 17 ESTABLISHED, 1 SYN_SENT, 1 FIN_WAIT2, 1 TIME_WAIT, 1 CLOSE_WAIT, 2 LISTEN" ]
    not grep -qE '^(LISTEN|TIME_WAIT)' table
    [ "$(grep -cE '^(ESTABLISHED|SYN_SENT|FIN_WAIT2|CLOSE_WAIT) ' table)" -eq 20 ]
    [ "$(widest table)" -le 120 ]
}

@test "listeners have their accept queues" {
    "$tcpprobe" sockets --read "$recorded" -l >table
    diff - table <<'END'
local         accept queue  drops  owner
                 now limit
[::]:5202          0     5      0  uid 0
0.0.0.0:5201       2     3      1  uid 0

total: 2 sockets, 2 LISTEN
END
}

@test "states are listed on demand" {
    "$tcpprobe" sockets --read "$recorded" --states time_wait,syn_sent --format json >ours
    [ "$(values tcp_state ours | sort | tr '\n' ' ')" = "TCP_SYN_SENT TCP_TIME_WAIT " ]
    [ "$(values recv_queue_bytes ours | sort | tr '\n' ' ')" = "0 null " ]
    "$tcpprobe" sockets --read "$recorded" --states all --format json >ours
    [ "$(values cookie ours | sort -u | wc -l)" -eq 23 ]
}

@test "filters: columns, words of connections, texts" {
    count() { "$tcpprobe" sockets --read "$recorded" --states all --format ndjson "$@" | wc -l; }
    [ "$(count)" -eq 23 ]
    [ "$(count port 5202)" -eq 8 ] # without quotes, too
    [ "$(count 'family == AF_INET6')" -eq 5 ]
    [ "$(count 'src host ::1 or dst host 127.0.0.1')" -eq 19 ]
    [ "$(count 'state == TCP_LISTEN')" -eq 2 ]
    [ "$(count 'retransmitted_segs > 0')" -eq 2 ]
    [ "$(count 'retransmit_share > 0.1 and pacing_limit_bps == 10M')" -eq 1 ]
    [ "$(count 'cc == cubic')" -eq 1 ]
    [ "$(count 'mark == 0x2a')" -eq 1 ]
    [ "$(count 'accept_queue_conns > 0')" -eq 1 ]
    [ "$(count 'srtt_us < 0 or not srtt_us >= 0')" -eq 4 ] # two that listen, TIME_WAIT, SYN_SENT
    [ "$(count 'timer ~ "re*"')" -eq 2 ]
}

@test "what a filter cannot ask is said" {
    fails 2 "tcpprobe: filter:1:10: expected one of TCP_ESTABLISHED TCP_SYN_SENT TCP_SYN_RECV TCP_FIN_WAIT1 TCP_FIN_WAIT2 TCP_TIME_WAIT TCP_CLOSE TCP_CLOSE_WAIT TCP_LAST_ACK TCP_LISTEN TCP_CLOSING, found 'LISTENING'
state == LISTENING
         ^" sockets 'state == LISTENING'
    fails 2 "tcpprobe: filter:1:10: unknown value 'CLOSE': did you mean TCP_CLOSE?
state != CLOSE
         ^" sockets 'state != CLOSE'
    fails 2 "tcpprobe: filter:1:1: unknown field 'srtt': did you mean srtt_us?
srtt > 5
^" sockets 'srtt > 5'
    fails 2 "tcpprobe: filter:1:4: expected == != or ~ after cc, found '>'
cc > 5
   ^" sockets 'cc > 5'
}

@test "formats say the same, and have every column with --all" {
    for all in '' --all; do
        # shellcheck disable=SC2086
        "$tcpprobe" sockets --read "$recorded" --format csv-raw $all >csv
        # shellcheck disable=SC2086
        "$tcpprobe" sockets --read "$recorded" --format ndjson $all >ndjson
        [ "$(wc -l <csv)" -eq 21 ]
        perl -MJSON::PP -e '
            open my $csv, "<", "csv" or die; open my $json, "<", "ndjson" or die;
            chomp(my @names = split /,/, <$csv> =~ s/\n//r);
            while (my $line = <$csv>) {
                my @fields = split /,/, $line =~ s/\n//r, -1;
                my $row = decode_json(scalar <$json>);
                die "$line other columns\n" if join(",", sort @names) ne join(",", sort keys %$row);
                for (0 .. $#names) {
                    my $value = $row->{ $names[$_] };
                    $value = $value ? "true" : "false" if ref $value;
                    die "$names[$_]: $fields[$_], not $value\n" if ($value // "") ne $fields[$_] && $value != $fields[$_];
                }
            }'
    done
    diff <(head -n1 csv | tr ',' '\n' | grep -v '^netns$') <("$tcpprobe" sockets --columns | sed -n 's/^\([a-z_]*\) .*/\1/p' | grep -v '^netns$')
}

@test "--sort and --top" {
    "$tcpprobe" sockets --read "$recorded" --format json >ours
    [ "$(values bytes ours | head -n 3 | tr '\n' ' ')" = "400001 400000 300001 " ]
    "$tcpprobe" sockets --read "$recorded" --format json --sort srtt_us --top 2 >ours
    [ "$(values srtt_us ours | tr '\n' ' ')" = "5163 241 " ]
    [ "$(json ours '$d->{states}{TCP_ESTABLISHED}')" = 17 ]
    "$tcpprobe" sockets --read "$recorded" --format json --sort -rto >ours
    [ "$(values rto_us ours | head -n1)" = 204000 ]
    "$tcpprobe" sockets --read "$recorded" --format json --sort local >ours
    [ "$(values local ours | head -n1)" = "[::1]:5202" ]
}

sum() { awk '{ sum += $1 } END { printf "%d\n", sum }'; }

# groups MEMBER FILE: of every group in a JSON document, one a line.
groups() { json "$2" "map { \$_->{$1} } @{ \$d->{groups} }"; }

@test "groups add up to the sockets" {
    for group in service port peer cgroup; do
        "$tcpprobe" sockets --read "$recorded" --group $group --format json >ours
        [ "$(groups sockets ours | sum)" -eq 20 ]
        [ "$(groups bytes ours | sum)" -eq "$("$tcpprobe" sockets --read "$recorded" --format json >all && values bytes all | sum)" ]
        perl -e 'my $sum = 0; $sum += $_ for @ARGV; exit(abs($sum - 1) > 1e-9)' $(groups bytes_share ours | grep -v null)
    done
    "$tcpprobe" sockets --read "$recorded" -g port --format json >ours
    [ "$(groups group ours | tr '\n' ' ')" = "5201 5300 5202 80 " ]
    [ "$(groups sockets ours | tr '\n' ' ')" = "12 1 6 1 " ]
    [ "$(groups retransmitted_segs ours | tr '\n' ' ')" = "1 0 0 2 " ]
    # 14875 of the bytes that all of port 5201 sent, by ss of the same bytes.
    sent=$(grep -E ' 127.0.0.1:5201 ' "$root/tests/data/host/sockets.ss" | grep -o ' bytes_sent:[0-9]*' | cut -d: -f2 | sum)
    perl -e 'exit(abs($ARGV[0] - 14875 / $ARGV[1]) > 1e-9)' "$(groups retransmit_share ours | head -n 1)" "$sent"
    # What does not say a number is no zero among those that do.
    [ "$(groups retransmit_share ours | tail -n 1)" = null ]
    "$tcpprobe" sockets --read "$recorded" -g port --sort -send_queue --top 2 >table
    [ "$(sed -n '3,4p' table | cut -d' ' -f1 | tr '\n' ' ')" = "5202 80 " ]
    fails 2 "tcpprobe: --sort: groups have no srtt_us, which cannot be added up" sockets -g port --sort srtt
    fails 2 "tcpprobe: --group: 'host' is none of service, port, peer, owner, cgroup" sockets -g host
}

@test "the same bytes give the same text" {
    "$tcpprobe" sockets --read "$recorded" --states all --all >a
    LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo "$tcpprobe" sockets --read "$recorded" --states all --all >b
    cmp a b
}

@test "a recording that is cut, none, or no recording" {
    head -c 700 "$recorded" >cut
    fails 2 "tcpprobe: cut: a netlink message is cut, or none" sockets --read cut
    head -c 1000 /dev/zero >zeros
    fails 2 "tcpprobe: zeros: a netlink message is cut, or none" sockets --read zeros
    fails 2 "tcpprobe: none: cannot open it: No such file or directory" sockets --read none
    : >empty
    "$tcpprobe" sockets --read empty >out
    [ "$(tail -n1 out)" = "total: 0 sockets" ]
}

@test "options that cannot be" {
    fails 2 "tcpprobe: --states: 'listening' is no state such as established, listen, time_wait, syn_recv or all" sockets --states listening
    fails 2 "tcpprobe: --sort: there is no column 'srt_us'; did you mean 'srtt_us'?" sockets --sort srt_us
    fails 2 "tcpprobe: --explain compares rounds: it needs --interval" sockets --explain
    fails 2 "tcpprobe: --explain writes text about connections: without --group and --format" sockets --explain -i 1 -g port
    fails 2 "tcpprobe: --count counts the rounds of --interval, which is not given" sockets -c 2
    fails 2 "tcpprobe: --interval: '0' is not a time such as 10, 10s, 500ms or 2min" sockets -i 0
    fails 2 "tcpprobe: --read reads what was recorded: there is no second round in it" sockets --read x -i 1
    fails 2 "tcpprobe: 'no-such' is no network namespace: neither in /run/netns nor a process" sockets --netns no-such
}

# --- this machine --------------------------------------------------------------------------------------

@test "anybody sees a socket of his own with its process" {
    perl -MIO::Socket::INET -e '
        my $s = IO::Socket::INET->new(Listen => 3, LocalAddr => "127.0.0.1") or die;
        print $s->sockport, "\n"; close STDOUT; sleep 60' >port 3>&- &
    talker=$!
    for _ in {1..100}; do [ ! -s port ] || break; sleep 0.05; done
    "$tcpprobe" sockets -l -q --processes --format json "sport == $(cat port)" >ours
    [ "$(values pid ours)" = $talker ]
    [ "$(values owner ours)" = perl ]
    [ "$(values accept_limit_conns ours)" = 3 ]
    "$tcpprobe" sockets -l -q --format json "pid == $talker" >ours
    [ "$(values local ours)" = "127.0.0.1:$(cat port)" ]
    "$tcpprobe" sockets -l -q --format json "pid == $talker and owner == other" >ours
    [ "$(json ours 'scalar @{ $d->{sockets} }')" -eq 0 ]
}

@test "rounds: rates of what was sent between them, and JSON that ends" {
    port=$(free_port)
    talk_behind "$port" 3
    sleep 0.5
    "$tcpprobe" sockets -i 1s -c 2 --format json "dport == $port" >ours
    kill $talker
    [ "$(values local ours | sort -u | wc -l)" -eq 1 ]
    [ "$(values goodput_bps ours | head -n1)" = null ]
    # Bytes and times of the two rounds are in the rows.
    json ours 'my ($a, $b) = @{ $d->{sockets} };
        my $rate = 8e9 * ($b->{bytes_acked} - $a->{bytes_acked}) / ($b->{time_ns} - $a->{time_ns});
        die "$rate, not $b->{goodput_bps}" if abs($rate / $b->{goodput_bps} - 1) > 1e-3;
        die "no second apart" if abs($b->{time_ns} - $a->{time_ns} - 1e9) > 3e8;
        die "idle" if $b->{bytes_acked} <= $a->{bytes_acked}; 1'
    talk_behind "$port" 3
    "$tcpprobe" sockets -i 100ms -c 3 "port $port" >table
    [ "$(grep -c '^total: ' table)" -eq 3 ]
    grep -q 'goodput' table
}

@test "a closed pipe ends it quietly" {
    { env --default-signal=PIPE "$tcpprobe" sockets -i 50ms 2>err || echo $? >status; } | head -n 1 >line
    [ "$(cat status)" = 141 ]
    [ ! -s err ]
}

# --- a namespace of our own -----------------------------------------------------------------------------

# A listener with two that wait, connections with data that was read, that was not, and a closed one.
talk_in_namespace() {
    ip netns exec "$space" perl -MSocket=:all -MIO::Socket::INET -e '
        my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1", LocalPort => 5201) or die;
        my @keep;
        for my $i (1 .. 3) {
            my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 5201) or die;
            my $p = $s->accept;
            setsockopt $c, SOL_SOCKET, 36, 7 if $i == 2;
            syswrite $c, "x" x (50_000 * $i) if $i < 3;
            syswrite $p, "y" x 100 if $i == 3;
            sysread $p, my $data, 100_000 if $i == 1;
            push @keep, $c, $p;
        }
        push @keep, map { IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 5201) } 1, 2;
        my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 5201);
        close $c;
        open my $ready, ">", "ready" or die;
        close $ready;
        sleep 60' 3>&- &
    talker=$!
    for _ in {1..100}; do [ ! -e ready ] || break; sleep 0.05; done
    sleep 0.3
    talkers=$(ip netns pids "$space")
    # shellcheck disable=SC2086
    kill -STOP $talkers
}

@test "frozen sockets are as ss says, field by field (live)" {
    talk_in_namespace
    "$tcpprobe" sockets --netns "$space" --states all --all --format json >ours
    inside ss -tinoemHOa >theirs 2>/dev/null
    perl "$BATS_TEST_DIRNAME/ss.pl" theirs ours live
    [ "$(values netns ours | sort -u)" = "$space" ]
    [ "$(values mark ours | grep -c 0x7)" -eq 1 ]
    # By the number of a process in it, and from within.
    "$tcpprobe" sockets --netns "$talker" --states all --format json >by_process
    inside "$tcpprobe" sockets --states all --format json >within
    diff <(values cookie ours) <(values cookie by_process)
    diff <(values cookie ours) <(values cookie within)
    "$tcpprobe" sockets --netns all --states all --format json >all
    [ "$(values netns all | grep -c "^$space\$")" -eq "$(values cookie ours | wc -l)" ]
}

@test "what waits for accept() has no owner (live)" {
    talk_in_namespace
    inside "$tcpprobe" sockets -p --format json 'sport == 5201' >ours
    json ours 'map { "$_->{local} " . ($_->{owner} // "nobody") . " " . ($_->{uid} // "nobody") } @{ $d->{sockets} }' |
        sed 's/:[0-9]* / /' | sort | uniq -c | sed 's/^ *//' >counted
    grep -q '^3 127.0.0.1 nobody nobody$' counted # of the server's, two wait, one is closed by its peer
    inside "$tcpprobe" sockets -l --format json >ours
    [ "$(values accept_queue_conns ours)" = 3 ]
}

@test "without root there are the same sockets (live)" {
    talk_in_namespace
    inside "$tcpprobe" sockets --states all --all --format json >root_sees
    status=0
    inside setpriv --reuid 65534 --regid 65534 --clear-groups "$tcpprobe" sockets --states all -p --all --format json >other_sees 2>err || status=$?
    [ "$status" -eq 0 ]
    diff <(values cookie root_sees) <(values cookie other_sees)
    diff <(values snd_cwnd_segs root_sees) <(values snd_cwnd_segs other_sees)
    [ "$(values mark other_sees | sort -u)" = null ]
    [ "$(values uid root_sees | sort -u | tr '\n' ' ')" = "$(values uid other_sees | sort -u | tr '\n' ' ')" ]
    grep -q '^tcpprobe: without root, the open files of [0-9]* of [0-9]* processes may not be looked at$' err
    grep -q '^tcpprobe: without root, marks of sockets are not told$' err
    [ "$(wc -l <err)" -eq 2 ]
}

# churn N BYTES: so many connections one after the other, each with so many bytes.
churn() {
    inside perl -MIO::Socket::INET -e '
        my $s = IO::Socket::INET->new(Listen => 64, LocalAddr => "127.0.0.1", LocalPort => 5201, ReuseAddr => 1) or die;
        for (1 .. $ARGV[0]) {
            my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 5201) or die;
            my $p = $s->accept;
            syswrite $c, "x" x $ARGV[1];
            close $c;
            1 while sysread $p, my $data, 100_000;
        }' "$@" 3>&-
}

# sum_of WORD FILE: of the words WORD=NUMBER.
sum_of() { grep -o " $1=[0-9]*" "$2" | cut -d= -f2 | sum; }

@test "a recording has every end, and all bytes (live)" {
    inside "$tcpprobe" sockets -i 200ms -d 3s -o s.log 2>err &
    recorder=$!
    for _ in {1..100}; do ! grep -q tcp_socket_round s.log 2>/dev/null || break; sleep 0.05; done
    churn 300 1000
    wait $recorder
    [ "$(grep -c ': tcp_socket_end: ' s.log)" -eq 600 ]
    [ "$(grep ': tcp_socket_end: ' s.log | grep -o 'sock_cookie=[0-9a-f]*' | sort -u | wc -l)" -eq 600 ]
    # As in test_ends_live: SYN and FIN count.
    grep ': tcp_socket_end: ' s.log >ends
    [ "$(sum_of bytes_sent ends)" -eq 300000 ]
    [ "$(sum_of bytes_acked ends)" -eq 300900 ]
    grep -q '^tcpprobe: recorded 600 sockets, of which 600 ended, in [0-9]* rounds and [3-9][.0-9]* s: .*, ended by duration, nothing lost$' err
    # Times do not fall, and every round is there.
    grep -o ' [0-9]*\.[0-9]\{6\}: tcp_' s.log | tr -d ':a-z_ ' >times
    sort -n -c times
    [ "$(grep -c ': tcp_socket_round: ' s.log)" -ge 5 ]
    [ "$(tail -n2 s.log | head -n1 | cut -d' ' -f2)" = "events=$(grep -c ': tcp_' s.log)" ]
    # Counters: what grew is what was sent.
    grep -q ' full=1 .* TcpPassiveOpens=' s.log
}

# counter NAME FILE: first and last value of the kernel's counter in a recording.
counter() { grep ': tcp_counters: ' "$2" | grep -o " $1=[0-9]*" | cut -d= -f2 | sed -n '1p;$p' | tr '\n' ' '; }

@test "flows of a recording have all that was sent again, by the kernel's own counter (live)" {
    # What is sent to v0 is never answered.
    ip -n "$space" link add v0 type veth peer name v1
    ip -n "$space" addr add 10.1.1.1/24 dev v0
    ip -n "$space" link set v0 up
    ip -n "$space" link set v1 up
    ip -n "$space" neigh add 10.1.1.2 lladdr 02:00:00:00:00:02 dev v0
    inside "$tcpprobe" sockets -p -i 300ms -d 5s -o s.log -q &
    recorder=$!
    for _ in {1..100}; do ! grep -q tcp_socket_round s.log 2>/dev/null || break; sleep 0.05; done
    inside perl -MSocket=:all -MFcntl -e '
        my @keep;
        for (1 .. 3) {
            socket my $s, PF_INET, SOCK_STREAM, 0 or die;
            fcntl $s, F_SETFL, O_NONBLOCK;
            connect $s, sockaddr_in(80, inet_aton("10.1.1.2"));
            push @keep, $s;
        }
        sleep 2;
        close shift @keep;
        sleep 60' 3>&- &
    talker=$!
    churn 20 50000
    wait $recorder
    kill $talker
    "$tcpprobe" flows --all --format json s.log >flows.json
    resent=$(json flows.json 'my $sum = 0; $sum += ($_->{retransmitted_segs} // 0) + ($_->{peer_retransmitted_segs} // 0) for @{ $d->{flows} }; $sum')
    read -r first last <<<"$(counter TcpRetransSegs s.log)"
    echo "$resent sent again, $first to $last by the kernel"
    [ "$resent" -ge 3 ]
    [ "$resent" -eq $((last - first)) ]
    # The table counts them as the kernel does, in segments.
    "$tcpprobe" flows -q s.log >table
    head -n 2 table | grep -qE ' resent +limit '
    # Of the others all payload is known exactly, and who sent it.
    [ "$(json flows.json 'map { $_->{acked_bytes} } grep { ($_->{acked_bytes} // 0) > 0 } @{ $d->{flows} }' | sort | uniq -c | sed 's/^ *//')" = "20 50000" ]
    [ "$(json flows.json 'map { $_->{acked_from} } grep { ($_->{acked_bytes} // 0) > 0 } @{ $d->{flows} }' | sort -u)" = socket ]
    [ "$(json flows.json 'map { $_->{owner} } grep { ($_->{retransmitted_segs} // 0) > 0 } @{ $d->{flows} }' | sort -u)" = perl ]
    # Samples of all of them stream out; a reader that knows nothing of samples reads on.
    "$tcpprobe" export --format csv s.log >samples.csv
    [ "$(grep -c ',retransmitted,' samples.csv)" -ge 3 ]
    not grep -q 'malformed' <("$tcpprobe" flows s.log 2>&1)
}

@test "a recording in parts, of several namespaces, and of a filter (live)" {
    talk_in_namespace
    "$tcpprobe" sockets --netns "$talker" -i 100ms -c 12 -G 400ms -o p.log.gz 2>err
    [ "$(ls p-*.log.gz | wc -l)" -ge 3 ]
    inside "$tcpprobe" sockets --format ndjson >there
    # Each is a log of its own: everything is in it, although nothing changes.
    for part in p-000[12].log.gz; do
        gzip -dc "$part" >text
        [ "$(grep -c ': tcp_socket: .* full=1 ' text)" -eq "$(wc -l <there)" ]
        grep -q "^# netns_0=pid:\|^# netns_0=$space" text
        grep -q '^# clock=mono$' text
        grep -q '^# end part=' text
    done
    "$tcpprobe" sockets --netns "$space" -i 100ms -c 2 -o - 'recv_queue_bytes > 99' >text 2>err
    [ "$(grep -c ': tcp_socket: ' text)" -eq 2 ] # 100000 that nobody reads, and 100
    status=0
    "$tcpprobe" sockets --netns "$space" -i 10ms -o - 2>err | head -n 30 >/dev/null || status=$?
    [ "$status" -eq 0 ]
    fails 2 "tcpprobe: --top says what is shown: with --output everything is recorded" sockets -o x.log -n 3
    fails 2 "tcpprobe: --duration, --force, --no-clear and parts are of a recording: --output FILE" sockets -d 3
    fails 2 "tcpprobe: --part-size and --part-time need a file: --output FILE" sockets -o - -G 3
}

@test "a round of 10000 connections costs less than ss -tn (live)" {
    ulimit -n 12000 2>/dev/null || skip "needs 12000 open files"
    ip netns exec "$space" perl -MSocket=:all -e '
        socket my $s, PF_INET, SOCK_STREAM, 0 or die; setsockopt $s, SOL_SOCKET, SO_REUSEADDR, 1;
        bind $s, sockaddr_in(5201, INADDR_LOOPBACK) or die; listen $s, 128 or die;
        my @keep;
        for (1 .. 5000) {
            socket my $c, PF_INET, SOCK_STREAM, 0 or die "$!\n";
            connect $c, sockaddr_in(5201, INADDR_LOOPBACK) or die "$!\n";
            accept my $p, $s or die "$!\n";
            push @keep, $c, $p;
        }
        open my $ready, ">", "ready" or die; close $ready;
        sleep 120' 3>&- &
    talker=$!
    for _ in {1..400}; do [ ! -e ready ] || break; sleep 0.05; done
    [ -e ready ]
    measure=$root/${BUILD:-build}/bench/measure
    # The least of five, in turn: others use the machine, too. A round by what ten more of them add.
    for _ in {1..5}; do
        inside "$measure" one "$tcpprobe" sockets --top 10 -i 1ms -c 1 | cut -d' ' -f2 >>one_s
        inside "$measure" many "$tcpprobe" sockets --top 10 -i 1ms -c 11 | cut -d' ' -f2 >>many_s
        inside "$measure" theirs ss -tn | cut -d' ' -f2 >>theirs_s
    done
    [ "$(grep -c ESTAB theirs)" -eq 10000 ]
    [ "$(grep -c '^total: 10001 sockets, 10000 ESTABLISHED, 1 LISTEN' many)" -eq 11 ]
    one=$(sort -n one_s | head -n1) many=$(sort -n many_s | head -n1) theirs=$(sort -n theirs_s | head -n1)
    echo "ss -tn $theirs s, the first round $one s, ten more $many s in all"
    perl -e 'exit(($ARGV[1] - $ARGV[0]) / 10 >= $ARGV[2])' "$one" "$many" "$theirs"
}
