/* picture.h: the kinds of page; picture.c chooses among them. */
#ifndef TCPPROBE_PLOT_PICTURE_H
#define TCPPROBE_PLOT_PICTURE_H

#include "plot/frame.h"

/* Panels one below the other: one flow or several. Errors: unknown panel, page too small. */
int tp_picture_panels(struct tp_scene *scene, struct tp_error *error);
/* A row for each flow. */
int tp_picture_overview(struct tp_scene *scene, struct tp_error *error);

/* Shares of time. */
int tp_picture_cdf(struct tp_scene *scene, struct tp_error *error);

/* How long the picture is, or which part it shows. */
void tp_facts_span(const struct tp_scene *scene, struct tp_facts *facts);
void tp_facts_together(const struct tp_scene *scene, struct tp_facts *facts); /* their bytes */
/* What the header says: of one flow (or of the part of it that is shown), of several. */
void tp_facts_of_one(const struct tp_scene *scene, struct tp_facts *facts);
void tp_facts_of_many(const struct tp_scene *scene, struct tp_facts *facts);
/* "4 flows → 10.9.0.2:5201" where all have that end in common. */
void tp_title_of_many(const struct tp_scene *scene, char *buf, size_t size);

#endif
