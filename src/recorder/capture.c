/* capture.c: from the kernel's buffer to a file, by a timer like the events'.
 *
 * The file is pcap with nanoseconds (draft-ietf-opsawg-pcap), in this machine's byte order. What
 * main thread and packet thread share is the status, under a lock, and the wish to end.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tcpprobe/pcap.h>

#include "base/clock.h"
#include "recorder/capture.h"
#include "recorder/writer.h"

#define DRAIN_NS    INT64_C(25000000)
#define STATS_NS    INT64_C(1000000000)               /* the kernel is asked for drops so often */
#define LAST_NS     (2 * (int64_t)TP_LIVE_TIMEOUT_NS) /* after it all that was captured is shown */
#define PATIENCE_NS INT64_C(2000000000) /* with a reader that does not read, once it shall end */

struct packets {
    struct packets_plan plan;
    struct tp_live *live;
    struct writer *writer;
    unsigned char *record; /* header and bytes of one packet */
    int64_t until_ns;      /* later packets are not written; CLOCK_REALTIME */
    bool saw_later;
    int64_t counted_ns; /* when the drops were read */
    pthread_t thread;
    bool runs;
    _Atomic int64_t end_ns; /* CLOCK_MONOTONIC: when it was asked to end; 0: not yet */
    pthread_mutex_t lock;
    struct tp_recorder_packets status;
};

/* --- the file --------------------------------------------------------------------------------- */

static int write_head(void *context, unsigned part, FILE *out, struct tp_error *error)
{
    const struct packets *packets = context;
    const struct tp_live_file_head head = tp_live_file_head(packets->live);

    (void)part;
    (void)error;
    fwrite(&head, sizeof head, 1, out);
    return TP_OK;
}

static int write_nothing(void *context, unsigned part, FILE *out, struct tp_error *error)
{
    (void)context;
    (void)part;
    (void)out;
    (void)error;
    return TP_OK;
}

static int take(void *context, const struct tp_live_packet *packet, struct tp_error *error)
{
    struct packets *packets = context;
    struct tp_live_packet_head head;
    uint32_t captured = tp_live_packet_head(packets->live, packet, &head);

    if (packet->ts_ns > packets->until_ns) {
        packets->saw_later = true;
        return TP_OK;
    }
    memcpy(packets->record, &head, sizeof head);
    memcpy(packets->record + sizeof head, packet->bytes, captured);
    return writer_add(packets->writer, (const char *)packets->record, sizeof head + captured, 1,
                      error);
}

static bool gives_up(void *context)
{
    struct packets *packets = context;
    int64_t end_ns = atomic_load(&packets->end_ns);

    if (packets->plan.give_up) /* the thread does not run yet */
        return packets->plan.give_up(packets->plan.context);
    return end_ns && tp_clock_monotonic_ns() - end_ns >= PATIENCE_NS;
}

/* --- the thread ------------------------------------------------------------------------------- */

static void pause_a_moment(void)
{
    nanosleep(&(struct timespec){.tv_nsec = DRAIN_NS}, NULL);
}

static void publish(struct packets *packets, const struct tp_live_stats *stats,
                    const struct tp_error *error)
{
    pthread_mutex_lock(&packets->lock);
    packets->status.count = writer_events(packets->writer);
    packets->status.bytes = writer_bytes(packets->writer);
    packets->status.unwritten = writer_dropped(packets->writer);
    if (stats) {
        packets->status.dropped = stats->dropped;
        packets->status.interface_dropped = stats->interface_dropped;
    }
    if (error)
        packets->status.error = *error;
    pthread_mutex_unlock(&packets->lock);
}

static void count_drops(struct packets *packets, int64_t now_ns)
{
    struct tp_live_stats stats;

    packets->counted_ns = now_ns;
    if (tp_live_stats(packets->live, &stats, NULL) == TP_OK)
        publish(packets, &stats, NULL);
}

/* One round; how many packets it was, or an error. */
static int drain(struct packets *packets, struct tp_error *error)
{
    int64_t now_ns = tp_clock_monotonic_ns();
    int count = tp_live_drain(packets->live, take, packets, error), rc;

    if (count < 0)
        return count;
    if (now_ns - packets->counted_ns >= STATS_NS)
        count_drops(packets, now_ns);
    rc = writer_tick(packets->writer, now_ns, error);
    return rc < 0 ? rc : count;
}

/* The kernel shows a part of its buffer when it is full, or a moment later. */
static int drain_rest(struct packets *packets, struct tp_error *error)
{
    int64_t end_ns = atomic_load(&packets->end_ns), now_ns;
    int count;

    packets->until_ns = tp_clock_ns(CLOCK_REALTIME);
    do {
        count = drain(packets, error);
        now_ns = tp_clock_monotonic_ns();
        if (count == 0)
            pause_a_moment();
    } while (count >= 0 && !packets->saw_later && now_ns - end_ns < PATIENCE_NS &&
             (count > 0 || now_ns - end_ns < LAST_NS));
    return count;
}

static void *run(void *context)
{
    struct packets *packets = context;
    struct tp_error error = TP_ERROR_INIT;
    int rc;

    do {
        rc = drain(packets, &error);
        if (rc >= 0)
            pause_a_moment();
    } while (rc >= 0 && !atomic_load(&packets->end_ns));
    if (rc >= 0)
        drain_rest(packets, &error);
    count_drops(packets, 0);
    writer_end(packets->writer, error.code ? NULL : &error);
    publish(packets, NULL, &error);
    return NULL;
}

/* Signals are for the main thread, which waits for them. */
static int start_thread(struct packets *packets, struct tp_error *error)
{
    sigset_t all, before;
    int rc;

    packets->plan.give_up = NULL;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(&packets->thread, NULL, run, packets);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    packets->runs = rc == 0;
    return rc ? tp_error_sys(error, rc, "cannot start a thread for the packets") : TP_OK;
}

/* --- public ----------------------------------------------------------------------------------- */

int packets_open(struct packets **result, const struct packets_plan *plan, struct tp_error *error)
{
    const struct tp_live_options options = {
        .interface = plan->wanted.interface,
        .expression = plan->expression,
        .snaplen = plan->wanted.snaplen,
        .buffer_bytes = plan->wanted.buffer_bytes,
    };
    struct packets *packets = calloc(1, sizeof *packets);
    int rc;

    *result = NULL;
    if (!packets)
        return tp_error_nomem(error);
    packets->plan = *plan;
    packets->until_ns = INT64_MAX;
    pthread_mutex_init(&packets->lock, NULL);
    rc = tp_live_open(&packets->live, &options, error);
    if (rc == TP_OK) {
        packets->record = malloc(4 * sizeof(uint32_t) + tp_live_snaplen(packets->live));
        rc = packets->record ? TP_OK : tp_error_nomem(error);
    }
    if (rc < 0)
        packets_free(packets);
    else
        *result = packets;
    return rc;
}

int packets_create(struct packets *packets, unsigned part_first, enum tp_recorder_existing existing,
                   struct tp_error *error)
{
    const struct packets_plan *plan = &packets->plan;
    const struct writer_options file = {
        .path = plan->wanted.output,
        .gzip = plan->wanted.gzip,
        .part_bytes = plan->part_bytes,
        .part_ns = plan->part_ns,
        .part_first = part_first,
        .parts_max = plan->parts_max,
        .existing = existing,
        .head = write_head,
        .tail = write_nothing,
        .give_up = gives_up,
        .context = packets,
    };

    return writer_open(&packets->writer, &file, error);
}

const char *packets_name(const struct packets *packets)
{
    return writer_name(packets->writer);
}

const char *packets_refusal(const struct packets *packets)
{
    return tp_live_refusal(packets->live);
}

int packets_begin(struct packets *packets, struct tp_error *error)
{
    int64_t now_ns = tp_clock_monotonic_ns();
    int rc = writer_begin(packets->writer, now_ns, error);

    packets->counted_ns = now_ns;
    return rc == TP_OK ? start_thread(packets, error) : rc;
}

struct tp_recorder_packets packets_status(struct packets *packets)
{
    struct tp_recorder_packets status;

    pthread_mutex_lock(&packets->lock);
    status = packets->status;
    pthread_mutex_unlock(&packets->lock);
    return status;
}

void packets_end(struct packets *packets)
{
    if (!packets->runs)
        return;
    atomic_store(&packets->end_ns, tp_clock_monotonic_ns());
    pthread_join(packets->thread, NULL);
    packets->runs = false;
}

void packets_free(struct packets *packets)
{
    if (!packets)
        return;
    packets_end(packets);
    tp_live_close(packets->live);
    writer_free(packets->writer);
    pthread_mutex_destroy(&packets->lock);
    free(packets->record);
    free(packets);
}
