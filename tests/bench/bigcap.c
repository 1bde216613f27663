/* bigcap.c: makes captures of any size, for the benchmark and for the bounds of memory.
 *
 *     bigcap flood N    N SYNs, each of another 4-tuple, that nobody answers
 *     bigcap short N    N connections of 7 packets each, a thousand of them open at a time
 *     bigcap deaf N     one connection: N segments of data that are never acknowledged
 *     bigcap jumps N    one connection: N segments whose sequence numbers are random
 *
 * pcap with nanoseconds, raw IP and the packets cut after their headers, on standard output. The
 * same arguments give the same bytes.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IP_BYTES = 20, TCP_BYTES = 20, HEADERS = IP_BYTES + TCP_BYTES, OPTIONS = 20 };
enum { FIN = 0x01, SYN = 0x02, PSH = 0x08, ACK = 0x10 };
enum { OPEN_AT_A_TIME = 1000, PACKETS = 7, MSS = 1460 };

struct packet {
    int64_t time_ns;
    uint32_t src, dst;
    uint16_t src_port, dst_port;
    uint32_t seq, ack, payload;
    uint8_t flags;
};

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

static void put_tcp(uint8_t *tcp, const struct packet *packet, unsigned options)
{
    static const uint8_t of_syn[OPTIONS] = {2, 4, MSS >> 8, MSS & 0xff, 4, 2, 8, 10, 0, 0,
                                            0, 1, 0,        0,          0, 0, 1, 3,  3, 7};

    put16(tcp, packet->src_port);
    put16(tcp + 2, packet->dst_port);
    put32(tcp + 4, packet->seq);
    put32(tcp + 8, packet->flags & ACK ? packet->ack : 0);
    tcp[12] = (uint8_t)((TCP_BYTES + options) / 4 << 4);
    tcp[13] = packet->flags;
    put16(tcp + 14, 64240);
    if (options)
        memcpy(tcp + TCP_BYTES, of_syn, OPTIONS);
}

static void put(const struct packet *packet)
{
    unsigned options = packet->flags & SYN ? OPTIONS : 0, captured = HEADERS + options;
    uint32_t head[4] = {(uint32_t)(packet->time_ns / 1000000000),
                        (uint32_t)(packet->time_ns % 1000000000), captured,
                        captured + packet->payload};
    uint8_t bytes[HEADERS + OPTIONS] = {0x45};

    put16(bytes + 2, captured + packet->payload);
    put16(bytes + 4, packet->seq >> 8 & 0xffff);
    bytes[8] = 64;
    bytes[9] = 6;
    put32(bytes + 12, packet->src);
    put32(bytes + 16, packet->dst);
    put_tcp(bytes + IP_BYTES, packet, options);
    fwrite(head, sizeof head, 1, stdout);
    fwrite(bytes, captured, 1, stdout);
}

static void put_head(void)
{
    const uint32_t head[6] = {0xa1b23c4d, 2 | 4 << 16, 0, 0, 128, 101};

    fwrite(head, sizeof head, 1, stdout);
}

static const struct packet client = {.time_ns = INT64_C(1700000000000000000),
                                     .src = 0x0a000001,
                                     .dst = 0xc0a80001,
                                     .src_port = 10000,
                                     .dst_port = 443};

static struct packet reversed(const struct packet *packet)
{
    struct packet other = *packet;

    other.src = packet->dst;
    other.dst = packet->src;
    other.src_port = packet->dst_port;
    other.dst_port = packet->src_port;
    return other;
}

/* 50,000 ports an address. */
static struct packet client_number(uint64_t number)
{
    struct packet packet = client;

    packet.src += (uint32_t)(number / 50000);
    packet.src_port = (uint16_t)(packet.src_port + number % 50000);
    return packet;
}

static void flood(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct packet packet = client_number(i);

        packet.time_ns += (int64_t)i * 1000;
        packet.seq = (uint32_t)(i * 2654435761u);
        packet.flags = SYN;
        put(&packet);
    }
}

/* The step-th packet of a request of 100 bytes and an answer of 1,000. */
static void put_short(uint64_t number, unsigned step, int64_t time_ns)
{
    static const struct {
        bool back;
        uint8_t flags;
        uint32_t seq, ack, payload;
    } steps[PACKETS] = {{false, SYN, 0, 0, 0},           {true, SYN | ACK, 0, 1, 0},
                        {false, ACK, 1, 1, 0},           {false, PSH | ACK, 1, 1, 100},
                        {true, PSH | ACK, 1, 101, 1000}, {false, FIN | ACK, 101, 1001, 0},
                        {true, FIN | ACK, 1001, 102, 0}};
    uint32_t isn[2] = {(uint32_t)(number * 2654435761u), (uint32_t)(number * 40503u + 7)};
    struct packet packet = client_number(number);

    if (steps[step].back)
        packet = reversed(&packet);
    packet.time_ns = client.time_ns + time_ns;
    packet.flags = steps[step].flags;
    packet.seq = isn[steps[step].back] + steps[step].seq;
    packet.ack = isn[!steps[step].back] + steps[step].ack;
    packet.payload = steps[step].payload;
    put(&packet);
}

static void shorts(uint64_t count)
{
    const uint64_t apart = OPEN_AT_A_TIME / PACKETS;

    for (uint64_t i = 0; i < count + (PACKETS - 1) * apart; i++)
        for (unsigned step = 0; step < PACKETS; step++)
            if (i >= step * apart && i - step * apart < count)
                put_short(i - step * apart, step, (int64_t)i * 10000 + step);
}

static void handshake(void)
{
    struct packet back = reversed(&client), packet = client;

    packet.flags = SYN;
    put(&packet);
    back.flags = SYN | ACK;
    back.ack = 1;
    back.time_ns += 1000;
    put(&back);
}

static void deaf(uint64_t count)
{
    handshake();
    for (uint64_t i = 0; i < count; i++) {
        struct packet packet = client;

        packet.time_ns += 2000 + (int64_t)i * 1000;
        packet.seq = (uint32_t)(1 + i * MSS);
        packet.ack = 1;
        packet.payload = MSS;
        packet.flags = ACK;
        put(&packet);
    }
}

static void jumps(uint64_t count)
{
    uint32_t random = 1;

    handshake();
    for (uint64_t i = 0; i < count; i++) {
        struct packet packet = client;

        random = random * 1664525u + 1013904223u;
        packet.time_ns += 2000 + (int64_t)i * 1000;
        packet.seq = random;
        packet.ack = random >> 7 | random << 25;
        packet.payload = MSS;
        packet.flags = ACK;
        if (random >> 30 == 0)
            packet = reversed(&packet);
        put(&packet);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*make)(uint64_t count);
    } kinds[] = {{"flood", flood}, {"short", shorts}, {"deaf", deaf}, {"jumps", jumps}};
    uint64_t count = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;

    for (size_t i = 0; count && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(argv[1], kinds[i].name) == 0) {
            put_head();
            kinds[i].make(count);
            if (fflush(stdout) == 0 && !ferror(stdout))
                return 0;
            fprintf(stderr, "bigcap: standard output: %s\n", strerror(errno));
            return 2;
        }
    fprintf(stderr, "usage: bigcap flood|short|deaf|jumps N >FILE\n");
    return 2;
}
