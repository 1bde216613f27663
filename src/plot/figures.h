/* figures.h: the kinds of page; figure.c chooses among them. */
#ifndef TP_PLOT_FIGURES_H
#define TP_PLOT_FIGURES_H

#include "plot/scene.h"

/* Panels one below the other: one flow or several. Errors: unknown panel, page too small. */
int tp_figure_panels(struct tp_scene *scene, struct tp_error *error);
/* A row for each flow. */
int tp_figure_overview(struct tp_scene *scene, struct tp_error *error);

#endif
