/* guard.c: the process that cleans up after us.
 *
 * The end of a process, however it comes, closes the pipe that the guard waits on. Removing an
 * instance disables its events and frees its buffer (kernel/trace/trace.c, __remove_instance), and
 * is refused with EBUSY while any of its files is open: the files of a process that was killed are
 * closed one after the other, and other programs may look into the instance too. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "recorder/file.h"
#include "recorder/guard.h"

#define PATIENCE_MS 5000
#define RETRY_MS    10

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

int guard_remove(int parent_fd, const char *name, unsigned patience_ms)
{
    static const char *const switches[] = {"tracing_on", "events/enable"};
    char path[64];

    /* What cannot be removed shall at least not cost anything. */
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
        snprintf(path, sizeof path, "%s/%s", name, switches[i]);
        file_write_at(parent_fd, path, "0");
    }
    while (unlinkat(parent_fd, name, AT_REMOVEDIR) != 0) {
        if (errno == ENOENT)
            return 0;
        if (errno != EBUSY || patience_ms < RETRY_MS)
            return errno;
        pause_ms(RETRY_MS);
        patience_ms -= RETRY_MS;
    }
    return 0;
}

static void close_range_of(unsigned first, unsigned last)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, first, last, 0) == 0)
        return;
#endif
    if (last > (unsigned)sysconf(_SC_OPEN_MAX))
        last = (unsigned)sysconf(_SC_OPEN_MAX);
    for (; first <= last; first++)
        close((int)first);
}

/* A pipe or a terminal that the guard kept open would outlive the recorder. */
static void close_all_but(int a, int b)
{
    unsigned low = (unsigned)(a < b ? a : b), high = (unsigned)(a < b ? b : a);

    if (low > 0)
        close_range_of(0, low - 1);
    if (high > low + 1)
        close_range_of(low + 1, high - 1);
    close_range_of(high + 1, ~0U);
}

/* The files of a recorder that was killed are closed one after the other: the lock may go after the
 * pipe. A lock that stays is that of a recorder of the same PID in another PID namespace. */
static int remove_unlocked(int parent_fd, const char *name)
{
    int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return errno == ENOENT ? 0 : errno;
    for (unsigned ms = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; ms += RETRY_MS) {
        if (ms >= PATIENCE_MS)
            return EWOULDBLOCK;
        pause_ms(RETRY_MS);
    }
    return guard_remove(parent_fd, name, PATIENCE_MS);
}

static _Noreturn void guard(int pipe, int parent_fd)
{
    char name[GUARD_NAME_MAX] = "";
    ssize_t n;
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2};
    sigset_t none;

    setsid();
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_NAME, "tcpprobe-guard");
    close_all_but(pipe, parent_fd);
    if (chdir("/") != 0)
        _exit(errno);
    do
        n = read(pipe, name, sizeof name); /* whole names: a write() of so few bytes is one */
    while (n > 0 || (n < 0 && errno == EINTR));
    _exit(name[0] ? remove_unlocked(parent_fd, name) : 0);
}

int guard_start(struct guard *starting, int parent_fd, struct tp_error *error)
{
    int ends[2], rc;

    *starting = (struct guard){.pipe = -1};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return tp_error_sys(error, errno, "cannot make a pipe to the guard");
    starting->pid = fork();
    if (starting->pid == 0)
        guard(ends[0], parent_fd);
    rc = starting->pid < 0 ? tp_error_sys(error, errno, "cannot start the guard") : 0;
    close(ends[0]);
    if (rc < 0) {
        close(ends[1]);
        starting->pid = 0;
        return rc;
    }
    starting->pipe = ends[1];
    return 0;
}

int guard_watch(const struct guard *watching, const char *name)
{
    char text[GUARD_NAME_MAX] = "";

    if (strlen(name) >= sizeof text)
        return ENAMETOOLONG;
    strcpy(text, name);
    return write(watching->pipe, text, sizeof text) == sizeof text ? 0 : errno;
}

int guard_finish(struct guard *finishing)
{
    int status;
    pid_t pid;

    if (finishing->pid == 0)
        return ECHILD;
    close(finishing->pipe);
    finishing->pipe = -1;
    do
        pid = waitpid(finishing->pid, &status, 0);
    while (pid < 0 && errno == EINTR);
    finishing->pid = 0;
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}
