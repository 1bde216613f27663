/* test_stream.c: files to records: several producers of the same events, order, damage, limits. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include <zlib.h>

#include <tcpprobe/input.h>

#define FORMATS "tests/data/formats/"

/* A file without a name on any disk: path to open it by. */
struct memory_file {
    int fd;
    char path[64];
};

static void memory_file_write(struct memory_file *file, const void *bytes, size_t length)
{
    file->fd = memfd_create("input", MFD_CLOEXEC);
    assert_true(file->fd >= 0);
    assert_int_equal(write(file->fd, bytes, length), (ssize_t)length);
    snprintf(file->path, sizeof file->path, "/proc/self/fd/%d", file->fd);
}

/* What went through a stream: enough to tell two passes apart. */
struct pass {
    int result;
    uint64_t records, fingerprint;
    struct tp_input_info info; /* of the first input */
    struct tp_error error;
};

static uint64_t mix(uint64_t h, int64_t value)
{
    return (h ^ (uint64_t)value) * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

static uint64_t record_fingerprint(uint64_t h, const struct tp_record *record, uint64_t fields)
{
    h = mix(mix(h, record->ts_ns), record->kind);
    if (record->has_key)
        h = mix(mix(h, record->hash), record->local);
    for (unsigned i = 0; i < TP_FIELD_COUNT; i++) {
        if (!(record->have & fields & (UINT64_C(1) << i)))
            continue;
        h = mix(h, i);
        if (tp_fields[i].format == TP_FORMAT_TEXT) {
            char text[256];

            tp_record_text(record, (enum tp_field)i, text, sizeof text);
            for (const char *c = text; *c; c++)
                h = mix(h, *c);
        } else {
            h = mix(h, tp_record_number(record, (enum tp_field)i));
        }
    }
    return h;
}

static struct pass run(const char *const *paths, size_t count,
                       const struct tp_stream_options *options, uint64_t fields)
{
    struct pass pass = {.fingerprint = 1};
    const struct tp_record *record;
    struct tp_stream *stream;

    pass.result = tp_stream_open(&stream, paths, count, options, &pass.error);
    if (pass.result < 0) {
        assert_null(stream);
        return pass;
    }
    while ((pass.result = tp_stream_next(stream, &record, &pass.error)) == 1) {
        pass.records++;
        pass.fingerprint = record_fingerprint(pass.fingerprint, record, fields);
    }
    pass.info = *tp_stream_info(stream, 0);
    tp_stream_close(stream);
    return pass;
}

static struct pass run_file(const char *path)
{
    return run(&path, 1, NULL, UINT64_MAX);
}

static struct pass run_bytes(const void *bytes, size_t length)
{
    struct memory_file file;
    struct pass pass;

    memory_file_write(&file, bytes, length);
    pass = run_file(file.path);
    close(file.fd);
    return pass;
}

static struct pass run_text(const char *text)
{
    return run_bytes(text, strlen(text));
}

/* --- formats --------------------------------------------------------------------------------- */

/* The kernel printed the same 93 events with other options; only flags and TGIDs differ. */
static void the_kernel_s_own_variants_agree(void **state)
{
    struct pass plain = run_file(FORMATS "kernel.txt");
    struct pass no_irq = run_file(FORMATS "kernel-noirq.txt");
    struct pass tgid = run_file(FORMATS "kernel-tgid.txt.gz");

    (void)state;
    assert_int_equal(plain.result, 0);
    assert_int_equal(plain.records, 93);
    assert_int_equal(plain.info.malformed, 0);
    assert_string_equal(plain.info.format, "ftrace");
    assert_true(plain.fingerprint == no_irq.fingerprint);
    assert_true(plain.fingerprint == tgid.fingerprint);
}

/* perf recorded the same traffic into buffers of its own: same events and figures; its clock
 * readings are its own, it prints pointers unhashed, and state=UNKNOWN is no state for either. */
static void perf_saw_the_same_events(void **state)
{
    static const uint64_t fields = ~(TP_BIT(SKADDR) | TP_BIT(SKBADDR));
    const char *paths[2] = {FORMATS "kernel.txt", FORMATS "perf.txt"};
    struct tp_stream *stream[2];
    const struct tp_record *record[2];
    struct tp_error error = TP_ERROR_INIT;
    int i, n = 0;

    (void)state;
    for (i = 0; i < 2; i++)
        assert_int_equal(tp_stream_open(&stream[i], &paths[i], 1, NULL, &error), 0);
    while (tp_stream_next(stream[0], &record[0], &error) == 1) {
        struct tp_record copy[2];

        assert_int_equal(tp_stream_next(stream[1], &record[1], &error), 1);
        for (i = 0; i < 2; i++) {
            copy[i] = *record[i];
            copy[i].ts_ns = 0;
        }
        assert_true(llabs(record[0]->ts_ns - record[1]->ts_ns) < 1000000);
        assert_true(record_fingerprint(1, &copy[0], fields) ==
                    record_fingerprint(1, &copy[1], fields));
        n++;
    }
    assert_int_equal(n, 93);
    assert_string_equal(tp_stream_info(stream[1], 0)->format, "perf");
    for (i = 0; i < 2; i++)
        tp_stream_close(stream[i]);
}

static void latency_format_is_refused_with_the_reason(void **state)
{
    struct pass pass = run_file(FORMATS "kernel-latency.txt");

    (void)state;
    assert_int_equal(pass.result, TP_ERR_FORMAT);
    assert_non_null(strstr(pass.error.text, "latency-format"));
    assert_int_equal(pass.error.line, 19);
}

static void counters_as_clock_are_told(void **state)
{
    struct pass pass = run_file(FORMATS "clock-x86-tsc.txt");

    (void)state;
    assert_int_equal(pass.result, 0);
    assert_int_equal(pass.info.malformed, 0);
    assert_true(pass.records > 5);
    assert_non_null(strstr(pass.info.warning, "ticks"));
    assert_true(pass.info.first_ns == INT64_C(6244000215176));
}

static void strangers_are_told_what_they_are(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *word;
    } rows[] = {
        {"", 0, "empty"},
        {"\n\n", 2, NULL},
        {"no newline at all", 17, "whole line"},
        {"just text\n", 10, "known form"},
        {"\x17\x08\x44tracing6\n", 12, "trace-cmd report"},
        {"PERFILE2\n", 9, "perf script"},
        {"\xff\xfe#\0 \0t\0\n\0", 10, "iconv"},
        {"\xfe\xff\0#\0 \0t\0\n", 10, "iconv"},
        {"#\0 \0t\0\n\0", 8, "iconv"},
        {"\0 \0 \0x\0\n", 8, "iconv"},
        {"\xd4\xc3\xb2\xa1\x02\0\x04\0\n", 9, "ends within its header"},
        {"snoop\0\0\0\0\0\0\3\0\0\0\4", 16, "version"},
        {"snoop\0\0\0\0\0\0\2\n", 13, "ends within its header"},
        {"GMBU\0\2\n", 7, "Network Monitor capture"},
        {"\xfd"
         "7zXZ\0\n",
         7, "xz -dc"},
        {"\x1f\x8b", 2, NULL},
        {"\x1f\x8b garbage garbage", 18, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pass pass = run_bytes(rows[i].bytes, rows[i].length);

        if (rows[i].word) {
            assert_int_equal(pass.result, TP_ERR_FORMAT);
            if (!strstr(pass.error.text, rows[i].word))
                fail_msg("'%s' does not say '%s'", pass.error.text, rows[i].word);
        }
    }
    assert_int_equal(run_file("/nonexistent").result, TP_ERR_IO);
    assert_int_equal(run_file("/").result, TP_ERR_USAGE);
}

/* --- order ----------------------------------------------------------------------------------- */

#define LINE                                                                                       \
    "           <...>-1       [%03u] ..s2. %5u.%06u: tcp_probe: src=1.1.1.1:%u dest=1.1.1.2:2 "    \
    "srtt=%u\n"

static int line(char *to, unsigned us, unsigned port, unsigned srtt)
{
    return sprintf(to, LINE, port, us / 1000000, us % 1000000, port, srtt);
}

static void small_disorder_is_sorted_and_more_is_told(void **state)
{
    static char text[4000 * 160];
    struct tp_error error = TP_ERROR_INIT;
    const struct tp_record *record;
    struct memory_file file;
    struct tp_stream *stream;
    const char *path = file.path;
    size_t n = 0;
    int64_t last = 0;
    unsigned i, count = 0;

    (void)state;
    /* Every block of 200 comes backwards; one record is 1000 places too late. */
    for (i = 0; i < 3000; i++)
        n += (size_t)line(text + n, 1000 + i / 200 * 200 + (199 - i % 200), 1, i);
    n += (size_t)line(text + n, 2000, 1, 99999);
    memory_file_write(&file, text, n);
    assert_int_equal(tp_stream_open(&stream, &path, 1, NULL, &error), 0);
    while (tp_stream_next(stream, &record, &error) == 1) {
        count++;
        if (record->srtt == 99999)
            continue;
        assert_true(record->ts_ns > last);
        last = record->ts_ns;
    }
    assert_int_equal(count, 3001);
    assert_int_equal(tp_stream_info(stream, 0)->late, 1);
    tp_stream_close(stream);
    close(file.fd);
}

static void a_lost_marker_takes_the_time_before_it(void **state)
{
    char text[1024];
    struct tp_error error = TP_ERROR_INIT;
    const struct tp_record *record;
    struct memory_file file;
    struct tp_stream *stream;
    const char *path = file.path;
    int64_t times[4];
    unsigned i = 0;
    int n = sprintf(text, "CPU:0 [LOST EVENTS]\n");

    (void)state;
    n += line(text + n, 5000, 1, 1);
    n += sprintf(text + n, "CPU:1 [LOST 7 EVENTS]\n");
    n += line(text + n, 9000, 1, 1);
    memory_file_write(&file, text, (size_t)n);
    assert_int_equal(tp_stream_open(&stream, &path, 1, NULL, &error), 0);
    while (tp_stream_next(stream, &record, &error) == 1 && i < 4) {
        assert_int_equal(record->kind == TP_KIND_LOST, i % 2 == 0);
        times[i++] = record->ts_ns;
    }
    assert_int_equal(i, 4);
    assert_true(times[0] == 5000000 && times[1] == 5000000 && times[2] == 5000000);
    assert_int_equal(tp_stream_info(stream, 0)->lost, 7);
    assert_int_equal(tp_stream_info(stream, 0)->lost_markers, 2);
    assert_int_equal(tp_stream_info(stream, 0)->lost_uncounted, 1);
    tp_stream_close(stream);
    close(file.fd);
}

/* Two halves of one recording, interleaved, with the same clock: one timeline in order. Without
 * the header nobody knows, so they are told apart. */
static void inputs_that_share_a_clock_are_merged(void **state)
{
    static const char header[] = "# clock=mono realtime_minus_mono_ns=%s\n";
    static const char *const offsets[][2] = {
        {"1795206224927774522", "1795206225000000000"},
        {"1795206224927774522", "1795206224000000000"},
        {"1795206224927774522", "1795206229000000000"},
        {"-5", "5"},
        {"x", "y"},
    };
    static const bool merged[] = {true, true, false, true, false};
    static char text[2][64 * 1024];

    (void)state;
    for (size_t row = 0; row < 5; row++)
        for (int forced = 0; forced < 2; forced++) {
            struct memory_file file[2];
            const char *paths[2] = {file[0].path, file[1].path};
            struct tp_stream_options options = {.same_clock = forced};
            struct tp_error error = TP_ERROR_INIT;
            const struct tp_record *record;
            struct tp_stream *stream;
            int64_t last = 0;
            unsigned count = 0, backwards = 0, i, n;

            for (i = 0; i < 2; i++) {
                n = (unsigned)sprintf(text[i], header, offsets[row][i]);
                for (unsigned k = 0; k < 300; k++)
                    n += (unsigned)line(text[i] + n, k * 10 + i * 5, i, k);
                memory_file_write(&file[i], text[i], n);
            }
            assert_int_equal(tp_stream_open(&stream, paths, 2, &options, &error), 0);
            while (tp_stream_next(stream, &record, &error) == 1) {
                backwards += record->ts_ns < last;
                assert_int_equal(record->key.timeline, record->input * !(merged[row] || forced));
                last = record->ts_ns;
                count++;
            }
            assert_int_equal(count, 600);
            assert_int_equal(backwards, !(merged[row] || forced));
            tp_stream_close(stream);
            close(file[0].fd);
            close(file[1].fd);
        }
}

/* Logs that were joined name one congestion control for all of them, or none is known. */
static void a_congestion_control_holds_for_all_of_a_log(void **state)
{
#define NAMES(name) "# clock=mono congestion_control=" name "\n"
    static const struct {
        const char *headers[3], *name;
    } rows[] = {
        {{NAMES("reno")}, "reno"},
        {{NAMES("reno"), NAMES("reno")}, "reno"},
        {{"# net.ipv4.tcp_congestion_control=bbr\n# clock=mono\n"}, ""},
        {{NAMES("reno"), "# clock=mono\n"}, ""},
        {{"# clock=mono\n", NAMES("reno")}, ""},
        {{NAMES("reno"), NAMES("bbr"), NAMES("reno")}, ""},
        {{NAMES("reno"), NAMES("bbr"), NAMES("bbr")}, ""},
        {{"# congestion_control=reno\n# clock=mono\n"}, ""},
        {{NAMES("a_name_of_15_byt")}, ""},
        {{NAMES("a_name_of_15_by")}, "a_name_of_15_by"},
        {{NAMES("\x1b[31m")}, ""},
        {{"# congestion_control=cubic clock=mono\n"}, "cubic"},
    };
#undef NAMES

    (void)state;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        const struct tp_record *record;
        struct tp_stream *stream;
        struct memory_file file;
        const char *path = file.path;
        char text[4096];
        unsigned n = 0, headers;

        for (headers = 0; headers < 3 && rows[row].headers[headers]; headers++) {
            n += (unsigned)sprintf(text + n, "%s", rows[row].headers[headers]);
            n += (unsigned)line(text + n, headers * 10, 0, headers);
        }
        memory_file_write(&file, text, n);
        assert_int_equal(tp_stream_open(&stream, &path, 1, NULL, NULL), 0);
        while (tp_stream_next(stream, &record, NULL) == 1)
            ;
        assert_string_equal(tp_stream_info(stream, 0)->congestion_control, rows[row].name);
        assert_int_equal(tp_stream_info(stream, 0)->headers, headers);
        tp_stream_close(stream);
        close(file.fd);
    }
}

/* --- threads, blocks, inflaters --------------------------------------------------------------- */

static void nothing_changes_the_records(void **state)
{
    const char *paths[2] = {FORMATS "kernel-tgid.txt.gz", FORMATS "kernel-noirq.txt"};
    struct pass reference = run(paths, 2, NULL, UINT64_MAX), pass;
    static const size_t sizes[] = {4096, 5000, 16384, 1 << 20};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (unsigned threads = 0; threads < 5; threads++)
            for (int zlib = 0; zlib < 2; zlib++) {
                struct tp_stream_options options = {
                    .threads = threads, .block_bytes = sizes[i], .no_isal = zlib};

                pass = run(paths, 2, &options, UINT64_MAX);
                assert_int_equal(pass.result, 0);
                assert_true(pass.fingerprint == reference.fingerprint);
                assert_int_equal(pass.info.lines, reference.info.lines);
            }
}

static void a_stream_may_be_closed_at_any_time(void **state)
{
    const char *path = FORMATS "kernel-tgid.txt.gz";
    struct tp_stream_options options = {.threads = 3, .block_bytes = 4096};
    struct tp_error error = TP_ERROR_INIT;
    const struct tp_record *record;
    struct tp_stream *stream;

    (void)state;
    for (unsigned stop = 0; stop < 90; stop += 3) {
        assert_int_equal(tp_stream_open(&stream, &path, 1, &options, &error), 0);
        for (unsigned i = 0; i < stop; i++)
            assert_int_equal(tp_stream_next(stream, &record, &error), 1);
        tp_stream_close(stream);
    }
    tp_stream_close(NULL);
}

/* Text longer than any block, fragments at block ends, lines longer than a block. */
static void lines_are_whole_wherever_blocks_end(void **state)
{
    static char text[300000];
    unsigned count = 0, n = 0;
    struct pass pass;
    struct memory_file file;
    const char *path = file.path;
    struct tp_stream_options options = {.block_bytes = 4096};

    (void)state;
    while (n < 200000) {
        n += (unsigned)sprintf(text + n,
                               "       a\nb: f.ke-17874   [001] ..s2.   994.%06u: tcp_probe: "
                               "src=1.1.1.1:1 dest=1.1.1.1:2 srtt=15\n",
                               count);
        count++;
    }
    memset(text + n, 'x', 50000);
    n += 50000;
    text[n++] = '\n';
    n += (unsigned)line(text + n, 995000000, 1, 1);
    memory_file_write(&file, text, n);
    pass = run(&path, 1, &options, UINT64_MAX);
    assert_int_equal(pass.result, 0);
    assert_int_equal(pass.records, count + 1);
    assert_int_equal(pass.info.malformed, 1);
    close(file.fd);
}

/* --- damage ----------------------------------------------------------------------------------- */

static void a_cut_off_last_line_is_not_used(void **state)
{
    char text[512];
    int n = line(text, 1000, 1, 123456), m = line(text + n, 2000, 1, 123456);
    struct pass pass;

    (void)state;
    pass = run_bytes(text, (size_t)(n + m - 1));
    assert_int_equal(pass.records, 1);
    assert_non_null(strstr(pass.info.warning, "cut off"));
    assert_int_equal(pass.result, 0);
    pass = run_bytes(text, (size_t)(n + m));
    assert_int_equal(pass.records, 2);
    assert_string_equal(pass.info.warning, "");
}

static size_t gzip_member(const char *text, char *to, size_t size)
{
    z_stream stream = {0};

    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)text;
    stream.avail_in = (uInt)strlen(text);
    stream.next_out = (Bytef *)to;
    stream.avail_out = (uInt)size;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size = stream.total_out;
    deflateEnd(&stream);
    return size;
}

static void gzip_members_tails_and_garbage(void **state)
{
    char text[256], bytes[4096];
    size_t one, n;
    struct pass pass;

    (void)state;
    line(text, 1000, 1, 1);
    one = gzip_member(text, bytes, sizeof bytes);
    n = one + gzip_member("", bytes + one, sizeof bytes - one);
    line(text, 2000, 1, 1);
    n += gzip_member(text, bytes + n, sizeof bytes - n);
    pass = run_bytes(bytes, n);
    assert_int_equal(pass.records, 2);
    assert_true(pass.info.gzipped);
    assert_string_equal(pass.info.warning, "");

    memcpy(bytes + n, "garbage", 7);
    pass = run_bytes(bytes, n + 7);
    assert_int_equal(pass.records, 2);
    assert_non_null(strstr(pass.info.warning, "behind the end"));

    pass = run_bytes(bytes, n - 3);
    assert_int_equal(pass.records, 2);
    assert_non_null(strstr(pass.info.warning, "ends early"));

    bytes[n - 6] ^= 1; /* checksum */
    pass = run_bytes(bytes, n);
    assert_int_equal(pass.result, 0);
    assert_non_null(strstr(pass.info.warning, "damaged"));
}

static void strict_makes_the_first_fault_fatal(void **state)
{
    char text[512];
    int n = line(text, 1000, 1, 1);
    struct tp_stream_options strict = {.strict = true};
    struct memory_file file;
    const char *path = file.path;
    struct pass pass;

    (void)state;
    sprintf(text + n, "nonsense\n");
    pass = run_text(text);
    assert_int_equal(pass.result, 0);
    assert_int_equal(pass.info.malformed, 1);
    assert_int_equal(pass.info.first_malformed.line, 2);
    memory_file_write(&file, text, strlen(text));
    pass = run(&path, 1, &strict, UINT64_MAX);
    assert_int_equal(pass.result, TP_ERR_FORMAT);
    assert_int_equal(pass.error.line, 2);
    assert_int_equal(pass.error.column, 1);
    close(file.fd);
}

static void only_wanted_fields_are_kept(void **state)
{
    const char *path = FORMATS "kernel.txt";
    uint64_t wanted = TP_BIT(SND_CWND) | TP_BIT(COMM) | TP_BIT(NEWSTATE) | TP_BIT(CPU);
    struct tp_stream_options options = {.fields = wanted};
    struct pass some = run(&path, 1, &options, UINT64_MAX), all = run(&path, 1, NULL, wanted);

    (void)state;
    assert_true(some.fingerprint == all.fingerprint);
}

/* Where no task has a name there is no memory for names either. */
static void a_task_may_have_no_name(void **state)
{
    static const char line[] =
        "                -7 [001] .....  3.5: tcp_probe: src=10.0.0.1:1 dest=10.0.0.2:2 snd_cwnd=1\n";
    struct memory_file file;
    const char *path = file.path;
    const struct tp_record *record;
    struct tp_stream *stream;

    (void)state;
    memory_file_write(&file, line, sizeof line - 1);
    assert_int_equal(tp_stream_open(&stream, &path, 1, NULL, NULL), TP_OK);
    assert_int_equal(tp_stream_next(stream, &record, NULL), 1);
    assert_true(TP_HAS(record, COMM) && TP_HAS(record, PID) && record->pid == 7);
    assert_int_equal(record->comm.length, 0);
    assert_non_null(record->comm.bytes);
    tp_stream_close(stream);
    close(file.fd);
}

static void too_many_inputs_are_refused(void **state)
{
    const char *paths[TP_INPUTS_MAX + 1];
    struct tp_error error = TP_ERROR_INIT;
    struct tp_stream *stream;

    (void)state;
    for (size_t i = 0; i <= TP_INPUTS_MAX; i++)
        paths[i] = FORMATS "kernel.txt";
    assert_int_equal(tp_stream_open(&stream, paths, TP_INPUTS_MAX + 1, NULL, &error), TP_ERR_LIMIT);
    assert_int_equal(tp_stream_open(&stream, paths, 0, NULL, NULL), TP_ERR_USAGE);
}

/* What is said to come next comes next, up to where the window ends. */
static void what_is_ahead_comes_next(void **state)
{
    const char *paths[] = {"samples/cubic.log.gz"};
    const struct tp_record *record, *const *ahead;
    struct tp_record next;
    struct tp_stream *stream;
    size_t count, foreseen = 0;

    (void)state;
    assert_int_equal(tp_stream_open(&stream, paths, 1, NULL, NULL), 0);
    assert_null(tp_stream_ahead(stream, &count));
    assert_int_equal(count, 0);
    while (tp_stream_next(stream, &record, NULL) == 1) {
        ahead = tp_stream_ahead(stream, &count);
        if (!count)
            continue;
        next = *ahead[0];
        assert_int_equal(tp_stream_next(stream, &record, NULL), 1);
        assert_memory_equal(record, &next, offsetof(struct tp_record, snd_nxt));
        foreseen++;
    }
    assert_true(foreseen > 1000);
    tp_stream_close(stream);
}

static bool is_of_packets(int field)
{
    return field >= TP_FIELD_SEQ;
}

/* Fields of a family lie behind the head and behind one another; a record is as large as one family. */
static void fields_lie_by_family(void **state)
{
    size_t head = offsetof(struct tp_record, snd_nxt), bytes[2] = {head, head};

    (void)state;
    assert_int_equal(offsetof(struct tp_record, seq), head);
    for (int field = 0; field < TP_FIELD_COUNT; field++) {
        size_t *end = &bytes[is_of_packets(field)];

        assert_int_equal(is_of_packets(field), strncmp(tp_fields[field].help, "packet: ", 8) == 0);
        if (field == TP_FIELD_WORDS) { /* lies where those of tcp_rcvbuf_grow do */
            assert_true(tp_fields[field].offset >= offsetof(struct tp_record, reason));
            assert_true(tp_fields[field].offset + sizeof(struct tp_text) <= bytes[0]);
            continue;
        }
        assert_true(tp_fields[field].offset >= *end);
        *end = tp_fields[field].offset + tp_fields[field].size;
    }
    assert_true(bytes[0] <= sizeof(struct tp_record) && bytes[1] <= sizeof(struct tp_record));
    assert_true(sizeof(struct tp_record) < bytes[0] + bytes[1] - head);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernel_s_own_variants_agree),
        cmocka_unit_test(perf_saw_the_same_events),
        cmocka_unit_test(latency_format_is_refused_with_the_reason),
        cmocka_unit_test(counters_as_clock_are_told),
        cmocka_unit_test(strangers_are_told_what_they_are),
        cmocka_unit_test(small_disorder_is_sorted_and_more_is_told),
        cmocka_unit_test(a_lost_marker_takes_the_time_before_it),
        cmocka_unit_test(inputs_that_share_a_clock_are_merged),
        cmocka_unit_test(a_congestion_control_holds_for_all_of_a_log),
        cmocka_unit_test(nothing_changes_the_records),
        cmocka_unit_test(a_stream_may_be_closed_at_any_time),
        cmocka_unit_test(lines_are_whole_wherever_blocks_end),
        cmocka_unit_test(a_cut_off_last_line_is_not_used),
        cmocka_unit_test(gzip_members_tails_and_garbage),
        cmocka_unit_test(strict_makes_the_first_fault_fatal),
        cmocka_unit_test(only_wanted_fields_are_kept),
        cmocka_unit_test(a_task_may_have_no_name),
        cmocka_unit_test(too_many_inputs_are_refused),
        cmocka_unit_test(what_is_ahead_comes_next),
        cmocka_unit_test(fields_lie_by_family),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
