/* curve.c: decimation by columns (M4: Jugl et al., VLDB 2014), steps, areas, envelopes. */
#include <math.h>

#include "plot/curve.h"
#include "plot/scale.h"

#define COLUMNS_PER_PX 2.0
#define DENSE          4   /* samples in a pixel column from which on an envelope says more */
#define DENSE_STEPS    200 /* ... than steps do */
#define DOT_PX         3   /* a lonely sample is drawn that long */

double tp_panel_x(const struct tp_panel *panel, int64_t since_origin_ns)
{
    double share = (double)since_origin_ns * 1e-9 / (panel->x.high - panel->x.low);

    return panel->left_px + (panel->right_px - panel->left_px) * fmin(fmax(share, 0), 1);
}

double tp_panel_y(const struct tp_panel *panel, double value)
{
    double y_px = tp_axis_px(&panel->y, panel->bottom_px, panel->top_px, value);

    if (panel->y.cut)
        return tp_axis_far_px(&panel->y, panel->bottom_px, panel->top_px, value);
    return fmin(fmax(y_px, panel->top_px), panel->bottom_px);
}

/* --- gaps ----------------------------------------------------------------------------------- */

struct gap_walk {
    const struct tp_spans *gaps;
    size_t next;
};

/* Does a gap begin or end between two samples? A gap is one processor's: what another one recorded
 * meanwhile is a piece of its own. The moments must not go back from call to call. */
static bool gap_between(struct gap_walk *walk, int64_t from_ns, int64_t to_ns)
{
    const struct tp_span *gap;
    size_t i;

    while (walk->gaps && walk->next < walk->gaps->count &&
           walk->gaps->list[walk->next].end_ns < from_ns)
        walk->next++;
    for (i = walk->next; walk->gaps && i < walk->gaps->count; i++) {
        gap = &walk->gaps->list[i];
        if (gap->begin_ns > to_ns)
            break;
        if ((gap->begin_ns >= from_ns && gap->begin_ns < to_ns) ||
            (gap->end_ns > from_ns && gap->end_ns <= to_ns))
            return true;
    }
    return false;
}

/* --- columns -------------------------------------------------------------------------------- */

/* What fell into one column of the page. */
struct pixel_column {
    long index;
    double first_x_px, last_x_px;
    double first, low, high, last, sum;
    double count;
};

/* Columns of a track one after the other. */
struct column_walk {
    const struct tp_panel *panel;
    const struct tp_track *track;
    double per_px;
    uint32_t at; /* next bin */
    struct gap_walk gaps;
};

/* Holds the bin something that may be drawn? */
static bool is_shown(const struct tp_track *track, const struct tp_bin *bin)
{
    return bin->count > 0 && isfinite(bin->sum) &&
           (track->span_ns == 0 ||
            (bin->end_ns >= track->origin_ns && bin->t_ns - track->origin_ns <= track->span_ns));
}

static void add_bin(struct pixel_column *column, const struct tp_bin *bin, double factor,
                    double x_px, double end_px)
{
    if (column->count == 0) {
        column->first_x_px = x_px;
        column->first = bin->first * factor;
        column->low = bin->min * factor;
        column->high = bin->max * factor;
    }
    column->low = fmin(column->low, bin->min * factor);
    column->high = fmax(column->high, bin->max * factor);
    column->last = bin->last * factor;
    column->last_x_px = end_px;
    column->sum += bin->sum * factor;
    column->count += bin->count;
}

/* The next column that holds samples; *interrupted: the curve must not come from the one before.
 * False at the end. */
static bool next_column(struct column_walk *walk, struct pixel_column *column, bool *interrupted)
{
    const struct tp_series *series = walk->track->series;
    int64_t origin_ns = walk->track->origin_ns;
    const struct tp_bin *bin;
    double x_px;
    long index;

    *column = (struct pixel_column){0};
    *interrupted =
        walk->at > 0 && walk->at < series->count &&
        gap_between(&walk->gaps, series->bins[walk->at - 1].end_ns, series->bins[walk->at].t_ns);
    for (; walk->at < series->count; walk->at++) {
        bin = &series->bins[walk->at];
        if (!is_shown(walk->track, bin))
            continue;
        if (walk->track->ceiling > 0 && bin->max * walk->track->factor > walk->track->ceiling) {
            if (column->count > 0)
                break;
            *interrupted = true;
            continue;
        }
        x_px = tp_panel_x(walk->panel, bin->t_ns - origin_ns);
        index = (long)floor(x_px * walk->per_px);
        if (column->count == 0)
            column->index = index;
        else if (index != column->index ||
                 gap_between(&walk->gaps, series->bins[walk->at - 1].end_ns, bin->t_ns))
            break;
        add_bin(column, bin, walk->track->factor, x_px,
                tp_panel_x(walk->panel, bin->end_ns - origin_ns));
    }
    return column->count > 0;
}

static struct column_walk walk_columns(const struct tp_panel *panel, const struct tp_track *track,
                                       double per_px)
{
    return (struct column_walk){
        .panel = panel, .track = track, .per_px = per_px, .gaps = {track->gaps, 0}};
}

static bool is_empty(const struct tp_track *track)
{
    return !track->series || track->series->count == 0;
}

/* --- paths ---------------------------------------------------------------------------------- */

/* Gives a piece of one point a length, so that it can be seen. */
static void end_piece(struct tp_path *path, size_t begin)
{
    double x_px, y_px;

    if (path->failed || path->count != begin + 1)
        return;
    x_px = path->points[begin].x_px;
    y_px = path->points[begin].y_px;
    path->points[begin].x_px = x_px - DOT_PX / 2.0;
    tp_path_add(path, x_px + DOT_PX / 2.0, y_px);
}

static void add_column(struct tp_path *path, const struct tp_panel *panel,
                       const struct pixel_column *column)
{
    double middle_px = (column->first_x_px + column->last_x_px) / 2;

    tp_path_add(path, column->first_x_px, tp_panel_y(panel, column->first));
    if (column->count == 1)
        return;
    tp_path_add(path, middle_px, tp_panel_y(panel, column->low));
    tp_path_add(path, middle_px, tp_panel_y(panel, column->high));
    tp_path_add(path, column->last_x_px, tp_panel_y(panel, column->last));
}

/* Where only a part is shown: what held when it began. */
static void add_held(const struct tp_panel *panel, const struct tp_track *track,
                     struct tp_path *path)
{
    const struct tp_bin *last = NULL;
    uint32_t i;

    for (i = 0; i < track->series->count && track->series->bins[i].end_ns < track->origin_ns; i++)
        last = &track->series->bins[i];
    if (track->span_ns > 0 && last && isfinite(last->sum) &&
        !(track->ceiling > 0 && last->last * track->factor > track->ceiling))
        tp_path_add(path, panel->left_px, tp_panel_y(panel, last->last * track->factor));
}

static void add_steps(const struct tp_panel *panel, const struct tp_track *track, bool dots,
                      struct tp_path *path)
{
    struct column_walk walk = walk_columns(panel, track, COLUMNS_PER_PX);
    struct pixel_column column;
    bool interrupted;
    size_t begin = 0;

    if (is_empty(track))
        return;
    add_held(panel, track, path);
    while (next_column(&walk, &column, &interrupted)) {
        if (interrupted) {
            if (dots)
                end_piece(path, begin);
            tp_path_lift(path);
            begin = path->count;
        }
        if (path->count > begin && !path->failed)
            tp_path_add(path, column.first_x_px, path->points[path->count - 1].y_px);
        add_column(path, panel, &column);
    }
    if (dots)
        end_piece(path, begin);
    tp_path_thin(path);
}

void tp_curve_steps(const struct tp_panel *panel, const struct tp_track *track,
                    struct tp_path *path)
{
    add_steps(panel, track, true, path);
}

void tp_curve_area(const struct tp_panel *panel, const struct tp_track *track, struct tp_path *path)
{
    struct tp_path edge = {0};
    size_t i, begin = 0;

    add_steps(panel, track, false, &edge);
    for (i = 0; i <= edge.count && !edge.failed; i++) {
        if (i < edge.count && !isnan(edge.points[i].y_px)) {
            if (i == begin)
                tp_path_add(path, edge.points[i].x_px, panel->bottom_px);
            tp_path_add(path, edge.points[i].x_px, edge.points[i].y_px);
            continue;
        }
        if (i > begin) {
            tp_path_add(path, edge.points[i - 1].x_px, panel->bottom_px);
            tp_path_lift(path);
        }
        begin = i + 1;
    }
    path->failed |= edge.failed;
    tp_path_release(&edge);
}

/* Closes the polygon of an envelope: back along its lower side. */
static void close_envelope(struct tp_path *envelope, struct tp_path *lower)
{
    if (lower->count > 1)
        while (lower->count > 0 && !envelope->failed) {
            lower->count--;
            tp_path_add(envelope, lower->points[lower->count].x_px,
                        lower->points[lower->count].y_px);
        }
    tp_path_lift(envelope);
    lower->count = 0;
}

static void smooth_dense(const struct tp_panel *panel, const struct tp_track *track,
                         struct tp_path *path, struct tp_path *envelope)
{
    struct column_walk walk = walk_columns(panel, track, 1);
    struct tp_path lower = {0};
    struct pixel_column column;
    bool interrupted;
    size_t begin = 0;
    double x_px;

    while (next_column(&walk, &column, &interrupted)) {
        if (interrupted) {
            end_piece(path, begin);
            tp_path_lift(path);
            begin = path->count;
            close_envelope(envelope, &lower);
        }
        x_px = (column.first_x_px + column.last_x_px) / 2;
        tp_path_add(path, x_px, tp_panel_y(panel, column.sum / column.count));
        tp_path_add(envelope, x_px, tp_panel_y(panel, column.high));
        tp_path_add(&lower, x_px, tp_panel_y(panel, column.low));
    }
    end_piece(path, begin);
    close_envelope(envelope, &lower);
    envelope->failed |= lower.failed;
    tp_path_release(&lower);
}

static void smooth_sparse(const struct tp_panel *panel, const struct tp_track *track,
                          struct tp_path *path)
{
    struct column_walk walk = walk_columns(panel, track, COLUMNS_PER_PX);
    struct pixel_column column;
    bool interrupted;
    size_t begin = 0;
    double held_px;

    while (next_column(&walk, &column, &interrupted)) {
        if (interrupted) {
            end_piece(path, begin);
            tp_path_lift(path);
            begin = path->count;
        }
        /* nothing was heard for long: it did not drift there, it held and then was another */
        held_px = tp_panel_x(panel, TP_HOLD_MAX_NS) - panel->left_px;
        if (path->count > begin && !path->failed &&
            column.first_x_px - path->points[path->count - 1].x_px > fmax(held_px, 4))
            tp_path_add(path, column.first_x_px, path->points[path->count - 1].y_px);
        add_column(path, panel, &column);
    }
    end_piece(path, begin);
}

void tp_curve_smooth(const struct tp_panel *panel, const struct tp_track *track,
                     struct tp_path *path, struct tp_path *envelope)
{
    const struct tp_bin *bins;
    double width_px;

    if (is_empty(track))
        return;
    bins = track->series->bins;
    width_px = tp_panel_x(panel, bins[track->series->count - 1].end_ns - track->origin_ns) -
               tp_panel_x(panel, bins[0].t_ns - track->origin_ns);
    if ((double)track->series->samples > DENSE * fmax(width_px, 1))
        smooth_dense(panel, track, path, envelope);
    else
        smooth_sparse(panel, track, path);
    tp_path_thin(path);
}

bool tp_track_is_dense(const struct tp_panel *panel, const struct tp_track *track)
{
    return !is_empty(track) &&
           (double)track->series->samples > DENSE_STEPS * (panel->right_px - panel->left_px);
}

static void add_dot(const struct tp_panel *panel, struct tp_path *path, double left, double top,
                    double right, double bottom)
{
    if (bottom > panel->top_px && top < panel->bottom_px) /* not where the axis is cut */
        tp_path_box(path, fmax(left, panel->left_px), fmax(top, panel->top_px),
                    fmin(right, panel->right_px), fmin(bottom, panel->bottom_px));
}

/* One box for each pixel column, so that their translucency does not add up. */
static void add_ranges(const struct tp_panel *panel, const struct tp_track *track, double size_px,
                       struct tp_path *path)
{
    struct column_walk walk = walk_columns(panel, track, 1);
    struct pixel_column column;
    bool interrupted;

    while (next_column(&walk, &column, &interrupted))
        add_dot(panel, path, (double)column.index, tp_panel_y(panel, column.high) - size_px / 2,
                (double)column.index + 1, tp_panel_y(panel, column.low) + size_px / 2);
}

void tp_curve_dots(const struct tp_panel *panel, const struct tp_track *track, double size_px,
                   struct tp_path *path)
{
    const struct tp_bin *bin;
    double x_px, y_px;
    uint32_t i;

    if (is_empty(track))
        return;
    if (track->series->width_ns > 0) {
        add_ranges(panel, track, size_px, path);
        return;
    }
    for (i = 0; i < track->series->count; i++) {
        bin = &track->series->bins[i];
        if (!is_shown(track, bin))
            continue;
        x_px = tp_panel_x(panel, bin->t_ns - track->origin_ns);
        y_px = tp_panel_y(panel, bin->last * track->factor);
        add_dot(panel, path, x_px - size_px / 2, y_px - size_px / 2, x_px + size_px / 2,
                y_px + size_px / 2);
    }
}

/* --- values --------------------------------------------------------------------------------- */

bool tp_track_range(const struct tp_track *track, double *low, double *high)
{
    bool found = false;
    uint32_t i;

    for (i = 0; !is_empty(track) && i < track->series->count; i++) {
        if (!is_shown(track, &track->series->bins[i]))
            continue;
        if (!found) {
            *low = INFINITY;
            *high = -INFINITY;
        }
        *low = fmin(*low, track->series->bins[i].min * track->factor);
        *high = fmax(*high, track->series->bins[i].max * track->factor);
        found = true;
    }
    return found;
}

bool tp_track_last(const struct tp_track *track, double *last)
{
    uint32_t i = is_empty(track) ? 0 : track->series->count;

    while (i-- > 0)
        if (is_shown(track, &track->series->bins[i])) {
            *last = track->series->bins[i].last * track->factor;
            return true;
        }
    return false;
}
