/* compare.h: the parts of `tcpprobe compare`: options, runs, and what is done with them. */
#ifndef TCPPROBE_CLI_COMPARE_H
#define TCPPROBE_CLI_COMPARE_H

#include <tcpprobe/compare.h>

#include "cli/common.h"

struct compare_options {
    struct cli_input input; /* its paths are those before "--" */
    char **new_paths;       /* those after it */
    size_t new_count;
    bool divided;       /* there was a "--" */
    const char *config; /* the file of settings that is read, NULL: none */
    unsigned long config_line;
    const char *base;       /* --base */
    struct tp_roles *roles; /* NULL: none were asked for */
    char **role_names, **role_expressions;
    size_t role_count;
    struct tp_run_options run;
    struct tp_compare_options compare;
    const struct tp_report *report;
    bool list_metrics; /* and nothing else */
    enum tp_fail_on fail_on;
    int undecided; /* exit status */
    bool github;
    const char *plot, *theme;
    const char *write_baseline;
    bool append, update;
};

/* The options that a configuration file has too. */
extern const struct argp_option compare_settings[];

/* The words that they take, in their help; see struct argp. */
char *compare_help(int key, const char *text, void *input);
/* Sets one of them; 0, ARGP_ERR_UNKNOWN, or what cli_bad_option() returns. */
error_t compare_set(struct compare_options *options, int key, const char *value);
/* The metrics with their limits, on stdout. */
void compare_list_metrics(void);
/* Reads a file of `name = value` lines. */
error_t compare_read_config(struct compare_options *options, const char *path);
/* One more role; name and expression are copied. */
error_t compare_add_role(struct compare_options *options, const char *name, const char *expression);
void compare_options_release(struct compare_options *options);

enum {
    KEY_THRESHOLD = 0x5000,
    KEY_GATE,
    KEY_ALPHA,
    KEY_ROLE,
    KEY_MIN_BYTES,
    KEY_FAIL_ON,
    KEY_REQUIRE_POWER,
    KEY_UNDECIDED,
    KEY_REPORT
};

/* --- runs ------------------------------------------------------------------------------------- */

struct compare_runs {
    struct tp_run *list;
    size_t count;
};

/* Finds the "--" that parts base from new, and keeps what follows it; how many of the arguments are
 * before it.
 */
int compare_divide(struct compare_options *compare, int argc, char **argv);
/* Does an option stand among the files that follow "--"? 0 or what cli_bad_option() returns. */
error_t compare_check_new(const struct compare_options *compare);

/* Adds the run that a recording holds, or those of a baseline file (its name ends in .json). */
int compare_load(const struct compare_options *options, const char *path, struct compare_runs *runs,
                 struct tp_error *error);
/* Adds those of a baseline file, and takes its roles over where none were given. */
int compare_load_baseline(struct compare_options *options, const char *path,
                          struct compare_runs *runs, struct tp_error *error);
/* The same run given twice (see tp_run_same()) counts once: drops those that are there already,
 * that others have, and says so. */
void compare_once(const struct compare_options *options, struct compare_runs *runs);
void compare_without(const struct compare_options *options, struct compare_runs *runs,
                     const struct compare_runs *others, const char *why);
bool compare_are_all_in(const struct compare_runs *runs, const struct compare_runs *others);
/* Moves runs from one to another. */
int compare_move(struct compare_runs *to, struct tp_run *from, size_t count,
                 struct tp_error *error);
void compare_runs_release(struct compare_runs *runs);

#endif
