/* test_capture.c: capture files to records: byte orders, clocks, sections, what is cut, what lies,
 * and that neither threads nor blocks change anything. */
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

#define S            INT64_C(1000000000)
#define RECORDS_MAX  64
#define MAGIC_US     0xa1b2c3d4
#define MAGIC_NS     0xa1b23c4d
#define MAGIC_OTHERS 0xa1b2cd34

/* What was read. */
struct reading {
    int result;
    struct tp_error error;
    size_t count;
    struct tp_record records[RECORDS_MAX];
    struct tp_input_info info; /* of the last input */
};

static void read_paths(struct reading *reading, const char *const *paths, size_t count,
                       const struct tp_stream_options *options)
{
    const struct tp_record *record;
    struct tp_stream *stream;

    memset(reading, 0, sizeof *reading);
    reading->result = tp_stream_open(&stream, paths, count, options, &reading->error);
    if (reading->result < 0)
        return;
    while ((reading->result = tp_stream_next(stream, &record, &reading->error)) == 1) {
        assert_true(reading->count < RECORDS_MAX);
        reading->records[reading->count++] = *record;
    }
    reading->info = *tp_stream_info(stream, count - 1);
    tp_stream_close(stream);
}

static void read_made(struct reading *reading, const struct maker *maker,
                      const struct tp_stream_options *options)
{
    char path[32];
    const char *paths[] = {path};
    int fd = drain_memory_file(maker->bytes, maker->length, path);

    assert_true(fd >= 0);
    read_paths(reading, paths, 1, options);
    close(fd);
}

static const uint8_t *frame(uint32_t seq)
{
    static uint8_t bytes[FRAME_BYTES];

    make_frame(bytes, (struct segment){1000, 2000, seq, 7, TP_TCP_ACK, 100});
    return bytes;
}

static void make_pcap_of(struct maker *maker, uint32_t magic, unsigned packets)
{
    make_pcap(maker, magic, 4, 96, RAW_IP);
    for (unsigned i = 0; i < packets; i++)
        make_pcap_packet(maker, 100 + i, 500000, FRAME_BYTES, FRAME_BYTES + 100, frame(i));
}

/* --- pcap ------------------------------------------------------------------------------------- */

static void pcap_is_read_in_both_orders(void **state)
{
    static const struct {
        uint32_t magic;
        int64_t fraction_ns;
    } rows[] = {{MAGIC_US, 500000000}, {MAGIC_NS, 500000}};
    struct reading reading;

    (void)state;
    for (size_t row = 0; row < 4; row++) {
        struct maker maker = {.big_endian = row & 1};

        make_pcap_of(&maker, rows[row / 2].magic, 3);
        read_made(&reading, &maker, NULL);
        assert_int_equal(reading.result, 0);
        assert_int_equal(reading.count, 3);
        for (unsigned i = 0; i < 3; i++) {
            const struct tp_record *record = &reading.records[i];

            assert_int_equal(record->kind, TP_KIND_PACKET);
            assert_true(record->ts_ns == (100 + i) * S + rows[row / 2].fraction_ns);
            assert_int_equal(record->seq, i);
            assert_int_equal(record->payload, 100);
            assert_int_equal(record->captured, 0);
            assert_int_equal(record->wire_len, FRAME_BYTES + 100);
            assert_int_equal(record->frame, i + 1);
            assert_int_equal(record->iface, 0);
        }
        assert_string_equal(reading.info.format, "pcap");
        assert_string_equal(reading.info.links, "raw IP");
        assert_string_equal(reading.info.clock, "wall");
        assert_string_equal(reading.info.warning, "");
        assert_true(reading.info.capture && reading.info.has_wall_offset);
        assert_int_equal(reading.info.interfaces, 1);
        assert_int_equal(reading.info.snaplen, 96);
        assert_int_equal(reading.info.lines, 3);
        assert_int_equal(reading.info.cut, 3);
        assert_false(reading.info.lost_told);
        make_free(&maker);
    }
}

/* Kuznetsov's packet header is 8 bytes longer; the upper bits of the network are the FCS's. */
static void pcap_variants_are_read(void **state)
{
    struct reading reading;
    struct maker maker = {0};

    (void)state;
    make_pcap(&maker, MAGIC_OTHERS, 4, 0, 0x14000000 | RAW_IP);
    make_number(&maker, 1, 4);
    make_number(&maker, 1500000, 4); /* too many microseconds */
    make_number(&maker, FRAME_BYTES, 4);
    make_number(&maker, 1, 4); /* less than was captured */
    make_zeroes(&maker, 8);
    make_bytes(&maker, frame(1), FRAME_BYTES);
    read_made(&reading, &maker, NULL);
    assert_int_equal(reading.count, 1);
    assert_true(reading.records[0].ts_ns == 2 * S + S / 2);
    assert_int_equal(reading.records[0].wire_len, FRAME_BYTES);
    assert_int_equal(reading.info.snaplen, 0);
    assert_int_equal(reading.info.cut, 0);
    make_free(&maker);
}

/* Before 2.3 the lengths stood the other way round, in 2.3 either way. */
static void old_pcap_is_read(void **state)
{
    struct reading reading;

    (void)state;
    for (uint16_t minor = 2; minor < 5; minor++) {
        struct maker maker = {0};

        make_pcap(&maker, MAGIC_US, minor, 96, RAW_IP);
        for (unsigned i = 0; i < 2; i++) {
            bool swapped = minor == 2 || (minor == 3 && i);

            make_number(&maker, 1 + i, 4);
            make_number(&maker, 0, 4);
            make_number(&maker, swapped ? 140 : FRAME_BYTES, 4);
            make_number(&maker, swapped ? FRAME_BYTES : 140, 4);
            make_bytes(&maker, frame(i), FRAME_BYTES);
        }
        read_made(&reading, &maker, NULL);
        assert_int_equal(reading.count, 2);
        assert_int_equal(reading.records[0].wire_len, 140);
        assert_int_equal(reading.records[1].wire_len, 140);
        assert_int_equal(reading.info.malformed, 0);
        make_free(&maker);
    }
}

static void what_cannot_be_a_pcap_is_refused(void **state)
{
    struct reading reading;
    struct maker maker = {0};

    (void)state;
    make_pcap(&maker, MAGIC_US, 4, 96, RAW_IP);
    maker.length = 23;
    read_made(&reading, &maker, NULL);
    assert_int_equal(reading.result, TP_ERR_FORMAT);
    assert_non_null(strstr(reading.error.text, "ends within its header"));
    maker.length = 24; /* no packets: fine */
    read_made(&reading, &maker, NULL);
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.count, 0);
    assert_string_equal(reading.info.format, "pcap");
    maker.bytes[4] = 1;
    read_made(&reading, &maker, NULL);
    assert_int_equal(reading.result, TP_ERR_FORMAT);
    assert_non_null(strstr(reading.error.text, "version"));
    make_free(&maker);
}

static void what_cannot_be_a_pcapng_is_refused(void **state)
{
    struct reading reading;
    struct maker maker = {0};

    (void)state;
    make_section(&maker, true);
    read_made(&reading, &maker, NULL); /* nothing in it: fine */
    assert_int_equal(reading.result, 0);
    maker.bytes[8]++;
    read_made(&reading, &maker, NULL);
    assert_int_equal(reading.result, TP_ERR_FORMAT);
    assert_non_null(strstr(reading.error.text, "byte order"));
    for (maker.length = 11; maker.length >= 4; maker.length--) {
        read_made(&reading, &maker, NULL);
        assert_int_equal(reading.result, TP_ERR_FORMAT);
        assert_non_null(strstr(reading.error.text, "ends within its header"));
    }
    make_free(&maker);
}

static void a_length_that_cannot_be_ends_the_input(void **state)
{
    const struct tp_stream_options strict = {.strict = true};
    struct reading reading;
    struct maker maker = {0};

    (void)state;
    make_pcap_of(&maker, MAGIC_US, 3);
    make_number(&maker, 1, 8);
    make_number(&maker, 0xdeadbeef, 4);
    make_zeroes(&maker, 100);
    read_made(&reading, &maker, NULL);
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.count, 3);
    assert_non_null(strstr(reading.info.warning, "behind packet 3: what follows was not read"));
    read_made(&reading, &maker, &strict);
    assert_int_equal(reading.result, TP_ERR_FORMAT);
    make_free(&maker);
}

/* --- pcapng ----------------------------------------------------------------------------------- */

static const struct tick_row {
    uint8_t tsresol;
    int64_t tsoffset;
    uint64_t ticks;
    int64_t ts_ns;
} tick_rows[] = {
    {0, 0, 1500000, 1500000000},
    {6, 0, 1500000, 1500000000},
    {3, 0, 1500, 1500000000},
    {9, 0, 1500000001, 1500000001},
    {12, 0, 1500000001999, 1500000001},
    {9, -1, 1500000001, 500000001},
    {9, 3600, 1500000001, 3601500000001},
    {0x80 | 10, 0, 1536, 1500000000},
    {0x80 | 32, 0, UINT64_C(0x180000000), 1500000000},
    {0x80 | 63, 0, UINT64_C(3) << 62, 1500000000},
    {0x80 | 20, 10, 3 << 19, 11500000000},
    {6, 0, UINT64_C(0xffffffffffffffff), -1000}, /* before 1970, as some write it */
    {28, 0, UINT64_MAX, 1},
};

static void clocks_are_those_of_the_interfaces(void **state)
{
    struct reading reading;

    (void)state;
    for (size_t i = 0; i < 2 * (sizeof tick_rows / sizeof *tick_rows); i++) {
        const struct tick_row *row = &tick_rows[i / 2];
        struct maker maker = {0};

        make_section(&maker, i & 1);
        make_interface(&maker, RAW_IP, 0, row->tsresol, row->tsoffset);
        make_packet(&maker, false, 0, row->ticks, FRAME_BYTES, 140, frame(1));
        read_made(&reading, &maker, NULL);
        assert_int_equal(reading.count, 1);
        if (reading.records[0].ts_ns != row->ts_ns)
            fail_msg("row %zu: %lld", i / 2, (long long)reading.records[0].ts_ns);
        make_free(&maker);
    }
}

static void times_that_cannot_be_are_malformed(void **state)
{
    static const struct tick_row rows[] = {{6, 0, UINT64_C(1) << 62, 0},
                                           {0x80 | 1, 0, UINT64_MAX, 0},
                                           {29, 0, 1, 0},
                                           {0x80 | 64, 0, 1, 0},
                                           {9, INT64_MAX, 1, 0},
                                           {9, INT64_MIN, 1, 0},
                                           {9, 9223372036, INT64_MAX / 2, 0}};
    struct reading reading;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct maker maker = {0};

        make_section(&maker, false);
        make_interface(&maker, RAW_IP, 0, rows[i].tsresol, rows[i].tsoffset);
        make_packet(&maker, false, 0, rows[i].ticks, FRAME_BYTES, 140, frame(1));
        read_made(&reading, &maker, NULL);
        assert_int_equal(reading.count, 0);
        assert_int_equal(reading.info.malformed, 1);
        assert_non_null(strstr(reading.info.first_malformed.text, "time"));
        assert_int_equal(reading.info.first_malformed.line, 1);
        make_free(&maker);
    }
}

/* Two sections of different byte orders; interfaces that differ in link type and snaplen; every
 * kind of block. */
static void make_everything(struct maker *maker)
{
    uint8_t ethernet[14 + FRAME_BYTES] = {[12] = 8};

    make_section(maker, false);
    make_interface(maker, RAW_IP, 96, 9, 0);
    make_unknown(maker, 4, 20); /* names */
    make_packet(maker, false, 0, 1 * S, FRAME_BYTES, 140, frame(1));
    make_interface(maker, 1, 2000, 6, 0);
    memcpy(ethernet + 14, frame(2), FRAME_BYTES);
    make_packet(maker, true, 1, 2000000, sizeof ethernet, 154, ethernet);
    make_simple_packet(maker, FRAME_BYTES, FRAME_BYTES, frame(3));
    make_statistics(maker, 0, 3, 4);
    make_statistics(maker, 0, 5, 6);
    make_statistics(maker, 1, 100, 0);
    make_statistics(maker, 2, 9, 9); /* of none that is known */
    make_packet(maker, false, 2, 1, FRAME_BYTES, 140, frame(0));
    make_section(maker, true);
    make_packet(maker, false, 0, 1, FRAME_BYTES, 140, frame(0));
    make_interface(maker, 228, 64, 3, 0);
    make_unknown(maker, 0xbad, 10000);
    make_packet(maker, false, 0, 4000, FRAME_BYTES, 140, frame(4));
    make_unknown(maker, 0x40000bad, 0);
    make_interface(maker, 127, 64, 3, 0);
    make_packet(maker, true, 0, 5000, FRAME_BYTES, 140, frame(5));
    make_statistics(maker, 0, 1000, 0);
}

static void every_kind_of_block_is_read_or_passed(void **state)
{
    static const int64_t times[] = {1 * S, 2 * S, 2 * S, 4 * S, 5 * S};
    static const uint64_t frames[] = {1, 2, 3, 6, 7};
    struct reading reading;
    struct maker maker = {0};

    (void)state;
    make_everything(&maker);
    read_made(&reading, &maker, NULL);
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.count, 5);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(reading.records[i].seq, i + 1);
        assert_true(reading.records[i].ts_ns == times[i]);
        assert_int_equal(reading.records[i].frame, frames[i]);
        assert_int_equal(reading.records[i].iface, i == 1);
    }
    assert_string_equal(reading.info.format, "pcapng");
    assert_string_equal(reading.info.links, "raw IP, Ethernet, raw IPv4, 802.11 with radiotap");
    assert_int_equal(reading.info.interfaces, 4);
    assert_int_equal(reading.info.snaplen, 2000);
    assert_int_equal(reading.info.lines, 7);
    assert_int_equal(reading.info.malformed, 2);
    assert_int_equal(reading.info.first_malformed.line, 4);
    assert_non_null(strstr(reading.info.first_malformed.text, "not declared"));
    assert_true(reading.info.lost_told);
    assert_int_equal(reading.info.lost, 5 + 6 + 100 + 1000);
    assert_non_null(strstr(reading.info.warning,
                           "1 packet has no time of its own and got that of the one before"));
    make_free(&maker);
}

static void packets_that_lie_are_malformed(void **state)
{
    struct reading reading;
    struct maker maker = {0}, body = {0};
    size_t at;

    (void)state;
    make_section(&maker, false);
    make_simple_packet(&maker, FRAME_BYTES, FRAME_BYTES, frame(0)); /* of no interface */
    make_interface(&maker, RAW_IP, 20, 0, 0);
    at = maker.length;
    make_packet(&maker, false, 0, 1, FRAME_BYTES, 140, frame(1));
    maker.bytes[at + 20]++;     /* captured: one more than the block holds */
    make_unknown(&maker, 6, 8); /* no room for what a packet has */
    make_simple_packet(&maker, FRAME_BYTES, 18, frame(0));  /* 18 bytes, then padding */
    make_simple_packet(&maker, FRAME_BYTES, 140, frame(0)); /* 20, as the interface says */
    read_made(&reading, &maker, NULL);
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.count, 0);
    assert_int_equal(reading.info.lines, 5);
    assert_int_equal(reading.info.malformed, 5);
    assert_int_equal(reading.info.cut, 1);
    make_free(&maker);
    make_free(&body);
}

/* A change to a block that makes what follows unreadable. */
static void damage_ends_the_input(void **state)
{
    static const struct {
        size_t offset; /* in the second packet block */
        uint8_t value;
    } rows[] = {{4, 11}, {4, 8}, {6, 0xff}, {4 + FRAME_BYTES + 24, 0}, {0, 1}};
    struct reading reading;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct maker maker = {0};
        size_t at;

        make_section(&maker, false);
        make_interface(&maker, RAW_IP, 96, 9, 0);
        make_packet(&maker, false, 0, 1, FRAME_BYTES, 140, frame(1));
        at = maker.length;
        make_packet(&maker, false, 0, 2, FRAME_BYTES, 140, frame(2));
        make_packet(&maker, false, 0, 3, FRAME_BYTES, 140, frame(3));
        if (i == 4) { /* an interface without its link type */
            maker.length = at;
            make_unknown(&maker, 1, 4);
            make_packet(&maker, false, 0, 3, FRAME_BYTES, 140, frame(3));
        } else {
            maker.bytes[at + rows[i].offset] = rows[i].value;
        }
        read_made(&reading, &maker, NULL);
        assert_int_equal(reading.result, 0);
        assert_int_equal(reading.count, 1);
        assert_non_null(strstr(reading.info.warning, "behind packet 1: what follows was not read"));
        make_free(&maker);
    }
}

/* --- any file --------------------------------------------------------------------------------- */

static struct drained drain_made(const struct maker *maker, const struct tp_stream_options *options)
{
    char path[32];
    const char *paths[] = {path};
    int fd = drain_memory_file(maker->bytes, maker->length, path);
    struct drained drained;

    assert_true(fd >= 0);
    drained = drain(paths, 1, options, 0);
    close(fd);
    return drained;
}

/* Reads it with several threads and sizes of blocks, which must not be seen. */
static struct drained check_invariance(const struct maker *maker)
{
    static const struct tp_stream_options rows[] = {{.threads = 0, .block_bytes = 1},
                                                    {.threads = 1, .block_bytes = 1},
                                                    {.threads = 2, .block_bytes = 5000},
                                                    {.threads = 2, .block_bytes = 100000}};
    struct drained first = drain_made(maker, NULL), drained;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        drained = drain_made(maker, &rows[i]);
        drain_check_same(&first, &drained);
    }
    return first;
}

static void every_prefix_is_read(void **state)
{
    (void)state;
    for (unsigned ng = 0; ng < 2; ng++) {
        struct maker maker = {0};
        size_t length;
        uint64_t last = 0;

        if (ng)
            make_everything(&maker);
        else
            make_pcap_of(&maker, MAGIC_US, 5);
        for (length = maker.length; maker.length > 0; maker.length--) {
            struct reading reading;

            if (maker.length > 5000 && maker.length < length - 2000)
                continue; /* within the large block */
            read_made(&reading, &maker, NULL);
            assert_true(maker.length == length || reading.result < 0 || reading.count <= last);
            assert_true(reading.result == 0 || reading.count == 0);
            last = reading.count;
        }
        assert_int_equal(last, 0);
        make_free(&maker);
    }
}

static void a_cut_off_end_is_told(void **state)
{
    struct reading reading;
    struct maker maker = {0};

    (void)state;
    make_pcap_of(&maker, MAGIC_US, 3);
    for (unsigned missing = 1; missing < FRAME_BYTES + 16; missing++) {
        maker.length--;
        read_made(&reading, &maker, NULL);
        assert_int_equal(reading.result, 0);
        assert_int_equal(reading.count, 2);
        assert_string_equal(reading.info.warning, "the last packet is cut off and was not used");
    }
    maker.length--;
    read_made(&reading, &maker, NULL);
    assert_string_equal(reading.info.warning, "");
    make_free(&maker);
}

/* Many interfaces and sections among many packets, some larger than a block. */
static void neither_threads_nor_blocks_are_seen(void **state)
{
    static uint8_t large[70000];
    struct maker pcap = {0}, ng = {0};
    unsigned interfaces = 0;
    struct drained drained;

    (void)state;
    make_pcap(&pcap, MAGIC_NS, 4, 0, RAW_IP);
    make_section(&ng, false);
    for (unsigned i = 0; i < 5000; i++) {
        size_t captured = i % 997 == 5 ? sizeof large : i % 7 == 3 ? 300 : FRAME_BYTES;

        memcpy(large, frame(i), FRAME_BYTES);
        make_pcap_packet(&pcap, 1 + i, i, (uint32_t)captured, (uint32_t)captured + 100, large);
        if (i % 1000 == 999) {
            make_section(&ng, i & 1);
            interfaces = 0;
        }
        if (i % 50 == 0) {
            make_interface(&ng, i % 100 ? RAW_IP : 228, 0, i % 150 ? 9 : 6, 0);
            interfaces++;
        }
        if (i % 60 == 7)
            make_unknown(&ng, 4, i * 3);
        if (i % 13 == 12)
            make_simple_packet(&ng, (uint32_t)captured, (uint32_t)captured, large);
        else
            make_packet(&ng, i & 1, interfaces ? i % interfaces : 0, i * 1000000,
                        (uint32_t)captured, (uint32_t)captured + 100, large);
        if (i % 100 == 77)
            make_statistics(&ng, 0, i, 0);
    }
    drained = check_invariance(&pcap);
    assert_int_equal(drained.records, 5000);
    drained = check_invariance(&ng);
    assert_int_equal(drained.lines, 5000);
    assert_int_equal(drained.records + drained.malformed, 5000);
    assert_in_range(drained.malformed, 1, 300); /* at the beginnings of sections */
    ng.length -= 10;
    check_invariance(&ng);
    pcap.length -= 10;
    check_invariance(&pcap);
    make_free(&pcap);
    make_free(&ng);
}

static bool odd_seq(void *context, uint32_t linktype, const uint8_t *bytes, uint32_t captured,
                    uint32_t wire_len)
{
    uint64_t *calls = context;

    ++*calls;
    assert_int_equal(linktype, RAW_IP);
    assert_int_equal(captured, FRAME_BYTES);
    assert_int_equal(wire_len, FRAME_BYTES + 100);
    return bytes[27] & 1;
}

static void frames_can_be_dropped(void **state)
{
    uint64_t calls = 0;
    const struct tp_stream_options options = {.frame = odd_seq, .frame_context = &calls};
    struct reading reading;
    struct maker maker = {0};

    (void)state;
    make_pcap_of(&maker, MAGIC_US, 10);
    read_made(&reading, &maker, &options);
    assert_int_equal(reading.count, 5);
    assert_int_equal(reading.records[0].frame, 2);
    assert_int_equal(reading.info.filtered, 5);
    assert_int_equal(reading.info.lines, 10);
    assert_int_equal(calls, 10);
    assert_true(reading.info.first_ns == reading.records[0].ts_ns);
    make_free(&maker);
}

static void what_is_not_tcp_is_counted_by_name(void **state)
{
    struct reading reading;
    struct maker maker = {0};
    uint8_t udp[FRAME_BYTES], bad[FRAME_BYTES];

    (void)state;
    memcpy(udp, frame(1), sizeof udp);
    memcpy(bad, udp, sizeof bad);
    udp[9] = 17;
    bad[32] = 0x10;
    make_pcap(&maker, MAGIC_US, 4, 0, RAW_IP);
    make_pcap_packet(&maker, 1, 0, FRAME_BYTES, FRAME_BYTES, udp);
    make_pcap_packet(&maker, 1, 0, FRAME_BYTES, FRAME_BYTES, udp);
    make_pcap_packet(&maker, 1, 0, FRAME_BYTES, FRAME_BYTES, bad);
    make_pcap_packet(&maker, 1, 0, FRAME_BYTES, FRAME_BYTES, frame(1));
    read_made(&reading, &maker, NULL);
    assert_int_equal(reading.count, 1);
    assert_int_equal(reading.info.other_total, 2);
    assert_int_equal(reading.info.others, 1);
    assert_string_equal(reading.info.other[0].name, "udp");
    assert_int_equal(reading.info.malformed, 1);
    assert_int_equal(reading.info.first_malformed.line, 3);
    make_free(&maker);
}

static void steps_back_in_time_are_sorted_and_marked(void **state)
{
    static const uint32_t seconds[] = {5, 3, 4, 6, 1};
    struct reading reading;
    struct maker maker = {0};

    (void)state;
    make_pcap(&maker, MAGIC_US, 4, 0, RAW_IP);
    for (unsigned i = 0; i < 5; i++)
        make_pcap_packet(&maker, seconds[i], 0, FRAME_BYTES, 140, frame(seconds[i] * 100));
    read_made(&reading, &maker, &(struct tp_stream_options){.fields = TP_BIT(SEQ)});
    assert_int_equal(reading.count, 5);
    assert_int_equal(reading.info.late, 0);
    for (unsigned i = 0; i < 5; i++) {
        const struct tp_record *record = &reading.records[i];
        bool late = TP_HAS(record, ODDITIES) && record->oddities & TP_ODD_LATE;

        assert_true(i == 0 || record[-1].ts_ns <= record->ts_ns);
        assert_int_equal(late, record->seq == 300 || record->seq == 400 || record->seq == 100);
    }
    assert_int_equal(reading.info.steps, 0);
    make_free(&maker);
}

/* The same times, and sequence numbers that rise from packet to packet: it is the times that are
 * wrong. Nobody knows by how much, but that they went on. */
static void a_clock_that_is_set_back_is_told_by_tcp(void **state)
{
    static const uint32_t seconds[] = {5, 3, 4, 6, 1}, right[] = {5, 5, 6, 8, 8};
    struct reading reading;
    struct maker maker = {0};

    (void)state;
    make_pcap(&maker, MAGIC_US, 4, 0, RAW_IP);
    for (unsigned i = 0; i < 5; i++)
        make_pcap_packet(&maker, seconds[i], 0, FRAME_BYTES, 140, frame(i * 100));
    read_made(&reading, &maker, &(struct tp_stream_options){.fields = TP_BIT(SEQ)});
    assert_int_equal(reading.count, 5);
    assert_int_equal(reading.info.late, 0);
    assert_int_equal(reading.info.steps, 2);
    assert_int_equal(reading.info.steps_unsure, 2);
    assert_int_equal(reading.info.step[0].frame, 2);
    assert_true(reading.info.step[0].back_ns == 2000000000);
    for (unsigned i = 0; i < 5; i++) {
        const struct tp_record *record = &reading.records[i];
        bool step = TP_HAS(record, ODDITIES) && record->oddities & TP_ODD_STEP_UNSURE;

        assert_int_equal(record->seq, i * 100);
        assert_true(record->ts_ns == right[i] * INT64_C(1000000000));
        assert_int_equal(step, i == 1 || i == 4);
    }
    make_free(&maker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pcap_is_read_in_both_orders),
        cmocka_unit_test(pcap_variants_are_read),
        cmocka_unit_test(old_pcap_is_read),
        cmocka_unit_test(what_cannot_be_a_pcap_is_refused),
        cmocka_unit_test(what_cannot_be_a_pcapng_is_refused),
        cmocka_unit_test(a_length_that_cannot_be_ends_the_input),
        cmocka_unit_test(clocks_are_those_of_the_interfaces),
        cmocka_unit_test(times_that_cannot_be_are_malformed),
        cmocka_unit_test(every_kind_of_block_is_read_or_passed),
        cmocka_unit_test(packets_that_lie_are_malformed),
        cmocka_unit_test(damage_ends_the_input),
        cmocka_unit_test(every_prefix_is_read),
        cmocka_unit_test(a_cut_off_end_is_told),
        cmocka_unit_test(neither_threads_nor_blocks_are_seen),
        cmocka_unit_test(frames_can_be_dropped),
        cmocka_unit_test(what_is_not_tcp_is_counted_by_name),
        cmocka_unit_test(steps_back_in_time_are_sorted_and_marked),
        cmocka_unit_test(a_clock_that_is_set_back_is_told_by_tcp),
    };

    return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
