/* test_align.c: packets among the events of logs: by the offset in the log's header, by the ACKs
 * that both hold, or not at all. */
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

#define S     INT64_C(1000000000)
#define US    INT64_C(1000)
#define WALL  (INT64_C(1700000000) * S) /* when the log's clock was 0 */
#define ACKS  100
#define PATHS 4

/* Of a run over several inputs. */
struct seen {
    struct tp_input_info info[PATHS];
    bool in_order;
    uint64_t records;
};

static void read_paths(struct seen *seen, const char *const *paths, size_t count, bool same_clock)
{
    const struct tp_stream_options options = {.same_clock = same_clock};
    struct tp_error error = TP_ERROR_INIT;
    const struct tp_record *record;
    struct tp_stream *stream;
    int64_t last = INT64_MIN;
    uint32_t timeline = 0;

    *seen = (struct seen){.in_order = true};
    assert_int_equal(tp_stream_open(&stream, paths, count, &options, &error), 0);
    while (tp_stream_next(stream, &record, &error) == 1) {
        seen->records++;
        if (record->key.timeline != timeline)
            last = INT64_MIN;
        timeline = record->key.timeline;
        seen->in_order &= record->ts_ns >= last;
        last = record->ts_ns;
    }
    for (size_t i = 0; i < count; i++)
        seen->info[i] = *tp_stream_info(stream, i);
    tp_stream_close(stream);
}

struct file {
    int fd;
    char path[32];
};

static struct file save(const void *bytes, size_t length)
{
    struct file file;

    file.fd = drain_memory_file(bytes, length, file.path);
    assert_true(file.fd >= 0);
    return file;
}

/* The sender's socket: each ACK fires a probe that still shows what was acknowledged before. */
static struct file make_log(const char *header, unsigned delay_us)
{
    static char text[ACKS * 256];
    int length = sprintf(text, "%s", header);

    for (unsigned i = 0; i < ACKS; i++) {
        unsigned us = i * 10000 + delay_us + i % 3;

        length += sprintf(text + length,
                          "           <...>-1       [000] ..s2. %5u.%06u: tcp_probe: "
                          "src=10.0.0.1:1000 dest=10.0.0.2:2000 mark=0x0 data_len=0 snd_nxt=0x%x "
                          "snd_una=0x%x snd_cwnd=10\n",
                          50 + us / 1000000, us % 1000000, 5000 + i * 100, 1000 + i * 100);
    }
    return save(text, (size_t)length);
}

/* The ACKs that fire them, by wall-clock time. */
static struct file make_capture(int64_t first_ns, unsigned packets, uint32_t first_ack)
{
    struct maker maker = {0};
    uint8_t frame[FRAME_BYTES];
    struct file file;

    make_pcap(&maker, 0xa1b23c4d, 4, 0, RAW_IP);
    for (unsigned i = 0; i < packets; i++) {
        int64_t ts_ns = first_ns + i * 10 * 1000 * US;

        make_frame(frame, (struct segment){2000, 1000, 7, first_ack + i * 100, TP_TCP_ACK, 0});
        make_pcap_packet(&maker, (uint32_t)(ts_ns / S), (uint32_t)(ts_ns % S), FRAME_BYTES,
                         FRAME_BYTES, frame);
    }
    file = save(maker.bytes, maker.length);
    make_free(&maker);
    return file;
}

static void check(struct seen *seen, struct file log, struct file capture, uint32_t timeline,
                  int64_t shift_ns, const char *aligned)
{
    const char *paths[] = {log.path, capture.path};

    for (unsigned order = 0; order < 2; order++) {
        const struct tp_input_info *capture_info = &seen->info[1 - order];

        paths[order] = log.path;
        paths[1 - order] = capture.path;
        read_paths(seen, paths, 2, false);
        assert_true(seen->in_order);
        assert_true(capture_info->capture);
        assert_int_equal(seen->info[1].timeline, timeline);
        assert_int_equal(seen->info[0].timeline, 0);
        if (capture_info->shift_ns != shift_ns)
            fail_msg("%lld", (long long)capture_info->shift_ns);
        assert_string_equal(capture_info->aligned, aligned);
        assert_string_equal(seen->info[order].aligned, "");
    }
    close(log.fd);
    close(capture.fd);
}

static const char with_offset[] = "# clock=mono realtime_minus_mono_ns=1700000000000000000\n";

static void the_header_s_offset_tells(void **state)
{
    struct seen seen;

    (void)state;
    check(
        &seen, make_log(with_offset, 30), make_capture(WALL + 50 * S, ACKS, 1100), 0, -WALL,
        "by the offset in the log's header; of 99 matching ACKs nine of ten agree within 32.0 us");
    assert_int_equal(seen.records, 2 * ACKS);
    assert_true(seen.info[0].first_ns == 50 * S && seen.info[1].first_ns == 50 * S + 30 * US);
    check(&seen, make_log(with_offset, 30), make_capture(WALL + 50 * S, 5, 1100), 0, -WALL,
          "by the offset in the log's header");
    check(&seen, make_log(with_offset, 30), make_capture(WALL + 50 * S, ACKS, 999999), 0, -WALL,
          "by the offset in the log's header");
}

/* The capture is from a machine whose clock is wrong. */
static void acks_know_better_than_an_offset(void **state)
{
    struct seen seen;

    (void)state;
    check(&seen, make_log(with_offset, 30), make_capture(WALL + 60 * S, ACKS, 1100), 0,
          -WALL - 10 * S + 31 * US, "by 99 matching ACKs, nine of ten within 1.0 us");
}

static void without_offset_the_acks_tell(void **state)
{
    struct seen seen;

    (void)state;
    check(&seen, make_log("", 30), make_capture(WALL + 77 * S, ACKS, 1100), 0,
          -WALL - 27 * S + 31 * US, "by 99 matching ACKs, nine of ten within 1.0 us");
}

/* Only states were recorded: connections that the capture saw being made. */
static void without_probes_handshakes_tell(void **state)
{
    static char text[20 * 320];
    struct maker maker = {0};
    uint8_t frame[FRAME_BYTES];
    struct seen seen;
    int length = 0;

    (void)state;
    make_pcap(&maker, 0xa1b23c4d, 4, 0, RAW_IP);
    for (unsigned i = 0; i < 20; i++) {
        length += sprintf(text + length,
                          "           <...>-1       [000] ..s2.    %u.000040: inet_sock_set_state: "
                          "family=AF_INET protocol=IPPROTO_TCP sport=%u dport=2000 saddr=10.0.0.1 "
                          "daddr=10.0.0.2 saddrv6=:: daddrv6=:: oldstate=TCP_SYN_SENT "
                          "newstate=TCP_ESTABLISHED\n",
                          10 + i, 1000 + i);
        make_frame(frame,
                   (struct segment){2000, (uint16_t)(1000 + i), 7, 8, TP_TCP_SYN | TP_TCP_ACK, 0});
        make_pcap_packet(&maker, (uint32_t)(WALL / S) + i, 0, FRAME_BYTES, FRAME_BYTES, frame);
    }
    check(&seen, save(text, (size_t)length), save(maker.bytes, maker.length), 0,
          -WALL + 10 * S + 40 * US, "by 20 matching ACKs, nine of ten within 0 ns");
    make_free(&maker);
}

static void what_does_not_match_is_kept_apart(void **state)
{
    struct seen seen;

    (void)state;
    check(&seen, make_log("", 30), make_capture(WALL, ACKS, 999999), 1, 0, "");
    check(&seen, make_log("", 30), make_capture(WALL, 7, 1100), 1, 0, ""); /* too few */
    check(&seen, make_log("", 30), make_capture(WALL, 0, 1100), 1, 0, "");
}

/* Ring-buffer files belong together, and with two logs of which only one fits. */
static void several_captures_move_together(void **state)
{
    struct file files[] = {
        make_capture(WALL + 50 * S, 50, 1100), make_log("", 30),
        make_log("# clock=mono realtime_minus_mono_ns=1600000000000000000\n", 30),
        make_capture(WALL + 50 * S + S / 2, 50, 6100)};
    const char *paths[] = {files[0].path, files[1].path, files[2].path, files[3].path};
    struct seen seen;

    (void)state;
    read_paths(&seen, paths, 4, false);
    assert_true(seen.in_order);
    assert_int_equal(seen.records, 3 * ACKS);
    assert_int_equal(seen.info[0].timeline,
                     1); /* the only offset there is, though it is wrong ... */
    assert_int_equal(seen.info[1].timeline, 0);
    assert_int_equal(seen.info[2].timeline, 1);
    assert_int_equal(seen.info[3].timeline, 1);
    assert_true(seen.info[0].shift_ns == -WALL + 31 * US); /* ... and the ACKs know better */
    assert_true(seen.info[3].shift_ns == seen.info[0].shift_ns);
    read_paths(&seen, paths, 4, true);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(seen.info[i].timeline, 0);
        assert_true(seen.info[i].shift_ns == 0);
        close(files[i].fd);
    }
}

/* Made in the same seconds on one machine (tests/data/README.md). */
static void the_recorded_pairs_agree(void **state)
{
    static const char *const pairs[][2] = {
        {"samples/cubic-loss.log.gz", "tests/data/pairs/cubic-loss.pcap.gz"},
        {"tests/data/pairs/two-flows-ipv6.log.gz", "tests/data/pairs/two-flows-ipv6.pcap.gz"},
        {"tests/data/pairs/rwnd-limited.log.gz", "tests/data/pairs/rwnd-limited.pcap.gz"},
        {"tests/data/pairs/app-limited-bbr.log.gz", "tests/data/pairs/app-limited-bbr.pcap.gz"}};
    struct seen seen;

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        unsigned matches = 0;
        double us = 0;

        read_paths(&seen, pairs[i], 2, false);
        assert_int_equal(seen.info[1].timeline, 0);
        assert_true(seen.info[1].shift_ns == -seen.info[0].wall_offset_ns);
        assert_int_equal(
            sscanf(seen.info[1].aligned,
                   "by the offset in the log's header; of %u matching ACKs nine of ten "
                   "agree within %lf us",
                   &matches, &us),
            2);
        assert_in_range(matches, 1000, 10000);
        assert_true(us < 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_s_offset_tells),
        cmocka_unit_test(acks_know_better_than_an_offset),
        cmocka_unit_test(without_offset_the_acks_tell),
        cmocka_unit_test(without_probes_handshakes_tell),
        cmocka_unit_test(what_does_not_match_is_kept_apart),
        cmocka_unit_test(several_captures_move_together),
        cmocka_unit_test(the_recorded_pairs_agree),
    };

    return cmocka_run_group_tests_name("align", tests, NULL, NULL);
}
