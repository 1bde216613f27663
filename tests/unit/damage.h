/* damage.h: a file in memory and what can happen to it. For tests of hostile input. */
#ifndef TCPPROBE_TESTS_DAMAGE_H
#define TCPPROBE_TESTS_DAMAGE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#define DAMAGES 1000

#define FILE_MAX 65536

struct file {
    char bytes[FILE_MAX];
    size_t length;
};

static inline void file_gzip(const struct file *file, struct file *packed)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)file->bytes,
                       .avail_in = (uInt)file->length,
                       .next_out = (Bytef *)packed->bytes,
                       .avail_out = sizeof packed->bytes};

    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    packed->length = stream.total_out;
    deflateEnd(&stream);
}

static inline unsigned pick(uint64_t *random, unsigned below)
{
    *random ^= *random >> 12;
    *random ^= *random << 25;
    *random ^= *random >> 27;
    return (unsigned)(*random * UINT64_C(0x2545F4914F6CDD1D) >> 33) % below;
}

static inline void flip_bits(struct file *file, size_t at, size_t length, uint64_t *random)
{
    (void)length;
    file->bytes[at] = (char)(file->bytes[at] ^ (1 << pick(random, 8)));
}

static inline void scribble(struct file *file, size_t at, size_t length, uint64_t *random)
{
    while (length--)
        file->bytes[at + length] = (char)pick(random, 256);
}

static inline void cut_out(struct file *file, size_t at, size_t length, uint64_t *random)
{
    (void)random;
    memmove(file->bytes + at, file->bytes + at + length, file->length - at - length);
    file->length -= length;
}

static inline void copy_over(struct file *file, size_t at, size_t length, uint64_t *random)
{
    memmove(file->bytes + at, file->bytes + pick(random, (unsigned)(file->length - length)),
            length);
}

static inline void put_one_byte(struct file *file, size_t at, size_t length, uint64_t *random)
{
    static const char bytes[] = {'\n', '\0', ' ', '=', ':', '[', '9', '-', '\x1f', '\xff'};

    memset(file->bytes + at, bytes[pick(random, sizeof bytes)], length);
}

static inline void damage(struct file *file, uint64_t *random)
{
    static void (*const ways[])(struct file *, size_t, size_t, uint64_t *) = {
        flip_bits, scribble, cut_out, copy_over, put_one_byte};
    unsigned times = 1 + pick(random, 8);
    size_t length;

    while (times--) {
        length = 1 + pick(random, pick(random, 4) ? 4 : 400);
        ways[pick(random, sizeof ways / sizeof *ways)](
            file, pick(random, (unsigned)(file->length - length)), length, random);
    }
}

#endif
