# `plot --kind` and `--aggregate`: what a picture is.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

texts() { "$tcpprobe" plot -q -o t.svg "$@" && perl -nle 'print for />([^<]+)<\/t/g' t.svg; }

@test "distributions of their own, for each flow a curve" {
    texts --kind cdf --style paper "$two_flows" >texts
    for title in 'Congestion window (kB)' 'Smoothed round-trip time (ms)' 'Rate (Mbit/s, bins of [0-9]* ms)' 'Share of time'; do
        grep -qx "$title" texts
    done
    not grep -q 'Time (s)' texts
    texts --kind cdf -p rtt "$two_flows" >texts
    [ "$(grep -cx 'Share of time' texts)" -eq 1 ]
    texts --kind cdf --style paper -p rtt --range srtt=10ms:30ms --y-title 'srtt=RTT' "$two_flows" >texts
    grep -qx RTT texts
    grep -qx 30 texts
}

@test "a time-sequence graph, an overview, whatever there is" {
    "$tcpprobe" plot -q --kind tsg -o t.svg "$samples/cubic-loss.pcap.gz"
    grep -q '>Sequence number<' t.svg
    not grep -q '>Rate<' t.svg
    texts --kind overview "$two_flows" >texts
    grep -qx '2 flows, most bytes first' texts
    "$tcpprobe" plot -q --kind time -o t.svg "$two_flows"
    grep -q '>Congestion window<' t.svg
}

@test "runs of one thing have a median" {
    texts --aggregate "$two_flows" >texts
    grep -q 'band: the middle half' texts
    grep -qx 'median of 2' texts
    texts --aggregate --label 'runs=*' --kind cdf --style paper -p rtt "$two_flows" >texts
    grep -qx 'runs (median of 2)' texts
}

@test "what is no kind is refused" {
    fails 2 "tcpprobe: --kind: 'pie' is none of time, cdf, tsg, overview" plot --kind pie "$two_flows"
    fails 2 "tcpprobe: 'limits' has no distribution: there are cwnd, rtt, rate" plot -q --kind cdf -p limits "$two_flows"
    for part in "--zoom 0.1s..0.2s $two_flows" "--since 1 --until 2 $samples/cubic-loss.pcap.gz"; do
        fails 2 "tcpprobe: distributions are of whole flows: choose a part of a log with --since and --until, cut a capture with 'tcpprobe packets --since FROM --until UNTIL --write PART FILE'" \
            plot -q --kind cdf -p rtt -o t.svg $part
    done
    "$tcpprobe" packets -q --since 1 --until 2 --write part.pcapng "$samples/cubic-loss.pcap.gz"
    "$tcpprobe" plot -q --kind cdf -p rtt -o t.svg part.pcapng
    fails 2 "tcpprobe: an overview has a row for each flow: nothing in it is aggregated" plot --kind overview --aggregate "$two_flows"
    fails 2 "tcpprobe: panel limits cannot be aggregated" plot -q --aggregate -p limits "$two_flows"
}
