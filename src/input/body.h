/* body.h: the message of an event, "key=value key=value ...", into a record.
 *
 * Keys may come in any order and unknown ones are passed over. Because a kernel always prints the
 * same keys in the same order, the layout of the last message of each kind is remembered, and the
 * next message is first tried against it: key by key with one comparison each. Whatever does not
 * fit is read the general way, which also learns the new layout.
 */
#ifndef TCPPROBE_INPUT_BODY_H
#define TCPPROBE_INPUT_BODY_H

#include "input/address.h"

#define BODY_SLOTS_MAX 28

/* One word of the message: what its key looks like and where its value goes. */
struct body_slot {
    uint64_t key[2], mask[2]; /* "snd_nxt=" as two times eight characters */
    uint8_t key_length;       /* with '=' */
    uint8_t reader;           /* enum in body.c */
    uint8_t words;            /* of an address group */
    uint16_t offset;          /* of the member in struct tp_record */
};

struct body_layout {
    unsigned count; /* 0: nothing learnt yet */
    uint64_t have;  /* what a message of this layout fills in */
    struct body_slot slots[BODY_SLOTS_MAX];
};

struct body_parser {
    uint64_t fields; /* TP_BIT()s that are wanted */
    struct body_layout layouts[TP_KIND_COUNT];
    struct address_cache addresses;
};

/* How a value that differs from line to line is read again where it stood in the line before. */
enum body_digits {
    BODY_DECIMAL, /* up to 8 digits, into 32 bits */
    BODY_HEX,     /* up to 8 digits, without 0x, into 32 bits */
    BODY_WIDE,    /* 16 such digits, into 64 bits */
    BODY_UNREAD,  /* 16 characters that nobody wants */
    BODY_DIGITS
};

struct body_value {
    uint8_t digits; /* enum body_digits */
    uint8_t length;
    uint16_t at;     /* in the message */
    uint16_t offset; /* of the member in struct tp_record */
};

struct body_values {
    unsigned count;
    struct body_value value[BODY_SLOTS_MAX];
    uint16_t first_end, group_end; /* of the first and of the last word of the addresses */
};

void body_parser_init(struct body_parser *parser, uint64_t fields, uint32_t timeline);

/* Reads the message [at, end) of an event of record->kind: sets has_key, the key, the members and
 * their bits in have (which must hold only bits of what the line's prefix said). On failure
 * returns false, and *bad points to the word that could not be read, if there is any. */
bool body_read(struct body_parser *parser, const char *at, const char *end,
               struct tp_record *record, const char **bad);

/* Where the values stand in the message [at, end) of that kind, which body_read() has just read:
 * a message that has other digits there, and else the same bytes, differs in these values only.
 * False where that cannot be told. */
bool body_find_values(const struct body_parser *parser, enum tp_kind kind, const char *at,
                      const char *end, struct body_values *values);

#endif
