/* test_pump.c: both engines on folders of plain files: tests/data/raw, and copies of it with pages
 * that were changed. The kernel's own text of the same events is what is to come out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "recorder/comm.h"

#include "pump_lines.h"
#include "raw_tree.h"

#define PAGE 4096

struct world {
    struct raw_formats formats;
    char root[64]; /* a copy of the tree, of each test */
    char instance[128];
};

static int make_tree(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    char command[256];

    if (!world || raw_formats_read(&world->formats, RAW_TREE, NULL))
        return -1;
    strcpy(world->root, "/tmp/tcpprobe-pump-XXXXXX");
    if (!mkdtemp(world->root))
        return -1;
    snprintf(world->instance, sizeof world->instance, "%s/instance", world->root);
    snprintf(command, sizeof command, "cp -r " RAW_TREE "/. %s", world->root);
    *state = world;
    return system(command) == 0 ? 0 : -1;
}

static int remove_tree(void **state)
{
    struct world *world = *state;
    char command[256];

    snprintf(command, sizeof command, "rm -rf %s", world->root);
    raw_formats_release(&world->formats);
    free(world);
    return system(command);
}

static int open_pump(const struct world *world, enum pump_engine engine, struct pump **pump,
                     struct tp_error *error)
{
    const struct pump_plan plan = {.engine = engine,
                                   .tracefs = world->root,
                                   .instance = world->instance,
                                   .release = 0x612,
                                   .events = world->formats.events,
                                   .event_count = RAW_EVENTS};

    return pump_open(pump, &plan, error);
}

static struct pump *opened(const struct world *world, enum pump_engine engine)
{
    struct tp_error error = TP_ERROR_INIT;
    struct pump *pump = NULL;

    if (open_pump(world, engine, &pump, &error))
        fail_msg("%s", error.text);
    return pump;
}

static void drained(struct pump *pump, bool last, struct lines *lines)
{
    struct tp_error error = TP_ERROR_INIT;

    if (pump_drain(pump, last, lines_take, lines, &error))
        fail_msg("%s", error.text);
}

static void pages_path(const struct world *world, unsigned cpu, char path[256])
{
    snprintf(path, 256, "%s/per_cpu/cpu%u/trace_pipe_raw", world->instance, cpu);
}

static unsigned char *pages_of(const struct world *world, unsigned cpu, size_t *length)
{
    char path[256];
    char *bytes;

    pages_path(world, cpu, path);
    bytes = raw_file(path, length);
    assert_non_null(bytes);
    return (unsigned char *)bytes;
}

static void write_file(const char *path, const char *mode, const void *bytes, size_t length)
{
    FILE *file = fopen(path, mode);

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void write_pages(const struct world *world, unsigned cpu, const char *mode,
                        const void *bytes, size_t length)
{
    char path[256];

    pages_path(world, cpu, path);
    write_file(path, mode, bytes, length);
}

/* --- the raw engine -------------------------------------------------------------------------- */

static void the_kernels_lines_come_out(void **state)
{
    struct world *world = *state;
    struct pump *pump = opened(world, PUMP_RAW);
    char *expected = raw_file(RAW_TREE "/instance/trace", NULL);
    struct lines lines = {0};

    assert_non_null(expected);
    drained(pump, true, &lines);
    assert_int_equal(lines.count, 307);
    assert_null(strstr(lines.text, "ffff8881")); /* no address as it is */
    number_pointers(lines.text);
    number_pointers(expected);
    assert_true(same_lines(lines.text, expected));
    assert_int_equal(pump_stats(pump)->events, lines.count);
    assert_int_equal(pump_stats(pump)->bytes, lines.length);
    assert_int_equal(pump_stats(pump)->lost + pump_stats(pump)->uncounted, 0);
    assert_int_equal(pump_stats(pump)->unreadable, 0);
    lines_release(&lines);
    pump_close(pump);
    free(expected);
}

static void each_recording_has_its_salt(void **state)
{
    struct lines lines[2] = {{0}};
    struct pump *pump;
    size_t i;

    for (i = 0; i < 2; i++) {
        pump = opened(*state, PUMP_RAW);
        drained(pump, true, &lines[i]);
        pump_close(pump);
    }
    assert_int_equal(lines[0].length, lines[1].length);
    assert_string_not_equal(lines[0].text, lines[1].text);
    number_pointers(lines[0].text);
    number_pointers(lines[1].text);
    assert_string_equal(lines[0].text, lines[1].text);
    lines_release(&lines[0]);
    lines_release(&lines[1]);
}

/* One CPU's pages come a drain later than the other's: still in order. */
static void what_another_cpu_may_precede_is_held_back(void **state)
{
    struct world *world = *state;
    char *expected = raw_file(RAW_TREE "/instance/trace", NULL);
    struct lines lines = {0};
    unsigned char *pages;
    struct pump *pump;
    size_t length = 0;

    pages = pages_of(world, 1, &length);
    write_pages(world, 1, "wb", "", 0);
    pump = opened(world, PUMP_RAW);
    drained(pump, false, &lines);
    assert_int_equal(lines.count, 0);
    write_pages(world, 1, "ab", pages, length);
    drained(pump, false, &lines);
    assert_true(lines.count > 250);
    drained(pump, false, &lines); /* nothing new: now the rest is given */
    assert_int_equal(lines.count, 307);
    number_pointers(lines.text);
    number_pointers(expected);
    assert_true(same_lines(lines.text, expected));
    lines_release(&lines);
    pump_close(pump);
    free(pages);
    free(expected);
}

static void set_lost(unsigned char *page, uint64_t lost)
{
    uint64_t commit;

    memcpy(&commit, page + 8, sizeof commit);
    memcpy(page + 16 + commit, &lost, sizeof lost);
    commit |= lost ? 0xc0000000 : 0x80000000;
    memcpy(page + 8, &commit, sizeof commit);
}

static void losses_have_markers_in_place(void **state)
{
    struct world *world = *state;
    struct lines lines = {0};
    unsigned char *pages;
    struct pump *pump;
    size_t length;
    char *first, *second;

    pages = pages_of(world, 1, &length);
    set_lost(pages, 127);
    set_lost(pages + 2 * PAGE, 0);
    write_pages(world, 1, "wb", pages, length);
    pump = opened(world, PUMP_RAW);
    drained(pump, true, &lines);
    assert_int_equal(lines.count, 309);
    assert_int_equal(lines.markers, 2);
    assert_int_equal(pump_stats(pump)->lost, 127);
    assert_int_equal(pump_stats(pump)->uncounted, 1);
    assert_int_equal(pump_stats(pump)->events, 307);
    first = strstr(lines.text, "CPU:1 [LOST 127 EVENTS]\n");
    second = strstr(lines.text, "CPU:1 [LOST EVENTS]\n");
    assert_true(first && second && first < second);
    /* Each stands before an event of its CPU. */
    assert_non_null(strstr(first, "[001]"));
    assert_true(strstr(first, "[001]") < strchr(strchr(first, '\n') + 1, '\n'));
    assert_true(strstr(second, "[001]") < strchr(strchr(second, '\n') + 1, '\n'));
    lines_release(&lines);
    pump_close(pump);
    free(pages);
}

static void damage_is_a_loss_and_the_rest_is_given(void **state)
{
    struct world *world = *state;
    struct lines lines = {0};
    unsigned char *pages;
    struct pump *pump;
    size_t length;

    pages = pages_of(world, 0, &length);
    pages[PAGE + 16] = 28; /* a length that ends in the middle of an event */
    pages[PAGE + 8] = 60;
    pages[PAGE + 9] = 0;
    write_pages(world, 0, "wb", pages, length);
    pump = opened(world, PUMP_RAW);
    drained(pump, true, &lines);
    assert_int_equal(lines.markers, 1);
    assert_int_equal(pump_stats(pump)->unreadable, 1);
    assert_non_null(strstr(lines.text, "CPU:0 [LOST EVENTS]\n"));
    assert_true(lines.count > 200 && lines.count < 307);
    lines_release(&lines);
    pump_close(pump);
    free(pages);
}

static void an_event_that_is_not_known_is_a_loss(void **state)
{
    struct world *world = *state;
    const struct pump_plan plan = {.engine = PUMP_RAW,
                                   .tracefs = world->root,
                                   .instance = world->instance,
                                   .release = 0x612,
                                   .events = world->formats.events + 1, /* no tcp_probe */
                                   .event_count = RAW_EVENTS - 1};
    struct lines lines = {0};
    struct pump *pump;

    assert_int_equal(pump_open(&pump, &plan, NULL), 0);
    drained(pump, true, &lines);
    assert_int_equal(lines.count, 307);
    assert_int_equal(lines.markers, 85);
    assert_int_equal(pump_stats(pump)->unreadable, 85);
    lines_release(&lines);
    pump_close(pump);
}

static void the_sink_can_stop(void **state)
{
    struct pump *pump = opened(*state, PUMP_RAW);
    struct lines lines = {.stop_after = 10};
    struct tp_error error = TP_ERROR_INIT;

    assert_int_equal(pump_drain(pump, true, lines_take, &lines, &error), TP_ERR_STOPPED);
    assert_int_equal(lines.count, 10);
    drained(pump, true, &lines); /* and go on, nothing is given twice or left out */
    assert_int_equal(lines.count, 307);
    lines_release(&lines);
    pump_close(pump);
}

static void each_missing_file_is_named(void **state)
{
    static const char *const files[] = {"events/header_page", "saved_cmdlines", "instance/per_cpu",
                                        "instance/per_cpu/cpu1/trace_pipe_raw"};
    struct world *world = *state;
    struct tp_error error;
    char from[256], to[256];
    struct pump *pump;
    size_t i;

    for (i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(from, sizeof from, "%s/%s", world->root, files[i]);
        snprintf(to, sizeof to, "%s/hidden", world->root);
        assert_int_equal(rename(from, to), 0);
        tp_error_clear(&error);
        assert_int_equal(open_pump(world, PUMP_RAW, &pump, &error), TP_ERR_IO);
        assert_non_null(
            strstr(error.text, strrchr(files[i], '/') ? strrchr(files[i], '/') : files[i]));
        assert_int_equal(rename(to, from), 0);
    }
    tp_error_clear(&error);
    assert_int_equal(open_pump(world, PUMP_PIPE, &pump, &error), TP_ERR_IO);
    assert_non_null(strstr(error.text, "/trace_pipe"));
}

static void counters_are_no_nanoseconds(void **state)
{
    struct world *world = *state;
    struct lines lines = {0};
    struct pump *pump;
    char path[256];

    snprintf(path, sizeof path, "%s/trace_clock", world->instance);
    write_file(path, "wb", "local global [counter] uptime\n", 30);
    pump = opened(world, PUMP_RAW);
    drained(pump, true, &lines);
    /* "[000] ..s2. ", then at least 12 columns */
    assert_true(lines.text[29] == ']' && lines.text[36] == ' ');
    assert_int_equal(strspn(lines.text + 37, "0123456789"), 13); /* of 5940 seconds */
    assert_memory_equal(lines.text + 37 + 13, ": inet_sock", 11);
    lines_release(&lines);
    pump_close(pump);
}

/* --- the pipe engine ------------------------------------------------------------------------- */

static void the_text_is_cut_into_lines(void **state)
{
    static const char text[] = "   a-1       [000] .....     1.000001: x: y\n"
                               "CPU:1 [LOST 127 EVENTS]\n"
                               "CPU:0 [LOST EVENTS]\n"
                               "   a-1       [000] .....     1.000002: x: state=1\n\n"
                               "CPU:1 [LOST 5 EVENTS] or not\n"
                               "   a-1       [000] .....     1.0000";
    struct world *world = *state;
    struct lines lines = {0};
    struct pump *pump;
    char path[256];

    snprintf(path, sizeof path, "%s/trace_pipe", world->instance);
    write_file(path, "wb", text, sizeof text - 1);
    pump = opened(world, PUMP_PIPE);
    drained(pump, false, &lines);
    assert_int_equal(lines.count, 5);
    assert_int_equal(lines.markers, 2);
    assert_int_equal(pump_stats(pump)->events, 3);
    assert_int_equal(pump_stats(pump)->lost, 127);
    assert_int_equal(pump_stats(pump)->uncounted, 1);
    write_file(path, "ab", "03: x: y\n", 9);
    drained(pump, true, &lines);
    assert_int_equal(lines.count, 6);
    assert_int_equal(lines.length, sizeof text - 1 + 9);
    assert_memory_equal(lines.text, text, sizeof text - 1);
    lines_release(&lines);
    pump_close(pump);
}

static void a_line_without_end_is_an_error(void **state)
{
    struct world *world = *state;
    struct tp_error error = TP_ERROR_INIT;
    struct lines lines = {0};
    char path[256], *text;
    struct pump *pump;

    snprintf(path, sizeof path, "%s/trace_pipe", world->instance);
    text = malloc(70000);
    assert_non_null(text);
    memset(text, 'x', 70000);
    write_file(path, "wb", text, 70000);
    pump = opened(world, PUMP_PIPE);
    assert_int_equal(pump_drain(pump, true, lines_take, &lines, &error), TP_ERR_LIMIT);
    pump_close(pump);
    free(text);
}

/* --- names of tasks -------------------------------------------------------------------------- */

static int64_t a_clock(void)
{
    static int64_t now; /* each look at it takes a millisecond */

    return now += 1000000;
}

static void names_may_hold_anything(void **state)
{
    static const char text[] =
        "12 a b\n7 x\ny\n8 \n9 12345678901234567890\n2147483647 last\n10 12 z\n";
    struct world *world = *state;
    struct tp_error error = TP_ERROR_INIT;
    struct comm_table *table;
    char path[256];
    int i;

    snprintf(path, sizeof path, "%s/saved_cmdlines", world->root);
    write_file(path, "wb", text, sizeof text - 1);
    assert_int_equal(comm_open(&table, world->root, a_clock, &error), 0);
    assert_string_equal(comm_find(table, 12), "<...>");
    assert_int_equal(comm_refresh(table, &error), 0);
    assert_string_equal(comm_find(table, 0), "<idle>");
    assert_string_equal(comm_find(table, 12), "a b");
    assert_string_equal(comm_find(table, 7), "x\ny");
    assert_string_equal(comm_find(table, 8), "");
    assert_string_equal(comm_find(table, 9), "123456789012345");
    assert_string_equal(comm_find(table, 10), "12 z");
    assert_string_equal(comm_find(table, INT32_MAX), "last");
    assert_string_equal(comm_find(table, 13), "<...>");
    assert_string_equal(comm_find(table, -1), "<XXX>");

    /* A name that changes is seen before long, without reading the file each time. */
    write_file(path, "wb", "12 new\n", 7);
    assert_int_equal(comm_refresh(table, &error), 0);
    assert_string_equal(comm_find(table, 12), "a b");
    for (i = 0; i < 100; i++)
        assert_int_equal(comm_refresh(table, &error), 0);
    assert_string_equal(comm_find(table, 12), "new");
    assert_string_equal(comm_find(table, 7), "<...>");
    comm_free(table);
}

#define ON_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, remove_tree)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_TREE(the_kernels_lines_come_out),
        ON_TREE(each_recording_has_its_salt),
        ON_TREE(what_another_cpu_may_precede_is_held_back),
        ON_TREE(losses_have_markers_in_place),
        ON_TREE(damage_is_a_loss_and_the_rest_is_given),
        ON_TREE(an_event_that_is_not_known_is_a_loss),
        ON_TREE(the_sink_can_stop),
        ON_TREE(each_missing_file_is_named),
        ON_TREE(counters_are_no_nanoseconds),
        ON_TREE(the_text_is_cut_into_lines),
        ON_TREE(a_line_without_end_is_an_error),
        ON_TREE(names_may_hold_anything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
