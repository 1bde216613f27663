/* test_local_ports.c: sockets that connect and have no port yet, asked for ports. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tcpprobe/filter.h>

#include "flow_maker.h"
#include "recorder/event_format.h"
#include "recorder/local_ports.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool holds(const char *op, unsigned port, unsigned number)
{
    switch (op[0]) {
    case '=':
        return port == number;
    case '!':
        return port != number;
    case '<':
        return op[1] ? port <= number : port < number;
    case '>':
        return op[1] ? port >= number : port > number;
    default:
        return (port & number) != 0;
    }
}

/* Would it match with 0 or with one of these ports? Asked of each. */
static bool expected(const char *op, unsigned number, bool negated, unsigned least, unsigned most)
{
    bool any = holds(op, 0, number) != negated;

    for (unsigned port = least; !any && port <= most; port++)
        any = holds(op, port, number) != negated;
    return any;
}

static void check(const char *op, unsigned number, bool negated, unsigned least, unsigned most)
{
    struct tp_record record = make_change(0, 1, 0, 2, 443, CLOSE, SYN_SENT);
    struct tp_filter *filter;
    char expression[64];

    snprintf(expression, sizeof expression, negated ? "!(sport %s %u)" : "sport %s %u", op, number);
    assert_int_equal(tp_filter_parse(&filter, expression, NULL), 0);
    tp_filter_local_ports(filter, (uint16_t)least, (uint16_t)most);
    if (tp_filter_match(filter, &record) != expected(op, number, negated, least, most))
        fail_msg("%s, ports from %u to %u: %d", expression, least, most,
                 !expected(op, number, negated, least, most));
    tp_filter_free(filter);
}

static void every_operator_is_asked_of_every_port(void **state)
{
    static const char *const operators[] = {"==", "!=", "<", "<=", ">", ">=", "&"};
    static const unsigned ranges[][2] = {{32768, 60999}, {1024, 65535}, {40000, 40000},
                                         {40000, 40003}, {1024, 1025},  {60000, 65535}};
    static const unsigned numbers[] = {0,     1,     80,    1023,  1024,  1025,  4096,
                                       32767, 32768, 40000, 40001, 40003, 40004, 49152,
                                       60998, 60999, 61000, 65534, 65535};

    (void)state;
    for (size_t range = 0; range < COUNT(ranges); range++)
        for (size_t op = 0; op < COUNT(operators); op++)
            for (size_t i = 0; i < COUNT(numbers); i++)
                for (int negated = 0; negated < 2; negated++)
                    check(operators[op], numbers[i], negated, ranges[range][0], ranges[range][1]);
}

/* What the kernel is asked for says the same. */
static void a_port_that_cannot_be_chosen_needs_no_connects(void **state)
{
    static const struct {
        const char *expression, *lowered;
    } rows[] = {
        {"port 15201", "protocol == 6 && (sport == 15201 || dport == 15201)"},
        {"port 40000", "protocol == 6 && ((sport == 40000 || (sport == 0 && newstate == 2)) || "
                       "dport == 40000)"},
        {"sport >= 61000", "protocol == 6 && sport >= 61000"},
    };
    struct tp_filter *filter;
    struct event_format format;
    char *lowered;
    bool exact;

    (void)state;
    assert_int_equal(
        format_read(&format, "tests/data/tracefs/6.18", "sock", "inet_sock_set_state", NULL), 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(tp_filter_parse(&filter, rows[i].expression, NULL), 0);
        tp_filter_local_ports(filter, 32768, 60999);
        assert_int_equal(tp_filter_lower(filter, &format.event, &lowered, &exact, NULL), 0);
        assert_string_equal(lowered, rows[i].lowered);
        assert_true(exact);
        free(lowered);
        tp_filter_free(filter);
    }
    format_release(&format);
    tp_filter_local_ports(NULL, 1, 2);
}

static void the_range_is_this_machine_s_and_that_of_a_new_namespace(void **state)
{
    static const struct {
        const char *text;
        bool known;
        uint16_t least, most;
    } rows[] = {
        {"32768\t60999\n", true, 32768, 60999}, {"1024\t65535\n", true, 1024, 65535},
        {"10000\t20000\n", true, 10000, 60999}, {"61000 62000", true, 32768, 62000},
        {"60999\t32768\n", false, 0, 0},        {"32768\n", false, 0, 0},
        {"32768\t99999\n", false, 0, 0},        {"\n", false, 0, 0},
        {"-1\t60999\n", false, 0, 0},
    };
    char proc[] = "/tmp/tcpprobe-XXXXXX", path[128];
    uint16_t least, most;
    FILE *file;

    (void)state;
    assert_non_null(mkdtemp(proc));
    assert_false(local_ports_read(proc, &least, &most));
    snprintf(path, sizeof path, "mkdir -p %s/sys/net/ipv4", proc);
    assert_int_equal(system(path), 0);
    snprintf(path, sizeof path, "%s/sys/net/ipv4/ip_local_port_range", proc);
    for (size_t i = 0; i < COUNT(rows); i++) {
        least = most = 0;
        file = fopen(path, "w");
        assert_non_null(file);
        fputs(rows[i].text, file);
        fclose(file);
        assert_int_equal(local_ports_read(proc, &least, &most), rows[i].known);
        assert_int_equal(least, rows[i].least);
        assert_int_equal(most, rows[i].most);
    }
    snprintf(path, sizeof path, "rm -r %s", proc);
    assert_int_equal(system(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operator_is_asked_of_every_port),
        cmocka_unit_test(a_port_that_cannot_be_chosen_needs_no_connects),
        cmocka_unit_test(the_range_is_this_machine_s_and_that_of_a_new_namespace),
    };

    return cmocka_run_group_tests_name("local_ports", tests, NULL, NULL);
}
