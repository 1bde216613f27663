# `plot` of several recordings: what they have in common on the time axis, and what they are called.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    {
        echo '# clock=mono realtime_minus_mono_ns=1000000000'
        gzip -dc "$samples/cubic.log.gz" | grep -v '10\.9\.0\.1:60014'
    } >first.log
    # the same five minutes later, on the same clock and from another port
    perl -pe 's/(\[00\d\] \S+ +)(\d+)\./$1 . ($2 + 300) . "."/e; s/\b60016\b/60018/g' first.log >second.log
}

texts() {
    "$tcpprobe" plot -q -o t.svg "$@" && perl -nle 'print for />([^<]+)<\/t/g' t.svg
}

@test "recordings made one after the other begin together, and that is said" {
    texts first.log second.log >texts
    grep -q '^12.08 s · .*each recording from its own start' texts
    grep -qx '12 s' texts
    not grep -q 'fairness' texts # they never met
    grep -qx first texts
    grep -qx second texts
    texts --align start second.log first.log >again
    grep -qx '12 s' again
}

@test "their clock keeps the hole between them" {
    for how in '--align clock' --raw-time; do
        texts $how first.log second.log >texts
        not grep -q 'from its own start' texts
        not grep -qx '12 s' texts
        grep -q '^5 min 12 s · ' texts
    done
    texts --align clock first.log second.log >texts
    grep -qx '5:00' texts
}

@test "parts of one log are one recording, and so are files that share a flow" {
    sed 's/^# clock=/# tcpprobe=0.1.0 part=1\n&/' first.log >p1.log
    sed 's/^# clock=/# tcpprobe=0.1.0 part=2\n&/' second.log >p2.log
    texts p1.log p2.log >texts
    not grep -q 'from its own start' texts
    grep -qx '5:00' texts
    grep -v 'linkem.* 209[0-9]\.' first.log >a.log # without times 2090 to 2099 it ends earlier
    { grep '^# clock' first.log && grep 'linkem.* 209[4-9]\.' first.log; } >b.log
    texts a.log b.log >texts
    not grep -q 'from its own start' texts
    grep -qx '12 s' texts
}

@test "each flow from its own beginning, or by its first loss" {
    texts --align flow "$two_flows" >texts
    grep -q 'each flow from its own start' texts
    texts --align loss first.log >texts
    grep -q '0 is the first loss of each' texts
    # the first recovery begins 0.28 s after the flow (see the header of the picture)
    grep -qx '0 s' texts
    texts --panels cwnd --align loss first.log second.log >both
    grep -qx '0 s' both
    grep '^#\|tcp_probe' second.log >lossless.log # nothing in it tells of a loss
    run "$tcpprobe" plot --align loss -o x.svg first.log lossless.log
    [ "$status" -eq 2 ]
    [ "$output" = "tcpprobe: 10.9.0.1:60018 → 10.9.0.2:47311 has no loss episode that it could be aligned by" ]
    run "$tcpprobe" plot --align end first.log
    [ "$status" -eq 2 ]
    [ "$output" = "tcpprobe: --align: 'end' is none of clock, start, flow, loss" ]
}

@test "labels name recordings, and give them a colour" {
    cp second.log third.log
    perl -pi -e 's/(\[00\d\] \S+ +)(\d+)\./$1 . ($2 + 300) . "."/e; s/\b60018\b/60020/g' third.log
    "$tcpprobe" plot -q --label 'CUBIC & more=first.log' --label 'later=[st]*.log' -o t.svg first.log second.log third.log
    colour() { grep -o "fill=\"#[0-9a-f]*\">$1<" t.svg | sort -u; }
    [ "$(colour 'CUBIC &amp; more[^<]*' | wc -l)" -eq 1 ]
    [ "$(colour 'later[^<]*' | grep -o '"#[0-9a-f]*' | sort -u | wc -l)" -eq 1 ]
    [ "$(colour 'CUBIC[^<]*' | grep -o '"#[0-9a-f]*')" != "$(colour 'later[^<]*' | grep -o '"#[0-9a-f]*' | head -1)" ]
    run "$tcpprobe" plot --label x=no.log first.log
    [ "$status" -eq 2 ]
    [ "$output" = 'tcpprobe: --label: no input is called no.log' ]
    run "$tcpprobe" plot --label first.log first.log
    [ "$status" -eq 2 ]
}
