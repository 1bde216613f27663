/* align.c: pairs of the same ACK, and the median of what they say. */
#include <stdlib.h>

#include "base/list.h"
#include "input/align.h"
#include "input/reader.h"

#define READ_MAX    (8 * 1024 * 1024) /* bytes of each file, after inflating */
#define MATCHES_MIN 8
#define WITHIN_MAX  INT64_C(250000000) /* ACKs that differ more are no measure */
#define HANDSHAKE   (UINT64_C(1) << 40)

enum { ESTABLISHED = 1, SYN_SENT = 2 }; /* include/net/tcp_states.h */

/* A segment with that acknowledgment number came to that end of that connection. */
struct arrival {
    uint64_t socket; /* hash of the connection, end; HANDSHAKE: a SYN-ACK, whatever its number */
    uint32_t ack;
    int64_t ts_ns;
};

#define ARRIVALS_FIRST 4096

struct arrivals {
    struct arrival *list;
    size_t count, allocated;
};

static int add(struct arrivals *arrivals, uint64_t socket, uint32_t ack, int64_t ts_ns)
{
    if (!TP_LIST_ROOM(arrivals->list, arrivals->count, arrivals->allocated, ARRIVALS_FIRST))
        return TP_ERR_NOMEM;
    arrivals->list[arrivals->count++] = (struct arrival){socket, ack, ts_ns};
    return TP_OK;
}

static int add_packet(struct arrivals *arrivals, const struct tp_record *record)
{
    static const uint16_t syn_ack = TP_TCP_SYN | TP_TCP_ACK;
    uint64_t socket = (uint64_t)record->hash << 1 | (record->local ^ 1);

    if (TP_HAS(record, FLAGS) && (record->flags & syn_ack) == syn_ack)
        return add(arrivals, socket | HANDSHAKE, 0, record->ts_ns);
    return TP_HAS(record, ACK) ? add(arrivals, socket, record->ack, record->ts_ns) : TP_OK;
}

/* Of a probe the ACK is what was acknowledged before it. */
static int add_event(struct arrivals *arrivals, const struct tp_record *record)
{
    uint64_t socket = (uint64_t)record->hash << 1 | record->local;

    if (record->kind == TP_KIND_PROBE && TP_HAS(record, SND_UNA))
        return add(arrivals, socket, record->snd_una, record->ts_ns);
    if (record->kind == TP_KIND_SET_STATE && TP_HAS(record, OLDSTATE) && TP_HAS(record, NEWSTATE) &&
        record->oldstate == SYN_SENT && record->newstate == ESTABLISHED)
        return add(arrivals, socket | HANDSHAKE, 0, record->ts_ns);
    return TP_OK;
}

static int add_record(struct arrivals *arrivals, const struct tp_record *record)
{
    if (!record->has_key)
        return TP_OK;
    return record->kind == TP_KIND_PACKET ? add_packet(arrivals, record)
                                          : add_event(arrivals, record);
}

static int read_arrivals(struct reader *reader, const struct tp_input_info *info,
                         struct arrivals *arrivals)
{
    const struct batch *batch;
    size_t i;

    while (info->text_bytes < READ_MAX && reader_next(reader, &batch, NULL) == 1)
        for (i = 0; i < batch->count; i++)
            if (add_record(arrivals, &batch->records[i]) < 0)
                return TP_ERR_NOMEM;
    return TP_OK;
}

/* The beginning of a file; nothing where it cannot be read (again). */
static int read_beginning(const struct tp_input_info *input,
                          const struct tp_stream_options *stream_options, struct arrivals *arrivals)
{
    const struct parser_options options =
        parser_options_of(stream_options, TP_BIT(SND_UNA) | TP_BIT(OLDSTATE) | TP_BIT(NEWSTATE) |
                                              TP_BIT(ACK) | TP_BIT(FLAGS));
    struct tp_input_info info = {0};
    struct reader *reader;
    int rc;

    if (!tp_input_may_again(input))
        return TP_OK;
    rc = reader_again(&reader, input, stream_options, &options, &info, NULL);
    if (rc == TP_OK)
        rc = read_arrivals(reader, &info, arrivals);
    reader_close(reader);
    return rc == TP_ERR_NOMEM ? rc : TP_OK;
}

/* --- matching ------------------------------------------------------------------------------- */

static int compare_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_ns(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_socket_and_time(const void *a, const void *b)
{
    const struct arrival *left = a, *right = b;
    int order = compare_u64(left->socket, right->socket);

    return order ? order : compare_ns(left->ts_ns, right->ts_ns);
}

static int by_ack(const void *a, const void *b)
{
    const struct arrival *left = a, *right = b;
    int order = compare_u64(left->socket, right->socket);

    if (!order)
        order = compare_u64(left->ack, right->ack);
    return order ? order : compare_ns(left->ts_ns, right->ts_ns);
}

/* Probes become the ACKs that came with them: those that moved snd_una on. */
static void find_acks(struct arrivals *probes)
{
    struct arrival *list = probes->list;
    size_t i, count = 0;

    qsort(list, probes->count, sizeof *list, by_socket_and_time);
    for (i = 0; i < probes->count; i++)
        if (list[i].socket & HANDSHAKE)
            list[count++] = list[i];
        else if (i + 1 < probes->count && list[i].socket == list[i + 1].socket &&
                 (int32_t)(list[i + 1].ack - list[i].ack) > 0)
            list[count++] = (struct arrival){list[i].socket, list[i + 1].ack, list[i].ts_ns};
    probes->count = count;
}

/* The first arrival of each ACK. */
static void keep_first(struct arrivals *arrivals)
{
    struct arrival *list = arrivals->list;
    size_t i, count = 0;

    qsort(list, arrivals->count, sizeof *list, by_ack);
    for (i = 0; i < arrivals->count; i++)
        if (count == 0 || list[count - 1].socket != list[i].socket ||
            list[count - 1].ack != list[i].ack)
            list[count++] = list[i];
    arrivals->count = count;
}

/* The differences of what both hold go to the times of `events`; returns how many. */
static size_t match(struct arrivals *events, const struct arrivals *packets)
{
    const struct arrival *packet = packets->list, *end = packet + packets->count;
    struct arrival *event;
    size_t i, count = 0;

    for (i = 0; i < events->count; i++) {
        event = &events->list[i];
        while (packet < end && (packet->socket < event->socket ||
                                (packet->socket == event->socket && packet->ack < event->ack)))
            packet++;
        if (packet < end && packet->socket == event->socket && packet->ack == event->ack &&
            !__builtin_sub_overflow(event->ts_ns, packet->ts_ns, &events->list[count].ts_ns))
            count++;
    }
    return count;
}

static int by_time(const void *a, const void *b)
{
    return compare_ns(((const struct arrival *)a)->ts_ns, ((const struct arrival *)b)->ts_ns);
}

static void judge(struct arrival *list, size_t count, struct alignment *alignment)
{
    int64_t median, away;
    size_t i;

    if (count < MATCHES_MIN)
        return;
    qsort(list, count, sizeof *list, by_time);
    median = list[count / 2].ts_ns;
    for (i = 0; i < count; i++) {
        if (__builtin_sub_overflow(list[i].ts_ns, median, &away))
            away = INT64_MAX;
        list[i].ts_ns = away < 0 ? -away : away;
    }
    qsort(list, count, sizeof *list, by_time);
    if (list[count - 1 - count / 10].ts_ns > WITHIN_MAX)
        return;
    *alignment = (struct alignment){count, median, list[count - 1 - count / 10].ts_ns};
}

int align_by_acks(const struct tp_input_info *log, const struct tp_input_info *capture,
                  const struct tp_stream_options *options, struct alignment *alignment,
                  struct tp_error *error)
{
    struct arrivals events = {0}, packets = {0};
    int rc = read_beginning(log, options, &events);

    *alignment = (struct alignment){0};
    if (rc == TP_OK && events.count)
        rc = read_beginning(capture, options, &packets);
    if (rc == TP_OK && packets.count) {
        find_acks(&events);
        keep_first(&events);
        keep_first(&packets);
        judge(events.list, match(&events, &packets), alignment);
    }
    free(events.list);
    free(packets.list);
    return rc < 0 ? tp_error_nomem(error) : TP_OK;
}
