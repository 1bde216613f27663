/* render.c: a picture becomes a file, whole or not at all.
 *
 * A child process draws into memory (see canvas.h for why) and hands the bytes back through a
 * memfd; the parent checks them, writes them beside their place and renames. Without a child or a
 * disk going wrong half-way there is never a partial or missing picture. The child has no terminal
 * to prompt on, cannot outlive its parent, and works in "/" because PLplot would read colour and
 * font files from the current directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/whole_file.h"
#include "plot/drawing.h"

#define CHILD_SECONDS 60
#define PIXELS_MAX    100000000.0 /* 400 MB of image in the child */
#define SIDE_MAX      32767.0     /* cairo's limit */
#define MESSAGE_MAX   256

const char *tp_render_format(const char *path, const char *format)
{
    const struct tp_medium *found = tp_medium_find(path, format);

    return found ? found->name : NULL;
}

/* --- files ---------------------------------------------------------------------------------- */

static int save(const char *path, const char *bytes, size_t length, struct tp_error *error)
{
    int failed = whole_file_write(path, bytes, length);

    if (!failed)
        return 0;
    tp_error_sys(error, failed, "cannot write the picture");
    tp_error_at(error, strcmp(path, "-") == 0 ? "standard output" : path, 0, 0);
    return TP_ERR_IO;
}

/* --- child ---------------------------------------------------------------------------------- */

struct job {
    const struct tp_picture *picture;
    const char *path;
    const struct tp_medium *format;
    double scale;
    bool outline;
    int image_fd, message_fd;
    pid_t parent;
};

/* PLplot keeps its table of drivers in a temporary file. Where /tmp is read-only, the directory
 * that the picture goes to is not. */
static void find_temporary_directory(const char *path)
{
    char *copy, *directory;

    if (getenv("TMPDIR") || access("/tmp", W_OK | X_OK) == 0)
        return;
    copy = strdup(path);
    directory = copy ? realpath(dirname(copy), NULL) : NULL;
    if (directory)
        setenv("TMPDIR", directory, 1);
    free(directory);
    free(copy);
}

_Noreturn static void run_child(const struct job *job)
{
    int null_fd = open("/dev/null", O_RDWR), fd;
    const struct tp_drawing *drawing;
    char *bytes = NULL, why[MESSAGE_MAX];
    enum tp_canvas_exit rc;
    size_t length = 0;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    find_temporary_directory(job->path);
    if (getppid() != job->parent || null_fd < 0 || chdir("/") != 0)
        _exit(TP_CANVAS_FAILED);
    for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(null_fd, fd);
    alarm(CHILD_SECONDS);
    confine(CONFINE_DRAW); /* as well as it can */
    drawing = tp_drawing_load(why, sizeof why);
    if (!drawing) {
        whole_file_append(job->message_fd, why, strlen(why));
        _exit(TP_CANVAS_NO_PART);
    }
    rc = drawing->draw(job->picture, job->format, job->scale, job->outline, job->message_fd, &bytes,
                       &length);
    if (rc == TP_CANVAS_FINE && whole_file_append(job->image_fd, bytes, length) != 0)
        rc = TP_CANVAS_NO_MEMORY; /* a memfd is memory */
    _exit(rc);
}

static void read_message(int fd, char *message, size_t size)
{
    size_t length = 0;
    ssize_t got;

    while (length + 1 < size) {
        got = read(fd, message + length, size - 1 - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    message[length] = '\0';
}

static int judge(const struct job *job, int status, const char *message, struct tp_error *error)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

    if (code == TP_CANVAS_FINE)
        return 0;
    if (code == TP_CANVAS_NO_MEMORY)
        return tp_error_nomem(error);
    if (code == TP_CANVAS_NO_FONT)
        return tp_error_set(error, TP_ERR_USAGE, "there is no font called %s", job->picture->font);
    if (code == TP_CANVAS_NO_DEVICE)
        return tp_error_set(error, TP_ERR_UNSUPPORTED, "PLplot has no driver '%s' to draw %s%s",
                            job->format->devices[0], job->format->name,
                            job->format->devices[1]
                                ? ""
                                : " (in Debian: package plplot-driver-cairo); svg may still work");
    if (code == TP_CANVAS_NO_PART)
        return tp_error_set(error, TP_ERR_UNSUPPORTED,
                            "the part that draws pictures cannot be loaded: %s", message);
    if (WIFSIGNALED(status))
        return tp_error_set(error, TP_ERR_IO, "the drawing process was ended by signal %d (%s)",
                            WTERMSIG(status), strsignal(WTERMSIG(status)));
    return tp_error_set(error, TP_ERR_IO, "PLplot failed%s%s", message[0] ? ": " : "", message);
}

static bool is_whole(const struct tp_medium *format, const char *bytes, size_t length)
{
    return length > format->head_length + format->tail_length &&
           memcmp(bytes, format->head, format->head_length) == 0 &&
           memcmp(bytes + length - format->tail_length, format->tail, format->tail_length) == 0;
}

static int draw(struct job *job, struct tp_error *error)
{
    char message[MESSAGE_MAX] = "";
    int pipe_fd[2], status;
    pid_t child;

    if (pipe2(pipe_fd, O_CLOEXEC) != 0)
        return tp_error_sys(error, errno, "cannot make a pipe");
    job->message_fd = pipe_fd[1];
    job->parent = getpid();
    child = fork();
    if (child == 0)
        run_child(job);
    status = errno;
    close(pipe_fd[1]);
    if (child > 0)
        read_message(pipe_fd[0], message, sizeof message);
    close(pipe_fd[0]);
    if (child < 0)
        return tp_error_sys(error, status, "cannot start the drawing process");
    while (waitpid(child, &status, 0) < 0) {
        if (errno == ECHILD) { /* SIGCHLD is ignored: what was drawn has to speak for itself */
            status = 0;
            break;
        }
        if (errno != EINTR)
            return tp_error_sys(error, errno, "cannot wait for the drawing process");
    }
    return judge(job, status, message, error);
}

static const struct tp_render_options usual;

int tp_render_check(const char *path, const struct tp_render_options *options,
                    struct tp_error *error)
{
    const struct tp_medium *format;
    char part[PATH_MAX];

    options = options ? options : &usual;
    format = tp_medium_find(path, options->format);
    if (!format && options->format)
        return tp_error_set(error, TP_ERR_USAGE, "unknown picture format '%s': " TP_MEDIA_NAMES,
                            options->format);
    if (!format)
        return tp_error_set(error, TP_ERR_USAGE,
                            "%s: no picture format has that end: " TP_MEDIA_NAMES, path);
    if (options->outline && !format->text_or_outline)
        return tp_error_set(error, TP_ERR_USAGE, "letters as outlines are for svg, not for %s",
                            format->name);
    if (!tp_drawing_find(part))
        return tp_error_set(error, TP_ERR_UNSUPPORTED,
                            "the part that draws pictures, draw.so, is not installed (in Debian: "
                            "package tcpprobe-plot)");
    return 0;
}

/* What is asked for is meant for the pixels of CSS. */
static double scale_of(const struct tp_picture *picture, const struct tp_medium *format,
                       double wanted)
{
    double unasked =
        picture->paper && format->paper_scale > 0 ? format->paper_scale : format->scale;
    double px_pt = picture->px_pt > 0 ? picture->px_pt : TP_CSS_PX_PT;

    return (wanted > 0 ? wanted : unasked) * px_pt / TP_CSS_PX_PT;
}

int tp_picture_render(const struct tp_picture *picture, const char *path,
                      const struct tp_render_options *options, struct tp_error *error)
{
    struct job job = {.picture = picture, .path = path, .image_fd = -1};
    struct stat status;
    char *bytes;
    int rc;

    options = options ? options : &usual;
    rc = tp_render_check(path, options, error);
    if (rc < 0)
        return rc;
    job.format = tp_medium_find(path, options->format);
    job.outline = options->outline;
    job.scale = scale_of(picture, job.format, options->scale);
    if (!(fmax(picture->width_px, picture->height_px) * job.scale <= SIDE_MAX) ||
        picture->width_px * picture->height_px * job.scale * job.scale > PIXELS_MAX)
        return tp_error_set(error, TP_ERR_LIMIT,
                            "a picture of %.0f x %.0f pixels is too large to draw",
                            picture->width_px * job.scale, picture->height_px * job.scale);
    job.image_fd = memfd_create("tcpprobe-plot", MFD_CLOEXEC);
    if (job.image_fd < 0)
        return tp_error_sys(error, errno, "cannot make room for the picture");
    rc = draw(&job, error);
    if (rc == 0 && fstat(job.image_fd, &status) != 0)
        rc = tp_error_sys(error, errno, "cannot read the picture back");
    if (rc < 0)
        goto out;
    bytes = status.st_size == 0
                ? MAP_FAILED
                : mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, job.image_fd, 0);
    if (bytes == MAP_FAILED || !is_whole(job.format, bytes, (size_t)status.st_size))
        rc = tp_error_set(error, TP_ERR_IO, "PLplot drew only a part of the picture");
    else
        rc = save(path, bytes, (size_t)status.st_size, error);
    if (bytes != MAP_FAILED)
        munmap(bytes, (size_t)status.st_size);
out:
    close(job.image_fd);
    return rc;
}
