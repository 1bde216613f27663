#!/usr/bin/env bats
# scripts/fleet with two ClickHouse servers on loopback: schema, loader, queries. With FLEET=all (make check-fleet)
# also the demo's eight hosts, and servers that are killed between and during loads.
bats_require_minimum_version 1.5.0
load helpers

fleet=$BATS_TEST_DIRNAME/../../scripts/fleet
runs=$BATS_TEST_DIRNAME/../data/runs
lab=$BATS_TEST_DIRNAME/../data/lab
tables=(recordings flows figures findings episodes bins samples)

setup_file() {
    export TCPPROBE=$tcpprobe PATH=$PATH:/usr/sbin
    command -v clickhouse-server >/dev/null && command -v clickhouse-client >/dev/null || return 0
    export FLEET_SERVER FLEET_FOLDER=$BATS_FILE_TMPDIR/servers
    FLEET_SERVER=$("$fleet/servers" start "$FLEET_FOLDER") || { cat "$FLEET_FOLDER"/*/log.err && return 1; }
    "$fleet/schema"
}

teardown_file() {
    [ -z "${FLEET_FOLDER:-}" ] || "$fleet/servers" stop "$FLEET_FOLDER"
    [ ! -e "$BATS_FILE_TMPDIR/demo/port" ] || "$fleet/servers" stop "$BATS_FILE_TMPDIR/demo"
    [ ! -e "$BATS_FILE_TMPDIR/a & <b>" ] || "$fleet/servers" stop "$BATS_FILE_TMPDIR/a & <b>"
}

setup() {
    [ -n "${FLEET_SERVER:-}" ] || skip "needs clickhouse-server and clickhouse-client"
    cd "$BATS_TEST_TMPDIR"
}

ask() { clickhouse-client --host 127.0.0.1 --port "${FLEET_SERVER#*:}" --database tcpprobe --query "$1"; }
# What queries see of each table.
counts() {
    local table all=
    for table in "${tables[@]}"; do all+="${all:+ union all }select '$table' as t, count() as c from $table"; done
    ask "select * from ($all) order by t"
}
# What each file has.
expected() { # HOST BEGIN FILES... , of each in one line of standard input
    local host begin files table told
    while read -r host begin files; do
        told=(--host "$host")
        [ "$begin" = - ] || told+=(--begin "$begin")
        # shellcheck disable=SC2086 # words
        for table in "${tables[@]}"; do echo "$table $(($("$tcpprobe" export -q --fleet $table "${told[@]}" $files | wc -l) - 1))"; done
    done | sum
}
only() { local tables=("$@"); expected; }
sum() { awk '{ n[$1] += $2 } END { for (t in n) print t "\t" n[t] }' | LC_ALL=C sort; }
load_list() {
    local host begin files told
    while read -r host begin files; do
        told=(--host "$host")
        [ "$begin" = - ] || told+=(--begin "$begin")
        # shellcheck disable=SC2086 # words
        "$fleet/load" --quiet --samples all "${told[@]}" $files
    done
}
answers() {
    local query
    mkdir -p answers
    for query in "$fleet"/queries/*.sql; do "$fleet/query" "$(basename "$query" .sql)" >"answers/$(basename "$query" .sql).tsv"; done
}
small() {
    echo "a 2026-11-28T10:00:00Z $runs/loss-1pct-00.log.gz"
    echo "a 2026-11-28T13:00:00Z $runs/loss-1pct-03.log.gz"
}

@test "rows on both servers, and every query answers what flows, explain and compare say" {
    small | load_list
    diff <(small | expected) <(counts)
    for n in 1 2; do
        [ "$(clickhouse-client --host 127.0.0.$n --port "${FLEET_SERVER#*:}" --query 'select count() from tcpprobe.recordings_local')" -ge 1 ]
    done
    answers
    small >list
    perl "$BATS_TEST_DIRNAME/fleet_truth.pl" list answers
}

@test "loading again changes nothing, in place of it neither" {
    before=$(counts)
    small | head -n 1 | { read -r host begin file && "$fleet/load" --host "$host" --begin "$begin" "$file"; } 2>said
    grep -q '^a [0-9a-f]*: is there already$' said
    small | head -n 1 | { read -r host begin file && "$fleet/load" --quiet --again --samples all --host "$host" --begin "$begin" "$file"; }
    [ "$(counts)" = "$before" ]
    # The rows of the load before are there, and nobody sees them.
    [ "$(ask 'select count() from recordings_all')" -eq 3 ]
}

# A program whose rows of samples stop halfway until the file `go` is there; then they go on, or end with the
# file's word.
stalling() {
    cat >stalling <<END
#!/bin/bash
[[ "\$*" = *'--fleet samples'* ]] || exec "$tcpprobe" "\$@"
"$tcpprobe" "\$@" | {
    sed -u 1500q
    touch "$PWD/halfway"
    for ((i = 0; i < 1200; i++)); do [ ! -e "$PWD/go" ] || break; sleep 0.05; done
    [ "\$(cat "$PWD/go")" != die ] || kill -9 \$\$
    cat
}
END
    chmod +x stalling
    rm -f halfway go
}
# In small blocks, so that there is something of it on the server.
small_blocks='clickhouse-client --max_insert_block_size=200 --min_insert_block_size_rows=1 --min_insert_block_size_bytes=1'
await() { # FILE
    for _ in {1..1200}; do [ ! -e "$1" ] || return 0; sleep 0.05; done
    return 1
}

@test "a load that is cut in the middle counts for nothing, and once it is whole for all" {
    before=$(counts)
    stalling
    echo die >go
    status=0
    FLEET_CLIENT=$small_blocks TCPPROBE=$PWD/stalling "$fleet/load" --quiet --tables flows,samples --host c "$lab/rcvbuf-events.log.gz" 2>said || status=$?
    cat said
    [ "$status" -eq 2 ] && grep -q '^load: c [0-9a-f]*: samples: the load was cut, and nothing of it counts$' said
    [ "$(ask "select count() from samples_all where host = 'c'")" -gt 0 ]
    [ "$(counts)" = "$before" ]
    "$fleet/load" --quiet --tables flows,samples --host c "$lab/rcvbuf-events.log.gz"
    diff <({ small | expected; echo "c - $lab/rcvbuf-events.log.gz" | only recordings flows samples; } | sum) <(counts)
}

@test "a loader that is killed with all that it started, and what is swept (make check-fleet)" {
    [ "${FLEET:-}" = all ] || skip "only with make check-fleet"
    before=$(counts)
    stalling
    FLEET_CLIENT=$small_blocks TCPPROBE=$PWD/stalling setsid "$fleet/load" --quiet --samples all --host b "$lab/timeouts-events.log.gz" 3>&- &
    loader=$!
    await halfway
    kill -9 -- -$loader
    wait $loader || true
    [ "$(counts)" = "$before" ]
    "$fleet/load" --quiet --again --samples all --host c "$lab/rcvbuf-events.log.gz"
    diff <({ small; echo "c - $lab/rcvbuf-events.log.gz"; } | expected) <(counts)
    before=$(counts)
    "$fleet/sweep" --older 0
    [ "$(counts)" = "$before" ]
    [ "$(ask 'select count() from recordings_all')" -eq 3 ]
    [ "$(ask "select count() from samples_all where host in ('b', 'c')")" -eq "$(ask "select count() from samples where host = 'c'")" ]
    [ -z "$("$fleet/query" incomplete | tail -n +2)" ]
}

@test "what load and query are told that cannot be" {
    run -2 "$fleet/load" --tables flows,nothing x
    [ "$output" = "load: --tables: there is no table 'nothing'" ]
    run -2 "$fleet/load" --tables flows,bins,flows x
    [ "$output" = "load: --tables: 'flows' is there twice" ]
    for none in '' flows, ,; do
        run -2 "$fleet/load" --tables "$none" x
        [ "$output" = "load: --tables: '$none' is no list of tables, with a comma between them" ]
    done
    run -2 "$fleet/load" --host a no-such-file
    [ "$output" = 'tcpprobe: no-such-file: cannot open: No such file or directory' ]
    run -2 "$fleet/load" "$runs/loss-1pct-00.log.gz"
    [ "$output" = 'tcpprobe: nothing says when this was recorded: --begin TIME' ]
    run -2 "$fleet/query" hourly "metric=x' or 1"
    [ "$output" = "query: metric: 'x' or 1' is no name" ]
    run -2 "$fleet/query" hourly port=1
    [ "$output" = "query: 'port=1' is no parameter=value of this query" ]
    [ "$("$fleet/query" --list | grep -c '^[a-z]')" -eq "$(ls "$fleet"/queries/*.sql | wc -l)" ]
    FLEET_SERVER=127.0.0.1:1 run -2 "$fleet/load" --host b "$lab/timeouts-events.log.gz"
    [ "${#lines[@]}" -le 2 ] && [[ ${lines[0]} = *'Connection refused'* ]]
}

@test "what is given to a query is of its parameter's kind, and some recording has it" {
    for wrong in 'top=5 -- x' 'top=5 union all select 1' top= top=-1 'least_bytes=0 or 1'; do
        run -2 "$fleet/query" worst-retransmits "$wrong"
        [ "$output" = "query: ${wrong%%=*}: '${wrong#*=}' is no whole number" ]
    done
    for wrong in =3 'a[$(id)]=1' tops=1 top; do
        run -2 "$fleet/query" worst-retransmits "$wrong"
        [ "$output" = "query: '$wrong' is no parameter=value of this query" ]
    done
    for wrong in 2026-13-28T12:00:00Z 12 '2026-11-28 12:00:00 or 1'; do
        run -2 "$fleet/query" before-after "at=$wrong"
        [ "$output" = "query: at: '$wrong' is no time of UTC such as 2026-11-28T16:29:50Z" ]
    done
    for wrong in by=net.ipv4.nothing figure=nothing; do
        run -2 "$fleet/query" before-after $wrong
        [ "$output" = "query: ${wrong%=*}: no recording has '${wrong#*=}'" ]
    done
    run -2 "$fleet/query" hourly metric=nothing
    [ "$output" = "query: metric: no recording has 'nothing'" ]
    [ "$("$fleet/query" worst-retransmits top=1 least_bytes=0 | wc -l)" -eq 2 ]
    "$fleet/query" before-after at=2026-11-28T12:00:00Z figure=bytes by=begin >given
    "$fleet/query" before-after 'at=2026-11-28 12:00:00' figure=bytes | diff given -
    [ "$(cut -f1 given | tr '\n' ' ')" = 'state before after ' ]
}

@test "what sweep is told that cannot be, and a server that does not do it" {
    before=$(counts)
    for wrong in '--keep 99999999999999999999' '--keep 36526' '--keep -1' '--keep x' '--older 876601'; do
        # shellcheck disable=SC2086 # words
        run -2 "$fleet/sweep" $wrong
        [ "$output" = "sweep: ${wrong% *}: '${wrong#* }' is no whole number up to a hundred years" ]
    done
    run -2 "$fleet/sweep" --keep
    [ "$output" = 'sweep: --keep: how many?' ]
    FLEET_DATABASE=nothing run -2 "$fleet/sweep"
    [[ $output = *"sweep: $FLEET_SERVER: cannot ask for rows of flows" ]]
    FLEET_CLUSTER=nothing run -2 "$fleet/sweep"
    [ "$output" = "sweep: $FLEET_SERVER knows no cluster 'nothing'" ]
    "$fleet/sweep" --keep 36525 --older 876600
    [ "$(counts)" = "$before" ]
}

@test "the columns of the tables are those of the rows" {
    for table in "${tables[@]}"; do
        "$tcpprobe" export -q --host h --fleet $table "$lab/timeouts-events.log.gz" | head -n 1 | tr , '\n' | sed "s/^/${table}_local /"
    done | LC_ALL=C sort >rows
    ask "select concat(table, ' ', name) from system.columns where database = 'tcpprobe' and match(table, '_local$') and name != 'day' and not match(name, '^rows_')" | LC_ALL=C sort | diff rows -
}

@test "a server that is killed between and during loads: what is whole counts, exactly (make check-fleet)" {
    [ "${FLEET:-}" = all ] || skip "only with make check-fleet"
    before=$(counts)
    name=$("$tcpprobe" export -q --host d --fleet recordings "$lab/probes-events.log.gz" | tail -n 1 | cut -d, -f3)
    shard=$(ask "select cityHash64('d', '$name') % 2 + 1")
    # Between.
    kill -9 "$(cat "$FLEET_FOLDER/$shard/pid")"
    run -2 "$fleet/load" --samples all --host d "$lab/probes-events.log.gz"
    "$fleet/servers" restart "$FLEET_FOLDER" "$shard"
    [ "$(counts)" = "$before" ]
    # During, with some of its rows written.
    stalling
    status=0
    { FLEET_CLIENT=$small_blocks TCPPROBE=$PWD/stalling "$fleet/load" --quiet --samples all --host d "$lab/probes-events.log.gz" 3>&- || echo $? >status; } &
    await halfway
    kill -9 "$(cat "$FLEET_FOLDER/$shard/pid")"
    touch go
    wait $!
    [ "$(cat status)" -eq 2 ]
    "$fleet/servers" restart "$FLEET_FOLDER" "$shard"
    [ "$(counts)" = "$before" ]
    # Whole at last, and still so after one more kill of each.
    "$fleet/load" --quiet --samples all --host d "$lab/probes-events.log.gz"
    for n in 1 2; do
        kill -9 "$(cat "$FLEET_FOLDER/$n/pid")"
        "$fleet/servers" restart "$FLEET_FOLDER" $n
    done
    diff <({ small; echo "c - $lab/rcvbuf-events.log.gz"; echo "d - $lab/probes-events.log.gz"; } | expected) <(counts)
    "$fleet/sweep" --older 0
    diff <({ small; echo "c - $lab/rcvbuf-events.log.gz"; echo "d - $lab/probes-events.log.gz"; } | expected) <(counts)
}

@test "samples of connections in trouble only, and days that are kept (make check-fleet)" {
    [ "${FLEET:-}" = all ] || skip "only with make check-fleet"
    "$fleet/load" --quiet --samples troubled --host t "$samples/cubic-loss.pcap.gz"
    [ "$(ask "select groupUniqArray(flow) from samples where host = 't'")" = '[2]' ]
    [ "$(ask "select count() from flows where host = 't'")" -eq 2 ]
    "$fleet/load" --quiet --again --tables bins --bin 10s --metrics srtt,acked --host t "$samples/cubic-loss.pcap.gz" "$samples/cubic-loss.log.gz"
    [ "$(ask "select arraySort(groupUniqArray(metric)) from bins where host = 't' and recording in (select recording from recordings where host = 't' and files like '%log%')")" = "['acked','srtt']" ]
    [ "$(ask "select max(time_ns % 10000000000) from bins where host = 't' and recording in (select recording from recordings where host = 't' and files like '%log%')")" -eq 0 ]
    before=$(counts)
    "$fleet/sweep" --keep 1
    [ "$(counts)" = "$before" ]
    day=$(ask "select toDate(now()) - 5")
    ask "insert into flows_all (load, host, recording, flow) values (1000000000000000000, 'old', 'x', 1)"
    sleep 0.5
    for _ in {1..100}; do [ "$(ask "select count() from flows_all where host = 'old'")" -eq 0 ] || break; sleep 0.1; done
    "$fleet/sweep" --older 800000 --keep 5
    [ "$(ask "select count() from flows_all where host = 'old'")" -eq 0 ]
    [ "$(counts)" = "$before" ]
}

@test "a file that was cut off is doubtful, and the whole one is loaded in place of it" {
    head -c 60000 "$samples/cubic-loss.log.gz" >t.log.gz
    "$fleet/load" --quiet --tables flows --host cut t.log.gz
    "$fleet/query" doubtful | grep -P '^cut\t[0-9a-f]*\tt.log.gz\t0\t0\tgzip data ends early: the file is cut off; the last line is cut off and was not used$'
    cp "$samples/cubic-loss.log.gz" t.log.gz
    "$fleet/load" --tables flows --host cut t.log.gz 2>said
    grep '^cut [0-9a-f]*: is there with 3115 records, these files have 6370 or another end: they are loaded in place of it$' said
    [ "$(ask "select groupArray(records) from recordings where host = 'cut'")" = '[6370]' ]
    [ "$("$fleet/query" doubtful | grep -c '^cut')" -eq 0 ]
    "$fleet/load" --tables flows --host cut t.log.gz 2>said
    grep -q '^cut [0-9a-f]*: is there already$' said && [ "$(wc -l <said)" -eq 1 ]
    [ "$(ask "select count() from recordings_all where host = 'cut'")" -eq 2 ]
}

@test "files of any name" {
    cp "$samples/cubic-loss.pcap.gz" -- -dash.pcap.gz
    cp "$samples/cubic-loss.log.gz" $'two\nlines.log.gz'
    "$fleet/load" --quiet --tables flows --samples troubled --host names -- -dash.pcap.gz
    "$fleet/load" --quiet --tables flows --host names $'two\nlines.log.gz'
    "$fleet/load" --tables flows --host names $'two\nlines.log.gz' 2>said
    grep -q '^names [0-9a-f]*: is there already$' said
    [ "$(ask "select arraySort(groupArray(files)) from recordings where host = 'names'")" = "['-dash.pcap.gz','two\\nlines.log.gz']" ]
}

@test "a load that is ended with all that it started says nothing" {
    stalling
    FLEET_CLIENT=$small_blocks TCPPROBE=$PWD/stalling setsid "$fleet/load" --quiet --samples all --host ended "$lab/timeouts-events.log.gz" >said 2>&1 3>&- &
    loader=$!
    await halfway
    kill -- -$loader
    status=0
    wait $loader || status=$?
    [ "$status" -eq 143 ] && [ ! -s said ]
    [ "$(ask "select count() from recordings_all where host = 'ended'")" -eq 0 ]
}

@test "servers of a folder of any name are started once, and what cannot be started or ended is said" {
    folder="$BATS_FILE_TMPDIR/a & <b>"
    FLEET_SERVER=$("$fleet/servers" start "$folder" 1)
    "$fleet/schema"
    [ "$(ask 'select count() from recordings')" -eq 0 ]
    pid=$(cat "$folder/1/pid")
    run -2 "$fleet/servers" start "$folder"
    [ "$output" = "servers: the servers of '$folder' run: stop them first" ]
    [ "$(cat "$folder/1/pid")" = "$pid" ]
    run -2 "$fleet/servers" restart "$folder" 2
    [ "$output" = "servers: no server 2 was started in '$folder'" ]
    # A process of that number that is no server of this folder is left alone.
    "$fleet/servers" stop "$folder"
    not kill -0 "$pid"
    sleep 60 3>&- &
    other=$!
    echo $other >"$folder/1/pid"
    "$fleet/servers" stop "$folder"
    kill $other
    for what in 'stop none' 'restart none 1'; do
        # shellcheck disable=SC2086 # words
        run -2 "$fleet/servers" $what
        [ "$output" = "servers: there is no folder 'none'" ]
    done
}

@test "the demo: eight hosts on two shards, every query equals the commands (make check-fleet)" {
    [ "${FLEET:-}" = all ] || skip "only with make check-fleet"
    (cd "$root" && TCPPROBE=$tcpprobe "$fleet/demo" --keep "$BATS_FILE_TMPDIR/demo") >said 3>&- || { cat said; false; }
    eval "$(tail -n 1 said)"
    answers
    [ "$(ask 'select uniqExact(host) from recordings')" -eq 8 ]
    (cd "$root" && grep -v '^#' scripts/fleet/recordings | expected) >theirs
    counts | diff theirs -
    (cd "$root" && perl "$BATS_TEST_DIRNAME/fleet_truth.pl" scripts/fleet/recordings "$BATS_TEST_TMPDIR/answers")
    [ "$(grep -c '^== ' said)" -eq "$(ls "$fleet"/queries/*.sql | wc -l)" ]
}
