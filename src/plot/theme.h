/* theme.h: the colours of a page. Series colours are Okabe and Ito's, which the colour-blind can
 * tell apart; in the dark theme the deepest of them are lightened. */
#ifndef TCPPROBE_PLOT_THEME_H
#define TCPPROBE_PLOT_THEME_H

#include <stddef.h>
#include <stdint.h>

/* As a sentence has them. */
#define TP_THEME_NAMES "light, dark, print or grey"

#define TP_THEME_SERIES 8
#define TP_THEME_RAMP   9
#define TP_THEME_LIMITS 8

struct tp_theme {
    const char *name;
    uint32_t background, text, text_mid, text_dim, grid, axis;
    uint32_t cwnd, ssthresh, inflight, rtt, rate, arrivals, retransmit, peer_window, own_window;
    float area_alpha; /* of filled curves */
    /* packets, as tcptrace colours them as far as a white page allows; pipe: of the in-flight panel
     */
    uint32_t data, ack, sack, edge, timeout, tail_probe, reordered, copy, probe, spurious, ecn,
        pipe;
    uint32_t limits[TP_THEME_LIMITS]; /* by enum tp_limit */
    uint32_t recovery, loss, cwr, gap;
    float recovery_alpha, loss_alpha, cwr_alpha, gap_alpha;
    uint32_t series[TP_THEME_SERIES]; /* one for each flow that is compared */
    float stack_alpha;
    uint32_t ramp[TP_THEME_RAMP]; /* heat: little to much */
};

/* NULL name: the default; NULL if there is none of that name. */
const struct tp_theme *tp_theme_find(const char *name);

/* Colour of a share 0..1 of the ramp. */
uint32_t tp_theme_heat(const struct tp_theme *theme, double share);

#endif
