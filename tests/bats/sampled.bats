# What a socket's events sample: each sample counts the same, in figures and rows.
load helpers

lab=$root/tests/data/lab

setup() { cd "$BATS_TEST_TMPDIR"; }

@test "what tcp_rcvbuf_grow samples is what Perl counts" {
    log=$lab/rcvbuf-events.log.gz
    perl "$BATS_TEST_DIRNAME/sampled.pl" "$tcpprobe" "$log" "$log" | tee out
    [[ "$(tail -n 1 out)" =~ ^([0-9]+)" compared, 0 differ"$ ]]
    [ "${BASH_REMATCH[1]}" -ge 60 ]
    # It would see a difference.
    gzip -dc "$log" | sed '0,/ rtt_us=/s/ rtt_us=/ rtt_us=9/' >other
    perl "$BATS_TEST_DIRNAME/sampled.pl" "$tcpprobe" "$log" other | tee out
    [[ "$(tail -n 1 out)" != *" 0 differ" ]]
}

@test "the receiver's round-trip time lies between the link's and the sender's largest" {
    "$tcpprobe" flows -q --all --format json "$lab/rcvbuf-events.log.gz" >flows.json
    link_us=$(sed -n 's/^round_trip_us=//p' "$lab/rcvbuf-events.link.txt")
    set -- $(json flows.json 'map { @$_{qw(peer_rcv_rtt_min_us peer_rcv_rtt_p50_us
        peer_rcv_rtt_max_us srtt_max_us)} } grep { $_->{peer_rcv_rtt_samples} } @{ $d->{flows} }')
    echo "link $link_us, receiver $1 $2 $3, sender $4"
    # by timestamps of a millisecond, to the receiver's reading
    [ "$1" -ge $((link_us - 1000)) ]
    [ "$1" -le "$2" ] && [ "$2" -le "$3" ]
    [ "$3" -le $(($4 + 5000)) ]
}

@test "where the buffer's growth was not recorded, nothing is said of it" {
    "$tcpprobe" flows -q --all --format json "$one_flow" >flows.json
    [ "$(json flows.json 'grep { defined } map { @$_{qw(rcv_rtt_samples peer_rcv_rtt_samples peer_rcvbuf_max_bytes)} } @{ $d->{flows} }')" = '' ]
}
