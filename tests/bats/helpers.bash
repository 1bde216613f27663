# helpers.bash: what the command tests share. `load helpers`.

root=$BATS_TEST_DIRNAME/../..
tcpprobe=$root/${BUILD:-build}/tcpprobe
meanings=$root/${BUILD:-build}/tests/meanings
samples=$root/samples
pairs=$root/tests/data/pairs
one_flow=$samples/cubic-loss.log.gz
two_flows=$pairs/two-flows-ipv6.log.gz

# fails STATUS SENTENCE ARGUMENT...: that status, nothing on stdout, and exactly these lines on
# stderr.
fails() {
    local status=0 expected=$1 sentence=$2
    shift 2
    "$tcpprobe" "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
    diff <(printf '%s\n' "$sentence") "$BATS_TEST_TMPDIR/err"
    [ ! -s "$BATS_TEST_TMPDIR/out" ]
    [ "$status" -eq "$expected" ]
}

# not COMMAND ARGUMENT...: it fails. What begins with ! ends no test, unless it is the last line.
not() {
    if "$@"; then
        echo "did not fail: $*"
        return 1
    fi
}

# json FILE EXPRESSION: prints the values of a Perl expression on the decoded document $d.
json() {
    perl -MJSON::PP -e '
        open my $file, "<", $ARGV[0] or die; local $/;
        my $d = JSON::PP->new->utf8->decode(scalar <$file>);
        print map { (defined $_ ? $_ : "null") . "\n" } eval $ARGV[1]; die $@ if $@' "$1" "$2"
}

# widest FILE: columns of its longest line.
widest() {
    awk '{ if (length($0) > most) most = length($0) } END { print most + 0 }' "$1"
}

# another SECONDS LOG >LOG: a log of the same, recorded so much later: another run, packed as little as can be.
another() { gzip -dc "$2" | perl "$BATS_TEST_DIRNAME/rewrite.pl" "later=$1" | gzip -1; }
