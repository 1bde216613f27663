# Tshark.pm: what tshark decodes of each packet of a capture, for all who compare with it.
#
# To start it costs far more than to read a small capture. One run has the fields of everybody, and
# where TSHARK_CACHE names a folder, what it said of a capture is kept there.
package Tshark;
use strict;
use warnings;

my @analysis = map { "tcp.analysis.$_" } qw(retransmission fast_retransmission spurious_retransmission
    out_of_order lost_segment ack_lost_segment duplicate_ack zero_window window_full window_update
    keep_alive keep_alive_ack zero_window_probe zero_window_probe_ack reused_ports ack_rtt);
my @fields = (qw(frame.number frame.time_epoch frame.len frame.protocols ip.src ipv6.src ip.dst ipv6.dst
    ip.id ip.flags.mf ip.frag_offset ip.fragment ipv6.fragment ipv6.fraghdr.offset tcp.stream tcp.srcport tcp.dstport
    tcp.seq tcp.seq_raw tcp.ack tcp.ack_raw tcp.len tcp.flags tcp.window_size_value tcp.checksum
    tcp.urgent_pointer tcp.options.timestamp.tsval tcp.options.timestamp.tsecr tcp.options.mss_val
    tcp.options.wscale.shift tcp.options.sack_le tcp.options.sack_re _ws.short _ws.malformed), @analysis);

sub analysis { return map { s/^tcp\.analysis\.//r } @analysis }

sub run {
    my ($capture, $together) = @_;
    my $lines = `tshark -n -r '$capture' -o ip.defragment:$together -o ipv6.defragment:$together \\
        -o tcp.desegment_tcp_streams:FALSE -o tcp.relative_sequence_numbers:FALSE \\
        -Y 'tcp || ip.flags.mf == 1 || ip.frag_offset > 0 || ipv6.fraghdr' \\
        -T fields @{[ map { "-e $_" } @fields ]} 2>/dev/null`;
    return $lines;
}

sub lines {
    my ($capture, $together) = @_;
    return run($capture, $together) unless $ENV{TSHARK_CACHE};
    my $kept = "$ENV{TSHARK_CACHE}/$together" . $capture =~ s{/}{%}gr;
    unless (-e $kept) {
        open my $out, '>', "$kept.part" or die "$kept.part: $!";
        print $out run($capture, $together);
        close $out or die;
        rename "$kept.part", $kept or die;
    }
    open my $in, '<', $kept or die "$kept: $!";
    local $/;
    return scalar <$in> // '';
}

# A hash a frame that is TCP or a fragment, by the names of the fields; {tcp}: it is TCP, {icmp}: within
# an error that quotes it. $together: with fragments put together.
sub frames {
    my ($capture, $together) = @_;
    my @frames;
    for (split /\n/, lines($capture, $together ? 'TRUE' : 'FALSE')) {
        my %frame;
        @frame{@fields} = split /\t/, $_, -1;
        my %layer = map { $_ => 1 } split /:/, $frame{'frame.protocols'};
        $frame{tcp} = $layer{tcp};
        $frame{icmp} = $layer{icmp} || $layer{icmpv6};
        push @frames, \%frame;
    }
    return @frames;
}

# Of a frame with several headers the last one's.
sub innermost { return $_[0] =~ s/.*,//r }

1;
