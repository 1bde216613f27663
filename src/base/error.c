/* error.c: the first error wins, and its sentence is safe to print. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <tcpprobe/error.h>

void tp_error_clear(struct tp_error *error)
{
    if (error)
        *error = (struct tp_error)TP_ERROR_INIT;
}

static void make_printable(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

__attribute__((format(printf, 3, 0))) static void
set_text(struct tp_error *error, enum tp_code code, const char *format, va_list args)
{
    tp_error_clear(error);
    error->code = code;
    vsnprintf(error->text, sizeof error->text, format, args);
    make_printable(error->text);
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

void tp_error_at(struct tp_error *error, const char *source, uint64_t line, unsigned column)
{
    size_t length, keep = sizeof error->source - 1;

    if (!error || !error->code)
        return;
    if (source && !error->source[0]) {
        length = strlen(source);
        if (length <= keep)
            memcpy(error->source, source, length + 1);
        else
            snprintf(error->source, sizeof error->source, "...%s", source + length - (keep - 3));
        make_printable(error->source);
    }
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
