/* A picture becomes a file: whole, the same each time, or not at all. */
#include "picture_maker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

struct room {
    char dir[64];
    struct tp_analysis *analysis;
    struct tp_picture *picture;
};

static int set_up(void **state)
{
    struct room *room = calloc(1, sizeof *room);

    assert_non_null(room);
    strcpy(room->dir, "/tmp/tcpprobe-render-XXXXXX");
    assert_non_null(mkdtemp(room->dir));
    room->analysis = analysis_begin();
    give_flow(room->analysis, 4000, 80, SEC, 300, 1);
    give(room->analysis, make_retransmit(2 * SEC, 4000));
    assert_int_equal(tp_analysis_finish(room->analysis, NULL), 0);
    room->picture =
        figure_of(room->analysis, (struct tp_picture_options){.title = "a @ b # c < d"}, NULL);
    assert_non_null(room->picture);
    *state = room;
    return 0;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    char command[128];

    tp_picture_free(room->picture);
    tp_analysis_free(room->analysis);
    snprintf(command, sizeof command, "rm -rf '%s'", room->dir);
    assert_int_equal(system(command), 0);
    free(room);
    return 0;
}

static char *path_in(const struct room *room, const char *name)
{
    static char path[2][512];
    static unsigned turn;

    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", room->dir, name);
    return path[turn];
}

static size_t count_files(const struct room *room)
{
    DIR *dir = opendir(room->dir);
    struct dirent *entry;
    size_t count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

/* The whole file; free() it. */
static char *content_of(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes;

    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *length = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(*length + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *length, file), *length);
    bytes[*length] = '\0';
    fclose(file);
    return bytes;
}

static uint32_t big_endian(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;

    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int draw(const struct room *room, const char *path, double scale, struct tp_error *error)
{
    const struct tp_render_options options = {.scale = scale};

    return tp_picture_render(room->picture, path, &options, error);
}

static void png_has_its_size(void **state)
{
    const struct room *room = *state;
    const char *path = path_in(room, "a.png");
    size_t length;
    char *bytes;

    for (int scale = 1; scale <= 2; scale++) {
        assert_int_equal(draw(room, path, scale, NULL), 0);
        bytes = content_of(path, &length);
        assert_memory_equal(bytes, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
        assert_int_equal(big_endian(bytes + 16), room->picture->width_px * scale);
        assert_int_equal(big_endian(bytes + 20), room->picture->height_px * scale);
        assert_true(length > 20000); /* and is no blank page */
        free(bytes);
    }
    assert_int_equal(count_files(room), 1);
}

/* Every chunk has its sum, the rows unpack, the corner is background and ink is somewhere. */
static void png_unpacks(void **state)
{
    const struct room *room = *state;
    uLongf unpacked_length;
    size_t length, at, row, ink = 0;
    Bytef *unpacked = NULL;
    uint32_t chunk, width, height;
    char *bytes;

    assert_int_equal(draw(room, path_in(room, "a.png"), 1.5, NULL), 0);
    bytes = content_of(path_in(room, "a.png"), &length);
    width = big_endian(bytes + 16);
    height = big_endian(bytes + 20);
    row = 1 + 3 * (size_t)width;
    unpacked_length = row * height;
    for (at = 8; at + 12 <= length; at += chunk + 12) {
        chunk = big_endian(bytes + at);
        assert_true(chunk + 12 <= length - at);
        assert_int_equal(big_endian(bytes + at + 8 + chunk),
                         crc32(0, (const Bytef *)bytes + at + 4, chunk + 4));
        if (memcmp(bytes + at + 4, "IDAT", 4) != 0)
            continue;
        assert_null(unpacked);
        unpacked = malloc(unpacked_length);
        assert_non_null(unpacked);
        assert_int_equal(
            uncompress(unpacked, &unpacked_length, (const Bytef *)bytes + at + 8, chunk), Z_OK);
    }
    assert_int_equal(at, length);
    assert_memory_equal(bytes + length - 8, "IEND", 4);
    assert_non_null(unpacked);
    assert_int_equal(unpacked_length, row * height);
    for (size_t i = 0; i < unpacked_length; i++)
        ink += i % row ? unpacked[i] != 0xff : 0;
    assert_memory_equal(unpacked, "\0\xff\xff\xff", 4);
    assert_true(ink > unpacked_length / 50 && ink < unpacked_length / 2);
    free(unpacked);
    free(bytes);
}

static void bytes_repeat(void **state)
{
    static const char *const names[] = {"a.png", "a.svg", "a.pdf", "a.eps"};
    const struct room *room = *state;
    size_t length[2];
    char *bytes[2];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(draw(room, path_in(room, names[i]), 1, NULL), 0);
            bytes[k] = content_of(path_in(room, names[i]), &length[k]);
            setenv("TZ", "Asia/Tokyo", 1);
        }
        unsetenv("TZ");
        assert_int_equal(length[0], length[1]);
        assert_memory_equal(bytes[0], bytes[1], length[0]);
        free(bytes[0]);
        free(bytes[1]);
    }
}

static bool holds(const char *bytes, size_t length, const char *text)
{
    return memmem(bytes, length, text, strlen(text)) != NULL;
}

/* What a page on paper is: as large as it says, of shapes and text, and without a date. */
static void paper_is_whole(void **state)
{
    const struct room *room = *state;
    char box[80];
    size_t length;
    char *bytes;

    snprintf(box, sizeof box, "%%%%BoundingBox: 0 0 %.0f %.0f\n", ceil(room->picture->width_px / 2),
             ceil(room->picture->height_px / 2));
    assert_int_equal(draw(room, path_in(room, "a.eps"), 0.5, NULL), 0);
    bytes = content_of(path_in(room, "a.eps"), &length);
    assert_true(holds(bytes, length, box));
    assert_true(holds(bytes, length, "%%EndComments\n"));
    assert_true(holds(bytes, length, "Inter") || holds(bytes, length, "DejaVu") ||
                holds(bytes, length, "/FontName"));
    assert_false(
        holds(bytes, length, "/ImageType")); /* cairo's way out where something is translucent */
    assert_false(holds(bytes, length, "CreationDate"));
    free(bytes);
    snprintf(box, sizeof box, "/MediaBox [ 0 0 %g %g ]", room->picture->width_px,
             room->picture->height_px);
    assert_int_equal(draw(room, path_in(room, "a.pdf"), 1, NULL), 0);
    bytes = content_of(path_in(room, "a.pdf"), &length);
    assert_true(holds(bytes, length, box));
    assert_true(holds(bytes, length, "/FontFile3"));
    assert_false(holds(bytes, length, "CreationDate"));
    free(bytes);
}

static void svg_text_is_text(void **state)
{
    const struct tp_render_options outline = {.outline = true};
    const struct room *room = *state;
    char *was = room->picture->captions[0].text;
    size_t length;
    char *bytes;

    room->picture->captions[0].text = (char *)"a <b> & \"c\" \xc2\xb5";
    assert_int_equal(draw(room, path_in(room, "a.svg"), 1, NULL), 0);
    bytes = content_of(path_in(room, "a.svg"), &length);
    assert_true(holds(bytes, length, ">a &lt;b&gt; &amp; &quot;c&quot; \xc2\xb5</text>\n"));
    assert_true(holds(bytes, length, ">ssthresh</text>\n"));
    free(bytes);
    assert_int_equal(tp_picture_render(room->picture, path_in(room, "a.svg"), &outline, NULL), 0);
    bytes = content_of(path_in(room, "a.svg"), &length);
    assert_false(holds(bytes, length, "<text"));
    assert_true(holds(bytes, length, "glyph"));
    free(bytes);
    room->picture->captions[0].text = was;
}

/* --- drivers -------------------------------------------------------------------------------- */

/* Lets PLplot see only its driver of that name; false where the drivers are not found. */
static bool only_driver(const struct room *room, const char *name)
{
    char pattern[128];
    glob_t found;
    bool linked = true;

    assert_int_equal(mkdir(path_in(room, "drivers"), 0700), 0);
    snprintf(pattern, sizeof pattern, "/usr/lib/*/plplot*/drivers/%s.*", name);
    if (name[0] && glob(pattern, 0, NULL, &found) != 0)
        return false;
    for (size_t i = 0; name[0] && i < found.gl_pathc; i++) {
        snprintf(pattern, sizeof pattern, "drivers/%s", strrchr(found.gl_pathv[i], '/') + 1);
        linked &= symlink(found.gl_pathv[i], path_in(room, pattern)) == 0;
    }
    if (name[0])
        globfree(&found);
    setenv("PLPLOT_DRV_DIR", path_in(room, "drivers"), 1);
    return linked;
}

static void svg_needs_no_cairo(void **state)
{
    const struct room *room = *state;
    struct tp_error error = TP_ERROR_INIT;
    size_t length;
    char *bytes;
    int png, svg;

    if (!only_driver(room, "svg"))
        skip();
    svg = draw(room, path_in(room, "a.svg"), 0, NULL);
    png = draw(room, path_in(room, "a.png"), 0, &error);
    unsetenv("PLPLOT_DRV_DIR");
    assert_int_equal(svg, 0);
    bytes = content_of(path_in(room, "a.svg"), &length);
    assert_memory_equal(bytes, "<?xml", 5);
    assert_non_null(strstr(bytes, "<polyline"));
    assert_null(strstr(bytes, ",nan"));
    free(bytes);
    assert_int_equal(png, TP_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.text, "plplot-driver-cairo"));
    assert_int_equal(count_files(room), 2); /* the svg and the drivers */
}

static void no_driver_is_told(void **state)
{
    const struct room *room = *state;
    struct tp_error error = TP_ERROR_INIT;
    int rc;

    assert_true(only_driver(room, ""));
    rc = draw(room, path_in(room, "a.svg"), 0, &error);
    unsetenv("PLPLOT_DRV_DIR");
    assert_true(rc < 0);
    assert_true(error.text[0]);
    assert_int_equal(count_files(room), 1);
}

/* --- failures ------------------------------------------------------------------------------- */

static void leaves_nothing_behind(void **state)
{
    const struct room *room = *state;
    struct tp_error error = TP_ERROR_INIT;

    assert_int_equal(draw(room, path_in(room, "no/such/a.png"), 1, &error), TP_ERR_IO);
    assert_int_equal(error.sys_errno, ENOENT);
    tp_error_clear(&error);
    assert_int_equal(mkdir(path_in(room, "b.png"), 0700), 0);
    assert_int_equal(draw(room, path_in(room, "b.png"), 1, &error), TP_ERR_IO);
    assert_int_equal(error.sys_errno, EISDIR);
    tp_error_clear(&error);
    assert_int_equal(draw(room, "/dev/full", 1, &error), TP_ERR_IO);
    assert_int_equal(error.sys_errno, ENOSPC);
    tp_error_clear(&error);
    assert_int_equal(draw(room, path_in(room, "c.png"), 1000, &error), TP_ERR_LIMIT);
    assert_int_equal(count_files(room), 1);
}

/* What was there before a failure is there after it. */
static void keeps_the_old_picture(void **state)
{
    const struct room *room = *state;
    char *path = path_in(room, "a.png"), *bytes;
    struct stat status;
    size_t length;

    assert_int_equal(draw(room, path, 1, NULL), 0);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(draw(room, path, 1000, NULL), TP_ERR_LIMIT);
    bytes = content_of(path, &length);
    assert_true(length > 20000);
    free(bytes);
    assert_int_equal(symlink(path, path_in(room, "link.png")), 0);
    assert_int_equal(draw(room, path_in(room, "link.png"), 1, NULL), 0);
    assert_int_equal(lstat(path_in(room, "link.png"), &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(count_files(room), 2);
}

/* A parent that ignores its children, as some daemons do, draws as well. */
static void needs_no_sigchld(void **state)
{
    const struct room *room = *state;
    struct tp_error error = TP_ERROR_INIT;
    int drawn, failed;

    assert_true(signal(SIGCHLD, SIG_IGN) == SIG_DFL);
    drawn = draw(room, path_in(room, "a.png"), 1, NULL);
    setenv("PLPLOT_DRV_DIR", room->dir, 1);
    failed = draw(room, path_in(room, "b.png"), 1, &error);
    unsetenv("PLPLOT_DRV_DIR");
    signal(SIGCHLD, SIG_DFL);
    assert_int_equal(drawn, 0);
    assert_true(failed < 0 && error.text[0]);
    assert_int_equal(count_files(room), 1);
}

static void takes_any_name(void **state)
{
    static const char *const names[] = {"%n%s.png", "a b'\".svg", "\xff\xfe.png", "plain", ".png"};
    const struct room *room = *state;
    char name[300];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(draw(room, path_in(room, names[i]), 0.5, NULL), 0);
        assert_int_equal(access(path_in(room, names[i]), R_OK), 0);
    }
    memset(name, 'n', 255); /* NAME_MAX: there is no room for an ending of ours */
    strcpy(name + 251, ".svg");
    assert_int_equal(draw(room, path_in(room, name), 1, NULL), 0);
    assert_int_equal(count_files(room), 6);
}

static void knows_formats(void **state)
{
    (void)state;
    assert_string_equal(tp_render_format("a.SVG", NULL), "svg");
    assert_string_equal(tp_render_format("a.b/c", NULL), "png");
    assert_string_equal(tp_render_format("a.svg", "png"), "png");
    assert_string_equal(tp_render_format("a.pdf", NULL), "pdf");
    assert_string_equal(tp_render_format("a.svg", "eps"), "eps");
    assert_null(tp_render_format("a.svg", "ps"));
    assert_null(tp_render_format("a.png", "png.png"));
}

/* Not a PNG under the name of something else. */
static void refuses_other_ends(void **state)
{
    static const char *const names[] = {"a.jpg", "a.svg.gz", "a.", "a.p.ng", "a.PDFX"};
    const struct room *room = *state;
    const struct tp_render_options as_png = {.format = "png", .scale = 0.5},
                                   outlined = {.format = "pdf", .outline = true};
    struct tp_error error;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        error = (struct tp_error)TP_ERROR_INIT;
        assert_int_equal(draw(room, path_in(room, names[i]), 0.5, &error), TP_ERR_USAGE);
        assert_non_null(strstr(error.text, "png, svg, pdf or eps"));
    }
    assert_int_equal(tp_picture_render(room->picture, path_in(room, "a.pdf"), &outlined, NULL),
                     TP_ERR_USAGE);
    assert_int_equal(count_files(room), 0);
    assert_int_equal(tp_picture_render(room->picture, path_in(room, "a.jpg"), &as_png, NULL), 0);
}

#define IN_ROOM(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ROOM(png_has_its_size),       IN_ROOM(png_unpacks),       IN_ROOM(bytes_repeat),
        IN_ROOM(svg_needs_no_cairo),     IN_ROOM(no_driver_is_told), IN_ROOM(leaves_nothing_behind),
        IN_ROOM(keeps_the_old_picture),  IN_ROOM(needs_no_sigchld),  IN_ROOM(takes_any_name),
        IN_ROOM(paper_is_whole),         IN_ROOM(svg_text_is_text),  IN_ROOM(refuses_other_ends),
        cmocka_unit_test(knows_formats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
