/* event_format.c: reads the text that kernel/trace/trace_events.c (f_show) writes:
 *
 *     name: tcp_probe
 *     ID: 2273
 *     format:
 *     	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
 *     	field:__u8 saddr[28];	offset:8;	size:28;	signed:0;
 *     	field:const void * skaddr;	offset:128;	size:8;	signed:0;
 *
 *     print fmt: "family=%s src=%pISpc ...", __print_symbolic(REC->family, ...), REC->saddr
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recorder/event_format.h"

#define FORMAT_BYTES_MAX 65536 /* tcp's longest is 3 KB */

/* If *at begins with word, passes over it. */
static bool skip(char **at, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(*at, word, length) != 0)
        return false;
    *at += length;
    return true;
}

static bool read_number(char **at, uint16_t *number)
{
    unsigned long value;
    char *end;

    if (!isdigit((unsigned char)**at))
        return false;
    errno = 0;
    value = strtoul(*at, &end, 10);
    *at = end;
    *number = (uint16_t)value;
    return errno == 0 && value <= UINT16_MAX;
}

/* The last one that is not between brackets, where older kernels show C. */
static char *last_space(char *text)
{
    char *space = NULL;
    int depth = 0;

    for (; *text; text++) {
        depth += (*text == '[') - (*text == ']');
        if (*text == ' ' && depth == 0)
            space = text;
    }
    return space;
}

/* "const void * skaddr", "__u8 saddr[4]", "__u8 saddr[sizeof(struct sockaddr_in6)]",
 * "__data_loc char[] name": the name is the last word. */
static bool read_declaration(char *text, struct tp_kernel_field *field)
{
    char *space = last_space(text), *name, *bracket;

    if (!space)
        return false;
    *space = '\0';
    name = space + 1;
    bracket = strchr(name, '[');
    if (bracket)
        *bracket = '\0';
    field->name = name;
    field->is_array = bracket != NULL;
    field->is_pointer = strchr(text, '*') != NULL;
    field->is_dynamic = strstr(text, "__data_loc") || strstr(text, "__rel_loc");
    return *name != '\0';
}

/* What follows "field:"; *at ends where it could not go on. */
static bool read_field(char **at, struct tp_kernel_field *field)
{
    char *declaration = *at, *end = strchr(*at, ';');
    uint16_t is_signed = 0;

    if (!end)
        return false;
    *at = end + 1;
    *end = '\0';
    if (!skip(at, "\toffset:") || !read_number(at, &field->offset) || !skip(at, ";\tsize:") ||
        !read_number(at, &field->size) || !skip(at, ";") ||
        field->offset > UINT16_MAX - field->size)
        return false;
    if (skip(at, "\tsigned:") && (!read_number(at, &is_signed) || !skip(at, ";")))
        return false;
    field->is_signed = is_signed != 0;
    return read_declaration(declaration, field);
}

static bool read_line(struct event_format *format, char *line, char **at)
{
    struct tp_kernel_event *event = &format->event;

    *at = line;
    if (skip(at, "name: ")) {
        event->name = *at;
        return **at != '\0';
    }
    if (skip(at, "ID: "))
        return read_number(at, &event->id) && **at == '\0';
    if (skip(at, "\tfield:"))
        return read_field(at, &format->fields[event->count++]);
    return *line == '\0' || strcmp(line, "format:") == 0;
}

/* The last line of the file, which some kernels (4.20 to 5.4) have with a newline in it. */
static const char *read_print(char *text)
{
    size_t length = strlen(text);

    if (length && text[length - 1] == '\n')
        text[length - 1] = '\0';
    return text;
}

static size_t count_lines(const char *text)
{
    size_t lines = 1;

    for (; (text = strchr(text, '\n')); text++)
        lines++;
    return lines;
}

static int read_lines(struct event_format *format, struct tp_error *error)
{
    char *line, *end, *at;
    unsigned number = 1;

    for (line = format->text; line; line = end ? end + 1 : NULL, number++) {
        if (skip(&line, "print fmt: ")) {
            format->event.print = read_print(line);
            break;
        }
        end = strchr(line, '\n');
        if (end)
            *end = '\0';
        if (read_line(format, line, &at))
            continue;
        tp_error_set(error, TP_ERR_FORMAT, "this is not how an event's format is described");
        tp_error_at(error, NULL, number, (unsigned)(at - line) + 1);
        return TP_ERR_FORMAT;
    }
    if (format->event.name && format->event.id && format->event.count)
        return 0;
    return tp_error_set(error, TP_ERR_FORMAT, "an event's format has a name, an ID and fields");
}

int format_parse(struct event_format *format, const char *system, const char *text, size_t length,
                 struct tp_error *error)
{
    size_t system_length = strlen(system) + 1;
    char *copy;
    int rc;

    memset(format, 0, sizeof *format);
    copy = malloc(length + 1 + system_length);
    if (!copy)
        return tp_error_nomem(error);
    memcpy(copy, text, length);
    copy[length] = '\0';
    memcpy(copy + length + 1, system, system_length);
    format->text = copy;
    format->event.system = copy + length + 1;
    format->event.print = copy + length;
    format->fields = calloc(count_lines(copy), sizeof *format->fields);
    format->event.fields = format->fields;
    rc = format->fields ? read_lines(format, error) : tp_error_nomem(error);
    if (rc)
        format_release(format);
    return rc;
}

/* Up to size bytes of the file; -1 with the error set. */
static ssize_t read_file(const char *path, char *buf, size_t size, struct tp_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t n = 0;

    if (fd >= 0)
        while ((n = read(fd, buf + length, size - length)) > 0)
            length += (size_t)n;
    if (fd < 0 || n < 0) {
        tp_error_sys(error, errno, "cannot read the format of an event");
        length = 0;
    }
    if (fd >= 0)
        close(fd);
    return fd < 0 || n < 0 ? -1 : (ssize_t)length;
}

int format_read(struct event_format *format, const char *tracefs, const char *system,
                const char *name, struct tp_error *error)
{
    char path[4096], *text;
    ssize_t length;
    int rc;

    memset(format, 0, sizeof *format);
    if (snprintf(path, sizeof path, "%s/events/%s/%s/format", tracefs, system, name) >=
        (int)sizeof path)
        return tp_error_set(error, TP_ERR_LIMIT, "the name of the event's format file is too long");
    text = malloc(FORMAT_BYTES_MAX);
    if (!text)
        return tp_error_nomem(error);
    length = read_file(path, text, FORMAT_BYTES_MAX, error);
    rc = length < 0 ? TP_ERR_IO : format_parse(format, system, text, (size_t)length, error);
    if (rc)
        tp_error_at(error, path, 0, 0);
    free(text);
    return rc;
}

const struct tp_kernel_field *format_field(const struct tp_kernel_event *event, const char *name)
{
    size_t i;

    for (i = 0; i < event->count; i++)
        if (strcmp(event->fields[i].name, name) == 0)
            return &event->fields[i];
    return NULL;
}

void format_release(struct event_format *format)
{
    free(format->fields);
    free(format->text);
    memset(format, 0, sizeof *format);
}
