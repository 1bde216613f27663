/* format_text.c: trace logs as an input: blocks of whole lines; what they are, the first lines
 * tell. Anything may be meant to be text, so this is also who knows what is somebody else's. */
#include <stdlib.h>
#include <string.h>

#include "input/format.h"
#include "input/header.h"
#include "input/scan.h"
#include "input/text.h"

#define NO_CAPTURE(name)                                                                           \
    "is a " name " capture: of captures only pcap, pcapng, snoop and ERF are read"

#define UTF_16 "is UTF-16 text: pipe it through 'iconv -f UTF-16 -t UTF-8'"

#define START_MAX 20 /* of an input, to tell what it is */

struct text_cutter {
    bool started;
    char start[START_MAX];
    size_t start_length;
    bool past_header;  /* a line that is no comment was there */
    bool in_long_line; /* the rest of an over-long line is to be passed over */
    bool cut_off;      /* the text ended in the middle of a line, which was left out */
};

static bool begins(const char *bytes, size_t length)
{
    (void)bytes;
    (void)length;
    return true;
}

/* --- cutting -------------------------------------------------------------------------------- */

/* Where to cut: behind the last newline, or one line earlier if the last line is so short that it
 * may be the first half of a task name (text.c joins it with the line that follows). */
static size_t cut_point(const char *text, size_t length)
{
    const char *last = memrchr(text, '\n', length), *before;

    if (!last)
        return 0;
    before = last > text ? memrchr(text, '\n', (size_t)(last - text)) : NULL;
    if (before && last - before - 1 > 0 && last - before - 1 <= TEXT_FRAGMENT_MAX)
        last = before;
    return (size_t)(last - text) + 1;
}

static void pass_long_line(struct text_cutter *cutter, struct cut *cut)
{
    const char *newline = memchr(cut->bytes, '\n', cut->length);

    cutter->in_long_line = !newline;
    cut->pass = newline ? (size_t)(newline - cut->bytes) + 1 : cut->length;
}

/* A last line without a newline may be half a number: it is left out. */
static void cut_end(struct text_cutter *cutter, struct cut *cut)
{
    const char *newline = memrchr(cut->bytes, '\n', cut->length);

    cut->take = newline ? (size_t)(newline - cut->bytes) + 1 : 0;
    cutter->cut_off |= cut->take < cut->length;
}

/* A file that is no text may hold no line at all. */
static void keep_start(struct text_cutter *cutter, const struct cut *cut)
{
    if (cutter->started)
        return;
    cutter->started = true;
    cutter->start_length = cut->length < START_MAX ? cut->length : START_MAX;
    memcpy(cutter->start, cut->bytes, cutter->start_length);
}

/* What a log says of itself stands before its first event and is read in one go. */
static bool is_header(struct text_cutter *cutter, const struct cut *cut)
{
    const char *stop = cut->bytes + cut->length, *at = scan_newlines(cut->bytes, stop), *end;

    for (; !cutter->past_header && at < stop && (end = memchr(at, '\n', (size_t)(stop - at)));
         at = scan_newlines(end, stop))
        cutter->past_header = !header_is_comment(at, end);
    return !cutter->past_header;
}

static int cut_lines(void *opaque, struct cut *cut)
{
    struct text_cutter *cutter = opaque;

    keep_start(cutter, cut);
    if (cutter->in_long_line && cut->length) {
        pass_long_line(cutter, cut);
    } else if (cut->at_end) {
        cut_end(cutter, cut);
    } else if (cut->length == cut->room || !is_header(cutter, cut)) {
        cut->take = cut_point(cut->bytes, cut->length);
        cutter->in_long_line = cut->take == 0 && cut->length == cut->room;
        if (cutter->in_long_line)
            cut->take = cut->length;
    }
    return TP_OK;
}

/* --- looking -------------------------------------------------------------------------------- */

/* What people hand over by mistake. */
static const struct {
    const char *start;
    size_t length;
    const char *sentence;
} strangers[] = {
    {"\x17\x08\x44tracing", 10,
     "is a trace.dat file: 'trace-cmd report -t FILE | tcpprobe flows -' reads it"},
    {"PERFILE2", 8, "is a perf.data file: 'perf script --ns -i FILE | tcpprobe flows -' reads it"},
    {"\xfd\x37zXZ", 5, "is compressed with xz: pipe it through 'xz -dc'"},
    {"\x28\xb5\x2f\xfd", 4, "is compressed with zstd: pipe it through 'zstd -dc'"},
    {"BZh", 3, "is compressed with bzip2: pipe it through 'bzip2 -dc'"},
    {"\xff\xfe", 2, UTF_16},
    {"\xfe\xff", 2, UTF_16},
    {" \0 \0", 4, UTF_16},
    {"\0 \0 ", 4, UTF_16},
    {"#\0 \0", 4, UTF_16},
    {"\0#\0 ", 4, UTF_16},
    {"\x04\x22\x4d\x18", 4, "is compressed with lz4: pipe it through 'lz4 -dc'"},
    {"\x02\x21\x4c\x18", 4, "is compressed with lz4: pipe it through 'lz4 -dc'"},
    {"\x5d\0\0", 3, "is compressed with lzma: pipe it through 'xz -dc'"},
    {"LZIP", 4, "is compressed with lzip: pipe it through 'lzip -dc'"},
    {"PK\x03\x04", 4, "is a zip archive: unpack it with 'unzip -p FILE'"},
    {"7z\xbc\xaf\x27\x1c", 6, "is a 7z archive: unpack it with '7z x -so FILE'"},
    {"GMBU", 4, NO_CAPTURE("Network Monitor")},
    {"RTSS", 4, NO_CAPTURE("Network Monitor")},
    {"TRSNIFF data    \x1a", 17, NO_CAPTURE("Sniffer")},
    {"XCP\0", 4, NO_CAPTURE("NetXray")},
    {"\x1c\0\x01\xac", 4, NO_CAPTURE("Ixia")},
    {"\xac\x01\0\x1c", 4, NO_CAPTURE("Ixia")},
    {"\x1c\0\x01\xab", 4, NO_CAPTURE("Ixia")},
    {"\xab\x01\0\x1c", 4, NO_CAPTURE("Ixia")},
    {"\xa1\x2b\x3c\x4d", 4, NO_CAPTURE("Navtel")},
    {"\x4d\x3c\x2b\xa1", 4, NO_CAPTURE("Navtel")},
    {"\xa1\xe2\xcb\x12", 4, NO_CAPTURE("Nokia")},
    {"\x12\xcb\xe2\xa1", 4, NO_CAPTURE("Nokia")},
};

static int check_for_strangers(const struct text_cutter *cutter, struct tp_error *error)
{
    size_t i;

    for (i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (cutter->start_length >= strangers[i].length &&
            memcmp(cutter->start, strangers[i].start, strangers[i].length) == 0)
            return tp_error_set(error, TP_ERR_FORMAT, "%s", strangers[i].sentence);
    return TP_OK;
}

/* Times of perf script --deltatime: it sorts what it prints, so that other times do not go back,
 * but of differences every second or so is lower than the one before. The first one is 0. */
static bool are_differences(const struct batch *batch)
{
    size_t i, back = 0;

    if (!batch->format || strcmp(batch->format, "perf") != 0)
        return false;
    for (i = 1; i < batch->count; i++)
        back += batch->records[i].ts_ns < batch->records[i - 1].ts_ns;
    return back > batch->count / 8 && back < batch->count - batch->count / 8 &&
           (back > 8 || batch->records[0].ts_ns == 0);
}

static int judge(const struct block *first, const struct batch *batch, struct tp_input_info *info,
                 struct tp_error *error)
{
    if (!first->paused && batch->malformed && batch->count == 0 && batch->other_total == 0) {
        tp_error_set(error, TP_ERR_FORMAT, "%s", batch->malformed_text);
        tp_error_at(error, info->path, batch->malformed_line, 0);
        return TP_ERR_FORMAT;
    }
    if (are_differences(batch))
        return tp_error_set(error, TP_ERR_FORMAT,
                            "times are differences to the line before: use "
                            "'perf script' without --deltatime");
    if (batch->format)
        info->format = batch->format;
    info->ticks = batch->ticks;
    if (batch->ticks)
        format_warn(info, "times are ticks of a counter: nothing is said in seconds");
    if (batch->sampled)
        format_warn(info, "perf kept one event of several (its period is above 1): counts are too "
                          "low");
    format_set_first_time(batch, info);
    return TP_OK;
}

static int look_at_lines(const struct block *first, struct tp_input_info *info,
                         struct tp_error *error)
{
    static const char trace_cmd[] = "cpus=";
    struct text_parser *parser = malloc(sizeof *parser);
    struct batch batch = {0};
    int rc;

    if (!parser)
        return tp_error_nomem(error);
    text_parser_init(parser, TP_BIT(CPU), 0, 0);
    if (text_parse(parser, first->bytes, first->length, &batch, info) < 0)
        rc = tp_error_nomem(error);
    else
        rc = judge(first, &batch, info, error);
    if (first->length > sizeof trace_cmd &&
        memcmp(first->bytes, trace_cmd, sizeof trace_cmd - 1) == 0)
        info->format = "trace-cmd";
    batch_release(&batch);
    free(parser);
    return rc;
}

static int look(const struct format *format, const void *opaque, const struct block *first,
                struct tp_input_info *info, struct tp_error *error)
{
    const struct text_cutter *cutter = opaque;
    int rc = check_for_strangers(cutter, error);

    (void)format;
    if (rc < 0)
        return rc;
    if (first->length == 0)
        return tp_error_set(error, TP_ERR_FORMAT,
                            cutter->cut_off ? "holds no whole line" : "is empty");
    return look_at_lines(first, info, error);
}

static void finish(const void *opaque, struct tp_input_info *info)
{
    const struct text_cutter *cutter = opaque;

    if (cutter->cut_off)
        format_warn(info, "the last line is cut off and was not used");
}

/* --- parsing -------------------------------------------------------------------------------- */

static void init(void *parser, const struct parser_options *options)
{
    text_parser_init(parser, options->fields, options->timeline, options->input);
}

static int parse(void *parser, const struct block *block, struct batch *batch)
{
    return text_parse(parser, block->bytes, block->length, batch, NULL);
}

const struct format format_text = {
    .begins = begins,
    .cutter_size = sizeof(struct text_cutter),
    .cut = cut_lines,
    .look = look,
    .finish = finish,
    .parser_size = sizeof(struct text_parser),
    .parser_init = init,
    .parse = parse,
};
