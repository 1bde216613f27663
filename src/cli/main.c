/* main.c: finds the command, and sees to it that what was written to stdout arrived. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cli/common.h"

/* A file that is opened must not take the place of a closed standard stream: messages would go into
 * it. What stands there instead fails as the closed one did. */
static void hold_standard_streams(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_WRONLY}; /* stdin and stdout cannot be used */

    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) < 0)
            return;
}

int main(int argc, char **argv)
{
    int status;

    hold_standard_streams();
    status = cli_main(argc, argv);
    if (ferror(stdout) || fclose(stdout) != 0) {
        if (status != CLI_FAILED)
            cli_message("cannot write standard output: %s", strerror(errno));
        status = CLI_FAILED;
    }
    return status;
}
