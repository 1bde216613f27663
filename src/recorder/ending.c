/* ending.c: how a log begins and ends, gzipped or not: zlib reads both. */
#include <stdbool.h>
#include <string.h>
#include <zlib.h>

#include "base/phrase.h"
#include "recorder/ending.h"

#define CHUNK (256 * 1024)

/* Whole gzip members, if any, and whole lines of which the first is the head of a log. */
static bool is_log(gzFile file, bool *empty)
{
    static const char head[] = "# tcpprobe=";
    char text[CHUNK], last = '\n';
    bool begins = true;
    int got, total = 0;

    while ((got = gzread(file, text, sizeof text)) > 0) {
        if (!total)
            begins = got >= (int)sizeof head && memcmp(text, head, sizeof head - 1) == 0;
        total = 1;
        last = text[got - 1];
    }
    *empty = got == 0 && !total;
    return got == 0 && begins && last == '\n';
}

int ending_check(const char *path, struct tp_error *error)
{
    bool gzipped = tp_ends_in(path, strlen(path), ".gz"), right, empty;
    gzFile file = gzopen(path, "re");

    if (!file)
        return tp_error_set(error, TP_ERR_IO, "cannot read %s, which is to be continued", path);
    right = is_log(file, &empty);
    right &= empty || (bool)gzdirect(file) != gzipped;
    right &= gzclose(file) == Z_OK;
    return right ? TP_OK
                 : tp_error_set(error, TP_ERR_USAGE,
                                "%s is no log that ended in order: nothing can be appended to it",
                                path);
}
