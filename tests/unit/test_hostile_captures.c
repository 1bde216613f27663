/* test_hostile_captures.c: every prefix of captures and random damage to them, as pcap, pcapng and
 * gzipped: the good part is read, what is missing is told, and nothing else happens. Meant for
 * sanitizers.
 *
 * The captures are those of tests/data/lab and pairs, which hold most of what TCP does; of the
 * longer ones the beginning.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <zlib.h>

#include "../fuzz/drain.h"
#include "damage.h"

enum { FILE_HEADER = 24, PACKET_HEADER = 16, NG_HEADERS = 28 + 32, NG_PACKET = 32 };
enum { CUT = 24000, DAMAGED_BYTES = 12000 };

/* Where captures are cut: at every byte as long as there is something new behind the next one, then
 * so that the steps fall on each place of a packet. */
enum { EVERY_BYTE_FIRST = 3000, EVERY_BYTE = 250, STEP = 211 };

static uint32_t number_at(const struct file *file, size_t at)
{
    uint32_t number;

    memcpy(&number, file->bytes + at, sizeof number);
    return number;
}

/* Whole packets of a pcap file; *end: where the last one of them ends. */
static uint64_t count_packets(const struct file *file, size_t length, size_t *end)
{
    uint64_t count = 0;

    *end = FILE_HEADER;
    while (*end + PACKET_HEADER <= length &&
           *end + PACKET_HEADER + number_at(file, *end + 8) <= length) {
        *end += PACKET_HEADER + number_at(file, *end + 8);
        count++;
    }
    return count;
}

static void read_capture(const char *path, struct file *file)
{
    gzFile in = gzopen(path, "rb");
    int length;

    assert_non_null(in);
    length = gzread(in, file->bytes, CUT);
    gzclose(in);
    assert_true(length > FILE_HEADER);
    count_packets(file, (size_t)length, &file->length);
}

static void append(struct file *file, const void *bytes, size_t length)
{
    assert_true(file->length + length <= sizeof file->bytes);
    memcpy(file->bytes + file->length, bytes, length);
    file->length += length;
}

/* The same packets as pcapng: ns, raw IP. */
static void to_pcapng(const struct file *pcap, struct file *ng)
{
    static const uint32_t section[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, UINT32_MAX, UINT32_MAX, 28};
    static const uint32_t interface[] = {1, 32, 101, 65535, 1 << 16 | 9, 9, 0, 32};

    ng->length = 0;
    append(ng, section, sizeof section);
    append(ng, interface, sizeof interface);
    for (size_t at = FILE_HEADER; at < pcap->length;
         at += PACKET_HEADER + number_at(pcap, at + 8)) {
        uint32_t captured = number_at(pcap, at + 8), padded = (captured + 3) & ~UINT32_C(3);
        uint64_t ns = number_at(pcap, at) * UINT64_C(1000000000) + number_at(pcap, at + 4);
        uint32_t length = NG_PACKET + padded, zero = 0;
        uint32_t head[] = {
            6, length, 0, (uint32_t)(ns >> 32), (uint32_t)ns, captured, number_at(pcap, at + 12)};

        append(ng, head, sizeof head);
        append(ng, pcap->bytes + at + PACKET_HEADER, captured);
        append(ng, &zero, padded - captured);
        append(ng, &length, sizeof length);
    }
}

static struct drained drain_bytes(const struct file *file, size_t length, bool no_isal)
{
    const struct tp_stream_options options = {.block_bytes = 4096, .no_isal = no_isal};
    struct drained drained;
    const char *name;
    char path[32];
    int fd = drain_memory_file(file->bytes, length, path);

    assert_true(fd >= 0);
    name = path;
    drained = drain(&name, 1, &options, 0);
    close(fd);
    return drained;
}

/* Calls that for each of them, and says which is the first. */
static void for_each_capture(void (*test)(const struct file *pcap, bool first))
{
    static struct file file;
    glob_t found;

    assert_int_equal(glob("tests/data/lab/*.pcap.gz", 0, NULL, &found), 0);
    assert_int_equal(glob("tests/data/pairs/*.pcap.gz", GLOB_APPEND, NULL, &found), 0);
    assert_true(found.gl_pathc > 14);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        read_capture(found.gl_pathv[i], &file);
        test(&file, i == 0);
    }
    globfree(&found);
}

/* --- prefixes -------------------------------------------------------------------------------- */

static size_t next_prefix(size_t length, bool first)
{
    return length < (first ? EVERY_BYTE_FIRST : EVERY_BYTE) ? length + 1 : length + STEP;
}

static void cut_pcap(const struct file *pcap, bool first)
{
    size_t end;

    for (size_t length = FILE_HEADER; length < pcap->length; length = next_prefix(length, first)) {
        uint64_t packets = count_packets(pcap, length, &end);
        struct drained drained = drain_bytes(pcap, length, false);

        if (packets == 0) /* whether that is a capture at all is not the point here */
            continue;
        assert_int_equal(drained.result, TP_OK);
        assert_int_equal(drained.records, packets);
        assert_int_equal(drained.malformed, 0);
        assert_int_equal(drained.warning[0] != '\0', end != length);
    }
}

static void cut_pcapng(const struct file *pcap, bool first)
{
    static struct file ng;
    uint64_t before = 0;

    to_pcapng(pcap, &ng);
    for (size_t length = 1; length < ng.length; length = next_prefix(length, first)) {
        struct drained drained = drain_bytes(&ng, length, false);

        assert_true(drained.records >= before);
        before = drained.records;
        assert_true(length < NG_HEADERS || drained.result == TP_OK);
    }
    assert_true(before > 0);
}

/* Both inflaters read the same, but for the last match of up to 258 bytes, that is a few packets,
 * which one of them may take while the other still waits for its end. */
enum { LAST_MATCH_PACKETS = 4 };

static void cut_gzip(const struct file *pcap, bool first)
{
    static struct file packed;
    struct drained isal, zlib;
    uint64_t before = 0;

    file_gzip(pcap, &packed);
    for (size_t length = 2; length < packed.length; length += 1 + packed.length / (first ? 400 : 50)) {
        isal = drain_bytes(&packed, length, false);
        zlib = drain_bytes(&packed, length, true);
        assert_true(isal.records >= before);
        assert_true(isal.records <= zlib.records + LAST_MATCH_PACKETS);
        assert_true(zlib.records <= isal.records + LAST_MATCH_PACKETS);
        assert_true(isal.result == TP_ERR_FORMAT || isal.warning[0]);
        assert_true(zlib.result == TP_ERR_FORMAT || zlib.warning[0]);
        before = isal.records;
    }
}

static void test_pcap_prefixes(void **state)
{
    (void)state;
    for_each_capture(cut_pcap);
}

static void test_pcapng_prefixes(void **state)
{
    (void)state;
    for_each_capture(cut_pcapng);
}

static void test_gzip_prefixes(void **state)
{
    (void)state;
    for_each_capture(cut_gzip);
}

/* --- damage ---------------------------------------------------------------------------------- */

static void damage_and_drain(const struct file *file, unsigned times, uint64_t seed)
{
    static struct file damaged;
    struct drained drained;
    unsigned read = 0;

    for (unsigned i = 0; i < times; i++) {
        damaged = *file;
        damage(&damaged, &seed);
        drained = drain_bytes(&damaged, damaged.length, false);
        assert_true(drained.result == TP_OK || drained.result == TP_ERR_FORMAT);
        read += drained.records > 0;
    }
    assert_true(read > times / 4); /* the good part is used */
}

static void damage_pcap(const struct file *pcap, bool first)
{
    static struct file file;

    memcpy(file.bytes, pcap->bytes, pcap->length);
    count_packets(pcap, pcap->length < DAMAGED_BYTES ? pcap->length : DAMAGED_BYTES, &file.length);
    damage_and_drain(&file, first ? DAMAGES : DAMAGES / 10, 3);
}

static void test_damaged_pcap(void **state)
{
    (void)state;
    for_each_capture(damage_pcap);
}

static void test_damaged_pcapng(void **state)
{
    static struct file pcap, ng;

    (void)state;
    read_capture("tests/data/lab/everything.far.pcap.gz", &pcap);
    to_pcapng(&pcap, &ng);
    damage_and_drain(&ng, DAMAGES, 4);
}

static void test_damaged_gzip(void **state)
{
    static struct file pcap, packed;

    (void)state;
    read_capture("tests/data/lab/loss.pcap.gz", &pcap);
    file_gzip(&pcap, &packed);
    damage_and_drain(&packed, DAMAGES, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pcap_prefixes),  cmocka_unit_test(test_pcapng_prefixes),
        cmocka_unit_test(test_gzip_prefixes),  cmocka_unit_test(test_damaged_pcap),
        cmocka_unit_test(test_damaged_pcapng), cmocka_unit_test(test_damaged_gzip),
    };

    return cmocka_run_group_tests_name("hostile captures", tests, NULL, NULL);
}
