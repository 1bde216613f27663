/* test_writer_nomem.c: each allocation of the log writer fails once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "recorder/writer.h"

#define NOMEM_TEXTS
#include "nomem.h"

#define LINES "# no event\n"

static int write_note(void *context, unsigned part, FILE *out, struct tp_error *error)
{
    (void)context;
    (void)error;
    fprintf(out, "# part %u\n", part);
    return TP_OK;
}

/* Three parts of a log; the second one removes the first. */
static int write_log(const char *path, struct tp_error *error)
{
    const struct writer_options options = {
        .path = path,
        .gzip = true,
        .part_ns = 1,
        .parts_max = 1,
        .head = write_note,
        .tail = write_note,
    };
    struct writer *writer;
    int rc = writer_open(&writer, &options, error);

    if (rc < 0) {
        assert_null(writer);
        return rc;
    }
    rc = writer_begin(writer, 0, error);
    for (int64_t now_ns = 1; rc == TP_OK && now_ns <= 2; now_ns++) {
        rc = writer_add(writer, LINES, strlen(LINES), 1, error);
        if (rc == TP_OK)
            rc = writer_tick(writer, now_ns, error);
    }
    /* The end may be what fails; the first error is told again. */
    if (writer_end(writer, error) < 0 && rc == TP_OK)
        rc = TP_ERR_NOMEM;
    writer_free(writer);
    return rc;
}

static void each_allocation_fails(void **state)
{
    char folder[] = "/tmp/test_writer_nomem.XXXXXX", path[64], command[64];
    bool reached = true;
    int rc;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/t.log.gz", folder);
    snprintf(command, sizeof command, "rm -r %s", folder);
    for (long n = 0; reached; n++) {
        struct tp_error error = TP_ERROR_INIT;

        nomem_left = n;
        rc = write_log(path, &error);
        reached = nomem_reached();
        nomem_left = NOMEM_NEVER;
        assert_int_equal(rc, reached ? TP_ERR_NOMEM : TP_OK);
        assert_string_equal(error.text, reached ? "out of memory" : "");
        assert_true(n > 5 || reached);
    }
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_fails)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
