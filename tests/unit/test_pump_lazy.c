/* test_pump_lazy.c: the raw engine on a kernel that counts lazy preemption, as RHEL 9's and
 * PREEMPT_RT before 6.12: tests/data/raw made over, with that count behind the task in each event
 * and all that follows 8 bytes further behind. The lines are the kernel's with two more columns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "recorder/pages.h"

#include "pump_lines.h"
#include "raw_tree.h"

#define PAGE       4096
#define PAGE_LARGE 16384
#define HEAD       16 /* of a page: time, bytes in use */
#define ENTRY      8  /* of an event: type, flags, preempt_count, pid */
#define MORE       8  /* the count and what pads it */
#define LAZY_COUNT 3

static const char lazy_field[] =
    "\tfield:unsigned char common_preempt_lazy_count;\toffset:8;\tsize:1;\tsigned:0;\n";

static void write_file(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* --- making the tree over --------------------------------------------------------------------- */

/* Moves the fields behind the task; the first of them follows an empty line. */
static void move_fields(const char *path)
{
    char *text = raw_file(path, NULL), *line, *offset, *stop;
    char made[65536];
    size_t length = 0;

    assert_non_null(text);
    for (line = strtok_r(text, "\n", &stop); line; line = strtok_r(NULL, "\n", &stop)) {
        offset = strstr(line, "\toffset:");
        if (offset && atoi(offset + 8) >= ENTRY) {
            length += (size_t)snprintf(made + length, sizeof made - length, "%.*s\toffset:%d%s\n",
                                       (int)(offset - line), line, atoi(offset + 8) + MORE,
                                       offset + 8 + strspn(offset + 8, "0123456789"));
            continue;
        }
        length += (size_t)snprintf(made + length, sizeof made - length, "%s\n%s", line,
                                   strstr(line, " common_pid;") ? lazy_field : "");
    }
    write_file(path, made, length);
    free(text);
}

static unsigned char *put_word(unsigned char *at, uint32_t word)
{
    memcpy(at, &word, sizeof word);
    return at + sizeof word;
}

/* The longest form of an event: more time, then data with a length. */
static unsigned char *put_event(unsigned char *at, const struct page_event *event, uint64_t delta)
{
    at = put_word(at, 30 | (uint32_t)(delta & 0x7ffffff) << 5);
    at = put_word(at, (uint32_t)(delta >> 27));
    at = put_word(at, 0);
    at = put_word(at, (uint32_t)(4 + event->size + MORE));
    memcpy(at, event->bytes, ENTRY);
    memset(at + ENTRY, 0, MORE);
    at[ENTRY] = LAZY_COUNT;
    memcpy(at + ENTRY + MORE, event->bytes + ENTRY, event->size - ENTRY);
    return at + event->size + MORE;
}

static void move_page(const unsigned char *page, unsigned char *made)
{
    static const struct page_layout layout = {
        .size = PAGE, .commit = 8, .commit_size = 8, .data = HEAD};
    unsigned char *at = made + HEAD;
    struct page_cursor cursor;
    struct page_event event;
    uint64_t before, commit;

    page_begin(&cursor, &layout, page, PAGE);
    before = cursor.ts;
    memset(made, 0, PAGE_LARGE);
    memcpy(made, &before, sizeof before);
    while (page_next(&cursor, &event)) {
        assert_true(at + 16 + event.size + MORE <= made + PAGE_LARGE);
        at = put_event(at, &event, event.ts - before);
        before = event.ts;
    }
    commit = (uint64_t)(at - made - HEAD);
    memcpy(made + 8, &commit, sizeof commit);
}

static void move_pages(const char *path)
{
    size_t length = 0, page, count;
    unsigned char *pages = (unsigned char *)raw_file(path, &length), *made;

    assert_non_null(pages);
    count = length / PAGE;
    assert_true(count > 0 && length % PAGE == 0);
    made = malloc(count * PAGE_LARGE);
    assert_non_null(made);
    for (page = 0; page < count; page++)
        move_page(pages + page * PAGE, made + page * PAGE_LARGE);
    write_file(path, made, count * PAGE_LARGE);
    free(made);
    free(pages);
}

static void make_tree(char root[64])
{
    static const char header[] = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
                                 "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
                                 "\tfield: char data;\toffset:16;\tsize:16368;\tsigned:0;\n";
    char text[256];
    size_t i;

    strcpy(root, "/tmp/tcpprobe-lazy-XXXXXX");
    assert_non_null(mkdtemp(root));
    snprintf(text, sizeof text, "cp -r " RAW_TREE "/. %s", root);
    assert_int_equal(system(text), 0);
    for (i = 0; i < RAW_EVENTS; i++) {
        snprintf(text, sizeof text, "%s/events/%s/%s/format", root, raw_events[i][0],
                 raw_events[i][1]);
        move_fields(text);
    }
    snprintf(text, sizeof text, "%s/events/header_page", root);
    write_file(text, header, sizeof header - 1);
    for (i = 0; i < 2; i++) {
        snprintf(text, sizeof text, "%s/instance/per_cpu/cpu%zu/trace_pipe_raw", root, i);
        move_pages(text);
    }
}

/* --- what comes out --------------------------------------------------------------------------- */

/* "[000] ..s2." as "[000] ...s23.": need-resched-lazy, and the count. */
static char *with_lazy_columns(const char *text)
{
    char *made = malloc(2 * strlen(text) + 1), *to = made;
    const char *flags;

    assert_non_null(made);
    while (*text) {
        flags = strstr(text, "] ");
        assert_non_null(flags);
        flags += 2;
        to += sprintf(to, "%.*s%.2s.%.2s%d%c", (int)(flags - text), text, flags, flags + 2,
                      LAZY_COUNT, flags[4]);
        text = flags + 5;
        while (*text && (*to++ = *text++) != '\n')
            ;
    }
    *to = '\0';
    return made;
}

static void the_lines_of_such_a_kernel_come_out(void **state)
{
    char root[64], instance[128], command[128];
    char *kernels = raw_file(RAW_TREE "/instance/trace", NULL), *expected;
    struct pump_plan plan = {.engine = PUMP_RAW, .tracefs = root, .instance = instance};
    struct raw_formats formats;
    struct lines lines = {0};
    struct tp_error error = TP_ERROR_INIT;
    struct pump *pump;

    (void)state;
    make_tree(root);
    snprintf(instance, sizeof instance, "%s/instance", root);
    assert_non_null(kernels);
    expected = with_lazy_columns(kernels);
    assert_int_equal(raw_formats_read(&formats, root, NULL), 0);
    plan.release = 0x50e;
    plan.events = formats.events;
    plan.event_count = RAW_EVENTS;
    if (pump_open(&pump, &plan, &error) || pump_drain(pump, true, lines_take, &lines, &error))
        fail_msg("%s", error.text);
    assert_int_equal(lines.count, 307);
    assert_int_equal(pump_stats(pump)->unreadable, 0);
    number_pointers(lines.text);
    number_pointers(expected);
    assert_true(same_lines(lines.text, expected));
    lines_release(&lines);
    pump_close(pump);
    raw_formats_release(&formats);
    free(expected);
    free(kernels);
    snprintf(command, sizeof command, "rm -rf %s", root);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lines_of_such_a_kernel_come_out),
    };

    return cmocka_run_group_tests_name("pump, lazy preemption", tests, NULL, NULL);
}
