/* engine_pipe.c: the kernel's own text, from trace_pipe, cut into lines. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recorder/engine.h"

#define BUFFER_BYTES 65536u      /* the kernel gives whole lines, 8 KB at most at once */
#define DRAIN_BYTES  (64u << 20) /* then the caller gets its turn, however fast the events come */

struct pipe_pump {
    struct pump pump;
    int fd;
    size_t used; /* bytes of a line without its end yet */
    char buffer[BUFFER_BYTES];
};

static int pipe_open(struct pump **pump, const struct pump_plan *plan, struct tp_error *error)
{
    struct pipe_pump *pipe;
    char path[4096];

    if (snprintf(path, sizeof path, "%s/trace_pipe", plan->instance) >= (int)sizeof path)
        return tp_error_set(error, TP_ERR_LIMIT, "the name of the instance is too long");
    pipe = calloc(1, sizeof *pipe);
    if (!pipe)
        return tp_error_nomem(error);
    pipe->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (pipe->fd < 0) {
        free(pipe);
        return tp_error_sys(error, errno, "cannot open %s", path);
    }
    *pump = &pipe->pump;
    return 0;
}

/* "CPU:1 [LOST 127 EVENTS]\n" or "CPU:1 [LOST EVENTS]\n"; *lost is 0 if it is anything else. */
static bool is_marker(const char *text, size_t length, uint64_t *lost)
{
    char line[64];
    unsigned cpu;
    uint64_t count;
    int end = -1;

    if (length >= sizeof line || length < 4 || memcmp(text, "CPU:", 4) != 0)
        return false;
    memcpy(line, text, length);
    line[length] = '\0';
    sscanf(line, "CPU:%u [LOST EVENTS]%n", &cpu, &end);
    if (end > 0)
        return strcmp(line + end, "\n") == 0;
    sscanf(line, "CPU:%u [LOST %" SCNu64 " EVENTS]%n", &cpu, &count, &end);
    if (end < 0 || strcmp(line + end, "\n") != 0)
        return false;
    *lost = count;
    return true;
}

/* Gives the whole lines of the buffer and keeps the rest. */
static int give_lines(struct pipe_pump *pipe, const struct pump_out *out, struct tp_error *error)
{
    char *at = pipe->buffer, *end = pipe->buffer + pipe->used, *newline;
    struct pump_line line;
    int rc = 0;

    while (!rc && at < end && (newline = memchr(at, '\n', (size_t)(end - at)))) {
        /* The empty line that 4.20 to 5.4 print after some events belongs to the event. */
        while (newline + 1 < end && newline[1] == '\n')
            newline++;
        line = (struct pump_line){.text = at, .length = (size_t)(newline + 1 - at)};
        line.is_lost = is_marker(at, line.length, &line.lost);
        rc = pump_emit(&pipe->pump, &line, out, error);
        at = newline + 1;
    }
    pipe->used = (size_t)(end - at);
    memmove(pipe->buffer, at, pipe->used);
    if (!rc && pipe->used == BUFFER_BYTES)
        rc = tp_error_set(error, TP_ERR_LIMIT, "trace_pipe gave a line of more than %u bytes",
                          BUFFER_BYTES);
    return rc;
}

static int pipe_drain(struct pump *pump, bool last, const struct pump_out *out,
                      struct tp_error *error)
{
    struct pipe_pump *pipe = (struct pipe_pump *)pump;
    size_t taken = 0;
    ssize_t n;
    int rc;

    while (last || taken < DRAIN_BYTES) {
        n = read(pipe->fd, pipe->buffer + pipe->used, BUFFER_BYTES - pipe->used);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0 || (n < 0 && errno == EAGAIN))
            break;
        if (n < 0)
            return tp_error_sys(error, errno, "cannot read trace_pipe");
        pipe->used += (size_t)n;
        taken += (size_t)n;
        rc = give_lines(pipe, out, error);
        if (rc)
            return rc;
    }
    return 0;
}

static void pipe_close(struct pump *pump)
{
    struct pipe_pump *pipe = (struct pipe_pump *)pump;

    close(pipe->fd);
    free(pipe);
}

const struct engine engine_pipe = {pipe_open, pipe_drain, pipe_close};
