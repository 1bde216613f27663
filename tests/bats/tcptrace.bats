# tcptrace.bats: every figure of tcptrace has its column, and the values agree. See tcptrace.pl for
# the table.
load helpers

compare=$BATS_TEST_DIRNAME/tcptrace.pl

setup() {
    cd "$BATS_TEST_TMPDIR"
    export TCPPROBE=$tcpprobe
}

need_tcptrace() {
    command -v tcptrace >/dev/null || skip "tcptrace is not installed"
}

@test "every label of tcptrace -l -r -W has a column that exists" {
    "$tcpprobe" flows --columns | sed -n 's/^\([a-z][a-z0-9_]*\) .*/\1/p' | sort -u >columns
    perl "$compare" labels | sed 's/.*: //' | tr ' ' '\n' | sort -u >named
    [ "$(wc -l <named)" -gt 50 ]
    [ -z "$(comm -13 columns named)" ]
}

@test "tcptrace prints no label that the table lacks" {
    need_tcptrace
    for capture in "$pairs"/*.pcap.gz "$samples"/*.pcap.gz; do
        gzip -dc "$capture" >capture.pcap
        perl "$compare" missing capture.pcap >out
        [ "$(wc -l <out)" -eq 1 ]
        [ "$(cut -d' ' -f1 out)" -gt 60 ]
    done
}

# What its figures do not agree with, and why, is said in the table itself.
@test "the values agree on the recordings of the lab" {
    need_tcptrace
    for capture in "$pairs"/*.pcap.gz "$root"/tests/data/lab/{ecn,ecn.far,ipv6,keep-alive,loss,loss.far,queue,two-ways,zero-window,duplicate}.pcap.gz; do
        gzip -dc "$capture" >capture.pcap
        perl "$compare" differences capture.pcap >out
        [ "$(wc -l <out)" -eq 1 ] || { echo "$capture"; cat out; false; }
        [ "$(cut -d' ' -f2 out)" -gt 100 ]
    done
}

@test "what needs no judgement agrees on captures of others" {
    need_tcptrace
    [ -n "$CAPTURES" ] || skip "CAPTURES=DIR is not given"
    for capture in "$CAPTURES"/tcprs/traces/*.pcap; do
        perl "$compare" counts "$capture" | sed "s/^/$(basename "$capture" .pcap) /" >>out
    done
    [ "$(grep -c ' compared ' out)" -gt 60 ]
    # empty002: the SYN-ACK is missing. fack028: data before the first ACK were sent twice.
    # fack029: 1 byte of a window probe. fack034: a reset after minutes, for tcptrace a new connection.
    [ -z "$(grep -v ' compared ' out | grep -v '^empty.empty002 .* req 1323 ws/ts: \|fack028 .* initial window: \|fack029 .* max owin: \|fack034 ')" ]
}
