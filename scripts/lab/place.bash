# place.bash: where a run takes place: two network namespaces and a folder, all of one name that holds
# the process and the port. To be sourced; needs die() and sets name, place and ends.
#
# A run that was killed leaves its namespaces and its folder behind. Its processes die with it, and
# the next run removes the rest.
prefix=tplab

# Whether the run of that name still goes on: the process is there and is one of ours.
place_is_live() { # NAME
    local pid=${1#"$prefix-"} comm=''
    pid=${pid%%-*}
    [ "$pid" != $$ ] && read -r comm 2>/dev/null <"/proc/$pid/comm" && [ "$comm" = $prefix ]
}

# The names of all runs of which there is anything, dead or alive.
place_names() {
    local path
    for path in /run/$prefix-* /run/netns/$prefix-*-[sr] "$instances"/$prefix-*; do
        [ -e "$path" ] || continue
        path=${path##*/}
        echo "${path%-[sr]}"
    done | sort -u
}

# The processes of that run, which are in its namespaces.
place_processes() { # NAME
    local end
    for end in s r; do
        [ ! -e "/run/netns/$1-$end" ] || ip netns pids "$1-$end" 2>/dev/null
    done
}

place_is_quiet() { [ -z "$(place_processes "$1")" ]; }

# Removes whatever there is of that run.
place_forget() { # NAME
    local end
    place_is_quiet "$1" || {
        place_processes "$1" | xargs -r kill 2>/dev/null
        until_true 20 place_is_quiet "$1" || place_processes "$1" | xargs -r kill -KILL 2>/dev/null
    }
    for end in s r; do
        [ ! -e "/run/netns/$1-$end" ] || ip netns delete "$1-$end" 2>/dev/null
    done
    record_forget "$1"
    rm -rf "/run/$1"
}

# The port asked for, or one that no run uses. Not always the first: sockets of a run that was killed
# live on for a while, and their events would be in the next one's log.
place_choose_port() { # the names of all runs on stdin
    local used first=15201 count=800 i
    used=" $(sed 's/.*-//' | tr '\n' ' ') "
    if [ -n "$port" ]; then
        [[ $used != *" $port "* ]] || die "another run uses port $port"
        return
    fi
    for ((i = 0; i < count; i++)); do
        port=$((first + ($$ + i) % count))
        [[ $used == *" $port "* ]] || return 0
    done
    die "too many runs at once"
}

# Reaps what killed runs left, makes a place for this one and has it removed on exit.
place_make() {
    local old lock
    # From now on others see that this process is a run.
    printf $prefix >/proc/$$/comm
    exec {lock}<"$instances"
    flock "$lock"
    for old in $(place_names); do
        place_is_live "$old" || place_forget "$old"
    done
    place_choose_port < <(place_names)
    name=$prefix-$$-$port place=/run/$prefix-$$-$port ends=("$prefix-$$-$port-s" "$prefix-$$-$port-r")
    trap place_remove EXIT
    mkdir "$place" && ip netns add "${ends[0]}" && ip netns add "${ends[1]}" ||
        die "cannot make network namespaces"
    exec {lock}<&-
}

# Large windows, no memory of earlier connections, and no packets but those of the traffic.
place_tune() {
    local end settings=(net.ipv4.tcp_no_metrics_save=1 "net.ipv4.tcp_rmem=4096 131072 33554432"
        "net.ipv4.tcp_wmem=4096 262144 33554432" ${ecn:+net.ipv4.tcp_ecn=1})
    local quiet=(net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.default.addr_gen_mode=1)
    [ -n "$ipv6" ] || quiet=(net.ipv6.conf.default.disable_ipv6=1)
    for end in s r; do
        inside $end sysctl -qw "${settings[@]}" || die "cannot set up the network namespaces"
        [ ! -e /proc/sys/net/ipv6 ] || inside $end sysctl -qw "${quiet[@]}"
    done
}

# Both ends use this congestion control for all that goes over the link. By the routes, since the
# setting of a namespace takes but those of tcp_allowed_congestion_control; and locked, so that no
# application chooses another one (net/ipv4/tcp_cong.c, net/ipv4/tcp_output.c: tcp_ca_dst_init).
place_congestion_control() {
    local end family route
    for end in s r; do
        for family in -4 -6; do
            while read -ra route; do
                ip -n "$name-$end" $family route change "${route[@]}" dev lab0 congctl lock "$cc" >&2 ||
                    die "--cc: this kernel does not take '$cc'"
            done < <(ip -n "$name-$end" $family route show dev lab0 |
                sed -E '/^(fe80:|multicast|ff)/d; s/ congctl (lock )?[^ ]+//')
        done
    done
}

# The congestion control of whatever does not choose one itself: prints it if it is the same at both ends
# and no route says otherwise.
place_system_congestion_control() {
    local end family names=()
    for end in s r; do
        names+=("$(inside $end sysctl -n net.ipv4.tcp_congestion_control)")
        for family in -4 -6; do
            ! ip -n "$name-$end" $family route show table all | grep -q ' congctl ' || return 0
        done
    done
    [ "${names[0]}" != "${names[1]}" ] || echo "${names[0]}"
}

# A command in one of the namespaces. Not `ip netns exec`, which would hide tracefs.
inside() { # END COMMAND...
    nsenter --net="/run/netns/$name-$1" "${@:2}"
}

# The same for the background: takes the place of the shell, and ends when the run is killed, unless it
# gave up root; the next run ends that.
become() { # END COMMAND...
    exec setpriv --pdeathsig TERM nsenter --net="/run/netns/$name-$1" "${@:2}"
}

# Tries a command each 50 ms.
until_true() { # TIMES COMMAND...
    local times=$1
    shift
    until "$@"; do
        [ $((times -= 1)) -gt 0 ] || return 1
        sleep 0.05
    done
}

place_remove() {
    local pid
    trap '' INT TERM HUP # half a removal is none
    for pid in $(jobs -p); do
        [[ " ${keepers[*]} " == *" $pid "* ]] || kill "$pid" 2>/dev/null
    done
    # What was written is kept whole; one that still waits for a writer will get none.
    until_true 20 jobs_ended || kill $(jobs -p) 2>/dev/null
    place_forget "$name"
}

jobs_ended() { [ -z "$(jobs -rp)" ]; }
