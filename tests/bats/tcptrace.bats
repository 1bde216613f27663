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
