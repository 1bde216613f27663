#!/usr/bin/env bats
# `export --fleet`: rows for a database of many hosts, against what the other commands say of the same files.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

both=("$samples/cubic-loss.log.gz" "$samples/cubic-loss.pcap.gz")
begin=2026-11-28T10:00:00Z

fleet() { "$tcpprobe" export -q --host h "$@"; }
# column NAME: of CSV without quotes.
column() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }'; }
id() { fleet --fleet recordings "$@" | column recording; }

@test "flows, figures, findings and episodes are those of flows, explain and the page" {
    for files in "${both[0]}" "${both[1]}" "${both[*]}"; do
        # shellcheck disable=SC2086 # words
        set -- $files
        fleet --fleet flows "$@" >flows
        "$tcpprobe" flows -q --format ndjson "$@" >theirs
        [ "$(perl "$BATS_TEST_DIRNAME/fleet.pl" flows flows theirs)" -ge 80 ]
        fleet --fleet figures "$@" >figures
        "$tcpprobe" flows -q --all --format ndjson "$@" >theirs
        [ "$(perl "$BATS_TEST_DIRNAME/fleet.pl" figures figures theirs)" -ge 500 ]
        fleet --fleet findings "$@" >findings
        "$tcpprobe" explain -q --top 0 --format ndjson "$@" >theirs
        offset=1795206224927776355
        [ "$1" = "${both[0]}" ] || offset=0
        perl "$BATS_TEST_DIRNAME/fleet.pl" findings findings theirs $offset
        fleet --fleet episodes "$@" >episodes
        "$tcpprobe" export -q --format page-json "$@" >page
        perl "$BATS_TEST_DIRNAME/fleet.pl" episodes episodes page
    done
}

@test "the weights of samples are those of the figures of flows" {
    metrics=snd_cwnd,srtt,inflight,ssthresh,wire_inflight,wire_pipe,wire_srtt
    for files in "${both[*]}" "$pairs/app-limited-bbr.pcap.gz"; do
        # shellcheck disable=SC2086 # words
        set -- $files
        fleet --fleet samples --metric $metrics "$@" >samples
        "$tcpprobe" flows -q --all --format ndjson "$@" >theirs
        [ "$(perl "$BATS_TEST_DIRNAME/fleet.pl" weights samples theirs)" -ge 20 ]
    done
    # All samples of export are there, and a weight only where a value holds.
    fleet --fleet samples "${both[0]}" | cut -d, -f5,6,9,10 | tail -n +2 | sort >mine
    "$tcpprobe" export -q "${both[0]}" | cut -d, -f2,3,5,6 | tail -n +2 | sort | cmp mine -
    [ "$(fleet --fleet samples --metric acked "${both[0]}" | column held_ns | sort -u)" = '\N' ]
}

@test "bins begin with seconds of the wall, and sum up to the samples" {
    fleet --fleet bins "${both[0]}" >bins
    [ "$(column time_ns <bins | grep -cv '000000000$')" -eq 0 ]
    [ "$(column samples <bins | awk '{ n += $1 } END { print n }')" -eq "$(("$("$tcpprobe" export -q "${both[0]}" | wc -l)" - 1))" ]
    # The same as --bin where seconds of the recording's clock are those of the wall: of captures.
    fleet --fleet bins "${both[1]}" | cut -d, -f5- | cut -d, -f1-3,5-11 | tail -n +2 | tr -d '\\N' | sort >mine
    "$tcpprobe" export -q --bin 1s "${both[1]}" | cut -d, -f2-11 | tail -n +2 | tr -d '\\N' | sort | diff mine -
    # Weights are times: of the congestion window at most a second of each.
    column held_ns <bins | grep -v N | awk '$1 > 1000000000 { exit 1 }'
    [ "$(fleet --fleet bins --bin 100ms "${both[0]}" | column time_ns | grep -c '[1-9]00000000$')" -gt 100 ]
}

@test "a recording has the same name wherever it lies, with and without its capture, and another than others" {
    name=$(id "${both[0]}")
    [[ $name =~ ^[0-9a-f]{16}$ ]]
    [ "$(id "${both[@]}")" = "$name" ] && [ "$(id "${both[1]}" "${both[0]}")" = "$name" ]
    cp "${both[0]}" "${both[1]}" .
    [ "$(id cubic-loss.log.gz)" = "$name" ]
    [ "$(id cubic-loss.pcap.gz)" = "$(id "${both[1]}")" ]
    [ "$(fleet --since 2 --filter 'port 5201' --fleet flows "${both[0]}" | column recording | sort -u)" = "$name" ]
    mv cubic-loss.pcap.gz other.pcap.gz
    [ "$(id other.pcap.gz)" != "$(id "${both[1]}")" ]
    # With a boot id the name of the file is of no account.
    { echo '# boot_id=37f8efe3-2480-47f3-9fdf-e8f457bfc261'; gzip -dc "${both[0]}"; } >a.log
    cp a.log b.log
    [ "$(id a.log)" = "$(id b.log)" ] && [ "$(id a.log)" != "$name" ]
    sed 's/37f8efe3/47f8efe3/' a.log >b.log
    [ "$(id a.log)" != "$(id b.log)" ]
}

@test "what a log's header says of the machine is in its row" {
    {
        printf '# tcpprobe=0.1.0 part=1\n# kernel=6.1.0-9 machine=x86_64\n# hostname=edge-7\n# boot_id=abc\n'
        printf '# net.ipv4.tcp_sack=1\n# net.ipv4.tcp_rmem=4096 131072 6291456\n# net.ipv4.tcp_sack=0\n# net.evil;=1\n'
        gzip -dc "${both[0]}"
    } >t.log
    "$tcpprobe" export -q --fleet recordings t.log >row
    [ "$(column host <row) $(column kernel <row) $(column boot_id <row)" = 'edge-7 6.1.0-9 abc' ]
    [ "$(column settings <row)" = 'net.ipv4.tcp_sack=1;net.ipv4.tcp_rmem=4096 131072 6291456' ]
    [ "$(column begin_ns <row)" = 1795209816919357355 ]
    [ "$("$tcpprobe" export -q --host other --load 12 --fleet recordings t.log | tail -n 1 | cut -d, -f1,2)" = 12,other ]
    sed 's/edge-7/edge-8/' t.log >u.log
    fails 2 "tcpprobe: these are recordings of two hosts, 'edge-7' and 'edge-8': export them one by one" export -q --same-clock --fleet flows t.log u.log
}

@test "what the reader said of the files is in the row of the recording" {
    [ -z "$(fleet --fleet recordings "${both[@]}" | column warnings)" ]
    head -c 60000 "${both[0]}" >t.log.gz
    said='gzip data ends early: the file is cut off; the last line is cut off and was not used'
    [ "$(fleet --fleet recordings t.log.gz "${both[1]}" | column warnings)" = "$said" ]
    head -c 60000 "${both[1]}" >t.pcap.gz
    [ "$(fleet --fleet recordings t.log.gz t.pcap.gz | column warnings)" = "$said; gzip data ends early: the file is cut off; the last packet is cut off and was not used" ]
}

@test "where the recording does not say who and when, it has to be told" {
    fails 2 'tcpprobe: nothing says when this was recorded: --begin TIME' export -q --host h --fleet flows "$samples/cubic.log.gz"
    fails 2 'tcpprobe: nothing says which host recorded this: --host NAME' export -q --begin $begin --fleet flows "$samples/cubic.log.gz"
    fails 2 'tcpprobe: the recording says when it was: --begin is not for it' export -q --host h --begin $begin --fleet flows "${both[0]}"
    [ "$(fleet --begin $begin --fleet recordings "$samples/cubic.log.gz" | column begin_ns)" = "$(date -d $begin +%s)000000000" ]
    fails 2 'tcpprobe: these are several recordings, which share no clock: export them one by one, or with --same-clock' \
        export -q --host h --fleet flows "${both[0]}" "$root/tests/data/lab/probes-events.log.gz"
    fails 2 'tcpprobe: --fleet reads its input twice, which standard input does not allow: name a file' export -q --host h --fleet flows -
}

@test "what --fleet does not go with" {
    fails 2 "tcpprobe: --fleet: 'x' is none of recordings, flows, figures, findings, episodes, bins, samples" export --fleet x t.log
    fails 2 "tcpprobe: --begin: '10' is not a time such as 2026-11-28T16:29:50Z" export --fleet flows --begin 10 t.log
    fails 2 'tcpprobe: --host: a name of 1 to 255 bytes is wanted' export --fleet flows --host '' t.log
    fails 2 'tcpprobe: --host, --begin and --load are of --fleet' export --load 1 t.log
    fails 2 'tcpprobe: --bin is of --fleet bins' export --fleet flows --bin 1s t.log
    fails 2 'tcpprobe: --metric is of --fleet bins and --fleet samples' export --fleet flows --metric srtt t.log
    fails 2 'tcpprobe: --fleet has columns and times of its own: neither --events, --wide, --group, --plotted, --time nor --format page-json' \
        export --fleet flows --time wall t.log
}

@test "other formats, and flows that leave the memory, lose no row" {
    [ "$(fleet --format ndjson --fleet figures "${both[0]}" | wc -l)" -eq $(($(fleet --fleet figures "${both[0]}" | wc -l) - 1)) ]
    few=(--max-flows 2 "$pairs/two-flows-ipv6.log.gz")
    [ "$(fleet --fleet flows "${few[@]}" | wc -l)" -eq "$("$tcpprobe" flows -q --format csv "${few[@]}" | wc -l)" ]
    [ "$(fleet --fleet samples "${few[@]}" | wc -l)" -eq "$("$tcpprobe" export -q "${few[@]}" | wc -l)" ]
    [ "$(fleet --fleet bins "${few[@]}" | column samples | awk '{ n += $1 } END { print n + 1 }')" -eq "$("$tcpprobe" export -q "${few[@]}" | wc -l)" ]
}

@test "DuckDB makes Parquet of it, as the manual page says, and reads the same numbers from it" {
    command -v duckdb >/dev/null || skip "needs duckdb, which Debian has not"
    line="$(sed -n '/^tcpprobe export -q --fleet samples .* |$/,/^\.Ed/p' "$root/src/man/tcpprobe.1" | grep -v '^\.Ed' | sed 's/\\e/\\/g')"
    cp "${both[0]}" t.log.gz
    PATH=${tcpprobe%/*}:$PATH bash -euo pipefail -c "$line"
    duckdb -csv -c "select count(*), count(held_ns), min(time_ns), sum(value) from 's.parquet'" | tail -n 1 >theirs
    "$tcpprobe" export -q --fleet samples --host edge-1 t.log.gz | perl -F, -lane 'next if $. == 1; $n++; $h++ if $F[10] ne "\\N"; $t = $F[3] if !defined $t || $F[3] < $t; $s += $F[9]; END { print "$n,$h,$t,$s" }' >mine
    diff mine <(tr -d '"' <theirs)
}
