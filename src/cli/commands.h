/* commands.h: every command in one row. To add one: a row here and src/cli/cmd_NAME.c with the
 * function, whose options are described beside the variables they fill. */
#ifndef TCPPROBE_CLI_COMMANDS_H
#define TCPPROBE_CLI_COMMANDS_H

/* X(name, what it does in one line): the function is cmd_NAME() */
#define CLI_COMMANDS(X)                                                                            \
    X(trace, "record the kernel's TCP events into a log")                                          \
    X(flows, "show the flows in trace logs and captures with their figures")                       \
    X(explain, "say why the connections in trace logs and captures are slow")                      \
    X(packets, "show every packet of captures with what is said of it")                            \
    X(export, "write every sample or every event as CSV or NDJSON")                                \
    X(plot, "draw the flows in trace logs and captures as pictures")                               \
    X(report, "write a page about the flows, in one file, to be looked at in a browser")           \
    X(compare, "say whether congestion behaviour changed between runs")                            \
    X(sockets, "show the TCP sockets of this machine with what its kernel says of them")           \
    X(watch, "show them on a terminal, every second, with what limits each")                       \
    X(services, "say what each service of this machine sent again, exactly, and why")              \
    X(counters, "show what this machine's kernel counts of TCP, and what it means")

/* argv[0] is "tcpprobe", then what followed the command's name. Returns the exit status and
 * never exits: a test or a fuzzer may call it again and again. */
#define CLI_COMMAND_PROTOTYPE(name, help) int cmd_##name(int argc, char **argv);
CLI_COMMANDS(CLI_COMMAND_PROTOTYPE)
#undef CLI_COMMAND_PROTOTYPE

/* The whole command line; main() without the closing of stdout. */
int cli_main(int argc, char **argv);

/* Exit status of every command. */
enum {
    CLI_FINE = 0,
    CLI_CHANGED = 1,  /* compare found a change */
    CLI_FAILED = 2,   /* usage, unreadable input, any failure */
    CLI_UNDECIDED = 3 /* compare cannot decide */
};

#endif
