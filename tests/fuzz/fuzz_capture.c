/* fuzz_capture.c: any capture is read to its end or refused with a sentence; neither threads nor
 * the size of blocks change anything; and who asks for frames sees what is counted. */
#include "drain.h"
#include "fuzz.h"

/* Bits of the first byte. */
enum { THREADS = 1, STRICT = 2, TWICE = 4, FEW_FIELDS = 8, OUTER = 16, FRAMES = 32 };

static bool look_at_frame(void *context, uint32_t linktype, const uint8_t *bytes, uint32_t captured,
                          uint32_t wire_len)
{
    uint64_t sum = linktype;

    (void)context;
    drain_check(captured <= wire_len);
    for (uint32_t i = 0; i < captured; i++)
        sum += bytes[i];
    return sum % 3 != 0;
}

/* Of text the first block tells what it is, and so the size of blocks matters. */
static bool is_capture(const char *const *paths)
{
    struct tp_stream *stream;
    bool capture;

    if (tp_stream_open(&stream, paths, 1, NULL, NULL) < 0)
        return false;
    capture = tp_stream_info(stream, 0)->capture;
    tp_stream_close(stream);
    return capture;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    const char *paths[] = {path, path};
    struct tp_stream_options options = {.block_bytes = 1};
    struct drained small, large;
    uint8_t choice;
    size_t count;
    int fd;

    if (size == 0)
        return 0;
    choice = data[0];
    fd = drain_memory_file(data + 1, size - 1, path);
    if (fd < 0)
        return 0;
    options.strict = (choice & STRICT) != 0;
    options.outer = (choice & OUTER) != 0;
    options.fields = choice & FEW_FIELDS ? TP_BIT(SEQ) | TP_BIT(PAYLOAD) : 0;
    options.frame = choice & FRAMES ? look_at_frame : NULL;
    count = choice & TWICE ? 2 : 1;
    small = drain(paths, count, &options, 0);
    if (!options.strict && is_capture(paths)) /* an error comes before the records of its block */
        options.block_bytes = 0;
    options.threads = choice & THREADS ? 2 : 0;
    large = drain(paths, count, &options, 0);
    drain_check_same(&small, &large);
    close(fd);
    return 0;
}
