/* expression_maker.h: random expressions of the filter language, for tests of its lowering. */
#ifndef TCPPROBE_TESTS_EXPRESSION_MAKER_H
#define TCPPROBE_TESTS_EXPRESSION_MAKER_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include <tcpprobe/record.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* What expressions and events have in common, so that they meet. */
static const char *const maker_addresses[] = {"127.0.0.1", "127.0.0.2", "127.0.0.6", "10.0.0.1",
                                              "0.0.0.0",   "::1",       "fd00::1",   "::"};
static const char *const maker_nets[] = {"127.0.0.0/8", "10.0.0.0/8", "0.0.0.0/0",
                                         "fd00::/16",   "::/0",       "::1/128"};
static const uint16_t maker_ports[] = {0, 80, 1023, 1024, 5201, 40000, 50000, 65535};
static const uint64_t maker_numbers[] = {
    0, 1, 2, 7, 8, 10, 0x7fffffff, 65535, 65536, 0x80000000, 0xffffffff, UINT64_MAX};

struct expression_maker {
    uint64_t random;
    char text[4096];
    size_t length;
    unsigned terms; /* that may still be written */
    bool no_comm;   /* whose value is the one when the line was printed */
};

/* xorshift64*: the same sequence on every machine. */
static inline unsigned maker_pick(struct expression_maker *maker, unsigned below)
{
    maker->random ^= maker->random >> 12;
    maker->random ^= maker->random << 25;
    maker->random ^= maker->random >> 27;
    return (unsigned)((maker->random * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % below;
}

#define MAKER_ONE_OF(maker, array) ((array)[maker_pick(maker, COUNT(array))])

__attribute__((format(printf, 2, 3))) static inline void maker_put(struct expression_maker *maker,
                                                                   const char *format, ...)
{
    size_t room = sizeof maker->text - maker->length;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(maker->text + maker->length, room, format, args);
    va_end(args);
    if (n > 0)
        maker->length += (size_t)n < room ? (size_t)n : room - 1;
}

static inline const char *maker_op(struct expression_maker *maker, unsigned count)
{
    static const char *const ops[] = {"==", "!=", "<", "<=", ">", ">=", "&"};

    return ops[maker_pick(maker, count)];
}

static inline void maker_number(struct expression_maker *maker)
{
    static const enum tp_field fields[] = {
        TP_FIELD_SND_CWND, TP_FIELD_SRTT,     TP_FIELD_MARK,        TP_FIELD_DATA_LEN,
        TP_FIELD_LENGTH,   TP_FIELD_SND_NXT,  TP_FIELD_SOCK_COOKIE, TP_FIELD_STATE,
        TP_FIELD_OLDSTATE, TP_FIELD_NEWSTATE, TP_FIELD_CONG_STATE,  TP_FIELD_PROTOCOL,
        TP_FIELD_ERR,      TP_FIELD_PID,      TP_FIELD_CPU,         TP_FIELD_TIME,
        TP_FIELD_COPIED,   TP_FIELD_LOST,     TP_FIELD_SKADDR,      TP_FIELD_SCALING_RATIO,
        TP_FIELD_NEWSTATE, TP_FIELD_ERR,      TP_FIELD_PAYLOAD,     TP_FIELD_WINDOW,
        TP_FIELD_FLAGS};
    const struct tp_field_info *info = &tp_fields[MAKER_ONE_OF(maker, fields)];
    uint64_t value = MAKER_ONE_OF(maker, maker_numbers) & UINT64_MAX >> (64 - info->size * 8);

    maker_put(maker, "%s %s ", info->name, maker_op(maker, 7));
    if (info->is_signed)
        maker_put(maker, "%" PRId32, (int32_t)value);
    else
        maker_put(maker, maker_pick(maker, 2) ? "%" PRIu64 : "0x%" PRIx64, value);
}

static inline void maker_port(struct expression_maker *maker)
{
    static const char *const ends[] = {"", "src ", "dst "};

    if (maker_pick(maker, 2))
        maker_put(maker, "%sport %u", MAKER_ONE_OF(maker, ends), MAKER_ONE_OF(maker, maker_ports));
    else
        maker_put(maker, "%cport %s %u", maker_pick(maker, 2) ? 's' : 'd', maker_op(maker, 7),
                  MAKER_ONE_OF(maker, maker_ports));
}

static inline void maker_address(struct expression_maker *maker)
{
    static const char *const forms[] = {
        "host", "src host", "dst host", "saddr ==", "daddr ==", "saddr !=", "daddr !="};
    static const char *const nets[] = {"net", "src net", "dst net", "saddr !="};

    if (maker_pick(maker, 3))
        maker_put(maker, "%s %s", MAKER_ONE_OF(maker, forms), MAKER_ONE_OF(maker, maker_addresses));
    else
        maker_put(maker, "%s %s", MAKER_ONE_OF(maker, nets), MAKER_ONE_OF(maker, maker_nets));
}

static inline void maker_other(struct expression_maker *maker)
{
    unsigned form = maker_pick(maker, maker->no_comm ? 4 : 5);

    if (form == 0)
        maker_put(maker, "family %s AF_INET%s", maker_op(maker, 2),
                  maker_pick(maker, 2) ? "6" : "");
    else if (form < 3)
        maker_put(maker, "%s%s", form == 1 ? "event != " : "",
                  tp_kind_name((enum tp_kind)maker_pick(maker, TP_KIND_LOST)));
    else
        maker_put(maker, form == 3 ? "reason %s TCP_STATE" : "comm %s test", maker_op(maker, 2));
}

static inline void maker_any(struct expression_maker *maker, unsigned depth);

static inline void maker_one(struct expression_maker *maker, unsigned depth)
{
    static void (*const forms[])(struct expression_maker *) = {
        maker_port, maker_port, maker_address, maker_number, maker_other};
    unsigned choice = depth ? maker_pick(maker, 6) : 5;

    if (choice == 0) {
        maker_put(maker, "!");
        maker_one(maker, depth - 1);
    } else if (choice < 3) {
        maker_put(maker, "(");
        maker_any(maker, depth - 1);
        maker_put(maker, ")");
    } else {
        MAKER_ONE_OF(maker, forms)(maker);
        maker->terms -= maker->terms > 0;
    }
}

static inline void maker_any(struct expression_maker *maker, unsigned depth)
{
    maker_one(maker, depth);
    while (maker->terms && maker_pick(maker, 2) == 0) {
        maker_put(maker, maker_pick(maker, 2) ? " && " : " || ");
        maker_one(maker, depth);
    }
}

/* A new expression of up to `terms` comparisons or a few more in maker->text. */
static inline void maker_write(struct expression_maker *maker, unsigned terms)
{
    maker->length = 0;
    maker->terms = terms;
    maker_any(maker, 5);
}

#endif
