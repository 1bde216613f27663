/* plot_file.c: names of pictures, and showing one. */
#include <errno.h>
#include <signal.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/plot_file.h"

/* "dir/t.log.gz" is "t". */
static char *stem_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *stem, *dot;

    if (strcmp(path, "-") == 0)
        return strdup("tcpprobe");
    stem = strdup(slash ? slash + 1 : path);
    if (!stem)
        return NULL;
    dot = strrchr(stem, '.');
    if (dot && dot != stem && strcmp(dot, ".gz") == 0)
        *dot = '\0';
    dot = strrchr(stem, '.');
    if (dot && dot != stem)
        *dot = '\0';
    return stem;
}

char *cli_plot_path(const struct cli_input *input, const char *output, const char *directory,
                    const char *format)
{
    const char *log = input->paths[0], *slash = strrchr(log, '/');
    char *stem, *path;
    int written;

    if (output && (!directory || output[0] == '/' || strcmp(output, "-") == 0))
        return strdup(output);
    if (output)
        return asprintf(&path, "%s/%s", directory, output) < 0 ? NULL : path;
    stem = stem_of(log);
    if (!stem)
        return NULL;
    format = format ? format : "png";
    if (directory)
        written = asprintf(&path, "%s/%s.%s", directory, stem, format);
    else
        written =
            asprintf(&path, "%.*s%s.%s", slash ? (int)(slash + 1 - log) : 0, log, stem, format);
    free(stem);
    return written < 0 ? NULL : path;
}

int cli_plot_make_folder(const char *path)
{
    char *made = strdup(path), *slash = made;
    int status = CLI_FINE;

    while (slash && status == CLI_FINE) {
        slash = strchr(slash + 1, '/');
        if (slash)
            *slash = '\0';
        if (mkdir(made, 0777) != 0 && errno != EEXIST)
            status = cli_usage("cannot make the folder %s: %s", made, strerror(errno));
        if (slash)
            *slash = '/';
    }
    if (!made)
        status = cli_usage("out of memory");
    free(made);
    return status;
}

bool cli_plot_is_input(const struct cli_input *input, const char *path)
{
    struct stat picture, log;
    size_t i;

    if (stat(path, &picture) != 0 || !S_ISREG(picture.st_mode))
        return false;
    for (i = 0; i < input->path_count; i++)
        if (stat(input->paths[i], &log) == 0 && log.st_dev == picture.st_dev &&
            log.st_ino == picture.st_ino)
            return true;
    return false;
}

/* A name that begins with '-' is an option for xdg-open, one with a colon an address. With a folder
 * before it, it is a file. */
static _Noreturn void wait_and_view(const char *path, int go)
{
    char *file, *argv[] = {(char *)"xdg-open", NULL, NULL}, byte;

    if (read(go, &byte, 1) != 1)
        _exit(0);
    if (asprintf(&file, "%s%s", path[0] == '/' ? "" : "./", path) >= 0) {
        argv[1] = file;
        execvp(argv[0], argv);
    }
    _exit(127);
}

int cli_viewer_start(struct cli_viewer *viewer, const char *path)
{
    int ends[2];

    *viewer = (struct cli_viewer){.path = path, .pid = -1, .go = -1};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return cli_usage("cannot open %s: %s", path, strerror(errno));
    viewer->pid = fork();
    if (viewer->pid == 0) {
        close(ends[1]);
        wait_and_view(path, ends[0]);
    }
    close(ends[0]);
    if (viewer->pid > 0) {
        viewer->go = ends[1];
        return CLI_FINE;
    }
    close(ends[1]);
    return cli_usage("cannot open %s: %s", path, strerror(errno));
}

/* xdg-open returns at once and leaves the viewer running; what it says goes to the terminal. */
int cli_viewer_end(struct cli_viewer *viewer, bool shows)
{
    const char *path = viewer->path;
    int status;
    bool told;

    signal(SIGPIPE, SIG_IGN); /* should it have ended */
    told = !shows || write(viewer->go, "", 1) == 1;
    close(viewer->go);
    while (waitpid(viewer->pid, &status, 0) < 0)
        if (errno != EINTR)
            return cli_usage("cannot open %s: %s", path, strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return cli_usage("cannot open %s: there is no xdg-open", path);
    if (!told || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return cli_usage("cannot open %s: xdg-open failed", path);
    return CLI_FINE;
}
