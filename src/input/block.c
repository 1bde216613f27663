/* block.c: blocks of whole lines or packets. */
#include <stdlib.h>
#include <string.h>

#include "input/block.h"
#include "input/format.h"

int block_cutter_init(struct block_cutter *cutter, size_t size)
{
    memset(cutter, 0, sizeof *cutter);
    cutter->size = size;
    cutter->carry = malloc(size);
    return cutter->carry ? TP_OK : TP_ERR_NOMEM;
}

void block_cutter_release(struct block_cutter *cutter)
{
    if (cutter->state && cutter->format->cutter_release)
        cutter->format->cutter_release(cutter->state);
    free(cutter->state);
    free(cutter->carry);
    cutter->state = NULL;
    cutter->carry = NULL;
}

int block_init(struct block *block, size_t size)
{
    memset(block, 0, sizeof *block);
    block->size = size;
    block->bytes = malloc(size + BLOCK_PADDING);
    return block->bytes ? TP_OK : TP_ERR_NOMEM;
}

void block_release(struct block *block)
{
    free(block->bytes);
    block->bytes = NULL;
}

static int grow_to(char **bytes, size_t size)
{
    char *grown = realloc(*bytes, size);

    if (!grown)
        return TP_ERR_NOMEM;
    *bytes = grown;
    return TP_OK;
}

int block_cutter_grow(struct block_cutter *cutter, size_t size)
{
    if (size <= cutter->size)
        return TP_OK;
    if (grow_to(&cutter->carry, size) < 0)
        return TP_ERR_NOMEM;
    cutter->size = size;
    return TP_OK;
}

/* A packet may be larger than a block was meant to be. */
static int make_room(struct block_cutter *cutter, struct block *block, size_t needed)
{
    if (block_cutter_grow(cutter, needed) < 0)
        return TP_ERR_NOMEM;
    if (cutter->size > block->size) {
        if (grow_to(&block->bytes, cutter->size + BLOCK_PADDING) < 0)
            return TP_ERR_NOMEM;
        block->size = cutter->size;
    }
    return TP_OK;
}

/* The first bytes tell the format. */
static int choose_format(struct block_cutter *cutter, const char *bytes, size_t length)
{
    cutter->format = format_of(bytes, length);
    cutter->state = calloc(1, cutter->format->cutter_size);
    return cutter->state ? TP_OK : TP_ERR_NOMEM;
}

/* So many bytes tell every format; a pipe may hand out fewer. */
#define TELLING_BYTES 24

/* Reads once and asks the format where to cut. */
static int fill_once(struct block_cutter *cutter, struct source *source, struct block *block,
                     struct cut *cut, struct tp_error *error)
{
    size_t length = cutter->carried, passed;
    ssize_t got;

    memcpy(block->bytes, cutter->carry, length);
    got = source_read(source, block->bytes + length, cutter->size - length, error);
    if (got < 0)
        return (int)got;
    *cut =
        (struct cut){.bytes = block->bytes, .length = length + (size_t)got, .room = cutter->size};
    block->paused = source_paused(source);
    cut->at_end = cut->length < cut->room && !block->paused;
    if (!cutter->format && block->paused && cut->length < TELLING_BYTES) {
        cutter->carried = cut->length;
        memcpy(cutter->carry, block->bytes, cutter->carried);
        return TP_OK;
    }
    if (!cutter->format && choose_format(cutter, cut->bytes, cut->length) < 0)
        return tp_error_nomem(error);
    if (cutter->format->cut(cutter->state, cut) < 0)
        return tp_error_nomem(error);
    cutter->abandoned = cut->stop;
    cutter->stopped = cut->stop || (cut->at_end && cut->pass == 0 && !cut->again);
    passed = cut->pass + cut->take;
    cutter->carried = cutter->stopped ? 0 : cut->length - passed;
    memcpy(cutter->carry, block->bytes + passed, cutter->carried);
    return TP_OK;
}

ssize_t block_fill(struct block_cutter *cutter, struct source *source, struct block *block,
                   struct tp_error *error)
{
    struct cut cut = {0};
    int rc;

    block->length = 0;
    block->paused = false;
    do {
        if (cutter->stopped || (block->paused && cut.pass == 0))
            return 0;
        if (make_room(cutter, block, cut.need) < 0)
            return tp_error_nomem(error);
        rc = fill_once(cutter, source, block, &cut, error);
        if (rc < 0)
            return rc;
    } while (cut.take == 0);
    block->length = cut.take;
    block->place = cut.place;
    block->state = cutter->state;
    memset(block->bytes + cut.take, '\n', BLOCK_PADDING);
    return (ssize_t)cut.take;
}
