# moves.pl MOVE: makes one thing happen among sockets of this network namespace, of which it is known what the
# kernel counts. 10.5.0.0/24 is behind a device where nobody answers, and from where SYNs come that are ours.
use strict;
use warnings;
use Socket qw(:all);
use Time::HiRes qw(sleep);

use constant { TCP_KEEPIDLE => 4, TCP_KEEPINTVL => 5, TCP_SYNCNT => 7 };

sub tcp { socket my $socket, PF_INET, SOCK_STREAM, 0 or die "socket: $!\n"; return $socket }

# What is written to it, the kernel receives.
sub device {
    open my $tun, '+<', '/dev/net/tun' or die "/dev/net/tun: $!\n";
    my $request = pack 'a16 S x22', 'tun5', 0x1001; # IFF_TUN | IFF_NO_PI
    ioctl $tun, 0x400454ca, $request or die "TUNSETIFF: $!\n";
    system("ip address add 10.5.0.1/24 dev tun5 && ip link set tun5 up") == 0 or die "ip failed\n";
    return $tun;
}

sub checksum {
    my $sum = unpack '%32n*', $_[0];
    $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
    return ~$sum & 0xffff;
}

# So many SYNs to a listener with such a backlog, none of which is heard of again.
sub half_open {
    my ($count, $backlog, $seconds) = @_;
    my ($tun, $listener) = (device(), tcp());
    bind $listener, sockaddr_in(5201, INADDR_ANY) and listen $listener, $backlog or die "listen: $!\n";
    for my $port (1025 .. 1024 + $count) {
        my @ends = map { inet_aton($_) } '10.5.0.2', '10.5.0.1';
        my $tcp = pack 'nnNNCCnnn', $port, 5201, 1000 * $port, 0, 5 << 4, 2, 65_535, 0, 0;
        substr($tcp, 16, 2) = pack 'n', checksum(pack('a4 a4 nn', @ends, 6, length $tcp) . $tcp);
        my $ip = pack 'CCnnnCCn a4 a4', 0x45, 0, 20 + length $tcp, $port, 0, 64, 6, 0, @ends;
        substr($ip, 10, 2) = pack 'n', checksum($ip);
        syswrite($tun, $ip . $tcp) == 40 or die "tun5: $!\n";
    }
    sleep $seconds;
}

# A connection, both ends.
sub pair {
    my ($prepared) = @_;
    my ($listener, $client) = (tcp(), tcp());
    setsockopt $listener, SOL_SOCKET, SO_RCVBUF, $prepared if $prepared;
    bind $listener, sockaddr_in(5201, INADDR_LOOPBACK) and listen $listener, 3 or die "listen: $!\n";
    connect $client, sockaddr_in(5201, INADDR_LOOPBACK) or die "connect: $!\n";
    accept my $server, $listener or die "accept: $!\n";
    return ($client, $server, $listener);
}

my %moves = (
    refused => sub { connect tcp(), sockaddr_in(9, INADDR_LOOPBACK) and die "port 9 answers\n" },
    # Closed while nobody has answered yet.
    silence => sub {
        my ($tun, $socket) = (device(), tcp());
        $socket->blocking(0);
        connect $socket, sockaddr_in(9, inet_aton('10.5.0.2'));
        sleep 1.5;
    },
    timeout => sub {
        my ($tun, $socket) = (device(), tcp());
        setsockopt $socket, IPPROTO_TCP, TCP_SYNCNT, 1 or die "setsockopt: $!\n";
        connect $socket, sockaddr_in(9, inet_aton('10.5.0.2')) and die "10.5.0.2 answers\n";
    },
    half_open => sub { half_open(3, 64, 1.5) },
    flood => sub { half_open(30, 5, 0.1) },
    unread => sub {
        my ($client, $server, $listener) = pair();
        syswrite $client, 'x' x 100;
        sleep 0.1;
        close $server;
        sleep 0.1;
    },
    linger => sub {
        my ($client, $server, $listener) = pair();
        setsockopt $client, SOL_SOCKET, SO_LINGER, pack 'll', 1, 0 or die "setsockopt: $!\n";
        close $client;
        sleep 0.1;
    },
    keepalive => sub {
        my ($client, $server, $listener) = pair();
        setsockopt $client, IPPROTO_TCP, $_, 1 or die "setsockopt: $!\n" for TCP_KEEPIDLE, TCP_KEEPINTVL;
        setsockopt $client, SOL_SOCKET, SO_KEEPALIVE, 1 or die "setsockopt: $!\n";
        sleep 2.6;
    },
    stall => sub {
        my ($client, $server, $listener) = pair(4096);
        $client->blocking(0);
        1 while syswrite $client, 'x' x 65_536;
        sleep 1;
        $server->blocking(0);
        for (1 .. 50) {
            1 while sysread $server, my $got, 1_000_000;
            sleep 0.01;
        }
    },
    crowd => sub { # a listener that takes two is asked by six
        my $listener = tcp();
        bind $listener, sockaddr_in(5201, INADDR_LOOPBACK) and listen $listener, 1 or die "listen: $!\n";
        my @keep;
        for (1 .. 6) {
            push @keep, my $client = tcp();
            $client->blocking(0);
            connect $client, sockaddr_in(5201, INADDR_LOOPBACK);
        }
        sleep 1.5;
    },
);

use IO::Handle;
$moves{ $ARGV[0] }->();
