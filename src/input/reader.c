/* reader.c: blocks, workers and turns. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/block.h"
#include "input/reader.h"

#define BLOCK_BYTES_DEFAULT (256 * 1024)
#define BLOCK_BYTES_LEAST   4096
#define WORKERS_MAX         64

struct block {
    char *text;
    struct text_batch batch;
    ssize_t length; /* 0: the end; negative: error */
    struct tp_error error;
    bool ready; /* parsed, waiting for the caller */
};

struct worker {
    pthread_t thread;
    struct reader *reader;
    struct text_parser parser;
};

struct reader {
    struct source *source;
    struct block_cutter cutter;
    struct tp_input_info *info;
    size_t block_bytes;
    uint64_t fields;
    bool strict;

    struct block *blocks; /* block n is blocks[n % block_count] */
    unsigned block_count;
    struct worker *workers; /* one, without a thread, if the caller does the work */
    unsigned worker_count;
    unsigned threads;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stop;
    bool reading;       /* somebody has the reading turn */
    bool read_all;      /* the end or an error has been read */
    uint64_t next_read; /* number of the next block to be read */
    uint64_t next_used; /* number of the block that the caller uses next */
    bool using_block;   /* the caller still looks at block next_used - 1 */
    bool finished;      /* the caller has been told of the end or of an error */

    char *first_text; /* the block that was read when the input was opened */
    ssize_t first_length;
};

/* --- one block ---------------------------------------------------------------------------- */

static int block_alloc(struct block *block, size_t size)
{
    block->text = malloc(size + TEXT_PADDING);
    return block->text ? TP_OK : TP_ERR_NOMEM;
}

/* The reading turn: only one thread at a time is in here. */
static void read_block(struct reader *reader, struct block *block)
{
    char *spare = block->text;

    tp_error_clear(&block->error);
    if (reader->first_text) {
        block->text = reader->first_text;
        block->length = reader->first_length;
        reader->first_text = NULL;
        free(spare);
    } else {
        block->length = block_fill(&reader->cutter, reader->source, block->text, &block->error);
    }
}

static void parse_block(struct worker *worker, struct block *block)
{
    if (block->length > 0 &&
        text_parse(&worker->parser, block->text, (size_t)block->length, &block->batch, NULL) < 0) {
        block->length = TP_ERR_NOMEM;
        tp_error_nomem(&block->error);
    }
}

/* --- workers ------------------------------------------------------------------------------ */

/* Waits for the reading turn and a free block; NULL when there is nothing left to read. */
static struct block *take_turn(struct reader *reader)
{
    uint64_t in_use = reader->using_block ? 1 : 0;

    while (!reader->stop && !reader->read_all &&
           (reader->reading ||
            reader->next_read - (reader->next_used - in_use) >= reader->block_count)) {
        pthread_cond_wait(&reader->changed, &reader->lock);
        in_use = reader->using_block ? 1 : 0;
    }
    if (reader->stop || reader->read_all)
        return NULL;
    reader->reading = true;
    return &reader->blocks[reader->next_read++ % reader->block_count];
}

static void *work(void *opaque)
{
    struct worker *worker = opaque;
    struct reader *reader = worker->reader;
    struct block *block;

    pthread_mutex_lock(&reader->lock);
    while ((block = take_turn(reader))) {
        pthread_mutex_unlock(&reader->lock);
        read_block(reader, block);
        pthread_mutex_lock(&reader->lock);
        reader->reading = false;
        reader->read_all = block->length <= 0;
        pthread_cond_broadcast(&reader->changed);
        pthread_mutex_unlock(&reader->lock);
        parse_block(worker, block);
        pthread_mutex_lock(&reader->lock);
        block->ready = true;
        pthread_cond_broadcast(&reader->changed);
    }
    pthread_mutex_unlock(&reader->lock);
    return NULL;
}

static void stop_workers(struct reader *reader)
{
    unsigned i;

    pthread_mutex_lock(&reader->lock);
    reader->stop = true;
    pthread_cond_broadcast(&reader->changed);
    pthread_mutex_unlock(&reader->lock);
    for (i = 0; i < reader->threads; i++)
        pthread_join(reader->workers[i].thread, NULL);
    reader->threads = 0;
}

/* --- opening and closing ------------------------------------------------------------------ */

static void note(struct tp_input_info *info, const char *text)
{
    size_t length = strlen(info->warning);

    snprintf(info->warning + length, sizeof info->warning - length, "%s%s", length ? "; " : "",
             text);
}

static void update_file_facts(struct reader *reader)
{
    struct tp_input_info *info = reader->info;

    info->gzipped = source_is_gzipped(reader->source);
    info->size_bytes = source_size(reader->source);
    info->file_bytes = source_position(reader->source);
}

static const struct {
    const char *start;
    size_t length;
    const char *sentence;
} strangers[] = {
    {"\xd4\xc3\xb2\xa1", 4, "is a packet capture, which this version does not read yet"},
    {"\xa1\xb2\xc3\xd4", 4, "is a packet capture, which this version does not read yet"},
    {"\x4d\x3c\xb2\xa1", 4, "is a packet capture, which this version does not read yet"},
    {"\xa1\xb2\x3c\x4d", 4, "is a packet capture, which this version does not read yet"},
    {"\x0a\x0d\x0d\x0a", 4, "is a packet capture, which this version does not read yet"},
    {"\x17\x08\x44tracing", 10, "is a trace.dat file: convert it with 'trace-cmd report FILE'"},
    {"PERFILE2", 8, "is a perf.data file: convert it with 'perf script -i FILE'"},
    {"\xfd"
     "7zXZ",
     5, "is compressed with xz: pipe it through 'xz -dc'"},
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

/* What do the first lines say? Parsed once more later, when the timeline is known. */
static int look(struct reader *reader, struct text_parser *parser, struct text_batch *batch,
                struct tp_error *error)
{
    struct tp_input_info *info = reader->info;
    size_t i, length = (size_t)reader->first_length;

    text_parser_init(parser, 1, 0, 0);
    if (text_parse(parser, reader->first_text, length, batch, info) < 0)
        return tp_error_nomem(error);
    if (batch->malformed && batch->count == 0 && batch->other_total == 0) {
        tp_error_set(error, TP_ERR_FORMAT, "%s", batch->malformed_text);
        tp_error_at(error, info->path, batch->malformed_line, 0);
        return TP_ERR_FORMAT;
    }
    info->format = batch->format ? batch->format : "unknown";
    if (length > 5 && memcmp(reader->first_text, "cpus=", 5) == 0)
        info->format = "trace-cmd";
    if (batch->ticks)
        note(info, "times are ticks of a counter, shown as if they were nanoseconds");
    for (i = 0; i < batch->count; i++)
        if (batch->records[i].kind != TP_KIND_LOST &&
            (!info->has_time || batch->records[i].ts_ns < info->first_ns)) {
            info->first_ns = info->last_ns = batch->records[i].ts_ns;
            info->has_time = true;
        }
    return TP_OK;
}

static int read_first_block(struct reader *reader, struct tp_error *error)
{
    struct text_parser *parser;
    struct text_batch batch = {0};
    int result;

    reader->first_text = malloc(reader->block_bytes + TEXT_PADDING);
    if (!reader->first_text)
        return tp_error_nomem(error);
    reader->first_length = block_fill(&reader->cutter, reader->source, reader->first_text, error);
    if (reader->first_length < 0)
        return (int)reader->first_length;
    result = check_for_strangers(reader->first_text, (size_t)reader->first_length, error);
    if (result < 0)
        return result;
    if (reader->first_length == 0)
        return tp_error_set(error, TP_ERR_FORMAT,
                            reader->cutter.cut_off ? "holds no whole line" : "is empty");
    parser = malloc(sizeof *parser);
    if (!parser)
        return tp_error_nomem(error);
    result = look(reader, parser, &batch, error);
    text_batch_release(&batch);
    free(parser);
    return result;
}

int reader_open(struct reader **opened, const char *path, const struct tp_stream_options *options,
                struct tp_input_info *info, struct tp_error *error)
{
    struct reader *reader = calloc(1, sizeof *reader);
    int result;

    *opened = NULL;
    if (!reader)
        return tp_error_nomem(error);
    pthread_mutex_init(&reader->lock, NULL);
    pthread_cond_init(&reader->changed, NULL);
    reader->info = info;
    reader->fields = options->fields;
    reader->strict = options->strict;
    reader->block_bytes = options->block_bytes ? options->block_bytes : BLOCK_BYTES_DEFAULT;
    if (reader->block_bytes < BLOCK_BYTES_LEAST)
        reader->block_bytes = BLOCK_BYTES_LEAST;
    info->path = path;
    info->format = "unknown";
    result = source_open(&reader->source, path, options->no_isal, error);
    if (result == TP_OK && block_cutter_init(&reader->cutter, reader->block_bytes) < 0)
        result = tp_error_nomem(error);
    if (result == TP_OK)
        result = read_first_block(reader, error);
    if (result < 0) {
        tp_error_at(error, path, 0, 0);
        reader_close(reader);
        return result;
    }
    update_file_facts(reader);
    *opened = reader;
    return TP_OK;
}

int reader_start(struct reader *reader, unsigned threads, uint32_t timeline, uint8_t input,
                 struct tp_error *error)
{
    unsigned i;

    if (threads > WORKERS_MAX)
        threads = WORKERS_MAX;
    reader->worker_count = threads ? threads : 1;
    reader->block_count = threads ? threads + 2 : 1;
    reader->workers = calloc(reader->worker_count, sizeof *reader->workers);
    reader->blocks = calloc(reader->block_count, sizeof *reader->blocks);
    if (!reader->workers || !reader->blocks)
        return tp_error_nomem(error);
    for (i = 0; i < reader->block_count; i++)
        if (block_alloc(&reader->blocks[i], reader->block_bytes) < 0)
            return tp_error_nomem(error);
    for (i = 0; i < reader->worker_count; i++) {
        reader->workers[i].reader = reader;
        text_parser_init(&reader->workers[i].parser, reader->fields, timeline, input);
    }
    /* Fewer threads than asked for is slower, not wrong. */
    while (reader->threads < threads &&
           pthread_create(&reader->workers[reader->threads].thread, NULL, work,
                          &reader->workers[reader->threads]) == 0)
        reader->threads++;
    return TP_OK;
}

void reader_close(struct reader *reader)
{
    unsigned i;

    if (!reader)
        return;
    stop_workers(reader);
    for (i = 0; reader->blocks && i < reader->block_count; i++) {
        free(reader->blocks[i].text);
        text_batch_release(&reader->blocks[i].batch);
    }
    free(reader->blocks);
    free(reader->workers);
    free(reader->first_text);
    block_cutter_release(&reader->cutter);
    source_close(reader->source);
    pthread_cond_destroy(&reader->changed);
    pthread_mutex_destroy(&reader->lock);
    free(reader);
}

uint64_t reader_position(const struct reader *reader)
{
    return source_position(reader->source);
}

/* --- handing out -------------------------------------------------------------------------- */

static struct block *wait_for_block(struct reader *reader)
{
    struct block *block;

    pthread_mutex_lock(&reader->lock);
    if (reader->using_block) {
        reader->blocks[(reader->next_used - 1) % reader->block_count].ready = false;
        reader->using_block = false;
        pthread_cond_broadcast(&reader->changed);
    }
    block = &reader->blocks[reader->next_used % reader->block_count];
    while (!block->ready)
        pthread_cond_wait(&reader->changed, &reader->lock);
    reader->next_used++;
    reader->using_block = true;
    pthread_mutex_unlock(&reader->lock);
    return block;
}

static struct block *next_block(struct reader *reader)
{
    if (reader->threads)
        return wait_for_block(reader);
    read_block(reader, reader->blocks);
    parse_block(reader->workers, reader->blocks);
    return reader->blocks;
}

static void add_others(struct tp_input_info *info, const struct text_batch *batch)
{
    unsigned i, j;

    info->other_total += batch->other_total;
    for (i = 0; i < batch->others; i++) {
        for (j = 0; j < info->others; j++)
            if (strcmp(info->other[j].name, batch->other[i].name) == 0)
                break;
        if (j < info->others)
            info->other[j].count += batch->other[i].count;
        else if (info->others < TP_OTHER_EVENTS_MAX)
            info->other[info->others++] = batch->other[i];
    }
}

static int add_batch(struct reader *reader, const struct block *block, struct tp_error *error)
{
    const struct text_batch *batch = &block->batch;
    struct tp_input_info *info = reader->info;

    if (batch->malformed && info->malformed == 0) {
        tp_error_set(&info->first_malformed, TP_ERR_FORMAT, "%s", batch->malformed_text);
        tp_error_at(&info->first_malformed, info->path, info->lines + batch->malformed_line,
                    batch->malformed_column);
    }
    info->malformed += batch->malformed;
    info->lines += batch->lines;
    info->text_bytes += (uint64_t)block->length;
    if (info->format[0] == 'u' && batch->format)
        info->format = batch->format;
    add_others(info, batch);
    if (!reader->strict || info->malformed == 0)
        return TP_OK;
    if (error && !error->code)
        *error = info->first_malformed;
    return TP_ERR_FORMAT;
}

static int end_of_input(struct reader *reader, struct tp_error *error)
{
    if (source_warning(reader->source)[0])
        note(reader->info, source_warning(reader->source));
    if (reader->cutter.cut_off)
        note(reader->info, "the last line is cut off and was not used");
    update_file_facts(reader);
    if (!reader->strict || reader->info->warning[0] == '\0')
        return 0;
    tp_error_set(error, TP_ERR_FORMAT, "%s", reader->info->warning);
    tp_error_at(error, reader->info->path, 0, 0);
    return TP_ERR_FORMAT;
}

int reader_next(struct reader *reader, const struct text_batch **batch, struct tp_error *error)
{
    struct block *block;
    int result;

    if (reader->finished)
        return 0;
    block = next_block(reader);
    reader->finished = block->length <= 0;
    if (block->length < 0) {
        if (error && !error->code)
            *error = block->error;
        tp_error_at(error, reader->info->path, 0, 0);
        return (int)block->length;
    }
    if (block->length == 0)
        return end_of_input(reader, error);
    result = add_batch(reader, block, error);
    *batch = &block->batch;
    return result < 0 ? result : 1;
}
