/* heading.c: the lines around the events of a log: what recorded them, how, and how it ended.
 *
 * A reader (src/input/header.c) looks for words such as clock=mono in them; texts that a user typed
 * may not look like those. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <tcpprobe/sampler.h>

#include "recorder/heading.h"
#include "recorder/recorder.h"
#include "recorder/wall.h"

#define SETTING_MAX 160

static bool is_read(const char *word)
{
    static const char *const read[] = {
        "clock=",         "realtime_minus_",    "event=", "kernel=", "packets_dropped_so_far=",
        "connect_ports=", "congestion_control=", "hostname=", "boot_id="};

    for (size_t i = 0; i < sizeof read / sizeof *read; i++)
        if (strncmp(word, read[i], strlen(read[i])) == 0)
            return true;
    return false;
}

/* One line whatever the text is: a second one would be read as an event. */
static void put_text(FILE *out, const char *before, const char *text)
{
    fputs(before, out);
    for (; *text; text++)
        if ((*text == ' ' || *text == '\t') && is_read(text + 1))
            fputs("\\x20", out);
        else if (*text == '\t')
            fputc(' ', out);
        else
            fputc(iscntrl((unsigned char)*text) ? '?' : *text, out);
}

void heading_put_line(FILE *out, const char *name, const char *text)
{
    fprintf(out, "# %s", name);
    put_text(out, "=", text);
    fputc('\n', out);
}

void heading_put_offset(FILE *out, const char *clock)
{
    int64_t offset_ns;

    if (wall_offset(clock, &offset_ns))
        fprintf(out, "# realtime_minus_%s_ns=%" PRId64 "\n", clock, offset_ns);
}

void heading_put_now(FILE *out, const char *name)
{
    time_t now = time(NULL);
    struct tm utc;
    char text[32];

    if (gmtime_r(&now, &utc) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc) > 0)
        fprintf(out, "# %s=%s\n", name, text);
}

/* The first line of a file below /proc; nothing where it is missing. */
static void put_setting(FILE *out, const struct places *places, const char *name, const char *path)
{
    char full[512], text[SETTING_MAX];
    FILE *file;

    snprintf(full, sizeof full, "%s/%s", places->proc, path);
    file = fopen(full, "re");
    if (!file)
        return;
    if (fgets(text, sizeof text, file)) {
        text[strcspn(text, "\n")] = '\0';
        heading_put_line(out, name, text);
    }
    fclose(file);
}

void heading_put_settings(FILE *out, const struct places *places)
{
    static const char *const settings[][2] = {
        {"net.ipv4.tcp_congestion_control", "sys/net/ipv4/tcp_congestion_control"},
        {"net.ipv4.tcp_available_congestion_control",
         "sys/net/ipv4/tcp_available_congestion_control"},
        {"net.core.default_qdisc", "sys/net/core/default_qdisc"},
        {"net.ipv4.tcp_ecn", "sys/net/ipv4/tcp_ecn"},
        {"net.ipv4.tcp_sack", "sys/net/ipv4/tcp_sack"},
        {"net.ipv4.tcp_recovery", "sys/net/ipv4/tcp_recovery"},
        {"net.ipv4.tcp_rmem", "sys/net/ipv4/tcp_rmem"},
        {"net.ipv4.tcp_wmem", "sys/net/ipv4/tcp_wmem"},
    };

    fputs(
        "# of the network namespace that tcpprobe ran in, which is not that of all connections:\n",
        out);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        put_setting(out, places, settings[i][0], settings[i][1]);
}

void heading_put_machine(FILE *out, const struct places *places)
{
    struct utsname system;

    if (uname(&system) == 0) {
        fprintf(out, "# kernel=%s machine=%s\n", system.release, system.machine);
        heading_put_line(out, "hostname", system.nodename);
    }
    put_setting(out, places, "boot_id", "sys/kernel/random/boot_id");
}

void heading_put_sockets(FILE *out, const struct tp_recorder_sockets *sockets)
{
    unsigned full_every = sockets->sampler.full_every;
    char name[32];

    for (size_t i = 0; sockets->netns && i < sockets->sampler.source_count; i++) {
        snprintf(name, sizeof name, "netns_%zu", i);
        heading_put_line(out, name, sockets->netns[i]);
    }
    fprintf(out, "# socket_interval_ns=%" PRId64 " socket_full_every=%u\n", sockets->interval_ns,
            full_every ? full_every : TP_SAMPLER_FULL_EVERY);
    fputs("# event=tcpprobe/tcp_socket\n# event=tcpprobe/tcp_socket_end\n"
          "# event=tcpprobe/tcp_socket_round\n# event=tcpprobe/tcp_counters\n",
          out);
}

void heading_put_sampled(FILE *out, const struct tp_sampler_summary *summary)
{
    fprintf(out,
            "# rounds_so_far=%" PRIu64 " sockets_so_far=%" PRIu64 " ended_so_far=%" PRIu64
            " ends_lost_so_far=%" PRIu64 " lines_so_far=%" PRIu64 "\n",
            summary->rounds, summary->met, summary->ended, summary->gaps, summary->lines);
}

static void put_events(FILE *out, const struct tp_recorder *recorder)
{
    const struct event *event;

    for (size_t i = 0; i < recorder->set.count; i++) {
        event = &recorder->set.events[i];
        if (!event->chosen || !event->filter)
            continue;
        fprintf(out, "# event=%s/%s", event->format.event.system, event->format.event.name);
        if (event->filter[0])
            put_text(out, " kernel filter: ", event->filter);
        if (recorder->options.filter)
            fprintf(out, "%s", event->exact ? " (exact)" : " (and the whole filter by tcpprobe)");
        fputc('\n', out);
    }
}

static void put_packets(FILE *out, const struct tp_recorder *recorder)
{
    const struct tp_recorder_packet_options *wanted = &recorder->options.packets;

    if (!recorder->packets)
        return;
    heading_put_line(out, "packets", wanted->output);
    heading_put_line(out, "packets_interface", wanted->interface);
    heading_put_line(out, "packets_filter", recorder->packet_filter);
}

static void put_packets_end(FILE *out, struct tp_recorder *recorder)
{
    const struct tp_recorder_packets *packets = recorder_packets(recorder);

    if (!packets)
        return;
    fprintf(out,
            "# packets_so_far=%" PRIu64 " packets_dropped_so_far=%" PRIu64
            " packets_interface_dropped_so_far=%" PRIu64 "\n",
            packets->count, packets->dropped, packets->interface_dropped);
    if (packets->error.code)
        heading_put_line(out, "packets_ended_by", packets->error.text);
}

int heading_write(void *context, unsigned part, FILE *out, struct tp_error *error)
{
    const struct tp_recorder *recorder = context;
    const struct tp_recorder_setup *setup = &recorder->setup;

    (void)error;
    fprintf(out, "# tcpprobe=%s part=%u\n", TP_VERSION, part);
    heading_put_offset(out, setup->clock);
    heading_put_now(out, "begin_utc");
    heading_put_machine(out, &recorder->places);
    if (recorder->options.command)
        heading_put_line(out, "command", recorder->options.command);
    if (recorder->options.filter_text)
        heading_put_line(out, "filter", recorder->options.filter_text);
    put_events(out, recorder);
    if (recorder->connect_port_most)
        fprintf(out, "# connect_ports=%u-%u\n", recorder->connect_port_least,
                recorder->connect_port_most);
    put_packets(out, recorder);
    if (recorder->sampling)
        heading_put_sockets(out, &recorder->options.sockets);
    heading_put_settings(out, &recorder->places);
    fprintf(out, "# cpus=%zu buffer_kib_per_cpu=%" PRIu64 " buffer_kib_total=%" PRIu64 "\n",
            setup->cpus, setup->buffer_kib, setup->buffer_total_kib);
    fprintf(out, "# engine=%s\n", setup->engine == TP_ENGINE_RAW ? "raw" : "pipe");
    fprintf(out, "# clock=%s", setup->clock);
    if (recorder->options.congestion_control)
        fprintf(out, " congestion_control=%s", recorder->options.congestion_control);
    fputc('\n', out);
    return TP_OK;
}

int heading_write_end(void *context, unsigned part, FILE *out, struct tp_error *error)
{
    struct tp_recorder *recorder = context;
    const struct tp_recorder_cpu *cpu;
    const char *reason = recorder->summary.reason;
    uint64_t lost = recorder_count(recorder);

    (void)error;
    fprintf(out, "# end part=%u reason=%s\n", part, reason ? reason : "next-part");
    heading_put_now(out, "end_utc");
    heading_put_offset(out, recorder->setup.clock);
    fprintf(out, "# events=%" PRIu64 " events_so_far=%" PRIu64 " rejected_so_far=%" PRIu64 "\n",
            writer_part_events(recorder->writer), writer_events(recorder->writer),
            recorder->rejected);
    fprintf(out, "# lost_so_far=%" PRIu64 "\n", lost);
    fprintf(out, "# disturbances_so_far=%" PRIu64 "\n", recorder->disturbances);
    put_packets_end(out, recorder);
    if (recorder->sampling)
        heading_put_sampled(out, sampling_summary(recorder->sampling));
    for (size_t i = 0; i < recorder->summary.cpu_count; i++) {
        cpu = &recorder->cpus[i];
        fprintf(out,
                "# cpu=%u read=%" PRIu64 " overrun=%" PRIu64 " commit_overrun=%" PRIu64
                " dropped=%" PRIu64 "\n",
                cpu->cpu, cpu->read, cpu->overrun, cpu->commit_overrun, cpu->dropped);
    }
    return TP_OK;
}
