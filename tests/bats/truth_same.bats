# The same packets give the same figures, however they were captured.
load helpers

lab=$root/tests/data/lab

setup() { cd "$BATS_TEST_TMPDIR"; }

recapture() { perl "$BATS_TEST_DIRNAME/recapture.pl" "$@"; }

figures() { "$meanings" flows "$@" 2>/dev/null; }

# same_figures FILE...: as those in the file `expected`.
same_figures() {
    figures "$@" >figures
    diff expected figures | head -n 20
    cmp -s expected figures
}

@test "in any format, byte order and compression" {
    for name in everything two-ways zero-window; do
        recapture floor=1000 "$lab/$name.pcap.gz" plain.pcap
        figures plain.pcap >expected
        [ -s expected ]
        for format in pcap-be pcap-us pcap-be-us pcapng pcapng-be pcapng-us pcapng-be-us; do
            recapture floor=1000 format="$format" "$lab/$name.pcap.gz" other
            same_figures other
            gzip -1nf other
            same_figures other.gz
        done
    done
}

@test "on any link, in any tunnel" {
    for name in everything ipv6 keep-alive; do
        figures "$lab/$name.pcap.gz" >expected
        [ -s expected ]
        for link in raw ethernet vlan qinq mpls pppoe sll sll2 null loop ppp gre vxlan geneve ipip; do
            recapture link="$link" "$lab/$name.pcap.gz" other
            same_figures other || { echo "$name on $link"; false; }
        done
        recapture link=mixed format=pcapng "$lab/$name.pcap.gz" other
        same_figures other
    done
}

@test "in one file or several, by time, by direction, by turns" {
    for name in everything two-ways port-reuse; do
        figures "$lab/$name.pcap.gz" >expected
        recapture "$lab/$name.pcap.gz" a b
        same_figures a b
        recapture "$lab/$name.pcap.gz" a b c d e
        same_figures a b c d e
        recapture split=direction "$lab/$name.pcap.gz" a b
        same_figures a b
        same_figures b a
    done
    # Not those with resets in a row: the same to the bit and in two files, they could be copies.
    for name in zero-window port-reuse keep-alive; do
        figures "$lab/$name.pcap.gz" >expected
        recapture split=turns "$lab/$name.pcap.gz" a b c
        same_figures a b c
    done
}

@test "with any number of threads" {
    for capture in "$lab"/*.pcap.gz "$pairs/cubic-loss.pcap.gz"; do
        "$meanings" packets "$capture" >expected 2>/dev/null
        for threads in 1 2 3; do
            "$meanings" -t $threads packets "$capture" 2>/dev/null | cmp - expected
        done
    done
}
