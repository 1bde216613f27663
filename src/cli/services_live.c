/* services_live.c: `tcpprobe trace --sockets` in a process of its own, whose log is read as it
 * comes: that one is root until it traces, and this one never reads what root only may. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/services.h"
#include "cli/trace.h"

static void record(const struct services_recorder *wanted)
{
    struct trace trace = {
        .sockets = {.proc = "/proc",
                    .group = -1,
                    .records = true,
                    .processes = true,
                    .netns = wanted->netns,
                    .interval_ns = wanted->interval_ns},
        .event_lists = {"-tcp_probe"}, /* most of all events, and of no use here */
        .expression = wanted->expression,
        .quiet = true,
        .is_for_us = true,
    };

    trace.options.event_count = 1;
    trace.options.duration_ns = wanted->duration_ns;
    exit(trace_record(&trace));
}

int services_start(struct services_recorder *recorder)
{
    int ends[2];
    pid_t parent = getpid();

    if (pipe(ends) < 0)
        return cli_usage("cannot make a pipe: %s", strerror(errno));
    recorder->pid = fork();
    if (recorder->pid < 0)
        return cli_usage("cannot start the recorder: %s", strerror(errno));
    if (recorder->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent || dup2(ends[1], STDOUT_FILENO) < 0)
            _exit(CLI_FAILED);
        close(ends[0]);
        close(ends[1]);
        record(recorder);
    }
    /* Ctrl-C is for the recorder: what it recorded until then is shown. */
    signal(SIGINT, SIG_IGN);
    if (dup2(ends[0], STDIN_FILENO) < 0)
        return cli_usage("cannot read the recorder's log: %s", strerror(errno));
    close(ends[0]);
    close(ends[1]);
    return CLI_FINE;
}

int services_end(const struct services_recorder *recorder)
{
    int status;

    while (waitpid(recorder->pid, &status, 0) < 0)
        if (errno != EINTR)
            return CLI_FAILED;
    if (WIFSIGNALED(status))
        return cli_usage("the recorder was killed by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status);
}
