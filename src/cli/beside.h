/* beside.h: a recorder in a process of its own, whose log is read as it comes: that one keeps the
 * privileges that recording takes, and this one never reads what root only may. */
#ifndef TCPPROBE_CLI_BESIDE_H
#define TCPPROBE_CLI_BESIDE_H

#include <sys/types.h>

struct cli_beside {
    pid_t pid; /* 0: there is none */
};

/* record() writes to standard output and returns an exit status, in the other process; what it
 * writes is standard input of this one from now on. Ctrl-C is for the recorder alone: what it
 * recorded until then can be read to its end. Returns an exit status, CLI_FINE or CLI_FAILED (and
 * it was said why). */
int cli_beside_start(struct cli_beside *beside, int (*record)(const void *context),
                     const void *context);
/* Once that is read to its end: the recorder's exit status, of which it said why. */
int cli_beside_end(const struct cli_beside *beside);

#endif
