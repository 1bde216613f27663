# causes.pl VERDICTS CAPTURE LOG: why each segment was sent again, as the packets show it, against the
# state in which the sender's kernel sent it (tcp_cong_state_set, tcp_retransmit_skb): Recovery is fast
# retransmit, Loss is the timer; in Open, Disorder and CWR only the tail-loss probe does that.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Meanings;

my ($meanings, $capture, $log) = @ARGV;
my @states = qw(tlp tlp tlp fast timeout); # Open Disorder CWR Recovery Loss

# [time in ns, sender, cause] of each retransmission of the kernel.
sub kernel {
    my ($offset, %state, @events);
    open my $in, '-|', 'gzip', '-dcf', $log or die;
    while (<$in>) {
        $offset = $1 if /realtime_minus_mono_ns=(\d+)/;
        next unless /(\d+)\.(\d{6}): (tcp_cong_state_set|tcp_retransmit_skb): /;
        my ($ns, $event) = ($1 * 1_000_000_000 + $2 * 1000 + $offset, $3);
        my %field = /(\w+)=(\S+)/g;
        my $flow = "$field{sport} $field{dport}";
        $state{$flow} = $field{cong_state} if $event eq 'tcp_cong_state_set';
        push @events, [$ns, $flow, $states[$state{$flow} // 0]] if $event eq 'tcp_retransmit_skb';
    }
    return @events;
}

# The packets that were sent again.
sub packets {
    my @packets = grep { $_->{is}{retransmission} && $_->{cause} } Meanings::packets($meanings, $capture);
    $_->{flow} = join ' ', map { /:(\d+)$/ } @$_{qw(src dst)} for @packets;
    return @packets;
}

use constant { BEFORE_NS => 20_000, AFTER_NS => 5_000_000 }; # clocks; the way from TCP to the capture

my (%count, $wrong);
my @packets = packets();
for my $event (kernel()) {
    my ($ns, $flow, $cause) = @$event;
    my ($packet) = grep { !$_->{taken} && $_->{flow} eq $flow && $_->{time_ns} >= $ns - BEFORE_NS
        && $_->{time_ns} < $ns + AFTER_NS } @packets;
    $count{kernel}++;
    $packet or print "no packet for the retransmission of $flow at $ns\n" and $wrong++, next;
    $packet->{taken} = 1;
    $count{$cause}++;
    if ($packet->{cause} eq $cause) {
        $count{same}++;
    } elsif ($packet->{cause} eq 'unknown') {
        $count{unknown}++;
    } else {
        $count{other}++;
        $wrong++ if $packet->{confidence} eq 'certain';
    }
    print "frame $packet->{frame}: $cause, we say $packet->{cause} ($packet->{evidence}, $packet->{confidence})\n"
        if $packet->{cause} ne $cause;
}
# An skb may hold several segments: those that follow the first at once were sent with it.
for my $packet (@packets) {
    my ($before) = grep { $_->{taken} && $_->{flow} eq $packet->{flow} && $_->{seq} + $_->{payload} == $packet->{seq}
        && abs($packet->{time_ns} - $_->{time_ns}) < 100_000 } @packets;
    next if $packet->{taken} ||= $before && $before->{cause} eq $packet->{cause};
    print "no event for the retransmission in frame $packet->{frame}\n";
    $wrong++;
}
print join(', ', map { "$_ $count{$_}" } sort keys %count), "\n";
exit($wrong || !$count{same} || ($count{same} // 0) < 0.9 * $count{kernel} ? 1 : 0);
