/* test_packet_usual.c: frames that are read in one go (src/input/packet_usual.c) give what the
 * layers give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "frames.h"

#define STAMPED_IP "4502 003b " IP4_HEAD
#define STAMPED                                                                                    \
    "9c40 0050 00001000 00002000 8018 0100 abcd 0000 0101080a 00000011 00000022 68656c6c6f 2121"
#define BACKWARDS "4500 003b 1234 4000 40 06 0000 0a000002 0a000001 "

enum { FRAME_MAX = 128 };

static uint64_t random_state = 20;

static unsigned below(unsigned limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(random_state >> 33) % limit;
}

/* Both ways of the first `captured` bytes, in memory of their own size. Returns whether it is a
 * usual one. */
static bool compare(uint32_t linktype, const uint8_t *bytes, uint32_t captured, uint32_t wire_len,
                    uint64_t fields)
{
    const struct packet_options options = {.fields = fields, .timeline = 9};
    uint8_t *part = malloc(captured ? captured : 1);
    const struct packet_frame frame = {.bytes = part,
                                       .captured = captured,
                                       .wire_len = wire_len,
                                       .linktype = linktype,
                                       .ts_ns = 17,
                                       .number = 3,
                                       .iface = 1};
    struct tp_record usual, layers;
    struct packet_walk walk;
    bool is_usual;

    assert_non_null(part);
    memcpy(part, bytes, captured);
    memset(&usual, 0xa5, sizeof usual);
    layers = usual;
    is_usual = packet_usual(&frame, &options, &usual);
    if (is_usual) {
        packet_begin(&walk, &frame, &options);
        assert_int_equal(packet_next(&walk, &layers), PACKET_TCP);
        assert_false(packet_has_more(&walk));
        assert_int_equal(layers.oddities, 0);
    }
    assert_memory_equal(&usual, &layers, sizeof usual);
    free(part);
    return is_usual;
}

static const struct {
    uint32_t linktype;
    const char *hex;
} usual_frames[] = {
    {1, ETHERNET IP4 TCP},
    {1, ETHERNET IP4 TCP "0000000000000000"},
    {1, ETHERNET STAMPED_IP STAMPED},
    {101, IP4 TCP},
    {101, STAMPED_IP STAMPED},
    {101, BACKWARDS STAMPED},
};

static void each_frame(void (*visit)(uint32_t linktype, uint8_t *bytes, uint32_t length))
{
    for (size_t i = 0; i < sizeof usual_frames / sizeof *usual_frames; i++) {
        uint32_t length;
        uint8_t *bytes = frame_bytes(usual_frames[i].hex, &length);

        assert_true(length < FRAME_MAX);
        visit(usual_frames[i].linktype, bytes, length);
        free(bytes);
    }
}

static void are_usual(uint32_t linktype, uint8_t *bytes, uint32_t length)
{
    assert_true(compare(linktype, bytes, length, length, 0));
    assert_true(compare(linktype, bytes, length, length + 1000, TP_BIT(OPTIONS)));
    assert_false(compare(linktype, bytes, length, length, TP_BIT(SEQ)));
    assert_false(compare(113, bytes, length, length, 0));
}

static void each_cut(uint32_t linktype, uint8_t *bytes, uint32_t length)
{
    for (uint32_t captured = 0; captured <= length; captured++)
        compare(linktype, bytes, captured, length, 0);
}

static void each_byte(uint32_t linktype, uint8_t *bytes, uint32_t length)
{
    for (uint32_t at = 0; at < length; at++) {
        uint8_t was = bytes[at];

        for (unsigned value = 0; value < 256; value++) {
            bytes[at] = (uint8_t)value;
            compare(linktype, bytes, length, length, 0);
        }
        bytes[at] = was;
    }
}

static void changed_at_random(uint32_t linktype, uint8_t *bytes, uint32_t length)
{
    uint8_t changed[FRAME_MAX];
    unsigned changes;

    for (unsigned i = 0; i < 100000; i++) {
        memcpy(changed, bytes, length);
        for (changes = 1 + below(4); changes; changes--)
            changed[below(length)] = (uint8_t)below(256);
        compare(linktype, changed, length - (below(4) ? 0 : below(length)), length, 0);
    }
}

static void test_usual(void **state)
{
    (void)state;
    each_frame(are_usual);
}

static void test_cut(void **state)
{
    (void)state;
    each_frame(each_cut);
}

static void test_changed(void **state)
{
    (void)state;
    each_frame(each_byte);
    each_frame(changed_at_random);
}

/* Of other links and layers none is taken for a usual one. */
static void test_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof frame_cases / sizeof *frame_cases; i++) {
        uint32_t length;
        uint8_t *bytes = frame_bytes(frame_cases[i].hex, &length);

        compare(frame_cases[i].linktype, bytes, length, length, 0);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_usual), cmocka_unit_test(test_cut),
                                       cmocka_unit_test(test_changed),
                                       cmocka_unit_test(test_others)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
