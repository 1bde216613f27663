# ss.pl SS JSON [frozen|live]: holds `tcpprobe sockets --states all --all --format json` against what
# ss -tinoemHOa printed of the same sockets, number by number. ss hides zeros, and rounds to six digits.
# Times that pass between two dumps are compared only with "frozen", where both read the same bytes.
use strict;
use warnings;
use JSON::PP;

my ($ss, $json, $mode) = @ARGV;
my ($compared, @wrong) = (0);

sub slurp { open my $file, '<', $_[0] or die "$_[0]: $!\n"; local $/; return scalar <$file> }

# A word of ss, our column, and by what ss's number is multiplied; 'hidden' when 0 or unset.
my %simple = (
    rto => ['rto_us', 1000], ato => ['ato_us', 1000, 'hidden'], mss => ['mss_bytes', 1],
    pmtu => ['pmtu_bytes', 1, 'hidden'], rcvmss => ['rcv_mss_bytes', 1, 'hidden'],
    advmss => ['advmss_bytes', 1, 'hidden'], cwnd => ['snd_cwnd_segs', 1],
    bytes_sent => ['sent_bytes', 1, 'hidden'], bytes_retrans => ['retransmitted_bytes', 1, 'hidden'],
    bytes_acked => ['bytes_acked', 1, 'hidden'], bytes_received => ['bytes_received', 1, 'hidden'],
    segs_out => ['segs_out', 1, 'hidden'], segs_in => ['segs_in', 1, 'hidden'],
    data_segs_out => ['data_segs_out', 1, 'hidden'], data_segs_in => ['data_segs_in', 1, 'hidden'],
    delivered => ['delivered_segs', 1, 'hidden'], delivered_ce => ['delivered_ce_segs', 1, 'hidden'],
    unacked => ['unacked_segs', 1, 'hidden'], lost => ['lost_segs', 1, 'hidden'],
    sacked => ['sacked_segs', 1, 'hidden'], dsack_dups => ['dsack_dups', 1, 'hidden'],
    reord_seen => ['reorderings', 1, 'hidden'], rcv_rtt => ['rcv_rtt_us', 1000, 'hidden'],
    rcv_space => ['rcv_space_bytes', 1, 'hidden'], rcv_ssthresh => ['rcv_ssthresh_bytes', 1, 'hidden'],
    notsent => ['notsent_bytes', 1, 'hidden'], minrtt => ['rtt_min_us', 1000, 'hidden'],
    rcv_ooopack => ['ooo_packets', 1, 'hidden'], snd_wnd => ['snd_wnd_bytes', 1, 'hidden'],
    backoff => ['backoff', 1, 'hidden'], ino => ['inode', 1, 'hidden'], uid => ['uid', 1, 'hidden'],
);
my %passing = (lastsnd => 'last_sent_ms', lastrcv => 'last_received_ms', lastack => 'last_ack_ms',);
my @skmem = map { "${_}_bytes" } qw(rmem rcvbuf wmem sndbuf fwd_alloc wmem_queued optmem backlog);
my %timer = (on => 'retransmit', keepalive => 'keepalive', timewait => 'timewait', persist => 'persist');

my $who;

sub same {
    my ($column, $theirs, $ours) = @_;
    $compared++;
    my $equal = !defined $theirs ? !$ours : !defined $ours ? 0
        : $theirs =~ /^[\d.e+-]+$/ && $ours =~ /^[\d.e+-]+$/
        ? abs($theirs - $ours) <= 1e-5 * abs($ours) + 0.5001 : $theirs eq $ours;
    push @wrong, "$who: $column is " . ($ours // 'absent') . ', ss says ' . ($theirs // 'nothing') unless $equal;
}

# "[::ffff:1.2.3.4]:80" and "*:80" as we say it.
sub end_of {
    my ($end) = @_;
    return undef if $end =~ /:\*$/;
    $end =~ s/^\[::ffff:([\d.]+)\]/$1/;
    $end =~ s/^\*:/[::]:/;
    return $end;
}

sub full_socket {
    my ($line, $our) = @_;
    same('cc', $line =~ / (bbr|cubic|reno) / ? $1 : undef, $our->{cc});
    my %word = $line =~ / (\w+):([\w.\/,]+)(?=[ (]|$)/g;
    for my $name (sort keys %simple) {
        my ($column, $times, $hidden) = @{ $simple{$name} };
        next if !defined $word{$name} && !$hidden;
        delete $word{$name} if $hidden && !$word{$name};
        same($column, defined $word{$name} ? $word{$name} * $times : undef, $our->{$column});
    }
    if ($mode eq 'frozen' && $our->{tcp_state} ne 'TCP_SYN_SENT') {
        same($passing{$_}, $word{$_}, $our->{ $passing{$_} }) for sort keys %passing;
    }
    my ($rtt, $var) = split m{/}, $word{rtt} // '';
    same('srtt_us', $rtt && $rtt * 1000, $our->{srtt_us});
    same('rttvar_us', $var && $var * 1000, $our->{rttvar_us});
    my ($out, $total) = split m{/}, $word{retrans} // '';
    same('retrans_out_segs', $out, $our->{retrans_out_segs});
    same('retransmitted_segs', $total, $our->{retransmitted_segs});
    my ($pacing, $limit) = $line =~ m{ pacing_rate (\d+)bps(?:/(\d+)bps)?};
    same('pacing_bps', $pacing, $our->{pacing_bps});
    same('pacing_limit_bps', $limit, $our->{pacing_limit_bps}) if $pacing;
    same('delivery_bps', $line =~ / delivery_rate (\d+)bps/ ? $1 : undef, $our->{delivery_bps});
    for (['busy', 'busy_us'], ['rwnd_limited', 'rwnd_limited_us'], ['sndbuf_limited', 'sndbuf_limited_us']) {
        my $ms = $line =~ / $_->[0]:(\d+)ms/ ? $1 * 1000 : undef;
        same($_->[1], $ms, $our->{ $_->[1] }) if $mode eq 'frozen' || !$our->{send_queue_bytes};
    }
    my @scales = split /,/, $word{wscale} // '';
    same('snd_wscale', $scales[0], $our->{snd_wscale});
    same('rcv_wscale', $scales[1], $our->{rcv_wscale});
    same('snd_ssthresh_segs', $1, $our->{snd_ssthresh_segs}) if $line =~ / ssthresh:(\d+)/;
    same('reordering_segs', $line =~ / reordering:(\d+)/ ? $1 : 3, $our->{reordering_segs});
    same('tcp_options', join('|', grep { " $line " =~ / $_ / } qw(ts sack)) =~ s/$/$line =~ m{ wscale:} ? '|wscale' : ''/er
        . ($line =~ / ecn / ? '|ecn' : '') . ($line =~ / ecnseen / ? '|ecn_seen' : ''),
        $our->{tcp_options}) if $our->{tcp_state} ne 'TCP_SYN_SENT';
    if ($our->{cc} eq 'bbr' && $line =~ / bbr:\((.*?)\)/ && $our->{tcp_state} ne 'TCP_SYN_SENT') {
        my %bbr = $1 =~ /(\w+):([\d.]+)/g;
        same('bbr_bw_bps', $bbr{bw}, $our->{bbr_bw_bps});
        same('bbr_rtt_min_us', $bbr{mrtt} * 1000, $our->{bbr_rtt_min_us});
        same('bbr_pacing_gain', $bbr{pacing_gain}, $our->{bbr_pacing_gain});
        same('bbr_cwnd_gain', $bbr{cwnd_gain}, $our->{bbr_cwnd_gain});
    }
}

my $document = JSON::PP->new->utf8->decode(slurp($json));
my %ours = map { $_->{cookie} => $_ } @{ $document->{sockets} };
for my $line (split /\n/, slurp($ss)) {
    $line =~ s/\s+/ /g;
    my ($state, $received, $sent, $local, $peer) = split / /, $line;
    my ($cookie) = $line =~ / sk:([0-9a-f]+)/ or next;
    my $our = delete $ours{$cookie};
    $who = "$state $local $peer";
    if (!$our) { push @wrong, "$who: not ours"; next }
    same('tcp_state', 'TCP_' . ($state eq 'ESTAB' ? 'ESTABLISHED' : $state =~ tr/-/_/r =~ s/FIN_WAIT_/FIN_WAIT/r), $our->{tcp_state});
    same('local', end_of($local), $our->{local});
    same('peer', end_of($peer), $our->{peer});
    my ($timer, $tries) = $line =~ / timer:\((\w+),[^,]*,(\d+)\)/;
    same('timer', $timer && $timer{$timer}, $our->{timer});
    same('timer_count', $tries, $our->{timer_count});
    same('mark', $line =~ / fwmark:(0x\w+)/ ? $1 : undef, ($our->{mark} // '') eq '0x0' ? undef : $our->{mark});
    next if $line !~ / skmem:/;
    my ($name) = $state eq 'LISTEN' ? 'accept' : '';
    same($name ? 'accept_queue_conns' : 'recv_queue_bytes', $received, $our->{ $name ? 'accept_queue_conns' : 'recv_queue_bytes' });
    same($name ? 'accept_limit_conns' : 'send_queue_bytes', $sent, $our->{ $name ? 'accept_limit_conns' : 'send_queue_bytes' });
    my @memory = $line =~ / skmem:\(r(\d+),rb(\d+),t(\d+),tb(\d+),f(\d+),w(\d+),o(\d+),bl(\d+),d(\d+)\)/;
    same($skmem[$_], $memory[$_], $our->{ $skmem[$_] }) for 0 .. $#skmem;
    same('drops', $memory[8], $our->{drops});
    full_socket($line, $our) if !$name;
    # What listens has no window, whatever its tcp_info says.
    push @wrong, map { "$who has $_" } grep { defined $our->{$_} } qw(snd_cwnd_segs rto_us srtt_us) if $name;
}
push @wrong, map { "$ours{$_}{local}: not in ss" } sort keys %ours;
print map { "$_\n" } @wrong;
print "$compared compared\n" if !@wrong;
exit !!@wrong;
