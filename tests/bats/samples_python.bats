# samples/tcpprobe.py: traces in Python.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    command -v python3 >/dev/null || skip "needs python3"
    export TCPPROBE=$tcpprobe PYTHONPATH=$samples PYTHONDONTWRITEBYTECODE=1
}

@test "tcpprobe.py says the windows that export says, and draws" {
    "$samples/tcpprobe.py" "$one_flow" >said
    [ "$(grep -c '^flow ' said)" -eq 2 ]
    "$tcpprobe" export -q --bin 1s --metric snd_cwnd --flow 2 "$one_flow" |
        awk -F, '$3 ~ /59126$/ { printf "  %s s: %.1f segments\n", $1, $8 == "" ? $10 : $8 }' >expected
    [ "$(wc -l <expected)" -gt 5 ]
    sed -n '/^flow 2/,$p' said | tail -n +2 | perl -pe 's{(\S+)(?= s:)}{sprintf "%.9f", $1}e' | diff expected -
    [ "$(head -c 8 tcpprobe.png | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
}

@test "tcpprobe.py parses a line, a trace, and says what is wrong" {
    gzip -dc "$one_flow" | grep -m1 ' tcp_probe: ' >line
    python3 -c '
import itertools, tcpprobe, sys
record = tcpprobe.parse_line(open("line").read())
assert record["event"] == "tcp_probe" and record["snd_cwnd"] == 10, record
assert "rtt_us" not in record
assert len(list(itertools.islice(tcpprobe.parse_trace(sys.argv[1], metrics=["srtt"]), 5))) == 5
assert sum(1 for _ in tcpprobe.parse_events(sys.argv[1], filter="tcp_retransmit_skb")) == 33
assert [flow["retransmits"] for flow in tcpprobe.flows(sys.argv[1], sort="-id")] == [0, 33]
for wrong in (lambda: list(tcpprobe.parse_trace("no such file")), lambda: tcpprobe.parse_line("# nothing"),
              lambda: tcpprobe.plot_trace(sys.argv[1], "t.doc")):
    try:
        wrong()
        raise SystemExit("not refused")
    except tcpprobe.TraceError as error:
        print(error)' "$one_flow" >said
    sed -n 1p said | grep -q '^no such file: .*No such file or directory'
    sed -n 3p said | grep -q '^t.doc: no picture format has that end'
    run "$samples/tcpprobe.py" "no such file"
    [ "$status" -eq 1 ]
}
