# Traffic that nothing keeps up with: memory stays bounded, and what was given up is said.
load helpers

bigcap=$root/${BUILD:-build}/bench/bigcap
measure=$root/${BUILD:-build}/bench/measure

setup() { cd "$BATS_TEST_TMPDIR"; }

# bounded KIND NUMBER MIB OPTION...: the most memory of `flows` on that traffic, or of $command.
bounded() {
    local kind=$1 number=$2 mib=$3 peak
    shift 3
    "$bigcap" "$kind" "$number" >big.pcap
    read -r _ _ peak < <("$measure" output "$tcpprobe" ${command:-flows --format csv} -q "$@" big.pcap)
    echo "$kind $number $*: $((peak / 1024)) MiB, may be $mib"
    [ "$peak" -gt 0 ] && [ "$peak" -le $((mib * 1024)) ]
    rm big.pcap
}

@test "a flood of SYNs, by evicting flows" {
    bounded flood 300000 64 --max-flows 1000
    "$bigcap" flood 5000 >big.pcap
    "$tcpprobe" flows --max-flows 1000 --format csv big.pcap >flows.csv 2>err
    [ "$(wc -l <flows.csv)" -le 5001 ]
    grep -q 4000 err
}

@test "many short connections: a KiB each" {
    bounded short 50000 $((64 + 50000 / 1024))
}

@test "a page of many short connections: two KiB each" {
    command="report -o page.html" bounded short 50000 $((64 + 2 * 50000 / 1024))
    [ -s page.html ]
}

@test "data that are never acknowledged, and numbers that jump" {
    bounded deaf 300000 64
    bounded jumps 300000 64
}
