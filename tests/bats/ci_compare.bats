#!/usr/bin/env bats
# scripts/ci-compare, the examples in samples/ci that call it, and live what it finds in the lab.
load helpers

ci=$root/scripts/ci-compare

# In place of scripts/lab/run: says how it was called and "records" reno where that is asked for, else
# cubic.
setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir bin
    cat >bin/lab <<END
#!/usr/bin/env bash
echo "\$*" >>"$BATS_TEST_TMPDIR/calls"
[[ "\$*" != *broken* ]] || exit 2
recording=$samples/cubic.log.gz
[[ "\$*" != *reno* ]] || recording=$root/tests/data/runs/reno-00.log.gz
while [ "\$1" != -o ]; do shift; done
echo >>"$BATS_TEST_TMPDIR/made" # each is a recording of its own
gzip -dc "\$recording" | perl "$BATS_TEST_DIRNAME/rewrite.pl" later=\$(wc -l <"$BATS_TEST_TMPDIR/made") | gzip -1 >"\$2"
END
    chmod +x bin/lab
    export CI_COMPARE_LAB=$PWD/bin/lab
}

# The runs in their order.
order() { sed 's/.*-o .*\/\(.*\)\.log\.gz$/\1/' calls | tr '\n' ' '; }

@test "ci-compare records both sides in turn, and whoever came first comes second next" {
    run "$ci" -n 4 -- --queue 50k
    [ "$status" -eq 0 ]
    [[ "$output" == *"NO CHANGE DETECTED: "* ]]
    [ "$(order)" = "base-1 new-1 new-2 base-2 base-3 new-3 new-4 base-4 " ]
    [ "$(grep -c -- '--cc system --seconds 12 --queue 50k -o ' calls)" -eq 8 ]
}

@test "ci-compare: each side has its commands and options" {
    run "$ci" -n 1 --base 'a b' --new 'c reno' --base-lab '--queue 1k' --new-host 'echo h >>calls' -- --seconds 3
    [ "$status" -eq 1 ]
    [[ "$output" == *"CHANGED"*"beta fell from 0.699 to 0.4"* ]]
    [ "$(sed 's/ -o .*//' calls)" = "--cc system --seconds 12 --setup a b --seconds 3 --queue 1k
h
--cc system --seconds 12 --setup c reno --seconds 3" ]
}

@test "ci-compare: the status and the options are those of compare" {
    run "$ci" -n 3
    [ "$status" -eq 3 ]
    run "$ci" -n 3 --compare '--undecided 0 --format tap'
    [ "$status" -eq 0 ]
    [[ "$output" == *"TAP version 13"* ]]
    run "$ci" -n 1 --new reno --compare '--fail-on none'
    [ "$status" -eq 0 ]
}

@test "ci-compare: a run that fails is a failure, and nothing is left" {
    mkdir t
    TMPDIR=$PWD/t run "$ci" --new broken
    [ "$status" -eq 2 ]
    [[ "$output" == *"ci-compare: new-1 could not be recorded"* ]]
    TMPDIR=$PWD/t run "$ci" --base-host false
    [ "$status" -eq 2 ]
    TMPDIR=$PWD/t run "$ci" -n 1
    [ "$status" -eq 3 ]
    [ -z "$(ls t)" ]
}

@test "ci-compare: a run that the machine was too busy for is recorded again, and refused where that goes on" {
    sed -i '2a[ "$(wc -l <calls)" -gt 1 ] || exit 3' bin/lab
    run "$ci" -n 1 --keep kept
    [ "$status" -eq 3 ]
    [ "$(order)" = "base-1 base-1 new-1 " ]
    "$tcpprobe" flows -q kept/base-1.log.gz
    rm calls
    sed -i 's/^\[ "$(wc .*/[[ "$*" != *new-1* ]] || exit 3/' bin/lab
    run "$ci" -n 2
    [ "$status" -eq 2 ]
    [ "$(order)" = "base-1 new-1 new-1 new-1 new-1 new-1 " ]
    [ "${lines[-1]}" = "ci-compare: new-1: the machine was too busy for this link 5 times in a row: give it less to do, or a slower link" ]
}

@test "ci-compare --write-baseline, --baseline, --keep" {
    run "$ci" -n 20 --write-baseline b.json
    [ "$status" -eq 0 ]
    [ "$(json b.json 'scalar @{ $d->{runs} }')" = 20 ]
    run "$ci" -n 2 --baseline b.json --keep kept
    [ "$status" -eq 0 ]
    [ "$(ls kept)" = "$(printf '%s\n' new-{1,2}.{link.txt,log.gz})" ]
    run "$ci" -n 1 --baseline b.json --new reno
    [ "$status" -eq 1 ]
    run "$ci" -n 1 --keep kept
    [ "$status" -eq 2 ]
    [[ "$output" == *"kept holds recordings already"* ]]
    run "$ci" --write-baseline b.json
    [ "$status" -eq 2 ]
    run "$ci" --baseline none.json
    [ "$status" -eq 2 ]
    run "$ci" -n 0
    [ "$status" -eq 2 ]
    run "$ci" --nonsense
    [ "$status" -eq 2 ]
    run "$ci" --help
    [ "$status" -eq 0 ]
    [[ "$output" == "usage: scripts/ci-compare"* ]]
}

@test "ci-compare: a signal ends the recording too" {
    printf '#!/bin/sh\necho $$ >"%s/pid"\nexec sleep 30 3>&-\n' "$PWD" >bin/lab
    mkdir t
    TMPDIR=$PWD/t "$ci" -n 1 2>err 3>&- &
    local pid=$! status=0
    for _ in {1..100}; do [ ! -s pid ] || break; sleep 0.05; done
    kill -TERM $pid
    wait $pid || status=$?
    [ "$status" -eq 143 ]
    not kill -0 "$(cat pid)" 2>/dev/null
    [ -z "$(ls t)" ]
}

# --- samples/ci -----------------------------------------------------------------------------------

# The commands of an example, as files 01, 02, ... in the folder blocks.
blocks_of() { # FILE
    mkdir blocks
    perl -ne '
        BEGIN { our ($n, $indent) = (0) }
        /^( *)\S/ or next;
        if (defined $indent && length $1 > $indent) { print $out substr($_, $indent + 1) =~ s/^ +(?=\S)//r; next }
        undef $indent;
        if (/^( *)(- )?(run: \||- \|)$/) {
            $indent = length $1;
            open $out, ">", sprintf "blocks/%02d", ++$n;
        }' "$1"
}

run_block() { PATH=$PWD/bin:$PATH bash -eo pipefail "$1"; }

# What `git clone` would have brought, with the program that is under test.
checkout() {
    [ ! -e tcpprobe ] || return 0
    mkdir tcpprobe
    ln -s "$(cd "$root" && pwd)"/* tcpprobe
    rm -f tcpprobe/build
    ln -s "$(cd "$root/${BUILD:-build}" && pwd)" tcpprobe/build
}

# run_example FILE: its commands one after another as they are, statuses into a file.
run_example() {
    local block status run
    printf '#!/bin/sh\nexec "$@"\n' >bin/sudo
    printf '#!/bin/sh\n[ "$1 $2" != "clone --depth" ] || [ -e tcpprobe ]\n' >bin/git
    printf '#!/bin/sh\n[ "$*" = "-C tcpprobe all lab" ] || [ "$*" = "-C tcpprobe deps" ]\n' >bin/make
    chmod +x bin/*
    checkout
    mkdir -p ci
    if [ ! -e ci/baseline.json ]; then
        mkdir -p old
        for run in {1..20}; do another "9$run" "$samples/cubic.log.gz" >"old/$run.log.gz"; done
        "$tcpprobe" compare -q --write-baseline ci/baseline.json old/*.log.gz
    fi
    export GITHUB_STEP_SUMMARY=$PWD/summary.md TCPPROBE_URL=https://example.org/tcpprobe TCPPROBE=$tcpprobe
    : >statuses
    : >summary.md
    for block in blocks/*; do
        # What belongs to a job of its own begins with clean files.
        ! grep -q 'ci-compare' "$block" || rm -rf runs baseline.json
        status=0
        run_block "$block" >out 2>err || status=$?
        echo "$status $(grep -oE 'ci-compare|--format [a-z]+|make -C' "$block" | head -n 1)" >>statuses
        [ "$status" -le 1 ] || { cat "$block" err; false; }
    done
    cat statuses
}

@test "samples/ci/github.yml: its commands work, and fail where something changed" {
    blocks_of "$samples/ci/github.yml"
    run_example
    [ "$(cat statuses)" = "0 make -C
1 ci-compare
0 --format markdown
0 make -C
1 ci-compare
0 --format markdown
0 make -C" ]
    [ "$(grep -c '^## tcpprobe compare: CHANGED' summary.md)" -eq 2 ]
    [ "$(head -c 5 comparison.svg)" = '<?xml' ]
    [ "$(json baseline.json 'scalar @{ $d->{runs} }')" = 20 ]
    sed -i 's/reno/cubic/' blocks/*
    run_example
    not grep -v '^0 ' statuses
    [ "$(grep -c '^## tcpprobe compare: NO CHANGE DETECTED' summary.md)" -eq 2 ]
}

@test "samples/ci/gitlab.yml: its commands work, and fail where something changed" {
    blocks_of "$samples/ci/gitlab.yml"
    run_example
    [ "$(cat statuses)" = "0 make -C
1 ci-compare
0 --format junit
1 ci-compare
0 --format junit
0 ci-compare" ]
    grep -q '<failure message="different">beta fell' comparison.xml
    [ "$(json baseline.json 'scalar @{ $d->{runs} }')" = 20 ]
    sed -i 's/reno/cubic/' blocks/*
    run_example
    not grep -v '^0 ' statuses
    not grep -q '<failure' comparison.xml
}

# --- live -----------------------------------------------------------------------------------------

needs_lab() {
    unset CI_COMPARE_LAB
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    [ -d /sys/kernel/tracing/instances ] || skip "needs tracefs in /sys/kernel/tracing"
    [ -e /dev/net/tun ] || skip "needs TUN devices"
    command -v iperf3 >/dev/null || skip "needs iperf3"
}

link='--rate 20mbit --delay 20ms --queue 100k'

@test "lab: a larger initial window is found with one run a side (live)" {
    needs_lab
    run "$ci" -n 1 --new 'ip route add 10.9.0.2 dev $LAB_DEVICE initcwnd 20' \
        --compare '--gate init_cwnd' -- --cc cubic --seconds 1 3>&-
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"CHANGED (different): init_cwnd rose from 10 to 20 segs"* ]]
}

@test "lab: cubic against cubic, against reno, and against half the queue (live)" {
    [ -n "${RUN_LONG:-}" ] || skip "takes 5 minutes: RUN_LONG=1"
    needs_lab
    run "$ci" -n 4 -- --cc cubic $link 3>&-
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"NO CHANGE DETECTED"* ]]
    run "$ci" -n 4 --new-lab '--cc reno' -- --cc cubic $link 3>&-
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"beta fell from"* ]]
    run "$ci" -n 4 --new-lab '--queue 50k' -- --cc cubic $link 3>&-
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"rtt_p50 fell from"* ]]
}
