/* web_source.c: the recorders beside the server: one of sockets, and of events where they are
 * wanted, one of packets. Each is this program once more, as `sockets -o` is, and keeps the
 * privileges that recording takes; what they write is all that the server knows of the machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
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

/* --- processes -------------------------------------------------------------------------------- */

typedef int record_fn(const struct web_options *options, uint16_t port);

static int record_packets(const struct web_options *options, uint16_t port)
{
    return web_capture(options->interface, options->sockets->expression, port);
}

static int fail(const char *what, struct tp_error *error)
{
    return tp_error_sys(error, errno, "%s", what);
}

/* Of the ones before it, it has no end: they learn from theirs that nobody reads. */
static void become(const struct web_source *source, int to, record_fn *record,
                   const struct web_options *options, struct tp_web *web)
{
    uint16_t port = tp_web_port(web);

    if (dup2(to, STDOUT_FILENO) < 0)
        _exit(CLI_FAILED);
    close(to);
    for (size_t i = 0; i < source->count; i++)
        close(source->recorders[i].fd);
    tp_web_close(web);
    trace_signals_follow(STDOUT_FILENO);
    _exit(record(options, port));
}

static int start(struct web_source *source, record_fn *record, const struct web_options *options,
                 struct tp_web *web, struct tp_error *error)
{
    struct web_recorder *recorder = &source->recorders[source->count];
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return fail("cannot make a pipe", error);
    recorder->pid = fork();
    if (recorder->pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return fail("cannot start the recorder", error);
    }
    if (recorder->pid == 0) {
        close(ends[0]);
        become(source, ends[1], record, options, web);
    }
    close(ends[1]);
    recorder->fd = ends[0];
    snprintf(recorder->path, sizeof recorder->path, "/dev/fd/%d", recorder->fd);
    source->count++;
    return TP_OK;
}

int web_source_open(struct web_source *source, const struct web_options *options,
                    struct tp_web *web, struct tp_error *error)
{
    int rc = start(source, options->events ? record_events : record_sockets, options, web, error);

    if (rc == TP_OK && options->interface)
        rc = start(source, record_packets, options, web, error);
    return rc;
}

/* It has begun, or will never do. */
static bool is_ready(const struct web_recorder *recorder)
{
    struct pollfd pipe_out = {.fd = recorder->fd, .events = POLLIN};

    return poll(&pipe_out, 1, 100) > 0;
}

static bool has_failed(const struct web_recorder *recorder)
{
    struct pollfd pipe_out = {.fd = recorder->fd, .events = POLLIN};

    return poll(&pipe_out, 1, 0) > 0 && !(pipe_out.revents & POLLIN);
}

bool web_source_wait(struct web_source *source)
{
    for (size_t i = 0; i < source->count; i++) {
        while (!is_ready(&source->recorders[i]) && !trace_signals_wish(NULL).end)
            continue;
        source->failed |= has_failed(&source->recorders[i]);
    }
    return !trace_signals_wish(NULL).end && !source->failed;
}

static bool has_ended(const struct web_recorder *recorder)
{
    siginfo_t how = {0};

    return waitid(P_PID, (id_t)recorder->pid, &how, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           how.si_pid == recorder->pid;
}

void web_source_look(struct web_source *source)
{
    bool ended = false;

    for (size_t i = 0; i < source->count; i++)
        ended |= has_ended(&source->recorders[i]);
    if (!ended || source->failed || trace_signals_wish(NULL).end)
        return;
    source->failed = true;
    cli_message("the recorder has ended: what the page shows happens no more");
}

void web_source_close(struct web_source *source)
{
    const struct timespec moment = {0, 20000000};

    for (size_t i = 0; i < source->count; i++)
        close(source->recorders[i].fd);
    for (size_t i = 0; i < source->count; i++)
        for (unsigned tries = 0;
             tries < 50 && waitpid(source->recorders[i].pid, NULL, WNOHANG) == 0; tries++)
            nanosleep(&moment, NULL);
    source->count = 0;
}
