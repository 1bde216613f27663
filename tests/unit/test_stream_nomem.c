/* test_stream_nomem.c: the Nth allocation fails, for every N, while a filter is parsed and printed
 * and while logs are opened, read and analysed. Either that is said, or nothing is missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define NOMEM_TEXTS
#include "nomem.h"

#include <cmocka.h>
#include <zlib.h>

#include <tcpprobe/filter.h>

#include "../fuzz/drain.h"
#include "capture_maker.h"

/* --- filters --------------------------------------------------------------------------------- */

static bool parse_and_print(const char *expression, const char *expected)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_filter *filter;
    char *text;

    if (tp_filter_parse(&filter, expression, &error) < 0) {
        assert_null(filter);
        assert_int_equal(error.code, TP_ERR_NOMEM);
        assert_string_equal(error.text, "out of memory");
        return false;
    }
    text = tp_filter_text(filter);
    if (text)
        assert_string_equal(text, expected);
    tp_filter_free(filter);
    free(text);
    return text != NULL;
}

static void test_filter(void **state)
{
    bool whole;
    long n = 0;

    (void)state;
    do {
        atomic_store(&nomem_left, n++);
        whole = parse_and_print("port 80 and !(snd_cwnd > 10 or comm ~ 'a*') and tcp_probe && lost",
                                "(port 80 && !(snd_cwnd > 10 || comm ~ \"a*\") && "
                                "event == tcp_probe && event == lost)");
        assert_int_equal(whole, !nomem_reached());
    } while (!whole);
    assert_true(n > 4);
    atomic_store(&nomem_left, NOMEM_NEVER);
}

/* --- streams --------------------------------------------------------------------------------- */

static void check_drain(const char *const *paths, size_t count,
                        const struct tp_stream_options *options, long at_least)
{
    struct drained complete = drain(paths, count, options, 0), drained;
    bool reached;
    long n = 0;

    assert_int_equal(complete.result, TP_OK);
    assert_in_range(complete.records, 20, 1000);
    do {
        atomic_store(&nomem_left, n++);
        drained = drain(paths, count, options, 0);
        reached = nomem_reached();
        if (drained.result == TP_OK)
            drain_check_same(&complete, &drained);
        else
            assert_int_equal(drained.result, TP_ERR_NOMEM);
    } while (reached);
    assert_int_equal(drained.result, TP_OK);
    assert_true(n > at_least);
    atomic_store(&nomem_left, NOMEM_NEVER);
}

static const char log_path[] = "tests/data/short.log";

static void test_plain(void **state)
{
    const struct tp_stream_options options = {.block_bytes = 4096};
    const char *paths[] = {log_path};

    (void)state;
    check_drain(paths, 1, &options, 20);
}

/* Which allocation is the Nth depends on the threads here; each one is hit over the tries. */
static void test_threads(void **state)
{
    const struct tp_stream_options options = {.block_bytes = 4096, .threads = 2};
    const char *paths[] = {log_path};

    (void)state;
    check_drain(paths, 1, &options, 20);
}

static void test_two_inputs(void **state)
{
    const struct tp_stream_options options = {.block_bytes = 4096};
    const char *paths[] = {log_path, NULL};
    struct tp_stream_options zlib = options;
    char packed[32768], log[32768], path[32];
    z_stream stream = {.next_in = (Bytef *)log, .next_out = (Bytef *)packed};
    FILE *file = fopen(log_path, "rb");
    int fd;

    (void)state;
    assert_non_null(file);
    stream.avail_in = (uInt)fread(log, 1, sizeof log, file);
    stream.avail_out = sizeof packed;
    fclose(file);
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    fd = drain_memory_file(packed, stream.total_out, path);
    deflateEnd(&stream);
    assert_true(fd >= 0);
    paths[1] = path;
    check_drain(paths, 2, &options, 30);
    zlib.no_isal = true;
    check_drain(paths, 2, &zlib, 30);
    close(fd);
}

/* With a log that has no offset, so that both are read twice to match them. */
static void test_captures(void **state)
{
    const struct tp_stream_options options = {.block_bytes = 4096}, threads = {.threads = 2};
    const char *paths[] = {NULL, log_path};
    struct maker ng = {0};
    uint8_t frame[FRAME_BYTES], large[9000] = {0};
    char path[32];
    int fd;

    (void)state;
    make_section(&ng, false);
    for (unsigned i = 0; i < 40; i++) {
        if (i % 4 == 0) /* the table of interfaces grows */
            make_interface(&ng, RAW_IP, 0, 9, 0);
        make_frame(frame, (struct segment){1000, 2000, i, 7, TP_TCP_ACK, 0});
        make_packet(&ng, false, i / 4, i, FRAME_BYTES, FRAME_BYTES, frame);
    }
    memcpy(large, frame, sizeof frame); /* and blocks grow */
    make_packet(&ng, false, 0, 99, sizeof large, sizeof large, large);
    fd = drain_memory_file(ng.bytes, ng.length, path);
    assert_true(fd >= 0);
    paths[0] = path;
    check_drain(paths, 1, &options, 10);
    check_drain(paths, 2, &options, 30);
    check_drain(paths, 2, &threads, 30);
    close(fd);
    make_free(&ng);
}

/* Fragments wait, and so do the records between them. */
static void test_fragments(void **state)
{
    const struct tp_stream_options options = {.block_bytes = 4096};
    const char *paths[1];
    struct maker ng = {0};
    uint8_t frame[FRAME_BYTES];
    char path[32];
    int fd;

    (void)state;
    make_section(&ng, false);
    make_interface(&ng, RAW_IP, 0, 9, 0);
    for (unsigned i = 0; i < 400; i++) {
        make_frame(frame, (struct segment){1000, 2000, i, 7, TP_TCP_ACK, 20});
        frame[3] = i % 3 == 1 ? FRAME_BYTES + 20 : FRAME_BYTES;
        frame[5] = (uint8_t)(i / 6);                  /* identification */
        frame[6] = i % 3 == 0 ? 0x20 : 0;             /* the first fragment of two, a packet, ... */
        frame[7] = i % 3 == 2 ? (i % 2 ? 20 : 3) : 0; /* ... the second one, or one that is late */
        make_packet(&ng, false, 0, i, FRAME_BYTES, FRAME_BYTES, frame);
    }
    fd = drain_memory_file(ng.bytes, ng.length, path);
    assert_true(fd >= 0);
    paths[0] = path;
    check_drain(paths, 1, &options, 30);
    close(fd);
    make_free(&ng);
}

/* The records that came in order of their times, or a failure. */
static int read_in_order(const char *path, size_t *count)
{
    const struct tp_stream_options options = {.block_bytes = 4096};
    struct tp_error error = TP_ERROR_INIT;
    const struct tp_record *record;
    struct tp_stream *stream;
    int64_t latest_ns = 0;
    int result = tp_stream_open(&stream, &path, 1, &options, &error);

    for (*count = 0; result >= 0 && (result = tp_stream_next(stream, &record, &error)) == 1;
         ++*count) {
        assert_true(record->ts_ns >= latest_ns);
        latest_ns = record->ts_ns;
    }
    tp_stream_close(stream);
    return result;
}

/* One direction behind the other: each stretch has its reader. */
static void test_stretches(void **state)
{
    struct maker ng = {0};
    uint8_t frame[FRAME_BYTES];
    char path[32];
    size_t count;
    long n = 0;
    int fd, result;

    (void)state;
    make_section(&ng, false);
    make_interface(&ng, RAW_IP, 0, 9, 0);
    for (unsigned i = 0; i < 300; i++) {
        make_frame(frame, (struct segment){1000, 2000, 100 * i, 27, TP_TCP_ACK, 100});
        make_packet(&ng, false, 0, 2000000 * i, FRAME_BYTES, FRAME_BYTES, frame);
    }
    for (unsigned i = 0; i < 300; i++) {
        make_frame(frame, (struct segment){2000, 1000, 7, 100 * (i + 1), TP_TCP_ACK, 20});
        make_packet(&ng, false, 0, 2000000 * i + 1, FRAME_BYTES, FRAME_BYTES, frame);
    }
    fd = drain_memory_file(ng.bytes, ng.length, path);
    assert_true(fd >= 0);
    do {
        atomic_store(&nomem_left, n++);
        result = read_in_order(path, &count);
        assert_int_equal(result, nomem_reached() ? TP_ERR_NOMEM : TP_OK);
    } while (result < 0);
    assert_int_equal(count, 600);
    assert_true(n > 30);
    atomic_store(&nomem_left, NOMEM_NEVER);
    close(fd);
    make_free(&ng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filter),    cmocka_unit_test(test_plain),
        cmocka_unit_test(test_threads),   cmocka_unit_test(test_two_inputs),
        cmocka_unit_test(test_captures),  cmocka_unit_test(test_fragments),
        cmocka_unit_test(test_stretches),
    };

    return cmocka_run_group_tests_name("stream_nomem", tests, NULL, NULL);
}
