# Bench: what the benchmarks share: a temporary folder, commands that take turns, rows of figures.
package Bench;
use strict;
use warnings;
use Exporter 'import';
use File::Temp qw(tempdir);

our @EXPORT = qw($build $program $rounds $dir sh need_space run_once take_turns line ratio);

our $build = $ENV{BUILD} // 'build';
our $program = "$build/tcpprobe";
our $rounds = $ENV{BENCH_ROUNDS} || 5;
our $dir = tempdir('tcpprobe-bench-XXXXXX', DIR => $ENV{BENCH_DIR} || $ENV{TMPDIR} || '/tmp', CLEANUP => 1);
$SIG{$_} = sub { exit 1 } for qw(INT TERM PIPE); # so that the folder goes away

sub sh {
    my ($command) = @_;
    system('bash', '-o', 'pipefail', '-c', $command) == 0 or die "bench: failed: $command\n";
}

sub need_space {
    my ($needed) = @_;
    my ($free) = `df -B1 --output=avail $dir` =~ /(\d+)/;
    die sprintf "bench: %s has %.1f GB free, %.1f are needed; set BENCH_DIR\n", $dir, $free / 1e9,
        $needed / 1e9 if $free < $needed;
}

# What the command writes is in $dir/output.
sub run_once {
    my ($command) = @_;
    my $figures = `$build/bench/measure $dir/output $command 2>$dir/errors`;
    if ($?) {
        system "cat $dir/errors >&2";
        die "bench: failed: $command\n";
    }
    my ($wall, $cpu, $peak) = split ' ', $figures;
    return { wall => $wall, best => $wall, cpu => $cpu, peak => $peak };
}

sub median {
    my @sorted = sort { $a <=> $b } @_;
    return $sorted[$#sorted / 2];
}

# Rows of [name, command] to {name => {wall, cpu, best, peak}}: medians, the shortest, the largest.
sub take_turns {
    my (@rows) = @_;
    my (%runs, %result);
    for my $round (1 .. $rounds) {
        print STDERR "round $round of $rounds\r" if -t STDERR;
        push @{ $runs{ $_->[0] } }, run_once($_->[1]) for @rows;
    }
    for my $name (keys %runs) {
        my @runs = @{ $runs{$name} };
        $result{$name} = {
            (map { my $key = $_; $key => median(map { $_->{$key} } @runs) } qw(wall cpu)),
            best => (sort { $a <=> $b } map { $_->{wall} } @runs)[0],
            peak => (sort { $b <=> $a } map { $_->{peak} } @runs)[0],
        };
    }
    return \%result;
}

sub line {
    my ($what, $result, $note) = @_;
    printf "%-28s %7.3f s (best %7.3f, cpu %7.3f) %7.1f MiB   %s\n", $what,
        @$result{qw(wall best cpu)}, $result->{peak} / 1024, $note // '';
}

sub ratio {
    my ($a, $b, $aim) = @_;
    return sprintf '%.2f x (aim: at most %s)', $a->{wall} / $b->{wall}, $aim;
}

1;
