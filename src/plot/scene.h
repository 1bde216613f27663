/* scene.h: what one picture is about: its flows, their time, their names, and the page it is on. */
#ifndef TCPPROBE_PLOT_SCENE_H
#define TCPPROBE_PLOT_SCENE_H

#include <tcpprobe/figure.h>

#include "plot/curve.h"
#include "plot/legend.h"
#include "plot/sketch.h"

#define TP_NAME_SIZE  96
#define TP_PANELS_MAX 16
#define TP_ROUTE_SIZE 128

struct tp_scene_flow {
    const struct tp_analysis *analysis;
    const struct tp_flow *flow;
    unsigned bulk;                  /* end that sends the bulk of the data */
    const struct tp_side *sender;   /* of the bulk of the data; NULL: its socket was not traced */
    const struct tp_side *receiver; /* the other end; NULL likewise */
    const struct tp_wire *wire;     /* packets of the bulk sender; NULL: none were captured */
    const struct tp_spans *gaps;
    const struct tp_picture_source *source; /* the first of its recording's; NULL: unknown */
    size_t recording;  /* the same for flows of one recording (see scene_time.c) */
    int64_t zero_ns;   /* recording time at which the axis has 0 */
    int64_t origin_ns; /* ... at the left edge of the page: later where a part is shown */
    int64_t span_ns;   /* the scene's, and whether that is a part only */
    bool windowed;
    uint32_t rgb;
    size_t look; /* the number of its colour, and of its look where that is not enough */
    char name[TP_NAME_SIZE];   /* what tells it from the others: ":59126", "run-3" */
    char route[TP_ROUTE_SIZE]; /* "10.9.0.1:59126 → 10.9.0.2:5201" */
};

struct tp_scene {
    const struct tp_analysis *analysis;
    const struct tp_picture_options *options;
    const struct tp_theme *theme;
    const struct tp_style *style; /* of pictures of flows; never of a comparison of runs */
    double px_pt;
    struct tp_legend legend;             /* of a picture for paper, until it is drawn */
    size_t legend_rows[TP_PANELS_MAX];   /* that there is room for above each panel */
    size_t legend_wanted[TP_PANELS_MAX]; /* that each would take */
    struct tp_sketch sketch;
    struct tp_scene_flow *flows;
    size_t count;
    size_t groups;        /* of flows that look the same; aggregated ones are taken together */
    bool by_source;       /* flows are named by the recordings they are from, one each */
    enum tp_align align;  /* never TP_ALIGN_AUTO */
    bool apart;           /* times of its flows cannot be compared: they have places of their own */
    bool windowed;        /* only a part of what the flows did is shown */
    bool ticks;           /* times are ticks of a counter: nothing is said in seconds */
    bool packets;         /* of some flow packets were captured */
    bool has_cwnd_panel;  /* the window is on the page already */
    double notable_share; /* of what was sent again: from here on it stands out */
    int64_t span_ns;      /* from the left edge to the right, at least 1 */
    int64_t bin_ns;       /* of rates and counts */
    double left_s;        /* time at the left edge */
    int64_t left_wall_ns; /* the same since 1970, where wall_time is asked for */
    double width_px, height_px;
};

/* Is it made up for paper? */
static inline bool tp_scene_is_paper(const struct tp_scene *scene)
{
    return scene->style && scene->style->paper;
}

/* The look of a flow that is compared; NULL where colours are enough. */
static inline const struct tp_look *tp_scene_look(const struct tp_scene *scene,
                                                  const struct tp_scene_flow *flow)
{
    return tp_scene_is_paper(scene) && scene->count > 1 ? tp_look(flow->look) : NULL;
}

/* Marks are of that flow, or of the group that this is the first of, from here on; of nobody. */
static inline void tp_scene_speak(struct tp_scene *scene, size_t flow)
{
    scene->sketch.name = (int)flow;
}

static inline void tp_scene_speak_of(struct tp_scene *scene, const struct tp_scene_flow *first)
{
    scene->sketch.name = (int)(scene->count + first->look);
}

static inline void tp_scene_hush(struct tp_scene *scene)
{
    scene->sketch.name = -1;
}

const struct tp_scene_flow *tp_scene_first_of(const struct tp_scene *scene, size_t group);
/* What the group is called: "CUBIC", "CUBIC (median of 5)", or the flow that it is. */
void tp_scene_group_name(const struct tp_scene *scene, size_t group, char *buf, size_t size);

/* What the caller asks of the axis of a panel that is about that metric; NULL: nothing. */
const struct tp_axis_options *tp_scene_axis(const struct tp_scene *scene, const char *panel);

/* Page margins and type sizes shared by all figures. */
#define TP_PAGE_WIDTH  1240
#define TP_MARGIN_LEFT 64
#define TP_GUTTER_MAX  182 /* room for labels at the ends of curves */
#define TP_GUTTER_MIN  128
#define TP_TITLE_PX    20
#define TP_SUBTITLE_PX 13
#define TP_LABEL_PX    12.5
#define TP_TICK_PX     12
#define TP_SMALL_PX    11

int tp_scene_init(struct tp_scene *scene, const struct tp_analysis *analysis,
                  const struct tp_picture_options *options, struct tp_error *error);
/* Throws away what was drawn. */
void tp_scene_clear(struct tp_scene *scene);
void tp_scene_release(struct tp_scene *scene);

/* Recording time so long after the left edge; the last there is where it would be later. */
int64_t tp_scene_clock(const struct tp_scene_flow *flow, int64_t since_origin_ns);
/* Gives the flows their places on the time axis, and finds which recordings they are of. */
int tp_scene_place(struct tp_scene *scene, struct tp_error *error);
/* How: "each recording from its own start"; NULL where all keep their distances. */
/* What tells wall-clock time on the timeline of the first flow; NULL: nothing. */
const struct tp_picture_source *tp_scene_clock_source(const struct tp_scene *scene);

const char *tp_scene_alignment(const struct tp_scene *scene);

/* A metric of one end as a track of this flow. */
struct tp_track tp_scene_track(const struct tp_scene_flow *flow, unsigned end,
                               enum tp_metric_id metric, double factor);
/* The samples behind it; NULL if there is none. */
const struct tp_series *tp_scene_series(const struct tp_scene_flow *flow, unsigned end,
                                        enum tp_metric_id metric);

/* Bytes over time as far as known: acknowledged, else received, else sent for the first time. NULL
 * if nothing is. */
const struct tp_series *tp_scene_bytes(const struct tp_scene_flow *flow, const char **what);
/* Payload that reached the receiver, where both ends were traced: unlike acknowledged bytes it does
 * not stall at a hole and jump when that is filled, but it counts what came twice. */
const struct tp_series *tp_scene_arrivals(const struct tp_scene_flow *flow);
/* Sum of a series of amounts (may be NULL) within what is shown. */
double tp_scene_sum(const struct tp_scene_flow *flow, const struct tp_series *series);
/* All bytes of tp_scene_bytes(); exact, unless only a part is shown. */
double tp_scene_total(const struct tp_scene_flow *flow);
/* May they be more, because the end of the connection was not seen? */
bool tp_scene_open_ended(const struct tp_scene_flow *flow);
/* " until close", as acked_from says it, or "". */
const char *tp_scene_until(const struct tp_scene_flow *flow);
/* "8.674 MB", with a + behind it where all of them may be more. */
void tp_scene_total_text(const struct tp_scene_flow *flow, char *buf, size_t size);
/* Their goodput, or their mean rate over the part that is shown. */
bool tp_scene_mean_rate(const struct tp_scene_flow *flow, double *bits_per_second);
/* A figure of the flow's bulk sender as a number, and whose it is (from may be NULL); false if
 * nothing is known. */
bool tp_scene_figure(const struct tp_scene_flow *flow, enum tp_figure_id figure, unsigned *from,
                     double *number);

/* What was sent again, in what is shown: segments where packets were captured, else skbs. */
struct tp_resent {
    bool known;   /* else nothing was recorded that would tell */
    bool packets; /* count is of segments */
    bool has_share;
    const char *unit; /* "segment" or "skb" */
    uint64_t count;
    double share; /* TP_FIGURE_retransmit_share */
};

/* Its series; NULL if it is unknown or none. */
const struct tp_series *tp_scene_resent(const struct tp_scene *scene,
                                        const struct tp_scene_flow *flow, struct tp_resent *resent);

/* The time axis of the scene on a panel. */
void tp_scene_time_axis(const struct tp_scene *scene, struct tp_panel *panel);
/* The width of its bins: "50 ms", "2k ticks". */
void tp_scene_bin_text(const struct tp_scene *scene, char *buf, size_t size);

/* Fills bins with rates in bit/s of a series of bytes (may be NULL), NAN where lost events hide
 * them or the end was not seen, or with the counts of a flow's retransmissions; false if memory
 * ends (the sketch knows). */
bool tp_scene_rates(struct tp_scene *scene, const struct tp_scene_flow *flow,
                    const struct tp_series *bytes, struct tp_bins *bins);
bool tp_scene_retransmits(struct tp_scene *scene, const struct tp_scene_flow *flow,
                          struct tp_bins *bins);

#endif
