/* parse.c: argp without its exits.
 *
 * argp is told neither to print nor to exit, and its own --help is replaced, because it would go
 * on parsing after the help; so a command line can be parsed any number of times in one process.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/units.h"
#include "cli/common.h"

struct parse {
    const char *name; /* "tcpprobe flows" */
    void *input;      /* of the command's own parser */
    bool helped;
};

enum { KEY_USAGE = 0x1000 };

static const struct argp_option parse_options[] = {
    {"help", '?', NULL, 0, "show this help", -1},
    {"usage", KEY_USAGE, NULL, 0, "show the options in short", -1},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct parse *parse = state->input;

    (void)arg;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = parse->input;
        return 0;
    case '?':
    case KEY_USAGE:
        state->name = (char *)parse->name;
        state->flags &= ~(unsigned)ARGP_NO_ERRS;
        argp_state_help(state, stdout, key == '?' ? ARGP_HELP_STD_HELP : ARGP_HELP_USAGE);
        parse->helped = true;
        return ECANCELED; /* ends the parsing */
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int cli_parse(const struct argp *argp, const char *command, int argc, char **argv, void *input)
{
    const struct argp_child children[] = {{argp, 0, NULL, 0}, {0}};
    const struct argp outer = {parse_options, parse_option, NULL, NULL, children, NULL, NULL};
    char name[40];
    struct parse parse = {name, input, false};
    error_t rc;

    snprintf(name, sizeof name, "tcpprobe %s", command);
    rc = argp_parse(&outer, argc, argv, ARGP_NO_EXIT | ARGP_NO_ERRS | ARGP_NO_HELP, NULL, &parse);
    if (parse.helped)
        return CLI_FINE;
    if (rc == ENOMEM)
        cli_message("out of memory");
    else if (rc && rc != EDOM)
        cli_explain(&outer, argc, argv);
    return rc ? CLI_FAILED : CLI_GO;
}

error_t cli_parse_size(const char *option, const char *text, uint64_t plain, uint64_t least,
                       uint64_t *bytes)
{
    if (tp_units_parse_bytes(text, plain, bytes) && *bytes >= least)
        return 0;
    return cli_bad_option("%s: '%s' is not a size such as %s, of at least %llu KiB", option, text,
                          plain > 1 ? "8192 (KiB), 512k or 64M" : "500k, 100M or 1G",
                          (unsigned long long)least / 1024);
}

error_t cli_parse_span(const char *option, const char *text, int64_t *ns)
{
    if (tp_units_parse_duration(text, ns) && *ns > 0)
        return 0;
    return cli_bad_option("%s: '%s' is not a time such as 10, 10s, 500ms or 2min", option, text);
}

error_t cli_append_word(char **text, const char *word)
{
    char *joined;

    if (asprintf(&joined, "%s%s%s", *text ? *text : "", *text ? " " : "", word) < 0)
        return ENOMEM;
    free(*text);
    *text = joined;
    return 0;
}
