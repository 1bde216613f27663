/* test_output.c: values, rows and writers, with hand-made rows and a real file descriptor. */
#include <fcntl.h>
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
    char *text = written("table", load_long, 2), *line = text, *end;

    (void)state;
    for (; (end = strchr(line, '\n')); line = end + 1)
        assert_true(end - line <= TP_TABLE_WIDTH);
    assert_non_null(strstr(text, " " LONG_END " -> " LONG_END "\n"));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_aligned),
        cmocka_unit_test(csv_is_quoted_and_exact),
        cmocka_unit_test(csv_guards_what_a_spreadsheet_would_run),
        cmocka_unit_test(json_is_exact),
        cmocka_unit_test(blocks_name_every_value),
        cmocka_unit_test(blocks_leave_out_unknown_sections),
        cmocka_unit_test(long_flows_keep_the_width),
        cmocka_unit_test(bad_utf8_is_escaped),
        cmocka_unit_test(a_failed_write_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
