/* picture.c: from options to a picture. */
#include <math.h>
#include <string.h>

#include "plot/picture.h"
#include "plot/panels.h"

/* The page; its height is only known to fit once it is laid out. */
static int check_size(const struct tp_picture_options *options, struct tp_error *error)
{
    unsigned width = options->width_px ? options->width_px : TP_PAGE_WIDTH;
    unsigned height = options->height_px ? options->height_px : TP_PICTURE_HEIGHT_MIN;

    if (width < TP_PICTURE_WIDTH_MIN || height < TP_PICTURE_HEIGHT_MIN)
        return tp_error_set(error, TP_ERR_LIMIT, "a page of %u x %u is too small: at least %u x %u",
                            width, height, TP_PICTURE_WIDTH_MIN, TP_PICTURE_HEIGHT_MIN);
    if (width > TP_PICTURE_SIDE_MAX || height > TP_PICTURE_SIDE_MAX)
        return tp_error_set(error, TP_ERR_LIMIT, "a page of %u x %u is too large: at most %u x %u",
                            width, height, TP_PICTURE_SIDE_MAX, TP_PICTURE_SIDE_MAX);
    return 0;
}

int tp_picture_check(const struct tp_picture_options *options, struct tp_error *error)
{
    const char *at = options->panels;
    size_t length;

    if (!tp_theme_find(options->theme))
        return tp_error_set(error, TP_ERR_USAGE, "unknown theme '%s': light or dark",
                            options->theme);
    for (; at; at = at[length] ? at + length + 1 : NULL) {
        length = strcspn(at, ",");
        if (!tp_panel_find(at, length, error))
            return TP_ERR_USAGE;
    }
    if (options->count > TP_PLOT_ROWS_MAX)
        return tp_error_set(error, TP_ERR_LIMIT,
                            "%zu flows are too many for one picture: at most %d", options->count,
                            TP_PLOT_ROWS_MAX);
    return check_size(options, error);
}

struct tp_picture *tp_picture_build(const struct tp_analysis *analysis,
                                    const struct tp_picture_options *options,
                                    struct tp_error *error)
{
    struct tp_picture *picture = NULL;
    struct tp_scene scene;

    if (tp_picture_check(options, error) < 0 || tp_scene_init(&scene, analysis, options, error) < 0)
        return NULL;
    scene.width_px = options->width_px ? options->width_px : TP_PAGE_WIDTH;
    scene.height_px = options->height_px;
    if ((scene.count > TP_PLOT_COMPARED ? tp_picture_overview(&scene, error)
                                        : tp_picture_panels(&scene, error)) == 0) {
        if (!scene.sketch.failed) {
            scene.sketch.picture->width_px = scene.width_px;
            scene.sketch.picture->height_px = ceil(scene.height_px);
        }
        picture = tp_sketch_finish(&scene.sketch, error);
    }
    tp_scene_release(&scene);
    return picture;
}
