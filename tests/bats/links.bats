#!/usr/bin/env bats
# Captures of every link, in tunnels and in fragments: the same packets give the same figures,
# however they are wrapped. The files of data/links hold one small transfer each.

load helpers

links=$root/tests/data/links

setup() { cd "$BATS_TEST_TMPDIR"; }

# wrap FILE STEP...: see wrap.pl.
wrap() {
    local file=$1
    shift
    perl "$BATS_TEST_DIRNAME/wrap.pl" "$@" <"$file"
}

# Nothing is said of packets but that they were in tunnels.
not_in_tunnels() { ! grep -v ' in tunnels, shown as the connections in them (see --outer)$'; }

@test "each encapsulation holds the same five packets" {
    for capture in "$links"/enc-*.pcap; do
        echo "$capture"
        "$tcpprobe" flows -q "$capture" >out
        grep -q '^ 1 192.0.2.1:40000 -> 198.51.100.2:80 0.000  0.081   100 .* 40.0  *- ack    0 0.00' out
        grep -x 'total: 1 flow, 100 B acked, 0 segments retransmitted, 5 packets in 81.10 ms, 0 B not captured' out
        "$tcpprobe" flows "$capture" 2>&1 >/dev/null | not_in_tunnels
    done
}

# values CAPTURE [OPTION...]: every figure of its connections that does not depend on how they were
# wrapped.
values() {
    "$tcpprobe" flows -q --all --format json "$@" >flows.json
    json flows.json 'map { my $f = $_; map { "$_ " . JSON::PP->new->canonical->allow_nonref->encode($f->{$_}) }
        grep { !/^(src|dst)(_addr)?$|wire_frame_bytes|ttl/ } sort keys %$f } @{ $d->{flows} }'
}

# same NAME STEP...: the transfer of straight.pcap, wrapped so, gives what it gives by itself.
same() {
    local name=$1
    shift
    echo "$name: $*"
    wrap "$links/straight.pcap" "$@" >"$name"
    [ -s straight ] || values "$links/straight.pcap" >straight
    values "$name" >"$name.values"
    diff straight "$name.values"
    "$tcpprobe" flows "$name" 2>&1 >/dev/null | not_in_tunnels
    gzip -c "$name" >"$name.gz"
    "$tcpprobe" flows --threads 0 "$name.gz" >"$name.flows" 2>/dev/null
    "$tcpprobe" flows --threads 3 "$name" 2>/dev/null | cmp "$name.flows" -
}

# IPv4 and IPv6 around what follows, and UDP in IPv4.
ip4() { echo "4500%T0001000040${1}f000c0a80001c0a80002"; }
ip6() { echo "60000000%P${1}4020010db800000000000000000000000120010db8000000000000000000000002"; }
udp() { echo "$(ip4 11)c000${1}%T0000"; }

@test "other files hold the same packets" {
    same swapped swapped=1
    same ns ns=1
    same ng ng=1
    same ngbig ngbig=1
    same snoop snoop=4
    same snoop6 raw v6 ethernet snoop=4
    same erf erf
    same erf6 raw v6 ethernet erf
}

@test "links around Ethernet and IP, of both versions" {
    local macs=020000000002020000000001 steps type nlpid af ppp
    for steps in raw "raw v6"; do
        type=0800 nlpid=cc af=02 ppp=0021
        [ "$steps" = raw ] || { type=86dd nlpid=8e af=1c ppp=0057; }
        same etag $steps in=${macs}893f000000000000$type swapped=1
        same fabric $steps ethernet in=${macs}89030001 ng=1
        same trill $steps ethernet in=${macs}22f3003f00010002 ngbig=1
        same macsec $steps in=${macs}88e5000000000007$type,00112233445566778899aabbccddeeff pcap=1
        same vlan $steps in=${macs}893f0000000000008100000a$type erf
        same relay $steps in=184103$nlpid swapped=107
        same cisco $steps in=1841$type ng=107
        same pppdir $steps in=00$ppp ns=204
        same pppd $steps in=0003$ppp pcap=166
        same nflog $steps in=0200000100080001${type}0000%N0009 ng=239
        same pflog $steps in=3d${af}000065743000$(printf '%0112d' 0) ngbig=117
        same wlan $steps in=0802$(printf '%036d' 0)00000000aaaa03000000$type pcap=105
        same ppi $steps in=00000800690000000802$(printf '%036d' 0)00000000aaaa03000000$type ng=192
    done
}

@test "tunnels, of IPv4 and IPv6, in both, on any port" {
    local steps type
    for steps in raw "raw v6"; do
        type=0800
        [ "$steps" = raw ] || type=86dd
        same gre $steps in=$(ip4 2f)0000$type swapped=101
        same gre6 $steps in=$(ip6 2f)0000$type ng=101
        same greudp $steps in=$(udp 1292)0000$type ngbig=101
        same grewlan $steps in=$(ip4 2f)00008200$(printf '0802%036d' 0)00000000aaaa03000000$type pcap=101
        same eoip $steps ethernet in=$(ip4 2f)2001640000400100 ns=101
        same l2tp $steps in=$(udp 06a5)000200010001ff03$([ $type = 0800 ] && echo 0021 || echo 0057) ng=101
        same l2tp3 $steps ethernet in=$(ip6 73)000000011122334455667788 pcap=101
        same capwap $steps ethernet in=$(udp 147f)0010020000000000 swapped=101
        same vxlan $steps ethernet in=$(udp 12b5)0800000000000100 in=$(ip6 2f)00000800 ng=101
    done
    wrap "$links/straight.pcap" in=$(udp 1234)0800000000000100 pcap=101 >other
    "$tcpprobe" flows other 2>&1 >/dev/null | grep -x 'tcpprobe: other: skipped 19 packets that are not TCP: 19 udp'
    values --decode-as 4660=vxlan other | diff straight -
    values --decode-as=1=gre --decode-as=4660=vxlan other | diff straight -
}

@test "what --decode-as cannot mean" {
    fails 2 "tcpprobe: --decode-as: '4660' is not PORT=TUNNEL such as 4788=vxlan" flows --decode-as 4660 x
    fails 2 "tcpprobe: --decode-as: 'ftp' is none of vxlan, vxlan-gpe, geneve, gre, mpls, l2tp, capwap, teredo, gtp" flows --decode-as 4660=ftp x
    fails 2 "tcpprobe: --decode-as: '65536' is not a number from 0 to 65535" flows --decode-as 65536=gre x
    fails 2 "tcpprobe: --decode-as: '' is not a number from 0 to 65535" flows --decode-as =gre x
}

@test "fragments become whole, whatever their size, order and nesting" {
    local steps
    for steps in raw "raw v6"; do
        same f512 $steps fragment=512 pcap=101
        same f8 $steps fragment=8 ng=101
        same reverse $steps fragment=704,reverse swapped=101
        same tiny $steps fragment=16,reverse ethernet snoop=4
        same mixed $steps fragment=512,mixed ethernet ngbig=1
        same inner $steps fragment=512 in=$(ip4 04 | sed "s/04f000/$([ "$steps" = raw ] && echo 04 || echo 29)f000/") ns=101
        same outer $steps ethernet in=$(udp 12b5)0800000000000100 fragment=600,reverse pcap=101
        same nested $steps fragment=504 in=$(ip4 2f)0000$([ "$steps" = raw ] && echo 0800 || echo 86dd) fragment=304 in=$(ip6 04) fragment=104,reverse ng=101
    done
}

@test "the segments of ip-fragments.pcap" {
    local variant
    wrap "$links/ip-fragments.pcap" ngbig=1 >a
    wrap "$links/ip-fragments.pcap" raw in=$(ip4 04) swapped=101 >b
    wrap "$links/ip-fragments.pcap" raw fragment=504 ethernet snoop=4 >c
    gzip -c "$links/ip-fragments.pcap" >d
    for variant in "$links/ip-fragments.pcap" a b c d; do
        echo "$variant"
        values "$variant" >out
        grep -x 'wire_unique_bytes 14000' out
        grep -x 'wire_missed_bytes 0' out
        grep -x 'rtt_ack_samples 5' out
        grep -x 'rtt_ack_p50_us 40000' out
        grep -x 'wire_segment_max_bytes 2800' out
    done
}

@test "fragments that are not complete say what they can" {
    wrap "$links/straight.pcap" raw fragment=512,apart pcap=101 >apart
    "$tcpprobe" flows apart 2>err | grep -q '11.42k .* 7.584k'
    grep -x 'tcpprobe: apart: 8 packets of which the capture holds the first fragment apart' err
    wrap "$links/straight.pcap" raw fragment=512,twice pcap=101 >twice
    values twice >out
    grep -x 'wire_copies 10' out
    grep -x 'peer_wire_copies 9' out
    grep -x 'wire_retransmitted_packets 0' out
    grep -x 'wire_missed_bytes 0' out
    wrap "$links/straight.pcap" raw fragment=512 ethernet cut=96 pcap=1 >cut
    values cut | diff straight - | grep '^[<>]' | grep -v truncated && false
    # The later ones alone
    wrap "$links/ip-fragments.pcap" ethernet raw pcap=101 >whole
    perl -e 'local $/; $_ = <STDIN>; print substr $_, 0, 24;
             for ($at = 24; $at < length; $at += 16 + $n) {
                 $n = unpack "x8 V", substr $_, $at; $ip = substr $_, $at + 16, $n;
                 print substr $_, $at, 16 + $n if unpack("x20 n", $ip) & 0x1fff }' <"$links/ip-fragments.pcap" >later
    fails 2 'tcpprobe: later: holds no TCP packets that can be seen: could not look into: later fragment' flows later
}

@test "what could not be looked into is named, and is an error where that is all" {
    wrap "$links/straight.pcap" pcap=189 >usb
    fails 2 'tcpprobe: usb: holds no TCP packets that can be seen: could not look into: Linux USB' flows usb
    wrap "$links/straight.pcap" ng=290 >new
    fails 2 'tcpprobe: new: holds no TCP packets that can be seen: could not look into: link type 290' flows new
    wrap "$links/straight.pcap" in=02000000000202000000000188e50c0000000007 swapped=1 >macsec
    fails 2 'tcpprobe: macsec: holds no TCP packets that can be seen: could not look into: macsec encrypted' flows macsec
    wrap "$links/straight.pcap" raw in=$(ip6 32)0000000100000001 ng=101 >esp
    for command in flows packets 'packets --last 5' 'packets --format csv' 'export --events' export \
        'plot -o x.svg'; do
        status=0
        "$tcpprobe" $command esp >out 2>err || status=$?
        [ "$status" = 2 ]
        [ "$(cat err)" = 'tcpprobe: esp: holds no TCP packets that can be seen: could not look into: esp' ]
    done
    "$tcpprobe" flows esp "$links/straight.pcap" >out 2>err
    grep -x 'tcpprobe: esp: could not look into 19 packets: 19 esp' err
    grep -q '^total: 1 flow, 11.42 kB acked' out
    "$tcpprobe" flows --format json esp "$links/straight.pcap" >flows.json
    [ "$(json flows.json 'map { $_->{opaque_packets}, %{ $_->{other_events} } } @{ $d->{inputs} }' | paste -sd' ')" = "19 esp 19 0" ]
}

@test "captures that stand one behind the other are all read" {
    local a b
    perl -e 'local $/; $_ = <STDIN>; # the same an hour later, from another port
             for ($at = 24; $at < length; $at += 16 + unpack "x8 V", substr $_, $at, 12) {
                 for $port (16 + 34, 16 + 36) {
                     substr $_, $at + $port, 2, "\x9c\x41" if substr($_, $at + $port, 2) eq "\x9c\x40";
                 }
                 substr $_, $at, 4, pack "V", 3600 + unpack "V", substr $_, $at } print' <"$links/straight.pcap" >later
    "$tcpprobe" flows "$links/straight.pcap" later >apart
    for a in pcap swapped ns; do
        for b in pcap=1 swapped=1 ns=1 "raw pcap=101"; do
            echo "$a $b"
            wrap "$links/straight.pcap" $a=1 >first
            wrap later $b >second
            cat first second >cat
            "$tcpprobe" flows cat | cmp apart -
            cat cat | "$tcpprobe" flows --threads 0 - | cmp apart -
            gzip -c first >cat.gz
            gzip -c second >>cat.gz
            "$tcpprobe" flows cat.gz | cmp apart -
        done
    done
    "$tcpprobe" flows --format json cat >flows.json
    [ "$(json flows.json 'map { $_->{interfaces}, $_->{link_types}, $_->{lines} } @{ $d->{inputs} }' | paste -sd' ')" = "2 Ethernet, raw IP 38" ]
    wrap later ng=1 >second
    cat first second >cat
    "$tcpprobe" flows cat 2>&1 >/dev/null | grep -x 'tcpprobe: cat: a pcapng capture begins behind packet 19: what follows was not read'
    cat second first >cat
    "$tcpprobe" flows cat 2>&1 >/dev/null | grep -x 'tcpprobe: cat: a pcap capture begins behind packet 19: what follows was not read'
    head -c 12 first | cat later - >cat
    "$tcpprobe" flows cat 2>&1 >/dev/null | grep -x 'tcpprobe: cat: the last packet is cut off and was not used'
}

@test "what is compressed otherwise is named with what unpacks it" {
    printf '\x04\x22\x4d\x18\x64\x40' >a.lz4
    fails 2 "tcpprobe: a.lz4: is compressed with lz4: pipe it through 'lz4 -dc'" flows a.lz4
    printf 'PK\x03\x04\x14\x00' >a.zip
    fails 2 "tcpprobe: a.zip: is a zip archive: unpack it with 'unzip -p FILE'" flows a.zip
}

@test "where there are several captures an earlier packet is named with its file" {
    local all=$samples/cubic-loss.pcap.gz
    gzip -dc "$all" >all.pcap
    perl -e 'local $/; open $f, "<", "all.pcap"; binmode $f; $all = <$f>; $at = 24;
             $at += 16 + unpack "x8 L", substr $all, $at, 12 for 1 .. 400;
             open $a, ">", "a.pcap"; print $a substr $all, 0, $at;
             open $b, ">", "b.pcap"; print $b substr($all, 0, 24), substr $all, $at'
    "$tcpprobe" packets a.pcap b.pcap | grep -o 'of packet .* ago' | sed 's/ [0-9.]* [mun]*s ago$//' >parts
    "$tcpprobe" packets all.pcap | grep -o 'of packet .* ago' | sed 's/ [0-9.]* [mun]*s ago$//' >whole
    perl -ne '/of packet (\d+)/ and print $1 > 400 ? "of packet " . ($1 - 400) . " in b.pcap\n" : "of packet $1 in a.pcap\n"' whole >expected
    grep -q 'in a.pcap' expected
    grep -q 'in b.pcap' expected
    diff expected parts
    not grep -q ' in ' whole
}

@test "the fields of each packet are what tshark decodes, where it can" {
    command -v tshark >/dev/null || skip "needs tshark"
    local capture
    for capture in etag gre-wlan greudp l2tpv2 lt-nflog lt-pktap lt-wlan-amsdu macsec-int; do
        cp "$links/enc-$capture.pcap" .
    done
    wrap "$links/straight.pcap" raw fragment=512 ng=101 >v4
    wrap "$links/straight.pcap" raw v6 fragment=24,reverse ethernet snoop=4 >v6
    wrap "$links/straight.pcap" raw in=$(ip4 04) fragment=1000 ethernet erf >outer
    perl "$BATS_TEST_DIRNAME/fields.pl" "$tcpprobe" "$links/ip-fragments.pcap" enc-*.pcap v4 v6 outer >out || { cat out; false; }
    grep -x 'frames that are the same: 110, differences with a reason: 0, without: 0' out
}
