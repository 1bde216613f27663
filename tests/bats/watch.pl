# watch.pl BYTES COMMAND...: standard input to the command through a pipe: first so many bytes, the
# rest after a line of its output beyond the first one, a heading, has come. Prints its output, and
# on standard error how many milliseconds that line took.
use strict;
use warnings;
use IPC::Open2;
use Time::HiRes qw(time);

$SIG{PIPE} = 'IGNORE';
my ($bytes, @command) = @ARGV;
binmode $_ for \*STDIN, \*STDOUT;
my $input = do { local $/; <STDIN> };
my $pid = open2(my $from, my $to, @command);
my $output = '';
my $begin = time;
syswrite $to, $input, $bytes;
until (($output =~ tr/\n//) > 1) {
    my $wanted = '';
    vec($wanted, fileno $from, 1) = 1;
    select($wanted, undef, undef, 20 - (time - $begin)) > 0 or die "no line came in 20 s\n";
    sysread $from, $output, 65536, length $output or die "the command ended\n";
}
printf STDERR "%.0f\n", 1000 * (time - $begin);
if (!fork) {
    for (my $at = $bytes; $at < length $input; ) {
        $at += syswrite($to, $input, 65536, $at) // exit 1;
    }
    exit 0;
}
close $to;
1 while sysread $from, $output, 65536, length $output;
print $output;
wait for 1, 2;
waitpid $pid, 0;
