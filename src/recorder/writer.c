/* writer.c: text is gathered in a buffer; a sync puts it on disk and marks a point that can be
 * returned to. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recorder/claim.h"
#include "recorder/output.h"
#include "recorder/gzip.h"
#include "recorder/writer.h"

#define BUFFER_BYTES (128 * 1024)

/* Where a part can be ended. */
struct point {
    uint64_t bytes;  /* of the file */
    uint64_t events; /* of the part */
    struct gzip_point text;
};

struct writer {
    struct writer_options options;
    struct tp_error error; /* the first one: nothing is written after it */
    struct output output;
    struct gzip *gzip; /* NULL: plain text */
    struct point safe;
    bool begun, ended;
    unsigned part;          /* as in its name */
    uint64_t events;        /* of the part */
    uint64_t before_events; /* of the parts before it */
    uint64_t before_bytes;
    uint64_t dropped;
    int64_t part_begin_ns, synced_ns;
    size_t used;
    char buffer[BUFFER_BYTES];
};

char *writer_part_path(const char *path, unsigned part)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    /* A dot at the beginning hides the file and begins no suffix. */
    const char *suffix = *base ? strchr(base + 1, '.') : NULL;
    int stem = (int)(suffix ? suffix - path : (ptrdiff_t)strlen(path));
    char *result;

    if (asprintf(&result, "%.*s-%04u%s", stem, path, part, suffix ? suffix : "") < 0)
        return NULL;
    return result;
}

static bool has_parts(const struct writer_options *options)
{
    return options->part_bytes || options->part_ns;
}

/* --- bytes ---------------------------------------------------------------------------------- */

static int put_bytes(void *context, const void *bytes, size_t length)
{
    struct writer *writer = context;

    return output_write(&writer->output, bytes, length, &writer->error);
}

/* Empties the buffer. sync: all of it is on disk afterwards, and ends with a whole line. */
static int flush(struct writer *writer, bool sync)
{
    int rc;

    if (writer->gzip)
        rc = gzip_add(writer->gzip, writer->buffer, writer->used, sync);
    else
        rc = put_bytes(writer, writer->buffer, writer->used);
    writer->used = 0;
    if (rc < 0 || !sync)
        return rc;
    writer->safe = (struct point){.bytes = writer->output.bytes, .events = writer->events};
    if (writer->gzip)
        writer->safe.text = gzip_here(writer->gzip);
    return TP_OK;
}

static int add(struct writer *writer, const char *text, size_t length)
{
    size_t room;
    int rc = TP_OK;

    while (length > 0 && rc == TP_OK) {
        room = BUFFER_BYTES - writer->used;
        if (room > length)
            room = length;
        memcpy(writer->buffer + writer->used, text, room);
        writer->used += room;
        text += room;
        length -= room;
        if (writer->used == BUFFER_BYTES)
            rc = flush(writer, false);
    }
    return rc;
}

/* Lets head or tail write into memory that is the caller's to free. */
static int write_note(struct writer *writer,
                      int (*note)(void *context, unsigned part, FILE *out, struct tp_error *error),
                      char **text, size_t *length)
{
    FILE *out = open_memstream(text, length);
    int rc;

    if (!out)
        return tp_error_nomem(&writer->error);
    rc = note(writer->options.context, writer_parts(writer), out, &writer->error);
    if (fclose(out) != 0 && rc == TP_OK)
        rc = tp_error_nomem(&writer->error);
    return rc;
}

/* --- parts ---------------------------------------------------------------------------------- */

/* Asked before it is opened: a named pipe would be waited for, while events are lost. */
static bool may_be_part(const char *path)
{
    struct stat status;

    return stat(path, &status) != 0 || S_ISREG(status.st_mode);
}

static int no_part(struct writer *writer, const char *name)
{
    return tp_error_set(&writer->error, TP_ERR_USAGE, "%s is no file: it cannot have parts", name);
}

/* Its parts would be ours, and ours its. */
static int refuse_second_recorder(struct writer *writer)
{
    char *taken = writer->options.path ? claim_taken_part(writer->options.path) : NULL;
    int rc = TP_OK;

    if (taken)
        rc =
            tp_error_set(&writer->error, TP_ERR_USAGE, "another process is recording to %s", taken);
    free(taken);
    return rc;
}

static int open_part(struct writer *writer)
{
    const struct writer_options *options = &writer->options;
    struct output *output = &writer->output;
    char *path = NULL;
    int rc;

    *output = (struct output){.fd = -1, .give_up = options->give_up, .context = options->context};
    if (!options->path)
        return output_adopt(output, options->fd, "standard output", &writer->error);
    if (!has_parts(options))
        return output_open(output, options->path, options->existing, &writer->error);
    path = writer_part_path(options->path, writer->part);
    if (!path)
        return tp_error_nomem(&writer->error);
    rc = may_be_part(path) ? output_open(output, path, TP_EXISTING_REPLACED, &writer->error)
                           : no_part(writer, path);
    free(path);
    return rc;
}

/* The head asks the kernel for this and that: who is killed meanwhile leaves no log rather than one
 * that cannot be read. */
static int begin_part(struct writer *writer, int64_t now_ns)
{
    char *head = NULL;
    size_t length = 0;
    int rc = write_note(writer, writer->options.head, &head, &length);

    if (rc < 0) {
        free(head);
        return rc;
    }
    rc = output_begin(&writer->output, &writer->error);
    writer->begun = true;
    writer->safe = (struct point){0};
    writer->events = 0;
    writer->part_begin_ns = writer->synced_ns = now_ns;
    if (rc == TP_OK && writer->gzip)
        rc = gzip_begin(writer->gzip);
    if (rc == TP_OK)
        rc = add(writer, head, length);
    free(head);
    return rc == TP_OK ? flush(writer, true) : rc;
}

/* Adds the tail; everything of the part is on disk then. */
static int end_part(struct writer *writer)
{
    char *tail = NULL;
    size_t length = 0;
    int rc = write_note(writer, writer->options.tail, &tail, &length);

    if (rc == TP_OK)
        rc = add(writer, tail, length);
    free(tail);
    if (rc == TP_OK)
        rc = flush(writer, !writer->gzip);
    if (rc == TP_OK && writer->gzip)
        rc = gzip_end(writer->gzip);
    return rc;
}

static int close_part(struct writer *writer)
{
    writer->before_events += writer->events;
    writer->before_bytes += writer->output.bytes;
    writer->output.bytes = 0;
    writer->events = 0;
    return output_close(&writer->output, &writer->error);
}

/* The oldest part goes when there is one too many. The one that just begins is none yet. */
static int remove_oldest(const struct writer *writer)
{
    unsigned most = writer->options.parts_max;
    char *path;

    if (!most || writer->part <= most + 1)
        return TP_OK;
    path = writer_part_path(writer->options.path, writer->part - most - 1);
    if (!path)
        return TP_ERR_NOMEM;
    unlink(path); /* somebody may have moved it away, which is as good */
    free(path);
    return TP_OK;
}

static int next_part(struct writer *writer, int64_t now_ns)
{
    int rc = end_part(writer);

    if (rc == TP_OK)
        rc = close_part(writer);
    if (rc < 0)
        return rc;
    writer->begun = false;
    writer->part++;
    if (remove_oldest(writer) < 0)
        return tp_error_nomem(&writer->error);
    rc = open_part(writer);
    return rc == TP_OK ? begin_part(writer, now_ns) : rc;
}

/* Parts by time do not drift: each is due part_ns after the one before it was. */
static int64_t next_begin_ns(const struct writer *writer, int64_t now_ns)
{
    int64_t due_ns = writer->part_begin_ns + writer->options.part_ns;

    return now_ns - due_ns < writer->options.part_ns ? due_ns : now_ns;
}

static bool part_is_full(const struct writer *writer)
{
    uint64_t most = writer->options.part_bytes;
    uint64_t waiting = writer->gzip ? 0 : writer->used;

    return most && writer->events && writer->output.bytes + waiting >= most;
}

/* --- public --------------------------------------------------------------------------------- */

int writer_open(struct writer **result, const struct writer_options *options,
                struct tp_error *error)
{
    struct writer *writer = calloc(1, sizeof *writer);
    int rc;

    *result = NULL;
    if (!writer)
        return tp_error_nomem(error);
    writer->options = *options;
    writer->options.part_first = options->part_first ? options->part_first : 1;
    writer->part = writer->options.part_first;
    writer->output.fd = -1;
    if (options->gzip)
        writer->gzip = gzip_new(NULL, put_bytes, writer);
    if (options->gzip && !writer->gzip)
        rc = tp_error_nomem(&writer->error);
    else
        rc = has_parts(options) ? refuse_second_recorder(writer) : TP_OK;
    if (rc == TP_OK)
        rc = open_part(writer);
    if (rc == TP_OK && has_parts(options) && !writer->output.is_regular)
        rc = no_part(writer, writer->output.name);
    if (rc == TP_OK) {
        *result = writer;
        return TP_OK;
    }
    if (error && !error->code)
        *error = writer->error;
    writer_free(writer);
    return rc;
}

/* Hands the writer's error on. */
static int report(const struct writer *writer, int rc, struct tp_error *error)
{
    if (rc < 0 && error && !error->code)
        *error = writer->error;
    return rc;
}

int writer_begin(struct writer *writer, int64_t now_ns, struct tp_error *error)
{
    int rc = begin_part(writer, now_ns);

    if (rc == TP_OK && remove_oldest(writer) < 0)
        rc = tp_error_nomem(&writer->error);
    return report(writer, rc, error);
}

int writer_add(struct writer *writer, const char *lines, size_t length, uint64_t events,
               struct tp_error *error)
{
    int rc = writer->error.code;

    /* Plain text can be ended between any two lines. */
    if (rc == TP_OK && !writer->gzip && length > BUFFER_BYTES - writer->used)
        rc = flush(writer, true);
    if (rc == TP_OK) {
        writer->events += events;
        rc = add(writer, lines, length);
    }
    if (rc == TP_OK && part_is_full(writer))
        rc = next_part(writer, writer->synced_ns);
    return report(writer, rc, error);
}

int writer_tick(struct writer *writer, int64_t now_ns, struct tp_error *error)
{
    int rc = writer->error.code;

    if (rc < 0)
        return report(writer, rc, error);
    if (!output_has_reader(&writer->output))
        rc = tp_error_sys(&writer->error, EPIPE, "cannot write %s", writer->output.name);
    else if (writer->options.part_ns && now_ns - writer->part_begin_ns >= writer->options.part_ns)
        rc = next_part(writer, next_begin_ns(writer, now_ns));
    else if (!writer->gzip || now_ns - writer->synced_ns >= WRITER_SYNC_NS) {
        rc = flush(writer, true);
        writer->synced_ns = now_ns;
    }
    return report(writer, rc, error);
}

/* After a failure: back to the last point that is whole, and the tail from there if it fits. */
static void save(struct writer *writer)
{
    struct tp_error first = writer->error;
    int rc = TP_OK;

    writer->used = 0;
    if (first.sys_errno == EPIPE) /* the reader took what it wanted */
        return;
    writer->dropped = writer->events - writer->safe.events;
    writer->events = writer->safe.events;
    if (!output_cut(&writer->output, writer->safe.bytes))
        return;
    tp_error_clear(&writer->error);
    if (writer->gzip && writer->safe.bytes > 0)
        rc = gzip_end_at(writer->gzip, writer->safe.text);
    if (rc == TP_OK && writer->gzip)
        rc = gzip_begin(writer->gzip);
    if (rc == TP_OK)
        end_part(writer);
    writer->error = first;
}

int writer_end(struct writer *writer, struct tp_error *error)
{
    int rc = writer->error.code;

    if (writer->ended)
        return report(writer, rc, error);
    writer->ended = true;
    if (rc == TP_OK && writer->begun)
        rc = end_part(writer);
    if (rc < 0 && writer->begun && writer->output.fd >= 0)
        save(writer);
    if (writer->begun && close_part(writer) < 0 && rc == TP_OK)
        rc = writer->error.code;
    return report(writer, rc, error);
}

void writer_free(struct writer *writer)
{
    if (!writer)
        return;
    if (writer->begun)
        output_close(&writer->output, NULL);
    else
        output_discard(&writer->output);
    gzip_free(writer->gzip);
    free(writer);
}

uint64_t writer_events(const struct writer *writer)
{
    return writer->before_events + writer->events;
}

uint64_t writer_part_events(const struct writer *writer)
{
    return writer->events;
}

uint64_t writer_dropped(const struct writer *writer)
{
    return writer->dropped;
}

uint64_t writer_bytes(const struct writer *writer)
{
    return writer->before_bytes + writer->output.bytes;
}

unsigned writer_parts(const struct writer *writer)
{
    return writer->part - writer->options.part_first + 1;
}

const char *writer_name(const struct writer *writer)
{
    return writer->output.name;
}
