/* test_bpf.c: libpcap's expressions on frames of every numbering of link types. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <pcap/pcap.h>

#include <tcpprobe/pcap.h>

#include "pcap/alternatives.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* IPv4, TCP, port 40000 to 80. */
static const uint8_t segment[] = {
    0x45, 0,  0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10,   0, 0, 1, 10, 0, 0, 2,
    0x9c, 64, 0, 80, 0, 0, 0, 1, 0,  0, 0, 0, 0x50, 2, 0, 0, 0,  0, 0, 0,
};

struct shape {
    uint32_t linktype;
    uint8_t link[20];
    size_t length;
};

static const struct shape shapes[] = {
    {1, {[12] = 0x08}, 14},         /* Ethernet */
    {101, {0}, 0},                  /* raw IP, as files have it */
    {12, {0}, 0},                   /* and as some of them do */
    {228, {0}, 0},                  /* IPv4 */
    {0, {2, 0, 0, 0}, 4},           /* BSD loopback, captured with the little end first */
    {0, {0, 0, 0, 2}, 4},           /* with the big end first */
    {108, {0, 0, 0, 2}, 4},         /* OpenBSD loopback */
    {113, {[14] = 0x08}, 16},       /* Linux cooked */
    {276, {0x08}, 20},              /* Linux cooked v2 */
    {9, {0xff, 0x03, 0, 0x21}, 4},  /* PPP */
    {50, {0xff, 0x03, 0, 0x21}, 4}, /* PPP in HDLC-like framing */
};

static bool ask(struct tp_bpf *bpf, const struct shape *shape)
{
    uint8_t bytes[64];

    memcpy(bytes, shape->link, shape->length);
    memcpy(bytes + shape->length, segment, sizeof segment);
    return tp_bpf_frame(bpf, shape->linktype, bytes, (uint32_t)(shape->length + sizeof segment),
                        (uint32_t)(shape->length + sizeof segment));
}

static void test_link_types(void **state)
{
    struct tp_bpf *right, *wrong;

    (void)state;
    assert_int_equal(tp_bpf_new(&right, "tcp dst port 80 and ip src host 10.0.0.1", NULL), 0);
    assert_int_equal(tp_bpf_new(&wrong, "tcp src port 80 or not ip", NULL), 0);
    for (size_t i = 0; i < COUNT(shapes); i++) {
        print_message("# link type %u\n", shapes[i].linktype);
        assert_true(ask(right, &shapes[i]));
        assert_false(ask(wrong, &shapes[i]));
    }
    assert_int_equal(tp_bpf_check(right, NULL), 0);
    tp_bpf_free(right);
    tp_bpf_free(wrong);
}

static void test_refusals(void **state)
{
    static const struct shape unknown = {9999, {0}, 0};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_bpf *bpf;

    (void)state;
    assert_int_equal(tp_bpf_new(&bpf, "tcp prot 80", &error), TP_ERR_USAGE);
    assert_null(bpf);
    assert_string_equal(error.source, "pcap-filter");
    assert_true(error.text[0]);
    tp_error_clear(&error);

    assert_int_equal(tp_bpf_new(&bpf, "ether host 1:2:3:4:5:6 or tcp", &error), 0);
    assert_true(ask(bpf, &shapes[0]));
    assert_true(ask(bpf, &unknown)); /* what it is, the reader says */
    assert_int_equal(tp_bpf_check(bpf, &error), 0);
    assert_false(ask(bpf, &shapes[1]));
    assert_int_equal(tp_bpf_check(bpf, &error), TP_ERR_USAGE);
    assert_true(
        strncmp(error.text, "packets of link type 101 (Raw IP) cannot be asked that: ", 56) == 0);
    tp_bpf_free(bpf);
    assert_int_equal(tp_bpf_check(NULL, &error), 0);
    tp_bpf_free(NULL);
}

/* Words of other link types than Ethernet are words, too. */
static void test_foreign_words(void **state)
{
    struct tp_bpf *bpf;

    (void)state;
    assert_int_equal(tp_bpf_new(&bpf, "type mgt subtype beacon", NULL), 0);
    tp_bpf_free(bpf);
}

static void *ask_often(void *bpf)
{
    size_t held = 0;

    for (unsigned i = 0; i < 20000; i++)
        held += ask(bpf, &shapes[i % COUNT(shapes)]);
    return (void *)held; /* NOLINT: a number */
}

static void test_threads(void **state)
{
    pthread_t threads[4];
    struct tp_bpf *bpf;
    void *held;

    (void)state;
    assert_int_equal(tp_bpf_new(&bpf, "tcp port 80", NULL), 0);
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, bpf), 0);
    for (size_t i = 0; i < COUNT(threads); i++) {
        assert_int_equal(pthread_join(threads[i], &held), 0);
        assert_int_equal((size_t)held, 20000);
    }
    tp_bpf_free(bpf);
}

/* A frame that ends before the byte that is asked for does not match. */
static void test_cut(void **state)
{
    struct tp_bpf *bpf;

    (void)state;
    assert_int_equal(tp_bpf_new(&bpf, "tcp port 80", NULL), 0);
    for (uint32_t length = 0; length < sizeof segment; length++)
        assert_int_equal(tp_bpf_frame(bpf, 101, segment, length, sizeof segment), length >= 24);
    tp_bpf_free(bpf);
}

/* --- long expressions ------------------------------------------------------------------------- */

static void test_where_an_expression_comes_apart(void **state)
{
    static const struct {
        const char *expression;
        size_t count;
    } rows[] = {
        {"port 1 or port 2 or tcp port 3", 3},
        {"port 1||!port 2 ||(host 10.0.0.1 and port 3)", 3},
        {"not (port 1 or port 2) or ip6", 2},
        {"tcp[13] & 2 | 1 != 0 or (ip[(ip[0] & 15) * 4] = 1 or tcp) or udp", 3},
        {"proto \\or or port 1", 2}, /* the second word is no connective */
        {"port 1 or 2 or 3", 1},     /* what is said once for all */
        {"port 1 or (2 or port 3)", 1},
        {"port 1 or not 2", 1},
        {"port 1 or port 2 and tcp", 1}, /* ((port 1 or port 2) and tcp) */
        {"port 1 and port 2", 1},
        {"tcp or (vlan and port 1) or port 2", 1}, /* port 2 is behind the tag, too */
        {"not (port 1 or port 2)", 1},
        {"port 1 or (port 2", 1},
        {"port 1) or port 2 or (port 3", 1},
        {"", 1},
        {"port 1 or", 1},
    };
    struct alternatives found;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(alternatives_of(rows[i].expression, 1, &found));
        if (found.count != rows[i].count)
            fail_msg("%zu pieces: %s", found.count, rows[i].expression);
        alternatives_release(&found);
    }
    assert_true(alternatives_of("port 1 or port 2 or port 3 or port 4 or port 5", 5, &found));
    assert_int_equal(found.count, 3);
    assert_int_equal(found.most_words, 5);
    assert_string_equal(found.list[0], "port 1 or port 2");
    alternatives_release(&found);
}

static bool asked_whole(const char *expression, const uint8_t *frame, uint32_t length)
{
    const struct pcap_pkthdr header = {.caplen = length, .len = length};
    pcap_t *dead = pcap_open_dead(DLT_RAW, 65535);
    struct bpf_program code;
    bool held;

    assert_int_equal(pcap_compile(dead, &code, expression, 1, PCAP_NETMASK_UNKNOWN), 0);
    held = pcap_offline_filter(&code, &header, frame) != 0;
    pcap_freecode(&code);
    pcap_close(dead);
    return held;
}

/* In pieces or whole, it means the same. */
static void test_pieces_mean_the_whole(void **state)
{
    static const char *const parts[][2] = {
        {"tcp dst port ", ""}, {"not port ", ""},           {"portrange 79-", ""},
        {"host 10.0.0.", ""},  {"(tcp and src port ", ")"}, {"(udp and port ", ")"},
        {"less ", ""},         {"ip6 host ::", ""}};
    char expression[4096];
    uint8_t frame[sizeof segment];
    struct tp_bpf *bpf;

    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        size_t length = 0;

        for (unsigned i = 0; i < 20; i++) {
            const char *const *part = parts[(round + i * i) % COUNT(parts)];

            length += (size_t)sprintf(expression + length, "%s%s%u%s", i ? " or " : "", part[0],
                                      (round * 7 + i) % 97, part[1]);
            if (round % 2 == 0 && i < 2) /* few that match everything */
                i += 16;
        }
        memcpy(frame, segment, sizeof frame);
        frame[23] = (uint8_t)(round * 5);
        frame[19] = (uint8_t)(round % 9);
        assert_int_equal(tp_bpf_new(&bpf, expression, NULL), 0);
        assert_int_equal(tp_bpf_frame(bpf, 101, frame, sizeof frame, sizeof frame),
                         asked_whole(expression, frame, sizeof frame));
        tp_bpf_free(bpf);
    }
}

static char *ports(const char *between, unsigned count)
{
    char *text = malloc(count * 24 + 8), *end = text + sprintf(text, "port 1");

    for (unsigned i = 1; i < count; i++)
        end += sprintf(end, "%s%u", between, i * 7 % 40000 + 100);
    return text;
}

/* Whole, 6 000 of them took libpcap minutes and all memory. */
static void test_a_long_list_is_compiled_soon(void **state)
{
    char *many = ports(" or port ", 1000), *unending = ports(" or ", 6000);
    struct tp_error error = TP_ERROR_INIT;
    clock_t before = clock();
    struct tp_bpf *bpf;

    (void)state;
    assert_int_equal(tp_bpf_new(&bpf, many, NULL), 0);
    assert_false(ask(bpf, &shapes[1])); /* port 80 */
    tp_bpf_free(bpf);
    assert_int_equal(tp_bpf_new(&bpf, unending, &error), TP_ERR_LIMIT);
    assert_string_equal(error.source, "pcap-filter");
    assert_null(bpf);
    assert_true((clock() - before) / CLOCKS_PER_SEC < 10);
    free(many);
    free(unending);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_link_types),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_where_an_expression_comes_apart),
        cmocka_unit_test(test_pieces_mean_the_whole),
        cmocka_unit_test(test_a_long_list_is_compiled_soon),
        cmocka_unit_test(test_foreign_words),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_cut),
    };

    return cmocka_run_group_tests_name("bpf", tests, NULL, NULL);
}
