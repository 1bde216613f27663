# `plot`: where the picture goes, which flows it shows, what happens when it cannot be drawn.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp "$one_flow" t.log.gz
    small="tcpprobe: left out 1 flow with less than 1 % of the bytes of the largest; --flow or --top draws it"
}

is_png() { [ "$(head -c 8 "$1" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]; }
is_svg() { head -c 5 "$1" | grep -q '<?xml' && [ "$(tail -n 1 "$1")" = '</svg>' ]; }
png_size() { od -An -j16 -N8 --endian=big -tu4 "$1" | xargs; }
# The plain driver writes texts as entities: what does the picture say?
texts() {
    perl -CO -nle 'next unless /<tspan[^>]*>([^<]*)/; ($_ = $1) =~ s/&#x([0-9a-f]+);/chr hex $1/gei; print' "$1"
}
# An SVG whose texts can be read: only the driver without cairo.
plain() {
    mkdir -p drivers
    ln -sf /usr/lib/*/plplot*/drivers/svg.* drivers/
    PLPLOT_DRV_DIR=$PWD/drivers "$tcpprobe" plot -q --format svg -o plain.svg "$@" && texts plain.svg
}

@test "the picture is beside the log, and that is said" {
    mkdir logs
    mv t.log.gz logs
    run "$tcpprobe" plot logs/t.log.gz
    [ "$status" -eq 0 ]
    [ "$output" = "$small
tcpprobe: drew logs/t.png" ]
    is_png logs/t.png
    [ "$(png_size logs/t.png)" = "2480 1688" ]
    [ "$(ls logs)" = "t.log.gz
t.png" ]
}

@test "names and formats of the picture" {
    "$tcpprobe" plot -q t.log.gz -o a.svg
    is_svg a.svg
    "$tcpprobe" plot -q t.log.gz -o a.picture --format svg
    cmp a.svg a.picture
    "$tcpprobe" plot -q t.log.gz --format svg
    cmp a.svg t.svg
    mkdir dir
    "$tcpprobe" plot -q t.log.gz --output-dir dir
    is_png dir/t.png
    "$tcpprobe" plot -q t.log.gz --output-dir dir -o b.svg
    # the footer names the log, not the picture
    cmp a.svg dir/b.svg
    "$tcpprobe" plot -q t.log.gz -o - --format svg | cmp - a.svg
    gzip -dc t.log.gz | "$tcpprobe" plot -q -
    is_png tcpprobe.png
}

@test "the same log gives the same bytes, whatever the threads, the locale and the time zone" {
    for format in png svg; do
        "$tcpprobe" plot -q --threads 0 t.log.gz -o a.$format
        LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo "$tcpprobe" plot -q --threads 3 t.log.gz -o b.$format
        cmp a.$format b.$format
    done
}

@test "PDF and EPS: text that can be found, fonts in the file, the page upright" {
    "$tcpprobe" plot -q -o a.pdf t.log.gz
    pdftotext -layout a.pdf - >texts
    for text in '10.9.0.1:59126 → 10.9.0.2:5201' 'Congestion window' 'ssthresh' 'fast recovery' '33 skbs'; do
        grep -qF "$text" texts
    done
    pdffonts a.pdf >fonts
    [ "$(wc -l <fonts)" -gt 2 ]
    not grep -v ' yes yes yes ' <(tail -n +3 fonts)
    pdfinfo a.pdf >info
    grep -q '^Page size: *930 x 633 pts' info
    grep -q '^Pages: *1$' info
    "$tcpprobe" plot -q --scale 0.5 --format EPS -o - t.log.gz >a.eps
    grep -qx '%%BoundingBox: 0 0 620 422' a.eps
    "$tcpprobe" plot -q --theme dark -o dark.pdf t.log.gz
    pdftoppm -r 20 dark.pdf dark
    [ "$(od -An -j2000 -N1 -tu1 dark-1.ppm)" -lt 64 ] # the page, too, is dark
}

@test "text of an SVG can be searched, or is drawn" {
    "$tcpprobe" plot -q --title '<a> & "b"' -o a.svg t.log.gz
    xmllint --noout a.svg
    grep -qF '>&lt;a&gt; &amp; &quot;b&quot;</text>' a.svg
    grep -qF '>ssthresh</text>' a.svg
    "$tcpprobe" plot -q --text outline -o b.svg t.log.gz
    not grep -q '<text' b.svg
    run "$tcpprobe" plot --text outline -o b.png t.log.gz
    [ "$status" -eq 2 ]
    [ "$output" = 'tcpprobe: letters as outlines are for svg, not for png' ]
    run "$tcpprobe" plot --text bold t.log.gz
    [ "$status" -eq 2 ]
}

@test "a name that ends in something else is no PNG" {
    for name in x.jpg x.svg.gz dir.png/x.ps; do
        run "$tcpprobe" plot -o "$name" no-such.log
        [ "$status" -eq 2 ]
        [ "$output" = "tcpprobe: $name: no picture format has that end: png, svg, pdf or eps" ]
    done
    run "$tcpprobe" compare --plot c.jpg t.log.gz -- t.log.gz
    [ "$status" -eq 2 ]
    [[ "$output" == 'tcpprobe: --plot: c.jpg: no picture format has that end: png, svg, pdf or eps'* ]]
    "$tcpprobe" plot -q --format png -o x.jpg t.log.gz
    is_png x.jpg
    "$tcpprobe" plot -q -o plain t.log.gz
    is_png plain
}

@test "the folder of a picture is made" {
    "$tcpprobe" plot -q --output-dir new/deep/ t.log.gz
    is_png new/deep/t.png
    "$tcpprobe" plot -q --output-dir not -o "$PWD/here.png" t.log.gz
    [ ! -e not ]
    touch file
    fails 2 "tcpprobe: cannot make the folder file/new: Not a directory" plot -q --output-dir file/new t.log.gz
}

@test "one flow with its figures" {
    plain t.log.gz >texts
    for text in '10.9.0.1:59126 → 10.9.0.2:5201' 'Congestion window' 'Smoothed round-trip time' Rate \
        Retransmissions cwnd ssthresh 'in flight' 'min srtt' acknowledged mean '33 skbs' \
        'skbs per 50 ms, log' 'fast recovery'; do
        grep -qxF "$text" texts
    done
    grep -q '5.326 MB acknowledged.*goodput 7.051 Mbit/s.*33 skbs retransmitted (0.89 %).*15 fast recoveries, 0 timeouts' texts
    grep -q 't.log.gz · starts 2026-11-20 21:23:37 UTC' texts
}

@test "several flows are compared, many are an overview" {
    gzip -dc t.log.gz | sed 's/^# clock=mono/& congestion_control=reno/' >reno.log
    plain reno.log >texts
    grep -qE '(^| · )congestion control reno( · |$)' texts
    plain t.log.gz "$two_flows" >texts
    not grep -q 'congestion control' texts
    plain "$two_flows" >texts
    grep -qxF '2 flows → [fd09::2]:5201' texts
    grep -q 'Jain fairness' texts
    grep -q 'acknowledged, stacked, 50 ms bins' texts
    for i in 1 2 3 4 5 6 7 8 9; do
        gzip -dc "$samples/cubic.log.gz" | sed "s/10\.9\.0\.1/10.9.1.$i/g"
    done >many.log
    plain many.log >texts
    grep -qxF '9 flows, most bytes first' texts
    grep -q '10.9.1.9:.* → 10.9.0.2:' texts
}

@test "flows are chosen" {
    plain --flow 1 t.log.gz >texts
    grep -qxF '10.9.0.1:59124 → 10.9.0.2:5201' texts
    plain --flow :59126 t.log.gz >texts
    grep -qxF '10.9.0.1:59126 → 10.9.0.2:5201' texts
    plain --flow 10.9.0.2 t.log.gz >texts
    grep -qxF '2 flows → 10.9.0.2:5201' texts
    plain --top 1 "$two_flows" >texts
    grep -q '^\[fd09::1\]:33910 → ' texts
    plain --filter 'port 59124' t.log.gz >texts
    grep -qxF '10.9.0.1:59124 → 10.9.0.2:5201' texts
    plain --since 2 --until 4 t.log.gz >texts
    grep -q '^2.00 s · ' texts
    fails 2 "tcpprobe: no flow matches --flow; \`tcpprobe flows\` lists them" plot --flow :1 t.log.gz
    [ ! -e t.png ]
}

@test "ssh is left out, and that is said" {
    gzip -dc t.log.gz | sed 's/:5201 /:22 /; s/port=5201/port=22/g' >ssh.log
    fails 2 "tcpprobe: left out 2 ssh flows (port 22); --ssh keeps them
tcpprobe: there is no flow to draw but those of ssh" plot ssh.log
    [ ! -e ssh.png ]
    "$tcpprobe" plot -q --ssh ssh.log
    is_png ssh.png
    "$tcpprobe" plot -q --flow :22 -o b.png ssh.log
}

@test "the look" {
    "$tcpprobe" plot -q --size 800 --scale 1 -o a.png t.log.gz
    [ "$(png_size a.png)" = "800 844" ]
    "$tcpprobe" plot -q --size 1000x700 --scale 1.5 -o a.png t.log.gz
    [ "$(png_size a.png)" = "1500 1050" ]
    plain --panels windows,rtt --title 'mine & <yours> @ 5 %' t.log.gz >texts
    grep -q 'Offered window' texts
    not grep -q 'Congestion window' texts
    grep -qF 'mine & <yours> @ 5 %' texts
    plain --raw-time t.log.gz >texts
    grep -qx '3593 s' texts
    "$tcpprobe" plot -q --theme dark -o dark.svg t.log.gz
    not grep -qi 'rgb(100%, 100%, 100%)' dark.svg
}

@test "events that were lost are shaded and counted" {
    gzip -dc t.log.gz | awk 'NR == 3000 { print "CPU:0 [LOST 127 EVENTS]" } 1' >lost.log
    plain lost.log >texts
    grep -qxF 'lost 127' texts
    grep -q '127 events lost' texts
    grep -qxF 'events lost' texts
}

@test "the driver without cairo draws SVG, PNG says what is missing" {
    mkdir drivers
    ln -s /usr/lib/*/plplot*/drivers/svg.* drivers/
    PLPLOT_DRV_DIR=$PWD/drivers "$tcpprobe" plot -q -o a.svg t.log.gz
    is_svg a.svg
    PLPLOT_DRV_DIR=$PWD/drivers fails 2 "tcpprobe: PLplot has no driver 'memcairo' to draw png (in Debian: package plplot-driver-cairo); svg may still work" \
        plot -q -o a.png t.log.gz
    [ ! -e a.png ]
}

@test "nothing is left of a picture that could not be written" {
    fails 2 "tcpprobe: /dev/full: cannot write the picture: No space left on device" plot -q -o /dev/full t.log.gz
    fails 2 "tcpprobe: no/t.png: cannot write the picture: No such file or directory" plot -q -o no/t.png t.log.gz
    run sh -c '"$1" plot -q -o - t.log.gz >/dev/full' sh "$tcpprobe"
    [ "$status" -eq 2 ]
    [ "$output" = "tcpprobe: standard output: cannot write the picture: No space left on device" ]
    [ "$(ls -A)" = "err
out
t.log.gz" ]
}

@test "a full disk leaves nothing" {
    [ "$(id -u)" -eq 0 ] || skip "needs root to mount a file system of 64 kB"
    mkdir small
    mount -t tmpfs -o size=64k tmpfs small || skip "cannot mount a file system here"
    status=0
    "$tcpprobe" plot -q -o small/t.png t.log.gz 2>err || status=$?
    left=$(ls -A small)
    umount small
    [ "$status" -eq 2 ]
    [ "$(cat err)" = "tcpprobe: small/t.png: cannot write the picture: No space left on device" ]
    [ -z "$left" ]
}

@test "a log is never replaced by its picture" {
    gzip -dc t.log.gz >t.png
    fails 2 "tcpprobe: t.png is a log: -o names another file" plot -q t.png
    ln -s t.log.gz link.png
    fails 2 "tcpprobe: link.png is a log: -o names another file" plot -q -o link.png t.log.gz
    cmp t.log.gz "$one_flow"
}

@test "--open shows what was drawn, and only that" {
    mkdir bin
    printf '#!/bin/sh\necho "$@" >>opened\n' >bin/xdg-open
    chmod +x bin/xdg-open
    PATH=$PWD/bin:$PATH "$tcpprobe" plot -q --open -o a.png t.log.gz
    [ "$(cat opened)" = ./a.png ]
    not env PATH=$PWD/bin:$PATH "$tcpprobe" plot -q --open -o no/a.png t.log.gz
    [ "$(cat opened)" = ./a.png ]
    # No name is an option, or an address.
    for name in --help.png file:a.png mailto:a.png "$PWD/b.png"; do
        PATH=$PWD/bin:$PATH "$tcpprobe" plot -q --open "-o$name" --format png t.log.gz
    done
    diff <(printf '%s\n' ./a.png ./--help.png ./file:a.png ./mailto:a.png "$PWD/b.png") opened
    run env PATH=/nonexistent "$tcpprobe" plot -q --open -o a.png t.log.gz
    [ "$status" -eq 2 ]
    [ "$output" = "tcpprobe: cannot open a.png: there is no xdg-open" ]
}

@test "bad options are told before anything is read" {
    fails 2 "tcpprobe: --size: 'big' is not a size such as 1240x800, 1240 or 88x60mm" plot --size big t.log.gz
    fails 2 "tcpprobe: --size: '1240x' is not a size such as 1240x800, 1240 or 88x60mm" plot --size 1240x t.log.gz
    fails 2 "tcpprobe: --scale: '99' is not a number from 0.25 to 16" plot --scale 99 t.log.gz
    fails 2 "tcpprobe: --top: at least one flow has to be drawn" plot --top 0 t.log.gz
    fails 2 "tcpprobe: --output: the name is empty" plot -o '' t.log.gz
    fails 2 "tcpprobe: --output-dir: the name is empty" plot --output-dir= t.log.gz
    fails 2 "tcpprobe: --format: 'ps' is none of png, svg, pdf, eps" plot --format ps t.log.gz
    fails 2 "tcpprobe: unknown theme 'sepia': light, dark, print or grey" plot -q --theme sepia no-such.log
    fails 2 "tcpprobe: unknown panel 'cwmd': there are tsg, cwnd, inflight, rtt, rate, retransmissions, limits, account, windows, pacing, rto, queues, memory" plot -q --panels cwmd no-such.log
    fails 2 "tcpprobe: a page of 300 x 240 is too small: at least 480 x 240" plot -q --size 300 no-such.log
    [ ! -e t.png ]
}

@test "the help lists the panels" {
    "$tcpprobe" plot --help >help
    "$tcpprobe" plot --panels help >panels
    [ "$(wc -l <panels)" -ge 8 ]
    while read -r panel _; do
        grep -q "^  [* ] $panel " help
        "$tcpprobe" plot -q --panels "$panel" -o "$panel.png" "$one_flow"
        [ -s "$panel.png" ]
    done <panels
    [ "$(widest help)" -le 80 ]
}

@test "of 20 000 equal flows the three that are drawn have their curves" {
    many() { perl "$BATS_TEST_DIRNAME/many.pl" "$@"; }
    drawn() { # what is drawn of three flows, but for the words
        ln -sf /usr/lib/*/plplot*/drivers/svg.* drivers/
        PLPLOT_DRV_DIR=$PWD/drivers "$tcpprobe" plot --top 3 --panels cwnd,rtt,inflight,rate \
            --format svg -o drawn.svg "$1" 2>err &&
            grep '<polyline\|<polygon\|<path\|points\|^ *[-0-9., ]*$' drawn.svg
    }
    mkdir -p drivers
    for name in "log 0" "pcap 3"; do # of these, three that began last have sent more
        echo "$name"
        many ${name% *} 3 ${name#* } >few
        many ${name% *} 20000 ${name#* } >all
        drawn few >expected
        [ "$(wc -l <expected)" -gt 10 ]
        drawn all >out
        [ "$(cat err)" = "tcpprobe: left out 19997 flows with no more bytes than the 3 that are drawn" ]
        diff expected out
        [ "$name" != "log 0" ] || "$tcpprobe" plot --top 3 -o pipe.svg - <all 2>err
    done
    [ "$(grep -c lack err)" = 0 ]
    cat all | "$tcpprobe" plot --top 3 --panels tsg,cwnd,inflight,rtt,rate,retransmissions,limits,windows -o pipe.svg - 2>err
    grep -q '3 flows lack curves: there are too many flows to keep all; --filter fewer, or name a file to be read twice' err
}

@test "samples of sockets are panels of their own, where there are any" {
    log=$root/tests/fuzz/corpus/stream/sockets
    "$tcpprobe" plot -q --panels pacing,rto,queues,memory -F 2 -o sampled.svg "$log"
    for text in 'Pacing and delivery' 'Retransmission timeout' 'Queues of the socket' 'Memory of the socket'; do
        grep -q ">$text<" sampled.svg
    done
    # What is drawn are the samples.
    "$tcpprobe" export -q --plotted -p rto -F 2 "$log" >rto.csv
    # The last sample of the sender's, in seconds, whose line changed none.
    grep -qE '^rto,.*,rto,curve,0,[0-9.]+,s,0\.204,s,,$' rto.csv
    # Several flows have one curve each; of logs without samples that is said.
    "$tcpprobe" plot -q --panels rto,queues -o both.svg "$log"
    "$tcpprobe" plot -q --panels pacing -F 1 -o none.svg "$one_flow"
    grep -q 'no pacing rate was sampled' none.svg
}
