/* change_words.h: changes of the words of a call.
 *
 * The options are those of the commands themselves: each command is called once, and what it hands
 * to argp_parse() is kept (see --wrap in the Makefile).
 */
#ifndef TCPPROBE_TESTS_CHANGE_WORDS_H
#define TCPPROBE_TESTS_CHANGE_WORDS_H

#include <errno.h>
#include <stdio.h>

#include "cli/common.h"

#include "call_change.h"
#include "sandbox.h"

#define OPTIONS_MAX 64
#define WORD_BYTES  256

error_t __wrap_argp_parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *end,
                          void *input);
error_t __real_argp_parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *end,
                          void *input);

/* --- the options of the commands -------------------------------------------------------------- */

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const struct argp_option *options[OPTIONS_MAX];
    size_t count;
};

static struct command commands[] = {
#define COMMAND_ROW(name, help) {#name, cmd_##name, {NULL}, 0},
    CLI_COMMANDS(COMMAND_ROW)
#undef COMMAND_ROW
};

#define COMMANDS (sizeof commands / sizeof *commands)

static struct command *learning; /* NULL: argp is to do its work */

static inline void learn(const struct argp *argp)
{
    const struct argp_option *option = argp->options;

    for (; option && (option->name || option->key || option->doc); option++) {
        if (!option->name)
            continue;
        if (learning->count == OPTIONS_MAX) {
            fprintf(stderr, "more than %d options\n", OPTIONS_MAX);
            abort();
        }
        if (option->arg && !value_rule(option->arg, strlen(option->arg))) {
            fprintf(stderr, "command_values.h has no values for %s of --%s\n", option->arg,
                    option->name);
            abort();
        }
        learning->options[learning->count++] = option;
    }
    for (const struct argp_child *child = argp->children; child && child->argp; child++)
        learn(child->argp);
}

error_t __wrap_argp_parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *end,
                          void *input)
{
    if (!learning)
        return __real_argp_parse(argp, argc, argv, flags, end, input);
    learn(argp);
    return EDOM; /* "it was said what is wrong" */
}

/* To be called before any change. */
static inline void learn_options(void)
{
    char program[] = "tcpprobe", *words[] = {program, NULL};

    for (size_t i = 0; i < COMMANDS; i++) {
        learning = &commands[i];
        learning->run(1, words);
        if (!learning->count)
            abort();
    }
    learning = NULL;
}

/* --- changes of words --------------------------------------------------------------------------
 */

/* Of the first word; any if that is none. */
static inline const struct command *command_of(struct change *change)
{
    const struct call_bytes *word = change->call.words;

    for (size_t i = 0; change->call.word_count && i < COMMANDS; i++)
        if (strlen(commands[i].name) == word->length &&
            memcmp(commands[i].name, word->at, word->length) == 0)
            return &commands[i];
    return &commands[pick(&change->state, COMMANDS)];
}

static inline void add_option(struct change *change)
{
    const struct command *command = command_of(change);
    const struct argp_option *option = command->options[pick(&change->state, command->count)];
    size_t place = some_place(change), length = strlen(option->name);
    char value[VALUE_BYTES] = "", word[2 * VALUE_BYTES];
    bool is_short = option->key > ' ' && option->key < 0x7f && pick(&change->state, 4) == 0;

    if (option->arg)
        make_value(change, option->arg, value);
    if (pick(&change->state, 16) == 0)
        length =
            1 + pick(&change->state, length); /* what argp takes for it, if no other begins so */
    if (is_short)
        snprintf(word, sizeof word, "-%c", option->key);
    else
        snprintf(word, sizeof word, "--%.*s", (int)length, option->name);
    if (option->arg && pick(&change->state, 3) == 0) {
        add_word(change, place, value);
    } else if (option->arg) {
        length = strlen(word);
        snprintf(word + length, sizeof word - length, "%s%s", is_short ? "" : "=", value);
    }
    add_word(change, place, word);
}

/* A file of the call, or another that is there, or seldom one that is not. */
static inline void name_input(struct change *change, char value[VALUE_BYTES])
{
    const struct call *call = &change->call;
    const struct call_bytes *name = &call->files[pick(&change->state, call->file_count)].name;
    size_t chosen = pick(&change->state, 8);

    if (chosen == 0)
        make_value(change, "INPUT", value);
    else if (chosen < 4 && call->file_count)
        snprintf(value, VALUE_BYTES, "%.*s", (int)name->length, name->at);
    else
        snprintf(value, VALUE_BYTES, "%s", sandbox_seeds[pick(&change->state, SANDBOX_SEEDS)].name);
}

static inline void add_input(struct change *change)
{
    char value[VALUE_BYTES];

    name_input(change, value);
    add_word(change, change->call.word_count, value);
}

static inline void add_any_word(struct change *change)
{
    char value[VALUE_BYTES];

    make_value(change, value_rules[pick(&change->state, VALUE_RULES)].name, value);
    add_word(change, some_place(change), value);
}

static inline void drop_word(struct change *change)
{
    remove_word(change, some_place(change));
}

static inline void move_word(struct change *change)
{
    size_t from = some_place(change), to = some_place(change);
    struct call_bytes kept;

    if (from >= change->call.word_count || to >= change->call.word_count)
        return;
    kept = change->call.words[from];
    change->call.words[from] = change->call.words[to];
    change->call.words[to] = kept;
}

static inline void repeat_word(struct change *change)
{
    size_t from = some_place(change);
    char word[WORD_BYTES];

    if (from >= change->call.word_count)
        return;
    snprintf(word, sizeof word, "%.*s", (int)change->call.words[from].length,
             change->call.words[from].at);
    add_word(change, some_place(change), word);
}

static inline void change_word(struct change *change)
{
    size_t place = some_place(change), length;
    struct call_bytes *word = &change->call.words[place];
    uint8_t bytes[WORD_BYTES];

    if (place >= change->call.word_count || word->length > sizeof bytes)
        return;
    memcpy(bytes, word->at, word->length);
    length = LLVMFuzzerMutate(bytes, word->length, sizeof bytes);
    *word = keep(change, (char *)bytes, length);
}

static inline void change_command(struct change *change)
{
    remove_word(change, 0);
    add_word(change, 0, commands[pick(&change->state, COMMANDS)].name);
}

/* What some commands need before anything else of them can be reached. */
static inline void add_needs(struct change *change, const char *command)
{
    static const struct {
        const char *command, *words[4];
    } needs[] = {
        {"trace", {"--tracefs=@tracefs", "--dry-run"}},
        {"trace", {"--tracefs=@tracefs", "--list-events"}},
        {"sockets", {"--read=@sockets"}},
        {"sockets", {"--read=@sockets", "--states=all"}},
        {"compare", {"@runs.json", "--", "@more.json"}},
        {"compare", {"--base=@more.json", "@runs.json"}},
        {"compare", {"--min-bytes=1", "@log", "--", "@pcap"}},
        {"compare", {"--min-bytes=1", "--write-baseline=new.json", "@log"}},
    };
    size_t chosen = pick(&change->state, sizeof needs / sizeof *needs);

    while (strcmp(needs[chosen].command, command) != 0)
        chosen = pick(&change->state, sizeof needs / sizeof *needs);
    for (size_t i = 0; i < 4 && needs[chosen].words[i]; i++)
        add_word(change, change->call.word_count, needs[chosen].words[i]);
}

static inline void begin_anew(struct change *change)
{
    const char *command = commands[pick(&change->state, COMMANDS)].name;
    size_t options = pick(&change->state, 4), inputs = 1 + pick(&change->state, 2);

    change->call.word_count = 0;
    add_word(change, 0, command);
    if (strcmp(command, "trace") == 0 || strcmp(command, "compare") == 0 ||
        strcmp(command, "sockets") == 0)
        add_needs(change, command);
    else
        while (inputs--)
            add_input(change);
    while (options--)
        add_option(change);
}

#endif
