# Text logs of other kernels, tracers and tools: what they say is read alike, and what cannot be read
# is refused with the option that made it so.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

logs=$root/tests/data/logs

# The events of standard input.
events() { "$tcpprobe" export -q --events --format csv -; }

# alike LIKE FORM...: the recordings, IPv4 and IPv6, say the same in each FORM as in LIKE; with CR LF and
# gzipped, too.
alike() {
    local like=$1 log form
    shift
    for log in "$one_flow" "$two_flows"; do
        zcat "$log" >log
        if [ "$like" = as-is ]; then events <log; else perl "$BATS_TEST_DIRNAME/forms.pl" "$like" <log | events; fi >expected
        [ "$(wc -l <expected)" -gt 5000 ]
        for form; do
            perl "$BATS_TEST_DIRNAME/forms.pl" "$form" <log >formed
            not cmp -s log formed
            events <formed | cmp - expected
        done
        sed 's/$/\r/' formed | gzip -1 | events | cmp - expected
    done
}

@test "flags may have any number of columns" {
    alike as-is flags-none flags-{0..12} mixed
}

@test "a time may begin where the flags end" {
    alike late glued
}

@test "tabs are blanks" {
    alike as-is tabs
}

@test "events among the calls of function_graph" {
    alike as-is graph
}

@test "call chains are no damage" {
    alike as-is stacks
    alike perf chains
}

@test "perf script with a column for the period" {
    alike perf period
    zcat "$one_flow" | perl "$BATS_TEST_DIRNAME/forms.pl" period | sed 's/:          1 /:        100 /' |
        "$tcpprobe" flows - 2>err >out
    grep -q 'perf kept one event of several' err
}

# read_whole NAME EVENTS ACKED: nothing of it is damage.
read_whole() {
    "$tcpprobe" flows --strict "$logs/$1" >out
    grep -q "^total: .* $3 acked, $2 events in " out
    zcat "$logs/$1" | tac | "$tcpprobe" flows - 2>err >out
    grep -q ", $2 events in " out
    not grep -q 'were skipped' err
}

@test "small logs of kernels and tools are read whole" {
    read_whole rhel9.log.gz 20 '275\.1 kB'
    read_whole rhel9-mixed.log.gz 20 '275\.1 kB'
    read_whole tabs.log.gz 20 '275\.1 kB'
    read_whole graph.log.gz 20 '275\.1 kB'
    read_whole stacktrace.log.gz 30 '66\.01 kB'
    read_whole user-stack.log.gz 40 '2\.000 kB'
    read_whole perf-chain.txt.gz 40 '2\.000 kB'
    read_whole perf-misc.txt.gz 40 '2\.000 kB'
    read_whole perf-period.txt.gz 46 '66\.01 kB'
}

@test "fields behind tabs are not lost" {
    zcat "$logs/tabs.log.gz" | events | cut -d, -f1,7,10,13 | sed -n '1p;2p;$p' | diff - <(cat <<'END'
time_s,snd_cwnd,rcv_wnd,sock_cookie
1892.500000000,10,65536,ab41
1892.880000000,29,65536,ab41
END
    )
}

@test "trace-cmd's ticks of twelve digits and more" {
    for name in tsc boot; do
        zcat "$logs/trace-cmd-$name.log.gz" >log
        events <log >out
        [ "$(wc -l <out)" -eq 21 ]
        perl -pe 's/(?=\d{12,}: )/ /' log | events | cmp - out
        perl -pe 's/(?=\d{12,}: )/  /; s/10\.0\.(\d)\.1:(\d+)/[fd00::1$1]:$2/g' log | events |
            perl -pe 's/\[fd00::1(\d)\]/10.0.$1.1/g; s/,fd00::1(\d)(?=,)/,10.0.$1.1/g' | cmp - out
    done
    # whether the last of these digits before the twelve is a flag cannot be known
    sed 's/\.\.s2\./..s21/' log >digit
    fails 2 "tcpprobe: digit:2: the flags run into the time, which trace-cmd report does with this clock: record with 'trace-cmd record -C mono'" flows digit
}

# refuses NAME WORDS: as it is, from the end, without comments, with CR LF; gzipped or not.
refuses() {
    local variant status
    for variant in cat tac 'grep -av ^#' "sed s/\$/\r/"; do
        zcat "$logs/refused-$1.gz" | $variant >log
        status=0
        "$tcpprobe" flows log >out 2>err || status=$?
        [ "$status" -eq 2 ]
        [ ! -s out ]
        [ "$(wc -l <err)" -eq 1 ]
        grep -qF -- "$2" err
    done
    status=0
    gzip -c log | "$tcpprobe" flows - 2>&1 >out | grep -qF -- "$2"
}

@test "what cannot be read is refused with the option that made it so" {
    refuses hex.log "record with 'echo 0 >options/hex'"
    refuses raw.log "record with 'echo 0 >options/raw'"
    refuses bin.log "record with 'echo 0 >options/bin'"
    refuses fields.log "record with 'echo 0 >options/fields'"
    refuses context-info.log "record with 'echo 1 >options/context-info'"
    refuses verbose.log "lines of options/verbose have no absolute times: record with 'echo 0 >options/latency-format'"
    refuses dump.log 'record trace_pipe instead'
    refuses deltatime.txt "use 'perf script' without --deltatime"
    refuses perf-trace.txt "use 'perf record' and 'perf script' instead"
    refuses perf-time.txt "'perf script -F +time'"
    refuses perf-event.txt "'perf script -F +event'"
    refuses perf-trace-field.txt "'perf script -F +trace'"
}

@test "perf script --reltime is no --deltatime" {
    zcat "$logs/perf-period.txt.gz" | perl -pe 's/(\d+\.\d+):/sprintf "%.6f:", $1 - 6673.962025/e' >log
    "$tcpprobe" flows -q log >out
    "$tcpprobe" flows -q "$logs/perf-period.txt.gz" | cmp - out
}

@test "a log in UTF-16 is told so, one with a byte order mark is read" {
    zcat "$one_flow" >log
    for code in UTF-16 UTF-16LE UTF-16BE; do
        iconv -f UTF-8 -t $code log >wide
        fails 2 "tcpprobe: wide: is UTF-16 text: pipe it through 'iconv -f UTF-16 -t UTF-8'" flows wide
    done
    { printf '\357\273\277'; cat log; } >marked
    "$tcpprobe" flows --strict -q log >expected
    "$tcpprobe" flows --strict -q marked | cmp - expected
}
