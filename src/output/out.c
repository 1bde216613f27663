/* out.c: a buffered descriptor that remembers its first failure. stdio is not used because it
 * forgets errno between a failed write and the time one asks. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tcpprobe/output.h>

#include "base/visible.h"

#define BUFFER_BYTES (256 * 1024)
#define PIPE_BYTES   (4 * BUFFER_BYTES) /* what any user may have: /proc/sys/fs/pipe-max-size */

struct tp_out {
    int fd;
    tp_out_sink *sink; /* NULL: fd */
    void *context;
    const char *name;
    bool is_terminal;
    size_t columns; /* of tables; 0: no limit */
    size_t used;
    struct tp_error error;
    char buffer[BUFFER_BYTES];
};

struct tp_out *tp_out_into(tp_out_sink *sink, void *context, const char *name,
                           struct tp_error *error)
{
    struct tp_out *out = malloc(sizeof *out);

    if (!out) {
        tp_error_nomem(error);
        return NULL;
    }
    out->fd = -1;
    out->sink = sink;
    out->context = context;
    out->name = name;
    out->is_terminal = false;
    out->columns = 0;
    out->used = 0;
    tp_error_clear(&out->error);
    return out;
}

/* A pipe of 64 KiB lets its reader be waited for four times a buffer. What is no pipe, and what
 * this user may not widen, stays what it is. */
static void widen(int fd)
{
    int bytes = fcntl(fd, F_GETPIPE_SZ);

    if (bytes > 0 && bytes < PIPE_BYTES)
        fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
}

struct tp_out *tp_out_new(int fd, const char *name, struct tp_error *error)
{
    struct tp_out *out = tp_out_into(NULL, NULL, name, error);

    if (out) {
        out->fd = fd;
        out->is_terminal = isatty(fd) == 1;
        widen(fd);
    }
    return out;
}

void tp_out_limit(struct tp_out *out, size_t columns)
{
    out->columns = columns;
}

size_t tp_out_columns(const struct tp_out *out)
{
    return out->columns;
}

static void hand_over(struct tp_out *out)
{
    int failed = out->error.code ? 0 : out->sink(out->context, out->buffer, out->used);

    if (failed)
        tp_error_sys(&out->error, failed, "cannot write %s", out->name);
    out->used = 0;
}

static void flush(struct tp_out *out)
{
    const char *bytes = out->buffer, *end = bytes + out->used;
    ssize_t written;

    if (out->sink) {
        hand_over(out);
        return;
    }
    while (bytes < end && !out->error.code) {
        written = write(out->fd, bytes, (size_t)(end - bytes));
        if (written >= 0)
            bytes += written;
        else if (errno != EINTR)
            tp_error_sys(&out->error, errno, "cannot write %s", out->name);
    }
    out->used = 0;
}

static void add(struct tp_out *out, const void *bytes, size_t length)
{
    const char *next = bytes;
    size_t room;

    while (length > 0 && !out->error.code) {
        room = BUFFER_BYTES - out->used;
        if (room > length)
            room = length;
        memcpy(out->buffer + out->used, next, room);
        out->used += room;
        next += room;
        length -= room;
        if (out->used == BUFFER_BYTES)
            flush(out);
    }
}

static void show(struct tp_out *out, const void *bytes, size_t length)
{
    const char *text = bytes, *end = text + length;
    char shown[1024];

    while (text < end)
        add(out, shown, visible_text(&text, end, "\n\t", shown, sizeof shown));
}

void tp_out_bytes(struct tp_out *out, const void *bytes, size_t length)
{
    (out->is_terminal ? show : add)(out, bytes, length);
}

void tp_out_style(struct tp_out *out, const char *sequence)
{
    add(out, sequence, strlen(sequence));
}

void tp_out_text(struct tp_out *out, const char *text)
{
    tp_out_bytes(out, text, strlen(text));
}

void tp_out_markdown(struct tp_out *out, const char *text)
{
    const char *end = text + strlen(text);
    char shown[256];

    while (text < end) {
        size_t length = visible_text(&text, end, "", shown, sizeof shown);

        for (size_t i = 0; i < length; i++) {
            if (strchr("|*_`<>[]\\#", shown[i]))
                tp_out_bytes(out, "\\", 1);
            tp_out_bytes(out, shown + i, 1);
        }
    }
}

char *tp_out_room(struct tp_out *out, size_t length)
{
    if (BUFFER_BYTES - out->used < length)
        flush(out);
    return out->buffer + out->used;
}

void tp_out_used(struct tp_out *out, const char *end)
{
    char written[TP_OUT_ROOM];
    const char *begin = out->buffer + out->used;

    if (out->is_terminal) {
        memcpy(written, begin, (size_t)(end - begin));
        show(out, written, (size_t)(end - begin));
    } else {
        out->used = (size_t)(end - out->buffer);
    }
}

void tp_out_fail(struct tp_out *out, enum tp_code code, const char *text)
{
    tp_error_set(&out->error, code, "%s", text);
}

bool tp_out_failed(const struct tp_out *out)
{
    return out->error.code != TP_OK;
}

int tp_out_finish(struct tp_out *out, struct tp_error *error)
{
    flush(out);
    if (out->error.code && error && !error->code)
        *error = out->error;
    return out->error.code;
}

void tp_out_free(struct tp_out *out)
{
    free(out);
}
