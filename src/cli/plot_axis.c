/* plot_axis.c: what the axes of a picture are asked to be: snd_cwnd=segs, srtt=0:200ms. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plot_look.h"

/* "NAME=rest": the axis of that name, from now on one of those that are chosen; NULL after a
 * message. */
static struct tp_axis_options *find_axis(struct cli_plot *plot, const char *option,
                                         const char *text, size_t length)
{
    struct tp_axis_options *axis = plot->axes;
    char *name;

    for (size_t i = 0; i < plot->picture.axis_count; i++, axis++)
        if (strlen(axis->quantity) == length && memcmp(axis->quantity, text, length) == 0)
            return axis;
    if (plot->picture.axis_count == CLI_AXES_MAX) {
        cli_bad_option("%s: at most %d axes", option, CLI_AXES_MAX);
        return NULL;
    }
    name = plot->axis_names[plot->picture.axis_count];
    if (length >= sizeof plot->axis_names[0]) {
        cli_bad_option("%s: '%s' is no quantity of a panel", option, text);
        return NULL;
    }
    memcpy(name, text, length);
    name[length] = '\0';
    *axis = (struct tp_axis_options){.quantity = name};
    plot->picture.axes = plot->axes;
    plot->picture.axis_count++;
    return axis;
}

/* What is behind "NAME="; NULL after a message. */
static const char *split(struct cli_plot *plot, const char *option, const char *example,
                         const char *text, struct tp_axis_options **axis)
{
    const char *equals = strchr(text, '=');

    if (!equals || equals == text || !equals[1]) {
        cli_bad_option("%s: '%s' is not such as %s", option, text, example);
        return NULL;
    }
    *axis = find_axis(plot, option, text, (size_t)(equals - text));
    return *axis ? equals + 1 : NULL;
}

error_t cli_plot_parse_unit(struct cli_plot *plot, const char *text)
{
    static const struct {
        const char *word;
        enum tp_axis_unit unit;
    } words[] = {{"segs", TP_AXIS_UNIT_SEGMENTS},
                 {"packets", TP_AXIS_UNIT_SEGMENTS},
                 {"bytes", TP_AXIS_UNIT_BYTES}};
    struct tp_axis_options *axis;
    const char *unit = split(plot, "--unit", "snd_cwnd=segs", text, &axis);

    if (!unit)
        return EDOM;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, unit) == 0) {
            axis->unit = words[i].unit;
            return 0;
        }
    return cli_bad_option("--unit: '%s' is neither segs nor bytes", unit);
}

/* "200", "1.5M", "50Mbit/s", "100ms": a number with a prefix, and whatever unit it is of. */
static bool parse_number(const char *text, size_t length, double *value)
{
    static const struct {
        char prefix;
        double factor;
    } prefixes[] = {{'k', 1e3}, {'M', 1e6}, {'G', 1e9}, {'m', 1e-3}, {'u', 1e-6}, {'n', 1e-9}};
    static const char *const units[] = {"", "B", "s", "bit/s", "segs"};
    char copy[40], *end;

    if (length == 0 || length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    *value = strtod(copy, &end);
    if (end == copy || !isfinite(*value))
        return false;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (*end == prefixes[i].prefix) {
            *value *= prefixes[i].factor;
            end++;
            break;
        }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(end, units[i]) == 0)
            return true;
    return false;
}

error_t cli_plot_parse_range(struct cli_plot *plot, const char *text)
{
    struct tp_axis_options *axis;
    const char *range = split(plot, "--range", "snd_cwnd=0:200k", text, &axis), *colon;

    if (!range)
        return EDOM;
    colon = strchr(range, ':');
    axis->has_range = colon && parse_number(range, (size_t)(colon - range), &axis->low) &&
                      parse_number(colon + 1, strlen(colon + 1), &axis->high);
    return axis->has_range
               ? 0
               : cli_bad_option("--range: '%s' is not a range such as 0:200k or 20ms:60ms", range);
}

error_t cli_plot_parse_log(struct cli_plot *plot, const char *text)
{
    struct tp_axis_options *axis;
    size_t length;

    for (;; text += length + 1) {
        length = strcspn(text, ",");
        if (length == 0)
            return cli_bad_option("--log: the name of a quantity is empty");
        axis = find_axis(plot, "--log", text, length);
        if (!axis)
            return EDOM;
        axis->log = true;
        if (!text[length])
            return 0;
    }
}

error_t cli_plot_parse_y_title(struct cli_plot *plot, const char *text)
{
    struct tp_axis_options *axis;
    const char *title = split(plot, "--y-title", "'srtt=RTT (ms)'", text, &axis);

    if (!title)
        return EDOM;
    axis->title = title;
    return 0;
}
