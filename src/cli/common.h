/* common.h: what the commands share: messages, the options about input, and the pass. */
#ifndef TCPPROBE_CLI_COMMON_H
#define TCPPROBE_CLI_COMMON_H

#include <argp.h>
#include <stdio.h>

#include <tcpprobe/output.h>
#include <tcpprobe/pass.h>

#include "base/confine.h"
#include "cli/commands.h"

struct tp_out;

/* --- messages (stderr, "tcpprobe: sentence") ------------------------------------------------- */

/* Standard output for rows: tables as wide as COLUMNS says, or the terminal is; in a pipe each row is one
 * line. free with tp_out_free(). NULL and an error: out of memory. */
struct tp_out *cli_out_new(struct tp_error *error);

/* What a terminal would obey is shown as \x1b, in these and in all that follow: they quote
 * arguments, names of files and words of logs. */
void cli_message(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same; returns CLI_FAILED. */
int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "tcpprobe: FILE:LINE: sentence"; returns CLI_FAILED. */
int cli_fail(const struct tp_error *error);
/* A text as messages show it. */
void cli_put_visible(FILE *out, const char *text, size_t length);
/* Shows on stderr where in the filter expression the error is, if it has a place. */
void cli_caret(const char *expression, const struct tp_error *error);

/* The name most like word, or NULL if none is near. */
const char *cli_nearest(const char *word, size_t length, const void *list, size_t count,
                        const char *(*name)(const void *list, size_t index));

/* --- the process -------------------------------------------------------------------------------
 *
 * From here on it does no more than its scope. To be called when the options are known, and before
 * the first byte of others is read. Says so where the kernel refuses it, unless quiet. */
void cli_confine(enum confine_scope scope, bool quiet);

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
/* Bytes, at least so many; a number without a unit is of `plain` bytes. */
error_t cli_parse_size(const char *option, const char *text, uint64_t plain, uint64_t least,
                       uint64_t *bytes);
/* A time that is not 0. */
error_t cli_parse_span(const char *option, const char *text, int64_t *ns);
/* Appends an argument to *text, which NULL or malloc() made, with a space between them: filters may
 * be typed without quotes. 0 or ENOMEM. */
error_t cli_append_word(char **text, const char *word);

/* --- options that take a word of a list ------------------------------------------------------- */

struct cli_words {
    const void *list;
    size_t count;
    const char *(*name)(const void *list, size_t index); /* NULL: is none of the words */
};

/* "a, b, c" */
#define CLI_WORDS_BYTES 256
const char *cli_words_text(const struct cli_words *words, char text[CLI_WORDS_BYTES]);
/* 0 and which of them it is, or what cli_bad_option() returns for "OPTION: 'text' is none of a, b, c". */
error_t cli_parse_word(const char *option, const char *text, const struct cli_words *words,
                       unsigned *index);
/* For help filters of struct argp: text with the words in place of CLI_WORDS. */
#define CLI_WORDS "%s"
char *cli_help_words(const char *text, const struct cli_words *words);

/* Words, and one behind them. */
struct cli_and_word {
    struct cli_words words;
    const char *word;
};
struct cli_words cli_and_word(const struct cli_and_word *both); /* lives as long as that */

/* The formats that a command has: all, those that write rows as they come, or these and lines for
 * people, which go by the name "table". */
enum cli_formats { CLI_FORMATS_ALL, CLI_FORMATS_ROWS, CLI_FORMATS_LINES };

struct cli_words cli_formats(enum cli_formats which);
/* 0 or what cli_bad_option() returns. */
error_t cli_parse_format(const char *text, enum cli_formats which, const struct tp_writer **writer);

/* --- options about input: files, --filter, --since, --until, --threads, --strict ... ---------- */

struct cli_input {
    char **paths; /* part of argv; a regular file that was given twice is there once */
    size_t path_count;
    struct tp_filter *filter; /* NULL without --filter */
    const struct tp_filter_words *words; /* that it may have beside those of records; NULL: none */
    struct tp_bpf *bpf;       /* NULL without --pcap-filter */
    struct tp_pass_time since, until;
    unsigned threads;
    uint64_t max_flows; /* to hold at once */
    bool strict, same_clock, quiet;
    bool outer; /* connections of tunnels, not those in them */
    struct tp_decode_as decode_as[TP_DECODE_AS_MAX];
    unsigned decode_as_count;
    bool may_be_none; /* the command can do without files */
    bool each_alone;  /* ... and reads each for itself: paths are as they were given */
};

extern const struct argp cli_input_argp; /* input: struct cli_input */

/* 0, or what cli_bad_option() returns. */
error_t cli_parse_time(const char *option, const char *text, struct tp_pass_time *time);

bool cli_input_is_files(const struct cli_input *input); /* each can be read a second time */
/* The same; otherwise says that option does so, and returns false. */
bool cli_input_is_twice(const struct cli_input *input, const char *option);

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
 *     struct tp_pass_options how = cli_pass_options(&input);
 *     struct cli_pass pass = {.input = &input};
 *     how.stream.fields = tp_analysis_fields();
 *     if (cli_pass_open(&pass, &input, &how, &error) != 0 ||
 *         cli_pass_analyse(&pass, analysis, &error) != 0)
 *         status = cli_fail(&error);
 *     cli_pass_notes(&pass, analysis);
 *     cli_pass_close(&pass);
 */
struct cli_pass {
    const struct cli_input *input;
    struct tp_pass *pass;           /* NULL: not open */
    const struct tp_stream *stream; /* what it reads */
    bool failed;                    /* private */
    bool progress_shown;            /* private */
    int64_t begin_ns, told_ns;      /* private, of CLOCK_MONOTONIC */
};

/* The options about input, for a pass that looks at all fields and follows nothing. */
struct tp_pass_options cli_pass_options(const struct cli_input *input);
/* What was written to out leaves it when a pipe that is read pauses: somebody may be watching. */
void cli_pass_watch(struct tp_pass_options *options, struct tp_out *out);
/* pass stays where it is until it is closed. */
int cli_pass_open(struct cli_pass *pass, const struct cli_input *input,
                  const struct tp_pass_options *options, struct tp_error *error);
/* As tp_pass_next() and tp_pass_analyse(), with a line on a terminal's stderr that shows how far
 * the reading is. */
int cli_pass_next(struct cli_pass *pass, const struct tp_record **record, struct tp_error *error);
int cli_pass_analyse(struct cli_pass *pass, struct tp_analysis *analysis, struct tp_error *error);
/* Do times count ticks instead of seconds? Of an input of the pass; of all; of some, but not of
 * all. */
bool cli_pass_counts_ticks(const struct cli_pass *pass, size_t input);
bool cli_pass_in_ticks(const struct cli_pass *pass);
bool cli_pass_in_both(const struct cli_pass *pass);
/* What was skipped and why, on stderr; nothing with --quiet, nor where the pass failed: that has a
 * message of its own. analysis may be NULL. */
void cli_pass_notes(const struct cli_pass *pass, const struct tp_analysis *analysis);
/* The same sentences, without a line end, to whoever wants them, also with --quiet. */
struct cli_teller {
    void (*tell)(void *context, const char *sentence);
    void *context;
    bool discreet; /* without words of the files */
};
void cli_pass_tell(const struct cli_pass *pass, const struct tp_analysis *analysis,
                   const struct cli_teller *to);
void cli_pass_close(struct cli_pass *pass);

#endif
