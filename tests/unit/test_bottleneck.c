/* test_bottleneck.c: the lab's link, with a clock of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../scripts/lab/link/bottleneck.h"
#include "../../scripts/lab/link/capture.h"
#include "../../scripts/lab/link/ecn.h"

#define MS INT64_C(1000000)

static const uint8_t zeros[1500];

/* Packets are told apart by their size. */
static void send_packet(struct bottleneck *link, size_t bytes, int64_t now_ns)
{
    assert_true(bytes <= sizeof zeros);
    assert_int_equal(bottleneck_accept(link, zeros, bytes, now_ns), 0);
}

/* The size of the next packet, 0 for none. */
static size_t receive(struct bottleneck *link, int64_t now_ns)
{
    struct packet *packet = bottleneck_deliver(link, now_ns);
    size_t bytes = packet ? packet->bytes : 0;

    free(packet);
    return bytes;
}

static void test_rate_delay_and_queue(void **state)
{
    struct bottleneck_setup setup = {.rate_bps = 8e6, .delay_ns = 20 * MS, .queue_bytes = 3000};
    struct bottleneck link;

    (void)state;
    bottleneck_init(&link, &setup);
    assert_true(bottleneck_due_ns(&link) == INT64_MAX);
    send_packet(&link, 1000, 0); /* a byte takes a microsecond */
    send_packet(&link, 1001, 0);
    send_packet(&link, 999, 0);
    send_packet(&link, 1, 0); /* full */
    assert_int_equal(link.counters.dropped_queue, 1);
    assert_int_equal(link.counters.queue_max_bytes, 3000);
    assert_int_equal(link.counters.in_flight, 3);
    send_packet(&link, 500, 500000); /* half of the first has left */
    assert_int_equal(link.counters.dropped_queue, 1);

    assert_true(bottleneck_due_ns(&link) == 21 * MS);
    assert_int_equal(receive(&link, 21 * MS - 1), 0);
    assert_int_equal(receive(&link, 21 * MS), 1000);
    assert_true(bottleneck_due_ns(&link) == 22 * MS + 1000);
    assert_int_equal(receive(&link, 30 * MS), 1001);
    assert_int_equal(receive(&link, 30 * MS), 999);
    assert_int_equal(receive(&link, 30 * MS), 500);
    assert_int_equal(receive(&link, 30 * MS), 0);
    assert_int_equal(link.counters.late_max_us, 7999);
    bottleneck_late(&link, -50 * MS); /* woken early */
    bottleneck_late(&link, 7 * MS);
    assert_int_equal(link.counters.late_max_us, 7999);
    bottleneck_late(&link, 9 * MS);
    assert_int_equal(link.counters.late_max_us, 9000);
    assert_int_equal(link.counters.packets_in, 5);
    assert_int_equal(link.counters.bytes_in, 3501);
    assert_int_equal(link.counters.packets_sent, 4);
    assert_int_equal(link.counters.bytes_sent, 3500);
    assert_int_equal(link.counters.in_flight, 0);
    assert_int_equal(link.counters.reordered, 0);
    bottleneck_release(&link);
}

static void test_a_policer_drops_what_is_too_fast(void **state)
{
    struct bottleneck_setup setup = {.police_bps = 8e6, .police_bytes = 2500};
    struct bottleneck link;

    (void)state;
    bottleneck_init(&link, &setup);
    send_packet(&link, 1000, 0); /* the bucket was full */
    send_packet(&link, 1001, 0);
    send_packet(&link, 1002, 0); /* 499 are left */
    assert_int_equal(link.counters.dropped_policer, 1);
    send_packet(&link, 1003, MS); /* and 1000 come in a millisecond */
    assert_int_equal(link.counters.dropped_policer, 1);
    send_packet(&link, 497, MS); /* 496 are left */
    assert_int_equal(link.counters.dropped_policer, 2);
    send_packet(&link, 1500, 1000 * MS); /* it holds no more than 2500 */
    send_packet(&link, 1001, 1000 * MS);
    assert_int_equal(link.counters.dropped_policer, 3);
    assert_int_equal(link.counters.dropped_queue, 0);
    assert_int_equal(receive(&link, 1000 * MS), 1000); /* and none waited */
    bottleneck_release(&link);
}

static void test_the_first_and_the_large_are_lost(void **state)
{
    struct bottleneck_setup setup = {.lose_first = 2, .above_bytes = 1000};
    struct bottleneck link;

    (void)state;
    bottleneck_init(&link, &setup);
    send_packet(&link, 40, 0);
    send_packet(&link, 1500, 0); /* one of the first, whatever its size */
    send_packet(&link, 1001, 0);
    send_packet(&link, 1000, 0);
    assert_int_equal(link.counters.dropped_first, 2);
    assert_int_equal(link.counters.dropped_large, 1);
    assert_int_equal(receive(&link, 0), 1000);
    assert_int_equal(receive(&link, 0), 0);
    bottleneck_release(&link);
}

/* What would come out in a pause does at its end, and in order. */
static void test_pauses(void **state)
{
    struct bottleneck_setup setup = {
        .delay_ns = 10 * MS, .pause_ns = 30 * MS, .pause_every_ns = 100 * MS};
    struct bottleneck link;

    (void)state;
    bottleneck_init(&link, &setup);
    send_packet(&link, 501, 7 * MS); /* from now on time counts */
    assert_true(bottleneck_due_ns(&link) == 17 * MS);
    assert_int_equal(receive(&link, 17 * MS), 501);
    send_packet(&link, 502, 96 * MS);
    assert_true(bottleneck_due_ns(&link) == 106 * MS);
    send_packet(&link, 503, 97 * MS); /* would come out as the first one begins */
    send_packet(&link, 504, 126 * MS);
    assert_int_equal(receive(&link, 106 * MS), 502);
    assert_true(bottleneck_due_ns(&link) == 137 * MS);
    assert_int_equal(receive(&link, 137 * MS), 503);
    assert_int_equal(receive(&link, 137 * MS), 504);
    bottleneck_release(&link);
}

static void test_batches(void **state)
{
    struct bottleneck_setup setup = {.delay_ns = 3 * MS, .batch_ns = 10 * MS};
    struct bottleneck link;

    (void)state;
    bottleneck_init(&link, &setup);
    send_packet(&link, 41, 0);
    send_packet(&link, 42, 7 * MS);
    send_packet(&link, 43, 8 * MS);
    assert_true(bottleneck_due_ns(&link) == 10 * MS);
    assert_int_equal(receive(&link, 10 * MS), 41);
    assert_int_equal(receive(&link, 10 * MS), 42);
    assert_true(bottleneck_due_ns(&link) == 20 * MS);
    assert_int_equal(receive(&link, 20 * MS), 43);
    bottleneck_release(&link);
}

/* Random losses spare what is small; on the way back ACKs are what is lost. */
static void test_any_size_is_lost(void **state)
{
    struct bottleneck_setup setup = {.loss_any = 0.25, .seed = 5};
    struct bottleneck link;

    (void)state;
    bottleneck_init(&link, &setup);
    for (int i = 0; i < 4000; i++)
        send_packet(&link, 40, 0);
    assert_in_range(link.counters.dropped_random, 880, 1120);
    bottleneck_release(&link);
}

static void test_without_rate_only_delays(void **state)
{
    struct bottleneck_setup setup = {.delay_ns = 5 * MS};
    struct bottleneck link;

    (void)state;
    bottleneck_init(&link, &setup);
    for (size_t i = 1; i <= 1000; i++)
        send_packet(&link, 1500, 3);
    assert_true(bottleneck_due_ns(&link) == 5 * MS + 3);
    assert_int_equal(link.counters.dropped_queue, 0);
    assert_int_equal(link.counters.queue_max_bytes, 0);
    bottleneck_release(&link); /* with packets in it */
}

/* Sends packets numbered from 1 that alternate with small ones; the lost ones into lost[]. */
static size_t lost_packets(const struct bottleneck_setup *setup, size_t lost[], size_t most)
{
    struct bottleneck link;
    size_t count = 0;

    bottleneck_init(&link, setup);
    for (size_t i = 1; i <= 20000; i++) {
        uint64_t before = link.counters.dropped_random;

        send_packet(&link, 1500, (int64_t)i * MS);
        if (link.counters.dropped_random > before && count < most)
            lost[count++] = i;
        send_packet(&link, BOTTLENECK_SPARED_BYTES, (int64_t)i * MS);
        while (receive(&link, (int64_t)i * MS))
            ;
    }
    assert_int_equal(link.counters.packets_in,
                     link.counters.packets_sent + link.counters.in_flight +
                         link.counters.dropped_random + link.counters.dropped_queue);
    assert_true(link.counters.dropped_random == count || count == most);
    bottleneck_release(&link);
    return count;
}

static void test_the_same_seed_loses_the_same_packets(void **state)
{
    static const size_t first[] = {541, 564, 589, 1024, 2113};
    struct bottleneck_setup setup = {.rate_bps = 20e6, .queue_bytes = 100000, .loss = 0.005};
    size_t lost[500], again[500], count;

    (void)state;
    setup.seed = 7;
    count = lost_packets(&setup, lost, 500);
    assert_in_range(count, 70, 130);                /* 100 expected, 3 standard deviations */
    assert_memory_equal(lost, first, sizeof first); /* on every machine */

    assert_int_equal(lost_packets(&setup, again, 500), count);
    assert_memory_equal(lost, again, count * sizeof *lost);
    setup.reorder = 0.1; /* moves no loss */
    setup.reorder_ns = 10 * MS;
    assert_int_equal(lost_packets(&setup, again, 500), count);
    assert_memory_equal(lost, again, count * sizeof *lost);

    setup.seed = 8;
    assert_true(lost_packets(&setup, again, 500) > 5);
    assert_memory_not_equal(lost, again, 5 * sizeof *lost);
}

static void test_shares(void **state)
{
    struct chance chance;

    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++) {
        int hits = 0;

        chance_init(&chance, 0.25, seed, 0);
        for (int i = 0; i < 100000; i++)
            hits += chance_hit(&chance);
        assert_in_range(hits, 24500, 25500);
        chance_init(&chance, 0, seed, 0);
        for (int i = 0; i < 1000; i++)
            assert_false(chance_hit(&chance));
        chance_init(&chance, 1, seed, 0);
        for (int i = 0; i < 1000; i++)
            assert_true(chance_hit(&chance));
    }
}

static void test_what_is_held_up_is_overtaken(void **state)
{
    struct bottleneck_setup setup = {.delay_ns = 10 * MS, .reorder_ns = 3 * MS, .reorder = 1};
    struct bottleneck link;

    (void)state;
    bottleneck_init(&link, &setup);
    send_packet(&link, 1000, 0);
    send_packet(&link, 100, 1 * MS); /* spared: overtakes */
    send_packet(&link, 1001, 5 * MS);
    assert_int_equal(receive(&link, 99 * MS), 100);
    assert_int_equal(receive(&link, 99 * MS), 1000);
    assert_int_equal(receive(&link, 99 * MS), 1001); /* late, but behind nothing that came later */
    assert_int_equal(link.counters.reordered, 1);
    bottleneck_release(&link);
}

/* Any order in, the order of time out; at the same time as they came. */
static void test_what_is_doubled_comes_out_twice(void **state)
{
    struct bottleneck_setup setup = {.delay_ns = 5 * MS, .duplicate = 1};
    struct bottleneck link;

    (void)state;
    bottleneck_init(&link, &setup);
    send_packet(&link, 1000, 0);
    send_packet(&link, BOTTLENECK_SPARED_BYTES, 1);
    assert_int_equal(link.counters.in_flight, 3);
    assert_int_equal(receive(&link, 6 * MS), 1000);
    assert_int_equal(receive(&link, 6 * MS), 1000);
    assert_int_equal(receive(&link, 6 * MS), BOTTLENECK_SPARED_BYTES);
    assert_int_equal(receive(&link, 6 * MS), 0);
    assert_int_equal(link.counters.packets_in, 2);
    assert_int_equal(link.counters.packets_sent, 3);
    assert_int_equal(link.counters.duplicated, 1);
    assert_int_equal(link.counters.reordered, 0);
    bottleneck_release(&link);
}

static void test_flight_sorts(void **state)
{
    struct flight flight = {0};
    struct packet *packet;
    int64_t last_ns = -1;
    uint64_t last = 0;

    (void)state;
    assert_null(flight_take(&flight, INT64_MAX));
    for (unsigned i = 1; i <= 1000; i++) {
        packet = packet_new(zeros, 20);
        assert_non_null(packet);
        packet->due_ns = i * 7919 % 101;
        packet->number = i;
        assert_int_equal(flight_add(&flight, packet), 0);
        if (i % 3 == 0)
            free(flight_take(&flight, INT64_MAX));
    }
    while ((packet = flight_take(&flight, INT64_MAX))) {
        assert_true(packet->due_ns > last_ns ||
                    (packet->due_ns == last_ns && packet->number > last));
        last_ns = packet->due_ns;
        last = packet->number;
        free(packet);
    }
    assert_int_equal(flight.count, 0);
    flight_release(&flight);
}

/* The sum of a header with its checksum is all ones. */
static unsigned header_sum(const uint8_t *ip)
{
    unsigned sum = 0;

    for (int i = 0; i < 20; i += 2)
        sum += (unsigned)ip[i] << 8 | ip[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

static void test_ecn_marks_what_may_be_marked(void **state)
{
    /* 10.9.0.1 to 10.9.0.2, from a capture. */
    static const uint8_t header[20] = {0x45, 0,    0,    0x3c, 0x11, 0x06, 0x40, 0, 0x40, 6,
                                       0x15, 0xa2, 0x0a, 9,    0,    1,    0x0a, 9, 0,    2};
    uint8_t ip[40] = {0};

    (void)state;
    for (unsigned tos = 0; tos < 256; tos++) {
        unsigned checksum = 0x15a2 - tos; /* byte 1 is the low one of its word */

        memcpy(ip, header, sizeof header);
        ip[1] = (uint8_t)tos;
        ip[10] = (uint8_t)(checksum >> 8);
        ip[11] = (uint8_t)checksum;
        assert_int_equal(header_sum(ip), 0xffff);
        assert_int_equal(ecn_mark(ip, 20), (tos & 3) == 1 || (tos & 3) == 2);
        assert_int_equal(ip[1], tos & 3 ? tos | 3 : tos);
        assert_int_equal(header_sum(ip), 0xffff);
    }
    ip[1] = 1;
    assert_false(ecn_mark(ip, 19));
    memset(ip, 0, sizeof ip);
    ip[0] = 0x6f;
    ip[1] = 0x2f;
    assert_true(ecn_mark(ip, 40));
    assert_int_equal(ip[0], 0x6f);
    assert_int_equal(ip[1], 0x3f);
    assert_false(ecn_mark(ip, 40)); /* is marked */
    ip[1] = 0x0f;
    assert_false(ecn_mark(ip, 40));
    ip[1] = 0x10;
    assert_false(ecn_mark(ip, 39));
}

static void test_marks_above_the_threshold(void **state)
{
    struct bottleneck_setup setup = {.rate_bps = 8e6, .queue_bytes = 9000, .mark_bytes = 2000};
    struct bottleneck link;
    uint8_t ip[1000] = {0x60, 0x20};

    (void)state;
    bottleneck_init(&link, &setup);
    for (int i = 0; i < 5; i++)
        assert_int_equal(bottleneck_accept(&link, ip, sizeof ip, 0), 0);
    assert_int_equal(link.counters.marked, 2); /* those that met 3000 and 4000 bytes */
    for (int i = 0; i < 5; i++) {
        struct packet *packet = bottleneck_deliver(&link, 99 * MS);

        assert_non_null(packet);
        assert_int_equal(packet->data[1] >> 4, i < 3 ? 2 : 3);
        free(packet);
    }
    bottleneck_release(&link);
}

static void test_capture(void **state)
{
    static const uint8_t packet[] = {0x45, 1, 2, 3, 4, 5, 6, 7};
    uint32_t expected[] = {0xa1b23c4d, 0, 0, 0,          4, 101, 1795213552, 7,
                           4,          8, 0, 1795213553, 8, 2,   2};
    char path[] = "/tmp/test_bottleneck.XXXXXX";
    static const uint16_t version[] = {2, 4};
    uint8_t written[200];
    struct capture capture;
    int fd = mkstemp(path);

    (void)state;
    memcpy(&expected[1], version, sizeof version);
    assert_true(fd >= 0);
    assert_int_equal(capture_open(&capture, path, 4), 0);
    assert_int_equal(capture_packet(&capture, packet, 8, INT64_C(1795213552000000007)), 0);
    assert_int_equal(capture_packet(&capture, packet, 2, INT64_C(1795213553000000008)), 0);
    assert_int_equal(capture_close(&capture), 0);
    assert_int_equal(capture_packet(&capture, packet, 8, 0), 0); /* closed: nothing is kept */
    assert_int_equal(read(fd, written, sizeof written), 24 + 16 + 4 + 16 + 2);
    assert_memory_equal(written, expected, 40);
    assert_memory_equal(written + 40, packet, 4);
    assert_memory_equal(written + 44, expected + 11, 16);
    assert_memory_equal(written + 60, packet, 2);
    close(fd);
    unlink(path);
    assert_int_equal(capture_open(&capture, "/nonexistent/capture", 4), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rate_delay_and_queue),
        cmocka_unit_test(test_a_policer_drops_what_is_too_fast),
        cmocka_unit_test(test_the_first_and_the_large_are_lost),
        cmocka_unit_test(test_pauses),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_any_size_is_lost),
        cmocka_unit_test(test_without_rate_only_delays),
        cmocka_unit_test(test_the_same_seed_loses_the_same_packets),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_what_is_held_up_is_overtaken),
        cmocka_unit_test(test_what_is_doubled_comes_out_twice),
        cmocka_unit_test(test_flight_sorts),
        cmocka_unit_test(test_ecn_marks_what_may_be_marked),
        cmocka_unit_test(test_marks_above_the_threshold),
        cmocka_unit_test(test_capture),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
