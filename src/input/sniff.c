/* sniff.c: knows what is ours, and what is somebody else's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/sniff.h"
#include "input/text.h"

#define IS_CAPTURE "is a packet capture, which this version does not read yet"

/* What people hand over by mistake. */
static const struct {
    const char *start;
    size_t length;
    const char *sentence;
} strangers[] = {
    {"\xd4\xc3\xb2\xa1", 4, IS_CAPTURE},
    {"\xa1\xb2\xc3\xd4", 4, IS_CAPTURE},
    {"\x4d\x3c\xb2\xa1", 4, IS_CAPTURE},
    {"\xa1\xb2\x3c\x4d", 4, IS_CAPTURE},
    {"\x0a\x0d\x0d\x0a", 4, IS_CAPTURE},
    {"\x17\x08\x44tracing", 10, "is a trace.dat file: convert it with 'trace-cmd report FILE'"},
    {"PERFILE2", 8, "is a perf.data file: convert it with 'perf script -i FILE'"},
    {"\xfd\x37zXZ", 5, "is compressed with xz: pipe it through 'xz -dc'"},
    {"\x28\xb5\x2f\xfd", 4, "is compressed with zstd: pipe it through 'zstd -dc'"},
    {"BZh", 3, "is compressed with bzip2: pipe it through 'bzip2 -dc'"},
};

static int check_for_strangers(const char *text, size_t length, struct tp_error *error)
{
    size_t i;

    for (i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (length >= strangers[i].length &&
            memcmp(text, strangers[i].start, strangers[i].length) == 0)
            return tp_error_set(error, TP_ERR_FORMAT, "%s", strangers[i].sentence);
    return TP_OK;
}

void sniff_warn(struct tp_input_info *info, const char *sentence)
{
    size_t length = strlen(info->warning);

    snprintf(info->warning + length, sizeof info->warning - length, "%s%s", length ? "; " : "",
             sentence);
}

static void find_first_time(const struct text_batch *batch, struct tp_input_info *info)
{
    size_t i;

    for (i = 0; i < batch->count; i++)
        if (batch->records[i].kind != TP_KIND_LOST &&
            (!info->has_time || batch->records[i].ts_ns < info->first_ns)) {
            info->first_ns = info->last_ns = batch->records[i].ts_ns;
            info->has_time = true;
        }
}

static int judge(const struct text_batch *batch, struct tp_input_info *info, struct tp_error *error)
{
    if (batch->malformed && batch->count == 0 && batch->other_total == 0) {
        tp_error_set(error, TP_ERR_FORMAT, "%s", batch->malformed_text);
        tp_error_at(error, info->path, batch->malformed_line, 0);
        return TP_ERR_FORMAT;
    }
    if (batch->format)
        info->format = batch->format;
    if (batch->ticks)
        sniff_warn(info, "times are ticks of a counter, shown as if they were nanoseconds");
    find_first_time(batch, info);
    return TP_OK;
}

int sniff(const char *text, size_t length, struct tp_input_info *info, struct tp_error *error)
{
    static const char trace_cmd[] = "cpus=";
    struct text_parser *parser;
    struct text_batch batch = {0};
    int result = check_for_strangers(text, length, error);

    if (result < 0)
        return result;
    parser = malloc(sizeof *parser);
    if (!parser)
        return tp_error_nomem(error);
    text_parser_init(parser, TP_BIT(CPU), 0, 0);
    if (text_parse(parser, text, length, &batch, info) < 0)
        result = tp_error_nomem(error);
    else
        result = judge(&batch, info, error);
    if (length > sizeof trace_cmd && memcmp(text, trace_cmd, sizeof trace_cmd - 1) == 0)
        info->format = "trace-cmd";
    text_batch_release(&batch);
    free(parser);
    return result;
}
