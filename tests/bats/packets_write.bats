# packets --write: a capture with what is said of each packet, read by Wireshark's tools and by ourselves.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    capture=$samples/cubic-loss.pcap.gz
    lab=$root/tests/data/lab
}

# custom FILE: the JSON of each packet's custom options, read block by block.
custom() {
    perl -e 'local $/; open my $in, "<:raw", $ARGV[0] or die; my $all = <$in>; my $at = 0; my $n = 0;
        while ($at < length $all) {
            my ($type, $length) = unpack "LL", substr $all, $at, 8;
            die "length at $at" if $length % 4 || $length != unpack "L", substr $all, $at + $length - 4, 4;
            if ($type == 6) {
                my $captured = unpack "L", substr $all, $at + 20, 4; my $o = $at + 28 + ($captured + 3 & ~3); my $found = 0;
                while (1) { my ($code, $size) = unpack "SS", substr $all, $o, 4; last if !$code;
                    if ($code == 2988) { die "enterprise" if 32473 != unpack "L", substr $all, $o + 4, 4;
                        my $text = substr $all, $o + 8, $size - 4; $text =~ s/^tcpprobe:// or die; print "$text\n"; $found++ }
                    $o += 4 + ($size + 3 & ~3) }
                die "no options" if !$found; $n++ }
            $at += $length }
        die "nothing" if !$n' "$1"
}

@test "the custom option is the row of packets --format ndjson" {
    for file in "$capture" "$lab/everything.pcap.gz"; do
        "$tcpprobe" packets -q --write out.pcapng "$file"
        custom out.pcapng >custom
        "$tcpprobe" packets -q --format ndjson "$file" | cmp - custom
        "$tcpprobe" packets -q --raw-seq --time relative --write out.pcapng "$file"
        custom out.pcapng >custom
        "$tcpprobe" packets -q --raw-seq --time relative --format ndjson "$file" | cmp - custom
    done
}

@test "tshark shows our verdicts as comments" {
    command -v tshark >/dev/null || skip "no tshark"
    for file in "$capture" "$lab/everything.pcap.gz"; do
        "$tcpprobe" packets -q --write out.pcapng "$file"
        tshark -r out.pcapng -T fields -e frame.comment 2>/dev/null >comments
        "$tcpprobe" packets -q --format ndjson "$file" >rows
        perl -MJSON::PP -e 'open C, "comments"; open R, "rows"; my %known;
            open F, "-|", "$ARGV[0] packets --words"; while (<F>) { $known{$1} = 1 if /^(\w+)\s/ }
            while (my $row = <R>) { my $d = decode_json $row; my $c = <C>; defined $c or die "too few"; chomp $c;
                $c =~ s/^flow (\d+): (\S+) > ([^\s,]+)// or die $c;
                die "$c: ends" if $1 != $d->{flow} || $2 ne $d->{src} || $3 ne $d->{dst};
                my @notes = split /, (?![^(]*\))/, $c =~ s/^, //r;
                my %is = map { /^([a-z_]+)/ ? ($1, 1) : () } @notes;
                my @findings = split /\|/, $d->{findings} // "";
                $is{$_} or die "$c lacks $_" for @findings;
                my %said = map { $_, 1 } @findings;
                for (keys %is) { die "$c has $_" if $known{$_} && !$said{$_} && !/^(of|rtt|ts|sack|handshake|first|behind|late|header)$/ }
                for (grep { defined } $d->{cause}, $d->{evidence}, $d->{confidence}) { (my $w = $_) =~ tr/_/ /; die "$c: $_" if index($c, $_) < 0 && index($c, $w) < 0 }
                die "$c: of $d->{of_frame}" if defined $d->{of_frame} && $c !~ /of packet $d->{of_frame} /;
                $n{$_}++ for @findings; $all++ }
            die "too many" if defined <C>; die if $all < 100 || !%n' "$tcpprobe"
    done
}

@test "what is written gives the same figures" {
    for file in "$capture" "$lab/everything.pcap.gz" "$lab/ecn.pcap.gz" "$root"/tests/data/links/*.pcap*; do
        case $file in *ip-fragments*) continue ;; esac # of a packet in fragments the last one is written
        "$tcpprobe" packets -q --write out.pcapng "$file"
        "$tcpprobe" flows -q --all --time relative --format csv "$file" >was
        "$tcpprobe" flows -q --all --time relative --format csv out.pcapng | cmp was -
    done
    [ -s was ]
    # as many helpers as one likes
    "$tcpprobe" packets -q --threads 0 --write none.pcapng "$capture"
    "$tcpprobe" packets -q --threads 7 --write seven.pcapng "$capture"
    cmp none.pcapng seven.pcapng
}

@test "several captures become one, in the order of time, each an interface" {
    "$tcpprobe" packets -q --write out.pcapng "$lab/ecn.pcap.gz" "$lab/everything.pcap.gz"
    both=$("$tcpprobe" packets -q --format csv "$lab/ecn.pcap.gz" "$lab/everything.pcap.gz" | wc -l)
    [ "$("$tcpprobe" packets -q --format csv out.pcapng | wc -l)" -eq "$both" ]
    if command -v tshark >/dev/null; then
        tshark -r out.pcapng -T fields -e frame.time_epoch -e frame.interface_description 2>/dev/null >shown
        [ "$(wc -l <shown)" -eq $((both - 1)) ]
        cut -f1 shown | sort -c -n
        [ "$(cut -f2 shown | sort -u | xargs -n 1 basename | paste -sd' ')" = "ecn.pcap.gz everything.pcap.gz" ]
        # bytes as they were
        tshark -r "$lab/ecn.pcap.gz" -Y tcp -T fields -e tcp.seq_raw -e ip.checksum -e frame.len 2>/dev/null >was
        tshark -r out.pcapng -Y 'frame.interface_description contains "ecn.pcap"' -T fields -e tcp.seq_raw -e ip.checksum -e frame.len 2>/dev/null | cmp was -
    fi
}

@test "packets of a log and a capture: what is no packet is said, and the clock is the wall's" {
    "$tcpprobe" packets --write out.pcapng "$one_flow" "$capture" 2>said
    grep -qE '^tcpprobe: --write: [0-9]+ kernel events are no packets, and not in the capture$' said
    [ "$("$tcpprobe" packets -q --format csv out.pcapng | wc -l)" -eq "$("$tcpprobe" packets -q --format csv "$capture" | wc -l)" ]
    # aligned to the log, whose clock differs from the capture's by less than a millisecond
    paste -d, <("$tcpprobe" packets -q --format csv out.pcapng | cut -d, -f1) <("$tcpprobe" packets -q --format csv "$capture" | cut -d, -f1) |
        perl -F, -ne 'next if $. == 1; die $_ if abs($F[0] - $F[1]) > 1e6'
}

@test "what is chosen is written" {
    "$tcpprobe" packets -q --filter 'retransmission && cause == fast' --write out.pcapng "$capture"
    custom out.pcapng >custom
    "$tcpprobe" packets -q --filter 'retransmission && cause == fast' --format ndjson "$capture" | cmp - custom
    [ "$(wc -l <custom)" -gt 10 ]
    "$tcpprobe" packets -q --flow 2 --last 5 --pcap-filter 'port 5201' --write - "$capture" >out.pcapng
    custom out.pcapng >custom
    [ "$(wc -l <custom)" -eq 5 ]
}

@test "--write: what cannot be is said" {
    cp "$capture" t.pcap.gz
    fails 2 "tcpprobe: t.pcap.gz is an input: --write names another file" packets --write t.pcap.gz t.pcap.gz
    cmp t.pcap.gz "$capture"
    fails 2 "tcpprobe: --write writes a capture: neither --format nor --occurring" packets --write o --format csv t.pcap.gz
    fails 2 "tcpprobe: cannot write none/o: No such file or directory" packets --write none/o t.pcap.gz
    fails 2 "tcpprobe: cannot write /dev/full: No space left on device" packets --write /dev/full t.pcap.gz
    echo keep >kept
    fails 2 "tcpprobe: missing: cannot open: No such file or directory" packets --write kept missing
    [ "$(cat kept)" = keep ]
}

@test "packets --occurring: only columns that something is in" {
    "$tcpprobe" packets -q --format csv "$capture" >all.csv
    "$tcpprobe" packets -q --format csv --occurring "$capture" >some.csv
    awk -F, 'NR == 1 { n = split($0, name); next } { gsub(/"[^"]*"/, "x"); for (i = 1; i <= n; i++) if ($i != "") seen[i] = 1 }
        END { for (i = 1; i <= n; i++) if (seen[i]) print name[i] }' all.csv >wanted
    head -1 some.csv | tr , '\n' | diff wanted -
    [ "$(wc -l <some.csv)" -eq "$(wc -l <all.csv)" ]
    [ "$(cut -d, -f1-3 some.csv | md5sum)" = "$(cut -d, -f1-3 all.csv | md5sum)" ]
    fails 2 "tcpprobe: --occurring is of the formats that have columns, such as csv" packets --occurring "$capture"
}
