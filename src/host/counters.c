/* counters.c: reads PROC/net/snmp, netstat and snmp6.
 *
 * The first two have pairs of lines, "Tcp: names" and "Tcp: values"; the third a name and a value a
 * line. The kernel computes what is read at offset 0, so that a file stays open and is read again
 * and again, in the namespace that it was opened in.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "host/counter_text.h"

#include <tcpprobe/counters.h>

#define TEXT_MAX ((size_t)1 << 20)

static const struct {
    const char *name;
    bool pairs, may_be_none; /* without IPv6 there is no snmp6 */
} files_of[] = {{"snmp", true, false}, {"netstat", true, false}, {"snmp6", false, true}};

#define FILES (sizeof files_of / sizeof *files_of)

struct tp_counter_files {
    int fd[FILES];
    char *text;
    size_t allocated;
};

struct tp_counter_files *tp_counter_files_open(const char *proc, struct tp_error *error)
{
    struct tp_counter_files *files = calloc(1, sizeof *files);
    char path[320];
    int failed = 0;

    if (!files) {
        tp_error_nomem(error);
        return NULL;
    }
    for (size_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%.255s/net/%s", proc, files_of[i].name);
        files->fd[i] = open(path, O_RDONLY | O_CLOEXEC);
        if (files->fd[i] < 0 && !files_of[i].may_be_none && !failed)
            failed = tp_error_sys(error, errno, "cannot open %s", path);
    }
    if (!failed)
        return files;
    tp_counter_files_close(files);
    return NULL;
}

void tp_counter_files_close(struct tp_counter_files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < FILES; i++)
        if (files->fd[i] >= 0)
            close(files->fd[i]);
    free(files->text);
    free(files);
}

void tp_counters_release(struct tp_counters *counters)
{
    free(counters->list);
    memset(counters, 0, sizeof *counters);
}

/* --- text ------------------------------------------------------------------------------- */

/* The whole file as a string; longer than TEXT_MAX, its beginning. */
static int read_text(struct tp_counter_files *files, int fd, struct tp_error *error)
{
    size_t length = 0;
    ssize_t got = 1;

    while (got > 0 && length < TEXT_MAX) {
        if (length + 1 >= files->allocated &&
            !TP_LIST_FIT(files->text, files->allocated * 2 + 16384, files->allocated))
            return tp_error_nomem(error);
        got = pread(fd, files->text + length, files->allocated - length - 1, (off_t)length);
        if (got < 0)
            return tp_error_sys(error, errno, "cannot read the kernel's counters");
        length += (size_t)got;
    }
    files->text[length] = '\0';
    return TP_OK;
}

int tp_counters_read(struct tp_counter_files *files, struct tp_counters *counters,
                     struct tp_error *error)
{
    int rc = TP_OK;

    counters->count = 0;
    counters->malformed = 0;
    counters->ts_ns = tp_clock_monotonic_ns();
    for (size_t i = 0; i < FILES && rc == TP_OK; i++) {
        if (files->fd[i] < 0)
            continue;
        rc = read_text(files, files->fd[i], error);
        if (rc == TP_OK)
            rc = files_of[i].pairs ? counter_pairs(counters, files->text, error)
                                   : counter_lines(counters, files->text, error);
    }
    return rc;
}

/* --- growth ----------------------------------------------------------------------------- */

const struct tp_counter *tp_counters_find(const struct tp_counters *counters, const char *name)
{
    for (size_t i = 0; i < counters->count; i++)
        if (strcmp(counters->list[i].name, name) == 0)
            return &counters->list[i];
    return NULL;
}

bool tp_counter_growth(const struct tp_counters *now, const struct tp_counters *before,
                       const char *name, uint64_t *growth)
{
    const struct tp_counter *a = tp_counters_find(now, name), *b = tp_counters_find(before, name);

    if (!a || !b || (a->row && a->row->gauge) || a->value < b->value)
        return false;
    *growth = (uint64_t)a->value - (uint64_t)b->value;
    return true;
}

/* By how much it grew, or its sum; false if it is not known. */
static bool amount(const struct tp_counters *now, const struct tp_counters *before,
                   const char *name, double *amount)
{
    const struct tp_counter *counter;
    uint64_t growth;

    if (before) {
        if (!tp_counter_growth(now, before, name, &growth))
            return false;
        *amount = (double)growth;
        return true;
    }
    counter = tp_counters_find(now, name);
    if (counter)
        *amount = (double)counter->value;
    return counter;
}

bool tp_counter_share(const struct tp_counters *now, const struct tp_counters *before,
                      const struct tp_counter_row *row, double *share)
{
    double part, whole = 0, more;

    if (!row->of[0] || !amount(now, before, row->name, &part))
        return false;
    for (unsigned i = 0; i < 2 && row->of[i]; i++) {
        if (!amount(now, before, row->of[i], &more))
            return false;
        whole += more;
    }
    if (whole <= 0)
        return false;
    *share = part / whole;
    return true;
}
