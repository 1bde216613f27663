#!/usr/bin/env perl
# rewrite.pl HOW <LOG >LOG: a trace log as it might have been too.
#
# later=SECONDS: another recording in which the same happened.
# elsewhere: other ports, later by 1000 s and other cookies.
# thin: a fifth of the samples is missing, by chance (a fixed sequence). half: every second one.
use strict;
use warnings;

my $how = shift // '';
my ($samples, $random) = (0, 1);

sub chance { return ($random = $random * 16807 % 2147483647) / 2147483647 }

my $later = $how =~ s/^later=(\d+)$/later/ ? $1 : 0;
my %lines = (
    later => sub { return $_[0] =~ s/(\s)(\d+)(\.\d{6}: )/$1 . ($2 + $later) . $3/er },
    elsewhere => sub {
        my ($line) = @_;
        $line =~ s/(\s)(\d+)(\.\d{6}: )/$1 . ($2 + 1000) . $3/e;
        $line =~ s/:(\d{4,5})(?= dest=| mark=| )/':' . ($1 - 100)/ge;
        $line =~ s/([sd]port=)(\d{4,5})/$1 . ($2 - 100)/ge;
        $line =~ s/(sock_cookie=)(\w+)/$1 . sprintf '%x', 0x1000 + hex $2/e;
        return $line;
    },
    thin => sub { return $_[0] =~ /: tcp_probe: / && chance() < 0.2 ? '' : $_[0] },
    half => sub { return $_[0] =~ /: tcp_probe: / && $samples++ % 2 ? '' : $_[0] },
);
my $rewrite = $lines{$how} or die "usage: rewrite.pl later=SECONDS|elsewhere|thin|half <LOG >LOG\n";
print $rewrite->($_) while <STDIN>;
