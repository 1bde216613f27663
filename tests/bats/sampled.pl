# sampled.pl PROGRAM LOG COUNTED-LOG: what tcp_rcvbuf_grow says of each socket, counted by an implementation that
# shares nothing with ours, against the columns of `flows` and the rows of `export`. Prints how many
# numbers were compared and how many differ. Both logs are the same, unless differences shall be found.
# Definition: each event counts the same; Q(p) is the smallest value that, with all below it, makes up
# at least p of them.
use strict;
use warnings;
use JSON::PP;
use List::Util qw(min max sum);

my ($program, $log, $counted) = @ARGV;
my %column = (rcv_rtt => ['rtt_us', 'us'], rcv_copied => ['copied', 'bytes'], rcvbuf => ['rcvbuf', 'bytes']);
my (%values, %exported, @differences);
my $compared = 0;

sub same {
    my ($what, $one, $other) = @_;
    $compared++;
    push @differences, "$what: $one and $other" if abs($one - $other) > 1e-9 * abs $one;
}

open my $lines, '-|', 'gzip', '-dcf', $counted or die "$counted: $!\n";
while (<$lines>) {
    /: tcp_rcvbuf_grow: (.*)/ or next;
    my %field = $1 =~ /(\w+)=(\S+)/g;
    my ($from, $to) = ("$field{saddr}:$field{sport}", "$field{daddr}:$field{dport}");
    push @{ $values{"$from $to"}{$_} }, $field{ $column{$_}[0] } for keys %column;
}

sub figure {
    my ($statistic, @samples) = @_;
    my @sorted = sort { $a <=> $b } @samples;
    return scalar @samples if $statistic eq 'samples';
    return sum(@samples) / @samples if $statistic eq 'mean';
    return $samples[0] if $statistic eq 'first';
    return $sorted[$statistic eq 'max' ? -1 : 0] if $statistic =~ /^m/;
    my ($p) = $statistic =~ /^p(\d+)$/ or die "what is $statistic?\n";
    for my $i (0 .. $#sorted) {
        return $sorted[$i] if ($i + 1) * 100 >= $p * @sorted;
    }
}

open my $json, '-|', $program, qw(flows -q --all --format json), $log or die "$program: $!\n";
my $flows = decode_json(join '', <$json>)->{flows};
for my $flow (@$flows) {
    for my $end ('', 'peer_') {
        my $socket = $end ? "$flow->{dst} $flow->{src}" : "$flow->{src} $flow->{dst}";
        for my $name (grep { /^$end(?:rcv_rtt|rcv_copied|rcvbuf)_/ } keys %$flow) {
            my ($metric, $statistic) = $name =~ /^$end(rcv_rtt|rcv_copied|rcvbuf)_([a-z0-9]+)/;
            my $samples = $values{$socket}{$metric};
            # but for the median there is no percentile beyond which not even one of all samples lies
            my ($p) = $statistic =~ /^p(\d+)$/;
            $samples = undef if $samples && $p && $p != 50 && @$samples * ($p < 50 ? $p : 100 - $p) < 100;
            if (defined $samples xor defined $flow->{$name}) {
                push @differences, "$socket: $name is there, and it should not be, or the other way round";
            } elsif ($samples) {
                same("$socket $name", $flow->{$name}, figure($statistic, @$samples));
            }
        }
    }
}

open my $rows, '-|', $program, qw(export -q --metric), join(',', sort keys %column), $log or die "$program: $!\n";
while (<$rows>) {
    my (undef, undef, $src, $dst, $metric, $value, $unit) = split /,|\n/;
    next if $src eq 'src';
    push @{ $exported{"$src $dst"}{$metric} }, $value;
    push @differences, "$metric in $unit" if $unit ne $column{$metric}[1];
}
for my $socket (keys %values) {
    for my $metric (keys %column) {
        my ($theirs, $ours) = ($values{$socket}{$metric}, $exported{$socket}{$metric} // []);
        same("samples of $metric", scalar @$theirs, scalar @$ours);
        same("$socket $metric", $theirs->[$_], $ours->[$_] // -1) for 0 .. $#$theirs;
    }
}
print "$_\n" for @differences;
printf "%d compared, %d differ\n", $compared, scalar @differences;
