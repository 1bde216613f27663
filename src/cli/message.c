/* message.c: "tcpprobe: sentence" on stderr. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/units.h"
#include "base/visible.h"
#include "cli/common.h"

#define SENTENCE_BYTES 8192 /* with an argument of any sensible length */

void cli_put_visible(FILE *out, const char *text, size_t length)
{
    const char *end = text + length;
    char shown[512];

    while (text < end)
        fwrite(shown, 1, visible_text(&text, end, "", shown, sizeof shown), out);
}

__attribute__((format(printf, 1, 0))) static void message(const char *format, va_list args)
{
    char sentence[SENTENCE_BYTES];

    vsnprintf(sentence, sizeof sentence, format, args);
    fputs("tcpprobe: ", stderr);
    cli_put_visible(stderr, sentence, strlen(sentence));
    fputc('\n', stderr);
}

void cli_message(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    message(format, args);
    va_end(args);
}

int cli_usage(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    message(format, args);
    va_end(args);
    return CLI_FAILED;
}

int cli_fail(const struct tp_error *error)
{
    char text[640];

    tp_error_format(error, text, sizeof text);
    cli_message("%s", text);
    return CLI_FAILED;
}

void cli_caret(const char *expression, const struct tp_error *error)
{
    char caret[256];

    if (error->column && tp_filter_caret(expression, error, caret, sizeof caret) > 0)
        fputs(caret, stderr);
}

error_t cli_bad_option(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    message(format, args);
    va_end(args);
    return EDOM;
}

error_t cli_parse_count(const char *option, const char *text, uint64_t max, uint64_t *count)
{
    if (tp_units_parse_count(text, max, count))
        return 0;
    return cli_bad_option("%s: '%s' is not a number from 0 to %llu", option, text,
                          (unsigned long long)max);
}
