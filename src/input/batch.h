/* batch.h: what one block of an input gave. Numbers are added up by the reader. */
#ifndef TCPPROBE_INPUT_BATCH_H
#define TCPPROBE_INPUT_BATCH_H

#include <tcpprobe/input.h>

#include "input/header.h"

struct packet_fragment;
#define BATCH_STARTS_MAX 16

/* A comment of a log that begins a recording, or says how its clock differs from the wall clock's. */
struct batch_start {
    size_t at; /* stands before the record of that number */
    bool has_offset;
    int64_t offset_ns;
};

struct batch {
    struct tp_record *records; /* their texts point into the block */
    size_t count, allocated;
    struct packet_fragment *parts; /* of IP packets, which no record tells of yet; see fragments.h.
                                      They point into the block too */
    size_t part_count, parts_allocated;
    const char *format; /* of the first event, NULL if there is none */
    bool ticks;         /* times are a counter */
    bool sampled;       /* the first event stands for several */
    uint64_t lines;     /* of a capture, packets */
    uint64_t malformed;
    uint64_t malformed_line;   /* of the first one, 1-based within the block */
    unsigned malformed_column; /* 0: none */
    char malformed_text[160];  /* the sentence about it */
    bool hinted;               /* it says how such a line comes about */
    uint64_t other_total, opaque_total;
    struct tp_other_event other[TP_OTHER_EVENTS_MAX];
    unsigned others;
    struct header_count headers;
    struct batch_start start[BATCH_STARTS_MAX]; /* further ones are not kept */
    unsigned starts;
    uint64_t packets_dropped; /* as a log says of the capture beside it */
    /* Of a capture, see struct tp_input_info. */
    uint64_t cut, headers_cut, filtered, fragments, tunnelled, no_length;
};

void batch_clear(struct batch *batch); /* keeps the array for the next block */
void batch_release(struct batch *batch);

/* Room for one more record, which batch->count++ makes part of the batch; NULL if out of memory. */
struct tp_record *batch_next(struct batch *batch);

struct packet_fragment *batch_next_fragment(struct batch *batch); /* part of it at once; or NULL */

/* The line or packet that batch->lines counted last is malformed: only the first sentence is kept.
 * True if it is that one, for who has more to say about it. */
bool batch_malformed(struct batch *batch);

void batch_count_other(struct batch *batch, const char *name, size_t length);
/* The same of a packet that could not be looked into. */
void batch_count_opaque(struct batch *batch, const char *name);

#endif
