#!/usr/bin/env bats
# tcpprobe compare: which flows of a recording play which role, and what is told of the recording.
load helpers

setup() {
    pairs="$root/tests/data/pairs"
}

# The roles of a file against itself and how many flows each has: "NAME=FLOWS ...".
roles_of() {
    local file="$1"
    shift
    "$tcpprobe" compare -q --min-bytes 1 --undecided 0 --format json "$@" "$file" -- "$file" |
        perl -MJSON::PP -0ne 'print join " ", map { my $role = $_;
            map { "$role->{role}=$_->{base}" } grep { $_->{metric} eq "flows" } @{$_->{metrics}}
        } @{decode_json($_)->{roles}}'
}

@test "a figure tells the iperf3 control connection from the data" {
    for file in app-limited-bbr.log.gz rwnd-limited.log.gz two-flows-ipv6.log.gz \
        app-limited-bbr.pcap.gz rwnd-limited.pcap.gz; do
        echo "$file"
        flows=1
        [[ "$file" == two* ]] && flows=2
        [ "$(roles_of "$pairs/$file" --role 'data=bytes >= 10k' --role 'control=bytes < 10k')" = \
            "control=1 data=$flows" ]
    done
}

@test "the first role that a flow matches is its own, and who matches none is not compared" {
    file="$pairs/app-limited-bbr.log.gz"
    [ "$(roles_of "$file" --role 'all=bytes > 0' --role 'never=bytes > 1M')" = "all=2" ]
    [ "$(roles_of "$file" --role 'big=dport == 5201 && bytes > 1M')" = "big=1" ]
    [ "$(roles_of "$file" --role 'slow=goodput_bps < 0.1M && snd_cwnd_p50_segs > 1')" = "slow=1" ]
    # No packets here: what they would have said is not known, and neither equal nor different.
    [ "$(roles_of "$file" --role 'wire=wire_acked_bytes != 1 || wire_acked_bytes == 1')" = "" ]
    [ "$(roles_of "$file" --role 'none=!(wire_acked_bytes != 1)')" = "none=2" ]
    # The flow that began first began at 0, the other some time later.
    [ "$(roles_of "$file" --role 'first=start_ns == 0' --role 'later=start_ns > 10M')" = \
        "first=1 later=1" ]
}

@test "a role that cannot be understood is answered with what may have been meant, and where" {
    run "$tcpprobe" compare --role 'bulk=dport == 5201 && byts > 1M' a -- b
    [ "$status" -eq 2 ]
    [ "${lines[0]}" = "tcpprobe: --role bulk: unknown field 'byts': did you mean bytes?" ]
    [ "${lines[1]}" = "dport == 5201 && byts > 1M" ]
    [ "${lines[2]}" = "                 ^" ]
    run "$tcpprobe" compare --role 'bulk=srtt > 5' a -- b
    [ "$status" -eq 2 ]
    [[ "$output" == *"unknown field 'srtt': did you mean srtt_"* ]]
    run "$tcpprobe" compare --role 'bulk=bytes > 5 MB' a -- b
    [ "$status" -eq 2 ]
    [[ "$output" == *"expected && or ||, found 'MB'"* ]]
    # Texts are no numbers.
    run "$tcpprobe" compare --role 'bulk=opener == src' a -- b
    [ "$status" -eq 2 ]
    [[ "$output" == *"unknown field 'opener'"* ]]
}

# A log with a header as the recorder writes it.
log_of() {
    printf '# tcpprobe=0 part=1\n# kernel=%s machine=x\n# command=kernel=6.6.6\n' "$1"
    gzip -dc "$pairs/rwnd-limited.log.gz"
}

@test "other kernels are noted in each report, kept in baselines, and refuse nothing" {
    cd "$BATS_TEST_TMPDIR"
    log_of 6.1.0-17 >a.log
    log_of 6.18.5 >b.log
    note="the runs are of different kernels: base 6.1.0-17, new 6.18.5"
    run "$tcpprobe" compare -q a.log -- b.log
    [ "$status" -eq 3 ]
    [[ "$output" == "UNDECIDED: "*"note: $note"* ]]
    run "$tcpprobe" compare -q --format markdown a.log -- b.log
    [[ "$output" == *"Note: $note."* ]]
    run "$tcpprobe" compare -q --format json a.log -- b.log
    [[ "$output" == *"\"note\": \"$note\""* ]]
    run "$tcpprobe" compare -q --format json a.log -- a.log
    [[ "$output" == *'"note": ""'* ]]
    "$tcpprobe" compare -q --write-baseline base.json a.log
    grep -q '"kernel":"6.1.0-17"' base.json
    run "$tcpprobe" compare -q --base base.json b.log
    [[ "$output" == *"note: $note"* ]]
}
