#!/usr/bin/env bats
# What tcpprobe compare says of recordings whose differences are known: tests/data/compare holds the
# summaries of the runs, tests/data/runs a few of the recordings. All draws are from a fixed
# sequence; `make validate` asks more of more recordings.
load helpers

operating=$root/${BUILD:-build}/tests/operating
baselines=$root/tests/data/compare
recordings=("$root"/tests/data/runs/*.log.gz)

setup_file() {
    local names
    mapfile -t names < <(ls "$root"/tests/data/compare/*.json | grep -v '/cubic\.json$')
    "$root/${BUILD:-build}/tests/operating" 200 "$root/tests/data/compare/cubic.json" \
        "${names[@]}" >"$BATS_FILE_TMPDIR/table"
    "$root/${BUILD:-build}/tests/strays" 25 "$root/tests/data/compare/cubic.json" \
        "${names[@]}" >"$BATS_FILE_TMPDIR/strays"
}

# rates WHAT KIND COLUMN: of each design, the share of that verdict in percent.
rates() {
    awk -v what="$1" -v kind="$2" -v column="$3" \
        '$1 == what && $2 == kind { print 100 * $column / $4 }' "$BATS_FILE_TMPDIR/table"
}

# each_rate WHAT KIND COLUMN CONDITION DESIGNS: all rates meet it, and there are so many.
each_rate() {
    rates "$1" "$2" "$3" | tee /dev/stderr |
        awk -v designs="$5" "{ met += \$1 $4 } END { exit !(NR == designs && met == NR) }"
}

@test "runs of the same kind are hardly ever called changed" {
    each_rate same cubic 5 '<= 7' 4
    # 20 runs are 19 against 1 in 20 ways, and 19 of them with one of six others in 120: each once
    [ "$(awk '$3 == "19v1" && ($1 == "same" || $2 == "reno" && $1 == "other") { print $4 }' "$BATS_FILE_TMPDIR/table" | paste -sd' ')" = "20 120" ]
}

@test "every strong change is found, whatever the design" {
    local kind
    for kind in reno bbr half-buffer double-buffer loss-0.1pct loss-1pct rate-minus-5pct initcwnd-20; do
        echo "$kind"
        each_rate other "$kind" 5 '>= 95' 5
    done
}

@test "another path and another number of flows are not comparable" {
    each_rate other rtt-plus-10pct 7 '== 100' 5
    each_rate other four-flows 7 '== 100' 5
    run "$tcpprobe" compare "$baselines/cubic.json" -- "$baselines/rtt-plus-10pct.json"
    [ "$status" -eq 3 ]
    [[ "$output" == *"NOT COMPARABLE: path changed: base RTT 40.22 -> 44.25 ms"* ]]
}

@test "labels that are shuffled mean nothing" {
    local kind
    for kind in reno bbr half-buffer double-buffer loss-0.1pct loss-1pct rate-minus-5pct initcwnd-20; do
        echo "$kind"
        each_rate shuffled "$kind" 5 '<= 10' 3
    done
}

# with_stray WHAT SIDE CONDITION LINES: in all lines of that kind the condition on awk's columns holds: $6
# draws, $7 changed, $8 undecided, $9 not comparable, $10 named; there are so many lines.
with_stray() {
    awk -v what="$1" -v side="$2" -v lines="$4" '
        $1 == what && $2 == side && $4 !~ /^(four-flows|rtt-plus-10pct)$/ {
            n++
            if (!('"$3"')) { print; bad = 1 }
        }
        END { print n, "lines"; exit bad || n != lines }' "$BATS_FILE_TMPDIR/strays"
}

@test "with a stray in the base no strong change is called unchanged, and three new runs find it" {
    with_stray other base '$7 + $8 + $9 == $6 && ($5 !~ /v[3-9]$/ || $7 >= 0.95 * $6)' 288
}

@test "a stray in the base is named" {
    with_stray same base '$10 >= 0.8 * $6' 30
}

@test "a stray raises no alarm, in the base or among the new" {
    with_stray same base '$7 <= 0.1 * $6' 30
    with_stray same new '$5 ~ /v1$/ || $7 <= 0.12 * $6' 30
    awk '$1 == "same" && !($2 == "new" && $5 ~ /v1$/) { alarms += $7; all += $6 }
        END { print alarms, all; exit !(all > 1000 && alarms <= 0.02 * all) }' "$BATS_FILE_TMPDIR/strays"
}

# part FILE FROM COUNT OUT: a baseline with some of the runs of another.
part() {
    perl -e '
        my ($file, $from, $count, $out) = @ARGV;
        open my $in, "<", $file or die; my @lines = <$in>;
        my @runs = grep { /^  \{"damaged"/ } @lines;
        s/,?\n$// for @runs;
        my $n = 0;
        open my $to, ">", $out or die;
        print $to @lines[0 .. 3], join(",\n", @runs[$from .. $from + $count - 1]), "\n ]}\n"' "$@"
}

@test "three against three are undecided, however far apart" {
    part "$baselines/cubic.json" 0 3 "$BATS_TEST_TMPDIR/base.json"
    part "$baselines/half-buffer.json" 0 3 "$BATS_TEST_TMPDIR/new.json"
    run "$tcpprobe" compare "$BATS_TEST_TMPDIR/base.json" -- "$BATS_TEST_TMPDIR/new.json"
    [ "$status" -eq 3 ]
    [[ "$output" == *"UNDECIDED: 3 against 3 runs cannot reach p <= 0.05"* ]]
}

@test "runs compared with themselves are the same with p = 1" {
    "$tcpprobe" compare --format json "$baselines/cubic.json" -- "$baselines/cubic.json" \
        >"$BATS_TEST_TMPDIR/out"
    [ "$(json "$BATS_TEST_TMPDIR/out" '$d->{verdict}')" = "NO CHANGE DETECTED" ]
    [ "$(json "$BATS_TEST_TMPDIR/out" 'map { $_->{p} } grep { $_->{tested} } @{ $d->{roles}[0]{metrics} }' |
        sort -u)" = 1 ]
}

@test "swapping the sides mirrors the shifts and keeps every p" {
    local p='map { "$_->{metric} $_->{p}" } grep { $_->{tested} } @{ $d->{roles}[0]{metrics} }'
    local shift='map { sprintf "%s %.6g", $_->{metric}, SIGN * $_->{shift} } grep { $_->{tested} } @{ $d->{roles}[0]{metrics} }'
    part "$baselines/cubic.json" 0 6 "$BATS_TEST_TMPDIR/a.json"
    part "$baselines/half-buffer.json" 0 5 "$BATS_TEST_TMPDIR/b.json"
    "$tcpprobe" compare --fail-on none --format json "$BATS_TEST_TMPDIR/a.json" -- \
        "$BATS_TEST_TMPDIR/b.json" >"$BATS_TEST_TMPDIR/there"
    "$tcpprobe" compare --fail-on none --format json "$BATS_TEST_TMPDIR/b.json" -- \
        "$BATS_TEST_TMPDIR/a.json" >"$BATS_TEST_TMPDIR/back"
    [ "$(json "$BATS_TEST_TMPDIR/there" "$p" | wc -l)" -ge 8 ]
    diff <(json "$BATS_TEST_TMPDIR/there" "$p") <(json "$BATS_TEST_TMPDIR/back" "$p")
    diff <(json "$BATS_TEST_TMPDIR/there" "${shift/SIGN/1}") \
        <(json "$BATS_TEST_TMPDIR/back" "${shift/SIGN/-1}")
}

# rewritten HOW RECORDING: prints where the log is that rewrite.pl makes of it.
rewritten() {
    local to
    to=$BATS_TEST_TMPDIR/$1/$(basename "$2" .gz)
    mkdir -p "$BATS_TEST_TMPDIR/$1"
    gzip -dc "$2" | perl "$BATS_TEST_DIRNAME/rewrite.pl" "$1" >"$to"
    echo "$to"
}

# runs_of FILE OUT: the run that a recording is, without what only names it.
runs_of() {
    "$tcpprobe" compare -q --write-baseline "$2" "$1"
    perl -pi -e 's/"name":"[^"]*",//; s/"recorded_at":"[^"]*",//; s/"identity":"[^"]*",//' "$2"
}

@test "ports, start times and cookies are not what is compared" {
    local recording log
    for recording in "${recordings[@]}"; do
        log=$(rewritten elsewhere "$recording")
        not cmp -s "$log" <(gzip -dc "$recording")
        rm -f "$BATS_TEST_TMPDIR"/*.json
        runs_of "$recording" "$BATS_TEST_TMPDIR/one.json"
        runs_of "$log" "$BATS_TEST_TMPDIR/other.json"
        grep -q '"goodput"' "$BATS_TEST_TMPDIR/one.json"
        diff "$BATS_TEST_TMPDIR/one.json" "$BATS_TEST_TMPDIR/other.json"
    done
}

# Figures are weighted with time: fewer samples of the same run say the same. One run against one:
# no metric that decides moves by its limit.
@test "a fifth or every second of the samples missing raises no alarm" {
    local recording how log
    for recording in "${recordings[@]}"; do
        for how in thin half; do
            log=$(rewritten "$how" "$recording")
            "$tcpprobe" compare -q --undecided 0 --format json "$recording" -- "$log" \
                >"$BATS_TEST_TMPDIR/out"
            [ "$(json "$BATS_TEST_TMPDIR/out" '$d->{verdict}')" = UNDECIDED ]
            echo "$recording $how"
            [ -z "$(json "$BATS_TEST_TMPDIR/out" 'map { "$_->{metric} $_->{base} $_->{new}" }
                grep { $_->{large} && $_->{gated} } @{ $d->{roles}[0]{metrics} }' | tee /dev/stderr)" ]
        done
    done
}

@test "iperf3's control connection is in no role" {
    local recording
    for recording in "${recordings[@]}" "$pairs"/*.log.gz "$pairs"/*.pcap.gz; do
        echo "$recording"
        rm -f "$BATS_TEST_TMPDIR/run.json"
        "$tcpprobe" compare -q --write-baseline "$BATS_TEST_TMPDIR/run.json" "$recording"
        json "$BATS_TEST_TMPDIR/run.json" \
            'map { "$_->{metrics}{flows} flows, $_->{mice} mice" } values %{ $d->{runs}[0]{roles} }' \
            >"$BATS_TEST_TMPDIR/roles"
        case $recording in
        */two-flows*) diff <(echo "2 flows, 1 mice") "$BATS_TEST_TMPDIR/roles" ;;
        *) diff <(echo "1 flows, 1 mice") "$BATS_TEST_TMPDIR/roles" ;;
        esac
    done
}
