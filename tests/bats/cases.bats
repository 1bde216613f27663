# Small captures that were read wrongly once, and the same packets as they might have been too: each
# host with the other's address, IPv6, without timestamps, with numbers that wrap, pcapng, gzipped.
load helpers

cases=$root/tests/data/cases
ways=('' swap v6 nots shift pcapng 'swap v6 nots' 'shift nots' 'v6 shift pcapng')

setup() { cd "$BATS_TEST_TMPDIR"; }

# figures COLUMN... <CAPTURE: these of each flow, a line each; - where there is none.
figures() {
    "$tcpprobe" flows -q --all --format csv - |
        awk -F, -v names="$*" '
            NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; count = split(names, name, " "); next }
            { line = ""
              for (i = 1; i <= count; i++) {
                  if (!(name[i] in at)) { print "no column " name[i]; exit 1 }
                  line = line (i > 1 ? " " : "") ($at[name[i]] == "" ? "-" : $at[name[i]])
              }
              print line }'
}

# packets COLUMN... <CAPTURE: these of each packet.
packets() {
    "$tcpprobe" packets -q --format csv - |
        awk -F, -v names="$*" '
            NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; count = split(names, name, " "); next }
            { for (i = 1; i <= count; i++) printf "%s%s", $at[name[i]], i < count ? " " : "\n" }'
}

# vary CASE WAY: that case as it might have been too.
vary() { gzip -dc "$cases/$1.pcap.gz" | perl "$BATS_TEST_DIRNAME/vary.pl" $2; }

# each CASE LOOK ARGUMENT...: what LOOK shows of it is what stands on stdin, whichever way it was
# captured.
each() {
    local name=$1 way
    shift
    cat >expected
    for way in "${ways[@]}"; do
        vary "$name" "$way" >other
        "$@" <other >out
        diff expected out || { echo "$name, $way"; return 1; }
        gzip -1nf other
        "$@" <other.gz | diff expected - || { echo "$name, $way, gzipped"; return 1; }
    done
}

@test "AccECN: a counter of marks is no echo, and limits nothing" {
    each app-accecn figures limited_by wire_limit_network_share wire_ce_reported wire_ece wire_cwr \
        peer_wire_ce_reported peer_wire_ece <<<'app 0 0 0 0 0 0'
    each app-ecn figures limited_by wire_limit_network_share wire_ce_reported wire_ece wire_cwr \
        peer_wire_ce_reported peer_wire_ece <<<'app 0 - 0 0 - 0'
}

@test "signals of MPTCP are no duplicate ACKs" {
    each mptcp-dupacks figures wire_dup_acks wire_triple_dup_acks wire_retransmitted_segs <<<'5 1 0'
}

@test "a window probe's byte that was taken is data" {
    each winprobe1 figures wire_unique_bytes wire_acked_bytes wire_retransmitted_bytes <<<'15929 15929 0'
}

@test "the connection of a host that forgot another begins with the second SYN" {
    each half-open-syn figures id wire_wscale wire_wscale_known wire_handshake_us wire_acked_bytes \
        wire_unique_bytes wire_retransmitted_segs <<<'1 7 known 40000 1428 1428 0'
}

@test "after a reset the same initial number is another connection's" {
    each same-isn-after-rst figures id wire_handshake_us wire_acked_bytes wire_syn_again <<'END'
1 20000 100 0
2 20000 100 0
END
}

# The ACK of the SYN-ACK stands before that came to the other interface: both were seen first at one.
@test "what a router carries from one interface to the next is one packet" {
    each router-any-v6-nots figures wire_packets wire_copies peer_wire_packets peer_wire_copies \
        wire_retransmitted_segs wire_syn_again wire_dup_acks rtt_p50_us wire_handshake_us \
        <<<'10 10 9 9 0 0 0 40000 40000'
}

@test "both ends may ask whether the other is there" {
    each keepalive-both figures wire_keep_alives peer_wire_keep_alives wire_retransmitted_segs \
        peer_wire_retransmitted_segs wire_unique_bytes peer_wire_unique_bytes <<<'1 1 0 0 100 100'
}

@test "an IP identification that never changes proves no copy" {
    each constant-ip-id figures wire_copies wire_retransmitted_packets wire_unique_bytes \
        <<<'0 1 100'
    vary constant-ip-id '' | "$tcpprobe" flows - | grep -q ', 1 segment retransmitted, 6 packets in '
}

@test "data that begin at the number of the SYN were not sent before" {
    each data-at-isn figures wire_retransmitted_packets wire_unique_bytes wire_acked_bytes \
        <<<'0 58 57'
}

# tshark calls the same three frames retransmissions.
@test "what waits for the window is sent again when it opens" {
    each window-reopened figures wire_resent_timeout wire_resent_window wire_retransmitted_segs \
        wire_acked_bytes <<<'1 2 3 4284'
    each window-reopened packets frame cause evidence < <(
        printf '%s  \n' 1 2 3 4 5 6 7
        printf '%s\n' '8 timeout silence' '9  ' '10  ' '11 window window-update' \
            '12 window window-update' '13  ')
}

@test "the client's third packet ends the handshake, whoever else was captured" {
    each one-direction packets findings <<<$'\n\n'
}

@test "the same 4-tuple in two VLANs: two connections" {
    each two-vlans figures id wire_acked_bytes wire_retransmitted_segs wire_handshake_us rtt_p50_us \
        <<'END'
1 14280 0 40000 40000
2 14280 0 40000 40000
END
}

@test "... or overlays, or labels; in VLANs that differ by direction, or routed: still two" {
    local columns='id wire_acked_bytes wire_retransmitted_segs wire_handshake_us rtt_p50_us wire_copies'
    for way in vxlan mpls oneway 'oneway swap v6 nots' 'oneway mpls' 'vxlan v6 nots pcapng'; do
        vary two-vlans "$way" >other
        figures "$columns" <other >out
        diff out - <<<$'1 14280 0 40000 40000 0\n2 14280 0 40000 40000 0' || { echo "$way"; false; }
    done
    for way in routed 'routed oneway' 'routed v6 nots' 'routed vxlan swap' 'routed mpls shift'; do
        vary two-vlans "$way" >other
        figures "$columns" <other >out
        diff out - <<<$'1 14280 0 40000 40000 12\n2 14280 0 40000 40000 12' || { echo "$way"; false; }
    done
}

@test "two VLANs from the middle on" {
    for way in late 'late v6 nots' 'late oneway' 'late swap pcapng' 'late mpls'; do
        vary two-vlans "$way" >other
        figures wire_acked_bytes wire_retransmitted_segs rtt_p50_us wire_missed_bytes <other |
            sort >out
        diff out - <<<$'12852 0 40000 0\n14280 0 40000 0' || { echo "$way"; false; }
    done
}

@test "one connection whose VLAN differs by direction, or which is routed, is one" {
    for name in same-isn-after-rst half-open-syn winprobe1 mptcp-dupacks; do
        vary $name >other
        figures id wire_packets wire_acked_bytes wire_handshake_us rtt_p50_us <other >expected
        for way in oneway routed 'routed oneway' 'routed v6 nots'; do
            # Untagged frames get a tag first.
            vary $name tag >tagged
            perl "$BATS_TEST_DIRNAME/vary.pl" $way <tagged >other
            figures id wire_packets wire_acked_bytes wire_handshake_us rtt_p50_us <other >out
            diff expected out || { echo "$name, $way"; false; }
        done
    done
}

@test "behind the loss point a repair is what was sent again" {
    local lab=$root/tests/data/lab
    dropped=$(sed -n 's/^forward_dropped_random=//p' "$lab/loss.link.txt")
    for how in "" family=6 timestamps=no format=pcapng-be "link=vlan family=6 timestamps=no"; do
        perl "$BATS_TEST_DIRNAME/recapture.pl" $how "$lab/loss.far.pcap.gz" other
        gzip -nf other
        echo "$how"
        figures retransmitted wire_repairs wire_retransmitted_segs wire_missed_bytes <other.gz |
            sort -n | tail -n 1 | grep -x "$dropped $dropped 0 0"
        "$tcpprobe" flows -q other.gz | grep -q " $dropped segments retransmitted"
    done
}

@test "a moment of a connection has no rate, though its round trip is not known" {
    local of=$samples/cubic-loss.pcap.gz
    "$tcpprobe" flows -q --format csv -f 'frame >= 2001 && frame <= 2040' "$of" >out
    [ "$(perl -ne 'chomp; @a = split /,/; @h = @a, next if $. == 1; @v{@h} = @a;
        print "$v{goodput_bps}|$v{rtt_min_us}|$v{acked_bytes}"' out)" = "||26064" ]
}

@test "what a capture holds twice is sent once, however much comes between" {
    for name in cubic-loss rwnd-limited; do
        gzip -dc "$root/tests/data/pairs/$name.pcap.gz" >once
        figures wire_packets wire_retransmitted_segs rtt_p50_us <once | sort >expected
        for ms in 1 3 9; do
            perl "$BATS_TEST_DIRNAME/double.pl" $ms <once >twice
            figures wire_packets wire_retransmitted_segs rtt_p50_us <twice | sort >out
            diff expected out || { echo "$name, $ms ms"; false; }
        done
    done
}

@test "what the network duplicated behind the sender is a copy, also without IP identification" {
    local lab=$root/tests/data/lab
    duplicated=$(sed -n 's/^forward_duplicated=//p' "$lab/everything.link.txt")
    for how in "" family=6 "family=6 timestamps=no" "format=pcapng-be family=6" timestamps=no; do
        perl "$BATS_TEST_DIRNAME/recapture.pl" $how "$lab/everything.far.pcap.gz" other
        gzip -nf other
        echo "$how"
        figures wire_copies wire_resent_unknown <other.gz | sort -n | tail -n 1 |
            grep -x "$duplicated 0"
    done
}
