#!/usr/bin/env bats
# `--pcap-filter`: libpcap's language asks the packets of captures what tcpdump asks them.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

# How many packets `export` gives of a capture.
taken() { "$tcpprobe" export -q --events --format ndjson "$@" | wc -l; }

@test "--pcap-filter: bad expressions" {
    run "$tcpprobe" flows --pcap-filter 'tcp prot 80' "$pairs/rwnd-limited.pcap.gz"
    [ "$status" -eq 2 ]
    [[ ${lines[0]} == "tcpprobe: --pcap-filter: "*"syntax error"* ]]
    [ "${#lines[@]}" -eq 1 ]
    fails 2 "tcpprobe: --pcap-filter is given twice; join the expressions with and" flows --pcap-filter tcp --pcap-filter ip x
}

@test "--pcap-filter: what cannot be asked of a link type is said" {
    run "$tcpprobe" flows -q --pcap-filter 'ether host 1:2:3:4:5:6' "$pairs/rwnd-limited.pcap.gz"
    [ "$status" -eq 2 ]
    [[ ${lines[-1]} == "tcpprobe: pcap-filter: packets of link type 101 (Raw IP) cannot be asked that: "* ]]
}

@test "--pcap-filter: the same packets as tcpdump's, with any number of threads" {
    command -v tcpdump >/dev/null || skip "needs tcpdump"
    local expressions=(tcp 'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0' 'greater 1000' 'ip6 and less 100'
        'src port 5201' 'not tcp' 'host 10.9.0.1 and tcp[14:2] > 500' 'ip[8] > 63 or ip6[7] > 63')
    for name in cubic-loss two-flows-ipv6 rwnd-limited; do
        gzip -dc "$pairs/$name.pcap.gz" >$name.pcap
        for expression in "${expressions[@]}"; do
            expected=$(tcpdump -nr $name.pcap "($expression) and tcp" 2>/dev/null | wc -l)
            for threads in 0 3; do
                found=$(taken --threads $threads --pcap-filter "$expression" "$pairs/$name.pcap.gz")
                echo "$name, $expression: $found, tcpdump $expected"
                [ "$found" -eq "$expected" ]
            done
        done
    done
}

@test "--pcap-filter: flows and plot take it, logs are not asked" {
    "$tcpprobe" flows -q --format json --pcap-filter 'not tcp' "$pairs/rwnd-limited.log.gz" "$pairs/rwnd-limited.pcap.gz" >flows.json
    [ "$(json flows.json 'scalar @{ $d->{flows} }')" -ge 1 ]
    [ "$(json flows.json '$d->{inputs}[1]{records}')" -eq 0 ]
    "$tcpprobe" plot -q -o t.png --pcap-filter 'tcp' "$pairs/rwnd-limited.pcap.gz"
    [ -s t.png ]
}

@test "--pcap-filter: thousands of alternatives in a second or two, what has no end is refused" {
    many=$(seq -s ' or port ' 10000 13000)
    SECONDS=0
    "$tcpprobe" flows -q --format csv --pcap-filter "port $many or port 5201" "$pairs/rwnd-limited.pcap.gz" >many.csv
    "$tcpprobe" flows -q --format csv --pcap-filter "port 5201" "$pairs/rwnd-limited.pcap.gz" >one.csv
    cmp many.csv one.csv
    fails 2 "tcpprobe: --pcap-filter: 6002 words are more than libpcap compiles in bounded time (400, unless they are alternatives joined by 'or', each with its own 'port' or 'host')" flows --pcap-filter "port $(seq -s ' or ' 3001)" "$pairs/rwnd-limited.pcap.gz"
    [ "$SECONDS" -lt 30 ]
}
