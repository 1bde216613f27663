/* test_lower_pcap.c: what libpcap lets pass of an interface must be enough.
 *
 * Random expressions of the filter language are lowered, compiled by libpcap and asked of random
 * frames. A frame passes if an event of its connection, at either end, matches the filter; where
 * the lowering is exact, none else does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include <tcpprobe/pcap.h>
#include <tcpprobe/filter.h>

#include "expression_maker.h"

#define EXPRESSIONS 3000
#define FRAMES      24 /* for each */
#define EVENTS      6  /* for each of these */

enum { TCP = 6, UDP = 17, HOP_BY_HOP = 0 };

struct frame {
    uint32_t linktype;
    uint8_t bytes[160];
    uint32_t length;
    uint8_t addr[2][16]; /* source, destination */
    uint16_t port[2];
    uint8_t protocol;
};

/* --- frames ---------------------------------------------------------------------------------- */

static void add_byte(struct frame *frame, unsigned byte)
{
    frame->bytes[frame->length++] = (uint8_t)byte;
}

static void add_u16(struct frame *frame, unsigned value)
{
    add_byte(frame, value >> 8);
    add_byte(frame, value & 0xff);
}

static void add_zeros(struct frame *frame, unsigned count)
{
    frame->length += count; /* they are there */
}

static void add_link(struct frame *frame, unsigned ethertype)
{
    if (frame->linktype == 1) {
        add_zeros(frame, 12);
        add_u16(frame, ethertype);
    } else if (frame->linktype == 113) {
        add_zeros(frame, 14);
        add_u16(frame, ethertype);
    } else if (frame->linktype == 276) {
        add_u16(frame, ethertype);
        add_zeros(frame, 18);
    }
}

static void add_ip4(struct frame *frame)
{
    add_link(frame, 0x0800);
    add_u16(frame, 0x4500);
    add_u16(frame, 40);
    add_zeros(frame, 5);
    add_byte(frame, frame->protocol);
    add_zeros(frame, 2);
    for (unsigned end = 0; end < 2; end++, frame->length += 4)
        memcpy(frame->bytes + frame->length, frame->addr[end] + 12, 4);
}

static void add_ip6(struct frame *frame, bool extended)
{
    add_link(frame, 0x86dd);
    add_u16(frame, 0x6000);
    add_zeros(frame, 2);
    add_u16(frame, extended ? 28 : 20);
    add_byte(frame, extended ? HOP_BY_HOP : frame->protocol);
    add_byte(frame, 64);
    for (unsigned end = 0; end < 2; end++, frame->length += 16)
        memcpy(frame->bytes + frame->length, frame->addr[end], 16);
    if (extended) {
        add_byte(frame, frame->protocol);
        add_zeros(frame, 7);
    }
}

static void get_address(struct expression_maker *maker, bool v4, uint8_t addr[16])
{
    const char *text = "";

    while ((strchr(text, ':') == NULL) != v4 || !*text)
        text = MAKER_ONE_OF(maker, maker_addresses);
    memcpy(addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
    assert_int_equal(
        inet_pton(v4 ? AF_INET : AF_INET6, text, v4 ? (void *)(addr + 12) : (void *)addr), 1);
}

static bool make_frame(struct expression_maker *maker, struct frame *frame)
{
    static const uint32_t linktypes[] = {1, 101, 113, 276};
    bool v4 = maker_pick(maker, 2), extended = !v4 && maker_pick(maker, 8) == 0;

    *frame = (struct frame){.linktype = MAKER_ONE_OF(maker, linktypes)};
    frame->protocol = maker_pick(maker, 8) ? TCP : UDP;
    for (unsigned end = 0; end < 2; end++) {
        get_address(maker, v4, frame->addr[end]);
        frame->port[end] = MAKER_ONE_OF(maker, maker_ports);
    }
    if (v4)
        add_ip4(frame);
    else
        add_ip6(frame, extended);
    add_u16(frame, frame->port[0]);
    add_u16(frame, frame->port[1]);
    add_zeros(frame, 8);
    add_u16(frame, 0x5000 | maker_pick(maker, 0x200));
    add_u16(frame, maker_pick(maker, 0x10000));
    add_zeros(frame, 4);
    return extended;
}

/* --- events ---------------------------------------------------------------------------------- */

/* Of the connection, with whatever it may say. */
static void make_event(struct expression_maker *maker, const struct frame *frame, bool at_sender,
                       struct tp_record *record)
{
    unsigned own = at_sender ? 0 : 1;

    memset(record, 0, sizeof *record);
    record->kind = (uint8_t)maker_pick(maker, TP_KIND_LOST);
    record->has_key = true;
    record->local = (uint8_t)tp_flow_key_set(&record->key, frame->addr[own], frame->port[own],
                                             frame->addr[!own], frame->port[!own], 0);
    for (unsigned field = 0; field < TP_FIELD_COUNT; field++) {
        if (tp_fields[field].size > 8 || maker_pick(maker, 2))
            continue;
        record->have |= UINT64_C(1) << field;
        memcpy((char *)record + tp_fields[field].offset, &MAKER_ONE_OF(maker, maker_numbers),
               tp_fields[field].size);
    }
    /* Of a socket that connects the port is not known yet; no packet has the port 0 then. */
    if (record->newstate == 2)
        record->newstate = 1;
}

/* Does an event of the connection match that is like no other? */
static bool has_event(struct expression_maker *maker, const struct tp_filter *filter,
                      const struct frame *frame)
{
    struct tp_record record;

    for (unsigned i = 0; i < EVENTS; i++) {
        make_event(maker, frame, i % 2 == 0, &record);
        if (tp_filter_match(filter, &record))
            return true;
    }
    return false;
}

/* --- the tests ------------------------------------------------------------------------------- */

struct tally {
    unsigned exact, passed, held, never;
};

static void check_frame(struct expression_maker *maker, const struct tp_filter *filter,
                        struct tp_bpf *bpf, bool exact, struct tally *tally)
{
    struct frame frame;
    bool extended = make_frame(maker, &frame), wanted = has_event(maker, filter, &frame);
    bool passes = bpf && tp_bpf_frame(bpf, frame.linktype, frame.bytes, frame.length, frame.length);

    if (extended && bpf)
        assert_true(passes);
    else if (frame.protocol != TCP)
        assert_false(passes);
    else if (wanted != passes && (wanted || exact))
        fail_msg("%s: link type %u, ports %u and %u: passes %d, wanted %d", maker->text,
                 frame.linktype, frame.port[0], frame.port[1], passes, wanted);
    tally->passed += passes;
    tally->held += !passes;
}

static void test_random(void **state)
{
    struct expression_maker maker = {.random = 42, .no_comm = true};
    struct tp_error error = TP_ERROR_INIT;
    struct tally tally = {0};
    struct tp_filter *filter;
    struct tp_bpf *bpf;
    char *lowered;
    bool exact;

    (void)state;
    for (unsigned i = 0; i < EXPRESSIONS; i++) {
        maker_write(&maker, 1 + maker_pick(&maker, 6));
        assert_int_equal(tp_filter_parse(&filter, maker.text, &error), 0);
        assert_int_equal(tp_filter_pcap(filter, &lowered, &exact, &error), 0);
        bpf = NULL;
        if (lowered && tp_bpf_new(&bpf, lowered, &error) < 0)
            fail_msg("%s\nis not understood: %s: %s", maker.text, lowered, error.text);
        for (unsigned k = 0; k < FRAMES; k++)
            check_frame(&maker, filter, bpf, exact, &tally);
        assert_int_equal(tp_bpf_check(bpf, &error), 0);
        tally.never += !lowered;
        tally.exact += exact;
        tp_bpf_free(bpf);
        tp_filter_free(filter);
        free(lowered);
    }
    print_message("# %u exact, %u never, %u frames passed, %u did not\n", tally.exact, tally.never,
                  tally.passed, tally.held);
    assert_true(tally.exact > EXPRESSIONS / 10 && tally.never > 0);
    assert_true(tally.passed > EXPRESSIONS && tally.held > EXPRESSIONS);
}

#define EXTENDED "(ip6 && (ip6[6] = 0 || ip6[6] = 43 || ip6[6] = 44 || ip6[6] = 51 || ip6[6] = 60))"

static void check_text(const char *expression, const char *expected, bool expected_exact)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_filter *filter = NULL;
    char whole[1024];
    char *lowered;
    bool exact;

    if (expression)
        assert_int_equal(tp_filter_parse(&filter, expression, &error), 0);
    assert_int_equal(tp_filter_pcap(filter, &lowered, &exact, &error), 0);
    snprintf(whole, sizeof whole, expected[0] ? "(tcp && %s) || " EXTENDED : "tcp || " EXTENDED,
             expected);
    assert_string_equal(lowered, whole);
    assert_int_equal(exact, expected_exact);
    free(lowered);
    tp_filter_free(filter);
}

static void test_texts(void **state)
{
    (void)state;
    check_text(NULL, "", true);
    check_text("snd_cwnd > 3", "", false);
    check_text("!(snd_cwnd > 3)", "", false);
    check_text("port 80", "tcp port 80", true);
    check_text("dport == 80", "(tcp dst port 80 || tcp src port 80)", true);
    check_text("dport == 80 && snd_cwnd > 3", "(tcp dst port 80 || tcp src port 80)", false);
    check_text("dport == 80 || snd_cwnd > 3", "", false);
    check_text("host 10.0.0.1 && tcp_probe", "ip host 10.0.0.1", false);
    check_text("sport >= 1024 && saddr == fd00::1",
               "((tcp src portrange 1024-65535 && ip6 src host fd00:0:0:0:0:0:0:1) || "
               "(tcp dst portrange 1024-65535 && ip6 dst host fd00:0:0:0:0:0:0:1))",
               true);
    check_text("not (port 22 || net 10.0.0.0/8)", "!(tcp port 22 || ip net 10.0.0.0/8)", true);
    check_text("net ::/0", "ip6", true);
}

static void test_never(void **state)
{
    struct tp_filter *filter;
    char *lowered;
    bool exact;

    (void)state;
    assert_int_equal(tp_filter_parse(&filter, "sport < 0 && host 10.0.0.1", NULL), 0);
    assert_int_equal(tp_filter_pcap(filter, &lowered, &exact, NULL), 0);
    assert_null(lowered);
    assert_true(exact);
    tp_filter_free(filter);
}

/* As long as a filter can be: what does not fit is left out, never cut. */
static void test_long(void **state)
{
    char *text = malloc(64 * 1024), *lowered;
    struct tp_filter *filter;
    struct tp_bpf *bpf;
    size_t length = 0;
    bool exact;

    (void)state;
    assert_non_null(text);
    for (unsigned i = 1; length < 60000; i++)
        length += (size_t)sprintf(text + length, "%s(sport == %u && saddr != fd00::%x)",
                                  i > 1 ? " || " : "", i, i);
    assert_int_equal(tp_filter_parse(&filter, text, NULL), 0);
    assert_int_equal(tp_filter_pcap(filter, &lowered, &exact, NULL), 0);
    assert_false(exact);
    assert_int_equal(tp_bpf_new(&bpf, lowered, NULL), 0);
    tp_bpf_free(bpf);
    tp_filter_free(filter);
    free(lowered);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts), cmocka_unit_test(test_never),
                                       cmocka_unit_test(test_long), cmocka_unit_test(test_random)};

    return cmocka_run_group_tests_name("lower_pcap", tests, NULL, NULL);
}
