/* test_lower_sockets.c: what the kernel lets pass of its sockets must be enough.
 *
 * Random expressions of the filter language become bytecode, which must pass the kernel's audit,
 * and are asked of random sockets, as IPv4, as IPv6 and as IPv4 in an IPv6 socket. What matches the
 * filter passes; where the lowering is exact, nothing else does. tests/unit/test_sockets_live.c
 * asks a kernel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include <tcpprobe/filter.h>

#include "bytecode.h"
#include "expression_maker.h"

#define EXPRESSIONS 20000
#define SOCKETS     40 /* for each */

static void random_address(struct expression_maker *maker, bool v4, uint8_t to[16])
{
    const char *text;

    memset(to, 0, 16);
    do {
        text = MAKER_ONE_OF(maker, maker_addresses);
    } while ((inet_pton(v4 ? AF_INET : AF_INET6, text, to + (v4 ? 12 : 0)) == 1) == false);
    if (v4)
        to[10] = to[11] = 0xff;
}

/* The same socket as a record, and as the kernel's own entry of a dump. */
static void random_socket(struct expression_maker *maker, struct tp_record *record,
                          struct entry *entry)
{
    unsigned form = maker_pick(maker, 3); /* IPv4, IPv6, IPv4 in IPv6 */
    uint8_t own[16], peer[16];

    memset(record, 0, sizeof *record);
    entry->family = form ? AF_INET6 : AF_INET;
    entry->sport = MAKER_ONE_OF(maker, maker_ports);
    entry->dport = MAKER_ONE_OF(maker, maker_ports);
    random_address(maker, form != 1, own);
    random_address(maker, form != 1, peer);
    memcpy(entry->saddr, form ? own : own + 12, form ? 16 : 4);
    memcpy(entry->daddr, form ? peer : peer + 12, form ? 16 : 4);
    record->kind = TP_KIND_PROBE;
    record->has_key = true;
    record->local =
        (uint8_t)tp_flow_key_set(&record->key, own, entry->sport, peer, entry->dport, 0);
    /* What the kernel does not look at is there, or not. */
    record->have = maker_pick(maker, 2) ? UINT64_MAX & ~TP_BIT(REASON) & ~TP_BIT(COMM) : 0;
    record->snd_cwnd = (uint32_t)MAKER_ONE_OF(maker, maker_numbers);
}

static void passes_what_matches(void **state)
{
    struct expression_maker maker = {.random = 20261129};
    unsigned lowered = 0, exactly = 0, passed = 0, rejected = 0;

    (void)state;
    for (unsigned i = 0; i < EXPRESSIONS; i++) {
        struct tp_filter *filter;
        void *bytecode;
        size_t length;
        bool exact;

        maker_write(&maker, 1 + maker_pick(&maker, 8));
        if (tp_filter_parse(&filter, maker.text, NULL) != 0)
            continue;
        assert_int_equal(tp_filter_sockets(filter, &bytecode, &length, &exact, NULL), 0);
        lowered += bytecode != NULL;
        exactly += exact;
        assert_true(bytecode || !exact);
        if (bytecode && !bytecode_passes_audit(bytecode, length))
            fail_msg("the kernel refuses %s", maker.text);
        for (unsigned k = 0; bytecode && k < SOCKETS; k++) {
            struct tp_record record;
            struct entry entry;
            bool passes, matches;

            random_socket(&maker, &record, &entry);
            matches = tp_filter_match(filter, &record);
            passes = bytecode_accepts(bytecode, length, &entry);
            if (matches ? !passes : exact && passes)
                fail_msg("%s: %s", maker.text, passes ? "too much" : "too little");
            passed += passes;
            rejected += !passes;
        }
        free(bytecode);
        tp_filter_free(filter);
    }
    /* It is of use: much was asked, and both answers came. */
    assert_true(lowered > EXPRESSIONS / 2 && exactly > EXPRESSIONS / 10);
    assert_true(passed > 100000 && rejected > 100000);
}

static void asks_what_can_be_asked(void **state)
{
    static const struct {
        const char *expression;
        bool asks, exact;
    } rows[] = {
        {"port 80", true, true},
        {"sport >= 1000 && dport < 90 || !dport > 7", true, true},
        {"host 10.0.0.1 or net fd00::/16", true, true},
        {"family == AF_INET6", true, true},
        {"net ::/0", false, false}, /* ours has no IPv4 in it */
        {"port 80 && snd_cwnd > 10", true, false},
        {"port 80 || snd_cwnd > 10", true, false}, /* everything passes */
        {"snd_cwnd > 10", false, false},
        {"sport & 1", false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tp_filter *filter;
        void *bytecode;
        size_t length;
        bool exact;

        assert_int_equal(tp_filter_parse(&filter, rows[i].expression, NULL), 0);
        assert_int_equal(tp_filter_sockets(filter, &bytecode, &length, &exact, NULL), 0);
        if ((bytecode != NULL) != rows[i].asks || exact != rows[i].exact)
            fail_msg("%s", rows[i].expression);
        free(bytecode);
        tp_filter_free(filter);
    }
}

/* Longer than the kernel takes: nothing is asked, rather than something else. */
static void a_long_filter_is_not_asked(void **state)
{
    char *text = malloc(65536), *at = text;
    struct tp_filter *filter;
    void *bytecode;
    size_t length;
    bool exact;

    (void)state;
    assert_non_null(text);
    for (unsigned i = 0; i < 3000; i++)
        at += sprintf(at, "%sport %u", i ? " or " : "", i + 1);
    assert_int_equal(tp_filter_parse(&filter, text, NULL), 0);
    assert_int_equal(tp_filter_sockets(filter, &bytecode, &length, &exact, NULL), 0);
    assert_null(bytecode);
    assert_false(exact);
    tp_filter_free(filter);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_what_matches),
        cmocka_unit_test(asks_what_can_be_asked),
        cmocka_unit_test(a_long_filter_is_not_asked),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
