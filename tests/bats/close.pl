# close.pl: programs that write and close. `serve PORT` and `send ADDRESS PORT`: for each size one
# connection in which the caller sends so many bytes and closes, and one in which the server does; with
# HALF set one in which both do, each as soon as it has written.
use strict;
use warnings;
use Socket;

my @SIZES = (100, 1448, 14480, 60000, 100000, 250000, 500000, 1000000, 2000000, 4000000);
my ($what, @place) = @ARGV;

sub wait_for { select undef, undef, undef, $_[0] }

sub take {
    my ($socket) = @_;
    1 while sysread $socket, my $bytes, 65536;
}

sub give {
    my ($socket, $left) = @_;
    while ($left > 0) {
        $left -= syswrite($socket, 'x' x ($left < 65536 ? $left : 65536)) || die "cannot write: $!\n";
    }
}

sub caller_of {
    my ($address, $port) = @_;
    for (1 .. 50) {
        socket my $socket, PF_INET, SOCK_STREAM, 6 or die "socket: $!\n";
        return $socket if connect $socket, sockaddr_in($port, inet_aton($address));
        wait_for(0.1);
    }
    die "cannot connect: $!\n";
}

my $listener;
if ($what eq 'serve') {
    socket $listener, PF_INET, SOCK_STREAM, 6 or die "socket: $!\n";
    setsockopt $listener, SOL_SOCKET, SO_REUSEADDR, 1;
    bind $listener, sockaddr_in($place[0], INADDR_ANY) or die "bind: $!\n";
    listen $listener, 50;
}
# What it writes and what comes do not wait for each other.
sub exchange {
    my ($socket, $size) = @_;
    my $writer = fork // die "fork: $!\n";
    if ($writer == 0) {
        give($socket, $size);
        shutdown $socket, 1;
        exit 0;
    }
    take($socket);
    waitpid $writer, 0;
}

for my $size (@SIZES) {
    for my $giver ($ENV{HALF} ? 'both' : ('send', 'serve')) {
        my $socket;
        if ($what eq 'serve') {
            accept $socket, $listener or die "accept: $!\n";
        } else {
            $socket = caller_of(@place);
        }
        $giver eq 'both' ? exchange($socket, $size) : $giver eq $what ? give($socket, $size) : take($socket);
        close $socket;
        wait_for(0.15) if $what eq 'send';
    }
}
wait_for(0.5);
