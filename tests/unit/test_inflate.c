/* test_inflate.c: a member gives its bytes in whatever pieces a pipe hands it out, also where the
 * pieces end within its head. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "input/inflate.h"

#define TEXT_LENGTH  5000
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct inflate_engine *const engines[] = {
    &inflate_zlib,
#ifdef TP_HAVE_ISAL
    &inflate_isal,
#endif
};

/* What a head may hold besides its ten bytes (RFC 1952, 2.3.1). */
enum { EXTRA = 1, NAME = 2, COMMENT = 4, CHECKSUM = 8, ALL = 15 };

struct member {
    uint8_t text[TEXT_LENGTH], packed[2 * TEXT_LENGTH];
    size_t length; /* packed */
};

static void pack(struct member *member, unsigned parts)
{
    Bytef extra[] = "six of extra", name[] = "a name.log", comment[] = "a comment";
    gz_header head = {.extra = parts & EXTRA ? extra : NULL,
                      .extra_len = sizeof extra,
                      .name = parts & NAME ? name : NULL,
                      .comment = parts & COMMENT ? comment : NULL,
                      .hcrc = (parts & CHECKSUM) != 0};
    z_stream stream = {.next_in = member->text,
                       .avail_in = sizeof member->text,
                       .next_out = member->packed,
                       .avail_out = sizeof member->packed};

    for (size_t i = 0; i < sizeof member->text; i++)
        member->text[i] = (uint8_t)("0123456789abcdef"[random() % 16]);
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    assert_int_equal(deflateSetHeader(&stream, &head), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    member->length = sizeof member->packed - stream.avail_out;
    deflateEnd(&stream);
}

/* Leaves on the stack what a function that forgets to set its variables would find there. */
static void __attribute__((noinline)) soil_the_stack(int byte)
{
    volatile uint8_t room[16 * 1024];

    for (size_t i = 0; i < sizeof room; i++)
        room[i] = (uint8_t)byte;
}

/* Gives one piece after another; each from memory of its own, so that reading past it is seen. */
static void unpack_in_pieces(const struct inflate_engine *engine, void *state,
                             const struct member *member, size_t piece)
{
    uint8_t text[TEXT_LENGTH + 1], *out = text;
    size_t out_left = sizeof text;
    enum inflate_result result = INFLATE_MORE;

    for (size_t at = 0; at < member->length; at += piece) {
        size_t left = member->length - at < piece ? member->length - at : piece, before;
        uint8_t *bytes = malloc(left);
        const uint8_t *in = memcpy(bytes, member->packed + at, left);

        do {
            before = left + out_left;
            soil_the_stack((int)(at + piece));
            result = engine->run(state, &in, &left, &out, &out_left);
        } while (result == INFLATE_MORE && left + out_left < before);
        free(bytes);
        assert_int_equal(left, 0);
        assert_int_equal(result, at + piece < member->length ? INFLATE_MORE : INFLATE_END);
    }
    assert_int_equal(sizeof text - out_left, sizeof member->text);
    assert_memory_equal(text, member->text, sizeof member->text);
    engine->next_member(state);
}

static void pieces_give_the_bytes(void **unused)
{
    struct member *member = malloc(sizeof *member);

    (void)unused;
    assert_non_null(member);
    for (unsigned parts = 0; parts <= ALL; parts++) {
        pack(member, parts);
        for (size_t i = 0; i < COUNT(engines); i++) {
            void *state = engines[i]->open();

            assert_non_null(state);
            for (size_t piece = 1; piece < 60; piece++)
                unpack_in_pieces(engines[i], state, member, piece);
            engines[i]->close(state);
        }
    }
    free(member);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_give_the_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
