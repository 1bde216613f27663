#!/usr/bin/env perl
# web_same.pl PAGE TRAFFIC PACKETS FLOW...: what a server told in the end is what `export --format page-json` and
# `packets --format ndjson` say of the same files.
use strict;
use warnings;
use JSON::PP;

my $json = JSON::PP->new->utf8->canonical;

sub slurp {
    open my $file, '<', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar <$file>;
}

sub same {
    my ($what, $wanted, $got) = map { ref ? $json->encode($_) : $_ } @_;
    return if $wanted eq $got;
    my $at = 0;
    $at++ while substr($wanted, $at, 1) eq substr($got, $at, 1);
    $at = $at > 40 ? $at - 40 : 0;
    die "$what: ...", substr($got, $at, 80), "... is not ...", substr($wanted, $at, 80), "...\n";
}

my ($page, $traffic) = map { $json->decode(slurp($_)) } @ARGV[0, 1];
my $packets = $traffic->{live}{packets};
my ($index, $events) = (0, 0);
delete $_->{spark} for map { @{ $_->{connections} } } $page, $traffic; # of fewer bins
same($_, $page->{$_}, $traffic->{$_}) for qw(schema version inputs notes timelines total connections columns metrics waits);
for my $path (@ARGV[3 .. $#ARGV]) {
    my $flow = $json->decode(slurp($path));
    my ($wanted) = grep { $_->{id} == $flow->{id} } @{ $page->{details} };
    same("$_ of flow $flow->{id}", $wanted->{$_}, $flow->{$_}) for grep { $_ ne 'packets' } keys %$wanted;
}

# The rows of the log, of which numbers are differences and texts are indices.
my %row;
for my $name (keys %{ $packets->{columns} }) {
    my ($sum, $is_text) = (0, scalar grep { $_ eq $name } @{ $packets->{text_columns} });
    my $column = $packets->{columns}{$name};
    $row{$name} = [map { !defined ? undef : $is_text ? $packets->{texts}[$_] : ($sum += $_) } @$column];
}
my @told = map { my $i = $_; join ' ', map { $row{$_}[$i] // '-' } qw(flow seq ack payload_bytes flags findings) }
    grep { $row{event}[$_] eq 'packet' } 0 .. $packets->{rows} - 1;
my @known = map { my $one = $_; join ' ', map { $one->{$_} // '-' } qw(flow seq ack payload_bytes flags findings) }
    (grep { $_->{event} eq 'packet' } map { $json->decode($_) } (split /\n/, slurp($ARGV[2]))[-3000 .. -1])[-@told .. -1];
same('packets', \@known, \@told);
my $rows = 0;
$rows += $_->{packets}{of} for @{ $page->{details} };
same('rows of all logs', $rows, $packets->{of});
same('rows that are told', $rows < 1000 ? $rows : 1000, $packets->{rows});
