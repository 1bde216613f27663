/* test_render_nomem.c: the Nth allocation fails while a picture is drawn, in this process or in the
 * one that draws: the picture is there and whole, or it is said why not and nothing is left. */
#include "picture_maker.h"

#include <dirent.h>
#include <unistd.h>

#define NOMEM_TEXTS
#include "nomem.h"

#define PICTURE_MAX (1 << 20)

/* Reads the file at path and removes it; 0 if there is none. */
static size_t take_file(const char *path, char *bytes)
{
    FILE *file = fopen(path, "rb");
    size_t length;

    if (!file)
        return 0;
    length = fread(bytes, 1, PICTURE_MAX, file);
    fclose(file);
    assert_int_equal(unlink(path), 0);
    return length;
}

/* Draws with so many allocations granted to each process. */
static int draw(const struct tp_picture *picture, const char *path, long granted)
{
    struct tp_error error = TP_ERROR_INIT;
    int rc;

    atomic_store(&nomem_left, granted);
    rc = tp_picture_render(picture, path, NULL, &error);
    atomic_store(&nomem_left, NOMEM_NEVER);
    assert_int_equal(rc, error.code);
    assert_int_equal(rc == 0, error.text[0] == '\0');
    return rc;
}

static void test_render(void **state)
{
    static char expected[PICTURE_MAX], bytes[PICTURE_MAX];
    struct tp_analysis *analysis = analysis_begin();
    char directory[] = "/tmp/tcpprobe-nomem-XXXXXX", path[64];
    struct tp_picture *picture;
    size_t length;
    long n = 0;
    int rc;

    (void)state;
    give_flow(analysis, 4000, 80, SEC, 30, 1);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    picture = figure_of(analysis, (struct tp_picture_options){.panels = "rtt"}, NULL);
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/t.svg", directory);
    assert_int_equal(draw(picture, path, NOMEM_NEVER), 0);
    length = take_file(path, expected);
    assert_in_range(length, 1000, PICTURE_MAX - 1);
    do {
        rc = draw(picture, path, n++);
        assert_int_equal(take_file(path, bytes), rc == 0 ? length : 0);
    } while (rc != 0);
    assert_memory_equal(bytes, expected, length);
    assert_in_range(n, 10, 1000);
    assert_int_equal(rmdir(directory), 0); /* nothing else is in there */
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_render)};

    return cmocka_run_group_tests_name("render_nomem", tests, NULL, NULL);
}
