/* test_events_nomem.c: every allocation of reading events, lowering filters for them, and reading
 * single lines fails in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <tcpprobe/input.h>

#include "recorder/event_set.h"
#define NOMEM_TEXTS
#include "nomem.h"

static int prepare(struct tp_error *error)
{
    struct event_set set = {0};
    struct tp_filter *filter;
    int rc = tp_filter_parse(&filter, "port 80 || host 10.0.0.1 && snd_cwnd > 9", error);

    if (rc == 0)
        rc = events_read(&set, "tests/data/tracefs/6.1", error);
    if (rc == 0)
        rc = events_choose(&set, "-tcp_destroy_sock", error);
    if (rc == 0)
        rc = events_lower(&set, filter, error);
    events_release(&set);
    tp_filter_free(filter);
    return rc;
}

static int read_line(struct tp_error *error)
{
    static const char line[] = "          x-1   [001] ..s2.   9.1: tcp_probe: src=1.1.1.1:1 "
                               "dest=1.1.1.1:2 srtt=3";
    const struct tp_record *record;
    struct tp_line_parser *parser;
    int rc = tp_line_parser_new(&parser, 0, error);

    if (rc == 0)
        rc = tp_line_parse(parser, line, sizeof line - 1, &record, error);
    tp_line_parser_free(parser);
    return rc < 0 ? rc : 0;
}

static void fail_each(int (*work)(struct tp_error *error), long least)
{
    struct tp_error error;
    long n;

    for (n = 0;; n++) {
        tp_error_clear(&error);
        atomic_store(&nomem_left, n);
        int rc = work(&error);
        bool reached = nomem_reached();

        atomic_store(&nomem_left, NOMEM_NEVER);
        assert_int_equal(rc, reached ? TP_ERR_NOMEM : 0);
        assert_int_equal(error.code, rc);
        if (!reached)
            break;
    }
    assert_true(n >= least);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    fail_each(prepare, 30);
    fail_each(read_line, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};

    return cmocka_run_group_tests_name("events_nomem", tests, NULL, NULL);
}
