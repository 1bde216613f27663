# quantiles.pl LOG: time-weighted p5, p50, p95 and p99 of tcp_probe's figures by an implementation
# that shares nothing with ours: "SRC DST METRIC P VALUE" for each socket with more than one sample.
# Definition: a sample holds until the next one of its socket, for 1 s at most;
# Q(p) is the smallest value that, with all below it, held for at least p of the time; but for the median
# it is "-" where not even one of all samples lies beyond it.
use strict;
use warnings;

my %socket;
open my $log, '-|', 'gzip', '-dcf', $ARGV[0] or die;
while (<$log>) {
    next unless /(\d+)\.(\d{6}): tcp_probe: /;
    my $us = $1 * 1_000_000 + $2;
    my %field = /(\w+)=(\S+)/g;
    my ($src, $dst) = map { s/\[::ffff:([\d.]+)\]/$1/r } @field{qw(src dest)};
    my %sample = (snd_cwnd => $field{snd_cwnd}, srtt => $field{srtt}, snd_wnd => $field{snd_wnd},
        inflight => (hex($field{snd_nxt}) - hex($field{snd_una})) & 0xffffffff);
    push @{ $socket{"$src $dst"} }, [$us, \%sample];
}
for my $name (sort keys %socket) {
    my @samples = @{ $socket{$name} };
    for my $metric (qw(snd_cwnd srtt snd_wnd inflight)) {
        my (%held, $total);
        for my $i (0 .. $#samples - 1) {
            my $us = $samples[$i + 1][0] - $samples[$i][0];
            $us = 1_000_000 if $us > 1_000_000;
            $held{ $samples[$i][1]{$metric} } += $us;
            $total += $us;
        }
        next unless $total;
        for my $p (5, 50, 95, 99) {
            my $sum = 0;
            if ($p != 50 && @samples * ($p < 50 ? $p : 100 - $p) < 100) {
                print "$name $metric $p -\n";
                next;
            }
            for my $value (sort { $a <=> $b } keys %held) {
                $sum += $held{$value};
                next if $sum * 100 < $p * $total;
                print "$name $metric $p $value\n";
                last;
            }
        }
    }
}
