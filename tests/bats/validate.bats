#!/usr/bin/env bats
# scripts/validate: the table that `make validate` prints.
load helpers

# Two scenarios, each of one recording many times: nothing is left to chance.
recordings() {
    local i
    for i in {10..29}; do
        another "$i" "$root/tests/data/runs/reno-00.log.gz" >"$BATS_TEST_TMPDIR/reno-$i.log.gz"
    done
    for i in {10..14}; do
        another "$i" "$root/tests/data/runs/half-buffer-00.log.gz" >"$BATS_TEST_TMPDIR/half-buffer-$i.log.gz"
    done
}

@test "validate groups recordings by name and prints what is found" {
    recordings
    DRAWS=10 run "$root/scripts/validate" "$BATS_TEST_TMPDIR"
    [ "$status" -eq 0 ]
    [[ "${lines[0]}" == "2 scenarios, 25 runs; reno is the base; 10 draws of each, or all that there are;"* ]]
    grep -Eq '^all of them +0 % of 40$' <<<"$output"
    grep -Eq '^half-buffer +5 +100 +100 +100 +100 +100$' <<<"$output"
    grep -Eq '^a stray in the base: reno against others' <<<"$output"
    grep -Eq '^half-buffer +100/0 +[0-9]+/0 +100/0 +100/0' <<<"$output"
    BASE=half-buffer DRAWS=10 run "$root/scripts/validate" "$BATS_TEST_TMPDIR"
    [[ "${lines[0]}" == *"half-buffer is the base"* ]]
    grep -Eq '^reno +20 +100( +-){3}$' <<<"$output"
}

@test "validate says what it misses" {
    run "$root/scripts/validate"
    [ "$status" -ne 0 ]
    [[ "$output" == *"make validate RECORDINGS=DIR"* ]]
    run "$root/scripts/validate" "$BATS_TEST_TMPDIR"
    [ "$status" -ne 0 ]
    [[ "$output" == *"no recordings NAME-NN.log.gz in "* ]]
    BASE=none run "$root/scripts/validate" "$root/tests/data/runs"
    [ "$status" -ne 0 ]
    [[ "$output" == *"there is no 'none'"* ]]
}
