/* bulkcap.c: makes a long capture out of a recorded one, for the benchmark.
 *
 *     bulkcap PACKETS CONNECTIONS TOGETHER <RECORDING >CAPTURE
 *
 * CONNECTIONS connections, TOGETHER of them at a time, share about PACKETS packets. Each begins
 * with the recording's handshake and then repeats the recording's data, losses, SACK and all, with
 * sequence numbers, timestamps and times that go on from repetition to repetition; each has a
 * client port of its own. The recording is pcap with nanoseconds and raw IP; its largest connection
 * is used, from the handshake to the ACK of the last byte that was acknowledged before a FIN or
 * RST.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, ACK = 0x10 };
enum { FIRST_PORT = 10000, PORTS = 50000, PAUSE_NS = 40000000 };

struct frame {
    int64_t time_ns;
    uint32_t captured, length;
    uint32_t ip_bytes, tcp_bytes, payload; /* bytes of the headers, and behind them */
    uint8_t bytes[256];
    bool back;
};

struct recording {
    struct frame *frames;
    size_t count, allocated;
    size_t data;        /* frames before it are the handshake */
    uint16_t port;      /* the client's */
    uint32_t isn, sent; /* the client's: sequence number and bytes until the last ACK */
    uint32_t ticks;     /* of the timestamps */
    int64_t begin_ns, time_ns;
};

static void die(const char *words)
{
    fprintf(stderr, "bulkcap: %s: %s\n", words, errno ? strerror(errno) : "not as expected");
    exit(2);
}

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
    return get16(at) << 16 | get16(at + 2);
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

/* --- the recording ---------------------------------------------------------------------------- */

static bool read_frame(struct frame *frame)
{
    uint32_t head[4];
    const uint8_t *tcp;

    if (fread(head, sizeof head, 1, stdin) != 1)
        return false;
    frame->time_ns = (int64_t)head[0] * 1000000000 + head[1];
    frame->captured = head[2];
    frame->length = head[3];
    if (frame->captured < 40 || frame->captured > sizeof frame->bytes ||
        fread(frame->bytes, 1, frame->captured, stdin) != frame->captured)
        die("the recording");
    frame->ip_bytes = frame->bytes[0] >> 4 == 4 ? (frame->bytes[0] & 15) * 4u : 40;
    tcp = frame->bytes + frame->ip_bytes;
    frame->tcp_bytes = (tcp[12] >> 4) * 4u;
    frame->payload = frame->length - frame->ip_bytes - frame->tcp_bytes;
    return true;
}

static void add_frame(struct recording *rec, const struct frame *frame)
{
    if (rec->count == rec->allocated) {
        rec->allocated = rec->allocated ? 2 * rec->allocated : 4096;
        rec->frames = realloc(rec->frames, rec->allocated * sizeof *rec->frames);
        if (!rec->frames)
            die("frames");
    }
    rec->frames[rec->count++] = *frame;
}

static const uint8_t *tcp_of(const struct frame *frame)
{
    return frame->bytes + frame->ip_bytes;
}

/* The client's port that the most packets have. */
static uint16_t busiest_port(const struct recording *rec)
{
    static uint32_t packets[65536];
    uint32_t most = 0;

    for (size_t i = 0; i < rec->count; i++)
        packets[get16(tcp_of(&rec->frames[i]))]++;
    for (uint32_t port = 0; port < 65536; port++)
        if (port > 32767 && packets[port] > packets[most])
            most = port;
    return (uint16_t)most;
}

/* Where the timestamps option of a frame is, NULL if it has none. */
static uint8_t *timestamps_of(struct frame *frame, uint8_t **sack, unsigned *edges)
{
    uint8_t *option = frame->bytes + frame->ip_bytes + 20, *found = NULL;
    uint8_t *end = frame->bytes + frame->ip_bytes + frame->tcp_bytes;

    *edges = 0;
    if (end > frame->bytes + frame->captured)
        end = frame->bytes + frame->captured;
    while (option + 1 < end && option[0] != 0) {
        if (option[0] == 1) {
            option++;
            continue;
        }
        if (option[1] < 2 || option + option[1] > end)
            break;
        if (option[0] == 8)
            found = option + 2;
        if (option[0] == 5) {
            *sack = option + 2;
            *edges = (option[1] - 2u) / 4;
        }
        option += option[1];
    }
    return found;
}

/* Keeps the connection's frames up to its end. */
static void keep_connection(struct recording *rec)
{
    size_t kept = 0;

    for (size_t i = 0; i < rec->count; i++) {
        struct frame *frame = &rec->frames[i];
        const uint8_t *tcp = tcp_of(frame);

        frame->back = get16(tcp + 2) == rec->port;
        if (!frame->back && get16(tcp) != rec->port)
            continue;
        if (tcp[13] & (FIN | RST))
            break;
        if (!frame->back && tcp[13] & SYN)
            rec->isn = get32(tcp + 4);
        if (frame->back && (tcp[13] & ACK) && get32(tcp + 8) - rec->isn < 1u << 31)
            rec->sent = get32(tcp + 8) - rec->isn - 1;
        rec->frames[kept++] = *frame;
    }
    rec->count = kept;
}

/* Drops data that were not acknowledged in the end, and measures the rest. */
static void measure(struct recording *rec)
{
    uint32_t first_tick = 0, last_tick = 0;
    unsigned edges;
    uint8_t *sack, *stamp;
    size_t kept = 0;

    for (size_t i = 0; i < rec->count; i++) {
        struct frame *frame = &rec->frames[i];

        if (!frame->back && frame->payload &&
            get32(tcp_of(frame) + 4) + frame->payload - rec->isn - 1 > rec->sent)
            continue;
        if (!frame->back && frame->payload && !rec->data)
            rec->data = kept;
        rec->frames[kept++] = *frame;
    }
    rec->count = kept;
    if (!kept || !rec->data || rec->data > 8 || !rec->sent) {
        errno = 0;
        die("the recording's connection");
    }
    stamp = timestamps_of(&rec->frames[0], &sack, &edges);
    first_tick = stamp ? get32(stamp) : 0;
    for (size_t i = 0; i < kept; i++)
        if (!rec->frames[i].back && (stamp = timestamps_of(&rec->frames[i], &sack, &edges)))
            last_tick = get32(stamp);
    rec->ticks = last_tick - first_tick + PAUSE_NS / 1000000;
    rec->begin_ns = rec->frames[rec->data].time_ns;
    rec->time_ns = rec->frames[kept - 1].time_ns - rec->begin_ns + PAUSE_NS;
}

static void read_recording(struct recording *rec)
{
    uint32_t head[6];
    struct frame frame = {0};

    if (fread(head, sizeof head, 1, stdin) != 1 || head[0] != 0xa1b23c4d || head[5] != 101)
        die("the recording's header");
    while (read_frame(&frame))
        add_frame(rec, &frame);
    rec->port = busiest_port(rec);
    keep_connection(rec);
    measure(rec);
    head[4] = 128;
    fwrite(head, sizeof head, 1, stdout);
}

/* --- the capture ------------------------------------------------------------------------------ */

struct cursor {
    size_t frame;
    uint64_t round, connection;
    int64_t begin_ns; /* when its data begin */
};

/* Sequence numbers of the data's direction and timestamps go on. */
static void shift(struct frame *frame, const struct recording *rec, uint64_t round)
{
    uint32_t bytes = (uint32_t)(round * rec->sent), ticks = (uint32_t)(round * rec->ticks);
    uint8_t *tcp = frame->bytes + frame->ip_bytes, *sack, *stamp;
    unsigned edges;

    stamp = timestamps_of(frame, &sack, &edges);
    if (frame->back)
        put32(tcp + 8, get32(tcp + 8) + bytes);
    else
        put32(tcp + 4, get32(tcp + 4) + bytes);
    for (unsigned i = 0; i < edges; i++)
        put32(sack + 4 * i, get32(sack + 4 * i) + bytes);
    if (stamp) {
        put32(stamp, get32(stamp) + ticks);
        put32(stamp + 4, get32(stamp + 4) + ticks);
    }
}

static int64_t time_of(const struct recording *rec, const struct cursor *cursor)
{
    return cursor->begin_ns + (int64_t)cursor->round * rec->time_ns +
           rec->frames[cursor->frame].time_ns - rec->begin_ns;
}

static void write_frame(const struct recording *rec, const struct cursor *cursor)
{
    struct frame frame = rec->frames[cursor->frame];
    int64_t time_ns = time_of(rec, cursor);
    uint32_t head[4] = {(uint32_t)(time_ns / 1000000000), (uint32_t)(time_ns % 1000000000),
                        frame.captured, frame.length};
    uint8_t *tcp = frame.bytes + frame.ip_bytes;

    if (cursor->frame >= rec->data)
        shift(&frame, rec, cursor->round);
    put16(tcp + (frame.back ? 2 : 0), (uint32_t)(FIRST_PORT + cursor->connection % PORTS));
    fwrite(head, sizeof head, 1, stdout);
    fwrite(frame.bytes, frame.captured, 1, stdout);
}

static uint64_t earliest(const struct recording *rec, const struct cursor *cursors, uint64_t count)
{
    uint64_t found = 0;

    for (uint64_t i = 1; i < count; i++)
        if (time_of(rec, &cursors[i]) < time_of(rec, &cursors[found]))
            found = i;
    return found;
}

static void write_capture(const struct recording *rec, uint64_t packets, uint64_t connections,
                          uint64_t together)
{
    uint64_t rounds = packets / connections / rec->count + 1, begun = 0, running = 0, i;
    struct cursor *cursors = calloc(together, sizeof *cursors);

    if (!cursors)
        die("cursors");
    for (; running < together && begun < connections; running++, begun++)
        cursors[running] = (struct cursor){.connection = begun,
                                           .begin_ns = rec->begin_ns + (int64_t)begun * 1234567};
    while (running) {
        i = earliest(rec, cursors, running);
        write_frame(rec, &cursors[i]);
        if (++cursors[i].frame < rec->count)
            continue;
        cursors[i].frame = rec->data;
        if (++cursors[i].round < rounds)
            continue;
        cursors[i].begin_ns += (int64_t)rounds * rec->time_ns + 1000000000;
        cursors[i].round = cursors[i].frame = 0;
        cursors[i].connection = begun;
        if (begun++ >= connections)
            cursors[i] = cursors[--running];
    }
    free(cursors);
}

int main(int argc, char **argv)
{
    struct recording rec = {0};
    uint64_t numbers[3] = {0};

    for (int i = 1; argc == 4 && i < 4; i++)
        numbers[i - 1] = strtoull(argv[i], NULL, 10);
    if (!numbers[0] || !numbers[1] || !numbers[2]) {
        fprintf(stderr, "usage: bulkcap PACKETS CONNECTIONS TOGETHER <RECORDING >CAPTURE\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOFBF, 1 << 20);
    read_recording(&rec);
    write_capture(&rec, numbers[0], numbers[1], numbers[2]);
    free(rec.frames);
    if (fflush(stdout) || ferror(stdout))
        die("standard output");
    return 0;
}
