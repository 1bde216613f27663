/* source.c: plain or gzipped bytes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "input/inflate.h"
#include "input/source.h"

#define INPUT_BYTES (64 * 1024)

struct source {
    int fd;
    bool borrowed; /* standard input: not ours to close */
    bool gzipped;
    bool seekable;                    /* a file: what it holds is there */
    bool live;                        /* what does not come soon is not waited for */
    bool paused;                      /* the reader's patience is over */
    int64_t patience_ms, deadline_ms; /* how long it is, when that is */
    bool at_end;                      /* the file has no more bytes */
    bool finished;                    /* nothing more will be delivered */
    bool in_member;                   /* the current gzip member has begun */
    const struct inflate_engine *engine;
    void *inflater;
    uint64_t size;
    _Atomic uint64_t position; /* the progress line looks at it from another thread */
    const uint8_t *next;       /* bytes of buffer not yet used */
    size_t left;
    char warning[160];
    uint8_t buffer[INPUT_BYTES];
};

static int64_t now_ms(void)
{
    return tp_clock_monotonic_ns() / 1000000;
}

/* Waits for bytes, or the end, as long as there is patience. */
static void wait_for_some(struct source *source)
{
    struct pollfd wanted = {.fd = source->fd, .events = POLLIN};
    int64_t left_ms;
    int ready;

    do {
        left_ms = source->deadline_ms - now_ms();
        ready = poll(&wanted, 1, left_ms > 0 ? (int)left_ms : 0);
    } while (ready < 0 && errno == EINTR);
    source->paused = ready == 0;
}

/* One read(), as many bytes as there are; 0 at the end or where it paused, negative on error. */
static ssize_t read_some(struct source *source, void *to, size_t size, struct tp_error *error)
{
    ssize_t got;

    if (source->live)
        wait_for_some(source);
    if (source->paused)
        return 0;
    do
        got = read(source->fd, to, size);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return tp_error_sys(error, errno, "cannot read");
    source->at_end = got == 0;
    atomic_fetch_add_explicit(&source->position, (uint64_t)got, memory_order_relaxed);
    return got;
}

static int refill(struct source *source, struct tp_error *error)
{
    ssize_t got = read_some(source, source->buffer, sizeof source->buffer, error);

    if (got < 0)
        return (int)got;
    source->next = source->buffer;
    source->left = (size_t)got;
    return TP_OK;
}

/* --- opening ------------------------------------------------------------------------------ */

static int open_file(struct source *source, const char *path, struct tp_error *error)
{
    struct stat status;

    source->borrowed = strcmp(path, "-") == 0;
    source->fd = source->borrowed ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (source->fd < 0)
        return tp_error_sys(error, errno, "cannot open");
    if (fstat(source->fd, &status) < 0)
        return tp_error_sys(error, errno, "cannot look at it");
    if (S_ISDIR(status.st_mode))
        return tp_error_set(error, TP_ERR_USAGE, "is a directory");
    if (S_ISREG(status.st_mode)) {
        source->size = (uint64_t)status.st_size;
        source->seekable = true;
        posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    return TP_OK;
}

/* The first bytes decide; a pipe may hand out the first one alone. */
static int look_for_gzip(struct source *source, bool no_isal, struct tp_error *error)
{
    ssize_t got = 1;

    while (source->left < 2 && got > 0) {
        got = read_some(source, source->buffer + source->left, INPUT_BYTES - source->left, error);
        if (got < 0)
            return (int)got;
        source->left += (size_t)got;
    }
    source->next = source->buffer;
    source->gzipped = source->left >= 2 && source->next[0] == 0x1f && source->next[1] == 0x8b;
    if (!source->gzipped)
        return TP_OK;
    source->engine = &inflate_zlib;
#ifdef TP_HAVE_ISAL
    if (!no_isal)
        source->engine = &inflate_isal;
#else
    (void)no_isal;
#endif
    source->in_member = true;
    source->inflater = source->engine->open();
    return source->inflater ? TP_OK : tp_error_nomem(error);
}

int source_open(struct source **opened, const char *path, bool no_isal, struct tp_error *error)
{
    struct source *source = malloc(sizeof *source);
    int rc;

    *opened = NULL;
    if (!source)
        return tp_error_nomem(error);
    memset(source, 0, offsetof(struct source, buffer));
    source->fd = -1;
    rc = open_file(source, path, error);
    if (rc == TP_OK)
        rc = look_for_gzip(source, no_isal, error);
    if (rc < 0) {
        source_close(source);
        return rc;
    }
    *opened = source;
    return TP_OK;
}

void source_close(struct source *source)
{
    if (!source)
        return;
    if (source->engine)
        source->engine->close(source->inflater);
    if (source->fd >= 0 && !source->borrowed)
        close(source->fd);
    free(source);
}

/* --- reading ------------------------------------------------------------------------------ */

static ssize_t read_plain(struct source *source, char *buf, size_t size, struct tp_error *error)
{
    size_t done = source->left < size ? source->left : size;
    ssize_t got;

    memcpy(buf, source->next, done);
    source->next += done;
    source->left -= done;
    while (done < size && !source->at_end && !source->paused) {
        got = read_some(source, buf + done, size - done, error);
        if (got < 0)
            return got;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static void finish(struct source *source, const char *warning)
{
    source->finished = true;
    snprintf(source->warning, sizeof source->warning, "%s", warning);
}

static void finish_damaged(struct source *source)
{
    source->finished = true;
    snprintf(source->warning, sizeof source->warning,
             "gzip data is damaged around byte %llu: what follows was not read",
             (unsigned long long)(source->position - source->left));
}

/* Between members: is there another one? */
static int next_member(struct source *source, struct tp_error *error)
{
    int rc;

    if (source->left == 1) { /* the two bytes that tell may come in two reads */
        source->buffer[0] = *source->next;
        ssize_t got = read_some(source, source->buffer + 1, INPUT_BYTES - 1, error);

        if (got < 0)
            return (int)got;
        source->next = source->buffer;
        source->left += (size_t)got;
    } else if (source->left == 0) {
        rc = refill(source, error);
        if (rc < 0)
            return rc;
        if (source->left == 1 && !source->at_end)
            return next_member(source, error);
    }
    if (source->paused)
        return TP_OK;
    if (source->left == 0)
        source->finished = true;
    else if (source->left == 1 || source->next[0] != 0x1f || source->next[1] != 0x8b)
        finish(source, "bytes behind the end of the gzip data were not read");
    source->in_member = !source->finished;
    return TP_OK;
}

/* The inflater used nothing and gave nothing: it needs more of the file. */
static int feed(struct source *source, struct tp_error *error)
{
    int rc = TP_OK;

    if (source->left) {
        finish_damaged(source);
        return TP_OK;
    }
    rc = refill(source, error);
    if (rc == TP_OK && source->left == 0 && !source->paused)
        finish(source, "gzip data ends early: the file is cut off");
    return rc;
}

static ssize_t read_gzipped(struct source *source, char *buf, size_t size, struct tp_error *error)
{
    uint8_t *out = (uint8_t *)buf;
    size_t out_left = size, in_before, out_before;
    int rc = TP_OK;

    while (out_left && !source->finished && !source->paused && rc == TP_OK) {
        if (!source->in_member) {
            rc = next_member(source, error);
            continue;
        }
        in_before = source->left;
        out_before = out_left;
        switch (
            source->engine->run(source->inflater, &source->next, &source->left, &out, &out_left)) {
        case INFLATE_MORE:
            if (source->left == in_before && out_left == out_before)
                rc = feed(source, error);
            break;
        case INFLATE_END:
            source->in_member = false;
            source->engine->next_member(source->inflater);
            break;
        case INFLATE_DAMAGED:
            finish_damaged(source);
            break;
        case INFLATE_NOMEM:
            rc = tp_error_nomem(error);
        }
    }
    return rc < 0 ? rc : (ssize_t)(size - out_left);
}

ssize_t source_read(struct source *source, char *buf, size_t size, struct tp_error *error)
{
    source->paused = false;
    source->deadline_ms = source->live ? now_ms() + source->patience_ms : 0;
    if (source->gzipped)
        return read_gzipped(source, buf, size, error);
    return read_plain(source, buf, size, error);
}

void source_set_live(struct source *source, int64_t patience_ms)
{
    source->patience_ms = patience_ms;
    source->live = !source->seekable;
}

bool source_paused(const struct source *source)
{
    return source->paused;
}

bool source_is_gzipped(const struct source *source)
{
    return source->gzipped;
}

uint64_t source_size(const struct source *source)
{
    return source->size;
}

uint64_t source_position(const struct source *source)
{
    return atomic_load_explicit(&source->position, memory_order_relaxed);
}

const char *source_warning(const struct source *source)
{
    return source->warning;
}
