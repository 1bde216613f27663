/* test_watch.c: files of an instance that others change, in a folder of ordinary files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "recorder/instance_files.h"
#include "recorder/watch.h"

static const char *const events[] = {"tcp/tcp_probe", "sock/inet_sock_set_state"};
static const char *const files[] = {"tracing_on",
                                    "trace_clock",
                                    "buffer_size_kb",
                                    "events/tcp/tcp_probe/enable",
                                    "events/tcp/tcp_probe/filter",
                                    "events/sock/inet_sock_set_state/enable",
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
             "cd %s && mkdir -p events/tcp/tcp_probe events/sock/inet_sock_set_state", folder);
    if (system(command) != 0)
        return -1;
    for (size_t i = 0; i < FILES; i++)
        say(files[i], "1\n");
    return 0;
}

static int end(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void what_changes_is_told_once(void **state)
{
    struct instance instance = {.path = folder};
    struct watch watch = {.count = 0};

    (void)state;
    instance.fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(watch_open(&watch, &instance, events, 2, NULL), 0);
    assert_int_equal(watch.count, FILES);
    assert_null(watch_look(&watch));
    for (size_t i = 0; i < FILES; i++) {
        say(files[i], "0\n");
        assert_string_equal(watch_look(&watch), files[i]);
        assert_null(watch_look(&watch));
    }
    say(files[0], "1\n"); /* on again, and off */
    assert_null(watch_look(&watch));
    say(files[0], "");
    say(files[4], "1\n");
    assert_string_equal(watch_look(&watch), files[0]);
    assert_null(watch_look(&watch));
    watch_close(&watch);
    close(instance.fd);
}

static void a_file_that_is_missing_is_an_error(void **state)
{
    static const char *const strange[] = {"tcp/tcp_nosuch"};
    struct instance instance = {.path = folder};
    struct tp_error error = TP_ERROR_INIT;
    struct watch watch = {.count = 0};

    (void)state;
    instance.fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(watch_open(&watch, &instance, strange, 1, &error), TP_ERR_IO);
    assert_int_equal(watch.count, 3);
    watch_close(&watch);
    watch_close(&watch);
    assert_null(watch_look(&watch));
    close(instance.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_changes_is_told_once),
        cmocka_unit_test(a_file_that_is_missing_is_an_error),
    };

    return cmocka_run_group_tests_name("watch", tests, begin, end);
}
