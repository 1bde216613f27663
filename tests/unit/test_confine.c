/* test_confine.c: what is left to a process that is confined, each tried in a process of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/confine.h"

static char folder[] = "/tmp/test_confine-XXXXXX", old_file[64], new_file[64];

/* --- what is tried: true if it was done --------------------------------------------------------
 */

static bool opens(const char *path, int flags)
{
    return open(path, flags | O_CLOEXEC, 0600) >= 0;
}

static bool reads(void)
{
    return opens(old_file, O_RDONLY);
}

static bool writes(void)
{
    return opens(old_file, O_WRONLY);
}

static bool empties(void)
{
    return opens(old_file, O_RDONLY | O_TRUNC);
}

static bool creates(void)
{
    return opens(new_file, O_RDWR | O_CREAT | O_EXCL);
}

static bool renames(void)
{
    return rename(old_file, new_file) == 0;
}

static bool removes(void)
{
    return unlink(old_file) == 0;
}

static bool connects(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool talks(void)
{
    return socket(AF_UNIX, SOCK_DGRAM, 0) >= 0;
}

static int open_sockets[2];

static bool sends(void)
{
    char byte = 'x';

    return send(open_sockets[0], &byte, 1, 0) == 1 && recv(open_sockets[1], &byte, 1, 0) == 1;
}

static bool runs(void)
{
    char *argv[] = {(char *)"true", NULL};

    execv("/bin/true", argv);
    return false; /* true(1) says so by its status */
}

static bool traces(void)
{
    return ptrace(PTRACE_TRACEME, 0, 0, 0) == 0;
}

static bool leaves(void)
{
    return unshare(CLONE_NEWUSER) == 0;
}

static bool types(void)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);

    return terminal >= 0 && ioctl(terminal, TIOCSTI, "x") == 0;
}

static bool asks(void)
{
    return isatty(STDERR_FILENO) == 1 || errno == ENOTTY;
}

static bool maps(void)
{
    return memfd_create("x", 0) >= 0 && malloc(1 << 24) != NULL;
}

static void *nothing(void *unused)
{
    return unused;
}

static bool threads(void)
{
    pthread_t thread;

    return pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

static bool forks(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(7);
    return child > 0 && waitpid(child, NULL, 0) == child;
}

static bool narrows(void)
{
    return confine(CONFINE_READ) == 0 && !writes() && reads();
}

/* --- who may do what -----------------------------------------------------------------------------
 */

#define BIT(scope) (1U << (scope))
#define ALL                                                                                        \
    (BIT(CONFINE_READ) | BIT(CONFINE_DRAW) | BIT(CONFINE_WRITE) | BIT(CONFINE_RECORD) |            \
     BIT(CONFINE_ASK) | BIT(CONFINE_SERVE))
#define WRITERS (BIT(CONFINE_WRITE) | BIT(CONFINE_RECORD))

static const struct {
    const char *what;
    bool (*is_done)(void);
    unsigned scopes;
} rows[] = {
    {"reads a file", reads, ALL},
    {"writes to a file", writes, WRITERS},
    {"empties a file", empties, WRITERS},
    {"makes a file", creates, WRITERS | BIT(CONFINE_DRAW)},
    {"renames a file", renames, WRITERS},
    {"removes a file", removes, WRITERS | BIT(CONFINE_DRAW)},
    {"makes a socket", connects, 0},
    {"makes a local socket", talks, 0},
    {"asks what is open", sends, BIT(CONFINE_ASK) | BIT(CONFINE_SERVE)},
    {"starts a program", runs, 0},
    {"is traced", traces, 0},
    {"makes a namespace", leaves, 0},
    {"types into a terminal", types, 0},
    {"asks for a terminal", asks, ALL},
    {"takes memory", maps, ALL},
    {"starts threads", threads, ALL},
    {"starts a process of its own", forks, ALL},
    {"takes a narrower scope", narrows, ALL},
};

/* In a process that is confined, or (scope < 0) in one that is not. */
static bool is_done(bool (*tried)(void), int scope)
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        if (scope >= 0 && confine((enum confine_scope)scope) != 0)
            _exit(2);
        _exit(tried() ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_not_equal(WEXITSTATUS(status), 2);
    return WEXITSTATUS(status) == 0;
}

static void make_files(void)
{
    int fd = open(old_file, O_WRONLY | O_CREAT, 0600);

    assert_true(fd >= 0);
    close(fd);
    unlink(new_file);
}

static void each_scope_has_what_it_needs(void **state)
{
    (void)state;
    if (!confine_is_built()) {
        assert_int_equal(confine(CONFINE_READ), CONFINE_ABSENT);
        skip();
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int scope = CONFINE_READ; scope <= CONFINE_SERVE; scope++) {
            if (!(ALL >> scope & 1))
                continue;
            make_files();
            if (is_done(rows[i].is_done, scope) != (rows[i].scopes >> scope & 1))
                fail_msg("scope %d %s", scope, rows[i].what);
        }
}

/* Or the test above would be satisfied with a kernel that forbids everything. */
static void all_of_it_works_without(void **state)
{
    static bool (*const tried[])(void) = {writes,   empties, creates, renames, removes,
                                          connects, talks,   runs,    traces};

    (void)state;
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        make_files();
        assert_true(is_done(tried[i], -1));
    }
}

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, open_sockets) != 0)
        return -1;
    snprintf(old_file, sizeof old_file, "%s/old", folder);
    snprintf(new_file, sizeof new_file, "%s/new", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(old_file);
    unlink(new_file);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_scope_has_what_it_needs),
        cmocka_unit_test(all_of_it_works_without),
    };

    return cmocka_run_group_tests_name("confine", tests, make_folder, remove_folder);
}
