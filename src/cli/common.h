/* common.h: what the commands share: messages, the options about input, and the pass. */
#ifndef TCPPROBE_CLI_COMMON_H
#define TCPPROBE_CLI_COMMON_H

#include <argp.h>
#include <stdio.h>

#include <tcpprobe/analyze.h>
#include <tcpprobe/pcap.h>
#include <tcpprobe/filter.h>
#include <tcpprobe/input.h>

#include "cli/commands.h"

/* --- messages (stderr, "tcpprobe: sentence") ------------------------------------------------- */

void cli_message(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same; returns CLI_FAILED. */
int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "tcpprobe: FILE:LINE: sentence"; returns CLI_FAILED. */
int cli_fail(const struct tp_error *error);
/* Shows on stderr where in the filter expression the error is, if it has a place. */
void cli_caret(const char *expression, const struct tp_error *error);

/* The name most like word, or NULL if none is near. */
const char *cli_nearest(const char *word, size_t length, const void *list, size_t count,
                        const char *(*name)(const void *list, size_t index));

/* --- parsing a command's options -------------------------------------------------------------
 *
 * A command's struct argp has the children it needs, and its parser hands them their input at
 * ARGP_KEY_INIT (state->child_inputs[i] = ...). cli_parse() does the rest. A parser that meets a
 * bad value returns cli_bad_option(...). cli_parse() prints what is wrong and never exits.
 *
 * Returns CLI_GO, or the exit status with which the command is over: CLI_FINE (help was shown) or
 * CLI_FAILED (and it was said why).
 *
 *     status = cli_parse(&argp, "flows", argc, argv, &options);
 *     if (status == CLI_GO)
 *         ...
 */
#define CLI_GO (-1)

int cli_parse(const struct argp *argp, const char *command, int argc, char **argv, void *input);
/* Says what is wrong with an option that argp does not accept. */
void cli_explain(const struct argp *argp, int argc, char **argv);
/* Prints the sentence and returns EDOM, by which it is known that it was said. */
error_t cli_bad_option(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* For numeric option values; 0 or what cli_bad_option() returns. */
error_t cli_parse_count(const char *option, const char *text, uint64_t max, uint64_t *count);

/* --- options about input: files, --filter, --since, --until, --threads, --strict ... ---------- */

struct cli_time {
    bool given;
    bool is_clock; /* of the recording's clock, else since the first event */
    int64_t ns;
};

struct cli_input {
    char **paths; /* part of argv */
    size_t path_count;
    struct tp_filter *filter; /* NULL without --filter */
    struct tp_bpf *bpf;       /* NULL without --pcap-filter */
    struct cli_time since, until;
    unsigned threads;
    bool strict, same_clock, quiet;
    bool outer;       /* connections of tunnels, not those in them */
    bool may_be_none; /* the command can do without files */
};

extern const struct argp cli_input_argp; /* input: struct cli_input */

/* 0, or what cli_bad_option() returns. */
error_t cli_parse_time(const char *option, const char *text, struct cli_time *time);

/* Defaults; call before cli_parse(). Release also after a failed one. */
void cli_input_init(struct cli_input *input);
void cli_input_release(struct cli_input *input);

/* --- choosing flows: --flow ------------------------------------------------------------------ */

#define CLI_FLOW_CHOICES_MAX 64

/* "3" the number that `flows` shows, "10.0.0.1", "10.0.0.1:80", ":80", "[fd00::1]:80", or two of
 * these with "->" between them, the bulk sender first or last. */
struct cli_flow_choice {
    bool by_id;
    uint64_t id;
    unsigned ends; /* 1 or 2 */
    struct {
        bool has_addr, has_port;
        uint8_t addr[16];
        uint16_t port;
    } end[2];
};

struct cli_flow_choices {
    struct cli_flow_choice list[CLI_FLOW_CHOICES_MAX];
    size_t count; /* none: every flow is meant */
};

/* Adds one or several, separated by commas; 0 or what cli_bad_option() returns. */
error_t cli_flow_choices_add(struct cli_flow_choices *choices, const char *text);
bool cli_flow_chosen(const struct cli_flow_choices *choices, const struct tp_flow *flow);

/* --- the pass -------------------------------------------------------------------------------
 *
 *     struct cli_pass pass;
 *     if (cli_pass_open(&pass, &input, tp_analysis_fields(), &error) != 0 ||
 *         cli_pass_analyse(&pass, analysis, &error) != 0)
 *         status = cli_fail(&error);
 *     cli_pass_notes(&pass, analysis);
 *     cli_pass_close(&pass);
 */
/* Of further ones times do not count from their first event. */
#define CLI_TIMELINES_MAX 1023

/* Which records before --since come all the same: connections are followed from their start. */
enum cli_follow { CLI_FOLLOW_NONE, CLI_FOLLOW_PACKETS, CLI_FOLLOW_ALL };

struct cli_pass {
    const struct cli_input *input;
    struct tp_stream *stream;
    /* Set these after cli_pass_open(), where they are wanted. */
    enum cli_follow follow;
    const struct tp_flow_key *only; /* leave out what is of other flows for certain */
    uint64_t seen;                  /* events that came */
    uint64_t taken;                 /* of these, those inside --since/--until that match --filter */
    uint64_t packets;               /* of these, packets */
    bool has_first[CLI_TIMELINES_MAX + 1];   /* by timeline: there was an event of it */
    int64_t first_ns[CLI_TIMELINES_MAX + 1]; /* ... and the time of the first one */
    bool progress;                           /* stderr is a terminal: a line shows how far we are */
    bool progress_shown;
    int64_t begin_ns, told_ns; /* of CLOCK_MONOTONIC */
};

/* fields: TP_BIT()s that will be looked at, 0 for all; those of the filter are added. */
int cli_pass_open(struct cli_pass *pass, const struct cli_input *input, uint64_t fields,
                  struct tp_error *error);
/* The next record that the options ask for: 1, 0 at the end, negative on error. Records that tell
 * of lost events pass every filter: loss is never hidden. */
int cli_pass_next(struct cli_pass *pass, const struct tp_record **record, struct tp_error *error);
/* From --since to --until on that timeline, as far as they are given, and is a record there? */
void cli_pass_window(const struct cli_pass *pass, uint32_t timeline, int64_t *from_ns,
                     int64_t *until_ns);
bool cli_pass_in_window(const struct cli_pass *pass, const struct tp_record *record);
/* Feeds all of them to analysis and finishes it. */
int cli_pass_analyse(struct cli_pass *pass, struct tp_analysis *analysis, struct tp_error *error);
/* Time of the first event on that timeline, before any filter; 0 if there was none. */
int64_t cli_pass_first_ns(const struct cli_pass *pass, uint32_t timeline);
/* What was skipped and why, on stderr; nothing with --quiet. analysis may be NULL. */
void cli_pass_notes(const struct cli_pass *pass, const struct tp_analysis *analysis);
void cli_pass_close(struct cli_pass *pass);

#endif
