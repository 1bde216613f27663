/* plot.h: what an analysis says, as a picture.
 *
 * Three steps: choose the flows (tp_plot_select), lay the picture out (tp_picture_build), draw it
 * (tp_picture_render). The picture between the last two is plain data in page pixels: whoever wants
 * to test a picture, or draw it with something else, reads it and needs no drawing library.
 *
 *     struct tp_plot_choice choice;
 *     struct tp_picture_options options = {0};
 *     if (tp_plot_select(&choice, analysis, NULL, &error) == 0) {
 *         options.flows = choice.flows;
 *         options.count = choice.count;
 *         picture = tp_picture_build(analysis, &options, &error);
 *         if (picture && tp_picture_render(picture, "flow.png", NULL, &error) < 0)
 *             ...
 *         tp_picture_free(picture);
 *     }
 *     tp_plot_choice_release(&choice);
 *
 * One flow gets a panel for each of its quantities, 2 to TP_PLOT_COMPARED flows are compared panel
 * by panel, more become one row each in an overview. A rate is acknowledged bytes per bin (of
 * snd_una: it stalls at a hole and jumps when that is filled), or received payload where the
 * sender was not traced; one flow of which both ends were traced shows both. The picture says
 * which, and how wide the bins are.
 *
 * Threads: a choice and a picture belong to who made them and share nothing; the analysis is only
 * read. A picture may be read and rendered by several threads. tp_picture_render() draws in a child
 * process made by fork(): no other thread may be using fontconfig or cairo at that moment.
 */
#ifndef TCPPROBE_PLOT_H
#define TCPPROBE_PLOT_H

#include <tcpprobe/analyze.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TP_PLOT_COMPARED 8   /* flows in one set of panels at most */
#define TP_PLOT_ROWS     40  /* flows in an overview unless the caller asks for more */
#define TP_PLOT_ROWS_MAX 400 /* ... and at most */
#define TP_PLOT_MARKS    16384 /* packets of one direction that are drawn one by one, at most */
#define TP_PLOT_SSH_PORT 22
#define TP_PLOT_SMALL    0.01 /* flows with less than this share of the largest are left out */

/* --- which flows ---------------------------------------------------------------------------- */

struct tp_plot_selection {
    /* Only flows for which this is true; NULL: all of them. */
    bool (*wanted)(void *context, const struct tp_flow *flow);
    /* Only flows that were there in the part that is shown; NULL: the whole is. */
    bool (*there)(void *context, const struct tp_flow *flow);
    void *context;
    size_t top; /* so many flows, those with the most bytes; 0: see below */
    bool ssh;   /* do not leave out flows of port TP_PLOT_SSH_PORT */
};

struct tp_plot_choice {
    const struct tp_flow **flows; /* most bytes first; they belong to the analysis */
    size_t count;
    size_t ssh;    /* flows left out because they are ssh */
    size_t small;  /* ... because they carry next to nothing */
    size_t beyond; /* ... because there are more than the picture holds */
};

/* Chooses the flows to draw: TP_PLOT_ROWS at most, without those of ssh and without those that
 * carry less than TP_PLOT_SMALL of what the largest carries. Where `wanted` is given ssh and small
 * flows are meant too, where `top` is given small ones are. selection may be NULL. No flow left is
 * no error: count is 0, and the counters say why. */
int tp_plot_select(struct tp_plot_choice *choice, const struct tp_analysis *analysis,
                   const struct tp_plot_selection *selection, struct tp_error *error);

void tp_plot_choice_release(struct tp_plot_choice *choice);

/* --- which part of it ----------------------------------------------------------------------- */

/* A loss episode of a flow's bulk sender: fast recoveries and timeouts as the kernel tells them, those
 * that touch being one, or else what the packets show. */
struct tp_plot_episode {
    int64_t begin_ns, end_ns;
    const char *what; /* static: "fast recovery", "timeout", "tail-loss probe", "loss episode" */
};

/* How many there are; fills *episode (unless NULL) with the one of that index, from 0, if there is
 * one. Needs an analysis that kept series. */
size_t tp_plot_episodes(const struct tp_analysis *analysis, const struct tp_flow *flow,
                        struct tp_plot_episode *episode, size_t index);

/* The time around an episode that shows how it came and how it went: two round trips before and
 * after. */
void tp_plot_around(const struct tp_flow *flow, const struct tp_plot_episode *episode,
                    int64_t *from_ns, int64_t *until_ns);

/* --- the picture ----------------------------------------------------------------------------- */

/* Page pixels, y downwards. A y_px of NaN lifts the pen. */
struct tp_point {
    double x_px, y_px;
};

/* A colour and how much it covers, 0 to 1. */
struct tp_ink {
    uint32_t rgb;
    float alpha;
};

/* What a mark means, in drawing order within a panel. */
enum tp_mark_kind {
    TP_MARK_BAND,   /* a span of time: congestion state, lost events */
    TP_MARK_GRID,   /* hairlines of the ticks, the bottom axis */
    TP_MARK_AREA,   /* filled below or between curves */
    TP_MARK_CURVE,  /* a quantity over time */
    TP_MARK_SIGN,   /* shapes on a curve, by which it is told from others without colours */
    TP_MARK_BAR,    /* a count per bin */
    TP_MARK_RASTER, /* one tick for each pixel column in which something happened */
    TP_MARK_DOTS,   /* single measurements */
    TP_MARK_PACKET, /* packets of a time-sequence graph */
    TP_MARK_SPAN,   /* spans of a strip: what limited a sender */
    TP_MARK_HEAT,   /* one colour step of a heat strip */
    TP_MARK_LEADER, /* from the end of a curve to its label */
    TP_MARK_KEY     /* sample patches in the page's footer */
};

enum tp_shape {
    TP_SHAPE_LINE,    /* connected points */
    TP_SHAPE_POLYGON, /* filled; NaN separates polygons */
    TP_SHAPE_BOXES    /* filled rectangles: points come in pairs, left top and right bottom */
};

struct tp_mark {
    enum tp_mark_kind kind;
    enum tp_shape shape;
    int panel;        /* index in picture->panels; -1: the page itself */
    int name;         /* whose it is: index in picture->names; -1: nobody's */
    const char *what; /* static: "snd_cwnd", "Recovery", "lost", "acked", ... */
    struct tp_ink ink;
    float width_px;   /* of a line */
    float dash_px[4]; /* drawn, left out, drawn, left out; 0 0 0 0 is a solid line */
    bool crisp;       /* horizontal or vertical hairline: snap to device pixels */
    struct tp_point *points;
    size_t count;
};

enum tp_anchor { TP_ANCHOR_LEFT, TP_ANCHOR_CENTER, TP_ANCHOR_RIGHT };

struct tp_caption {
    char *text;        /* valid UTF-8 without control characters */
    double x_px, y_px; /* the anchor on the baseline */
    double size_px;
    uint32_t rgb;
    enum tp_anchor anchor;
    bool bold;
    bool follows; /* starts x_px behind the end of the caption before it */
    bool turned;  /* reads upwards: its baseline is vertical, at x_px, and anchored at y_px */
};

#define TP_TICKS_MAX 64

struct tp_tick {
    double value;  /* in the quantity's own unit */
    double at_px;  /* x or y */
    char text[24]; /* "" for a line without a number */
};

struct tp_axis {
    double low, high; /* at left/bottom and right/top; low < high, both finite */
    bool log;
    double divisor; /* the numbers at the ticks are values / divisor */
    bool cut;       /* it was chosen: there may be values beyond it, which are not drawn */
    unsigned count;
    struct tp_tick ticks[TP_TICKS_MAX];
};

struct tp_panel {
    const char *name; /* static: "cwnd", "rtt", ...; "overview" */
    double left_px, top_px, right_px, bottom_px;
    struct tp_axis x; /* seconds; of a distribution the quantity */
    struct tp_axis y;
    const char *x_unit, *y_unit; /* static: "s", "ticks", "B", "segments", "bit/s", "1"; y_unit is
                                    NULL where it has rows and no values */
};

struct tp_picture {
    double width_px, height_px;
    double px_pt; /* how many points (1/72 inch) a page pixel is in print; 0: 3/4, that of CSS */
    bool paper;   /* for print: a PNG of it has 600 dots an inch unless asked otherwise */
    char *font;   /* family to be used before the usual ones; NULL: those */
    uint32_t background;
    struct tp_panel *panels;
    size_t panel_count;
    struct tp_mark *marks; /* in drawing order */
    size_t mark_count;
    struct tp_caption *captions; /* drawn last */
    size_t caption_count;
    char **names; /* of flows, and of groups of them */
    size_t name_count;
};

/* Where the records of a timeline came from: for the footer and the names of flows. */
struct tp_picture_source {
    const char *name; /* any bytes; what is not UTF-8 is shown as U+FFFD */
    uint32_t timeline;
    bool has_wall_offset;
    int64_t wall_offset_ns; /* see struct tp_input_info */
    const char *aligned;    /* likewise; may be NULL */
    const char *label;      /* what its flows are called in the picture; NULL: as the file */
    bool has_time;          /* something was recorded, from first_ns to last_ns of the timeline */
    int64_t first_ns, last_ns;
    uint32_t part; /* of a recording of several, from 1; 0: unknown */
    /* Only this part of the recording is shown. */
    bool windowed;
    int64_t from_ns, until_ns;
    int64_t zero_ns; /* what the picture of the whole counts from; INT64_MIN: the flows' begin */
    bool cut;        /* what was before from_ns was not even read: windowed or not, the picture begins
                        there */
};

/* What flows have in common on the time axis. A recording is what was recorded at one time with one
 * clock, with all of its parts. */
enum tp_align {
    TP_ALIGN_AUTO,  /* START, or CLOCK where a part is shown or raw_time or wall_time is asked for */
    TP_ALIGN_CLOCK, /* those that share a clock keep their distances */
    TP_ALIGN_START, /* each recording from the beginning of its first flow */
    TP_ALIGN_FLOW,  /* each flow from its own beginning */
    TP_ALIGN_LOSS   /* each flow by the beginning of its first loss episode, at 0 */
};

/* How the value axis of a panel is to be. */
enum tp_axis_unit { TP_AXIS_UNIT_AUTO, TP_AXIS_UNIT_BYTES, TP_AXIS_UNIT_SEGMENTS };

struct tp_axis_options {
    const char *quantity; /* a panel, or the metric that it is about: "snd_cwnd" */
    bool has_range;
    double low, high; /* bytes or segments, seconds, bit/s */
    bool log;
    enum tp_axis_unit unit; /* of the congestion window only */
    const char *title;      /* instead of quantity and unit; NULL: these */
};

#define TP_PAPER_MIN_MM 40 /* narrowest page of style "paper" */
#define TP_FONT_NAME_MAX 60 /* bytes of a font's name */
#define TP_FONT_MIN_PT  4
#define TP_FONT_MAX_PT  24

/* What a picture is. */
enum tp_picture_kind {
    TP_PICTURE_AUTO,    /* TIME of up to TP_PLOT_COMPARED flows, else OVERVIEW */
    TP_PICTURE_TIME,    /* quantities over time */
    TP_PICTURE_CDF,     /* which share of the time they were at most so large */
    TP_PICTURE_OVERVIEW /* a row for each flow */
};

struct tp_picture_options {
    const struct tp_flow *const *flows; /* what to draw, best first */
    size_t count;
    size_t more;        /* flows that the picture leaves out; it says how many */
    const char *title;  /* NULL: made from the flows */
    const char *panels; /* "cwnd,rtt"; NULL: the default ones that have something to show */
    enum tp_picture_kind kind;
    /* Of TIME and CDF: the flows of a label are runs of one thing: thin lines, with their median and
     * the band of their middle half. Without labels all flows are. */
    bool aggregate;
    const char *theme;  /* "light", "dark", "print" or "grey"; NULL: light, or print on paper */
    /* "screen" (also NULL), or "paper": for a column of text. No title, statistics and footer, axis
     * titles, a legend instead of labels, and lines that are told apart without colours. */
    const char *style;
    unsigned width_px, height_px; /* 0: 1240, and as high as the panels need */
    double width_mm, height_mm;   /* instead of them; 0: 88 on paper, and as high as it needs */
    const char *font; /* family of the letters; NULL: the first of some that is installed */
    double font_pt;   /* size of all letters on paper; 0: 8 */
    const struct tp_axis_options *axes;
    size_t axis_count;
    bool raw_time; /* the recording's clock instead of time since the first flow began */
    bool wall_time; /* times of the day, of UTC; TP_ERR_USAGE where no source tells them */
    enum tp_align align;
    const struct tp_picture_source *sources;
    size_t source_count;
};

#define TP_PICTURE_WIDTH_MIN  480
#define TP_PICTURE_HEIGHT_MIN 240
#define TP_PICTURE_SIDE_MAX   8000

/* What can be wrong with title, panels, theme and size, before there is anything to draw: 0, or
 * what tp_picture_build() would say. */
int tp_picture_check(const struct tp_picture_options *options, struct tp_error *error);

/* What those panels look at, for struct tp_analysis_options: what is not kept saves time and memory.
 * detail: only a part of the recording will be shown. */
struct tp_picture_needs {
    uint64_t metrics; /* series_metrics */
    size_t marks;     /* marks */
};
/* TP_METRIC_BIT()s of the metrics whose figures a picture asks for: the others may go into struct
 * tp_analysis_options.without. */
uint64_t tp_picture_asks(void);
struct tp_picture_needs tp_picture_needs(const char *panels, bool detail);

/* Lays the picture out. NULL on error: no flow, unknown panel or theme (TP_ERR_USAGE), a page
 * that is too small or too large (TP_ERR_LIMIT), no memory. The picture needs neither analysis nor
 * options afterwards; tp_picture_free() it. */
struct tp_picture *tp_picture_build(const struct tp_analysis *analysis,
                                  const struct tp_picture_options *options, struct tp_error *error);

void tp_picture_free(struct tp_picture *picture); /* NULL is fine */

/* A number that is drawn, and of a box the other end of it. */
struct tp_plotted {
    const char *panel, *shape, *what; /* "rate", "curve", "acknowledged" */
    const char *name;                 /* of the flow or the group; NULL: nobody's */
    size_t piece; /* of a curve that is interrupted, of several boxes; from 0 */
    const char *x_unit, *y_unit;      /* see struct tp_panel */
    bool is_box;  /* x, y is its left lower corner, x_end, y_end the right upper one */
    double x, y, x_end, y_end;
};

typedef void tp_plotted_row(void *context, const struct tp_plotted *plotted);

/* Calls row for each number that the picture draws, in the order in which it does: with all that was
 * binned, taken together or left out on the way to the page. */
void tp_picture_plotted(const struct tp_picture *picture, tp_plotted_row *row, void *context);

/* A comparison of runs (compare.h) as one picture of one role: a strip of its runs for each metric
 * that decides; window, smoothed RTT and rate over time and as distributions; throughput against
 * RTT. role NULL: the one that made the verdict. Of the options title and theme count. NULL on
 * error: no such role or theme (TP_ERR_USAGE), more than TP_RUNS_MAX runs (TP_ERR_LIMIT), no memory.
 * The picture needs neither comparison nor runs afterwards. */
struct tp_comparison;
struct tp_picture *tp_comparison_picture(const struct tp_comparison *comparison, const char *role,
                                         const struct tp_picture_options *options,
                                         struct tp_error *error);

/* A panel, for help. */
struct tp_panel_info {
    const char *name; /* static, as is help */
    const char *help;
    bool by_default;
};

/* The panels that there are, in the order of a page: false when index is beyond the last one. */
bool tp_panel_list(size_t index, struct tp_panel_info *info);

/* --- on paper ------------------------------------------------------------------------------- */

struct tp_render_options {
    const char *format; /* "png", "svg", "pdf" or "eps"; NULL: as the path ends, PNG where it has no
                           end */
    double scale; /* pixels for each 1/96 inch, points of PDF and EPS for 4/3 of them; 0: 2 for PNG
                     (6.25 of a picture for paper), 1 for SVG, 3/4 for PDF and EPS, which is what
                     they are in print */
    bool outline; /* of SVG: letters as shapes, which look the same everywhere, not as text */
};

/* Draws the picture into the file `path` ("-": standard output). The file appears whole or not at
 * all: it is drawn in memory by a child process, checked, written beside its place and renamed. The
 * same picture gives the same bytes. Errors: TP_ERR_USAGE (no such format or font, outline of another than
 * SVG), TP_ERR_UNSUPPORTED where the drawing library lacks the driver (SVG has two, one of them is
 * always there) or is not there itself, TP_ERR_IO, TP_ERR_LIMIT (too many pixels).
 *
 * What draws is a file of its own, draw.so, which only the child process loads: everything else
 * needs neither PLplot nor cairo. It is looked for beside the program or the shared library, in
 * lib/tcpprobe of where these are installed, of /usr/local and of /usr. */
int tp_picture_render(const struct tp_picture *picture, const char *path,
                     const struct tp_render_options *options, struct tp_error *error);

/* What is wrong with path and options before there is anything to draw: 0, or what
 * tp_picture_render() would say. options may be NULL. */
int tp_render_check(const char *path, const struct tp_render_options *options,
                    struct tp_error *error);

/* The format that a render would use; NULL if there is none of that name or end. */
const char *tp_render_format(const char *path, const char *format);

#ifdef __cplusplus
}
#endif

#endif
