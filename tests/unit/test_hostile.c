/* test_hostile.c: every prefix of a recording and random damage to it: whatever is left of a log is
 * read to its end, what is missing is told, and nothing else happens. Meant for sanitizers.
 *
 * tests/data/short.log is cut out of a real recording (samples/cubic-loss.log.gz), with a marker of
 * lost events where the middle was left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fuzz/drain.h"
#include "damage.h"

static void read_log(struct file *file)
{
    FILE *in = fopen("tests/data/short.log", "rb");

    assert_non_null(in);
    file->length = fread(file->bytes, 1, sizeof file->bytes, in);
    fclose(in);
    assert_in_range(file->length, 10000, FILE_MAX - 1);
}

static struct drained drain_path(const char *path, bool no_isal)
{
    const struct tp_stream_options options = {.block_bytes = 4096, .no_isal = no_isal};

    return drain(&path, 1, &options, 0);
}

/* --- prefixes -------------------------------------------------------------------------------- */

static uint64_t count_lines(const char *bytes, size_t length)
{
    uint64_t lines = 0;

    while (length)
        lines += bytes[--length] == '\n';
    return lines;
}

/* A log that ends anywhere: its whole lines are read, half a line is told. */
static void test_plain_prefixes(void **state)
{
    static struct file log;
    struct drained drained;
    char path[32];
    size_t length;
    int fd;

    (void)state;
    read_log(&log);
    fd = drain_memory_file(log.bytes, log.length, path);
    assert_true(fd >= 0);
    for (length = log.length; length; length--) {
        assert_int_equal(ftruncate(fd, (off_t)length), 0);
        drained = drain_path(path, false);
        if (count_lines(log.bytes, length) == 0) {
            assert_int_equal(drained.result, TP_ERR_FORMAT);
            assert_string_equal(drained.error.text, "holds no whole line");
            continue;
        }
        assert_int_equal(drained.result, TP_OK);
        assert_int_equal(drained.lines, count_lines(log.bytes, length));
        assert_int_equal(drained.records, drained.lines - 1); /* all but the comment */
        assert_int_equal(drained.malformed, 0);
        assert_int_equal(strstr(drained.warning, "cut off") != NULL, log.bytes[length - 1] != '\n');
    }
    assert_int_equal(ftruncate(fd, 0), 0);
    drained = drain_path(path, false);
    assert_string_equal(drained.error.text, "is empty");
    close(fd);
}

/* The file of a recorder that was killed: the same with both inflaters, and never less from more.
 */
static void test_gzip_prefixes(void **state)
{
    static struct file log, packed;
    struct drained isal, zlib;
    uint64_t records;
    char path[32];
    size_t length;
    int fd;

    (void)state;
    read_log(&log);
    file_gzip(&log, &packed);
    fd = drain_memory_file(packed.bytes, packed.length, path);
    assert_true(fd >= 0);
    isal = drain_path(path, false);
    assert_int_equal(isal.result, TP_OK);
    assert_string_equal(isal.warning, "");
    records = isal.records;
    assert_int_equal(records, count_lines(log.bytes, log.length) - 1);
    for (length = packed.length - 1; length > 1; length--) {
        assert_int_equal(ftruncate(fd, (off_t)length), 0);
        isal = drain_path(path, false);
        zlib = drain_path(path, true);
        drain_check_same(&isal, &zlib);
        assert_true(isal.records <= records);
        assert_true(isal.result == TP_ERR_FORMAT || strstr(isal.warning, "ends early"));
        assert_int_equal(isal.malformed, 0);
        records = isal.records;
    }
    close(fd);
}

/* --- damage ---------------------------------------------------------------------------------- */

/* What drain() checks by itself is the point here; the result only has to be one of the known. */
static void damage_and_drain(const struct file *file, bool no_isal)
{
    static struct file damaged;
    uint64_t random = 2;
    struct drained drained;
    unsigned i, read = 0;
    char path[32];
    int fd;

    for (i = 0; i < DAMAGES; i++) {
        damaged = *file;
        damage(&damaged, &random);
        fd = drain_memory_file(damaged.bytes, damaged.length, path);
        assert_true(fd >= 0);
        drained = drain_path(path, no_isal);
        close(fd);
        assert_true(drained.result == TP_OK || drained.result == TP_ERR_FORMAT);
        read += drained.records > 0;
    }
    assert_true(read > DAMAGES / 4); /* the good part is used */
}

static void test_damaged_log(void **state)
{
    static struct file log;

    (void)state;
    read_log(&log);
    damage_and_drain(&log, false);
}

static void test_damaged_gzip(void **state)
{
    static struct file log, packed;

    (void)state;
    read_log(&log);
    file_gzip(&log, &packed);
    damage_and_drain(&packed, false);
    damage_and_drain(&packed, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_prefixes),
        cmocka_unit_test(test_gzip_prefixes),
        cmocka_unit_test(test_damaged_log),
        cmocka_unit_test(test_damaged_gzip),
    };

    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
