# causes.bash: the causes that validate-explain makes on purpose, with the findings that must, and may, be there.
# To be sourced; needs traffic and `scenario NAME RUN MUST MAY OPTION...`, where MUST and MAY are findings with
# commas, - for none, and $sources says of what (log packets both; far, nameless).

# pick RUN VALUE...: the strength of that run.
pick() {
    local run=$1
    shift
    eval "echo \${$((run % $# + 1))}"
}

# What follows from every loss or every end of a transfer, and says nothing of its cause.
also=cwnd,loss,reset,slow_start,app,spurious

before_data() { # RUN
    sources=packets scenario refused $1 refused - --delay "$(pick $1 2ms 20ms 60ms)" --cc cubic --program "$traffic refused"
    sources=packets scenario unanswered $1 no_answer - --lose-first-back 1000 --delay "$(pick $1 2ms 20ms)" --cc cubic --program "$traffic unanswered"
    scenario syn-lost $1 syn_timer $also,path,queue,rwnd,rwnd_grows --lose-first "$(pick $1 1 2)" --delay "$(pick $1 5ms 20ms 50ms)" --cc cubic --program "$traffic transfer"
    sources="packets both" scenario synack-lost $1 syn_timer $also,path,queue,rwnd,rwnd_grows --lose-first-back 1 --delay "$(pick $1 5ms 20ms 50ms)" --cc cubic --program "$traffic transfer"
}

losses() { # RUN
    local small large
    scenario random-loss $1 loss_without_queue,cwnd $also,rto --rate 50mbit --queue 400k --seconds 4 --seed $1 --loss "$(pick $1 0.5% 1% 1.5% 2%)"
    # of a bucket that a round trip empties and fills again the line is none: no name, but what it does
    small=(--rate 200mbit --queue 1m --seconds 4 --police "$(pick $1 5mbit 10mbit 20mbit)" --police-burst "$(pick $1 20k 40k)")
    sources=log scenario small-policer $1 loss_without_queue $also,rto "${small[@]}"
    sources=packets scenario small-policer $1 - $also,rto,loss_without_queue,policer "${small[@]}"
    large=(--rate 100mbit --queue 1m --seconds 6 --police "$(pick $1 4mbit 8mbit)" --police-burst "$(pick $1 60k 100k 200k)" --cc "$(pick $1 cubic reno)" --seed "$1")
    sources=packets scenario policer $1 policer $also,rto,loss_without_queue,rwnd,rwnd_grows "${large[@]}"
    sources=log scenario policer $1 loss_without_queue $also,rto,rwnd,rwnd_grows "${large[@]}"
    scenario shallow $1 - $also,loss_without_queue,loss_in_queue,path,rto --rate "$(pick $1 5mbit 10mbit 20mbit)" --queue "$(pick $1 6k 10k 15k)" --seconds 5 --seed $1
    scenario overflow $1 loss_in_queue,path $also,queue --cc reno --rate 10mbit --delay 5ms --queue "$(pick $1 40k 50k 60k)" --seconds 10 --seed $1
    scenario timeouts $1 rto $also,loss_without_queue,path,queue --rate 2mbit --queue 30k --loss "$(pick $1 25% 35%)" --seconds 5 --seed $1
    # tails that a probe repairs before the timer
    scenario tail $1 - $also,loss_without_queue,turn,rto --rate 20mbit --delay 15ms --loss "$(pick $1 15% 20%)" --seed $1 --cc cubic --program "$traffic messages"
    # a link that stops for longer than the timer waits: nothing is lost
    sources="packets both" scenario pause $1 spurious,rto_in_vain $also,path,queue,rwnd,rwnd_grows --rate 8mbit --queue 1m --pause "$(pick $1 900ms 1000ms 1100ms)" --pause-every 1200ms --cc cubic --program "$traffic transfer"
    sources=far scenario reorder $1 reordering $also,path --rate 20mbit --reorder "$(pick $1 1% 3%)" --reorder-delay "$(pick $1 4ms 10ms)" --seconds 4 --seed $1
    sources=packets scenario marks $1 marks $also,path --rate 10mbit --ecn "$(pick $1 12k 25k)" --queue 400k --seconds 4
}

answers() { # RUN
    sources=packets scenario black-hole $1 mtu_black_hole loss,reset,app,turn --drop-above "$(pick $1 1200 1300 1400)" --delay "$(pick $1 5ms 20ms 40ms)" --cc cubic --program "$traffic hole"
    # the sender finds out by itself, and goes on with smaller ones
    sources=packets scenario probed-hole $1 mtu_black_hole loss,reset,app,turn,spurious --drop-above 1300 --setup 'sysctl -qw net.ipv4.tcp_mtu_probing=1' --cc cubic --program "$traffic hole"
    # nothing comes through at all, or hardly anything
    sources=packets scenario outage $1 - rto,loss,reset,app,turn,rto_in_vain,spurious,loss_without_queue --pause 8s --pause-every 9s --delay "$(pick $1 5ms 20ms)" --cc cubic --program "$traffic messages"
    sources="packets both" scenario ack-loss $1 ack_loss $also,hystart,syn_timer,path,queue,loss_in_queue,rto,rwnd,rwnd_grows,loss_without_queue --loss-back "$(pick $1 5% 10% 20% 30%)" --queue 60k --seed $1 --seconds 4
    sources="packets both" scenario ack-bunches $1 ack_compression $also,path,queue,loss_in_queue,rwnd,rwnd_grows,loss_without_queue,hystart --batch-back "$(pick $1 10ms 15ms 25ms)" --cc cubic --seconds 4
}

neighbours() { # RUN
    scenario neighbours $1 shared_queue,path $also,queue,loss_in_queue,behaviour --flows "$(pick $1 2 3 4)" --rate "$(pick $1 20mbit 40mbit)" --queue "$(pick $1 100k 200k)" --seconds 8
    # two runs beside each other on a link each
    sources=apart scenario decreases $1 path $also,queue,loss_in_queue,loss_without_queue
}

path() { # RUN
    scenario queue $1 path $also,loss_in_queue --rate 20mbit --queue "$(pick $1 60k 80k 100k)" --seconds 4 --seed $1
    scenario long-queue $1 queue,path $also,loss_in_queue,rwnd,rwnd_grows --rate 10mbit --queue "$(pick $1 250k 400k)" --seconds 4 --seed $1
    sources=packets scenario small-mss $1 small_mss $also,path --setup "ip link set \$LAB_DEVICE mtu $(pick $1 576 900 1100)" --rate 5mbit --queue 25k --seconds 3
    sources=packets scenario mss-1300 $1 - $also,path --setup 'ip link set $LAB_DEVICE mtu 1340' --rate 5mbit --queue 25k --seconds 3
}

ends() { # RUN
    local slow bursts
    scenario window $1 rwnd $also,zero_window --rate 50mbit --queue 400k --seconds 3 --window "$(pick $1 32k 64k)"
    sources="packets both" scenario no-scaling $1 no_window_scaling $also --setup 'sysctl -qw net.ipv4.tcp_window_scaling=0' --rate 50mbit --queue 400k --delay "$(pick $1 20ms 40ms)" --seconds 3
    # 128 KiB at a time: at 5 Mbit/s the pauses are shorter than a retransmission timeout; at 2 Mbit/s they are
    # longer, and the kernel halves its window in each, so that the next piece waits for a round trip
    scenario producer $1 app reset,turn,idle_restart --rate 50mbit --queue 400k --seconds 3 --rate-limit "$(pick $1 5mbit 6mbit)"
    slow=(--rate 50mbit --queue 400k --seconds 3 --rate-limit 2mbit --delay "$(pick $1 20ms 10ms)")
    sources="log both" scenario slow-producer $1 app,idle_restart reset,turn "${slow[@]}"
    sources=packets scenario slow-producer $1 app reset,turn "${slow[@]}"
    # its sender closes at once, so that the kernel's events end before the window does: only packets tell
    sources=packets scenario reader $1 zero_window $also,rwnd,rwnd_grows --rate 20mbit --delay "$(pick $1 2ms 10ms)" --cc cubic --program "$traffic zero-window"
    sources=packets scenario requests $1 delayed_ack turn --delay "$(pick $1 2ms 6ms 14ms)" --cc cubic --program "$traffic requests"
    scenario whole-requests $1 turn app --delay "$(pick $1 2ms 12ms 30ms)" --cc cubic --program "$traffic whole"
    bursts=(--rate 50mbit --queue 1m --delay "$(pick $1 10ms 20ms 40ms)" --cc cubic --program "$traffic bursts")
    sources="log both" scenario bursts $1 idle_restart app,slow_start,spurious "${bursts[@]}"
    scenario kept-bursts $1 app slow_start,spurious,rwnd,rwnd_grows --setup 'sysctl -qw net.ipv4.tcp_slow_start_after_idle=0' "${bursts[@]}"
    sources="log both" scenario small-buffer $1 sndbuf reset --sockets=100ms --rate 50mbit --queue 400k --delay "$(pick $1 10ms 20ms 40ms)" --cc bbr --program "$traffic small-buffer"
    sources=log scenario paced $1 pacing reset --rate 50mbit --queue 400k --delay "$(pick $1 10ms 20ms)" --cc cubic --program "$traffic paced"
    scenario idle $1 - reset,app,turn --delay "$(pick $1 2ms 20ms)" --cc cubic --program "$traffic keep-alive"
    sources=packets scenario aborted $1 reset app,slow_start,turn --delay "$(pick $1 2ms 20ms)" --cc cubic --program "$traffic aborted"
    scenario short $1 slow_start app,turn,path --rate 50mbit --queue 1m --delay "$(pick $1 50ms 80ms)" --cc cubic --program "$traffic short"
}

# early NAME RUN SEGMENTS: "hystart" where slow start ended below so many segments and before anything was lost, else "-".
early() {
    local log=$dir/$1-$2.log.gz
    [ $phase = record ] || [ ! -s "$log" ] || zcat "$log" | awk -v most="$3" '
        / tcp_cong_state_set: / && /cong_state=[234]/ { exit }
        / tcp_probe: / && match($0, /ssthresh=[0-9]+/) { n = substr($0, RSTART + 9, RLENGTH - 9) + 0 }
        / tcp_probe: / && n && n < 2147483647 { if (n < most) print "hystart"; found = n < most; exit }
        END { if (!found) print "-" }'
    [ $phase != record ] && [ -s "$log" ] || echo -
}

control() { # RUN
    sources="log both" scenario bbr $1 probe_rtt $also,pacing,path,queue,loss_in_queue --cc bbr --rate "$(pick $1 10mbit 20mbit)" --queue 200k --seconds 12 --seed $1
    sources=nameless scenario bbr $1 behaviour probe_rtt,$also,pacing,path,queue,loss_in_queue
    # pauses that make round trips longer now and then: mostly slow start ends before half of the path is full; what
    # the log says of that decides
    sources="log both" scenario hystart $1 "$(early hystart $1 "$((100000000 / 8 * 2 * $(pick $1 10 20 30) / 1000 / 1500 / 2))")" hystart,$also,path,queue,rwnd,rwnd_grows --cc cubic --rate 100mbit --queue 2m --delay "$(pick $1 10ms 20ms 30ms)" --pause "$(pick $1 12ms 14ms)" --pause-every "$(pick $1 41ms 53ms)" --seconds 3
    sources="log both" scenario no-hystart $1 - $also,path,queue,rwnd,rwnd_grows,loss_in_queue --cc reno --rate 100mbit --queue 1m --delay "$(pick $1 20ms 30ms 40ms)" --seconds 3
    sources=nameless scenario decreases $1 behaviour $also,path,queue,loss_in_queue,loss_without_queue --cc "$(pick $1 cubic reno)" --rate 20mbit --delay 10ms --queue "$(pick $1 60k 90k)" --seconds 8
}

scenarios() { # RUN
    before_data "$1"
    losses "$1"
    answers "$1"
    path "$1"
    ends "$1"
    control "$1"
    neighbours "$1" # behind those whose recordings it takes
}

# --- the account: `account NAME RUN WAITS SECONDS OPTION...`: for so long one of these was waited for -----------------

# `measured WHAT NAME RUN`: what the capture shows, where the machine adds to what was asked for.
accounts() { # RUN
    local delay_ms
    delay_ms=$(pick $1 10 40 100)
    account account-handshake $1 handshake "0.$(printf %03d $((2 * delay_ms)))" --delay ${delay_ms}ms --rate 8mbit --cc cubic --program "$traffic transfer"
    # a second each: net.ipv4.tcp_syn_linear_timeouts
    account account-syn $1 syn_timer "$(pick $1 1 2)" --lose-first "$(pick $1 1 2)" --delay 20ms --cc cubic --program "$traffic transfer"
    open=log account account-pauses $1 app "$(measured talk account-pauses $1)" --delay "$(pick $1 5ms 20ms 50ms)" --cc cubic --program "$traffic paused"
    open=log account account-turns $1 turn,app "$(measured talk account-turns $1)" --delay "$(pick $1 10ms 20ms 40ms)" --cc cubic --program "$traffic whole"
    sources=packets account account-reader $1 zero_window 2.2 --delay "$(pick $1 2ms 10ms)" --rate 20mbit --cc cubic --program "$traffic zero-window"
    sources=packets account account-timeouts $1 rto "$(measured silence account-timeouts $1)" --delay "$(pick $1 5ms 20ms)" --drop-above 1300 --cc cubic --program "$traffic hole"
}
