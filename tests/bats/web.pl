#!/usr/bin/env perl
# web.pl WHAT ADDRESS ...: what curl does not do with a server of watch --web.
#   statuses ADDRESS                 of the requests on stdin, a line each: METHOD PATH, then headers behind |;
#                                    in them SECRET and PORT stand for those of the address
#   crowd ADDRESS FOLDER COUNT       COUNT viewers of events: prints the status of each
#   idle ADDRESS COUNT               COUNT connections that say nothing, then how long the page takes
#   deaf ADDRESS                     a viewer that never reads, beside one that does
#   follow ADDRESS                   a viewer of ticks until all is read: what its rows became, against the whole
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use Time::HiRes 'time';

my ($what, $address, @rest) = @ARGV;
my ($port, $secret) = $address =~ m{^http://127\.0\.0\.1:(\d+)/\?t=(\w+)$} or die "no address: $address\n";

sub dial {
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, @_) || die "cannot connect: $!\n";
}

sub request {
    my ($path, @headers) = @_;
    return join("\r\n", "GET $path HTTP/1.1", (grep { /^Host:/ } @headers) ? () : "Host: 127.0.0.1:$port", @headers) . "\r\n\r\n";
}

# A line of the head, waited for.
sub status_of {
    my ($socket) = @_;
    IO::Select->new($socket)->can_read(20) or return 'silence';
    my $line = <$socket> // return 'closed';
    return $line =~ m{^HTTP/1\.1 (\d+)} ? $1 : $line;
}

my $events = "/api/events?t=$secret";
my %do = (
    statuses => sub {
        while (my $line = <STDIN>) {
            chomp $line;
            $line =~ s/SECRET/$secret/g;
            $line =~ s/PORT/$port/g;
            my ($first, @headers) = split /\|/, $line;
            my ($method, $path) = split ' ', $first;
            my $socket = dial();
            (my $request = request($path, @headers, 'Connection: close')) =~ s/^GET/$method/;
            print $socket $request;
            print status_of($socket) . "\n";
        }
    },
    crowd => sub {
        my ($count) = @_;
        my @viewers = map { my $one = dial(); print $one request($events); $one } 1 .. $count;
        print map { status_of($_) . "\n" } @viewers;
    },
    idle => sub {
        my ($count) = @_;
        my @idle = map { dial() } 1 .. $count;
        my ($begin, $socket) = (time, dial());
        print $socket request("/api/traffic?t=$secret");
        print status_of($socket), ' ', time - $begin < 4 ? 'soon' : 'late', "\n";
    },
    # Its buffers are small, so that the server has to wait for it.
    deaf => sub {
        my $deaf = IO::Socket::INET->new(Proto => 'tcp');
        setsockopt $deaf, SOL_SOCKET, SO_RCVBUF, pack 'i', 2048;
        $deaf->connect(Socket::pack_sockaddr_in($port, Socket::inet_aton('127.0.0.1'))) or die "cannot connect: $!\n";
        my ($ticks, $end, $other) = (0, time + 60);
        do { # until those before are known to be gone
            $other = dial();
            print $other request($events);
        } until status_of($other) eq '200' || time > $end;
        print $deaf request($events);
        while ($ticks < 3 && time < $end) {
            IO::Select->new($other)->can_read(1) or next;
            sysread $other, my $bytes, 1 << 16 or last;
            $ticks += () = $bytes =~ /^event: tick$/mg;
        }
        print "$ticks\n";
    },
    # Now and then it asks for the whole in between, as another page would.
    follow => sub {
        my ($json, $told, $cells, %rows, @changing) = (JSON::PP->new->canonical, 0, 0);
        my $take = sub {
            my ($index) = @_;
            %rows = map { $_->{id} => $_ } @{ $index->{connections} };
            @changing = @{ $index->{live}{changing} };
            return $index->{live}{tick};
        };
        my $whole = sub { $json->decode(scalar `curl -sS 'http://127.0.0.1:$port/api/traffic?t=$secret'`) };
        my $tick = $take->($whole->());
        open my $events, '-|', "curl -sSN 'http://127.0.0.1:$port$events&after=$tick'" or die "curl: $!\n";
        while (my $line = <$events>) {
            $take->($whole->()), next if $line =~ /^event: missed/;
            my $tick = $line =~ /^data: (\{".*)/ ? $json->decode($1) : next;
            $rows{ $_->{id} } = $_ for @{ $tick->{new} };
            for (@{ $tick->{changed} }) {
                my ($id, %value) = @$_;
                my $row = $rows{$id} or die "no row $id\n";
                defined $value{$_} ? $row->{ $changing[$_] } = $value{$_} : delete $row->{ $changing[$_] } for keys %value;
                $cells += keys %value;
            }
            delete @rows{ @{ $tick->{gone} } };
            $whole->() if ++$told % 3 == 0;
            last if $tick->{ended};
        }
        my %now = map { $_->{id} => $_ } @{ $whole->()->{connections} };
        delete $_->{spark} for values %rows, values %now;
        my ($followed, $known) = map { $json->encode($_) } \%rows, \%now;
        print $followed eq $known ? 'same' : "$followed\nis not\n$known", $told > 2 && $cells ? '' : ' of few', "\n";
    },
);
($do{$what} || die "what is '$what'?\n")->(@rest);
