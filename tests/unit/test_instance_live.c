/* test_instance_live.c: instances of the running kernel. Needs root and tracefs, and says so where
 * they are missing; it leaves the kernel as it found it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "recorder/instance_files.h"
#include "base/privileges.h"

#define NOBODY 65534
#define KILLS  40

static const struct places places = {.proc = "/proc", .sys = "/sys"};
static const char *const events[] = {"sock/inet_sock_set_state", "tcp/tcp_probe"};
static const struct instance_plan plain = {.buffer_kib = 512, .events = events, .event_count = 2};

/* False if this machine cannot trace; the test is then skipped. */
static bool can_trace(struct tracefs *fs)
{
    struct tp_error error = TP_ERROR_INIT;

    if (tracefs_open(fs, &places, NULL, &error) == 0 && geteuid() == 0)
        return true;
    print_message("# not possible here: %s\n", error.code ? error.text : "not root");
    tracefs_close(fs);
    return false;
}

#define OPEN_OR_SKIP(fs)                                                                           \
    do {                                                                                           \
        if (!can_trace(fs))                                                                        \
            skip();                                                                                \
    } while (0)

static void assert_fine(int rc, const struct tp_error *error)
{
    if (rc != 0)
        fail_msg("%s", error->text);
}

/* Holds off other tests: "." those that look at or write the top level, "instances" every recorder
 * that starts and would reap. Until the descriptor is closed. */
static int lock(const struct tracefs *fs, const char *folder)
{
    int fd = openat(fs->root_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    return fd;
}

static bool is_there(const struct tracefs *fs, pid_t pid, unsigned n)
{
    char path[256];

    snprintf(path, sizeof path, "%s/instances/tcpprobe-%d-%u", fs->root, (int)pid, n);
    return access(path, F_OK) == 0;
}

static void nap(long us)
{
    nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
}

/* One connection to ourselves that is opened and closed: a few changes of state. */
static void make_traffic(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
    socklen_t length = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int connected = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listening, 1), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &length), 0);
    assert_int_equal(connect(connected, (struct sockaddr *)&address, sizeof address), 0);
    close(connected);
    close(listening);
}

static int keep_pipe(struct instance *instance, void *context, struct tp_error *error)
{
    int *fd = context;

    *fd = instance_open(instance, "trace_pipe", O_RDONLY | O_NONBLOCK, error);
    return *fd < 0 ? *fd : 0;
}

/* Lines with the word that the pipe still has. */
static size_t drain(int fd, const char *word)
{
    char text[65536], *at;
    size_t lines = 0;
    ssize_t got;

    while ((got = read(fd, text, sizeof text - 1)) > 0) {
        text[got] = '\0';
        for (at = text; (at = strstr(at, word)); at++)
            lines++;
    }
    return lines;
}

static uint64_t sum_recorded(const struct instance *instance)
{
    struct cpu_stats stats;
    uint64_t sum = 0;

    for (size_t i = 0; i < instance_cpu_count(instance); i++) {
        struct tp_error error = TP_ERROR_INIT;

        assert_fine(instance_stats(instance, i, &stats, &error), &error);
        sum += stats.entries + stats.read;
    }
    return sum;
}

/* What other tracers would notice. */
static void read_top_level(const struct tracefs *fs, char *buf, size_t size)
{
    static const char *const files[] = {
        "tracing_on",
        "trace_clock",
        "buffer_size_kb",
        "events/enable",
        "current_tracer",
        "trace_options",
        "events/tcp/tcp_probe/enable",
        "events/tcp/tcp_probe/filter",
        "events/sock/inet_sock_set_state/enable",
        "buffer_percent",
        "set_event",
        "tracing_cpumask",
    };

    *buf = '\0';
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *text = tracefs_read(fs, files[i], NULL, NULL);
        size_t length = strlen(buf);

        if (text)
            snprintf(buf + length, size - length, "%s: %s", files[i], text);
        free(text);
    }
    assert_true(strlen(buf) + 1 < size);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void an_instance_records_and_goes(void **state)
{
    struct tp_error error = TP_ERROR_INIT;
    struct instance_plan plan = plain;
    struct instance_grant grant;
    struct instance *instance;
    struct tracefs fs;
    char before[8192], during[8192], after[8192], *text;
    int pipe = -1, top;

    (void)state;
    OPEN_OR_SKIP(&fs);
    top = lock(&fs, ".");
    read_top_level(&fs, before, sizeof before);
    plan.open_pipes = keep_pipe;
    plan.context = &pipe;
    assert_fine(instance_create(&instance, &fs, &error), &error);
    assert_fine(instance_set_up(instance, &places, &plan, &grant, &error), &error);
    assert_true(is_there(&fs, getpid(), 0));
    assert_string_equal(grant.clock, "mono");
    assert_true(grant.buffer_kib >= 512 && grant.buffer_kib < 600);
    assert_int_equal(grant.total_kib, grant.buffer_kib * instance_cpu_count(instance));
    text = instance_read(instance, "trace_clock", &error);
    assert_non_null(strstr(text, "[mono]"));
    free(text);
    text = instance_read(instance, "trace_options", &error);
    assert_non_null(strstr(text, "\ndisable_on_free\n"));
    free(text);

    make_traffic();
    read_top_level(&fs, during, sizeof during);
    assert_fine(instance_stop(instance, &error), &error);
    assert_true(sum_recorded(instance) >= 4);
    assert_true(drain(pipe, " inet_sock_set_state: ") >= 4);
    make_traffic();
    assert_int_equal(drain(pipe, ": "), 0);
    close(pipe);
    assert_fine(instance_remove(instance, &error), &error);
    assert_false(is_there(&fs, getpid(), 0));
    assert_int_equal(waitpid(-1, NULL, 0), -1);
    read_top_level(&fs, after, sizeof after);
    close(top);
    assert_string_equal(before, during);
    assert_string_equal(before, after);
    tracefs_close(&fs);
}

static void two_run_side_by_side(void **state)
{
    static const char *const one_event[] = {"tcp/tcp_destroy_sock"};
    struct tp_error error = TP_ERROR_INIT;
    struct instance_plan a_plan = plain, b_plan = plain;
    struct instance_grant grant;
    struct instance *a, *b;
    struct tracefs fs;
    int a_pipe, b_pipe;

    (void)state;
    OPEN_OR_SKIP(&fs);
    a_plan.open_pipes = b_plan.open_pipes = keep_pipe;
    a_plan.context = &a_pipe;
    b_plan.context = &b_pipe;
    b_plan.events = one_event;
    b_plan.event_count = 1;
    b_plan.clock = "global";
    assert_fine(instance_create(&a, &fs, &error), &error);
    assert_fine(instance_set_up(a, &places, &a_plan, &grant, &error), &error);
    instance_reap(&fs);
    assert_fine(instance_create(&b, &fs, &error), &error);
    assert_fine(instance_set_up(b, &places, &b_plan, &grant, &error), &error);
    assert_string_equal(grant.clock, "global");
    make_traffic();
    close(b_pipe);
    assert_fine(instance_remove(b, &error), &error);
    make_traffic();
    assert_fine(instance_stop(a, &error), &error);
    assert_true(drain(a_pipe, " inet_sock_set_state: ") >= 8);
    close(a_pipe);
    assert_fine(instance_remove(a, &error), &error);
    assert_false(is_there(&fs, getpid(), 0) || is_there(&fs, getpid(), 1));
    tracefs_close(&fs);
}

static void too_large_a_buffer_is_no_memory(void **state)
{
    struct tp_error error = TP_ERROR_INIT;
    struct instance_plan plan = plain;
    struct instance_grant grant;
    struct instance *instance;
    struct tracefs fs;

    (void)state;
    OPEN_OR_SKIP(&fs);
    plan.buffer_kib = (uint64_t)1 << 36;
    plan.force = true;
    assert_fine(instance_create(&instance, &fs, &error), &error);
    assert_int_equal(instance_set_up(instance, &places, &plan, &grant, &error), TP_ERR_NOMEM);
    assert_non_null(strstr(error.text, "there is no memory for a buffer of 68719476736 KiB"));
    assert_int_equal(instance_remove(instance, NULL), 0);
    assert_false(is_there(&fs, getpid(), 0));
    tracefs_close(&fs);
}

static void the_kernel_says_what_is_wrong(void **state)
{
    struct tp_error error = TP_ERROR_INIT;
    struct instance *instance;
    struct tracefs fs;
    char text[128];

    (void)state;
    OPEN_OR_SKIP(&fs);
    assert_fine(instance_create(&instance, &fs, &error), &error);
    assert_true(instance_write(instance, "events/tcp/tcp_probe/filter", "nosuch == 1", &error) < 0);
    instance_complaint(instance, text, sizeof text);
    if (*text) /* since 5.2 */
        assert_string_equal(text, "event filter parse error: error: Field not found");
    assert_int_equal(instance_remove(instance, NULL), 0);
    tracefs_close(&fs);
}

static void a_folder_in_use_is_told(void **state)
{
    struct tp_error error = TP_ERROR_INIT;
    struct instance_grant grant;
    struct instance *instance;
    struct tracefs fs;
    int pipe;

    (void)state;
    OPEN_OR_SKIP(&fs);
    assert_fine(instance_create(&instance, &fs, &error), &error);
    assert_fine(instance_set_up(instance, &places, &plain, &grant, &error), &error);
    pipe = instance_open(instance, "trace_pipe", O_RDONLY | O_NONBLOCK, &error);
    assert_true(pipe >= 0);
    assert_int_equal(instance_remove(instance, &error), TP_ERR_IO);
    assert_non_null(strstr(error.text, "stays, without tracing, until the next start removes it: "
                                       "Device or resource busy"));
    assert_true(is_there(&fs, getpid(), 0));
    instance_reap(&fs); /* cannot yet */
    assert_true(is_there(&fs, getpid(), 0));
    close(pipe);
    instance_reap(&fs);
    assert_false(is_there(&fs, getpid(), 0));
    tracefs_close(&fs);
}

/* Runs step in a child that has become nobody; returns its exit status. */
static int as_nobody(int (*step)(struct tracefs *fs, struct instance *instance), struct tracefs *fs,
                     struct instance *instance)
{
    const struct invoker nobody = {.known = true, .uid = NOBODY, .gid = NOBODY};
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0)
        _exit(privileges_drop(&nobody, NULL) < 0 ? 99 : step(fs, instance));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int try_everything(struct tracefs *fs, struct instance *instance)
{
    struct tp_error error = TP_ERROR_INIT;
    struct instance *made;
    struct tracefs found;

    (void)instance;
    if (getuid() != NOBODY || getgid() != NOBODY || setuid(0) == 0 || setgid(0) == 0)
        return 1;
    if (tracefs_open(&found, &places, NULL, &error) == 0) {
        tracefs_close(&found); /* mounted for everybody */
    } else if (strcmp(error.text, "tracing needs root: run it with sudo") != 0 ||
               error.sys_errno != EACCES) {
        return 2;
    }
    tp_error_clear(&error);
    if (instance_create(&made, fs, &error) != TP_ERR_IO || made ||
        strcmp(error.text, "making an instance needs root: run it with sudo") != 0)
        return 3;
    return instance_reap(fs) == 0 ? 0 : 4;
}

static void without_root_it_says_so(void **state)
{
    struct tracefs fs;

    (void)state;
    OPEN_OR_SKIP(&fs);
    assert_int_equal(as_nobody(try_everything, &fs, NULL), 0);
    tracefs_close(&fs);
}

/* The whole life in one process, root dropped in the middle. */
static int live_and_end(const struct tracefs *fs)
{
    const struct invoker nobody = {.known = true, .uid = NOBODY, .gid = NOBODY};
    struct instance_plan plan = plain;
    struct instance_grant grant;
    struct instance *instance;
    struct cpu_stats stats;
    int pipe, rc;

    plan.open_pipes = keep_pipe;
    plan.context = &pipe;
    if (instance_create(&instance, fs, NULL) < 0 ||
        instance_set_up(instance, &places, &plan, &grant, NULL) < 0 ||
        privileges_drop(&nobody, NULL) < 0)
        return 1;
    make_traffic();
    rc = instance_stop(instance, NULL) < 0               ? 2
         : instance_stats(instance, 0, &stats, NULL) < 0 ? 3
         : drain(pipe, " inet_sock_set_state: ") < 4     ? 4
                                                         : 0;
    close(pipe);
    return instance_remove(instance, NULL) < 0 ? 5 : rc;
}

static void root_is_not_needed_after_set_up(void **state)
{
    struct tracefs fs;
    int status;
    pid_t child;

    (void)state;
    OPEN_OR_SKIP(&fs);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(live_and_end(&fs));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_false(is_there(&fs, child, 0));
    tracefs_close(&fs);
}

/* A recorder that is killed us after it began; writes its guard's PID to ready when it traces. */
static pid_t start_victim(const struct tracefs *fs, int ready)
{
    struct instance_plan plan = plain;
    struct instance_grant grant;
    struct instance *instance;
    pid_t child = fork();
    int pipe;

    assert_true(child >= 0);
    if (child > 0)
        return child;
    plan.open_pipes = keep_pipe;
    plan.context = &pipe;
    if (instance_create(&instance, fs, NULL) < 0 ||
        instance_set_up(instance, &places, &plan, &grant, NULL) < 0)
        _exit(1);
    if (ready >= 0 && write(ready, &instance->guard.pid, sizeof(pid_t)) != sizeof(pid_t))
        _exit(1);
    for (;;) {
        make_traffic();
        drain(pipe, "tcp");
    }
}

/* Reaps children, and the guards that became ours; false if one is still there after a while. */
static bool all_end(void)
{
    for (int i = 0; i < 800; i++) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        if (waitpid(-1, NULL, WNOHANG) < 0)
            return true;
        nap(10000);
    }
    return false;
}

static void a_kill_leaves_nothing(void **state)
{
    char before[8192], after[8192];
    struct tracefs fs;
    pid_t child;
    int top;

    (void)state;
    OPEN_OR_SKIP(&fs);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    top = lock(&fs, ".");
    read_top_level(&fs, before, sizeof before);
    srand(3);
    for (int i = 0; i < KILLS; i++) {
        child = start_victim(&fs, -1);
        nap(rand() % 30000);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_true(all_end());
        assert_false(is_there(&fs, child, 0));
    }
    read_top_level(&fs, after, sizeof after);
    close(top);
    assert_string_equal(before, after);
    tracefs_close(&fs);
}

/* The guard is killed first, so that the next start finds the leftover. */
static void the_next_start_reaps(void **state)
{
    char path[128], *on;
    struct tracefs fs;
    int ready[2], others;
    pid_t child, guard;

    (void)state;
    OPEN_OR_SKIP(&fs);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    child = start_victim(&fs, ready[1]);
    assert_int_equal(read(ready[0], &guard, sizeof guard), sizeof guard);
    instance_reap(&fs); /* it lives: not a leftover */
    assert_true(is_there(&fs, child, 0));
    assert_int_equal(kill(guard, SIGKILL), 0);
    nap(20000);
    instance_reap(&fs); /* its recorder holds the lock too */
    assert_true(is_there(&fs, child, 0));
    others = lock(&fs, "instances");
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_true(all_end());
    assert_true(is_there(&fs, child, 0));
    snprintf(path, sizeof path, "instances/tcpprobe-%d-0/tracing_on", (int)child);
    on = tracefs_read(&fs, path, NULL, NULL);
    assert_string_equal(on, "0\n"); /* free_buffer */
    free(on);
    close(others);
    instance_reap(&fs);
    assert_false(is_there(&fs, child, 0));
    close(ready[0]);
    close(ready[1]);
    tracefs_close(&fs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instance_records_and_goes),
        cmocka_unit_test(two_run_side_by_side),
        cmocka_unit_test(too_large_a_buffer_is_no_memory),
        cmocka_unit_test(the_kernel_says_what_is_wrong),
        cmocka_unit_test(a_folder_in_use_is_told),
        cmocka_unit_test(without_root_it_says_so),
        cmocka_unit_test(root_is_not_needed_after_set_up),
        cmocka_unit_test(a_kill_leaves_nothing),
        cmocka_unit_test(the_next_start_reaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
