/* figures.h: what a row of figures is made of, for figures_kernel.h and figures_wire.h. */
#ifndef TCPPROBE_OUTPUT_FIGURES_H
#define TCPPROBE_OUTPUT_FIGURES_H

#include "output/sheet.h"

/* Where a figure is used: with --all always; DATA: also in the other formats without it; KERNEL,
 * PACKETS, MIXED: in the table of what was recorded. */
#define ALL     TP_FIGURE_ALL
#define DATA    (TP_FIGURE_DATA | TP_FIGURE_ALL)
#define KERNEL  (TP_FIGURE_TABLE | TP_FIGURE_ALL)
#define PACKETS (TP_FIGURE_TABLE_PACKETS | TP_FIGURE_ALL)
#define MIXED   (TP_FIGURE_TABLE_BOTH | TP_FIGURE_ALL)
#define TABLES  (KERNEL | PACKETS | MIXED)

/* A figure of a side, which is one of `twins` that follow each other and comes again after them:
 * P is the prefix of its name, N 0 for the bulk sender and 1 for its peer. */
#define SIDE_ROW(P, N, twins, section, name, group, heading, unit, show, use, get, what, detail,   \
                 help)                                                                             \
    {                                                                                              \
        {P name, group, heading, unit, help, TP_SHOW_##show, (N) ? 0 : (twins), N, section},       \
            (N) ? ALL : (use), get, N, what, detail                                                \
    }

#endif
