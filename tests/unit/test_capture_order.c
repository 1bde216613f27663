/* test_capture_order.c: captures that do not stand in the order of time: which are merged, which
 * are refused, and which only look like it. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fuzz/drain.h"
#include "capture_maker.h"

#define ROUNDS  300 /* more than are sorted */
#define PACKETS 12000

/* Segments of 100 bytes every 10 ms, each acknowledged 4 ms later; port 2000 is the one that
 * answers. */
struct packet {
    int64_t ms;
    struct segment segment;
    uint32_t number; /* in the order of time */
};

struct capture {
    struct packet list[PACKETS];
    size_t count;
};

static void add(struct capture *capture, int64_t ms, struct segment segment)
{
    assert_true(capture->count < PACKETS);
    capture->list[capture->count] = (struct packet){ms, segment, (uint32_t)capture->count};
    capture->count++;
}

/* The connection from that port, so many rounds of it from a time on; answers come after_ms. */
static void add_rounds(struct capture *capture, uint16_t port, int64_t from_ms, int64_t after_ms,
                       unsigned first, unsigned rounds)
{
    for (unsigned i = first; i < first + rounds; i++) {
        int64_t ms = from_ms + 10 * (int64_t)(i - first);

        add(capture, ms, (struct segment){port, 2000, 100 * i, 7, TP_TCP_ACK, 100});
        add(capture, ms + after_ms, (struct segment){2000, port, 7, 100 * (i + 1), TP_TCP_ACK, 0});
    }
}

/* Of [from, to): those that are no answers, then those that are. */
static void by_direction(struct capture *capture, size_t from, size_t to)
{
    struct packet *sorted = malloc((to - from) * sizeof *sorted);
    size_t i, count = 0;

    assert_non_null(sorted);
    for (unsigned answer = 0; answer < 2; answer++)
        for (i = from; i < to; i++)
            if ((capture->list[i].segment.sport == 2000) == answer)
                sorted[count++] = capture->list[i];
    memcpy(capture->list + from, sorted, count * sizeof *sorted);
    free(sorted);
}

static void write_capture(struct maker *maker, const struct capture *capture)
{
    uint8_t frame[FRAME_BYTES];

    make_pcap(maker, 0xa1b2c3d4, 4, 0, RAW_IP);
    for (size_t i = 0; i < capture->count; i++) {
        const struct packet *packet = &capture->list[i];

        make_frame(frame, packet->segment);
        make_pcap_packet(maker, (uint32_t)(packet->ms / 1000), (uint32_t)(packet->ms % 1000 * 1000),
                         FRAME_BYTES, FRAME_BYTES + packet->segment.payload, frame);
    }
}

struct reading {
    int result;
    struct tp_error error;
    size_t count;
    uint64_t frames[PACKETS];
    int64_t times_ns[PACKETS];
    struct tp_input_info info;
};

static struct reading reading;

static void read_path(const char *path, const struct tp_stream_options *options)
{
    const struct tp_record *record;
    struct tp_stream *stream;

    memset(&reading, 0, sizeof reading);
    assert_int_equal(tp_stream_open(&stream, &path, 1, options, &reading.error), TP_OK);
    while ((reading.result = tp_stream_next(stream, &record, &reading.error)) == 1) {
        reading.frames[reading.count] = record->frame;
        reading.times_ns[reading.count++] = record->ts_ns;
    }
    reading.info = *tp_stream_info(stream, 0);
    tp_stream_close(stream);
}

static void read_capture(const struct capture *capture, const struct tp_stream_options *options)
{
    struct maker maker = {0};
    char path[32];
    int fd;

    write_capture(&maker, capture);
    fd = drain_memory_file(maker.bytes, maker.length, path);
    assert_true(fd >= 0);
    read_path(path, options);
    close(fd);
    make_free(&maker);
}

/* All of them, each where it was in the order of time. */
static void assert_in_order(const struct capture *capture)
{
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.count, capture->count);
    assert_int_equal(reading.info.lines, capture->count);
    assert_int_equal(reading.info.records, capture->count);
    assert_int_equal(reading.info.late, 0);
    assert_int_equal(reading.info.steps, 0);
    for (size_t i = 0; i < capture->count; i++)
        assert_int_equal(capture->list[reading.frames[i] - 1].number, i);
}

static void assert_refused(uint64_t frame)
{
    assert_int_equal(reading.result, TP_ERR_FORMAT);
    assert_int_equal(reading.error.line, frame);
    assert_non_null(strstr(reading.error.text, "do not stand in the order of time"));
    assert_non_null(strstr(reading.error.text, "'reordercap IN OUT'"));
    for (size_t i = 0; i < reading.count; i++)
        assert_true(reading.frames[i] < frame);
}

static struct capture capture;

static void reset(void)
{
    capture.count = 0;
}

/* --- merged --------------------------------------------------------------------------------- */

static void directions_are_merged(void **state)
{
    const struct tp_stream_options options[] = {
        {0}, {.block_bytes = 4096}, {.threads = 3}, {.fields = TP_BIT(SEQ), .block_bytes = 4096}};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        reset();
        add_rounds(&capture, 1000, 1000, 4, 0, ROUNDS);
        by_direction(&capture, 0, capture.count);
        read_capture(&capture, &options[i]);
        assert_in_order(&capture);
        assert_int_equal(reading.info.stretches, 2);
        assert_int_equal(reading.info.next_stretch, ROUNDS + 1);
        assert_true(reading.info.first_ns == INT64_C(1000000000));
    }
}

/* An answer at the very time of what it answers stands behind it. */
static void equal_times_are_in_the_order_of_numbers(void **state)
{
    (void)state;
    reset();
    add_rounds(&capture, 1000, 1000, 0, 0, ROUNDS);
    by_direction(&capture, 0, capture.count);
    read_capture(&capture, NULL);
    assert_in_order(&capture);
}

/* One connection after the other: two stretches each. */
static void add_connections(unsigned count)
{
    size_t from;

    reset();
    for (unsigned i = 0; i < count; i++) {
        from = capture.count;
        add_rounds(&capture, (uint16_t)(1000 + i), 1000 + i, 4, 0, ROUNDS);
        by_direction(&capture, from, capture.count);
    }
}

static void many_stretches_are_merged_and_too_many_refused(void **state)
{
    (void)state;
    add_connections(8);
    read_capture(&capture, NULL);
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.info.stretches, 16);
    assert_int_equal(reading.count, capture.count);
    for (size_t i = 1; i < reading.count; i++)
        assert_true(reading.times_ns[i - 1] <= reading.times_ns[i]);
    add_connections(9);
    capture.list[ROUNDS].segment.payload = 50; /* what was answered proves it */
    for (size_t i = 0; i < ROUNDS; i++)
        capture.list[i].segment.ack = 57;
    read_capture(&capture, NULL);
    assert_refused(ROUNDS + 1);
}

/* --- refused -------------------------------------------------------------------------------- */

static void swap_halves(void)
{
    size_t half = capture.count / 2;
    struct packet *first = malloc(half * sizeof *first);

    assert_non_null(first);
    memcpy(first, capture.list, half * sizeof *first);
    memmove(capture.list, capture.list + half, half * sizeof *first);
    memcpy(capture.list + half, first, half * sizeof *first);
    free(first);
}

static void the_later_half_first_is_refused(void **state)
{
    (void)state;
    reset();
    add_rounds(&capture, 1000, 1000, 4, 0, 2 * ROUNDS);
    swap_halves();
    read_capture(&capture, NULL);
    assert_refused(2 * ROUNDS + 1);
    read_capture(&capture, &(struct tp_stream_options){.threads = 2, .block_bytes = 4096});
    assert_refused(2 * ROUNDS + 1);
}

static int watch(void *context)
{
    (void)context;
    return 0;
}

static void read_pipe(const struct tp_stream_options *options)
{
    struct maker maker = {0};
    char path[32];
    int ends[2];

    write_capture(&maker, &capture);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], maker.bytes, maker.length), (ssize_t)maker.length);
    close(ends[1]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    read_path(path, options);
    close(ends[0]);
    make_free(&maker);
}

/* Who watches a pipe gets records before it can be known what comes. */
static void a_pipe_is_refused_unless_it_is_watched(void **state)
{
    (void)state;
    reset();
    add_rounds(&capture, 1000, 1000, 4, 0, ROUNDS);
    capture.list[1].segment.payload = 50;
    by_direction(&capture, 0, capture.count);
    for (size_t i = 0; i < ROUNDS; i++)
        capture.list[i].segment.ack = 57;
    read_pipe(NULL);
    assert_refused(ROUNDS + 1);
    read_pipe(&(struct tp_stream_options){.paused = watch});
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.count, capture.count);
    assert_true(reading.info.late > 0);
}

/* --- what only looks like it ------------------------------------------------------------------ */

static void assert_as_it_stands(uint32_t steps)
{
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.count, capture.count);
    assert_int_equal(reading.info.stretches, 1);
    assert_int_equal(reading.info.steps, steps);
}

static void move_back(size_t from, int64_t by_ms, bool answers)
{
    for (size_t i = from; i < capture.count; i++)
        if (!answers || capture.list[i].segment.sport == 2000)
            capture.list[i].ms -= by_ms;
}

static void a_clock_that_is_set_back_begins_no_stretch(void **state)
{
    (void)state;
    for (size_t at = 1; at < 2 * ROUNDS; at += 97) {
        reset();
        add_rounds(&capture, 1000, 3700000, 4, 0, ROUNDS);
        move_back(at, 3600000, false);
        read_capture(&capture, NULL);
        assert_as_it_stands(1);
        assert_int_equal(reading.info.late, 0);
    }
}

/* Its byte was acknowledged long ago, and so it is the first packet behind the step that proves
 * nothing. */
static void a_keep_alive_behind_a_step_is_no_proof(void **state)
{
    const struct segment probe = {1000, 2000, 99, 7, TP_TCP_ACK, 1};
    const struct segment answer = {2000, 1000, 7, 100, TP_TCP_ACK, 0};

    (void)state;
    reset();
    for (unsigned i = 0; i < 2 * ROUNDS; i++) {
        add(&capture, (i < ROUNDS ? 3700000 : 200000) + 10 * i, probe);
        add(&capture, (i < ROUNDS ? 3700000 : 200000) + 10 * i + 4, answer);
    }
    read_capture(&capture, NULL);
    assert_as_it_stands(0);
    assert_int_equal(reading.info.late, 1);
}

/* Nothing but one direction was captured; its clock was set back. */
static void one_direction_alone_is_no_stretch(void **state)
{
    (void)state;
    reset();
    add_rounds(&capture, 1000, 3700000, 4, 0, ROUNDS);
    by_direction(&capture, 0, capture.count);
    capture.count /= 2;
    move_back(ROUNDS / 2, 3600000, false);
    read_capture(&capture, NULL);
    assert_as_it_stands(1);
}

/* Each direction has a clock of its own: the order of the file is right. */
static void answers_that_are_early_are_no_stretch(void **state)
{
    static const int64_t early_ms[] = {5, 60, 2000, 1000000};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        reset();
        add_rounds(&capture, 1000, 3700000, 4, 0, ROUNDS);
        move_back(0, early_ms[i], true);
        read_capture(&capture, NULL);
        assert_as_it_stands(0);
        for (size_t j = 0; j < reading.count; j++)
            assert_int_equal(reading.frames[j], j + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directions_are_merged),
        cmocka_unit_test(equal_times_are_in_the_order_of_numbers),
        cmocka_unit_test(many_stretches_are_merged_and_too_many_refused),
        cmocka_unit_test(the_later_half_first_is_refused),
        cmocka_unit_test(a_pipe_is_refused_unless_it_is_watched),
        cmocka_unit_test(a_clock_that_is_set_back_begins_no_stretch),
        cmocka_unit_test(a_keep_alive_behind_a_step_is_no_proof),
        cmocka_unit_test(one_direction_alone_is_no_stretch),
        cmocka_unit_test(answers_that_are_early_are_no_stretch),
    };

    return cmocka_run_group_tests_name("capture_order", tests, NULL, NULL);
}
