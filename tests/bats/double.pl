#!/usr/bin/env perl
# double.pl MS <PCAP >PCAP: every frame again, MS milliseconds later, as a mirror port may have it.
# Little-endian pcap with nanoseconds.
use strict;
use warnings;

binmode $_ for \*STDIN, \*STDOUT;
my $later_ns = shift() * 1_000_000;
read(STDIN, my $head, 24) or die "no pcap\n";
die "no little-endian pcap with nanoseconds\n" unless unpack('V', $head) == 0xa1b23c4d;
my @frames;
while (read(STDIN, my $record, 16) == 16) {
    my ($s, $ns, $captured, $length) = unpack 'V4', $record;
    read(STDIN, my $bytes, $captured);
    push @frames, map { [$s * 1_000_000_000 + $ns + $_, $captured, $length, $bytes] } 0, $later_ns;
}
print $head;
for (sort { $a->[0] <=> $b->[0] } @frames) {
    my ($time, @rest) = @$_;
    print pack('V4', int($time / 1_000_000_000), $time % 1_000_000_000, @rest[0, 1]), $rest[2];
}
