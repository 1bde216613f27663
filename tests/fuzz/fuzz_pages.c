/* fuzz_pages.c: any page of the ring buffer with any description of its events: a format file up to
 * the first NUL, then a page. No event lies outside the page, no line is longer than was said, and
 * what can be rendered once is rendered to the same bytes again. */
#include <stdlib.h>
#include <string.h>

#include "recorder/event_format.h"
#include "recorder/event_line.h"

#include "fuzz.h"

static const struct page_layout layout = {.size = 4096, .commit = 8, .commit_size = 8, .data = 16};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void render_event(const struct render *render, const struct page_event *event)
{
    size_t most = render_size_max(render, event->size), length, again;
    char *line = malloc(most), *copy = malloc(most);

    check(line && copy);
    length = render_line(render, event, 1, "a task", line);
    again = render_line(render, event, 1, "a task", copy);
    check(length <= most && length == again && memcmp(line, copy, length) == 0);
    check(length == 0 || line[length - 1] == '\n');
    free(line);
    free(copy);
}

static void walk(const struct render *render, const uint8_t *page, size_t size)
{
    struct page_cursor cursor;
    struct page_event event;

    page_begin(&cursor, &layout, page, size);
    while (page_next(&cursor, &event)) {
        check(event.bytes >= page + layout.data && event.bytes <= page + size &&
              event.size <= (size_t)(page + size - event.bytes));
        if (render)
            render_event(render, &event);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct render_style style = {.release = 0x612, .salt = {1, 2}};
    const uint8_t *nul = memchr(data, '\0', size);
    size_t text = nul ? (size_t)(nul - data) : size;
    struct tp_error error = TP_ERROR_INIT;
    struct render *render = NULL;
    struct event_format format;

    if (format_parse(&format, "tcp", (const char *)data, text, &error) == 0) {
        if (render_compile(&render, &format.event, &style, &error) != 0)
            check(error.code && error.text[0]);
        if (nul)
            walk(render, nul + 1, size - text - 1);
        render_free(render);
        format_release(&format);
    } else {
        check(error.code && error.text[0]);
    }
    return 0;
}
