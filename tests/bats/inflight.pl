# inflight.pl EVENTS: what `meanings probes` printed of a log and a capture of the sender's end: do
# the kernel and the packets agree on what is in flight?
#
# tcp_probe fires when a segment reaches the socket and before it is processed; the capture has that
# segment already. So each event is held against the packets up to the one before the segment that it
# speaks of. Which one that is, is known within some microseconds: the kernel's times are cut to whole
# ones, and the clocks' offset was measured.
use strict;
use warnings;

use constant CLOCKS_NS => 5000;

my (%flight, %before, %probes, %count);
while (<>) {
    chomp;
    my ($kind, $time, $src, @values) = split /\t/;
    if ($kind eq 'probe') {
        push @{ $probes{$src} }, [$time, $values[0]] if $values[0] < 1 << 30;
        next;
    }
    my %now = map {
        my ($end, $known, $bytes, $mss) = @values[4 * $_ .. 4 * $_ + 3];
        $end => $known ? [$bytes, $mss] : undef
    } 0, 1;
    my ($peer) = grep { $_ ne $src } keys %now;
    push @{ $before{$peer} }, [$time, $flight{$peer}]; # until it processes this one
    push @{ $before{$src} }, [$time, $now{$src}];      # what it sent counts at once
    %flight = (%flight, %now);
}
for my $src (sort keys %probes) {
    my $states = $before{$src} or next;
    my $at = 0;
    for my $probe (@{ $probes{$src} }) {
        my ($time, $bytes) = @$probe;
        $at++ while $at < $#$states && $states->[$at + 1][0] <= $time - CLOCKS_NS;
        my @near = grep { defined } map { $_->[1] } $states->[$at],
            grep { $_->[0] > $time - CLOCKS_NS && $_->[0] <= $time + CLOCKS_NS }
            @$states[$at + 1 .. ($at + 16 < $#$states ? $at + 16 : $#$states)];
        next unless @near && $states->[$at][0] <= $time + CLOCKS_NS;
        $count{all}++;
        my ($closest) = sort { $a->[0] <=> $b->[0] } map { [abs($_->[0] - $bytes), $_->[1]] } @near;
        $count{equal}++ if $closest->[0] == 0;
        $closest->[0] <= ($closest->[1] || 1460) ? $count{within}++ : print "$src $time: $bytes, packets $closest->[0] apart\n";
    }
}
printf "%d events, equal %.4f, within a segment %.4f\n", $count{all},
    map { ($count{$_} // 0) / $count{all} } qw(equal within);
exit($count{within} < $count{all} ? 1 : 0);
