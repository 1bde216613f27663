/* metrics_text.c: metrics as text, for what scrapes them. */
#include <inttypes.h>
#include <stdio.h>

#include "base/put.h"
#include "cli/metrics_text.h"

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

void metrics_name(const char *text, char name[METRICS_NAME_BYTES])
{
    size_t length = (size_t)snprintf(name, METRICS_NAME_BYTES, "tcpprobe_");

    for (; *text && length < METRICS_NAME_BYTES - 1; text++)
        name[length++] = is_digit(*text) ? *text : is_letter(*text) ? (char)(*text | 0x20) : '_';
    name[length] = '\0';
}

static void put_line(struct tp_out *out, const char *const *words)
{
    for (; *words; words++)
        tp_out_text(out, *words);
}

void metrics_begin(struct tp_out *out, const struct metrics_family *family, bool prometheus)
{
    const char *total = family->counter && prometheus ? "_total" : "";
    const char *type = family->counter ? " counter\n" : " gauge\n";

    put_line(out, (const char *const[]){"# TYPE ", family->name, total, type, "# HELP ",
                                        family->name, total, " ", family->help, "\n", NULL});
}

/* In quotes: a backslash before \, " and what stands for a line end. */
static void put_label(struct tp_out *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\' || *text == '\n')
            tp_out_bytes(out, "\\", 1);
        tp_out_bytes(out, *text == '\n' ? "n" : text, 1);
    }
}

void metrics_sample(struct tp_out *out, const struct metrics_family *family,
                    const char *const *labels, const struct tp_value *value)
{
    char number[PUT_MAX];

    if (value->type != TP_VALUE_INTEGER && value->type != TP_VALUE_REAL)
        return;
    put_line(out, (const char *const[]){family->name, family->counter ? "_total" : "",
                                        labels ? "{" : "", NULL});
    for (size_t i = 0; labels && labels[i]; i += 2) {
        put_line(out, (const char *const[]){i ? "," : "", labels[i], "=\"", NULL});
        put_label(out, labels[i + 1]);
        tp_out_text(out, "\"");
    }
    *(value->type == TP_VALUE_REAL ? put_real(number, value->real)
                                   : put_signed(number, value->integer)) = '\0';
    put_line(out, (const char *const[]){labels ? "} " : " ", number, "\n", NULL});
}

void metrics_end(struct tp_out *out)
{
    tp_out_text(out, "# EOF\n");
}
