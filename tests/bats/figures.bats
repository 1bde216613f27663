# A number is the same in every command: tables, CSV, JSON, the picture, `compare`, `export`.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir drivers
    ln -s /usr/lib/*/plplot*/drivers/svg.* drivers/
}

@test "every figure of every recording is the same text in every command" {
    failed=0 count=0
    for file in "$samples"/*.gz "$pairs"/*.gz "$root"/tests/data/lab/*.gz "$root"/tests/data/runs/*.gz \
        "$root"/tests/data/logs/*.gz; do
        perl "$BATS_TEST_DIRNAME/figures.pl" "$tcpprobe" "$PWD/drivers" "$file" >out 2>err || failed=1
        cat err
        grep -v ' 0 differ$' out || true
        n=$(sed -n "s/ compared,.*//p" out | tail -n 1)
        count=$((count + ${n:-0}))
    done
    echo "$count compared"
    [ "$failed" -eq 0 ]
    [ "$count" -gt 20000 ]
}
