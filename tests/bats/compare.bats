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
