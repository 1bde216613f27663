/* watch_frame.c: the page of a state: head, table or connection, foot. */
#include <string.h>

#include "cli/watch.h"

/* In the order of the table; rank: which of them is left out first where it is narrow. */
static const struct {
    enum tp_socket_id id;
    unsigned char rank;
} shown[] = {
    {TP_SOCKET_owned_by, 3},          {TP_SOCKET_both, 0},
    {TP_SOCKET_short_state, 5},       {TP_SOCKET_limit, 2},
    {TP_SOCKET_goodput, 1},           {TP_SOCKET_received_rate, 1},
    {TP_SOCKET_round_retransmits, 2}, {TP_SOCKET_round_retransmit_share, 6},
    {TP_SOCKET_snd_cwnd, 4},          {TP_SOCKET_srtt, 3},
    {TP_SOCKET_min_rtt, 7},           {TP_SOCKET_recv_queue, 6},
    {TP_SOCKET_send_queue, 6},        {TP_SOCKET_notsent, 8},
};

enum { SHOWN = sizeof shown / sizeof *shown };

struct page {
    const struct watch_state *watch;
    struct frame *frame;
    unsigned lines; /* of the table */
    const struct tp_column *columns[SHOWN];
    struct tp_socket_view views[SHOWN]; /* a text lives in its view */
};

static void load(void *context, size_t row, struct tp_value *values)
{
    struct page *page = context;

    for (size_t i = 0; i < SHOWN; i++) {
        page->views[i] = watch_view(page->watch, row);
        values[i] = tp_socket_value(&page->views[i], shown[i].id);
        if (shown[i].id == TP_SOCKET_short_state && page->watch->rows[row].closed)
            values[i] = tp_value_text("closed");
    }
}

static bool is_past(void *context, size_t row)
{
    return ((struct page *)context)->watch->rows[row].closed;
}

/* The page of the table that the selected row is on. */
static void connections(struct page *page)
{
    const struct watch_state *watch = page->watch;
    unsigned char rank[SHOWN];
    size_t rows = page->lines > 2 ? page->lines - 2 : 1;
    const struct tp_rows all = {page->columns, SHOWN, watch->row_count, load, page};
    const struct frame_table table = {.rows = &all,
                                      .rank = rank,
                                      .first = watch->selected / rows * rows,
                                      .selected = watch->selected,
                                      .lines = page->lines,
                                      .dim = is_past};

    for (size_t i = 0; i < SHOWN; i++) {
        page->columns[i] = &tp_socket_rows[shown[i].id].column;
        rank[i] = shown[i].rank;
    }
    frame_table(page->frame, &table);
}

/* --- sums ------------------------------------------------------------------------------- */

static struct tp_socket_view group_view(const void *context, size_t socket)
{
    return watch_view(((const struct page *)context)->watch, socket);
}

static void write_groups(void *context, const struct tp_rows *rows)
{
    struct page *page = context;
    const struct frame_table table = {.rows = rows, .selected = SIZE_MAX, .lines = page->lines};

    frame_table(page->frame, &table);
}

static void groups(struct page *page)
{
    struct sockets_options options = page->watch->options;
    int by = watch_sorts[page->watch->sort].by;
    struct tp_error error = TP_ERROR_INIT;

    options.writer = tp_writer_find("table");
    options.sort = by == TP_SOCKET_received_rate || by == TP_SOCKET_round_retransmits ||
                           by == TP_SOCKET_send_queue
                       ? (enum tp_socket_id)by
                       : TP_SOCKET_goodput;
    options.ascending = false;
    if (sockets_write_groups(&options, group_view, page, page->watch->row_count,
                             page->watch->before != NULL, write_groups, &error) != TP_OK)
        frame_line(page->frame, FRAME_PLAIN, "%s", error.text);
}

/* --- the page --------------------------------------------------------------------------- */

static void foot(const struct watch_state *watch, struct frame *frame)
{
    const char *expression = watch->options.expression;
    struct cli_words words = sockets_groups();

    if (watch->typing)
        frame_line(frame, FRAME_REVERSE, "/%s_", watch->typed);
    else if (watch->notice[0])
        frame_line(frame, FRAME_REVERSE, "%s", watch->notice);
    else
        frame_line(frame, FRAME_DIM,
                   "%zu shown, by %s%s%s%s%s   h help  q quit  / filter  g group  enter details  "
                   "space pause",
                   watch->matching, watch_sorts[watch->sort].name,
                   watch->options.group >= 0 ? ", sums by " : "",
                   watch->options.group >= 0 ? words.name(words.list, (size_t)watch->options.group)
                                             : "",
                   expression ? ", filter " : "", expression ? expression : "");
}

void watch_frame(struct watch_state *watch, struct frame *frame)
{
    struct page page = {.watch = watch, .frame = frame};

    if (!watch->now) {
        frame_line(frame, FRAME_PLAIN, "%s", "reads the sockets");
        return;
    }
    watch_head(watch, frame);
    page.lines = frame->height > frame->count + 1 ? frame->height - frame->count - 1 : 0;
    if (watch->help)
        watch_help(frame);
    else if (watch->detail && watch->selected < watch->row_count)
        watch_detail(watch, frame);
    else if (watch->options.group >= 0)
        groups(&page);
    else
        connections(&page);
    frame_fill(frame, 1);
    foot(watch, frame);
}
