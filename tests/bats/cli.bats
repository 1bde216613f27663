# The command line itself: help, version, exit status, usage errors.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

@test "help lists the commands on stdout with status 0" {
    "$tcpprobe" help >a 2>err
    "$tcpprobe" --help >b
    cmp a b
    [ ! -s err ]
    grep -q '^  flows ' a
    grep -q '^  export ' a
}

@test "help CMD is CMD --help" {
    for command in $("$tcpprobe" help | grep -v "^  help" | sed -n 's/^  \([a-z]*\) .*/\1/p' | grep -v '^help$'); do
        "$tcpprobe" help "$command" >a
        "$tcpprobe" "$command" --help >b 2>err
        cmp a b
        [ ! -s err ]
        head -n 1 a | grep -q "^Usage: tcpprobe $command \[OPTION...\] \(FILE...\|\[FILE...\]\|BASE... -- NEW...\|\[FILTER\]\|\[LOG\] \[FILTER\]\|\[NAME...\]\)$"
    done
}

@test "version" {
    [[ $("$tcpprobe" --version | head -n1) =~ ^tcpprobe\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "no command" { fails 2 "tcpprobe: no command given; 'tcpprobe help' lists them"; }

@test "an unknown command is answered with the nearest" {
    fails 2 "tcpprobe: 'exprot' is not a command; did you mean 'export'?" exprot
    fails 2 "tcpprobe: 'zzz' is not a command; 'tcpprobe help' lists them" zzz
    fails 2 "tcpprobe: 'flow' is not a command; did you mean 'flows'?" help flow
}

@test "usage errors are one sentence with status 2" {
    fails 2 "tcpprobe: no file given: name a trace log or a capture, or - for standard input" flows
    fails 2 "tcpprobe: there is no option '--filtr'; did you mean '--filter'?" flows --filtr x
    fails 2 "tcpprobe: there is no option '-Z'" export -qZ x
    fails 2 "tcpprobe: --sort needs a value" flows x --sort
    fails 2 "tcpprobe: -f needs a value" flows x -qf
    fails 2 "tcpprobe: --all takes no value" flows x --all=yes
    fails 2 "tcpprobe: '--s' is the beginning of several options" flows --s x
    fails 2 "tcpprobe: --top: 'many' is not a number from 0 to 4294967295" flows --top many x
    fails 2 "tcpprobe: --max-flows: '0' is not a number from 1 to 4294967295" flows --max-flows 0 x
    fails 2 "tcpprobe: --since: 'soon' is not a time such as 2.5, 100ms, @3591.25 or 2026-11-28T16:29:50Z" flows --since soon x
    fails 2 "tcpprobe: --format: 'xml' is none of table, blocks, csv, csv-raw, csv-null, json, ndjson" flows --format xml x
    fails 2 "tcpprobe: --format: 'table' is none of blocks, csv, csv-raw, csv-null, json, ndjson, page-json" export --format table x
    fails 2 "tcpprobe: --sort: there is no column 'goodptu'; did you mean 'goodput_bps'?" flows --sort goodptu x
    fails 2 "tcpprobe: --metric: there is no metric 'cwnd'; did you mean 'snd_cwnd'?" export --metric srtt,cwnd x
    fails 2 "tcpprobe: --flow: '10.0.0.1:http' is neither a flow's number nor an endpoint such as 10.0.0.1:80" export --flow 10.0.0.1:http x
    fails 2 "tcpprobe: --metric chooses samples, --events writes events: not both" export --events --metric srtt x
}

@test "an error in a filter shows the place" {
    fails 2 "tcpprobe: filter:1:7: '=' is not understood: did you mean ==?
sport = 80
      ^" flows --filter 'sport = 80' x
}

@test "a file that is not there, a folder, a file that is no log" {
    fails 2 "tcpprobe: no-such.log: cannot open: No such file or directory" flows no-such.log
    head -c 4096 /dev/urandom >"$BATS_TEST_TMPDIR/noise"
    run "$tcpprobe" flows "$BATS_TEST_TMPDIR/noise"
    [ "$status" -eq 2 ]
    printf 'ab\001 9.1: f <-g\n' >"$BATS_TEST_TMPDIR/noise" # but for one byte a function trace
    run "$tcpprobe" flows "$BATS_TEST_TMPDIR/noise"
    [ "$status" -eq 2 ]
    run "$tcpprobe" export "$BATS_TEST_TMPDIR"
    [ "$status" -eq 2 ]
    [ "${#lines[@]}" -eq 1 ]
}

# every_output REDIRECTION SENTENCE: no command may take a lost output for a success.
every_output() {
    local arguments
    for arguments in help "help flows" --version "flows $one_flow" "flows --all $one_flow" \
        "flows --format csv $one_flow" "flows --format json $one_flow" "export $one_flow" \
        "export --events $one_flow" "export --format ndjson $one_flow" "packets $one_flow" \
        "packets --format csv $one_flow"; do
        run bash -c "( trap '' PIPE; $tcpprobe $arguments 3>&1 2>&1 >$1; echo status \$? )"
        [ "${lines[-1]}" = "status 2" ] || { echo "$arguments: $output"; return 1; }
        [[ $output == *"tcpprobe: cannot write standard output: $2"* ]]
    done
}

@test "a full disk is an error of every command" {
    every_output /dev/full "No space left on device"
}

@test "a closed output is an error of every command" {
    every_output '&-' "Bad file descriptor"
}

# reads_one COMMAND ARGUMENT...: a reader that takes one line and goes. Whoever runs the tests may
# have SIGPIPE ignored.
reads_one() {
    rm -f status
    { env --default-signal=PIPE "$tcpprobe" "$@" 2>err || echo $? >status; } | head -n 1 >line
    [ "$(wc -l <line)" -eq 1 ]
}

# The same, and nothing is read at all.
reads_none() {
    rm -f status
    { sleep 0.2; env --default-signal=PIPE "$tcpprobe" "$@" 2>err || echo $? >status; } | true
}

@test "a closed pipe ends it quietly, as SIGPIPE does" {
    for arguments in "export" "export --events" "export --format ndjson" packets; do
        # shellcheck disable=SC2086 # words
        reads_one $arguments -q "$two_flows"
        [ "$(cat status)" = 141 ]
        [ ! -s err ]
    done
    for arguments in "flows $two_flows" "explain $two_flows" "compare $one_flow -- $two_flows" "plot -o - $one_flow" \
        sockets "sockets -i 50ms" counters help "help flows" "trace --help"; do
        # shellcheck disable=SC2086 # words
        reads_none $arguments
        grep -v '^tcpprobe: left out' err && false
        [ "$(cat status)" = 141 ]
    done
}

@test "where SIGPIPE is ignored a closed pipe is a failed write" {
    (
        trap '' PIPE
        { "$tcpprobe" export -q "$two_flows" 2>err || echo $? >status; } | head -n 1 >line
    )
    [ "$(cat status)" = 2 ]
    [ "$(cat err)" = "tcpprobe: cannot write standard output: Broken pipe" ]
}

# What the fuzzer of whole command lines would give it (tests/fuzz/command_values.h).
@test "each option's value is of a kind that is fuzzed" {
    local command
    for command in $("$tcpprobe" help | grep -v "^  help" | sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p'); do
        "$tcpprobe" "$command" --help | sed -nE 's/^ {2,6}(-., +)?(--[a-z-]+)\[?=([^] ]+).*/\3/p'
    done | sort -u >kinds
    [ "$(wc -l <kinds)" -gt 30 ]
    sed -nE 's/^    \{"([^"]+)",.*/\1/p' "$root/tests/fuzz/command_values.h" >values
    perl -e 'my @lines = map { open my $in, "<", $_ or die; chomp(my @all = <$in>); \@all } @ARGV;
        my @lacking = grep { my $kind = $_; !grep { index($kind, $_) == 0 } @{ $lines[1] } } @{ $lines[0] };
        print "no values for $_\n" for @lacking;
        exit !!@lacking' kinds values
}
