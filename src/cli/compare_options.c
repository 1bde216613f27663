/* compare_options.c: what decides a comparison, from the command line or a file of the same words.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/phrase.h"
#include "base/units.h"
#include "cli/compare.h"

#define CONFIG_LINE_MAX 4096

const struct argp_option compare_settings[] = {
    {0, 0, 0, 0, "Decision:", 1},
    {"role", KEY_ROLE, "NAME=EXPR", 0,
     "flows that match EXPR play the role NAME, and roles are compared as wholes; EXPR is as in "
     "--filter, for ports and addresses, sport and saddr being the sender's, and for the numbers "
     "of 'tcpprobe flows --all' (dport == 5201 && bytes > 1M); may be given several times, the "
     "first that matches counts (default: by direction, service port and address family)",
     1},
    {"min-bytes", KEY_MIN_BYTES, "N", 0,
     "leave out flows that carried less (default 100000): 1M, 64k", 1},
    {"threshold", KEY_THRESHOLD, "METRIC=LIMIT", 0,
     "least change that matters: rtt_p50=10%, beta=0.05, or both: retx=50%+0.25; several are "
     "separated by commas",
     1},
    {"gate", KEY_GATE, "LIST", 0,
     "only these metrics decide, separated by commas (default: init_cwnd, beta and all core "
     "metrics); 'help' lists them with their limits and reads nothing",
     1},
    {"alpha", KEY_ALPHA, "P", 0,
     "probability of a false alarm over all metrics of a role (default 0.05)", 1},
    {"require-power", KEY_REQUIRE_POWER, NULL, 0,
     "no change is said only if one by its limit is excluded of every tested metric; else it "
     "cannot "
     "be decided (in a file: require-power = yes)",
     1},
    {"fail-on", KEY_FAIL_ON, "WHAT", 0,
     "status 1 on any change (default), on a regression only, or on none", 1},
    {"undecided", KEY_UNDECIDED, "STATUS", 0,
     "status if it cannot decide or the runs cannot be compared: 0, 1 or 3 (default)", 1},
    {"format", KEY_REPORT, "FORMAT", 0, CLI_WORDS " (default: text)", 1},
    {0},
};

/* Says what is wrong, and where if it is in a file. */
__attribute__((format(printf, 2, 3))) static error_t bad(const struct compare_options *options,
                                                         const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (options->config)
        return cli_bad_option("%s:%lu: %s", options->config, options->config_line, text);
    return cli_bad_option("%s", text);
}

/* --- roles ------------------------------------------------------------------------------------ */

static error_t bad_role(const struct compare_options *options, const char *name,
                        const char *expression, const struct tp_error *error)
{
    error_t rc = bad(options, "--role %s: %s", name, error->text);

    cli_caret(expression, error);
    return rc;
}

error_t compare_add_role(struct compare_options *options, const char *name, const char *expression)
{
    size_t size = (options->role_count + 1) * sizeof(char *);
    struct tp_error error = TP_ERROR_INIT;
    char **names, **expressions;

    if (!options->roles && tp_roles_new(&options->roles, &error) < 0)
        return bad(options, "%s", error.text);
    if (tp_roles_add(options->roles, name, expression, &error) < 0)
        return bad_role(options, name, expression, &error);
    names = realloc(options->role_names, size);
    options->role_names = names ? names : options->role_names;
    expressions = realloc(options->role_expressions, size);
    options->role_expressions = expressions ? expressions : options->role_expressions;
    if (!names || !expressions)
        return ENOMEM;
    names[options->role_count] = strdup(name);
    expressions[options->role_count] = strdup(expression);
    options->role_count++;
    return names[options->role_count - 1] && expressions[options->role_count - 1] ? 0 : ENOMEM;
}

static error_t parse_role(struct compare_options *options, const char *text)
{
    const char *equal = strchr(text, '=');
    size_t length = equal ? (size_t)(equal - text) : 0;
    char *name;
    error_t rc;

    if (!equal)
        return bad(options, "--role: '%s' is not NAME=EXPR", text);
    while (length > 0 && strchr(" \t", text[length - 1]))
        length--;
    name = strndup(text, length);
    if (!name)
        return ENOMEM;
    rc = compare_add_role(options, name, equal + 1);
    free(name);
    return rc;
}

void compare_options_release(struct compare_options *options)
{
    size_t i;

    for (i = 0; i < options->role_count; i++) {
        free(options->role_names[i]);
        free(options->role_expressions[i]);
    }
    free(options->role_names);
    free(options->role_expressions);
    tp_roles_free(options->roles);
    cli_input_release(&options->input);
}

/* --- metrics ---------------------------------------------------------------------------------- */

static const char *metric_name(const void *list, size_t index)
{
    return ((const struct tp_compare_metric *)list)[index].name;
}

static error_t find_metric(const struct compare_options *options, const char *option,
                           const char *name, size_t length, int *found)
{
    const char *nearest;

    *found = tp_compare_find(name, length);
    if (*found >= 0)
        return 0;
    nearest = cli_nearest(name, length, tp_compare_metrics, TP_COMPARE_IDS, metric_name);
    return bad(options, "%s: there is no metric '%.*s'%s%s%s", option, (int)length, name,
               nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

/* "10 %", "50 % and 0.25" */
static void limit_text(const struct tp_compare_metric *metric, struct tp_phrase *limit)
{
    if (metric->relative > 0)
        tp_phrase_item(limit, " and ", "%g %%", 100 * metric->relative);
    if (metric->absolute > 0)
        tp_phrase_item(limit, " and ", "%g", metric->absolute);
}

void compare_list_metrics(void)
{
    static const char *const classes[] = {[TP_COMPARE_PATH] = "path",
                                          [TP_COMPARE_EXACT] = "exact",
                                          [TP_COMPARE_CORE] = "core",
                                          [TP_COMPARE_DIAGNOSTIC] = "diagnostic"};
    char text[64];
    struct tp_phrase limit;

    for (size_t i = 0; i < TP_COMPARE_IDS; i++) {
        const struct tp_compare_metric *metric = &tp_compare_metrics[i];
        const char *unit = tp_compare_unit((enum tp_compare_id)i);

        limit = tp_phrase_in(text, sizeof text);
        limit_text(metric, &limit);
        printf("%-15s %-7s %s; %s, limit %s\n", metric->name, unit[0] ? unit : "-",
               tp_compare_figure((enum tp_compare_id)i)->help, classes[metric->kind], text);
    }
}

static error_t parse_gate(struct compare_options *options, const char *text)
{
    size_t length;
    error_t rc;
    int found;

    options->list_metrics = !options->config && strcmp(text, "help") == 0;
    if (options->list_metrics) {
        options->input.may_be_none = true;
        return 0;
    }
    options->compare.gate = 0;
    for (;; text += length + 1) {
        length = strcspn(text, ",");
        rc = find_metric(options, "--gate", text, length, &found);
        if (rc)
            return rc;
        options->compare.gate |= UINT64_C(1) << found;
        if (text[length] == '\0')
            return 0;
    }
}

/* A number that is not negative, up to what follows it. */
static bool parse_number(const char **text, double *number)
{
    char *end;

    if (**text < '0' || **text > '9')
        return false;
    *number = strtod(*text, &end);
    *text = end;
    return isfinite(*number) != 0;
}

/* "10%", "0.05", "50%+0.25" */
static bool parse_limit(const char *text, double *relative, double *absolute)
{
    double number;

    *relative = *absolute = 0;
    if (!parse_number(&text, &number))
        return false;
    if (*text != '%') {
        *absolute = number;
        return *text == '\0';
    }
    *relative = number / 100;
    if (*++text == '\0')
        return true;
    text++;
    return text[-1] == '+' && parse_number(&text, absolute) && *text == '\0';
}

static error_t parse_threshold(struct compare_options *options, char *text)
{
    struct tp_compare_options *compare = &options->compare;
    const char *equal = strchr(text, '=');
    error_t rc;
    int found;

    if (!equal)
        return bad(options, "--threshold: '%s' is not METRIC=LIMIT", text);
    rc = find_metric(options, "--threshold", text, (size_t)(equal - text), &found);
    if (rc)
        return rc;
    compare->has_threshold[found] = true;
    if (parse_limit(equal + 1, &compare->relative[found], &compare->absolute[found]) &&
        compare->relative[found] + compare->absolute[found] > 0)
        return 0;
    return bad(options, "--threshold: '%s' is not a limit such as 10%%, 0.05 or 50%%+0.25",
               equal + 1);
}

static error_t parse_thresholds(struct compare_options *options, const char *text)
{
    char *copy = strdup(text), *rest = copy, *one;
    error_t rc = copy ? 0 : ENOMEM;

    while (!rc && (one = strsep(&rest, ",")))
        rc = parse_threshold(options, one);
    free(copy);
    return rc;
}

/* --- words ------------------------------------------------------------------------------------ */

static error_t parse_alpha(struct compare_options *options, const char *text)
{
    const char *end = text;

    if (parse_number(&end, &options->compare.alpha) && *end == '\0' && options->compare.alpha > 0 &&
        options->compare.alpha < 1)
        return 0;
    return bad(options, "--alpha: '%s' is not a probability between 0 and 1", text);
}

/* On the command line it has no value. */
static error_t parse_require_power(struct compare_options *options, const char *text)
{
    options->compare.require_power = !text || strcmp(text, "yes") == 0;
    if (options->compare.require_power || strcmp(text, "no") == 0)
        return 0;
    return bad(options, "require-power: '%s' is neither yes nor no", text);
}

static error_t parse_fail_on(struct compare_options *options, const char *text)
{
    static const char *const words[] = {[TP_FAIL_ON_ANY] = "any",
                                        [TP_FAIL_ON_REGRESSION] = "regression",
                                        [TP_FAIL_ON_NONE] = "none"};
    unsigned i;

    for (i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], text) == 0) {
            options->fail_on = (enum tp_fail_on)i;
            return 0;
        }
    return bad(options, "--fail-on: '%s' is none of any, regression, none", text);
}

static error_t parse_undecided(struct compare_options *options, const char *text)
{
    if (strlen(text) == 1 && strchr("013", text[0])) {
        options->undecided = text[0] - '0';
        return 0;
    }
    return bad(options, "--undecided: '%s' is none of 0, 1, 3", text);
}

static const char *report_name(const void *list, size_t index)
{
    return ((const struct tp_report *const *)list)[index]->name;
}

static struct cli_words formats(void)
{
    return (struct cli_words){tp_reports, tp_report_count, report_name};
}

char *compare_help(int key, const char *text, void *input)
{
    const struct cli_words words = formats();

    (void)input;
    return key == KEY_REPORT ? cli_help_words(text, &words) : (char *)text;
}

static error_t parse_report(struct compare_options *options, const char *text)
{
    const struct cli_words words = formats();
    char names[CLI_WORDS_BYTES];

    options->report = tp_report_find(text);
    if (options->report)
        return 0;
    return bad(options, "--format: '%s' is none of %s", text, cli_words_text(&words, names));
}

error_t compare_set(struct compare_options *options, int key, const char *value)
{
    switch (key) {
    case KEY_ROLE:
        return parse_role(options, value);
    case KEY_MIN_BYTES:
        if (tp_units_parse_bytes(value, 1, &options->run.min_bytes) && options->run.min_bytes > 0)
            return 0;
        return bad(options, "--min-bytes: '%s' is not a size such as 100000 or 1M", value);
    case KEY_THRESHOLD:
        return parse_thresholds(options, value);
    case KEY_GATE:
        return parse_gate(options, value);
    case KEY_ALPHA:
        return parse_alpha(options, value);
    case KEY_REQUIRE_POWER:
        return parse_require_power(options, value);
    case KEY_FAIL_ON:
        return parse_fail_on(options, value);
    case KEY_UNDECIDED:
        return parse_undecided(options, value);
    case KEY_REPORT:
        return parse_report(options, value);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* --- file ------------------------------------------------------------------------------------- */

static char *trim(char *text)
{
    char *end;

    text += strspn(text, " \t");
    end = text + strlen(text);
    while (end > text && strchr(" \t\r\n", end[-1]))
        *--end = '\0';
    return text;
}

static error_t set_by_name(struct compare_options *options, const char *name, const char *value)
{
    const struct argp_option *setting;

    for (setting = compare_settings; setting->name || setting->doc; setting++)
        if (setting->name && strcmp(setting->name, name) == 0)
            return compare_set(options, setting->key, value);
    return bad(options, "there is no setting '%s'", name);
}

/* An empty line, a comment, or name = value. */
static error_t read_setting(struct compare_options *options, char *line)
{
    char *text = trim(line), *equal;

    if (*text == '\0' || *text == '#')
        return 0;
    equal = strchr(text, '=');
    if (!equal)
        return bad(options, "'%s' is not a line 'name = value'", text);
    *equal = '\0';
    return set_by_name(options, trim(text), trim(equal + 1));
}

static error_t read_settings(struct compare_options *options, FILE *file)
{
    char line[CONFIG_LINE_MAX];
    error_t rc = 0;

    while (!rc && fgets(line, sizeof line, file)) {
        options->config_line++;
        rc = strchr(line, '\n') || feof(file) ? read_setting(options, line)
                                              : bad(options, "the line is too long");
    }
    return !rc && ferror(file) ? bad(options, "cannot read it: %s", strerror(errno)) : rc;
}

error_t compare_read_config(struct compare_options *options, const char *path)
{
    FILE *file = fopen(path, "re");
    error_t rc;

    if (!file)
        return cli_bad_option("--config: cannot open '%s': %s", path, strerror(errno));
    options->config = path;
    options->config_line = 0;
    rc = read_settings(options, file);
    options->config = NULL;
    fclose(file);
    return rc;
}
