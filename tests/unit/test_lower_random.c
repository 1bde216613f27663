/* test_lower_random.c: what a kernel passes to its reader must be enough.
 *
 * Random events of the kernels in tests/data/tracefs: their raw bytes are printed as a kernel would
 * (by a printer that knows nothing of filters), the line is read again as a record, and the lowered
 * expression is evaluated on the raw bytes as a kernel does it, by an evaluator of its own. A
 * record that matches must have been passed; where the lowering is exact, none else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include <tcpprobe/input.h>

#include "recorder/event_set.h"
#include "expression_maker.h"

#define EXPRESSIONS 1000 /* a kernel */
#define EVENTS      4    /* random ones of each kind, for each expression */

struct raw {
    const struct tp_kernel_event *event;
    uint8_t bytes[256];
    unsigned cpu;
};

static uint64_t load(const struct raw *raw, const struct tp_kernel_field *field)
{
    uint64_t u64;
    uint32_t u32;
    uint16_t u16;

    memcpy(&u64, raw->bytes + field->offset, sizeof u64);
    memcpy(&u32, raw->bytes + field->offset, sizeof u32);
    memcpy(&u16, raw->bytes + field->offset, sizeof u16);
    switch (field->size) {
    case 1:
        return field->is_signed ? (uint64_t)(int8_t)u16 : raw->bytes[field->offset];
    case 2:
        return field->is_signed ? (uint64_t)(int16_t)u16 : u16;
    case 4:
        return field->is_signed ? (uint64_t)(int32_t)u32 : u32;
    default:
        assert_int_equal(field->size, 8);
        return u64;
    }
}

static const struct tp_kernel_field *find(const struct tp_kernel_event *event, const char *name,
                                          size_t length)
{
    size_t i;

    for (i = 0; i < event->count; i++)
        if (strlen(event->fields[i].name) == length &&
            memcmp(event->fields[i].name, name, length) == 0)
            return &event->fields[i];
    fail_msg("%s has no field %.*s", event->name, (int)length, name);
    return NULL;
}

/* --- a kernel's filter ---------------------------------------------------------------------- */

struct kernel_filter {
    const char *at;
    const struct raw *raw;
};

static bool any(struct kernel_filter *filter);

static bool take(struct kernel_filter *filter, const char *word)
{
    while (*filter->at == ' ')
        filter->at++;
    if (strncmp(filter->at, word, strlen(word)) != 0)
        return false;
    filter->at += strlen(word);
    return true;
}

static bool compare(const char *op, bool is_signed, uint64_t a, uint64_t b)
{
    bool less = is_signed ? (int64_t)a < (int64_t)b : a < b;

    if (op[0] == '&')
        return (a & b) != 0;
    if (op[0] == '=')
        return a == b;
    if (op[0] == '!')
        return a != b;
    if (op[0] == '<')
        return less || (op[1] == '=' && a == b);
    return (!less && a != b) || (op[1] == '=' && a == b);
}

/* Kernels cut numbers to the field's size: none may need it. Arrays may only be of 4 bytes. */
static void check_field(const struct tp_kernel_field *field, const char *number, uint64_t value)
{
    uint64_t sign = field->is_signed;

    assert_true(!field->is_array || (field->size == 4 && !field->is_signed));
    assert_false(field->is_pointer || field->is_dynamic);
    assert_true(*number != '-' || field->is_signed);
    assert_true(*number != '0' || (number[1] < '0' || number[1] > '9'));
    if (field->size < 8 && *number != '-')
        assert_true(value >> (field->size * 8 - sign) == 0);
    if (field->size < 8 && *number == '-')
        assert_true((int64_t)value >= -(INT64_C(1) << (field->size * 8 - 1)));
}

static bool predicate(struct kernel_filter *filter)
{
    static const struct tp_kernel_field cpu = {.name = "CPU", .size = 4, .is_signed = true};
    static const char *const ops[] = {"==", "!=", "<=", ">=", "<", ">", "&"};
    const struct tp_kernel_field *field;
    const char *name, *op = NULL;
    uint64_t number;
    size_t i, length;
    char *end;

    take(filter, "");
    name = filter->at;
    length = strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789CPU");
    filter->at += length;
    field =
        length == 3 && memcmp(name, "CPU", 3) == 0 ? &cpu : find(filter->raw->event, name, length);
    for (i = 0; i < COUNT(ops) && !op; i++)
        op = take(filter, ops[i]) ? ops[i] : NULL;
    assert_non_null(op);
    assert_true(field != &cpu || *op != '&');
    take(filter, "");
    number =
        field->is_signed ? (uint64_t)strtoll(filter->at, &end, 10) : strtoull(filter->at, &end, 10);
    assert_true(end > filter->at);
    check_field(field, filter->at, number);
    filter->at = end;
    return compare(op, field->is_signed,
                   field == &cpu ? filter->raw->cpu : load(filter->raw, field), number);
}

static bool one(struct kernel_filter *filter)
{
    bool holds;

    if (take(filter, "!"))
        return !one(filter);
    if (!take(filter, "("))
        return predicate(filter);
    holds = any(filter);
    assert_true(take(filter, ")"));
    return holds;
}

static bool all(struct kernel_filter *filter)
{
    bool holds = one(filter);

    while (take(filter, "&&"))
        holds &= one(filter);
    return holds;
}

static bool any(struct kernel_filter *filter)
{
    bool holds = all(filter);

    while (take(filter, "||"))
        holds |= all(filter);
    return holds;
}

static bool passes(const char *lowered, const struct raw *raw)
{
    struct kernel_filter filter = {lowered, raw};
    bool holds;

    if (!lowered || !*lowered)
        return lowered != NULL;
    assert_in_range(strlen(lowered), 1, TP_KERNEL_FILTER_MAX);
    holds = any(&filter);
    assert_int_equal(*filter.at, '\0');
    return holds;
}

/* --- random events -------------------------------------------------------------------------- */

static void store(struct raw *raw, const char *name, const void *bytes, size_t size)
{
    size_t i;

    for (i = 0; i < raw->event->count; i++)
        if (strcmp(raw->event->fields[i].name, name) == 0 && raw->event->fields[i].size == size)
            memcpy(raw->bytes + raw->event->fields[i].offset, bytes, size);
}

static void store_number(struct raw *raw, const char *name, uint64_t value)
{
    uint64_t u64 = value;
    uint32_t u32 = (uint32_t)value;
    uint16_t u16 = (uint16_t)value;
    uint8_t u8 = (uint8_t)value;

    store(raw, name, &u64, 8);
    store(raw, name, &u32, 4);
    store(raw, name, &u16, 2);
    store(raw, name, &u8, 1);
}

static bool random_v4(struct expression_maker *maker, uint8_t v4[4])
{
    return inet_pton(AF_INET, maker_addresses[maker_pick(maker, 5)], v4) == 1;
}

/* One end: of IPv4's sockets both fields agree; IPv6's, which may carry IPv4, have anything in the
 * short one. */
static void make_end(struct expression_maker *maker, struct raw *raw, char end, bool v6,
                     uint16_t port)
{
    char name[16], name_v6[16], name_port[16];
    uint8_t v4[4], addr[16] = {[10] = 0xff, [11] = 0xff};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    uint8_t sockaddr[28] = {0};

    snprintf(name, sizeof name, "%caddr", end);
    snprintf(name_v6, sizeof name_v6, "%caddr_v6", end);
    snprintf(name_port, sizeof name_port, "%cport", end);
    assert_true(random_v4(maker, v4));
    memcpy(addr + 12, v4, sizeof v4);
    if (v6 && maker_pick(maker, 3))
        assert_int_equal(inet_pton(AF_INET6, maker_addresses[5 + maker_pick(maker, 3)], addr), 1);
    if (v6 && maker_pick(maker, 2))
        assert_true(random_v4(maker, v4));
    memcpy(&in.sin_addr, v4, sizeof v4);
    memcpy(&in6.sin6_addr, addr, sizeof addr);
    if (v6)
        memcpy(sockaddr, &in6, sizeof in6);
    else
        memcpy(sockaddr, &in, sizeof in);
    store(raw, name, v4, sizeof v4);
    store(raw, name, sockaddr, sizeof sockaddr);
    store(raw, name_v6, addr, sizeof addr);
    store_number(raw, name_port, port);
}

static void make_event(struct expression_maker *maker, struct raw *raw,
                       const struct tp_kernel_event *event)
{
    bool v6 = maker_pick(maker, 2);
    size_t i;

    memset(raw, 0, sizeof *raw);
    raw->event = event;
    raw->cpu = maker_pick(maker, 12);
    for (i = 0; i < event->count; i++)
        store_number(raw, event->fields[i].name, MAKER_ONE_OF(maker, maker_numbers));
    make_end(maker, raw, 's', v6, MAKER_ONE_OF(maker, maker_ports));
    make_end(maker, raw, 'd', v6, MAKER_ONE_OF(maker, maker_ports));
    store_number(raw, "family", v6 ? 10 : 2);
    store_number(raw, "state", maker_pick(maker, 3) ? maker_pick(maker, 13) : 0);
    store_number(raw, "oldstate", 1 + maker_pick(maker, 12));
    store_number(raw, "newstate", 1 + maker_pick(maker, 4) % 3);
    store_number(raw, "protocol", maker_pick(maker, 3) ? 6 : maker_pick(maker, 2) ? 262 : 132);
    store_number(raw, "cong_state", maker_pick(maker, 5));
    store_number(raw, "common_pid", maker_pick(maker, 12));
    store_number(raw, "reason", maker_pick(maker, 2) ? 14 : 1);
}

/* --- the kernel's line ---------------------------------------------------------------------- */

static size_t print_name(char *buf, size_t size, const char *argument, size_t length,
                         uint64_t value)
{
    if (length == 6 && memcmp(argument, "family", 6) == 0)
        return (size_t)snprintf(buf, size, value == 2 ? "AF_INET" : "AF_INET6");
    if (length == 6 && memcmp(argument, "reason", 6) == 0)
        return (size_t)snprintf(buf, size, value == 14 ? "TCP_STATE" : "NO_SOCKET");
    if (length == 8 && memcmp(argument, "protocol", 8) == 0)
        return (size_t)snprintf(buf, size,
                                value == 6     ? "IPPROTO_TCP"
                                : value == 132 ? "IPPROTO_SCTP"
                                : value == 262 ? "IPPROTO_MPTCP"
                                               : "0x%x",
                                (unsigned)value);
    if (tp_tcp_state_name((unsigned)value))
        return (size_t)snprintf(buf, size, "%s", tp_tcp_state_name((unsigned)value));
    return (size_t)snprintf(buf, size, "0x%x", (unsigned)value);
}

static size_t print_address(char *buf, size_t size, const uint8_t *bytes, const char *form)
{
    char text[INET6_ADDRSTRLEN];
    uint16_t family, port;

    if (strncmp(form, "I4", 2) == 0 || strncmp(form, "I6c", 3) == 0) {
        inet_ntop(form[1] == '4' ? AF_INET : AF_INET6, bytes, text, sizeof text);
        return (size_t)snprintf(buf, size, "%s", text);
    }
    memcpy(&family, bytes, sizeof family);
    memcpy(&port, bytes + 2, sizeof port);
    inet_ntop(family, bytes + (family == AF_INET ? 4 : 8), text, sizeof text);
    return (size_t)snprintf(buf, size, family == AF_INET ? "%s:%u" : "[%s]:%u", text, ntohs(port));
}

/* The next argument: of it only the (last) field that it names is needed. */
static const char *next_argument(const char *at, const char **field, size_t *length, bool *optional)
{
    int depth = 0;

    *optional = false;
    for (at++; *at && (depth || *at != ','); at++) {
        depth += strchr("({", *at) != NULL;
        depth -= strchr(")}", *at) != NULL;
        *optional |= *at == '?';
        if (strncmp(at, "REC->", 5) == 0) {
            *field = at + 5;
            *length = strspn(*field, "abcdefghijklmnopqrstuvwxyz_0123456789");
        }
    }
    return at;
}

/* One conversion; *form points behind the '%'. */
static size_t print_value(char *buf, size_t size, const struct raw *raw, const char **form,
                          const char **arguments)
{
    const struct tp_kernel_field *field;
    const char *name = "", *spec;
    size_t length = 0;
    bool optional;
    uint64_t value;

    *arguments = next_argument(*arguments, &name, &length, &optional);
    field = find(raw->event, name, length);
    *form += strspn(*form, "#hl");
    spec = (*form)++;
    if (*spec == 'p') {
        *form = spec + strcspn(spec, " \"");
        return spec[1] == 'I' ? print_address(buf, size, raw->bytes + field->offset, spec + 1)
                              : (size_t)snprintf(buf, size, "%016" PRIx64, load(raw, field) * 31);
    }
    value = load(raw, field);
    if (*spec == 's' && optional && value == 0)
        return (size_t)snprintf(buf, size, "UNKNOWN");
    if (*spec == 's')
        return print_name(buf, size, name, length, value);
    if (field->size < 8)
        value &= UINT32_MAX; /* as it goes through an int */
    if (*spec == 'd')
        return (size_t)snprintf(buf, size, "%" PRId32, (int32_t)value);
    return (size_t)snprintf(buf, size,
                            *spec == 'u'      ? "%" PRIu64
                            : spec[-1] == '#' ? "0x%" PRIx64
                                              : "%" PRIx64,
                            value);
}

static void print_line(const struct raw *raw, char *buf, size_t size)
{
    const char *form = raw->event->print + 1, *arguments = strstr(form, "\", ") + 1;
    const struct tp_kernel_field *pid = find(raw->event, "common_pid", 10);
    size_t n = (size_t)snprintf(buf, size, "%16s-%-7d [%03u] ..s2.  1.000001: %s: ", "test",
                                (int)load(raw, pid), raw->cpu, raw->event->name);

    while (*form != '"') {
        if (*form == '%') {
            form++;
            n += print_value(buf + n, size - n, raw, &form, &arguments);
        } else {
            buf[n++] = *form++;
        }
        assert_true(n < size);
    }
    buf[n] = '\0';
}

/* --- the property --------------------------------------------------------------------------- */

struct tally {
    unsigned long records, matched, passed, exact, exact_passed, never;
};

static void check_event(struct expression_maker *maker, struct tp_line_parser *parser,
                        const struct tp_filter *filter, const struct event *event,
                        struct tally *tally)
{
    const struct tp_record *record;
    struct raw raw;
    char line[1024];
    bool matches, passed;

    make_event(maker, &raw, &event->format.event);
    print_line(&raw, line, sizeof line);
    /* Not every value can be read back: a state that has no name is a malformed line. */
    if (tp_line_parse(parser, line, strlen(line), &record, NULL) != 1)
        return;
    matches = tp_filter_match(filter, record);
    passed = passes(event->filter, &raw);
    if (matches ? !passed : passed && event->exact)
        fail_msg("%s\n%s: %s%s\n%s\n%s, but %s", maker->text, event->format.event.name,
                 event->filter ? event->filter : "(never)", event->exact ? " (exact)" : "", line,
                 matches ? "matches" : "does not match", passed ? "passed" : "not passed");
    tally->records++;
    tally->matched += matches;
    tally->passed += passed;
    tally->exact += event->exact;
    tally->exact_passed += event->exact && passed;
    tally->never += !event->filter;
}

static void check_expression(struct expression_maker *maker, struct tp_line_parser *parser,
                             struct event_set *set, struct tally *tally)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_filter *filter;
    size_t i, j;

    if (tp_filter_parse(&filter, maker->text, &error))
        fail_msg("%s: column %u: %s", maker->text, error.column, error.text);
    assert_int_equal(events_lower(set, filter, &error), 0);
    for (i = 0; i < set->count; i++)
        for (j = 0; tp_kind_find(set->events[i].format.event.name,
                                 strlen(set->events[i].format.event.name)) >= 0 &&
                    j < EVENTS;
             j++)
            check_event(maker, parser, filter, &set->events[i], tally);
    tp_filter_free(filter);
}

static void check_kernel(const char *tracefs)
{
    struct expression_maker maker = {.random = 20};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_line_parser *parser;
    struct tally tally = {0};
    struct event_set set;
    unsigned i;

    assert_int_equal(events_read(&set, tracefs, &error), 0);
    assert_int_equal(tp_line_parser_new(&parser, 0, &error), 0);
    for (i = 0; i < EXPRESSIONS; i++) {
        maker_write(&maker, 1 + maker_pick(&maker, 8));
        check_expression(&maker, parser, &set, &tally);
    }
    print_message("# %s: %lu records, %lu matched, %lu passed, %lu never, exact %lu, passed %lu\n",
                  tracefs, tally.records, tally.matched, tally.passed, tally.never, tally.exact,
                  tally.exact_passed);
    /* Neither side is always the same, and the kernel's part is worth something. */
    assert_true(tally.matched > tally.records / 10 && tally.matched < tally.records * 9 / 10);
    assert_true(tally.passed < tally.records * 9 / 10);
    assert_true(tally.exact > tally.records / 5 && tally.exact_passed > tally.records / 20);
    tp_line_parser_free(parser);
    events_release(&set);
}

static void test_kernels(void **state)
{
    static const char *const kernels[] = {"tests/data/tracefs/4.16", "tests/data/tracefs/4.19",
                                          "tests/data/tracefs/5.10", "tests/data/tracefs/6.1",
                                          "tests/data/tracefs/6.18"};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(kernels); i++)
        check_kernel(kernels[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kernels)};

    return cmocka_run_group_tests_name("lower_random", tests, NULL, NULL);
}
