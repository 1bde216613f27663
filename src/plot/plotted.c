/* plotted.c: the numbers that a picture draws, read off its axes: whatever was binned, left out or
 * taken together on the way is in them. */
#include <math.h>
#include <string.h>

#include <tcpprobe/plot.h>

/* What is drawn of data; all else is there to be read. */
static const char *const words[] = {
    [TP_MARK_BAND] = "band",     [TP_MARK_AREA] = "area",   [TP_MARK_CURVE] = "curve",
    [TP_MARK_BAR] = "bar",       [TP_MARK_RASTER] = "tick", [TP_MARK_DOTS] = "dot",
    [TP_MARK_PACKET] = "packet", [TP_MARK_SPAN] = "span",   [TP_MARK_HEAT] = "heat",
    [TP_MARK_KEY] = NULL};

static double value_at(const struct tp_axis *axis, double low_px, double high_px, double px)
{
    double share = (px - low_px) / (high_px - low_px);

    return axis->log ? axis->low * pow(axis->high / axis->low, share)
                     : axis->low + share * (axis->high - axis->low);
}

/* A tick of a counter is a nanosecond on its axis. */
static double x_at(const struct tp_panel *panel, double px)
{
    double x = value_at(&panel->x, panel->left_px, panel->right_px, px);

    return panel->x_unit && strcmp(panel->x_unit, "ticks") == 0 ? x * 1e9 : x;
}

static double y_at(const struct tp_panel *panel, double px)
{
    return value_at(&panel->y, panel->bottom_px, panel->top_px, px);
}

static void set_ends(const struct tp_panel *panel, const struct tp_mark *mark, size_t at,
                     struct tp_plotted *row)
{
    row->x = x_at(panel, mark->points[at].x_px);
    row->y = y_at(panel, mark->points[at].y_px);
    if (!row->is_box)
        return;
    row->x_end = x_at(panel, mark->points[at + 1].x_px);
    row->y_end = row->y;
    row->y = y_at(panel, mark->points[at + 1].y_px); /* the lower one */
}

static void walk_mark(const struct tp_picture *picture, const struct tp_mark *mark,
                      tp_plotted_row *row, void *context)
{
    const struct tp_panel *panel = &picture->panels[mark->panel];
    struct tp_plotted plotted = {.panel = panel->name,
                                 .shape = words[mark->kind],
                                 .what = mark->what,
                                 .name = mark->name >= 0 ? picture->names[mark->name] : NULL,
                                 .x_unit = panel->x_unit,
                                 .y_unit = panel->y_unit,
                                 .is_box = mark->shape == TP_SHAPE_BOXES};
    size_t i;

    for (i = 0; i + plotted.is_box < mark->count; i += plotted.is_box ? 2 : 1) {
        if (isnan(mark->points[i].y_px)) {
            plotted.piece++;
            continue;
        }
        set_ends(panel, mark, i, &plotted);
        row(context, &plotted);
        plotted.piece += plotted.is_box;
    }
}

void tp_picture_plotted(const struct tp_picture *picture, tp_plotted_row *row, void *context)
{
    const struct tp_mark *mark;
    size_t i;

    for (i = 0; i < picture->mark_count; i++) {
        mark = &picture->marks[i];
        if (mark->panel >= 0 && (size_t)mark->kind < sizeof words / sizeof *words &&
            words[mark->kind])
            walk_mark(picture, mark, row, context);
    }
}
