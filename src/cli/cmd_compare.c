/* cmd_compare.c: `tcpprobe compare`: did congestion behaviour change between runs? */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tcpprobe/plot.h>

#include "cli/compare.h"
#include "cli/plot_file.h"

enum {
    KEY_BASE = 0x5100,
    KEY_WRITE,
    KEY_APPEND,
    KEY_UPDATE,
    KEY_CONFIG,
    KEY_GITHUB,
    KEY_PLOT,
    KEY_THEME
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "Runs:", 2},
    {"base", KEY_BASE, "FILE", 0, "the base runs are those of this baseline file", 2},
    {"write-baseline", KEY_WRITE, "FILE", 0,
     "write the new runs into a baseline file; without a base nothing is compared and all files "
     "are written",
     2},
    {"append", KEY_APPEND, NULL, 0, "... behind those that FILE holds already", 2},
    {"update", KEY_UPDATE, NULL, 0, "... in place of those that FILE holds", 2},
    {0, 0, 0, 0, "Settings:", 3},
    {"config", KEY_CONFIG, "FILE", 0,
     "read the options under Decision from a file, one 'name = value' a line, # begins a comment",
     3},
    {"plot", KEY_PLOT, "FILE", 0,
     "also draw the comparison; FILE ends in .png, .svg, .pdf or .eps. Of several roles it is the "
     "one that made the verdict",
     3},
    {"theme", KEY_THEME, "THEME", 0, "of that picture: light (default) or dark", 3},
    {"github", KEY_GITHUB, NULL, 0, "also tell GitHub Actions with an annotation on stderr", 3},
    {0},
};

static error_t check_theme(const char *name)
{
    const struct tp_picture_options look = {.theme = name};
    struct tp_error error = TP_ERROR_INIT;

    return tp_picture_check(&look, &error) < 0 ? cli_bad_option("%s", error.text) : 0;
}

static bool is_run(const struct compare_options *compare, const char *path)
{
    const struct cli_input fresh = {.paths = compare->new_paths, .path_count = compare->new_count};

    return cli_plot_is_input(&compare->input, path) || cli_plot_is_input(&fresh, path);
}

/* The picture must neither mix with the report nor take the place of a run. */
static error_t check_plot(const struct compare_options *compare)
{
    char *base[] = {(char *)compare->base};
    const struct cli_input baseline = {.paths = base, .path_count = compare->base != NULL};
    struct tp_error error = TP_ERROR_INIT;

    if (!compare->plot)
        return 0;
    if (!compare->base && !compare->divided)
        return cli_bad_option("--plot draws a comparison, but there is no base");
    if (strcmp(compare->plot, "-") == 0)
        return cli_bad_option("--plot: standard output is for the report: name a file");
    if (is_run(compare, compare->plot) || cli_plot_is_input(&baseline, compare->plot))
        return cli_bad_option("--plot: the picture would take the place of %s", compare->plot);
    if (tp_render_check(compare->plot, NULL, &error) < 0)
        return cli_bad_option("--plot: %s", error.text);
    return 0;
}

/* Nor must a baseline, but that of --base may be written anew. */
static error_t check_write(const struct compare_options *compare)
{
    if (compare->append && compare->update)
        return cli_bad_option("--append keeps what --update replaces: not both");
    if ((compare->append || compare->update) && !compare->write_baseline)
        return cli_bad_option("--append and --update say how --write-baseline writes");
    if (compare->write_baseline && is_run(compare, compare->write_baseline))
        return cli_bad_option("--write-baseline: it would take the place of %s, which is a run",
                              compare->write_baseline);
    return 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct compare_options *compare = state->input;
    error_t rc;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = compare;
        state->child_inputs[1] = &compare->input;
        return 0;
    case KEY_BASE:
        compare->base = arg;
        return 0;
    case KEY_WRITE:
        compare->write_baseline = arg;
        return 0;
    case KEY_APPEND:
        compare->append = true;
        return 0;
    case KEY_UPDATE:
        compare->update = true;
        return 0;
    case KEY_CONFIG:
        return compare_read_config(compare, arg);
    case KEY_PLOT:
        compare->plot = arg;
        return 0;
    case KEY_THEME:
        compare->theme = arg;
        return check_theme(arg);
    case KEY_GITHUB:
        compare->github = true;
        return 0;
    case ARGP_KEY_END:
        rc = compare_check_new(compare);
        rc = rc ? rc : check_write(compare);
        return rc ? rc : check_plot(compare);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_setting(int key, char *arg, struct argp_state *state)
{
    return compare_set(state->input, key, arg);
}

static const struct argp settings_argp = {compare_settings, parse_setting, NULL, NULL, NULL,
                                          compare_help,     NULL};
static const struct argp_child children[] = {
    {&settings_argp, 0, NULL, 0}, {&cli_input_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,
    parse_option,
    "BASE... -- NEW...\n--base FILE NEW...\n--write-baseline FILE RUN...",
    "Says whether congestion behaviour changed between two groups of runs. Each file, a trace log "
    "or a capture, is one run.\vA metric changed if chance does not explain it (exact permutation "
    "test over runs, all metrics of a role together) and it moved by at least its limit. The "
    "initial window and the factor of decrease are decided by their limit alone, from one run on.\n"
    "\nHow many runs: 5 and 5, recorded in turn in one job (about 2 minutes with 12 s each), or a "
    "baseline of 20 runs on the same machine and 1 to 3 new ones. 3 against 3 can never decide.\n"
    "\nExit status: 0 no change detected, 1 changed (see --fail-on), 2 failure, 3 it cannot decide "
    "or the runs cannot be compared (see --undecided).",
    children,
    NULL,
    NULL};

/* --- runs ------------------------------------------------------------------------------------- */

static int load_all(const struct compare_options *compare, char *const *paths, size_t count,
                    struct compare_runs *runs, struct tp_error *error)
{
    size_t i;
    int rc = TP_OK;

    for (i = 0; rc == TP_OK && i < count; i++)
        rc = compare_load(compare, paths[i], runs, error);
    return rc;
}

/* Before anything is read: whether the baseline may be written, and what it holds already. */
static int prepare_baseline(struct compare_options *compare, struct compare_runs *kept,
                            struct tp_error *error)
{
    const char *path = compare->write_baseline;

    if (!path || compare->update || access(path, F_OK) != 0)
        return TP_OK;
    if (compare->append)
        return compare_load_baseline(compare, path, kept, error);
    return tp_error_set(error, TP_ERR_USAGE, "%s exists: --append adds to it, --update replaces it",
                        path);
}

/* A run without roles could never be compared, and nobody would notice. */
static int check_roles(const struct compare_runs *runs, struct tp_error *error)
{
    for (size_t i = 0; i < runs->count; i++)
        if (runs->list[i].role_count == 0) {
            tp_error_set(error, TP_ERR_FORMAT,
                         "no flow carried enough to be compared (--min-bytes, --role)");
            tp_error_at(error, runs->list[i].name, 0, 0);
            return TP_ERR_FORMAT;
        }
    return TP_OK;
}

static int write_baseline(const struct compare_options *compare, struct compare_runs *kept,
                          struct compare_runs *fresh, struct tp_error *error)
{
    struct tp_baseline baseline = {.role_names = compare->role_names,
                                   .role_expressions = compare->role_expressions,
                                   .role_count = compare->role_count};
    int rc;

    if (fresh->count == 0)
        return tp_error_set(error, TP_ERR_USAGE, "there are no runs to write into a baseline");
    rc = check_roles(fresh, error);
    compare_without(compare, fresh, kept, "is in the baseline already: it counts once");
    if (rc == TP_OK)
        rc = compare_move(kept, fresh->list, fresh->count, error);
    if (rc < 0)
        return rc;
    baseline.runs = kept->list;
    baseline.count = kept->count;
    return tp_baseline_write(&baseline, compare->write_baseline, error);
}

/* --- the answer ------------------------------------------------------------------------------- */

static int exit_status(const struct compare_options *compare,
                       const struct tp_comparison *comparison)
{
    switch (comparison->verdict) {
    case TP_NO_CHANGE:
        return CLI_FINE;
    case TP_CHANGED:
        return tp_change_fails(comparison->change, compare->fail_on) ? CLI_CHANGED : CLI_FINE;
    default:
        return compare->undecided;
    }
}

/* A line for GitHub Actions, in which % and line ends would have a meaning. */
static void annotate(const struct tp_comparison *comparison, int status)
{
    const char *kind = status == CLI_CHANGED                 ? "error"
                       : comparison->verdict == TP_NO_CHANGE ? "notice"
                                                             : "warning";
    const char *at;
    size_t length;

    fprintf(stderr, "::%s title=tcpprobe compare::%s: ", kind,
            tp_compare_verdict_name(comparison->verdict));
    for (at = comparison->why; *at; at += length + (at[length] == '%')) {
        length = strcspn(at, "%");
        cli_put_visible(stderr, at, length);
        fputs(at[length] ? "%25" : "", stderr);
    }
    fputc('\n', stderr);
}

static int report(const struct compare_options *compare, const struct tp_comparison *comparison,
                  struct tp_error *error)
{
    const struct tp_report_options how = {.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR"),
                                          .fail_on = compare->fail_on,
                                          .undecided_passes = compare->undecided == CLI_FINE};
    struct tp_out *out = tp_out_new(STDOUT_FILENO, "standard output", error);
    int rc;

    if (!out)
        return error->code;
    compare->report->write(out, comparison, &how);
    rc = tp_out_finish(out, error);
    tp_out_free(out);
    return rc;
}

static int draw(const struct compare_options *compare, const struct tp_comparison *comparison,
                struct tp_error *error)
{
    const struct tp_picture_options look = {.theme = compare->theme};
    struct tp_picture *figure = tp_comparison_picture(comparison, NULL, &look, error);
    int rc = figure ? tp_picture_render(figure, compare->plot, NULL, error) : (int)error->code;

    tp_picture_free(figure);
    return rc;
}

static int answer(const struct compare_options *compare, const struct compare_runs *base,
                  const struct compare_runs *fresh, int *status, struct tp_error *error)
{
    struct tp_comparison comparison;
    int rc = tp_compare(&comparison, base->list, base->count, fresh->list, fresh->count,
                        &compare->compare, error);

    if (rc < 0)
        return rc;
    *status = exit_status(compare, &comparison);
    if (compare->github)
        annotate(&comparison, *status);
    rc = report(compare, &comparison, error);
    if (rc == TP_OK && compare->plot)
        rc = draw(compare, &comparison, error);
    tp_comparison_release(&comparison);
    return rc;
}

/* A run on both sides would pull them together. Where all of the base are, that is what was asked:
 * whether runs are like themselves. */
static void count_once(const struct compare_options *compare, struct compare_runs *base,
                       struct compare_runs *fresh)
{
    compare_once(compare, base);
    compare_once(compare, fresh);
    if (!compare_are_all_in(base, fresh))
        compare_without(compare, base, fresh, "is one of the new runs too: it counts there");
    else if (base->count && !compare->input.quiet)
        cli_message("every base run is one of the new runs too");
}

static int run(struct compare_options *compare, struct compare_runs *base,
               struct compare_runs *fresh, struct compare_runs *kept, int *status,
               struct tp_error *error)
{
    bool compares = compare->base || compare->divided;
    struct compare_runs *before = compare->divided ? base : fresh;
    int rc;

    if (!compares && !compare->write_baseline)
        return tp_error_set(error, TP_ERR_USAGE,
                            "what is the base? BASE... -- NEW..., or --base FILE NEW...");
    rc = prepare_baseline(compare, kept, error);
    if (rc == TP_OK && compare->base)
        rc = compare_load_baseline(compare, compare->base, base, error);
    if (rc == TP_OK)
        rc = load_all(compare, compare->input.paths, compare->input.path_count, before, error);
    if (rc == TP_OK)
        rc = load_all(compare, compare->new_paths, compare->new_count, fresh, error);
    if (rc == TP_OK)
        count_once(compare, base, fresh);
    if (rc == TP_OK && compares)
        rc = answer(compare, base, fresh, status, error);
    if (rc == TP_OK && compare->write_baseline)
        rc = write_baseline(compare, kept, fresh, error);
    return rc;
}

int cmd_compare(int argc, char **argv)
{
    struct compare_options compare = {.report = tp_report_find("text"), .undecided = CLI_UNDECIDED};
    struct compare_runs base = {NULL, 0}, fresh = {NULL, 0}, kept = {NULL, 0};
    struct tp_error error = TP_ERROR_INIT;
    int count = compare_divide(&compare, argc, argv), status;

    cli_input_init(&compare.input);
    compare.input.may_be_none = compare.divided;
    compare.input.each_alone = true;
    status = cli_parse(&argp, "compare", count, argv, &compare);
    if (status == CLI_GO && compare.list_metrics) {
        compare_list_metrics();
        status = CLI_FINE;
    } else if (status == CLI_GO) {
        status = CLI_FINE;
        cli_confine(compare.write_baseline || compare.plot ? CONFINE_WRITE : CONFINE_READ,
                    compare.input.quiet);
        if (run(&compare, &base, &fresh, &kept, &status, &error) < 0)
            status = cli_fail(&error);
    }
    compare_runs_release(&base);
    compare_runs_release(&fresh);
    compare_runs_release(&kept);
    compare_options_release(&compare);
    return status;
}
