/* dispatch.c: from the first word of the command line to the command's function. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <tcpprobe/web.h>

#include "base/capabilities.h"
#include "cli/common.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
};

static const struct command commands[] = {
#define COMMAND_ROW(name, help) {#name, cmd_##name, help},
    CLI_COMMANDS(COMMAND_ROW)
#undef COMMAND_ROW
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static const char *command_name(const void *list, size_t index)
{
    return ((const struct command *)list)[index].name;
}

static int unknown_command(const char *name)
{
    const char *nearest = cli_nearest(name, strlen(name), commands, COMMAND_COUNT, command_name);

    if (nearest)
        return cli_usage("'%s' is not a command; did you mean '%s'?", name, nearest);
    return cli_usage("'%s' is not a command; 'tcpprobe help' lists them", name);
}

static int show_help(void)
{
    printf(
        "Usage: tcpprobe COMMAND [OPTION...] [ARGUMENT...]\n"
        "Records the TCP events that the Linux kernel traces, reads them and packet captures, and\n"
        "shows what each connection did.\n"
        "\n"
        "Commands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].help);
    printf("  %-10s %s\n"
           "\n"
           "tcpprobe --version prints the version.\n"
           "Exit status: 0 fine, 1 a comparison found a change, 2 usage, unreadable input or any "
           "other\n"
           "failure, 3 a comparison cannot decide.\n",
           "help", "show this, or with a command's name that command's options");
    return CLI_FINE;
}

static int show_version(void)
{
    printf("tcpprobe %s\n", TP_VERSION);
    if (!confine_is_built())
        printf("built without libseccomp, or with sanitizers: nothing confines what reads files\n");
    if (!tp_web_is_built())
        printf("built without libmicrohttpd: 'watch' has no --web\n");
    return CLI_FINE;
}

static int show_command_help(const char *name)
{
    char program[] = "tcpprobe", help[] = "--help";
    char *argv[] = {program, help, NULL};
    const struct command *command = find_command(name);

    return command ? command->run(2, argv) : unknown_command(name);
}

int cli_main(int argc, char **argv)
{
    const struct command *command;
    char program[] = "tcpprobe";
    const char *word;

    if (argc < 2)
        return cli_usage("no command given; 'tcpprobe help' lists them");
    word = argv[1];
    if (strcmp(word, "help") == 0 && argc > 2)
        return show_command_help(argv[2]);
    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-?") == 0 ||
        strcmp(word, "-h") == 0)
        return show_help();
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        return show_version();
    }
    if (word[0] == '-')
        return cli_usage("a command comes before '%s'; 'tcpprobe help' lists them", word);
    command = find_command(word);
    if (!command)
        return unknown_command(word);
    /* Of setcap(8): only a recording takes what they allow, and gives them up itself. */
    if (command->run != cmd_trace && !capabilities_drop())
        return cli_usage("cannot give up capabilities: %s", strerror(errno));
    /* Messages begin with "tcpprobe:", whatever path it was started by. */
    argv[1] = program;
    return command->run(argc - 1, argv + 1);
}
