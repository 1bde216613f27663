/* labels.c: direct labels at the ends of curves, pushed apart.
 *
 * Placement is isotonic regression: with positions y[i] in order and a height h for each, z[i] =
 * y[i] - i * h must not decrease, and the nearest such z in least squares comes from pooling
 * adjacent violators (Ayer et al., 1955). Clamping it to the room leaves it optimal.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot/frame.h"
#include "plot/paper.h"
#include "plot/lettering.h"

#define LINE_PX       (TP_LABEL_PX * 1.25)
#define DETAIL_PX     (TP_LABEL_PX - 0.5)
#define DETAIL_GAP_PX 6 /* behind a name on its line */
#define LEADER_PX     11
#define TEXT_PX       15 /* from the panel's edge to the text */
#define EDGE_PX       8  /* from the text to the page's edge */

static int by_place(const void *a, const void *b)
{
    const struct tp_end_label *left = a, *right = b;

    if (left->at_px != right->at_px)
        return left->at_px < right->at_px ? -1 : 1;
    return strcmp(left->name, right->name);
}

void tp_end_labels_place(struct tp_end_label *labels, size_t count, double height_px, double top_px,
                         double bottom_px)
{
    double mean[TP_END_LABELS_MAX], high = bottom_px - (double)(count ? count - 1 : 0) * height_px;
    size_t size[TP_END_LABELS_MAX], pools = 0, i, k, at = 0;

    qsort(labels, count, sizeof *labels, by_place);
    for (i = 0; i < count; i++) {
        mean[pools] = labels[i].at_px - (double)i * height_px;
        size[pools++] = 1;
        for (; pools > 1 && mean[pools - 2] > mean[pools - 1]; pools--) {
            mean[pools - 2] = (mean[pools - 2] * (double)size[pools - 2] +
                               mean[pools - 1] * (double)size[pools - 1]) /
                              (double)(size[pools - 2] + size[pools - 1]);
            size[pools - 2] += size[pools - 1];
        }
    }
    for (i = 0; i < pools; i++)
        for (k = 0; k < size[i]; k++, at++)
            labels[at].y_px = fmax(fmin(mean[i], high), top_px) + (double)at * height_px;
}

static void draw_leader(struct tp_scene *scene, const struct tp_panel *panel,
                        const struct tp_end_label *label)
{
    double x_px = panel->right_px + 2;
    struct tp_path path = {0};
    struct tp_mark *mark;

    tp_path_add(&path, x_px, label->at_px);
    tp_path_add(&path, panel->right_px + LEADER_PX, label->y_px);
    mark = tp_sketch_line(&scene->sketch, TP_MARK_LEADER, "leader", label->rgb, 1, &path);
    if (mark)
        mark->ink.alpha = 0.8F;
}

/* A cut number would be a wrong one: a detail that is too wide loses its second half, then goes. */
static void shorten(char *detail, double room_px)
{
    static const char *const seconds[] = {" \xc2\xb7 ", " (", ""};
    char *half;
    size_t i;

    for (i = 0; i < 3 && tp_text_width(detail, DETAIL_PX, false) > room_px; i++) {
        half = strstr(detail, seconds[i]);
        if (half)
            *half = '\0';
    }
}

static void draw_label(struct tp_scene *scene, const struct tp_panel *panel,
                       struct tp_end_label *label, bool two_lines)
{
    double x_px = panel->right_px + TEXT_PX, room_px = scene->width_px - EDGE_PX - x_px;
    double y_px = label->y_px + TP_LABEL_PX * 0.36, detail_room_px = room_px;
    struct tp_caption *caption;

    draw_leader(scene, panel, label);
    caption = tp_sketch_caption(&scene->sketch, x_px, y_px, TP_LABEL_PX, label->rgb, TP_ANCHOR_LEFT,
                                true, label->name);
    if (caption)
        tp_text_fit(caption->text, TP_LABEL_PX, true, room_px);
    if (!two_lines)
        detail_room_px -= tp_text_width(label->name, TP_LABEL_PX, true) + DETAIL_GAP_PX;
    shorten(label->detail, detail_room_px);
    if (two_lines)
        tp_sketch_caption(&scene->sketch, x_px, y_px + LINE_PX, DETAIL_PX, scene->theme->text_mid,
                          TP_ANCHOR_LEFT, false, label->detail);
    else
        tp_sketch_follow(&scene->sketch, DETAIL_GAP_PX, DETAIL_PX, scene->theme->text_mid, false,
                         label->detail);
}

void tp_end_labels_draw(struct tp_scene *scene, const struct tp_panel *panel,
                        struct tp_end_label *labels, size_t count)
{
    double top_px = panel->top_px + 3, room_px = panel->bottom_px - panel->top_px + 8;
    bool two_lines = (double)count * (2 * LINE_PX + 2) <= room_px;
    size_t i;

    if (tp_scene_is_paper(scene)) {
        tp_paper_labels(scene, labels, count);
        return;
    }
    for (i = 0; i < count; i++)
        labels[i].at_px = fmin(fmax(labels[i].at_px, panel->top_px), panel->bottom_px);
    tp_end_labels_place(labels, count, two_lines ? 2 * LINE_PX + 2 : LINE_PX + 1, top_px,
                        panel->bottom_px + 2 - (two_lines ? LINE_PX : 0));
    for (i = 0; i < count; i++)
        draw_label(scene, panel, &labels[i], two_lines);
}
