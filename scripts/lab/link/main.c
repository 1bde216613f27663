/* main.c: linkem, a link between two network namespaces with a bottleneck of its own.
 *
 * It does what netem does, on kernels and in containers that have none, and knows exactly which
 * packets it lost. One thread: wait until a packet arrives or is due, deliver, accept.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"
#include "options.h"
#include "tun.h"

#define FAILURE      2
#define PACKET_BYTES 65536
#define BATCH        64 /* packets accepted before looking whether one is due */
#define NS_PER_S     INT64_C(1000000000)
#define HEARTBEAT_NS INT64_C(5000000) /* sleeps no longer than that, to know that it could run */

struct end {
    struct tun tun;
    struct bottleneck leaving;
    uint64_t refused; /* packets that the kernel did not take from us */
};

struct linkem {
    struct end end[LINK_ENDS];
    struct capture capture[LINK_ENDS];
    int64_t realtime_minus_mono_ns;
    int64_t awake_ns; /* when it last ran, for sure */
    int signals;
    uint8_t packet[PACKET_BYTES];
};

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* One clock between two readings of the other: the offset of the closest pair of several. */
static int64_t realtime_offset_ns(void)
{
    int64_t best_ns = INT64_MAX, offset_ns = 0;

    for (int i = 0; i < 10; i++) {
        int64_t before_ns = clock_ns(CLOCK_MONOTONIC);
        int64_t realtime_ns = clock_ns(CLOCK_REALTIME);
        int64_t apart_ns = clock_ns(CLOCK_MONOTONIC) - before_ns;

        if (apart_ns < best_ns) {
            best_ns = apart_ns;
            offset_ns = realtime_ns - (before_ns + apart_ns / 2);
        }
    }
    return offset_ns;
}

static void capture(struct linkem *linkem, unsigned end, const uint8_t *data, size_t bytes,
                    int64_t now_ns)
{
    now_ns += linkem->realtime_minus_mono_ns;
    if (capture_packet(&linkem->capture[end], data, bytes, now_ns) < 0)
        err(FAILURE, "cannot write the capture");
}

/* All packets that are due at the far end of what leaves this one. */
static void deliver(struct linkem *linkem, unsigned from)
{
    unsigned to = LINK_ENDS - 1 - from;
    struct packet *packet;
    int64_t now_ns = clock_ns(CLOCK_MONOTONIC);

    while ((packet = bottleneck_deliver(&linkem->end[from].leaving, now_ns))) {
        capture(linkem, to, packet->data, packet->bytes, now_ns);
        if (write(linkem->end[to].tun.fd, packet->data, packet->bytes) < 0)
            linkem->end[from].refused++;
        free(packet);
        now_ns = clock_ns(CLOCK_MONOTONIC);
    }
}

static void accept_packets(struct linkem *linkem, unsigned from)
{
    struct end *end = &linkem->end[from];
    int64_t now_ns;
    ssize_t bytes;

    for (int i = 0; i < BATCH; i++) {
        bytes = read(end->tun.fd, linkem->packet, sizeof linkem->packet);
        if (bytes <= 0)
            break;
        now_ns = clock_ns(CLOCK_MONOTONIC);
        capture(linkem, from, linkem->packet, (size_t)bytes, now_ns);
        if (bottleneck_accept(&end->leaving, linkem->packet, (size_t)bytes, now_ns) < 0)
            errx(FAILURE, "out of memory");
    }
}

/* Until a packet arrives or is due, or a signal says that it is enough: then false. */
static bool wait_for_work(struct linkem *linkem)
{
    struct pollfd polled[] = {{linkem->end[0].tun.fd, POLLIN, 0},
                              {linkem->end[1].tun.fd, POLLIN, 0},
                              {linkem->signals, POLLIN, 0}};
    int64_t wait_ns = HEARTBEAT_NS, due_ns;
    int64_t now_ns = clock_ns(CLOCK_MONOTONIC);

    for (unsigned i = 0; i < LINK_ENDS; i++) {
        due_ns = bottleneck_due_ns(&linkem->end[i].leaving);
        if (due_ns < now_ns + wait_ns)
            wait_ns = due_ns < now_ns ? 0 : due_ns - now_ns;
    }
    if (ppoll(polled, 3, &(struct timespec){.tv_nsec = wait_ns}, NULL) < 0 && errno != EINTR)
        err(FAILURE, "cannot wait for packets");
    now_ns = clock_ns(CLOCK_MONOTONIC);
    for (unsigned i = 0; i < LINK_ENDS; i++)
        if (polled[i].revents & POLLIN)
            bottleneck_late(&linkem->end[i].leaving, now_ns - linkem->awake_ns - wait_ns);
    linkem->awake_ns = now_ns;
    return !(polled[2].revents & POLLIN);
}

static void set_up(struct linkem *linkem, const struct options *options)
{
    struct sched_param above_others = {.sched_priority = 1};
    sigset_t ends;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    linkem->signals = signalfd(-1, &ends, SFD_CLOEXEC);
    if (linkem->signals < 0)
        err(FAILURE, "cannot watch for signals");
    /* Timing is all. A machine that refuses this is not wrong: late_max_us tells. */
    prctl(PR_SET_TIMERSLACK, 1UL);
    if (sched_setscheduler(0, SCHED_FIFO, &above_others) < 0)
        setpriority(PRIO_PROCESS, 0, -20);

    for (unsigned i = 0; i < LINK_ENDS; i++) {
        bottleneck_init(&linkem->end[i].leaving, &options->way[i]);
        if (tun_open(&linkem->end[i].tun, options->netns[i], options->device) < 0)
            err(FAILURE, "cannot make a TUN device in %s", options->netns[i]);
        if (options->pcap[i] &&
            capture_open(&linkem->capture[i], options->pcap[i], options->snaplen) < 0)
            err(FAILURE, "cannot write %s", options->pcap[i]);
    }
    linkem->realtime_minus_mono_ns = realtime_offset_ns();
    linkem->awake_ns = clock_ns(CLOCK_MONOTONIC);
}

#define COUNTER(name)                                                                              \
    {                                                                                              \
#name, offsetof(struct bottleneck_counters, name)                                          \
    }
static const struct counter {
    const char *name;
    size_t offset;
} counters[] = {
    COUNTER(packets_in),    COUNTER(bytes_in),       COUNTER(packets_sent),
    COUNTER(bytes_sent),    COUNTER(in_flight),      COUNTER(queue_max_bytes),
    COUNTER(dropped_queue), COUNTER(dropped_random), COUNTER(dropped_policer),
    COUNTER(dropped_first), COUNTER(dropped_large),  COUNTER(reordered),
    COUNTER(duplicated),    COUNTER(marked),         COUNTER(late_max_us),
};

static void print_counters(const struct end *end, const char *way)
{
    const char *base = (const char *)&end->leaving.counters;
    uint64_t dropped;

    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
        printf("%s_%s=%" PRIu64 "\n", way, counters[i].name,
               *(const uint64_t *)(base + counters[i].offset));
    printf("%s_refused=%" PRIu64 "\n", way, end->refused);
    if (tun_dropped(&end->tun, &dropped))
        printf("%s_dropped_device=%" PRIu64 "\n", way, dropped);
}

int main(int argc, char **argv)
{
    static const char *const ways[LINK_ENDS] = {"forward", "back"};
    static struct linkem linkem;
    struct options options;

    options_parse(&options, argc, argv);
    set_up(&linkem, &options);
    printf("realtime_minus_mono_ns=%" PRId64 "\n", linkem.realtime_minus_mono_ns);
    fflush(stdout);
    while (wait_for_work(&linkem))
        for (unsigned i = 0; i < LINK_ENDS; i++) {
            deliver(&linkem, i);
            accept_packets(&linkem, i);
        }
    for (unsigned i = 0; i < LINK_ENDS; i++) {
        if (capture_close(&linkem.capture[i]) < 0)
            err(FAILURE, "cannot write %s", options.pcap[i]);
        print_counters(&linkem.end[i], ways[i]);
        bottleneck_release(&linkem.end[i].leaving);
        tun_close(&linkem.end[i].tun);
    }
    printf("round_trip_us=%" PRId64 "\n",
           (options.way[0].delay_ns + options.way[1].delay_ns) / 1000);
    close(linkem.signals);
    return fflush(stdout) == 0 ? 0 : FAILURE;
}
