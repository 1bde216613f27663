# fields.pl TCPPROBE CAPTURE...: the fields of each TCP packet as tcpprobe decodes them against
# tshark's, frame by frame. Prints each difference; the status is 1 if one has no reason.
#
# Of a frame with several TCP headers (tunnels, errors that quote) tshark's last one counts. It is
# asked not to put fragments together, since it shows nothing of those that lack some, and then to do
# it: what it says of the last of them is what we say of the first, which has the header.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Tshark;

my ($tcpprobe, @captures) = @ARGV;

# Ours => tshark's.
my @pairs = (
    [seq => 'tcp.seq_raw'], [ack => 'tcp.ack_raw'], [payload => 'tcp.len'],
    [window => 'tcp.window_size_value'], [tsval => 'tcp.options.timestamp.tsval'],
    [tsecr => 'tcp.options.timestamp.tsecr'], [mss => 'tcp.options.mss_val'],
    [wscale => 'tcp.options.wscale.shift'], [checksum => 'tcp.checksum'],
    [urg_ptr => 'tcp.urgent_pointer'], [wire_len => 'frame.len'],
);
my @ends = qw(ip.src ipv6.src tcp.srcport ip.dst ipv6.dst tcp.dstport);
my @all = ('frame.number', @ends, 'tcp.flags', 'tcp.options.sack_le', 'tcp.options.sack_re',
    map { $_->[1] } @pairs);
my %flag = (FIN => 1, SYN => 2, RST => 4, PSH => 8, ACK => 16, URG => 32, ECE => 64, CWR => 128, AE => 256);

# Where the two differ for a reason: "NAME FRAME FIELD" or "NAME * FIELD" => why.
my %known = (
    'PcapPlusPlus-tcp-malformed.pcap * packet' => 'the header length is beyond the segment: neither packet can be used',
    (map { ("tcpdump-bigtcp-$_.pcap * packet" => 'this tshark does not know lengths of 0') }
        qw(ipv6 ipv6-vxlan-ipv4 ipv4-vxlan-ipv6 ipv4-geneve-ipv4)),
    'zeek-fragmented-4.pcap 2 wire_len' => 'fragments that overlap are not put together',
    'zeek-fragmented-4.pcap 2 payload' => 'of a fragment tshark gives no length',
);

sub number { my ($text) = @_; return $text =~ /^0x/ ? hex $text : $text }

# The fragments of packets that are put together: what is said of the last one, at the first one's place.
sub whole_packets {
    my ($capture, @apart) = @_;
    my (%length, @whole);
    return unless grep { $_->{'ip.flags.mf'} =~ /1/ || $_->{'ip.frag_offset'} =~ /[1-9]/ || $_->{'ipv6.fraghdr.offset'} ne '' } @apart;
    %length = map { $_->{'frame.number'} => $_->{'frame.len'} } @apart;
    for (grep { $_->{tcp} && !$_->{icmp} } Tshark::frames($capture, 1)) {
        my @parts = split /,/, $_->{'ip.fragment'} || $_->{'ipv6.fragment'} or next;
        my $sum = 0;
        $sum += $length{$_} for @parts;
        push @whole, { %$_, 'frame.number' => $parts[0], 'frame.len' => $sum };
    }
    return @whole;
}

sub theirs {
    my ($capture) = @_;
    my @apart = Tshark::frames($capture);
    my %frames;
    for my $frame ((grep { $_->{tcp} && !$_->{icmp} } @apart), whole_packets($capture, @apart)) {
        for (@all) {
            $frame->{$_} = Tshark::innermost($frame->{$_}) unless /sack/;
        }
        $frames{ $frame->{'frame.number'} } = $frame;
    }
    return \%frames;
}

sub ours {
    my ($capture) = @_;
    my (%frames, @names);
    open my $in, '-|', "'$tcpprobe' export -q --events --format csv '$capture' 2>/dev/null" or die;
    while (<$in>) {
        chomp;
        my @values = map { s/^"(.*)"$/$1/r } /((?:"[^"]*"|[^,"]*)*)(?:,|$)/g;
        unless (@names) {
            @names = @values;
            next;
        }
        my %frame;
        @frame{@names} = @values;
        $frames{ $frame{frame} } = \%frame;
    }
    return \%frames;
}

# What differs: [field, ours, theirs].
sub differences {
    my ($we, $they) = @_;
    my @found;
    for (@pairs) {
        my ($mine, $other) = @$_;
        my ($a, $b) = ($we->{$mine}, $they->{$other});
        $b = '' if $mine eq 'ack' && !(hex($they->{'tcp.flags'}) & 16);
        $b = '' if $mine eq 'urg_ptr' && !(hex($they->{'tcp.flags'}) & 32);
        $b = '' if $mine =~ /^(mss|wscale)$/ && !(hex($they->{'tcp.flags'}) & 2);
        push @found, [$mine, $a, $b] if $a ne '' || $b ne '' and ($a eq '') != ($b eq '') || number($a) != number($b);
    }
    my $bits = 0;
    $bits |= $flag{$_} // 0 for split /\|/, $we->{flags};
    push @found, ['flags', $we->{flags}, $they->{'tcp.flags'}] if $bits != (hex($they->{'tcp.flags'}) & 0x1ff);
    my @right = split /,/, $they->{'tcp.options.sack_re'};
    # the end of a block may have been cut off
    my $sack = join ',', map { @right ? "$_-" . shift @right : () } split /,/, $they->{'tcp.options.sack_le'};
    push @found, ['sack', $we->{sack}, $sack] if $we->{sack} ne $sack;
    for my $end (['src', 'ip.src', 'ipv6.src', 'tcp.srcport'], ['dst', 'ip.dst', 'ipv6.dst', 'tcp.dstport']) {
        my ($mine, $v4, $v6, $port) = @$end;
        my @can = ("$they->{$v4}:$they->{$port}", "[$they->{$v6}]:$they->{$port}");
        push @found, [$mine, $we->{$mine}, "@can"] unless grep { $_ eq $we->{$mine} } @can;
    }
    return @found;
}

my ($same, $explained, $wrong) = (0, 0, 0);
for my $capture (@captures) {
    my ($name) = $capture =~ m{([^/]+)$};
    my ($we, $they) = (ours($capture), theirs($capture));
    my %frames = map { $_ => 1 } keys %$we, keys %$they;
    for my $frame (sort { $a <=> $b } keys %frames) {
        my @found = !$we->{$frame} ? ['packet', 'none', 'one']
            : !$they->{$frame} ? ['packet', 'one', 'none'] : differences($we->{$frame}, $they->{$frame});
        $same++ unless @found;
        for (@found) {
            my ($field, $a, $b) = @$_;
            if ($known{"$name $frame $field"} || $known{"$name * $field"}) {
                $explained++;
                next;
            }
            $wrong++;
            print "$name: frame $frame: $field: we say $a, tshark $b\n";
        }
    }
}
print "frames that are the same: $same, differences with a reason: $explained, without: $wrong\n";
exit($wrong || !$same ? 1 : 0);
