/* set_up.c: the one order in which a tracefs instance becomes a recorder.
 *
 * Tracing is off until the end. Options are set one by one because a new instance inherits those
 * of the top level. The clock comes before the buffer and both before the events, because either
 * empties the buffer. Filters come before the events they belong to: an event that is enabled
 * first records everything for a moment.
 *
 * Source: Documentation/trace/ftrace.rst; kernel/trace/trace.c. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recorder/file.h"
#include "recorder/instance_files.h"

#define CAP_SHARE   8   /* of the available memory, for all buffers together */
#define LARGE_MIB   512 /* in all, of which is said that it takes a while */
#define CAP_MIN_KIB 128 /* per CPU; where even that is too much the kernel says so */

struct set_up {
    struct instance *instance;
    const struct places *places;
    const struct instance_plan *plan;
    struct instance_grant *grant;
    struct tp_error *error;
};

static int tracing_off(const struct set_up *s)
{
    return instance_write(s->instance, "tracing_on", "0", s->error);
}

static int hold_files(const struct set_up *s)
{
    return instance_hold_files(s->instance, s->error);
}

/* --- options ---------------------------------------------------------------------------------- */

static int set_options(const struct set_up *s)
{
    static const struct {
        const char *path, *value;
        bool needed; /* the others may be missing: what they switch off is not there either */
    } options[] = {
        {"options/disable_on_free", "1", true},
        {"options/overwrite", "1", true}, /* or loss would leave no marker */
        /* the line's form */
        {"options/context-info", "1", true},
        {"options/irq-info", "1", true},
        {"options/latency-format", "0", false},
        {"options/verbose", "0", false},
        {"options/record-tgid", "0", false},
        {"options/raw", "0", false},
        {"options/hex", "0", false},
        {"options/bin", "0", false},
        {"options/fields", "0", false},
        {"options/hash-ptr", "1", false},
        /* other things in the buffer than our events, and pauses */
        {"options/stacktrace", "0", false},
        {"options/userstacktrace", "0", false},
        {"options/copy_trace_marker", "0", false},
        {"options/pause-on-trace", "0", false},
    };
    struct tp_error refusal = TP_ERROR_INIT;

    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        tp_error_clear(&refusal);
        if (instance_write(s->instance, options[i].path, options[i].value, &refusal) == 0)
            continue;
        if (options[i].needed || refusal.sys_errno != ENOENT)
            return tp_error_sys(s->error, refusal.sys_errno, "cannot set %s in %s", options[i].path,
                                instance_path(s->instance));
    }
    return 0;
}

/* --- clock ------------------------------------------------------------------------------------ */

/* Whether clocks, "[local] global mono\n", has this one. */
static bool has_clock(const char *clocks, const char *clock)
{
    static const char between[] = "[] \n";
    size_t length;

    for (;; clocks += length) {
        clocks += strspn(clocks, between);
        length = strcspn(clocks, between);
        if (length == 0)
            return false;
        if (length == strlen(clock) && strncmp(clocks, clock, length) == 0)
            return true;
    }
}

static int use_clock(const struct set_up *s, const char *clock)
{
    snprintf(s->grant->clock, sizeof s->grant->clock, "%s", clock);
    return instance_write(s->instance, "trace_clock", clock, s->error);
}

static int set_clock(const struct set_up *s)
{
    static const char *const wanted[] = {"mono", "boot", "local"};
    char *clocks = instance_read(s->instance, "trace_clock", s->error);
    size_t i = 0, count = sizeof wanted / sizeof *wanted;
    int rc;

    if (!clocks)
        return TP_ERR_IO;
    while (!s->plan->clock && i < count && !has_clock(clocks, wanted[i]))
        i++;
    s->grant->clock_is_second = !s->plan->clock && i > 0;
    clocks[strcspn(clocks, "\n")] = '\0';
    if (s->plan->clock && !has_clock(clocks, s->plan->clock))
        rc = tp_error_set(s->error, TP_ERR_USAGE, "this kernel has no clock \"%.32s\", but %s",
                          s->plan->clock, clocks);
    else if (!s->plan->clock && i == count)
        rc =
            tp_error_set(s->error, TP_ERR_UNSUPPORTED,
                         "this kernel has none of the clocks mono, boot and local, but %s", clocks);
    else
        rc = use_clock(s, s->plan->clock ? s->plan->clock : wanted[i]);
    free(clocks);
    return rc;
}

/* --- buffer ----------------------------------------------------------------------------------- */

static int read_available_kib(const struct set_up *s, uint64_t *kib)
{
    char path[4096], *text, *at;
    bool found;

    snprintf(path, sizeof path, "%s/meminfo", s->places->proc);
    text = file_read_at(AT_FDCWD, path, NULL);
    if (!text)
        return tp_error_sys(s->error, errno,
                            "cannot read %s, which limits the buffer unless it is forced", path);
    at = strstr(text, "MemAvailable:");
    found = at && sscanf(at, "MemAvailable: %" SCNu64 " kB", kib) == 1;
    free(text);
    return found ? 0
                 : tp_error_set(s->error, TP_ERR_UNSUPPORTED,
                                "%s has no MemAvailable, which limits the buffer unless it is "
                                "forced",
                                path);
}

/* What to ask for, per CPU. */
static int limit_buffer(const struct set_up *s, uint64_t *kib)
{
    uint64_t available, cap;
    int rc;

    *kib = s->plan->buffer_kib;
    if (*kib == 0 || *kib > UINT64_MAX / 1024)
        return tp_error_set(s->error, TP_ERR_USAGE, "a buffer of %" PRIu64 " KiB is no buffer",
                            *kib);
    if (s->plan->force)
        return 0;
    rc = read_available_kib(s, &available);
    if (rc < 0)
        return rc;
    cap = available / CAP_SHARE / instance_cpu_count(s->instance);
    if (cap < CAP_MIN_KIB)
        cap = CAP_MIN_KIB;
    s->grant->capped = *kib > cap;
    if (s->grant->capped)
        *kib = cap;
    return 0;
}

/* The number that a file begins with; 0 if it has none ("X": the CPUs differ). */
static int read_kib(const struct set_up *s, const char *path, uint64_t *kib)
{
    char *text = instance_read(s->instance, path, s->error);

    if (!text)
        return TP_ERR_IO;
    *kib = 0;
    sscanf(text, "%" SCNu64, kib);
    free(text);
    return 0;
}

/* The kernel zeroes every page: three seconds for 2 GiB. */
static void say_large(const struct set_up *s, uint64_t kib, size_t cpus)
{
    double mib = (double)kib / 1024 * (double)cpus;
    char sentence[96];

    if (!s->plan->makes_buffers || mib < LARGE_MIB)
        return;
    snprintf(sentence, sizeof sentence, "the kernel makes %.0f MiB of buffers, which takes a while",
             mib);
    s->plan->makes_buffers(s->plan->context, sentence);
}

static int set_buffer(const struct set_up *s)
{
    size_t cpus = instance_cpu_count(s->instance);
    struct tp_error refusal = TP_ERROR_INIT;
    uint64_t kib;
    char text[24];
    int rc = limit_buffer(s, &kib);

    if (rc < 0)
        return rc;
    say_large(s, kib, cpus);
    snprintf(text, sizeof text, "%" PRIu64, kib);
    rc = instance_write(s->instance, "buffer_size_kb", text, &refusal);
    if (rc < 0 && refusal.sys_errno == ENOMEM)
        return tp_error_set(s->error, TP_ERR_NOMEM,
                            "there is no memory for a buffer of %" PRIu64
                            " KiB on each of %zu CPUs: ask for less with --buffer",
                            kib, cpus);
    if (rc < 0)
        return tp_error_sys(s->error, refusal.sys_errno, "cannot set buffer_size_kb of %s to %s",
                            instance_path(s->instance), text);
    rc = read_kib(s, "buffer_total_size_kb", &s->grant->total_kib);
    if (rc == 0)
        rc = read_kib(s, "buffer_size_kb", &s->grant->buffer_kib);
    if (rc == 0 && s->grant->buffer_kib == 0)
        s->grant->buffer_kib = s->grant->total_kib / cpus;
    if (rc == 0 && s->grant->buffer_kib < kib)
        rc = tp_error_set(s->error, TP_ERR_NOMEM,
                          "the kernel gave a buffer of %" PRIu64 " KiB per CPU, not %" PRIu64,
                          s->grant->buffer_kib, kib);
    return rc;
}

/* --- events ----------------------------------------------------------------------------------- */

static int write_filters(const struct set_up *s)
{
    const struct instance_plan *plan = s->plan;

    if (!plan->write_filters)
        return 0;
    return plan->write_filters(instance_path(s->instance), plan->context, s->error);
}

static int open_pipes(const struct set_up *s)
{
    if (!s->plan->open_pipes)
        return 0;
    return s->plan->open_pipes(s->instance, s->plan->context, s->error);
}

static int enable_events(const struct set_up *s)
{
    char path[256];
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < s->plan->event_count; i++) {
        snprintf(path, sizeof path, "events/%s/enable", s->plan->events[i]);
        rc = instance_write(s->instance, path, "1", s->error);
    }
    return rc;
}

static int tracing_on(const struct set_up *s)
{
    return instance_write(s->instance, "tracing_on", "1", s->error);
}

int instance_set_up(struct instance *instance, const struct places *places,
                    const struct instance_plan *plan, struct instance_grant *grant,
                    struct tp_error *error)
{
    static int (*const steps[])(const struct set_up *) = {
        tracing_off,   hold_files, set_options,   set_clock,  set_buffer,
        write_filters, open_pipes, enable_events, tracing_on,
    };
    const struct set_up s = {instance, places, plan, grant, error};
    int rc = 0;

    *grant = (struct instance_grant){.clock = ""};
    for (size_t i = 0; rc == 0 && i < sizeof steps / sizeof *steps; i++)
        rc = steps[i](&s);
    return rc;
}
