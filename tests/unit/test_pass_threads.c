/* test_pass_threads.c: a pass that threads share finds what one thread finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <tcpprobe/pass.h>

#include "capture_maker.h"
#include "same_flows.h"

enum { FILE_FLOWS = 40, FILE_PACKETS = 24000 };

/* More than a megabyte, so that sharing it pays. back_us: the clock is set back in the middle. */
static void write_capture(char *path, uint32_t back_us)
{
    struct maker maker = {0};
    uint8_t frame[FRAME_BYTES];
    int fd = mkstemp(path);

    make_pcap(&maker, 0xa1b2c3d4, 4, 96, RAW_IP);
    for (uint32_t i = 0; i < FILE_PACKETS; i++) {
        uint32_t round = i / FILE_FLOWS,
                 us = 20000000 + i * 50 - (i > FILE_PACKETS / 2 ? back_us : 0);
        uint16_t port = (uint16_t)(20000 + i % FILE_FLOWS);

        make_frame(frame, round & 1
                              ? (struct segment){80, port, 7, 1 + (round + 1) / 2 * 100, 0x10, 0}
                              : (struct segment){port, 80, 1 + round / 2 * 100, 7, 0x10, 100});
        make_pcap_packet(&maker, us / 1000000, us % 1000000, FRAME_BYTES,
                         FRAME_BYTES + (round & 1 ? 0 : 100), frame);
    }
    assert_true(fd >= 0);
    assert_int_equal(write(fd, maker.bytes, maker.length), maker.length);
    close(fd);
    make_free(&maker);
}

static struct tp_analysis *analyse(const char *path, unsigned threads, struct tp_filter *filter,
                                   struct tp_pass_counts *counts, struct tp_input_info *info)
{
    const struct tp_pass_options options = {.stream.threads = threads, .filter = filter};
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    struct tp_error error = TP_ERROR_INIT;
    struct tp_pass *pass;

    assert_int_equal(tp_pass_open(&pass, &path, 1, &options, &error), 0);
    assert_int_equal(tp_pass_analyse(pass, analysis, &error), 0);
    *counts = tp_pass_counts(pass);
    *info = *tp_stream_info(tp_pass_stream(pass), 0);
    tp_pass_close(pass);
    return analysis;
}

static void assert_threads_make_no_difference(uint32_t back_us, const char *expression)
{
    char path[] = "/tmp/tcpprobe-shares-XXXXXX";
    struct tp_pass_counts counts[2];
    struct tp_input_info info[2];
    struct tp_analysis *alone, *shared;
    struct tp_filter *filter = NULL;

    write_capture(path, back_us);
    if (expression)
        assert_int_equal(tp_filter_parse(&filter, expression, NULL), 0);
    alone = analyse(path, 0, filter, &counts[0], &info[0]);
    assert_int_equal(counts[0].seen, FILE_PACKETS);
    assert_int_equal(info[0].steps, back_us > 0);
    for (unsigned threads = 1; threads < 9; threads += 3) {
        shared = analyse(path, threads, filter, &counts[1], &info[1]);
        assert_same_flows(alone, shared);
        assert_memory_equal(&counts[0], &counts[1], sizeof counts[0]);
        assert_int_equal(info[0].records, info[1].records);
        assert_int_equal(info[0].last_ns, info[1].last_ns);
        tp_analysis_free(shared);
    }
    tp_analysis_free(alone);
    tp_filter_free(filter);
    unlink(path);
}

static void test_threads_make_no_difference(void **state)
{
    (void)state;
    assert_threads_make_no_difference(0, NULL);
    assert_threads_make_no_difference(0, "sport < 20020 || dport < 20020");
}

static void test_nor_where_it_cannot_be_shared(void **state)
{
    (void)state;
    assert_threads_make_no_difference(5000000, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_make_no_difference),
        cmocka_unit_test(test_nor_where_it_cannot_be_shared),
    };

    return cmocka_run_group_tests_name("pass_threads", tests, NULL, NULL);
}
