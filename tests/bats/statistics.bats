#!/usr/bin/env bats
# The permutation test and the Hodges-Lehmann interval beside R's own functions. R is large: it is
# not among what `make check` installs (Debian: r-base-core).
load helpers

@test "p, shift and interval of 1000 cases are those that R calculates" {
    command -v Rscript >/dev/null || skip "no Rscript (r-base-core)"
    "$root/${BUILD:-build}/tests/statistics" 1000 >"$BATS_TEST_TMPDIR/cases"
    run Rscript --vanilla "$BATS_TEST_DIRNAME/statistics.R" <"$BATS_TEST_TMPDIR/cases"
    [ "$status" -eq 0 ]
    [[ "$output" =~ ^"1000 cases, "[0-9]+" intervals, 0 differences"$ ]]
    # It would see a difference.
    awk '{ $6 = $6 * 1.01 } 1' "$BATS_TEST_TMPDIR/cases" | head -n 50 >"$BATS_TEST_TMPDIR/wrong"
    run Rscript --vanilla "$BATS_TEST_DIRNAME/statistics.R" <"$BATS_TEST_TMPDIR/wrong"
    [[ "${lines[-1]}" != *" 0 differences" ]]
}
