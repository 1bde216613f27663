/* rows.c: the table of fields, and a field as a value. */
#include <stdio.h>
#include <string.h>

#include "base/phrase.h"
#include "host/derived.h"

const struct tp_socket_row tp_socket_rows[TP_SOCKET_IDS] = {
#define FIELD(name_, type, ...)                                                                    \
    [TP_SOCKET_##name_] = {.name = #name_,                                                         \
                           .offset = offsetof(struct tp_sock, name_),                              \
                           .size = sizeof(type),                                                   \
                           __VA_ARGS__},
#define DERIVED(name_, ...)                                                                        \
    [TP_SOCKET_##name_] = {.name = #name_, .get = derived_##name_, __VA_ARGS__},
    TP_SOCKET_ROWS(FIELD, DERIVED)
#undef DERIVED
#undef FIELD
};

_Static_assert(TP_SOCKET_IDS <= 128, "struct tp_sock has 128 bits for its fields");

static const char *const timers[] = {"off", "retransmit", "keepalive", "timewait", "persist", NULL};
/* TCPI_OPT_... by bit; 2^3 is ECN, 2^6 that timestamps count microseconds. */
static const char *const options[] = {"ts",       "sack",     "wscale",  "ecn",
                                      "ecn_seen", "syn_data", "usec_ts", NULL};
/* By which filters know the states; what tp_tcp_state_name() says. */
static const char *const states[] = {"TCP_ESTABLISHED", "TCP_SYN_SENT",   "TCP_SYN_RECV",
                                     "TCP_FIN_WAIT1",   "TCP_FIN_WAIT2",  "TCP_TIME_WAIT",
                                     "TCP_CLOSE",       "TCP_CLOSE_WAIT", "TCP_LAST_ACK",
                                     "TCP_LISTEN",      "TCP_CLOSING",    NULL};
static const char *const cong_states[] = {"Open", "Disorder", "CWR", "Recovery", "Loss", NULL};
static const char *const any[] = {NULL};

bool tp_socket_has(const struct tp_sock *socket, enum tp_socket_id id)
{
    return socket->have[id / 64] >> (id % 64) & 1;
}

uint64_t tp_socket_number(const struct tp_sock *socket, enum tp_socket_id id)
{
    const struct tp_socket_row *row = &tp_socket_rows[id];
    const char *at = (const char *)socket + row->offset;
    uint64_t wide;
    uint32_t half;
    uint16_t quarter;

    switch (row->size) {
    case 1:
        return *(const uint8_t *)at;
    case 2:
        memcpy(&quarter, at, sizeof quarter);
        return quarter;
    case 4:
        memcpy(&half, at, sizeof half);
        return half;
    case 8:
        memcpy(&wide, at, sizeof wide);
        return wide;
    default:
        return 0;
    }
}

/* A name, or the number where there is none: kernels add states. */
static struct tp_value named(struct tp_socket_view *view, const char *name, uint64_t number)
{
    if (name)
        return tp_value_text(name);
    snprintf(view->text, sizeof view->text, "%llu", (unsigned long long)number);
    return tp_value_text(view->text);
}

static struct tp_value option_names(struct tp_socket_view *view, uint64_t bits)
{
    struct tp_phrase phrase = tp_phrase_in(view->text, sizeof view->text);

    for (unsigned i = 0; options[i]; i++)
        if (bits >> i & 1)
            tp_phrase_item(&phrase, "|", "%s", options[i]);
    return tp_value_text(view->text);
}

static struct tp_value scaled(const struct tp_socket_row *row, uint64_t number)
{
    double product = (double)number * row->times;

    /* Rates stay whole numbers as long as they fit. */
    if (row->times == 0 || (row->times > 1 && product < 9e15))
        return tp_value_integer_if(true, row->times > 1 ? number * (uint64_t)row->times : number);
    return tp_value_real_if(true, product);
}

static struct tp_value field_value(struct tp_socket_view *view, enum tp_socket_id id)
{
    const struct tp_socket_row *row = &tp_socket_rows[id];
    uint64_t number = tp_socket_number(view->now, id);

    switch (row->format) {
    case TP_SOCKET_STATE:
        return named(view, tp_tcp_state_name((unsigned)number), number);
    case TP_SOCKET_CONG:
        return named(view, tp_cong_state_name((unsigned)number), number);
    case TP_SOCKET_TIMER:
        return named(view, number < 5 ? timers[number] : NULL, number);
    case TP_SOCKET_FLAG:
        return tp_value_bool(number);
    case TP_SOCKET_OPTIONS:
        return option_names(view, number);
    case TP_SOCKET_HEX:
        snprintf(view->text, sizeof view->text, "0x%llx", (unsigned long long)number);
        return tp_value_text(view->text);
    case TP_SOCKET_TEXT:
        return tp_value_text((const char *)view->now + row->offset);
    default:
        return scaled(row, number);
    }
}

struct tp_value tp_socket_value(struct tp_socket_view *view, enum tp_socket_id id)
{
    if (tp_socket_rows[id].get)
        return tp_socket_rows[id].get(view);
    return tp_socket_has(view->now, id) ? field_value(view, id) : tp_value_integer_if(false, 0);
}

bool tp_socket_is_text(enum tp_socket_id id, const char *const **values)
{
    static const char *const *const of_format[] = {
        [TP_SOCKET_STATE] = states, [TP_SOCKET_CONG] = cong_states, [TP_SOCKET_TIMER] = timers + 1,
        [TP_SOCKET_OPTIONS] = any,  [TP_SOCKET_HEX] = any,          [TP_SOCKET_TEXT] = any,
        [TP_SOCKET_FLAG] = NULL,
    };
    const struct tp_socket_row *row = &tp_socket_rows[id];
    const char *const *of;

    of = of_format[row->format];
    if (row->get && (row->column.show == TP_SHOW_TEXT || row->column.show == TP_SHOW_WIDE))
        of = any;
    if (values)
        *values = of;
    return of;
}

int tp_socket_find(const char *name)
{
    int begins = -1;

    for (int id = 0; id < TP_SOCKET_IDS; id++) {
        const char *column = tp_socket_rows[id].column.name;

        if (strcmp(column, name) == 0)
            return id;
        if (begins < 0 && strncmp(column, name, strlen(name)) == 0)
            begins = id;
    }
    return begins;
}
