/* test_instance_fake_nomem.c: every allocation of the life of an instance fails in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "recorder/instance.h"
#include "fake_tracefs.h"
#define NOMEM_TEXTS
#include "nomem.h"

static int live(struct tp_error *error)
{
    static const char *const events[] = {"tcp/tcp_probe"};
    const struct places places = {.proc = fake.proc, .sys = fake.sys};
    const struct instance_plan plan = {.buffer_kib = 64, .events = events, .event_count = 1};
    struct instance *instance = NULL;
    struct instance_grant grant;
    struct tracefs fs;
    char text[64];
    int rc = tracefs_open(&fs, &places, NULL, error);

    if (rc < 0)
        return rc;
    instance_reap(&fs);
    rc = instance_create(&instance, &fs, error);
    if (rc == 0)
        rc = instance_set_up(instance, &places, &plan, &grant, error);
    if (rc == 0)
        instance_complaint(instance, text, sizeof text);
    assert_int_equal(instance_remove(instance, NULL), 0);
    tracefs_close(&fs);
    return rc;
}

static void every_allocation_may_fail(void **state)
{
    struct tp_error error;
    size_t failed = 0;
    char leftover[128];
    long n;
    int rc;

    (void)state;
    fake_begin();
    snprintf(leftover, sizeof leftover, "%s/kernel/tracing/instances/tcpprobe-1-0", fake.sys);
    for (n = 0; n < 1000; n++) {
        /* a leftover to reap */
        fake_write(fake.sys, "kernel/tracing/instances/tcpprobe-1-0/tracing_on", "1\n");
        tp_error_clear(&error);
        atomic_store(&nomem_left, n);
        rc = live(&error);
        if (!nomem_reached())
            break;
        atomic_store(&nomem_left, NOMEM_NEVER);
        if (rc != 0) {
            failed++;
            if (error.code != TP_ERR_NOMEM && error.sys_errno != ENOMEM)
                fail_msg("allocation %ld: %s", n, error.text);
        }
        fake_remove(leftover); /* if tracefs was not even found */
        assert_int_equal(fake_instances(), 0);
        assert_int_equal(waitpid(-1, NULL, 0), -1);
    }
    atomic_store(&nomem_left, NOMEM_NEVER);
    assert_int_equal(rc, 0);
    print_message("# %zu of %ld failures were errors\n", failed, n);
    assert_true(failed >= 8);
    fake_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
