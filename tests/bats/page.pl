# page.pl PAGE FLOWS EXPLAIN SAMPLES PACKETS: the data of a page is what the other commands say; dies where not.
use strict;
use warnings;
use JSON::PP;

my $json = JSON::PP->new->utf8;

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!\n";
    local $/;
    return scalar <$file>;
}

sub lines { return map { $json->decode($_) } split /\n/, slurp($_[0]) }

sub undelta {
    my $last = 0;
    return map { defined $_ ? $last += $_ : undef } @{ $_[0] };
}

my ($page, $flows) = map { $json->decode(slurp($_)) } @ARGV[0, 1];
my @findings = lines($ARGV[2]);
my @packets = lines($ARGV[4]);
my %flow = map { $_->{id} => $_ } @{ $flows->{flows} };
my %unit = map { $_ => $page->{metrics}{$_}{per_unit} } keys %{ $page->{metrics} };
my ($compared, $values) = (0, 0);

sub same {
    my ($what, $one, $other) = @_;
    $compared++;
    ($one, $other) = map { ref $_ ? JSON::PP->new->canonical->allow_nonref->encode($_) : $_ // 'null' } $one, $other;
    die "$what: $one, elsewhere $other\n" if $one ne $other;
}

# Each connection of flows has a row, and what the row says is what flows says.
same('connections', join(' ', sort map { $_->{id} } @{ $page->{connections} }), join ' ', sort keys %flow);
for my $row (@{ $page->{connections} }) {
    same("row $row->{id} $_", $row->{$_}, $flow{ $row->{id} }{$_}) for grep { $_ ne 'spark' } keys %$row;
    next unless $row->{spark};
    die "row $row->{id}: spark\n" if @{ $row->{spark} } != 48 || !grep { $_ == 99 } @{ $row->{spark} };
}
same("total $_", $page->{total}{$_}, $flows->{total}{$_}) for keys %{ $flows->{total} };

# Samples by flow, end and metric.
my %sample;
for (split /\n/, slurp($ARGV[3])) {
    my ($time, $flow, $src, undef, $metric, $value) = split /,/;
    push @{ $sample{"$flow $src $metric"} }, [$time, $value] if $time ne 'time_s' && $time ne 'time_ticks';
}

sub round_down { my ($us) = @_; return int($us + 1e-6) }

for my $detail (@{ $page->{details} }) {
    my ($id, $known) = ($detail->{id}, $flow{ $detail->{id} });
    my %told = map { $_ => $known->{$_} } grep { defined $known->{$_} } keys %$known;
    same("flow $id: figures", join(' ', sort keys %{ $detail->{figures} }), join ' ', sort keys %told);
    same("flow $id: $_", $detail->{figures}{$_}, $told{$_}) for keys %told;
    my ($timeline) = grep { $_->{timeline} == $known->{timeline} } @{ $page->{timelines} };

    # Series that are exact have every sample; the others have their extremes.
    for my $group (@{ $detail->{series} }) {
        my $src = $group->{end} ? $known->{dst} : $known->{src};
        my @t = undelta($group->{t});
        for my $metric (keys %{ $group->{columns} }) {
            my $column = $group->{columns}{$metric};
            my @of = @{ $sample{"$id $src $metric"} // die "flow $id: no $metric of $src\n" };
            if (ref $column eq 'HASH') {
                my ($low) = sort { $a <=> $b } undelta($column->{min});
                my ($least) = sort { $a <=> $b } map { $_->[1] } @of;
                die "flow $id $metric: $low, elsewhere $least\n" if abs($low - $least * $unit{$metric}) > 1 + abs($low) * 1e-6;
                next;
            }
            my @v = undelta($column);
            if ($group->{bin_ns}) {
                my ($sum, $all) = (0, 0);
                $sum += $_ // 0 for @v;
                $all += $_->[1] for @of;
                die "flow $id $metric: $sum, elsewhere $all\n" if abs($sum - $all) > 1;
                next;
            }
            same("flow $id $metric: samples", scalar @v, scalar @of);
            for my $i (0 .. $#v) {
                $values++;
                my $us = ($of[$i][0] - $timeline->{first_ns} / 1e9) * 1e6;
                die "flow $id $metric sample $i: $t[$i] us, elsewhere $us\n" if $detail->{time} eq 'us' && abs($t[$i] - $us) > 1.5;
                die "flow $id $metric sample $i: $v[$i], elsewhere $of[$i][1]\n"
                    if defined $v[$i] && abs($v[$i] - $of[$i][1] * $unit{$metric}) > 0.51 + abs($v[$i]) * 1e-7;
            }
        }
    }

    # What was found, and where the time went.
    my @found = grep { $_->{flow} == $id } @findings;
    same("flow $id: findings", join(' ', map { $_->{id} } @{ $detail->{findings} }), join ' ', map { $_->{finding} } @found);
    for my $i (0 .. $#found) {
        same("flow $id finding $i: $_->[0]", $detail->{findings}[$i]{ $_->[0] }, $found[$i]{ $_->[1] })
            for ['sentence', 'sentence'], ['cost_ns', 'cost_ns'], ['advice', 'advice'], ['confidence', 'confidence'];
    }
    for my $account (@{ $detail->{accounts} }) {
        my $prefix = ($account->{end} ? 'peer_' : '') . ($account->{origin} eq 'kernel' ? 'kernel_' : 'wire_');
        my $whole = 0;
        $whole += $_ for values %{ $account->{time_ns} };
        same("flow $id account $prefix", $whole, $known->{"${prefix}wait_whole_ns"});
        # ... and the spans are that time, but for rounding to microseconds
        my ($strip) = grep { $_->{what} eq 'wait' && $_->{end} == $account->{end} && $_->{origin} eq $account->{origin} } @{ $detail->{spans} };
        my $sum = 0;
        $sum += $_ for @{ $strip->{length} };
        die "flow $id spans $prefix: $sum us, account $whole ns\n" if $detail->{time} eq 'us' && abs($sum * 1e3 - $whole) > 2e3 * @{ $strip->{length} };
    }
    my $recoveries = grep { $_->{what} ne 'timeout' } @{ $detail->{episodes} };
    die "flow $id: $recoveries episodes\n" if $detail->{figures}{recoveries} && !@{ $detail->{episodes} };

    # Rows of the log.
    my @rows = grep { $_->{flow} == $id && $_->{event} ne 'tcp_probe' && $_->{event} ne 'tcp_socket' } @packets;
    my $log = $detail->{packets} // { rows => 0, of => 0 };
    same("flow $id: rows", $log->{of}, scalar @rows);
    next if $log->{rows} < $log->{of} || !@rows;
    my %is_text = map { $_ => 1 } @{ $log->{text_columns} };
    my $column = $log->{columns};
    my @t = undelta($column->{t});
    my @end = undelta($column->{end});
    for my $i (0 .. $#rows) {
        same("flow $id row $i: t", $t[$i], $rows[$i]{time_ns} - $timeline->{first_ns}) if defined $rows[$i]{time_ns};
        same("flow $id row $i: src", $end[$i] ? $known->{dst} : $known->{src}, $rows[$i]{src});
    }
    for my $name (grep { $_ ne 't' && $_ ne 'end' } keys %$column) {
        my @v = $is_text{$name} ? map { defined $_ ? $log->{texts}[$_] : undef } @{ $column->{$name} } : undelta($column->{$name});
        same("flow $id row $_: $name", $v[$_], $rows[$_]{$name}) for 0 .. $#rows;
    }
}
print "$compared comparisons, $values samples\n";
