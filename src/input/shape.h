/* shape.h: lines that have the shape of one that was read before.
 *
 * The lines of one connection differ in a few digits: the time, the processor, sequence numbers,
 * what was measured. So a line that was read is remembered with the places of these digits. One
 * that has the same bytes everywhere else, and digits there, is a line with other numbers: all of
 * it is compared at once, its numbers are read where they stand, and the rest of the record is that
 * of the line before. What stands before the time (task, processor, flags) is remembered apart from
 * what follows, since any task may be on the processor. Everything else is read the general way.
 */
#ifndef TCPPROBE_INPUT_SHAPE_H
#define TCPPROBE_INPUT_SHAPE_H

#include "input/body.h"
#include "input/lanes.h"
#include "input/line.h"

#define SHAPES       32
#define SHAPE_PARTS  6 /* of the longest one */
#define PAIRS_MAX    16
#define PREFIXES     8
#define PREFIX_PARTS 1

/* A piece of a line; where the mask is 0 another one may have other bytes. */
struct shape_part {
    _Alignas(16) char text[64], mask[64];
};

/* A line up to its time. */
struct prefix {
    struct shape_part part[PREFIX_PARTS];
    struct number_pair cpu; /* twice */
    uint16_t length;
    uint16_t comm_at, comm_length;
    int32_t pid;
    uint64_t have; /* CPU, PID and COMM, as far as they are wanted */
};

/* A line from its time to the newline; all places count from there. */
struct shape {
    struct shape_part part[SHAPE_PARTS];
    struct tp_record record; /* of the line that it was learnt from */
    struct number_pair time; /* its seconds and its fraction, ... */
    uint32_t scale_ns;       /* ... of which one is so much */
    uint16_t length;         /* with the newline */
    uint8_t form;            /* enum line_form */
    bool has_more;           /* of the record than its usual members */
    uint8_t unread;
    uint8_t until[BODY_UNREAD]; /* the pairs of each kind of digits end before that one */
    struct number_pair pair[PAIRS_MAX];
    uint16_t unread_at[PAIRS_MAX];
};

/* By which a shape is found: where its connection's ports are. */
struct shape_head {
    uint64_t key[2];
    uint16_t at[2]; /* of the key, from the time */
    uint16_t length;
    uint8_t parts;
    uint8_t shape;
};

struct shapes {
    unsigned count;
    unsigned prefixes, last_prefix, next_prefix; /* in use, met last, to be replaced */
    unsigned misses;                             /* lately, less those that were met */
    unsigned passing;               /* lines that are not looked at, because so many were missed */
    struct shape_head head[SHAPES]; /* the one that was met last first */
    struct prefix prefix[PREFIXES];
    struct shape shape[SHAPES];
};

void shapes_init(struct shapes *shapes);

/* Reads the line at `at`, of a block that ends at `stop`, into the record. Returns its newline and
 * *form as in struct line; NULL if it has no shape that is known. */
const char *shapes_read(struct shapes *shapes, const char *at, const char *stop,
                        struct tp_record *record, enum line_form *form);

/* The line at `at`, of which shapes_read() does not know the shape, was read as this record: the
 * parser has just read its message. Always with the same parser and the same fields. */
void shapes_learn(struct shapes *shapes, const char *at, const struct line *line,
                  const struct body_parser *parser, const struct tp_record *record);

#endif
