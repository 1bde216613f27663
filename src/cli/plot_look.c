/* plot_look.c: options of a picture's look, for plot and whoever else lays one out. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plot_look.h"

enum {
    KEY_RAW = 0x5000,
    KEY_SIZE,
    KEY_THEME,
    KEY_TITLE,
    KEY_ALIGN,
    KEY_LABEL,
    KEY_STYLE,
    KEY_FONT,
    KEY_UNIT,
    KEY_RANGE,
    KEY_LOG,
    KEY_Y_TITLE,
    KEY_KIND,
    KEY_SSH,
    KEY_ZOOM,
    KEY_AGGREGATE
};

#define GROUP 4

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Which flows:", GROUP - 1},
    {"top", 'n', "N", 0, "the N flows with the most bytes", GROUP - 1},
    {"ssh", KEY_SSH, NULL, 0, "do not leave out the flows of port 22", GROUP - 1},
    {"zoom", KEY_ZOOM, "PART", 0,
     "show one flow around its first loss episode (loss), its third (loss:3), or from one time of "
     "the whole picture to another (1.2s..1.8s)",
     GROUP - 1},
    {0, 0, 0, 0, "Look:", GROUP},
    {"panels", 'p', "LIST", 0,
     "of panels, with commas, see below; 'help' lists them and reads nothing", GROUP},
    {"kind", KEY_KIND, "KIND", 0,
     "time (default of up to 8 flows): quantities over time; cdf: which share of the time they "
     "were "
     "at most so large (panels cwnd, rtt, rate); tsg: the time-sequence graph; overview (default "
     "of "
     "more): a row for each flow",
     GROUP},
    {"aggregate", KEY_AGGREGATE, NULL, 0,
     "the flows of each label, or all, are runs of one thing: thin lines with their median and the "
     "band of their middle half",
     GROUP},
    {"align", KEY_ALIGN, "HOW", 0,
     "what flows have in common on the time axis: their clock, the start of each recording "
     "(default "
     "for recordings that were made one after the other), of each flow, or its first loss (clock, "
     "start, flow, loss)",
     GROUP},
    {"label", KEY_LABEL, "NAME=FILE", 0,
     "call the flows of FILE so, and draw those of one NAME in one colour; FILE may be a pattern",
     GROUP},
    {"raw-time", KEY_RAW, NULL, 0, "the same as --time=recording", GROUP},
    {"style", KEY_STYLE, "STYLE", 0,
     "screen, or paper for a column of text: no title, statistics and footer, titles of axes, a "
     "legend, and lines that are told apart without colours",
     GROUP},
    {"size", KEY_SIZE, "WxH", 0,
     "the page in pixels, mm or in (1240x800, 88mm, 3.5x2.5in), or only W (default: 1240, on paper "
     "88mm, and as high as needed)",
     GROUP},
    {"font", KEY_FONT, "NAME,PT", 0,
     "letters of that family and, on paper, of that size in points (default: 8); one of them may "
     "be left out",
     GROUP},
    {"unit", KEY_UNIT, "QUANTITY=UNIT", 0,
     "snd_cwnd=segs or snd_cwnd=bytes (default, where the MSS is known)", GROUP},
    {"range", KEY_RANGE, "QUANTITY=LOW:HIGH", 0,
     "ends of a value axis: snd_cwnd=0:200k, srtt=20ms:60ms, rate=0:20M; what is beyond them is "
     "cut off",
     GROUP},
    {"log", KEY_LOG, "QUANTITY", 0, "a logarithmic value axis; several with commas", GROUP},
    {"y-title", KEY_Y_TITLE, "QUANTITY=TEXT", 0,
     "what a value axis is called, instead of quantity and unit", GROUP},
    {"theme", KEY_THEME, "THEME", 0, "light, dark, print (default on paper) or grey", GROUP},
    {"title", KEY_TITLE, "TEXT", 0, "instead of the flow's ends", GROUP},
    {0},
};

/* --- sizes ------------------------------------------------------------------------------------ */

/* "88mm", "88x60mm", "88mmx60mm", "3.5in": false if it is nothing like that. */
static bool parse_lengths(const char *text, double *width_mm, double *height_mm)
{
    static const struct {
        const char *name;
        double mm;
    } units[] = {{"mm", 1}, {"cm", 10}, {"in", 25.4}, {"pt", 25.4 / 72}};
    double numbers[2] = {0, 0};
    size_t length, i, count = 0, unit = 0;
    bool known = false;
    char *end;

    for (; count < 2 && text[0] >= '0' && text[0] <= '9'; text = end + (*end == 'x')) {
        numbers[count++] = strtod(text, &end);
        length = strcspn(end, "x");
        for (i = 0; i < sizeof units / sizeof *units; i++)
            if (length == 2 && memcmp(units[i].name, end, 2) == 0) {
                if (known && i != unit)
                    return false;
                known = true;
                unit = i;
                end += 2;
                break;
            }
        if (*end != 'x' || !end[1])
            break;
    }
    *width_mm = numbers[0] * units[unit].mm;
    *height_mm = numbers[1] * units[unit].mm;
    return known && count > 0 && !*end && isfinite(*width_mm + *height_mm) && *width_mm > 0 &&
           (count == 1 || *height_mm > 0);
}

static error_t parse_size(const char *text, struct tp_picture_options *picture)
{
    unsigned width, height = 0;
    int used = 0;

    if (text[0] >= '1' && text[0] <= '9' &&
        ((sscanf(text, "%5ux%5u%n", &width, &height, &used) == 2 && !text[used]) ||
         (sscanf(text, "%5u%n", &width, &used) == 1 && !text[used]))) {
        picture->width_px = width;
        picture->height_px = text[strcspn(text, "x")] ? height : 0;
        picture->width_mm = picture->height_mm = 0;
        return 0;
    }
    if (parse_lengths(text, &picture->width_mm, &picture->height_mm))
        return 0;
    return cli_bad_option("--size: '%s' is not a size such as 1240x800, 1240 or 88x60mm", text);
}

/* "Times,9", "Times", "9" */
static error_t parse_font(struct cli_plot *plot, const char *text)
{
    const char *comma = strrchr(text, ','), *number = comma ? comma + 1 : text;
    double points;
    char *end;

    points = strtod(number, &end);
    if (end == number || (*end && strcmp(end, "pt") != 0)) {
        if (comma)
            return cli_bad_option("--font: '%s' is not such as Times,9 or Times or 9", text);
        number = NULL;
    } else if (!(points >= TP_FONT_MIN_PT && points <= TP_FONT_MAX_PT)) {
        return cli_bad_option("--font: letters of %s points: there are %d to %d", number,
                              TP_FONT_MIN_PT, TP_FONT_MAX_PT);
    }
    if (number)
        plot->picture.font_pt = points;
    if (number == text)
        return 0;
    if (snprintf(plot->font, sizeof plot->font, "%.*s", comma ? (int)(comma - text) : 256, text) >=
        (int)sizeof plot->font)
        return cli_bad_option("--font: the name is longer than %d bytes", TP_FONT_NAME_MAX);
    plot->picture.font = plot->font;
    return 0;
}

/* --- options ---------------------------------------------------------------------------------- */

static error_t parse_align(const char *text, enum tp_align *align)
{
    static const char *const words[] = {[TP_ALIGN_CLOCK] = "clock",
                                        [TP_ALIGN_START] = "start",
                                        [TP_ALIGN_FLOW] = "flow",
                                        [TP_ALIGN_LOSS] = "loss"};

    for (*align = TP_ALIGN_CLOCK; *align <= TP_ALIGN_LOSS; ++*align)
        if (strcmp(text, words[*align]) == 0)
            return 0;
    return cli_bad_option("--align: '%s' is none of clock, start, flow, loss", text);
}

static error_t parse_top(const char *text, size_t *top)
{
    uint64_t count;
    error_t rc = cli_parse_count("--top", text, TP_PLOT_ROWS_MAX, &count);

    if (!rc && count == 0)
        rc = cli_bad_option("--top: at least one flow has to be drawn");
    if (!rc)
        *top = count;
    return rc;
}

static error_t parse_kind(struct cli_plot *plot, const char *text)
{
    static const struct {
        const char *word;
        enum tp_picture_kind kind;
        bool tsg;
    } kinds[] = {{"time", TP_PICTURE_TIME, false},
                 {"cdf", TP_PICTURE_CDF, false},
                 {"tsg", TP_PICTURE_TIME, true},
                 {"overview", TP_PICTURE_OVERVIEW, false}};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].word, text) == 0) {
            plot->picture.kind = kinds[i].kind;
            plot->tsg = kinds[i].tsg;
            return 0;
        }
    return cli_bad_option("--kind: '%s' is none of time, cdf, tsg, overview", text);
}

/* NULL: none of these. */
static const char *option_name(int key)
{
    for (size_t i = 0; i < sizeof option_table / sizeof *option_table; i++)
        if (option_table[i].name && option_table[i].key == key)
            return option_table[i].name;
    return NULL;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct cli_plot *plot = state->input;

    if (!plot->looks)
        plot->looks = option_name(key);
    switch (key) {
    case 'n':
        return parse_top(arg, &plot->selection.top);
    case KEY_SSH:
        plot->selection.ssh = true;
        return 0;
    case KEY_ZOOM:
        return cli_plot_parse_zoom(plot, arg);
    case 'p':
        plot->picture.panels = arg;
        plot->list_panels = strcmp(arg, "help") == 0;
        plot->input.may_be_none |= plot->list_panels;
        return 0;
    case KEY_RAW:
        plot->picture.raw_time = true;
        return 0;
    case KEY_ALIGN:
        return parse_align(arg, &plot->picture.align);
    case KEY_LABEL:
        return cli_plot_parse_label(plot, arg);
    case KEY_KIND:
        return parse_kind(plot, arg);
    case KEY_AGGREGATE:
        plot->picture.aggregate = true;
        return 0;
    case ARGP_KEY_END:
        if (plot->tsg && !plot->picture.panels)
            plot->picture.panels = "tsg";
        plot->picture.raw_time |= plot->time == CLI_TIME_RECORDING;
        plot->picture.wall_time = plot->time == CLI_TIME_WALL;
        return 0;
    case KEY_STYLE:
        plot->picture.style = arg;
        return 0;
    case KEY_SIZE:
        return parse_size(arg, &plot->picture);
    case KEY_FONT:
        return parse_font(plot, arg);
    case KEY_UNIT:
        return cli_plot_parse_unit(plot, arg);
    case KEY_RANGE:
        return cli_plot_parse_range(plot, arg);
    case KEY_LOG:
        return cli_plot_parse_log(plot, arg);
    case KEY_Y_TITLE:
        return cli_plot_parse_y_title(plot, arg);
    case KEY_THEME:
        plot->picture.theme = arg;
        return 0;
    case KEY_TITLE:
        plot->picture.title = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int cli_plot_list_panels(void)
{
    struct tp_panel_info info;

    for (size_t i = 0; tp_panel_list(i, &info); i++)
        printf("%-16s%s %s\n", info.name, info.by_default ? "*" : " ", info.help);
    return CLI_FINE;
}

const struct argp cli_plot_look_argp = {option_table, parse_option, NULL, NULL, NULL, NULL, NULL};
