/* json.c: pieces of JSON. */
#include <string.h>

#include "base/put.h"
#include "base/visible.h"
#include "page/json.h"

void page_key(struct tp_out *out, const char *name)
{
    tp_out_json_text(out, name);
    tp_out_text(out, ":");
}

void page_integer(struct tp_out *out, int64_t number)
{
    tp_out_used(out, put_signed(tp_out_room(out, PUT_MAX), number));
}

void page_member(struct tp_out *out, const char *name, int64_t number)
{
    page_key(out, name);
    page_integer(out, number);
}

void page_text(struct tp_out *out, const char *text)
{
    const char *end = text + strlen(text);
    char shown[1024];
    size_t length = visible_text(&text, end, "\n\t", shown, sizeof shown - VISIBLE_MOST);

    shown[length] = '\0'; /* no name is longer */
    tp_out_json_text(out, shown);
}

struct page_deltas page_deltas_begin(struct tp_out *out, const char *name)
{
    page_key(out, name);
    tp_out_text(out, "[");
    return (struct page_deltas){.out = out};
}

static char *begin_number(struct page_deltas *deltas)
{
    char *at = tp_out_room(deltas->out, PUT_MAX);

    if (deltas->begun)
        *at++ = ',';
    deltas->begun = true;
    return at;
}

void page_deltas_add(struct page_deltas *deltas, int64_t number)
{
    char *at = begin_number(deltas);

    tp_out_used(deltas->out, put_signed(at, (int64_t)((uint64_t)number - (uint64_t)deltas->last)));
    deltas->last = number;
}

void page_deltas_absent(struct page_deltas *deltas)
{
    char *at = begin_number(deltas);

    tp_out_used(deltas->out, put_text(at, "null"));
}

void page_deltas_end(struct page_deltas *deltas)
{
    tp_out_text(deltas->out, "]");
}
