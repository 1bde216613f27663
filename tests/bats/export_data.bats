# What export writes is data for other programs: R, gnuplot, pandas and DuckDB read it without a warning,
# and find in it what `flows` says.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

acked=5325781 # of the flow from :59126, by `flows`

# read_csv FILE EXPRESSION: R's value of it, $d being the table; no warning.
read_csv() {
    Rscript --vanilla -e 'options(warn = 2); a <- commandArgs(TRUE)
        d <- read.csv(a[1], stringsAsFactors = FALSE, check.names = TRUE)
        cat(eval(parse(text = a[2])), "\n")' "$1" "$2" | sed 's/ *$//'
}

@test "R reads samples, a column of one type each" {
    command -v Rscript >/dev/null || skip "no R"
    "$tcpprobe" export -q "$one_flow" >t.csv
    [ "$(read_csv t.csv 'sum(d$value[d$metric == "acked" & d$src_port == 59126])')" = $acked ]
    [ "$(read_csv t.csv 'sapply(d, function(c) if (is.numeric(c)) "n" else "c")')" = "n n c c c n c c n c n" ]
    [ "$(read_csv t.csv 'all(d$src == paste0(d$src_addr, ":", d$src_port))')" = TRUE ]
}

@test "events: only columns that occur, and numbers that are numbers" {
    "$tcpprobe" export -q --events --occurring --numbers "$one_flow" >t.csv
    "$tcpprobe" export -q --events "$one_flow" >all.csv
    "$tcpprobe" export -q --events --occurring "$one_flow" >hex.csv
    if command -v Rscript >/dev/null; then
        [ "$(read_csv t.csv 'sum(sapply(d, function(c) all(is.na(c) | c == "")))')" = 0 ]
        [ "$(read_csv t.csv 'class(d$snd_nxt)')" = numeric ]
        [ "$(read_csv t.csv 'sum(!is.na(d$snd_una))')" = "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "snd_una") c = i; next } $c != "" { n++ } END { print n }' all.csv)" ]
    fi
    # hexadecimal numbers are those numbers
    paste -d' ' <(cut -d, -f5,6 hex.csv) <(cut -d, -f5,6 t.csv) | perl -ne 'next if $. == 1;
        my ($hex, $numbers) = split / /; my @n = split /,/, $numbers; chomp @n; my @h = split /,/, $hex;
        for (0, 1) { die $_ if ($h[$_] // "") ne "" && hex($h[$_]) != $n[$_] } ++$rows; END { exit($rows < 1000) }'
    # the columns are those of all that are not empty
    awk -F, 'NR == 1 { n = split($0, name); next } { gsub(/"[^"]*"/, "x"); for (i = 1; i <= n; i++) if ($i != "") seen[i] = 1 }
        END { for (i = 1; i <= n; i++) if (seen[i]) print name[i] }' all.csv >wanted
    head -1 t.csv | tr , '\n' | diff wanted -
    "$tcpprobe" export -q --events --numbers --format ndjson "$one_flow" | grep -qm 1 '"snd_nxt":[0-9]*,'
    fails 2 "tcpprobe: --occurring reads its input twice, which standard input does not allow: name a file" export --events --occurring -
    fails 2 "tcpprobe: --numbers is of --events: samples are numbers" export --numbers "$one_flow"
    fails 2 "tcpprobe: --occurring is of --events and --wide: all else has the same few columns" export --occurring "$one_flow"
}

@test "wide: a row a time, and every sample is in it once" {
    "$tcpprobe" export -q "$one_flow" "$samples/cubic-loss.pcap.gz" >long.csv
    "$tcpprobe" export -q --wide "$one_flow" "$samples/cubic-loss.pcap.gz" >wide.csv
    "$tcpprobe" export -q --wide --occurring "$one_flow" "$samples/cubic-loss.pcap.gz" >occurring.csv
    "$tcpprobe" export --metric help | awk '{ print $1, $2 }' >units
    perl -e 'open U, "units"; while (<U>) { my ($n, $u) = split; $metric{$n . ($u eq "state" || $u eq "limit" ? "" : $u eq "bit/s" ? "_bps" : "_$u")} = $n }
        open W, shift; $_ = <W>; chomp; @head = split /,/;
        while (<W>) { chomp; my @f = split /,/, $_, -1;
            for (4 .. $#head - 4) { die $head[$_] if !$metric{$head[$_]}; print join(",", @f[0 .. 3], $metric{$head[$_]}, $f[$_] + 0), "\n" if $f[$_] ne "" } }' \
        wide.csv | sort >back
    perl -ne 'next if $. == 1; @f = split /,/; print join(",", @f[0 .. 4], $f[5] + 0), "\n"' long.csv | sort | cmp - back
    [ "$(wc -l <wide.csv)" -lt $(($(wc -l <long.csv) / 2)) ]
    cmp <(cut -d, -f1-4 wide.csv) <(cut -d, -f1-4 occurring.csv)
    [ "$(head -1 occurring.csv | tr , '\n' | wc -l)" -lt "$(head -1 wide.csv | tr , '\n' | wc -l)" ]
    "$tcpprobe" export -q --wide --metric snd_cwnd,srtt "$one_flow" | head -1 |
        grep -qx 'time_s,flow,src,dst,snd_cwnd_segs,srtt_us,src_addr,src_port,dst_addr,dst_port'
    [ "$("$tcpprobe" export -q --wide --metric snd_cwnd "$one_flow" | wc -l)" = "$(grep -c ',snd_cwnd,' long.csv | awk '{ print $1 + 1 }')" ]
    fails 2 "tcpprobe: --wide is of samples: neither --events, nor --bin, nor --plotted" export --wide --bin 1s "$one_flow"
    if command -v Rscript >/dev/null; then
        "$tcpprobe" export -q --wide --occurring "$one_flow" >t.csv
        [ "$(read_csv t.csv 'sum(d$acked_bytes[d$src_port == 59126], na.rm = TRUE)')" = $acked ]
        [ "$(read_csv t.csv 'all(sapply(d[5:(ncol(d) - 4)], is.numeric))')" = TRUE ]
    fi
}

@test "gnuplot plots a wide table by the names of its columns" {
    command -v gnuplot >/dev/null || skip "no gnuplot"
    "$tcpprobe" export -q --wide --metric snd_cwnd,srtt --flow :59126 --time relative "$one_flow" >t.csv
    gnuplot -e 'set datafile separator ","; set datafile columnheaders; set terminal svg; set output "t.svg";
        plot "t.csv" using "time_relative_s":"snd_cwnd_segs" with steps; print int(GPVAL_DATA_Y_MAX)' 2>said
    [ "$(cat said)" = "$(awk -F, 'NR > 1 && $5 > most { most = $5 } END { print most }' t.csv)" ]
    "$tcpprobe" export -q --wide --metric snd_cwnd --flow :59126 --time wall "$one_flow" >t.csv
    gnuplot -e 'set datafile separator ","; set datafile columnheaders; set xdata time; set timefmt "%Y-%m-%dT%H:%M:%SZ";
        set terminal svg; set output "t.svg"; plot "t.csv" using 1:5 with steps' 2>said
    [ ! -s said ]
}

@test "pandas reads times of the day, and types hold" {
    python=
    for python in python3 /usr/bin/python3 ''; do
        [ -z "$python" ] || ! "$python" -c 'import pandas' 2>/dev/null || break
    done
    [ -n "$python" ] || skip "no pandas"
    "$tcpprobe" export -q --time wall "$one_flow" >t.csv
    "$tcpprobe" export -q --events --occurring --numbers "$one_flow" >e.csv
    "$tcpprobe" export -q --wide --format ndjson "$one_flow" >w.ndjson
    "$python" -W error - <<'END'
import pandas
d = pandas.read_csv("t.csv", parse_dates=["time_wall"])
assert str(d.time_wall.dt.tz) == "UTC", d.time_wall.dtype
assert d.value.dtype.kind in "if" and d.src_port.dtype.kind == "i"
assert d[(d.metric == "acked") & (d.src_port == 59126)].value.sum() == 5325781
e = pandas.read_csv("e.csv", low_memory=False)
assert e.snd_nxt.dtype.kind in "if" and not e.isna().all().any()
w = pandas.read_json("w.ndjson", lines=True)
assert w[w.src_port == 59126].acked_bytes.sum() == 5325781
END
}

@test "DuckDB finds the types by itself" {
    command -v duckdb >/dev/null || skip "no duckdb"
    "$tcpprobe" export -q --time wall "$one_flow" >t.csv
    [ "$(duckdb -noheader -list -c "select sum(value)::bigint from 't.csv' where metric = 'acked' and src_port = 59126")" = $acked ]
    [ "$(duckdb -noheader -list -c "select typeof(time_wall) from 't.csv' limit 1")" = "TIMESTAMP WITH TIME ZONE" ]
}
