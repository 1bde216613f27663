# tshark.pl VERDICTS CAPTURE...: what tshark says of each packet against what we say. Prints each kind
# of difference with its reason and how often it was met; a difference without a reason is shown and
# makes the status 1.
#
# The reasons are not taken from our own words: a third follower, below, keeps which bytes were
# captured before, what was SACKed and when each segment was sent, and nothing else. The method of
# tshark's tcp.analysis.* is in epan/dissectors/packet-tcp.c, tcp_analyze_sequence_number().
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Meanings;
use Tshark;

my ($meanings, @captures) = @ARGV;
my @analysis = Tshark::analysis();
my (%count, @unexplained, %agree);

sub ns { my ($text) = @_; my ($s, $part) = split /\./, $text; return $s * 1_000_000_000 + substr $part . '0' x 9, 0, 9 }

sub theirs {
    my ($capture) = @_;
    my %frames;
    for (grep { $_->{tcp} } Tshark::frames($capture)) {
        my $said = $_;
        my %frame = map { s/^tcp\.|^frame\.(?=number|time_epoch)//r => $said->{$_} } keys %$said;
        $frame{ns} = ns($frame{time_epoch});
        $frame{$_} = Tshark::innermost($frame{$_})
            for qw(ip.id ip.flags.mf len seq ack flags checksum window_size_value srcport stream);
        $frames{ $frame{number} } = \%frame;
    }
    return \%frames;
}

# --- the third follower: one direction -----------------------------------------------------------

sub far { my ($to, $from) = @_; my $d = ($to - $from) & 0xffffffff; return $d >= 1 << 31 ? $d - (1 << 32) : $d }

# 64 bits wide.
sub unwrap { my ($way, $seq) = @_; $way->{base} //= 1 << 32 | $seq;
    my $at = $way->{max} // $way->{base}; return $at + far($seq, $at & 0xffffffff) }

sub covered {
    my ($list, $begin, $end) = @_;
    my $sum = 0;
    for (@$list) {
        my $from = $_->[0] > $begin ? $_->[0] : $begin;
        my $to = $_->[1] < $end ? $_->[1] : $end;
        $sum += $to - $from if $to > $from;
    }
    return $sum;
}

sub cover {
    my ($list, $begin, $end) = @_;
    my @apart = grep { $_->[1] < $begin || $_->[0] > $end } @$list;
    for (grep { $_->[1] >= $begin && $_->[0] <= $end } @$list) {
        $begin = $_->[0] if $_->[0] < $begin;
        $end = $_->[1] if $_->[1] > $end;
    }
    @$list = sort { $a->[0] <=> $b->[0] } @apart, [$begin, $end];
}

# The packet, sent once, in which that number lies.
sub inside {
    my ($way, $at) = @_;
    my ($end) = grep { $way->{ends}{$_}{begin} < $at } sort { $a <=> $b } grep { $_ > $at } keys %{ $way->{recent} };
    return $end && $way->{ends}{$end};
}

# What is true of this packet before it is taken into account.
sub look {
    my ($way, $back, $frame) = @_;
    my %fact;
    my $flags = hex $frame->{flags};
    my $length = $frame->{len} + ($flags & 2 ? 1 : 0) + ($flags & 1 ? 1 : 0);
    my $seq = unwrap($way, $frame->{seq});
    $fact{seq} = $seq;
    $fact{again} = covered($way->{seen} //= [], $seq, $seq + $length);
    $fact{below} = defined $way->{max} && $seq < $way->{max};
    $fact{hole} = defined $way->{max} && $seq > $way->{max};
    $fact{window_same} = defined $way->{window} && $way->{window} == $frame->{window_size_value};
    $fact{id_older} = defined $way->{id} && ((hex($frame->{'ip.id'} || 0) - $way->{id}) & 0xffff) >= 0x8000;
    my $print = join ' ', map { $frame->{$_} // '' } qw(seq ack len flags window_size_value checksum ip.id);
    $fact{same_bits} = $way->{prints}{$print}++;
    $fact{idle_ns} = $frame->{ns} - ($way->{ns} // 0);
    $fact{peer_closed} = defined $back->{window} && $back->{window} == 0;
    $fact{window_known} = defined $way->{window};
    $fact{alone} = !defined $back->{base};
    $fact{acked_before} = defined $back->{ack} && $seq <= $back->{ack};
    $fact{after_fragment} = $way->{fragment};
    if ($flags & 16 && defined $back->{base}) {
        my $ack = unwrap($back, $frame->{ack});
        $fact{ack} = $ack;
        $fact{ack_again} = defined $way->{ack} && $ack == $way->{ack};
        $fact{ack_old} = defined $way->{ack} && $ack < $way->{ack};
        $fact{all_acked} = defined $back->{max} && $ack == $back->{max};
        $fact{unseen} = defined $back->{max} && $ack > $back->{max};
        $fact{segment} = $back->{ends}{$ack};
        $fact{old_between} = defined $way->{ack} && $way->{ack_last} < $way->{ack};
        $fact{inside} = inside($back, $ack) unless $fact{segment};
        $fact{was_sacked} = $fact{segment} && covered($back->{sacked} //= [], $ack - 1, $ack);
    }
    $way->{copies}{$seq}++ if $length;
    return \%fact;
}

sub take {
    my ($way, $back, $frame, $fact) = @_;
    my $flags = hex $frame->{flags};
    my $end = $fact->{seq} + $frame->{len} + ($flags & 2 ? 1 : 0) + ($flags & 1 ? 1 : 0);
    if ($end > $fact->{seq}) {
        my $segment = $way->{ends}{$end} //= { sent => [] };
        push @{ $segment->{sent} }, $frame->{ns};
        $segment->{begin} = $fact->{seq};
        $segment->{filled} = 1 if $fact->{below} && !$fact->{again};
        if ($fact->{again} || $fact->{below}) {
            for (map { $way->{ends}{$_} } grep { $_ > $fact->{seq} } keys %{ $way->{recent} }) {
                $_->{ $_->{begin} < $end ? 'resent' : 'resent_below' } = 1;
            }
            $segment->{resent} = 1 if $fact->{again};
        }
        $way->{recent}{$end} = 1;
        cover($way->{seen}, $fact->{seq}, $end);
        $way->{max} = $end if $end > ($way->{max} // 0);
    }
    $way->{max} = $fact->{seq} if $fact->{seq} > ($way->{max} // 0); # an ACK that overtook data
    $way->{window} = $frame->{window_size_value};
    $way->{id} = hex($frame->{'ip.id'} || 0) unless $fact->{below} && $fact->{id_older};
    $way->{ns} = $frame->{ns};
    $way->{ack_last} = $fact->{ack} if defined $fact->{ack};
    return unless defined $fact->{ack};
    $way->{ack} = $fact->{ack} if $fact->{ack} > ($way->{ack} // 0);
    delete @{ $back->{recent} }{ grep { $_ <= $fact->{ack} } keys %{ $back->{recent} // {} } };
    my @right = split /,/, $frame->{'options.sack_re'};
    for my $left (split /,/, $frame->{'options.sack_le'}) {
        my $right = shift @right;
        cover($back->{sacked} //= [], map { unwrap($back, $_) } $left, $right) if defined $right;
    }
}

# --- differences ---------------------------------------------------------------------------------

sub differ {
    my ($capture, $ours, $kind, $reason) = @_;
    $count{ "$kind: " . ($reason || 'UNEXPLAINED') }++;
    push @unexplained, "$capture frame $ours->{frame}: $kind (we say: $ours->{findings} $ours->{cause})" unless $reason;
}

sub first_reason { while (my ($reason, $holds) = splice @_, 0, 2) { return $reason if $holds } return '' }

# We call a resent byte a retransmission, always; they have rules of time.
sub compare_class {
    my ($capture, $ours, $theirs, $fact) = @_;
    my $is = $ours->{is};
    my $probe = $is->{keep_alive} || $is->{window_probe};
    my ($their) = grep { $theirs->{"analysis.$_"} ne '' }
        qw(spurious_retransmission fast_retransmission out_of_order retransmission);
    my ($our) = grep { $is->{$_} }
        qw(copy retransmission handshake_again fin_again repair reordered ambiguous);
    my %again = map { $_ => 1 } qw(retransmission handshake_again fin_again);
    $their //= 'nothing';
    $our //= 'nothing';
    my $same = $our =~ /^(retransmission|handshake_again|fin_again|repair)$/ ? $their =~ /retransmission$/
        : $our eq 'reordered' ? $their eq 'out_of_order' : $our eq $their;
    if ($same) {
        $agree{'class of the packet'}++ if $our ne 'nothing';
        return;
    }
    differ($capture, $ours, "$their, we: $our", first_reason(
        'bytes captured before were sent again' => $fact->{again} && $again{$our},
        'the same to the bit as one before: a copy' => $our eq 'copy' && $fact->{same_bits},
        'a probe or keep-alive' => $probe,
        'its first FIN, with the number of the SYN' => $our eq 'nothing' && hex($theirs->{flags}) & 1,
        'fills a hole, and nothing tells why' => !$fact->{again} && $fact->{below} && $our eq 'ambiguous',
        'fills a hole, IP identification in between: was overtaken' => !$fact->{again} && $fact->{below}
            && $our eq 'reordered' && $fact->{id_older},
        'fills a hole, IP identification in order: was sent later' => !$fact->{again} && $fact->{below}
            && $our eq 'repair' && !$fact->{id_older} && $theirs->{'ip.id'} ne '',
    ));
}

# [their field, our finding, reason for theirs alone, reason for ours alone]
sub compare_flags {
    my ($capture, $ours, $theirs, $fact) = @_;
    my $is = $ours->{is};
    my $flags = hex $theirs->{flags};
    my $probe = $is->{keep_alive} || $is->{window_probe};
    my $answer = $is->{keep_alive_ack} || $is->{window_probe_ack};
    my %their = map { $_ => $theirs->{"analysis.$_"} ne '' } @analysis;
    my $cut = $theirs->{'_ws.short'} ne '';
    my @rows = (
        ['zero window', $their{zero_window}, $is->{zero_window}, '', first_reason('in a FIN' => $flags & 1)],
        ['keep-alive or probe', $their{keep_alive} || $their{zero_window_probe}, $probe,
            first_reason('no pause before it: was overtaken' => $fact->{idle_ns} < 100_000_000), ''],
        ['window full', $their{window_full}, $is->{window_full}, '',
            'within less than a segment of the edge'],
        ['duplicate ACK', $their{duplicate_ack}, $is->{dup_ack}, first_reason(
            'answers a probe or keep-alive' => $answer,
            'the same to the bit as one before: a copy' => $is->{copy} && $fact->{same_bits},
            'nothing of the other end was captured' => $fact->{alone},
            'nothing is outstanding: something arrived twice' => $fact->{all_acked}),
            first_reason('they do not look at a cut header' => $cut,
                'its own number is old: was overtaken' => $fact->{below},
                'an older ACK came in between' => $fact->{old_between}, 'the window changed with it' => !$fact->{window_same},
                'closed window' => $theirs->{window_size_value} == 0)],
        ['hole', $their{lost_segment}, $is->{hole}, first_reason(
            'was acknowledged before: no news' => $fact->{acked_before}),
            first_reason('they follow no fragments' => $fact->{after_fragment})],
        ['acknowledges what was not captured', $their{ack_lost_segment}, $is->{acked_unseen}, first_reason(
            'of what was captured since' => !$fact->{unseen}), ''],
        ['window update', $their{window_update}, $is->{window_update}, first_reason(
            'data are outstanding: a duplicate ACK' => $is->{dup_ack}),
            first_reason('they do not look at a cut header' => $cut,
                'closes the window' => $is->{zero_window}, 'a hole before it' => $fact->{hole},
                'an older ACK came in between' => $fact->{old_between})],
    );
    for (@rows) {
        my ($name, $their, $our, $why_theirs, $why_ours) = @$_;
        $agree{$name}++ if $their && $our;
        differ($capture, $ours, "$name, they alone", $why_theirs) if $their && !$our;
        differ($capture, $ours, "$name, we alone", $why_ours) if $our && !$their;
    }
}

sub compare_rtt {
    my ($capture, $ours, $theirs, $fact) = @_;
    my %rtt = map { /^(\w+):\d:(\d+)$/ ? ($1 => $2) : () } split /,/, $ours->{rtt};
    my $our = $rtt{ack} // $rtt{handshake};
    my $their = $theirs->{'analysis.ack_rtt'};
    my $segment = $fact->{segment};
    if ($their ne '' && defined $our) {
        my $same = abs(ns($their) - $our) < 1000;
        $same ? $agree{'RTT'}++ : differ($capture, $ours, 'RTT, another value', first_reason(
            'they take a later copy' => $segment && @{ $segment->{sent} } > 1));
    } elsif ($their ne '') {
        differ($capture, $ours, 'RTT, they alone', first_reason(
            'the segment was sent more than once (Karn)' => $segment && ($segment->{resent} || @{ $segment->{sent} } > 1),
            'data below were sent again since' => $segment && $segment->{resent_below},
            'it had been SACKed before' => $fact->{was_sacked},
            'it filled a hole: sent again, or overtaken' => $segment && $segment->{filled},
            'a reset' => hex($theirs->{flags}) & 4,
            'no segment ends there' => !$segment));
    } elsif (defined $our) {
        my $of = $segment // $fact->{inside};
        my $right = $of && @{ $of->{sent} } == 1 && $theirs->{ns} - $of->{sent}[0] == $our;
        differ($capture, $ours, 'RTT, we alone', first_reason(
            'ends inside a packet of several segments' => $right && !$segment,
            'the times of the capture say so' => $right));
    }
}

# A capture whose times go back is followed in their order; they follow the order of the file.
sub is_disordered {
    my @numbers = map { $_->{frame} } @_;
    return grep { $numbers[$_] < $numbers[$_ - 1] } 1 .. $#numbers;
}

sub of_capture { return { frame => $_[0], findings => '', cause => '' } }

for my $capture (@captures) {
    my $theirs = theirs($capture);
    my @ours = Meanings::packets($meanings, $capture);
    my (%way, %stream, %flow);
    if (is_disordered(@ours)) {
        $count{'capture: its times go back, they do not sort'}++;
        next;
    }
    for my $ours (@ours) {
        my $their = delete $theirs->{ $ours->{frame} };
        $their or differ($capture, $ours, 'a packet that they do not have', first_reason(
            'BIG TCP' => $ours->{payload} > 65535)), next;
        my ($to, $from) = ("$ours->{flow} $ours->{src}", "$ours->{flow} $ours->{dst}");
        my ($way, $back) = ($way{$to} //= {}, $way{$from} //= {});
        $way->{fragment} ||= ($their->{'ip.flags.mf'} || '') eq '1';
        my $same = $their->{seq} == $ours->{seq} && $their->{len} ne '' && $their->{len} == $ours->{payload} && $their->{ns} == $ours->{time_ns};
        $same or differ($capture, $ours, 'another seq, length or time', first_reason(
            'a fragment, of which they do not tell the length' => ($their->{'ip.flags.mf'} || '') eq '1')), next;
        $agree{'seq, length, time'}++;
        $stream{ $their->{stream} }{ $ours->{flow} } = $flow{ $ours->{flow} }{ $their->{stream} } = 1;
        my $fact = look($way, $back, $their);
        compare_class($capture, $ours, $their, $fact);
        compare_flags($capture, $ours, $their, $fact);
        compare_rtt($capture, $ours, $their, $fact);
        take($way, $back, $their, $fact);
    }
    differ($capture, of_capture($_), 'a packet that we do not have', first_reason(
        'malformed' => $theirs->{$_}{'_ws.malformed'})) for sort keys %$theirs;
    differ($capture, of_capture('-'), "a stream is several flows", '') for grep { keys %{ $stream{$_} } > 1 } keys %stream;
    differ($capture, of_capture('-'), "a flow is several streams", '') for grep { keys %{ $flow{$_} } > 1 } keys %flow;
    $agree{'connections'} += keys %stream;
}

print "agree: $_: $agree{$_}\n" for sort keys %agree;
print "differ: $_: $count{$_}\n" for sort keys %count;
my %shown;
for (@unexplained) {
    my ($kind) = /: (.*) \(/;
    print "UNEXPLAINED $_\n" if $shown{$kind}++ < 12;
}
exit(@unexplained ? 1 : 0);
