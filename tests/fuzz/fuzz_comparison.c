/* fuzz_comparison.c: any bytes are the report of a comparison, something else, or refused with a
 * sentence; what was read is JSON on one line, and is read again as the same. */
#include <jansson.h>

#include <tcpprobe/compare.h>

#include "drain.h"
#include "fuzz.h"

/* 0 or negative; *text as tp_comparison_read() has it. */
static int read_bytes(const void *bytes, size_t size, char **text)
{
    struct tp_error error = TP_ERROR_INIT;
    char path[32];
    int fd = drain_memory_file(bytes, size, path), rc = 0;

    *text = NULL;
    if (fd < 0)
        return 0;
    rc = tp_comparison_read(path, text, &error);
    close(fd);
    drain_check((rc < 0) == (error.text[0] != '\0'));
    drain_check(rc == 0 || !*text);
    return rc;
}

static void check(const char *text)
{
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    char *again;

    drain_check(document != NULL && !strchr(text, '\n'));
    json_decref(document);
    drain_check(read_bytes(text, strlen(text), &again) == 0);
    drain_check(!again || strcmp(again, text) == 0);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text;

    if (read_bytes(data, size, &text) == 0 && text)
        check(text);
    free(text);
    return 0;
}
