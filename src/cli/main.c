/* main.c: finds the command, and sees to it that what was written to stdout arrived. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/common.h"

int main(int argc, char **argv)
{
    int status;

    /* A closed pipe is a failed write like any other: with a sentence and status 2. */
    signal(SIGPIPE, SIG_IGN);
    status = cli_main(argc, argv);
    if (ferror(stdout) || fclose(stdout) != 0) {
        if (status != CLI_FAILED)
            cli_message("cannot write standard output: %s", strerror(errno));
        status = CLI_FAILED;
    }
    return status;
}
