/* command_world.h: the world around a command that is fuzzed: what it would do to the machine is
 * not done, and what it is about to write is noticed. See --wrap in the Makefile.
 */
#ifndef TCPPROBE_TESTS_COMMAND_WORLD_H
#define TCPPROBE_TESTS_COMMAND_WORLD_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tcpprobe/compare.h>
#include <tcpprobe/counters.h>
#include <tcpprobe/host.h>
#include <tcpprobe/pcap.h>
#include <tcpprobe/plot.h>
#include <tcpprobe/recorder.h>
#include <tcpprobe/web.h>

#include "cli/common.h"

#define DRAWN_PIXELS 60000.0

/* How a call is made, and what is noticed of it meanwhile. */
static struct {
    unsigned threads;
    bool terminal;
    bool drawing;       /* what forks is the library, to draw */
    bool rows;          /* standard output was written as `format` */
    bool image;         /* ... or is a picture */
    const char *format; /* "" where none was given */
} around;

#define check(holds) check_at(holds, #holds, __FILE__, __LINE__)

static inline void check_at(bool holds, const char *words, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "# %s:%d: does not hold: %s\n", file, line, words);
    abort();
}

void __wrap_cli_confine(enum confine_scope scope, bool quiet);
int __wrap_isatty(int fd);
pid_t __wrap_fork(void);
pid_t __real_fork(void);
int __wrap_tp_bpf_new(struct tp_bpf **bpf, const char *expression, struct tp_error *error);
int __real_tp_bpf_new(struct tp_bpf **bpf, const char *expression, struct tp_error *error);
struct tp_netlink *__wrap_tp_netlink_open(struct tp_error *error);
int __wrap_tp_web_open(struct tp_web **web, const struct tp_web_options *options,
                       struct tp_error *error);
int __wrap_tp_netns_enter(const struct tp_netns *netns, struct tp_error *error);
struct tp_counter_files *__wrap_tp_counter_files_open(const char *proc, struct tp_error *error);
int __wrap_tp_recorder_prepare(struct tp_recorder **recorder,
                               const struct tp_recorder_options *options, struct tp_error *error);
int __real_tp_recorder_prepare(struct tp_recorder **recorder,
                               const struct tp_recorder_options *options, struct tp_error *error);
int __wrap_tp_recorder_start(struct tp_recorder *recorder, struct tp_error *error);
int __wrap_tp_picture_render(const struct tp_picture *picture, const char *path,
                             const struct tp_render_options *options, struct tp_error *error);
int __real_tp_picture_render(const struct tp_picture *picture, const char *path,
                             const struct tp_render_options *options, struct tp_error *error);
int __wrap_cli_plot_make_folder(const char *path);
int __wrap_cli_pass_open(struct cli_pass *pass, const struct cli_input *input,
                         const struct tp_pass_options *options, struct tp_error *error);
int __real_cli_pass_open(struct cli_pass *pass, const struct cli_input *input,
                         const struct tp_pass_options *options, struct tp_error *error);
struct tp_out *__wrap_tp_out_new(int fd, const char *name, struct tp_error *error);
struct tp_out *__real_tp_out_new(int fd, const char *name, struct tp_error *error);
error_t __wrap_cli_parse_format(const char *text, enum cli_formats which,
                                const struct tp_writer **writer);
error_t __real_cli_parse_format(const char *text, enum cli_formats which,
                                const struct tp_writer **writer);
const struct tp_report *__wrap_tp_report_find(const char *name);
const struct tp_report *__real_tp_report_find(const char *name);

/* Many commands run in this process: none may take anything away from it. */
void __wrap_cli_confine(enum confine_scope scope, bool quiet)
{
    (void)scope;
    (void)quiet;
}

int __wrap_isatty(int fd)
{
    (void)fd;
    errno = ENOTTY;
    return around.terminal;
}

pid_t __wrap_fork(void)
{
    if (around.drawing)
        return __real_fork();
    errno = EAGAIN;
    return -1;
}

/* libpcap would ask name servers for every word that it does not know. */
static inline bool has_names(const char *expression)
{
    static const char *const known[] = {"tcp", "port", "host", "net", "src",  "dst",    "ip",
                                        "ip6", "and",  "or",   "not", "less", "greater"};
    size_t i, length;

    for (; *expression; expression += length ? length : 1) {
        length = strspn(expression, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                    "_-.:");
        for (i = 0; i < sizeof known / sizeof *known; i++)
            if (length == strlen(known[i]) && memcmp(expression, known[i], length) == 0)
                break;
        if (i == sizeof known / sizeof *known && strspn(expression, "0123456789.:") < length)
            return true;
        if (!length && !strchr(" ()/=<>&|!+-*[]", *expression))
            return true;
    }
    return false;
}

int __wrap_tp_bpf_new(struct tp_bpf **bpf, const char *expression, struct tp_error *error)
{
    *bpf = NULL;
    if (has_names(expression))
        return tp_error_set(error, TP_ERR_USAGE, "can't parse filter expression: syntax error");
    return __real_tp_bpf_new(bpf, expression, error);
}

/* What a machine says of itself differs from call to call. */
struct tp_netlink *__wrap_tp_netlink_open(struct tp_error *error)
{
    tp_error_set(error, TP_ERR_UNSUPPORTED, "no kernel is asked here");
    return NULL;
}

struct tp_counter_files *__wrap_tp_counter_files_open(const char *proc, struct tp_error *error)
{
    tp_error_set(error, TP_ERR_UNSUPPORTED, "nothing is read from %s", proc);
    return NULL;
}

int __wrap_tp_web_open(struct tp_web **web, const struct tp_web_options *options,
                       struct tp_error *error)
{
    (void)options;
    *web = NULL;
    return tp_error_set(error, TP_ERR_UNSUPPORTED, "no page is served here");
}

int __wrap_tp_netns_enter(const struct tp_netns *netns, struct tp_error *error)
{
    return tp_error_set(error, TP_ERR_UNSUPPORTED, "nobody enters %s", netns->path);
}

/* What events there are is read from a copy; the kernel itself is not asked. */
int __wrap_tp_recorder_prepare(struct tp_recorder **recorder,
                               const struct tp_recorder_options *options, struct tp_error *error)
{
    *recorder = NULL;
    check(options->part_bytes == 0 || options->output != NULL);
    if (options->tracefs && strcmp(options->tracefs, "@tracefs") == 0)
        return __real_tp_recorder_prepare(recorder, options, error);
    return tp_error_set(error, TP_ERR_UNSUPPORTED, "nothing is traced here");
}

int __wrap_tp_recorder_start(struct tp_recorder *recorder, struct tp_error *error)
{
    check(recorder != NULL);
    return tp_error_set(error, TP_ERR_UNSUPPORTED, "nothing is traced here");
}

int __wrap_tp_picture_render(const struct tp_picture *picture, const char *path,
                             const struct tp_render_options *options, struct tp_error *error)
{
    double scale = options && options->scale > 0 ? options->scale : 2;
    int rc;

    check(picture->panel_count > 0 && picture->width_px > 0 && path[0]);
    if (picture->width_px * (double)picture->height_px * scale * scale > DRAWN_PIXELS)
        return TP_OK;
    around.image |= strcmp(path, "-") == 0;
    around.drawing = true;
    rc = __real_tp_picture_render(picture, path, options, error);
    around.drawing = false;
    return rc;
}

/* Wherever that may be. */
int __wrap_cli_plot_make_folder(const char *path)
{
    check(path[0]);
    return CLI_FINE;
}

int __wrap_cli_pass_open(struct cli_pass *pass, const struct cli_input *input,
                         const struct tp_pass_options *options, struct tp_error *error)
{
    struct tp_pass_options how = *options;

    how.stream.threads = around.threads;
    return __real_cli_pass_open(pass, input, &how, error);
}

struct tp_out *__wrap_tp_out_new(int fd, const char *name, struct tp_error *error)
{
    around.rows |= fd == STDOUT_FILENO;
    return __real_tp_out_new(fd, name, error);
}

error_t __wrap_cli_parse_format(const char *text, enum cli_formats which,
                                const struct tp_writer **writer)
{
    error_t rc = __real_cli_parse_format(text, which, writer);

    if (rc == 0)
        around.format = (*writer)->name;
    return rc;
}

const struct tp_report *__wrap_tp_report_find(const char *name)
{
    const struct tp_report *report = __real_tp_report_find(name);

    if (report)
        around.format = report->name;
    return report;
}

#endif
