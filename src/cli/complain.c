/* complain.c: what is wrong with an option, in our words. argp and getopt can only print theirs, so
 * they are kept silent and the command line is walked once more. */
#include <string.h>

#include "cli/common.h"

#define OPTIONS_MAX 64

struct known {
    const struct argp_option *list[OPTIONS_MAX];
    size_t count;
};

static void collect(const struct argp *argp, struct known *known)
{
    const struct argp_option *option = argp->options;
    const struct argp_child *child = argp->children;

    for (; option && (option->name || option->key || option->doc); option++)
        if (option->name && known->count < OPTIONS_MAX)
            known->list[known->count++] = option;
    for (; child && child->argp; child++)
        collect(child->argp, known);
}

static const char *option_name(const void *list, size_t index)
{
    return ((const struct known *)list)->list[index]->name;
}

/* The option with that name or beginning; *matches tells how many begin so. */
static const struct argp_option *find_long(const struct known *known, const char *name,
                                           size_t length, size_t *matches)
{
    const struct argp_option *found = NULL;

    *matches = 0;
    for (size_t i = 0; i < known->count; i++) {
        if (strncmp(known->list[i]->name, name, length) != 0)
            continue;
        found = known->list[i];
        ++*matches;
        if (found->name[length] == '\0') {
            *matches = 1;
            return found;
        }
    }
    return found;
}

static const struct argp_option *find_short(const struct known *known, char letter)
{
    for (size_t i = 0; i < known->count; i++)
        if (known->list[i]->key == letter)
            return known->list[i];
    return NULL;
}

/* *next: the word after this one; it is skipped where it is the option's value. True: all is well.
 */
static bool check_long(const struct known *known, const char *name, char **next, char **end)
{
    size_t length = strcspn(name, "="), matches;
    const struct argp_option *option = find_long(known, name, length, &matches);
    const char *nearest;

    if (matches == 0) {
        nearest = cli_nearest(name, length, known, known->count, option_name);
        cli_message("there is no option '--%.*s'%s%s%s", (int)length, name,
                    nearest ? "; did you mean '--" : "", nearest ? nearest : "",
                    nearest ? "'?" : "");
        return false;
    }
    if (matches > 1) {
        cli_message("'--%.*s' is the beginning of several options", (int)length, name);
        return false;
    }
    if (!option->arg && name[length] == '=') {
        cli_message("--%s takes no value", option->name);
        return false;
    }
    if (option->arg && name[length] == '\0' && next == end) {
        cli_message("--%s needs a value", option->name);
        return false;
    }
    return true;
}

static bool check_short(const struct known *known, const char *letters, char **next, char **end)
{
    const struct argp_option *option;

    for (; *letters; letters++) {
        option = find_short(known, *letters);
        if (!option) {
            cli_message("there is no option '-%c'", *letters);
            return false;
        }
        if (option->arg && letters[1] == '\0' && next == end) {
            cli_message("-%c needs a value", *letters);
            return false;
        }
        if (option->arg)
            return true;
    }
    return true;
}

/* Is the word after this one its value? */
static bool takes_next(const struct known *known, const char *word)
{
    const struct argp_option *option = NULL;
    size_t matches;

    if (word[1] == '-') {
        option = find_long(known, word + 2, strlen(word + 2), &matches);
        return option && option->arg;
    }
    for (word++; *word; word++) {
        option = find_short(known, *word);
        if (option && option->arg)
            return word[1] == '\0';
    }
    return false;
}

void cli_explain(const struct argp *argp, int argc, char **argv)
{
    struct known known = {.count = 0};
    char **end = argv + argc;

    collect(argp, &known);
    for (char **word = argv + 1; word < end; word++) {
        if (strcmp(*word, "--") == 0)
            break;
        if ((*word)[0] != '-' || (*word)[1] == '\0')
            continue;
        if (!((*word)[1] == '-' ? check_long(&known, *word + 2, word + 1, end)
                                : check_short(&known, *word + 1, word + 1, end)))
            return;
        word += takes_next(&known, *word);
    }
    cli_message("the options are not understood");
}
