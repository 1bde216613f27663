/* error.c: the first error wins, and its sentence is safe to print. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <tcpprobe/error.h>

#include "base/visible.h"

void tp_error_clear(struct tp_error *error)
{
    if (error)
        *error = (struct tp_error)TP_ERROR_INIT;
}

/* A C string of what a terminal may have; what does not fit is cut off. */
static void show(const char *text, char *to, size_t size)
{
    to[visible_text(&text, text + strlen(text), "", to, size - 1)] = '\0';
}

__attribute__((format(printf, 3, 0))) static void
set_text(struct tp_error *error, enum tp_code code, const char *format, va_list args)
{
    char text[sizeof error->text];

    tp_error_clear(error);
    error->code = code;
    vsnprintf(text, sizeof text, format, args);
    show(text, error->text, sizeof error->text);
}

int tp_error_set(struct tp_error *error, enum tp_code code, const char *format, ...)
{
    va_list args;

    if (!error || error->code)
        return code;
    va_start(args, format);
    set_text(error, code, format, args);
    va_end(args);
    return code;
}

int tp_error_sys(struct tp_error *error, int sys_errno, const char *format, ...)
{
    va_list args;
    size_t length;
    char words[96];

    if (!error || error->code)
        return TP_ERR_IO;
    va_start(args, format);
    set_text(error, TP_ERR_IO, format, args);
    va_end(args);
    error->sys_errno = sys_errno;
    length = strlen(error->text);
    snprintf(error->text + length, sizeof error->text - length, ": %s",
             strerror_r(sys_errno, words, sizeof words));
    return TP_ERR_IO;
}

int tp_error_nomem(struct tp_error *error)
{
    return tp_error_set(error, TP_ERR_NOMEM, "out of memory");
}

static void set_source(struct tp_error *error, const char *source)
{
    size_t length = strlen(source), keep = sizeof error->source - 1;
    char tail[sizeof error->source];

    if (length > keep) {
        snprintf(tail, sizeof tail, "...%s", source + length - (keep - 3));
        source = tail;
    }
    show(source, error->source, sizeof error->source);
}

void tp_error_at(struct tp_error *error, const char *source, uint64_t line, unsigned column)
{
    if (!error || !error->code)
        return;
    if (source && !error->source[0])
        set_source(error, source);
    if (!error->line)
        error->line = line;
    if (!error->column)
        error->column = column;
}

size_t tp_error_format(const struct tp_error *error, char *buf, size_t size)
{
    char line[24] = "", column[16] = "";
    int length;

    if (error->line)
        snprintf(line, sizeof line, "%llu:", (unsigned long long)error->line);
    if (error->column)
        snprintf(column, sizeof column, "%u:", error->column);
    length = snprintf(buf, size, "%s%s%s%s%s%s", error->source, error->source[0] ? ":" : "", line,
                      column, error->source[0] || line[0] || column[0] ? " " : "", error->text);
    return length < 0 ? 0 : (size_t)length < size ? (size_t)length : size ? size - 1 : 0;
}
