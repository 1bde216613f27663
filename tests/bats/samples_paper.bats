# samples/paper: figures as they are printed, and other programs that draw the same numbers.
load helpers

paper=$samples/paper

setup() { cd "$BATS_TEST_TMPDIR"; }

plotted() { "$tcpprobe" export -q --plotted --style paper --size 88mm -p cwnd,rtt "$samples/cubic.log.gz" >plotted.csv; }

@test "the figures are 88 mm wide, with their labels as text and their fonts in them" {
    command -v pdffonts && command -v pdftotext && command -v pdfinfo || skip 'there is no pdffonts'
    for figure in cubic-bbr rtt-cdf eight-grey; do
        pdfinfo "$paper/$figure.pdf" | awk '/^Page size/ { exit !($3 * 25.4 / 72 > 87.99 && $3 * 25.4 / 72 < 88.01) }'
        pdffonts "$paper/$figure.pdf" | awk 'NR > 2 { fonts++; if ($(NF - 4) != "yes") exit 1 } END { exit !fonts }'
    done
    pdftotext "$paper/cubic-bbr.pdf" - | tr '\n' ' ' >cubic-bbr
    for label in CUBIC BBR 'Congestion window (kB)' 'Time (s)'; do grep -q -- "$label" cubic-bbr; done
    pdftotext "$paper/rtt-cdf.pdf" - | tr '\n' ' ' >rtt-cdf
    for label in CUBIC BBR 'Smoothed RTT (ms)' 'Share of time'; do grep -q -- "$label" rtt-cdf; done
    [ "$(pdftotext "$paper/eight-grey.pdf" - | grep -c '^:[0-9]*$')" -eq 8 ]
}

@test "the commands that made them still draw" {
    mkdir runs out
    for n in 0 1 2 3 4; do
        cp "$samples/cubic.log.gz" runs/cubic-0$n.log.gz
        cp "$one_flow" runs/bbr-0$n.log.gz
    done
    cp "$two_flows" runs/four-flows-00.log.gz
    cp "$samples/cubic.log.gz" runs/four-flows-01.log.gz
    TCPPROBE=$tcpprobe "$paper/figures" runs out
    for figure in cubic-bbr rtt-cdf eight-grey; do [ -s out/$figure.pdf ]; done
}

@test "gnuplot draws what is plotted" {
    command -v gnuplot || skip 'there is no gnuplot'
    plotted
    gnuplot -e 'data="plotted.csv"; out="plotted.svg"' "$paper/plot.gp" 2>messages
    [ ! -s messages ]
    grep -q 'Congestion window (kB)' plotted.svg
    # the curve has as many points as there are rows of it
    rows=$(awk -F, '$3 == "srtt" && $4 == "curve"' plotted.csv | wc -l)
    [ "$rows" -gt 100 ]
    points=$(perl -0777 -ne 'while (/<path[^>]* d=.([^\x27"]*)/g) { $n = () = $1 =~ /[ML ]-?[\d.]+,/g; $most = $n if $n > $most } END { print $most }' plotted.svg)
    [ "$points" -gt 100 ]
}

@test "matplotlib draws what is plotted" {
    for python in python3 /usr/bin/python3; do "$python" -c 'import matplotlib' 2>/dev/null && break; done
    "$python" -c 'import matplotlib' 2>/dev/null || skip 'there is no matplotlib'
    plotted
    MPLCONFIGDIR=$PWD "$python" "$paper/plot.py" plotted.csv plotted.pdf
    [ "$(head -c 5 plotted.pdf)" = %PDF- ]
}

@test "a page of LaTeX has them, and pgfplots draws the numbers" {
    command -v pdflatex && kpsewhich pgfplots.sty || skip 'there is no LaTeX with pgfplots'
    plotted
    cp "$paper"/*.pdf .
    pdflatex -interaction=nonstopmode -halt-on-error "$paper/page.tex" >log || { cat log; false; }
    pdftotext page.pdf - | tr '\n' ' ' >text
    for label in 'Eight flows of two runs' CUBIC 'Share of time' 'Congestion window (kB)'; do grep -q -- "$label" text; done
}
