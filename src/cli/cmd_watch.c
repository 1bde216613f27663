/* cmd_watch.c: `tcpprobe watch`: the connections of this machine on a terminal, every second. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/phrase.h"
#include "base/units.h"
#include "cli/terminal.h"
#include "cli/trace.h"
#include "cli/watch.h"
#include "cli/web.h"

#define STEP_MS     100 /* so often ends are read, which have little room to wait in */
#define NETNS_BYTES 256

enum { KEY_NETNS = 0x3000, KEY_NO_PROCESSES, KEY_SPEED, KEY_AT, KEY_WEB, KEY_EVENTS, KEY_PACKETS };

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
    {"web", KEY_WEB, "PORT", OPTION_ARG_OPTIONAL,
     "serve it as a page for browsers of this machine, at the address that is printed: of what "
     "happens, or of files",
     1},
    {"events", KEY_EVENTS, NULL, 0,
     "with --web: the kernel's events of the same connections, too, as trace --sockets has them",
     1},
    {"packets", KEY_PACKETS, "IFACE", 0,
     "with --web: the packets of IFACE (any: of all) of the same connections, too", 1},
    {0, 0, 0, 0, "Of a log:", 2},
    {"speed", KEY_SPEED, "N", 0, "N times as fast as it was (default: 1)", 2},
    {"at", KEY_AT, "TIME", 0,
     "begin at TIME after its first round: 90, 90s, 5min; with --once show the round then "
     "(default: "
     "the last one)",
     2},
    {0},
};

struct watch_command {
    struct watch_state watch;
    struct web_options web;
    const char *path; /* of a log; NULL: the machine */
    int64_t at_ns;
    bool once, has_at, has_speed, is_live; /* is_live: an option that a log cannot have */
    bool is_arranged;                      /* --sort was given */
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

    return cli_parse_word("--sort", text, &words, &watch->sort);
}

static error_t parse_speed(struct watch_state *watch, const char *text)
{
    char *end;

    watch->speed = strtod(text, &end);
    if (end == text || *end || !(watch->speed > 0.0009 && watch->speed < 1e6))
        return cli_bad_option("--speed: '%s' is not a number such as 4 or 0.5", text);
    return 0;
}

/* No filter looks like that. */
static bool names_a_file(const char *word)
{
    static const char *const ends[] = {".gz", ".log", ".pcap", ".pcapng"};
    size_t length = strlen(word);

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (!strchr(word, ' ') && tp_ends_in(word, length, ends[i]))
            return true;
    return word[0] == '/' || word[0] == '.' || strcmp(word, "-") == 0;
}

/* The first word may be a log, if there is one of that name. */
static error_t take_word(struct watch_command *command, const char *word)
{
    struct sockets_options *sockets = &command->watch.options;
    struct stat status;

    if (!sockets->expression && stat(word, &status) == 0 && S_ISREG(status.st_mode)) {
        if (command->path && !command->web.wanted)
            return cli_bad_option("%s: a terminal shows one log; --web shows several files", word);
        command->path = command->path ? command->path : word;
        if (!TP_LIST_ONE_MORE(command->web.paths, command->web.path_count))
            return ENOMEM;
        command->web.paths[command->web.path_count++] = (char *)(uintptr_t)word;
        return 0;
    }
    if (!sockets->expression && names_a_file(word))
        return stat(word, &status) == 0
                   ? cli_bad_option("%s: is no regular file, and what is shown is read from one",
                                    word)
                   : cli_bad_option("%s: cannot open: %s", word, strerror(errno));
    return cli_append_word(&sockets->expression, word);
}

static error_t check_options(struct watch_command *command)
{
    struct sockets_options *sockets = &command->watch.options;

    if (command->path && command->is_live)
        return cli_bad_option(
            "--interval, --netns, --no-processes, --events and --packets are of the machine, and "
            "%s is a log",
            command->path);
    if (!command->path && (command->has_at || command->has_speed))
        return cli_bad_option("--speed and --at are of a log: tcpprobe watch FILE");
    if (command->web.wanted && (command->once || command->is_arranged || sockets->group >= 0 ||
                                sockets->time != CLI_TIME_USUAL))
        return cli_bad_option(
            "--web is a page: --once, --sort, --group and --time are of a terminal");
    if (!command->web.wanted && (command->web.events || command->web.interface))
        return cli_bad_option("--events and --packets are of a page: --web");
    command->web.speed = command->watch.speed;
    command->web.at_ns = command->at_ns;
    if (command->web.wanted && command->path)
        return 0; /* asked of records, not of sockets */
    return sockets->expression ? sockets_parse_filter(sockets) : 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct watch_command *command = state->input;
    struct sockets_options *sockets = &command->watch.options;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &sockets->time;
        return 0;
    case KEY_SPEED:
        command->has_speed = true;
        return parse_speed(&command->watch, arg);
    case KEY_AT:
        command->has_at = true;
        return cli_parse_span("--at", arg, &command->at_ns);
    case 'i':
        command->is_live = true;
        return cli_parse_span("--interval", arg, &sockets->interval_ns);
    case KEY_NETNS:
        command->is_live = true;
        sockets->netns = arg;
        return 0;
    case KEY_NO_PROCESSES:
        command->is_live = true;
        sockets->processes = false;
        return 0;
    case 's':
        command->is_arranged = true;
        return parse_sort(&command->watch, arg);
    case 'g':
        return sockets_parse_group(sockets, arg);
    case KEY_EVENTS:
        command->is_live = command->web.events = true;
        return 0;
    case KEY_PACKETS:
        command->is_live = true;
        command->web.interface = arg;
        return 0;
    case KEY_WEB:
        return web_parse_port(&command->web, arg);
    case '1':
        command->once = true;
        return 0;
    case ARGP_KEY_ARG:
        return take_word(command, arg);
    case ARGP_KEY_END:
        return check_options(command);
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

static const struct argp_child children[] = {{&cli_time_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,
    parse_option,
    "[LOG] [FILTER]",
    "Shows the connections of this machine on a terminal, with what they did in the last second: "
    "rates, what was sent again, and what limits each. Keys sort, group, filter, and show one with "
    "its curves; h lists them. It needs no privileges.\v"
    "Above the connections stands what the machine did: rates, segments sent again by kind, and "
    "the "
    "worst finding of its counters, as 'tcpprobe counters' explains it. What has closed stays for "
    "5 s.\n"
    "\nLOG is what 'tcpprobe sockets -o' or 'tcpprobe trace --sockets' recorded: it is shown as it "
    "was, with keys to pause, to go on or back, faster or slower.\n"
    "\nA filter is written as for 'tcpprobe sockets'. Where standard output is no terminal, one "
    "round is printed as a table.",
    children,
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
    int64_t first_ns;

    shown->sort = by >= 0 ? (enum tp_socket_id)by : TP_SOCKET_goodput;
    shown->ascending = watch_sorts[watch->sort].ascending;
    rc = out ? sockets_open(&source, shown, error) : rc;
    if (rc == TP_OK)
        cli_confine(CONFINE_ASK, false);
    first_ns = tp_clock_monotonic_ns();
    if (rc == TP_OK)
        rc = sockets_read(&source, &rounds[0], NULL, error);
    if (rc == TP_OK && nanosleep(&pause, NULL) == 0)
        rc = sockets_read(&source, &rounds[1], &rounds[0], error);
    if (rc == TP_OK) {
        list.now = &rounds[1];
        list.before = &rounds[0];
        list.first_ns = first_ns;
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

/* The round of a log, and what happened since the one before. */
static int print_log(struct watch_command *command, struct tp_error *error)
{
    struct watch_state *watch = &command->watch;
    struct tp_out *out = tp_out_new(STDOUT_FILENO, "standard output", error);
    struct sockets_round shown = {0};
    int by = watch_sorts[watch->sort].by, rc = watch_begin(watch, error);
    struct sockets_list list = {
        .options = &watch->options, .source = &watch->source, .now = &shown, .out = out};

    watch->options.sort = by >= 0 ? (enum tp_socket_id)by : TP_SOCKET_goodput;
    watch->options.ascending = watch_sorts[watch->sort].ascending;
    cli_confine(CONFINE_READ, false);
    if (rc == TP_OK)
        rc = watch_log_seek(watch, command->has_at ? command->at_ns : INT64_MAX, error);
    for (size_t row = 0; rc == TP_OK && row < watch->row_count; row++)
        if (!watch->rows[row].closed)
            rc = sockets_put(&shown, watch->rows[row].now, error);
    if (rc == TP_OK)
        rc = watch->before ? sockets_index(watch->before, error) : TP_OK;
    list.before = watch->before;
    list.first_ns = watch->host.first_ns;
    if (watch->host.wall_ns)
        watch->source.wall_minus_monotonic_ns = watch->host.wall_ns - watch->host.clock_ns;
    for (size_t i = 0; i < shown.count; i++)
        shown.by_state[shown.list[i].tcp_state % TP_STATES]++;
    if (rc == TP_OK && out)
        rc = sockets_write(&list, error);
    if (rc == TP_OK && out)
        rc = tp_out_finish(out, error);
    sockets_release(&shown);
    watch_finish(watch);
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

/* Of a log that has ended nothing more comes, but keys may go back. */
static int read_next(struct watch_state *watch, struct tp_error *error)
{
    return watch->log ? watch_log_read(watch, error) : watch_read(watch, error);
}

static int64_t until_next_ns(const struct watch_state *watch)
{
    int64_t gap_ns = watch->log ? watch_log_gap_ns(watch->log) : watch->options.interval_ns;

    if (gap_ns <= 0)
        gap_ns = watch->options.interval_ns;
    return watch->log ? (int64_t)((double)gap_ns / watch->speed) : gap_ns;
}

static int run(struct watch_state *watch, struct terminal *terminal, struct tp_error *error)
{
    int64_t due_ns = tp_clock_monotonic_ns();
    int rc = TP_OK;

    if (watch->now) { /* of a log */
        show(watch, terminal);
        due_ns += until_next_ns(watch);
    }
    while (rc == TP_OK && !watch->end && !trace_signals_wish(NULL).end) {
        bool changed = false;

        if (tp_clock_monotonic_ns() >= due_ns) {
            rc = watch->paused ? TP_OK : read_next(watch, error);
            due_ns += until_next_ns(watch);
            if (due_ns < tp_clock_monotonic_ns()) /* it was stopped, or is too slow */
                due_ns = tp_clock_monotonic_ns() + until_next_ns(watch);
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

static int watch_terminal(struct watch_state *watch, int64_t at_ns, struct tp_error *error)
{
    struct terminal terminal = {0};
    int rc = watch_begin(watch, error);

    if (rc == TP_OK)
        cli_confine(CONFINE_WATCH, false);
    if (rc == TP_OK && watch->log)
        rc = watch_log_seek(watch, at_ns, error);
    if (rc == TP_OK && watch->log && !watch->now) /* what is no such log has no screen */
        rc = watch_log_read(watch, error);
    if (rc == TP_OK) {
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
    struct watch_command command = {.watch = {.speed = 1,
                                              .options = {.proc = "/proc",
                                                          .group = -1,
                                                          .processes = true,
                                                          .interval_ns = INT64_C(1000000000),
                                                          .writer = tp_writer_find("table")}}};
    struct watch_state *watch = &command.watch;
    struct tp_error error = TP_ERROR_INIT;
    int status;

    command.web.sockets = &watch->options;
    status = cli_parse(&argp, "watch", argc, argv, &command);

    if (status == CLI_GO) {
        if (command.web.wanted)
            status = web_run(&command.web);
        else if (command.path && watch_log_open(&watch->log, command.path, &error) < 0)
            watch_finish(watch);
        else if (command.once || !terminal_is_one(STDOUT_FILENO))
            watch->log ? print_log(&command, &error) : print_once(watch, &error);
        else
            watch_terminal(watch, command.at_ns, &error);
        if (!command.web.wanted)
            status = error.code && error.sys_errno != EPIPE ? cli_fail(&error) : CLI_FINE;
    }
    free(command.web.paths);
    tp_filter_free(watch->options.filter);
    free(watch->options.bytecode);
    free(watch->options.expression);
    return status;
}
