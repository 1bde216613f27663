/* counters_config.c: the settings of the kernel that matter to TCP: PROC/sys. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/counters.h"

/* Some exist only in the first namespace, or in other kernels: those are left empty. */
static const struct setting {
    const char *name, *help;
} settings[] = {
    {"net.ipv4.tcp_congestion_control", "algorithm of new connections"},
    {"net.ipv4.tcp_available_congestion_control", "algorithms that are loaded"},
    {"net.core.default_qdisc", "queue of new devices; BBR paces by itself, or by fq"},
    {"net.ipv4.tcp_rmem", "receive buffer: least, first, most bytes"},
    {"net.ipv4.tcp_wmem", "send buffer: least, first, most bytes"},
    {"net.core.rmem_max", "most that SO_RCVBUF gets, which ends auto-tuning"},
    {"net.core.wmem_max", "most that SO_SNDBUF gets, which ends auto-tuning"},
    {"net.ipv4.tcp_mem", "memory of all sockets: low, pressure, limit, in pages"},
    {"net.ipv4.tcp_moderate_rcvbuf", "receive buffers grow by themselves"},
    {"net.ipv4.tcp_notsent_lowat", "unsent bytes above which a socket is not writable"},
    {"net.core.somaxconn", "largest accept queue"},
    {"net.ipv4.tcp_max_syn_backlog", "handshakes in progress per listener"},
    {"net.ipv4.tcp_syncookies", "1: cookies when that is full"},
    {"net.ipv4.tcp_abort_on_overflow", "1: reset when an accept queue is full"},
    {"net.ipv4.tcp_syn_retries", "SYNs sent again before connect() fails"},
    {"net.ipv4.tcp_synack_retries", "the same of SYN-ACKs"},
    {"net.ipv4.tcp_retries2", "timeouts before a connection is given up"},
    {"net.ipv4.tcp_fin_timeout", "seconds in FIN_WAIT2 without a process"},
    {"net.ipv4.tcp_max_tw_buckets", "most sockets in TIME_WAIT"},
    {"net.ipv4.tcp_tw_reuse", "TIME_WAIT may be reused by connect()"},
    {"net.ipv4.tcp_max_orphans", "most sockets without a process"},
    {"net.ipv4.ip_local_port_range", "ports of connect()"},
    {"net.ipv4.tcp_keepalive_time", "idle seconds before keepalive probes"},
    {"net.ipv4.tcp_sack", "selective acknowledgments"},
    {"net.ipv4.tcp_dsack", "... of what came twice"},
    {"net.ipv4.tcp_timestamps", "timestamps"},
    {"net.ipv4.tcp_window_scaling", "windows above 64 KiB"},
    {"net.ipv4.tcp_ecn", "1: asked for, 2: only if the peer asks"},
    {"net.ipv4.tcp_fastopen", "TCP Fast Open: 1 client, 2 server"},
    {"net.ipv4.tcp_early_retrans", "3 and 4: tail loss probes"},
    {"net.ipv4.tcp_recovery", "1: RACK"},
    {"net.ipv4.tcp_reordering", "segments out of order before a loss is assumed"},
    {"net.ipv4.tcp_slow_start_after_idle", "1: the window shrinks while idle"},
    {"net.ipv4.tcp_no_metrics_save", "0: a peer's threshold is remembered"},
    {"net.ipv4.tcp_mtu_probing", "1: where packets vanish"},
    {"net.ipv4.tcp_min_rtt_wlen", "seconds that the least round-trip time is remembered"},
    {"net.core.netdev_max_backlog", "packets that may wait for a processor"},
    {"net.core.netdev_budget", "packets of one round of receiving"},
};

static const struct tp_column columns[] = {
    {.name = "setting", .heading = "setting", .unit = "", .help = "its name, as sysctl has it"},
    {.name = "value", .heading = "value", .unit = "", .help = "as it is now"},
    {.name = "meaning", .heading = "what it is", .unit = "", .help = "what it is"},
};
static const struct tp_column *const all_columns[] = {&columns[0], &columns[1], &columns[2]};

struct config {
    const char *proc;
    char value[512];
};

/* Tabs between numbers become spaces; NULL where it is not there. */
static const char *read_setting(struct config *config, const char *name)
{
    char path[512];
    size_t begin = (size_t)snprintf(path, sizeof path, "%.255s/sys/", config->proc);
    ssize_t length;
    int fd;

    snprintf(path + begin, sizeof path - begin, "%s", name);
    for (char *dot = path + begin; (dot = strchr(dot, '.'));)
        *dot = '/';
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    length = read(fd, config->value, sizeof config->value - 1);
    close(fd);
    if (length < 0)
        return NULL;
    config->value[length] = '\0';
    config->value[strcspn(config->value, "\n")] = '\0';
    for (char *tab = config->value; (tab = strchr(tab, '\t'));)
        *tab = ' ';
    return config->value;
}

static void load(void *context, size_t row, struct tp_value *values)
{
    values[0] = tp_value_text(settings[row].name);
    values[1] = tp_value_text(read_setting(context, settings[row].name));
    values[2] = tp_value_text(settings[row].help);
}

void counters_write_config(const struct counters_options *options, struct tp_out *out)
{
    struct config config = {.proc = options->proc};
    const struct tp_rows rows = {all_columns, 3, sizeof settings / sizeof *settings, load, &config};

    tp_rows_write(out, options->writer, &rows);
}
