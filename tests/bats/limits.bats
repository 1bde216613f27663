# What limits a sender, against a second implementation after the kernel's own rule (limits.pl).
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

runs=$root/tests/data/runs

# shares FILE: PORT LIMITED_BY CWND RECOVERY PACING NETWORK of each data flow, in percent.
shares() {
    "$tcpprobe" flows -q --all --format json "$1" >flows.json
    json flows.json 'map { join " ", $_->{src} =~ /(\d+)$/, $_->{limited_by}, map { sprintf "%.1f", 100 * $_ } @$_{qw(limit_cwnd_share limit_recovery_share limit_pacing_share limit_network_share)} } grep { $_->{bytes} > 20000 } @{ $d->{flows} }' | sort -n
}

# agree FILE: cwnd and recovery together are the round trips with a full window or repairs, within 4
# percent of the time; recovery is the time of the congestion states, within 3; and all parts together
# the network, but for its first round trips, in which the segment size is not known.
agree() {
    perl "$BATS_TEST_DIRNAME/limits.pl" "$1" >expected
    [ -s expected ]
    shares "$1" | join - expected >both
    [ "$(wc -l <both)" -eq "$(wc -l <expected)" ]
    awk 'function far(a, b, by) { return a - b > by || b - a > by }
        far($3 + $4, $7, 4) || far($4, $8, 3) || far($3 + $4 + $5, $6, 2) { print; bad = 1 } END { exit bad }' both
}

@test "cwnd is what the kernel takes for it, recovery what its states say" {
    for file in "$samples/cubic.log.gz" "$one_flow" "$runs"/*.log.gz "$pairs/two-flows-ipv6.log.gz"; do
        agree "$file" || { echo "$file"; false; }
    done
}

@test "BBR is limited by its pace, cubic and reno by their window" {
    shares "$runs/bbr-03.log.gz" >out
    awk '$2 != "pacing" || $3 > 10 || $5 < 80 { print; exit 1 }' out
    for file in "$samples/cubic.log.gz" "$runs/reno-00.log.gz" "$runs/half-buffer-00.log.gz"; do
        shares "$file" >out
        awk '$2 != "cwnd" || $3 + $4 < 98 || $5 > 1 { print; exit 1 }' out
    done
}

@test "packets do not show the congestion window: the sum, and what recovery is of it" {
    "$tcpprobe" flows -q --all --format json "$samples/cubic-loss.pcap.gz" >flows.json
    [ "$(json flows.json 'map { $_->{limited_by}, map { $_ // "none" } @$_{qw(limit_cwnd_share limit_pacing_share kernel_limit_network_share)} } grep { $_->{bytes} > 20000 } @{ $d->{flows} }' | paste -sd' ')" = "network none none none" ]
    json flows.json 'map { abs($_->{wire_limit_recovery_share} - $_->{wire_recovery_share}) < 0.03 ? "near" : "far" } grep { $_->{bytes} > 20000 } @{ $d->{flows} }' | grep -qx near
    json flows.json 'map { $_->{wire_limit_network_share} > $_->{wire_limit_recovery_share} + 0.8 ? "more" : "not" } grep { $_->{bytes} > 20000 } @{ $d->{flows} }' | grep -qx more
}

# Segments are 12 bytes shorter than the handshake says, as where the path carries less than the link.
@test "full segments may be smaller than the handshake lets them be" {
    for of in "$samples/cubic-loss" "$pairs/two-flows-ipv6" "$pairs/app-limited-bbr"; do
        for how in timestamps=no "timestamps=no family=6 format=pcapng"; do
            for file in "$of.pcap.gz" other; do
                [ $file != other ] || perl "$BATS_TEST_DIRNAME/recapture.pl" $how "$of.pcap.gz" other
                "$tcpprobe" flows -q --top 1 --format json "$file" |
                    json /dev/stdin 'map { sprintf "%s %.1f", $_->{limited_by}, $_->{limited_share} } @{ $d->{flows} }'
            done | uniq >out
            cat out
            [ "$(wc -l <out)" = 1 ]
        done
    done
}

# ssthresh FILE: whether the picture shows it, and how many figures beta has.
ssthresh() {
    mkdir -p drivers
    ln -sf /usr/lib/*/plplot*/drivers/svg.* drivers/ # the driver that keeps texts
    PLPLOT_DRV_DIR=$PWD/drivers "$tcpprobe" plot -q --format svg -o picture.svg "$1"
    perl -nle 'next unless /<tspan[^>]*>([^<]*)/; ($_ = $1) =~ s/&#x(\w\w);/chr hex $1/gei; print' picture.svg >texts
    grep -qx cwnd texts || return
    "$tcpprobe" flows -q --all --format json "$1" >flows.json
    echo "$(grep -qx ssthresh texts && echo drawn || echo none) $(json flows.json 'scalar grep { defined $_->{beta} } @{ $d->{flows} }')"
}

@test "what BBR does not use is neither drawn nor a factor of decrease" {
    [ "$(ssthresh "$runs/bbr-03.log.gz")" = "none 0" ]
    [ "$(ssthresh "$samples/cubic.log.gz")" = "drawn 1" ]
    # from its middle on: finite, and the same after each decrease
    gzip -dc "$runs/bbr-03.log.gz" | awk '/^#/ || ++n > 1500' >middle.log
    head -n 200 middle.log >head.log
    not grep -q ssthresh=2147483647 head.log
    [ "$(ssthresh middle.log)" = "none 0" ]
    # the log says what it is
    { echo '# clock=mono congestion_control=bbr'; gzip -dc "$samples/cubic.log.gz"; } >named.log
    [ "$(ssthresh named.log)" = "none 0" ]
}

@test "until BBR's threshold is finite it starts up" {
    "$tcpprobe" flows -q --all --format json "$runs/bbr-03.log.gz" >flows.json
    [ "$(json flows.json 'map { $_->{slow_start_ns} } grep { $_->{bytes} > 20000 } @{ $d->{flows} }')" -gt 500000000 ]
    [ "$(json flows.json 'map { $_->{slow_start_ns} } grep { $_->{bytes} > 20000 } @{ $d->{flows} }')" -lt 600000000 ]
}

# without EVENT FILE: the log without these events.
without() { gzip -dc "$2" | grep -v "$1"; }

# near FULL LOG POINTS: no share of the two, cwnd, recovery, pacing and the sum, is further apart.
near() {
    shares "$1" >full
    shares "$2" | join full - >both
    [ -s both ] || return 1
    awk -v by="$3" 'function far(a, b) { return a - b > by || b - a > by }
        far($3, $8) || far($4, $9) || far($5, $10) || far($6, $11) { print; bad = 1 } END { exit bad }' both
}

@test "without changes of the congestion state, retransmissions and ssthresh tell recovery" {
    for file in "$samples/cubic.log.gz" "$one_flow" "$runs"/*.log.gz "$pairs/two-flows-ipv6.log.gz"; do
        without tcp_cong_state_set "$file" >log
        near "$file" log 0.4 || { echo "$file"; false; }
        without 'tcp_cong_state_set\|tcp_retransmit_skb' "$file" >log
        [[ "$file" == *bbr* ]] || near "$file" log 0.8 || { echo "$file, probes"; false; }
    done
}

@test "of probes alone BBR's recovery is not told, and no class is longer than it was" {
    without 'tcp_cong_state_set\|tcp_retransmit_skb' "$runs/bbr-03.log.gz" >log
    shares "$runs/bbr-03.log.gz" >full
    "$tcpprobe" flows -q --all --format json log >flows.json
    json flows.json 'map { join " ", $_->{src} =~ /(\d+)$/, $_->{limit_recovery_share} // "none", map { sprintf "%.1f", 100 * $_ } @$_{qw(limit_cwnd_share limit_pacing_share limit_network_share)} } grep { $_->{bytes} > 20000 } @{ $d->{flows} }' | join full - >both
    [ -s both ]
    awk '$7 != "none" || $8 > $3 || $9 > $5 || $10 != $6 { print; exit 1 }' both
}

# The state is not known before it is told, nor behind lost events: here those that leave a recovery.
@test "what the congestion state was in a log's middle or behind lost events is not guessed" {
    file="$runs/loss-1pct-03.log.gz"
    gzip -dc "$file" | awk '/^#/ || n >= 5 { print } /cong_state=3/ { n++ }' >middle.log # amid a recovery
    grep -v tcp_cong_state_set middle.log >log
    near middle.log log 0.8
    gzip -dc "$file" | awk '
        /cong_state=0/ && n == 5 { gone = 1 }
        gone && /tcp_cong_state_set/ { if (!said++) print "CPU:0 [LOST 9 EVENTS]"; next }
        /cong_state=3/ { n++ }
        { print }' >lost.log
    grep -q LOST lost.log
    near "$file" lost.log 0.8
}
