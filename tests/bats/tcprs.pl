# tcprs.pl VERDICTS FOLDER: do the packets that TCPRS (jswaro/tcprs, an analyzer for Zeek) calls
# retransmissions or reordering mean the same to us? FOLDER holds traces/NAME.pcap and
# labels/NAME.tcpretransmissions.log, .tcpreordering.log. Prints a table and what disagrees; the
# status is 1 if that is more than it may be.
#
# A label names its packet by time (us), direction and raw sequence number. `reason` is why it is
# called a retransmission (scripts/types.bro of that project):
#   1 observed before  2 overlaps what was observed before  3 acknowledged before
#   4 partly acknowledged before                            -> the bytes prove it: certain
#   5 timestamp  6 acknowledgment  7 time since the gap     -> inferred of a hole that is filled
# `rtype` is its cause: 1 14 15 a timeout, 2 3 9-13 16 fast retransmit by duplicate ACKs, SACK or
# FACK, 5 part of a recovery that runs, 0 6 7 8 unknown. The column `confidence` is never filled
# in; those which rest on an event of their own (1 a timer that expired or a SYN or FIN, 14 the same
# segment again after a timeout, 2 and 13 three duplicate ACKs) are taken as sure.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Meanings;

my ($meanings, $folder) = @ARGV;
my %cause = ((map { $_ => 'timeout' } 1, 14, 15), (map { $_ => 'fast' } 2, 3, 9 .. 13, 16));
my %sure = map { $_ => 1 } 1, 2, 13, 14;
my @mark = qw(retransmission partial repair handshake_again fin_again spurious keep_alive window_probe);

# Labels that are wrong, and why.
my $before = 'new data came right before it, after three SACKs: a timer sends the lowest byte first';
my %known = (
    'heuristics.loss-window-approximation 185' => $before,
    'heuristics.loss-window-approximation 241' => $before,
    'heuristics.loss-window-approximation 376' => $before,
    'heuristics.loss-window-approximation 212' =>
        'the ACKs before it are D-SACKs of other data, 264 ms ago at a round-trip time of 33 ms',
);
my (%table, @wrong, %count);

# The packets of a capture by time, direction and sequence number.
sub packets {
    my ($trace) = @_;
    return { map { int($_->{time_ns} / 1000) . " $_->{src} $_->{dst} $_->{seq}" => $_ }
        Meanings::packets($meanings, $trace) };
}

sub endpoint { my ($address, $port) = @_; return $address =~ /:/ ? "[$address]:$port" : "$address:$port" }

# The labels of one kind; [] where there is no such file.
sub labels {
    my ($path) = @_;
    my (@labels, @names);
    open my $in, '<', $path or return [];
    while (<$in>) {
        chomp;
        @names = split /\t/, s/^#fields\t//r if /^#fields/;
        next if /^#/;
        my %label;
        @label{@names} = split /\t/;
        my ($src, $dst) = map { endpoint(@label{"id.${_}_h", "id.${_}_p"}) } qw(orig resp);
        ($src, $dst) = ($dst, $src) if $label{orig} eq 'F';
        my $us = $label{ts} =~ s/\.//r;
        $label{key} = sprintf '%s %s %s %u', $us, $src, $dst, $label{seq} & 0xffffffff;
        push @labels, \%label;
    }
    return \@labels;
}

sub wrong {
    my ($kind, $name, $packet, $label) = @_;
    if ($kind =~ /cause/ && $known{"$name $packet->{frame}"}) {
        $count{'wrong labels'}++;
        return;
    }
    $count{$kind}++;
    push @wrong, sprintf '%-14s %s frame %s: reason %s type %s, we say %s %s %s %s', $kind, $name,
        $packet->{frame}, $label->{reason} // '-', $label->{rtype} // '-',
        $packet->{findings} || 'nothing', @$packet{qw(cause evidence confidence)};
}

sub look_at_retransmission {
    my ($name, $packet, $label) = @_;
    $packet->{labelled} = 1;
    my ($certain, $type) = ($label->{reason} <= 4, $label->{rtype});
    my $found = grep { $packet->{is}{$_} } @mark;
    $count{ $certain ? 'certain' : 'inferred' }++;
    $count{ $certain ? 'certain found' : 'inferred found' }++ if $found;
    wrong($certain ? 'missed' : 'not inferred', $name, $packet, $label) unless $found;
    my $ours = $packet->{cause} =~ s/^handshake$/timeout/r;
    $table{$type}{ $packet->{cause} || 'none' }++;
    return unless $found && $cause{$type};
    my $kind = $sure{$type} ? 'sure cause' : 'likely cause';
    $count{$kind}++;
    if ($ours eq $cause{$type}) {
        $count{"$kind same"}++;
    } elsif ($ours =~ /^(fast|timeout)$/) {
        wrong("other $kind", $name, $packet, $label);
    }
}

for my $trace (sort glob "$folder/traces/*.pcap") {
    my ($name) = $trace =~ m{([^/]+)\.pcap$};
    my $at = packets($trace);
    $count{captures}++;
    for my $label (@{ labels("$folder/labels/$name.tcpretransmissions.log") }) {
        my $packet = $at->{ $label->{key} };
        $packet ? look_at_retransmission($name, $packet, $label)
            : wrong('no packet', $name, { frame => '-', findings => '', cause => '', evidence => '',
                confidence => '' }, $label);
    }
    for my $label (@{ labels("$folder/labels/$name.tcpreordering.log") }) {
        my $packet = $at->{ $label->{key} } or next;
        $count{reordering}++;
        next unless grep { $packet->{is}{$_} } qw(retransmission partial repair);
        wrong('not reordering', $name, $packet, $label);
    }
    for my $packet (sort { $a->{frame} <=> $b->{frame} } values %$at) {
        next if $packet->{labelled} || !grep { $packet->{is}{$_} } qw(retransmission partial);
        wrong('unlabelled', $name, $packet, {});
    }
}

my @causes = qw(none fast timeout tlp handshake unknown);
printf "%-6s" . '%10s' x @causes . "\n", 'rtype', @causes;
printf "%-6s" . '%10s' x @causes . "\n", $_, map { $_ // 0 } @{ $table{$_} }{@causes}
    for sort { $a <=> $b } keys %table;
print "$_\n" for sort @wrong;
print map { "$_: $count{$_}\n" } sort keys %count;

my $share = sub { my ($part, $all) = @_; return ($count{$part} // 0) / ($count{$all} || 1) };
die "no labels in $folder\n" unless $count{certain};
printf "certain ones found: %.2f %%; causes that disagree: %.2f %% of the sure ones\n",
    100 * $share->('certain found', 'certain'), 100 * $share->('other sure cause', 'sure cause');
exit 1 if $share->('certain found', 'certain') < 0.99 || $share->('unlabelled', 'certain') > 0.01
    || $count{'not reordering'} || $count{'no packet'} || $share->('other sure cause', 'sure cause') > 0.03;
