# wrap.pl STEP... <PCAP >CAPTURE: the packets of a pcap file of Ethernet as other captures have them.
#
# Steps change the packets one after the other; the last one writes. Addresses of IPv6 are made of
# those of IPv4, checksums are left alone.
#   raw  ethernet          from the IP header on; with a header of Ethernet
#   v6                     IPv4 becomes IPv6 (raw)
#   fragment=SIZE[,how]    IP payloads of more than SIZE bytes become fragments (raw); how: reverse
#                          (the last one first), twice (each one again), apart (the first ones only),
#                          mixed (the fragments of two packets by turns)
#   in=HEX[,HEX]           these headers before the packet, the second HEX behind it; in the first %T is
#                          the length of an IPv4 or UDP header at that place, %P that of IPv6, %N that of
#                          an attribute of netlink
#   cut=BYTES              no more of each packet is captured
#   pcap=LINK  swapped=LINK  ns=LINK  ng=LINK  ngbig=LINK  snoop=LINK  erf
use strict;
use warnings;
use POSIX ();
binmode STDIN;
binmode STDOUT;

my @packets; # [seconds, nanoseconds, captured bytes, length]

sub read_pcap {
    local $/;
    my $all = <STDIN>;
    my $little = unpack('V', $all) == 0xa1b2c3d4 || unpack('V', $all) == 0xa1b23c4d;
    my ($order, $unit) = $little ? 'V4' : 'N4';
    $unit = unpack(substr($order, 0, 1), $all) == 0xa1b23c4d ? 1 : 1000;
    for (my $at = 24; $at + 16 <= length $all;) {
        my ($s, $fraction, $captured, $length) = unpack "x$at $order", $all;
        push @packets, [$s, $fraction * $unit, substr($all, $at + 16, $captured), $length];
        $at += 16 + $captured;
    }
}

sub each_packet {
    my ($change) = @_;
    for (@packets) { my $was = length $_->[2]; $_->[2] = $change->($_->[2]); $_->[3] += length($_->[2]) - $was }
}

sub to_v6 {
    my ($ip) = @_;
    my ($tos, $ttl, $protocol) = unpack 'x C x6 C C', $ip;
    my $prefix = pack 'H24', '20010db8' . '0' x 16;
    return pack('N n C C', 0x60000000 | $tos << 20, length($ip) - 20, $protocol, $ttl) . $prefix
        . substr($ip, 12, 4) . $prefix . substr($ip, 16, 4) . substr $ip, 20;
}

my $id = 0;

# The fragments of one IP packet, of SIZE bytes each.
sub fragments {
    my ($ip, $size) = @_;
    my $v6 = unpack('C', $ip) >> 4 == 6;
    my $header = substr $ip, 0, $v6 ? 40 : 20;
    my $data = substr $ip, length $header, unpack($v6 ? 'x4 n' : 'x2 n', $ip) - ($v6 ? 0 : 20);
    return $ip if length $data <= $size;
    my ($own, $offset) = $v6 ? (0, 0) : unpack 'x4 n2', $ip; # it may be a fragment itself
    my ($base, $others) = (8 * ($offset & 0x1fff), $offset & 0x2000);
    my $name = $base || $others ? $own : ++$id;
    my @made;
    for (my $at = 0; $at < length $data; $at += $size) {
        my $part = substr $data, $at, $size;
        my $more = $at + $size < length $data ? 1 : 0;
        my $head = $header;
        if ($v6) {
            substr($head, 4, 3) = pack 'n C', 8 + length $part, 44;
            $part = pack('C x n N', unpack('x6 C', $header), $at | $more, $name) . $part;
        } else {
            substr($head, 2, 6) = pack 'n3', 20 + length $part, $name,
                                      ($base + $at) / 8 | ($more ? 0x2000 : $others);
        }
        push @made, $head . $part;
    }
    return @made;
}

sub fragment {
    my ($size, $how) = (split(/,/, $_[0]), '');
    my @made;
    for (@packets) {
        my ($s, $ns, $ip) = @$_;
        my @parts = map { [$s, $ns, $_, length $_] } fragments($ip, $size);
        @parts = reverse @parts if $how eq 'reverse';
        @parts = map { ($_, $_) } @parts if $how eq 'twice';
        @parts = $parts[0] if $how eq 'apart';
        push @made, [@parts];
    }
    if ($how eq 'mixed') {
        for (my $i = 0; $i + 1 < @made; $i += 2) {
            my ($a, $b) = @made[$i, $i + 1];
            $made[$i] = [map { (defined $a->[$_] ? $a->[$_] : (), defined $b->[$_] ? $b->[$_] : ()) }
                             0 .. (@$a > @$b ? $#$a : $#$b)];
            $made[$i + 1] = [];
        }
    }
    @packets = map { @$_ } @made;
}

sub in {
    my ($before, $behind) = split /,/, $_[0];
    each_packet(sub {
        my ($packet) = @_;
        my ($head, $tail) = ($before, pack 'H*', $behind // '');
        my %before = (T => 4, P => -34, N => 2);
        while ($head =~ /^(.*)%([TPN])([^%]*)$/) { # the innermost first: what follows it is known
            my ($left, $what, $right) = ($1, $2, $3);
            my $follows = length($right) / 2 + length($packet) + length $tail;
            $head = $left . sprintf('%04x', $follows + $before{$what}) . $right;
        }
        return pack('H*', $head) . $packet . $tail;
    });
}

sub ng_block {
    my ($order, $type, $body) = @_;
    my ($n, $pad) = ($order, "\0" x (-length($body) % 4));
    my $length = 12 + length($body) + length $pad;
    return pack("${n}2", $type, $length) . $body . $pad . pack $n, $length;
}

sub write_pcap {
    my ($long, $short, $magic, $unit, $link) = @_;
    print pack "$long ${short}2 x8 ${long}2", $magic, 2, 4, 262144, $link;
    print pack("${long}4", $_->[0], $_->[1] / $unit, length $_->[2], $_->[3]), $_->[2] for @packets;
}

sub write_ng {
    my ($long, $short, $link) = @_;
    print ng_block($long, 0x0a0d0d0a, pack "$long ${short}2 H16", 0x1a2b3c4d, 1, 0, 'f' x 16);
    print ng_block($long, 1, pack "${short}2 $long ${short}2 C x3", $link, 0, 0, 9, 1, 9);
    for (@packets) {
        my $ticks = $_->[0] * 1000000000 + $_->[1];
        print ng_block($long, 6, pack("${long}5", 0, $ticks >> 32, $ticks & 0xffffffff, length $_->[2],
                                      $_->[3]) . $_->[2]);
    }
}

sub write_snoop {
    print "snoop\0\0\0", pack 'N2', 2, $_[0];
    for (@packets) {
        my $pad = -length($_->[2]) % 4;
        print pack('N6', $_->[3], length $_->[2], 24 + $pad + length $_->[2], 0, $_->[0],
                   $_->[1] / 1000), $_->[2], "\0" x $pad;
    }
}

sub write_erf {
    for (@packets) {
        my $bytes = "\0\0" . $_->[2];
        print pack('V2 C2 n3', POSIX::ceil($_->[1] * 4.294967296), $_->[0], 2, 4, 16 + length $bytes, 0, $_->[3]),
            $bytes;
    }
}

my %steps = (
    raw => sub { each_packet(sub { substr $_[0], 14 }) },
    ethernet => sub {
        each_packet(sub { pack('H24 n', '02000000000202' . '0000000001',
                               unpack('C', $_[0]) >> 4 == 6 ? 0x86dd : 0x0800) . $_[0] });
    },
    v6 => sub { each_packet(\&to_v6) },
    fragment => \&fragment,
    in => \&in,
    cut => sub { for my $packet (@packets) { $packet->[2] = substr $packet->[2], 0, $_[0] } },
    pcap => sub { write_pcap('V', 'v', 0xa1b2c3d4, 1000, @_) },
    swapped => sub { write_pcap('N', 'n', 0xa1b2c3d4, 1000, @_) },
    ns => sub { write_pcap('V', 'v', 0xa1b23c4d, 1, @_) },
    ng => sub { write_ng('V', 'v', @_) },
    ngbig => sub { write_ng('N', 'n', @_) },
    snoop => \&write_snoop,
    erf => \&write_erf,
);

read_pcap();
for (@ARGV) {
    my ($name, $value) = split /=/, $_, 2;
    ($steps{$name} || die "no step '$name'\n")->($value);
}
