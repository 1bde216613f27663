/* test_gzip.c: what every engine packs, zlib unpacks: to the end, up to each point where it was
 * synced, and ended at any of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "recorder/deflate.h"
#include "recorder/gzip.h"

#define TEXT_MAX     (1 << 20)
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct deflate_engine *const engines[] = {
    &deflate_zlib,
#ifdef TP_HAVE_ISAL
    &deflate_isal,
#endif
};

struct packed {
    uint8_t bytes[2 * TEXT_MAX];
    size_t length;
    int refuse; /* from put on, if it is not 0 */
};

static int put(void *context, const void *bytes, size_t length)
{
    struct packed *packed = context;

    if (packed->refuse)
        return packed->refuse;
    assert_true(packed->length + length <= sizeof packed->bytes);
    if (length)
        memcpy(packed->bytes + packed->length, bytes, length);
    packed->length += length;
    return 0;
}

/* Returns how many bytes of text there are; *whole: the members end with the bytes. */
static size_t unpack(const uint8_t *bytes, size_t length, char *text, bool *whole)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)length};
    size_t got = 0;
    int rc = Z_STREAM_END;

    assert_int_equal(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
    do {
        if (rc == Z_STREAM_END)
            inflateReset(&stream);
        stream.next_out = (Bytef *)text + got;
        stream.avail_out = (uInt)(TEXT_MAX - got);
        rc = inflate(&stream, Z_SYNC_FLUSH);
        got = (size_t)((char *)stream.next_out - text);
    } while (rc == Z_STREAM_END && stream.avail_in);
    assert_true(rc == Z_STREAM_END || rc == Z_OK || rc == Z_BUF_ERROR);
    *whole = rc == Z_STREAM_END;
    inflateEnd(&stream);
    return got;
}

/* Lines that repeat, and bytes that cannot be packed. */
static void fill(char *text, size_t length, unsigned seed)
{
    static const char line[] =
        "<idle>-0 [000] ..s2. 994.157921: tcp_probe: snd_cwnd=10 srtt=1734\n";

    for (size_t i = 0; i < length; i++)
        text[i] = (i >> 14 & 1) ? (char)rand_r(&seed) : line[i % (sizeof line - 1)];
}

struct bench {
    struct packed packed;
    char text[TEXT_MAX], back[TEXT_MAX];
};

static void is_packed(struct bench *bench, size_t length, bool ended)
{
    bool whole;

    assert_int_equal(unpack(bench->packed.bytes, bench->packed.length, bench->back, &whole),
                     length);
    assert_memory_equal(bench->back, bench->text, length);
    assert_int_equal(whole, ended);
}

static void packs(const struct deflate_engine *engine, struct bench *bench, unsigned seed)
{
    struct gzip *gzip = gzip_new(engine, put, &bench->packed);
    size_t at = 0, step, length = 1 + (size_t)rand_r(&seed) % TEXT_MAX;
    struct gzip_point point;
    size_t point_packed;
    bool sync;

    assert_non_null(gzip);
    fill(bench->text, length, seed);
    bench->packed.length = 0;
    assert_int_equal(gzip_begin(gzip), 0);
    while (at < length) {
        step = (size_t)rand_r(&seed) % (rand_r(&seed) % 8 ? 3000 : 200000);
        step = step > length - at ? length - at : step;
        sync = rand_r(&seed) % 3 == 0;
        assert_int_equal(gzip_add(gzip, bench->text + at, step, sync), 0);
        at += step;
        if (sync)
            is_packed(bench, at, false);
        if (sync && rand_r(&seed) % 4 == 0) {
            assert_int_equal(gzip_end(gzip), 0);
            is_packed(bench, at, true);
            assert_int_equal(gzip_begin(gzip), 0);
        }
    }
    assert_int_equal(gzip_add(gzip, "", 0, true), 0);
    is_packed(bench, length, false);
    point = gzip_here(gzip);
    point_packed = bench->packed.length;
    assert_int_equal(gzip_add(gzip, "what could not be written", 25, false), 0);
    bench->packed.length = point_packed;
    assert_int_equal(gzip_end_at(gzip, point), 0);
    is_packed(bench, length, true);
    gzip_free(gzip);
}

static void what_is_packed_is_unpacked(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);

    (void)state;
    assert_non_null(bench);
    for (size_t i = 0; i < COUNT(engines); i++)
        for (unsigned seed = 1; seed <= 12; seed++)
            packs(engines[i], bench, seed);
    free(bench);
}

static void an_error_is_handed_on(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct gzip *gzip;

    (void)state;
    assert_non_null(bench);
    for (size_t i = 0; i < COUNT(engines); i++) {
        bench->packed = (struct packed){.length = 0};
        gzip = gzip_new(engines[i], put, &bench->packed);
        assert_non_null(gzip);
        fill(bench->text, TEXT_MAX, 7);
        assert_int_equal(gzip_begin(gzip), 0);
        assert_int_equal(bench->packed.length, 0); /* a header by itself is no log */
        bench->packed.refuse = -7;
        assert_int_equal(gzip_add(gzip, bench->text, TEXT_MAX, false), -7);
        assert_int_equal(gzip_end(gzip), -7);
        assert_int_equal(gzip_begin(gzip), 0);
        assert_int_equal(gzip_add(gzip, bench->text, 1, true), -7);
        bench->packed = (struct packed){.length = 0};
        assert_int_equal(gzip_begin(gzip), 0); /* the next member does not hold what is left */
        assert_int_equal(gzip_add(gzip, bench->text, 100, false), 0);
        assert_int_equal(gzip_end(gzip), 0);
        is_packed(bench, 100, true);
        gzip_free(gzip);
    }
    free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_is_unpacked),
        cmocka_unit_test(an_error_is_handed_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
