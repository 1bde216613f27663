/* test_fragments.c: IP packets in fragments: what belongs together, in which place it stands, and
 * what bounds it. That sizes, orders and tunnels do not matter is for bats (links.bats). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <tcpprobe/input.h>

#include "../fuzz/drain.h"
#include "capture_maker.h"

#define MAGIC_US    0xa1b2c3d4
#define RECORDS_MAX 1024
#define PART        64u /* payload of IP in a fragment; its packets have three of these */
#define PACKET      (3 * PART)
#define HEADERS     20 /* of TCP */

enum { REACH = 256, MOST = 64 }; /* fragments.h */

static struct maker capture;
static uint32_t clock_us;

struct reading {
    int result;
    size_t count;
    struct tp_record records[RECORDS_MAX];
    struct tp_input_info info;
};

/* Bytes [offset, offset + length) of a segment with that sequence number. */
static void put(uint16_t id, uint32_t seq, uint32_t offset, uint32_t length, bool more)
{
    struct maker segment = {.big_endian = true}, ip = {.big_endian = true};

    make_number(&segment, 0x9c400050, 4);
    make_number(&segment, seq, 4);
    make_number(&segment, 0, 4);
    make_number(&segment, 0x50101000, 4);
    make_zeroes(&segment, 70000);
    make_number(&ip, 0x45000000 | (20 + length), 4);
    make_number(&ip, id, 2);
    make_number(&ip, offset / 8 | (more ? 0x2000 : 0), 2);
    make_number(&ip, 0x40060000, 4);
    make_number(&ip, 0x0a000001, 4);
    make_number(&ip, 0x0a000002, 4);
    make_bytes(&ip, segment.bytes + offset, length);
    clock_us += 10;
    make_pcap_packet(&capture, clock_us / 1000000, clock_us % 1000000, (uint32_t)ip.length,
                     (uint32_t)ip.length, ip.bytes);
    make_free(&segment);
    make_free(&ip);
}

static void put_part(uint16_t id, uint32_t seq, unsigned part)
{
    put(id, seq, part * PART, PART, part < 2);
}

/* One that is in no fragments. */
static void put_whole(uint32_t seq)
{
    put(0, seq, 0, HEADERS, false);
}

static void begin(void)
{
    make_free(&capture);
    clock_us = 0;
    make_pcap(&capture, MAGIC_US, 4, 0, RAW_IP);
}

/* Reads it, and sees that neither blocks nor threads change anything. */
static struct reading *look(void)
{
    static struct reading reading;
    struct tp_stream_options options = {.block_bytes = 1, .threads = 2};
    const struct tp_record *record;
    struct tp_stream *stream;
    struct drained small, large;
    char path[32];
    const char *paths[] = {path};
    int fd = drain_memory_file(capture.bytes, capture.length, path);

    assert_true(fd >= 0);
    small = drain(paths, 1, &options, 0);
    large = drain(paths, 1, NULL, 0);
    drain_check_same(&small, &large);
    memset(&reading, 0, sizeof reading);
    assert_int_equal(tp_stream_open(&stream, paths, 1, NULL, NULL), 0);
    while ((reading.result = tp_stream_next(stream, &record, NULL)) == 1) {
        assert_true(reading.count < RECORDS_MAX);
        reading.records[reading.count++] = *record;
    }
    reading.info = *tp_stream_info(stream, 0);
    tp_stream_close(stream);
    close(fd);
    make_free(&capture);
    return &reading;
}

static void assert_whole(const struct tp_record *record, uint32_t seq, uint64_t frame)
{
    assert_int_equal(record->seq, seq);
    assert_int_equal(record->frame, frame);
    assert_int_equal(record->ts_ns, frame * 10000);
    assert_int_equal(record->payload, PACKET - HEADERS);
    assert_int_equal(record->captured, PACKET - HEADERS);
    assert_int_equal(record->wire_len, PACKET + 3 * 20);
    assert_int_equal(record->oddities, 0);
}

static void assert_apart(const struct tp_record *record, uint32_t seq, uint64_t frame)
{
    assert_int_equal(record->seq, seq);
    assert_int_equal(record->frame, frame);
    assert_int_equal(record->payload, PART - HEADERS);
    assert_int_equal(record->oddities, TP_ODD_FRAGMENT);
}

static void test_place(void **state)
{
    const struct reading *reading;

    (void)state;
    begin();
    put_whole(1);
    put_part(7, 2, 0);
    put_whole(3);
    put_part(7, 2, 1);
    put_whole(4);
    put_part(7, 2, 2);
    put_whole(5);
    reading = look();
    assert_int_equal(reading->count, 5);
    assert_whole(&reading->records[1], 2, 2);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(reading->records[i].seq, i + 1);
    assert_int_equal(reading->info.fragments, 0);
    assert_int_equal(reading->info.other_total, 0);
    /* The head comes last: that is its place. */
    begin();
    put_part(7, 2, 2);
    put_part(7, 2, 1);
    put_whole(1);
    put_part(7, 2, 0);
    reading = look();
    assert_int_equal(reading->count, 2);
    assert_whole(&reading->records[1], 2, 4);
}

/* An identification that is used again does not join what does not belong together. */
static void test_used_again(void **state)
{
    const struct reading *reading;

    (void)state;
    begin();
    put_part(7, 2, 0);
    put_part(7, 3, 0);
    put_part(7, 3, 1);
    put_part(7, 3, 2);
    reading = look();
    assert_int_equal(reading->count, 2);
    assert_apart(&reading->records[0], 2, 1);
    assert_whole(&reading->records[1], 3, 2);
    /* Copies are packets of their own. */
    begin();
    for (unsigned i = 0; i < 6; i++)
        put_part(7, 2, i / 2);
    reading = look();
    assert_int_equal(reading->count, 2);
    assert_whole(&reading->records[0], 2, 1);
    assert_whole(&reading->records[1], 2, 2);
    /* After half a minute it is not the same packet. */
    begin();
    put_part(7, 2, 0);
    put_part(7, 2, 1);
    clock_us += 31000000;
    put_part(7, 2, 2);
    reading = look();
    assert_int_equal(reading->count, 1);
    assert_apart(&reading->records[0], 2, 1);
    assert_int_equal(reading->info.opaque_total, 2);
}

static const struct reading *with_packets_between(unsigned count)
{
    begin();
    put_part(7, 2, 0);
    put_part(7, 2, 1);
    for (unsigned i = 0; i < count; i++)
        put_whole(i);
    put_part(7, 2, 2);
    return look();
}

static void test_reach(void **state)
{
    const struct reading *reading = with_packets_between(REACH - 2);

    (void)state;
    assert_int_equal(reading->count, REACH - 1);
    assert_whole(&reading->records[0], 2, 1);
    reading = with_packets_between(REACH - 1);
    assert_int_equal(reading->count, REACH);
    assert_apart(&reading->records[0], 2, 1);
    assert_int_equal(reading->info.fragments, 1);
    assert_int_equal(reading->info.opaque_total, 2);
    assert_string_equal(reading->info.other[0].name, "later fragment");
    for (size_t i = 1; i < reading->count; i++)
        assert_int_equal(reading->records[i].seq, i - 1);
}

static void test_most(void **state)
{
    const struct reading *reading;
    unsigned count = MOST + 2;

    (void)state;
    begin();
    for (unsigned part = 0; part < 3; part++)
        for (unsigned i = 0; i < (part ? MOST : count); i++)
            put_part((uint16_t)(part ? i + 2 : i), 100 + (part ? i + 2 : i), part);
    reading = look();
    assert_int_equal(reading->count, count);
    assert_apart(&reading->records[0], 100, 1);
    assert_apart(&reading->records[1], 101, 2);
    for (unsigned i = 2; i < count; i++)
        assert_whole(&reading->records[i], 100 + i, i + 1);
}

/* What overlaps, contradicts itself or cannot be is not put together. */
static void test_odd(void **state)
{
    const struct reading *reading;

    (void)state;
    begin();
    put_part(7, 2, 0);
    put(7, 2, PART - 8, PART + 8, true);
    put_part(7, 2, 2);
    reading = look();
    assert_int_equal(reading->count, 1);
    assert_apart(&reading->records[0], 2, 1);
    /* A length that is no multiple of eight, and one behind the end of a packet. */
    begin();
    put_part(7, 2, 0);
    put(7, 2, PART, PART - 1, true);
    put(7, 2, 65528, PART, false);
    reading = look();
    assert_int_equal(reading->count, 1);
    assert_apart(&reading->records[0], 2, 1);
    assert_int_equal(reading->info.opaque_total, 2);
    /* Two ends. */
    begin();
    put_part(7, 2, 0);
    put(7, 2, PART, PART, false);
    reading = look();
    assert_int_equal(reading->count, 1);
    assert_int_equal(reading->records[0].payload, 2 * PART - HEADERS);
    begin();
    put_part(7, 2, 0);
    put(7, 2, 2 * PART, PART, false);
    put(7, 2, PART, PART, false);
    reading = look();
    assert_apart(&reading->records[0], 2, 1);
    /* Pieces with many gaps between them: too scattered at the end, in order they fit. */
    begin();
    for (unsigned i = 0; i < 40; i += 2)
        put(7, 2, i * 32, 32, i < 38);
    for (unsigned i = 1; i < 40; i += 2)
        put(7, 2, i * 32, 32, true);
    reading = look();
    assert_int_equal(reading->records[0].payload, 32 - HEADERS);
    begin();
    for (unsigned i = 0; i < 40; i++)
        put(7, 2, i * 32, 32, i < 39);
    reading = look();
    assert_int_equal(reading->count, 1);
    assert_int_equal(reading->records[0].payload, 40 * 32 - HEADERS);
}

/* The largest packet that there is. */
static void test_largest(void **state)
{
    const struct reading *reading;

    (void)state;
    begin();
    for (uint32_t at = 0; at < 65512; at += 1480)
        put(7, 2, at, at + 1480 < 65512 ? 1480 : 65512 - at, at + 1480 < 65512);
    reading = look();
    assert_int_equal(reading->count, 1);
    assert_int_equal(reading->records[0].payload, 65512 - HEADERS);
    assert_int_equal(reading->records[0].captured, 65512 - HEADERS);
}

/* A header in pieces of which one lacks: skipped and told with the number of its packet. */
static void test_header_in_pieces(void **state)
{
    const struct reading *reading;

    (void)state;
    begin();
    put_whole(1);
    put(7, 2, 0, 8, true);
    put(7, 2, 16, 48, false);
    put_whole(3);
    reading = look();
    assert_int_equal(reading->count, 2);
    assert_int_equal(reading->info.malformed, 1);
    assert_int_equal(reading->info.first_malformed.line, 2);
    begin();
    put(7, 2, 0, 8, true);
    put(7, 2, 16, 48, false);
    put(7, 2, 8, 8, true);
    reading = look();
    assert_int_equal(reading->count, 1);
    assert_int_equal(reading->records[0].payload, 64 - HEADERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_place),
        cmocka_unit_test(test_used_again),
        cmocka_unit_test(test_reach),
        cmocka_unit_test(test_most),
        cmocka_unit_test(test_odd),
        cmocka_unit_test(test_largest),
        cmocka_unit_test(test_header_in_pieces),
    };

    return cmocka_run_group_tests_name("fragments", tests, NULL, NULL);
}
