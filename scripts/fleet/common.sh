# common.sh: how the scripts of this folder reach the servers. To be sourced by bash.
#
# FLEET_SERVER    HOST:PORT of any server of the cluster (default: 127.0.0.1:9000)
# FLEET_DATABASE  default: tcpprobe
# FLEET_CLUSTER   its name in the servers' remote_servers (default: fleet)
# FLEET_CLIENT    the client, with its options, such as a user (default: clickhouse-client)
# shellcheck shell=bash disable=SC2034 # some are for those who source it
server=${FLEET_SERVER:-127.0.0.1:9000}
database=${FLEET_DATABASE:-tcpprobe}
cluster=${FLEET_CLUSTER:-fleet}
read -ra client_words <<<"${FLEET_CLIENT:-clickhouse-client}"

die() {
    echo "${0##*/}: $*" >&2
    exit 2
}

# client OPTION...: what goes wrong is told in a line, without the server's call stack.
client() {
    "${client_words[@]}" --host "${server%:*}" --port "${server##*:}" --database "${use:-$database}" "$@" \
        2> >(sed -n '/^[0-9]*\. \|^Stack trace\|^ *$\|^(version /!p' | sed 's/, e\.what() = .*//' >&2)
}

command -v "${client_words[0]}" >/dev/null || die "needs ${client_words[0]} (Debian's package clickhouse-client)"
[[ $database =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] || die "FLEET_DATABASE: '$database' is no name"
[[ $cluster =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] || die "FLEET_CLUSTER: '$cluster' is no name"
