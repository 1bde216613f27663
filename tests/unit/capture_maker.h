/* capture_maker.h: captures written byte by byte, in either byte order, for tests. */
#ifndef TCPPROBE_TESTS_CAPTURE_MAKER_H
#define TCPPROBE_TESTS_CAPTURE_MAKER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct maker {
    uint8_t *bytes;
    size_t length, allocated;
    bool big_endian;
};

static inline void make_bytes(struct maker *maker, const void *bytes, size_t length)
{
    if (maker->length + length > maker->allocated) {
        maker->allocated = 2 * (maker->length + length);
        maker->bytes = realloc(maker->bytes, maker->allocated);
        if (!maker->bytes)
            abort();
    }
    if (length)
        memcpy(maker->bytes + maker->length, bytes, length);
    maker->length += length;
}

static inline void make_number(struct maker *maker, uint64_t value, unsigned bytes)
{
    uint8_t number[8];

    for (unsigned i = 0; i < bytes; i++)
        number[maker->big_endian ? bytes - 1 - i : i] = (uint8_t)(value >> 8 * i);
    make_bytes(maker, number, bytes);
}

static inline void make_zeroes(struct maker *maker, size_t count)
{
    static const uint8_t zeroes[4096];

    for (; count > sizeof zeroes; count -= sizeof zeroes)
        make_bytes(maker, zeroes, sizeof zeroes);
    make_bytes(maker, zeroes, count);
}

static inline void make_free(struct maker *maker)
{
    free(maker->bytes);
    *maker = (struct maker){0};
}

/* --- frames: raw IPv4, TCP without options ---------------------------------------------------- */

#define FRAME_BYTES 40
#define RAW_IP      101

struct segment {
    uint16_t sport, dport;
    uint32_t seq, ack;
    uint8_t flags;
    uint16_t payload;
};

static inline void make_frame(uint8_t frame[FRAME_BYTES], struct segment segment)
{
    struct maker maker = {.big_endian = true};

    make_number(&maker, 0x4500, 2);
    make_number(&maker, FRAME_BYTES + segment.payload, 2);
    make_number(&maker, 0, 4);
    make_number(&maker, 0x4006, 2); /* TTL 64, TCP */
    make_number(&maker, 0, 2);
    make_number(&maker, segment.sport < segment.dport ? 0x0a000001 : 0x0a000002, 4);
    make_number(&maker, segment.sport < segment.dport ? 0x0a000002 : 0x0a000001, 4);
    make_number(&maker, segment.sport, 2);
    make_number(&maker, segment.dport, 2);
    make_number(&maker, segment.seq, 4);
    make_number(&maker, segment.ack, 4);
    make_number(&maker, 0x5000 | segment.flags, 2);
    make_number(&maker, 1000, 2);
    make_number(&maker, 0, 4);
    memcpy(frame, maker.bytes, FRAME_BYTES);
    make_free(&maker);
}

/* --- pcap ------------------------------------------------------------------------------------- */

static inline void make_pcap(struct maker *maker, uint32_t magic, uint16_t minor, uint32_t snaplen,
                             uint32_t network)
{
    make_number(maker, magic, 4);
    make_number(maker, 2, 2);
    make_number(maker, minor, 2);
    make_zeroes(maker, 8);
    make_number(maker, snaplen, 4);
    make_number(maker, network, 4);
}

static inline void make_pcap_packet(struct maker *maker, uint32_t seconds, uint32_t fraction,
                                    uint32_t captured, uint32_t length, const void *bytes)
{
    make_number(maker, seconds, 4);
    make_number(maker, fraction, 4);
    make_number(maker, captured, 4);
    make_number(maker, length, 4);
    make_bytes(maker, bytes, captured);
}

/* --- pcapng ----------------------------------------------------------------------------------- */

static inline void make_block(struct maker *maker, uint32_t type, const struct maker *body)
{
    size_t padded = (body->length + 3) & ~(size_t)3;

    make_number(maker, type, 4);
    make_number(maker, padded + 12, 4);
    make_bytes(maker, body->bytes, body->length);
    make_zeroes(maker, padded - body->length);
    make_number(maker, padded + 12, 4);
}

static inline void make_section(struct maker *maker, bool big_endian)
{
    struct maker body = {.big_endian = big_endian};

    maker->big_endian = big_endian;
    make_number(&body, 0x1a2b3c4d, 4);
    make_number(&body, 1, 2);
    make_number(&body, 0, 2);
    make_number(&body, UINT64_MAX, 8);
    make_block(maker, 0x0a0d0d0a, &body);
    make_free(&body);
}

static inline void make_option(struct maker *body, uint16_t code, uint64_t value, unsigned bytes)
{
    make_number(body, code, 2);
    make_number(body, bytes, 2);
    make_number(body, value, bytes);
    make_zeroes(body, (4 - bytes % 4) % 4);
}

/* tsresol, tsoffset: 0 leaves the option out. */
static inline void make_interface(struct maker *maker, uint16_t link, uint32_t snaplen,
                                  uint8_t tsresol, int64_t tsoffset)
{
    struct maker body = {.big_endian = maker->big_endian};

    make_number(&body, link, 2);
    make_number(&body, 0, 2);
    make_number(&body, snaplen, 4);
    make_option(&body, 2, 0x65746830, 4); /* if_name */
    if (tsresol)
        make_option(&body, 9, tsresol, 1);
    if (tsoffset)
        make_option(&body, 14, (uint64_t)tsoffset, 8);
    make_option(&body, 0, 0, 0);
    make_block(maker, 1, &body);
    make_free(&body);
}

/* An enhanced packet block, or an obsolete packet block (old). */
static inline void make_packet(struct maker *maker, bool old, uint32_t interface, uint64_t ticks,
                               uint32_t captured, uint32_t length, const void *bytes)
{
    struct maker body = {.big_endian = maker->big_endian};

    make_number(&body, interface, old ? 2 : 4);
    if (old)
        make_number(&body, 0xffff, 2);
    make_number(&body, ticks >> 32, 4);
    make_number(&body, ticks & 0xffffffff, 4);
    make_number(&body, captured, 4);
    make_number(&body, length, 4);
    make_bytes(&body, bytes, captured);
    make_block(maker, old ? 2 : 6, &body);
    make_free(&body);
}

static inline void make_simple_packet(struct maker *maker, uint32_t captured, uint32_t length,
                                      const void *bytes)
{
    struct maker body = {.big_endian = maker->big_endian};

    make_number(&body, length, 4);
    make_bytes(&body, bytes, captured);
    make_block(maker, 3, &body);
    make_free(&body);
}

static inline void make_statistics(struct maker *maker, uint32_t interface, uint64_t ifdrop,
                                   uint64_t osdrop)
{
    struct maker body = {.big_endian = maker->big_endian};

    make_number(&body, interface, 4);
    make_number(&body, 0, 8);
    make_option(&body, 4, 1000, 8);
    make_option(&body, 5, ifdrop, 8);
    make_option(&body, 7, osdrop, 8);
    make_option(&body, 0, 0, 0);
    make_block(maker, 5, &body);
    make_free(&body);
}

static inline void make_unknown(struct maker *maker, uint32_t type, size_t length)
{
    struct maker body = {.big_endian = maker->big_endian};

    make_zeroes(&body, length);
    make_block(maker, type, &body);
    make_free(&body);
}

#endif
