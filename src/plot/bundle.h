/* bundle.h: what several runs did, group by group: each run a thin line, the median of the group
 * and the band in which the middle half of its runs lies.
 *
 * A group is the flows of one label; without labels all flows are one. Where fewer than half of the
 * runs of a group say something it has neither median nor band: the few would pass for all.
 */
#ifndef TCPPROBE_PLOT_BUNDLE_H
#define TCPPROBE_PLOT_BUNDLE_H

#include "plot/scene.h"

#define TP_BUNDLE_PX 1.5 /* from point to point of an axis of time */

/* Values of all flows at the same points along an axis. */
struct tp_bundle {
    size_t points;
    double *values; /* flow i at point k: [i * points + k]; NAN where nothing is known */
};

/* Where a value at a share 0..1 of the points' axis lies. */
typedef struct tp_point tp_bundle_place(const struct tp_panel *panel, double share, double value);

/* All unknown. False if memory ends (the sketch knows). */
bool tp_bundle_init(struct tp_scene *scene, struct tp_bundle *bundle, size_t points);
double *tp_bundle_of(const struct tp_bundle *bundle, size_t flow);
/* The median of a group at a point; NAN where fewer than half of those that say anything at all do.
 */
double tp_bundle_median(const struct tp_scene *scene, const struct tp_bundle *bundle, size_t group,
                        size_t point);
void tp_bundle_draw(struct tp_scene *scene, const struct tp_panel *panel,
                    const struct tp_bundle *bundle, const char *what, tp_bundle_place *place);
void tp_bundle_release(struct tp_bundle *bundle);

/* A state over the time of the panel: at each point the mean of the samples since the one before
 * it, else what held, but not beyond the last sample, and not over a gap. */
void tp_bundle_sample(const struct tp_panel *panel, const struct tp_track *track, double *values,
                      size_t points);

#endif
