# --since, --until and --zoom: wall-clock times, and an axis that goes on counting.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

texts() { "$tcpprobe" plot -q -o t.svg "$@" && perl -nle 'print for />([^<]+)<\/t/g' t.svg; }

# The wall-clock time of so many seconds after the first event of a file.
wall() {
    "$tcpprobe" flows -q --format json "$1" >flows.json
    json flows.json '$d->{inputs}[0]{first_ns} + ($d->{inputs}[0]{wall_offset_ns} // 0)' >first
    perl -MPOSIX -e '$ns = $ARGV[0] + $ARGV[1] * 1e9;
        printf "%s.%09dZ\n", strftime("%Y-%m-%dT%H:%M:%S", gmtime(int($ns / 1e9))), $ns % 1e9' "$(cat first)" "$2"
}

@test "a wall-clock time is the same moment as one since the first event, in every command" {
    from=$(wall "$one_flow" 2) to=$(wall "$one_flow" 4)
    for command in flows 'packets --format csv' export 'export --events' 'export --plotted -p cwnd'; do
        "$tcpprobe" $command -q --since 2 --until 4 "$one_flow" >relative
        "$tcpprobe" $command -q --since "$from" --until "$to" "$one_flow" >absolute
        diff relative absolute
        [ -s absolute ]
    done
    "$tcpprobe" plot -q --since 2 --until 4 -o relative.svg "$one_flow"
    "$tcpprobe" plot -q --since "$from" --until "$to" -o absolute.svg "$one_flow"
    cmp relative.svg absolute.svg
}

@test "of a capture, too" {
    from=$(wall "$samples/cubic-loss.pcap.gz" 2)
    "$tcpprobe" flows -q --since 2 "$samples/cubic-loss.pcap.gz" >relative
    "$tcpprobe" flows -q --since "$from" "$samples/cubic-loss.pcap.gz" | diff relative -
}

@test "where no clock is known, or no such time is, it is said" {
    gzip -dc "$samples/cubic.log.gz" | grep -v '^# clock' >t.log
    fails 2 "tcpprobe: t.log: nothing says what the recording's clock is in wall-clock time: give a time since its first event, or @TIME of its clock" \
        flows --since 2026-11-28T16:29:50Z t.log
    fails 2 "tcpprobe: --since: '2026-11-28T16:29:50' is not a time such as 2026-11-28T16:29:50Z or 2026-11-28T17:29:50.5+01:00" \
        flows --since 2026-11-28T16:29:50 t.log
    fails 2 "tcpprobe: --until: 'noon' is not a time such as 2.5, 100ms, @3591.25 or 2026-11-28T16:29:50Z" \
        flows --until noon t.log
}

@test "the axis of a part goes on counting" {
    texts --since 6 "$samples/cubic.log.gz" >texts
    grep -qx '6.5 s' texts
    not grep -qx '0.0 s' texts
    texts --zoom 1.2s..1.8s "$one_flow" >texts
    grep -qx '1300 ms' texts
    grep -q 'fast recovery at 1.349 s · .* from 1.200 s on' texts
    # the same moment has the same place as in the picture of the whole
    for zoom in '' '--zoom 1.2s..1.8s'; do
        "$tcpprobe" export -q --plotted -p cwnd $zoom "$one_flow" |
            awk -F, '$3 == "Recovery" && $6 > 1.3 && $6 < 1.4 { printf "%.3f\n", $6 }' >"at$zoom"
    done
    [ -s at ]
    diff at "at--zoom 1.2s..1.8s"
}

@test "what --align would do to a part" {
    fails 2 "tcpprobe: flows cannot be aligned by their beginnings where only what is later is shown" \
        plot -q --align flow --since 3 "$samples/cubic.log.gz"
    fails 2 "tcpprobe: flows cannot be aligned by their first loss where only what is later is shown" \
        plot -q --align loss --since 3 "$samples/cubic.log.gz"
    texts --align flow --until 3 "$samples/cubic.log.gz" >texts
    # two recordings of one clock, one after the other
    gzip -dc "$samples/cubic.log.gz" | grep -v '10\.9\.0\.1:60014' | sed '1i# clock=mono realtime_minus_mono_ns=1000000000' >a.log
    perl -pe 's/(\[00\d\] \S+ +)(\d+)\./$1 . ($2 + 300) . "."/e; s/\b60016\b/60018/g' a.log >b.log
    fails 2 "tcpprobe: these recordings share a clock, so that a part of it is no part of each: they cannot be aligned by their starts" \
        plot -q --align start --since 3 a.log b.log
    texts --since 3 a.log b.log >texts
    grep -qx '5:00' texts
}
