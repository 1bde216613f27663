/* path_cut.c: paths end where an axis was chosen to end.
 *
 * A line is cut segment by segment (Liang and Barsky, 1984, in one direction). Shapes are steps,
 * boxes or narrow columns: bringing their corners to the edge is to cut them. */
#include <math.h>

#include "plot/sketch.h"

/* Where a segment is between two heights: shares 0..1 of its length; false if it is nowhere. */
static bool inside(struct tp_point a, struct tp_point b, double top_px, double bottom_px,
                   double *from, double *to)
{
    double rise = b.y_px - a.y_px, first, second;

    *from = 0;
    *to = 1;
    if (rise == 0)
        return a.y_px >= top_px && a.y_px <= bottom_px;
    first = (top_px - a.y_px) / rise;
    second = (bottom_px - a.y_px) / rise;
    *from = fmax(0, fmin(first, second));
    *to = fmin(1, fmax(first, second));
    return *from <= *to;
}

static void add_at(struct tp_path *path, struct tp_point a, struct tp_point b, double share)
{
    tp_path_add(path, a.x_px + (b.x_px - a.x_px) * share, a.y_px + (b.y_px - a.y_px) * share);
}

void tp_path_cut_line(struct tp_path *path, double top_px, double bottom_px)
{
    struct tp_path kept = {.failed = path->failed};
    double from, to;
    bool goes_on = false; /* kept ends where the next segment begins */
    size_t i;

    for (i = 1; i < path->count; i++) {
        struct tp_point a = path->points[i - 1], b = path->points[i];

        if (isnan(a.y_px) || isnan(b.y_px) || !inside(a, b, top_px, bottom_px, &from, &to)) {
            tp_path_lift(&kept);
            goes_on = false;
            continue;
        }
        if (!goes_on || from > 0) {
            tp_path_lift(&kept);
            add_at(&kept, a, b, from);
        }
        add_at(&kept, a, b, to);
        goes_on = to == 1;
    }
    tp_path_release(path);
    *path = kept;
}

void tp_path_cut_shape(struct tp_path *path, double top_px, double bottom_px)
{
    size_t i;

    for (i = 0; i < path->count && !path->failed; i++)
        if (!isnan(path->points[i].y_px))
            path->points[i].y_px = fmin(fmax(path->points[i].y_px, top_px), bottom_px);
}
