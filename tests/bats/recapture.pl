# recapture.pl OPTION... IN OUT...: the packets of a capture (pcap, raw IP or Ethernet, gzipped or not)
# in other clothes, written by nothing of ours.
#
#   link=NAME     raw ethernet vlan qinq mpls pppoe sll sll2 null loop ppp; or inside a tunnel on
#                 Ethernet: gre vxlan geneve ipip; or mixed: raw, ethernet and sll2 by turns (pcapng)
#   format=NAME   pcap pcapng; be: the other byte order; us: microseconds; e.g. pcapng-be-us
#   from=N to=N   only these packets, counted from 1
#   only=ADDRESS  only what comes from there
#   snaplen=N     cut the IP packets to so many bytes
#   floor=NS      round times down
#   blank=SHARE:SEED  leave out packets at random
#   step=N:NS     the clock is set back by NS before packet N (forward: -NS); several: N:NS,N:NS
#   sleep=N:NS    nothing is sent for NS before packet N; sleep=N:NS:ADDRESS: while that host sleeps, so
#                 that its timestamps (of a millisecond) stand still
#   offset=ADDRESS:NS  what comes from there is stamped so much later (earlier: -NS)
#   hops=ADDRESS:N  what comes from there has N hops less left
#   offload=ADDRESS  the TCP checksum of what comes from there is not worked out yet
#   order=time    sorted by time as it is stamped; order=direction: who sent first, then the other;
#                 order=answers: the other one first; order=flows: the same for one connection after
#                 the other
#   timestamps=no TCP has none
#   family=6      IPv6, the addresses behind 2001:db8::
#
# Of several OUTs each gets a part: split=time (default) one after the other, split=direction by who
# sends (two), split=turns by turns.
use strict;
use warnings;

my %option = (link => 'raw', format => 'pcap', split => 'time', floor => 1);
while (@ARGV && $ARGV[0] =~ /^(\w+)=(.*)/) {
    $option{$1} = $2;
    shift;
}
my ($in, @out) = @ARGV;

my $mac = pack 'H*', '020000000001' . '020000000002';
my %number = (raw => 101, null => 0, loop => 108, ppp => 9, sll => 113, sll2 => 276);

sub is_v6 { return ord(substr $_[0], 0, 1) >> 4 == 6 }
sub ether_type { return is_v6($_[0]) ? 0x86dd : 0x0800 }

sub ethernet { my ($type, $ip) = @_; return $mac . pack('n', $type) . $ip }

# What a short frame is filled up with is no payload.
sub padded { my ($frame, $short) = @_; return [$frame . ("\xee" x (60 - length $frame)), 60] if $short < 60;
    return [$frame, $short] }

sub ipv4_around {
    my ($protocol, $head, $ip, $wire) = @_;
    return pack('CCnnnCCna4a4', 0x45, 0, 20 + length($head) + $wire, 0, 0, 64, $protocol, 0,
        "\x0a\1\1\1", "\x0a\1\1\2") . $head . $ip;
}

sub udp { my ($port, $head, $wire) = @_; return pack('nnnn', 50000, $port, 8 + length($head) + $wire, 0) . $head }

# Each gives what the frame begins with, around the IP packet.
my %cover = (
    raw => sub { $_[0] },
    null => sub { pack('V', is_v6($_[0]) ? 30 : 2) . $_[0] },
    loop => sub { pack('N', is_v6($_[0]) ? 30 : 2) . $_[0] },
    ppp => sub { pack('H4n', 'ff03', is_v6($_[0]) ? 0x57 : 0x21) . $_[0] },
    sll => sub { pack('nnna8n', 0, 1, 6, substr($mac, 6) . "\0\0", ether_type($_[0])) . $_[0] },
    sll2 => sub { pack('nnNnCCa8', ether_type($_[0]), 0, 7, 1, 0, 6, substr($mac, 6) . "\0\0") . $_[0] },
    ethernet => sub { ethernet(ether_type($_[0]), $_[0]) },
    vlan => sub { ethernet(0x8100, pack('nn', 42, ether_type($_[0])) . $_[0]) },
    qinq => sub { ethernet(0x88a8, pack('nnnn', 7, 0x8100, 42, ether_type($_[0])) . $_[0]) },
    mpls => sub { ethernet(0x8847, pack('NN', 16 << 12 | 64, 17 << 12 | 0x100 | 64) . $_[0]) },
    pppoe => sub { ethernet(0x8864, pack('CCnnn', 0x11, 0, 9, $_[1] + 2, is_v6($_[0]) ? 0x57 : 0x21) . $_[0]) },
    gre => sub { ethernet(0x0800, ipv4_around(47, pack('nn', 0, ether_type($_[0])), @_)) },
    ipip => sub { ethernet(0x0800, ipv4_around(is_v6($_[0]) ? 41 : 4, '', @_)) },
    vxlan => sub {
        my ($ip, $wire) = @_;
        my $head = pack('NN', 0x08000000, 99 << 8) . ethernet(ether_type($ip), '');
        return ethernet(0x0800, ipv4_around(17, udp(4789, $head, $wire), $ip, $wire));
    },
    geneve => sub {
        my ($ip, $wire) = @_;
        my $head = pack('CCnN', 0, 0, 0x6558, 99 << 8) . ethernet(ether_type($ip), '');
        return ethernet(0x0800, ipv4_around(17, udp(6081, $head, $wire), $ip, $wire));
    },
);

# [time in ns, IP packet, its length on the wire]
sub read_packets {
    open my $file, '-|', 'gzip', '-dcf', $in or die;
    binmode $file;
    local $/;
    my $bytes = <$file>;
    my $ns = unpack('V', $bytes) == 0xa1b23c4d ? 1 : 1000;
    die "$in: not a little-endian pcap of raw IP or Ethernet\n"
        unless $bytes =~ /^(\x4d\x3c\xb2\xa1|\xd4\xc3\xb2\xa1)/ && unpack('V', substr $bytes, 20) =~ /^(1|101)$/;
    my $skip = unpack('V', substr $bytes, 20) == 1 ? 14 : 0;
    my @packets;
    for (my $at = 24; $at < length $bytes;) {
        my ($s, $part, $captured, $wire) = unpack 'VVVV', substr $bytes, $at, 16;
        push @packets, [$s * 1_000_000_000 + $part * $ns,
            substr($bytes, $at + 16 + $skip, $captured - $skip), $wire - $skip];
        $at += 16 + $captured;
    }
    return @packets;
}

sub source {
    my ($ip) = @_;
    return join '.', unpack 'C4', substr $ip, 12, 4 unless is_v6($ip);
    return join ':', unpack 'H4' x 8, substr $ip, 8, 16;
}

sub without_timestamps {
    my ($ip) = @_;
    my $tcp = is_v6($ip) ? 40 : 20;
    my $end = $tcp + 4 * (ord(substr $ip, $tcp + 12, 1) >> 4);
    for (my $at = $tcp + 20; $at < $end;) {
        my ($kind, $length) = unpack 'CC', substr $ip, $at, 2;
        last if $kind == 0;
        $length = 1 if $kind == 1;
        substr $ip, $at, 10, "\1" x 10 if $kind == 8;
        $at += $length;
    }
    return $ip;
}

# Puts TCP's timestamps forward: the packet's own by so much, those that it echoes by as much if they
# are no older than that.
sub put_forward {
    my ($packet, $ticks, $echoed, $since) = @_;
    my $tcp = is_v6($packet->[1]) ? 40 : 20;
    my $end = $tcp + 4 * (ord(substr $packet->[1], $tcp + 12, 1) >> 4);
    for (my $at = $tcp + 20; $at < $end;) {
        my ($kind, $length) = unpack 'CC', substr $packet->[1], $at, 2;
        last if $kind == 0;
        $at++, next if $kind == 1;
        if ($kind == 8) {
            my ($value, $echo) = unpack 'NN', substr $packet->[1], $at + 2, 8;
            substr $packet->[1], $at + 2, 8, pack 'NN', ($value + $ticks) & 0xffffffff,
                ($echo + (defined $since && $echo >= $since ? $echoed : 0)) & 0xffffffff;
            return $value;
        }
        $at += $length;
    }
    return;
}

# One connection's packets.
sub sleep_before {
    my ($number, $ns, $sleeper, @packets) = @_;
    my %since;
    for (@packets[$number - 1 .. $#packets]) {
        my ($from, $to) = (source($_->[1]), source(substr($_->[1], 4)));
        $to = join ':', unpack 'H4' x 8, substr $_->[1], 24, 16 if is_v6($_->[1]);
        my ($own, $other) = map { $sleeper && $_ eq $sleeper ? 0 : $ns / 1_000_000 } $from, $to;
        my $value = put_forward($_, $own, $other, $since{$to});
        $since{$from} //= $value;
        $_->[0] += $ns;
    }
}
# In IPv4 only.
sub with_hops { my ($ip, $less) = @_; substr $ip, 8, 1, chr(ord(substr $ip, 8, 1) - $less); return $ip }
sub without_checksum { my ($ip) = @_; substr $ip, 20 + 16, 2, "\x12\x34"; return $ip }

sub as_v6 {
    my ($ip) = @_;
    my $before = pack 'H*', '20010db8' . '00' x 8;
    return pack('NnCC', 6 << 28, unpack('x2n', $ip) - 20, 6, ord substr $ip, 8, 1)
        . $before . substr($ip, 12, 4) . $before . substr($ip, 16, 4) . substr $ip, 20;
}

sub frame_of {
    my ($link, $ip, $wire) = @_;
    my $frame = $cover{$link}->($ip, $wire);
    my $length = length($frame) - length($ip) + $wire;
    return !defined $number{$link} ? @{ padded($frame, $length) } : ($frame, $length);
}

sub write_pcap {
    my ($file, $be, $us, $packets) = @_;
    my ($long, $short) = $be ? qw(N n) : qw(V v);
    my $link = $option{link};
    print $file pack "$long$short$short$long$long$long$long", $us ? 0xa1b2c3d4 : 0xa1b23c4d, 2, 4, 0, 0,
        65535, $number{$link} // 1;
    for (@$packets) {
        my ($frame, $wire) = frame_of($link, @$_[1, 2]);
        my $part = $_->[0] % 1_000_000_000;
        print $file pack("$long$long$long$long", $_->[0] / 1_000_000_000, $us ? $part / 1000 : $part,
            length $frame, $wire), $frame;
    }
}

sub block {
    my ($long, $type, $body) = @_;
    $body .= "\0" x (-length($body) % 4);
    return pack("$long$long", $type, 12 + length $body) . $body . pack $long, 12 + length $body;
}

sub write_pcapng {
    my ($file, $be, $us, $packets) = @_;
    my ($long, $short) = $be ? qw(N n) : qw(V v);
    my @links = $option{link} eq 'mixed' ? qw(raw ethernet sll2) : $option{link};
    print $file block($long, 0x0a0d0d0a, pack "$long$short$short$long$long", 0x1a2b3c4d, 1, 0, 0xffffffff,
        0xffffffff);
    for (@links) {
        my $resolution = $us ? '' : pack("$short${short}Cx3", 9, 1, 9) . pack "$short$short", 0, 0;
        print $file block($long, 1, pack("$short$short$long", $number{$_} // 1, 0, 65535) . $resolution);
        print $file block($long, 0x0bad, 'unknown blocks are skipped');
    }
    my $number = 0;
    for (@$packets) {
        my $interface = $number++ % @links;
        my ($frame, $wire) = frame_of($links[$interface], @$_[1, 2]);
        my $time = $us ? int $_->[0] / 1000 : $_->[0];
        print $file block($long, 6, pack("$long$long$long$long$long", $interface, $time >> 32,
            $time & 0xffffffff, length $frame, $wire) . $frame);
    }
}

my @packets = read_packets();
@packets = @packets[($option{from} // 1) - 1 .. ($option{to} // @packets) - 1];
@packets = grep { source($_->[1]) eq $option{only} } @packets if $option{only};
if ($option{blank}) {
    my ($share, $seed) = split /:/, $option{blank};
    srand $seed;
    @packets = grep { rand() >= $share } @packets;
}
for (@packets) {
    $_->[1] = substr $_->[1], 0, $option{snaplen} if $option{snaplen};
    $_->[0] -= $_->[0] % $option{floor};
}
for (split /,/, $option{step} // '') {
    my ($number, $ns) = split /:/;
    $_->[0] -= $ns for @packets[$number - 1 .. $#packets];
}
sleep_before((split /:/, $option{sleep}, 3)[0 .. 2], @packets) if $option{sleep};
if ($option{offset}) {
    my ($address, $ns) = split /:/, $option{offset};
    $_->[0] += source($_->[1]) eq $address ? $ns : 0 for @packets;
}
if ($option{hops}) {
    my ($address, $less) = split /:/, $option{hops};
    $_->[1] = with_hops($_->[1], $less) for grep { source($_->[1]) eq $address } @packets;
}
if ($option{offload}) {
    $_->[1] = without_checksum($_->[1]) for grep { source($_->[1]) eq $option{offload} } @packets;
}
my $opener = source($packets[0][1]);
@packets = sort { $a->[0] <=> $b->[0] } @packets if ($option{order} // '') eq 'time';
my $order = $option{order} // '';
sub by_direction { return ((grep { source($_->[1]) eq $opener } @_), grep { source($_->[1]) ne $opener } @_) }
@packets = by_direction(@packets) if $order eq 'direction';
@packets = reverse by_direction(reverse @packets) if $order eq 'answers';
if ($order eq 'flows') {
    my (%flow, @flows);
    for (@packets) {
        my $name = join ' ', sort { $a <=> $b } unpack 'nn', substr $_->[1], is_v6($_->[1]) ? 40 : 20, 4;
        push @flows, $flow{$name} = [] unless $flow{$name};
        push @{ $flow{$name} }, $_;
    }
    @packets = map { by_direction(@$_) } @flows;
}
for (@packets) {
    $_->[1] = without_timestamps($_->[1]) if ($option{timestamps} // '') eq 'no';
    ($_->[1], $_->[2]) = (as_v6($_->[1]), $_->[2] + 20) if ($option{family} // 4) == 6;
}
my ($be, $us) = ($option{format} =~ /-be/, $option{format} =~ /-us/);
my @parts = map { [] } @out;
my $first = source($packets[0][1]);
for (0 .. $#packets) {
    my $part = $option{split} eq 'time' ? int $_ * @out / @packets
        : $option{split} eq 'turns' ? $_ % @out : source($packets[$_][1]) ne $first;
    push @{ $parts[$part] }, $packets[$_];
}
for (0 .. $#out) {
    open my $file, '>', $out[$_] or die "$out[$_]: $!\n";
    binmode $file;
    ($option{format} =~ /^pcapng/ ? \&write_pcapng : \&write_pcap)->($file, $be, $us, $parts[$_]);
    close $file or die "$out[$_]: $!\n";
}
