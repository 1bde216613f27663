# Recordings of tests/data/lab: what we say of the packets against what the link did to them.
load helpers

lab=$root/tests/data/lab

setup() { cd "$BATS_TEST_TMPDIR"; }

# link NAME WHAT: what the link counted.
link() { sed -n "s/^$2=//p" "$lab/$1.link.txt"; }

# sum CAPTURE SENDER FIGURE: of what that address sent in the largest flow; iperf3 has another one for
# its talk, which the link treats the same but no count is kept of.
sum() {
    "$meanings" flows "$lab/$1.pcap.gz" 2>/dev/null | awk -F '\t' -v src="$2" -v name="$3" '
        $4 == "packets" && (size[$1] += $5) > most { most = size[$1]; largest = $1 }
        index($2, src ":") == 1 && $4 == name { value[$1] = $5 }
        END { print value[largest] + 0 }'
}

# is WHAT ACTUAL EXPECTED
is() { [ "$2" -eq "$3" ] || { echo "$1 is $2, not $3"; false; }; }

sender=10.9.0.1 receiver=10.9.0.2

@test "lost packets are sent again once each, and nothing else is" {
    is retransmitted "$(sum loss $sender retransmitted_segs)" "$(link loss forward_dropped_random)"
    is retransmitted "$(sum loss $sender retransmitted_segs)" "$(link loss retransmits)"
    is spurious "$(sum loss $sender spurious_segs)" 0
    is 'sent again' "$(sum queue $sender retransmitted_segs)" "$(link queue forward_dropped_queue)"
    is 'sent again' "$(sum ipv6 '[fd09::1]' retransmitted_segs)" "$(link ipv6 forward_dropped_random)"
    is 'sent again' "$(sum two-ways $sender retransmitted_segs)" "$(link two-ways forward_dropped_random)"
}

@test "where the lost ones never came by, their repair is told from reordering" {
    lost=$(link loss forward_dropped_random)
    is repairs "$(sum loss.far $sender repairs)" "$lost"
    is retransmitted "$(sum loss.far $sender retransmitted_segs)" 0
    is reordered "$(sum loss.far $sender reordered)" 0
    is ambiguous "$(sum loss.far $sender ambiguous)" 0
    "$meanings" flows "$lab/two-ways.pcap.gz" 2>/dev/null >figures
    is 'repairs of what came the other way' "$(awk -F '\t' -v src=$receiver: 'index($2, src) && $4 == "repairs" { sum += $5 } END { print sum }' figures)" \
        "$(link two-ways back_dropped_random)"
}

@test "what came late is reordering, and only that" {
    # what TCP sent again although it was only late did arrive twice
    again=$(sum reorder $sender retransmitted_segs)
    is 'sent again' "$again" "$(link reorder retransmits)"
    is spurious "$(sum reorder $sender spurious_segs)" "$again"
    is reordered "$(sum reorder.far $sender reordered)" "$(link reorder forward_reordered)"
    is repairs "$(sum reorder.far $sender repairs)" 0
    is ambiguous "$(sum reorder.far $sender ambiguous)" 0
    is 'sent again' "$(sum reorder.far $sender retransmitted_segs)" "$again"
}

@test "what the link doubled is a copy where it arrives, and a D-SACK where it was sent" {
    doubled=$(link duplicate forward_duplicated)
    is copies "$(sum duplicate.far $sender copies)" "$doubled"
    is 'sent again' "$(sum duplicate.far $sender retransmitted_segs)" 0
    is 'sent again' "$(sum duplicate $sender retransmitted_segs)" 0
    # the last one came to a socket that was closed: a reset, no D-SACK
    is D-SACKs "$(sum duplicate $sender dsack_packets)" $((doubled - 1))
}

@test "all of that at once" {
    again=$(sum everything $sender retransmitted_segs)
    is 'sent again' "$again" "$(link everything retransmits)"
    is 'needed ones' $((again - $(sum everything $sender spurious_segs))) "$(link everything forward_dropped_random)"
    is copies "$(sum everything.far $sender copies)" "$(link everything forward_duplicated)"
}

@test "marks of congestion" {
    marked=$(link ecn forward_marked)
    is CE "$(sum ecn.far $sender ce)" "$marked"
    is CE "$(sum ecn $sender ce)" 0
    is 'sent again' "$(sum ecn $sender retransmitted_segs)" 0
    [ "$(sum ecn $receiver ece)" -ge 1 ]
    [ "$(sum ecn $sender cwr)" -ge 1 ]
}

@test "both ends of the link saw the same connection" {
    for name in loss reorder duplicate ecn everything; do
        for figure in unique_bytes acked_bytes; do
            [ "$(sum $name $sender $figure)" -gt 100000 ]
        done
        is acked "$(sum $name.far $sender acked_bytes)" "$(sum $name $sender acked_bytes)"
    done
}

@test "a closed window, its probes, and a tail-loss probe that was not needed" {
    is 'closed windows' "$(sum zero-window $receiver zero_windows)" 3
    is probes "$(sum zero-window $sender window_probes)" 3
    is keep-alives "$(sum zero-window $sender keep_alives)" 0
    is 'sent again' "$(sum zero-window $sender retransmitted_segs)" 1
    is tail-loss "$(sum zero-window $sender cause_tlp)" 1
    is spurious "$(sum zero-window $sender spurious_segs)" 1
    is unique "$(sum zero-window $sender unique_bytes)" 150000
}

@test "keep-alives are neither data nor retransmissions" {
    is keep-alives "$(sum keep-alive $sender keep_alives)" 3
    is bytes "$(sum keep-alive $sender unique_bytes)" 5
    is payload "$(sum keep-alive $sender payload_bytes)" 5
    is 'sent again' "$(sum keep-alive $sender retransmitted_segs)" 0
}

@test "a 4-tuple that is used again is another flow" {
    "$meanings" flows "$lab/port-reuse.pcap.gz" 2>/dev/null >figures
    [ "$(awk -F '\t' '$4 == "syns"' figures | wc -l)" -eq 8 ]
    [ "$(awk -F '\t' '$4 == "unique_bytes" { print $5 }' figures | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = " 4 0; 4 12;" ]
    awk -F '\t' '$4 ~ /^(retransmitted_segs|syn_again)$/ { sum += $5 } END { exit sum != 0 }' figures
}

@test "one direction, or from the middle: what can still be said is the same" {
    for name in loss everything; do
        sent=$(sum $name $sender retransmitted_segs)
        bytes=$(sum $name $sender unique_bytes)
        perl "$BATS_TEST_DIRNAME/recapture.pl" only=$sender "$lab/$name.pcap.gz" data.pcap
        gzip -nf data.pcap
        lab=. is 'sent again' "$(lab=. sum data $sender retransmitted_segs)" "$sent"
        is unique "$(lab=. sum data $sender unique_bytes)" "$bytes"
        is copies "$(lab=. sum data $sender copies)" 0

        perl "$BATS_TEST_DIRNAME/recapture.pl" only=$receiver "$lab/$name.pcap.gz" acks.pcap
        gzip -nf acks.pcap
        is 'sent again' "$(lab=. sum acks $sender retransmitted_segs)" 0
        [ "$(lab=. sum acks $receiver packets)" -gt 100 ]

        perl "$BATS_TEST_DIRNAME/recapture.pl" from=60 "$lab/$name.pcap.gz" late.pcap
        gzip -nf late.pcap
        is 'sent again' "$(lab=. sum late $sender retransmitted_segs)" "$sent"
        is 'sent again' "$(lab=. sum late $receiver retransmitted_segs)" 0
    done
}

@test "packets that the capture lacks are gaps, never losses" {
    perl "$BATS_TEST_DIRNAME/recapture.pl" blank=0.05:7 "$lab/ecn.pcap.gz" holes.pcap
    gzip -nf holes.pcap
    is 'sent again' "$(lab=. sum holes $sender retransmitted_segs)" 0
    is repairs "$(lab=. sum holes $sender repairs)" 0
    missing=$(($(sum ecn $sender unique_bytes) - $(lab=. sum holes $sender unique_bytes)))
    [ "$missing" -gt 0 ]
    unseen=$(lab=. sum holes $sender unseen_bytes)
    # but for what was missing at the very end, which nothing shows
    [ "$unseen" -le "$missing" ] && [ "$unseen" -ge $((missing - 3000)) ] || { echo "$unseen of $missing"; false; }
}

@test "why a segment was sent again, against the state of the sender's kernel" {
    for name in timeouts-events probes-events; do
        perl "$BATS_TEST_DIRNAME/causes.pl" "$meanings" "$lab/$name.pcap.gz" "$lab/$name.log.gz"
    done
    perl "$BATS_TEST_DIRNAME/causes.pl" "$meanings" "$pairs/cubic-loss.pcap.gz" "$one_flow"
    perl "$BATS_TEST_DIRNAME/causes.pl" "$meanings" "$pairs/two-flows-ipv6.pcap.gz" "$two_flows"
}
