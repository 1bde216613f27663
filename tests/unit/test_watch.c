/* test_watch.c: files of an instance that others change, in a folder of ordinary files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "recorder/instance_files.h"
#include "recorder/watch_notes.h"

static const char *const events[] = {"tcp/tcp_probe", "sock/inet_sock_set_state"};
static const char *const files[] = {"tracing_on",
                                    "trace_clock",
                                    "buffer_size_kb",
                                    "set_event",
                                    "events/tcp/tcp_probe/filter",
                                    "events/sock/inet_sock_set_state/filter"};

#define FILES (sizeof files / sizeof *files)

static char folder[] = "/tmp/tcpprobe-XXXXXX";

static void say(const char *path, const char *text)
{
    char full[256];
    FILE *file;

    snprintf(full, sizeof full, "%s/%s", folder, path);
    file = fopen(full, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int begin(void **state)
{
    char command[256];

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command,
             "cd %s && mkdir -p events/tcp/tcp_probe events/sock/inet_sock_set_state options "
             "per_cpu/cpu0 per_cpu/cpu3",
             folder);
    if (system(command) != 0)
        return -1;
    for (size_t i = 0; i < FILES; i++)
        say(files[i], "1\n");
    say("trace", "");
    return 0;
}

static int end(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* What a look tells: "KIND path, KIND path". */
struct told {
    char text[512];
    int rc; /* what the sink returns */
};

static int sink(void *context, enum watch_kind kind, const char *path, struct tp_error *error)
{
    static const char *const kinds[] = {"changed", "emptied", "opened", "unread"};
    struct told *told = context;
    size_t used = strlen(told->text);

    (void)error;
    snprintf(told->text + used, sizeof told->text - used, "%s%s %s", used ? ", " : "", kinds[kind],
             path);
    return told->rc;
}

#define assert_told(watch, expected)                                                               \
    do {                                                                                           \
        struct told told_ = {.rc = 0};                                                             \
        assert_int_equal(watch_look(watch, sink, &told_, NULL), 0);                                \
        assert_string_equal(told_.text, expected);                                                 \
    } while (0)

static struct instance fake_instance(void)
{
    static unsigned cpus[] = {0, 3};

    return (struct instance){.path = folder,
                             .fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                             .cpus = cpus,
                             .cpu_count = 2};
}

static void open_watch(struct watch *watch, struct instance *instance, bool has_notes)
{
    *instance = fake_instance();
    *watch = (struct watch){.count = 0};
    assert_int_equal(watch_open(watch, instance, events, 2, NULL), 0);
    assert_int_equal(watch->count, FILES);
    assert_non_null(watch->notes);
    if (has_notes)
        return;
    watch_notes_close(watch->notes);
    watch->notes = NULL;
}

static void what_changes_is_told_once(void **state)
{
    struct instance instance;
    struct watch watch;
    char expected[128];

    (void)state;
    for (int noted = 0; noted <= 1; noted++) {
        open_watch(&watch, &instance, noted);
        assert_told(&watch, "");
        for (size_t i = 0; i < FILES; i++) {
            say(files[i], "0\n");
            snprintf(expected, sizeof expected, "changed %s", files[i]);
            assert_told(&watch, expected);
            assert_told(&watch, "");
        }
        for (size_t i = 0; i < FILES; i++)
            say(files[i], "1\n");
        watch_notes_close(watch.notes); /* of that */
        watch.notes = noted ? watch_notes_open(&instance, events, 2) : NULL;
        assert_told(&watch, "");
        say(files[0], "");
        assert_told(&watch, "changed tracing_on");
        say(files[0], "1\n");
        watch_close(&watch);
        close(instance.fd);
    }
}

/* It says again what it said. */
static void what_was_put_back_is_told(void **state)
{
    struct instance instance;
    struct watch watch;

    (void)state;
    open_watch(&watch, &instance, true);
    for (int i = 0; i < 3; i++) {
        say("tracing_on", "0\n");
        say("events/sock/inet_sock_set_state/enable", "0\n");
        say("tracing_on", "1\n");
        say("events/sock/inet_sock_set_state/enable", "1\n");
    }
    assert_told(&watch, "changed tracing_on, changed events/sock/inet_sock_set_state/enable");
    assert_told(&watch, "");
    watch_close(&watch);
    close(instance.fd);
}

static void each_file_of_the_instance_is_watched(void **state)
{
    static const struct {
        const char *path, *told;
    } rows[] = {
        {"trace", "emptied trace"},
        {"per_cpu/cpu3/trace", "emptied per_cpu/cpu3/trace"},
        {"per_cpu/cpu0/buffer_size_kb", "changed per_cpu/cpu0/buffer_size_kb"},
        {"tracing_cpumask", "changed tracing_cpumask"},
        {"set_event_pid", "changed set_event_pid"},
        {"options/overwrite", "changed options/overwrite"},
        {"events/enable", "changed events/enable"},
        {"events/tcp/enable", "changed events/tcp/enable"},
        {"events/sock/filter", "changed events/sock/filter"},
        {"events/tcp/tcp_probe/trigger", "changed events/tcp/tcp_probe/trigger"},
    };
    struct instance instance;
    struct watch watch;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        say(rows[i].path, "");
    open_watch(&watch, &instance, true);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        say(rows[i].path, "x");
        assert_told(&watch, rows[i].told);
    }
    watch_close(&watch);
    close(instance.fd);
}

/* As the kernel does: nobody writes to the file. */
static void say_by_itself(const char *path, char first)
{
    char full[256], *text;
    int fd;

    snprintf(full, sizeof full, "%s/%s", folder, path);
    fd = open(full, O_RDWR);
    text = mmap(NULL, 1, PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(text != MAP_FAILED);
    *text = first;
    munmap(text, 1);
    close(fd);
}

static void what_the_kernel_changes_is_told(void **state)
{
    struct instance instance;
    struct watch watch;

    (void)state;
    open_watch(&watch, &instance, true);
    say_by_itself("tracing_on", '0');
    assert_told(&watch, "changed tracing_on");
    say_by_itself("tracing_on", '1');
    say_by_itself("set_event", '0');
    assert_told(&watch, "changed set_event");
    say_by_itself("set_event", '1');
    assert_told(&watch, "");
    /* but not what follows from what was told */
    say("events/tcp/enable", "0");
    say_by_itself("set_event", '0');
    assert_told(&watch, "changed events/tcp/enable");
    assert_told(&watch, "");
    say_by_itself("set_event", '1');
    watch_close(&watch);
    close(instance.fd);
}

/* To look at a file is no harm, but for those that give each event only once. */
static void who_takes_events_out_is_told(void **state)
{
    static const char *const harmless[] = {"trace", "tracing_on", "per_cpu/cpu0/stats"};
    static const char *const pipes[] = {"trace_pipe", "per_cpu/cpu3/trace_pipe",
                                        "per_cpu/cpu0/trace_pipe_raw"};
    struct instance instance;
    struct watch watch;
    char full[256], expected[128];

    (void)state;
    say("per_cpu/cpu0/stats", "");
    for (size_t i = 0; i < 3; i++)
        say(pipes[i], "");
    open_watch(&watch, &instance, true);
    for (size_t i = 0; i < 3; i++) {
        snprintf(full, sizeof full, "%s/%s", folder, harmless[i]);
        close(open(full, O_RDONLY));
        assert_told(&watch, "");
        snprintf(full, sizeof full, "%s/%s", folder, pipes[i]);
        close(open(full, O_RDONLY));
        snprintf(expected, sizeof expected, "opened %s", pipes[i]);
        assert_told(&watch, expected);
    }
    watch_close(&watch);
    close(instance.fd);
}

/* Stopping is what we do ourselves; what is in the buffer then can still be taken away. */
static void after_the_stop_only_the_buffer_matters(void **state)
{
    struct instance instance;
    struct watch watch;

    (void)state;
    open_watch(&watch, &instance, true);
    watch_stop(&watch);
    say("tracing_on", "0\n");
    say("events/enable", "0\n");
    assert_told(&watch, "");
    say("trace", "x");
    assert_told(&watch, "emptied trace");
    say("tracing_on", "1\n");
    watch_close(&watch);
    close(instance.fd);
}

static void what_cannot_be_read_is_told_once(void **state)
{
    struct instance instance;
    struct watch watch;
    int first, fd;

    (void)state;
    for (int noted = 0; noted <= 1; noted++) {
        first = dup(0); /* what tracing_on gets, behind the instance's folder */
        fd = dup(0);
        assert_int_equal(fd, first + 1);
        close(first);
        close(fd);
        open_watch(&watch, &instance, noted);
        assert_int_equal(instance.fd, first);
        assert_int_equal(dup2(first, first + 1), first + 1); /* reading a folder fails */
        assert_told(&watch, "unread tracing_on");
        assert_told(&watch, "");
        watch_close(&watch);
        close(instance.fd);
    }
}

static void many_changes_are_bounded(void **state)
{
    struct instance instance;
    struct told told = {.rc = TP_ERR_NOMEM};
    struct watch watch;
    char path[64];

    (void)state;
    open_watch(&watch, &instance, true);
    for (int i = 0; i < 200; i++) {
        snprintf(path, sizeof path, "options/%d", i);
        say(path, "x");
    }
    /* a sink that fails ends the look */
    assert_int_equal(watch_look(&watch, sink, &told, NULL), TP_ERR_NOMEM);
    assert_string_equal(told.text, "changed options/0");
    assert_told(&watch, "");
    watch_close(&watch);
    close(instance.fd);
}

static void a_file_that_is_missing_is_an_error(void **state)
{
    static const char *const strange[] = {"tcp/tcp_nosuch"};
    struct instance instance = fake_instance();
    struct tp_error error = TP_ERROR_INIT;
    struct watch watch = {.count = 0};

    (void)state;
    assert_int_equal(watch_open(&watch, &instance, strange, 1, &error), TP_ERR_IO);
    assert_int_equal(watch.count, 4);
    watch_close(&watch);
    watch_close(&watch);
    assert_told(&watch, "");
    close(instance.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_changes_is_told_once),
        cmocka_unit_test(what_was_put_back_is_told),
        cmocka_unit_test(each_file_of_the_instance_is_watched),
        cmocka_unit_test(what_the_kernel_changes_is_told),
        cmocka_unit_test(who_takes_events_out_is_told),
        cmocka_unit_test(after_the_stop_only_the_buffer_matters),
        cmocka_unit_test(what_cannot_be_read_is_told_once),
        cmocka_unit_test(many_changes_are_bounded),
        cmocka_unit_test(a_file_that_is_missing_is_an_error),
    };

    return cmocka_run_group_tests_name("watch", tests, begin, end);
}
