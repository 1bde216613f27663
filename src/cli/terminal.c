/* terminal.c: enters, draws and leaves a terminal. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/terminal.h"

/* The second screen, no cursor, lines that are cut and not wrapped; and back. */
#define ENTER "\033[?1049h\033[?25l\033[?7l\033[2J"
#define LEAVE "\033[0m\033[?7h\033[?25h\033[?1049l"
/* A terminal that knows these shows the frame at once. */
#define BEGIN "\033[?2026h\033[H"
#define END   "\033[J\033[?2026l"

static const char *const styles[] = {[FRAME_PLAIN] = "",
                                     [FRAME_BOLD] = "\033[1m",
                                     [FRAME_REVERSE] = "\033[7m",
                                     [FRAME_DIM] = "\033[2m"};

static volatile sig_atomic_t size_changed, stop_asked;

static void note(int number)
{
    if (number == SIGWINCH)
        size_changed = 1;
    else
        stop_asked = 1;
}

static void put_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t done = write(fd, bytes, length);

        if (done < 0 && errno != EINTR)
            return;
        bytes += done > 0 ? done : 0;
        length -= done > 0 ? (size_t)done : 0;
    }
}

bool terminal_is_one(int fd)
{
    return isatty(fd);
}

static void catch_signals(bool ours)
{
    struct sigaction action = {.sa_handler = ours ? note : SIG_DFL};

    sigaction(SIGWINCH, &action, NULL);
    sigaction(SIGTSTP, &action, NULL);
}

/* Keys one by one and unseen; Ctrl-C and Ctrl-Z stay signals. */
static void take_keys(struct terminal *terminal)
{
    struct termios raw = terminal->before;

    if (!terminal->has_keys)
        return;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_iflag &= ~(tcflag_t)(IXON);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    tcsetattr(terminal->in, TCSADRAIN, &raw);
}

void terminal_enter(struct terminal *terminal, int in, int out)
{
    terminal->in = in;
    terminal->out = out;
    terminal->has_keys = tcgetattr(in, &terminal->before) == 0;
    terminal->entered = true;
    catch_signals(true);
    take_keys(terminal);
    put_all(out, ENTER, strlen(ENTER));
}

void terminal_leave(struct terminal *terminal)
{
    if (!terminal->entered)
        return;
    put_all(terminal->out, LEAVE, strlen(LEAVE));
    if (terminal->has_keys)
        tcsetattr(terminal->in, TCSADRAIN, &terminal->before);
    catch_signals(false);
    terminal->entered = false;
}

void terminal_size(const struct terminal *terminal, unsigned *width, unsigned *height)
{
    struct winsize size = {0};

    if (ioctl(terminal->out, TIOCGWINSZ, &size) != 0)
        memset(&size, 0, sizeof size);
    *width = size.ws_col ? size.ws_col : 80;
    *height = size.ws_row ? size.ws_row : 24;
}

/* Without memory for it there is no frame; the next one may have some. */
void terminal_show(const struct terminal *terminal, const struct frame *frame)
{
    size_t room = strlen(BEGIN) + strlen(END) + frame->count * (FRAME_LINE_BYTES + 24);
    char *bytes = malloc(room), *at = bytes;

    if (!bytes)
        return;
    at = stpcpy(at, BEGIN);
    for (unsigned i = 0; i < frame->count; i++) {
        at = stpcpy(at, styles[frame->lines[i].style]);
        at = stpcpy(at, frame->lines[i].text);
        at = stpcpy(at, frame->lines[i].style ? "\033[0m\033[K" : "\033[K");
        at = stpcpy(at, i + 1 < frame->count ? "\r\n" : "");
    }
    at = stpcpy(at, END);
    put_all(terminal->out, bytes, (size_t)(at - bytes));
    free(bytes);
}

/* Stops as the shell wants it, with the terminal as it was. */
static void stop(struct terminal *terminal)
{
    int in = terminal->in, out = terminal->out;

    stop_asked = 0;
    terminal_leave(terminal);
    raise(SIGTSTP);
    terminal_enter(terminal, in, out);
}

bool terminal_changed(struct terminal *terminal)
{
    bool changed = size_changed || stop_asked;

    size_changed = 0;
    if (stop_asked)
        stop(terminal);
    return changed;
}

int terminal_keys(struct terminal *terminal, char *text, unsigned size)
{
    ssize_t got = terminal->has_keys ? read(terminal->in, text, size) : 0;

    return got < 0 && errno != EINTR && errno != EAGAIN ? -1 : got > 0 ? (int)got : 0;
}
