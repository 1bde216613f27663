/* test_stream_live.c: a pipe whose writer is slow. The writer is the stream's own `paused`, so that
 * nothing depends on how fast the machine is. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <zlib.h>

#include <tcpprobe/input.h>

#include "input/source.h"

#define CHUNKS_MAX 16
#define BYTES_MAX  (512 * 1024) /* what a pipe can hold */

/* Bytes that come in chunks, the next one whenever everything before it was delivered. */
struct writer {
    const char *bytes;
    size_t ends[CHUNKS_MAX]; /* of the chunks */
    size_t chunks, written;  /* of these */
    int ends_fd;             /* the pipe's writing end; -1 once it is closed */
    unsigned pauses;         /* since the last chunk */
    unsigned patience;       /* pauses between chunks; in the first one the last chunk may not be
                                delivered yet */
    uint64_t delivered, delivered_at[CHUNKS_MAX]; /* records; before each chunk */
};

static void write_chunk(struct writer *writer)
{
    size_t begin = writer->written ? writer->ends[writer->written - 1] : 0;

    writer->delivered_at[writer->written] = writer->delivered;
    assert_int_equal(
        write(writer->ends_fd, writer->bytes + begin, writer->ends[writer->written] - begin),
        (ssize_t)(writer->ends[writer->written] - begin));
    writer->pauses = 0;
    if (++writer->written < writer->chunks)
        return;
    close(writer->ends_fd);
    writer->ends_fd = -1;
}

static int paused(void *context)
{
    struct writer *writer = context;

    if (++writer->pauses >= writer->patience && writer->written < writer->chunks)
        write_chunk(writer);
    return 0;
}

/* What came, in order. */
struct seen {
    uint64_t records, late;
    int64_t ts_ns[64]; /* of the first ones */
    uint64_t fingerprint;
    struct tp_input_info info;
};

static void take(struct seen *seen, const struct tp_record *record)
{
    if (seen->records < sizeof seen->ts_ns / sizeof *seen->ts_ns)
        seen->ts_ns[seen->records] = record->ts_ns;
    seen->records++;
    seen->fingerprint = (seen->fingerprint ^ (uint64_t)record->ts_ns ^ record->have ^
                         (record->has_key ? record->hash : 0)) *
                        UINT64_C(0x9e3779b97f4a7c15);
}

static struct seen read_all(const char *path, const struct tp_stream_options *options,
                            struct writer *writer)
{
    struct seen seen = {0};
    const struct tp_record *record;
    struct tp_error error = TP_ERROR_INIT;
    struct tp_stream *stream;
    int rc = tp_stream_open(&stream, &path, 1, options, &error);

    while (rc >= 0 && (rc = tp_stream_next(stream, &record, &error)) == 1) {
        take(&seen, record);
        if (writer)
            writer->delivered = seen.records;
    }
    if (rc < 0)
        fail_msg("%s", error.text);
    seen.info = *tp_stream_info(stream, 0);
    tp_stream_close(stream);
    return seen;
}

/* The first chunk holds a record: tp_stream_open() waits for it. */
static struct seen read_pipe(struct writer *writer, unsigned threads)
{
    struct tp_stream_options options = {
        .threads = threads, .paused = paused, .paused_context = writer};
    struct seen seen;
    char path[64];
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_true(fcntl(ends[1], F_SETPIPE_SZ, BYTES_MAX) >= BYTES_MAX);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    writer->ends_fd = ends[1];
    write_chunk(writer);
    seen = read_all(path, &options, writer);
    close(ends[0]);
    return seen;
}

/* --- lines ------------------------------------------------------------------------------------ */

static size_t put_line(char *to, size_t room, unsigned us)
{
    return (size_t)snprintf(
        to, room,
        "          <idle>-0       [000] ..s1.    10.%06u: tcp_probe: family=AF_INET "
        "src=10.0.0.1:5201 dest=10.0.0.2:40000 mark=0x0 data_len=0 snd_nxt=0x%x snd_una=0x1 "
        "snd_cwnd=10 ssthresh=2147483647 snd_wnd=65535 srtt=100 rcv_wnd=65535 sock_cookie=1\n",
        us, us + 1);
}

/* One line a chunk, with these times. */
static struct writer lines(char *text, size_t room, const unsigned *us, size_t count)
{
    struct writer writer = {.bytes = text, .chunks = count};
    size_t length = 0, i;

    for (i = 0; i < count; i++) {
        length += put_line(text + length, room - length, us[i]);
        writer.ends[i] = length;
    }
    return writer;
}

static void each_line_comes_before_the_next_is_written(void **state)
{
    static const unsigned us[] = {1, 2, 3, 4};
    char text[4096];

    (void)state;
    for (unsigned threads = 0; threads < 3; threads++) {
        struct writer writer = lines(text, sizeof text, us, 4);
        struct seen seen;

        writer.patience = 2 + 2 * threads; /* threads read ahead, also that nothing came */
        seen = read_pipe(&writer, threads);
        assert_int_equal(seen.records, 4);
        for (size_t i = 0; i < 4; i++)
            assert_int_equal(writer.delivered_at[i], i);
        assert_string_equal(seen.info.format, "ftrace");
        assert_string_equal(seen.info.warning, "");
    }
}

static void neighbours_are_sorted_over_a_pause(void **state)
{
    static const unsigned us[] = {1, 3, 2, 4, 6, 5};
    char text[4096];
    struct writer writer = lines(text, sizeof text, us, 6);
    struct seen seen;

    (void)state;
    writer.patience = 1;
    seen = read_pipe(&writer, 0);
    assert_int_equal(seen.records, 6);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(seen.ts_ns[i], INT64_C(10000000000) + (i + 1) * 1000);
    assert_int_equal(seen.info.late, 0);
}

static void what_comes_after_a_pause_is_late(void **state)
{
    static const unsigned us[] = {1, 3, 2, 4};
    char text[4096];
    struct writer writer = lines(text, sizeof text, us, 4);
    struct seen seen;

    (void)state;
    writer.patience = 3;
    seen = read_pipe(&writer, 0);
    assert_int_equal(seen.records, 4);
    assert_int_equal(seen.info.late, 1);
}

static int stop(void *context)
{
    (void)context;
    return -1;
}

static void paused_stops_it(void **state)
{
    struct tp_stream_options options = {.paused = stop};
    struct tp_error error = TP_ERROR_INIT;
    const struct tp_record *record;
    struct tp_stream *stream;
    const char *paths[1];
    char path[64], text[512];
    int ends[2], rc;

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    paths[0] = path;
    assert_true(write(ends[1], text, put_line(text, sizeof text, 1)) > 0);
    assert_int_equal(tp_stream_open(&stream, paths, 1, &options, &error), TP_OK);
    while ((rc = tp_stream_next(stream, &record, &error)) == 1)
        ;
    assert_int_equal(rc, TP_ERR_STOPPED);
    assert_int_equal(error.code, TP_ERR_STOPPED);
    tp_stream_close(stream);
    close(ends[0]);
    close(ends[1]);
}

/* --- any format, cut anywhere ----------------------------------------------------------------- */

static char *slurp(const char *path, bool inflate, size_t *length)
{
    char *bytes = malloc(BYTES_MAX);
    gzFile file = gzopen(path, "r");
    FILE *plain = fopen(path, "r");

    assert_true(bytes && file && plain);
    *length = inflate ? (size_t)gzread(file, bytes, BYTES_MAX) : fread(bytes, 1, BYTES_MAX, plain);
    assert_in_range(*length, 10000, BYTES_MAX);
    gzclose(file);
    fclose(plain);
    return bytes;
}

static struct seen read_whole(const char *bytes, size_t length)
{
    struct seen seen;
    char path[64];
    int fd = memfd_create("whole", MFD_CLOEXEC);

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    assert_int_equal(write(fd, bytes, length), (ssize_t)length);
    seen = read_all(path, NULL, NULL);
    close(fd);
    return seen;
}

static void assert_same(const struct seen *pieces, const struct seen *whole)
{
    assert_int_equal(pieces->records, whole->records);
    assert_int_equal(pieces->fingerprint, whole->fingerprint);
    assert_int_equal(pieces->info.lines, whole->info.lines);
    assert_int_equal(pieces->info.malformed, whole->info.malformed);
    assert_int_equal(pieces->info.late, whole->info.late);
    assert_int_equal(pieces->info.recorded, whole->info.recorded);
    assert_string_equal(pieces->info.format, whole->info.format);
    assert_string_equal(pieces->info.links, whole->info.links);
    assert_string_equal(pieces->info.clock, whole->info.clock);
    assert_string_equal(pieces->info.warning, whole->info.warning);
}

static void cut_anywhere(struct writer *writer, size_t length, unsigned seed)
{
    size_t at = length / 2;

    srandom(seed);
    for (; writer->chunks < 3 && at < length; at += 1 + (size_t)random() % (length / 10))
        writer->ends[writer->chunks++] = at;
    writer->ends[writer->chunks++] = length;
}

static void read_in_pieces(const char *bytes, size_t length, const struct seen *whole)
{
    for (unsigned seed = 1; seed < 4; seed++) {
        struct writer writer = {.bytes = bytes, .patience = 1 + seed % 2};
        struct seen pieces;

        cut_anywhere(&writer, length, seed);
        pieces = read_pipe(&writer, seed / 2);
        assert_same(&pieces, whole);
    }
}

/* The beginning, where the headers are, in pieces of which some are waited for. */
static void write_in_bits(int fd, const char *bytes, size_t length)
{
    size_t at = 0, part;

    for (unsigned i = 0; at < length; i++, at += part) {
        part = i < 20 ? 7 : length - at;
        if (write(fd, bytes + at, part) != (ssize_t)part)
            _exit(1);
        if (i < 20 && i % 6 == 0)
            usleep(2000 * SOURCE_PATIENCE_MS);
    }
    _exit(0);
}

static int nothing(void *context)
{
    (void)context;
    return 0;
}

static void read_in_bits(const char *bytes, size_t length, const struct seen *whole)
{
    const struct tp_stream_options options = {.paused = nothing};
    struct seen bits;
    char path[64];
    int ends[2], status;
    pid_t child;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    child = fork();
    assert_true(child >= 0); /* else nobody writes, and it "is empty" */
    if (child == 0) {
        close(ends[0]);
        write_in_bits(ends[1], bytes, length);
    }
    close(ends[1]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    bits = read_all(path, &options, NULL);
    close(ends[0]);
    assert_same(&bits, whole);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void pieces_give_what_the_file_gives(void **state)
{
    static const char *const paths[] = {"samples/cubic-loss.log.gz", "samples/cubic-loss.pcap.gz",
                                        "tests/data/short.log"};

    (void)state;
    for (size_t i = 0; i < 2 * (sizeof paths / sizeof *paths); i++) {
        size_t length;
        char *bytes = slurp(paths[i / 2], i % 2, &length);
        struct seen whole = read_whole(bytes, length);

        read_in_pieces(bytes, length, &whole);
        read_in_bits(bytes, length, &whole);
        free(bytes);
    }
}

/* --- two pipes -------------------------------------------------------------------------------- */

struct two {
    struct writer first, second;
};

/* The second says nothing until the first has said all. */
static int paused_two(void *context)
{
    struct two *two = context;

    return paused(two->first.written < two->first.chunks ? &two->first : &two->second);
}

static void begin_two(struct two *two, int ends[2], char path[64])
{
    for (unsigned i = 0; i < 2; i++) {
        struct writer *writer = i ? &two->second : &two->first;

        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        writer->ends_fd = ends[1];
        writer->patience = 3;
        snprintf(path, 64, "/proc/self/fd/%d", ends[0]);
        write_chunk(writer);
        path += 64;
        ends += 2;
    }
}

static void read_two(int64_t patience_ns, const int64_t *expected_us)
{
    static const unsigned first_us[] = {100, 200, 300}, second_us[] = {150, 250, 400};
    char text[2][2048], paths[2][64];
    struct two two = {lines(text[0], sizeof text[0], first_us, 3),
                      lines(text[1], sizeof text[1], second_us, 3)};
    struct tp_stream_options options = {.same_clock = true,
                                        .paused = paused_two,
                                        .paused_context = &two,
                                        .patience_ns = patience_ns};
    const char *names[] = {paths[0], paths[1]};
    const struct tp_record *record;
    struct tp_error error = TP_ERROR_INIT;
    struct tp_stream *stream;
    unsigned count = 0;
    int ends[4], rc;

    begin_two(&two, ends, paths[0]);
    rc = tp_stream_open(&stream, names, 2, &options, &error);
    while (rc >= 0 && (rc = tp_stream_next(stream, &record, &error)) == 1) {
        assert_true(count < 6);
        assert_int_equal(record->ts_ns, INT64_C(10000000000) + expected_us[count++] * 1000);
    }
    assert_int_equal(rc, 0);
    assert_int_equal(count, 6);
    tp_stream_close(stream);
    close(ends[0]);
    close(ends[2]);
}

/* What the second says in time stands in its place; what it says later, behind the others. */
static void one_that_says_nothing_holds_nobody_up_for_ever(void **state)
{
    static const int64_t in_time[] = {100, 150, 200, 250, 300, 400},
                         late[] = {100, 150, 200, 300, 250, 400};

    (void)state;
    read_two(INT64_C(3600000000000), in_time);
    read_two(1, late);
    read_two(0, in_time);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_says_nothing_holds_nobody_up_for_ever),
        cmocka_unit_test(each_line_comes_before_the_next_is_written),
        cmocka_unit_test(neighbours_are_sorted_over_a_pause),
        cmocka_unit_test(what_comes_after_a_pause_is_late),
        cmocka_unit_test(paused_stops_it),
        cmocka_unit_test(pieces_give_what_the_file_gives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
