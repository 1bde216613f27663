/* cmd_sockets.c: `tcpprobe sockets`: the TCP sockets of this machine with what the kernel says of
 * them.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/phrase.h"
#include "base/units.h"
#include "cli/log_file.h"
#include "cli/sockets.h"
#include "cli/trace.h"

enum { KEY_FORMAT = 0x3000, KEY_COLUMNS, KEY_STATES, KEY_NETNS, KEY_READ, KEY_EXPLAIN };

static const struct argp_option options[] = {
    {0, 0, 0, 0, "What is listed:", 1},
    {"states", KEY_STATES, "LIST", 0,
     "sockets in these states: listen, time_wait, syn_recv, established ..., separated by commas, "
     "or "
     "all (default: connections, which is all but these three)",
     1},
    {"listeners", 'l', NULL, 0, "those that listen, with their accept queues: --states=listen", 1},
    {"processes", 'p', NULL, 0,
     "find a process that has each socket open, which takes longer than all the rest", 1},
    {"netns", KEY_NETNS, "NAME", 0,
     "of another network namespace: its name (ip netns), the number of a process in it, or all", 1},
    {"read", KEY_READ, "FILE", 0, "of a recording made with 'ss -D FILE' instead of this machine",
     1},
    {0, 0, 0, 0, "Time:", 2},
    {"interval", 'i', "TIME", 0,
     "again and again, with what happened since the round before: 1s, 500ms ...", 2},
    {"count", 'c', "N", 0, "end after N rounds", 2},
    {"explain", KEY_EXPLAIN, NULL, 0,
     "with -i: say of each connection what limited its sender since the round before, by which "
     "figures, and what can be done",
     2},
    {0, 0, 0, 0, "Recording:", 4},
    LOG_FILE_OPTIONS(4),
    {"duration", 'd', "TIME", 0, "end after TIME: 10, 10s, 500ms, 2min", 4},
    {0, 0, 0, 0, "Output:", 3},
    {"all", 'a', NULL, 0,
     "every column: in a table a block of lines for each socket, in the other formats more columns",
     3},
    {"sort", 's', "COLUMN", 0,
     "largest first by COLUMN, a name as in --columns or its beginning (default: bytes); -COLUMN "
     "is "
     "smallest first",
     3},
    {"group", 'g', "WHAT", 0, "sums and shares instead, by " CLI_WORDS, 3},
    {"top", 'n', "N", 0, "only the first N of the sorted sockets; the total is still that of all",
     3},
    {"format", KEY_FORMAT, "FORMAT", 0, CLI_WORDS " (default: table)", 3},
    {"columns", KEY_COLUMNS, NULL, 0,
     "list the names of all columns with their meaning, and read nothing", 3},
    {"quiet", 'q', NULL, 0, "do not say what could not be told", 3},
    {0},
};

/* --- options ---------------------------------------------------------------------------- */

static const char *column_name(const void *list, size_t index)
{
    return ((const struct tp_socket_row *)list)[index].column.name;
}

static error_t parse_sort(struct sockets_options *sockets, const char *text)
{
    const char *nearest;
    int found;

    sockets->ascending = text[0] == '-';
    text += sockets->ascending;
    found = text[0] ? tp_socket_find(text) : -1;
    if (found >= 0) {
        sockets->sort = (enum tp_socket_id)found;
        sockets->processes |= found == TP_SOCKET_process || found == TP_SOCKET_process_name;
        return 0;
    }
    nearest = cli_nearest(text, strlen(text), tp_socket_rows, TP_SOCKET_IDS, column_name);
    return cli_bad_option("--sort: there is no column '%s'; %s%s%s", text,
                          nearest ? "did you mean '" : "'tcpprobe sockets --columns' lists them",
                          nearest ? nearest : "", nearest ? "'?" : "");
}

/* "time_wait" as TCP_TIME_WAIT; -1 if there is none. */
static int find_state(const char *word, size_t length)
{
    char name[32];
    struct tp_phrase phrase = tp_phrase_in(name, sizeof name);

    tp_phrase_add(&phrase, "TCP_");
    for (size_t i = 0; i < length; i++)
        tp_phrase_add(&phrase, "%c", toupper((unsigned char)word[i]));
    return phrase.cut ? -1 : tp_tcp_state_find(name, phrase.length);
}

static error_t parse_states(struct sockets_options *sockets, const char *text)
{
    size_t length;
    int state;

    for (;; text += length + 1) {
        length = strcspn(text, ",");
        state = find_state(text, length);
        if (length == 3 && strncmp(text, "all", 3) == 0)
            sockets->states |= TP_STATES_ALL;
        else if (state > 0 && TP_STATES_ALL >> state & 1)
            sockets->states |= TP_STATE_BIT(state);
        else
            return cli_bad_option("--states: '%.*s' is no state such as established, listen, "
                                  "time_wait, syn_recv or all",
                                  (int)length, text);
        if (!text[length])
            return 0;
    }
}

static error_t check_options(struct sockets_options *sockets)
{
    error_t rc;

    if (sockets->rounds && !sockets->interval_ns && !sockets->records)
        return cli_bad_option("--count counts the rounds of --interval, which is not given");
    if (sockets->recorded && (sockets->interval_ns || sockets->netns || sockets->processes))
        return cli_bad_option("--read reads what was recorded: there is no %s in it",
                              sockets->netns       ? "other namespace"
                              : sockets->processes ? "process"
                                                   : "second round");
    if (sockets->explain && !sockets->interval_ns)
        return cli_bad_option("--explain compares rounds: it needs --interval");
    if (sockets->explain && (sockets->group >= 0 || sockets->writer != tp_writer_find("table")))
        return cli_bad_option("--explain writes text about connections: without --group and "
                              "--format");
    if (sockets->time != CLI_TIME_USUAL &&
        (sockets->explain || sockets->group >= 0 || sockets->records))
        return cli_bad_option("--time says how moments are written: with %s there are none",
                              sockets->explain      ? "--explain"
                              : sockets->group >= 0 ? "--group"
                                                    : "--output");
    rc = sockets_check_log(sockets);
    if (!rc)
        rc = sockets_check_group(sockets);
    return !rc && sockets->expression ? sockets_parse_filter(sockets) : rc;
}

static error_t parse_output_option(int key, char *arg, struct sockets_options *sockets)
{
    switch (key) {
    case 'a':
        sockets->all = true;
        return 0;
    case 's':
        return parse_sort(sockets, arg);
    case 'g':
        return sockets_parse_group(sockets, arg);
    case 'n':
        sockets->has_top = true;
        return cli_parse_count("--top", arg, UINT32_MAX, &sockets->top);
    case KEY_FORMAT:
        return cli_parse_format(arg, CLI_FORMATS_ALL, &sockets->writer);
    case KEY_EXPLAIN:
        sockets->explain = true;
        return 0;
    case KEY_COLUMNS:
        sockets->list_columns = true;
        return 0;
    case 'q':
        sockets->quiet = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct sockets_options *sockets = state->input;
    error_t rc;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &sockets->time;
        return 0;
    case KEY_STATES:
        return parse_states(sockets, arg);
    case 'l':
        sockets->states |= TP_STATE_BIT(TP_STATE_LISTEN);
        return 0;
    case 'p':
        sockets->processes = true;
        return 0;
    case KEY_NETNS:
        sockets->netns = arg;
        return 0;
    case KEY_READ:
        sockets->recorded = arg;
        return 0;
    case 'i':
        return cli_parse_span("--interval", arg, &sockets->interval_ns);
    case 'c':
        return log_file_parse_number("--count", arg, UINT32_MAX, &sockets->rounds);
    case 'd':
        return cli_parse_span("--duration", arg, &sockets->log.duration_ns);
    case ARGP_KEY_ARG:
        return cli_append_word(&sockets->expression, arg);
    case ARGP_KEY_END:
        return check_options(sockets);
    default:
        rc = log_file_parse(key, arg, &sockets->log);
        sockets->records |= key == 'o' && !rc;
        return rc == ARGP_ERR_UNKNOWN ? parse_output_option(key, arg, sockets) : rc;
    }
}

static char *help_filter(int key, const char *text, void *input)
{
    struct cli_words words = key == KEY_FORMAT ? cli_formats(CLI_FORMATS_ALL) : sockets_groups();

    (void)input;
    return key == KEY_FORMAT || key == 'g' ? cli_help_words(text, &words) : (char *)text;
}

static const struct argp_child children[] = {{&cli_time_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,
    parse_option,
    "[FILTER]",
    "Shows the TCP sockets of this machine as its kernel knows them at this moment: state, "
    "windows, "
    "round-trip time, timeout, queues, rates, what was sent again, and who owns them. It needs no "
    "privileges, and changes nothing.\v"
    "A filter is written as for 'tcpprobe trace': ports, addresses, and every column by its name, "
    "such "
    "as port 443 && srtt_us > 100k, state == TCP_CLOSE_WAIT or owner ~ \"nginx*\". What the kernel "
    "can "
    "be asked of it, it is asked.\n"
    "\n- is what the kernel did not say: an older one knows less, and some is not there yet, such "
    "as "
    "the slow start threshold before the first loss. With -i the first round has totals, the next "
    "ones "
    "show what happened since the round before. With -o each round is recorded, and the end of "
    "every "
    "connection, into a log that all commands read like one of 'tcpprobe trace'.\n"
    "\nWithout root, marks of sockets (SO_MARK) and processes of other users are not told.",
    children,
    help_filter,
    NULL};

/* --- running ---------------------------------------------------------------------------- */

static int list_columns(void)
{
    const struct tp_socket_row *row;
    const char *section = NULL;

    for (unsigned id = 0; id < TP_SOCKET_IDS; id++) {
        row = &tp_socket_rows[id];
        if (row->use & TP_SOCKET_TABLE_ONLY)
            continue;
        if (row->column.section && (!section || strcmp(section, row->column.section) != 0))
            printf("\n%s\n", row->column.section);
        section = row->column.section;
        printf("%-29s %s\n", row->column.name, row->column.help);
    }
    return CLI_FINE;
}

/* Once: what this user is not told, and what could not be read. */
static void say_notes(const struct sockets_options *sockets, const struct sockets_source *source,
                      const struct sockets_round *round)
{
    if (sockets->quiet)
        return;
    if (source->processes.denied)
        cli_message("without root, the open files of %llu of %llu processes may not be looked at",
                    (unsigned long long)source->processes.denied,
                    (unsigned long long)source->processes.processes);
    if (sockets->all && !sockets->recorded && geteuid() != 0)
        cli_message("without root, marks of sockets are not told");
    if (round->summary.malformed)
        cli_message("%llu messages could not be read",
                    (unsigned long long)round->summary.malformed);
}

/* False if a signal came first. */
static bool wait_until(int64_t due_ns)
{
    struct timespec due = {due_ns / 1000000000, due_ns % 1000000000};

    while (!trace_signals_wish(NULL).end)
        if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) != EINTR)
            return true;
    return false;
}

static int run_rounds(const struct sockets_options *sockets, struct sockets_source *source,
                      struct sockets_list *list, struct sockets_round rounds[2],
                      struct tp_error *error)
{
    struct sockets_round *before;
    int64_t due_ns = tp_clock_monotonic_ns();
    int rc = TP_OK;

    for (uint64_t i = 0; rc == TP_OK; i++) {
        list->now = &rounds[i & 1];
        list->before = before = i ? &rounds[~i & 1] : NULL;
        rc = sockets_read(source, &rounds[i & 1], before, error);
        if (rc == TP_OK)
            rc = sockets_write(list, error);
        if (rc == TP_OK && i == 0)
            say_notes(sockets, source, list->now);
        due_ns += sockets->interval_ns;
        if (rc || !sockets->interval_ns || i + 1 == sockets->rounds)
            break;
        rc = tp_out_finish(list->out, error);
        if (rc || !wait_until(due_ns))
            break;
    }
    if (rc == TP_OK)
        sockets_end(list);
    return rc ? rc : tp_out_finish(list->out, error);
}

static int show_sockets(const struct sockets_options *sockets)
{
    struct tp_error error = TP_ERROR_INIT;
    struct sockets_source source;
    struct sockets_round rounds[2] = {0};
    struct tp_out *out = cli_out_new(&error);
    struct sockets_list list = {.options = sockets, .source = &source, .out = out};

    if (sockets_open(&source, sockets, &error) == TP_OK && out) {
        cli_confine(sockets->recorded ? CONFINE_READ : CONFINE_ASK, sockets->quiet);
        if (sockets->interval_ns)
            trace_signals_catch();
        run_rounds(sockets, &source, &list, rounds, &error);
        if (sockets->interval_ns)
            trace_signals_release();
    }
    sockets_release(&rounds[0]);
    sockets_release(&rounds[1]);
    sockets_close(&source);
    tp_out_free(out);
    return error.code ? cli_fail(&error) : CLI_FINE;
}

int cmd_sockets(int argc, char **argv)
{
    struct sockets_options sockets = {
        .proc = "/proc", .group = -1, .sort = TP_SOCKET_bytes, .writer = tp_writer_find("table")};
    int status = cli_parse(&argp, "sockets", argc, argv, &sockets);

    if (status == CLI_GO && sockets.list_columns)
        status = list_columns();
    else if (status == CLI_GO)
        status = sockets.records ? sockets_record(&sockets, argc, argv) : show_sockets(&sockets);
    tp_filter_free(sockets.filter);
    free(sockets.bytecode);
    free(sockets.expression);
    return status;
}
