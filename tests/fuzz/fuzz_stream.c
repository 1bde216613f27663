/* fuzz_stream.c: any bytes are read to the end or refused with a sentence, and the number of
 * threads changes nothing. */
#include "drain.h"
#include "fuzz.h"

/* Bits of the first byte. */
enum { THREADS = 1, STRICT = 2, TWICE = 4, ANALYSIS_FIELDS = 8, NO_ISAL = 16, FEW_FLOWS = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    const char *paths[] = {path, path};
    struct tp_stream_options options = {.block_bytes = 1};
    struct drained one, two;
    uint8_t choice;
    int fd;

    if (size == 0)
        return 0;
    choice = data[0];
    fd = drain_memory_file(data + 1, size - 1, path);
    if (fd < 0)
        return 0;
    options.strict = (choice & STRICT) != 0;
    options.no_isal = (choice & NO_ISAL) != 0;
    options.fields = choice & ANALYSIS_FIELDS ? tp_analysis_fields() : 0;
    one = drain(paths, choice & TWICE ? 2 : 1, &options, choice & FEW_FLOWS ? 2 : 0);
    if (choice & THREADS) {
        options.threads = 2;
        two = drain(paths, choice & TWICE ? 2 : 1, &options, choice & FEW_FLOWS ? 2 : 0);
        drain_check_same(&one, &two);
    }
    close(fd);
    return 0;
}
