/* pipeline.c: turns, helpers and a caller that lends a hand. */
#include <pthread.h>
#include <stdlib.h>

#include "input/pipeline.h"

#define THREADS_MAX 64

struct worker {
    pthread_t thread; /* not of worker 0, which is the caller */
    struct pipeline *pipeline;
    void *parser; /* of the input's format */
};

struct pipeline {
    struct source *source;
    struct block_cutter *cutter;
    struct block first; /* bytes are NULL once it has been used */

    struct parsed_block *blocks; /* block n is blocks[n % block_count] */
    unsigned block_count;
    struct worker *workers;
    unsigned worker_count;
    unsigned threads; /* running */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stop;
    bool reading;       /* somebody has the reading turn */
    bool read_all;      /* the end or an error has been read */
    uint64_t next_read; /* number of the next block to be read */
    uint64_t next_used; /* number of the block that is used next */
    bool in_use;        /* the caller still looks at block next_used - 1 */
};

/* --- a block's way, with the lock held except where it says otherwise ------------------------- */

static bool can_read(const struct pipeline *pipeline)
{
    uint64_t oldest = pipeline->next_used - pipeline->in_use;

    return !pipeline->reading && !pipeline->read_all &&
           pipeline->next_read - oldest < pipeline->block_count;
}

static void read_block(struct pipeline *pipeline, struct parsed_block *block)
{
    tp_error_clear(&block->error);
    if (pipeline->first.bytes) {
        block_release(&block->block);
        block->block = pipeline->first;
        block->length = (ssize_t)pipeline->first.length;
        pipeline->first.bytes = NULL;
    } else {
        block->length =
            block_fill(pipeline->cutter, pipeline->source, &block->block, &block->error);
    }
}

static bool is_last(const struct parsed_block *block)
{
    return block->length < 0 || (block->length == 0 && !block->block.paused);
}

static void parse_block(struct worker *worker, struct parsed_block *block)
{
    const struct format *format = worker->pipeline->cutter->format;

    batch_clear(&block->batch);
    if (block->length > 0 && format->parse(worker->parser, &block->block, &block->batch) < 0) {
        block->length = TP_ERR_NOMEM;
        tp_error_nomem(&block->error);
    }
}

/* Reads and parses the next block; the lock is free meanwhile. */
static void advance(struct pipeline *pipeline, struct worker *worker)
{
    struct parsed_block *block = &pipeline->blocks[pipeline->next_read++ % pipeline->block_count];

    pipeline->reading = true;
    pthread_mutex_unlock(&pipeline->lock);
    read_block(pipeline, block);
    pthread_mutex_lock(&pipeline->lock);
    pipeline->reading = false;
    pipeline->read_all = is_last(block);
    pthread_cond_broadcast(&pipeline->changed);
    pthread_mutex_unlock(&pipeline->lock);
    parse_block(worker, block);
    pthread_mutex_lock(&pipeline->lock);
    block->ready = true;
    pthread_cond_broadcast(&pipeline->changed);
}

static void *help(void *opaque)
{
    struct worker *worker = opaque;
    struct pipeline *pipeline = worker->pipeline;

    pthread_mutex_lock(&pipeline->lock);
    while (!pipeline->stop && !pipeline->read_all)
        if (can_read(pipeline))
            advance(pipeline, worker);
        else
            pthread_cond_wait(&pipeline->changed, &pipeline->lock);
    pthread_mutex_unlock(&pipeline->lock);
    return NULL;
}

const struct parsed_block *pipeline_next(struct pipeline *pipeline)
{
    struct parsed_block *block;

    pthread_mutex_lock(&pipeline->lock);
    if (pipeline->in_use) {
        pipeline->blocks[(pipeline->next_used - 1) % pipeline->block_count].ready = false;
        pipeline->in_use = false;
        pthread_cond_broadcast(&pipeline->changed);
    }
    block = &pipeline->blocks[pipeline->next_used % pipeline->block_count];
    while (!block->ready)
        if (can_read(pipeline))
            advance(pipeline, &pipeline->workers[0]);
        else
            pthread_cond_wait(&pipeline->changed, &pipeline->lock);
    pipeline->next_used++;
    pipeline->in_use = true;
    pthread_mutex_unlock(&pipeline->lock);
    return block;
}

/* --- making and freeing ----------------------------------------------------------------------- */

static bool allocate(struct pipeline *pipeline, const struct parser_options *options)
{
    const struct format *format = pipeline->cutter->format;
    unsigned i;

    pipeline->workers = calloc(pipeline->worker_count, sizeof *pipeline->workers);
    pipeline->blocks = calloc(pipeline->block_count, sizeof *pipeline->blocks);
    if (!pipeline->workers || !pipeline->blocks)
        return false;
    for (i = 0; i < pipeline->worker_count; i++) {
        pipeline->workers[i].pipeline = pipeline;
        pipeline->workers[i].parser = malloc(format->parser_size);
        if (!pipeline->workers[i].parser)
            return false;
        format->parser_init(pipeline->workers[i].parser, options);
    }
    for (i = 0; i < pipeline->block_count; i++)
        if (block_init(&pipeline->blocks[i].block, pipeline->cutter->size) < 0)
            return false;
    return true;
}

struct pipeline *pipeline_new(struct source *source, struct block_cutter *cutter,
                              struct block *first, unsigned threads,
                              const struct parser_options *options)
{
    struct pipeline *pipeline = calloc(1, sizeof *pipeline);
    unsigned i;

    if (!pipeline)
        return NULL;
    if (threads > THREADS_MAX)
        threads = THREADS_MAX;
    pthread_mutex_init(&pipeline->lock, NULL);
    pthread_cond_init(&pipeline->changed, NULL);
    pipeline->source = source;
    pipeline->cutter = cutter;
    pipeline->worker_count = threads + 1;
    pipeline->block_count = threads ? threads + 3 : 1;
    if (!allocate(pipeline, options)) {
        pipeline_free(pipeline);
        return NULL;
    }
    pipeline->first = *first;
    first->bytes = NULL;
    /* Fewer threads than asked for is slower, not wrong. */
    for (i = 1; i < pipeline->worker_count; i++, pipeline->threads++)
        if (pthread_create(&pipeline->workers[i].thread, NULL, help, &pipeline->workers[i]) != 0)
            break;
    return pipeline;
}

void pipeline_free(struct pipeline *pipeline)
{
    unsigned i;

    if (!pipeline)
        return;
    pthread_mutex_lock(&pipeline->lock);
    pipeline->stop = true;
    pthread_cond_broadcast(&pipeline->changed);
    pthread_mutex_unlock(&pipeline->lock);
    for (i = 1; i <= pipeline->threads; i++)
        pthread_join(pipeline->workers[i].thread, NULL);
    for (i = 0; pipeline->blocks && i < pipeline->block_count; i++) {
        block_release(&pipeline->blocks[i].block);
        batch_release(&pipeline->blocks[i].batch);
    }
    for (i = 0; pipeline->workers && i < pipeline->worker_count; i++)
        free(pipeline->workers[i].parser);
    free(pipeline->blocks);
    free(pipeline->workers);
    block_release(&pipeline->first);
    pthread_cond_destroy(&pipeline->changed);
    pthread_mutex_destroy(&pipeline->lock);
    free(pipeline);
}
