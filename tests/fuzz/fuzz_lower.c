/* fuzz_lower.c: an expression in the first line, the format file of an event in the others.
 * Whatever the kernel says of itself, what is lowered is short, of whole parentheses, and compares
 * nothing but single integers and addresses of four bytes. */
#include <stdlib.h>
#include <string.h>

#include "recorder/event_format.h"

#include "fuzz.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static bool is_comparable(const struct tp_kernel_field *field)
{
    if (field->is_pointer || field->is_dynamic)
        return false;
    if (field->is_array)
        return field->size == 4;
    return field->size == 1 || field->size == 2 || field->size == 4 || field->size == 8;
}

/* The first field of that name is the one that is meant. */
static void check_name(const struct tp_kernel_event *event, const char *name, size_t length)
{
    size_t i;

    if (length == 3 && memcmp(name, "CPU", 3) == 0)
        return;
    for (i = 0; i < event->count; i++)
        if (strlen(event->fields[i].name) == length &&
            memcmp(event->fields[i].name, name, length) == 0)
            break;
    check(i < event->count && is_comparable(&event->fields[i]));
}

static void check_lowered(const struct tp_kernel_event *event, const char *lowered)
{
    static const char between[] = " ()!&|";
    int depth = 0;
    size_t length;

    check(strlen(lowered) <= TP_KERNEL_FILTER_MAX);
    while (*lowered) {
        length = strcspn(lowered, between);
        if (length) { /* NAME OP NUMBER */
            check_name(event, lowered, length);
            lowered += length + 1;
            lowered += strcspn(lowered, " ") + 1;
            length = strspn(lowered, "-0123456789");
            check(length > 0);
            lowered += length;
        } else {
            depth += (*lowered == '(') - (*lowered == ')');
            check(depth >= 0);
            lowered++;
        }
    }
    check(depth == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *newline = size ? memchr(data, '\n', size) : NULL;
    struct tp_filter *filter = NULL;
    struct event_format format;
    char *expression, *lowered;
    size_t length;
    bool exact;

    if (!newline)
        return 0;
    length = (size_t)(newline - (const char *)data);
    expression = strndup((const char *)data, length);
    check(expression != NULL);
    if (tp_filter_parse(&filter, expression, NULL) == 0 &&
        format_parse(&format, "tcp", newline + 1, size - length - 1, NULL) == 0) {
        check(tp_filter_lower(filter, &format.event, &lowered, &exact, NULL) == 0);
        check(lowered || exact);
        if (lowered)
            check_lowered(&format.event, lowered);
        free(lowered);
        format_release(&format);
    }
    tp_filter_free(filter);
    free(expression);
    return 0;
}
