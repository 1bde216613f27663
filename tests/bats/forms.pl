# forms.pl FORM <LOG: the kernel's log LOG as another kernel, tracer or program would have written it.
use strict;
use warnings;

my @flags = ('.', 'd', 'b', 'D', 'X', '.', 'n', 'N', 'L', 's', 'h', 'H', '1', '2', 'a', 'f');

# So many columns, others in each line; the last one is no digit.
sub flags {
    my ($columns) = @_;
    my $text = join '', map { $flags[($. * 7 + $_ * 5) % @flags] } 1 .. $columns;
    $text =~ s/[0-9a-f]$/./;
    return $text;
}

sub task { my ($event) = @_; my $comm = $event->{comm}; $comm =~ s/^ +//; return $comm }

sub kernel {
    my ($event, $behind_cpu) = @_;
    return sprintf "%s-%-7d [%03d]%s: %s: %s\n", @$event{qw(comm pid cpu)}, $behind_cpu, @$event{qw(name message)};
}

sub with_flags { my ($event, $columns, $blanks) = @_; kernel($event, ' ' . flags($columns) . $blanks . $event->{time}) }

# 55 hours later: seconds of six digits leave no blank before them.
sub late { my ($time) = @_; $time =~ s/^(\d+)/$1 + 200_000/e; return $time }

sub graph {
    my ($event, $task) = @_;
    return sprintf "%12s | %3d) %s |               |      /* %s: %s */\n%12s | %3d) %s |   0.341 us    |      tcp_ack();\n",
        @$event{qw(time cpu)}, $task, @$event{qw(name message)}, @$event{qw(time cpu)}, $task;
}

sub perf {
    my ($event, $columns) = @_;
    return sprintf "%16s %5d [%03d] %12s: %s%20s: %s\n", task($event), @$event{qw(pid cpu time)}, $columns,
        "tcp:$event->{name}", $event->{message};
}

my %forms = (
    (map { my $columns = $_; ("flags-$columns" => sub { with_flags($_[0], $columns, '  ') }) } 1 .. 12),
    'flags-0' => sub { kernel($_[0], "   $_[0]{time}") },
    'flags-none' => sub { kernel($_[0], $_[0]{time}) },
    mixed => sub { with_flags($_[0], 1 + $. % 12, ' ') },
    late => sub { kernel($_[0], ' ..... ' . late($_[0]{time})) },
    glued => sub { kernel($_[0], ' ' . flags(4 + $. % 6) . late($_[0]{time})) },
    tabs => sub {
        my ($event) = @_;
        my $i = $.;
        (my $message = $event->{message}) =~ s/ /(' ', "\t", " \t\t\t\t", "\t ")[$i++ % 4]/ge;
        return sprintf "%s-%d\t[%03d]\t.....\t%s:\t%s:\t%s\n", @$event{qw(comm pid cpu time name)}, $message;
    },
    graph => sub { graph($_[0], sprintf '%s-%d', task($_[0]), $_[0]{pid}) },
    perf => sub { perf($_[0], '') },
    period => sub { perf($_[0], sprintf '%10d ', 1) },
    chains => sub { perf($_[0], '') . "\tffffffff820575c2 inet_sk_state_store+0x62 ([kernel.kallsyms])\n\t    7f1525a8 [unknown]\n\n" },
    stacks => sub {
        with_flags($_[0], 5, '  ') . sprintf("%s-%-7d [%03d] .....  %s: <stack trace>\n", @{$_[0]}{qw(comm pid cpu time)})
            . " => tcp_rcv_established\n => a\n";
    },
);

my $form = $forms{shift // ''} or die "forms.pl: no such form\n";
while (my $line = <STDIN>) {
    my %event;
    @event{qw(comm pid cpu time name message)} = $line =~ /^(.{16})-(\d+) +\[(\d+)\] \S+ +([\d.]+): (\w+): (.*)$/;
    print defined $event{message} ? $form->(\%event) : $line;
}
