/* test_raw_pages.c: the walk through a page of the ring buffer, and through pages that are damaged
 * in every byte: whatever is there, no event lies outside the page and no line outside its buffer.
 * Meant for sanitizers. The pages are for little-endian machines, as those of tests/data/raw.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "recorder/pages.h"
#include "recorder/event_line.h"

#include "raw_tree.h"

#define PAGE 4096

static const struct page_layout layout = {.size = PAGE, .commit = 8, .commit_size = 8, .data = 16};

/* --- layout ---------------------------------------------------------------------------------- */

static void the_header_is_read(void **state)
{
    char *text = raw_file(RAW_TREE "/events/header_page", NULL);
    struct page_layout read;

    (void)state;
    assert_non_null(text);
    assert_int_equal(page_layout_parse(&read, text, NULL), 0);
    assert_memory_equal(&read, &layout, sizeof read);
    free(text);
}

static void the_header_of_32_bits_and_large_pages_is_read(void **state)
{
    static const char text[] = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
                               "\tfield: local_t commit;\toffset:8;\tsize:4;\tsigned:1;\n"
                               "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
                               "\tfield: char data;\toffset:12;\tsize:65524;\tsigned:0;\n";
    struct page_layout read;

    (void)state;
    assert_int_equal(page_layout_parse(&read, text, NULL), 0);
    assert_int_equal(read.size, 65536);
    assert_int_equal(read.commit_size, 4);
    assert_int_equal(read.data, 12);
}

static void another_header_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "\tfield: u64 timestamp;\toffset:0;\tsize:8;\n",
        "timestamp;\toffset:8;\tsize:8; commit;\toffset:0;\tsize:8; data;\toffset:16;\tsize:4080;",
        " timestamp;\toffset:8;\tsize:8; commit;\toffset:0;\tsize:8; data;\toffset:16;\tsize:4080;",
        " timestamp;\toffset:0;\tsize:8; commit;\toffset:8;\tsize:8; data;\toffset:8;\tsize:4080;",
        " timestamp;\toffset:0;\tsize:8; commit;\toffset:8;\tsize:2; data;\toffset:16;\tsize:4080;",
        " timestamp;\toffset:0;\tsize:8; commit;\toffset:8;\tsize:8; data;\toffset:16;\tsize:-1;",
    };
    struct page_layout read;
    struct tp_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        tp_error_clear(&error);
        assert_int_equal(page_layout_parse(&read, rows[i], &error), TP_ERR_UNSUPPORTED);
        assert_true(error.text[0] != '\0');
    }
}

/* --- walking --------------------------------------------------------------------------------- */

struct built {
    uint32_t words[PAGE / 4];
    size_t count; /* words of events */
};

static void add_word(struct built *page, uint32_t word)
{
    page->words[4 + page->count++] = word;
}

static void add_header(struct built *page, unsigned type, uint32_t delta)
{
    add_word(page, delta << 5 | type);
}

static void finish(struct built *page, uint64_t ts, uint32_t flags)
{
    uint64_t commit = page->count * 4 | (flags ? (uint64_t)(int64_t)(int32_t)flags : 0);

    memcpy(page->words, &ts, sizeof ts);
    memcpy(page->words + 2, &commit, sizeof commit);
}

static void events_are_walked(void **state)
{
    struct built page = {.count = 0};
    struct page_cursor cursor;
    struct page_event event;

    (void)state;
    add_header(&page, 2, 5); /* two words of data */
    add_word(&page, 11);
    add_word(&page, 12);
    add_header(&page, 30, 3); /* 3 + 2 * 2^27 more */
    add_word(&page, 2);
    add_header(&page, 0, 1); /* three words, its length included */
    add_word(&page, 12);
    add_word(&page, 21);
    add_word(&page, 22);
    add_header(&page, 29, 9); /* taken back, with one word: its time does not count */
    add_word(&page, 8);
    add_word(&page, 99);
    add_header(&page, 1, 1);
    add_word(&page, 31);
    add_header(&page, 31, 7); /* 7 + 4 * 2^27 */
    add_word(&page, 4);
    add_header(&page, 1, 0);
    add_word(&page, 41);
    add_header(&page, 29, 0); /* the rest is not in use */
    add_word(&page, 77);
    finish(&page, 1000, 0);

    page_begin(&cursor, &layout, page.words, PAGE);
    assert_false(cursor.has_lost);
    assert_true(page_next(&cursor, &event));
    assert_int_equal(event.ts, 1005);
    assert_int_equal(event.size, 8);
    assert_int_equal(event.bytes[0], 11);
    assert_true(page_next(&cursor, &event));
    assert_int_equal(event.ts, 1005 + 3 + (UINT64_C(2) << 27) + 1);
    assert_int_equal(event.size, 8);
    assert_int_equal(event.bytes[4], 22);
    assert_true(page_next(&cursor, &event));
    assert_int_equal(event.ts, 1005 + 3 + (UINT64_C(2) << 27) + 2);
    assert_int_equal(event.bytes[0], 31);
    assert_true(page_next(&cursor, &event));
    assert_int_equal(event.ts, 7 + (UINT64_C(4) << 27));
    assert_int_equal(event.bytes[0], 41);
    assert_false(page_next(&cursor, &event));
    assert_false(page_next(&cursor, &event));
    assert_false(cursor.is_damaged);
}

/* Clocks of the wall need more than 59 bits: the upper ones come from the time before. */
static void absolute_times_keep_the_upper_bits(void **state)
{
    static const uint64_t start = (UINT64_C(3) << 59) + 100;
    struct built page = {.count = 0};
    struct page_cursor cursor;
    struct page_event event;

    (void)state;
    add_header(&page, 31, 200);
    add_word(&page, 0);
    add_header(&page, 1, 0);
    add_word(&page, 1);
    add_header(&page, 31, 50); /* less than before: they have overflown */
    add_word(&page, 0);
    add_header(&page, 1, 0);
    add_word(&page, 1);
    finish(&page, start, 0);
    page_begin(&cursor, &layout, page.words, PAGE);
    assert_true(page_next(&cursor, &event));
    assert_true(event.ts == start + 100);
    assert_true(page_next(&cursor, &event));
    assert_true(event.ts == (UINT64_C(4) << 59) + 50);
}

static void losses_are_read(void **state)
{
    static const struct {
        uint32_t flags;
        uint64_t stored;
        bool has_lost;
        uint64_t lost;
    } rows[] = {
        {0, 5, false, 0},
        {0x80000000, 5, true, 0}, /* not stored */
        {0xc0000000, 5, true, 5},
        {0xc0000000, UINT64_MAX, true, 0}, /* the kernel does not know */
    };
    struct page_cursor cursor;
    struct page_event event;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct built page = {.count = 0};

        add_header(&page, 1, 5);
        add_word(&page, 11);
        finish(&page, 1000, rows[i].flags);
        memcpy(page.words + 4 + page.count, &rows[i].stored, sizeof rows[i].stored);
        page_begin(&cursor, &layout, page.words, PAGE);
        assert_int_equal(cursor.has_lost, rows[i].has_lost);
        assert_int_equal(cursor.lost, rows[i].lost);
        assert_true(page_next(&cursor, &event));
        assert_false(page_next(&cursor, &event));
        assert_false(cursor.is_damaged);
    }
}

static void nonsense_is_damage(void **state)
{
    static const uint32_t rows[][2] = {
        {28, 0},                           /* more than the page has in use */
        {0, 3},                            /* a length that does not hold itself */
        {0, 4096},                         /* beyond the end */
        {0, 6},                            /* not a multiple of a word */
        {0, UINT32_MAX}, {29 | 1 << 5, 0}, /* padding without a length */
    };
    struct page_cursor cursor;
    struct page_event event;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct built page = {.count = 0};

        add_word(&page, rows[i][0]);
        add_word(&page, rows[i][1]);
        finish(&page, 1000, 0);
        page_begin(&cursor, &layout, page.words, PAGE);
        assert_false(page_next(&cursor, &event));
        assert_true(cursor.is_damaged);
    }
}

/* --- hostile pages --------------------------------------------------------------------------- */

struct world {
    struct raw_formats formats;
    struct render_style style;
    struct render *renders[RAW_EVENTS];
    uint64_t lines;
};

static void look(struct world *world, const struct page_event *event)
{
    uint16_t type;
    size_t i, length, most;
    char *line;

    if (event->size < sizeof type)
        return;
    memcpy(&type, event->bytes, sizeof type);
    for (i = 0; i < RAW_EVENTS; i++) {
        if (world->formats.events[i]->id != type)
            continue;
        most = render_size_max(world->renders[i], event->size);
        line = malloc(most);
        assert_non_null(line);
        length = render_line(world->renders[i], event, 1, "a task", line);
        assert_true(length <= most);
        assert_true(length == 0 || line[length - 1] == '\n');
        world->lines += length != 0;
        free(line);
    }
}

/* The page in memory of exactly its size. */
static void walk(struct world *world, const unsigned char *bytes, size_t size)
{
    unsigned char *page = malloc(size ? size : 1);
    struct page_cursor cursor;
    struct page_event event;
    size_t events = 0;

    assert_non_null(page);
    memcpy(page, bytes, size);
    page_begin(&cursor, &layout, page, size);
    while (page_next(&cursor, &event)) {
        assert_true(event.bytes >= page + layout.data);
        assert_true(event.bytes + event.size <= page + size);
        assert_true(++events <= PAGE / 4);
        look(world, &event);
    }
    free(page);
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    size_t i;

    if (!world || raw_formats_read(&world->formats, RAW_TREE, NULL))
        return -1;
    world->style = (struct render_style){.release = 0x612, .salt = {1, 2}};
    for (i = 0; i < RAW_EVENTS; i++)
        if (render_compile(&world->renders[i], world->formats.events[i], &world->style, NULL))
            return -1;
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    size_t i;

    for (i = 0; i < RAW_EVENTS; i++)
        render_free(world->renders[i]);
    raw_formats_release(&world->formats);
    free(world);
    return 0;
}

static void every_byte_is_damaged(void **state)
{
    static const unsigned char masks[] = {0xff, 0x01, 0x80, 0x1f};
    struct world *world = *state;
    unsigned char *pages;
    size_t length = 0, page, i, m;

    pages = (unsigned char *)raw_file(RAW_TREE "/instance/per_cpu/cpu1/trace_pipe_raw", &length);
    assert_non_null(pages);
    assert_true(length % PAGE == 0 && length >= 2 * PAGE);
    for (page = 0; page < length; page += 2 * PAGE)
        for (i = 0; i < PAGE; i++)
            for (m = page ? 2 : 0; m < sizeof masks; m++) {
                pages[page + i] ^= masks[m];
                walk(world, pages + page, PAGE);
                pages[page + i] ^= masks[m];
            }
    assert_true(world->lines > 100000);
    free(pages);
}

static void every_prefix_is_walked(void **state)
{
    struct world *world = *state;
    unsigned char *pages;
    size_t length, i;

    pages = (unsigned char *)raw_file(RAW_TREE "/instance/per_cpu/cpu0/trace_pipe_raw", &length);
    assert_non_null(pages);
    world->lines = 0;
    for (i = 0; i <= PAGE; i++)
        walk(world, pages, i);
    assert_true(world->lines > 0);
    free(pages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_is_read),
        cmocka_unit_test(the_header_of_32_bits_and_large_pages_is_read),
        cmocka_unit_test(another_header_is_refused),
        cmocka_unit_test(events_are_walked),
        cmocka_unit_test(absolute_times_keep_the_upper_bits),
        cmocka_unit_test(losses_are_read),
        cmocka_unit_test(nonsense_is_damage),
        cmocka_unit_test(every_byte_is_damaged),
        cmocka_unit_test(every_prefix_is_walked),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
