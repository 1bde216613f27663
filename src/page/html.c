/* html.c: the page around the data. */
#include "page/page.h"

static void put(struct tp_out *out, const struct page_asset *asset)
{
    tp_out_bytes(out, asset->bytes, asset->length);
}

void tp_page_html_text(struct tp_out *out, const char *text)
{
    static const char *const escapes[256] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};

    for (; *text; text++) {
        if (escapes[(unsigned char)*text])
            tp_out_text(out, escapes[(unsigned char)*text]);
        else
            tp_out_bytes(out, text, 1);
    }
}

void tp_page_html_begin(struct tp_out *out, const char *title)
{
    put(out, &page_head);
    tp_page_html_text(out, title);
    put(out, &page_body);
}

void tp_page_html_end(struct tp_out *out)
{
    put(out, &page_tail);
}

const char *tp_page_live(size_t *length)
{
    *length = page_live.length;
    return (const char *)page_live.bytes;
}

const char *tp_page_live_policy(void)
{
    return (const char *)page_live_policy.bytes;
}
