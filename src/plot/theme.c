/* theme.c: light and dark. */
#include <math.h>
#include <string.h>

#include "plot/theme.h"

static const struct tp_theme themes[] = {
    {.name = "light",
     .background = 0xffffff,
     .text = 0x1f2328,
     .text_mid = 0x57606a,
     .text_dim = 0x818b96,
     .grid = 0xe7eaee,
     .axis = 0xafb8c1,
     .cwnd = 0x0072b2,
     .ssthresh = 0xd55e00,
     .inflight = 0x4a9fd0,
     .rtt = 0x00875f,
     .rate = 0x7a5195,
     .arrivals = 0xb07800,
     .retransmit = 0xc8102e,
     .peer_window = 0x0072b2,
     .own_window = 0xb07800,
     .area_alpha = 0.20F,
     .data = 0x2b3137,
     .ack = 0x00875f,
     .sack = 0x8250b5,
     .edge = 0xc98a00,
     .timeout = 0x8b1a89,
     .tail_probe = 0xa65200,
     .reordered = 0xd6338a,
     .copy = 0x0072b2,
     .probe = 0xe06c00,
     .spurious = 0x0e7c86,
     .ecn = 0xb07800,
     .pipe = 0x57606a,
     .limits = {0xd3d8de, 0x9aa3ad, 0x0072b2, 0xe69f00, 0x009e73, 0xc8102e, 0xa879c9, 0x56b4e9},
     .recovery = 0xe69f00,
     .loss = 0xc8102e,
     .cwr = 0x009e73,
     .gap = 0x57606a,
     .recovery_alpha = 0.28F,
     .loss_alpha = 0.18F,
     .cwr_alpha = 0.18F,
     .gap_alpha = 0.22F,
     .series = {0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0xd55e00, 0x56b4e9, 0x7a5195, 0x6b7280},
     .stack_alpha = 0.72F,
     .ramp = {0xf7fbff, 0xdeebf7, 0xc6dbef, 0x9ecae1, 0x6baed6, 0x4292c6, 0x2171b5, 0x08519c,
              0x08306b}},
    {.name = "dark",
     .background = 0x0d1117,
     .text = 0xe6edf3,
     .text_mid = 0x9da7b3,
     .text_dim = 0x7b8590,
     .grid = 0x21262d,
     .axis = 0x484f58,
     .cwnd = 0x56b4e9,
     .ssthresh = 0xf08a4b,
     .inflight = 0x9cd3f5,
     .rtt = 0x2ec492,
     .rate = 0xb39ddb,
     .arrivals = 0xe6b450,
     .retransmit = 0xff6b6b,
     .peer_window = 0x56b4e9,
     .own_window = 0xe6b450,
     .area_alpha = 0.22F,
     .data = 0xc9d1d9,
     .ack = 0x2ec492,
     .sack = 0xc39bf0,
     .edge = 0xe6b450,
     .timeout = 0xe580e3,
     .tail_probe = 0xf0a35b,
     .reordered = 0xff7ab8,
     .copy = 0x56b4e9,
     .probe = 0xff9a3c,
     .spurious = 0x4fd1d9,
     .ecn = 0xe6b450,
     .pipe = 0x9da7b3,
     .limits = {0x30363d, 0x6e7681, 0x2f81c4, 0xe69f00, 0x2ec492, 0xff6b6b, 0xc39bf0, 0x9cd3f5},
     .recovery = 0xe69f00,
     .loss = 0xff4d4d,
     .cwr = 0x2ec492,
     .gap = 0x9da7b3,
     .recovery_alpha = 0.32F,
     .loss_alpha = 0.30F,
     .cwr_alpha = 0.24F,
     .gap_alpha = 0.28F,
     .series = {0x56b4e9, 0xe69f00, 0x2ec492, 0xe091bf, 0xf08a4b, 0x9cd3f5, 0xb39ddb, 0x9da7b3},
     .stack_alpha = 0.75F,
     .ramp = {0x111822, 0x14263a, 0x163654, 0x184a72, 0x1e6091, 0x2e7cb0, 0x529ccc, 0x86bee2,
              0xcee6f7}}};

const struct tp_theme *tp_theme_find(const char *name)
{
    size_t i;

    if (!name)
        return &themes[0];
    for (i = 0; i < sizeof themes / sizeof *themes; i++)
        if (strcmp(themes[i].name, name) == 0)
            return &themes[i];
    return NULL;
}

uint32_t tp_theme_heat(const struct tp_theme *theme, double share)
{
    double at = fmin(fmax(share, 0), 1) * (TP_THEME_RAMP - 1);
    unsigned step = (unsigned)fmin(floor(at), TP_THEME_RAMP - 2), shift;
    uint32_t rgb = 0;
    double from, to;

    for (shift = 0; shift < 24; shift += 8) {
        from = theme->ramp[step] >> shift & 0xff;
        to = theme->ramp[step + 1] >> shift & 0xff;
        rgb |= (uint32_t)lround(from + (at - step) * (to - from)) << shift;
    }
    return rgb;
}
