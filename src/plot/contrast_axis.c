/* contrast_axis.c: units, axes and ranges of a comparison's panels. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/contrast.h"
#include "plot/scale.h"

#define WIDE_NUMBER 1e5 /* from here on it would lie over the panel beside */
#define TICK_BYTES  7   /* of a longer number two digits are written */

struct contrast_unit contrast_unit(const char *unit)
{
    static const struct {
        const char *from;
        struct contrast_unit to;
    } table[] = {{"Mbit/s", {"bit/s", 1e6, true}},
                 {"ms", {"s", 1e-3, true}},
                 {"s", {"s", 1, true}},
                 {"bytes", {"B", 1, true}}};
    size_t i;

    for (i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].from, unit) == 0)
            return table[i].to;
    return (struct contrast_unit){unit, 1, false};
}

void contrast_axis(struct tp_axis *axis, const struct contrast_unit *unit, double low, double high,
                   double low_px, double high_px, unsigned want)
{
    unsigned i;

    if (unit->prefix || fmax(fabs(low), fabs(high)) >= WIDE_NUMBER)
        tp_axis_linear(axis, low, high, low_px, high_px, want);
    else
        tp_axis_plain(axis, low, high, low_px, high_px, want);
    for (i = 0; i < axis->count; i++)
        if (strlen(axis->ticks[i].text) > TICK_BYTES)
            snprintf(axis->ticks[i].text, sizeof axis->ticks[i].text, "%.2g",
                     axis->ticks[i].value / axis->divisor);
}

void contrast_unit_text(const struct contrast_unit *unit, const struct tp_axis *axis, char *buf,
                        size_t size)
{
    snprintf(buf, size, "%s%s", tp_si_for(axis->divisor).prefix, unit->name);
}

void contrast_range_add(struct contrast_range *range, double value)
{
    if (!isfinite(value))
        return;
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

void contrast_range_band(struct contrast_range *range, double middle, double half)
{
    contrast_range_add(range, middle < half ? 0 : middle - half);
    contrast_range_add(range, middle + half);
}

void contrast_range_pad(struct contrast_range *range)
{
    double air;

    if (range->low > range->high) {
        range->low = 0;
        range->high = 1;
        return;
    }
    air = range->high > range->low ? (range->high - range->low) * 0.1
                                   : fmax(fabs(range->low) * 0.1, 1e-9);
    /* nothing that is measured is below zero */
    range->low = range->low >= 0 ? fmax(range->low - air, 0) : range->low - air;
    range->high += air;
}

double contrast_x(const struct tp_panel *panel, double value)
{
    return tp_axis_px(&panel->x, panel->left_px, panel->right_px, value);
}

double contrast_y(const struct tp_panel *panel, double value)
{
    return tp_axis_px(&panel->y, panel->bottom_px, panel->top_px, value);
}
