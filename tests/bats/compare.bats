#!/usr/bin/env bats
# tcpprobe compare as a CI job uses it, on recordings in tests/data/runs.
load helpers

@test "compare asks for a base, for runs on both sides, and knows its words" {
    run "$tcpprobe" compare "$root/tests/data/short.log"
    [ "$status" -eq 2 ]
    [[ "$output" == *"what is the base?"* ]]
    run "$tcpprobe" compare "$root/tests/data/short.log" --
    [ "$status" -eq 2 ]
    [[ "$output" == *"both sides need at least one run"* ]]
    run "$tcpprobe" compare --threshold rtt_p5=10% a -- b
    [ "$status" -eq 2 ]
    [[ "$output" == *"did you mean 'rtt_p50'"* ]]
    run "$tcpprobe" compare --alpha 1.5 a -- b
    [ "$status" -eq 2 ]
}

@test "compare --plot draws what it reports, in the format that the file's name says" {
    cd "$BATS_TEST_TMPDIR"
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
    cd "$BATS_TEST_TMPDIR"
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
