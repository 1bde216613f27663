/* sample_line.c: every word is put behind the one before; the longest line fits. */
#include <ctype.h>
#include <string.h>

#include "base/put.h"
#include "host/sample_line.h"

#define TASK       "tcpprobe"
#define TASK_WIDTH 16 /* kernel/trace/trace_output.c, trace_print_context() */
#define PID_WIDTH  7
#define TEXT_MOST  1024 /* bytes of a path of a cgroup; longer ones are left out */
#define WORD_MOST  96   /* a name and a number */

_Static_assert(TP_SOCKET_IDS *WORD_MOST + 4 * TEXT_MOST + 3 * 4 * TP_SOCKET_TEXT_BYTES + 512 <
                   SAMPLE_LINE_BYTES,
               "a line has room for every field of a socket");

static void put(struct sample_line *line, const char *text)
{
    size_t length = strlen(text);

    memcpy(line->text + line->length, text, length);
    line->length += length;
}

static void put_number(struct sample_line *line, uint64_t number)
{
    line->length = (size_t)(put_unsigned(line->text + line->length, number) - line->text);
}

static void put_blanks(struct sample_line *line, size_t until)
{
    while (line->length < until)
        line->text[line->length++] = ' ';
}

void sample_line_begin(struct sample_line *line, int pid, int64_t ts_ns, const char *event)
{
    char *at;

    line->length = 0;
    put_blanks(line, TASK_WIDTH - strlen(TASK));
    put(line, TASK "-");
    put_number(line, (uint64_t)pid);
    put_blanks(line, TASK_WIDTH + 1 + PID_WIDTH);
    put(line, " [000] .....  ");
    put_number(line, (uint64_t)(ts_ns / 1000000000));
    put(line, ".");
    at = put_padded(line->text + line->length, (uint64_t)(ts_ns % 1000000000 / 1000), 6);
    line->length = (size_t)(at - line->text);
    put(line, ": ");
    put(line, event);
    put(line, ":");
}

static void put_name(struct sample_line *line, const char *name)
{
    put(line, " ");
    put(line, name);
    put(line, "=");
}

static void put_endpoint(struct sample_line *line, const char *name, const struct tp_sock *socket,
                         unsigned end)
{
    put_name(line, name);
    line->length += tp_endpoint_text(&socket->key, end, line->text + line->length, PUT_MAX);
}

void sample_line_socket(struct sample_line *line, const struct tp_sock *socket)
{
    put_endpoint(line, "src", socket, socket->local);
    put_endpoint(line, "dest", socket, !socket->local);
    put_name(line, "sock_cookie");
    line->length = (size_t)(put_hex(line->text + line->length, socket->cookie) - line->text);
}

void sample_line_number(struct sample_line *line, const char *name, uint64_t number)
{
    put_name(line, name);
    put_number(line, number);
}

/* A word has no blanks; what would be taken for an escape is one. */
static void put_escaped(struct sample_line *line, const char *text)
{
    for (; *text; text++) {
        if (isgraph((unsigned char)*text) && *text != '\\') {
            line->text[line->length++] = *text;
        } else {
            put(line, "\\x");
            line->length =
                (size_t)(put_hex_padded(line->text + line->length, (unsigned char)*text, 2) -
                         line->text);
        }
    }
}

/* --- fields ----------------------------------------------------------------------------- */

static bool is_logged(const struct tp_socket_row *row)
{
    return row->size && !row->passes;
}

static bool is_same(const struct tp_sock *now, const struct tp_sock *before, enum tp_socket_id id)
{
    const struct tp_socket_row *row = &tp_socket_rows[id];

    return tp_socket_has(now, id) == tp_socket_has(before, id) &&
           memcmp((const char *)now + row->offset, (const char *)before + row->offset, row->size) ==
               0;
}

static void put_value(struct sample_line *line, const struct tp_sock *socket, enum tp_socket_id id)
{
    const struct tp_socket_row *row = &tp_socket_rows[id];
    const char *state;

    if (!tp_socket_has(socket, id)) {
        put(line, "-");
    } else if (row->format == TP_SOCKET_TEXT) {
        put_escaped(line, (const char *)socket + row->offset);
    } else {
        state = row->format == TP_SOCKET_STATE ? tp_tcp_state_name(socket->tcp_state) : NULL;
        if (state)
            put(line, state);
        else
            put_number(line, tp_socket_number(socket, id));
    }
}

void sample_line_fields(struct sample_line *line, const struct tp_sock *now,
                        const struct tp_sock *before)
{
    for (int i = 0; i < TP_SOCKET_IDS; i++) {
        enum tp_socket_id id = (enum tp_socket_id)i;
        const struct tp_socket_row *row = &tp_socket_rows[id];

        if (!is_logged(row) || (before ? is_same(now, before, id) : !tp_socket_has(now, id)))
            continue;
        put_name(line, row->format == TP_SOCKET_STATE ? "state" : row->name);
        put_value(line, now, id);
    }
}

void sample_line_owner(struct sample_line *line, const struct tp_sock *now,
                       const struct tp_sock *before)
{
    if (now->pid && !(before && before->pid == now->pid)) {
        sample_line_number(line, "pid", (uint64_t)now->pid);
        put_name(line, "owner");
        put_escaped(line, now->owner);
    }
    if (now->cgroup && !(before && before->cgroup) && strlen(now->cgroup) <= TEXT_MOST) {
        put_name(line, "cgroup");
        put_escaped(line, now->cgroup);
    }
}

/* --- counters --------------------------------------------------------------------------- */

bool sample_line_counter(struct sample_line *line, const struct tp_counter *counter)
{
    if (line->length + TP_COUNTER_NAME_BYTES + WORD_MOST > sizeof line->text)
        return false;
    put_name(line, counter->name);
    line->length = (size_t)(put_signed(line->text + line->length, counter->value) - line->text);
    return true;
}

void sample_line_end(struct sample_line *line)
{
    put(line, "\n");
}
