#!/usr/bin/env perl
# fleet.pl WHAT FILE...: rows of `export --fleet` (FILE) against what other commands say of the same files.
#
# figures ROWS FLOWS    of `flows --all --format ndjson`: every figure that is known, and no other
# flows ROWS FLOWS      of `flows --format ndjson`
# findings ROWS EXPLAIN OFFSET   of `explain --top 0 --format ndjson`, whose times are OFFSET ns behind
# episodes ROWS PAGE    of `export --format page-json`: what, and how long
# weights ROWS FLOWS    medians, 95th percentiles and means of samples by held_ns, of `flows --all`
# Prints how many agree; ends with 1 and says which do not.
use strict;
use warnings;
use JSON::PP;

my ($what, $rows, $other, $offset) = @ARGV;
my ($good, $bad) = (0, 0);

sub say_bad { print STDERR "@_\n" if $bad++ < 20 }
sub same {
    my ($name, $mine, $theirs) = @_;
    $_ = defined $_ && $_ ne '' ? JSON::PP::is_bool($_) ? 0 + $_ : $_ : '-' for $mine, $theirs;
    my $equal = $mine eq $theirs || ($mine =~ /^-?[\d.]/ && $theirs =~ /^-?[\d.]/ && !grep({ /:/ } $mine, $theirs) && abs($mine - $theirs) <= 1e-12 * abs $theirs);
    $equal ? $good++ : say_bad("$name: $mine, not $theirs");
}

# Rows as hashes; \N is absent, a text in quotes a text.
sub rows_of {
    my ($path) = @_;
    my (@names, @rows);
    open my $file, '<', $path or die "$path: $!\n";
    while (my $line = <$file>) {
        chomp $line;
        my @values;
        push @values, defined $1 ? $1 =~ s/""/"/gr : $2 eq '\N' ? undef : $2 while $line =~ /\G(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g && @values < 1000;
        @names ? push @rows, { map { $names[$_] => $values[$_] } 0 .. $#names } : (@names = @values);
    }
    return @rows;
}

sub lines_of {
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!\n";
    return map { decode_json($_) } <$file>;
}

if ($what eq 'figures') {
    my (%mine, %all);
    $mine{$_->{flow}}{$_->{figure}} = $_->{number} // $_->{text} for rows_of($rows);
    for my $flow (lines_of($other)) {
        for my $name (keys %$flow) {
            next if $name =~ /(?:^|_)(?:start|first|last)_ns$/ || ref $flow->{$name} eq 'HASH';
            next if !defined $flow->{$name} && !exists $mine{$flow->{id}}{$name};
            same("$flow->{id} $name", $mine{$flow->{id}}{$name}, $flow->{$name});
        }
    }
} elsif ($what eq 'flows') {
    my %mine = map { $_->{flow} => $_ } rows_of($rows);
    for my $flow (lines_of($other)) {
        same("$flow->{id} $_", $mine{$flow->{id}}{ $_ eq 'id' ? 'flow' : $_ }, $flow->{$_}) for keys %$flow;
    }
} elsif ($what eq 'findings') {
    my %mine = map { ("$_->{flow} $_->{finding}" => $_) } rows_of($rows);
    my @theirs = lines_of($other);
    for my $reason (@theirs) {
        my $row = delete $mine{"$reason->{flow} $reason->{finding}"} or say_bad("no $reason->{finding}"), next;
        same($reason->{finding}, $row->{$_}, $reason->{$_}) for qw(src dst cost_ns confidence sentence);
        same("$reason->{finding} $_", $row->{$_}, defined $reason->{$_} ? $reason->{$_} + $offset : undef) for qw(begin_ns end_ns);
    }
    say_bad("too many: $_") for keys %mine;
} elsif ($what eq 'episodes') {
    my %mine;
    push @{ $mine{$_->{flow}} }, $_ for rows_of($rows);
    open my $file, '<', $other or die "$other: $!\n";
    local $/;
    for my $detail (@{ decode_json(scalar <$file>)->{details} }) { # in microseconds
        my $own = delete $mine{$detail->{id}} // [];
        same('episodes', scalar @$own, scalar @{ $detail->{episodes} });
        for my $episode (@{ $detail->{episodes} }) {
            my $row = shift @$own or last;
            same('what', $row->{what}, $episode->{what});
            my $apart = ($row->{end_ns} - $row->{begin_ns}) / 1e3 - ($episode->{end} - $episode->{begin});
            same('length', abs $apart <= 1.01 ? 0 : $apart, 0);
        }
    }
    say_bad("too many: of flow $_") for keys %mine;
} elsif ($what eq 'weights') {
    my %name_of = (snd_cwnd => 'snd_cwnd_%s_segs', srtt => 'srtt_%s_us', inflight => 'kernel_inflight_%s_bytes', ssthresh => 'ssthresh_%s_segs',
        wire_inflight => 'wire_inflight_%s_bytes', wire_pipe => 'wire_pipe_%s_bytes', wire_srtt => 'wire_srtt_%s_us');
    my %samples;
    push @{ $samples{"$_->{flow} $_->{src} $_->{metric}"} }, [$_->{value}, $_->{held_ns}] for rows_of($rows);
    my %flow_of = map { $_->{id} => $_ } lines_of($other);
    for my $key (keys %samples) {
        my ($id, $src, $metric) = split / /, $key;
        my @held = sort { $a->[0] <=> $b->[0] } @{ $samples{$key} };
        my ($total, $sum, %values) = (0, 0);
        $values{ $_->[0] } = 1, $total += $_->[1], $sum += $_->[0] * $_->[1] for @held;
        for my $figure ([p50 => 0.5], [p95 => 0.95], [mean => 0]) {
            my $name = ($src eq $flow_of{$id}{src} ? '' : 'peer_') . sprintf $name_of{$metric}, $figure->[0];
            my $theirs = $flow_of{$id}{$name};
            next if !defined $theirs || !$total; # too few of them
            my ($mine, $passed) = ($figure->[1] ? undef : $sum / $total, 0);
            for (@held) {
                last if defined $mine && ($passed >= $figure->[1] * $total || !$figure->[1]);
                ($mine, $passed) = ($_->[0], $passed + $_->[1]);
            }
            # Exact for up to 768 different values, then rounded by at most 0.2 %; packets tell 1/16 us.
            my $slack = (keys %values > 768 && $figure->[1] ? 0.002 * $theirs : 1e-9 * $theirs) + ($metric eq 'wire_srtt' ? 0.07 : 0);
            abs($mine - $theirs) <= $slack ? $good++ : say_bad("$key $name: $mine, not $theirs");
        }
    }
}
say_bad('nothing agrees') unless $good;
print "$good\n";
exit($bad ? 1 : 0);
