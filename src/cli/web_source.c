/* web_source.c: the recorder beside the server. It is this program once more, as `sockets -o` is,
 * and keeps the privileges that recording takes; what it writes is all that the server knows of the
 * machine.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/trace.h"
#include "cli/web.h"

/* The page's own connections are left out: looking would make what is looked at. */
static char *without_port(const char *expression, uint16_t port)
{
    char *text;
    int length = expression ? asprintf(&text, "(%s) and not port %u", expression, port)
                            : asprintf(&text, "not port %u", port);

    return length < 0 ? NULL : text;
}

static int record_packets(const struct web_options *options, uint16_t port)
{
    char expression[64];

    snprintf(expression, sizeof expression, "tcp and not port %u", port);
    return web_capture(options->interface, expression);
}

/* Those of sockets, without a filter: it is made anew of an expression. */
static struct sockets_options sockets_of(const struct web_options *options, char *expression)
{
    struct sockets_options sockets = *options->sockets;

    sockets.expression = expression;
    sockets.filter = NULL;
    sockets.bytecode = NULL;
    sockets.records = true;
    return sockets;
}

/* Events, and sockets beside them. */
static int record_events(const struct web_options *options, uint16_t port)
{
    struct trace trace = {.sockets = sockets_of(options, NULL), .quiet = true};
    char name[] = "watch", option[] = "--web", *words[] = {name, option, NULL};
    int status;

    trace.expression = without_port(options->sockets->expression, port);
    trace.is_for_us = true;
    trace.command = trace_command_line("trace", 2, words);
    status = trace.expression ? trace_record(&trace) : cli_usage("out of memory");
    free(trace.command);
    return status;
}

static int record_sockets(const struct web_options *options, uint16_t port)
{
    struct sockets_options sockets =
        sockets_of(options, without_port(options->sockets->expression, port));
    struct tp_error error = TP_ERROR_INIT;
    char *words[] = {(char[]){"watch"}, (char[]){"--web"}, NULL};

    sockets.quiet = true;
    if (!sockets.expression)
        return cli_usage("out of memory");
    if (sockets_compile_filter(&sockets, &error) != TP_OK)
        return cli_fail(&error);
    return sockets_record(&sockets, 2, words);
}

static int record(const struct web_options *options, uint16_t port)
{
    return options->interface ? record_packets(options, port)
           : options->events  ? record_events(options, port)
                              : record_sockets(options, port);
}

static int fail(const char *what, struct tp_error *error)
{
    return tp_error_sys(error, errno, "%s", what);
}

int web_source_open(struct web_source *source, const struct web_options *options,
                    struct tp_web *web, struct tp_error *error)
{
    uint16_t port = tp_web_port(web);
    int ends[2];

    if (pipe(ends) != 0)
        return fail("cannot make a pipe", error);
    source->pid = fork();
    if (source->pid < 0) {
        source->pid = 0;
        close(ends[0]);
        close(ends[1]);
        return fail("cannot start the recorder", error);
    }
    if (source->pid == 0) {
        if (dup2(ends[1], STDOUT_FILENO) < 0)
            _exit(CLI_FAILED);
        close(ends[0]);
        close(ends[1]);
        tp_web_close(web);
        trace_signals_follow(STDOUT_FILENO);
        _exit(record(options, port));
    }
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
    return TP_OK;
}

bool web_source_wait(const struct web_source *source)
{
    struct pollfd pipe_out = {.fd = STDIN_FILENO, .events = POLLIN};

    while (source->pid && !trace_signals_wish(NULL).end && poll(&pipe_out, 1, 100) <= 0)
        continue;
    return !trace_signals_wish(NULL).end;
}

bool web_source_close(struct web_source *source, bool ended)
{
    const struct timespec moment = {0, 20000000};
    int status = 0, got = 0;

    if (!source->pid)
        return true;
    close(STDIN_FILENO); /* it learns that nobody reads */
    for (unsigned i = 0; got == 0 && (ended || i < 50); i++) {
        got = waitpid(source->pid, &status, ended ? 0 : WNOHANG);
        if (got == 0)
            nanosleep(&moment, NULL);
        else if (got < 0 && errno == EINTR)
            got = 0;
    }
    return !ended || (WIFEXITED(status) && WEXITSTATUS(status) == CLI_FINE);
}
