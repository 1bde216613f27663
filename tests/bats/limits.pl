# limits.pl LOG.gz: of each sender of a log, by its port, the share of the time (percent) in which in
# flight reached the congestion window, and that in which losses were repaired; judged as the kernel
# does (tcp_cwnd_validate()): once per round trip, by its fullest moment. A second implementation, after
# the text of the log alone; segments of 1448 bytes, or 1428 over IPv6.
use strict;
use warnings;

my %of;

sub on_probe {
    my ($time, $port, %field) = @_;
    my $flow = $of{$port} //= { begin => $time, probes => 0, time => 0, full => 0, state => 0 };
    my $mss = $field{family} eq 'AF_INET6' && $field{src} !~ /ffff:/ ? 1428 : 1448;
    my $inflight = (hex($field{snd_nxt}) - hex($field{snd_una})) & 0xffffffff;
    $flow->{probes}++;
    $flow->{hit} = 1 if $inflight > ($field{snd_cwnd} - 1) * $mss || $flow->{state} >= 2;
    return if $time - $flow->{begin} < $field{srtt} / 1e6;
    $flow->{time} += $time - $flow->{begin};
    $flow->{full} += $time - $flow->{begin} if $flow->{hit};
    @$flow{qw(begin hit)} = ($time, 0);
}

sub on_state {
    my ($time, $port, $state) = @_;
    my $flow = $of{$port} or return;
    $flow->{repairs} += $time - $flow->{since} if $flow->{state} >= 2;
    @$flow{qw(since state)} = ($time, $state);
}

open my $log, '-|', 'gzip', '-dc', $ARGV[0] or die "$ARGV[0]: $!\n";
while (<$log>) {
    my ($time, $event, $rest) = / (\d+\.\d+): (tcp_probe|tcp_cong_state_set): (.*)/ or next;
    my %field = map { split /=/, $_, 2 } grep { /=/ } split ' ', $rest;
    if ($event eq 'tcp_probe') {
        my ($port) = $field{src} =~ /:(\d+)$/;
        on_probe($time, $port, %field);
    } else {
        on_state($time, $field{sport}, $field{cong_state});
    }
}
for my $port (sort { $a <=> $b } keys %of) {
    my $flow = $of{$port};
    next if $flow->{probes} < 200 || $flow->{full} == 0;
    printf "%d %.1f %.1f\n", $port, 100 * $flow->{full} / $flow->{time},
        100 * ($flow->{repairs} // 0) / $flow->{time};
}
