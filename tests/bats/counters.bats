# What the kernel counts: of this machine, and of a namespace in which nothing else happens.
load helpers
load live

setup() {
    cd "$BATS_TEST_TMPDIR"
    [[ $BATS_TEST_DESCRIPTION != *" (live)" ]] || make_namespace
}

teardown() {
    [ -z "${space:-}" ] || ip netns del "$space" 2>/dev/null || true
}

make_namespace() {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    space=tcpprobe-$$-$BATS_TEST_NUMBER
    ip netns add "$space" 2>/dev/null || skip "needs network namespaces"
    ip -n "$space" link set lo up
}

inside() { ip netns exec "$space" "$@"; }

# of NAME MEMBER FILE: a member of a counter's row in ndjson; null if it is not known.
of() {
    perl -MJSON::PP -ne 'BEGIN { ($name, $member) = splice @ARGV, 0, 2 }
        my $row = decode_json($_); print $row->{$member} // "null", "\n" if $row->{counter} eq $name' "$@"
}

@test "sums by category, with what they are a share of" {
    "$tcpprobe" counters >table 2>err
    [ ! -s err ]
    head -n 1 table | grep -q '^category  *counter  *total  *share  *of$'
    grep -q '^traffic  *TcpInSegs  *[0-9]*  *-  *-$' table
    # In the order of the categories, nothing twice, no constant, no zero.
    [ "$(sed 1,2d table | cut -d' ' -f1 | uniq | sort | uniq -d)" = "" ]
    [ "$(sed 1,2d table | awk '{print $2}' | sort | uniq -d)" = "" ]
    not grep -qE 'TcpRto|TcpMaxConn|IpForwarding|  0  ' table
    "$tcpprobe" counters --category loss >table
    [ "$(sed 1,2d table | cut -d' ' -f1 | sort -u | tr -d '\n')" = loss ] || [ "$(wc -l <table)" -eq 2 ]
}

@test "counters by name, with and without the prefix, and by pattern" {
    "$tcpprobe" counters --format ndjson RetransSegs TCPTimeouts >rows
    [ "$(wc -l <rows)" -eq 2 ]
    "$tcpprobe" counters --format ndjson TcpRetransSegs TcpExtTCPTimeouts >others
    diff <(of TcpRetransSegs of rows) <(of TcpRetransSegs of others)
    "$tcpprobe" counters --format ndjson 'TCPAbort*' >rows
    [ "$(wc -l <rows)" -ge 5 ]
    [ "$("$tcpprobe" counters --format ndjson NoSuchCounter | wc -l)" -eq 0 ]
}

@test "what a counter means, and where its threshold comes from" {
    "$tcpprobe" counters --explain RetransSegs ListenOverflows >text
    grep -q '^TcpRetransSegs (loss): [0-9]*' text
    grep -q '^  counts  *segments sent again' text
    grep -q '^  warn  *from 1 % of at least 1000 on (a rule of thumb)$' text
    grep -q "^  bad  *from 5 a second on (netdata's health.d" text
}

@test "formats say the same" {
    "$tcpprobe" counters --format json 'Rto*' 'MaxConn' >json
    "$tcpprobe" counters --format ndjson 'Rto*' 'MaxConn' >ndjson
    [ "$(json json 'map { "$_->{counter} $_->{total}" } @{ $d->{counters} }' | sort)" = "$(perl -MJSON::PP -ne 'my $r = decode_json($_); print "$r->{counter} $r->{total}\n"' ndjson | sort)" ]
    [ "$(of TcpMaxConn total ndjson)" = -1 ]
    [ "$(of TcpMaxConn growth ndjson)" = null ]
    [ "$("$tcpprobe" counters --format csv MaxConn | head -n 1)" = "category,counter,total,growth,per_second,mean_1min,mean_5min,mean_15min,share,of" ]
    "$tcpprobe" counters --format openmetrics MaxConn ActiveOpens >metrics
    grep -q '^# TYPE tcpprobe_tcpmaxconn gauge$' metrics
    grep -q '^tcpprobe_tcpmaxconn -1$' metrics
    grep -qE '^tcpprobe_tcpactiveopens_total [0-9]+$' metrics
    [ "$(tail -n 1 metrics)" = "# EOF" ]
    # The same for the textfile collector, whose families of counters end in _total, as their samples do.
    "$tcpprobe" counters --format prometheus MaxConn ActiveOpens >text
    grep -q '^# TYPE tcpprobe_tcpactiveopens_total counter$' text
    sed 's/^\(# [A-Z]* tcpprobe_tcpactiveopens\)_total/\1/' text | sed 's/_total .*/_total/' | diff - <(sed 's/_total .*/_total/' metrics)
}

@test "promtool finds nothing wrong with what node_exporter is to read" {
    command -v promtool >/dev/null || skip "needs promtool (Debian's package prometheus)"
    "$tcpprobe" counters --all --format prometheus >all.prom
    [ -z "$(promtool check metrics <all.prom 2>&1)" ]
    [ "$(grep -c '^# TYPE' all.prom)" -eq "$("$tcpprobe" counters --all --format ndjson | wc -l)" ]
}

@test "the settings that matter, also where some are absent" {
    "$tcpprobe" counters --config >table
    grep -q "^net.ipv4.tcp_rmem  *$(tr '\t' ' ' </proc/sys/net/ipv4/tcp_rmem) " table
    "$tcpprobe" counters --config --format ndjson >rows
    [ "$(wc -l <rows)" -gt 30 ]
}

@test "options that cannot be" {
    fails 2 "tcpprobe: --category: 'lost' is none of traffic, loss, spurious, accept, memory, resets, send, other" counters --category lost
    fails 2 "tcpprobe: --fail-on: 'severe' is none of note, warn, bad" counters --fail-on severe
    fails 2 "tcpprobe: --fail-on judges growth: it needs --diff or --interval" counters --fail-on bad
    fails 2 "tcpprobe: --diff and --interval each say since when: not both" counters --diff x -i 1
    fails 2 "tcpprobe: --count counts the rounds of --interval, which is not given" counters -c 1
    fails 2 "tcpprobe: --format: 'xml' is none of table, blocks, csv, csv-raw, csv-null, json, ndjson, openmetrics, prometheus" counters --format xml
    fails 2 "tcpprobe: this kernel has no counter 'nosuch'; 'tcpprobe counters --all' lists them" counters nosuch
    fails 2 "tcpprobe: this kernel has no counter 'RetransSeg'; did you mean 'TcpRetransSegs'?" counters OutSegs RetransSeg
    fails 2 "tcpprobe: this kernel has no counter 'No*'; 'tcpprobe counters --all' lists them" counters -i 1 -c 1 'No*'
    fails 2 "tcpprobe: 'no-such' is no network namespace: neither in /run/netns nor a process" counters --netns no-such
    echo '{}' >other.json
    fails 2 "tcpprobe: other.json: not a file of 'tcpprobe counters --save'" counters --diff other.json
}

@test "growth since a file, and none since another start of the machine" {
    "$tcpprobe" counters --save base.json >out
    [ ! -s out ]
    "$tcpprobe" counters --diff base.json >table
    head -n 1 table | grep -q '^category  *counter  *total  *growth  *1/s  *share  *of$'
    sed 's/\("boot_id": "\)[0-9a-f]*/\1other/' base.json >other.json
    fails 2 "tcpprobe: 'other.json' was saved before this machine was started, or on another one: how much the counters grew since then is not known" counters --diff other.json
    sed 's/\("netns": \)[0-9]*/\17/' base.json >other.json
    fails 2 "tcpprobe: 'other.json' was saved in another network namespace" counters --diff other.json
    # What is above what it is now did not grow by less than nothing.
    sed 's/\("TcpInSegs": \)[0-9]*/\19000000000000000/' base.json >more.json
    "$tcpprobe" counters --diff more.json --format ndjson InSegs >rows
    [ "$(of TcpInSegs growth rows)" = null ]
    [ "$(of TcpInSegs per_second rows)" = null ]
}

@test "rounds have growth from the second on" {
    "$tcpprobe" counters -i 100ms -c 3 --format ndjson InSegs >rows
    [ "$(of TcpInSegs growth rows | head -n 1)" = null ]
    [ "$(of TcpInSegs growth rows | sed 1d | grep -cE '^[0-9]+$')" -eq 2 ]
    status=0
    "$tcpprobe" counters -i 50ms 2>err | head -n 1 >/dev/null || status=$?
    [ "$status" -eq 0 ]
    [ ! -s err ]
}

# --- a quiet namespace ---------------------------------------------------------------------------------

# nstat prints "NAME VALUE RATE", and leaves gauges and constants out.
same_as_nstat() {
    inside "$tcpprobe" counters --all --format ndjson >ours
    inside nstat -asz | awk '/^[A-Z]/ { print $1, $2 }' | sort >theirs
    perl -MJSON::PP -ne 'my $r = decode_json($_); print "$r->{counter} $r->{total}\n"' ours | sort >ours_sorted
    [ "$(wc -l <theirs)" -gt 250 ]
    [ "$(comm -13 ours_sorted theirs)" = "" ]
    [ "$(comm -23 ours_sorted theirs | cut -d' ' -f1 | tr '\n' ' ')" = "IpDefaultTTL IpForwarding TcpCurrEstab TcpMaxConn TcpRtoAlgorithm TcpRtoMax TcpRtoMin " ]
}

transfer() {
    inside perl -MIO::Socket::INET -e '
        my $s = IO::Socket::INET->new(Listen => 3, LocalAddr => "127.0.0.1", LocalPort => 5201, ReuseAddr => 1) or die;
        my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 5201) or die;
        my $p = $s->accept;
        for (1 .. 20) { syswrite $c, "x" x 50_000; sysread $p, my $data, 50_000 }
        IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 9) and die "port 9 answers";'
}

@test "sums are those of nstat, before and after a transfer (live)" {
    same_as_nstat
    transfer
    same_as_nstat
    [ "$(of TcpActiveOpens total ours)" = 2 ]
    [ "$(of TcpPassiveOpens total ours)" = 1 ]
    [ "$(of TcpAttemptFails total ours)" = 1 ]
    [ "$(of TcpOutRsts total ours)" -ge 1 ]
}

@test "growth is that of nstat, within a namespace and from without (live)" {
    transfer
    "$tcpprobe" counters --netns "$space" --save base.json
    inside nstat -asz | awk '/^[A-Z]/ { print $1, $2 }' | sort >before
    transfer
    "$tcpprobe" counters --netns "$space" --diff base.json --all --format ndjson >ours
    inside nstat -asz | awk '/^[A-Z]/ { print $1, $2 }' | sort >after
    join before after | awk '$3 != $2 { print $1, $3 - $2 }' >theirs
    perl -MJSON::PP -ne 'my $r = decode_json($_); print "$r->{counter} $r->{growth}\n" if $r->{growth}' ours | sort >ours_sorted
    diff theirs ours_sorted
    [ "$(of TcpActiveOpens growth ours)" = 2 ]
    # A share of growth: one of two connections failed.
    perl -e 'exit($ARGV[0] != 0.5)' "$(of TcpAttemptFails share ours)"
}

@test "a finding is drawn from growth, and fails on demand (live)" {
    inside "$tcpprobe" counters --save base.json
    inside "$tcpprobe" counters --diff base.json --fail-on note
    # A listener that takes one and is asked by eight.
    inside perl -MSocket=:all -MFcntl -e '
        socket my $s, PF_INET, SOCK_STREAM, 0 or die; bind $s, sockaddr_in(5201, INADDR_LOOPBACK) or die; listen $s, 1 or die;
        my @keep;
        for (1 .. 8) {
            socket my $c, PF_INET, SOCK_STREAM, 0 or die;
            fcntl $c, F_SETFL, O_NONBLOCK; connect $c, sockaddr_in(5201, INADDR_LOOPBACK); push @keep, $c;
        }
        sleep 2'
    overflows=$(inside nstat -asz TcpExtListenOverflows | awk '/^Tcp/ { print $2 }')
    [ "$overflows" -ge 6 ]
    status=0
    inside "$tcpprobe" counters --diff base.json --fail-on warn >table || status=$?
    [ "$status" -eq 1 ]
    grep -qE "^(warn|bad): $overflows connections found the accept queue full, [0-9.]+ % of TcpPassiveOpens \(TcpExtListenOverflows\): " table
    [ "$(grep -cE '^(warn|bad): .*TcpExtListenOverflows' table)" -eq 1 ]
    inside "$tcpprobe" counters --diff base.json --format json >ours || true
    [ "$(json ours 'map { $_->{counter} } grep { $_->{counter} eq "TcpExtListenOverflows" } @{ $d->{findings} }')" = TcpExtListenOverflows ]
    # Sums alone say nothing, however large.
    inside "$tcpprobe" counters >table
    not grep -qE '^(note|warn|bad):' table
}
