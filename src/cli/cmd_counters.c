/* cmd_counters.c: `tcpprobe counters`: what the kernel counts of TCP, by category, with what it
 * means. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tcpprobe/host.h>

#include "base/clock.h"
#include "base/units.h"
#include "cli/counters.h"
#include "cli/trace.h"

enum {
    KEY_FORMAT = 0x3000,
    KEY_CATEGORY,
    KEY_NETNS,
    KEY_SAVE,
    KEY_DIFF,
    KEY_FAIL_ON,
    KEY_EXPLAIN,
    KEY_CONFIG
};

/* Behind the formats of rows. */
static const char *const scraped[] = {"openmetrics", "prometheus"};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "What is shown:", 1},
    {"category", KEY_CATEGORY, "WHAT", 0, "only of " CLI_WORDS, 1},
    {"all", 'a', NULL, 0,
     "those of IP, ICMP and UDP, too, zeros, and in formats for programs every column", 1},
    {"netns", KEY_NETNS, "NAME", 0,
     "of another network namespace: its name (ip netns), or the number of a process in it", 1},
    {"explain", KEY_EXPLAIN, NULL, 0,
     "say of each what it counts, since when, what it tells, and where its thresholds come from",
     1},
    {"config", KEY_CONFIG, NULL, 0, "show the kernel's settings that matter to TCP instead", 1},
    {0, 0, 0, 0, "Growth:", 2},
    {"interval", 'i', "TIME", 0,
     "again and again, with the growth since the round before: 1s, 500ms ...", 2},
    {"count", 'c', "N", 0, "end after N rounds", 2},
    {"save", KEY_SAVE, "FILE", 0, "write them to FILE, for --diff", 2},
    {"diff", KEY_DIFF, "FILE", 0, "growth since FILE was saved", 2},
    {"fail-on", KEY_FAIL_ON, "LEVEL", 0,
     "status 1 if growth gives a finding of that level or a worse one: note, warn or bad", 2},
    {0, 0, 0, 0, "Output:", 3},
    {"format", KEY_FORMAT, "FORMAT", 0, CLI_WORDS " (default: table)", 3},
    {"quiet", 'q', NULL, 0, "do not say what could not be read", 3},
    {0},
};

/* --- options ---------------------------------------------------------------------------- */

static const char *format_name(const void *list, size_t index)
{
    (void)list;
    return index < tp_writer_count ? tp_writers[index]->name : scraped[index - tp_writer_count];
}

static const char *category_name(const void *list, size_t index)
{
    (void)list;
    return tp_counter_categories[index].name;
}

static const char *level_name(const void *list, size_t index)
{
    (void)list;
    return tp_finding_levels[index];
}

static struct cli_words formats(void)
{
    return (struct cli_words){NULL, tp_writer_count + 2, format_name};
}

static struct cli_words categories(void)
{
    return (struct cli_words){NULL, TP_COUNTER_CATEGORY_COUNT, category_name};
}

/* Of what is -1 where the option was not given. */
static error_t parse_word(const char *option, const char *text, struct cli_words words, int *index)
{
    unsigned found = 0;
    error_t rc = cli_parse_word(option, text, &words, &found);

    if (!rc)
        *index = (int)found;
    return rc;
}

static error_t parse_format(struct counters_options *counters, const char *text)
{
    int index = 0;
    error_t rc = parse_word("--format", text, formats(), &index);

    if (rc)
        return rc;
    counters->writer = (size_t)index < tp_writer_count ? tp_writers[index] : NULL;
    counters->prometheus = (size_t)index == tp_writer_count + 1;
    return 0;
}

static error_t parse_level(struct counters_options *counters, const char *text)
{
    const struct cli_words levels = {NULL, TP_FINDING_LEVELS, level_name};

    return parse_word("--fail-on", text, levels, &counters->fail_on);
}

static error_t parse_interval(struct counters_options *counters, const char *text)
{
    if (tp_units_parse_duration(text, &counters->interval_ns) && counters->interval_ns > 0)
        return 0;
    return cli_bad_option("--interval: '%s' is not a time such as 1, 500ms or 1min", text);
}

static error_t check_options(const struct counters_options *counters)
{
    bool grows = counters->interval_ns || counters->diff;

    if (counters->rounds && !counters->interval_ns)
        return cli_bad_option("--count counts the rounds of --interval, which is not given");
    if (counters->interval_ns && counters->diff)
        return cli_bad_option("--diff and --interval each say since when: not both");
    if (counters->fail_on >= 0 && !grows)
        return cli_bad_option("--fail-on judges growth: it needs --diff or --interval");
    if (!counters->writer && (counters->interval_ns || counters->config || counters->diff))
        return cli_bad_option("--format openmetrics and prometheus write sums, once");
    if (counters->explain && counters->writer != tp_writer_find("table"))
        return cli_bad_option("--explain writes text; --all has the same in formats for programs");
    return 0;
}

static error_t add_name(struct counters_options *counters, struct argp_state *state)
{
    /* argp moves what is no option to the end of argv, and calls for each in turn. */
    if (!counters->name_count)
        counters->names = state->argv + state->next - 1;
    counters->name_count++;
    return 0;
}

static error_t parse_growth_option(int key, char *arg, struct counters_options *counters)
{
    error_t rc;

    switch (key) {
    case 'i':
        return parse_interval(counters, arg);
    case 'c':
        rc = cli_parse_count("--count", arg, UINT32_MAX, &counters->rounds);
        return rc || counters->rounds ? rc : cli_bad_option("--count: 0 is too few");
    case KEY_SAVE:
        counters->save = arg;
        return 0;
    case KEY_DIFF:
        counters->diff = arg;
        return 0;
    case KEY_FAIL_ON:
        return parse_level(counters, arg);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct counters_options *counters = state->input;

    switch (key) {
    case KEY_CATEGORY:
        return parse_word("--category", arg, categories(), &counters->category);
    case 'a':
        counters->all = true;
        return 0;
    case KEY_NETNS:
        counters->netns = arg;
        return 0;
    case KEY_EXPLAIN:
        counters->explain = true;
        return 0;
    case KEY_CONFIG:
        counters->config = true;
        return 0;
    case KEY_FORMAT:
        return parse_format(counters, arg);
    case 'q':
        counters->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        return add_name(counters, state);
    case ARGP_KEY_END:
        return check_options(counters);
    default:
        return parse_growth_option(key, arg, counters);
    }
}

static char *help_filter(int key, const char *text, void *input)
{
    struct cli_words words = key == KEY_FORMAT ? formats() : categories();

    (void)input;
    return key == KEY_FORMAT || key == KEY_CATEGORY ? cli_help_words(text, &words) : (char *)text;
}

static const struct argp argp = {
    options,
    parse_option,
    "[NAME...]",
    "Shows what this machine's kernel counts of TCP, by category: sums since it was started, or "
    "with -i and "
    "--diff by how much they grew, with the share of what they belong to. It needs no privileges.\v"
    "NAME is a counter's name, with or without Tcp and TcpExt before it, or a pattern such as "
    "'*Retrans*'. "
    "Without one, all of TCP that are not 0, or that grew, are shown.\n"
    "\nSums say little, because they are as old as the machine's last start; findings, which stand "
    "below the "
    "table, are drawn from growth only. Where a threshold comes from, --explain says: mostly it is "
    "a rule of "
    "thumb.",
    NULL,
    help_filter,
    NULL};

/* --- running ---------------------------------------------------------------------------- */

static void say_malformed(const struct counters_options *counters, const struct tp_counters *read)
{
    if (read->malformed && !counters->quiet)
        cli_message("%llu counters could not be read", (unsigned long long)read->malformed);
}

static bool wait_until(int64_t due_ns)
{
    struct timespec due = {due_ns / 1000000000, due_ns % 1000000000};

    while (!trace_signals_wish(NULL).end)
        if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) != EINTR)
            return true;
    return false;
}

static int run_rounds(struct tp_counter_files *files, struct counters_list *list,
                      struct tp_counters rounds[2], struct counters_mean *means,
                      struct tp_error *error)
{
    const struct counters_options *counters = list->options;
    int64_t due_ns = tp_clock_monotonic_ns();
    int rc = TP_OK;

    for (uint64_t i = 0; rc == TP_OK; i++) {
        list->now = &rounds[i & 1];
        if (i)
            list->before = &rounds[~i & 1];
        rc = tp_counters_read(files, &rounds[i & 1], error);
        if (rc == TP_OK && i == 0) {
            say_malformed(counters, list->now);
            rc = counters_check_names(counters, list->now, error);
        }
        if (rc == TP_OK && means)
            rc = counters_means_note(means, list->now, error);
        if (rc == TP_OK && (!counters->save || counters->interval_ns || counters->diff))
            rc = counters_write(list, error);
        due_ns += counters->interval_ns;
        if (rc || !counters->interval_ns || i + 1 == counters->rounds)
            break;
        rc = tp_out_finish(list->out, error);
        if (rc || !wait_until(due_ns))
            break;
    }
    return rc;
}

/* Growth since then can only be told of the same start of the same machine. */
static int load_base(const struct counters_options *counters, const struct tp_counter_place *here,
                     struct tp_counters *base, struct tp_error *error)
{
    struct tp_counter_place then;
    int rc = tp_counters_load(counters->diff, base, &then, error);

    if (rc)
        return rc;
    if (strcmp(then.boot_id, here->boot_id) != 0)
        return tp_error_set(
            error, TP_ERR_FORMAT,
            "'%s' was saved before this machine was started, or on another one: how much the "
            "counters grew since then is not known",
            counters->diff);
    if (then.netns != here->netns)
        return tp_error_set(error, TP_ERR_FORMAT, "'%s' was saved in another network namespace",
                            counters->diff);
    return TP_OK;
}

static int enter(const struct counters_options *counters, struct tp_error *error)
{
    struct tp_netns netns;
    int rc;

    if (!counters->netns)
        return TP_OK;
    rc = tp_netns_find(counters->proc, counters->netns, &netns, error);
    return rc ? rc : tp_netns_enter(&netns, error);
}

/* Of an opened world: shows, and saves. */
static int show(struct counters_list *list, struct tp_counter_files *files,
                const struct tp_counter_place *here, struct tp_error *error)
{
    const struct counters_options *counters = list->options;
    struct tp_counters rounds[2] = {{0}, {0}}, base = {0};
    struct counters_mean *means =
        counters->interval_ns ? calloc(COUNTERS_MEANS, sizeof *means) : NULL;
    int rc = counters->diff ? load_base(counters, here, &base, error) : TP_OK;

    if (counters->interval_ns && !means)
        rc = tp_error_nomem(error);
    list->means = means;
    if (rc == TP_OK) {
        list->before = counters->diff ? &base : NULL;
        rc = run_rounds(files, list, rounds, means, error);
    }
    if (rc == TP_OK && list->now && (!counters->save || counters->interval_ns || counters->diff))
        counters_end(list);
    if (rc == TP_OK && counters->save)
        rc = tp_counters_save(counters->save, list->now, here, error);
    tp_counters_release(&rounds[0]);
    tp_counters_release(&rounds[1]);
    tp_counters_release(&base);
    if (means)
        counters_means_release(means);
    free(means);
    return rc;
}

static int show_counters(const struct counters_options *counters)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_out *out = cli_out_new(&error);
    struct counters_list list = {.options = counters, .out = out, .worst = -1};
    struct tp_counter_files *files = NULL;
    struct tp_counter_place here;

    if (out && enter(counters, &error) == TP_OK)
        files = tp_counter_files_open(counters->proc, &error);
    if (files) {
        tp_counter_place_here(counters->proc, &here);
        cli_confine(counters->save ? CONFINE_WRITE : CONFINE_READ, counters->quiet);
        if (counters->interval_ns)
            trace_signals_catch();
        if (counters->config)
            counters_write_config(counters, out);
        else
            show(&list, files, &here, &error);
        tp_out_finish(out, &error);
        if (counters->interval_ns)
            trace_signals_release();
    }
    tp_counter_files_close(files);
    tp_out_free(out);
    if (error.code)
        return cli_fail(&error);
    return counters->fail_on >= 0 && list.worst >= counters->fail_on ? CLI_CHANGED : CLI_FINE;
}

int cmd_counters(int argc, char **argv)
{
    struct counters_options counters = {
        .proc = "/proc", .category = -1, .fail_on = -1, .writer = tp_writer_find("table")};
    int status = cli_parse(&argp, "counters", argc, argv, &counters);

    return status == CLI_GO ? show_counters(&counters) : status;
}
