/* picture.c: a picture of one's own: how the round trips of each flow are distributed.
 *
 *     cc picture.c $(pkg-config --cflags --libs tcpprobe) -o picture
 *     ./picture rtt.svg cubic-loss.pcap.gz
 *
 * A picture is plain data (plot.h): panels with axes, marks, captions, all in pixels of the page.
 * tp_picture_build() makes it of flows; here it is made by hand, and the same tp_picture_render()
 * puts it on paper.
 */
#include <stdio.h>
#include <stdlib.h>

#include <tcpprobe/figure.h>
#include <tcpprobe/pass.h>
#include <tcpprobe/plot.h>

#define WIDTH   800
#define HEIGHT  400
#define LEFT    60.0
#define RIGHT   770.0
#define TOP     50.0
#define BOTTOM  350.0
#define POINTS  101 /* of a curve: one a percent */
#define CURVES  8
#define RTT_MAX 200.0 /* ms, at the right edge */
#define TICKS   5

/* What the struct tp_picture points to. */
struct drawing {
    struct tp_picture picture;
    struct tp_panel panel;
    struct tp_mark marks[CURVES + 1]; /* curves; the grid */
    struct tp_point points[CURVES + 1][POINTS];
    struct tp_caption captions[TICKS + 1];
    char words[TICKS + 1][64];
};

static double x_of(double ms)
{
    return LEFT + (RIGHT - LEFT) * (ms < RTT_MAX ? ms : RTT_MAX) / RTT_MAX;
}

static double y_of(double share)
{
    return BOTTOM - (BOTTOM - TOP) * share;
}

static void caption(struct drawing *drawing, double x_px, double y_px, const char *words)
{
    struct tp_picture *picture = &drawing->picture;
    size_t i = picture->caption_count++;

    snprintf(drawing->words[i], sizeof drawing->words[i], "%s", words);
    drawing->captions[i] = (struct tp_caption){.text = drawing->words[i],
                                               .x_px = x_px,
                                               .y_px = y_px,
                                               .size_px = 13,
                                               .rgb = 0x333333,
                                               .anchor = TP_ANCHOR_CENTER};
}

static void begin(struct drawing *drawing)
{
    struct tp_point *grid = drawing->points[CURVES];
    char words[64];

    drawing->picture = (struct tp_picture){.width_px = WIDTH,
                                           .height_px = HEIGHT,
                                           .background = 0xffffff,
                                           .panels = &drawing->panel,
                                           .panel_count = 1,
                                           .marks = drawing->marks,
                                           .captions = drawing->captions};
    drawing->panel = (struct tp_panel){.name = "rtt",
                                       .left_px = LEFT,
                                       .top_px = TOP,
                                       .right_px = RIGHT,
                                       .bottom_px = BOTTOM,
                                       .x = {.high = RTT_MAX, .divisor = 1},
                                       .y = {.high = 1, .divisor = 1}};
    grid[0] = (struct tp_point){LEFT, BOTTOM};
    grid[1] = (struct tp_point){RIGHT, BOTTOM};
    drawing->marks[drawing->picture.mark_count++] = (struct tp_mark){.kind = TP_MARK_GRID,
                                                                     .what = "axis",
                                                                     .ink = {0x999999, 1},
                                                                     .width_px = 1,
                                                                     .crisp = true,
                                                                     .points = grid,
                                                                     .count = 2};
    caption(drawing, (LEFT + RIGHT) / 2, TOP / 2,
            "Share of round trips that are shorter than ... ms");
    for (int i = 0; i < TICKS; i++) {
        double ms = RTT_MAX * i / (TICKS - 1);

        snprintf(words, sizeof words, "%.0f", ms);
        caption(drawing, x_of(ms), BOTTOM + 24, words);
    }
}

static void add_flow(struct drawing *drawing, const struct tp_flow *flow)
{
    static const uint32_t colors[] = {0x1f6feb, 0xd1242f, 0x1a7f37, 0x8250df};
    size_t i = drawing->picture.mark_count, curve = i - 1;
    double p[POINTS], us[POINTS];

    for (int k = 0; k < POINTS; k++)
        p[k] = k / (POINTS - 1.0);
    if (curve >= CURVES ||
        !tp_flow_quantiles(flow, tp_flow_bulk_end(flow), TP_METRIC_RTT, p, us, POINTS))
        return;
    for (int k = 0; k < POINTS; k++)
        drawing->points[curve][k] = (struct tp_point){x_of(us[k] / 1000), y_of(p[k])};
    drawing->marks[i] = (struct tp_mark){.kind = TP_MARK_CURVE,
                                         .what = "rtt",
                                         .ink = {colors[curve % 4], 1},
                                         .width_px = 2,
                                         .points = drawing->points[curve],
                                         .count = POINTS};
    drawing->picture.mark_count++;
}

static int draw(const struct tp_analysis *analysis, const char *path, struct tp_error *error)
{
    static struct drawing drawing;
    const struct tp_flow *const *flows;
    size_t count;

    begin(&drawing);
    flows = tp_analysis_flows(analysis, &count);
    for (size_t i = 0; i < count; i++)
        add_flow(&drawing, flows[i]);
    return tp_picture_render(&drawing.picture, path, NULL, error);
}

int main(int argc, char **argv)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_pass *pass = NULL;
    struct tp_analysis *analysis = tp_analysis_new(NULL, &error);
    char words[600];
    int rc = -1;

    if (argc < 3)
        tp_error_set(&error, TP_ERR_USAGE, "usage: picture PICTURE FILE...");
    else if (analysis)
        rc = tp_pass_open(&pass, (const char *const *)argv + 2, (size_t)argc - 2, NULL, &error);
    if (rc == 0)
        rc = tp_pass_analyse(pass, analysis, &error);
    if (rc == 0)
        rc = draw(analysis, argv[1], &error);
    if (rc < 0) {
        tp_error_format(&error, words, sizeof words);
        fprintf(stderr, "picture: %s\n", words);
    }
    tp_pass_close(pass);
    tp_analysis_free(analysis);
    return rc < 0;
}
