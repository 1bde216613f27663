/* pages.c: walks the pages of the ring buffer (kernel/trace/ring_buffer.c; the header's offsets
 * come from events/header_page, the events' from events/header_event, which no kernel has ever
 * changed):
 *
 *     u64 timestamp; long commit; events...
 *
 * An event starts with a word, 5 bits of type and 27 of time since the last one:
 *
 *     0        data; the next word is its length, itself included
 *     1-28     data of so many words
 *     29       padding; without time it ends the page, else the next word is its length
 *     30       more time: the next word holds the bits above the 27
 *     31       59 bits of absolute time, likewise
 */
#include <stdio.h>
#include <string.h>

#include "recorder/pages.h"

#define MISSED_EVENTS  UINT32_C(0x80000000) /* flags in the number of bytes in use */
#define MISSED_STORED  UINT32_C(0x40000000) /* how many is behind the last event */
#define COMMIT_MASK    UINT32_C(0x3fffffff)
#define ABSOLUTE_BITS  59
#define PAGE_BYTES_MIN 64
#define PAGE_BYTES_MAX (16u << 20)

enum { TYPE_LONG_DATA = 0, TYPE_PADDING = 29, TYPE_TIME_EXTEND = 30, TYPE_TIME_STAMP = 31 };

/* The numbers in "field: NAME;\toffset:N;\tsize:N;". */
static bool read_field(const char *text, const char *name, unsigned *offset, unsigned *size)
{
    const char *at = strstr(text, name);

    return at && sscanf(at + strlen(name), "; offset:%u; size:%u;", offset, size) == 2;
}

int page_layout_parse(struct page_layout *layout, const char *text, struct tp_error *error)
{
    unsigned ts, ts_size, commit, commit_size, data, size;

    if (!read_field(text, " timestamp", &ts, &ts_size) ||
        !read_field(text, " commit", &commit, &commit_size) ||
        !read_field(text, " data", &data, &size))
        return tp_error_set(error, TP_ERR_UNSUPPORTED,
                            "this kernel does not describe its trace pages as known");
    if (ts != 0 || ts_size != 8 || commit < 8 || (commit_size != 4 && commit_size != 8) ||
        commit > data || data - commit < commit_size || data % 4 || size > PAGE_BYTES_MAX ||
        data > PAGE_BYTES_MIN || data + size < PAGE_BYTES_MIN)
        return tp_error_set(error, TP_ERR_UNSUPPORTED,
                            "this kernel's trace pages have another layout than known");
    *layout = (struct page_layout){
        .size = data + size, .commit = commit, .commit_size = commit_size, .data = data};
    return 0;
}

static uint32_t word(const unsigned char *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

/* A `long` of the kernel. */
static uint64_t kernel_long(const unsigned char *at, size_t size)
{
    uint64_t value;

    if (size == 4)
        return word(at);
    memcpy(&value, at, sizeof value);
    return value;
}

static void read_lost(struct page_cursor *cursor, const struct page_layout *layout, uint32_t flags,
                      size_t room)
{
    uint64_t unknown = layout->commit_size == 4 ? UINT32_MAX : UINT64_MAX;

    cursor->has_lost = (flags & MISSED_EVENTS) != 0;
    if (!(flags & MISSED_STORED) || room < layout->commit_size)
        return;
    cursor->lost = kernel_long(cursor->end, layout->commit_size);
    if (cursor->lost == unknown)
        cursor->lost = 0;
}

void page_begin(struct page_cursor *cursor, const struct page_layout *layout, const void *page,
                size_t size)
{
    const unsigned char *bytes = page;
    uint32_t commit;

    memset(cursor, 0, sizeof *cursor);
    cursor->at = cursor->end = bytes;
    cursor->is_damaged = size < layout->data;
    if (cursor->is_damaged)
        return;
    memcpy(&cursor->ts, bytes, sizeof cursor->ts);
    /* Only the low 32 bits count: the flags were added as negative numbers. */
    commit = (uint32_t)kernel_long(bytes + layout->commit, layout->commit_size);
    cursor->at = cursor->end = bytes + layout->data;
    if ((commit & COMMIT_MASK) > size - layout->data) {
        cursor->is_damaged = true;
        cursor->has_lost = (commit & MISSED_EVENTS) != 0;
        return;
    }
    cursor->end += commit & COMMIT_MASK;
    read_lost(cursor, layout, commit, size - layout->data - (commit & COMMIT_MASK));
}

static bool damaged(struct page_cursor *cursor)
{
    cursor->is_damaged = true;
    cursor->at = cursor->end;
    return false;
}

/* The upper bits, which did not fit in, are those of the time before. */
static uint64_t absolute_time(uint64_t low, uint64_t before)
{
    uint64_t ts = low | before >> ABSOLUTE_BITS << ABSOLUTE_BITS;

    return before >> ABSOLUTE_BITS && ts < before ? ts + (UINT64_C(1) << ABSOLUTE_BITS) : ts;
}

bool page_next(struct page_cursor *cursor, struct page_event *event)
{
    uint32_t header, type, delta, extra, length;
    size_t left;

    while ((left = (size_t)(cursor->end - cursor->at)) >= 4) {
        header = word(cursor->at);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        type = header >> 27;
        delta = header & 0x7ffffff;
#else
        type = header & 31;
        delta = header >> 5;
#endif
        if (type > TYPE_LONG_DATA && type < TYPE_PADDING) {
            length = type * 4;
            if (length > left - 4)
                return damaged(cursor);
            event->bytes = cursor->at + 4;
            event->size = length;
            event->ts = cursor->ts += delta;
            cursor->at += 4 + length;
            return true;
        }
        if (type == TYPE_PADDING && delta == 0) {
            cursor->at = cursor->end;
            return false;
        }
        if (left < 8)
            return damaged(cursor);
        extra = word(cursor->at + 4);
        if (type == TYPE_TIME_EXTEND || type == TYPE_TIME_STAMP) {
            uint64_t time = (uint64_t)extra << 27 | delta;

            cursor->ts =
                type == TYPE_TIME_EXTEND ? cursor->ts + time : absolute_time(time, cursor->ts);
            cursor->at += 8;
            continue;
        }
        length = extra;
        if (length < 4 || length % 4 || length > left - 4)
            return damaged(cursor);
        event->bytes = cursor->at + 8;
        event->size = length - 4;
        cursor->at += 4 + length;
        if (type == TYPE_PADDING) /* an event that the kernel took back; its time does not count */
            continue;
        event->ts = cursor->ts += delta;
        return true;
    }
    return cursor->at == cursor->end ? false : damaged(cursor);
}
