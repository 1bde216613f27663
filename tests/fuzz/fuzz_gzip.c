/* fuzz_gzip.c: whatever a gzip file has become, its good beginning is delivered, whoever inflates
 * it and in whatever steps, and what was not delivered is told. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zlib.h>

#include "input/source.h"

#include "drain.h"
#include "fuzz.h"

/* The first bytes: what to do to the file made of the rest. */
struct plan {
    uint8_t choice;
    uint8_t cut[2];  /* of 65536ths of the file's length */
    uint8_t flip[2]; /* where, likewise */
    uint8_t bits;    /* that are flipped there */
};

enum { RAW = 1 /* the rest is the file */, TWO_MEMBERS = 2, CUT = 4, GARBAGE = 8, STORED = 16 };

#define OUTPUT_MAX (1u << 20)

struct delivered {
    char *bytes;
    size_t length;
    int result;
    bool warned, damaged;
};

static size_t add_member(uint8_t *file, size_t room, const uint8_t *data, size_t size, int level)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)data,
                       .avail_in = (uInt)size,
                       .next_out = file,
                       .avail_out = (uInt)room};

    drain_check(deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    drain_check(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    deflateEnd(&stream);
    return room - stream.avail_out;
}

static size_t place(const uint8_t fraction[2], size_t length)
{
    return length * (size_t)(fraction[0] << 8 | fraction[1]) >> 16;
}

static size_t make_file(const struct plan *plan, uint8_t *file, size_t room, const uint8_t *data,
                        size_t size)
{
    size_t half = plan->choice & TWO_MEMBERS ? size / 2 : size, length;
    int level = plan->choice & STORED ? 0 : 6;

    if (plan->choice & RAW) {
        memcpy(file, data, size);
        return size;
    }
    length = add_member(file, room, data, half, level);
    if (half < size)
        length += add_member(file + length, room - length, data + half, size - half, level);
    if (plan->choice & GARBAGE) {
        memcpy(file + length, "garbage", 7);
        length += 7;
    }
    if (plan->choice & CUT)
        length = place(plan->cut, length);
    if (length)
        file[place(plan->flip, length)] ^= plan->bits;
    return length;
}

static void deliver(struct delivered *out, const char *path, bool no_isal, size_t step)
{
    struct tp_error error = TP_ERROR_INIT;
    struct source *source;
    ssize_t got = 1;

    out->length = 0;
    out->result = source_open(&source, path, no_isal, &error);
    drain_check(out->result == (int)error.code && (out->result == 0) == (source != NULL));
    while (out->result == 0 && got > 0 && out->length < OUTPUT_MAX) {
        got = OUTPUT_MAX - out->length < step ? (ssize_t)(OUTPUT_MAX - out->length) : (ssize_t)step;
        got = source_read(source, out->bytes + out->length, (size_t)got, &error);
        if (got < 0)
            out->result = (int)got;
        else
            out->length += (size_t)got;
    }
    out->warned = source && source_warning(source)[0];
    out->damaged = source && strstr(source_warning(source), "damaged");
    source_close(source);
}

/* Inflaters need not notice damage at the same byte, and ISA-L overlooks some in headers (reserved
 * flags); what they give before it must be the same. */
static void check_same(const struct delivered *one, const struct delivered *two)
{
    size_t length = one->length < two->length ? one->length : two->length;
    bool damaged = one->damaged || two->damaged;

    if (one->result == two->result &&
        ((one->length == two->length && one->warned == two->warned) || damaged) &&
        memcmp(one->bytes, two->bytes, length) == 0)
        return;
    fprintf(stderr, "# result %d and %d, %zu and %zu bytes, warned %d and %d\n", one->result,
            two->result, one->length, two->length, one->warned, two->warned);
    abort();
}

/* By one inflater, steps make no difference at all. */
static void check_steps(const struct delivered *one, const struct delivered *two)
{
    drain_check(one->length == two->length);
    check_same(one, two);
}

static void check_engines(const char *path, size_t step)
{
    struct delivered isal = {.bytes = malloc(OUTPUT_MAX)}, stepped = {.bytes = malloc(OUTPUT_MAX)};
    struct delivered zlib = {.bytes = malloc(OUTPUT_MAX)};

    drain_check(isal.bytes && stepped.bytes && zlib.bytes);
    deliver(&isal, path, false, OUTPUT_MAX);
    deliver(&zlib, path, true, OUTPUT_MAX);
    if (isal.length < OUTPUT_MAX && zlib.length < OUTPUT_MAX) {
        check_same(&isal, &zlib);
        deliver(&stepped, path, false, step);
        check_steps(&isal, &stepped);
        deliver(&stepped, path, true, step);
        check_steps(&zlib, &stepped);
    }
    free(isal.bytes);
    free(stepped.bytes);
    free(zlib.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plan plan;
    size_t room = 2 * size + 4096, length;
    char path[32];
    uint8_t *file;
    int fd;

    if (size < sizeof plan)
        return 0;
    memcpy(&plan, data, sizeof plan);
    file = malloc(room);
    if (!file)
        return 0;
    length = make_file(&plan, file, room, data + sizeof plan, size - sizeof plan);
    fd = drain_memory_file(file, length, path);
    if (fd >= 0) {
        check_engines(path, 1 + plan.bits * (size_t)16);
        close(fd);
    }
    free(file);
    return 0;
}
