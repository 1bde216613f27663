/* picture.c: from options to a picture. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot/lettering.h"
#include "plot/panels.h"
#include "plot/picture.h"

#define PAPER_MAX_MM 1000
#define POINTS_MM    (72 / 25.4)

/* --- what can be asked for -------------------------------------------------------------------- */

/* The page; its height is only known to fit once it is laid out. */
static int check_pixels(const struct tp_picture_options *options, struct tp_error *error)
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

/* A size on paper, of a style that may be too small for it. */
static int check_millimetres(const struct tp_picture_options *options, double least_mm,
                             struct tp_error *error)
{
    if (!(options->width_mm >= least_mm))
        return tp_error_set(error, TP_ERR_LIMIT,
                            "a page %.4g mm wide is too narrow: at least %.4g mm",
                            options->width_mm, least_mm);
    if (!(fmax(options->width_mm, options->height_mm) <= PAPER_MAX_MM))
        return tp_error_set(error, TP_ERR_LIMIT, "a page %.4g mm long is too large: at most %d mm",
                            fmax(options->width_mm, options->height_mm), PAPER_MAX_MM);
    return 0;
}

static int check_size(const struct tp_picture_options *options, const struct tp_style *style,
                      struct tp_error *error)
{
    double px_mm = tp_style_px_pt(style, options->font_pt) / POINTS_MM;

    if (options->width_mm != 0)
        return check_millimetres(
            options, style->paper ? TP_PAPER_MIN_MM : TP_PICTURE_WIDTH_MIN * px_mm, error);
    if (style->paper && options->width_px != 0)
        return tp_error_set(error, TP_ERR_USAGE, "the size of a page of style paper is in mm");
    return style->paper ? 0 : check_pixels(options, error);
}

static int check_letters(const struct tp_picture_options *options, const struct tp_style *style,
                         struct tp_error *error)
{
    if (options->font_pt != 0 && !style->paper)
        return tp_error_set(error, TP_ERR_USAGE,
                            "letters have a size of their own in style paper only");
    if (options->font_pt != 0 &&
        !(options->font_pt >= TP_FONT_MIN_PT && options->font_pt <= TP_FONT_MAX_PT))
        return tp_error_set(error, TP_ERR_USAGE, "letters of %g points: there are %d to %d",
                            options->font_pt, TP_FONT_MIN_PT, TP_FONT_MAX_PT);
    if (options->font && !tp_font_name_is_fine(options->font))
        return tp_error_set(
            error, TP_ERR_USAGE,
            "'%.60s' is no name of a font: letters, digits, spaces and '-', %d at most",
            options->font, TP_FONT_NAME_MAX);
    return 0;
}

static int check_axis(const struct tp_axis_options *axis, struct tp_error *error)
{
    const struct tp_panel_kind *kind = tp_panel_of(axis->quantity);

    if (!kind)
        return tp_error_set(error, TP_ERR_USAGE,
                            "'%s' is no quantity whose axis can be chosen: " TP_AXIS_QUANTITIES,
                            axis->quantity);
    if (axis->unit != TP_AXIS_UNIT_AUTO && strcmp(kind->name, "cwnd") != 0)
        return tp_error_set(error, TP_ERR_USAGE,
                            "only snd_cwnd has a unit to be chosen: segs or bytes");
    if (axis->has_range && !(axis->low < axis->high && isfinite(axis->high - axis->low)))
        return tp_error_set(error, TP_ERR_USAGE, "an axis from %g to %g has no length", axis->low,
                            axis->high);
    if (axis->has_range && axis->log && !(axis->low > 0))
        return tp_error_set(error, TP_ERR_USAGE, "a logarithmic axis cannot begin at %g",
                            axis->low);
    return 0;
}

static int check_axes(const struct tp_picture_options *options, struct tp_error *error)
{
    int rc = 0;

    for (size_t i = 0; i < options->axis_count && rc == 0; i++)
        rc = check_axis(&options->axes[i], error);
    return rc;
}

static int check_panels(const char *at, struct tp_error *error)
{
    size_t length;

    for (; at; at = at[length] ? at + length + 1 : NULL) {
        length = strcspn(at, ",");
        if (!tp_panel_find(at, length, error))
            return TP_ERR_USAGE;
    }
    return 0;
}

int tp_picture_check(const struct tp_picture_options *options, struct tp_error *error)
{
    const struct tp_style *style = tp_style_find(options->style);

    if (!tp_theme_find(options->theme))
        return tp_error_set(error, TP_ERR_USAGE, "unknown theme '%s': " TP_THEME_NAMES,
                            options->theme);
    if (!style)
        return tp_error_set(error, TP_ERR_USAGE, "unknown style '%s': screen or paper",
                            options->style);
    if (options->aggregate && options->kind == TP_PICTURE_OVERVIEW)
        return tp_error_set(error, TP_ERR_USAGE,
                            "an overview has a row for each flow: nothing in it is aggregated");
    if (check_panels(options->panels, error) < 0 || check_letters(options, style, error) < 0 ||
        check_axes(options, error) < 0)
        return TP_ERR_USAGE;
    if (options->count > TP_PLOT_ROWS_MAX)
        return tp_error_set(error, TP_ERR_LIMIT,
                            "%zu flows are too many for one picture: at most %d", options->count,
                            TP_PLOT_ROWS_MAX);
    return check_size(options, style, error);
}

/* --- the picture ------------------------------------------------------------------------------ */

static void set_page(struct tp_scene *scene)
{
    const struct tp_picture_options *options = scene->options;
    double mm_px = POINTS_MM / scene->px_pt;
    double width_mm = options->width_mm > 0 ? options->width_mm : scene->style->width_mm;

    if (width_mm > 0) {
        scene->width_px = width_mm * mm_px;
        scene->height_px = options->height_mm * mm_px;
    } else {
        scene->width_px = options->width_px ? options->width_px : TP_PAGE_WIDTH;
        scene->height_px = options->height_px;
    }
}

/* Those of the flows, then those of the groups. */
static bool name_all(const struct tp_scene *scene, struct tp_picture *picture)
{
    char name[TP_ROUTE_SIZE];
    size_t i;

    picture->names = calloc(scene->count + scene->groups, sizeof *picture->names);
    for (i = 0; picture->names && i < scene->count + scene->groups; i++) {
        if (i < scene->count)
            snprintf(name, sizeof name, "%s",
                     scene->count > 1 ? scene->flows[i].name : scene->flows[i].route);
        else
            tp_scene_group_name(scene, i - scene->count, name, sizeof name);
        picture->names[i] = strdup(name);
        if (!picture->names[i])
            return false;
        picture->name_count++;
    }
    return picture->names != NULL;
}

/* What is drawn belongs to the page from here on. */
static void finish_page(struct tp_scene *scene)
{
    struct tp_picture *picture = scene->sketch.picture;
    const char *font = scene->options->font;

    if (scene->sketch.failed)
        return;
    picture->width_px = scene->width_px;
    picture->height_px = scene->options->height_mm > 0 ? scene->height_px : ceil(scene->height_px);
    picture->px_pt = scene->px_pt;
    picture->paper = scene->style->paper;
    picture->font = font ? strdup(font) : NULL;
    scene->sketch.failed = (font && !picture->font) || !name_all(scene, picture);
}

/* Each flow is a curve of its own in panels, or each group of them. */
static int check_curves(const struct tp_scene *scene, struct tp_error *error)
{
    if (scene->options->aggregate && scene->groups > TP_PLOT_COMPARED)
        return tp_error_set(error, TP_ERR_LIMIT, "%zu labels are too many: at most %d",
                            scene->groups, TP_PLOT_COMPARED);
    if (scene->count <= TP_PLOT_COMPARED || scene->options->aggregate)
        return 0;
    return tp_error_set(error, TP_ERR_LIMIT,
                        "%zu flows are too many for panels over time: at most %d; --top draws "
                        "fewer, --aggregate takes them together",
                        scene->count, TP_PLOT_COMPARED);
}

/* Is a panel of that kind on the page, or its distribution? */
static bool is_drawn(const struct tp_picture *picture, const char *kind)
{
    size_t i, length = strlen(kind);

    for (i = 0; picture && i < picture->panel_count; i++)
        if (strncmp(picture->panels[i].name, kind, length) == 0 &&
            (!picture->panels[i].name[length] ||
             strcmp(picture->panels[i].name + length, "_cdf") == 0))
            return true;
    return false;
}

/* What is said of an axis that is not there would be ignored, and bytes cannot be made up. */
static int check_drawn(const struct tp_scene *scene, struct tp_error *error)
{
    const struct tp_axis_options *axis;
    size_t i, k;

    for (i = 0; i < scene->options->axis_count && !scene->sketch.failed; i++) {
        axis = &scene->options->axes[i];
        if (!is_drawn(scene->sketch.picture, tp_panel_of(axis->quantity)->name))
            return tp_error_set(error, TP_ERR_USAGE,
                                "%s has no panel in this picture, whose axis "
                                "could be chosen",
                                axis->quantity);
        for (k = 0; k < scene->count && axis->unit == TP_AXIS_UNIT_BYTES; k++)
            if (scene->flows[k].sender && scene->flows[k].sender->mss_bytes == 0)
                return tp_error_set(
                    error, TP_ERR_USAGE,
                    "the MSS of %s is not known: its window cannot be drawn in bytes",
                    scene->flows[k].route);
    }
    return 0;
}

static int lay_out(struct tp_scene *scene, struct tp_error *error)
{
    set_page(scene);
    tp_scene_hush(scene);
    switch (scene->options->kind) {
    case TP_PICTURE_CDF:
        return tp_picture_cdf(scene, error);
    case TP_PICTURE_OVERVIEW:
        return tp_picture_overview(scene, error);
    case TP_PICTURE_TIME:
        return check_curves(scene, error) < 0 ? TP_ERR_LIMIT : tp_picture_panels(scene, error);
    default:
        if (scene->count > TP_PLOT_COMPARED && !scene->options->aggregate)
            return tp_picture_overview(scene, error);
        return check_curves(scene, error) < 0 ? TP_ERR_LIMIT : tp_picture_panels(scene, error);
    }
}

struct tp_picture *tp_picture_build(const struct tp_analysis *analysis,
                                    const struct tp_picture_options *options,
                                    struct tp_error *error)
{
    struct tp_picture *picture = NULL;
    struct tp_scene scene;
    int rc;

    if (tp_picture_check(options, error) < 0 || tp_scene_init(&scene, analysis, options, error) < 0)
        return NULL;
    rc = lay_out(&scene, error);
    if (rc == 0 && scene.style->paper && !scene.sketch.failed) {
        /* once more, with room for the legends */
        memcpy(scene.legend_rows, scene.legend_wanted, sizeof scene.legend_rows);
        tp_scene_clear(&scene);
        rc = lay_out(&scene, error);
    }
    if (rc == 0)
        rc = check_drawn(&scene, error);
    if (rc == 0) {
        finish_page(&scene);
        picture = tp_sketch_finish(&scene.sketch, error);
    }
    tp_scene_release(&scene);
    return picture;
}
