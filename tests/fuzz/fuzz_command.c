/* fuzz_command.c: any command line ends with status 0, or with status 2 and a message.
 *
 * The input's lines are the arguments; "@log" stands for a small log. Nothing is written: pictures
 * are laid out but not drawn, no program is started and nothing is traced (see --wrap in the
 * Makefile), standard output is /dev/null. Slashes are taken away, so that no device is read that
 * has no end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tcpprobe/pcap.h>
#include <tcpprobe/recorder.h>
#include <tcpprobe/plot.h>

#include "cli/common.h"

#include "fuzz.h"

#define ARGUMENTS_MAX 24

int __wrap_tp_picture_render(const struct tp_picture *figure, const char *path,
                             const struct tp_render_options *options, struct tp_error *error);
pid_t __wrap_fork(void);
int __wrap_tp_recorder_prepare(struct tp_recorder **recorder,
                              const struct tp_recorder_options *options, struct tp_error *error);
int __wrap_tp_bpf_new(struct tp_bpf **bpf, const char *expression, struct tp_error *error);

/* Many commands run in this process: none may take anything away from it. */
void __wrap_cli_confine(enum confine_scope scope, bool quiet);

void __wrap_cli_confine(enum confine_scope scope, bool quiet)
{
    (void)scope;
    (void)quiet;
}

static void check(bool holds)
{
    if (!holds)
        abort();
}

int __wrap_tp_picture_render(const struct tp_picture *figure, const char *path,
                             const struct tp_render_options *options, struct tp_error *error)
{
    (void)error;
    check(figure->panel_count > 0 && figure->width_px > 0 && path[0]);
    check(options->scale >= 0);
    return TP_OK;
}

pid_t __wrap_fork(void)
{
    errno = EAGAIN;
    return -1;
}

int __wrap_tp_recorder_prepare(struct tp_recorder **recorder,
                              const struct tp_recorder_options *options, struct tp_error *error)
{
    *recorder = NULL;
    check(options->part_bytes == 0 || options->output != NULL);
    return tp_error_set(error, TP_ERR_UNSUPPORTED, "nothing is traced here");
}

/* libpcap would ask name servers. */
int __wrap_tp_bpf_new(struct tp_bpf **bpf, const char *expression, struct tp_error *error)
{
    *bpf = NULL;
    check(expression != NULL);
    return expression[0]
               ? tp_error_set(error, TP_ERR_USAGE, "can't parse filter expression: syntax error")
               : TP_OK;
}

/* The lines of text, which is changed, as arguments; returns how many. */
static int split(char *text, char **argv)
{
    static char log[] = "tests/data/short.log";
    char *line, *slash;
    int argc = 1;

    for (slash = text; (slash = strchr(slash, '/'));)
        *slash = '_';
    while ((line = strsep(&text, "\n")) && argc < ARGUMENTS_MAX)
        argv[argc++] = strcmp(line, "@log") == 0 ? log : line;
    argv[argc] = NULL;
    return argc;
}

/* What is said must be there, and only one sort of it. */
static void judge(int status, const char *said, size_t length)
{
    check(status == CLI_FINE || status == CLI_FAILED);
    check(status == CLI_FINE || length > 0);
    check(length == 0 || (strncmp(said, "tcpprobe: ", 10) == 0 && said[length - 1] == '\n'));
}

static void run(int argc, char **argv)
{
    FILE *err = stderr;
    char *said = NULL;
    size_t length = 0;
    int status;

    stderr = open_memstream(&said, &length);
    check(stderr != NULL);
    status = cli_main(argc, argv);
    fflush(stdout);
    fclose(stderr);
    stderr = err;
    judge(status, said, length);
    free(said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int null_fd = open("/dev/null", O_RDWR), in_fd = dup(STDIN_FILENO), out_fd = dup(STDOUT_FILENO);
    char program[] = "tcpprobe", *argv[ARGUMENTS_MAX + 1] = {program};
    char *text = malloc(size + 1);

    check(text && null_fd >= 0 && in_fd >= 0 && out_fd >= 0);
    memcpy(text, data, size);
    text[size] = '\0';
    fflush(stdout);
    dup2(null_fd, STDIN_FILENO);
    dup2(null_fd, STDOUT_FILENO);
    run(split(text, argv), argv);
    dup2(in_fd, STDIN_FILENO);
    dup2(out_fd, STDOUT_FILENO);
    close(null_fd);
    close(in_fd);
    close(out_fd);
    free(text);
    return 0;
}
