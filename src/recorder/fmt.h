/* fmt.h: an event's "print fmt", taken apart: what to print, from which field, and how.
 *
 *     "family=%s src=%pISpc state=%s", __print_symbolic(REC->family, { 2, "AF_INET" }),
 *     REC->saddr, REC->state ? __print_symbolic(...) : "UNKNOWN"
 *
 * becomes one step for each conversion, with the text that stands before it.
 */
#ifndef TCPPROBE_RECORDER_FMT_H
#define TCPPROBE_RECORDER_FMT_H

#include <tcpprobe/filter.h>

/* How a step prints its value; the kernel's conversions, Documentation/core-api/printk-formats.rst
 */
enum fmt_conversion {
    FMT_NONE,     /* the text behind the last one */
    FMT_SIGNED,   /* %d %hd %ld %lld %i */
    FMT_UNSIGNED, /* %u ... */
    FMT_HEX,      /* %x ... */
    FMT_HEX_0X,   /* %#x ... */
    FMT_CHAR,     /* %c */
    FMT_TEXT,     /* %s */
    FMT_POINTER,  /* %p */
    FMT_IPV4,     /* %pI4 */
    FMT_IPV6,     /* %pI6c */
    FMT_SOCKADDR  /* %pISpc */
};

enum fmt_source {
    FMT_FIELD,   /* REC->saddr */
    FMT_DYNAMIC, /* __get_str(name), __get_rel_str(name) */
    FMT_SYMBOL,  /* __print_symbolic(REC->state, ...) */
    FMT_LITERAL, /* "UNKNOWN" */
    FMT_NUMBER   /* ' ', 'F', 7 */
};

struct fmt_symbol {
    int64_t number;
    struct tp_text text;
};

struct fmt_value {
    enum fmt_source source;
    uint16_t offset, size; /* of the field */
    bool is_signed;
    bool is_relative;     /* FMT_DYNAMIC: __rel_loc */
    size_t symbol, count; /* of the symbols */
    int64_t number;
    struct tp_text text;
};

struct fmt_step {
    struct tp_text before; /* text to print first */
    enum fmt_conversion conversion;
    unsigned bits;      /* of the number: 8 (%hhu), 16, 32 or 64 */
    bool is_choice;     /* condition ? value : other */
    uint16_t condition; /* FMT_FIELD: its offset and size */
    uint16_t condition_size;
    struct fmt_value value, other;
};

struct fmt {
    struct fmt_step *steps; /* the last one is FMT_NONE */
    size_t count;
    struct fmt_symbol *symbols;
    size_t symbol_count;
    size_t event_min; /* bytes that an event must have for its fields */
};

/* Takes event->print apart, which must outlive the result. TP_ERR_UNSUPPORTED if anything in it is
 * not listed above, and its own column. On success the caller releases it. */
int fmt_parse(struct fmt *fmt, const struct tp_kernel_event *event, struct tp_error *error);

void fmt_release(struct fmt *fmt); /* a zeroed one is fine */

#endif
