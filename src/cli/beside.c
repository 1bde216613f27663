/* beside.c: a recorder in a process of its own. */
#include "cli/beside.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/common.h"

int cli_beside_start(struct cli_beside *beside, int (*record)(const void *context),
                     const void *context)
{
    int ends[2];
    pid_t parent = getpid();

    if (pipe(ends) < 0)
        return cli_usage("cannot make a pipe: %s", strerror(errno));
    beside->pid = fork();
    if (beside->pid < 0) {
        beside->pid = 0;
        return cli_usage("cannot start the recorder: %s", strerror(errno));
    }
    if (beside->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent || dup2(ends[1], STDOUT_FILENO) < 0)
            _exit(CLI_FAILED);
        close(ends[0]);
        close(ends[1]);
        exit(record(context));
    }
    signal(SIGINT, SIG_IGN);
    if (dup2(ends[0], STDIN_FILENO) < 0)
        return cli_usage("cannot read the recorder's log: %s", strerror(errno));
    close(ends[0]);
    close(ends[1]);
    return CLI_FINE;
}

int cli_beside_end(const struct cli_beside *beside)
{
    int status;

    while (waitpid(beside->pid, &status, 0) < 0)
        if (errno != EINTR)
            return CLI_FAILED;
    if (WIFSIGNALED(status))
        return cli_usage("the recorder was killed by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status);
}
