/* record.c: the tables behind record.h: names of fields, kinds and states, and their texts. */
#include <string.h>

#include <tcpprobe/record.h>

#include "base/put.h"

/* The sets that hold their bits. */
_Static_assert(TP_FIELD_COUNT <= 64, "TP_BIT: struct tp_record has 64 bits for fields");
_Static_assert(sizeof(struct tp_record) <= 232, "records are copied and sorted by the million");
_Static_assert(TP_KIND_COUNT <= 32,
               "struct tp_input_info has 32 bits for kinds that were recorded");

#define SIGNED(type) _Generic((type *)0, int32_t * : true, int64_t * : true, default : false)

const struct tp_field_info tp_fields[TP_FIELD_COUNT] = {
#define ROW(ID, member, type, fmt, unit_, help_)                                                   \
    [TP_FIELD_##ID] = {.name = #member,                                                            \
                       .unit = unit_,                                                              \
                       .help = help_,                                                              \
                       .format = TP_FORMAT_##fmt,                                                  \
                       .offset = offsetof(struct tp_record, member),                               \
                       .size = sizeof(type),                                                       \
                       .is_signed = SIGNED(type)},
    TP_FIELDS(ROW)
#undef ROW
};

static const char *const kind_names[TP_KIND_COUNT] = {
#define ROW(ID, name, help) [TP_KIND_##ID] = name,
    TP_KINDS(ROW)
#undef ROW
};

/* include/net/tcp_states.h; 4.19's TCP_NEW_SYN_RECV is the last, 6.8 added TCP_BOUND_INACTIVE. */
static const char *const tcp_state_names[] = {NULL,
                                              "TCP_ESTABLISHED",
                                              "TCP_SYN_SENT",
                                              "TCP_SYN_RECV",
                                              "TCP_FIN_WAIT1",
                                              "TCP_FIN_WAIT2",
                                              "TCP_TIME_WAIT",
                                              "TCP_CLOSE",
                                              "TCP_CLOSE_WAIT",
                                              "TCP_LAST_ACK",
                                              "TCP_LISTEN",
                                              "TCP_CLOSING",
                                              "TCP_NEW_SYN_RECV",
                                              "TCP_BOUND_INACTIVE"};

static const char *const cong_state_names[TP_CONG_STATES] = {"Open", "Disorder", "CWR", "Recovery",
                                                             "Loss"};

/* By bit. */
static const char *const flag_names[] = {"FIN", "SYN", "RST", "PSH", "ACK",
                                         "URG", "ECE", "CWR", "AE"};
static const char *const option_names[] = {"MSS",   "WSCALE", "SACK_OK", "SACK",        "TS",
                                           "TFO",   "MPTCP",  "MD5",     "AO",          "ACCECN",
                                           "OTHER", "BAD",    "CUT",     "MPTCP_SIGNAL"};
static const char *const oddity_names[] = {"OUTGOING", "TUNNEL", "FRAGMENT", "NO_LENGTH",  "CUT",
                                           "VLAN",     "LATE",   "STEP",     "STEP_UNSURE"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define FIELD_MOST 256 /* bytes of all names of bits, or of TP_SACK_BLOCKS blocks */

static int find_name(const char *const *names, size_t count, const char *name, size_t length)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (names[i] && strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return (int)i;
    return -1;
}

int tp_field_find(const char *name, size_t length)
{
    size_t i;

    for (i = 0; i < TP_FIELD_COUNT; i++)
        if (strlen(tp_fields[i].name) == length && memcmp(tp_fields[i].name, name, length) == 0)
            return (int)i;
    return -1;
}

const char *tp_kind_name(enum tp_kind kind)
{
    return kind < TP_KIND_COUNT ? kind_names[kind] : NULL;
}

int tp_kind_find(const char *name, size_t length)
{
    return find_name(kind_names, TP_KIND_COUNT, name, length);
}

const char *tp_tcp_state_name(unsigned state)
{
    return state < COUNT(tcp_state_names) ? tcp_state_names[state] : NULL;
}

int tp_tcp_state_find(const char *name, size_t length)
{
    return find_name(tcp_state_names, COUNT(tcp_state_names), name, length);
}

const char *tp_cong_state_name(unsigned state)
{
    return state < TP_CONG_STATES ? cong_state_names[state] : NULL;
}

int64_t tp_record_number(const struct tp_record *record, enum tp_field field)
{
    const struct tp_field_info *info = &tp_fields[field];
    const char *at = (const char *)record + info->offset;
    uint64_t u64;
    uint32_t u32;
    uint16_t u16;

    switch (info->size) {
    case 1:
        return *(const uint8_t *)at;
    case 2:
        memcpy(&u16, at, sizeof u16);
        return u16;
    case 4:
        memcpy(&u32, at, sizeof u32);
        return info->is_signed ? (int64_t)(int32_t)u32 : (int64_t)u32;
    default:
        memcpy(&u64, at, sizeof u64);
        return (int64_t)u64;
    }
}

static size_t escaped_text(const struct tp_text *text, char *buf, size_t size)
{
    static const char hex[] = "0123456789abcdef";
    size_t i, n = 0;

    for (i = 0; i < text->length && n + 5 <= size; i++) {
        unsigned char c = (unsigned char)text->bytes[i];

        if (c >= 0x20 && c < 0x7f && c != '\\') {
            buf[n++] = (char)c;
        } else {
            buf[n++] = '\\';
            buf[n++] = 'x';
            buf[n++] = hex[c >> 4];
            buf[n++] = hex[c & 15];
        }
    }
    if (size)
        buf[n] = '\0';
    return n;
}

const char *tp_field_bit_name(enum tp_field field, unsigned bit)
{
    switch (tp_fields[field].format) {
    case TP_FORMAT_FLAGS:
        return bit < COUNT(flag_names) ? flag_names[bit] : NULL;
    case TP_FORMAT_OPTIONS:
        return bit < COUNT(option_names) ? option_names[bit] : NULL;
    case TP_FORMAT_ODDITIES:
        return bit < COUNT(oddity_names) ? oddity_names[bit] : NULL;
    default:
        return NULL;
    }
}

/* Names of the bits that are set, joined by "|"; of those without a name the number. "0": none. */
static char *put_bits(char *at, uint64_t value, enum tp_field field)
{
    const char *begin = at, *name;

    for (value &= 0xffff; value; value &= value - 1) {
        unsigned bit = (unsigned)__builtin_ctzll(value);

        if (at > begin)
            *at++ = '|';
        name = tp_field_bit_name(field, bit);
        at = name ? put_text(at, name) : put_hex(put_text(at, "0x"), UINT64_C(1) << bit);
    }
    return at > begin ? at : put_text(at, "0");
}

/* "begin-end,begin-end", raw numbers. */
static char *put_sack(char *at, const struct tp_sack *sack)
{
    for (uint32_t i = 0; i < sack->count && i < TP_SACK_BLOCKS; i++) {
        if (i)
            *at++ = ',';
        at = put_unsigned(at, sack->edge[i][0]);
        *at++ = '-';
        at = put_unsigned(at, sack->edge[i][1]);
    }
    return at;
}

static char *put_number(char *at, const struct tp_record *record, enum tp_field field)
{
    const struct tp_field_info *info = &tp_fields[field];
    int64_t value = tp_record_number(record, field);
    const char *name;

    switch (info->format) {
    case TP_FORMAT_FLAGS:
    case TP_FORMAT_OPTIONS:
    case TP_FORMAT_ODDITIES:
        return put_bits(at, (uint64_t)value, field);
    case TP_FORMAT_HEX:
        return put_hex(put_text(at, "0x"), (uint64_t)value);
    case TP_FORMAT_COOKIE:
        return put_hex(at, (uint64_t)value);
    case TP_FORMAT_POINTER:
        return put_hex_padded(at, (uint64_t)value, 16);
    case TP_FORMAT_TCP_STATE:
        name = tp_tcp_state_name((unsigned)value);
        return name ? put_text(at, name) : put_signed(at, value);
    default:
        return info->is_signed ? put_signed(at, value) : put_unsigned(at, (uint64_t)value);
    }
}

size_t tp_record_text(const struct tp_record *record, enum tp_field field, char *buf, size_t size)
{
    const struct tp_field_info *info = &tp_fields[field];
    char text[FIELD_MOST];

    if (size)
        buf[0] = '\0';
    if (!(record->have & (UINT64_C(1) << field)))
        return 0;
    if (info->format == TP_FORMAT_TEXT)
        return escaped_text((const struct tp_text *)((const char *)record + info->offset), buf,
                            size);
    if (info->format == TP_FORMAT_SACK)
        return put_fitted(buf, size, text, put_sack(text, &record->sack));
    return put_fitted(buf, size, text, put_number(text, record, field));
}
