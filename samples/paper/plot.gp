# The congestion window and the smoothed round-trip time that tcpprobe would draw, by gnuplot:
#
#     tcpprobe export --plotted --style paper -p cwnd,rtt samples/cubic.log.gz >plotted.csv
#     gnuplot -e 'data="plotted.csv"; out="plotted.svg"' samples/paper/plot.gp
set datafile separator comma
set terminal svg size 420,380 font "Helvetica,11"
set output out
set multiplot layout 2,1
set grid
set key bottom right
# a point for each row of that quantity's curve, nothing for all others
curve(quantity, value) = strcol(3) eq quantity && strcol(4) eq "curve" ? value : NaN
set ylabel "Congestion window (kB)"
plot data using 6:(curve("snd_cwnd", column(8) / 1e3)) with lines lw 1.5 title "cwnd", \
     data using 6:(curve("ssthresh", column(8) / 1e3)) with lines dt 2 title "ssthresh"
set xlabel "Time (s)"
set ylabel "srtt (ms)"
plot data using 6:(curve("srtt", column(8) * 1e3)) with lines lw 1.5 notitle
unset multiplot
