/* cmd_plot.c: tcpprobe plot. One pass over the logs, then one picture. */
#include <stdlib.h>
#include <string.h>

#include "cli/plot_file.h"
#include "cli/plot_look.h"

#define SCALE_MAX 16.0

struct options {
    struct cli_plot plot;
    struct tp_render_options render;
    const char *output, *directory;
    bool open;
};

enum { KEY_FORMAT = 0x3000, KEY_DIR, KEY_SCALE, KEY_TEXT };

#define GROUP_WHAT 1

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Output:", GROUP_WHAT},
    {"output", 'o', "FILE", 0,
     "write to FILE; its end, .png, .svg, .pdf or .eps, says the format (- is standard output; "
     "default: beside the first log, t.log.gz gives t.png)",
     GROUP_WHAT},
    {"format", KEY_FORMAT, "FORMAT", 0, "png, svg, pdf or eps, whatever FILE is called",
     GROUP_WHAT},
    {"output-dir", KEY_DIR, "DIR", 0, "write to DIR, which is made, instead of beside the log",
     GROUP_WHAT},
    {"open", 'O', NULL, 0, "show it with xdg-open", GROUP_WHAT},
    {0, 0, 0, 0, "Which flows:", GROUP_WHAT + 1},
    {"flow", 'F', "FLOW", 0,
     "a number that `flows` shows, or an end: 10.0.0.1:80, :80, 10.0.0.1, [fd00::1]:80; several "
     "with commas",
     GROUP_WHAT + 1},
    {0, 0, 0, 0, "Drawing:", GROUP_WHAT + 2},
    {"scale", KEY_SCALE, "N", 0,
     "device pixels for each 1/96 inch (default: 2 in PNG, 6.25 for paper, 1 in SVG), or points "
     "for "
     "it (default: 0.75 in PDF and EPS)",
     GROUP_WHAT + 2},
    {"text", KEY_TEXT, "HOW", 0,
     "letters of an SVG: real (default) can be searched and set in another font, outline looks the "
     "same everywhere",
     GROUP_WHAT + 2},
    {0},
};

/* --- options -------------------------------------------------------------------------------- */

static error_t parse_scale(const char *text, double *scale)
{
    char *end;

    *scale = strtod(text, &end);
    if (end != text && !*end && *scale >= 0.25 && *scale <= SCALE_MAX)
        return 0;
    return cli_bad_option("--scale: '%s' is not a number from 0.25 to %g", text, SCALE_MAX);
}

static error_t parse_format(const char *text, const char **format)
{
    *format = tp_render_format("", text);
    return *format ? 0 : cli_bad_option("--format: '%s' is none of png, svg, pdf, eps", text);
}

static error_t parse_text(const char *text, bool *outline)
{
    *outline = strcmp(text, "outline") == 0;
    return *outline || strcmp(text, "real") == 0
               ? 0
               : cli_bad_option("--text: '%s' is neither real nor outline", text);
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
        state->child_inputs[0] = &options->plot;
        state->child_inputs[1] = &options->plot.input;
        state->child_inputs[2] = &options->plot.time;
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
        return cli_flow_choices_add(&options->plot.flows, arg);
    case KEY_SCALE:
        return parse_scale(arg, &options->render.scale);
    case KEY_TEXT:
        return parse_text(arg, &options->render.outline);
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

/* As cli_plot_path() has it. */
static bool is_in_folder(const struct options *options)
{
    const char *output = options->output;

    return options->directory && !(output && (output[0] == '/' || strcmp(output, "-") == 0));
}

static int draw(struct options *options, const char *path)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_picture *picture;
    int rc;

    if (cli_plot_is_input(&options->plot.input, path))
        return cli_usage("%s is a log: -o names another file", path);
    if (!cli_plot_labels_fit(&options->plot))
        return CLI_FAILED;
    if (tp_render_check(path, &options->render, &error) < 0)
        return cli_fail(&error);
    if (tp_picture_check(&options->plot.picture, &error) < 0)
        return cli_fail(&error);
    if (is_in_folder(options) && cli_plot_make_folder(options->directory) != CLI_FINE)
        return CLI_FAILED;
    picture = cli_plot_picture(&options->plot);
    if (!picture)
        return CLI_FAILED;
    rc = tp_picture_render(picture, path, &options->render, &error);
    tp_picture_free(picture);
    if (rc < 0)
        return cli_fail(&error);
    if (!options->output && !options->plot.input.quiet)
        cli_message("drew %s", path);
    return CLI_FINE;
}

/* A process that waits starts the viewer: the one that reads and draws cannot. */
static int draw_and_open(struct options *options, const char *path)
{
    struct cli_viewer viewer;
    int status, shown;

    if (cli_viewer_start(&viewer, path) != CLI_FINE)
        return CLI_FAILED;
    cli_confine(CONFINE_WRITE, options->plot.input.quiet);
    status = draw(options, path);
    shown = cli_viewer_end(&viewer, status == CLI_FINE);
    return status == CLI_FINE ? shown : status;
}

static int run(struct options *options)
{
    char *path = cli_plot_path(&options->plot.input, options->output, options->directory,
                               options->render.format);
    int status;

    if (!path)
        return cli_usage("out of memory");
    if (options->open && strcmp(path, "-") != 0) {
        status = draw_and_open(options, path);
    } else {
        cli_confine(CONFINE_WRITE, options->plot.input.quiet);
        status = draw(options, path);
    }
    free(path);
    return status;
}

int cmd_plot(int argc, char **argv)
{
    static const struct argp_child children[] = {{&cli_plot_look_argp, 0, NULL, 0},
                                                 {&cli_input_argp, 0, NULL, 0},
                                                 {&cli_time_argp, 0, NULL, 0},
                                                 {0}};
    static const struct argp argp = {
        option_table,
        parse_option,
        "FILE...",
        "Draws the flows in trace logs and packet captures as a PNG, "
        "SVG, PDF or EPS picture: one flow in detail, up to 8 compared, more as an overview.",
        children,
        add_panels,
        NULL};
    struct options chosen = {0};
    int status;

    cli_input_init(&chosen.plot.input);
    status = cli_parse(&argp, "plot", argc, argv, &chosen);
    if (status == CLI_GO)
        status = chosen.plot.list_panels ? cli_plot_list_panels() : run(&chosen);
    cli_input_release(&chosen.plot.input);
    return status;
}
