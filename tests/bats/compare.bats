#!/usr/bin/env bats
# tcpprobe compare as a CI job uses it, on recordings in tests/data. Baselines of several runs are made
# of one recording, whose numbers are moved a little from run to run.
load helpers

cubic=$root/samples/cubic.log.gz
reno=$root/tests/data/runs/reno-00.log.gz

setup() { cd "$BATS_TEST_TMPDIR"; }

setup_file() {
    load helpers
    "$tcpprobe" compare -q --write-baseline "$BATS_FILE_TMPDIR/one.json" "$root/samples/cubic.log.gz"
    "$tcpprobe" compare -q --write-baseline "$BATS_FILE_TMPDIR/other.json" \
        "$root/tests/data/runs/reno-00.log.gz"
    cd "$BATS_FILE_TMPDIR"
    runs_like one.json 5 0 >base.json
    runs_like one.json 5 1 >again.json
    runs_like one.json 3 1 >three.json
    runs_like one.json 20 0 >twenty.json
    runs_like other.json 5 0 >reno.json
}

# runs_like BASELINE COUNT PHASE [SCALE METRIC]: as many runs like its only one, each number up to 0.4 %
# off, and one metric of it scaled.
runs_like() {
    perl -MJSON::PP -e '
        my ($path, $count, $phase, $scale, $scaled) = @ARGV;
        open my $file, "<", $path or die; local $/;
        my $json = JSON::PP->new->canonical;
        my $text = <$file>;
        my $d = $json->decode($text);
        $d->{runs} = [map { run($_) } 1 .. $count];
        print $json->encode($d);
        sub run {
            my $i = shift;
            my $run = $json->decode($text)->{runs}[0];
            $run->{name} = "run-$phase-$i";
            delete $run->{identity}; # of another recording each
            for my $role (values %{ $run->{roles} }) {
                my $k = 0;
                for my $name (sort keys %{ $role->{metrics} }) {
                    next if $name =~ /^(flows|mss|init_cwnd)$/;
                    $role->{metrics}{$name} *= 1 + 0.004 * sin(7 * $i + 3 * $k++ + $phase);
                    $role->{metrics}{$name} *= $scale if $scaled && $scaled eq $name;
                }
            }
            $run
        }' "$@"
}

# answers STATUS VERDICT ARGUMENT...: that status, and that verdict in the first line.
answers() {
    local status=0 expected=$1 verdict=$2
    shift 2
    "$tcpprobe" compare -q "$@" >out 2>err || status=$?
    cat err
    head -n 1 out
    [ "$(head -n 1 out | sed 's/:.*//')" = "$verdict" ]
    [ ! -s err ]
    [ "$status" -eq "$expected" ]
}

f() { echo "$BATS_FILE_TMPDIR/$1.json"; }

@test "compare asks for a base, for runs on both sides, and knows its words" {
    run "$tcpprobe" compare "$root/tests/data/short.log"
    [ "$status" -eq 2 ]
    [[ "$output" == *"what is the base?"* ]]
    run "$tcpprobe" compare "$root/tests/data/short.log" --
    [ "$status" -eq 2 ]
    [[ "$output" == *"both sides need at least one run"* ]]
    run "$tcpprobe" compare -- "$cubic"
    [ "$status" -eq 2 ]
    [[ "$output" == *"both sides need at least one run"* ]]
    run "$tcpprobe" compare --base "$(f base)" --
    [ "$status" -eq 2 ]
    [[ "$output" == *"both sides need at least one run"* ]]
    run "$tcpprobe" compare --threshold rtt_p5=10% a -- b
    [ "$status" -eq 2 ]
    [[ "$output" == *"did you mean 'rtt_p50'"* ]]
    run "$tcpprobe" compare --alpha 1.5 a -- b
    [ "$status" -eq 2 ]
}

@test "compare: status 0, 1 and 3 for no change, a change, and what cannot be decided" {
    answers 0 "NO CHANGE DETECTED" "$(f base)" -- "$(f again)"
    answers 1 "CHANGED (regression)" "$(f base)" -- "$(f reno)"
    answers 1 "CHANGED (regression)" --base "$(f base)" "$(f reno)"
    answers 1 "CHANGED (regression)" --base "$(f base)" -- "$(f reno)"
    answers 0 "NO CHANGE DETECTED" --base "$(f twenty)" "$cubic"
    answers 3 UNDECIDED "$(f three)" -- "$(f three)"
    grep -q "3 against 3 runs cannot reach" out
    answers 3 UNDECIDED "$cubic" -- "$cubic"
}

@test "compare: a slower first second is a regression, a faster one an improvement" {
    runs_like "$(f one)" 5 1 0.8 startup >slow.json
    runs_like "$(f one)" 5 1 1.2 startup >fast.json
    answers 1 "CHANGED (regression)" "$(f base)" -- slow.json
    answers 1 "CHANGED (improvement)" "$(f base)" -- fast.json
    answers 1 "CHANGED (regression)" --fail-on regression "$(f base)" -- slow.json
    answers 0 "CHANGED (improvement)" --fail-on regression "$(f base)" -- fast.json
    answers 0 "CHANGED (regression)" --fail-on none "$(f base)" -- slow.json
    answers 1 "CHANGED (improvement)" --fail-on any "$(f base)" -- fast.json
}

@test "compare: --undecided says the status of what cannot be decided, and of nothing else" {
    local status
    for status in 0 1 3; do
        answers $status UNDECIDED --undecided $status "$(f three)" -- "$(f three)"
        answers $status "NOT COMPARABLE" --undecided $status "$cubic" -- "$one_flow"
        answers 1 "CHANGED (regression)" --undecided $status "$(f base)" -- "$(f reno)"
        answers 0 "NO CHANGE DETECTED" --undecided $status "$(f base)" -- "$(f again)"
    done
    fails 2 "tcpprobe: --undecided: '2' is none of 0, 1, 3" compare --undecided 2 a -- b
    fails 2 "tcpprobe: --fail-on: 'all' is none of any, regression, none" compare --fail-on all a -- b
}

@test "compare: one run against one finds another factor of decrease and another initial window" {
    answers 1 "CHANGED (different)" "$cubic" -- "$reno"
    grep -q "beta fell from 0.699 to 0.499 (limit 0.05)" out
    answers 1 "CHANGED (different)" "$cubic" -- "$root/tests/data/runs/initcwnd-20-00.log.gz"
    grep -q "init_cwnd rose from 10 to 20 segs" out
}

@test "compare: what cannot be compared says why" {
    answers 3 "NOT COMPARABLE" "$one_flow" -- "$samples/cubic-loss.pcap.gz"
    grep -q "some runs are kernel events and some are captures" out
    answers 3 "NOT COMPARABLE" "$cubic" -- "$two_flows"
    answers 3 "NOT COMPARABLE" "$root/tests/data/short.log" -- "$root/tests/data/short.log"
    grep -q "1 of 1 base recordings lost events" out
    answers 3 "NOT COMPARABLE" --min-bytes 1G "$cubic" -- "$cubic"
    grep -q "no run has flows to compare" out
    answers 3 "NOT COMPARABLE" --filter 'dport == 1' "$cubic" -- "$cubic"
}

@test "compare: files that hold nothing are a failure" {
    : >empty.log
    gzip -c empty.log >empty.log.gz
    local file
    for file in empty.log empty.log.gz missing.log "$BATS_TEST_TMPDIR"; do
        run "$tcpprobe" compare "$file" -- "$cubic"
        [ "$status" -eq 2 ]
        run "$tcpprobe" compare "$cubic" -- "$file"
        [ "$status" -eq 2 ]
        [[ "$output" == "tcpprobe: "*"$file: "* ]]
    done
}

@test "compare: captures are runs" {
    local capture
    for capture in "$pairs"/*.pcap.gz; do
        answers 3 UNDECIDED "$capture" -- "$capture"
        "$tcpprobe" compare -q --write-baseline capture.json --update "$capture"
        runs_like capture.json 5 0 >some.json
        runs_like capture.json 5 1 >others.json
        answers 0 "NO CHANGE DETECTED" some.json -- others.json
    done
}

@test "compare: the README shows what it prints" {
    cd "$root"
    local shown=$BATS_TEST_TMPDIR/shown command
    sed -n '/^\$ tcpprobe compare --base/,/^  \.\.\.$/p' README.md >"$shown"
    command=$(head -n 1 "$shown")
    "$tcpprobe" ${command#* * } | sed 's/ *$//' >"$BATS_TEST_TMPDIR/printed" || true
    sed -e 1d -e '$d' "$shown" | diff - <(head -n $(($(wc -l <"$shown") - 2)) "$BATS_TEST_TMPDIR/printed")
    [ "$(wc -l <"$shown")" -gt 10 ]
}

# --- formats --------------------------------------------------------------------------------------

# For each verdict its two sides.
verdicts_in() { # FORMAT
    local kind
    : >all
    "$tcpprobe" compare -q --format "$1" "$(f base)" -- "$(f again)" >same
    "$tcpprobe" compare -q --format "$1" "$(f base)" -- "$(f reno)" >changed || [ $? -eq 1 ]
    "$tcpprobe" compare -q --format "$1" "$(f three)" -- "$(f three)" >undecided || [ $? -eq 3 ]
    "$tcpprobe" compare -q --format "$1" "$cubic" -- "$one_flow" >apart || [ $? -eq 3 ]
    "$tcpprobe" compare -q --format "$1" --min-bytes 1G "$cubic" -- "$cubic" >none || [ $? -eq 3 ]
    for kind in same changed undecided apart none; do [ -s $kind ]; done
}

@test "compare --format json: the verdict, its reasons and every metric of every role" {
    verdicts_in json
    [ "$(json same '"$d->{format} $d->{version} $d->{definitions} $d->{verdict}"')" = "tcpprobe comparison 1 4 NO CHANGE DETECTED" ]
    [ "$(json changed '"$d->{verdict} $d->{change}"')" = "CHANGED regression" ]
    [ "$(json undecided '$d->{verdict}')" = "UNDECIDED" ]
    [ "$(json apart '$d->{verdict}')" = "NOT COMPARABLE" ]
    [ "$(json none 'scalar @{ $d->{roles} }')" = 0 ]
    [ "$(json changed 'map { "$_->{metric} $_->{class} $_->{change}" } grep { $_->{metric} eq "beta" } @{ $d->{roles}[0]{metrics} }')" = "beta exact different" ]
    [ "$(json same 'scalar grep { $_->{tested} && !($_->{p} > 0 && $_->{p} <= 1) } @{ $d->{roles}[0]{metrics} }')" = 0 ]
}

@test "compare and explain: an option behind -- is told from a file" {
    local command
    for command in compare explain; do
        fails 2 "tcpprobe: '--format' behind '--' is a file, and there is none: options stand before '--'" \
            $command "$cubic" -- "$cubic" --format json
        fails 2 "tcpprobe: '-q' behind '--' is a file, and there is none: options stand before '--'" \
            $command "$cubic" -- -q "$cubic"
    done
    cd "$BATS_TEST_TMPDIR"
    cp "$cubic" ./--format
    answers 3 UNDECIDED "$cubic" -- --format
    answers 3 "NOT COMPARABLE" "$cubic" -- - <"$one_flow"
}

@test "compare: of runs that cannot be compared no metric is said not to have changed, in any report" {
    local format
    for format in json text markdown junit tap; do
        "$tcpprobe" compare -q --undecided 0 --format $format "$cubic" -- "$one_flow" >apart.$format
    done
    [ "$(json apart.json '$d->{verdict}')" = "NOT COMPARABLE" ]
    [ "$(json apart.json 'scalar(grep { $_->{gated} && $_->{large} } map { @{ $_->{metrics} } } @{ $d->{roles} }) > 0')" = 1 ]
    [ "$(json apart.json 'grep { $_->{gated} && $_->{outcome} ne "not compared" } map { @{ $_->{metrics} } } @{ $d->{roles} }')" = "" ]
    for format in text markdown; do
        grep -q 'goodput.*not compared' apart.$format
        ! grep -qE 'no change|same( \||$)|equal( \||$)|not decided' apart.$format
    done
    grep -q 'name="goodput"><skipped' apart.junit
    grep -q 'goodput .* # SKIP NOT COMPARABLE' apart.tap
}

@test "compare --format json: the manual page says what each member is" {
    "$tcpprobe" compare -q --format json "$(f base)" -- "$(f again)" >same
    local name
    for name in $(json same '(keys %$d, map { keys %$_, map { keys %$_ } @{ $_->{metrics} } } @{ $d->{roles} })' | sort -u); do
        sed -n '/^\.Ss The report as JSON/,/^\.Sh/p' "$root/src/man/tcpprobe.1" |
            grep -qE "^\.It .*Cm $name( |\$)|, Cm $name( |\$)" || { echo "undocumented: $name"; false; }
    done
}

@test "compare --format junit: well-formed, its counts are those of its elements" {
    verdicts_in junit
    local kind
    for kind in same changed undecided apart none; do
        if perl -MXML::Parser -e 1 2>/dev/null; then
            perl -MXML::Parser -e 'XML::Parser->new->parsefile($ARGV[0])' $kind
        fi
        perl -0ne '
            my ($tests, $failures, $errors, $skipped) = (0) x 4;
            while (/<testsuite .*?tests="(\d+)" failures="(\d+)" errors="(\d+)" skipped="(\d+)"/g) {
                $tests += $1; $failures += $2; $errors += $3; $skipped += $4;
            }
            printf "%d %d %d %d\n", $tests - (() = /<testcase /g), $failures - (() = /<failure/g),
                $errors - (() = /<error/g), $skipped - (() = /<skipped/g)' $kind >counts
        cat counts
        [ "$(cat counts)" = "0 0 0 0" ]
        [ "$(grep -c '<testsuites ' $kind)" -eq 1 ]
    done
    grep -q '<failure message="different">beta fell' changed
    not grep -q '<failure' same
    for kind in undecided apart none; do grep -qE '<(error|skipped)' $kind; done
}

@test "compare --format tap: plan and numbers agree, and only a change is not ok" {
    verdicts_in tap
    local kind
    for kind in same changed undecided apart none; do
        head -n 1 $kind | grep -qE '^TAP version 1[34]$'
        perl -MTAP::Parser -e '
            my $parser = TAP::Parser->new({ tap => join "", <> });
            $parser->run;
            die join("; ", $parser->parse_errors), "\n" if $parser->parse_errors || !$parser->plan' $kind
    done
    not grep -q '^not ok' same
    grep -q '^not ok .*beta' changed
    for kind in undecided apart none; do grep -qE '^(not ok|ok .*# SKIP|1\.\.0 # SKIP)' $kind; done
}

# --fail-on and --undecided for each of the verdicts, and the status that follows.
ways() {
    cat <<END
0 any 3 $(f base) -- $(f again)
1 any 3 $(f base) -- $(f reno)
1 regression 3 $(f base) -- slow.json
0 regression 3 $(f base) -- fast.json
0 none 3 $(f base) -- slow.json
0 none 3 $(f base) -- $(f reno)
3 any 3 $(f three) -- $(f three)
0 any 0 $(f three) -- $(f three)
1 any 1 $(f three) -- $(f three)
3 none 3 $cubic -- $one_flow
0 none 0 $cubic -- $one_flow
3 any 3 --min-bytes 1G $cubic -- $cubic
0 any 0 --min-bytes 1G $cubic -- $cubic
END
}

@test "compare --format junit, tap: failures are what makes the status one, and are of the schema" {
    runs_like "$(f one)" 5 1 0.8 startup >slow.json
    runs_like "$(f one)" 5 1 1.2 startup >fast.json
    local expected fail_on undecided sides status failed count=0
    while read -r expected fail_on undecided sides; do
        status=0
        "$tcpprobe" compare -q --fail-on "$fail_on" --undecided "$undecided" --format junit $sides >out.xml || status=$?
        [ "$status" -eq "$expected" ]
        xmllint --noout --schema "$root/tests/data/junit.xsd" out.xml
        failed=$(grep -cE '<(failure|error) ' out.xml || true)
        [ $((failed > 0)) -eq $((expected > 0)) ] || { echo "$expected $fail_on $undecided $sides"; cat out.xml; false; }
        status=0
        "$tcpprobe" compare -q --fail-on "$fail_on" --undecided "$undecided" --format tap $sides >out.tap || status=$?
        [ "$status" -eq "$expected" ]
        status=0
        prove --exec cat out.tap >proved 2>&1 || status=$?
        [ $((status > 0)) -eq $((expected > 0)) ] || { echo "$expected $fail_on $undecided $sides"; cat out.tap proved; false; }
        not grep -q 'Parse errors' proved
        count=$((count + 1))
    done < <(ways)
    [ $count -eq 13 ]
}

@test "compare: any name of a role or a file is written as what it is" {
    # strange bytes in the name of a file, and what has a meaning in the name of a role
    local name status
    name=$(perl -e 'print join "", map { chr } grep { $_ != 10 } 1 .. 40, 92, 127 .. 255').log.gz
    cp "$cubic" "$name"
    "$tcpprobe" compare -q --write-baseline any.json "$name" 2>err
    [ ! -s err ]
    [[ "$(json any.json '$d->{runs}[0]{name}')" == *'\xfe\xff.log.gz' ]]
    "$tcpprobe" compare -q --undecided 0 --fail-on none --format json "$name" -- "$reno" >out
    json out '$d->{verdict}'
    "$tcpprobe" compare -q --undecided 0 --base any.json "$name" >out
    perl -CS -MJSON::PP -e '
        local $/; my $d = JSON::PP->new->utf8->decode(<STDIN>);
        for my $run (@{ $d->{runs} }) {
            $run->{roles}{ qq{a #b \\ <&">\n\x{1}\x{e9}\x{ffff}} } = delete $run->{roles}{"bulk v4"};
        }
        binmode STDOUT, ":raw"; print JSON::PP->new->utf8->canonical->encode($d)' <"$(f base)" >odd.json
    for format in json junit tap markdown openmetrics text; do
        "$tcpprobe" compare -q --undecided 0 --format $format odd.json -- odd.json >out.$format
    done
    xmllint --noout --schema "$root/tests/data/junit.xsd" out.junit
    json out.json '$d->{roles}[0]{role}'
    prove --exec cat out.tap >proved
    grep -q '^Files=1, Tests=10,' proved
    grep -q '^ok 1 - a \\#b \\\\ <&">??' out.tap
}

@test "compare --format openmetrics: samples of known families, and its end" {
    verdicts_in openmetrics
    local kind
    for kind in same changed undecided apart none; do
        [ "$(tail -n 1 $kind)" = "# EOF" ]
        [ "$(grep -c '^# EOF' $kind)" -eq 1 ]
        perl -ne '
            /^# (TYPE|HELP|UNIT) (\w+) / and $known{$2} = 1, next;
            next if /^# EOF$/;
            /^(\w+)(\{(\w+="([^"\\]|\\["\\n])*",?)*\})? (-?[\d.]+(e[-+]\d+)?|NaN|[-+]Inf)$/ && $known{$1}
                or die "bad line: $_"' $kind
        [ -z "$(perl -ne 'print if $seen{ (/^(.*) /)[0] }++ && !/^#/' $kind)" ]
    done
    # base units with all their digits: the numbers of the JSON report
    "$tcpprobe" compare --format openmetrics --base "$root/tests/data/compare/cubic.json" "$root/tests/data/runs/half-buffer-00.log.gz" >metrics || true
    "$tcpprobe" compare --format json --base "$root/tests/data/compare/cubic.json" "$root/tests/data/runs/half-buffer-00.log.gz" >report.json || true
    [ "$(sed -n 's/^tcpprobe_compare_base{role="bulk v4",metric="rtt_p50",unit="seconds"} //p' metrics)" = "$(json report.json 'map { $_->{base} / 1000 } grep { $_->{metric} eq "rtt_p50" } @{ $d->{roles}[0]{metrics} }')" ]
    grep -q 'metric="goodput",unit="bits_per_second"} 19[0-9]*[.0-9]*$' metrics
    grep -q '^tcpprobe_compare_p{role="bulk v4",metric="rtt_p50"} 0.04' metrics
}

@test "compare --format markdown: tables with as many cells as their head" {
    verdicts_in markdown
    local kind
    for kind in same changed undecided apart none; do
        grep -q '^## ' $kind
        perl -ne '
            if (!/^\|/) { undef $cells; next }
            s/\\\|//g; my $n = tr/|//; $cells //= $n;
            die "line $.: $n cells, not $cells\n" if $n != $cells' $kind
        [ "$(wc -c <$kind)" -lt 65536 ]
    done
    grep -q '^| \*\*`beta`\*\* ' changed
}

@test "compare: a metric is called by one name in every format" {
    local format name
    for format in text json markdown junit tap openmetrics; do
        "$tcpprobe" compare -q --format $format --base "$root/tests/data/compare/cubic.json" \
            "$root/tests/data/runs/half-buffer-00.log.gz" >report || [ $? -eq 1 ]
        for name in goodput cwnd_p50 rtt_p50 retx loss_events; do
            grep -qE "(^|[^a-z0-9_])$name([^a-z0-9_]|\$)" report || { echo "$format: no $name"; false; }
        done
    done
    command -v promtool >/dev/null || return 0
    promtool check metrics <report >said 2>&1 # the last one
    [ ! -s said ]
}

@test "compare --github: one line on stderr, whatever the format" {
    local status=0
    "$tcpprobe" compare -q --github --format json "$(f base)" -- "$(f reno)" >out 2>err || status=$?
    [ "$status" -eq 1 ]
    json out '$d->{verdict}'
    [ "$(wc -l <err)" -eq 1 ]
    grep -q '^::error title=tcpprobe compare::CHANGED' err
    not grep -q '%\([^2]\|2[^5]\)' err
    grep -q '%25' err
    "$tcpprobe" compare -q --github "$(f base)" -- "$(f again)" 2>err >out
    grep -q '^::notice title=tcpprobe compare::NO CHANGE DETECTED' err
    "$tcpprobe" compare -q --github "$(f three)" -- "$(f three)" 2>err >out || [ $? -eq 3 ]
    grep -q '^::warning title=tcpprobe compare::UNDECIDED' err
    "$tcpprobe" compare -q --github --undecided 0 "$(f three)" -- "$(f three)" 2>err >out
    grep -q '^::warning title=tcpprobe compare::UNDECIDED' err
    "$tcpprobe" compare -q --github --fail-on none "$(f base)" -- "$(f reno)" 2>err >out
    grep -q '^::warning title=tcpprobe compare::CHANGED' err
}

@test "compare --format: an unknown one is refused" {
    fails 2 "tcpprobe: --format: 'xml' is none of text, json, markdown, junit, tap, openmetrics" \
        compare --format xml a -- b
}

# --- settings -------------------------------------------------------------------------------------

@test "compare: --threshold, --gate and --alpha decide, from a file as well" {
    answers 0 "NO CHANGE DETECTED" --gate goodput,rtt_p95 "$(f base)" -- "$(f reno)"
    answers 1 "CHANGED (different)" --gate beta "$(f base)" -- "$(f reno)"
    answers 0 "NO CHANGE DETECTED" --gate beta --threshold beta=0.5 "$(f base)" -- "$(f reno)"
    answers 0 "NO CHANGE DETECTED" --gate beta,init_cwnd "$cubic" -- "$cubic"
    answers 3 UNDECIDED --gate ce "$cubic" -- "$cubic"
    runs_like "$(f one)" 5 1 0.9 startup >slow.json
    answers 1 "CHANGED (regression)" "$(f base)" -- slow.json
    answers 0 "NO CHANGE DETECTED" --threshold startup=20% "$(f base)" -- slow.json
    answers 3 UNDECIDED --alpha 0.001 "$(f base)" -- slow.json
    answers 3 UNDECIDED --config <(echo 'alpha=0.001') "$(f base)" -- slow.json
    printf '# limits\n\n gate = beta, \nthreshold=beta=0.5,startup=20%%\r\nfail-on = any' >bad.conf
    fails 2 "tcpprobe: bad.conf:3: --gate: there is no metric ''" compare --config bad.conf a -- b
    printf '# limits\n\n gate = beta\nthreshold = beta=0.5,startup=20%%\r\nfail-on = any' >fine.conf
    answers 0 "NO CHANGE DETECTED" --config fine.conf "$(f base)" -- "$(f reno)"
}

@test "compare: --require-power is not content with what would not have been seen" {
    answers 0 "NO CHANGE DETECTED" "$(f base)" -- "$(f again)"
    grep -q "; excluded is a change beyond: goodput by 0\.[0-9]* %, startup by " out
    answers 0 "NO CHANGE DETECTED" --require-power "$(f base)" -- "$(f again)"
    answers 0 "NO CHANGE DETECTED" --threshold rtt_p50=0.5% "$(f base)" -- "$(f again)"
    grep -q "to exclude one by the limit: rtt_p50 up to 0\.[0-9]* % (limit 0.5 %)" out
    answers 3 UNDECIDED --require-power --threshold rtt_p50=0.5% "$(f base)" -- "$(f again)"
    answers 3 UNDECIDED --config <(echo 'require-power = yes') --threshold rtt_p50=0.5% "$(f base)" -- "$(f again)"
    answers 0 "NO CHANGE DETECTED" --config <(echo 'require-power=no') --threshold rtt_p50=0.5% "$(f base)" -- "$(f again)"
    echo 'require-power = maybe' >c
    fails 2 "tcpprobe: c:1: require-power: 'maybe' is neither yes nor no" compare --config c a -- b
}

# with_stray BASELINE RUN SCALE: all that is measured of one of its runs, scaled.
with_stray() {
    perl -MJSON::PP -e '
        my ($path, $at, $scale) = @ARGV;
        open my $file, "<", $path or die; local $/;
        my $d = decode_json(<$file>);
        for my $role (values %{ $d->{runs}[$at]{roles} }) {
            $role->{metrics}{$_} *= $scale for grep { !/^(flows|mss|duration|rtt_min|init_cwnd|beta)$/ } keys %{ $role->{metrics} };
        }
        print JSON::PP->new->canonical->encode($d)' "$@"
}

@test "compare: a stray run hides no change, makes none, and is named where the answer hangs on it" {
    runs_like "$(f one)" 5 1 0.8 rtt_p50 >fast.json
    runs_like "$(f one)" 1 1 0.8 rtt_p50 >one_fast.json
    with_stray "$(f base)" 2 1.3 >stray.json
    with_stray "$(f twenty)" 2 1.3 >twenty_stray.json
    answers 1 "CHANGED (improvement)" stray.json -- fast.json
    answers 1 "CHANGED (improvement)" "$(f twenty)" -- one_fast.json
    grep -q "it is one run: record 2 more" out
    answers 3 UNDECIDED twenty_stray.json -- one_fast.json
    grep -q "rtt_p50 fell from .*; base run run-0-3 lies apart from the others: .* (+[23][0-9] %): a single new run cannot be told from it" out
    "$tcpprobe" compare -q --format json --undecided 0 twenty_stray.json -- one_fast.json >report
    [ "$(json report 'map { "$_->{side} $_->{run} $_->{count}" } @{ $d->{roles}[0]{strays} }')" = "base run-0-3 1" ]
    [ "$(json report 'map { $_->{metric} } grep { $_->{undecided} } @{ $d->{roles}[0]{metrics} }')" = rtt_p50 ]
    with_stray "$(f again)" 2 1.3 >new_stray.json
    answers 0 "NO CHANGE DETECTED" "$(f base)" -- new_stray.json
    grep -q "; new run run-1-3 lies apart from the others" out
}

@test "compare --config: what is wrong is said with its line" {
    printf 'alpha = 0.01\nbeta = 3\n' >c
    fails 2 "tcpprobe: c:2: there is no setting 'beta'" compare --config c a -- b
    printf '\n\nalpha = 5' >c
    fails 2 "tcpprobe: c:3: --alpha: '5' is not a probability between 0 and 1" compare --config c a -- b
    printf 'alpha\n' >c
    fails 2 "tcpprobe: c:1: 'alpha' is not a line 'name = value'" compare --config c a -- b
    printf '#\nthreshold = rtt_p50=ten' >c
    fails 2 "tcpprobe: c:2: --threshold: 'ten' is not a limit such as 10%, 0.05 or 50%+0.25" compare --config c a -- b
    head -c 5000 /dev/zero | tr '\0' x >c
    fails 2 "tcpprobe: c:1: the line is too long" compare --config c a -- b
    fails 2 "tcpprobe: --config: cannot open 'none': No such file or directory" compare --config none a -- b
    mkdir d
    fails 2 "tcpprobe: d:0: cannot read it: Is a directory" compare --config d a -- b
}

# --- baseline files -------------------------------------------------------------------------------

@test "compare --write-baseline, --append, --update: a baseline grows only when it is told to" {
    "$tcpprobe" compare -q --write-baseline b.json "$cubic"
    [ "$(json b.json 'scalar @{ $d->{runs} }')" = 1 ]
    cp b.json before
    fails 2 "tcpprobe: b.json exists: --append adds to it, --update replaces it" \
        compare --write-baseline b.json "$cubic"
    cmp b.json before
    "$tcpprobe" compare -q --write-baseline b.json --append "$reno"
    [ "$(json b.json 'map { $_->{name} } @{ $d->{runs} }' | tr '\n' ' ')" = "cubic.log.gz reno-00.log.gz " ]
    "$tcpprobe" compare -q --write-baseline b.json --update "$reno"
    [ "$(json b.json 'map { $_->{name} } @{ $d->{runs} }')" = "reno-00.log.gz" ]
    "$tcpprobe" compare -q --write-baseline new.json --append "$cubic"
    cmp new.json before
    [ "$(ls)" = "$(printf '%s\n' b.json before err new.json out)" ]
}

@test "compare --write-baseline: a run a line, sorted keys, the same bytes each time, any name" {
    "$tcpprobe" compare -q --write-baseline b "$cubic" "$reno"
    "$tcpprobe" compare -q --write-baseline c "$cubic" "$reno"
    cmp b c
    [ "$(grep -c '"name":' b)" -eq 2 ]
    another 60 "$cubic" >later.log.gz
    "$tcpprobe" compare -q --write-baseline b --append later.log.gz
    [ "$(json b 'scalar @{ $d->{runs} }')" = 3 ]
    answers 0 "NO CHANGE DETECTED" --base "$(f twenty)" --write-baseline verdict.json "$cubic"
    [ "$(json verdict.json 'scalar @{ $d->{runs} }')" = 1 ]
}

@test "compare --write-baseline: never in the place of a run, but of --base" {
    cp "$cubic" a.log.gz
    fails 2 "tcpprobe: --write-baseline: it would take the place of a.log.gz, which is a run" \
        compare --write-baseline a.log.gz --update a.log.gz
    fails 2 "tcpprobe: --write-baseline: it would take the place of a.log.gz, which is a run" \
        compare --write-baseline a.log.gz --append "$cubic" -- a.log.gz
    cmp a.log.gz "$cubic"
    cp "$(f twenty)" b.json
    answers 0 "NO CHANGE DETECTED" --base b.json --write-baseline b.json --append a.log.gz
    [ "$(json b.json 'scalar @{ $d->{runs} }')" = 21 ]
}

@test "compare: a baseline compares as its recordings do" {
    "$tcpprobe" compare -q --write-baseline b.json "$cubic"
    "$tcpprobe" compare -q "$cubic" -- "$reno" >logs || [ $? -eq 1 ]
    "$tcpprobe" compare -q --base b.json "$reno" >base || [ $? -eq 1 ]
    cmp logs base
}

@test "compare --base: keeps the roles that it was written with" {
    "$tcpprobe" compare -q --write-baseline b.json --role 'bulk=dport == 47311 || dport == 47312' "$cubic"
    "$tcpprobe" compare -q --base b.json "$cubic" >out || [ $? -eq 3 ]
    grep -qx 'bulk' out
    "$tcpprobe" compare -q --write-baseline b.json --append "$reno"
    [ "$(json b.json 'map { keys %{ $_->{roles} } } @{ $d->{runs} }' | sort -u)" = bulk ]
}

@test "compare --append and --update need --write-baseline, and not each other" {
    fails 2 "tcpprobe: --append keeps what --update replaces: not both" \
        compare --write-baseline b --append --update a
    fails 2 "tcpprobe: --append and --update say how --write-baseline writes" compare --append a -- b
    fails 2 "tcpprobe: both sides need at least one run" compare --write-baseline b.json --
    fails 2 "tcpprobe: /nonexistent/b.json: cannot write the baseline: No such file or directory" \
        compare -q --write-baseline /nonexistent/b.json "$cubic"
}

@test "compare: a baseline of other definitions is refused, and the sentence says what to do" {
    sed 's/"definitions":4/"definitions":99/' "$(f one)" >old.json
    run "$tcpprobe" compare --base old.json "$cubic"
    [ "$status" -eq 2 ]
    [[ "$output" == "tcpprobe: old.json: was written with definitions 99"*"write the baseline anew with --write-baseline" ]]
    cp old.json before
    run "$tcpprobe" compare -q --write-baseline old.json --append "$cubic"
    [ "$status" -eq 2 ]
    cmp old.json before
}

@test "compare: a damaged or hostile baseline is a failure, never a verdict" {
    local bad name=0
    refused() {
        run "$tcpprobe" compare --base bad.json "$cubic"
        echo "$output"
        [ "$status" -eq 2 ]
        [[ "$output" == "tcpprobe: bad.json"* ]]
        [ "$(wc -l <<<"$output")" -eq 1 ]
    }
    for bad in '' '{' '[]' '{}' 'null' '{"format":"tcpprobe baseline"}' "$(printf '[%.0s' {1..5000})"; do
        printf '%s' "$bad" >bad.json
        refused
    done
    head -c 700 "$(f one)" >bad.json
    refused
    sed 's/"beta":[0-9.]*/"beta":NaN/' "$(f one)" >bad.json
    refused
    sed 's/"beta":[0-9.]*/"beta":1e999/' "$(f one)" >bad.json
    refused
    sed 's/"beta":[0-9.]*/"beta":"0.7"/' "$(f one)" >bad.json
    refused
    sed 's/"runs":/"runs":3,"runs":/' "$(f one)" >bad.json
    refused
    gzip -c "$(f one)" >bad.json
    refused
}

@test "compare: 1000 runs on a side are compared, 1001 refused" {
    runs_like "$(f one)" 1000 0 >many.json
    answers 0 "NO CHANGE DETECTED" --base many.json "$(f three)"
    runs_like "$(f one)" 1001 0 >more.json
    run "$tcpprobe" compare --base more.json "$(f three)"
    [ "$status" -eq 2 ]
    run "$tcpprobe" compare many.json "$cubic" -- "$(f three)"
    [ "$status" -eq 2 ]
    [[ "$output" == *"more than 1000 runs"* ]]
}

# --- the figure -----------------------------------------------------------------------------------

@test "compare --plot draws what it reports, in the format that the file's name says" {
    runs="$root/tests/data/runs"
    run "$tcpprobe" compare --plot c.svg "$runs/half-buffer-00.log.gz" -- "$runs/reno-00.log.gz"
    [ "$status" -eq 1 ]
    [[ "$output" == "CHANGED"* ]]
    [ "$(head -c 5 c.svg)" = '<?xml' ]
    [ "$(tail -c 7 c.svg)" = '</svg>' ]
    run "$tcpprobe" compare --plot c.png --theme dark "$runs/reno-00.log.gz" -- "$runs/reno-00.log.gz"
    [ "$status" -eq 3 ]
    [ "$(head -c 4 c.png | od -An -c | tr -d ' ')" = '211PNG' ]
}

@test "compare --plot spoils neither report nor runs, and says what is wrong before it reads" {
    cp "$root/tests/data/runs/reno-00.log.gz" a.log.gz
    cp a.log.gz b.log.gz
    for file in a.log.gz b.log.gz -; do
        run "$tcpprobe" compare --plot $file a.log.gz -- b.log.gz
        [ "$status" -eq 2 ]
        [[ "$output" == *"--plot: "* ]]
    done
    cmp a.log.gz b.log.gz
    run "$tcpprobe" compare --theme pink --plot c.png a.log.gz -- b.log.gz
    [ "$status" -eq 2 ]
    [[ "$output" == *"unknown theme 'pink'"* ]]
    run "$tcpprobe" compare --plot c.png --write-baseline base.json a.log.gz
    [ "$status" -eq 2 ]
    [[ "$output" == *"there is no base"* ]]
    run "$tcpprobe" compare --plot none/c.png a.log.gz -- b.log.gz
    [ "$status" -eq 2 ]
    [ ! -e c.png ]
}

@test "a role's name may be of several words, and the picture is of it" {
    runs="$root/tests/data/runs"
    run "$tcpprobe" compare -q --role 'bulk data = dport > 0' --plot "$BATS_TEST_TMPDIR/c.png" \
        "$runs/reno-00.log.gz" -- "$runs/reno-00.log.gz"
    [ "$status" -eq 3 ]
    [[ "$output" == "UNDECIDED: "*$'\nbulk data\n'* ]]
    [ -s "$BATS_TEST_TMPDIR/c.png" ]
}

@test "the metrics are listed with their limits, without runs" {
    "$tcpprobe" compare --gate help >metrics
    [ "$(grep -cE '^[a-z0-9_]+ +[^ ]+ +[^ ].*; (path|exact|core|diagnostic), limit [0-9.]+( %( and [0-9.]+)?)?$' metrics)" -eq "$(wc -l <metrics)" ]
    grep -xE 'rtt_p50 +ms +.*; core, limit 10 %' metrics
    grep -xE 'retx +% +.*; core, limit 50 % and 0.25' metrics
    while read -r metric _; do
        fails 2 "tcpprobe: no-such.json: cannot open it: No such file or directory" compare --gate "$metric" --base no-such.json no-such.log
    done <metrics
    printf 'gate = help\n' >settings
    fails 2 "tcpprobe: settings:1: --gate: there is no metric 'help'" compare --config settings --base a.json b.log
}

@test "compare: what a receiver saw is a run, and a run in which nothing can be compared is refused" {
    cd "$BATS_TEST_TMPDIR"
    "$tcpprobe" compare -q --filter 'sport == 5201' --write-baseline receiver.json "$one_flow"
    [ "$(json receiver.json 'my $r = $d->{runs}[0]; $r->{origin}, sprintf "%.3f", $r->{roles}{"bulk v4"}{metrics}{goodput}' | paste -sd' ')" = "peer 7.051" ]
    fails 2 'tcpprobe: cubic-loss.log.gz: no flow carried enough to be compared (--min-bytes, --role)' \
        compare -q --min-bytes 1G --write-baseline none.json "$one_flow"
    [ ! -e none.json ]
}
