# pipes.bats: what is watched comes as it happens. Times have generous bounds: what is promised is a
# tenth of a second.
bats_require_minimum_version 1.5.0
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    gzip -dc "$one_flow" >log
    gzip -dc "${one_flow%.log.gz}.pcap.gz" >capture
}

teardown() {
    [ -z "${dump:-}" ] || kill "$dump" 2>/dev/null || true
}

# watched FILE BYTES ARGUMENT...: the first line comes within a second after so many bytes of the
# file, and all is what the file gives.
watched() {
    local file=$1 bytes=$2
    shift 2
    "$tcpprobe" "$@" -q "$file" >expected
    perl "$BATS_TEST_DIRNAME/watch.pl" "$bytes" "$tcpprobe" "$@" -q - <"$file" >actual 2>ms
    cmp expected actual
    echo "$*: $(cat ms) ms"
    [ "$(cat ms)" -lt 1000 ]
}

@test "export - shows samples and events as they come" {
    watched log 3000 export
    watched log 3000 export --format ndjson
    watched log 3000 export --events
    watched log 3000 export --events --threads 0
    watched capture 2000 export
}

@test "packets - shows packets as they come" {
    watched capture 1000 packets
    watched capture 1000 packets --format csv
    watched capture 1000 packets --format ndjson --threads 0
}

@test "a closed pipe ends the watching" {
    run -141 --separate-stderr env --default-signal=PIPE sh -c \
        '(head -c 3000 log; sleep 1; tail -c +3001 log) | { "$1" export -q -; echo $? >status; } | head -n 2 >two; exit $(cat status)' sh "$tcpprobe"
    [ "$(wc -l <two)" -eq 2 ]
    [ "$stderr" = "" ]
}

@test "tcpdump's packets come while it runs" {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    mkfifo packets
    tcpdump --immediate-mode -Uqni lo -w - tcp port 5299 >packets 2>/dev/null 3>&- &
    dump=$!
    "$tcpprobe" packets -q packets >shown 3>&- &
    for _ in $(seq 100); do
        perl -MIO::Socket::INET -e 'IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 5299)'
        [ "$(wc -l <shown)" -lt 3 ] || break
        sleep 0.1
    done
    kill -0 $dump
    cat shown
    [ "$(wc -l <shown)" -ge 3 ]
    grep -q '> 127.0.0.1:5299$' shown
    kill $dump
    wait
}
