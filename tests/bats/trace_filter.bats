#!/usr/bin/env bats
# trace_filter.bats: what a filter leaves of a recording is the same, whether the kernel and the
# recorder apply it or `export` does afterwards. Connections of our own, recorded by all at once.
load helpers

# Nobody else's, and in each expression, so that what others do does not matter. No machine chooses it
# for a connect(), or the beginnings of others' connections, which have no port yet, might be ours.
port=809

setup() {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    [ -d /sys/kernel/tracing/instances ] || skip "needs tracefs in /sys/kernel/tracing"
    for tool in iperf3 ip unshare; do
        command -v $tool >/dev/null || skip "needs $tool"
    done
    cd "$BATS_TEST_TMPDIR"
    recorders=()
}

teardown() {
    [ ${#recorders[@]} -eq 0 ] || kill "${recorders[@]}" 2>/dev/null || true
}

# record NAME [FILTER]: in the background, tracing when it returns.
record() {
    "$tcpprobe" trace -q --strict -b 8M -e tcp_rcv_space_adjust -o "$1.log.gz" "${@:2}" 3>&- &
    recorders+=($!)
    # An instance is born with tracing on, but that is on again only after the last event.
    for _ in $(seq 200); do
        ! grep -qs '[1X]' /sys/kernel/tracing/instances/tcpprobe-$!-0/events/tcp/enable ||
            ! grep -qs 1 /sys/kernel/tracing/instances/tcpprobe-$!-0/tracing_on || return 0
        sleep 0.05
    done
    false
}

# In a network namespace of its own: IPv4, IPv6 and IPv4 by an IPv6 socket, one of each refused.
make_traffic() {
    unshare -n bash -c '
        ip link set lo up
        iperf3 -s -p $0 >/dev/null 2>&1 & server=$!
        for _ in $(seq 100); do (: </dev/tcp/127.0.0.1/$0) 2>/dev/null && break; sleep 0.05; done
        iperf3 -c 127.0.0.1 -p $0 -n 300K >/dev/null
        iperf3 -c ::1 -p $0 -n 300K >/dev/null
        for host in 127.0.0.1 127.0.0.2 ::1 ::ffff:127.0.0.1; do
            (: </dev/tcp/$host/$0) 2>/dev/null
            (: </dev/tcp/$host/$(($0 + 1))) 2>/dev/null
        done
        kill $server; wait $server; true' $port 3>&-
}

# events NAME [FILTER]: sorted, without what two recordings of one event differ in: time, the name of
# the task when the line was written, and addresses, which each recorder hides in its own way.
events() {
    "$tcpprobe" export -q --events --format ndjson ${2:+--filter "$2"} "$1.log.gz" |
        perl -pe 's/"(time_s|comm|skaddr|skbaddr|input)":("[^"]*"|[^,}]*),?//g' | sort
}

@test "filtered while recording, or afterwards: the same events" {
    local filters=(
        "port $port"
        "dport == $port && (host 127.0.0.2 || snd_cwnd >= 10)"
        "port $port && !(host 127.0.0.1)"
        "net ::1/128 && port $port"
        "port $port && family != AF_INET6 && !(tcp_probe && data_len == 0)"
        "!inet_sock_set_state && port $port || newstate == TCP_CLOSE && dport == $((port + 1))"
        "(sport == $port || sport == $((port + 1))) && (reason ~ 'TCP*' || state == 7 || tcp_destroy_sock)"
        "port $port && data_len > 1000 && cpu < 2"
    ) i lost=
    record all
    for i in "${!filters[@]}"; do record "$i" "${filters[i]}"; done
    make_traffic
    sleep 0.2
    kill -INT "${recorders[@]}"
    for i in "${recorders[@]}"; do
        wait "$i" || [ $? -ne 2 ] || lost=1
    done
    recorders=()
    [ -z "$lost" ] || skip "this machine is too busy: events were lost"
    for i in "${!filters[@]}"; do
        echo "${filters[i]}"
        events all "${filters[i]}" >expected
        events "$i" >found
        diff expected found
        [ -s expected ]
    done
}

# A socket that connects has no port yet; the kernel says only to which one.
@test "connects to elsewhere are recorded only where their own port can be the one that is asked for" {
    read -r least most </proc/sys/net/ipv4/ip_local_port_range
    [ "$least" -gt 1100 ] || skip "this machine chooses any port"
    local outside=$((least < 32768 ? least - 1 : 32767)) inside=$least
    record outside "port $outside"
    record inside "sport == $inside || dport == $outside"
    unshare -n bash -c '
        ip link set lo up
        for port in $0 9; do for i in {1..5}; do (: </dev/tcp/127.0.0.1/$port) 2>/dev/null; done; done; true' $outside 3>&-
    sleep 0.2
    kill -INT "${recorders[@]}"
    for i in "${recorders[@]}"; do wait "$i"; done
    recorders=()
    connects() { gzip -dc "$1.log.gz" | grep 'newstate=TCP_SYN_SENT' | grep -c " sport=0 dport=$2 " || true; }
    [ "$(connects outside $outside)" -eq 5 ]
    [ "$(connects outside 9)" -eq 0 ]
    [ "$(connects inside 9)" -ge 5 ]
    [ "$(grep -c '^# connect_ports=' <(gzip -dc outside.log.gz))" -eq 1 ]
    # and afterwards it is the same, log by log and together
    "$tcpprobe" export -q --events --format ndjson --filter "port $outside" inside.log.gz >afterwards
    not grep -q '"dst":"127.0.0.1:9"' afterwards
    [ "$(grep -c '"newstate":"TCP_SYN_SENT"' afterwards)" -eq 5 ]
    # a log that does not say may hold any port
    gzip -dc inside.log.gz | grep -v '^# connect_ports=' >silent.log
    "$tcpprobe" export -q --events --format ndjson --filter "port $outside" silent.log >afterwards
    [ "$(grep -c '"dst":"127.0.0.1:9"' afterwards)" -ge 5 ]
}
