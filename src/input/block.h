/* block.h: cuts the bytes of a source into blocks of whole lines or whole packets, as their format
 * says. */
#ifndef TCPPROBE_INPUT_BLOCK_H
#define TCPPROBE_INPUT_BLOCK_H

#include "input/source.h"

/* Readable bytes that follow those of a block (scan.h and body.h load ahead). */
#define BLOCK_PADDING 64

/* What a parser of packets must know of what stands before its block; nothing for text. */
struct block_place {
    uint64_t packets;    /* before the block */
    bool has_time;       /* one of them had a time, ... */
    int64_t ts_ns;       /* ... the last one this */
    bool swapped;        /* numbers are not in this machine's byte order */
    uint8_t header;      /* pcap: bytes before a packet */
    uint8_t lengths;     /* pcap: how the two lengths in them are meant */
    uint32_t section;    /* interfaces of the sections (pcapng) or captures before this one */
    uint32_t interfaces; /* pcapng: declared in this section before the block */
};

struct block {
    char *bytes; /* `size` of them and BLOCK_PADDING more */
    size_t size;
    size_t length; /* in use */
    bool paused;   /* what follows did not come in time */
    struct block_place place;
    const void *state; /* of the format's cutter, see format.h */
};

struct format;

struct block_cutter {
    const struct format *format; /* known once the first block was read */
    void *state;                 /* the format's */
    size_t size;                 /* bytes of a block; grows for a packet that is larger */
    char *carry;                 /* size bytes: what is left of the last block */
    size_t carried;
    bool stopped;   /* what follows is not read ... */
    bool abandoned; /* ... though there may be more: the format cannot go on */
};

int block_cutter_init(struct block_cutter *cutter, size_t size);
int block_cutter_grow(struct block_cutter *cutter, size_t size); /* from the next block on */
void block_cutter_release(struct block_cutter *cutter);

int block_init(struct block *block, size_t size);
void block_release(struct block *block);

/* Fills the block with whole lines or packets; returns how many bytes, 0 at the end or where none
 * came in time (block->paused), negative on error. A line longer than a block is handed out as its
 * first bytes. */
ssize_t block_fill(struct block_cutter *cutter, struct source *source, struct block *block,
                   struct tp_error *error);

#endif
