/* frames.h: what the formats of packet captures share: numbers of either byte order, the account
 * of a cutter, and frames that become records. */
#ifndef TCPPROBE_INPUT_FRAMES_H
#define TCPPROBE_INPUT_FRAMES_H

#include <string.h>

#include "input/format.h"
#include "input/interfaces.h"
#include "input/packet.h"

/* What a capture holds of one packet at most (libpcap's MAXIMUM_SNAPLEN): a larger length is
 * damage. */
#define CAPTURED_MAX (256 * 1024)

static inline uint16_t get16(const char *at, bool swapped)
{
    uint16_t number;

    memcpy(&number, at, sizeof number);
    return swapped ? __builtin_bswap16(number) : number;
}

static inline uint32_t get32(const char *at, bool swapped)
{
    uint32_t number;

    memcpy(&number, at, sizeof number);
    return swapped ? __builtin_bswap32(number) : number;
}

static inline uint64_t get64(const char *at, bool swapped)
{
    uint64_t number;

    memcpy(&number, at, sizeof number);
    return swapped ? __builtin_bswap64(number) : number;
}

/* The beginning of a cutter's state. Parsers may look at the interfaces that the place of their
 * block counts, and at those that were added since. */
struct capture_cutter {
    struct interfaces interfaces;
    struct block_place place; /* behind what was taken */
    uint64_t untimed;         /* packets that have no time of their own */
    bool cut_off;             /* the end of the last packet is missing; it was left out */
    char refused[96];         /* why it is none of ours after all; "" if it is */
    char damage[96];          /* why what follows was not read; "" if all is well */
};

/* It is none of ours after all. */
void capture_refused(struct capture_cutter *cutter, struct cut *cut, const char *why);

/* What stands at the cut cannot be: nothing behind it is read. */
void capture_damaged(struct capture_cutter *cutter, struct cut *cut, const char *what);

/* For struct format. */
void capture_release(void *cutter);
int capture_look(const struct format *format, const void *cutter, const struct block *first,
                 struct tp_input_info *info, struct tp_error *error);
void capture_finish(const void *cutter, struct tp_input_info *info);

struct capture_parser {
    struct parser_options options;
    struct packet_options packet;
};

struct packet_options capture_packet_options(const struct parser_options *options);

/* Adds to the batch what is said of a packet that is no record: result is none of PACKET_TCP and
 * PACKET_FRAGMENT. */
void capture_count(struct batch *batch, enum packet_result result, const char *text);
/* Counts what is unusual about a record that becomes part of the batch. */
void capture_count_oddities(const struct tp_record *record, struct batch *batch);

void capture_parser_init(void *parser, const struct parser_options *options);

/* Adds what the frame says to the batch; frame->number is set here. has_time: frame->ts_ns is
 * valid. Returns 0 or TP_ERR_NOMEM. */
int capture_add(const struct capture_parser *parser, const struct block *block,
                struct packet_frame *frame, bool has_time, struct batch *batch);

/* The same for a packet of which no frame can be had. */
void capture_add_malformed(struct batch *batch, const char *why);

#endif
