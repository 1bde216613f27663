/* reader.c: an input's parts in their order, and the account of what was met in it. */
#include <stdlib.h>
#include <string.h>

#include "input/fragments.h"
#include "input/pipeline.h"
#include "input/reader.h"

#define BLOCK_BYTES_DEFAULT (256 * 1024)
#define BLOCK_BYTES_LEAST   4096
#define LOOK_BYTES          (32 * 1024) /* of many inputs all but a few only wait for their turn */

struct reader {
    struct source *source;
    struct block_cutter cutter;
    struct tp_input_info *info;
    bool strict;
    size_t block_bytes;
    struct block first; /* read to look at it; the pipeline's once that runs */
    struct pipeline *pipeline;
    struct fragments *fragments;
    bool paused;   /* as the last block was */
    bool finished; /* the caller has been told of the end or of an error */
};

static void update_file_facts(struct reader *reader)
{
    struct tp_input_info *info = reader->info;

    info->gzipped = source_is_gzipped(reader->source);
    info->size_bytes = source_size(reader->source);
    info->file_bytes = source_position(reader->source);
}

/* Of a capture the head tells, and its first packet may come late. */
static bool has_head(const struct reader *reader)
{
    return reader->cutter.format && reader->cutter.format->name;
}

/* With patience it does not wait for what follows the head. */
static int look(struct reader *reader, bool patience, struct tp_error *error)
{
    const struct format *format;
    ssize_t length;

    if (block_init(&reader->first, reader->cutter.size) < 0)
        return tp_error_nomem(error);
    do
        length = block_fill(&reader->cutter, reader->source, &reader->first, error);
    while (length == 0 && reader->first.paused && !(patience && has_head(reader)));
    if (length < 0)
        return (int)length;
    format = reader->cutter.format;
    return format->look(format, reader->cutter.state, &reader->first, reader->info, error);
}

static size_t look_bytes(const struct reader *reader)
{
    return reader->block_bytes < LOOK_BYTES ? reader->block_bytes : LOOK_BYTES;
}

int reader_open(struct reader **opened, const char *path, const struct tp_stream_options *options,
                struct tp_input_info *info, struct tp_error *error)
{
    struct reader *reader = calloc(1, sizeof *reader);
    int rc;

    *opened = NULL;
    if (!reader)
        return tp_error_nomem(error);
    reader->block_bytes = options->block_bytes ? options->block_bytes : BLOCK_BYTES_DEFAULT;
    if (reader->block_bytes < BLOCK_BYTES_LEAST)
        reader->block_bytes = BLOCK_BYTES_LEAST;
    reader->info = info;
    reader->strict = options->strict;
    info->path = path;
    info->format = "unknown";
    rc = source_open(&reader->source, path, options->no_isal, error);
    if (rc == TP_OK && options->paused)
        source_set_live(reader->source,
                        options->patience_ns ? SOURCE_PATIENCE_EACH_MS : SOURCE_PATIENCE_MS);
    if (rc == TP_OK && block_cutter_init(&reader->cutter, look_bytes(reader)) < 0)
        rc = tp_error_nomem(error);
    if (rc == TP_OK)
        rc = look(reader, options->patience_ns > 0, error);
    if (rc < 0) {
        tp_error_at(error, path, 0, 0);
        reader_close(reader);
        return rc;
    }
    update_file_facts(reader);
    *opened = reader;
    return TP_OK;
}

int reader_start(struct reader *reader, unsigned threads, const struct parser_options *options,
                 struct tp_error *error)
{
    if (block_cutter_grow(&reader->cutter, reader->block_bytes) < 0)
        return tp_error_nomem(error);
    reader->fragments = fragments_new(options);
    if (!reader->fragments)
        return tp_error_nomem(error);
    reader->pipeline =
        pipeline_new(reader->source, &reader->cutter, &reader->first, threads, options);
    return reader->pipeline ? TP_OK : tp_error_nomem(error);
}

bool tp_input_may_again(const struct tp_input_info *info)
{
    return info->size_bytes && strcmp(info->path, "-") != 0;
}

int reader_again(struct reader **reader, const struct tp_input_info *input,
                 const struct tp_stream_options *stream_options,
                 const struct parser_options *options, struct tp_input_info *info,
                 struct tp_error *error)
{
    const struct tp_stream_options again = {.block_bytes = stream_options->block_bytes,
                                            .no_isal = stream_options->no_isal};
    int rc = reader_open(reader, input->path, &again, info, error);

    if (rc == TP_OK)
        rc = reader_start(*reader, 0, options, error);
    if (rc < 0) {
        reader_close(*reader);
        *reader = NULL;
    }
    return rc;
}

void reader_close(struct reader *reader)
{
    if (!reader)
        return;
    pipeline_free(reader->pipeline);
    fragments_free(reader->fragments);
    block_release(&reader->first);
    block_cutter_release(&reader->cutter);
    source_close(reader->source);
    free(reader);
}

uint64_t reader_position(const struct reader *reader)
{
    return source_position(reader->source);
}

bool reader_paused(const struct reader *reader)
{
    return reader->paused;
}

/* --- the account ---------------------------------------------------------------------------- */

static void add_others(struct tp_input_info *info, const struct batch *batch)
{
    unsigned i, j;

    info->other_total += batch->other_total;
    info->opaque_total += batch->opaque_total;
    for (i = 0; i < batch->others; i++) {
        for (j = 0; j < info->others; j++)
            if (info->other[j].opaque == batch->other[i].opaque &&
                strcmp(info->other[j].name, batch->other[i].name) == 0)
                break;
        if (j < info->others)
            info->other[j].count += batch->other[i].count;
        else if (info->others < TP_OTHER_EVENTS_MAX)
            info->other[info->others++] = batch->other[i];
    }
}

static void add_headers(struct tp_input_info *info, const struct header_count *more)
{
    struct header_count all = {.headers = info->headers};

    memcpy(all.congestion_control, info->congestion_control, sizeof all.congestion_control);
    header_join(&all, more);
    info->headers = all.headers;
    memcpy(info->congestion_control, all.congestion_control, sizeof info->congestion_control);
}

/* number: of the line or packet in the file. What was held back may come later than others. */
static void add_malformed(struct tp_input_info *info, const struct batch *batch, uint64_t number)
{
    if (batch->malformed && (info->malformed == 0 || number < info->first_malformed.line)) {
        tp_error_clear(&info->first_malformed);
        tp_error_set(&info->first_malformed, TP_ERR_FORMAT, "%s", batch->malformed_text);
        tp_error_at(&info->first_malformed, info->path, number, batch->malformed_column);
    }
    info->malformed += batch->malformed;
}

static void add_counts(struct tp_input_info *info, const struct batch *batch)
{
    info->lines += batch->lines;
    add_headers(info, &batch->headers);
    if (batch->packets_dropped > info->packets_dropped)
        info->packets_dropped = batch->packets_dropped;
    info->cut += batch->cut;
    info->headers_cut += batch->headers_cut;
    info->filtered += batch->filtered;
    info->fragments += batch->fragments;
    info->tunnelled += batch->tunnelled;
    info->no_length += batch->no_length;
    if (batch->format && strcmp(info->format, "unknown") == 0)
        info->format = batch->format;
    add_others(info, batch);
}

static int check_strict(struct reader *reader, struct tp_error *error)
{
    if (!reader->strict || reader->info->malformed == 0)
        return TP_OK;
    if (error && !error->code)
        *error = reader->info->first_malformed;
    return TP_ERR_FORMAT;
}

/* Lets the fragments of the batch become whole. */
static int join(struct reader *reader, const struct batch *batch, uint64_t last,
                const struct batch **joined, struct tp_error *error)
{
    if (fragments_join(reader->fragments, batch, last, joined) < 0)
        return tp_error_nomem(error);
    if (*joined != batch) {
        add_malformed(reader->info, *joined, (*joined)->malformed_line);
        add_counts(reader->info, *joined);
    }
    return check_strict(reader, error);
}

static int add_block(struct reader *reader, const struct parsed_block *block,
                     const struct batch **batch, struct tp_error *error)
{
    struct tp_input_info *info = reader->info;

    add_malformed(info, &block->batch, info->lines + block->batch.malformed_line);
    add_counts(info, &block->batch);
    info->text_bytes += (uint64_t)block->length;
    return join(reader, &block->batch, reader->paused ? FRAGMENTS_NO_MORE : info->lines, batch,
                error);
}

static int end_of_input(struct reader *reader, const struct batch **batch, struct tp_error *error)
{
    static const struct batch nothing;
    int rc = join(reader, &nothing, FRAGMENTS_NO_MORE, batch, error);

    if (rc < 0)
        return rc;
    if (source_warning(reader->source)[0] && !reader->cutter.abandoned)
        format_warn(reader->info, source_warning(reader->source));
    reader->cutter.format->finish(reader->cutter.state, reader->info);
    update_file_facts(reader);
    if (!reader->strict || reader->info->warning[0] == '\0')
        return (*batch)->count > 0;
    tp_error_set(error, TP_ERR_FORMAT, "%s", reader->info->warning);
    tp_error_at(error, reader->info->path, 0, 0);
    return TP_ERR_FORMAT;
}

int reader_next(struct reader *reader, const struct batch **batch, struct tp_error *error)
{
    const struct parsed_block *block;
    int rc;

    if (reader->finished)
        return 0;
    block = pipeline_next(reader->pipeline);
    reader->paused = block->length >= 0 && block->block.paused;
    reader->finished = block->length <= 0 && !reader->paused;
    if (block->length < 0) {
        if (error && !error->code)
            *error = block->error;
        tp_error_at(error, reader->info->path, 0, 0);
        return (int)block->length;
    }
    if (reader->finished)
        return end_of_input(reader, batch, error);
    rc = add_block(reader, block, batch, error);
    return rc < 0 ? rc : 1;
}
