# --time relative|wall|recording: the same moments in every command, under names that say which.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

# first FILE: the first event and what the wall's clock is ahead of its clock, in ns.
first() {
    "$tcpprobe" flows -q --format json "$1" >inputs.json
    json inputs.json '$d->{inputs}[0]{first_ns}, $d->{inputs}[0]{wall_offset_ns} // 0' | paste -sd' '
}

# same STEM ZERO OFFSET RELATIVE WALL RECORDING: the columns of these CSV files that STEM names.
same() {
    perl -MPOSIX -MMath::BigInt -e '($stem, $zero, $offset, @files) = @ARGV;
        sub column { my ($file, $name) = @_; open my $in, "<", $file or die; my @head = split /,/, <$in>; chomp @head;
            my ($at) = grep { $head[$_] =~ /^\Q$name\E(?:_n?s)?$/ } 0 .. $#head; die "$file: no $name: @head" if !defined $at;
            my $seconds = $head[$at] =~ /_s$/;
            map { chomp; my $v = (split /,/)[$at] // ""; $seconds ? $v =~ s/^(-?\d+)\.(\d{9})$/$1$2/r + 0 : $v } <$in> }
        @relative = column($files[0], "${stem}_relative"); @wall = column($files[1], "${stem}_wall");
        @recording = column($files[2], "${stem}_recording");
        die "no rows" if !@relative || @relative != @wall || @wall != @recording;
        for (0 .. $#relative) {
            next if $recording[$_] eq "" && $wall[$_] eq "" && $relative[$_] eq "" and ++$none;
            die "row $_: $relative[$_] and $recording[$_]" if $relative[$_] + $zero != $recording[$_];
            my $ns = $recording[$_] + $offset;
            my $text = strftime("%Y-%m-%dT%H:%M:%S", gmtime(int($ns / 1e9))) . sprintf(".%09dZ", $ns % 1e9);
            die "row $_: $wall[$_], not $text" if $wall[$_] ne $text;
        } exit(($none // 0) > @wall / 2)' "$@"
}

# all COMMAND...: relative, wall and recording become files of these names.
all() {
    for time in relative wall recording; do
        "$tcpprobe" "$@" -q --time "$time" >$time
    done
}

@test "a moment is the same in each of them" {
    for file in "$one_flow" "$samples/cubic-loss.pcap.gz"; do
        read -r zero offset < <(first "$file")
        all flows --all --format csv "$file"
        same start "$zero" "$offset" relative wall recording
        same first "$zero" "$offset" relative wall recording
        same last "$zero" "$offset" relative wall recording
        all packets --format csv "$file"
        same time "$zero" "$offset" relative wall recording
        for how in '' --events --wide; do
            all export $how --until 0.5 "$file"
            same time "$zero" "$offset" relative wall recording
        done
        all explain --format csv --top 0 "$file"
        cut -d, -f1-5 recording >without # sentences have commas
        for time in relative wall recording; do
            "$tcpprobe" explain --format ndjson -q --time $time "$file" | perl -MJSON::PP -ne '
                $d = decode_json($_); @key = sort grep { /^begin_/ } keys %$d; print "$key[0]\n" if !$n++;
                print $d->{$key[0]} // "", "\n"' >$time
        done
        same begin "$zero" "$offset" relative wall recording
    done
}

@test "without being asked, each command writes what it always wrote" {
    "$tcpprobe" flows -q --all --format csv "$one_flow" >usual
    head -1 usual | tr , '\n' | grep -cx 'start_ns\|first_ns\|last_ns\|socket_first_ns\|peer_socket_last_ns' | grep -qx 5
    "$tcpprobe" flows -q --all --format csv --time relative "$one_flow" >relative
    paste -d: <(head -1 usual | tr , '\n') <(head -1 relative | tr , '\n') | awk -F: '$1 != $2' >changed
    sed -E 's/^(.*)_ns:\1_relative_ns$//' changed | not grep .
    [ "$(wc -l <changed)" -eq 11 ] # of each end first and last by kernel and packets; start, first, last
    [ "$("$tcpprobe" export -q "$one_flow" | head -1 | cut -d, -f1)" = time_s ]
    [ "$("$tcpprobe" export -q --format ndjson --time wall "$one_flow" | head -1 | cut -c1-14)" = '{"time_wall":"' ]
    # no two columns have one name
    for how in relative wall recording; do
        [ -z "$("$tcpprobe" packets -q --format csv --time $how "$samples/cubic-loss.pcap.gz" | head -n 1 | tr , '\n' | sort | uniq -d)" ]
    done
}

@test "people read them, too" {
    read -r zero offset < <(first "$one_flow")
    day=$(perl -MPOSIX -e 'print strftime("%Y-%m-%dT%H:%M:", gmtime(int(($ARGV[0] + $ARGV[1]) / 1e9)))' "$zero" "$offset")
    "$tcpprobe" flows -q --time wall "$one_flow" >out
    grep -qE " $day[0-9.]{6}Z " out
    "$tcpprobe" packets -q --time wall "$one_flow" >out
    sed -n 2p out | grep -qE '^ +UTC '
    sed -n 4p out | grep -qE "^$day[0-9]{2}\.[0-9]{6}Z +1 "
    "$tcpprobe" explain -q --all --time wall "$one_flow" | grep -qE "longest from $day[0-9.]{9}Z to "
    "$tcpprobe" plot -q --time wall -o t.svg "$one_flow"
    perl -nle 'print for />([^<]+)<\/t/g' t.svg >texts
    grep -qxE '[0-9]{2}:[0-9]{2}:[0-9]{2}' texts
    "$tcpprobe" plot -q --time wall --style paper -p cwnd -o t.svg "$one_flow"
    perl -nle 'print for />([^<]+)<\/t/g' t.svg | grep -qxF "Time (UTC, ${day%T*})"
    "$tcpprobe" plot -q --time recording -o one.svg "$one_flow"
    "$tcpprobe" plot -q --raw-time -o two.svg "$one_flow"
    cmp one.svg two.svg
}

@test "bins begin where times count from" {
    "$tcpprobe" export -q --bin 100ms --time relative "$one_flow" | awk -F, 'NR > 1 && $1 !~ /^[0-9]+\.[0-9]00000000$/ { exit 1 }'
    "$tcpprobe" export -q --time relative "$one_flow" | awk -F, 'NR > 1 { printf "%.1f00000000\n", int($1 * 10) / 10 }' | sort -u >wanted
    "$tcpprobe" export -q --bin 100ms --time relative "$one_flow" | awk -F, 'NR > 1 { print $1 }' | sort -u | diff wanted -
    "$tcpprobe" export -q --bin 1s --time wall "$one_flow" | awk -F, 'NR > 1 { print $1 }' | grep -q 'Z$'
}

@test "what has no wall clock says so" {
    gzip -dc "$samples/cubic.log.gz" >t.log
    for command in flows 'flows --format csv' packets 'packets --format csv' export 'export --events' 'export --wide' \
        'export --bin 1s' 'explain --all' 'explain --format csv'; do
        fails 2 "tcpprobe: t.log: nothing says what the recording's clock is in wall-clock time: --time wall is not for it" \
            $command -q --time wall t.log
    done
    fails 2 "tcpprobe: nothing says what the recording's clock is in wall-clock time" plot -q --time wall -o t.svg t.log
    fails 2 "tcpprobe: times of the day need flows of one clock, each at its own time" \
        plot -q --time wall --align flow --top 2 -o t.svg "$one_flow"
    fails 2 "tcpprobe: --time: 'local' is none of relative, wall, recording" flows --time local t.log
    fails 2 "tcpprobe: --plotted counts seconds on an axis: --time relative or recording" \
        export --plotted --time wall t.log
}

@test "of two recordings in one log each has the clock that its header says" {
    event() {
        printf '  iperf3-3829 [000] ..s2. %s: tcp_probe: src=192.0.2.1:9 dest=192.0.2.2:80 mark=0x0 data_len=0 snd_nxt=0x2 snd_una=0x1 snd_cwnd=10 ssthresh=2147483647 snd_wnd=65536 srtt=20000 rcv_wnd=65536 sock_cookie=ab41\n' "$1"
    }
    {
        echo "# clock=mono"; echo "# realtime_minus_mono_ns=1000000000000000000"; event 100.5; event 101.5
        echo "# clock=mono"; echo "# realtime_minus_mono_ns=1700000000000000000"; event 200.25; event 201.25
    } >two.log
    "$tcpprobe" export -q --metric snd_cwnd --time wall two.log | awk -F, 'NR > 1 { print $1 }' >out
    diff out - <<'END'
2001-09-09T01:48:20.500000000Z
2001-09-09T01:48:21.500000000Z
2023-11-14T22:16:40.250000000Z
2023-11-14T22:16:41.250000000Z
END
    # one of them is asked for by the time of day
    [ "$("$tcpprobe" export -q --metric snd_cwnd --since 2010-01-01T00:00:00Z two.log | wc -l)" -eq 3 ]
    # where the second does not say, nothing is said
    sed '5s/.*/# tracer: nop/; 6d; s/20\([01]\)\.25/5\1.25/' two.log >unsaid.log
    "$tcpprobe" export -q --metric snd_cwnd --time wall unsaid.log | awk -F, 'NR > 1 { print $1 }' >out
    diff out <(printf '%s\n' 2001-09-09T01:48:20.500000000Z 2001-09-09T01:48:21.500000000Z '' '')
    "$tcpprobe" export -q --metric snd_cwnd --time wall --format ndjson unsaid.log | tail -1 | grep -q '^{"time_wall":null,'
    fails 2 "tcpprobe: unsaid.log: nothing says what the recording's clock is in wall-clock time: give a time since its first event, or @TIME of its clock" \
        flows -q --since 2001-01-01T00:00:00Z unsaid.log
}

@test "the moments at which sockets of this machine were read" {
    perl -MIO::Socket::INET -e '$| = 1; my $server = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die;
        my $client = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $server->sockport) or die;
        print $server->sockport, "\n"; sleep 600' >port 3>&- &
    talker=$!
    for _ in {1..100}; do [ ! -s port ] || break; sleep 0.05; done
    # column HOW OPTION...: name and values of the column of times
    column() { "$tcpprobe" sockets -q --format csv --time "$@" "port $(cat port)" | cut -d, -f1; }
    now() { perl -MTime::HiRes=clock_gettime,CLOCK_MONOTONIC,CLOCK_REALTIME -e 'printf "%d\n", 1e9 * clock_gettime('"$1"')'; }
    before=$(now CLOCK_MONOTONIC)
    column recording >recording
    [ "$(head -n 1 recording)" = time_recording_ns ]
    [ "$(tail -n 1 recording)" -ge "$before" ] && [ "$(tail -n 1 recording)" -le "$(now CLOCK_MONOTONIC)" ]
    before=$(now CLOCK_REALTIME)
    column wall >wall
    [ "$(head -n 1 wall)" = time_wall ]
    wall=$(date -d "$(tail -n 1 wall)" +%s%N)
    [ $((wall + 1000000)) -ge "$before" ] && [ $((wall - 1000000)) -le "$(now CLOCK_REALTIME)" ]
    column relative -i 60ms -c 2 >relative
    [ "$(head -n 2 relative | paste -sd' ')" = 'time_relative_ns 0' ]
    [ "$(tail -n 1 relative)" -gt 0 ]
    "$tcpprobe" sockets -q --time wall "port $(cat port)" | grep -qE '^ *[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z ESTABLISHED '
    kill $talker
    fails 2 "tcpprobe: --time says how moments are written: with --group there are none" sockets -g port --time wall
}
