/* sockets_list.c: the sockets of a round as rows, with what they were a round before. */
#include <stdlib.h>
#include <string.h>

#include "base/phrase.h"
#include "cli/order.h"
#include "cli/sockets.h"

#define LISTENING TP_STATE_BIT(TP_STATE_LISTEN)

struct rows {
    struct sockets_list *list;
    enum tp_socket_id ids[TP_SOCKET_IDS];
    const struct tp_column *columns[TP_SOCKET_IDS];
    size_t count;
    size_t *order;
    struct tp_column time; /* as --time wants it */
    char time_name[CLI_TIME_NAME_BYTES], time_text[CLI_TIME_BYTES];
    /* A view for each text of a row, because a text lives in its view. */
    struct tp_socket_view views[TP_SOCKET_IDS];
};

static bool is_format(const struct sockets_options *options, const char *name)
{
    return strcmp(options->writer->name, name) == 0;
}

static bool shows_all(const struct sockets_options *options)
{
    return options->all || is_format(options, "blocks");
}

/* --- rows ------------------------------------------------------------------------------- */

static struct tp_socket_view view_of(const void *context, size_t socket)
{
    const struct rows *rows = context;
    const struct tp_sock *now = &rows->list->now->list[socket];
    struct tp_socket_view view = sockets_view(rows->list->source, now);

    view.before = sockets_find(rows->list->before, now->cookie);
    return view;
}

static struct tp_value time_of(struct rows *rows, const struct tp_socket_view *view)
{
    const struct sockets_options *options = rows->list->options;
    unsigned decimals = is_format(options, "table") || shows_all(options) ? 3 : 9;

    return cli_time_of_host(options->time, view->now->ts_ns, rows->list->first_ns,
                            view->wall_minus_monotonic_ns, decimals, rows->time_text);
}

static void load(void *context, size_t row, struct tp_value *values)
{
    struct rows *rows = context;
    struct tp_socket_view view = view_of(rows, rows->order[row]);

    for (size_t i = 0; i < rows->count; i++) {
        rows->views[i].now = view.now;
        rows->views[i].before = view.before;
        rows->views[i].wall_minus_monotonic_ns = view.wall_minus_monotonic_ns;
        rows->views[i].netns = view.netns;
        values[i] = rows->ids[i] == TP_SOCKET_time_ns
                        ? time_of(rows, &view)
                        : tp_socket_value(&rows->views[i], rows->ids[i]);
    }
}

static struct tp_value sort_key(void *context, size_t row)
{
    struct rows *rows = context;

    rows->views[0] = view_of(rows, row);
    return tp_socket_value(&rows->views[0], rows->list->options->sort);
}

static int compare_ends(void *context, size_t a, size_t b)
{
    const struct rows *rows = context;
    const struct tp_sock *list = rows->list->now->list;
    int result = memcmp(&list[a].key, &list[b].key, sizeof list[a].key);

    return result ? result : (list[a].cookie > list[b].cookie) - (list[a].cookie < list[b].cookie);
}

/* A table shows what suits the states that it lists; names of namespaces where there are several.
 */
static unsigned use_of(const struct sockets_list *list)
{
    const struct sockets_options *options = list->options;

    if (shows_all(options))
        return TP_SOCKET_IN_ALL;
    if (!is_format(options, "table"))
        return TP_SOCKET_IN_DATA;
    if (options->states == LISTENING)
        return TP_SOCKET_IN_LISTEN;
    if (options->states & LISTENING)
        return TP_SOCKET_IN_TABLE | TP_SOCKET_IN_LISTEN;
    return list->before ? TP_SOCKET_IN_ROUND : TP_SOCKET_IN_TABLE;
}

static bool is_chosen(const struct sockets_list *list, enum tp_socket_id id, unsigned use)
{
    const struct tp_socket_row *row = &tp_socket_rows[id];

    if (id == TP_SOCKET_namespace && !list->source->netns)
        return false;
    if (id == TP_SOCKET_time_ns && list->options->time != CLI_TIME_USUAL)
        return true;
    if (use & TP_SOCKET_IN_ALL)
        return !(row->use & TP_SOCKET_TABLE_ONLY);
    /* The connection says it already. */
    if (id == TP_SOCKET_own_end && use & TP_SOCKET_IN_TABLE)
        return false;
    return row->use & use;
}

static void choose(struct rows *rows)
{
    unsigned use = use_of(rows->list);

    rows->count = 0;
    for (int id = 0; id < TP_SOCKET_IDS; id++) {
        if (!is_chosen(rows->list, (enum tp_socket_id)id, use))
            continue;
        rows->ids[rows->count] = (enum tp_socket_id)id;
        rows->columns[rows->count++] =
            id == TP_SOCKET_time_ns ? &rows->time : &tp_socket_rows[id].column;
    }
}

static void prepare_time(struct rows *rows)
{
    const struct sockets_round *now = rows->list->now;
    enum cli_time time = rows->list->options->time;

    rows->time = tp_socket_rows[TP_SOCKET_time_ns].column;
    rows->time.name = cli_time_name(time, "time", "ns", rows->time_name);
    if (time == CLI_TIME_WALL) {
        rows->time.show = TP_SHOW_TEXT;
        rows->time.unit = "";
    }
    for (size_t i = 0; i < now->count && !rows->list->before; i++)
        if (i == 0 || now->list[i].ts_ns < rows->list->first_ns)
            rows->list->first_ns = now->list[i].ts_ns;
}

/* --- totals ----------------------------------------------------------------------------- */

static uint64_t matching(const struct sockets_round *round)
{
    uint64_t sum = 0;

    for (unsigned state = 0; state < TP_STATES; state++)
        sum += round->by_state[state];
    return sum;
}

static const char *state_name(unsigned state)
{
    const char *name = tp_tcp_state_name(state);

    return name ? name + strlen("TCP_") : "of unknown states";
}

static void write_total(const struct sockets_list *list, size_t shown)
{
    char text[512];
    struct tp_phrase phrase = tp_phrase_in(text, sizeof text);
    uint64_t count = matching(list->now);

    tp_phrase_add(&phrase, "%stotal: %llu socket%s", shown ? "\n" : "", (unsigned long long)count,
                  count == 1 ? "" : "s");
    for (unsigned state = 0; state < TP_STATES; state++)
        if (list->now->by_state[state])
            tp_phrase_add(&phrase, ", %llu %s", (unsigned long long)list->now->by_state[state],
                          state_name(state));
    tp_phrase_add(&phrase, "\n");
    tp_out_text(list->out, text);
}

static void write_total_json(const struct sockets_list *list)
{
    char text[128];
    const char *comma = "";

    tp_out_text(list->out, ",\n\"states\":{");
    for (unsigned state = 0; state < TP_STATES; state++) {
        struct tp_phrase phrase = tp_phrase_in(text, sizeof text);

        if (!list->now->by_state[state])
            continue;
        tp_phrase_add(&phrase, "%s\"TCP_%s\":%llu", comma, state_name(state),
                      (unsigned long long)list->now->by_state[state]);
        tp_out_text(list->out, text);
        comma = ",";
    }
    tp_out_text(list->out, "}}\n");
}

/* --- writing ---------------------------------------------------------------------------- */

static void begin(struct sockets_list *list, const struct tp_writer *writer,
                  const struct tp_rows *rows)
{
    if (list->begun)
        return;
    list->begun = true;
    if (is_format(list->options, "json")) {
        tp_out_text(list->out, "{\"tcpprobe\":");
        tp_out_json_text(list->out, TP_VERSION);
        tp_out_text(list->out, list->options->group < 0 ? ",\n\"sockets\":" : ",\n\"groups\":");
    }
    if (writer->head)
        writer->head(list->out, rows);
}

static void write_rows(struct sockets_list *list, const struct tp_writer *writer,
                       const struct tp_rows *shape)
{
    struct tp_value values[TP_SOCKET_IDS];

    begin(list, writer, shape);
    for (size_t row = 0; row < shape->row_count && !tp_out_failed(list->out); row++) {
        shape->load(shape->context, row, values);
        writer->row(list->out, shape, list->shown++, values);
    }
}

static const struct tp_writer *row_writer(const struct sockets_options *options)
{
    return options->all && is_format(options, "table") ? tp_writer_find("blocks") : options->writer;
}

/* Of sockets, or of groups of them. */
static void write_shape(void *context, const struct tp_rows *rows)
{
    struct rows *of = context;
    struct sockets_list *list = of->list;
    const struct tp_writer *writer = row_writer(list->options);
    struct tp_rows shape = *rows;

    if (list->options->has_top && shape.row_count > list->options->top)
        shape.row_count = list->options->top;
    if (!writer->all) {
        write_rows(list, writer, &shape);
    } else {
        tp_out_text(list->out, list->before ? "\n" : "");
        writer->all(list->out, &shape);
    }
    if (is_format(list->options, "table") || is_format(list->options, "blocks"))
        write_total(list, shape.row_count);
}

/* Of one state nothing can be said: the first round has no explanations. */
static void explain(const struct rows *rows, size_t count)
{
    const struct sockets_options *options = rows->list->options;
    size_t shown = 0;

    for (size_t i = 0; i < count && rows->list->before; i++) {
        struct tp_socket_view view = view_of(rows, rows->order[i]);

        if (options->has_top && shown == options->top)
            break;
        shown += sockets_explain(rows->list->out, &view);
    }
    if (rows->list->before)
        write_total(rows->list, shown);
}

static int write_sockets(struct rows *rows, struct tp_error *error)
{
    const struct sockets_options *options = rows->list->options;
    /* What cannot be explained makes room for others. */
    const struct cli_order order = {options->ascending, sort_key, compare_ends, rows,
                                    options->has_top && !options->explain ? options->top : 0};
    struct tp_rows shape = {rows->columns, 0, rows->list->now->count, load, rows};
    int rc = cli_order(&order, shape.row_count, &rows->order, error);

    if (rc)
        return rc;
    if (options->explain) {
        explain(rows, shape.row_count);
        return TP_OK;
    }
    prepare_time(rows);
    choose(rows);
    shape.column_count = rows->count;
    write_shape(rows, &shape);
    return TP_OK;
}

int sockets_write(struct sockets_list *list, struct tp_error *error)
{
    struct rows *rows = calloc(1, sizeof *rows);
    int rc;

    if (!rows)
        return tp_error_nomem(error);
    rows->list = list;
    if (list->options->group >= 0)
        rc = sockets_write_groups(list->options, view_of, rows, list->now->count,
                                  list->before != NULL, write_shape, error);
    else
        rc = write_sockets(rows, error);
    free(rows->order);
    free(rows);
    return rc;
}

void sockets_end(struct sockets_list *list)
{
    const struct tp_rows none = {0};

    if (list->begun && list->options->writer->tail)
        list->options->writer->tail(list->out, &none);
    if (list->begun && is_format(list->options, "json"))
        write_total_json(list);
}
