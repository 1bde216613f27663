/* bundle.c: see bundle.h. The middle half is between the quartiles, taken between the ranks as R
 * does unless it is told otherwise (Hyndman and Fan, 1996, definition 7). */
#include <math.h>
#include <stdlib.h>

#include "plot/bundle.h"
#include "plot/panel.h"

#define RUN_PX     0.6
#define RUN_ALPHA  0.45F
#define BAND_ALPHA 0.25F
#define MEDIAN_PX  1.8

bool tp_bundle_init(struct tp_scene *scene, struct tp_bundle *bundle, size_t points)
{
    size_t i;

    *bundle = (struct tp_bundle){.points = points,
                                 .values = calloc(scene->count * points, sizeof *bundle->values)};
    if (!bundle->values) {
        scene->sketch.failed = true;
        return false;
    }
    for (i = 0; i < scene->count * points; i++)
        bundle->values[i] = NAN;
    return true;
}

void tp_bundle_release(struct tp_bundle *bundle)
{
    free(bundle->values);
    *bundle = (struct tp_bundle){0};
}

double *tp_bundle_of(const struct tp_bundle *bundle, size_t flow)
{
    return bundle->values + flow * bundle->points;
}

/* --- over time -------------------------------------------------------------------------------- */

static bool hidden(const struct tp_spans *gaps, int64_t from_ns, int64_t to_ns)
{
    uint32_t i;

    for (i = 0; gaps && i < gaps->count; i++)
        if (gaps->list[i].begin_ns < to_ns && gaps->list[i].end_ns > from_ns)
            return true;
    return false;
}

void tp_bundle_sample(const struct tp_panel *panel, const struct tp_track *track, double *values,
                      size_t points)
{
    double span_ns = (panel->x.high - panel->x.low) * 1e9, sum, count, held = NAN;
    const struct tp_bin *bin, *last;
    int64_t at_ns, heard_ns = INT64_MIN;
    uint32_t next = 0;
    size_t k;

    if (!track->series || track->series->count == 0)
        return;
    last = &track->series->bins[track->series->count - 1];
    for (k = 0; k < points; k++) {
        at_ns = track->origin_ns + (int64_t)(span_ns * (double)k / (double)(points - 1));
        for (sum = count = 0; next < track->series->count; next++) {
            bin = &track->series->bins[next];
            if (bin->t_ns > at_ns)
                break;
            heard_ns = bin->end_ns;
            held = bin->last;
            if (isfinite(bin->sum)) {
                sum += bin->sum;
                count += bin->count;
            }
        }
        if (count > 0)
            values[k] = sum / count * track->factor;
        else if (at_ns <= last->end_ns && !hidden(track->gaps, heard_ns, at_ns))
            values[k] = held * track->factor;
    }
}

/* --- over runs -------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static double quantile(const double *sorted, size_t count, double p)
{
    double rank = p * (double)(count - 1);
    size_t below = (size_t)rank;

    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (rank - (double)below) * (sorted[below + 1] - sorted[below]);
}

static bool says_anything(const struct tp_bundle *bundle, size_t flow)
{
    size_t k;

    for (k = 0; k < bundle->points; k++)
        if (!isnan(tp_bundle_of(bundle, flow)[k]))
            return true;
    return false;
}

/* Those of the group at the point, sorted; 0 where too few of them say anything. */
static size_t gather(const struct tp_scene *scene, const struct tp_bundle *bundle, size_t group,
                     size_t point, double *sorted)
{
    size_t i, known = 0, all = 0;

    for (i = 0; i < scene->count; i++) {
        if (scene->flows[i].look != group || !says_anything(bundle, i))
            continue;
        all++;
        if (!isnan(tp_bundle_of(bundle, i)[point]))
            sorted[known++] = tp_bundle_of(bundle, i)[point];
    }
    qsort(sorted, known, sizeof *sorted, ascending);
    return known * 2 < all ? 0 : known;
}

double tp_bundle_median(const struct tp_scene *scene, const struct tp_bundle *bundle, size_t group,
                        size_t point)
{
    double sorted[TP_PLOT_ROWS_MAX];
    size_t known = gather(scene, bundle, group, point, sorted);

    return known > 0 ? quantile(sorted, known, 0.5) : NAN;
}

/* --- drawing ---------------------------------------------------------------------------------- */

static void draw_runs(struct tp_scene *scene, const struct tp_panel *panel,
                      const struct tp_bundle *bundle, const char *what, tp_bundle_place *place)
{
    struct tp_point point;
    struct tp_path path;
    struct tp_mark *mark;
    size_t i, k;

    for (i = 0; i < scene->count; i++) {
        path = (struct tp_path){0};
        for (k = 0; k < bundle->points; k++) {
            if (isnan(tp_bundle_of(bundle, i)[k])) {
                tp_path_lift(&path);
                continue;
            }
            point =
                place(panel, (double)k / (double)(bundle->points - 1), tp_bundle_of(bundle, i)[k]);
            tp_path_add(&path, point.x_px, point.y_px);
        }
        tp_scene_speak(scene, i);
        mark =
            tp_sketch_line(&scene->sketch, TP_MARK_CURVE, what, scene->flows[i].rgb, RUN_PX, &path);
        if (mark)
            mark->ink.alpha = RUN_ALPHA;
    }
}

/* Closes a piece of the band: back along its lower side. */
static void close_band(struct tp_path *band, struct tp_path *lower)
{
    while (lower->count > 0 && !band->failed) {
        lower->count--;
        tp_path_add(band, lower->points[lower->count].x_px, lower->points[lower->count].y_px);
    }
    tp_path_lift(band);
}

static void draw_group(struct tp_scene *scene, const struct tp_panel *panel,
                       const struct tp_bundle *bundle, size_t group, const char *what,
                       tp_bundle_place *place)
{
    const struct tp_scene_flow *flow = tp_scene_first_of(scene, group);
    struct tp_path median = {0}, band = {0}, lower = {0};
    double sorted[TP_PLOT_ROWS_MAX], share;
    struct tp_point point;
    size_t k, known;

    for (k = 0; k < bundle->points; k++) {
        known = gather(scene, bundle, group, k, sorted);
        if (known == 0) {
            tp_path_lift(&median);
            close_band(&band, &lower);
            continue;
        }
        share = (double)k / (double)(bundle->points - 1);
        point = place(panel, share, quantile(sorted, known, 0.5));
        tp_path_add(&median, point.x_px, point.y_px);
        point = place(panel, share, quantile(sorted, known, 0.75));
        tp_path_add(&band, point.x_px, point.y_px);
        point = place(panel, share, quantile(sorted, known, 0.25));
        tp_path_add(&lower, point.x_px, point.y_px);
    }
    close_band(&band, &lower);
    band.failed |= lower.failed;
    tp_path_release(&lower);
    tp_scene_speak_of(scene, flow);
    tp_sketch_mark(&scene->sketch, TP_MARK_AREA, TP_SHAPE_POLYGON, what,
                   (struct tp_ink){flow->rgb, BAND_ALPHA}, &band);
    tp_look_curve(&scene->sketch, tp_scene_look(scene, flow), (double)group / (double)scene->groups,
                  what, flow->rgb, MEDIAN_PX, &median);
}

void tp_bundle_draw(struct tp_scene *scene, const struct tp_panel *panel,
                    const struct tp_bundle *bundle, const char *what, tp_bundle_place *place)
{
    size_t group;

    draw_runs(scene, panel, bundle, what, place);
    for (group = 0; group < scene->groups && !scene->sketch.failed; group++)
        draw_group(scene, panel, bundle, group, what, place);
}
