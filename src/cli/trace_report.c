/* trace_report.c: what a recording says: at its start, each second, and at its end. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/units.h"
#include "cli/trace.h"

/* --- lists, on standard output ---------------------------------------------------------------- */

static void list_fields(const struct tp_kernel_event *event)
{
    const struct tp_kernel_field *field;

    printf("   ");
    for (size_t i = 0; i < event->count; i++) {
        field = &event->fields[i];
        if (strncmp(field->name, "common_", 7) == 0)
            continue;
        printf(field->is_array ? " %s[%u]" : " %s", field->name, field->size);
    }
    putchar('\n');
}

void trace_list_events(const struct tp_recorder *recorder)
{
    const struct tp_recorder_event *events;
    size_t count;

    events = tp_recorder_events(recorder, &count);
    for (size_t i = 0; i < count; i++) {
        printf("%c %s/%s\n", events[i].is_chosen ? '*' : ' ', events[i].event->system,
               events[i].event->name);
        list_fields(events[i].event);
    }
    printf("* is recorded\n");
}

static const char *why_not_recorded(const struct tp_recorder_event *event)
{
    return event->is_exact ? "it can never match" : "it cannot be asked for this filter";
}

int trace_list_packet_filter(const struct trace *trace)
{
    struct tp_error error = TP_ERROR_INIT;
    char *expression;
    bool exact;

    if (tp_filter_pcap(trace->options.filter, &expression, &exact, &error) < 0)
        return cli_fail(&error);
    printf("packets  libpcap: %s\n", expression ? expression : "none can match");
    free(expression);
    return CLI_FINE;
}

void trace_list_filters(const struct tp_recorder *recorder)
{
    const struct tp_recorder_event *events, *event;
    int width = 0, length;
    size_t count;

    events = tp_recorder_events(recorder, &count);
    for (size_t i = 0; i < count; i++) {
        length = (int)(strlen(events[i].event->system) + strlen(events[i].event->name) + 1);
        if (events[i].is_chosen && length > width)
            width = length;
    }
    for (size_t i = 0; i < count; i++) {
        event = &events[i];
        if (!event->is_chosen)
            continue;
        length = printf("%s/%s", event->event->system, event->event->name);
        printf("%*s", width + 2 - length, "");
        if (!event->filter)
            printf("not recorded: %s\n", why_not_recorded(event));
        else
            printf("%s%s%s\n", event->filter[0] ? "kernel: " : "kernel: everything", event->filter,
                   event->is_exact ? "" : "; then the whole filter by tcpprobe");
    }
    if (tp_recorder_packet_filter(recorder))
        printf("%-*s  libpcap: %s\n", width, "packets", tp_recorder_packet_filter(recorder));
}

/* --- messages --------------------------------------------------------------------------------- */

static void size_text(uint64_t kib, char text[32])
{
    double mib = (double)kib / 1024;

    if (mib < 1)
        snprintf(text, 32, "%" PRIu64 " KiB", kib);
    else
        snprintf(text, 32, "%.*f MiB", mib < 100 && mib - (double)(uint64_t)mib > 0.05, mib);
}

/* That an event can never match is what the filter says; this is not. */
static void say_left_out(const struct tp_recorder *recorder)
{
    const struct tp_recorder_event *events;
    size_t count;

    events = tp_recorder_events(recorder, &count);
    for (size_t i = 0; i < count; i++)
        if (events[i].is_chosen && !events[i].filter && !events[i].is_exact)
            cli_message("%s is not recorded: %s", events[i].event->name,
                        why_not_recorded(&events[i]));
}

static void say_capture(const char *interface, const struct tp_recorder_setup *setup)
{
    cli_message("capturing the packets of %s to %s", interface, setup->packets_output);
    if (setup->packets_unasked)
        cli_message("the filter says nothing of packets, or is too long to ask them: all of TCP on "
                    "%s are kept",
                    interface);
    if (setup->packets_refusal)
        cli_message("the kernel refuses the filter of packets, %s: each packet of %s is copied and "
                    "asked here, which takes processor time and drops packets sooner",
                    setup->packets_refusal, interface);
}

void trace_say_start(const struct trace *trace, const struct tp_recorder *recorder)
{
    const struct tp_recorder_setup *setup = tp_recorder_setup(recorder);
    char each[32], total[32];

    if (trace->quiet)
        return;
    say_left_out(recorder);
    for (size_t i = 0; i < setup->reaped_count; i++)
        cli_message("removed %s, which a recorder left that was killed", setup->reaped[i]);
    if (setup->engine_reason[0])
        cli_message("reading trace_pipe, which is slower: %s", setup->engine_reason);
    if (setup->clock_is_second)
        cli_message("this kernel has no clock mono: times are those of %s", setup->clock);
    size_text(setup->buffer_kib, each);
    size_text(setup->buffer_total_kib, total);
    if (setup->buffer_is_capped)
        cli_message("the buffer is 1/8 of the available memory; --force gives all that was asked");
    cli_message("recording to %s, with a buffer of %s on each of %zu CPU%s (%s)", setup->output,
                each, setup->cpus, setup->cpus == 1 ? "" : "s", total);
    if (setup->packets_output)
        say_capture(trace->options.packets.interface, setup);
}

static void end_status_line(struct trace *trace)
{
    if (trace->status_is_open)
        fputc('\n', stderr);
    trace->status_is_open = false;
}

static void show_status(struct trace *trace, const struct tp_recorder_status *status)
{
    double seconds = (double)(status->elapsed_ns - trace->told_ns) / 1e9;
    char rate[32], bytes[32], elapsed[32];

    if (seconds <= 0)
        return;
    tp_units_si((double)(status->events - trace->told_events) / seconds, rate, sizeof rate);
    tp_units_si_unit((double)status->bytes, "B", bytes, sizeof bytes);
    tp_units_seconds(status->elapsed_ns, 0, elapsed, sizeof elapsed);
    fprintf(stderr,
            "\r%s s: %s events/s, %" PRIu64 " events, %s, %" PRIu64 " flow%s, %" PRIu64
            " lost, buffer %.0f %%\033[K",
            elapsed, rate, status->events, bytes, status->flows, status->flows == 1 ? "" : "s",
            status->lost, 100 * status->fill);
    fflush(stderr);
    trace->status_is_open = true;
}

/* Said while the events go on; also when quiet. */
static void say_trouble(struct trace *trace, const struct tp_recorder_packets *packets)
{
    char why[1024];

    if (packets->dropped && !trace->told_dropped) {
        end_status_line(trace);
        cli_message("packets are being dropped: the kernel had no room for %" PRIu64 " so far",
                    packets->dropped);
        trace->told_dropped = true;
    }
    if (packets->error.code && !trace->told_end) {
        end_status_line(trace);
        tp_error_format(&packets->error, why, sizeof why);
        cli_message("%s: recording goes on without packets", why);
        trace->told_end = true;
    }
}

/* Said also when quiet: what is missing because of that is in no count. */
static void say_disturbed(struct trace *trace, uint64_t disturbances, const char *disturbance)
{
    uint64_t more = disturbances - trace->told_disturbances;

    if (!more)
        return;
    end_status_line(trace);
    if (more > 1)
        cli_message("%s, and %" PRIu64 " more like that: events may be missing", disturbance,
                    more - 1);
    else
        cli_message("%s: events may be missing", disturbance);
    trace->told_disturbances = disturbances;
}

/* Said also when quiet: nothing is recorded as long as that lasts. */
void trace_say_waits(void *context, const char *sentence)
{
    (void)context;
    cli_message("%s", sentence);
}

void trace_say_second(void *context, const struct tp_recorder_status *status)
{
    struct trace *trace = context;

    if (status->lost && !trace->told_loss) {
        end_status_line(trace);
        cli_message("events are being lost: the kernel had no room for %" PRIu64 " so far",
                    status->lost);
        trace->told_loss = true;
    }
    say_disturbed(trace, status->disturbances, status->disturbance);
    if (status->packets)
        say_trouble(trace, status->packets);
    if (trace->shows_status)
        show_status(trace, status);
    trace->told_events = status->events;
    trace->told_ns = status->elapsed_ns;
}

/* Said also when quiet: loss is never hidden. */
static void say_lost(const struct tp_recorder_summary *summary)
{
    double all = (double)summary->events + (double)summary->rejected + (double)summary->lost;
    char size[32];

    if (summary->lost) {
        size_text(summary->buffer_kib_wanted, size);
        cli_message("lost %" PRIu64 " events (%.2g %%): a buffer of %s per CPU would have helped "
                    "(-b %" PRIu64 "%s)",
                    summary->lost, 100 * (double)summary->lost / all, size,
                    summary->buffer_kib_wanted / (summary->buffer_kib_wanted < 1024 ? 1 : 1024),
                    summary->buffer_kib_wanted < 1024 ? "k" : "M");
    }
    if (summary->unwritten && summary->end != TP_END_READER)
        cli_message("%" PRIu64 " events could not be written", summary->unwritten);
}

static void say_packets(const struct trace *trace, const struct tp_recorder_packets *packets,
                        uint64_t events)
{
    char bytes[32];

    if (!trace->quiet) {
        tp_units_si_unit((double)packets->bytes, "B", bytes, sizeof bytes);
        cli_message("captured %" PRIu64 " packet%s: %s%s", packets->count,
                    packets->count == 1 ? "" : "s", bytes,
                    packets->dropped || packets->unwritten || packets->error.code
                        ? ""
                        : ", nothing dropped");
    }
    if (packets->count == 0 && events > 0 && !trace->quiet && !packets->error.code)
        cli_message(
            "no packet was captured beside the events: their connections do not pass %s, or "
            "are in another network namespace",
            trace->options.packets.interface);
    if (packets->dropped)
        cli_message(
            "the kernel dropped %" PRIu64 " packets (%.2g %%): a larger --packets-buffer or "
            "a smaller --snaplen helps",
            packets->dropped,
            100 * (double)packets->dropped / ((double)packets->dropped + (double)packets->count));
    if (packets->interface_dropped)
        cli_message("the interface dropped %" PRIu64 " packets before the kernel had them",
                    packets->interface_dropped);
    if (packets->unwritten)
        cli_message("%" PRIu64 " packets could not be written", packets->unwritten);
    if (packets->error.code && !trace->told_end)
        cli_fail(&packets->error);
}

void trace_say_refused(const struct tp_error *error)
{
    if ((error->sys_errno == EACCES || error->sys_errno == EPERM) && geteuid() == 0)
        cli_message("root was refused that: SELinux, AppArmor or lockdown can do so (see dmesg and "
                    "ausearch -m avc)");
}

/* What the kernel still held when it failed is not known. */
static bool lost_nothing(const struct tp_recorder_summary *summary)
{
    return !summary->lost && !summary->unwritten && !summary->disturbances &&
           summary->end != TP_END_FAILURE;
}

static void say_sockets(const struct trace *trace, const struct tp_recorder_summary *summary)
{
    const struct tp_sampler_summary *sockets = summary->sockets;

    if (!trace->quiet)
        cli_message("sampled %" PRIu64 " sockets, of which %" PRIu64 " ended, in %" PRIu64
                    " rounds",
                    sockets->met, sockets->ended, sockets->rounds);
    if (!trace->quiet && sockets->processes.denied)
        cli_message("without root, the open files of %" PRIu64 " of %" PRIu64
                    " processes could not be looked at",
                    sockets->processes.denied, sockets->processes.processes);
    if (summary->missed_rounds)
        cli_message("%" PRIu64 " rounds were left out, since the ones before took longer than the "
                    "interval of --sockets",
                    summary->missed_rounds);
    if (sockets->gaps)
        cli_message("the kernel had no room for the ends of some connections: their last totals "
                    "are those of the round before");
    if (sockets->malformed)
        cli_message("%" PRIu64 " messages about sockets could not be read", sockets->malformed);
}

void trace_say_end(struct trace *trace, const struct tp_recorder_summary *summary)
{
    char elapsed[32], bytes[32], parts[48] = "";

    end_status_line(trace);
    if (!trace->quiet) {
        tp_units_duration(summary->elapsed_ns, elapsed, sizeof elapsed);
        tp_units_si_unit((double)summary->bytes, "B", bytes, sizeof bytes);
        if (summary->parts > 1)
            snprintf(parts, sizeof parts, " in %u parts", summary->parts);
        cli_message("recorded %" PRIu64 " event%s in %s: %s%s, ended by %s%s", summary->events,
                    summary->events == 1 ? "" : "s", elapsed, bytes, parts, summary->reason,
                    lost_nothing(summary) ? ", nothing lost" : "");
    }
    say_disturbed(trace, summary->disturbances, summary->disturbance);
    say_lost(summary);
    if (summary->sockets)
        say_sockets(trace, summary);
    if (summary->packets)
        say_packets(trace, summary->packets, summary->events);
}
