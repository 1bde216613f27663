/* watch_past.c: what a connection did in the last minutes, for its curves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/watch.h"

const struct watch_past *watch_past_of(const struct watch_state *watch, uint64_t cookie)
{
    for (size_t i = 0; i < watch->past_count; i++)
        if (watch->past[i].cookie == cookie)
            return &watch->past[i];
    return NULL;
}

static void note(struct watch_past *past, struct tp_socket_view view)
{
    static const enum tp_socket_id columns[] = {
#define COLUMN(ID, name) TP_SOCKET_##name,
        WATCH_CURVES(COLUMN)
#undef COLUMN
    };

    for (unsigned i = 0; i < WATCH_CURVE_COUNT; i++) {
        struct tp_value value = tp_socket_value(&view, columns[i]);

        past->value[i][past->count % WATCH_PAST] = value.type == TP_VALUE_ABSENT ? NAN
                                                   : value.type == TP_VALUE_REAL
                                                       ? (float)value.real
                                                       : (float)value.integer;
    }
    past->count++;
}

static void follow(struct watch_state *watch, struct watch_past *next, size_t *count, size_t row)
{
    const struct watch_past *past = watch_past_of(watch, watch->rows[row].now->cookie);

    for (size_t i = 0; i < *count; i++)
        if (next[i].cookie == watch->rows[row].now->cookie)
            return;
    if (past)
        next[*count] = *past;
    else
        next[*count].cookie = watch->rows[row].now->cookie;
    if (!watch->rows[row].closed)
        note(&next[*count], watch_view(watch, row));
    (*count)++;
}

/* The selected one, then the first in order. */
int watch_follow(struct watch_state *watch, struct tp_error *error)
{
    struct watch_past *next = calloc(WATCH_FOLLOWED, sizeof *next);
    size_t count = 0;

    if (!next)
        return tp_error_nomem(error);
    if (watch->selected < watch->row_count)
        follow(watch, next, &count, watch->selected);
    for (size_t row = 0; row < watch->row_count && count < WATCH_FOLLOWED; row++)
        follow(watch, next, &count, row);
    free(watch->past);
    watch->past = next;
    watch->past_count = count;
    return TP_OK;
}

/* --- curves ----------------------------------------------------------------------------- */

#define LEVELS 8

static const char *sign_of(double value, double most, bool utf8)
{
    static const char *const blocks[LEVELS + 1] = {" ",      "\u2581", "\u2582", "\u2583", "\u2584",
                                                   "\u2585", "\u2586", "\u2587", "\u2588"};
    static const char *const ascii[LEVELS + 1] = {" ", ".", ":", "-", "=", "+", "*", "%", "#"};
    int level = most > 0 ? (int)ceil(value / most * LEVELS) : 0;

    if (isnan(value) || level < 0)
        level = 0;
    return (utf8 ? blocks : ascii)[level < LEVELS ? level : LEVELS];
}

bool watch_curve_text(const struct watch_past *past, enum watch_curve curve, unsigned columns,
                      bool utf8, char *text, size_t size, double *last, double *most)
{
    unsigned shown = past->count < columns ? past->count : columns;
    size_t length = 0;

    if (shown > WATCH_PAST)
        shown = WATCH_PAST;
    text[0] = '\0';
    *most = 0;
    *last = NAN;
    for (unsigned i = past->count - shown; i < past->count; i++) {
        float value = past->value[curve][i % WATCH_PAST];

        *most = !isnan(value) && value > *most ? value : *most;
        *last = isnan(value) ? *last : value;
    }
    for (unsigned i = past->count - shown; i < past->count; i++) {
        const char *sign = sign_of(past->value[curve][i % WATCH_PAST], *most, utf8);

        if (length + strlen(sign) + 1 > size)
            break;
        memcpy(text + length, sign, strlen(sign) + 1);
        length += strlen(sign);
    }
    return !isnan(*last);
}
