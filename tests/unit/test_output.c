/* test_output.c: values, rows and writers, with hand-made rows and a real file descriptor; and rows
 * of anything as jansson would write them. */
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <tcpprobe/output.h>

#include "base/utf8.h"

#define ROWS 3

static const struct tp_column columns[] = {
    {.name = "id", .heading = "id", .unit = "", .show = TP_SHOW_PLAIN},
    {.name = "flow", .heading = "flow", .unit = "", .show = TP_SHOW_WIDE},
    {.name = "acked_bytes", .heading = "acked", .unit = "B", .show = TP_SHOW_SI},
    {.name = "min_us", .group = "srtt ms", .heading = "min", .unit = "", .show = TP_SHOW_MS},
    {.name = "max_us", .group = "srtt ms", .heading = "max", .unit = "", .show = TP_SHOW_MS},
    {.name = "share", .heading = "%", .unit = "", .show = TP_SHOW_PERCENT},
};

#define COLUMNS (sizeof columns / sizeof *columns)

static const char *flows[ROWS] = {"a:1 -> b:2", "say \"hi\", \xc3\xa4", "c:3 -> d:4"};

static void load(void *context, size_t row, struct tp_value *values)
{
    (void)context;
    memset(values, 0, COLUMNS * sizeof *values);
    values[0] = (struct tp_value){.type = TP_VALUE_INTEGER, .integer = (int64_t)row + 1};
    values[1] = (struct tp_value){.type = TP_VALUE_TEXT, .text = flows[row]};
    if (row == 2)
        return;
    values[2] = (struct tp_value){.type = TP_VALUE_INTEGER, .integer = INT64_C(14953509)};
    values[3] = (struct tp_value){.type = TP_VALUE_INTEGER, .integer = 40149};
    values[4] = (struct tp_value){.type = TP_VALUE_INTEGER, .integer = 102300};
    values[5] = (struct tp_value){.type = TP_VALUE_REAL, .real = 0.1 + 0.2};
}

/* What the writer wrote, to be freed. */
static size_t limit; /* of tables */

static char *written(const char *format, void (*loader)(void *, size_t, struct tp_value *),
                     size_t row_count)
{
    const struct tp_column *chosen[COLUMNS];
    const struct tp_rows rows = {chosen, COLUMNS, row_count, loader, NULL};
    FILE *file = tmpfile();
    struct tp_out *out;
    char *text = calloc(1, 65536);

    assert_non_null(file);
    assert_non_null(text);
    for (size_t i = 0; i < COLUMNS; i++)
        chosen[i] = &columns[i];
    out = tp_out_new(fileno(file), "file", NULL);
    assert_non_null(out);
    tp_out_limit(out, limit);
    tp_rows_write(out, tp_writer_find(format), &rows);
    assert_int_equal(tp_out_finish(out, NULL), 0);
    tp_out_free(out);
    assert_true(pread(fileno(file), text, 65535, 0) >= 0);
    fclose(file);
    return text;
}

static void check(const char *format, const char *expected)
{
    char *text = written(format, load, ROWS);

    assert_string_equal(text, expected);
    free(text);
}

static void table_is_aligned(void **state)
{
    (void)state;
    check("table", "id  flow          acked     srtt ms      %\n"
                   "                      B   min   max\n"
                   " 1  a:1 -> b:2   14.95M  40.1 102.3  30.00\n"
                   " 2  say \"hi\", \xc3\xa4  14.95M  40.1 102.3  30.00\n"
                   " 3  c:3 -> d:4        -     -     -      -\n");
}

static void csv_is_quoted_and_exact(void **state)
{
    (void)state;
    check("csv", "id,flow,acked_bytes,min_us,max_us,share\n"
                 "1,a:1 -> b:2,14953509,40149,102300,0.30000000000000004\n"
                 "2,\"say \"\"hi\"\", \xc3\xa4\",14953509,40149,102300,0.30000000000000004\n"
                 "3,c:3 -> d:4,,,,\n");
}

static void load_formula(void *context, size_t row, struct tp_value *values)
{
    load(context, row, values);
    values[1].text = row ? "=\"a\"" : "@SUM(A1)";
    values[2].integer = -7;
}

/* Numbers are no formulas. */
static void csv_guards_what_a_spreadsheet_would_run(void **state)
{
    char *text = written("csv", load_formula, 2);

    (void)state;
    assert_string_equal(text, "id,flow,acked_bytes,min_us,max_us,share\n"
                              "1,'@SUM(A1),-7,40149,102300,0.30000000000000004\n"
                              "2,\"'=\"\"a\"\"\",-7,40149,102300,0.30000000000000004\n");
    free(text);
    text = written("csv-raw", load_formula, 1);
    assert_non_null(strstr(text, "\n1,@SUM(A1),-7,"));
    free(text);
}

static void load_null(void *context, size_t row, struct tp_value *values)
{
    load(context, row, values);
    values[1].text = row ? "" : "\\N";
}

/* Absent, empty and a text that looks like absent are three things; a formula is what it is. */
static void csv_null_tells_absent_from_empty(void **state)
{
    char *text = written("csv-null", load_null, ROWS);

    (void)state;
    assert_string_equal(text, "id,flow,acked_bytes,min_us,max_us,share\n"
                              "1,\"\\N\",14953509,40149,102300,0.30000000000000004\n"
                              "2,,14953509,40149,102300,0.30000000000000004\n"
                              "3,,\\N,\\N,\\N,\\N\n");
    free(text);
    text = written("csv-null", load_formula, 1);
    assert_non_null(strstr(text, "\n1,@SUM(A1),-7,"));
    free(text);
}

static void json_is_exact(void **state)
{
    (void)state;
    check("ndjson", "{\"id\":1,\"flow\":\"a:1 -> b:2\",\"acked_bytes\":14953509,\"min_us\":40149,"
                    "\"max_us\":102300,\"share\":0.30000000000000004}\n"
                    "{\"id\":2,\"flow\":\"say \\\"hi\\\", \xc3\xa4\",\"acked_bytes\":14953509,"
                    "\"min_us\":40149,\"max_us\":102300,\"share\":0.30000000000000004}\n"
                    "{\"id\":3,\"flow\":\"c:3 -> d:4\",\"acked_bytes\":null,\"min_us\":null,"
                    "\"max_us\":null,\"share\":null}\n");
}

static void blocks_name_every_value(void **state)
{
    char *text = written("blocks", load, 1);

    (void)state;
    assert_string_equal(text, "  id                            1\n"
                              "  flow                          a:1 -> b:2\n"
                              "  acked_bytes                   14953509\n"
                              "  min_us                        40149\n"
                              "  max_us                        102300\n"
                              "  share                         0.30000000000000004\n");
    free(text);
}

static void load_both(void *context, size_t row, struct tp_value *values)
{
    (void)context;
    (void)row;
    memset(values, 0, 7 * sizeof *values);
    values[0] = tp_value_integer(1);
    values[4] = tp_value_integer(5);
    values[6] = tp_value_text("end");
}

/* A section is shown where something of one end is known, and has both ends in its heading. */
static void blocks_leave_out_unknown_sections(void **state)
{
    static const struct tp_column cells[] = {
        {.name = "id"},
        {.name = "nothing", .twin = 2, .section = "Unknown"},
        {.name = "something", .twin = 2, .section = "Known"},
        {.name = "peer_nothing", .is_twin = true, .section = "Unknown"},
        {.name = "peer_something", .is_twin = true, .section = "Known"},
        {.name = "lost", .section = "Gone"},
        {.name = "last", .section = "Rest"}};
    const struct tp_column *chosen[7];
    const struct tp_rows rows = {chosen, 7, 1, load_both, NULL};
    char text[512] = "";
    FILE *file = tmpfile();
    struct tp_out *out;

    (void)state;
    for (size_t i = 0; i < 7; i++)
        chosen[i] = &cells[i];
    out = tp_out_new(fileno(file), "file", NULL);
    assert_non_null(out);
    tp_rows_write(out, tp_writer_find("blocks"), &rows);
    assert_int_equal(tp_out_finish(out, NULL), 0);
    tp_out_free(out);
    assert_true(pread(fileno(file), text, sizeof text - 1, 0) > 0);
    fclose(file);
    assert_string_equal(text, "  id                            1\n"
                              " Known                          sender             receiver\n"
                              "  something                     -                  5\n"
                              " Rest\n"
                              "  last                          end\n");
}

/* --- JSON beside jansson ---------------------------------------------------------------------- */

static uint64_t random_bits(void)
{
    static uint64_t bits = 88172645463325252u;

    bits ^= bits << 13;
    bits ^= bits >> 7;
    bits ^= bits << 17;
    return bits;
}

/* Mostly letters; now and then what is escaped, or characters and bytes that are none. */
static void random_text(char text[400])
{
    static const char *const odd[] = {"\"",
                                      "\\",
                                      "/",
                                      "\x7f",
                                      "\n",
                                      "\xc3\xa4",
                                      "\xe2\x82\xac",
                                      "\xff",
                                      "\xed\xa0\x80",
                                      "\xc0\xaf",
                                      "\xf0\x9f\x98\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xe2\x82",
                                      "\xef\xbf\xbf"};
    size_t length = random_bits() % 60;
    char *end = text;

    if (random_bits() % 16 == 0)
        length *= 6;
    for (size_t i = 0; i < length && end - text < 390; i++)
        switch (random_bits() % 40) {
        case 0:
            end = stpcpy(end, odd[random_bits() % (sizeof odd / sizeof *odd)]);
            break;
        case 1:
            *end++ = (char)(1 + random_bits() % 31);
            break;
        default:
            *end++ = (char)(' ' + random_bits() % 90);
        }
    *end = '\0';
}

static double random_real(void)
{
    uint64_t bits = random_bits();
    double real;

    switch (random_bits() % 4) {
    case 0:
        do
            memcpy(&real, &bits, sizeof real);
        while (!isfinite(real) && (bits = random_bits()));
        return real;
    case 1:
        return (double)(int64_t)(bits >> (random_bits() % 60)) - 500;
    case 2:
        return (double)(bits >> 30) / 1000;
    default:
        return (double)(bits >> 40) / (double)(1 + random_bits() % 1000) * (bits & 1 ? 1 : -1);
    }
}

/* The text as it is, or where it is no UTF-8 with \xHH for what is none. */
static json_t *jansson_text(const char *text)
{
    json_t *json = json_string(text);
    char *clean = tp_utf8_escaped(text);

    assert_non_null(clean);
    if (!json)
        json = json_string(clean);
    free(clean);
    return json;
}

#define RANDOM_COLUMNS 8

struct random_row {
    char name[RANDOM_COLUMNS][400], text[RANDOM_COLUMNS][400];
    struct tp_count counts[3];
    struct tp_value values[RANDOM_COLUMNS];
};

/* What jansson would make of it. */
static json_t *random_value(struct random_row *row, size_t column)
{
    static const char *const names[] = {"a", "say \"b\"", "c\\\xc3\xa4"};
    struct tp_value *value = &row->values[column];
    json_t *counts;

    switch (random_bits() % 6) {
    case 0:
        *value = tp_value_integer((int64_t)random_bits() >> random_bits() % 64);
        return json_integer(value->integer);
    case 1:
        *value = tp_value_real_if(true, random_real());
        return json_real(value->real);
    case 2:
        *value = tp_value_bool(random_bits() % 2);
        return json_boolean(value->integer);
    case 3:
        random_text(row->text[column]);
        *value = tp_value_text(row->text[column]);
        return jansson_text(row->text[column]);
    case 4:
        counts = json_object();
        *value =
            (struct tp_value){.type = TP_VALUE_COUNTS, .counts = (uint32_t)(random_bits() % 4)};
        value->list = row->counts;
        for (uint32_t i = 0; i < value->counts; i++) {
            row->counts[i] = (struct tp_count){names[i], i * 1000};
            json_object_set_new(counts, names[i], json_integer(i * 1000));
        }
        return counts;
    default:
        *value = tp_value_text(NULL);
        return json_null();
    }
}

static void json_is_as_jansson_writes_it(void **state)
{
    static struct random_row row;
    struct tp_column cells[RANDOM_COLUMNS] = {{0}};
    const struct tp_column *chosen[RANDOM_COLUMNS];
    const struct tp_rows rows = {.columns = chosen, .column_count = RANDOM_COLUMNS};
    FILE *file = tmpfile();
    char *expected, *text = malloc(1 << 16);
    struct tp_out *out;
    json_t *object;
    ssize_t length;
    off_t at = 0;

    (void)state;
    assert_non_null(text);
    out = tp_out_new(fileno(file), "file", NULL);
    for (unsigned n = 0; n < 20000; n++) {
        object = json_object();
        for (size_t i = 0; i < RANDOM_COLUMNS; i++) {
            snprintf(row.name[i], sizeof row.name[i], "%zu \"%.*s", i, n & 1 ? 300 : 0,
                     "name\tname");
            cells[i].name = row.name[i];
            chosen[i] = &cells[i];
            assert_int_equal(json_object_set_new(object, row.name[i], random_value(&row, i)), 0);
        }
        tp_out_json_object(out, &rows, row.values);
        assert_int_equal(tp_out_finish(out, NULL), 0);
        length = pread(fileno(file), text, (1 << 16) - 1, at);
        assert_true(length > 0);
        text[length] = '\0';
        at += length;
        expected = json_dumps(object, JSON_COMPACT);
        assert_string_equal(text, expected);
        free(expected);
        json_decref(object);
    }
    tp_out_free(out);
    fclose(file);
    free(text);
}

/* Longer than the room that a row has at a time. */
static void long_texts_are_whole(void **state)
{
    const char *keep = flows[0];
    char *text, *long_text = malloc(20001);

    (void)state;
    assert_non_null(long_text);
    memset(long_text, 'a', 20000);
    long_text[20000] = '\0';
    flows[0] = long_text;
    text = written("csv", load, 1);
    assert_non_null(strstr(text, ",aaaa"));
    assert_int_equal(strspn(strstr(text, "aaaa"), "a"), 20000);
    free(text);
    long_text[10000] = '"';
    text = written("csv", load, 1);
    assert_int_equal(strspn(strstr(text, "1,\"aaaa") + 3, "a"), 10000);
    assert_int_equal(strspn(strstr(text, "a\"\"a") + 3, "a"), 9999);
    free(text);
    text = written("json", load, 1);
    assert_int_equal(strspn(strstr(text, "a\\\"a") + 3, "a"), 9999);
    free(text);
    flows[0] = keep;
    free(long_text);
}

#define LONG_END "[2001:db8:1111:2222:3333:4444:5555:6666]:54321"

static void load_long(void *context, size_t row, struct tp_value *values)
{
    load(context, 0, values);
    values[2].integer = INT64_MAX;
    for (size_t i = 3; i < 5; i++)
        values[i].integer = INT64_C(1000000000000000);
    if (row == 1)
        values[1].text = LONG_END " -> " LONG_END;
}

static void long_flows_keep_the_width(void **state)
{
    char *text, *line, *end;

    (void)state;
    limit = TP_TABLE_WIDTH;
    line = text = written("table", load_long, 2);
    limit = 0;
    for (; (end = strchr(line, '\n')); line = end + 1)
        assert_true(end - line <= TP_TABLE_WIDTH);
    assert_non_null(strstr(text, " " LONG_END " -> " LONG_END "\n"));
    free(text);
    /* Without a limit a row is one line: two of headings, two rows. */
    text = written("table", load_long, 2);
    assert_null(strstr(text, LONG_END "\n"));
    for (line = text, limit = 0; (end = strchr(line, '\n')); line = end + 1)
        limit++;
    assert_int_equal(limit, 4);
    limit = 0;
    free(text);
}

static void bad_utf8_is_escaped(void **state)
{
    const char *keep = flows[0];
    char *text;

    (void)state;
    flows[0] = "a\xff";
    text = written("json", load, 1);
    flows[0] = keep;
    assert_non_null(strstr(text, "\"flow\":\"a\\\\xff\""));
    free(text);
}

static void a_failed_write_is_kept(void **state)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_out *out;
    int fd = open("/dev/full", O_WRONLY);

    (void)state;
    assert_true(fd >= 0);
    out = tp_out_new(fd, "the file", &error);
    assert_non_null(out);
    for (int i = 0; i < 200000; i++)
        tp_out_text(out, "0123456789");
    assert_true(tp_out_failed(out));
    assert_int_equal(tp_out_finish(out, &error), TP_ERR_IO);
    assert_string_equal(error.text, "cannot write the file: No space left on device");
    tp_out_free(out);
    close(fd);
}

static int pipe_bytes(int fd)
{
    struct tp_out *out = tp_out_new(fd, "a pipe", NULL);

    assert_non_null(out);
    tp_out_free(out);
    return fcntl(fd, F_GETPIPE_SZ);
}

/* It holds a few buffers, so that neither end waits for each one; a larger one stays as large. */
static void a_pipe_is_widened(void **state)
{
    enum { WIDE = 1024 * 1024 };
    int ends[2], small;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    small = fcntl(ends[1], F_GETPIPE_SZ);
    if (fcntl(ends[1], F_SETPIPE_SZ, WIDE) < WIDE) /* this user has too many pipes */
        skip();
    fcntl(ends[1], F_SETPIPE_SZ, small);
    assert_int_equal(pipe_bytes(ends[1]), WIDE);
    if (fcntl(ends[1], F_SETPIPE_SZ, 2 * WIDE) == 2 * WIDE)
        assert_int_equal(pipe_bytes(ends[1]), 2 * WIDE);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_aligned),
        cmocka_unit_test(csv_is_quoted_and_exact),
        cmocka_unit_test(csv_null_tells_absent_from_empty),
        cmocka_unit_test(csv_guards_what_a_spreadsheet_would_run),
        cmocka_unit_test(json_is_exact),
        cmocka_unit_test(blocks_name_every_value),
        cmocka_unit_test(blocks_leave_out_unknown_sections),
        cmocka_unit_test(long_flows_keep_the_width),
        cmocka_unit_test(bad_utf8_is_escaped),
        cmocka_unit_test(json_is_as_jansson_writes_it),
        cmocka_unit_test(long_texts_are_whole),
        cmocka_unit_test(a_failed_write_is_kept),
        cmocka_unit_test(a_pipe_is_widened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
