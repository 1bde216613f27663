/* explain_host.c: `tcpprobe explain --host`: the connections of this machine, by samples of their
 * sockets over some seconds, as `sockets -o` records them.
 *
 * One look at a socket shows what is full at that moment, and not for how long: the kernel's
 * chronometers of a socket are read at both ends of a time, which must be long enough for them.
 */
#include "base/units.h"
#include "cli/explain.h"

enum { KEY_NETNS = 0x6100 };

#define DURATION_NS    INT64_C(5000000000)
#define INTERVAL_NS    INT64_C(500000000)
#define INTERVAL_LEAST INT64_C(100000000) /* ten jiffies of the slowest kernels (HZ=100) */

static const struct argp_option options[] = {
    {0, 0, 0, 0, "Of --host:", 4},
    {"duration", 'd', "TIME", 0, "for so long: 5s (default), 60, 1min", 4},
    {"interval", 'i', "TIME", 0, "sample the sockets each TIME (default: 500ms)", 4},
    {"netns", KEY_NETNS, "NAME", 0,
     "those of another network namespace: its name (ip netns), the number of a process in it, or "
     "all",
     4},
    {0},
};

static error_t check(const struct explain_host *host)
{
    char least[32];

    if (!host->wanted)
        return host->duration_ns || host->interval_ns || host->netns
                   ? cli_bad_option("--duration, --interval and --netns are of --host")
                   : 0;
    tp_units_duration(INTERVAL_LEAST, least, sizeof least);
    if (host->interval_ns && host->interval_ns < INTERVAL_LEAST)
        return cli_bad_option("--interval: in less than %s the kernel's chronometers of a socket "
                              "tell nothing",
                              least);
    if (explain_host_duration(host) < 2 * explain_host_interval(host))
        return cli_bad_option("--duration: in less than two intervals there is nothing to tell; "
                              "--interval says how long one is");
    return 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct explain_host *host = state->input;

    switch (key) {
    case 'd':
        return cli_parse_span("--duration", arg, &host->duration_ns);
    case 'i':
        return cli_parse_span("--interval", arg, &host->interval_ns);
    case KEY_NETNS:
        host->netns = arg;
        return 0;
    case ARGP_KEY_END:
        return check(host);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp explain_host_argp = {options, parse_option, NULL, NULL, NULL, NULL, NULL};

int64_t explain_host_duration(const struct explain_host *host)
{
    return host->duration_ns ? host->duration_ns : DURATION_NS;
}

int64_t explain_host_interval(const struct explain_host *host)
{
    return host->interval_ns ? host->interval_ns : INTERVAL_NS;
}

static int record(const void *context)
{
    const struct explain_host *host = context;
    struct sockets_options sockets = {
        .proc = "/proc",
        .group = -1,
        .quiet = true,
        .records = true,
        .netns = host->netns,
        .interval_ns = explain_host_interval(host),
        .log = {.duration_ns = explain_host_duration(host)},
    };
    char *words[] = {(char[]){"explain"}, (char[]){"--host"}, NULL};

    return sockets_record(&sockets, 2, words);
}

int explain_host_start(struct explain_host *host, struct cli_input *input)
{
    static char standard_input[] = "-";
    static char *log_of_recorder[] = {standard_input};

    input->paths = log_of_recorder;
    input->path_count = 1;
    return cli_beside_start(&host->beside, record, host);
}
