/* compare_runs.c: recordings and baseline files become runs. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/compare.h"

#define MALFORMED_SHARE 1000 /* one line in so many */

void compare_runs_release(struct compare_runs *runs)
{
    size_t i;

    for (i = 0; i < runs->count; i++)
        tp_run_release(&runs->list[i]);
    free(runs->list);
    *runs = (struct compare_runs){NULL, 0};
}

int compare_move(struct compare_runs *to, struct tp_run *from, size_t count, struct tp_error *error)
{
    struct tp_run *list;

    if (count > TP_RUNS_MAX - to->count)
        return tp_error_set(error, TP_ERR_LIMIT, "more than %d runs on one side", TP_RUNS_MAX);
    list = realloc(to->list, (to->count + count + 1) * sizeof *list);
    if (!list)
        return tp_error_nomem(error);
    to->list = list;
    memcpy(list + to->count, from, count * sizeof *list);
    memset(from, 0, count * sizeof *from);
    to->count += count;
    return TP_OK;
}

static const struct tp_run *find_same(const struct compare_runs *runs, size_t count,
                                      const struct tp_run *run)
{
    for (size_t i = 0; i < count; i++)
        if (tp_run_same(&runs->list[i], run))
            return &runs->list[i];
    return NULL;
}

static void drop(struct compare_runs *runs, size_t index)
{
    tp_run_release(&runs->list[index]);
    memmove(&runs->list[index], &runs->list[index + 1],
            (--runs->count - index) * sizeof *runs->list);
}

static void say_same(const struct tp_run *run, const struct tp_run *same)
{
    if (strcmp(run->name, same->name) == 0)
        cli_message("%s is given twice: it counts once", run->name);
    else
        cli_message("%s is the same run as %s: it counts once", run->name, same->name);
}

void compare_once(const struct compare_options *options, struct compare_runs *runs)
{
    const struct tp_run *same;

    for (size_t i = 0; i < runs->count;) {
        same = find_same(runs, i, &runs->list[i]);
        if (same && !options->input.quiet)
            say_same(&runs->list[i], same);
        if (same)
            drop(runs, i);
        else
            i++;
    }
}

bool compare_are_all_in(const struct compare_runs *runs, const struct compare_runs *others)
{
    for (size_t i = 0; i < runs->count; i++)
        if (!find_same(others, others->count, &runs->list[i]))
            return false;
    return true;
}

void compare_without(const struct compare_options *options, struct compare_runs *runs,
                     const struct compare_runs *others, const char *why)
{
    for (size_t i = 0; i < runs->count;) {
        if (!find_same(others, others->count, &runs->list[i])) {
            i++;
            continue;
        }
        if (!options->input.quiet)
            cli_message("%s %s", runs->list[i].name, why);
        drop(runs, i);
    }
}

static bool is_baseline(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot && strcmp(dot, ".json") == 0;
}

int compare_load_baseline(struct compare_options *options, const char *path,
                          struct compare_runs *runs, struct tp_error *error)
{
    struct tp_baseline baseline;
    bool take = options && !options->roles;
    size_t i;
    int rc = tp_baseline_read(&baseline, path, error);

    if (rc < 0)
        return rc;
    for (i = 0; rc == TP_OK && take && i < baseline.role_count; i++)
        if (compare_add_role(options, baseline.role_names[i], baseline.role_expressions[i]))
            rc = tp_error_set(error, TP_ERR_FORMAT, "holds a role that cannot be used");
    if (rc == TP_OK)
        rc = compare_move(runs, baseline.runs, baseline.count, error);
    tp_error_at(error, path, 0, 0);
    tp_baseline_release(&baseline);
    return rc;
}

/* argp would swallow the "--" that parts base from new: what follows it is taken away first. */
int compare_divide(struct compare_options *compare, int argc, char **argv)
{
    int i;

    for (i = 1; i < argc; i++)
        if (strcmp(argv[i], "--") == 0) {
            compare->divided = true;
            compare->new_paths = argv + i + 1;
            compare->new_count = (size_t)(argc - i - 1);
            return i;
        }
    return argc;
}

error_t compare_check_new(const struct compare_options *compare)
{
    const char *path;

    for (size_t i = 0; i < compare->new_count; i++) {
        path = compare->new_paths[i];
        if (path[0] == '-' && path[1] != '\0' && access(path, F_OK) != 0)
            return cli_bad_option("'%s' behind '--' is a file, and there is none: options stand "
                                  "before '--'",
                                  path);
    }
    return 0;
}

/* --- one recording ---------------------------------------------------------------------------- */

/* A tail that is cut off says that the recorder was killed, and the duration tells by how much. One
 * bad line among thousands moves no median. */
static bool is_damaged(const struct tp_input_info *info)
{
    return info->malformed > info->lines / MALFORMED_SHARE;
}

static void note_input(struct tp_run *run, const struct cli_pass *pass)
{
    const struct tp_input_info *info = tp_stream_info(pass->stream, 0);
    time_t seconds = (time_t)((info->first_ns + info->wall_offset_ns) / 1000000000);
    struct tm utc;
    char text[32];

    run->lost = info->lost + info->lost_uncounted;
    run->damaged = is_damaged(info);
    if (info->has_time && info->has_wall_offset && gmtime_r(&seconds, &utc) &&
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc) > 0)
        run->recorded_at = strdup(text);
    if (info->kernel[0])
        run->kernel = strdup(info->kernel);
    if (info->clock[0])
        run->clock = strdup(info->clock);
}

static int read_recording(const struct compare_options *options, struct cli_pass *pass,
                          struct tp_analysis *analysis, struct tp_run *run, struct tp_error *error)
{
    const char *path = pass->input->paths[0], *slash = strrchr(path, '/');
    struct tp_pass_options reading = cli_pass_options(pass->input);
    struct tp_run_options how = options->run;
    int rc;

    reading.stream.fields = tp_analysis_fields();
    rc = cli_pass_open(pass, pass->input, &reading, error);
    if (rc == TP_OK)
        rc = cli_pass_analyse(pass, analysis, error);
    if (rc < 0)
        return rc;
    how.roles = options->roles;
    rc = tp_run_from_analysis(run, analysis, slash ? slash + 1 : path, &how, error);
    if (rc == TP_OK)
        note_input(run, pass);
    cli_pass_notes(pass, analysis);
    return rc;
}

static int load_recording(const struct compare_options *options, const char *path,
                          struct compare_runs *runs, struct tp_error *error)
{
    char *paths[] = {(char *)path};
    struct cli_input input = options->input;
    struct tp_analysis_options needs = {.max_flows = options->input.max_flows};
    struct tp_analysis *analysis;
    struct cli_pass pass = {.input = &input};
    struct tp_run run = {.name = NULL};
    int rc = TP_ERR_NOMEM;

    input.paths = paths;
    input.path_count = 1;
    tp_run_needs(&needs);
    analysis = tp_analysis_new(&needs, error);
    if (analysis)
        rc = read_recording(options, &pass, analysis, &run, error);
    if (rc == TP_OK)
        rc = compare_move(runs, &run, 1, error);
    tp_run_release(&run);
    cli_pass_close(&pass);
    tp_analysis_free(analysis);
    return rc;
}

int compare_load(const struct compare_options *options, const char *path, struct compare_runs *runs,
                 struct tp_error *error)
{
    return is_baseline(path) ? compare_load_baseline(NULL, path, runs, error)
                             : load_recording(options, path, runs, error);
}
