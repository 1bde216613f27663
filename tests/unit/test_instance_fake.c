/* test_instance_fake.c: finding tracefs, setting up an instance and removing it, on a fake tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <cmocka.h>

#include "recorder/instance_files.h"
#include "fake_tracefs.h"

static const char *const events[] = {"tcp/tcp_probe", "sock/inet_sock_set_state"};

static const struct instance_plan plain = {.buffer_kib = 1024, .events = events, .event_count = 2};

static int begin(void **state)
{
    (void)state;
    fake_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static struct places places(void)
{
    return (struct places){.proc = fake.proc, .sys = fake.sys};
}

static const char *at(const char *path)
{
    static char full[256];

    snprintf(full, sizeof full, "%s/%s", fake.folder, path);
    return full;
}

static void open_tree(struct tracefs *fs)
{
    const struct places where = places();
    struct tp_error error = TP_ERROR_INIT;

    assert_int_equal(tracefs_open(fs, &where, NULL, &error), 0);
}

/* An instance that was set up; NULL if that failed, which leaves nothing behind. */
static struct instance *make(const struct instance_plan *plan, struct instance_grant *grant,
                             struct tp_error *error)
{
    const struct places where = places();
    struct instance *instance;
    struct tracefs fs;

    open_tree(&fs);
    if (instance_create(&instance, &fs, error) == 0 &&
        instance_set_up(instance, &where, plan, grant, error) < 0) {
        assert_int_equal(instance_remove(instance, NULL), 0);
        instance = NULL;
    }
    tracefs_close(&fs);
    return instance;
}

static void assert_text(const struct instance *instance, const char *path, const char *expected)
{
    char *text = instance_read(instance, path, NULL);

    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

/* --- finding ---------------------------------------------------------------------------------- */

static void tracefs_is_found(void **state)
{
    struct places where = places();
    struct tp_error error = TP_ERROR_INIT;
    struct tracefs fs;
    char *text, line[256];

    (void)state;
    assert_int_equal(tracefs_open(&fs, &where, NULL, &error), 0);
    assert_string_equal(fs.root, at("sys/kernel/tracing"));
    text = tracefs_read(&fs, "events/header_page", NULL, &error);
    assert_string_equal(text, "\tfield: u64 timestamp;\n");
    free(text);
    assert_null(tracefs_read(&fs, "nosuch", NULL, &error));
    assert_non_null(strstr(error.text, "cannot read"));
    tracefs_close(&fs);
    tracefs_close(&fs);

    /* only in /proc/self/mounts, with a blank in its name */
    assert_int_equal(rename(at("sys/kernel/tracing"), "/tmp/tcpprobe fake"), 0);
    fake_write(fake.proc, "self/mounts",
               "bad\nnodev /nowhere tracefs rw 0 0\nnodev /tmp/tcpprobe\\040fake tracefs rw 0 0\n");
    assert_int_equal(tracefs_open(&fs, &where, NULL, &error), 0);
    assert_string_equal(fs.root, "/tmp/tcpprobe fake");
    tracefs_close(&fs);

    /* only in debugfs */
    fake_write(fake.proc, "self/mounts", "");
    fake_write(fake.folder, "sys/kernel/debug/x", "");
    snprintf(line, sizeof line, "%s", at("sys/kernel/debug/tracing"));
    assert_int_equal(rename("/tmp/tcpprobe fake", line), 0);
    assert_int_equal(tracefs_open(&fs, &where, NULL, &error), 0);
    assert_string_equal(fs.root, line);
    tracefs_close(&fs);
    where.sys = "/nonexistent";
    assert_int_equal(tracefs_open(&fs, &where, line, &error), 0);
    tracefs_close(&fs);
}

/* Each cause has a sentence of its own; the last rows build on those before. */
static void why_there_is_no_tracefs(void **state)
{
    static const struct {
        const char *given, *remove, *write, *text, *sentence;
    } rows[] = {
        {"nosuch", "", NULL, NULL, "there is no folder "},
        {"proc", "", NULL, NULL, "is no tracefs: it has no folder events"},
        {NULL, "sys/kernel/tracing/instances", NULL, NULL,
         "has no folder instances: tracing would disturb other tracers"},
        {NULL, "sys/kernel/tracing/events/tcp/tcp_probe", NULL, NULL,
         "this kernel is too old for tcp_probe, which came with Linux 4.16 (this is 6.1.0-fake)"},
        {NULL, "sys/kernel/tracing/events/tcp", NULL, NULL,
         "this kernel has no tcp events: they came with Linux 4.15 (this is 6.1.0-fake)"},
        {NULL, "proc/sys", NULL, NULL, "this kernel has no tcp events: they came with Linux 4.15"},
        {NULL, "sys/kernel/tracing/events", NULL, NULL, "tracefs is not mounted: mount -t tracefs"},
        {NULL, "sys/kernel/tracing", NULL, NULL, "tracefs is not mounted: mount -t tracefs"},
        {NULL, "proc/self/mounts", NULL, NULL, "tracefs is not mounted: mount -t tracefs"},
        {NULL, "", "proc/filesystems", "nodev\tsysfs\n", "this kernel was built without tracing"},
        {NULL, "", "sys/kernel/security/lockdown", "none integrity [confidentiality]\n",
         "the kernel is locked down (confidentiality) and lets nobody trace"},
    };
    const struct places where = places();
    struct tp_error error;
    struct tracefs fs;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char given[256] = "";

        if (rows[i].given)
            snprintf(given, sizeof given, "%s", at(rows[i].given));
        if (*rows[i].remove)
            fake_remove(at(rows[i].remove));
        if (rows[i].write)
            fake_write(fake.folder, rows[i].write, rows[i].text);
        tp_error_clear(&error);
        assert_true(tracefs_open(&fs, &where, *given ? given : NULL, &error) < 0);
        if (!strstr(error.text, rows[i].sentence))
            fail_msg("not \"%s\", but \"%s\"", rows[i].sentence, error.text);
        tracefs_close(&fs);
    }
}

/* --- set-up ----------------------------------------------------------------------------------- */

static int note_filters(const char *path, void *context, struct tp_error *error)
{
    (void)error;
    assert_non_null(strstr(path, "/instances/tcpprobe-"));
    assert_ptr_equal(context, &fake);
    strcpy(fake.written[fake.written_count++], "FILTERS");
    return 0;
}

static int note_pipes(struct instance *instance, void *context, struct tp_error *error)
{
    (void)error;
    assert_int_equal(instance_cpu_count(instance), FAKE_CPUS);
    assert_ptr_equal(context, &fake);
    strcpy(fake.written[fake.written_count++], "PIPES");
    return 0;
}

static void steps_have_their_order(void **state)
{
    static const char *const order[] = {"tracing_on",
                                        "free_buffer",
                                        "options/disable_on_free",
                                        "options/overwrite",
                                        "options/context-info",
                                        "options/irq-info",
                                        "trace_clock",
                                        "buffer_size_kb",
                                        "FILTERS",
                                        "PIPES",
                                        "events/tcp/tcp_probe/enable",
                                        "events/sock/inet_sock_set_state/enable",
                                        "tracing_on"};
    struct instance_plan plan = plain;
    struct instance_grant grant;
    struct tp_error error = TP_ERROR_INIT;
    struct instance *instance;
    size_t step = 0;

    (void)state;
    plan.write_filters = note_filters;
    plan.open_pipes = note_pipes;
    plan.context = &fake;
    instance = make(&plan, &grant, &error);
    assert_non_null(instance);
    for (size_t i = 0; i < fake.written_count; i++)
        if (step < sizeof order / sizeof *order && strcmp(fake.written[i], order[step]) == 0)
            step++;
    assert_int_equal(step, sizeof order / sizeof *order);
    assert_string_equal(fake.written[fake.written_count - 1], "tracing_on");

    assert_string_equal(grant.clock, "mono");
    assert_false(grant.clock_is_second);
    assert_int_equal(grant.buffer_kib, 1024);
    assert_int_equal(grant.total_kib, 24576);
    assert_false(grant.capped);
    assert_text(instance, "options/context-info", "1");
    assert_text(instance, "options/latency-format", "0");
    assert_text(instance, "options/verbose", "0");
    assert_text(instance, "options/stacktrace", "0");
    assert_text(instance, "options/hash-ptr", "1");
    assert_text(instance, "events/tcp/tcp_probe/enable", "1");
    assert_text(instance, "events/enable", "0\n");
    assert_text(instance, "tracing_on", "1");
    assert_int_equal(instance_stop(instance, &error), 0);
    assert_text(instance, "tracing_on", "0");
    assert_int_equal(fake_instances(), 1);
    assert_int_equal(instance_remove(instance, &error), 0);
    assert_int_equal(fake_instances(), 0);
    assert_int_equal(waitpid(-1, NULL, 0), -1); /* no guard is left */
}

static bool may_be_missing(const char *path)
{
    static const char *const optional[] = {
        "options/latency-format",
        "options/verbose",
        "options/stacktrace",
        "options/hash-ptr",
        "error_log",
        "events/tcp/tcp_probe/filter",
        "events/sock/inet_sock_set_state/filter",
    };

    for (size_t i = 0; i < sizeof optional / sizeof *optional; i++)
        if (strcmp(path, optional[i]) == 0)
            return true;
    return false;
}

static void each_file_missing_is_one_sentence(void **state)
{
    struct instance_grant grant;
    struct instance *instance;
    struct tp_error error;

    (void)state;
    for (size_t i = 0; i < FAKE_INSTANCE_FILES; i++) {
        fake.missing = fake_instance_files[i].path;
        tp_error_clear(&error);
        instance = make(&plain, &grant, &error);
        if (may_be_missing(fake.missing)) {
            assert_non_null(instance);
            assert_int_equal(instance_remove(instance, &error), 0);
        } else if (instance) {
            /* mkdir of its CPU was left out too: the CPU is not there */
            assert_non_null(strstr(fake.missing, "/stats"));
            assert_int_equal(instance_cpu_count(instance), FAKE_CPUS - 1);
            assert_int_equal(instance_remove(instance, &error), 0);
        } else {
            if (!strstr(error.text, fake.missing))
                fail_msg("%s: %s", fake.missing, error.text);
            assert_non_null(strstr(error.text, ": No such file or directory"));
            assert_int_equal(error.code, TP_ERR_IO);
        }
        assert_int_equal(fake_instances(), 0);
        assert_int_equal(waitpid(-1, NULL, 0), -1);
    }
}

static int refuse(const char *path, void *context, struct tp_error *error)
{
    (void)path;
    (void)context;
    return tp_error_set(error, TP_ERR_USAGE, "no such filter");
}

static void a_refused_filter_ends_the_set_up(void **state)
{
    struct instance_plan plan = plain;
    struct instance_grant grant;
    struct tp_error error = TP_ERROR_INIT;

    (void)state;
    plan.write_filters = refuse;
    assert_null(make(&plan, &grant, &error));
    assert_string_equal(error.text, "no such filter");
    for (size_t i = 0; i < fake.written_count; i++)
        assert_null(strstr(fake.written[i], "tcp_probe/enable"));
    assert_int_equal(fake_instances(), 0);
}

static void clocks_fall_back(void **state)
{
    static const struct {
        const char *clocks, *wanted, *given;
        bool second;
        const char *sentence;
    } rows[] = {
        {"[local] global mono boot\n", NULL, "mono", false, NULL},
        {"[local] global mono_raw boot\n", NULL, "boot", true, NULL},
        {"[local] global\n", NULL, "local", true, NULL},
        {"[local] tai\n", "tai", "tai", false, NULL},
        {"[global] counter\n", NULL, NULL, false, "none of the clocks mono, boot and local, but ["},
        {"[local] mono\n", "tai", NULL, false, "no clock \"tai\", but [local] mono"},
        {"[local] mono\n", "", NULL, false, "no clock \"\""},
        {"[local] mono\n", "mon", NULL, false, "no clock \"mon\""},
        {"", NULL, NULL, false, "none of the clocks"},
    };
    struct instance_plan plan = plain;
    struct instance_grant grant;
    struct instance *instance;
    struct tp_error error;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fake.clocks = rows[i].clocks;
        plan.clock = rows[i].wanted;
        tp_error_clear(&error);
        instance = make(&plan, &grant, &error);
        if (rows[i].given) {
            assert_non_null(instance);
            assert_string_equal(grant.clock, rows[i].given);
            assert_int_equal(grant.clock_is_second, rows[i].second);
            assert_text(instance, "trace_clock", rows[i].given);
            assert_int_equal(instance_remove(instance, &error), 0);
        } else {
            assert_null(instance);
            assert_non_null(strstr(error.text, rows[i].sentence));
        }
    }
}

static void the_buffer_is_capped(void **state)
{
    static const struct {
        uint64_t asked, given;
        bool force;
        const char *meminfo, *sentence;
    } rows[] = {
        {100000, 100000, false, "MemAvailable:    2400000 kB\n", NULL}, /* 2400000 / 8 / 3 */
        {100001, 100000, false, "MemAvailable:    2400000 kB\n", NULL},
        {100001, 100001, true, "MemAvailable:    2400000 kB\n", NULL},
        {8192, 128, false, "MemAvailable:    0 kB\n", NULL},
        {64, 64, false, "MemAvailable:    0 kB\n", NULL},
        {64, 64, true, "", NULL},
        {64, 0, false, "MemTotal: 1 kB\n", "has no MemAvailable"},
        {0, 0, true, "", "a buffer of 0 KiB is no buffer"},
        {UINT64_MAX, 0, true, "", "is no buffer"},
    };
    struct instance_plan plan = plain;
    struct instance_grant grant;
    struct instance *instance;
    struct tp_error error;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fake_write(fake.proc, "meminfo", rows[i].meminfo);
        plan.buffer_kib = rows[i].asked;
        plan.force = rows[i].force;
        tp_error_clear(&error);
        instance = make(&plan, &grant, &error);
        if (rows[i].given) {
            assert_non_null(instance);
            assert_int_equal(grant.buffer_kib, rows[i].given);
            assert_int_equal(grant.capped, rows[i].given < rows[i].asked);
            assert_int_equal(instance_remove(instance, &error), 0);
        } else {
            assert_null(instance);
            assert_non_null(strstr(error.text, rows[i].sentence));
        }
    }
    fake_remove(at("proc/meminfo"));
    plan = plain;
    tp_error_clear(&error);
    assert_null(make(&plan, &grant, &error));
    assert_non_null(strstr(error.text, "meminfo, which limits the buffer unless it is forced: No"));
}

/* --- use -------------------------------------------------------------------------------------- */

static void counters_are_read(void **state)
{
    struct instance_grant grant;
    struct tp_error error = TP_ERROR_INIT;
    struct instance *instance = make(&plain, &grant, &error);
    struct cpu_stats stats;

    (void)state;
    assert_non_null(instance);
    assert_int_equal(instance_cpu_count(instance), 3);
    assert_int_equal(instance_cpu(instance, 0), 0);
    assert_int_equal(instance_cpu(instance, 1), 2);
    assert_int_equal(instance_cpu(instance, 2), 10);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(instance_stats(instance, 0, &stats, &error), 0);
        assert_int_equal(stats.entries, 7);
        assert_int_equal(stats.overrun, 1);
        assert_int_equal(stats.commit_overrun, 2);
        assert_int_equal(stats.bytes, 1020);
        assert_int_equal(stats.dropped, 3);
        assert_true(stats.read == UINT64_MAX);
    }
    assert_int_equal(instance_stats(instance, 1, &stats, &error), 0);
    assert_int_equal(stats.read, 5);
    assert_int_equal(instance_stats(instance, 2, &stats, &error), TP_ERR_FORMAT);
    assert_string_equal(error.text, "the counters of CPU 10 lack \"overrun\"");
    assert_int_equal(instance_remove(instance, NULL), 0);
}

static void files_are_read_and_written(void **state)
{
    struct instance_grant grant;
    struct tp_error error = TP_ERROR_INIT;
    struct instance *instance = make(&plain, &grant, &error);
    char text[256];
    int fd;

    (void)state;
    assert_non_null(instance);
    instance_complaint(instance, text, sizeof text);
    assert_string_equal(text, "event filter parse error: error: Field not found");
    assert_int_equal(instance_complaint(instance, text, 6), 5);
    assert_string_equal(text, "event");
    assert_int_equal(instance_write(instance, "error_log", "", &error), 0);
    assert_int_equal(instance_complaint(instance, text, sizeof text), 0);

    fd = instance_open(instance, "per_cpu/cpu2/stats", O_RDONLY, &error);
    assert_true(fd >= 0);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
    assert_true(instance_open(instance, "nosuch", O_RDONLY, &error) < 0);
    assert_non_null(strstr(error.text, "/nosuch: No such file or directory"));

    /* a file that takes nothing: /dev/full */
    tp_error_clear(&error);
    snprintf(text, sizeof text, "%s/full", instance_path(instance));
    assert_int_equal(symlink("/dev/full", text), 0);
    assert_int_equal(instance_write(instance, "full", "1", &error), TP_ERR_IO);
    assert_non_null(strstr(error.text, "cannot write \"1\" to "));
    assert_non_null(strstr(error.text, "No space left on device"));
    assert_int_equal(instance_remove(instance, NULL), 0);
}

static void what_mkdir_says_is_told(void **state)
{
    static const struct {
        int sys_errno;
        const char *sentence;
    } rows[] = {
        {ENOMEM, "there is no memory for an instance in "},
        {EEXIST, "cannot make an instance in "},
        {ENOSPC, "/instances: No space left on device"},
    };
    struct instance *instance;
    struct tp_error error;
    struct tracefs fs;

    (void)state;
    open_tree(&fs);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fake.mkdir_errno = rows[i].sys_errno;
        tp_error_clear(&error);
        assert_true(instance_create(&instance, &fs, &error) < 0);
        assert_null(instance);
        assert_non_null(strstr(error.text, rows[i].sentence));
    }
    tracefs_close(&fs);
}

/* --- leftovers -------------------------------------------------------------------------------- */

static void leftovers_are_reaped(void **state)
{
    static const char *const names[] = {"tcpprobe-2-0",   "tcpprobe-1-0", "tcpprobe-1-0-x",
                                        "tcpprobe-lab-1", "tcpprobe-3",   "other",
                                        "tcpprobe-9-1",   "xtcpprobe-1-0"};
    struct instance_grant grant;
    struct tp_error error = TP_ERROR_INIT;
    struct instance *running = make(&plain, &grant, &error);
    struct tracefs fs;
    char path[256];
    int locked;

    (void)state;
    assert_non_null(running);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "sys/kernel/tracing/instances/%s/tracing_on", names[i]);
        fake_write(fake.folder, path, "1\n");
    }
    locked = open(at("sys/kernel/tracing/instances/tcpprobe-9-1"), O_RDONLY);
    assert_int_equal(flock(locked, LOCK_EX), 0);
    open_tree(&fs);
    assert_int_equal(instance_reap(&fs), 2);
    assert_string_equal(fs.reaped[0], "tcpprobe-1-0");
    assert_string_equal(fs.reaped[1], "tcpprobe-2-0");
    assert_int_equal(fake_instances(), 7);
    tracefs_close(&fs);
    close(locked);
    open_tree(&fs);
    assert_int_equal(instance_reap(&fs), 1);
    tracefs_close(&fs);
    assert_text(running, "tracing_on", "1");
    assert_int_equal(instance_remove(running, &error), 0);
}

static void names_that_are_taken_are_left(void **state)
{
    struct instance_grant grant;
    struct tp_error error = TP_ERROR_INIT;
    struct instance *a = make(&plain, &grant, &error), *b = make(&plain, &grant, &error);

    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    assert_string_not_equal(instance_name(a), instance_name(b));
    assert_int_equal(instance_remove(a, &error), 0);
    assert_int_equal(fake_instances(), 1);
    assert_text(b, "tracing_on", "1");
    assert_int_equal(instance_remove(b, &error), 0);
    assert_int_equal(fake_instances(), 0);
    assert_int_equal(instance_remove(NULL, &error), 0);
}

/* Waits for guards that were orphaned to us. */
static void wait_for_all(void)
{
    while (waitpid(-1, NULL, 0) > 0)
        ;
}

static void the_guard_outlives_a_kill(void **state)
{
    struct instance_grant grant;
    pid_t child;

    (void)state;
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    for (long us = 0; us < 20000; us += 500) {
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            make(&plain, &grant, NULL);
            for (;;)
                pause();
        }
        nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        wait_for_all();
        assert_int_equal(fake_instances(), 0);
    }
}

/* A folder of our name that somebody holds, who may have our PID in another PID namespace. */
static void the_guard_leaves_what_is_held(void **state)
{
    char name[GUARD_NAME_MAX];
    struct guard guard;
    struct tracefs fs;
    int parent_fd, fd;

    (void)state;
    open_tree(&fs);
    parent_fd = openat(fs.root_fd, "instances", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    snprintf(name, sizeof name, "tcpprobe-%d-0", (int)getpid());
    assert_int_equal(mkdirat(parent_fd, name, 0750), 0);
    fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(guard_start(&guard, parent_fd, NULL), 0);
    assert_int_equal(guard_watch(&guard, name), 0);
    assert_int_equal(guard_finish(&guard), EWOULDBLOCK);
    assert_int_equal(fake_instances(), 1);
    close(fd);
    /* one whose folder was never made, and one that was told of nothing */
    assert_int_equal(guard_start(&guard, parent_fd, NULL), 0);
    assert_int_equal(guard_watch(&guard, name), 0);
    assert_int_equal(guard_watch(&guard, "tcpprobe-1-1"), 0);
    assert_int_equal(guard_finish(&guard), 0);
    assert_int_equal(guard_start(&guard, parent_fd, NULL), 0);
    assert_int_equal(guard_finish(&guard), 0);
    assert_int_equal(fake_instances(), 1);
    assert_int_equal(guard_remove(parent_fd, name, 0), 0);
    close(parent_fd);
    tracefs_close(&fs);
}

static void without_its_guard_it_removes_itself(void **state)
{
    struct instance_grant grant;
    struct tp_error error = TP_ERROR_INIT;
    struct instance *instance = make(&plain, &grant, &error);

    (void)state;
    assert_non_null(instance);
    assert_int_equal(kill(instance->guard.pid, SIGKILL), 0);
    assert_int_equal(instance_remove(instance, &error), 0);
    assert_int_equal(fake_instances(), 0);
}

static size_t count_files_of(pid_t pid)
{
    struct dirent *entry;
    char path[64];
    size_t count = 0;
    DIR *folder;

    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    folder = opendir(path);
    assert_non_null(folder);
    while ((entry = readdir(folder)))
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* Whoever reads our standard output must see its end when we end. */
static void the_guard_holds_nothing_and_stays(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    struct instance_grant grant;
    struct tp_error error = TP_ERROR_INIT;
    struct instance *instance = make(&plain, &grant, &error);
    pid_t guard;

    (void)state;
    assert_non_null(instance);
    guard = instance->guard.pid;
    for (int i = 0; i < 200 && count_files_of(guard) != 2; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    assert_int_equal(count_files_of(guard), 2); /* the pipe, the folder of instances */
    assert_int_equal(getsid(guard), guard);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        assert_int_equal(kill(guard, signals[i]), 0);
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    assert_int_equal(fake_instances(), 1);
    assert_int_equal(waitpid(guard, NULL, WNOHANG), 0);
    assert_int_equal(instance_remove(instance, &error), 0);
    assert_int_equal(fake_instances(), 0);
}

int main(void)
{
#define ON_FAKE(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        ON_FAKE(tracefs_is_found),
        ON_FAKE(why_there_is_no_tracefs),
        ON_FAKE(steps_have_their_order),
        ON_FAKE(each_file_missing_is_one_sentence),
        ON_FAKE(a_refused_filter_ends_the_set_up),
        ON_FAKE(clocks_fall_back),
        ON_FAKE(the_buffer_is_capped),
        ON_FAKE(counters_are_read),
        ON_FAKE(files_are_read_and_written),
        ON_FAKE(what_mkdir_says_is_told),
        ON_FAKE(leftovers_are_reaped),
        ON_FAKE(names_that_are_taken_are_left),
        ON_FAKE(the_guard_outlives_a_kill),
        ON_FAKE(the_guard_leaves_what_is_held),
        ON_FAKE(without_its_guard_it_removes_itself),
        ON_FAKE(the_guard_holds_nothing_and_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
