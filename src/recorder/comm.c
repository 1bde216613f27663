/* comm.c: reads saved_cmdlines, a line "PID NAME" for each task that an event or a switch of tasks
 * named last, into a hash table (open addressing).
 *
 * The kernel looks a name up when it prints a line, so a task that has just started has its name in
 * the text soon. To be as current, the file is read as often as one percent of a CPU allows, and
 * more often while a name is missing.
 *
 * A name may hold anything, newlines included: a line that does not begin with a number and a space
 * goes on with the name of the line before. (A task that has such a line in its name can give
 * another task's number a wrong name; it could as well write whole lines into the kernel's text.)
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/list.h"
#include "recorder/comm.h"

#define PAUSE_KNOWN   100 /* times as long as reading took: 1 % of a CPU at most */
#define PAUSE_MISSING 20
#define BYTES_FIRST   (256u << 10)
#define BYTES_MAX     (64u << 20)

struct comm {
    int32_t pid; /* 0: free, since task 0 is never looked up */
    char name[COMM_SIZE];
};

struct comm_table {
    int fd;
    struct comm *slots;
    size_t mask; /* slots - 1, a power of two less one */
    char *text;
    size_t text_size;
    int64_t (*now_ns)(void);
    int64_t read_ns; /* when it was read, and how long that took */
    int64_t cost_ns;
    bool is_read;
    bool is_missing; /* a name was looked up in vain since the file was read */
};

int comm_open(struct comm_table **table, const char *tracefs, int64_t (*now_ns)(void),
              struct tp_error *error)
{
    struct comm_table *made;
    char path[4096];

    if (snprintf(path, sizeof path, "%s/saved_cmdlines", tracefs) >= (int)sizeof path)
        return tp_error_set(error, TP_ERR_LIMIT, "the name of the tracing folder is too long");
    made = calloc(1, sizeof *made);
    if (!made)
        return tp_error_nomem(error);
    made->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (made->fd < 0) {
        free(made);
        return tp_error_sys(error, errno, "cannot open %s", path);
    }
    made->now_ns = now_ns;
    *table = made;
    return 0;
}

static struct comm *slot_of(const struct comm_table *table, int32_t pid)
{
    size_t i = ((uint32_t)pid * UINT32_C(2654435769)) >> 7 & table->mask;

    while (table->slots[i].pid && table->slots[i].pid != pid)
        i = (i + 1) & table->mask;
    return &table->slots[i];
}

/* The whole file into table->text, grown as needed. */
static int read_text(struct comm_table *table, size_t *length, struct tp_error *error)
{
    ssize_t n;

    *length = 0;
    for (;;) {
        if (*length >= BYTES_MAX ||
            !TP_LIST_ROOM(table->text, *length, table->text_size, BYTES_FIRST))
            return tp_error_nomem(error);
        n = pread(table->fd, table->text + *length, table->text_size - *length, (off_t)*length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return tp_error_sys(error, errno, "cannot read the names of tasks from saved_cmdlines");
        if (n == 0)
            return 0;
        *length += (size_t)n;
    }
}

/* If the line begins "PID ": its number, and where the name starts. */
static int32_t read_pid(const char *at, const char *end, const char **name)
{
    int64_t pid = 0;

    for (; at < end && *at >= '0' && *at <= '9' && pid <= INT32_MAX; at++)
        pid = pid * 10 + (*at - '0');
    *name = at + 1;
    return at < end && *at == ' ' && pid <= INT32_MAX ? (int32_t)pid : 0;
}

static void append(char name[COMM_SIZE], const char *text, size_t length)
{
    size_t used = strlen(name);

    if (length > COMM_SIZE - 1 - used)
        length = COMM_SIZE - 1 - used;
    memcpy(name + used, text, length);
    name[used + length] = '\0';
}

static void read_lines(struct comm_table *table, const char *at, const char *end)
{
    struct comm *comm = NULL;
    const char *newline, *name;
    int32_t pid;

    for (; at < end; at = newline + 1) {
        newline = memchr(at, '\n', (size_t)(end - at));
        if (!newline)
            newline = end;
        pid = read_pid(at, newline, &name);
        if (pid) {
            comm = slot_of(table, pid);
            comm->pid = pid;
            comm->name[0] = '\0';
        } else if (comm) {
            append(comm->name, "\n", 1);
            name = at;
        }
        if (comm)
            append(comm->name, name, (size_t)(newline - name));
    }
}

/* Empties the table; it holds as many as there are lines, at most half full. */
static int make_room(struct comm_table *table, size_t length, struct tp_error *error)
{
    const char *at = table->text, *end = at + length;
    size_t lines = 1, slots = 64;

    for (; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        lines++;
    while (slots < 2 * lines)
        slots *= 2;
    if (!table->slots || slots != table->mask + 1) {
        free(table->slots);
        table->mask = slots - 1;
        table->slots = calloc(slots, sizeof *table->slots);
        return table->slots ? 0 : tp_error_nomem(error);
    }
    memset(table->slots, 0, slots * sizeof *table->slots);
    return 0;
}

int comm_refresh(struct comm_table *table, struct tp_error *error)
{
    int64_t start = table->now_ns();
    int64_t pause = table->cost_ns * (table->is_missing ? PAUSE_MISSING : PAUSE_KNOWN);
    size_t length;
    int rc;

    if (table->is_read && start - table->read_ns < pause)
        return 0;
    rc = read_text(table, &length, error);
    if (!rc)
        rc = make_room(table, length, error);
    if (rc)
        return rc;
    read_lines(table, table->text, table->text + length);
    table->read_ns = table->now_ns();
    table->cost_ns = table->read_ns - start;
    table->is_read = true;
    table->is_missing = false;
    return 0;
}

const char *comm_find(struct comm_table *table, int32_t pid)
{
    const struct comm *comm;

    if (pid == 0)
        return "<idle>";
    if (pid < 0)
        return "<XXX>";
    comm = table->slots ? slot_of(table, pid) : NULL;
    if (comm && comm->pid)
        return comm->name;
    table->is_missing = true;
    return "<...>";
}

void comm_free(struct comm_table *table)
{
    if (!table)
        return;
    close(table->fd);
    free(table->slots);
    free(table->text);
    free(table);
}
