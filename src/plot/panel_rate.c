/* panel_rate.c: bytes per bin of time: acknowledged ones as the sender saw them, or received ones
 * where the sender was not traced. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "plot/panel.h"
#include "plot/scale.h"

static bool has(const struct tp_scene *scene, const struct tp_scene_flow *flow)
{
    const char *what;

    return !scene->ticks && tp_scene_bytes(flow, &what) != NULL;
}

/* What is drawn and how wide its bins are; many flows have their means beside them. */
static void bin_note(const struct tp_scene *scene, const char *words, char *buf, size_t size)
{
    char width[32];

    tp_scene_bin_text(scene, width, sizeof width);
    snprintf(buf, size, "%s%s bins%s", words, width,
             scene->options->aggregate ? ""
             : scene->count > 1        ? ", means at the right"
                                       : "");
}

static bool is_known(const double *top, const double *below, size_t i)
{
    return !isnan(top[i]) && !(below && isnan(below[i]));
}

/* The upper edge of the bins [from, to). */
static void add_top(const struct tp_panel *panel, const struct tp_bins *bins, const double *top,
                    size_t from, size_t to, struct tp_path *path)
{
    for (; from < to; from++) {
        tp_path_add(path, tp_panel_x(panel, (int64_t)tp_bins_begin(bins, from)),
                    tp_panel_y(panel, top[from]));
        tp_path_add(path, tp_panel_x(panel, (int64_t)tp_bins_begin(bins, from + 1)),
                    tp_panel_y(panel, top[from]));
    }
}

/* Their lower edge, backwards. */
static void add_below(const struct tp_panel *panel, const struct tp_bins *bins, const double *below,
                      size_t from, size_t to, struct tp_path *path)
{
    while (to-- > from) {
        tp_path_add(path, tp_panel_x(panel, (int64_t)tp_bins_begin(bins, to + 1)),
                    tp_panel_y(panel, below[to]));
        tp_path_add(path, tp_panel_x(panel, (int64_t)tp_bins_begin(bins, to)),
                    tp_panel_y(panel, below[to]));
    }
}

/* A bin chart, a piece for each run of known bins; with `below` not NULL closed to polygons. */
static void bin_steps(const struct tp_panel *panel, const struct tp_bins *bins, const double *top,
                      const double *below, struct tp_path *path)
{
    size_t from, to;

    for (from = 0; from < bins->count; from = to) {
        for (to = from; to < bins->count && is_known(top, below, to); to++)
            ;
        if (to == from) {
            to++;
            continue;
        }
        tp_path_lift(path);
        add_top(panel, bins, top, from, to, path);
        if (below)
            add_below(panel, bins, below, from, to, path);
    }
    tp_path_thin(path);
}

/* The last bin that is known; 0 if none is. */
static double last_known(const struct tp_bins *bins)
{
    size_t i = bins->count;

    while (i-- > 0)
        if (!isnan(bins->sums[i]))
            return bins->sums[i];
    return 0;
}

static double highest(const struct tp_bins *bins)
{
    double high = 0;
    size_t i;

    for (i = 0; i < bins->count; i++)
        high = fmax(high, bins->sums[i]);
    return high;
}

static void draw_area(struct tp_scene *scene, const struct tp_panel *panel,
                      const struct tp_bins *bins, const char *what)
{
    double *floor = calloc(bins->count, sizeof *floor);
    struct tp_path area = {0};

    if (!floor) {
        scene->sketch.failed = true;
        return;
    }
    bin_steps(panel, bins, bins->sums, floor, &area);
    tp_sketch_mark(&scene->sketch, TP_MARK_AREA, TP_SHAPE_POLYGON, what,
                   (struct tp_ink){scene->theme->rate, scene->theme->area_alpha - 0.04F}, &area);
    free(floor);
}

/* Its label says the sum: that is exact, while the edges of bins are a little blurred. */
static void draw_line(struct tp_scene *scene, const struct tp_panel *panel,
                      const struct tp_bins *bins, const char *what, uint32_t rgb,
                      struct tp_end_label *label)
{
    struct tp_path line = {0};

    bin_steps(panel, bins, bins->sums, NULL, &line);
    tp_sketch_line(&scene->sketch, TP_MARK_CURVE, what, rgb, TP_COMPARED_PX, &line);
    *label = (struct tp_end_label){.at_px = tp_panel_y(panel, last_known(bins)), .rgb = rgb};
    snprintf(label->name, sizeof label->name, "%s", what);
}

static bool draw_mean(struct tp_scene *scene, const struct tp_panel *panel,
                      struct tp_end_label *label)
{
    double mean;

    if (!tp_scene_mean_rate(&scene->flows[0], &mean))
        return false;
    tp_frame_level(scene, panel, "mean", mean, scene->theme->text);
    *label = (struct tp_end_label){
        .at_px = tp_panel_y(panel, mean), .rgb = scene->theme->text, .name = "mean"};
    tp_label_value(panel, mean, "bit/s", label->detail, sizeof label->detail);
    return true;
}

static bool from_packets(const struct tp_scene_flow *flow)
{
    const char *what;
    const struct tp_series *bytes = tp_scene_bytes(flow, &what);

    return bytes == tp_scene_series(flow, flow->bulk, TP_METRIC_WIRE_ACKED) ||
           bytes == tp_scene_series(flow, flow->bulk, TP_METRIC_WIRE_UNIQUE);
}

static double received_bytes(const struct tp_scene_flow *flow)
{
    struct tp_sheet sheet = {0};
    double bytes;

    tp_sheet_open(&sheet, flow->analysis, flow->flow, 0);
    return tp_sheet_number(&sheet, TP_FIGURE_acked_bytes, 0, TP_FROM_PEER, &bytes) ? bytes : 0;
}

static double arrived(const struct tp_scene_flow *flow)
{
    return flow->windowed ? tp_scene_sum(flow, tp_scene_arrivals(flow)) : received_bytes(flow);
}

static void draw_rates(struct tp_scene *scene, struct tp_panel *panel, bool times,
                       const struct tp_bins *bytes, const char *what,
                       const struct tp_bins *arrivals)
{
    struct tp_end_label labels[3];
    char unit[96], note[80];
    size_t count = 0;

    tp_frame_value_axis(scene, panel, fmax(highest(bytes), highest(arrivals)));
    bin_note(scene,
             strcmp(what, "received") == 0    ? "payload received, "
             : from_packets(&scene->flows[0]) ? "from packets, "
                                              : "",
             note, sizeof note);
    tp_frame_unit(panel, "bit/s", note, unit, sizeof unit);
    tp_frame_draw(scene, panel, "Rate", unit, times);
    draw_area(scene, panel, bytes, what);
    if (arrivals->count > 0) {
        draw_line(scene, panel, arrivals, "received", scene->theme->arrivals, &labels[count]);
        tp_units_si_unit(arrived(&scene->flows[0]), "B", labels[count].detail,
                         sizeof labels[count].detail);
        count++;
    }
    draw_line(scene, panel, bytes, what, scene->theme->rate, &labels[count]);
    tp_scene_total_text(&scene->flows[0], labels[count].detail, sizeof labels[count].detail);
    count++;
    count += draw_mean(scene, panel, &labels[count]);
    tp_end_labels_draw(scene, panel, labels, count);
}

static void draw(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    const struct tp_scene_flow *flow = &scene->flows[0];
    const struct tp_series *second = tp_scene_arrivals(flow), *first;
    struct tp_bins bytes = {0}, arrivals = {0};
    const char *what = "";

    first = tp_scene_bytes(flow, &what);
    if (tp_scene_rates(scene, flow, first, &bytes) &&
        (!second || tp_scene_rates(scene, flow, second, &arrivals)))
        draw_rates(scene, panel, times, &bytes, what, &arrivals);
    tp_bins_release(&bytes);
    tp_bins_release(&arrivals);
}

/* --- compared ------------------------------------------------------------------------------- */

/* Flows of one clock share the link's time and are stacked; the sum of rates from different times
 * would be nobody's rate, so there each flow has a line of its own. So it has on paper, where
 * layers of grey would have to be told apart. */
struct stack {
    struct tp_bins bins[TP_PLOT_COMPARED + 1]; /* upper edges of the layers; [0] is the floor */
    bool stacked;
    double high;
};

static bool stack_up(struct tp_scene *scene, struct stack *stack)
{
    struct tp_bins *layer;
    const char *what;
    size_t i, k;

    *stack = (struct stack){.stacked = !scene->apart && !tp_scene_is_paper(scene)};
    if (!tp_bins_init(&stack->bins[0], scene->bin_ns, scene->span_ns)) {
        scene->sketch.failed = true;
        return false;
    }
    for (i = 0; i < scene->count; i++) {
        layer = &stack->bins[i + 1];
        if (!tp_scene_rates(scene, &scene->flows[i], tp_scene_bytes(&scene->flows[i], &what),
                            layer))
            return false;
        for (k = 0; k < layer->count; k++) {
            layer->sums[k] += stack->stacked ? stack->bins[i].sums[k] : 0;
            stack->high = fmax(stack->high, layer->sums[k]);
        }
    }
    return true;
}

static void draw_layer(struct tp_scene *scene, const struct tp_panel *panel,
                       const struct stack *stack, size_t flow, struct tp_end_label *label)
{
    const struct tp_bins *upper = &stack->bins[flow + 1];
    const struct tp_bins *lower = &stack->bins[stack->stacked ? flow : 0];
    struct tp_path path = {0};
    const char *what = "rate";
    double middle, mean;

    tp_scene_bytes(&scene->flows[flow], &what);
    bin_steps(panel, upper, upper->sums, stack->stacked ? lower->sums : NULL, &path);
    if (stack->stacked)
        tp_sketch_mark(&scene->sketch, TP_MARK_AREA, TP_SHAPE_POLYGON, what,
                       (struct tp_ink){scene->flows[flow].rgb, scene->theme->stack_alpha}, &path);
    else
        tp_look_curve(&scene->sketch, tp_scene_look(scene, &scene->flows[flow]),
                      (double)flow / (double)scene->count, what, scene->flows[flow].rgb,
                      TP_COMPARED_PX, &path);
    middle = (last_known(upper) + last_known(stack->stacked ? lower : upper)) / 2;
    *label =
        (struct tp_end_label){.at_px = tp_panel_y(panel, middle), .rgb = scene->flows[flow].rgb};
    snprintf(label->name, sizeof label->name, "%s", scene->flows[flow].name);
    if (tp_scene_mean_rate(&scene->flows[flow], &mean))
        tp_label_value(panel, mean, "bit/s", label->detail, sizeof label->detail);
}

/* "acknowledged or received, stacked, ": what the layers are, as far as they differ. */
static void say_what(const struct tp_scene *scene, bool stacked, char *buf, size_t size)
{
    const char *what;
    size_t i, used;

    buf[0] = '\0';
    for (i = 0; i < scene->count; i++) {
        if (!tp_scene_bytes(&scene->flows[i], &what) || strstr(buf, what))
            continue;
        used = strlen(buf);
        snprintf(buf + used, size - used, "%s%s", used ? " or " : "", what);
    }
    used = strlen(buf);
    snprintf(buf + used, size - used, "%s, ", stacked ? ", stacked" : "");
}

/* Frame and axis; high is the largest rate. */
static void draw_axes(struct tp_scene *scene, struct tp_panel *panel, bool times, double high,
                      bool stacked)
{
    char unit[192], note[128], words[64];

    tp_frame_value_axis(scene, panel, high);
    say_what(scene, stacked, words, sizeof words);
    bin_note(scene, words, note, sizeof note);
    tp_frame_unit(panel, "bit/s", note, unit, sizeof unit);
    tp_frame_draw(scene, panel, "Rate", unit, times);
}

static void draw_layers(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    struct tp_end_label labels[TP_PLOT_COMPARED];
    struct stack stack;
    size_t i;

    if (stack_up(scene, &stack)) {
        draw_axes(scene, panel, times, stack.high, stack.stacked);
        for (i = 0; i < scene->count; i++) {
            tp_scene_speak(scene, i);
            draw_layer(scene, panel, &stack, i, &labels[i]);
        }
        tp_end_labels_draw(scene, panel, labels, scene->count);
    }
    for (i = 0; i <= TP_PLOT_COMPARED; i++)
        tp_bins_release(&stack.bins[i]);
}

/* --- runs ----------------------------------------------------------------------------------- */

static struct tp_point place(const struct tp_panel *panel, double share, double value)
{
    return (struct tp_point){panel->left_px + share * (panel->right_px - panel->left_px),
                             tp_panel_y(panel, value)};
}

/* Two points in each bin, so that its edges are seen. */
static bool sample_rates(struct tp_scene *scene, size_t flow, struct tp_bundle *bundle,
                         double *high)
{
    const struct tp_scene_flow *of = &scene->flows[flow];
    double *values = tp_bundle_of(bundle, flow), at_ns;
    struct tp_bins bins = {0};
    const char *what;
    size_t k;

    if (!tp_scene_rates(scene, of, tp_scene_bytes(of, &what), &bins))
        return false;
    tp_bins_crop(&bins, (double)(of->flow->first_ns - of->origin_ns),
                 (double)(of->flow->last_ns - of->origin_ns));
    for (k = 0; k < bundle->points; k++) {
        at_ns = bins.end_ns * (double)k / (double)(bundle->points - 1);
        values[k] = bins.sums[(size_t)fmin(at_ns / bins.width_ns, (double)(bins.count - 1))];
        *high = fmax(*high, values[k]);
    }
    tp_bins_release(&bins);
    return true;
}

static void draw_runs(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    size_t points = (size_t)(scene->span_ns / scene->bin_ns) * 2 + 2, i;
    struct tp_bundle bundle;
    double high = 0;

    if (!tp_bundle_init(scene, &bundle, points))
        return;
    for (i = 0; i < scene->count; i++)
        if (has(scene, &scene->flows[i]) && !sample_rates(scene, i, &bundle, &high))
            break;
    draw_axes(scene, panel, times, high, false);
    tp_bundle_draw(scene, panel, &bundle, "rate", place);
    tp_label_groups(scene, panel, &bundle, "bit/s");
    tp_bundle_release(&bundle);
}

static void draw_compared(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    if (scene->options->aggregate)
        draw_runs(scene, panel, times);
    else
        draw_layers(scene, panel, times);
}

const struct tp_panel_kind tp_rate_panel = {
    .name = "rate",
    .quantity = "rate",
    .help = "acknowledged bytes per time, and received ones where the receiver's socket was traced",
    .use = TP_PANEL_USUAL,
    .metrics = TP_METRIC_BIT(ACKED) | TP_METRIC_BIT(DATA_LEN),
    .title = "Rate",
    .height_px = 130,
    .compared_px = 170,
    .has = has,
    .absent = "neither acknowledged nor received bytes were recorded, or times are no seconds",
    .draw = draw,
    .draw_compared = draw_compared,
};
