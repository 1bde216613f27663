/* fmt.c: parses the text after "print fmt:", which is C of the kernel's TP_printk() (see
 * include/trace/stages/stage3_trace_output.h): a format and an argument for each conversion.
 *
 *     print    = '"' FORMAT '"' { ',' argument }
 *     argument = value | field '?' value ':' value | '(' argument ')'
 *     value    = field | ('__get_str(' | '__get_rel_str(') NAME ')' | NUMBER | CHAR | STRING
 *              | '__print_symbolic(' field { ',' '{' number ',' STRING '}' } ')'
 *     field    = 'REC->' NAME
 *
 * Not a C parser: what is not in this grammar is refused, as the kernel then is the only one who
 * can print it exactly.
 */
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/list.h"
#include "recorder/fmt.h"

struct fmt_parser {
    struct fmt *fmt;
    const struct tp_kernel_event *event;
    const char *at;
    size_t step_room, symbol_room;
    bool is_nomem;
};

/* Enumerators that some kernels leave in the text as names (TCP states have a table already). */
static const struct {
    const char *name;
    int number;
} constants[] = {
    {"AF_INET", AF_INET},           {"AF_INET6", AF_INET6},         {"IPPROTO_TCP", IPPROTO_TCP},
    {"IPPROTO_DCCP", IPPROTO_DCCP}, {"IPPROTO_SCTP", IPPROTO_SCTP}, {"IPPROTO_MPTCP", 262},
};

#define ROOM_FIRST 16

static struct fmt_step *add_step(struct fmt_parser *parser)
{
    struct fmt *fmt = parser->fmt;
    if (!TP_LIST_ROOM(fmt->steps, fmt->count, parser->step_room, ROOM_FIRST)) {
        parser->is_nomem = true;
        return NULL;
    }
    memset(&fmt->steps[fmt->count], 0, sizeof *fmt->steps);
    return &fmt->steps[fmt->count++];
}

static void skip_blanks(struct fmt_parser *parser)
{
    while (isspace((unsigned char)*parser->at))
        parser->at++;
}

static bool skip(struct fmt_parser *parser, const char *word)
{
    size_t length = strlen(word);

    skip_blanks(parser);
    if (strncmp(parser->at, word, length) != 0)
        return false;
    parser->at += length;
    return true;
}

static struct tp_text read_name(struct fmt_parser *parser)
{
    const char *start;

    skip_blanks(parser);
    for (start = parser->at; isalnum((unsigned char)*parser->at) || *parser->at == '_';)
        parser->at++;
    return (struct tp_text){start, (uint32_t)(parser->at - start)};
}

/* --- the format ------------------------------------------------------------------------------ */

/* A conversion behind its '%'; the widths and precisions that no tcp event uses are refused. */
static bool read_conversion(const char **at, struct fmt_step *step)
{
    static const struct {
        const char *text;
        enum fmt_conversion conversion;
        unsigned bits;
    } table[] = {
        /* Longer ones before those that they begin with. */
        {"pISpc", FMT_SOCKADDR, 0}, {"pI6c", FMT_IPV6, 0},     {"pI4", FMT_IPV4, 0},
        {"p", FMT_POINTER, 64},     {"s", FMT_TEXT, 0},        {"c", FMT_CHAR, 8},
        {"d", FMT_SIGNED, 32},      {"i", FMT_SIGNED, 32},     {"hhd", FMT_SIGNED, 8},
        {"hd", FMT_SIGNED, 16},     {"ld", FMT_SIGNED, 64},    {"lld", FMT_SIGNED, 64},
        {"u", FMT_UNSIGNED, 32},    {"hhu", FMT_UNSIGNED, 8},  {"hu", FMT_UNSIGNED, 16},
        {"lu", FMT_UNSIGNED, 64},   {"llu", FMT_UNSIGNED, 64}, {"zu", FMT_UNSIGNED, 64},
        {"x", FMT_HEX, 32},         {"hhx", FMT_HEX, 8},       {"hx", FMT_HEX, 16},
        {"lx", FMT_HEX, 64},        {"llx", FMT_HEX, 64},      {"#x", FMT_HEX_0X, 32},
        {"#lx", FMT_HEX_0X, 64},    {"#llx", FMT_HEX_0X, 64},
    };
    size_t i, length;

    for (i = 0; i < sizeof table / sizeof *table; i++) {
        length = strlen(table[i].text);
        if (strncmp(*at, table[i].text, length) != 0)
            continue;
        *at += length;
        step->conversion = table[i].conversion;
        step->bits = table[i].bits;
        /* A letter after %p makes it another conversion (%pS, %pK). */
        return step->conversion < FMT_POINTER || !isalnum((unsigned char)**at);
    }
    return false;
}

/* The format's steps, without values. */
static bool read_format(struct fmt_parser *parser)
{
    struct fmt_step *step = add_step(parser);
    const char *start;

    if (!step || !skip(parser, "\""))
        return false;
    for (start = parser->at; *parser->at != '"'; parser->at++) {
        if (*parser->at == '\0' || *parser->at == '\\')
            return false;
        if (*parser->at != '%')
            continue;
        step->before = (struct tp_text){start, (uint32_t)(parser->at - start)};
        start = ++parser->at;
        if (*start == '%') { /* printed as the start of what follows */
            step = add_step(parser);
        } else {
            if (!read_conversion(&parser->at, step))
                return false;
            start = parser->at--;
            step = add_step(parser);
        }
        if (!step)
            return false;
    }
    step->before = (struct tp_text){start, (uint32_t)(parser->at - start)};
    parser->at++;
    return true;
}

/* --- arguments ------------------------------------------------------------------------------- */

/* "REC->name" as an argument; arrays only where the conversion wants one of that size. */
static bool find_field(struct fmt_parser *parser, struct fmt_value *value, bool *is_array,
                       bool *is_dynamic)
{
    struct tp_text name = read_name(parser);
    const struct tp_kernel_field *field;
    size_t i, end;

    for (i = 0; i < parser->event->count; i++) {
        field = &parser->event->fields[i];
        if (strlen(field->name) != name.length || memcmp(field->name, name.bytes, name.length) != 0)
            continue;
        value->offset = field->offset;
        value->size = field->size;
        value->is_signed = field->is_signed;
        *is_array = field->is_array;
        *is_dynamic = field->is_dynamic;
        end = (size_t)field->offset + field->size;
        if (end > parser->fmt->event_min)
            parser->fmt->event_min = end;
        return true;
    }
    return false;
}

static bool is_number_size(size_t size)
{
    return size == 1 || size == 2 || size == 4 || size == 8;
}

static bool read_number_field(struct fmt_parser *parser, struct fmt_value *value)
{
    bool is_array, is_dynamic;

    return skip(parser, "REC->") && find_field(parser, value, &is_array, &is_dynamic) &&
           !is_array && !is_dynamic && is_number_size(value->size);
}

static bool read_field(struct fmt_parser *parser, enum fmt_conversion conversion,
                       struct fmt_value *value)
{
    static const uint16_t sizes[] = {[FMT_IPV4] = 4, [FMT_IPV6] = 16, [FMT_SOCKADDR] = 28};
    bool is_array, is_dynamic;

    if (!find_field(parser, value, &is_array, &is_dynamic) || is_dynamic)
        return false;
    value->source = FMT_FIELD;
    if (conversion == FMT_TEXT)
        return is_array;
    if (conversion < FMT_POINTER)
        return !is_array && is_number_size(value->size);
    if (conversion == FMT_POINTER)
        return !is_array && (value->size == 4 || value->size == 8);
    return is_array && value->size == sizes[conversion];
}

static bool read_string(struct fmt_parser *parser, struct tp_text *text)
{
    const char *start;

    if (!skip(parser, "\""))
        return false;
    for (start = parser->at; *parser->at != '"'; parser->at++)
        if (*parser->at == '\0' || *parser->at == '\\')
            return false;
    *text = (struct tp_text){start, (uint32_t)(parser->at++ - start)};
    return true;
}

static bool read_constant(struct fmt_parser *parser, int64_t *number)
{
    struct tp_text name;
    size_t i;
    char *end;
    int state;

    skip_blanks(parser);
    if (isdigit((unsigned char)*parser->at) || *parser->at == '-') {
        *number = strtoll(parser->at, &end, 0);
        parser->at = end;
        while (*parser->at == 'U' || *parser->at == 'L')
            parser->at++;
        return !isalnum((unsigned char)*parser->at);
    }
    name = read_name(parser);
    state = tp_tcp_state_find(name.bytes, name.length);
    *number = state;
    if (state >= 0)
        return true;
    for (i = 0; i < sizeof constants / sizeof *constants; i++)
        if (strlen(constants[i].name) == name.length &&
            memcmp(constants[i].name, name.bytes, name.length) == 0) {
            *number = constants[i].number;
            return true;
        }
    return false;
}

/* Behind "__print_symbolic(". */
static bool read_symbols(struct fmt_parser *parser, struct fmt_value *value)
{
    struct fmt *fmt = parser->fmt;
    struct fmt_symbol *symbol;

    if (!read_number_field(parser, value))
        return false;
    value->source = FMT_SYMBOL;
    value->symbol = fmt->symbol_count;
    while (skip(parser, ",")) {
        if (!TP_LIST_ROOM(fmt->symbols, fmt->symbol_count, parser->symbol_room, ROOM_FIRST)) {
            parser->is_nomem = true;
            return false;
        }
        symbol = &fmt->symbols[fmt->symbol_count++];
        if (!skip(parser, "{") || !read_constant(parser, &symbol->number) || !skip(parser, ",") ||
            !read_string(parser, &symbol->text) || !skip(parser, "}"))
            return false;
    }
    value->count = fmt->symbol_count - value->symbol;
    return skip(parser, ")");
}

/* Behind "__get_str(" or "__get_rel_str(". */
static bool read_dynamic(struct fmt_parser *parser, struct fmt_value *value, bool is_relative)
{
    bool is_array, is_dynamic;

    value->source = FMT_DYNAMIC;
    value->is_relative = is_relative;
    return find_field(parser, value, &is_array, &is_dynamic) && is_dynamic && value->size == 4 &&
           skip(parser, ")");
}

static bool read_value(struct fmt_parser *parser, enum fmt_conversion conversion,
                       struct fmt_value *value)
{
    if (skip(parser, "REC->"))
        return read_field(parser, conversion, value);
    if (conversion == FMT_TEXT) {
        if (skip(parser, "__print_symbolic("))
            return read_symbols(parser, value);
        if (skip(parser, "__get_str("))
            return read_dynamic(parser, value, false);
        if (skip(parser, "__get_rel_str("))
            return read_dynamic(parser, value, true);
        value->source = FMT_LITERAL;
        return read_string(parser, &value->text);
    }
    value->source = FMT_NUMBER;
    if (conversion >= FMT_POINTER)
        return false;
    if (skip(parser, "'")) {
        value->number = (unsigned char)*parser->at;
        return *parser->at && *parser->at != '\\' && *++parser->at == '\'' && parser->at++;
    }
    return read_constant(parser, &value->number);
}

/* "REC->state ? a : b" if there is a '?' behind a first field, else one value. */
static bool read_argument(struct fmt_parser *parser, struct fmt_step *step)
{
    struct fmt_value condition = {0};
    const char *start = parser->at;
    bool has_paren = skip(parser, "(");

    if (read_number_field(parser, &condition) && skip(parser, "?")) {
        step->is_choice = true;
        step->condition = condition.offset;
        step->condition_size = condition.size;
        return read_value(parser, step->conversion, &step->value) && skip(parser, ":") &&
               read_value(parser, step->conversion, &step->other) &&
               (!has_paren || skip(parser, ")"));
    }
    parser->at = start;
    has_paren = skip(parser, "(");
    return read_value(parser, step->conversion, &step->value) && (!has_paren || skip(parser, ")"));
}

static bool read_print(struct fmt_parser *parser)
{
    struct fmt *fmt = parser->fmt;
    size_t i;

    if (!read_format(parser))
        return false;
    for (i = 0; i < fmt->count; i++) {
        if (fmt->steps[i].conversion == FMT_NONE)
            continue;
        if (!skip(parser, ",") || !read_argument(parser, &fmt->steps[i]))
            return false;
    }
    skip_blanks(parser);
    return *parser->at == '\0';
}

int fmt_parse(struct fmt *fmt, const struct tp_kernel_event *event, struct tp_error *error)
{
    struct fmt_parser parser = {.fmt = fmt, .event = event, .at = event->print};

    memset(fmt, 0, sizeof *fmt);
    if (read_print(&parser))
        return 0;
    fmt_release(fmt);
    if (parser.is_nomem)
        return tp_error_nomem(error);
    tp_error_set(error, TP_ERR_UNSUPPORTED,
                 "only the kernel itself can print the event %s of this kernel", event->name);
    tp_error_at(error, NULL, 0, (unsigned)(parser.at - event->print) + 1);
    return TP_ERR_UNSUPPORTED;
}

void fmt_release(struct fmt *fmt)
{
    free(fmt->steps);
    free(fmt->symbols);
    memset(fmt, 0, sizeof *fmt);
}
