/* format.h: what is particular to a kind of input: one descriptor each, listed in formats.c.
 *
 * A cutter sees the bytes of an input in their order and says where blocks end. What it learns on
 * the way (byte order, interfaces) is its state. Parsers turn blocks into records, several at a
 * time: they may look at the cutter's state only as far as it does not change once it was there.
 * What a parser learns only makes it faster. So no result depends on where blocks end or who parses
 * them.
 */
#ifndef TCPPROBE_INPUT_FORMAT_H
#define TCPPROBE_INPUT_FORMAT_H

#include <tcpprobe/input.h>

#include "input/batch.h"
#include "input/block.h"

/* One look at what was read of an input. */
struct cut {
    const char *bytes;
    size_t length;
    size_t room; /* bytes that a block holds: as long as length < room there is nothing more yet,
                    and the rest of what is cut off may still come */
    bool at_end; /* nothing follows */
    /* The answer. Where it passes, needs more room or stops, nothing has to be taken; where it does
     * none of these, this is not the end and there is no more room, something is. */
    size_t pass; /* bytes at the beginning that are of no use; take is 0 then, and the rest is
                    looked at again */
    size_t take; /* bytes at the beginning that are whole lines or packets */
    size_t need; /* a block must hold so much to hold what stands at the beginning */
    bool again;  /* what follows what was taken is to be looked at, even at the end */
    bool stop;   /* what follows what was taken cannot be read */
    struct block_place place; /* of the beginning */
};

/* What only the stream and its options know. */
struct parser_options {
    uint64_t fields;
    uint32_t timeline;
    uint8_t input;
    int64_t shift_ns; /* is added to times */
    bool outer;       /* these as in struct tp_stream_options */
    const struct tp_decode_as *decode_as;
    unsigned decode_as_count;
    bool (*frame)(void *context, uint32_t linktype, const uint8_t *bytes, uint32_t captured,
                  uint32_t wire_len);
    void *frame_context;
    void (*keep)(void *context, const struct tp_frame *frame);
    void *keep_context;
};

/* Those that the options say, for a look that hands out no frames. */
struct parser_options parser_options_of(const struct tp_stream_options *options, uint64_t fields);

struct format {
    const char *name;                                 /* NULL where the first events tell */
    bool (*begins)(const char *bytes, size_t length); /* is it one? */

    size_t cutter_size;                        /* of its state, which starts as zeroes */
    int (*cut)(void *cutter, struct cut *cut); /* 0 or TP_ERR_NOMEM */
    void (*cutter_release)(void *cutter);      /* may be NULL */

    /* Looks at the first block (length 0: there is none): fills format, clock, wall offset,
     * has_time, first_ns and warning of info, or refuses what is not such an input after all
     * (TP_ERR_FORMAT) and says what it is where that can be told. */
    int (*look)(const struct format *format, const void *cutter, const struct block *first,
                struct tp_input_info *info, struct tp_error *error);
    /* All was read: fills what only the cutter knows, and appends to warning. */
    void (*finish)(const void *cutter, struct tp_input_info *info);

    size_t parser_size;
    void (*parser_init)(void *parser, const struct parser_options *options);
    int (*parse)(void *parser, const struct block *block, struct batch *batch); /* as cut() */
};

/* The format of an input that begins like this. */
const struct format *format_of(const char *bytes, size_t length);

/* Appends a sentence to info->warning. */
void format_warn(struct tp_input_info *info, const char *sentence);

/* Sets has_time and first_ns by the first record of the first block. */
void format_set_first_time(const struct batch *batch, struct tp_input_info *info);

extern const struct format format_text, format_pcap, format_pcapng, format_snoop, format_erf;

#endif
