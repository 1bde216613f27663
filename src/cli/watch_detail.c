/* watch_detail.c: all that is known of one connection, with the curves of its last minutes. */
#include <stdio.h>
#include <string.h>

#include <tcpprobe/limit.h>

#include "base/phrase.h"
#include "base/units.h"
#include "cli/watch.h"

#define CELL 40 /* columns of a name with its value */

static void limit_lines(struct frame *frame, const struct tp_socket_view *view)
{
    struct tp_limit_facts facts;
    const struct tp_socket_limit_rule *rule = tp_socket_limit(view, &facts);
    char text[512];

    if (!rule)
        return;
    frame_line(frame, FRAME_PLAIN, "limited by %s: %s", rule->name, rule->sentence);
    tp_limit_facts_text(&facts, rule->because, text, sizeof text);
    if (text[0])
        frame_line(frame, FRAME_DIM, "  because %s", text);
    if (rule->advice)
        frame_line(frame, FRAME_DIM, "  advice  %s", rule->advice);
}

static void number_text(enum watch_curve curve, double number, char *text, size_t size)
{
    if (curve == WATCH_CURVE_SRTT)
        tp_units_duration((int64_t)(number * 1e3), text, size);
    else if (curve == WATCH_CURVE_OUT || curve == WATCH_CURVE_IN)
        tp_units_si_unit(number, "bit/s", text, size);
    else
        snprintf(text, size, "%.0f segs", number);
}

static void curves(const struct watch_state *watch, struct frame *frame, uint64_t cookie)
{
    static const char *const names[WATCH_CURVE_COUNT] = {"out", "in", "srtt", "cwnd", "resent"};
    const struct watch_past *past = watch_past_of(watch, cookie);
    unsigned columns = frame->width > 52 ? frame->width - 50 : 2;
    char curve[4 * WATCH_PAST + 1], last[32], most[32];
    double last_number, most_number;

    for (unsigned i = 0; past && i < WATCH_CURVE_COUNT; i++) {
        if (!watch_curve_text(past, (enum watch_curve)i, columns, watch->utf8, curve, sizeof curve,
                              &last_number, &most_number))
            continue;
        number_text((enum watch_curve)i, last_number, last, sizeof last);
        number_text((enum watch_curve)i, most_number, most, sizeof most);
        frame_line(frame, FRAME_PLAIN, "%-7s%14s |%s| at most %s", names[i], last, curve, most);
    }
}

/* The next column that says something; TP_SOCKET_IDS behind the last. */
static unsigned next_known(struct tp_socket_view *view, unsigned id, char text[64])
{
    for (; id < TP_SOCKET_IDS; id++) {
        const struct tp_socket_row *row = &tp_socket_rows[id];
        struct tp_value value;
        char shown[TP_VALUE_SHOWN_BYTES];

        if (row->use & TP_SOCKET_TABLE_ONLY)
            continue;
        value = tp_socket_value(view, (enum tp_socket_id)id);
        if (value.type == TP_VALUE_ABSENT)
            continue;
        snprintf(text, 64, "%.26s %.20s %s", row->column.name,
                 tp_value_shown(&value, &row->column, shown),
                 row->column.unit[0] == '%' ? "%" : row->column.unit);
        break;
    }
    return id;
}

static void fields(struct frame *frame, struct tp_socket_view *view)
{
    unsigned across = frame->width / CELL ? frame->width / CELL : 1, id = 0;
    char line[FRAME_LINE_BYTES], text[64];

    while (id < TP_SOCKET_IDS && frame->count + 1 < frame->height) {
        struct tp_phrase phrase = tp_phrase_in(line, sizeof line);

        for (unsigned i = 0; i < across; i++) {
            id = next_known(view, id, text);
            if (id == TP_SOCKET_IDS)
                break;
            tp_phrase_add(&phrase, "%-*s", CELL, text);
            id++;
        }
        frame_line(frame, FRAME_PLAIN, "%s", line);
    }
}

void watch_detail(const struct watch_state *watch, struct frame *frame)
{
    struct tp_socket_view view = watch_view(watch, watch->selected);
    struct tp_value owner;

    frame_line(frame, FRAME_BOLD, "%s", tp_socket_value(&view, TP_SOCKET_both).text);
    owner = tp_socket_value(&view, TP_SOCKET_owned_by);
    frame_line(frame, FRAME_PLAIN, "%s%s", owner.type == TP_VALUE_TEXT ? owner.text : "no owner",
               watch->rows[watch->selected].closed ? ", closed" : "");
    limit_lines(frame, &view);
    curves(watch, frame, view.now->cookie);
    frame_line(frame, FRAME_PLAIN, "%s", "");
    fields(frame, &view);
}
