/* cmd_watch.c: `tcpprobe watch`: the connections of this machine on a terminal, every second. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/units.h"
#include "cli/terminal.h"
#include "cli/trace.h"
#include "cli/watch.h"

#define STEP_MS     100 /* so often ends are read, which have little room to wait in */
#define NETNS_BYTES 256

enum { KEY_NETNS = 0x3000, KEY_NO_PROCESSES };

static const struct argp_option options[] = {
    {"interval", 'i', "TIME", 0, "between rounds: 1s (default), 500ms ...", 1},
    {"netns", KEY_NETNS, "NAME", 0,
     "of another network namespace: its name (ip netns), the number of a process in it, or all", 1},
    {"no-processes", KEY_NO_PROCESSES, NULL, 0,
     "do not look for processes, which takes longer than all the rest where there are many", 1},
    {"sort", 's', "WHAT", 0, "largest first: " CLI_WORDS, 1},
    {"group", 'g', "WHAT", 0, "sums instead, by " CLI_WORDS, 1},
    {"once", '1', NULL, 0,
     "what happened within one interval as a table, as it is without a terminal", 1},
    {0},
};

struct watch_command {
    struct watch_state watch;
    bool once;
};

/* --- options ---------------------------------------------------------------------------- */

static const char *sort_name(const void *list, size_t index)
{
    (void)list;
    return watch_sorts[index].name;
}

static error_t parse_sort(struct watch_state *watch, const char *text)
{
    const struct cli_words words = {NULL, watch_sort_count, sort_name};

    for (watch->sort = 0; watch->sort < watch_sort_count; watch->sort++)
        if (strcmp(watch_sorts[watch->sort].name, text) == 0)
            return 0;
    return cli_none_of("--sort", text, &words);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct watch_command *command = state->input;
    struct sockets_options *sockets = &command->watch.options;

    switch (key) {
    case 'i':
        return cli_parse_span("--interval", arg, &sockets->interval_ns);
    case KEY_NETNS:
        sockets->netns = arg;
        return 0;
    case KEY_NO_PROCESSES:
        sockets->processes = false;
        return 0;
    case 's':
        return parse_sort(&command->watch, arg);
    case 'g':
        return sockets_parse_group(sockets, arg);
    case '1':
        command->once = true;
        return 0;
    case ARGP_KEY_ARG:
        return cli_append_word(&sockets->expression, arg);
    case ARGP_KEY_END:
        return sockets->expression ? sockets_parse_filter(sockets) : 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static char *help_filter(int key, const char *text, void *input)
{
    const struct cli_words sorts = {NULL, watch_sort_count, sort_name}, groups = sockets_groups();

    (void)input;
    return key == 's' || key == 'g' ? cli_help_words(text, key == 's' ? &sorts : &groups)
                                    : (char *)text;
}

static const struct argp argp = {
    options,
    parse_option,
    "[FILTER]",
    "Shows the connections of this machine on a terminal, with what they did in the last second: "
    "rates, what was sent again, and what limits each. Keys sort, group, filter, and show one with "
    "its curves; h lists them. It needs no privileges.\v"
    "Above the connections stands what the machine did: rates, segments sent again by kind, and "
    "the "
    "worst finding of its counters, as 'tcpprobe counters' explains it. What has closed stays for "
    "5 s.\n"
    "\nA filter is written as for 'tcpprobe sockets'. Where standard output is no terminal, one "
    "round is printed as a table.",
    NULL,
    help_filter,
    NULL};

/* --- once ------------------------------------------------------------------------------- */

static int print_once(struct watch_state *watch, struct tp_error *error)
{
    struct tp_out *out = tp_out_new(STDOUT_FILENO, "standard output", error);
    struct sockets_options *shown = &watch->options;
    struct sockets_round rounds[2] = {{0}, {0}};
    struct sockets_source source;
    struct sockets_list list = {.options = shown, .source = &source, .out = out};
    int by = watch_sorts[watch->sort].by, rc = TP_ERR_NOMEM;
    struct timespec pause = {shown->interval_ns / 1000000000, shown->interval_ns % 1000000000};

    shown->sort = by >= 0 ? (enum tp_socket_id)by : TP_SOCKET_goodput;
    shown->ascending = watch_sorts[watch->sort].ascending;
    rc = out ? sockets_open(&source, shown, error) : rc;
    if (rc == TP_OK)
        cli_confine(CONFINE_ASK, false);
    if (rc == TP_OK)
        rc = sockets_read(&source, &rounds[0], NULL, error);
    if (rc == TP_OK && nanosleep(&pause, NULL) == 0)
        rc = sockets_read(&source, &rounds[1], &rounds[0], error);
    if (rc == TP_OK) {
        list.now = &rounds[1];
        list.before = &rounds[0];
        rc = sockets_write(&list, error);
    }
    if (rc == TP_OK)
        rc = tp_out_finish(out, error);
    sockets_release(&rounds[0]);
    sockets_release(&rounds[1]);
    if (out)
        sockets_close(&source);
    tp_out_free(out);
    return rc;
}

/* --- on a terminal ---------------------------------------------------------------------- */

static void show(struct watch_state *watch, const struct terminal *terminal)
{
    struct frame frame;
    unsigned width, height;

    terminal_size(terminal, &width, &height);
    if (!frame_begin(&frame, width, height))
        return;
    watch_frame(watch, &frame);
    terminal_show(terminal, &frame);
    frame_end(&frame);
}

/* Until a key comes, but not longer than until the next round is due. True: the page is another
 * one. */
static bool wait_for_keys(struct watch_state *watch, struct terminal *terminal, int64_t due_ns,
                          struct tp_error *error)
{
    struct pollfd poll_in = {.fd = terminal->has_keys ? terminal->in : -1, .events = POLLIN};
    int64_t left_ms = (due_ns - tp_clock_monotonic_ns()) / 1000000;
    char bytes[64];
    int got;

    poll(&poll_in, 1, left_ms < 0 ? 0 : left_ms < STEP_MS ? (int)left_ms + 1 : STEP_MS);
    if (terminal_changed(terminal))
        return true;
    if (!(poll_in.revents & (POLLIN | POLLHUP)))
        return false;
    got = terminal_keys(terminal, bytes, sizeof bytes);
    /* A terminal that went away has no more keys. */
    watch->end |= got < 0 || (got == 0 && poll_in.revents & POLLHUP);
    if (got > 0)
        watch_keys(watch, bytes, (size_t)got, error);
    return got > 0;
}

static int run(struct watch_state *watch, struct terminal *terminal, struct tp_error *error)
{
    int64_t due_ns = tp_clock_monotonic_ns();
    int rc = TP_OK;

    while (rc == TP_OK && !watch->end && !trace_signals_wish(NULL).end) {
        bool changed = false;

        if (tp_clock_monotonic_ns() >= due_ns) {
            rc = watch->paused ? TP_OK : watch_read(watch, error);
            due_ns += watch->options.interval_ns;
            if (due_ns < tp_clock_monotonic_ns()) /* it was stopped, or is too slow */
                due_ns = tp_clock_monotonic_ns() + watch->options.interval_ns;
            changed = !watch->paused;
        } else if (!watch->paused) {
            rc = watch_ends(watch, error);
        }
        if (rc == TP_OK && changed)
            show(watch, terminal);
        if (rc == TP_OK && wait_for_keys(watch, terminal, due_ns, error) && !watch->end)
            show(watch, terminal);
        rc = rc ? rc : (int)error->code;
    }
    return rc;
}

/* As its locale says (setlocale() would change how numbers are written). */
static bool shows_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *value = NULL;

    for (size_t i = 0; i < sizeof names / sizeof *names && (!value || !*value); i++)
        value = getenv(names[i]);
    return value && (strcasestr(value, "utf-8") || strcasestr(value, "utf8"));
}

static int watch_terminal(struct watch_state *watch, struct tp_error *error)
{
    struct terminal terminal = {0};
    int rc = watch_begin(watch, error);

    if (rc == TP_OK) {
        cli_confine(CONFINE_WATCH, false);
        watch->utf8 = shows_utf8();
        trace_signals_catch();
        terminal_enter(&terminal, STDIN_FILENO, STDOUT_FILENO);
        rc = run(watch, &terminal, error);
        terminal_leave(&terminal);
        trace_signals_release();
    }
    watch_finish(watch);
    return rc;
}

int cmd_watch(int argc, char **argv)
{
    struct watch_command command = {.watch = {.options = {.proc = "/proc",
                                                          .group = -1,
                                                          .processes = true,
                                                          .interval_ns = INT64_C(1000000000),
                                                          .writer = tp_writer_find("table")}}};
    struct watch_state *watch = &command.watch;
    struct tp_error error = TP_ERROR_INIT;
    int status = cli_parse(&argp, "watch", argc, argv, &command);

    if (status == CLI_GO) {
        if (command.once || !terminal_is_one(STDOUT_FILENO))
            print_once(watch, &error);
        else
            watch_terminal(watch, &error);
        status = error.code && error.sys_errno != EPIPE ? cli_fail(&error) : CLI_FINE;
    }
    tp_filter_free(watch->options.filter);
    free(watch->options.bytecode);
    free(watch->options.expression);
    return status;
}
