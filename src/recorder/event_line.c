/* event_line.c: executes the steps of an event's fmt (fmt.c), behind the columns that
 * kernel/trace/trace_output.c (trace_print_context, trace_print_lat_fmt) puts before each event:
 *
 *     "%16s-%-7d [%03d] FLAGS %5lu.%06lu: NAME: "
 *
 * What changed over the years: 5.10 widened the task's number from 5 to 7 columns, 5.15 added the
 * fifth flag (depth of migrate_disable) as the upper half of preempt_count, 6.13 the lazy resched
 * bit, in place of "no irq flags here"; kernels that count lazy preemption (entry.h) have columns
 * for that bit and that count. The bit itself cannot be told there: where PREEMPT_LAZY was built
 * in, it is the one that is else of preemption. Pointers are hashed as %p is: zeros and error codes
 * are shown as they are, the rest is reduced to 32 bits of a keyed hash (lib/vsprintf.c,
 * ptr_to_id).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/put.h"
#include "recorder/entry.h"
#include "recorder/fmt.h"
#include "recorder/event_line.h"
#include "recorder/siphash.h"

#define PREFIX_MAX    128 /* all columns before the event's name */
#define ERROR_POINTER 4095

struct render {
    const struct tp_kernel_event *event;
    const struct render_style *style;
    struct entry_layout entry;
    struct fmt fmt;
    size_t name_length;
    size_t fixed_max;  /* of a line, but for what depends on the event's size */
    unsigned dynamics; /* steps that print a part of the event as it is */
};

enum {
    FLAG_IRQS_OFF = 1,
    FLAG_LAZY = 2, /* before 6.13: this machine cannot tell whether irqs are off */
    FLAG_NEED_RESCHED = 4,
    FLAG_HARDIRQ = 8,
    FLAG_SOFTIRQ = 16,
    FLAG_PREEMPT_RESCHED = 32,
    FLAG_NMI = 64,
    FLAG_BH_OFF = 128
};

unsigned render_release(const char *text)
{
    unsigned major, minor;

    if (sscanf(text, "%u.%u", &major, &minor) != 2 || major > 0xffff)
        return 0;
    return major << 8 | (minor > 255 ? 255 : minor);
}

/* --- sizes ----------------------------------------------------------------------------------- */

static size_t value_max(const struct render *render, const struct fmt_value *value)
{
    size_t i, most = PUT_MAX, length;

    if (value->source == FMT_LITERAL)
        return value->text.length;
    if (value->source == FMT_SYMBOL)
        for (i = value->symbol; i < value->symbol + value->count; i++) {
            length = render->fmt.symbols[i].text.length;
            most = length > most ? length : most;
        }
    return most;
}

static bool prints_bytes(const struct fmt_step *step, const struct fmt_value *value)
{
    return value->source == FMT_DYNAMIC ||
           (value->source == FMT_FIELD && step->conversion == FMT_TEXT);
}

static void measure(struct render *render)
{
    const struct fmt_step *step;
    size_t i;

    render->fixed_max = PREFIX_MAX + render->name_length + 3;
    for (i = 0; i < render->fmt.count; i++) {
        step = &render->fmt.steps[i];
        render->fixed_max +=
            step->before.length + value_max(render, &step->value) + value_max(render, &step->other);
        if (prints_bytes(step, &step->value) || prints_bytes(step, &step->other))
            render->dynamics++;
    }
}

size_t render_size_max(const struct render *render, size_t event_size)
{
    return render->fixed_max + render->dynamics * event_size;
}

/* --- values ---------------------------------------------------------------------------------- */

static inline uint64_t load(const unsigned char *at, unsigned size, bool is_signed)
{
    uint64_t u64;
    uint32_t u32;
    uint16_t u16;

    switch (size) {
    case 1:
        return is_signed ? (uint64_t)(int8_t)*at : *at;
    case 2:
        memcpy(&u16, at, 2);
        return is_signed ? (uint64_t)(int16_t)u16 : u16;
    case 4:
        memcpy(&u32, at, 4);
        return is_signed ? (uint64_t)(int32_t)u32 : u32;
    default:
        memcpy(&u64, at, 8);
        return u64;
    }
}

static inline uint64_t value_number(const struct fmt_value *value, const struct page_event *event)
{
    if (value->source == FMT_NUMBER)
        return (uint64_t)value->number;
    return load(event->bytes + value->offset, value->size, value->is_signed);
}

static char *put_up_to_nul(char *at, const unsigned char *bytes, size_t size)
{
    return put_bytes(at, (const char *)bytes, strnlen((const char *)bytes, size));
}

/* __data_loc: 16 bits of offset in the event (__rel_loc: behind this field), 16 of length. */
static char *put_dynamic(char *at, const struct fmt_value *value, const struct page_event *event)
{
    uint64_t where = load(event->bytes + value->offset, 4, false);
    size_t offset = where & 0xffff, length = where >> 16;

    if (value->is_relative)
        offset += value->offset + 4u;
    if (offset > event->size || length > event->size - offset)
        return NULL;
    return put_up_to_nul(at, event->bytes + offset, length);
}

static char *put_symbol(char *at, const struct render *render, const struct fmt_value *value,
                        uint64_t number)
{
    const struct fmt_symbol *symbol = render->fmt.symbols + value->symbol;
    const struct fmt_symbol *end = symbol + value->count;

    for (; symbol < end; symbol++)
        if ((uint64_t)symbol->number == number)
            return put_bytes(at, symbol->text.bytes, symbol->text.length);
    return put_hex(put_bytes(at, "0x", 2), number);
}

static char *put_value(char *at, const struct render *render, const struct fmt_value *value,
                       const struct page_event *event)
{
    if (value->source == FMT_SYMBOL)
        return put_symbol(at, render, value, value_number(value, event));
    if (value->source == FMT_LITERAL)
        return put_bytes(at, value->text.bytes, value->text.length);
    if (value->source == FMT_DYNAMIC)
        return put_dynamic(at, value, event);
    return put_up_to_nul(at, event->bytes + value->offset, value->size);
}

static char *put_pointer(char *at, const struct render *render, uint64_t pointer, unsigned size)
{
    uint64_t highest = size == 4 ? UINT32_MAX : UINT64_MAX;

    if (pointer && pointer < highest - ERROR_POINTER + 1)
        pointer = (uint32_t)siphash(render->style->salt, pointer);
    return put_hex_padded(at, pointer, 2 * size);
}

static int64_t cut_signed(uint64_t number, unsigned bits)
{
    return (int64_t)(number << (64 - bits)) >> (64 - bits);
}

static uint64_t cut(uint64_t number, unsigned bits)
{
    return number << (64 - bits) >> (64 - bits);
}

/* NULL if the event is not as its format says. */
static char *put_step(char *at, const struct render *render, const struct fmt_step *step,
                      const struct page_event *event)
{
    const struct fmt_value *value = &step->value;
    const unsigned char *bytes;

    if (step->is_choice && !load(event->bytes + step->condition, step->condition_size, false))
        value = &step->other;
    bytes = event->bytes + value->offset;
    switch (step->conversion) {
    case FMT_SIGNED:
        return put_signed(at, cut_signed(value_number(value, event), step->bits));
    case FMT_UNSIGNED:
        return put_unsigned(at, cut(value_number(value, event), step->bits));
    case FMT_HEX_0X:
        at = put_bytes(at, "0x", 2);
        return put_hex(at, cut(value_number(value, event), step->bits));
    case FMT_HEX:
        return put_hex(at, cut(value_number(value, event), step->bits));
    case FMT_CHAR:
        *at = (char)value_number(value, event);
        return at + 1;
    case FMT_TEXT:
        return put_value(at, render, value, event);
    case FMT_POINTER:
        return put_pointer(at, render, load(bytes, value->size, false), value->size);
    case FMT_IPV4:
        return put_ipv4(at, bytes);
    case FMT_IPV6:
        return put_ipv6(at, bytes);
    case FMT_SOCKADDR:
        return put_sockaddr(at, bytes);
    case FMT_NONE:
        break;
    }
    return at;
}

/* --- the columns before the event ------------------------------------------------------------ */

static char *put_task(char *at, const char *comm, int32_t pid, unsigned release)
{
    size_t length = strnlen(comm, 16), width = release >= 0x50a ? 7 : 5;
    char *start;

    memset(at, ' ', 16 - length);
    at = put_bytes(at + 16 - length, comm, length);
    *at++ = '-';
    start = at;
    at = put_signed(at, pid);
    while ((size_t)(at - start) < width)
        *at++ = ' ';
    return at;
}

static char *put_count(char *at, unsigned count)
{
    if (count)
        return put_hex(at, count);
    *at++ = '.';
    return at;
}

/* trace_print_lat_fmt() */
static char *put_flags(char *at, const struct entry_layout *layout, const unsigned char *bytes,
                       unsigned release)
{
    /* By lazy, need and preempt resched; by nmi, hardirq and softirq; by bh and irqs off. */
    static const char resched[] = ".pnNlLbB", context[] = ".shHzzZZ", off[] = ".dbD";
    unsigned flags = entry_get(layout, ENTRY_FLAGS, bytes);
    unsigned preempt_count = entry_get(layout, ENTRY_PREEMPT_COUNT, bytes);
    bool counts_lazy = layout->fields[ENTRY_LAZY_COUNT].size != 0;
    bool is_lazy = (flags & FLAG_LAZY) && release >= 0x60d && !counts_lazy;
    unsigned irqs = (flags & FLAG_IRQS_OFF ? 1 : 0) | (flags & FLAG_BH_OFF ? 2 : 0);

    *at++ = !irqs && (flags & FLAG_LAZY) && !is_lazy ? 'X' : off[irqs];
    *at++ = resched[(is_lazy ? 4 : 0) | (flags & FLAG_NEED_RESCHED ? 2 : 0) |
                    (flags & FLAG_PREEMPT_RESCHED ? 1 : 0)];
    if (counts_lazy)
        *at++ = '.';
    *at++ = context[(flags & FLAG_NMI ? 4 : 0) | (flags & FLAG_HARDIRQ ? 2 : 0) |
                    (flags & FLAG_SOFTIRQ ? 1 : 0)];
    at = put_count(at, preempt_count & 15);
    if (counts_lazy)
        at = put_count(at, entry_get(layout, ENTRY_LAZY_COUNT, bytes));
    if (layout->fields[ENTRY_MIGRATE_DISABLE].size)
        return put_count(at, entry_get(layout, ENTRY_MIGRATE_DISABLE, bytes));
    return counts_lazy || release >= 0x50f ? put_count(at, preempt_count >> 4) : at;
}

static char *put_blanks(char *at, uint64_t value, unsigned width)
{
    char buf[PUT_MAX];
    size_t length = (size_t)(put_unsigned(buf, value) - buf);

    for (; width > length; width--)
        *at++ = ' ';
    return put_bytes(at, buf, length);
}

static char *put_time(char *at, uint64_t ts, bool is_counter)
{
    uint64_t us;

    *at++ = ' ';
    if (is_counter)
        return put_blanks(at, ts, 12);
    us = (ts + 500) / 1000;
    at = put_blanks(at, us / 1000000, 5);
    *at++ = '.';
    return put_padded(at, us % 1000000, 6);
}

size_t render_line(const struct render *render, const struct page_event *event, unsigned cpu,
                   const char *comm, char *buf)
{
    const struct fmt_step *step = render->fmt.steps, *end = step + render->fmt.count;
    unsigned release = render->style->release;
    char *at = buf;

    if (event->size < render->entry.size || event->size < render->fmt.event_min)
        return 0;
    at = put_task(at, comm, (int32_t)entry_get(&render->entry, ENTRY_PID, event->bytes), release);
    at = put_bytes(at, " [", 2);
    at = put_padded(at, cpu, 3);
    at = put_bytes(at, "] ", 2);
    at = put_flags(at, &render->entry, event->bytes, release);
    at = put_time(at, event->ts, render->style->is_counter);
    at = put_bytes(at, ": ", 2);
    at = put_bytes(at, render->event->name, render->name_length);
    at = put_bytes(at, ": ", 2);
    for (; at && step < end; step++) {
        at = put_bytes(at, step->before.bytes, step->before.length);
        at = put_step(at, render, step, event);
    }
    if (!at)
        return 0;
    *at++ = '\n';
    return (size_t)(at - buf);
}

int render_compile(struct render **render, const struct tp_kernel_event *event,
                   const struct render_style *style, struct tp_error *error)
{
    struct render *made = calloc(1, sizeof *made);
    int rc;

    if (!made)
        return tp_error_nomem(error);
    rc = entry_layout_read(&made->entry, event, error);
    if (!rc)
        rc = fmt_parse(&made->fmt, event, error);
    if (rc) {
        free(made);
        return rc;
    }
    made->event = event;
    made->style = style;
    made->name_length = strlen(event->name);
    measure(made);
    *render = made;
    return 0;
}

void render_free(struct render *render)
{
    if (!render)
        return;
    fmt_release(&render->fmt);
    free(render);
}
