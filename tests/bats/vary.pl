#!/usr/bin/env perl
# vary.pl CHANGE... <PCAP >PCAP: the same packets, as they might have been too. Little-endian pcap of
# raw IP, Ethernet (also with VLAN tags) or cooked frames.
#
#   swap     each host has the other's address, so that the ends change places in a flow's key
#   v6       IPv6 in place of IPv4: no IP identification
#   nots     timestamps are NOPs
#   shift    sequence numbers are so much larger that they wrap soon
#   tag      with a VLAN tag, on Ethernet
#   oneway   the VLAN of those who answer is another one
#   routed   each packet is seen in another VLAN as well: those of who answers 0.2 ms before, the
#            others 0.2 ms later, and behind the router a hop further
#   mpls vxlan  labels or overlays in place of VLANs
#   late     the first six packets were not captured
#   pcapng   in that format
use strict;
use warnings;

binmode $_ for \*STDIN, \*STDOUT;
my %change = map { $_ => 1 } @ARGV;
my $bytes = do { local $/; <STDIN> };
my $ns = unpack('V', $bytes) == 0xa1b23c4d;
my $link = unpack 'V', substr $bytes, 20;
my $shift = $change{shift} ? 0xfffff000 : 0;

# What stands before IP, where its type is, and IP itself.
sub split_frame {
    my ($frame) = @_;
    my $at = { 101 => 0, 1 => 14, 113 => 16, 276 => 20 }->{$link} // die "link type $link";
    $at += 4 while $link == 1 && unpack('n', substr $frame, $at - 2, 2) == 0x8100;
    return (substr($frame, 0, $at), $link == 101 ? undef : $link == 276 ? 0 : $at - 2, substr $frame, $at);
}

sub options {
    my ($options) = @_;
    for (my $at = 0; $at < length $options;) {
        my $kind = ord substr $options, $at, 1;
        last if $kind == 0;
        $at++, next if $kind == 1;
        my $length = ord substr $options, $at + 1, 1;
        substr $options, $at, 10, "\1" x 10 if $kind == 8 && $change{nots};
        substr $options, $at + 2, $length - 2,
            pack 'N*', map { ($_ + $shift) & 0xffffffff } unpack 'N*', substr $options, $at + 2, $length - 2
            if $kind == 5;
        $at += $length;
    }
    return $options;
}

sub tcp {
    my ($tcp) = @_;
    my $length = (ord(substr $tcp, 12, 1) >> 4) * 4;
    my ($seq, $ack) = unpack 'NN', substr $tcp, 4, 8;
    substr $tcp, 4, 4, pack 'N', ($seq + $shift) & 0xffffffff;
    substr $tcp, 8, 4, pack 'N', ($ack + $shift) & 0xffffffff if ord(substr $tcp, 13, 1) & 0x10;
    substr $tcp, 20, $length - 20, options(substr $tcp, 20, $length - 20);
    return $tcp;
}

my %other; # an address: its peer's

sub ip {
    my ($ip) = @_;
    my $v6 = ord($ip) >> 4 == 6;
    my ($at, $size, $head) = $v6 ? (8, 16, 40) : (12, 4, (ord($ip) & 15) * 4);
    my ($src, $dst) = unpack "a${size}a$size", substr $ip, $at;
    my $tcp = tcp(substr $ip, $head);
    @other{$src, $dst} = ($dst, $src);
    ($src, $dst) = ($dst, $src) if $change{swap};
    substr $ip, $at, 2 * $size, $src . $dst;
    return substr($ip, 0, $head) . $tcp if $v6 || !$change{v6};
    my $length = unpack('n', substr $ip, 2) - $head;
    my ($tos, $ttl) = unpack 'xC x6 C', $ip;
    my $prefix = pack 'H24', '20010db80000000000000000';
    return pack('NnCC', 6 << 28 | $tos << 20, $length, 6, $ttl) . $prefix . $src . $prefix . $dst . $tcp;
}

sub other_vlan { my ($header) = @_; substr $header, 14, 2, pack 'n', 100 + unpack 'n', substr $header, 14, 2;
    return $header }

# The header of a tagged frame with an IP packet of so many bytes behind it, in another network.
sub network {
    my ($header, $bytes) = @_;
    my ($macs, $vlan, $type) = unpack 'a12 x2 nn', $header;
    return $macs . pack('nN', 0x8847, ($vlan + 100) << 12 | 0x100 | 64) if $change{mpls};
    return $header unless $change{vxlan};
    my $inner = pack('NN', 0x08000000, $vlan << 8) . $macs . pack 'n', $type;
    my $udp = pack('nnnn', 50000, 4789, 8 + length($inner) + $bytes, 0) . $inner;
    return $macs . pack('nCCnnnCCnNN', 0x0800, 0x45, 0, 20 + length($udp) + $bytes, 0, 0, 64, 17, 0,
        0x0a000001, 0x0a000002) . $udp;
}

sub hop_further { my ($ip) = @_; my $at = ord($ip) >> 4 == 6 ? 7 : 8;
    substr $ip, $at, 1, chr(ord(substr $ip, $at, 1) - 1); return $ip }

my $opener;

# All frames that this one becomes.
sub frames {
    my ($header, $type_at, $ip) = split_frame($_[0]);
    my $new = ip($ip);
    my $source = substr $new, ord($new) >> 4 == 6 ? 8 : 12, 4 + 12 * (ord($new) >> 4 == 6);
    $opener //= $source;
    substr $header, $type_at, 2, pack 'n', 0x86dd if defined $type_at && ord($new) >> 4 == 6;
    $header = substr($header, 0, 12) . pack('nn', 0x8100, 42) . substr $header, 12 if $change{tag};
    $header = other_vlan($header) if $change{oneway} && $source ne $opener;
    return [0, network($header, length $new) . $new] unless $change{routed};
    my ($here, $there) = map { network($_, length $new) } $header, other_vlan($header);
    return $source eq $opener ? ([0, $here . $new], [200_000, $there . hop_further($new)])
        : ([-200_000, $there . $new], [0, $here . hop_further($new)]);
}

sub block { my ($type, $body) = @_; $body .= "\0" x (-length($body) % 4);
    return pack('VV', $type, 12 + length $body) . $body . pack 'V', 12 + length $body }

if ($change{pcapng}) {
    print block(0x0a0d0d0a, pack 'VvvVV', 0x1a2b3c4d, 1, 0, 0xffffffff, 0xffffffff);
    print block(1, pack 'vvVvvCx3vv', $link, 0, 65535, 9, 1, 9, 0, 0);
} else {
    print substr $bytes, 0, 24;
}
my ($number, @all) = 0;
for (my $at = 24; $at < length $bytes;) {
    my ($s, $part, $captured) = unpack 'V4', substr $bytes, $at, 16;
    my @frames = frames(substr $bytes, $at + 16, $captured);
    $at += 16 + $captured;
    next if $change{late} && $number++ < 6;
    push @all, map { [$s * 1_000_000_000 + $part * ($ns ? 1 : 1000) + $_->[0], $_->[1]] } @frames;
}
@all = sort { $a->[0] <=> $b->[0] } @all if $change{routed};
for (@all) {
    my ($time, $frame) = @$_;
    print $change{pcapng}
        ? block(6, pack('V5', 0, $time >> 32, $time & 0xffffffff, (length $frame) x 2) . $frame)
        : pack('V4', $time / 1_000_000_000, $time % 1_000_000_000 / ($ns ? 1 : 1000), (length $frame) x 2)
            . $frame;
}
