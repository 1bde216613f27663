/* watch_keys.c: what the keys do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/watch.h"

/* Keys beyond ASCII, as xterm and its like send them: ESC [ A, ESC O A, ESC [ 5 ~. */
enum {
    ESCAPE = 27,
    KEY_UP = 256,
    KEY_DOWN,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_HOME,
    KEY_END,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_NONE
};

static const struct {
    const char *bytes;
    int key;
} sequences[] = {
    {"[A", KEY_UP},       {"OA", KEY_UP},         {"[B", KEY_DOWN},  {"OB", KEY_DOWN},
    {"[5~", KEY_PAGE_UP}, {"[6~", KEY_PAGE_DOWN}, {"[H", KEY_HOME},  {"OH", KEY_HOME},
    {"[1~", KEY_HOME},    {"[F", KEY_END},        {"OF", KEY_END},   {"[4~", KEY_END},
    {"[D", KEY_LEFT},     {"OD", KEY_LEFT},       {"[C", KEY_RIGHT}, {"OC", KEY_RIGHT},
};

/* The key at the head of bytes; *used: how many it took. */
static int key_at(const char *bytes, size_t length, size_t *used)
{
    *used = 1;
    if ((unsigned char)bytes[0] != ESCAPE || length == 1)
        return (unsigned char)bytes[0];
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
        size_t size = strlen(sequences[i].bytes);

        if (length > size && memcmp(bytes + 1, sequences[i].bytes, size) == 0) {
            *used = size + 1;
            return sequences[i].key;
        }
    }
    if (bytes[1] != '[' && bytes[1] != 'O')
        return ESCAPE;
    /* Another one: all of it is passed over. */
    for (*used = 2; *used < length && (unsigned char)bytes[*used] < 0x40; (*used)++)
        ;
    *used += *used < length;
    return KEY_NONE;
}

/* --- the filter ------------------------------------------------------------------------- */

static void drop_filter(struct sockets_options *options)
{
    tp_filter_free(options->filter);
    free(options->bytecode);
    options->filter = NULL;
    options->bytecode = NULL;
}

/* What is wrong is said; then the rows stay as they were. */
static int take_filter(struct watch_state *watch, struct tp_error *error)
{
    struct sockets_options wanted = watch->options;
    struct tp_error wrong = TP_ERROR_INIT;

    wanted.filter = NULL;
    wanted.bytecode = NULL;
    wanted.expression = watch->typed[0] ? strdup(watch->typed) : NULL;
    if (watch->typed[0] && !wanted.expression)
        return tp_error_nomem(error);
    if (wanted.expression && sockets_compile_filter(&wanted, &wrong) != TP_OK) {
        snprintf(watch->notice, sizeof watch->notice, "%s", wrong.text);
        drop_filter(&wanted);
        free(wanted.expression);
        return TP_OK;
    }
    drop_filter(&watch->options);
    free(watch->options.expression);
    watch->options = wanted;
    watch->selected = 0;
    watch->cookie = 0;
    return watch_arrange(watch, error);
}

static int type(struct watch_state *watch, int key, struct tp_error *error)
{
    size_t length = strlen(watch->typed);

    if (key == '\n' || key == '\r') {
        watch->typing = false;
        return take_filter(watch, error);
    }
    if (key == ESCAPE)
        watch->typing = false;
    else if ((key == 127 || key == 8) && length > 0)
        watch->typed[length - 1] = '\0';
    else if (key >= ' ' && key < 127 && length + 1 < sizeof watch->typed)
        memcpy(watch->typed + length, (char[]){(char)key, '\0'}, 2);
    return TP_OK;
}

/* --- others ----------------------------------------------------------------------------- */

static int quit(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    watch->end = true;
    return TP_OK;
}

static int begin_filter(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    snprintf(watch->typed, sizeof watch->typed, "%s",
             watch->options.expression ? watch->options.expression : "");
    watch->typing = true;
    return TP_OK;
}

static int pause_it(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    watch->paused = !watch->paused;
    return TP_OK;
}

static int show_detail(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    if (watch->options.group >= 0 || !watch->row_count)
        return TP_OK;
    watch_select(watch, watch->selected);
    watch->detail = !watch->detail;
    return TP_OK;
}

static int back(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    watch->detail = watch->help = false;
    return TP_OK;
}

static int show_help(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    watch->help = !watch->help;
    return TP_OK;
}

static int next_group(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    watch->detail = false;
    if (++watch->options.group >= (int)sockets_groups().count)
        watch->options.group = -1;
    return TP_OK;
}

static int up(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    watch_select(watch, watch->selected ? watch->selected - 1 : 0);
    return TP_OK;
}

static int down(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    watch_select(watch, watch->selected + 1);
    return TP_OK;
}

#define PAGE 20

static int page_up(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    watch_select(watch, watch->selected > PAGE ? watch->selected - PAGE : 0);
    return TP_OK;
}

static int page_down(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    watch_select(watch, watch->selected + PAGE);
    return TP_OK;
}

static int home(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    watch->selected = 0;
    watch->cookie = 0;
    return TP_OK;
}

static int last(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    watch_select(watch, watch->row_count);
    return TP_OK;
}

/* --- a log ------------------------------------------------------------------------------ */

#define SKIP_NS   INT64_C(10000000000)
#define SPEED_MAX 1024.0

static bool is_log(struct watch_state *watch)
{
    if (!watch->log)
        snprintf(watch->notice, sizeof watch->notice, "%s",
                 "that is of a log: tcpprobe watch FILE");
    return watch->log != NULL;
}

static int skip(struct watch_state *watch, int64_t by_ns, struct tp_error *error)
{
    return is_log(watch) ? watch_log_seek(watch, watch_log_time_ns(watch->log) + by_ns, error)
                         : TP_OK;
}

static int skip_back(struct watch_state *watch, struct tp_error *error)
{
    return skip(watch, -SKIP_NS, error);
}

static int skip_on(struct watch_state *watch, struct tp_error *error)
{
    return skip(watch, SKIP_NS, error);
}

static int next_round(struct watch_state *watch, struct tp_error *error)
{
    if (!is_log(watch))
        return TP_OK;
    watch->paused = true;
    return watch_log_read(watch, error);
}

static int faster(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    if (is_log(watch) && watch->speed < SPEED_MAX)
        watch->speed *= 2;
    return TP_OK;
}

static int slower(struct watch_state *watch, struct tp_error *error)
{
    (void)error;
    if (is_log(watch) && watch->speed > 1 / SPEED_MAX)
        watch->speed /= 2;
    return TP_OK;
}

static const struct {
    int key, other; /* other: another key for it, or 0 */
    const char *name, *help;
    int (*act)(struct watch_state *watch, struct tp_error *error);
} actions[] = {
    {'q', 0, "q", "quit", quit},
    {KEY_UP, 'k', "up, k", "select the connection above", up},
    {KEY_DOWN, 'j', "down, j", "... below", down},
    {KEY_PAGE_UP, 0, "page up", "20 above", page_up},
    {KEY_PAGE_DOWN, 0, "page down", "20 below", page_down},
    {KEY_HOME, 0, "home", "the first, whichever that is", home},
    {KEY_END, 0, "end", "the last", last},
    {'\r', '\n', "enter", "all that is known of the selected one, and back", show_detail},
    {ESCAPE, 0, "escape", "back", back},
    {'/', 0, "/", "type a filter: port 443, srtt_us > 100k, limit == loss, owner ~ \"ng*\"",
     begin_filter},
    {'g', 0, "g", "sums by service, port, peer, owner, cgroup, or none", next_group},
    {' ', 'p', "space, p", "pause, and go on", pause_it},
    {'h', '?', "h, ?", "this page, and back", show_help},
    {KEY_RIGHT, '>', "right, >", "in a log: 10 s on", skip_on},
    {KEY_LEFT, '<', "left, <", "... 10 s back", skip_back},
    {'.', 0, ".", "... pause, and show the next round", next_round},
    {'+', 0, "+", "... twice as fast", faster},
    {'-', 0, "-", "... half as fast", slower},
};

void watch_help(struct frame *frame)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        frame_line(frame, FRAME_PLAIN, "  %-10s %s", actions[i].name, actions[i].help);
    frame_line(frame, FRAME_PLAIN, "%s", "");
    frame_line(frame, FRAME_PLAIN, "Largest first:");
    for (unsigned i = 0; i < watch_sort_count; i++)
        frame_line(frame, FRAME_PLAIN, "  %c          %s", watch_sorts[i].key, watch_sorts[i].help);
}

static int act(struct watch_state *watch, int key, struct tp_error *error)
{
    watch->notice[0] = '\0';
    if (watch->typing)
        return type(watch, key, error);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (key == actions[i].key || (actions[i].other && key == actions[i].other))
            return actions[i].act(watch, error);
    for (unsigned i = 0; i < watch_sort_count; i++)
        if (key == watch_sorts[i].key) {
            watch->sort = i;
            return watch_arrange(watch, error);
        }
    return TP_OK;
}

int watch_keys(struct watch_state *watch, const char *bytes, size_t length, struct tp_error *error)
{
    size_t used;
    int rc = TP_OK;

    for (; length > 0 && rc == TP_OK && !watch->end; bytes += used, length -= used)
        rc = act(watch, key_at(bytes, length, &used), error);
    return rc;
}
