/* printed.c: reads print fmt, a string literal of C and its arguments. */
#include <string.h>

#include "filter/printed.h"

/* A part of the print fmt. */
struct span {
    const char *at, *end;
};

static bool span_is(struct span span, const char *text)
{
    return strlen(text) == (size_t)(span.end - span.at) && memcmp(span.at, text, strlen(text)) == 0;
}

/* Passes over text if the span begins with it. */
static bool span_skip(struct span *span, const char *text)
{
    size_t length = strlen(text);

    if ((size_t)(span->end - span->at) < length || memcmp(span->at, text, length) != 0)
        return false;
    span->at += length;
    return true;
}

static void span_trim(struct span *span)
{
    while (span->at < span->end && *span->at == ' ')
        span->at++;
    while (span->end > span->at && span->end[-1] == ' ')
        span->end--;
}

/* The end of the string literal that begins at `at`, behind its quote. */
static const char *literal_end(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1])
            at++;
    return *at ? at + 1 : at;
}

/* The comma that ends the argument, or the end of the text. */
static const char *argument_end(const char *at)
{
    int depth = 0;

    while (*at && (depth || *at != ',')) {
        depth += strchr("([{", *at) != NULL;
        depth -= strchr(")]}", *at) != NULL;
        at = *at == '"' ? literal_end(at) : at + 1;
    }
    return at;
}

/* Argument 0 is the format. */
static bool find_argument(const char *print, unsigned index, struct span *argument)
{
    const char *end = argument_end(print);

    for (; index && *end; index--) {
        print = end + 1;
        end = argument_end(print);
    }
    *argument = (struct span){print, end};
    span_trim(argument);
    return index == 0;
}

/* --- the format ----------------------------------------------------------------------------- */

struct conversion {
    struct span word; /* up to the '%' */
    char letter;
    bool alone; /* nothing but it follows the word's '=' */
};

/* Passes over the conversion at a '%'. */
static const char *read_conversion(const char *at, struct conversion *conversion)
{
    at += 1 + strspn(at + 1, "-+ #0123456789.hlLqjzt");
    conversion->letter = *at;
    at += *at != '\0';
    if (conversion->letter == 'p')
        at += strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    conversion->alone = *at == ' ' || *at == '"' || *at == '\\';
    return at;
}

/* The next conversion of the format, which may be several literals side by side. */
static bool next_conversion(struct span *format, struct conversion *conversion)
{
    const char *at = format->at;
    const char *word = at;

    while (at < format->end) {
        if (*at == ' ' || *at == '"') {
            word = ++at;
        } else if (*at == '\\' || (*at == '%' && at[1] == '%')) {
            at += 2;
        } else if (*at == '%') {
            conversion->word = (struct span){word, at};
            format->at = read_conversion(at, conversion);
            return true;
        } else {
            at++;
        }
    }
    return false;
}

static bool word_is_key(struct span word, const char *key)
{
    return span_skip(&word, key) && span_is(word, "=");
}

/* --- arguments ------------------------------------------------------------------------------ */

const struct tp_kernel_field *kernel_integer(const struct tp_kernel_event *event, const char *name)
{
    const struct tp_kernel_field *field;

    for (field = event->fields; field < event->fields + event->count; field++)
        if (strcmp(field->name, name) == 0)
            return field->is_array || field->is_pointer || field->is_dynamic || field->size == 0 ||
                           field->size > 8 || (field->size & (field->size - 1))
                       ? NULL
                       : field;
    return NULL;
}

/* Passes over "REC->name". */
static bool take_field(struct span *argument, struct span *name)
{
    static const char identifier[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

    if (!span_skip(argument, "REC->"))
        return false;
    name->at = argument->at;
    while (argument->at < argument->end && *argument->at && strchr(identifier, *argument->at))
        argument->at++;
    name->end = argument->at;
    return true;
}

static const struct tp_kernel_field *field_of(const struct tp_kernel_event *event, struct span name)
{
    char copy[64] = "";

    if ((size_t)(name.end - name.at) >= sizeof copy)
        return NULL;
    memcpy(copy, name.at, (size_t)(name.end - name.at));
    return kernel_integer(event, copy);
}

/* "REC->x", "__print_symbolic(REC->x, ...)", "REC->x ? __print_symbolic(REC->x, ...) : "..."". */
static struct printed read_argument(const struct tp_kernel_event *event, struct span argument,
                                    const struct conversion *conversion)
{
    struct printed printed = {PRINTED_OTHERWISE, NULL};
    struct span name, again;
    bool first = take_field(&argument, &name);

    if (first && argument.at == argument.end && strchr("diu", conversion->letter))
        printed.form = PRINTED_DECIMAL;
    else if (first && argument.at == argument.end && strchr("xX", conversion->letter))
        printed.form = PRINTED_HEX;
    else if (first && span_skip(&argument, " ? __print_symbolic(") &&
             take_field(&argument, &again) && span_skip(&argument, ",") &&
             name.end - name.at == again.end - again.at &&
             memcmp(name.at, again.at, (size_t)(name.end - name.at)) == 0)
        printed.form = PRINTED_NAME_UNLESS_0;
    else if (!first && span_skip(&argument, "__print_symbolic(") && take_field(&argument, &name) &&
             span_skip(&argument, ","))
        printed.form = PRINTED_NAME;
    if (printed.form != PRINTED_OTHERWISE)
        printed.field = field_of(event, name);
    if (!printed.field || !conversion->alone)
        return (struct printed){PRINTED_OTHERWISE, NULL};
    return printed;
}

/* Does the conversion show every value of the field as it is? */
static bool is_faithful(const struct printed *printed, const struct conversion *conversion)
{
    if (printed->form == PRINTED_NAME || printed->form == PRINTED_NAME_UNLESS_0)
        return true;
    if (conversion->letter == 'd' || conversion->letter == 'i')
        return printed->field->is_signed || printed->field->size < 4;
    return !printed->field->is_signed;
}

struct printed printed_find(const struct tp_kernel_event *event, const char *key)
{
    struct printed printed = {PRINTED_NOT, NULL};
    struct conversion conversion;
    struct span format, argument;
    unsigned index = 1;

    find_argument(event->print, 0, &format);
    for (; next_conversion(&format, &conversion); index++) {
        if (conversion.letter != '*' && !word_is_key(conversion.word, key))
            continue;
        printed.form = PRINTED_OTHERWISE; /* a '*' takes an argument: nothing is known behind it */
        if (conversion.letter != '*' && find_argument(event->print, index, &argument))
            printed = read_argument(event, argument, &conversion);
        if (printed.field && !is_faithful(&printed, &conversion))
            printed = (struct printed){PRINTED_OTHERWISE, NULL};
        break;
    }
    return printed;
}

static bool has(const struct tp_kernel_event *event, const char *key)
{
    return printed_find(event, key).form != PRINTED_NOT;
}

bool printed_connection(const struct tp_kernel_event *event)
{
    return (has(event, "src") && has(event, "dest")) ||
           (has(event, "sport") && has(event, "dport") &&
            (has(event, "saddr") || has(event, "saddrv6")) &&
            (has(event, "daddr") || has(event, "daddrv6")));
}
