# many.pl log|pcap COUNT [EXTRA]: so many equal flows that begin 0.5 ms after one another, ten samples
# each; the last EXTRA of them have sent a little more. Written in the order of time.
use strict;
use warnings;

my ($form, $count, $extra) = (@ARGV, 0);
my @what = map { my $flow = $_; map { [$flow * 500 + $_ * 100_000, $flow, $_] } 0 .. 9 } 0 .. $count - 1;
@what = sort { $a->[0] <=> $b->[0] } @what;

sub bytes { my ($flow, $n) = @_; return $n * ($flow >= $count - $extra ? 15_000 : 14_480) }

sub log_line {
    my ($us, $flow, $n) = @_;
    printf "          <idle>-0       [000] ..s2. %d.%06d: tcp_probe: family=AF_INET src=10.1.%d.%d:40000 dest=192.0.2.1:80 "
        . "mark=0x0 data_len=0 snd_nxt=0x%x snd_una=0x%x snd_cwnd=%d ssthresh=2147483647 snd_wnd=65536 srtt=20000 "
        . "rcv_wnd=65536 sock_cookie=%x\n", 100 + $us / 1e6, $us % 1e6, $flow / 250, $flow % 250,
        0x20000 + bytes($flow, $n), 0x10000 + bytes($flow, $n), 10 + $n, $flow + 1;
}

# A segment and, 20 ms later, its ACK would be out of order: the ACK of the one before comes with it.
sub packets {
    my ($us, $flow, $n) = @_;
    my ($here, $there) = (pack('C4', 10, 1, $flow / 250, $flow % 250), pack('C4', 192, 0, 2, 1));
    my $length = bytes($flow, $n + 1) - bytes($flow, $n);
    for my $answer (1, 0) {
        my $data = $answer ? 0 : $length;
        my $ip = pack 'CCnnnCCna4a4', 0x45, 0, 40 + $data, 0, 0, 64, 6, 0, $answer ? ($there, $here) : ($here, $there);
        my $tcp = pack 'nnNNnnnn', $answer ? (80, 40000, 7, 1000 + bytes($flow, $n)) : (40000, 80, 1000 + bytes($flow, $n), 7),
            0x5010, 1000, 0, 0;
        print pack('VVVV', 100 + $us / 1e6, $us % 1e6, 40, 40 + $data), $ip, $tcp;
    }
}

binmode STDOUT;
print $form eq 'log' ? "# tracer: nop\n#\n" : pack 'VvvVVVV', 0xa1b2c3d4, 2, 4, 0, 0, 96, 101;
($form eq 'log' ? \&log_line : \&packets)->(@$_) for @what;
