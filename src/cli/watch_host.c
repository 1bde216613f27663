/* watch_host.c: the machine in three lines: connections and rates, what was sent again, the worst
 * finding. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/phrase.h"
#include "base/units.h"
#include "cli/counters.h"
#include "cli/watch.h"

/* --- memory ----------------------------------------------------------------------------- */

/* "TCP: inuse 5 orphan 0 tw 1 alloc 7 mem 3", in pages; of all namespaces. */
static double mem_of(const char *proc)
{
    char path[320], line[256];
    const char *found = NULL;
    double pages = 0;
    FILE *file;

    snprintf(path, sizeof path, "%.255s/net/sockstat", proc);
    file = fopen(path, "re");
    while (file && !found && fgets(line, sizeof line, file))
        if (strncmp(line, "TCP: ", 5) == 0)
            found = strstr(line, " mem ");
    if (found && sscanf(found, " mem %lf", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    return pages * (double)sysconf(_SC_PAGESIZE);
}

/* The third of net.ipv4.tcp_mem, above which nothing is allocated; not there in a namespace. */
static double limit_of(const char *proc)
{
    char path[320];
    double pages = 0;
    FILE *file;

    snprintf(path, sizeof path, "%.255s/sys/net/ipv4/tcp_mem", proc);
    file = fopen(path, "re");
    if (file && fscanf(file, "%*f %*f %lf", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    return pages * (double)sysconf(_SC_PAGESIZE);
}

void watch_look_at_memory(struct watch_host *host, const char *proc)
{
    host->mem_bytes = mem_of(proc);
    host->mem_limit_bytes = limit_of(proc);
}

/* --- lines ------------------------------------------------------------------------------ */

static void add_states(struct tp_phrase *phrase, const struct sockets_round *round)
{
    uint64_t sum = 0;

    for (unsigned state = 0; state < TP_STATES; state++)
        sum += round->by_state[state];
    tp_phrase_add(phrase, "%" PRIu64 " sockets:", sum);
    for (unsigned state = 0; state < TP_STATES; state++) {
        const char *name = tp_tcp_state_name(state);

        if (round->by_state[state])
            tp_phrase_add(phrase, " %" PRIu64 " %s", round->by_state[state],
                          name ? name + strlen("TCP_") : "others");
    }
}

static void add_rates(struct tp_phrase *phrase, const struct watch_state *watch)
{
    char out[32], in[32];
    double out_bps, in_bps;

    if (!watch_rates(watch, &out_bps, &in_bps))
        return;
    tp_units_si_unit(out_bps, "bit/s", out, sizeof out);
    tp_units_si_unit(in_bps, "bit/s", in, sizeof in);
    tp_phrase_add(phrase, "  out %s  in %s", out, in);
}

/* Without --time as the clock on the wall here shows it. */
static void add_local_time(struct tp_phrase *phrase, const struct watch_host *host)
{
    time_t seconds = (time_t)(host->wall_ns / 1000000000);
    char clock[16];
    struct tm local;

    if (seconds && localtime_r(&seconds, &local) &&
        strftime(clock, sizeof clock, "%H:%M:%S  ", &local))
        tp_phrase_add(phrase, "%s", clock);
}

static void add_time(struct tp_phrase *phrase, const struct watch_state *watch)
{
    const struct watch_host *host = &watch->host;
    char text[CLI_TIME_BYTES];
    struct tp_value time;

    if (watch->options.time == CLI_TIME_USUAL) {
        add_local_time(phrase, host);
        return;
    }
    time = cli_time_of_host(watch->options.time, host->clock_ns, host->first_ns,
                            host->wall_ns ? host->wall_ns - host->clock_ns : 0, 0, text);
    if (time.type == TP_VALUE_INTEGER) {
        tp_units_seconds(time.integer, 1, text, sizeof text);
        tp_phrase_add(phrase, "%s s  ", text);
    } else {
        tp_phrase_add(phrase, "%s  ", time.type == TP_VALUE_TEXT ? text : "time not known");
    }
}

static void first_line(const struct watch_state *watch, struct frame *frame)
{
    char text[512], used[32], limit[32];
    struct tp_phrase phrase = tp_phrase_in(text, sizeof text);

    add_time(&phrase, watch);
    add_states(&phrase, watch->now);
    add_rates(&phrase, watch);
    tp_units_si_unit(watch->host.mem_bytes, "B", used, sizeof used);
    tp_units_si_unit(watch->host.mem_limit_bytes, "B", limit, sizeof limit);
    if (watch->host.mem_bytes > 0)
        tp_phrase_add(&phrase, "  mem %s", used);
    if (watch->host.mem_bytes > 0 && watch->host.mem_limit_bytes > 0)
        tp_phrase_add(&phrase, " of %s", limit);
    if (watch->log) {
        tp_units_seconds(watch_log_time_ns(watch->log), 1, used, sizeof used);
        tp_phrase_add(&phrase, "  at %s s, %gx%s", used, watch->speed,
                      watch_log_is_done(watch->log) ? ", END" : "");
    }
    if (!watch->log) {
        tp_units_duration(watch->host.dump_ns, used, sizeof used);
        tp_phrase_add(&phrase, "  read in %s", used);
    }
    frame_line(frame, FRAME_BOLD, "%s%s", text, watch->paused ? "  PAUSED" : "");
}

/* A second's growth of a counter; false if it is not known. */
static bool per_second(const struct watch_state *watch, const char *name, double *rate)
{
    double seconds = (double)(watch->counted->ts_ns - watch->counted_before->ts_ns) / 1e9;
    uint64_t growth;

    if (seconds <= 0 || !tp_counter_growth(watch->counted, watch->counted_before, name, &growth))
        return false;
    *rate = (double)growth / seconds;
    return true;
}

static void add_resent(struct tp_phrase *phrase, const struct watch_state *watch)
{
    const struct tp_counter_row *row = tp_counter_row_find("TcpRetransSegs");
    double all, fast, slow, timeouts, share;

    if (!per_second(watch, "TcpRetransSegs", &all))
        return;
    tp_phrase_add(phrase, "resent %.0f/s", all);
    if (row && tp_counter_share(watch->counted, watch->counted_before, row, &share))
        tp_phrase_add(phrase, " (%.2f %%)", share * 100);
    if (!per_second(watch, "TcpExtTCPFastRetrans", &fast) ||
        !per_second(watch, "TcpExtTCPSlowStartRetrans", &slow) ||
        !per_second(watch, "TcpExtTCPTimeouts", &timeouts))
        return;
    tp_phrase_add(phrase, ": fast %.0f, timeouts %.0f, after them %.0f", fast, timeouts, slow);
    /* What is left are loss probes, but for what the kernel counts at different moments. */
    all -= fast + slow + timeouts;
    tp_phrase_add(phrase, ", probes about %.0f", all > 0 ? all : 0);
}

static void second_line(const struct watch_state *watch, struct frame *frame)
{
    static const char *const others[][2] = {{"TcpExtTCPSynRetrans", "SYN again"},
                                            {"TcpExtListenDrops", "listen drops"},
                                            {"TcpOutRsts", "resets sent"},
                                            {"TcpActiveOpens", "opened"},
                                            {"TcpPassiveOpens", "accepted"}};
    char text[512];
    struct tp_phrase phrase = tp_phrase_in(text, sizeof text);
    double rate;

    if (watch->counted && watch->counted_before) {
        add_resent(&phrase, watch);
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            if (per_second(watch, others[i][0], &rate))
                tp_phrase_add(&phrase, "  %s %.0f/s", others[i][1], rate);
    }
    frame_line(frame, FRAME_PLAIN, "%s", text);
}

static void third_line(const struct watch_state *watch, struct frame *frame)
{
    const struct tp_counter_finding *worst = NULL, *finding;
    char text[512];

    for (size_t i = 0; watch->counted && watch->counted_before && i < tp_counter_finding_count;
         i++) {
        finding = &tp_counter_findings[i];
        if ((!worst || finding->level > worst->level) &&
            tp_counter_finding_holds(finding, watch->counted, watch->counted_before))
            worst = finding;
    }
    if (!worst) {
        frame_line(frame, FRAME_PLAIN, "%s", "");
        return;
    }
    counters_finding_text(watch->counted, watch->counted_before, worst, text, sizeof text);
    frame_line(frame, FRAME_REVERSE, "%s: %s: %s", tp_finding_levels[worst->level], text,
               worst->advice);
}

void watch_head(const struct watch_state *watch, struct frame *frame)
{
    first_line(watch, frame);
    second_line(watch, frame);
    third_line(watch, frame);
}
