/* cmd_plot.c: tcpprobe plot. One pass over the logs, then one picture. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/plot.h>

#include "cli/plot_file.h"

#define SERIES_BINS 4096 /* four for each pixel column of the default page */
#define SCALE_MAX   16.0

struct options {
    struct cli_input input;
    struct cli_flow_choices flows;
    struct tp_plot_selection selection;
    struct tp_figure_options figure;
    struct tp_render_options render;
    const char *output, *directory;
    bool open;
};

enum { KEY_FORMAT = 0x3000, KEY_DIR, KEY_RAW, KEY_SSH, KEY_SIZE, KEY_SCALE, KEY_THEME, KEY_TITLE };

#define GROUP_WHAT 1
#define GROUP_LOOK 2

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Output:", GROUP_WHAT},
    {"output", 'o', "FILE", 0,
     "write to FILE; its end, .png or .svg, says the format (- is standard output; default: beside "
     "the first log, t.log.gz gives t.png)",
     GROUP_WHAT},
    {"format", KEY_FORMAT, "FORMAT", 0, "png or svg, whatever FILE is called", GROUP_WHAT},
    {"output-dir", KEY_DIR, "DIR", 0, "write to DIR instead of beside the log", GROUP_WHAT},
    {"open", 'O', NULL, 0, "show it with xdg-open", GROUP_WHAT},
    {0, 0, 0, 0, "Which flows:", GROUP_WHAT + 1},
    {"flow", 'F', "FLOW", 0,
     "a number that `flows` shows, or an end: 10.0.0.1:80, :80, 10.0.0.1, [fd00::1]:80; several "
     "with commas",
     GROUP_WHAT + 1},
    {"top", 'n', "N", 0, "the N flows with the most bytes", GROUP_WHAT + 1},
    {"ssh", KEY_SSH, NULL, 0, "do not leave out the flows of port 22", GROUP_WHAT + 1},
    {0, 0, 0, 0, "Look:", GROUP_LOOK + 1},
    {"panels", 'p', "LIST", 0, "of panels, with commas; see below", GROUP_LOOK + 1},
    {"raw-time", KEY_RAW, NULL, 0, "the recording's clock instead of time since the first flow",
     GROUP_LOOK + 1},
    {"size", KEY_SIZE, "WxH", 0, "the page in pixels, or only W (default: 1240, as high as needed)",
     GROUP_LOOK + 1},
    {"scale", KEY_SCALE, "N", 0, "device pixels for each of these (default: 2 in PNG, 1 in SVG)",
     GROUP_LOOK + 1},
    {"theme", KEY_THEME, "THEME", 0, "light or dark", GROUP_LOOK + 1},
    {"title", KEY_TITLE, "TEXT", 0, "instead of the flow's ends", GROUP_LOOK + 1},
    {0},
};

/* --- options -------------------------------------------------------------------------------- */

static error_t parse_size(const char *text, struct tp_figure_options *figure)
{
    unsigned width, height = 0;
    int used = 0;

    if (text[0] >= '1' && text[0] <= '9' &&
        ((sscanf(text, "%5ux%5u%n", &width, &height, &used) == 2 && !text[used]) ||
         (sscanf(text, "%5u%n", &width, &used) == 1 && !text[used]))) {
        figure->width_px = width;
        figure->height_px = text[strcspn(text, "x")] ? height : 0;
        return 0;
    }
    return cli_bad_option("--size: '%s' is not a size such as 1240x800 or 1240", text);
}

static error_t parse_scale(const char *text, double *scale)
{
    char *end;

    *scale = strtod(text, &end);
    if (end != text && !*end && *scale >= 0.25 && *scale <= SCALE_MAX)
        return 0;
    return cli_bad_option("--scale: '%s' is not a number from 0.25 to %g", text, SCALE_MAX);
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

static error_t parse_format(const char *text, const char **format)
{
    *format = tp_render_format("", text);
    return *format ? 0 : cli_bad_option("--format: '%s' is neither png nor svg", text);
}

/* An empty directory would make the picture's path begin at the root. */
static error_t parse_name(const char *option, const char *text, const char **name)
{
    *name = text;
    return *text ? 0 : cli_bad_option("%s: the name is empty", option);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->input;
        return 0;
    case 'o':
        return parse_name("--output", arg, &options->output);
    case KEY_FORMAT:
        return parse_format(arg, &options->render.format);
    case KEY_DIR:
        return parse_name("--output-dir", arg, &options->directory);
    case 'O':
        options->open = true;
        return 0;
    case 'F':
        return cli_flow_choices_add(&options->flows, arg);
    case 'n':
        return parse_top(arg, &options->selection.top);
    case KEY_SSH:
        options->selection.ssh = true;
        return 0;
    case 'p':
        options->figure.panels = arg;
        return 0;
    case KEY_RAW:
        options->figure.raw_time = true;
        return 0;
    case KEY_SIZE:
        return parse_size(arg, &options->figure);
    case KEY_SCALE:
        return parse_scale(arg, &options->render.scale);
    case KEY_THEME:
        options->figure.theme = arg;
        return 0;
    case KEY_TITLE:
        options->figure.title = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Adds the table of panels below the options. */
static char *add_panels(int key, const char *text, void *input)
{
    struct tp_panel_info info;
    char *help = NULL;
    size_t size, i;
    FILE *out;

    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)text;
    out = open_memstream(&help, &size);
    if (!out)
        return NULL;
    fputs("Panels (* drawn unless --panels says otherwise, where they have something to show):",
          out);
    for (i = 0; tp_panel_list(i, &info); i++)
        fprintf(out, "\n  %c %-16s %s", info.by_default ? '*' : ' ', info.name, info.help);
    fclose(out);
    return help;
}

/* --- the picture ---------------------------------------------------------------------------- */

static bool wanted(void *context, const struct tp_flow *flow)
{
    return cli_flow_chosen(context, flow);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void note_choice(const struct options *options, const struct tp_plot_choice *choice)
{
    if (options->input.quiet)
        return;
    if (choice->ssh)
        cli_message("left out %zu ssh flow%s (port %d); --ssh keeps %s", choice->ssh,
                    plural(choice->ssh), TP_PLOT_SSH_PORT, choice->ssh == 1 ? "it" : "them");
    if (choice->small)
        cli_message("left out %zu flow%s with less than %g %% of the bytes of the largest; --flow "
                    "or --top draws %s",
                    choice->small, plural(choice->small), TP_PLOT_SMALL * 100,
                    choice->small == 1 ? "it" : "them");
    if (choice->beyond)
        cli_message("left out %zu flow%s with fewer bytes than the %zu that are drawn",
                    choice->beyond, plural(choice->beyond), choice->count);
}

static struct tp_figure_source *sources_of(const struct cli_pass *pass, size_t *count)
{
    const struct tp_input_info *info;
    struct tp_figure_source *sources;
    size_t i;

    *count = tp_stream_inputs(pass->stream);
    sources = calloc(*count ? *count : 1, sizeof *sources);
    for (i = 0; sources && i < *count; i++) {
        info = tp_stream_info(pass->stream, i);
        sources[i] = (struct tp_figure_source){.name = info->path,
                                               .timeline = info->timeline,
                                               .has_wall_offset = info->has_wall_offset,
                                               .wall_offset_ns = info->wall_offset_ns,
                                               .aligned = info->aligned};
    }
    return sources;
}

/* A flow without curves looks idle; say that it was not. */
static void note_dropped(const struct options *options, const struct tp_plot_choice *choice)
{
    size_t i, count = 0;

    for (i = 0; i < choice->count; i++)
        count += tp_flow_series_dropped(choice->flows[i], tp_flow_bulk_end(choice->flows[i]));

    if (count > 0 && !options->input.quiet)
        cli_message("%zu flow%s lack%s curves: there are too many flows to keep all; --filter "
                    "fewer",
                    count, plural(count), count == 1 ? "s" : "");
}

static struct tp_figure *lay_out(struct options *options, const struct tp_analysis *analysis,
                                 const struct tp_plot_choice *choice, const struct cli_pass *pass)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_figure_source *sources;
    struct tp_figure *figure = NULL;

    sources = sources_of(pass, &options->figure.source_count);
    options->figure.sources = sources;
    options->figure.flows = choice->flows;
    options->figure.count = choice->count;
    options->figure.more = choice->small + choice->beyond;
    if (sources)
        figure = tp_figure_build(analysis, &options->figure, &error);
    else
        tp_error_nomem(&error);
    free(sources);
    if (!figure)
        cli_fail(&error);
    return figure;
}

static struct tp_figure *choose(struct options *options, const struct tp_analysis *analysis,
                                const struct cli_pass *pass)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_figure *figure = NULL;
    struct tp_plot_choice choice;

    if (options->flows.count > 0) {
        options->selection.wanted = wanted;
        options->selection.context = &options->flows;
    }
    if (tp_plot_select(&choice, analysis, &options->selection, &error) < 0) {
        cli_fail(&error);
        return NULL;
    }
    note_choice(options, &choice);
    note_dropped(options, &choice);
    if (choice.count > 0)
        figure = lay_out(options, analysis, &choice, pass);
    else if (options->flows.count > 0)
        cli_message("no flow matches --flow; `tcpprobe flows` lists them");
    else
        cli_message("there is no flow to draw%s", choice.ssh ? " but those of ssh" : "");
    tp_plot_choice_release(&choice);
    return figure;
}

/* The figure of the logs; NULL after a message. Nothing else of them is left in memory. */
static struct tp_figure *read_logs(struct options *options)
{
    const struct tp_analysis_options analysis_options = {
        .series_bins = SERIES_BINS,
        .series_metrics = tp_figure_needs(options->figure.panels, false).metrics,
    };
    struct tp_error error = TP_ERROR_INIT;
    struct tp_figure *figure = NULL;
    struct tp_analysis *analysis;
    struct cli_pass pass;

    analysis = tp_analysis_new(&analysis_options, &error);
    if (!analysis) {
        cli_fail(&error);
        return NULL;
    }
    if (cli_pass_open(&pass, &options->input, tp_analysis_fields(), &error) < 0) {
        cli_fail(&error);
    } else if (cli_pass_analyse(&pass, analysis, &error) < 0) {
        cli_pass_notes(&pass, analysis);
        cli_fail(&error);
    } else {
        cli_pass_notes(&pass, analysis);
        figure = choose(options, analysis, &pass);
    }
    cli_pass_close(&pass);
    tp_analysis_free(analysis);
    malloc_trim(0); /* the process that draws begins with a copy of what is left */
    return figure;
}

static int draw(struct options *options, const char *path)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_figure *figure;
    int rc;

    if (cli_plot_is_input(&options->input, path))
        return cli_usage("%s is a log: -o names another file", path);
    if (tp_figure_check(&options->figure, &error) < 0)
        return cli_fail(&error);
    figure = read_logs(options);
    if (!figure)
        return CLI_FAILED;
    rc = tp_figure_render(figure, path, &options->render, &error);
    tp_figure_free(figure);
    if (rc < 0)
        return cli_fail(&error);
    if (!options->output && !options->input.quiet)
        cli_message("drew %s", path);
    return options->open && strcmp(path, "-") != 0 ? cli_plot_show(path) : CLI_FINE;
}

static int run(struct options *options)
{
    char *path =
        cli_plot_path(&options->input, options->output, options->directory, options->render.format);
    int status;

    if (!path)
        return cli_usage("out of memory");
    status = draw(options, path);
    free(path);
    return status;
}

int cmd_plot(int argc, char **argv)
{
    static const struct argp_child children[] = {{&cli_input_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        option_table,
        parse_option,
        "FILE...",
        "Draws the flows in trace logs and packet captures as a PNG "
        "or SVG picture: one flow in detail, up to 8 compared, more as an overview.",
        children,
        add_panels,
        NULL};
    struct options chosen = {0};
    int status;

    cli_input_init(&chosen.input);
    status = cli_parse(&argp, "plot", argc, argv, &chosen);
    if (status == CLI_GO)
        status = run(&chosen);
    cli_input_release(&chosen.input);
    return status;
}
