# Recordings of the kernel's events and of the packets of the same seconds (tests/data/pairs): both
# say the same, and what iperf3 and the link say.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

names=(cubic-loss two-flows-ipv6 rwnd-limited app-limited-bbr)

log_of() { [ "$1" = cubic-loss ] && echo "$one_flow" || echo "$pairs/$1.log.gz"; }

# figures FILE...: NUMBER SRC DST NAME VALUE into `figures`.
figures() { "$meanings" flows "$@" >figures 2>notes || { cat notes; false; }; }

# of_data FIGURE: of each sender of a data flow, by its port.
of_data() {
    awk -F '\t' -v name="$1" 'NR == FNR { if ($4 ~ /^(kernel_acked_bytes|acked_bytes)$/ && $5 > 10000) data[$1 " " $2] = 1; next }
        $4 == name && data[$1 " " $2] { port = $2; sub(/.*:/, "", port); print port, $5 }' figures figures | sort -n | awk '{ print $2 }'
}

# same_as EXPECTED: standard input.
same_as() { diff <(printf '%s\n' $1) -; }

iperf() { json "$pairs/$1.iperf3.json" "map { $2 } @{ \$d->{end}{streams} }"; }

@test "segments sent again are iperf3's retransmits, for each flow" {
    for name in "${names[@]}"; do
        figures "$pairs/$name.pcap.gz"
        iperf "$name" '$_->{sender}{retransmits}' >expected
        of_data retransmitted_segs | diff expected -
        of_data retransmissions | diff expected -
        of_data spurious_segs | sort -u | same_as 0
        of_data reordered | sort -u | same_as 0
        of_data unseen_bytes | sort -u | same_as 0
    done
}

@test "acknowledged bytes are the kernel's and iperf3's with its cookie" {
    for name in "${names[@]}"; do
        figures "$pairs/$name.pcap.gz" "$(log_of "$name")"
        iperf "$name" '$_->{receiver}{bytes} + 37' >expected
        of_data acked_bytes | diff expected -
        of_data kernel_acked_bytes | diff expected -
    done
}

@test "kernel events and packets meet in the same flows" {
    for name in "${names[@]}"; do
        figures "$pairs/$name.pcap.gz"
        cut -f 2,3 figures | sort -u >of_packets
        figures "$(log_of "$name")"
        cut -f 2,3 figures | sort -u >of_events
        figures "$pairs/$name.pcap.gz" "$(log_of "$name")"
        cut -f 2,3 figures | sort -u | diff - of_packets
        diff of_events of_packets
        [ "$(cut -f 1 figures | sort -u | wc -l)" -eq $(($(wc -l <of_packets) / 2)) ]
    done
}

@test "the link lost what was sent again" {
    for name in "${names[@]}"; do
        figures "$pairs/$name.pcap.gz"
        lost=$(sed 's/.*drop_queue \([0-9]*\) drop_rand \([0-9]*\).*/\1 + \2/' "$pairs/$name.link.txt")
        sent=$(of_data retransmitted_segs | paste -sd +)
        # In cubic-loss one more at the end: the connection was reset before it was missed.
        [ "$name" != cubic-loss ] || sent="$sent + 1"
        [ $((lost)) -eq $((sent)) ] || {
            echo "$name: lost $lost, sent again $sent"
            false
        }
    done
}

limits=(unknown handshake rwnd app cwnd recovery pacing network)

# share ORIGIN LIMIT,...: of the judged time of each data flow, as a whole number of percent, rounded down.
share() {
    local limit
    for limit in "${limits[@]}"; do of_data "limit_$1_${limit}_ns" >"$limit.ns"; done
    paste "${limits[@]/%/.ns}" | awk -v of=",$2," -v names="${limits[*]}" '
        BEGIN { split(names, name, " ") }
        {
            sum = part = 0
            for (i = 1; i <= NF; i++) {
                sum += $i
                if (index(of, "," name[i] ",")) part += $i
            }
            printf "%d\n", 100 * part / sum
        }'
}

# limited FLOWS LEAST LIMIT ORIGIN...
limited() {
    local flows=$1 least=$2 limit=$3 origin
    shift 3
    for origin; do
        share "$origin" "$limit" >shares
        [ "$(wc -l <shares)" -eq "$flows" ]
        awk -v least="$least" '$1 < least { exit 1 }' shares || {
            echo "$limit by $origin: $(paste -s shares) % of the time, not $least"
            false
        }
    done
}

# Packets do not tell the congestion window from a pace, events do.
@test "what limits each of them, by its events, by its packets and by both" {
    while read -r name flows least kernel packets; do
        figures "$(log_of "$name")"
        limited "$flows" "$least" "$kernel" kernel
        figures "$pairs/$name.pcap.gz"
        limited "$flows" "$least" "$packets" packets
        figures "$pairs/$name.pcap.gz" "$(log_of "$name")"
        limited "$flows" "$least" "$kernel" kernel
        limited "$flows" "$least" "$packets" packets
    done <<'END'
rwnd-limited 1 90 rwnd rwnd
cubic-loss 1 95 cwnd,recovery network,recovery
two-flows-ipv6 2 95 cwnd,recovery network,recovery
app-limited-bbr 1 90 app app
END
}

@test "both origins agree on what is in flight, at each event, within a segment" {
    for name in "${names[@]}"; do
        "$meanings" probes "$pairs/$name.pcap.gz" "$(log_of "$name")" 2>/dev/null >events
        perl "$BATS_TEST_DIRNAME/inflight.pl" events
    done
}

@test "round-trip times of packets are the kernel's" {
    for name in "${names[@]}"; do
        figures "$pairs/$name.pcap.gz" "$(log_of "$name")"
        # Medians over time: of a flow that pauses, samples are another population than its states.
        paste <(of_data srtt_p50) <(of_data wire_srtt_p50) >medians
        [ -s medians ]
        awk '$2 < 0.97 * $1 || $2 > 1.03 * $1 { wrong = 1 } END { exit wrong }' medians || {
            cat medians
            false
        }
    done
}
