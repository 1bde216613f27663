/* trace_signals.c: the first signal ends the recording in order, the second one at once. That the
 * reader of a pipe went away is for the caller: a recording ends in order then. */
#include <poll.h>
#include <signal.h>

#include "cli/trace.h"

static const struct {
    int number;
    const char *name;
} signals[] = {
    {SIGINT, "SIGINT"},
    {SIGTERM, "SIGTERM"},
    {SIGHUP, "SIGHUP"},
    {SIGQUIT, "SIGQUIT"},
};

#define SIGNAL_COUNT (sizeof signals / sizeof *signals)

static volatile sig_atomic_t first_signal, signal_count;
static struct sigaction before[SIGNAL_COUNT], size_before;
static int followed = -1; /* a pipe that is written to */

static void note(int number)
{
    if (!signal_count)
        first_signal = number;
    if (signal_count < 2)
        signal_count++;
}

void trace_signals_catch(void)
{
    struct sigaction ours = {.sa_handler = note}, ignored = {.sa_handler = SIG_IGN};

    signal_count = 0;
    sigaction(SIGXFSZ, &ignored, &size_before); /* write() says it, as of a full disk */
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        sigaction(signals[i].number, NULL, &before[i]);
        /* nohup wants it to be ignored; so does a script's "&" with SIGINT, but who sends that to a
         * recorder wants it to end. */
        if (signals[i].number != SIGHUP || before[i].sa_handler != SIG_IGN)
            sigaction(signals[i].number, &ours, NULL);
    }
}

void trace_signals_release(void)
{
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        sigaction(signals[i].number, &before[i], NULL);
    sigaction(SIGXFSZ, &size_before, NULL);
}

void trace_signals_follow(int fd)
{
    followed = fd;
}

/* Where nobody reads any more. */
static bool is_left(void)
{
    struct pollfd pipe_in = {.fd = followed};

    return followed >= 0 && poll(&pipe_in, 1, 0) > 0 && pipe_in.revents & POLLERR;
}

struct tp_recorder_wish trace_signals_wish(void *unused)
{
    struct tp_recorder_wish wish = {.end = signal_count > 0, .at_once = signal_count > 1};

    (void)unused;
    if (!wish.end && is_left())
        return (struct tp_recorder_wish){.end = true, .at_once = true, .reason = "reader-left"};
    for (size_t i = 0; wish.end && i < SIGNAL_COUNT; i++)
        if (signals[i].number == first_signal)
            wish.reason = signals[i].name;
    return wish;
}
