/* test_writer.c: the log on disk: what a killed recorder leaves, parts, full disks, closed pipes.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <zlib.h>

#include <tcpprobe/input.h>

#include "recorder/writer.h"

#define SAMPLE "samples/cubic.log.gz"
#define MS     INT64_C(1000000)

/* --- lines to write, and a folder to write in ------------------------------------------------- */

struct place {
    char *text; /* events of a real recording */
    size_t length;
    char folder[64];
    char path[128]; /* of the log in it */
    struct writer *writer;
};

static void load_sample(struct place *place)
{
    gzFile file = gzopen(SAMPLE, "rb");
    size_t size = 8 << 20;
    char line[4096];

    assert_non_null(file);
    place->text = malloc(size);
    assert_non_null(place->text);
    while (gzgets(file, line, sizeof line)) {
        size_t length = strlen(line);

        if (line[0] == '#' || !strstr(line, ": tcp_"))
            continue;
        assert_true(place->length + length < size);
        memcpy(place->text + place->length, line, length);
        place->length += length;
    }
    gzclose(file);
    assert_true(place->length > 1 << 20);
}

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);

    assert_non_null(place);
    load_sample(place);
    strcpy(place->folder, "/tmp/test_writer.XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    signal(SIGPIPE, SIG_IGN);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    char command[128];

    writer_free(place->writer);
    snprintf(command, sizeof command, "rm -r %s", place->folder);
    assert_int_equal(system(command), 0);
    free(place->text);
    free(place);
    return 0;
}

static int write_head(void *context, unsigned part, FILE *out, struct tp_error *error)
{
    (void)context;
    (void)error;
    fprintf(out, "# head of part %u\n# clock=mono\n# realtime_minus_mono_ns=1000\n", part);
    return TP_OK;
}

static int write_tail(void *context, unsigned part, FILE *out, struct tp_error *error)
{
    struct place *place = context;

    (void)error;
    fprintf(out, "# tail of part %u events=%llu\n", part,
            (unsigned long long)writer_part_events(place->writer));
    return TP_OK;
}

static struct writer_options options_for(struct place *place, const char *name)
{
    snprintf(place->path, sizeof place->path, "%s/%s", place->folder, name);
    return (struct writer_options){
        .path = place->path,
        .fd = -1,
        .gzip = strstr(name, ".gz") != NULL,
        .existing = TP_EXISTING_REPLACED,
        .head = write_head,
        .tail = write_tail,
        .context = place,
    };
}

static void begin(struct place *place, const struct writer_options *options)
{
    struct tp_error error = TP_ERROR_INIT;

    assert_int_equal(writer_open(&place->writer, options, &error), TP_OK);
    assert_int_equal(writer_begin(place->writer, 0, &error), TP_OK);
}

/* The line at *at, which moves on behind it. */
static size_t next_line(const struct place *place, size_t *at, const char **line)
{
    const char *end = memchr(place->text + *at, '\n', place->length - *at);
    size_t length = (size_t)(end + 1 - (place->text + *at));

    *line = place->text + *at;
    *at += length;
    return length;
}

/* Adds up to count lines from *at on; returns how many were there. */
static uint64_t add_lines(struct place *place, size_t *at, uint64_t count, struct tp_error *error)
{
    uint64_t added = 0;
    const char *line;

    for (; added < count && *at < place->length; added++) {
        size_t length = next_line(place, at, &line);

        if (writer_add(place->writer, line, length, 1, error) < 0)
            break;
    }
    return added;
}

/* --- what is on disk -------------------------------------------------------------------------- */

struct found {
    int result;
    uint64_t records, malformed, lines;
    char warning[256];
};

static struct found read_log(const char *path)
{
    struct found found = {0};
    const struct tp_record *record;
    const struct tp_input_info *info;
    struct tp_stream *stream;

    found.result = tp_stream_open(&stream, &path, 1, NULL, NULL);
    if (found.result < 0)
        return found;
    while ((found.result = tp_stream_next(stream, &record, NULL)) == 1)
        found.records++;
    info = tp_stream_info(stream, 0);
    found.malformed = info->malformed;
    found.lines = info->lines;
    snprintf(found.warning, sizeof found.warning, "%s", info->warning);
    assert_string_equal(info->clock, "mono");
    assert_true(info->has_wall_offset && info->wall_offset_ns == 1000);
    tp_stream_close(stream);
    return found;
}

/* A log with head and tail, of whole lines, without any damage. */
static uint64_t expect_whole(const char *path)
{
    struct found found = read_log(path);
    char buffer[512], expected[64], *last;
    gzFile file = gzopen(path, "rb");
    z_off_t size;
    int length;

    assert_int_equal(found.result, 0);
    assert_string_equal(found.warning, "");
    assert_int_equal(found.malformed, 0);
    assert_non_null(file);
    while (gzread(file, buffer, sizeof buffer) > 0)
        ;
    size = gztell(file);
    assert_true(gzrewind(file) == 0);
    assert_true(gzseek(file, size > 500 ? size - 500 : 0, SEEK_SET) >= 0);
    length = gzread(file, buffer, sizeof buffer - 1);
    assert_true(length > 0);
    gzclose(file);
    buffer[length] = '\0';
    last = strstr(buffer, "# tail of part ");
    assert_non_null(last);
    snprintf(expected, sizeof expected, " events=%llu\n", (unsigned long long)found.records);
    assert_string_equal(strstr(last, " events="), expected);
    return found.records;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void whole_logs(void **state)
{
    static const char *const names[] = {"t.log", "t.log.gz"};
    struct place *place = *state;

    for (size_t i = 0; i < 2; i++) {
        struct writer_options options = options_for(place, names[i]);
        struct tp_error error = TP_ERROR_INIT;
        uint64_t added;
        size_t at = 0;
        struct stat status;

        begin(place, &options);
        added = add_lines(place, &at, UINT64_MAX, &error);
        assert_int_equal(at, place->length);
        assert_int_equal(writer_end(place->writer, &error), TP_OK);
        assert_int_equal(expect_whole(place->path), added);
        assert_int_equal(writer_events(place->writer), added);
        assert_int_equal(writer_dropped(place->writer), 0);
        assert_int_equal(stat(place->path, &status), 0);
        assert_int_equal(writer_bytes(place->writer), status.st_size);
        writer_free(place->writer);
        place->writer = NULL;
    }
}

/* Lines in pieces that are larger than any buffer give the same log. */
static void large_pieces(void **state)
{
    static const char *const names[] = {"t.log", "t.log.gz"};
    struct place *place = *state;

    for (size_t i = 0; i < 2; i++) {
        struct writer_options options = options_for(place, names[i]);
        struct tp_error error = TP_ERROR_INIT;
        uint64_t events = 0;

        for (size_t c = 0; c < place->length; c++)
            events += place->text[c] == '\n';
        begin(place, &options);
        assert_int_equal(writer_add(place->writer, place->text, place->length, events, &error), 0);
        assert_int_equal(writer_end(place->writer, &error), TP_OK);
        assert_int_equal(expect_whole(place->path), events);
        writer_free(place->writer);
        place->writer = NULL;
    }
}

/* Whatever was added before a sync is there when the recorder is killed right after it. */
static void readable_at_every_sync(void **state)
{
    static const struct {
        const char *name;
        uint64_t lines;
        int64_t step_ns;
    } cases[] = {
        {"t.log", 1, 20 * MS},       {"t.log", 997, 20 * MS},       {"t.log.gz", 1, 1000 * MS},
        {"t.log.gz", 97, 1000 * MS}, {"t.log.gz", 2000, 1100 * MS},
    };
    struct place *place = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct writer_options options = options_for(place, cases[i].name);
        struct tp_error error = TP_ERROR_INIT;
        uint64_t added = 0;
        size_t at = 0;

        begin(place, &options);
        for (int64_t step = 1; step <= 40 && at < place->length; step++) {
            struct found found;

            added += add_lines(place, &at, cases[i].lines, &error);
            assert_int_equal(writer_tick(place->writer, step * cases[i].step_ns, &error), TP_OK);
            found = read_log(place->path);
            assert_int_equal(found.result, 0);
            assert_int_equal(found.records, added);
            assert_int_equal(found.malformed, 0);
        }
        writer_free(place->writer);
        place->writer = NULL;
    }
}

/* gzipped text is synced each second and not more often: that would cost its compression. */
static void synced_once_a_second(void **state)
{
    struct place *place = *state;
    struct writer_options options = options_for(place, "t.log.gz");
    struct tp_error error = TP_ERROR_INIT;
    uint64_t bytes;
    size_t at = 0;

    begin(place, &options);
    bytes = writer_bytes(place->writer);
    add_lines(place, &at, 10, &error);
    for (int64_t ms = 20; ms < 1000; ms += 20)
        assert_int_equal(writer_tick(place->writer, ms * MS, &error), TP_OK);
    assert_int_equal(writer_bytes(place->writer), bytes);
    assert_int_equal(writer_tick(place->writer, 1000 * MS, &error), TP_OK);
    assert_true(writer_bytes(place->writer) > bytes);
    bytes = writer_bytes(place->writer);
    assert_int_equal(writer_tick(place->writer, 2500 * MS, &error), TP_OK);
    assert_int_equal(writer_bytes(place->writer), bytes); /* nothing new, nothing written */
}

static void killed(void **state)
{
    struct place *place = *state;
    struct writer_options options = options_for(place, "t.log.gz");
    struct found found;
    pid_t child = fork();
    int status;

    if (child == 0) {
        size_t at = 0;

        begin(place, &options);
        add_lines(place, &at, 500, NULL);
        writer_tick(place->writer, 1000 * MS, NULL);
        add_lines(place, &at, 50, NULL);
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    found = read_log(place->path);
    assert_int_equal(found.result, 0);
    assert_int_equal(found.records, 500);
    assert_int_equal(found.malformed, 0);
}

static void part_paths(void **state)
{
    static const char *const cases[][2] = {
        {"t.log.gz", "t-0007.log.gz"},   {"t", "t-0007"},
        {"a.b/t.log", "a.b/t-0007.log"}, {"a.b/t", "a.b/t-0007"},
        {".hidden", ".hidden-0007"},     {"/x/.h.gz", "/x/.h-0007.gz"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = writer_part_path(cases[i][0], 7);

        assert_string_equal(path, cases[i][1]);
        free(path);
    }
}

static void parts_by_size(void **state)
{
    static const char *const names[] = {"t.log", "t.log.gz"};
    struct place *place = *state;

    for (size_t i = 0; i < 2; i++) {
        struct writer_options options = options_for(place, names[i]);
        struct tp_error error = TP_ERROR_INIT;
        uint64_t added, found = 0;
        unsigned parts;
        size_t at = 0;

        options.part_bytes = i ? 40000 : 200000;
        begin(place, &options);
        added = add_lines(place, &at, UINT64_MAX, &error);
        assert_int_equal(at, place->length);
        parts = writer_parts(place->writer);
        assert_true(parts > 3);
        assert_int_equal(writer_end(place->writer, &error), TP_OK);
        assert_int_equal(writer_events(place->writer), added);
        for (unsigned part = 1; part <= parts; part++) {
            char *path = writer_part_path(place->path, part);
            struct stat status;

            found += expect_whole(path);
            assert_int_equal(stat(path, &status), 0);
            assert_true(part == parts || (uint64_t)status.st_size >= options.part_bytes);
            /* zlib hands out what it has in blocks of up to 64 KiB */
            assert_true((uint64_t)status.st_size < options.part_bytes + (i ? 70000 : 1000));
            free(path);
        }
        assert_int_equal(found, added);
        assert_false(exists(place->path));
        writer_free(place->writer);
        place->writer = NULL;
    }
}

static void parts_by_time_with_a_limit(void **state)
{
    struct place *place = *state;
    struct writer_options options = options_for(place, "t.log.gz");
    struct tp_error error = TP_ERROR_INIT;
    size_t at = 0;

    options.part_ns = 5000 * MS;
    options.parts_max = 3;
    begin(place, &options);
    for (int64_t second = 1; second <= 33; second++) {
        assert_int_equal(add_lines(place, &at, 10, &error), 10);
        assert_int_equal(writer_tick(place->writer, second * 1000 * MS, &error), TP_OK);
    }
    assert_int_equal(writer_parts(place->writer), 7);
    assert_int_equal(writer_end(place->writer, &error), TP_OK);
    assert_int_equal(writer_events(place->writer), 330);
    for (unsigned part = 1; part <= 8; part++) {
        char *path = writer_part_path(place->path, part);

        if (part < 4 || part > 7) /* three whole ones, and the last */
            assert_false(exists(path));
        else
            assert_int_equal(expect_whole(path), part == 7 ? 30 : 50);
        free(path);
    }
}

/* Another recorder of the same name is in its fifth part: a second one would begin with the first.
 */
static void one_recorder_a_log(void **state)
{
    static const char *const taken[] = {"t-0005.log.gz", "t-12345.log.gz"};
    static const char *const others[] = {"t-0005.log", "t-5.log.gz", "at-0005.log.gz",
                                         "t-0005x.log.gz"};
    struct place *place = *state;
    struct writer_options options = options_for(place, "t.log.gz");
    struct tp_error error = TP_ERROR_INIT;
    char path[512];
    size_t i;

    options.part_ns = 1000 * MS;
    for (i = 0; i < sizeof taken / sizeof *taken; i++) {
        snprintf(path, sizeof path, "%.*s%s", (int)(strrchr(place->path, '/') - place->path) + 1,
                 place->path, taken[i]);
        int fd = open(path, O_WRONLY | O_CREAT, 0600);

        assert_int_equal(flock(fd, LOCK_EX), 0);
        assert_int_equal(writer_open(&place->writer, &options, &error), TP_ERR_USAGE);
        assert_non_null(strstr(error.text, "another process is recording to "));
        assert_non_null(strstr(error.text, taken[i]));
        tp_error_clear(&error);
        close(fd); /* it has ended: what it left is no hindrance */
        unlink(path);
    }
    for (i = 0; i < sizeof others / sizeof *others; i++) {
        snprintf(path, sizeof path, "%.*s%s", (int)(strrchr(place->path, '/') - place->path) + 1,
                 place->path, others[i]);
        int fd = open(path, O_WRONLY | O_CREAT, 0600);

        assert_int_equal(flock(fd, LOCK_EX), 0);
        begin(place, &options);
        writer_free(place->writer);
        place->writer = NULL;
        close(fd);
        unlink(path);
    }
    begin(place, &options); /* and a file without parts is one's alone too */
    options.part_ns = 0;
    options.path = writer_name(place->writer);
    struct writer *second = NULL;
    assert_int_equal(writer_open(&second, &options, &error), TP_ERR_USAGE);
    assert_null(second);
    assert_non_null(strstr(error.text, "another process is recording to "));
    tp_error_clear(&error);
}

static void parts_need_files(void **state)
{
    struct place *place = *state;
    struct writer_options options = options_for(place, "pipe");
    struct tp_error error = TP_ERROR_INIT;

    options.part_ns = 1;
    options.path = NULL;
    options.fd = open("/dev/null", O_WRONLY);
    assert_int_equal(writer_open(&place->writer, &options, &error), TP_ERR_USAGE);
    assert_null(place->writer);
    assert_string_equal(error.text, "standard output is no file: it cannot have parts");
    close(options.fd);
    tp_error_clear(&error);

    /* A named pipe in the place of a part is not waited for: nobody gives up here. */
    options = options_for(place, "t.log");
    options.part_ns = 1000 * MS;
    options.give_up = NULL;
    for (unsigned part = 1; part <= 2; part++) {
        char *path = writer_part_path(place->path, part);

        assert_int_equal(mkfifo(path, 0600), 0);
        if (part == 1) {
            assert_int_equal(writer_open(&place->writer, &options, &error), TP_ERR_USAGE);
            unlink(path);
        } else {
            begin(place, &options);
            assert_int_equal(writer_tick(place->writer, 1000 * MS, &error), TP_ERR_USAGE);
        }
        assert_non_null(strstr(error.text, " is no file: it cannot have parts"));
        tp_error_clear(&error);
        if (part == 2)
            unlink(path);
        free(path);
    }
}

/* A file may grow no further than this; what a full disk is like, without one. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void full_disk_leaves_a_whole_log(void **state)
{
    static const struct {
        const char *name;
        bool parts;
    } cases[] = {{"t.log", false}, {"t.log.gz", false}, {"t.log", true}, {"t.log.gz", true}};
    struct place *place = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct writer_options options = options_for(place, cases[i].name);
        struct tp_error error = TP_ERROR_INIT;
        uint64_t added = 0, before;
        int64_t now_ns = 0;
        size_t at = 0;
        char *path;
        int rc;

        if (cases[i].parts)
            options.part_bytes = 10 << 20;
        begin(place, &options);
        limit_files(100000);
        do {
            before = added;
            added += add_lines(place, &at, 20, &error);
            now_ns += 1000 * MS;
        } while (added - before == 20 && writer_tick(place->writer, now_ns, &error) == TP_OK);
        assert_int_equal(error.code, TP_ERR_IO);
        assert_int_equal(error.sys_errno, EFBIG);
        tp_error_clear(&error);
        rc = writer_end(place->writer, &error);
        limit_files(RLIM_INFINITY);
        assert_int_equal(rc, TP_ERR_IO);
        assert_non_null(strstr(error.text, "cannot write "));
        path = cases[i].parts ? writer_part_path(place->path, 1) : strdup(place->path);
        assert_int_equal(expect_whole(path), writer_events(place->writer));
        assert_true(writer_dropped(place->writer) > 0);
        assert_in_range(writer_events(place->writer) + writer_dropped(place->writer), added,
                        added + 1);
        free(path);
        writer_free(place->writer);
        place->writer = NULL;
    }
}

static void full_device(void **state)
{
    static const bool gzipped[] = {false, true};
    struct place *place = *state;

    for (size_t i = 0; i < 2; i++) {
        struct writer_options options = options_for(place, "unused");
        struct tp_error error = TP_ERROR_INIT;

        options.path = "/dev/full";
        options.gzip = gzipped[i];
        assert_int_equal(writer_open(&place->writer, &options, &error), TP_OK);
        assert_int_equal(writer_begin(place->writer, 0, &error), TP_ERR_IO);
        assert_int_equal(error.sys_errno, ENOSPC);
        assert_string_equal(error.text, "cannot write /dev/full: No space left on device");
        assert_int_equal(writer_end(place->writer, &error), TP_ERR_IO);
        writer_free(place->writer);
        place->writer = NULL;
        assert_true(exists("/dev/full"));
    }
}

static void reader_went_away(void **state)
{
    struct place *place = *state;
    struct writer_options options = options_for(place, "unused");
    struct tp_error error = TP_ERROR_INIT;
    int ends[2];
    size_t at = 0;

    assert_int_equal(pipe(ends), 0);
    options.path = NULL;
    options.fd = ends[1];
    begin(place, &options);
    assert_int_equal(add_lines(place, &at, 10, &error), 10);
    assert_int_equal(writer_tick(place->writer, 20 * MS, &error), TP_OK);
    close(ends[0]);
    /* Nothing is written, and yet it is noticed. */
    assert_int_equal(writer_tick(place->writer, 40 * MS, &error), TP_ERR_IO);
    assert_int_equal(error.sys_errno, EPIPE);
    assert_int_equal(writer_add(place->writer, "x\n", 2, 1, NULL), TP_ERR_IO);
    assert_int_equal(writer_end(place->writer, NULL), TP_ERR_IO);
    close(ends[1]);
}

static bool patience_ended(void *context)
{
    (void)context;
    return true;
}

static void reader_does_not_read(void **state)
{
    struct place *place = *state;
    struct writer_options options = options_for(place, "unused");
    struct tp_error error = TP_ERROR_INIT;
    int ends[2];
    size_t at = 0;

    assert_int_equal(pipe(ends), 0);
    options.path = NULL;
    options.fd = ends[1];
    options.give_up = patience_ended;
    begin(place, &options);
    add_lines(place, &at, UINT64_MAX, &error);
    assert_int_equal(error.code, TP_ERR_STOPPED);
    assert_string_equal(error.text, "nobody reads standard output");
    close(ends[0]);
    close(ends[1]);
}

/* Standard output may be a file that others wrote to before: that part stays. */
static void continues_what_the_shell_opened(void **state)
{
    static const int flags[] = {O_RDWR, O_RDWR | O_APPEND};
    struct place *place = *state;

    for (size_t i = 0; i < 2; i++) {
        struct writer_options options = options_for(place, "t.log");
        struct tp_error error = TP_ERROR_INIT;
        int fd = open(place->path, flags[i] | O_CREAT | O_TRUNC, 0600);
        size_t at = 0;
        char first[16];

        assert_int_equal(write(fd, "# before\n", 9), 9);
        options.path = NULL;
        options.fd = fd;
        begin(place, &options);
        limit_files(50000);
        while (add_lines(place, &at, 20, &error) == 20 &&
               writer_tick(place->writer, 20 * MS, &error) == TP_OK)
            ;
        writer_end(place->writer, NULL);
        limit_files(RLIM_INFINITY);
        assert_int_equal(expect_whole(place->path), writer_events(place->writer));
        assert_int_equal(pread(fd, first, 9, 0), 9);
        assert_memory_equal(first, "# before\n", 9);
        close(fd);
        writer_free(place->writer);
        place->writer = NULL;
    }
}

static void nothing_is_lost_before_the_beginning(void **state)
{
    struct place *place = *state;
    struct writer_options options = options_for(place, "t.log");
    struct tp_error error = TP_ERROR_INIT;
    struct stat status;
    FILE *old;

    /* A new file goes if nothing was recorded, */
    assert_int_equal(writer_open(&place->writer, &options, &error), TP_OK);
    assert_true(exists(place->path));
    writer_free(place->writer);
    assert_false(exists(place->path));
    /* an old one stays as it was, */
    old = fopen(place->path, "w");
    fputs("precious\n", old);
    fclose(old);
    assert_int_equal(writer_open(&place->writer, &options, &error), TP_OK);
    writer_free(place->writer);
    assert_int_equal(stat(place->path, &status), 0);
    assert_int_equal(status.st_size, 9);
    /* and is replaced when the recording begins. */
    begin(place, &options);
    assert_int_equal(writer_end(place->writer, &error), TP_OK);
    assert_int_equal(expect_whole(place->path), 0);
}

static void file_holds(const struct place *place, const char *text)
{
    FILE *file = fopen(place->path, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* Writes one line in a log of its own; what the file then holds, free() it, or NULL where that was
 * refused. */
static char *append_line(struct place *place, enum tp_recorder_existing existing)
{
    struct writer_options options = options_for(place, "t.log");
    struct tp_error error = TP_ERROR_INIT;
    static char content[512];
    FILE *file;

    options.existing = existing;
    if (writer_open(&place->writer, &options, &error) < 0) {
        assert_int_equal(error.code, TP_ERR_USAGE);
        assert_null(place->writer);
        return NULL;
    }
    assert_int_equal(writer_begin(place->writer, 0, &error), TP_OK);
    assert_int_equal(writer_add(place->writer, "line\n", 5, 1, &error), TP_OK);
    assert_int_equal(writer_end(place->writer, &error), TP_OK);
    writer_free(place->writer);
    place->writer = NULL;
    file = fopen(place->path, "r");
    content[fread(content, 1, sizeof content - 1, file)] = '\0';
    fclose(file);
    return content;
}

static void old_logs_are_refused_or_continued(void **state)
{
#define LOG  "# head of part 1\n# clock=mono\n# realtime_minus_mono_ns=1000\nline\n# tail of part 1 events=1\n"
#define OURS "# tcpprobe=0.1.0 part=1\nanother\n"
    struct place *place = *state;

    options_for(place, "t.log");
    file_holds(place, "");
    assert_string_equal(append_line(place, TP_EXISTING_REFUSED), LOG);
    assert_null(append_line(place, TP_EXISTING_REFUSED));
    assert_string_equal(append_line(place, TP_EXISTING_REPLACED), LOG);
    /* what is no log of a recorder, or was cut off */
    assert_null(append_line(place, TP_EXISTING_CONTINUED));
    file_holds(place, OURS "cut");
    assert_null(append_line(place, TP_EXISTING_CONTINUED));
    file_holds(place, "\x1f\x8b");
    assert_null(append_line(place, TP_EXISTING_CONTINUED));
    file_holds(place, "");
    assert_string_equal(append_line(place, TP_EXISTING_CONTINUED), LOG);
    file_holds(place, OURS);
    assert_string_equal(append_line(place, TP_EXISTING_CONTINUED), OURS LOG);
}

/* A full disk takes away no more than what came last. */
static void what_is_continued_is_never_cut(void **state)
{
    struct place *place = *state;
    struct writer_options options = options_for(place, "t.log");
    struct tp_error error = TP_ERROR_INIT;
    char content[64] = "";
    FILE *file;

    file_holds(place, OURS);
    options.existing = TP_EXISTING_CONTINUED;
    assert_int_equal(writer_open(&place->writer, &options, &error), TP_OK);
    limit_files(sizeof OURS + 10); /* no room for the head */
    assert_int_equal(writer_begin(place->writer, 0, &error), TP_ERR_IO);
    limit_files(RLIM_INFINITY);
    assert_int_equal(writer_end(place->writer, NULL), TP_ERR_IO);
    file = fopen(place->path, "r");
    assert_int_equal(fread(content, 1, sizeof OURS - 1, file), sizeof OURS - 1);
    fclose(file);
    assert_string_equal(content, OURS);
}

static void cannot_open(void **state)
{
    struct place *place = *state;
    struct writer_options options = options_for(place, "no/such/t.log");
    struct tp_error error = TP_ERROR_INIT;

    assert_int_equal(writer_open(&place->writer, &options, &error), TP_ERR_IO);
    assert_int_equal(error.sys_errno, ENOENT);
    assert_null(place->writer);
    tp_error_clear(&error);
    options.path = place->folder;
    assert_int_equal(writer_open(&place->writer, &options, &error), TP_ERR_IO);
    assert_int_equal(error.sys_errno, EISDIR);
    tp_error_clear(&error);
    options.path = NULL;
    options.fd = 1000;
    assert_int_equal(writer_open(&place->writer, &options, &error), TP_ERR_IO);
    assert_string_equal(error.text, "cannot write standard output: Bad file descriptor");
    tp_error_clear(&error);
    options.fd = open("/dev/null", O_RDONLY);
    assert_int_equal(writer_open(&place->writer, &options, &error), TP_ERR_IO);
    assert_int_equal(error.sys_errno, EBADF);
    close(options.fd);
}

/* The next part cannot be opened: the one before it is whole all the same. */
static void folder_that_disappears(void **state)
{
    struct place *place = *state;
    struct writer_options options = options_for(place, "sub/t.log.gz");
    struct tp_error error = TP_ERROR_INIT;
    char folder[80], moved[80], path[256];
    size_t at = 0;

    snprintf(folder, sizeof folder, "%s/sub", place->folder);
    snprintf(moved, sizeof moved, "%s/moved", place->folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    options.part_ns = 1000 * MS;
    begin(place, &options);
    add_lines(place, &at, 100, &error);
    assert_int_equal(rename(folder, moved), 0);
    assert_int_equal(writer_tick(place->writer, 1000 * MS, &error), TP_ERR_IO);
    assert_int_equal(error.sys_errno, ENOENT);
    assert_int_equal(writer_end(place->writer, NULL), TP_ERR_IO);
    assert_int_equal(writer_events(place->writer), 100);
    snprintf(path, sizeof path, "%s/t-0001.log.gz", moved);
    assert_int_equal(expect_whole(path), 100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(whole_logs),
        TEST(large_pieces),
        TEST(readable_at_every_sync),
        TEST(synced_once_a_second),
        TEST(killed),
        TEST(part_paths),
        TEST(parts_by_size),
        TEST(parts_by_time_with_a_limit),
        TEST(one_recorder_a_log),
        TEST(parts_need_files),
        TEST(full_disk_leaves_a_whole_log),
        TEST(full_device),
        TEST(reader_went_away),
        TEST(reader_does_not_read),
        TEST(continues_what_the_shell_opened),
        TEST(nothing_is_lost_before_the_beginning),
        TEST(old_logs_are_refused_or_continued),
        TEST(what_is_continued_is_never_cut),
        TEST(cannot_open),
        TEST(folder_that_disappears),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
