/* input.c: the options that say which records of which files are meant. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/phrase.h"
#include "base/units.h"
#include "base/wall_time.h"
#include "cli/common.h"

enum {
    KEY_SINCE = 0x2000,
    KEY_UNTIL,
    KEY_THREADS,
    KEY_STRICT,
    KEY_SAME_CLOCK,
    KEY_OUTER,
    KEY_DECODE_AS,
    KEY_MAX_FLOWS,
    KEY_PCAP_FILTER
};

#define GROUP               10
#define THREADS_MAX         64
#define THREADS_DEFAULT_MAX 3

static const struct argp_option options[] = {
    {0, 0, 0, 0, "Input:", GROUP},
    {"filter", 'f', "EXPR", 0,
     "only records that match EXPR: the kernel's filter syntax (sport == 80 || snd_cwnd > 100) and "
     "host, net, port, src, dst, IPv6 addresses, names of states and events; where events were "
     "lost is always kept",
     GROUP},
    {"pcap-filter", KEY_PCAP_FILTER, "EXPR", 0,
     "of captures, only packets that match EXPR in the language of tcpdump", GROUP},
    {"since", KEY_SINCE, "TIME", 0,
     "only records from TIME on: 2.5, 2.5s, 100ms, 1min after the first event, @TIME in seconds of "
     "the recording's own clock, or a wall-clock time such as 2026-11-28T16:29:50Z",
     GROUP},
    {"until", KEY_UNTIL, "TIME", 0, "only records up to TIME", GROUP},
    {"strict", KEY_STRICT, NULL, 0,
     "a malformed line or packet, or a damaged tail, ends it with status 2", GROUP},
    {"same-clock", KEY_SAME_CLOCK, NULL, 0,
     "all files share one clock, even where their headers do not say so", GROUP},
    {"outer", KEY_OUTER, NULL, 0,
     "do not look into the tunnels of a capture (IPIP, GRE, VXLAN, Geneve, Teredo): the "
     "connections in them are not shown",
     GROUP},
    {"decode-as", KEY_DECODE_AS, "PORT=TUNNEL", 0,
     "UDP of PORT carries TUNNEL (vxlan, vxlan-gpe, geneve, gre, mpls, l2tp, capwap, teredo, gtp), "
     "as "
     "it does without saying on the ports of their standards; may be given several times",
     GROUP},
    {"threads", KEY_THREADS, "N", 0,
     "read with N threads beside the main one (default: as many as there are other processors, at "
     "most 3); the output is the same with any number",
     GROUP},
    {"max-flows", KEY_MAX_FLOWS, "N", 0,
     "keep at most N flows in memory (default 1000000): the one idle for longest leaves", GROUP},
    {"quiet", 'q', NULL, 0, "no notes and no progress on stderr, only errors", GROUP},
    {0},
};

/* The main thread reads too while it would have to wait, so it takes one processor. */
static unsigned default_threads(void)
{
    long others = sysconf(_SC_NPROCESSORS_ONLN) - 1;

    if (others < 0)
        return 0;
    return others < THREADS_DEFAULT_MAX ? (unsigned)others : THREADS_DEFAULT_MAX;
}

static bool is_file(const char *path)
{
    struct stat file;

    /* What is not there is told when it is opened. */
    return strcmp(path, "-") != 0 && (stat(path, &file) != 0 || S_ISREG(file.st_mode));
}

static const char *first_that_is_no_file(const struct cli_input *input)
{
    for (size_t i = 0; i < input->path_count; i++)
        if (!is_file(input->paths[i]))
            return input->paths[i];
    return NULL;
}

bool cli_input_is_files(const struct cli_input *input)
{
    return !first_that_is_no_file(input);
}

bool cli_input_is_twice(const struct cli_input *input, const char *option)
{
    const char *path = first_that_is_no_file(input);

    if (path)
        cli_message("%s reads its input twice, which %s does not allow: name a file", option,
                    strcmp(path, "-") == 0 ? "standard input" : path);
    return !path;
}

/* --- a file given twice ---------------------------------------------------------------------- */

static bool stat_file(const char *path, struct stat *file)
{
    return (strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, file) : stat(path, file)) == 0 &&
           S_ISREG(file->st_mode);
}

/* The one of the paths that leads to the same regular file; NULL if none does. */
static const char *find_same(char *const *paths, const struct stat *files, size_t count)
{
    const struct stat *file = &files[count];

    for (size_t i = 0; i < count; i++)
        if (S_ISREG(files[i].st_mode) && files[i].st_ino == file->st_ino &&
            files[i].st_dev == file->st_dev)
            return paths[i];
    return NULL;
}

/* Read twice, its retransmissions and losses would be counted twice. */
static error_t drop_repeated(struct cli_input *input)
{
    struct stat *files = calloc(input->path_count, sizeof *files);
    size_t kept = 0;

    if (!files)
        return ENOMEM;
    for (size_t i = 0; i < input->path_count; i++) {
        char *path = input->paths[i];
        bool known = stat_file(path, &files[kept]);
        const char *same = known ? find_same(input->paths, files, kept) : NULL;

        if (!known)
            files[kept] = (struct stat){0};
        if (!same)
            input->paths[kept++] = path;
        else if (!input->quiet)
            cli_message("%s: is the same file as %s: it is read once", path, same);
    }
    input->path_count = kept;
    free(files);
    return 0;
}

/* --- parsing --------------------------------------------------------------------------------- */

void cli_input_init(struct cli_input *input)
{
    *input = (struct cli_input){.threads = default_threads(), .max_flows = TP_MAX_FLOWS};
}

void cli_input_release(struct cli_input *input)
{
    tp_filter_free(input->filter);
    tp_bpf_free(input->bpf);
    input->filter = NULL;
    input->bpf = NULL;
}

static error_t parse_filter(struct cli_input *input, const char *text)
{
    struct tp_error error = TP_ERROR_INIT;

    if (input->filter)
        return cli_bad_option("--filter is given twice; join the expressions with &&");
    if (tp_filter_parse_with(&input->filter, text, input->words, &error) == 0)
        return 0;
    cli_fail(&error);
    cli_caret(text, &error);
    return EDOM;
}

static error_t parse_pcap_filter(struct cli_input *input, const char *text)
{
    struct tp_error error = TP_ERROR_INIT;

    if (input->bpf)
        return cli_bad_option("--pcap-filter is given twice; join the expressions with and");
    if (tp_bpf_new(&input->bpf, text, &error) == 0)
        return 0;
    return cli_bad_option("--pcap-filter: %s", error.text);
}

static error_t unknown_tunnel(const char *name)
{
    char text[128];
    struct tp_phrase names = tp_phrase_in(text, sizeof text);

    for (unsigned i = 0; tp_tunnel_name(i); i++)
        tp_phrase_item(&names, ", ", "%s", tp_tunnel_name(i));
    return cli_bad_option("--decode-as: '%s' is none of %s", name, text);
}

static error_t parse_decode_as(struct cli_input *input, const char *text)
{
    const char *name = strchr(text, '=');
    char port[8] = "";
    uint64_t number = 0;
    int tunnel = name ? tp_tunnel_find(name + 1, strlen(name + 1)) : -1;
    error_t rc;

    if (!name || (size_t)(name - text) >= sizeof port)
        return cli_bad_option("--decode-as: '%s' is not PORT=TUNNEL such as 4788=vxlan", text);
    memcpy(port, text, (size_t)(name - text));
    rc = cli_parse_count("--decode-as", port, UINT16_MAX, &number);
    if (rc)
        return rc;
    if (tunnel < 0)
        return unknown_tunnel(name + 1);
    if (input->decode_as_count == TP_DECODE_AS_MAX)
        return cli_bad_option("--decode-as: at most %d ports", TP_DECODE_AS_MAX);
    input->decode_as[input->decode_as_count++] =
        (struct tp_decode_as){(uint16_t)number, (uint8_t)tunnel};
    return 0;
}

error_t cli_parse_time(const char *option, const char *text, struct tp_pass_time *time)
{
    time->is_wall = wall_time_is_meant(text);
    if (time->is_wall) {
        time->given = wall_time_parse(text, &time->ns);
        return time->given
                   ? 0
                   : cli_bad_option("%s: '%s' is not a time such as 2026-11-28T16:29:50Z or "
                                    "2026-11-28T17:29:50.5+01:00",
                                    option, text);
    }
    time->is_clock = text[0] == '@';
    time->given = tp_units_parse_duration(text + time->is_clock, &time->ns);
    if (time->given)
        return 0;
    return cli_bad_option(
        "%s: '%s' is not a time such as 2.5, 100ms, @3591.25 or 2026-11-28T16:29:50Z", option,
        text);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct cli_input *input = state->input;
    uint64_t count;
    error_t rc;

    switch (key) {
    case 'f':
        return parse_filter(input, arg);
    case KEY_PCAP_FILTER:
        return parse_pcap_filter(input, arg);
    case 'q':
        input->quiet = true;
        return 0;
    case KEY_SINCE:
        return cli_parse_time("--since", arg, &input->since);
    case KEY_UNTIL:
        return cli_parse_time("--until", arg, &input->until);
    case KEY_STRICT:
        input->strict = true;
        return 0;
    case KEY_SAME_CLOCK:
        input->same_clock = true;
        return 0;
    case KEY_OUTER:
        input->outer = true;
        return 0;
    case KEY_DECODE_AS:
        return parse_decode_as(input, arg);
    case KEY_MAX_FLOWS:
        if (tp_units_parse_count(arg, UINT32_MAX, &input->max_flows) && input->max_flows > 0)
            return 0;
        return cli_bad_option("--max-flows: '%s' is not a number from 1 to %u", arg, UINT32_MAX);
    case KEY_THREADS:
        rc = cli_parse_count("--threads", arg, THREADS_MAX, &count);
        if (!rc)
            input->threads = (unsigned)count;
        return rc;
    case ARGP_KEY_ARGS:
        input->paths = state->argv + state->next;
        input->path_count = (size_t)(state->argc - state->next);
        return input->each_alone ? 0 : drop_repeated(input);
    case ARGP_KEY_NO_ARGS:
        if (input->may_be_none)
            return 0;
        return cli_bad_option(
            "no file given: name a trace log or a capture, or - for standard input");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cli_input_argp = {options, parse_option, NULL, NULL, NULL, NULL, NULL};
