# figures.pl PROGRAM DRIVERS FILE: one recording's figures as each command says them, held against each
# other: the same number is the same text. Prints how many were compared, or what differs.
use strict;
use warnings;
use JSON::PP;
use File::Temp qw(tempdir);

my ($program, $drivers, $file) = @ARGV;
my $folder = tempdir(CLEANUP => 1);
my ($compared, @differences) = (0);
my $number = qr{^-?[0-9.]+(?:e[+-]?[0-9]+)?$};

sub run_lines {
    my (@command) = @_;
    open my $from, '-|', @command or die "@command: $!\n";
    my @lines = <$from>;
    close $from;
    chomp @lines;
    return @lines;
}

sub same {
    my ($what, $one, $other) = @_;
    $compared++;
    push @differences, "$file: $what: '" . ($one // 'absent') . "' and '" . ($other // 'absent') . "'"
        if ($one // 'absent') ne ($other // 'absent');
}

# --- the formats of `flows`: JSON is what the others are held against -------------------------------

my $text = join "\n", run_lines($program, qw(flows -q --all --format json), $file);
exit 0 if $text eq '';
my @flows = @{ decode_json($text)->{flows} };
# JSON::PP prints a number as it was read.
(my $bare = $text) =~ s/\n//g;
my @csv = run_lines($program, qw(flows -q --all --format csv), $file);
my @names = split /,/, shift @csv;

sub in_csv {
    my ($value) = @_;
    return '' unless defined $value;
    return ref $value ? ($value ? 'true' : 'false') : "$value";
}

for my $i (0 .. $#flows) {
    my @values = split /,/, $csv[$i], -1;
    for (0 .. $#names) {
        # a real is the shortest text that is that real: the same after a trip through a double
        my ($one, $other) = (in_csv($flows[$i]{ $names[$_] }), $values[$_]);
        same("csv $names[$_]", $one !~ $number ? $one : $one + 0,
            $other eq '' || $other !~ $number ? $other : $other + 0);
    }
}

# The best is one of the origins' words.
for my $flow (@flows) {
    for my $name (grep { exists $flow->{"wire_$_"} && exists $flow->{"kernel_$_"} } @names) {
        next if !defined $flow->{$name} || $name eq 'mss_bytes'; # wire_mss_bytes is the SYN's option
        my @told = grep { defined } @$flow{ "kernel_$name", "wire_$name" };
        same("best $name", $flow->{$name}, (grep { $_ eq $flow->{$name} } @told)[0])
            if @told && ($flow->{acked_from} // '') ne 'peer';
    }
}

# --- the table ---------------------------------------------------------------------------------------

sub si {
    my ($number) = @_;
    return $number if $number < 1000 && $number == int $number;
    my $prefix = '';
    for ('', qw(k M G T)) {
        $prefix = $_;
        last if $number < 999.95;
        $number /= 1000;
    }
    my $decimals = $number >= 100 ? 1 : $number >= 10 ? 2 : 3;
    return sprintf("%.${decimals}f", $number) . $prefix;
}
my ($head, @rows) = grep { length } run_lines($program, qw(flows -q), $file);
shift @rows;
pop @rows;
for my $row (@rows) {
    my ($id, $acked) = $row =~ /^\s*(\d+) \S+ -> \S+\s+\S+\s+\S+\s+(\S+)/ or next;
    my ($flow) = grep { $_->{id} == $id } @flows;
    same("table acked of flow $id", $acked,
        !defined $flow->{acked_bytes} ? '-' : si($flow->{acked_bytes}) . ($flow->{acked_from} =~ /until|at least/ ? '+' : ''));
}

# --- the baseline of `compare` -------------------------------------------------------------------------

my %per = (us => 1e3, bps => 1e6, ns => 1e9);
my %figure_of = (
    goodput => 'goodput_bps', startup => 'startup_bps', duration => 'transfer_ns', mss => 'mss_bytes',
    init_cwnd => 'initial_cwnd_segs', rtt_min => 'rtt_min_us', rtt_p50 => 'rtt_p50_us',
    rtt_p95 => 'rtt_p95_us', rtt_p99 => 'rtt_p99_us', rtt_infl => 'rtt_inflation',
    retx => 'retransmit_share', loss_events => 'loss_rate', recovery_share => 'recovery_share',
    beta => 'beta', ss_duration => 'slow_start_ns', epoch => 'epoch_ns', cwnd_p10 => 'snd_cwnd_p10_segs',
    cwnd_p50 => 'snd_cwnd_p50_segs', cwnd_p90 => 'snd_cwnd_p90_segs', inflight => 'inflight_mean_bytes',
    rwnd_share => 'limit_rwnd_share', app_share => 'limit_app_share', ce => 'wire_ce_share',
    reordered => 'wire_reordered_share',
);
my @senders = grep { defined $_->{bytes} && $_->{bytes} > 0 } @flows;
@senders = @senders[0 .. 3] if @senders > 4;
my (%asked, %alike);
$alike{ join ' ', map { /:(\d+)$/ } @$_{qw(src dst)} }++ for @flows;
for my $flow (grep { $alike{ join ' ', map { /:(\d+)$/ } @$_{qw(src dst)} } == 1 } @senders) {
    my ($sport, $dport) = map { /:(\d+)$/ } @$flow{qw(src dst)};
    my $role = "f$flow->{id}";
    $asked{$role} = [$flow, "sport == $sport && dport == $dport"];
}
if (%asked) {
    my $baseline = "$folder/baseline.json";
    run_lines($program, qw(compare -q --min-bytes 1 --write-baseline), $baseline,
        (map { ('--role', "$_=$asked{$_}[1]") } sort keys %asked), $file);
    open my $from, '<', $baseline or die "$file: no baseline: $!\n";
    my $roles = decode_json(join '', <$from>)->{runs}[0]{roles};
    for my $role (sort keys %asked) {
        my $metrics = $roles->{$role}{metrics};
        for my $word (sort keys %figure_of) {
            my $number = $asked{$role}[0]{ $figure_of{$word} };
            my ($unit) = $figure_of{$word} =~ /_(us|bps|ns)$/;
            $number = $unit ? $number / $per{$unit} : $number if defined $number;
            $number *= 100 if defined $number && $figure_of{$word} =~ /_share$/;
            same("compare $word of flow $asked{$role}[0]{id}", (map { defined $_ ? $_ + 0 : undef } $number),
                map { defined $_ ? $_ + 0 : undef } $metrics->{$word});
        }
    }
}

# --- the last states and the sums of `export` ---------------------------------------------------------

my (%last, %sum);
my ($columns, @samples) = run_lines($program, qw(export -q --metric),
    'snd_cwnd,srtt,inflight,wire_acked,wire_retransmit,wire_unique', $file);
my @fields = split /,/, $columns // '';
for (@samples) {
    my %sample;
    @sample{@fields} = split /,/, $_, -1;
    my $key = join ' ', map { $_ // '' } @sample{qw(flow src dst metric)};
    $last{$key} = $sample{value};
    $sum{$key} += $sample{value};
}
for my $flow (@flows) {
    my $from = join ' ', @$flow{qw(id src dst)};
    same("export $_ of flow $flow->{id}", $flow->{"$_->[1]"}, $last{"$from $_->[0]"})
        for [snd_cwnd => 'snd_cwnd_last_segs'], [srtt => 'srtt_last_us'], [inflight => 'inflight_last_bytes'];
    for (['wire_acked', 'wire_acked_bytes'], ['wire_unique', 'wire_unique_bytes'],
        ['wire_retransmit', 'wire_retransmitted_segs']) {
        same("export sum of $_->[0] of flow $flow->{id}", $flow->{ $_->[1] }, $sum{"$from $_->[0]"} // 0)
            if defined $flow->{ $_->[1] };
    }
}

# --- the picture's header --------------------------------------------------------------------------------

my ($largest) = sort { ($b->{bytes} // 0) <=> ($a->{bytes} // 0) || $a->{id} <=> $b->{id} } @flows;
if ($drivers && $largest && ($largest->{bytes} // 0) > 0) {
    local $ENV{PLPLOT_DRV_DIR} = $drivers;
    my $svg = "$folder/plain.svg";
    if (system($program, qw(plot -q --ssh --top 1 --format svg -o), $svg, $file) == 0) {
        open my $from, '<', $svg or die "$svg: $!\n";
        my $said = join "\n", map { s/&#x([0-9a-f]+);/chr hex $1/gier } map { /<tspan[^>]*>([^<]*)/g } <$from>;
        my $bytes = si($largest->{bytes}) =~ s/([kMGT]?)$/ $1B/r;
        my $unit = sub { my ($number, $unit) = @_; si($number) =~ s/([kMGT]?)$/ $1$unit/r };
        my @expected = ($bytes);
        push @expected, 'goodput ' . $unit->($largest->{goodput_bps}, 'bit/s') if defined $largest->{goodput_bps};
        push @expected, sprintf '(%.2f %%)', 100 * $largest->{retransmit_share}
            if $largest->{retransmitted} && defined $largest->{retransmit_share};
        push @expected, "$largest->{retransmitted} " if defined $largest->{retransmitted};
        push @expected, "$largest->{timeouts} timeout" if defined $largest->{timeouts} && defined $largest->{recoveries};
        same("picture says $_", index($said, $_) >= 0 ? $_ : "not in: $said", $_) for @expected;
    }
}

print map { "$_\n" } @differences;
print "$compared compared, ", scalar @differences, " differ\n";
exit(@differences ? 1 : 0);
