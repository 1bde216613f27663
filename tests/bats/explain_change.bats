# Why connections are slower than they were: `explain BASE -- NEW`, and what `compare` says of it.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

runs=$root/tests/data/runs

@test "what came and went between runs, with what a megabyte waited for" {
    "$tcpprobe" explain -q "$runs/half-buffer-00.log.gz" -- "$runs"/loss-1pct-0[03].log.gz >out
    grep -x 'bulk v4: 1 base and 2 new runs' out
    grep -x '  for each megabyte its senders took 417.9[0-9] ms, and now take 2.[0-9]* s (+4[0-9]* %)' out
    sed -n 3p out | grep '^  +.* waited for the congestion window, in congestion avoidance$'
    grep 'found now and not before: losses while no queue showed: in 0 of 1 base runs and in 2 of 2 new ones (1[0-9] % of the time)' out
    grep 'holds up more than before: the congestion window after losses' out
    grep "not found any more: the path's rate" out
    # a row and its sort rest on one sentence, which is said once
    [ "$(grep -c 'loss episodes began while round trips showed no queue' out)" -eq 1 ]
    not grep 'not found any more: losses' out
    not grep behaves out
}

@test "the account of a megabyte is that of flows" {
    new=$runs/double-buffer-00.log.gz
    "$tcpprobe" compare -q --format json "$runs/half-buffer-00.log.gz" -- "$new" >out.json || true
    json out.json 'map { my $a = $_; my $w = 0; $w += $_->{new_ns} for values %$a; $w } $d->{roles}[0]{account_of_a_byte}' >byte
    "$tcpprobe" flows -q --all --format json "$new" >flows.json
    json flows.json 'map { $_->{wait_whole_ns} / $_->{acked_bytes} } grep { $_->{acked_bytes} > 1e5 } @{ $d->{flows} }' >flow
    perl -e 'open $_, "<", $_ or die for ($a, $b) = qw(byte flow); ($x, $y) = (<$a> + 0, <$b> + 0);
        die "$x $y" unless $y > 0 && abs($x / $y - 1) < 1e-9'
}

@test "a finding is that of explain, whichever command tells it" {
    new=$runs/double-buffer-00.log.gz
    "$tcpprobe" explain -q --format ndjson "$runs/half-buffer-00.log.gz" -- "$new" >change
    "$tcpprobe" explain -q --top 1 --format ndjson "$new" >alone
    perl -MJSON::PP -e 'sub rows { open my $f, "<", $_[0]; map { decode_json $_ } <$f> }
        my %now = map { $_->{finding} => $_ } grep { $_->{new_with} } rows("change");
        my @alone = grep { $_->{finding} ne "behaviour" } rows("alone");
        die "findings differ" unless join(",", sort keys %now) eq join ",", sort map { $_->{finding} } @alone;
        $now{queue}{change} eq "came" or die'
}

@test "a baseline keeps what was found" {
    "$tcpprobe" compare -q --write-baseline base.json "$runs"/loss-1pct-0[03].log.gz
    "$tcpprobe" compare -q --format json --base base.json "$runs/reno-00.log.gz" >kept.json || true
    "$tcpprobe" compare -q --format json "$runs"/loss-1pct-0[03].log.gz -- "$runs/reno-00.log.gz" >read.json || true
    for file in kept read; do
        json $file.json 'map { my $f = $_; map { "$_ " . ($f->{$_} // "none") } grep { $_ !~ /sentence/ } sort keys %$f } @{ $d->{roles}[0]{findings} }' >$file
        json $file.json 'map { my $a = $_; map { "$_ $a->{$_}{base_ns} $a->{$_}{new_ns}" } sort keys %$a } $d->{roles}[0]{account_of_a_byte}' >>$file
    done
    cmp kept read
    grep 'change went' kept
    # one that was written before findings were
    sed 's/"explained":{[^}]*}[^}]*}[^}]*},//g' base.json >old.json
    not grep explained old.json
    "$tcpprobe" compare -q --format json --base old.json "$runs/reno-00.log.gz" >out.json || true
    [ "$(json out.json '$d->{roles}[0]{findings_not_compared}')" = 'it is not known of every run what was found' ]
}

@test "compare explains a change with the findings" {
    another 60 "$runs/half-buffer-00.log.gz" >half-1.log
    another 120 "$runs/half-buffer-00.log.gz" >half-2.log
    another 180 "$runs/half-buffer-00.log.gz" >half-3.log
    another 60 "$runs/loss-1pct-00.log.gz" >loss-1.log
    another 120 "$runs/loss-1pct-00.log.gz" >loss-2.log
    another 180 "$runs/loss-1pct-00.log.gz" >loss-3.log
    new=("$runs"/loss-1pct-0[03].log.gz loss-[123].log)
    status=0
    "$tcpprobe" compare -q "$runs/half-buffer-00.log.gz" half-[123].log -- "${new[@]}" >out || status=$?
    [ "$status" -eq 1 ]
    head -n 1 out | grep 'found now and not before: losses while no queue showed (1[0-9] % of the time)'
    grep '^  loss_without_queue came .* 0  *5 .*losses while no queue showed$' out
    "$tcpprobe" compare -q --format markdown "$runs/half-buffer-00.log.gz" half-[123].log -- "${new[@]}" >out || true
    grep -F '| `loss_without_queue` (came) | 0 | 5 | - | 1' out
}

@test "the same on both sides, other sources, what is refused" {
    "$tcpprobe" explain -q "$runs/half-buffer-00.log.gz" -- "$runs/half-buffer-00.log.gz" >out
    grep -x '  Nothing that was found tells the new runs from the base.' out
    "$tcpprobe" explain -q -a "$runs/half-buffer-00.log.gz" -- "$runs/half-buffer-00.log.gz" >out
    grep "as before: the path's rate: in 1 of 1 base runs and in 1 of 1 new ones" out
    status=0
    "$tcpprobe" explain -q "$pairs/two-flows-ipv6.log.gz" -- "$pairs/two-flows-ipv6.pcap.gz" >out || status=$?
    [ "$status" -eq 3 ]
    grep -x '  Nothing can be said: not all runs are told by the same source.' out
    not grep 'found now' out
    [ "$("$tcpprobe" explain -q --format markdown "$runs/half-buffer-00.log.gz" -- "$runs/reno-00.log.gz" | grep -c '^## bulk v4')" -eq 1 ]
    "$tcpprobe" explain -q --format markdown "$runs/half-buffer-00.log.gz" -- "$runs/double-buffer-00.log.gz" | grep -F -- '- \+53.' # no list in a list
    status=0
    "$tcpprobe" explain -q --fail-on queue "$runs/half-buffer-00.log.gz" -- "$runs/double-buffer-00.log.gz" >out || status=$?
    [ "$status" -eq 1 ]
    "$tcpprobe" explain -q --fail-on queue,any "$runs/double-buffer-00.log.gz" -- "$runs/half-buffer-00.log.gz" >out || status=$?
    [ "$status" -eq 1 ] # cwnd holds it up now
    "$tcpprobe" explain -q --fail-on queue "$runs/double-buffer-00.log.gz" -- "$runs/half-buffer-00.log.gz" >out
    # -- alone ends the options, as ever
    cp "$runs/half-buffer-00.log.gz" ./-run
    "$tcpprobe" explain -q -- -run | grep "the path's rate was the limit"
    "$tcpprobe" explain -q --role 'all=dport > 0' "$runs/half-buffer-00.log.gz" -- -run | grep -x 'all: 1 base and 1 new run'
    for wrong in '--role x=port' '--role all=dport>0' '--min-bytes 1k' '--time wall -- x'; do
        status=0
        # shellcheck disable=SC2086 # words
        "$tcpprobe" explain -q "$runs/half-buffer-00.log.gz" $wrong 2>err || status=$?
        [ "$status" -eq 2 ]
        [ -s err ]
    done
}

@test "where nothing is compared no finding is none, and it is said" {
    for options in "--min-bytes 10000000000" "--role x=sport==1"; do
        status=0
        # shellcheck disable=SC2086 # words
        "$tcpprobe" explain --fail-on any $options "$runs/half-buffer-00.log.gz" -- "$runs/reno-00.log.gz" >out 2>err || status=$?
        [ "$status" -eq 3 ]
        grep -x 'tcpprobe: nothing was compared: no role has connections on both sides' err
    done
}

@test "--fail-on takes a finding with its sorts, of files as of two sides" {
    status=0
    "$tcpprobe" explain -q --fail-on loss "$runs/loss-1pct-00.log.gz" >out || status=$?
    grep -q 'losses while no queue showed' out
    [ "$status" -eq 1 ]
    "$tcpprobe" explain -q --fail-on rwnd "$runs/loss-1pct-00.log.gz" >out
}

@test "the name of a run is text in Markdown" {
    name=$(printf 'nl\n# head\n- <b>`x`.log.gz')
    cp "$runs/loss-1pct-00.log.gz" "$name"
    "$tcpprobe" explain -q --format markdown "$runs/half-buffer-00.log.gz" -- "$name" >out
    grep -F '  in nl\\x0a\# head\\x0a- \<b\>\`x\`.log.gz: ' out
    not grep -q '^# head' out
}
