/* watch_rows.c: which sockets are shown, and in which order. */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "cli/order.h"
#include "cli/watch.h"

const struct watch_sort watch_sorts[] = {
    {'b', "both rates", "by what is sent and received", -1, false},
    {'o', "out", "by what is sent", TP_SOCKET_goodput, false},
    {'i', "in", "by what is received", TP_SOCKET_received_rate, false},
    {'t', "resent", "by segments sent again", TP_SOCKET_round_retransmits, false},
    {'r', "srtt", "by round-trip time", TP_SOCKET_srtt, false},
    {'w', "cwnd", "by congestion window", TP_SOCKET_snd_cwnd, false},
    {'u', "send queue", "by what is not yet acknowledged", TP_SOCKET_send_queue, false},
    {'l', "limit", "by what limits the sender", TP_SOCKET_limit, true},
    {'n', "owner", "by owner", TP_SOCKET_owned_by, true},
};
const unsigned watch_sort_count = sizeof watch_sorts / sizeof *watch_sorts;

static struct tp_socket_view view_of(const struct watch_state *watch, const struct watch_row *row)
{
    struct tp_socket_view view = sockets_view(&watch->source, row->now);

    view.before = row->before;
    return view;
}

struct tp_socket_view watch_view(const struct watch_state *watch, size_t row)
{
    return view_of(watch, &watch->rows[row]);
}

/* --- rates ------------------------------------------------------------------------------ */

static double number(const struct tp_value *value)
{
    return value->type == TP_VALUE_REAL      ? value->real
           : value->type == TP_VALUE_INTEGER ? (double)value->integer
                                             : 0;
}

static bool add_rates(const struct watch_state *watch, const struct watch_row *row, double *out_bps,
                      double *in_bps)
{
    struct tp_socket_view view = view_of(watch, row);
    struct tp_value out = tp_socket_value(&view, TP_SOCKET_goodput),
                    in = tp_socket_value(&view, TP_SOCKET_received_rate);

    *out_bps += number(&out);
    *in_bps += number(&in);
    return out.type != TP_VALUE_ABSENT || in.type != TP_VALUE_ABSENT;
}

bool watch_rates(const struct watch_state *watch, double *out_bps, double *in_bps)
{
    *out_bps = *in_bps = 0;
    if (!watch->before)
        return false;
    for (size_t i = 0; i < watch->now->count; i++) {
        const struct tp_sock *now = &watch->now->list[i];
        const struct watch_row row = {now, sockets_find(watch->before, now->cookie), false};

        add_rates(watch, &row, out_bps, in_bps);
    }
    return true;
}

/* --- order ------------------------------------------------------------------------------ */

static struct tp_value key_of(void *context, size_t row)
{
    static struct tp_socket_view view; /* its text lives until the next key */
    struct watch_state *watch = context;
    double out = 0, in = 0;
    bool known;

    if (watch_sorts[watch->sort].by >= 0) {
        view = watch_view(watch, row);
        return tp_socket_value(&view, (enum tp_socket_id)watch_sorts[watch->sort].by);
    }
    known = add_rates(watch, &watch->rows[row], &out, &in);
    return tp_value_real_if(known, out + in);
}

static int by_ends(void *context, size_t a, size_t b)
{
    const struct watch_state *watch = context;
    const struct tp_sock *left = watch->rows[a].now, *right = watch->rows[b].now;
    int result = memcmp(&left->key, &right->key, sizeof left->key);

    return result ? result : (left->cookie > right->cookie) - (left->cookie < right->cookie);
}

static int sort(struct watch_state *watch, struct tp_error *error)
{
    const struct cli_order order = {watch_sorts[watch->sort].ascending, key_of, by_ends, watch, 0};
    struct watch_row *sorted = calloc(watch->row_count ? watch->row_count : 1, sizeof *sorted);
    size_t *rows = NULL;
    int rc = sorted ? cli_order(&order, watch->row_count, &rows, error) : tp_error_nomem(error);

    for (size_t i = 0; rc == TP_OK && i < watch->row_count; i++)
        sorted[i] = watch->rows[rows[i]];
    if (rc == TP_OK && watch->row_count)
        memcpy(watch->rows, sorted, watch->row_count * sizeof *sorted);
    free(sorted);
    free(rows);
    return rc;
}

/* --- which ------------------------------------------------------------------------------ */

static bool add(struct watch_state *watch, const struct tp_sock *now, const struct tp_sock *before,
                bool closed)
{
    const struct watch_row row = {now, before, closed};
    struct tp_socket_view view = view_of(watch, &row);

    if (!sockets_match(&watch->options, &view))
        return true;
    if (!TP_LIST_ROOM(watch->rows, watch->row_count, watch->rows_allocated, 256))
        return false;
    watch->rows[watch->row_count++] = row;
    watch->matching += !closed;
    return true;
}

/* One that has ended between a dump and the reading of ends is still in the round. */
static bool has_ended(const struct watch_state *watch, const struct tp_sock *socket)
{
    for (size_t i = 0; i < watch->closed_count; i++)
        if (watch->closed[i].end.cookie == socket->cookie)
            return true;
    return false;
}

static int collect(struct watch_state *watch, struct tp_error *error)
{
    bool enough = true;

    watch->row_count = watch->matching = 0;
    for (size_t i = 0; watch->now && i < watch->now->count && enough; i++) {
        const struct tp_sock *now = &watch->now->list[i];

        if (!watch->closed_count || !has_ended(watch, now))
            enough = add(watch, now, sockets_find(watch->before, now->cookie), false);
    }
    for (size_t i = 0; i < watch->closed_count && enough; i++) {
        const struct watch_closed *closed = &watch->closed[i];

        enough = add(watch, &closed->end, closed->has_last ? &closed->last : NULL, true);
    }
    return enough ? TP_OK : tp_error_nomem(error);
}

void watch_select(struct watch_state *watch, size_t row)
{
    if (row >= watch->row_count)
        row = watch->row_count ? watch->row_count - 1 : 0;
    watch->selected = row;
    watch->cookie = watch->row_count ? watch->rows[row].now->cookie : 0;
}

/* What is selected moves with its connection, but for the first row, which stays the first. */
static void find_selected(struct watch_state *watch)
{
    size_t row = 0;

    while (watch->cookie && row < watch->row_count && watch->rows[row].now->cookie != watch->cookie)
        row++;
    if (watch->cookie && row < watch->row_count)
        watch->selected = row;
    else if (watch->selected >= watch->row_count)
        watch->selected = watch->row_count ? watch->row_count - 1 : 0;
}

int watch_arrange(struct watch_state *watch, struct tp_error *error)
{
    int rc = watch->before ? sockets_index(watch->before, error) : TP_OK;

    if (rc == TP_OK)
        rc = collect(watch, error);
    if (rc == TP_OK)
        rc = sort(watch, error);
    if (rc == TP_OK)
        find_selected(watch);
    return rc;
}
