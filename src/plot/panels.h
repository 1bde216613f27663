/* panels.h: the panels that there are, in the order of a page. */
#ifndef TCPPROBE_PLOT_PANELS_H
#define TCPPROBE_PLOT_PANELS_H

#include "plot/panel.h"

extern const struct tp_panel_kind *const tp_panel_kinds[];
extern const size_t tp_panel_kind_count;

/* NULL with an error that lists the panels there are. */
const struct tp_panel_kind *tp_panel_find(const char *name, size_t length, struct tp_error *error);

/* As a sentence has them. */
#define TP_AXIS_QUANTITIES "snd_cwnd, wire_inflight, srtt, rate or snd_wnd"

/* The panel of that name, or about that metric, if its axis can be chosen; else NULL. */
const struct tp_panel_kind *tp_panel_of(const char *quantity);

#endif
