#!/usr/bin/env perl
# fleet_truth.pl RECORDINGS FOLDER: what the queries of scripts/fleet/queries answered (FOLDER/NAME.tsv, with names)
# against what `flows`, `explain`, `compare` and the page say of the same files, recording by recording.
#
# RECORDINGS is as scripts/fleet/recordings; TCPPROBE names the program. Prints how many values agree for each
# query; ends with 1 where one does not, or a query answered nothing that could be held against anything.
use strict;
use warnings;
use JSON::PP;
use List::Util qw(max min sum0);

my ($list, $folder) = @ARGV;
my $program = $ENV{TCPPROBE} // 'tcpprobe';
my ($bad, %good) = (0);
my $query = '';

sub same {
    my ($what, $mine, $theirs, $slack) = @_;
    $_ //= '\N' for $mine, $theirs;
    my $numbers = !grep { !/^-?[\d.]+(?:e[+-]?\d+)?$/i } $mine, $theirs;
    my $equal = $numbers ? abs($mine - $theirs) <= ($slack // 1e-9) * max(1e-9, abs $theirs) : $mine eq $theirs;
    $equal ? $good{$query}++ : $bad++ < 30 && print STDERR "$query: $what: $mine, not $theirs\n";
}

sub run {
    my @command = ($program, @_);
    open my $out, '-|', @command or die "@command: $!\n";
    my @lines = <$out>;
    close $out; # compare ends with 3 where it cannot decide
    return @lines;
}

sub rows_of {
    ($query) = @_;
    open my $file, '<', "$folder/$query.tsv" or die "$folder/$query.tsv: $!\n";
    chomp(my @lines = <$file>);
    my @names = split /\t/, shift @lines // die "$query: no names\n";
    return map { my @values = split /\t/, $_, -1; +{ map { $names[$_] => $values[$_] eq '\N' ? undef : $values[$_] } 0 .. $#names } } @lines;
}

# The middle one, or between the two middle ones, as compare has it.
sub middle {
    my @sorted = sort { $a <=> $b } @_;
    return @sorted ? ($sorted[int((@sorted - 1) / 2)] + $sorted[int(@sorted / 2)]) / 2 : undef;
}

# What is put down is what holds: value and weight.
sub weighted {
    my ($p, @held) = @_;
    my ($total, $passed) = (sum0(map { $_->[1] } @held), 0);
    for (sort { $a->[0] <=> $b->[0] } @held) {
        $passed += $_->[1];
        return $_->[0] if $passed >= $p * $total;
    }
    return undef;
}

# --- what the commands say -------------------------------------------------------------------------

my $noon = 1795867200; # 2026-11-28T12:00:00Z
my @recordings;
open my $file, '<', $list or die "$list: $!\n";
while (<$file>) {
    next if /^#/ || !/\S/;
    my ($host, $begin, @files) = split;
    my @told = ('--host', $host, $begin eq '-' ? () : ('--begin', $begin));
    my ($names, $row) = run('export', '-q', '--fleet', 'recordings', @told, @files);
    my %row;
    @row{split /,/, $names =~ s/\n//r} = split /,/, $row =~ s/\n//r;
    my %recording = (host => $host, id => $row{recording}, row => \%row, files => \@files,
        state => $row{begin_ns} >= $noon * 1e9 ? 'after' : 'before');
    # The table's own rows of flows, for the bulk figures; those of --all for the rest.
    $recording{flows} = [map { decode_json($_) } run('flows', '-q', '--all', '--format', 'ndjson', @files)];
    $recording{findings} = [map { decode_json($_) } run('explain', '-q', '--top', '0', '--format', 'ndjson', @files)];
    $recording{page} = decode_json(join '', run('export', '-q', '--format', 'page-json', @files));
    $recording{groups} = decode_json(join '', run('flows', '-q', '--group', 'port', '--format', 'json', @files))->{groups};
    $recording{bins} = [run('export', '-q', '--fleet', 'bins', '--format', 'ndjson', @told, @files)];
    push @recordings, \%recording;
}
my @flows = map { my $r = $_; map { +{ %$_, host => $r->{host}, recording => $r->{id}, state => $r->{state} } } @{ $r->{flows} } } @recordings;

# --- services: flows --group port ------------------------------------------------------------------

my %sums;
for my $group (map { @{ $_->{groups} } } @recordings) {
    $sums{ $group->{group} }{$_} += $group->{$_} // 0 for qw(flows acked_bytes retransmits wire_resent_segs recoveries timeouts);
}
for my $row (rows_of('services')) {
    same("port $row->{service_port} $_", $row->{$_} // 0, $sums{ $row->{service_port} }{$_}) for qw(flows acked_bytes retransmits wire_resent_segs recoveries timeouts);
    delete $sums{ $row->{service_port} };
}
same('ports that are missing', join(' ', keys %sums), '');

# --- paths -----------------------------------------------------------------------------------------

my %paths;
push @{ $paths{"$_->{src_addr} $_->{dst_addr}"} }, $_ for grep { $_->{bytes} >= 100000 } @flows;
my %left = map { $_ => 1 } grep { grep { defined $_->{retransmit_share} } @{ $paths{$_} } } keys %paths;
for my $row (rows_of('worst-retransmits')) {
    my $path = "$row->{src_addr} $row->{dst_addr}";
    my @of = grep { defined $_->{retransmit_share} } @{ $paths{$path} };
    same("$path flows", $row->{flows}, scalar @of);
    same("$path bytes", $row->{bytes_sum}, sum0(map { $_->{bytes} } @of));
    same("$path mean", $row->{mean_share}, sum0(map { $_->{retransmit_share} * $_->{bytes} } @of) / sum0(map { $_->{bytes} } @of));
    same("$path worst", $row->{worst_share}, max(map { $_->{retransmit_share} } @of));
    delete $left{$path};
}
same('paths that are missing', join(' ', keys %left), '');
for my $row (rows_of('worst-inflation')) {
    my @of = grep { defined $_->{rtt_p95_us} && ($_->{srtt_min_us} // 0) > 0 } @{ $paths{"$row->{src_addr} $row->{dst_addr}"} };
    same('flows', $row->{flows}, scalar @of);
    same('least', $row->{least_us}, min(map { $_->{srtt_min_us} } @of));
    same('p95', $row->{largest_p95_us}, max(map { $_->{rtt_p95_us} } @of));
    same('inflation', $row->{worst_inflation}, max(map { $_->{rtt_p95_us} / $_->{srtt_min_us} } @of));
}

# --- medians ---------------------------------------------------------------------------------------

my %hours;
for my $recording (@recordings) {
    for my $bin (map { decode_json($_) } grep { /"metric":"srtt"/ } @{ $recording->{bins} }) {
        next unless $bin->{held_ns};
        push @{ $hours{ $bin->{service_port} . ' ' . int($bin->{time_ns} / 3.6e12) } }, $bin;
    }
}
for my $row (rows_of('hourly')) {
    my ($year, $month, $day, $hour) = $row->{hour} =~ /^(\d+)-(\d+)-(\d+) (\d+)/;
    require Time::Local;
    my $key = $row->{service_port} . ' ' . int(Time::Local::timegm(0, 0, $hour, $day, $month - 1, $year) / 3600);
    my @of = @{ delete $hours{$key} // [] };
    my @held = map { [$_->{mean}, $_->{held_ns}] } @of;
    same("$key least", $row->{least}, min(map { $_->{min} } @of));
    same("$key median", $row->{median}, weighted(0.5, @held));
    same("$key p95", $row->{p95}, weighted(0.95, @held));
    same("$key largest", $row->{largest}, max(map { $_->{max} } @of));
}
same('hours that are missing', join(' ', keys %hours), '');

my %of_flow = map { ("$_->{recording} $_->{host} $_->{id}" => $_) } @flows;
for my $row (-e "$folder/flow-medians.tsv" ? rows_of('flow-medians') : ()) {
    my $flow = $of_flow{"$row->{recording} $row->{host} $row->{flow}"} or same('no such flow', $row->{flow}, ''), next;
    my $peer = $row->{src} eq $flow->{src} ? '' : 'peer_';
    # Figures are exact for up to 768 different values, then rounded by at most 0.2 %.
    same("$row->{flow} median", $row->{median}, $flow->{"${peer}srtt_p50_us"}, 0.002);
    same("$row->{flow} mean", $row->{mean}, $flow->{"${peer}srtt_mean_us"}) if defined $flow->{"${peer}srtt_mean_us"};
}

# --- before and after: compare -----------------------------------------------------------------------

my %state;
push @{ $state{ $_->{state} } }, $_ for grep { grep { $_->{bytes} >= 100000 && defined $_->{rtt_p50_us} } @{ $_->{flows} } } @recordings;
my %row_of = map { $_->{state} => $_ } rows_of('before-after');
for my $state (keys %state) {
    my @middles = map { middle(map { $_->{rtt_p50_us} } grep { $_->{bytes} >= 100000 && defined $_->{rtt_p50_us} } @{ $_->{flows} }) } @{ $state{$state} };
    same("$state recordings", $row_of{$state}{recordings}, scalar @middles);
    same("$state median", $row_of{$state}{median}, middle(@middles));
}
# The very word of compare, which takes a file for a run: of recordings that are one file.
my %runs = map { $_ => [map { @{ $_->{files} } } @{ $state{$_} // [] }] } qw(before after);
if (!grep { @{ $_->{files} } > 1 } map { @$_ } values %state and @{ $runs{before} } && @{ $runs{after} }) {
    my $comparison = decode_json(join '', run('compare', '-q', '--format', 'json', '--role', 'all=bytes > 0', @{ $runs{before} }, '--', @{ $runs{after} }));
    my ($metric) = grep { $_->{metric} eq 'rtt_p50' } map { @{ $_->{metrics} } } @{ $comparison->{roles} };
    same('compare, base', $row_of{before}{median} / 1e3, $metric->{base});
    same('compare, new', $row_of{after}{median} / 1e3, $metric->{new});
    $good{'before-after (compare)'} = 2;
}
my %hosts;
push @{ $hosts{ $_->{host} }{ $_->{state} } }, $_->{rtt_p50_us} for grep { $_->{bytes} >= 100000 && defined $_->{rtt_p50_us} } @flows;
delete @hosts{ grep { keys %{ $hosts{$_} } < 2 } keys %hosts };
for my $row (rows_of('moved-hosts')) {
    my $of = delete $hosts{ $row->{host} } or same('no such host', $row->{host}, ''), next;
    my ($before, $after) = map { middle(@{ $of->{$_} }) } qw(before after);
    same('before', $row->{before}, $before);
    same('after', $row->{after}, $after);
    same('moved', $row->{moved}, $after / $before - 1);
}
same('hosts that are missing', join(' ', keys %hosts), '');

# --- single connections --------------------------------------------------------------------------------

my @limited = sort { $b->{bytes} <=> $a->{bytes} || $a->{host} cmp $b->{host} } grep { ($_->{limited_by} // '') eq 'rwnd' } @flows;
my @rows = rows_of('receiver-limited');
same('how many', scalar @rows, scalar @limited);
for my $row (@rows) {
    my $flow = shift @limited;
    same($_, $row->{$_}, $flow->{ $_ eq 'flow' ? 'id' : $_ }) for qw(host recording flow src dst bytes goodput_bps limited_share limited_from);
}

my (%cost, %count, %on);
for my $recording (@recordings) {
    for (@{ $recording->{findings} }) {
        $cost{ $_->{finding} } += $_->{cost_ns} // 0;
        $count{ $_->{finding} }++;
        $on{ $_->{finding} }{ $recording->{host} } = 1;
    }
}
for my $row (rows_of('findings')) {
    same("$row->{finding} connections", $row->{connections}, delete $count{ $row->{finding} });
    same("$row->{finding} hosts", $row->{hosts}, scalar keys %{ $on{ $row->{finding} } });
    same("$row->{finding} cost", $row->{cost}, $cost{ $row->{finding} });
}
same('findings that are missing', join(' ', keys %count), '');

my %episodes;
for my $recording (@recordings) {
    push @{ $episodes{"$recording->{host} $_->{what}"} }, $_->{end} - $_->{begin} for map { @{ $_->{episodes} } } @{ $recording->{page}{details} };
}
for my $row (rows_of('episodes')) {
    my $lengths = delete $episodes{"$row->{host} $row->{what}"} // [];
    same('episodes', $row->{episodes_count}, scalar @$lengths);
    # The page has microseconds.
    same('sum', abs($row->{sum_ns} / 1e3 - sum0(@$lengths)) <= 1.01 * @$lengths ? 'same' : "$row->{sum_ns} ns", 'same');
    same('longest', abs($row->{longest_ns} / 1e3 - max(@$lengths)) <= 1.01 ? 'same' : "$row->{longest_ns} ns", 'same');
}
same('episodes that are missing', join(' ', keys %episodes), '');

# --- recordings ------------------------------------------------------------------------------------------

my @doubtful = sort map { "$_->{host} $_->{id}" } grep { $_->{row}{lost_events} eq '\N' || $_->{row}{lost_events} > 0 || $_->{row}{malformed} > 0 || $_->{row}{warnings} ne '' } @recordings;
same('doubtful', join(', ', map { "$_->{host} $_->{recording}" } rows_of('doubtful')), join(', ', @doubtful));
same('incomplete', scalar(() = rows_of('incomplete')), 0);

printf "%-24s %d\n", $_, $good{$_} for sort keys %good;
exit($bad ? 1 : 0);
