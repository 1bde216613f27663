# Meanings.pm: reads what `meanings packets` prints (tests/unit/meanings.c).
package Meanings;
use strict;
use warnings;

# One hash a packet, by the names of the columns; {is} holds what was found. What it says on stderr goes
# to the file `notes`, if one is named; dies if the capture is refused.
sub packets {
    my ($meanings, $capture, $notes) = @_;
    my (@packets, @names);
    open my $in, '-|', "'$meanings' packets '$capture' 2>" . ($notes // '/dev/null') or die;
    while (<$in>) {
        chomp;
        my @values = split /\t/, $_, -1;
        @names = @values and next unless @names;
        my %packet;
        @packet{@names} = @values;
        $packet{is} = { map { $_ => 1 } split /,/, $packet{findings} };
        push @packets, \%packet;
    }
    unless (close $in) { # a capture of what cannot be looked into is refused, and holds no packets
        my ($status, $why) = ($?, `'$meanings' packets '$capture' 2>&1 >/dev/null`);
        die "$capture: meanings ended with $status\n" unless $why =~ /could not look into/;
    }
    return @packets;
}

1;
