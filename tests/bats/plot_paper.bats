# `plot --style paper`: figures for a column of text.
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

# Millimetres of a PDF's page.
page_mm() { pdfinfo "$1" | awk '/^Page size/ { printf "%.1f %.1f\n", $3 * 25.4 / 72, $5 * 25.4 / 72 }'; }

texts() { "$tcpprobe" plot -q --style paper -o t.svg "$@" && perl -nle 'print for />([^<]+)<\/t/g' t.svg; }

@test "a page has the size that is asked for, in every format" {
    command -v pdfinfo || skip 'there is no pdfinfo'
    "$tcpprobe" plot -q --style paper -o t.pdf "$one_flow"
    [[ "$(page_mm t.pdf)" = '88.0 '* ]]
    "$tcpprobe" plot -q --style paper --size 3.5x5in -o t.pdf "$one_flow"
    [ "$(page_mm t.pdf)" = '88.9 127.0' ]
    "$tcpprobe" plot -q --style paper --size 40mm --font 5 -p cwnd -o t.pdf "$one_flow"
    [[ "$(page_mm t.pdf)" = '40.0 '* ]]
    "$tcpprobe" plot -q --size 300x200mm -o t.pdf "$one_flow"
    [ "$(page_mm t.pdf)" = '300.0 200.0' ]
    "$tcpprobe" plot -q --style paper --size 101.6mm -o t.png "$one_flow" # 4 inches of 600 dots
    [ "$(od -An -j16 -N4 -tu1 t.png | awk '{ print $3 * 256 + $4 }')" -eq 2400 ]
}

@test "a PDF has the labels as text, in the font and the size that are asked for" {
    command -v pdffonts || skip 'there is no pdffonts'
    "$tcpprobe" plot -q --style paper --font 'DejaVu Sans,7' -o t.pdf "$one_flow"
    pdffonts t.pdf | grep -q 'DejaVuSans  *.* yes yes yes'
    not eval 'pdffonts t.pdf | grep -q Inter'
    pdftotext -layout t.pdf t.txt
    for label in cwnd ssthresh 'in flight' 'fast recovery' srtt acknowledged 'Time (s)'; do
        grep -q -- "$label" t.txt
    done
    pdftotext t.pdf - | grep -q 'Rate (Mbit/s)'
    pdftotext -bbox t.pdf t.html # a word of 7 points is less than 9 high
    perl -ne 'if (/yMin="([\d.]+)".*yMax="([\d.]+)">Time</) { exit !($2 - $1 > 6.5 && $2 - $1 < 9) }' t.html
}

@test "what surrounds a figure on a screen is not there" {
    texts "$one_flow" >texts
    not grep -q 'tcpprobe\|acked\|goodput\|retransmitted (\|→' texts
    grep -qx 'Time (s)' texts
    grep -qx '0' texts # numbers without their unit
    texts --title 'A title' --y-title 'rate=Throughput (Mbit/s)' "$one_flow" >texts
    grep -qx 'A title' texts
    grep -qx 'Throughput (Mbit/s)' texts
}

@test "flows that are compared have a legend, an entry for each label" {
    texts "$two_flows" >texts
    [ "$(grep -c '^\[\?.*:[0-9]*$' texts)" -eq 2 ]
    texts --label 'both=*' "$two_flows" >texts
    [ "$(grep -cx both texts)" -eq 1 ]
}

@test "grey is grey" {
    "$tcpprobe" plot -q --style paper --theme grey -o t.svg "$two_flows"
    perl -ne 'while (/rgb\(([\d.]+)%,([\d.]+)%,([\d.]+)%\)/g) { exit 1 if $1 ne $2 || $2 ne $3 }
        while (/#(..)(..)(..)"/g) { exit 1 if $1 ne $2 || $2 ne $3 }' t.svg
    "$tcpprobe" plot -q --style paper -o t.svg "$two_flows"
    not perl -ne 'while (/rgb\(([\d.]+)%,([\d.]+)%,([\d.]+)%\)/g) { exit 1 if $1 ne $2 || $2 ne $3 }' t.svg
}

@test "axes: segments, ends, decades" {
    texts -p cwnd --unit snd_cwnd=segs --range snd_cwnd=0:50 "$one_flow" >texts
    grep -qx 'cwnd (segments)' texts
    grep -qx 50 texts
    not grep -qx 60 texts
    texts -p rtt --log srtt --range srtt=10ms:1s "$one_flow" >texts
    grep -qx 'srtt (s)\|Smoothed round-trip time (s)' texts
    grep -qx 0.01 texts
    grep -qx 1 texts
    # of the screen, too
    "$tcpprobe" plot -q -p rate --range rate=0:80M -o t.svg "$one_flow"
    grep -q '>80<' t.svg
}

@test "what is said of an axis that is not there is not ignored" {
    fails 2 "tcpprobe: srtt has no panel in this picture, whose axis could be chosen" plot -q -p cwnd --range srtt=0:1 -o t.svg "$one_flow"
    fails 2 "tcpprobe: snd_cwnd has no panel in this picture, whose axis could be chosen" plot -q --kind cdf -p rtt --unit snd_cwnd=segs -o t.svg "$one_flow"
    fails 2 "tcpprobe: rate has no panel in this picture, whose axis could be chosen" plot -q --kind overview --log rate -o t.svg "$one_flow"
    "$tcpprobe" plot -q -p rtt --y-title 'srtt=Round trips' -o t.svg "$one_flow"
    grep -q '>Round trips<' t.svg
}

@test "what cannot be is refused" {
    fails 2 "tcpprobe: a page 39 mm wide is too narrow: at least 40 mm" plot --style paper --size 39mm -o t.pdf "$one_flow"
    fails 2 "tcpprobe: there is no font called No Such Font" plot -q --style paper --font 'No Such Font' -o t.pdf "$one_flow"
    [ ! -e t.pdf ]
    fails 2 "tcpprobe: unknown style 'poster': screen or paper" plot --style poster -o t.pdf "$one_flow"
    fails 2 "tcpprobe: only snd_cwnd has a unit to be chosen: segs or bytes" plot --unit srtt=segs -o t.pdf "$one_flow"
    fails 2 "tcpprobe: --range: '5' is not a range such as 0:200k or 20ms:60ms" plot --range rate=5 -o t.pdf "$one_flow"
    fails 2 "tcpprobe: an axis from 5 to 1 has no length" plot --range rate=5:1 -o t.pdf "$one_flow"
    for size in 88mmx3in 88 x 0mm 88mx 88mm,3mm; do
        run "$tcpprobe" plot --style paper --size "$size" -o t.pdf "$one_flow"
        [ "$status" -eq 2 ]
    done
    for font in 3 'a"b,8' ,8 8,Times 'Times,99'; do
        run "$tcpprobe" plot --style paper --font "$font" -o t.pdf "$one_flow"
        [ "$status" -eq 2 ]
    done
}
