/* test_filter_figures.c: filters that ask for figures of something larger than an event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tcpprobe/filter.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { BYTES, SHARE, CHANGE, UNKNOWN, UNNAMED, OWNER, STATE, NOBODY, FIGURES };

static const char *const names[FIGURES] = {
    "bytes", "retransmit_share", "change", "goodput_bps", "", "owner", "state", "nobody",
};
/* A text that can be anything, one of two values, and one that is not known. */
static const char *const any[] = {NULL}, *const states[] = {"TCP_LISTEN", "TCP_CLOSE", NULL};
static const char *const *const texts[FIGURES] = {[OWNER] = any, [STATE] = states, [NOBODY] = any};
static const struct tp_filter_words words = {
    .names = names, .count = FIGURES, .what = "the figures of this test", .texts = texts};

/* 1.5 MB, 1 %, -2.5; goodput is not known. Counts how often each was asked for. */
static bool figure_of(void *context, size_t index, union tp_filter_value *value)
{
    static const double values[] = {[BYTES] = 1500000, [SHARE] = 0.01, [CHANGE] = -2.5};
    unsigned *asked = context;

    assert_true(index < FIGURES && index != UNNAMED);
    asked[index]++;
    if (index == UNKNOWN || index == NOBODY)
        return false;
    if (index > UNNAMED) {
        value->text = index == OWNER ? (struct tp_text){"nginx: worker", 13}
                                     : (struct tp_text){"TCP_LISTEN", 10};
        return true;
    }
    value->number = values[index];
    return true;
}

/* 10.0.0.1:5201 -> 10.0.0.2:40000 */
static struct tp_record a_flow(void)
{
    uint8_t local[16] = {[10] = 0xff, 0xff, 10, 0, 0, 1},
            peer[16] = {[10] = 0xff, 0xff, 10, 0, 0, 2};
    struct tp_record record = {.kind = TP_KIND_PROBE, .has_key = true};

    record.local = (uint8_t)tp_flow_key_set(&record.key, local, 5201, peer, 40000, 0);
    return record;
}

/* --- what matches ----------------------------------------------------------------------------- */

static const struct row {
    const char *expression, *text;
    bool matches;
} rows[] = {
    {"bytes > 1M", "bytes > 1M", true},
    {"bytes>1.5M", "bytes > 1.5M", false},
    {"bytes >= 1.5M", "bytes >= 1.5M", true},
    {"bytes == 1500k", "bytes == 1500k", true},
    {"bytes == 0.0015G", "bytes == 0.0015G", true},
    {"bytes != 1500000", "bytes != 1500000", false},
    {"bytes < 1500000.5", "bytes < 1500000.5", true},
    {"bytes <= 1499999.999", "bytes <= 1499999.999", false},
    {"retransmit_share == 0.01", "retransmit_share == 0.01", true},
    {"retransmit_share > 0.010000000001", "retransmit_share > 0.010000000001", false},
    {"change < -2.25", "change < -2.25", true},
    {"change < -2.5", "change < -2.5", false},
    {"change == -0.0025k", "change == -0.0025k", true},
    /* What is not known is neither equal nor different; `not` around it is. */
    {"goodput_bps == 0", "goodput_bps == 0", false},
    {"goodput_bps != 0", "goodput_bps != 0", false},
    {"goodput_bps >= 0", "goodput_bps >= 0", false},
    {"!goodput_bps >= 0", "!(goodput_bps >= 0)", true},
    {"!(goodput_bps > 1 && bytes > 1)", "!(goodput_bps > 1 && bytes > 1)", true},
    /* Texts. */
    {"owner == \"nginx: worker\"", "owner == \"nginx: worker\"", true},
    {"owner == nginx", "owner == \"nginx\"", false},
    {"owner != nginx", "owner != \"nginx\"", true},
    {"owner ~ 'nginx*'", "owner ~ \"nginx*\"", true},
    {"owner ~ \"*[0-9]\"", "owner ~ \"*[0-9]\"", false},
    {"state == TCP_LISTEN && bytes > 1", "(state == \"TCP_LISTEN\" && bytes > 1)", true},
    {"state != TCP_LISTEN", "state != \"TCP_LISTEN\"", false},
    {"state ~ \"TCP_L*\"", "state ~ \"TCP_L*\"", true},
    {"nobody == x or nobody != x or nobody ~ '*'",
     "(nobody == \"x\" || nobody != \"x\" || nobody ~ \"*\")", false},
    {"!(nobody == x)", "!(nobody == \"x\")", true},
    /* Beside the words of connections. */
    {"sport == 5201 && bytes > 1M", "(sport == 5201 && bytes > 1M)", true},
    {"dport == 5201 && bytes > 1M", "(dport == 5201 && bytes > 1M)", false},
    {"src host 10.0.0.1 and family == AF_INET and port 40000 and not bytes < 10k",
     "(saddr == 10.0.0.1 && family == AF_INET && port 40000 && !(bytes < 10k))", true},
    /* && binds tighter than ||, ! tighter than both. */
    {"bytes > 1M || bytes > 9M && bytes > 9M", "(bytes > 1M || (bytes > 9M && bytes > 9M))", true},
    {"(bytes > 1M || bytes > 9M) && bytes > 9M", "((bytes > 1M || bytes > 9M) && bytes > 9M)",
     false},
    {"!bytes > 1M || bytes > 1M", "(!(bytes > 1M) || bytes > 1M)", true},
    {"!(bytes > 1M || bytes > 1M)", "!(bytes > 1M || bytes > 1M)", false},
};

static void test_matches(void **state)
{
    struct tp_record record = a_flow();
    struct tp_error error = TP_ERROR_INIT;
    struct tp_filter *filter;
    unsigned asked[FIGURES];
    char *text;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        if (tp_filter_parse_with(&filter, rows[i].expression, &words, &error))
            fail_msg("%s: column %u: %s", rows[i].expression, error.column, error.text);
        text = tp_filter_text(filter);
        assert_string_equal(text, rows[i].text);
        if (tp_filter_match_with(filter, &record, figure_of, asked) != rows[i].matches)
            fail_msg("%s: expected %d", rows[i].expression, rows[i].matches);
        free(text);
        tp_filter_free(filter);
    }
}

/* A figure may cost much: ports that do not match spare it. */
static void test_asks_only_what_it_must(void **state)
{
    struct tp_record record = a_flow();
    unsigned asked[FIGURES] = {0};
    struct tp_filter *filter;

    (void)state;
    assert_int_equal(
        tp_filter_parse_with(&filter, "dport == 5201 && bytes > 1M || sport == 5201", &words, NULL),
        0);
    assert_true(tp_filter_match_with(filter, &record, figure_of, asked));
    assert_int_equal(asked[BYTES], 0);
    tp_filter_free(filter);
    assert_int_equal(
        tp_filter_parse_with(&filter, "bytes > 1M || retransmit_share > 0", &words, NULL), 0);
    assert_true(tp_filter_match_with(filter, &record, figure_of, asked));
    assert_int_equal(asked[BYTES], 1);
    assert_int_equal(asked[SHARE], 0);
    tp_filter_free(filter);
}

/* Who cannot say figures has none: the comparison fails, whatever its operator. */
static void test_absent_without_figures(void **state)
{
    struct tp_record record = a_flow();
    struct tp_filter *filter;

    (void)state;
    assert_int_equal(
        tp_filter_parse_with(&filter, "bytes >= 0 || bytes < 0 || bytes != 5", &words, NULL), 0);
    assert_false(tp_filter_match(filter, &record));
    tp_filter_free(filter);
    assert_int_equal(tp_filter_parse_with(&filter, "!bytes >= 0", &words, NULL), 0);
    assert_true(tp_filter_match(filter, &record));
    tp_filter_free(filter);
}

/* --- what is refused -------------------------------------------------------------------------- */

static const struct refused {
    const char *expression;
    unsigned column;
    const char *says;
} refused[] = {
    {"bytes", 6, "expected == != < <= > or >= after bytes, found the end"},
    {"bytes ~ \"1*\"", 7, "expected == != < <= > or >= after bytes, found '~'"},
    {"bytes & 1", 7, "after bytes, found '&'"},
    {"port 80 && bytes > ", 20, "expected a number such as 10, 0.5 or 1M, found the end"},
    {"bytes > 5x", 9, "expected a number such as 10, 0.5 or 1M, found '5x'"},
    {"bytes > 5kk", 9, "found '5kk'"},
    {"bytes > 5K", 9, "found '5K'"},
    {"bytes > .5", 9, "found '.5'"},
    {"bytes > 5.", 9, "found '5.'"},
    {"bytes > 5.M", 9, "found '5.M'"},
    {"bytes > 1.2.3", 9, "found '1.2.3'"},
    {"bytes > -", 9, "found '-'"},
    {"bytes > --1", 9, "found '--1'"},
    {"bytes > 0x10", 9, "found '0x10'"},
    {"bytes > nan", 9, "found 'nan'"},
    {"bytes > inf", 9, "found 'inf'"},
    {"bytes > 1e9", 9, "found '1e9'"},
    {"bytes > 1234567890123456", 9, "found '1234567890123456'"},
    {"bytes > \"5\"", 9, "found the text \"5\""},
    {"bytes > change", 9, "found 'change'"},
    {"port 80 && byts > 5", 12, "unknown field 'byts': did you mean bytes?"},
    {"goodput > 5", 1, "unknown field 'goodput': did you mean goodput_bps?"},
    {"dprot == 80", 1, "did you mean dport?"},
    {"zzzzzz > 5", 1, "known are sport dport saddr daddr family and the figures of this test"},
    {"zzzzzz", 1, "unknown field 'zzzzzz'"},
    {"5 < bytes", 1, "expected a comparison"},
    {"owner > 5", 7, "expected == != or ~ after owner, found '>'"},
    {"owner == ", 10, "expected a text in quotes, found the end"},
    {"state == LISTEN", 10, "unknown value 'LISTEN': did you mean TCP_LISTEN?"},
    {"state != 7", 10, "expected one of TCP_LISTEN TCP_CLOSE, found '7'"},
    /* No event is asked. */
    {"snd_cwnd > 5", 1, "unknown field 'snd_cwnd'"},
    {"comm == iperf3", 1, "unknown field 'comm'"},
    {"tcp_probe", 1, "unknown field 'tcp_probe'"},
    {"event == tcp_probe", 1, "unknown field 'event'"},
};

static void test_refused(void **state)
{
    struct tp_filter *filter;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(refused); i++) {
        struct tp_error error = TP_ERROR_INIT;

        if (tp_filter_parse_with(&filter, refused[i].expression, &words, &error) != TP_ERR_USAGE)
            fail_msg("%s: not refused", refused[i].expression);
        assert_null(filter);
        if (error.column != refused[i].column || !strstr(error.text, refused[i].says))
            fail_msg("%s: expected %u %s, got %u %s", refused[i].expression, refused[i].column,
                     refused[i].says, error.column, error.text);
    }
}

/* Without the words they are unknown. */
static void test_unknown_without_words(void **state)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_filter *filter;

    (void)state;
    assert_int_equal(tp_filter_parse(&filter, "bytes > 5", &error), TP_ERR_USAGE);
    assert_int_equal(error.column, 1);
    assert_non_null(strstr(error.text, "unknown field 'bytes'"));
}

/* --- lowering --------------------------------------------------------------------------------- */

/* What is not known of a packet lets it pass, within !(...) too. */
static void test_lowering_leaves_figures_out(void **state)
{
    static const char *const expressions[] = {"port 80 && bytes > 1M", "port 80 && !bytes > 1M",
                                              "port 80"};
    char *text[COUNT(expressions)];
    struct tp_filter *filter;
    bool exact;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(expressions); i++) {
        assert_int_equal(tp_filter_parse_with(&filter, expressions[i], &words, NULL), 0);
        assert_int_equal(tp_filter_pcap(filter, &text[i], &exact, NULL), 0);
        assert_int_equal(exact, i == 2);
        tp_filter_free(filter);
    }
    assert_string_equal(text[0], text[2]);
    assert_string_equal(text[1], text[2]);
    for (i = 0; i < COUNT(expressions); i++)
        free(text[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_asks_only_what_it_must),
        cmocka_unit_test(test_absent_without_figures),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_unknown_without_words),
        cmocka_unit_test(test_lowering_leaves_figures_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
