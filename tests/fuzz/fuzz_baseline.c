/* fuzz_baseline.c: any bytes are a baseline or refused with a sentence; what was read is written
 * and read again as the same, compared in both directions, and reported in every format. */
#include <fcntl.h>

#include <tcpprobe/compare.h>

#include "drain.h"
#include "fuzz.h"

static void check_row(const struct tp_compare_row *row)
{
    drain_check(row->change == TP_CHANGE_NONE || (row->large && row->significant));
    drain_check(!row->tested || (row->p > 0 && row->p <= 1 + 1e-9));
    drain_check(isnan(row->base) || isfinite(row->base));
    drain_check(isnan(row->shift) || isfinite(row->shift));
}

static void report(const struct tp_comparison *comparison)
{
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct tp_out *out;
    size_t i;

    for (i = 0; fd >= 0 && i < tp_report_count; i++) {
        const struct tp_report_options how = {.colour = i % 2, .fail_on = (enum tp_fail_on)(i % 3),
                                              .undecided_passes = i % 2};

        out = tp_out_new(fd, "null", NULL);
        if (out) {
            tp_reports[i]->write(out, comparison, &how);
            tp_out_finish(out, NULL);
        }
        tp_out_free(out);
    }
    if (fd >= 0)
        close(fd);
}

static void compare(const struct tp_run *base, size_t base_count, const struct tp_run *fresh,
                    size_t new_count)
{
    struct tp_comparison comparison;
    struct tp_error error = TP_ERROR_INIT;
    size_t role, row;

    if (tp_compare(&comparison, base, base_count, fresh, new_count, NULL, &error) < 0) {
        drain_check(error.text[0] != '\0');
        return;
    }
    drain_check(comparison.why[0] != '\0');
    for (role = 0; role < comparison.role_count; role++)
        for (row = 0; row < TP_COMPARE_IDS; row++)
            check_row(&comparison.roles[role].rows[row]);
    report(&comparison);
    tp_comparison_release(&comparison);
}

static void write_and_read(const struct tp_baseline *baseline)
{
    char path[64];
    struct tp_baseline back;

    snprintf(path, sizeof path, "/tmp/fuzz_baseline.%ld", (long)getpid());
    drain_check(tp_baseline_write(baseline, path, NULL) == TP_OK);
    drain_check(tp_baseline_read(&back, path, NULL) == TP_OK);
    drain_check(back.count == baseline->count && back.role_count == baseline->role_count);
    tp_baseline_release(&back);
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    struct tp_baseline baseline;
    struct tp_error error = TP_ERROR_INIT;
    int fd = drain_memory_file(data, size, path);
    size_t half;

    if (fd < 0)
        return 0;
    if (tp_baseline_read(&baseline, path, &error) < 0) {
        drain_check(error.text[0] != '\0' && !baseline.runs);
        close(fd);
        return 0;
    }
    write_and_read(&baseline);
    half = baseline.count / 2;
    compare(baseline.runs, half, baseline.runs + half, baseline.count - half);
    compare(baseline.runs + half, baseline.count - half, baseline.runs, half);
    tp_baseline_release(&baseline);
    close(fd);
    return 0;
}
