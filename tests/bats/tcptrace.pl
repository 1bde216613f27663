#!/usr/bin/env perl
# tcptrace.pl: the figures of tcptrace -l -r -W beside the columns of flows --all.
#
#     tcptrace.pl labels              every label of the table, and its column
#     tcptrace.pl missing CAPTURE     labels that tcptrace prints and that the table lacks
#     tcptrace.pl differences CAPTURE rows that do not agree; the last line counts
#     tcptrace.pl counts CAPTURE      the same for what needs no judgement
use strict;
use warnings;
use JSON::PP;
use Socket qw(AF_INET6 inet_ntop inet_pton);

my $tcpprobe = $ENV{TCPPROBE} // 'build/tcpprobe';

# What tcptrace prints, what it is called here, how that becomes tcptrace's number, how far they may
# be apart (a number, or what decides), and where they need not be the same, why. "other": a figure
# of the data that the peer sends, which tcptrace counts where the ACKs are sent. `undef` stands for
# what cannot be compared.
my $exact = 0;
my ($same, $yes) = (sub { $_[0] // 0 }, sub { $_[0] ? 'Y' : 'N' });
my $whole = sub { defined $_[0] ? int $_[0] : 0 };
my $ms = sub { ($_[0] // 0) / 1e3 };
my $sum = sub { my $all = 0; $all += $_ // 0 for @_; return $all };
my $text = sub { $_[0] eq $_[1] };
my $least = sub { $_[1] >= $_[0] };
my $deviation = sub { abs($_[0] - $_[1]) <= 0.1 || $_[0] == 0 };
my $near = sub { abs($_[0] - $_[1]) <= 60 + 0.12 * $_[0] };

# The RTT samples with that of the handshake, which is a kind of its own here.
my $handshake = 'tcptrace counts the handshake among the samples';
my $rtt = 'rtt_ack_samples rtt_ack_mean_us rtt_ack_stdev_us rtt_ack_min_us rtt_ack_max_us wire_handshake_us';
sub with_handshake {
    my ($what, $n, $mean, $stdev, $min, $max, $first) = @_;
    $_ //= 0 for $n, $mean, $stdev;
    my $square = $n ? ($n - 1) * $stdev**2 + $n * $mean**2 : 0;
    my $sum = $n * $mean;
    if (defined $first) {
        $sum += $first;
        $square += $first**2;
        $min = $first if !defined $min || $first < $min;
        $max = $first if !defined $max || $first > $max;
        $n++;
    }
    return $n if $what eq 'samples';
    return 0 if !$n;
    return ($what eq 'min' ? $min : $what eq 'max' ? $max : $what eq 'avg' ? $sum / $n
        : $n < 2 ? 0 : sqrt(abs($square - $sum**2 / $n) / ($n - 1))) / 1e3;
}
sub rtt { my ($what) = @_; return sub { with_handshake($what, @_) } }
my $dup = 'tcptrace asks for the same window, and not for outstanding data';
my @table = (
    # label, column, conversion, tolerance (absolute), reason
    ['total packets', 'wire_packets', $same, $exact],
    ['resets sent', 'wire_resets', $same, $exact],
    ['ack pkts sent', 'wire_acks', $same, $exact],
    ['pure acks sent', 'wire_pure_acks', $same, $exact],
    ['sack pkts sent', 'other wire_sack_packets', $same, $least, 'tcptrace leaves out options that the capture cuts off'],
    ['dsack pkts sent', 'other wire_dsack_packets', $same, $exact],
    ['max sack blks/ack', 'other wire_sack_blocks_max', $same, $exact],
    ['unique bytes sent', 'wire_unique_bytes', $same, $exact],
    ['actual data pkts', 'wire_data_packets', $same, $exact],
    ['actual data bytes', 'wire_sent_bytes', $same, $exact],
    ['rexmt data pkts', 'wire_retransmitted_packets wire_syn_again wire_fin_again', $sum, $exact, 'tcptrace counts SYN and FIN as a byte of data each'],
    ['rexmt data bytes', 'wire_retransmitted_bytes wire_syn_again wire_fin_again', $sum, $exact, 'the same'],
    ['zwnd probe pkts', 'wire_window_probes', $same, sub { $_[0] <= $_[1] }, 'tcptrace does not see the probes without a byte that Linux sends'],
    ['zwnd probe bytes', 'wire_window_probe_bytes', $same, $exact],
    ['outoforder pkts', 'wire_out_of_order', $same, $exact],
    ['pushed data pkts', 'wire_pushes', $same, $exact],
    ['SYN/FIN pkts sent', 'wire_syns wire_fins', sub { join '/', map { $_ // 0 } @_ }, $text],
    ['req 1323 ws/ts', 'wire_wscale wire_timestamps', sub { (defined $_[0] ? 'Y' : 'N') . '/' . $yes->($_[1]) }, $text],
    ['adv wind scale', 'wire_wscale', $same, $exact],
    ['req sack', 'wire_sack_ok', $yes, $text],
    ['sacks sent', 'other wire_sack_packets', $same, $least, 'the same'],
    ['urgent data pkts', 'wire_urgent_packets', $same, $exact],
    ['urgent data bytes', 'wire_urgent_bytes', $same, $exact],
    ['mss requested', 'wire_mss_bytes', $same, $exact],
    ['max segm size', 'wire_segment_max_bytes', $same, $exact],
    ['min segm size', 'wire_segment_min_bytes', $same, $exact],
    ['avg segm size', 'wire_segment_mean_bytes', $whole, 1, 'tcptrace cuts it off'],
    ['max win adv', 'wire_window_max_bytes', $same, $exact, 'tcptrace takes the windows of SYNs where none is scaled'],
    ['min win adv', 'wire_window_min_bytes', $same, $exact, 'tcptrace takes the windows of SYNs where none is scaled'],
    ['zero win adv', 'wire_zero_windows', $same, $exact],
    ['avg win adv', 'wire_window_mean_bytes wire_packets wire_resets wire_zero_windows',
        sub { $_[1] ? ($_[0] // 0) * ($_[1] - $_[2] - $_[3]) / $_[1] : 0 },
        sub { abs($_[0] - $_[1]) <= 60 + 0.03 * $_[0] }, 'tcptrace counts windows of 0, those of RSTs, too, and not those of SYNs'],
    ['max owin', 'wire_inflight_max_bytes', sub { ($_[0] // 0) + 1 }, $exact],
    ['min non-zero owin', 'wire_outstanding_min_bytes', undef, 0,
        'tcptrace counts one byte too many and SYN and FIN as bytes'],
    ['avg owin', 'wire_outstanding_mean_bytes', $same, $near, 'tcptrace counts SYN and FIN as bytes, and leaves out what comes after a hole'],
    ['wavg owin', 'wire_inflight_mean_bytes', undef, 0,
        'tcptrace divides by the whole life of the connection; here it is while data were measured'],
    ['initial window', 'wire_initial_bytes', $same, $exact],
    ['initial window pkts', 'wire_initial_segs', $same, $exact],
    ['ttl stream length', 'wire_stream_bytes', $same, 1, 'tcptrace counts a byte for an RST after a FIN'],
    ['missed data', 'wire_missed_bytes', $same, 1, 'the same byte'],
    ['truncated data', 'wire_truncated_bytes', $same, $exact],
    ['truncated packets', 'wire_truncated_packets', $same, $exact],
    ['data xmit time', 'wire_data_time_ns', sub { ($_[0] // 0) / 1e9 }, 0.001],
    ['idletime max', 'wire_idle_max_ns', sub { ($_[0] // 0) / 1e6 }, 0.1],
    ['hardware dups', 'wire_copies', $same, $exact],
    ['throughput', 'wire_throughput_bps', sub { ($_[0] // 0) / 8 }, 1],
    ['RTT samples', $rtt, rtt('samples'), $exact, $handshake],
    ['RTT min', $rtt, rtt('min'), 0.1, $handshake],
    ['RTT max', $rtt, rtt('max'), 0.1, $handshake],
    ['RTT avg', $rtt, rtt('avg'), 0.1, $handshake],
    ['RTT stdev', $rtt, rtt('stdev'), $deviation, "$handshake, and has no deviation of two"],
    ['RTT from 3WHS', 'wire_handshake_us', $ms, 0.1],
    (map { ["RTT full_sz $_->[0]", "rtt_ack_$_->[1]", undef, 0,
        'tcptrace takes the SYN for the largest segment, so that one sample is all that it has'] }
        ['smpls', 'samples'], map { [$_, ($_ eq 'avg' ? 'mean' : $_) . '_us'] } qw(min max avg stdev)),
    ['post-loss acks', 'wire_post_loss_acks', $same, $exact],
    ['ambiguous acks', 'wire_ambiguous_acks', $same, $exact],
    ['RTT min (last)', 'rtt_resent_min_us', $ms, 0.1],
    ['RTT max (last)', 'rtt_resent_max_us', $ms, 0.1],
    ['RTT avg (last)', 'rtt_resent_mean_us', $ms, 0.1],
    ['RTT sdv (last)', 'rtt_resent_stdev_us', $ms, $deviation, 'the same'],
    ['segs cum acked', 'wire_covered_acks', $same, $exact],
    ['duplicate acks', 'wire_dup_acks', undef, 0, $dup],
    ['triple dupacks', 'wire_triple_dup_acks', undef, 0, $dup],
    ['max # retrans', 'wire_resent_most', $same, $exact],
    ['min retr time', 'wire_resend_delay_min_us', $ms, 0.1],
    ['max retr time', 'wire_resend_delay_max_us', $ms, 0.1],
    ['avg retr time', 'wire_resend_delay_mean_us', $ms, 0.1],
    ['sdv retr time', 'wire_resend_delay_stdev_us', $ms, $deviation, 'tcptrace has no deviation of two'],
);
# What is counted without judging what a packet is.
my %counted = map { $_ => 1 } 'total packets', 'resets sent', 'ack pkts sent', 'pure acks sent', 'max sack blks/ack',
    'unique bytes sent', 'actual data pkts', 'actual data bytes', 'rexmt data pkts', 'rexmt data bytes',
    'pushed data pkts', 'SYN/FIN pkts sent', 'req 1323 ws/ts', 'adv wind scale', 'req sack', 'urgent data pkts',
    'urgent data bytes', 'mss requested', 'max segm size', 'min segm size', 
    'zero win adv', 'max owin', 'initial window', 'ttl stream length', 'missed data', 'truncated data',
    'truncated packets', 'data xmit time', 'throughput';
my %known = map { $_->[0] => $_ } @table;

# [{host => [A, B], rows => [[label, of A, of B] ...]} ...]
sub tcptrace {
    my ($capture) = @_;
    my (@flows, $flow);
    open my $pipe, '-|', "tcptrace -n -l -r -W '$capture' 2>/dev/null" or die;
    while (<$pipe>) {
        if (/^TCP connection \d+:/) {
            push @flows, $flow = { host => [], rows => [] };
        } elsif (/^\s+host \S+:\s+(\S+):(\d+)$/) {
            my ($address, $port) = ($1, $2);
            push @{ $flow->{host} }, $address =~ /:/
                ? '[' . inet_ntop(AF_INET6, inet_pton(AF_INET6, $address)) . "]:$port" : "$address:$port";
        } elsif ($flow && /^\s+(\S[^:]*?):\s+(\S+)(?: (pkts|\w+))?\s+\1:\s+(\S+)(?: \w+)?\s*$/) {
            my ($label, $first, $unit, $second) = ($1, $2, $3 // '', $4);
            $label .= ' pkts' if $label eq 'initial window' && $unit eq 'pkts';
            push @{ $flow->{rows} }, [$label, $first, $second];
        }
    }
    return @flows;
}

sub ours {
    my ($capture) = @_;
    my %flows;
    my $json = JSON::PP->new->utf8->decode(scalar `$tcpprobe flows -q --all --format json '$capture'`);
    for (@{ $json->{flows} }) {
        push @{ $flows{"$_->{src} $_->{dst}"} }, $_;
        push @{ $flows{"$_->{dst} $_->{src}"} }, $_;
    }
    return \%flows;
}

# The value of one direction: of the flow's src, or of its peer.
sub value {
    my ($row, $flow, $from) = @_;
    my (undef, $columns, $convert) = @$row;
    my $peer = $flow->{src} ne $from;
    $peer = !$peer if $columns =~ s/^other //;
    my @values = map { my $name = ($peer ? 'peer_' : '') . $_; die "no column $name\n" unless exists $flow->{$name}; $flow->{$name} } split ' ', $columns;
    return $convert->(@values);
}

sub agree {
    my ($row, $theirs, $ours) = @_;
    return 1 if $theirs eq 'NA';
    return $row->[3]->($theirs, $ours) if ref $row->[3];
    return abs($theirs - $ours) <= $row->[3];
}

sub differences {
    my ($capture, $only) = @_;
    my $ours = ours($capture);
    my ($compared, %next) = (0);
    for my $theirs (tcptrace($capture)) {
        my ($a, $b) = @{ $theirs->{host} };
        my $flow = ($ours->{"$a $b"} // [])->[$next{ join ' ', sort $a, $b }++];
        print "$a $b: no such flow\n" unless $flow;
        next unless $flow;
        for (@{ $theirs->{rows} }) {
            my ($label, @values) = @$_;
            my $row = $known{$label} or die "no row for '$label'\n";
            next if !$row->[2] || ($only && !$only->{$label});
            for my $end (0, 1) {
                my $value = value($row, $flow, $theirs->{host}[$end]);
                $compared++;
                printf "%s %s: tcptrace %s, here %s\n", $theirs->{host}[$end], $label, $values[$end], $value
                    unless agree($row, $values[$end], $value);
            }
        }
    }
    print "compared $compared\n";
}

my ($what, $capture) = @ARGV;
if ($what eq 'labels') {
    print "$_->[0]: ", $_->[1] =~ s/^other //r, "\n" for @table;
} elsif ($what eq 'missing') {
    my %seen = map { $_->[0] => 1 } map { @{ $_->{rows} } } tcptrace($capture);
    print "$_\n" for grep { !$known{$_} } sort keys %seen;
    printf "%d labels\n", scalar keys %seen;
} else {
    differences($capture, $what eq 'counts' && \%counted);
}
