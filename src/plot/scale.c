/* scale.c: ticks at 1, 2 and 5 times a power of ten (at minutes and hours where time is long), and
 * numbers as an engineer writes them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/scale.h"

#define HUGE_NUMBER  1e12 /* from here on digits before the point are too many to write out */
#define FAR          1e6  /* lengths of an axis beyond it */
#define TICK_S       1e-9 /* a tick of a clock that does not count seconds, as a value */
#define TICKS_PX     130  /* from one to the next on an axis of these */
#define COUNT(array) (sizeof(array) / sizeof *(array))

static double nice_step(double raw)
{
    double power = pow(10, floor(log10(raw))), rest = raw / power;

    return power * (rest < 1.5 ? 1 : rest < 3.5 ? 2 : rest < 7.5 ? 5 : 10);
}

double tp_nice_above(double value)
{
    double power = pow(10, floor(log10(value))), rest = value / power * (1 - 1e-9);

    return power * (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10);
}

struct tp_si tp_si_for(double value)
{
    static const struct tp_si table[] = {{1e18, "E"}, {1e15, "P"}, {1e12, "T"}, {1e9, "G"},
                                         {1e6, "M"},  {1e3, "k"},  {1, ""},     {1e-3, "m"},
                                         {1e-6, "µ"}, {1e-9, "n"}};
    static const struct tp_si one = {1, ""};
    size_t i;

    value = fabs(value);
    if (value == 0 || !isfinite(value))
        return one;
    for (i = 0; i + 1 < COUNT(table); i++)
        if (value >= table[i].divisor * 0.9995)
            break;
    return table[i];
}

static unsigned decimals_of(double step)
{
    unsigned decimals = 0;

    for (step = fabs(step); decimals < 12 && fabs(step - round(step)) > 1e-6 * step; decimals++)
        step *= 10;
    return decimals;
}

void tp_format_step(char *buf, size_t size, double value, double step)
{
    char digits[48];

    if (fabs(value) < fabs(step) * 1e-9)
        value = 0;
    if (fabs(value) < HUGE_NUMBER)
        snprintf(digits, sizeof digits, "%.*f", (int)decimals_of(step), value);
    else
        snprintf(digits, sizeof digits, "%.14g", value);
    if (digits[0] == '-')
        snprintf(buf, size, "\xe2\x88\x92%s", digits + 1);
    else
        snprintf(buf, size, "%s", digits);
}

/* Thousands of seconds stay seconds: nobody reads ks. */
static struct tp_si si_of_seconds(double seconds)
{
    static const struct tp_si one = {1, ""};

    return fabs(seconds) < 1 ? tp_si_for(seconds) : one;
}

void tp_format_seconds(char *buf, size_t size, double seconds)
{
    struct tp_si si = si_of_seconds(seconds);
    double shown = seconds / si.divisor, magnitude = fabs(shown);
    int decimals = magnitude == 0 || magnitude >= 99.95 ? 0 : magnitude < 9.995 ? 2 : 1;

    snprintf(buf, size, "%.*f %ss", decimals, shown, si.prefix);
}

void tp_format_width(char *buf, size_t size, double seconds)
{
    struct tp_si si = si_of_seconds(seconds);

    snprintf(buf, size, "%g %ss", seconds / si.divisor, si.prefix);
}

void tp_format_ticks(char *buf, size_t size, double ticks)
{
    struct tp_si si = tp_si_for(ticks);

    snprintf(buf, size, "%.4g%s ticks", ticks / si.divisor, si.prefix);
}

static double share_of(const struct tp_axis *axis, double value)
{
    if (axis->log)
        return value > 0 ? log(value / axis->low) / log(axis->high / axis->low) : -1;
    return (value - axis->low) / (axis->high - axis->low);
}

double tp_axis_px(const struct tp_axis *axis, double low_px, double high_px, double value)
{
    return low_px + (high_px - low_px) * fmin(fmax(share_of(axis, value), -1), 2);
}

double tp_axis_far_px(const struct tp_axis *axis, double low_px, double high_px, double value)
{
    return low_px + (high_px - low_px) * fmin(fmax(share_of(axis, value), -FAR), FAR);
}

void tp_axis_empty(struct tp_axis *axis, double low, double high)
{
    double least;

    if (!isfinite(low))
        low = 0;
    if (!isfinite(high))
        high = low + 1;
    least = fmax(fabs(low) * 1e-12, 1e-300);
    *axis = (struct tp_axis){.low = low, .high = high, .divisor = 1};
    if (!(high - low > least))
        axis->high = low + (low == 0 ? 1 : fmax(fabs(low) * 1e-9, 1e-9));
}

struct tp_tick *tp_axis_add(struct tp_axis *axis, double value, double low_px, double high_px)
{
    struct tp_tick *tick;

    if (axis->count >= TP_TICKS_MAX)
        return NULL;
    tick = &axis->ticks[axis->count++];
    *tick = (struct tp_tick){.value = value, .at_px = tp_axis_px(axis, low_px, high_px, value)};
    return tick;
}

/* The first multiple of step on the axis; false if steps vanish in the values' precision. */
static bool first_multiple(const struct tp_axis *axis, double step, double *first, unsigned *count)
{
    *first = ceil(axis->low / step - 1e-9) * step;
    if (!(step > 0) || *first + step == *first || (axis->high - *first) / step > TP_TICKS_MAX)
        return false;
    *count = axis->high < *first - step * 1e-9
                 ? 0
                 : (unsigned)floor((axis->high - *first) / step + 1e-9) + 1;
    return true;
}

static void add_steps(struct tp_axis *axis, double low_px, double high_px, unsigned want)
{
    double step = nice_step((axis->high - axis->low) / (want ? want : 1)), first;
    struct tp_tick *tick;
    unsigned i, count;

    if (!first_multiple(axis, step, &first, &count))
        return;
    for (i = 0; i < count && (tick = tp_axis_add(axis, first + i * step, low_px, high_px)); i++)
        tp_format_step(tick->text, sizeof tick->text, tick->value / axis->divisor,
                       step / axis->divisor);
}

void tp_axis_linear(struct tp_axis *axis, double low, double high, double low_px, double high_px,
                    unsigned want)
{
    tp_axis_empty(axis, low, high);
    axis->divisor = tp_si_for(fmax(fabs(axis->low), fabs(axis->high))).divisor;
    add_steps(axis, low_px, high_px, want);
}

void tp_axis_plain(struct tp_axis *axis, double low, double high, double low_px, double high_px,
                   unsigned want)
{
    tp_axis_empty(axis, low, high);
    add_steps(axis, low_px, high_px, want);
}

void tp_axis_log(struct tp_axis *axis, double low, double high, double low_px, double high_px)
{
    static const double within[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    double decades, value, room_px;
    struct tp_tick *tick;
    struct tp_si si;
    int power;
    size_t i;

    low = isfinite(low) && low > 1e-9 ? low : 1e-9;
    tp_axis_empty(axis, low, isfinite(high) && high > low * 2 ? high : low * 2);
    axis->log = true;
    decades = log10(axis->high / axis->low);
    room_px = fabs(high_px - low_px) / decades;
    for (power = (int)floor(log10(axis->low)); power <= (int)ceil(log10(axis->high)); power++)
        for (i = 0; i < (decades > 6 ? 1 : COUNT(within)); i++) {
            value = within[i] * pow(10, power);
            if (value < axis->low * (1 - 1e-9) || value > axis->high * (1 + 1e-9))
                continue;
            tick = tp_axis_add(axis, value, low_px, high_px);
            if (!tick)
                return;
            if (i != 0 && (room_px < 56 || (i != 1 && i != 4)))
                continue;
            si = tp_si_for(value);
            snprintf(tick->text, sizeof tick->text, "%g%s", value / si.divisor, si.prefix);
        }
}

void tp_axis_decades(struct tp_axis *axis, double low, double high, double low_px, double high_px)
{
    unsigned i;

    tp_axis_log(axis, low, high, low_px, high_px);
    axis->divisor = tp_si_for(axis->high).divisor;
    for (i = 0; i < axis->count; i++)
        if (axis->ticks[i].text[0])
            snprintf(axis->ticks[i].text, sizeof axis->ticks[i].text, "%g",
                     axis->ticks[i].value / axis->divisor);
}

/* --- time ----------------------------------------------------------------------------------- */

/* Units of a time axis: used where the whole axis is shorter than `below` seconds. */
static const struct {
    double below, divisor;
    const char *unit;
} time_units[] = {{2e-6, 1e-9, "ns"}, {2e-3, 1e-6, "µs"}, {2, 1e-3, "ms"}, {180, 1, "s"}};

static double long_time_step(double raw)
{
    static const double steps[] = {10,   15,   30,   60,    120,   300,   600,  900,
                                   1800, 3600, 7200, 10800, 21600, 43200, 86400};
    size_t i;

    for (i = 0; i < COUNT(steps); i++)
        if (steps[i] >= raw * 0.75)
            return steps[i];
    return ceil(raw / 86400) * 86400;
}

double tp_time_step(double seconds)
{
    return seconds < 7.5 ? nice_step(seconds) : long_time_step(seconds);
}

/* extent: of the axis, or how far from 0 it is: 9.1 s are not 9100 ms. */
static void format_time(char *buf, size_t size, double seconds, double step, double span,
                        double extent, bool clock)
{
    char digits[20];
    size_t unit = 0;
    long long whole;

    while (unit < COUNT(time_units) - 1 && extent >= time_units[unit].below)
        unit++;
    if (!clock && span >= time_units[COUNT(time_units) - 1].below && span < HUGE_NUMBER) {
        whole = llround(fabs(seconds));
        if (seconds < 0 && whole > 0 && size > 1) {
            *buf++ = '-';
            size--;
        }
        if (span < 7200)
            snprintf(buf, size, "%lld:%02lld", whole / 60, whole % 60);
        else
            snprintf(buf, size, "%lld:%02lld h", whole / 3600, whole / 60 % 60);
        return;
    }
    if (clock)
        unit = COUNT(time_units) - 1;
    tp_format_step(digits, sizeof digits, seconds / time_units[unit].divisor,
                   step / time_units[unit].divisor);
    snprintf(buf, size, "%s %s", digits, time_units[unit].unit);
}

void tp_axis_time(struct tp_axis *axis, double low, double high, double low_px, double high_px,
                  bool clock)
{
    double span, step, first, want;
    struct tp_tick *tick;
    unsigned i, count;

    tp_axis_empty(axis, low, high);
    span = axis->high - axis->low;
    want = fmax(1, fabs(high_px - low_px) / (clock ? 130 : 100));
    step = !clock && span >= time_units[COUNT(time_units) - 1].below ? long_time_step(span / want)
                                                                     : nice_step(span / want);
    if (!first_multiple(axis, step, &first, &count))
        return;
    for (i = 0; i < count && (tick = tp_axis_add(axis, first + i * step, low_px, high_px)); i++)
        format_time(tick->text, sizeof tick->text, tick->value, step, span,
                    fmax(span, fmax(fabs(axis->low), fabs(axis->high))), clock);
}

void tp_axis_moment(struct tp_axis *axis, double low, double high, double low_px)
{
    struct tp_tick *tick;

    tp_axis_empty(axis, low, high);
    tick = tp_axis_add(axis, axis->low, low_px, low_px);
    if (tick)
        snprintf(tick->text, sizeof tick->text, "%.9g s", low);
}

void tp_axis_ticks(struct tp_axis *axis, double low, double high, double low_px, double high_px)
{
    double step, first;
    struct tp_tick *tick;
    struct tp_si si;
    char digits[20];
    unsigned i, count;

    tp_axis_empty(axis, low, high);
    step = nice_step((axis->high - axis->low) / fmax(1, fabs(high_px - low_px) / TICKS_PX));
    step = fmax(step, TICK_S);
    si = tp_si_for(fmax(fabs(axis->low), fabs(axis->high)) / TICK_S);
    if (!first_multiple(axis, step, &first, &count))
        return;
    for (i = 0; i < count && (tick = tp_axis_add(axis, first + i * step, low_px, high_px)); i++) {
        tp_format_step(digits, sizeof digits, tick->value / TICK_S / si.divisor,
                       step / TICK_S / si.divisor);
        snprintf(tick->text, sizeof tick->text, "%.14s%s ticks", digits, si.prefix);
    }
}
