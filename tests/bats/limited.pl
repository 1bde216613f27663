# limited.pl SCENARIO TCPPROBE OUT: a program for the lab's --program whose sender is limited by what the
# scenario says; amid it, `tcpprobe sockets` writes two rounds of the connection into OUT, as JSON, and
# OUT.txt, as explained.
use strict;
use warnings;
use Socket qw(:all);
use Time::HiRes qw(time sleep);

my ($scenario, $tcpprobe, $out, $side, @place) = @ARGV;

use constant SO_MAX_PACING_RATE => 47;
my ($WARM, $SECONDS) = (1.5, 3.6);

# What is set before the connection is made, or on the listener. The kernel doubles sizes.
my %of_receiver = (
    rwnd => [SO_RCVBUF, 20_000],
    both => [SO_RCVBUF, 65_536],
    unread => [SO_RCVBUF, 500_000], # which is full soon, however busy the machine is
);
my %of_sender = (
    both => [SO_SNDBUF, 65_536],
    pacing => [SO_MAX_PACING_RATE, 1_250_000],
);

sub prepared {
    my ($options) = @_;
    socket my $socket, PF_INET, SOCK_STREAM, 0 or die "socket: $!\n";
    setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, 1;
    if (my $option = $options->{$scenario}) {
        setsockopt $socket, SOL_SOCKET, $option->[0], pack 'L', $option->[1] or die "setsockopt: $!\n";
    }
    return $socket;
}

sub serve {
    my ($port) = @_;
    my $listener = prepared(\%of_receiver);
    bind $listener, sockaddr_in($port, INADDR_ANY) or die "bind: $!\n";
    listen $listener, 1 or die "listen: $!\n";
    accept my $socket, $listener or die "accept: $!\n";
    my $begin = time;
    while (sysread $socket, my $data, 262_144) {
        syswrite $socket, 'y' x 1000 if $scenario eq 'waits';
        sleep 4 if $scenario eq "unread" && time > $begin + 0.5 && time < $begin + $SECONDS;
    }
}

sub transfer {
    my ($socket) = @_;
    my $end = time + $SECONDS;
    my $next = time;
    while (time < $end) {
        if ($scenario eq 'waits') {
            syswrite $socket, 'x' x 1000;
            for (my $got = 0; $got < 1000;) { $got += sysread $socket, my $data, 1000 or return }
        } elsif (my $pause = { app => 0.2, trickle => 0.01 }->{$scenario}) {
            syswrite $socket, 'x' x (625_000 * $pause); # 5 Mbit/s
            sleep $next - time if ($next += $pause) > time;
        } elsif ($scenario eq 'unread') { # it would block for ever
            $socket->blocking(0);
            syswrite $socket, 'x' x 65_536 or sleep 0.01;
        } else {
            syswrite $socket, 'x' x 65_536;
        }
    }
}

sub send_to {
    my ($address, $port) = @_;
    my $socket = prepared(\%of_sender);
    connect $socket, sockaddr_in($port, inet_aton($address)) or die "connect: $!\n";
    my $child = fork;
    if (!$child) {
        close $socket;
        sleep $WARM;
        my $other = fork;
        my @how = $other ? ('--format', 'json') : ('--explain');
        open STDOUT, '>', $other ? $out : "$out.txt" or die "$out: $!\n";
        my $status = system $tcpprobe, 'sockets', '-q', '-i', '1500ms', '-c', '2', @how, "dport == $port";
        waitpid $other, 0 if $other;
        POSIX::_exit($status ? 1 : 0) if require POSIX;
    }
    transfer($socket);
    waitpid $child, 0;
    my $status = $?;
    setsockopt $socket, SOL_SOCKET, SO_LINGER, pack 'll', 1, 0 if $scenario eq 'unread';
    close $socket;
    exit($status ? 1 : 0);
}

use IO::Handle;
$SIG{PIPE} = 'IGNORE';
$side eq 'serve' ? serve(@place) : send_to(@place);
