/* body.c: key=value messages, by remembered layout or word by word. */
#include <string.h>

#include <tcpprobe/socket.h>

#include "input/body.h"
#include "input/events.h"
#include "input/scan.h"
#include "input/words.h"

/* These come from the prefix of a line or from a marker, never from a message. */
#define NOT_IN_MESSAGES (TP_BIT(CPU) | TP_BIT(PID) | TP_BIT(COMM) | TP_BIT(LOST))

enum field_reader {
    READ_NOTHING, /* an unknown or unwanted word */
    READ_U32,
    READ_I32,
    READ_U8,
    READ_HEX32,
    READ_HEX64,
    READ_TCP_STATE,
    READ_PROTOCOL,
    READ_TEXT,
    READ_ADDRESSES
};

void body_parser_init(struct body_parser *parser, uint64_t fields, uint32_t timeline)
{
    memset(parser, 0, sizeof *parser);
    parser->fields = (fields ? fields : UINT64_MAX) & ~NOT_IN_MESSAGES;
    address_cache_init(&parser->addresses, timeline);
}

#define STORE(type, value)                                                                         \
    do {                                                                                           \
        type stored = (type)(value);                                                               \
        memcpy(to, &stored, sizeof stored);                                                        \
    } while (0)

static const char *read_name(enum field_reader reader, const char *at, const char *end, void *to)
{
    const char *stop = short_word_end(at, end);
    size_t length = (size_t)(stop - at);
    struct tp_text text = {at, (uint32_t)length};
    uint32_t number = 0;
    int found;

    if (reader == READ_TEXT) {
        memcpy(to, &text, sizeof text);
        return stop;
    }
    if (reader == READ_PROTOCOL) {
        found = event_protocol(at, length);
        STORE(uint16_t, found);
        return found < 0 ? NULL : stop;
    }
    found = tp_tcp_state_find(at, length);
    if (found < 0) { /* a state that this kernel has no name for is printed as a number */
        if (scan_u32(at, &number) != stop || number > UINT8_MAX)
            return NULL;
        found = (int)number;
    }
    STORE(uint8_t, found);
    return stop;
}

/* The value at `at` into the record's member `to`; returns what follows it, NULL if it is not
 * such a value. */
static inline __attribute__((always_inline)) const char *
read_value(enum field_reader reader, const char *at, const char *end, char *to)
{
    uint64_t u64 = 0;
    uint32_t u32 = 0;
    int32_t i32 = 0;

    switch (reader) {
    case READ_U32:
        at = scan_u32(at, &u32);
        STORE(uint32_t, u32);
        return at;
    case READ_HEX32:
        at = scan_hex(at, &u64);
        STORE(uint32_t, u64);
        return u64 >> 32 ? NULL : at;
    case READ_HEX64:
        at = scan_hex(at, &u64);
        STORE(uint64_t, u64);
        return at;
    case READ_U8:
        at = scan_u32(at, &u32);
        STORE(uint8_t, u32);
        return u32 > UINT8_MAX ? NULL : at;
    case READ_I32:
        at = scan_i32(at, &i32);
        STORE(int32_t, i32);
        return at;
    case READ_NOTHING:
        return short_word_end(at, end);
    default:
        return read_name(reader, at, end, to);
    }
}

/* --- by layout ---------------------------------------------------------------------------- */

static inline bool key_matches(const struct body_slot *slot, const char *at)
{
    if ((scan_load8(at) ^ slot->key[0]) & slot->mask[0])
        return false;
    return slot->key_length <= 8 || ((scan_load8(at + 8) ^ slot->key[1]) & slot->mask[1]) == 0;
}

static bool read_by_layout(struct body_parser *parser, const struct body_layout *layout,
                           const char *at, const char *end, struct tp_record *record)
{
    const struct body_slot *slot = layout->slots, *stop = slot + layout->count;

    for (;;) {
        if (slot->reader == READ_ADDRESSES) {
            at = address_read(&parser->addresses, at, end, slot->words, record);
        } else {
            if (!key_matches(slot, at))
                return false;
            at = read_value((enum field_reader)slot->reader, at + slot->key_length, end,
                            (char *)record + slot->offset);
        }
        if (!at || ++slot == stop)
            break;
        if (*at++ != ' ') /* neither is what ends the line: no value reaches beyond it */
            return false;
    }
    record->have |= layout->have;
    return at == end;
}

/* --- word by word ------------------------------------------------------------------------- */

static enum field_reader reader_of_field(const struct tp_field_info *info)
{
    switch (info->format) {
    case TP_FORMAT_HEX:
        return READ_HEX32;
    case TP_FORMAT_COOKIE:
    case TP_FORMAT_POINTER:
        return READ_HEX64;
    case TP_FORMAT_TCP_STATE:
        return READ_TCP_STATE;
    case TP_FORMAT_CONG_STATE:
        return READ_U8;
    case TP_FORMAT_TEXT:
        return READ_TEXT;
    default:
        return info->size == 2 ? READ_PROTOCOL : info->is_signed ? READ_I32 : READ_U32;
    }
}

static void slot_learn_key(struct body_slot *slot, const char *at, size_t length)
{
    char key[16] = {0}, mask[16] = {0};

    memcpy(key, at, length);
    memset(mask, 0xff, length);
    slot->key_length = (uint8_t)length;
    slot->key[0] = scan_load8(key);
    slot->key[1] = scan_load8(key + 8);
    slot->mask[0] = scan_load8(mask);
    slot->mask[1] = scan_load8(mask + 8);
}

/* Which words of the message are one run of address words, and how many? */
static unsigned count_address_words(const char *at, const char *end)
{
    const char *stop, *equals;
    unsigned words = 0;

    while (at < end) {
        stop = word_end(at, end);
        equals = memchr(at, '=', (size_t)(stop - at));
        if (!equals || !address_is_key(at, (size_t)(equals - at)))
            break;
        words++;
        at = skip_blanks(stop, end);
    }
    return words;
}

/* What printers write where there is no value: __print_symbolic() of a reset without a socket, and
 * pointers of the C library. */
static bool is_no_value(const char *at, size_t length)
{
    static const char *const nothing[] = {"UNKNOWN", "(nil)", "(null)"};
    size_t i;

    for (i = 0; i < sizeof nothing / sizeof *nothing; i++)
        if (strlen(nothing[i]) == length && memcmp(nothing[i], at, length) == 0)
            return true;
    return false;
}

/* One word (or group of address words) at `at`: fills the record and describes itself in slot. */
static const char *read_word(struct body_parser *parser, const char *at, const char *end,
                             struct tp_record *record, struct body_slot *slot, uint64_t *bit)
{
    const char *stop = word_end(at, end), *equals = memchr(at, '=', (size_t)(stop - at));
    const struct tp_field_info *info;
    int field;

    memset(slot, 0, sizeof *slot);
    *bit = 0;
    if (!equals)
        return NULL;
    slot->words = (uint8_t)count_address_words(at, end);
    if (slot->words) {
        slot->reader = READ_ADDRESSES;
        return address_read(&parser->addresses, at, end, slot->words, record);
    }
    if (is_no_value(equals + 1, (size_t)(stop - equals - 1)))
        return stop; /* no key learnt: the next message may have a value */
    if (equals - at + 1 <= 16)
        slot_learn_key(slot, at, (size_t)(equals - at) + 1);
    field = tp_field_find(at, (size_t)(equals - at));
    if (field < 0 || !(parser->fields & (UINT64_C(1) << field)))
        return stop;
    info = &tp_fields[field];
    slot->reader = (uint8_t)reader_of_field(info);
    slot->offset = info->offset;
    *bit = UINT64_C(1) << field;
    return read_value((enum field_reader)slot->reader, equals + 1, end,
                      (char *)record + info->offset);
}

static bool read_word_by_word(struct body_parser *parser, struct body_layout *layout,
                              const char *at, const char *end, struct tp_record *record,
                              const char **bad)
{
    struct body_slot slot;
    uint64_t bit, have = 0;
    unsigned count = 0;
    bool usable = true;
    const char *next;

    while (at < end) {
        *bad = at;
        next = read_word(parser, at, end, record, &slot, &bit);
        if (!next || next > end || (next < end && !is_blank(*next)))
            return false;
        have |= bit;
        if (count < BODY_SLOTS_MAX)
            layout->slots[count++] = slot;
        else
            usable = false;
        at = skip_blanks(next, end);
        /* More than a space, or a key too long for a slot: readable, but nothing to expect again.
         */
        usable = usable && (slot.words || slot.key_length) &&
                 (at == end || (at == next + 1 && *next == ' '));
    }
    record->have |= have;
    layout->count = usable ? count : 0;
    layout->have = have;
    return true;
}

static bool read_fields(struct body_parser *parser, const char *at, const char *end,
                        struct tp_record *record, const char **bad)
{
    struct body_layout *layout = &parser->layouts[record->kind];
    uint64_t have = record->have;

    record->has_key = false;
    if (layout->count && read_by_layout(parser, layout, at, end, record))
        return true;
    record->have = have;
    record->has_key = false;
    layout->count = 0;
    at = skip_blanks(at, end);
    while (end > at && (is_blank(end[-1]) || end[-1] == '\r'))
        end--;
    return at < end && read_word_by_word(parser, layout, at, end, record, bad);
}

/* Where the words of such an event begin; NULL if what stands before them is not there. */
static const char *find_words(const char *after, const char *at, const char *end)
{
    const char *word;

    if (!*after)
        return at;
    word = memmem(at, (size_t)(end - at), after, strlen(after));
    return word ? word_end(word, end) : NULL;
}

bool body_read(struct body_parser *parser, const char *at, const char *end,
               struct tp_record *record, const char **bad)
{
    const char *after = event_words_after[record->kind], *words;

    if (!after)
        return read_fields(parser, at, end, record, bad);
    record->has_key = false;
    at = skip_blanks(at, end);
    words = find_words(after, at, end);
    if (!words || (words > at && !read_fields(parser, at, words, record, bad)))
        return false;
    words = skip_blanks(words, end);
    while (end > words && (is_blank(end[-1]) || end[-1] == '\r'))
        end--;
    record->words = (struct tp_text){words, (uint32_t)(end - words)};
    record->have |= TP_BIT(WORDS) & parser->fields;
    return tp_socket_check_words(words, (size_t)(end - words), bad);
}

/* --- where values stand ------------------------------------------------------------------- */

/* Of a value that has some other form all bytes must stay as they are. */
static void add_value(struct body_values *values, const struct body_slot *slot, const char *message,
                      const char *at, const char *end)
{
    size_t length = (size_t)(end - at);
    struct body_value value = {BODY_DIGITS, 0, 0, slot->offset};

    if (slot->reader == READ_U32 && length <= 8)
        value.digits = BODY_DECIMAL;
    if (slot->reader == READ_HEX32) {
        at += length > 2 && at[0] == '0' && at[1] == 'x' ? 2 : 0;
        length = (size_t)(end - at);
        if (length <= 8)
            value.digits = BODY_HEX;
    }
    if (length == 16 && slot->reader == READ_HEX64)
        value.digits = BODY_WIDE;
    if (length == 16 && slot->reader == READ_NOTHING)
        value.digits = BODY_UNREAD;
    if (value.digits == BODY_DIGITS)
        return;
    value.length = (uint8_t)length;
    value.at = (uint16_t)(at - message);
    values->value[values->count++] = value;
}

static const char *find_group(struct body_values *values, const struct body_slot *slot,
                              const char *message, const char *at, const char *end)
{
    const char *stop = word_end(at, end);
    unsigned words = slot->words;

    values->first_end = (uint16_t)(stop - message);
    while (--words && stop < end)
        stop = word_end(stop + 1, end);
    values->group_end = (uint16_t)(stop - message);
    return words ? NULL : stop;
}

bool body_find_values(const struct body_parser *parser, enum tp_kind kind, const char *at,
                      const char *end, struct body_values *values)
{
    const struct body_layout *layout = &parser->layouts[kind];
    const struct body_slot *slot;
    const char *message = at, *stop = at;

    values->count = 0;
    values->first_end = values->group_end = 0;
    if (!layout->count || event_words_after[kind] || end - at > UINT16_MAX)
        return false;
    for (slot = layout->slots; slot < layout->slots + layout->count; slot++, at = stop + 1) {
        if (at >= end)
            return false;
        if (slot->reader == READ_ADDRESSES) {
            stop = find_group(values, slot, message, at, end);
            if (!stop)
                return false;
            continue;
        }
        stop = word_end(at, end);
        if (!key_matches(slot, at) || slot->reader == READ_TEXT)
            return false;
        add_value(values, slot, message, at + slot->key_length, stop);
    }
    return stop == end && values->first_end;
}
