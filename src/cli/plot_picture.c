/* plot_picture.c: reads the inputs, chooses flows and lays out their picture. A zoom reads them
 * twice: once to find the episode, once more to keep the packets around it. So does the picture of
 * a few of so many flows that the curves of all could not be kept. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/phrase.h"
#include "base/units.h"
#include <tcpprobe/figure.h>

#include "cli/plot_picture.h"

#define SERIES_BINS  4096 /* four for each pixel column of the default page */
#define BEFORE_SHARE 4
#define EPISODE_MAX  1000000

/* --- one reading ---------------------------------------------------------------------------- */

/* What one pass is for. */
struct reading {
    struct cli_plot *plot;
    enum tp_follow follow;
    const struct tp_flow_key *only;     /* NULL: all flows */
    const struct tp_plot_choice *again; /* of an earlier reading: these have curves. NULL: all */
    struct cli_pass pass;
    struct tp_analysis *analysis;
    int64_t zero_ns;   /* see struct tp_picture_source */
    int64_t before_ns; /* samples so long before the part that is shown are kept: what held when it
                          began */
};

static bool keep(void *context, const struct tp_record *record)
{
    const struct reading *reading = context;
    int64_t from_ns, until_ns;

    tp_pass_window(reading->pass.pass, record->key.timeline, &from_ns, &until_ns);
    return record->ts_ns >= from_ns - reading->before_ns && record->ts_ns <= until_ns;
}

/* Packets before the part are read, too, and what came before it is known. */
static bool is_there(void *context, const struct tp_flow *flow)
{
    const struct reading *reading = context;
    int64_t from_ns, until_ns;

    tp_pass_window(reading->pass.pass, flow->key.timeline, &from_ns, &until_ns);
    return flow->first_ns <= until_ns && flow->last_ns >= from_ns;
}

static bool chosen(void *context, const struct tp_flow *flow)
{
    const struct reading *reading = context;

    return cli_flow_chosen(&reading->plot->flows, flow);
}

/* The same inputs give the same flows, with the same numbers. */
static bool chosen_before(void *context, const struct tp_flow *flow)
{
    const struct tp_plot_choice *choice = ((const struct reading *)context)->again;
    size_t i;

    for (i = 0; i < choice->count; i++)
        if (choice->flows[i]->id == flow->id)
            return true;
    return false;
}

static bool is_given(const struct cli_input *input)
{
    return input->since.given || input->until.given;
}

/* Opens the inputs and an analysis that keeps what the options say; false after a message. */
static bool begin(struct reading *reading, const struct cli_input *input,
                  struct tp_analysis_options options)
{
    struct tp_pass_options how = cli_pass_options(input);
    struct tp_error error = TP_ERROR_INIT;

    how.stream.fields = tp_analysis_fields();
    how.follow = reading->follow;
    how.only = reading->only;
    options.max_flows = input->max_flows;
    options.series_bins = SERIES_BINS;
    options.keep = is_given(input) ? keep : NULL;
    options.keep_flow = reading->again                   ? chosen_before
                        : reading->plot->flows.count > 0 ? chosen
                                                         : NULL;
    options.context = reading;
    reading->analysis = tp_analysis_new(&options, &error);
    if (reading->analysis && cli_pass_open(&reading->pass, input, &how, &error) == 0)
        return true;
    cli_fail(&error);
    return false;
}

static void end(struct reading *reading)
{
    cli_pass_close(&reading->pass);
    tp_analysis_free(reading->analysis);
}

/* --- notes ---------------------------------------------------------------------------------- */

static void note_choice(const struct cli_plot *plot, const struct tp_plot_choice *choice)
{
    if (plot->input.quiet)
        return;
    if (choice->ssh)
        cli_message("left out %zu ssh flow%s (port %d); --ssh keeps %s", choice->ssh,
                    tp_plural(choice->ssh), TP_PLOT_SSH_PORT, choice->ssh == 1 ? "it" : "them");
    if (choice->small)
        cli_message("left out %zu flow%s with less than %g %% of the bytes of the largest; --flow "
                    "or --top draws %s",
                    choice->small, tp_plural(choice->small), TP_PLOT_SMALL * 100,
                    choice->small == 1 ? "it" : "them");
    if (choice->beyond)
        cli_message("left out %zu flow%s with no more bytes than the %zu that are drawn",
                    choice->beyond, tp_plural(choice->beyond), choice->count);
}

static size_t count_dropped(const struct tp_plot_choice *choice)
{
    size_t i, count = 0;

    for (i = 0; i < choice->count; i++)
        count += tp_flow_series_dropped(choice->flows[i], 0) ||
                 tp_flow_series_dropped(choice->flows[i], 1);
    return count;
}

/* A flow without curves looks idle; say that it was not. */
static void note_dropped(const struct cli_plot *plot, const struct tp_plot_choice *choice)
{
    size_t count = count_dropped(choice);

    if (count > 0 && !plot->input.quiet)
        cli_message("%zu flow%s lack%s curves: there are too many flows to keep all; --filter "
                    "fewer, or name a file to be read twice",
                    count, tp_plural(count), count == 1 ? "s" : "");
}

static void note_none(const struct cli_plot *plot, const struct tp_plot_choice *choice)
{
    if (plot->flows.count > 0)
        cli_message("no flow matches --flow; `tcpprobe flows` lists them");
    else
        cli_message("there is no flow to draw%s", choice->ssh ? " but those of ssh" : "");
}

/* --- the picture ----------------------------------------------------------------------------- */

/* A part of packets is a view of its own: what came before is known and not shown. A part of
 * kernel events is what was recorded, as far as the picture goes. */
static bool is_detail(const struct reading *reading)
{
    size_t i;

    if (reading->follow == TP_FOLLOW_ALL)
        return true;
    for (i = 0; is_given(reading->pass.input) && i < tp_stream_inputs(reading->pass.stream); i++)
        if (tp_stream_info(reading->pass.stream, i)->capture)
            return true;
    return false;
}

static struct tp_picture_source *sources_of(const struct reading *reading, size_t *count)
{
    const struct tp_input_info *info;
    struct tp_picture_source *sources;
    size_t i;

    *count = tp_stream_inputs(reading->pass.stream);
    sources = calloc(*count ? *count : 1, sizeof *sources);
    for (i = 0; sources && i < *count; i++) {
        info = tp_stream_info(reading->pass.stream, i);
        sources[i] =
            (struct tp_picture_source){.name = info->path,
                                       .timeline = info->timeline,
                                       .aligned = info->aligned,
                                       .label = cli_plot_label_of(reading->plot, info->path),
                                       .has_time = info->has_time,
                                       .first_ns = info->first_ns,
                                       .last_ns = info->last_ns,
                                       .part = info->part,
                                       .windowed = is_detail(reading),
                                       .zero_ns = reading->zero_ns};
        sources[i].has_wall_offset =
            tp_stream_wall_offset(reading->pass.stream, info->timeline, &sources[i].wall_offset_ns);
        tp_pass_window(reading->pass.pass, info->timeline, &sources[i].from_ns,
                       &sources[i].until_ns);
        sources[i].cut = reading->pass.input->since.given && !reading->only;
        if (sources[i].cut && !sources[i].windowed) /* what --since counts from */
            sources[i].zero_ns = tp_pass_first_ns(reading->pass.pass, info->timeline);
    }
    return sources;
}

static struct tp_picture *lay_out(struct reading *reading, const struct tp_flow *const *flows,
                                  size_t count, size_t more)
{
    struct tp_picture_options *options = &reading->plot->picture;
    struct tp_error error = TP_ERROR_INIT;
    struct tp_picture_source *sources;
    struct tp_picture *picture = NULL;

    sources = sources_of(reading, &options->source_count);
    options->sources = sources;
    options->flows = flows;
    options->count = count;
    options->more = more;
    if (sources)
        picture = tp_picture_build(reading->analysis, options, &error);
    else
        tp_error_nomem(&error);
    free(sources);
    if (!picture)
        cli_fail(&error);
    return picture;
}

/* False after a message; release the choice all the same. */
static bool choose(struct reading *reading, struct tp_plot_choice *choice)
{
    struct cli_plot *plot = reading->plot;
    struct tp_error error = TP_ERROR_INIT;

    plot->selection.context = reading;
    plot->selection.there = is_there;
    if (plot->flows.count > 0)
        plot->selection.wanted = chosen;
    if (tp_plot_select(choice, reading->analysis, &plot->selection, &error) < 0) {
        cli_fail(&error);
        return false;
    }
    if (choice->count == 0) {
        note_choice(plot, choice);
        note_none(plot, choice);
    }
    return choice->count > 0;
}

/* Runs the pass with its notes; false after a message. */
static bool read_all(struct reading *reading)
{
    struct tp_error error = TP_ERROR_INIT;
    int rc = cli_pass_analyse(&reading->pass, reading->analysis, &error);

    if (!reading->only && !reading->again)
        cli_pass_notes(&reading->pass, reading->analysis);
    if (rc < 0)
        cli_fail(&error);
    return rc >= 0;
}

static struct tp_picture *read_for(struct cli_plot *plot, const struct tp_plot_choice *again);

static struct tp_picture *draw(struct reading *reading, const struct tp_plot_choice *choice)
{
    struct cli_plot *plot = reading->plot;

    if (!reading->again && count_dropped(choice) && cli_input_is_files(&plot->input))
        return read_for(plot, choice);
    note_choice(plot, choice);
    note_dropped(plot, choice);
    return lay_out(reading, choice->flows, choice->count, choice->small + choice->beyond);
}

/* Distributions are what a CDF is made of. */
static uint64_t without(const struct cli_plot *plot)
{
    return plot->picture.kind == TP_PICTURE_CDF ? 0 : ~tp_picture_asks();
}

/* again: see struct reading. */
static struct tp_picture *read_for(struct cli_plot *plot, const struct tp_plot_choice *again)
{
    struct tp_picture_needs needs = tp_picture_needs(plot->picture.panels, is_given(&plot->input));
    struct reading reading = {
        .plot = plot, .follow = TP_FOLLOW_PACKETS, .again = again, .zero_ns = INT64_MIN};
    struct tp_picture *picture = NULL;
    struct tp_plot_choice choice;

    if (begin(&reading, &plot->input,
              (struct tp_analysis_options){.series_metrics = needs.metrics,
                                           .without = without(plot),
                                           .marks = needs.marks})) {
        if (read_all(&reading)) {
            if (choose(&reading, &choice))
                picture = draw(&reading, &choice);
            tp_plot_choice_release(&choice);
        }
    }
    end(&reading);
    return picture;
}

/* --- zoom ----------------------------------------------------------------------------------- */

/* What the first reading finds. */
struct place {
    struct tp_flow_key key;
    int64_t zero_ns, from_ns, until_ns;
};

error_t cli_plot_parse_zoom(struct cli_plot *plot, const char *text)
{
    const char *dots = strstr(text, "..");
    char from[64];
    uint64_t index = 1;
    error_t rc;

    plot->zoomed = true;
    if (strcmp(text, "loss") == 0 ||
        (strncmp(text, "loss:", 5) == 0 && tp_units_parse_count(text + 5, EPISODE_MAX, &index) &&
         index > 0)) {
        plot->episode = index;
        return 0;
    }
    if (!dots || (size_t)(dots - text) >= sizeof from)
        return cli_bad_option("--zoom: '%s' is not a part such as loss, loss:3 or 1.2s..1.8s",
                              text);
    memcpy(from, text, (size_t)(dots - text));
    from[dots - text] = '\0';
    rc = cli_parse_time("--zoom", from, &plot->from);
    return rc ? rc : cli_parse_time("--zoom", dots + 2, &plot->until);
}

static bool find_episode(const struct reading *reading, const struct tp_flow *flow,
                         struct place *place)
{
    size_t index = reading->plot->episode;
    struct tp_plot_episode episode;
    size_t count = tp_plot_episodes(reading->analysis, flow, &episode, index - 1);
    char ends[2][60];

    if (index > count) {
        tp_endpoint_text(&flow->key, tp_flow_bulk_end(flow), ends[0], sizeof ends[0]);
        tp_endpoint_text(&flow->key, !tp_flow_bulk_end(flow), ends[1], sizeof ends[1]);
        cli_message("--zoom: the flow %s -> %s has %zu loss episode%s", ends[0], ends[1], count,
                    tp_plural(count));
        return false;
    }
    if (count >= TP_SPANS_MAX / 2 && !reading->plot->input.quiet)
        cli_message(
            "--zoom: the flow has so many loss episodes that neighbours are taken together");
    tp_plot_around(flow, &episode, &place->from_ns, &place->until_ns);
    return true;
}

/* The part of the flow with the most bytes; times are those of a picture of all that are chosen. */
static bool find_part(const struct reading *reading, const struct tp_plot_choice *choice,
                      struct place *place)
{
    const struct cli_plot *plot = reading->plot;
    const struct tp_flow *flow = choice->flows[0];
    size_t i;

    *place = (struct place){.key = flow->key, .zero_ns = flow->first_ns};
    for (i = 1; i < choice->count; i++)
        if (choice->flows[i]->key.timeline == flow->key.timeline &&
            choice->flows[i]->first_ns < place->zero_ns)
            place->zero_ns = choice->flows[i]->first_ns;
    if (plot->episode)
        return find_episode(reading, flow, place);
    if (!tp_pass_clock(reading->pass.pass, flow->key.timeline, &plot->from, place->zero_ns,
                       &place->from_ns) ||
        !tp_pass_clock(reading->pass.pass, flow->key.timeline, &plot->until, place->zero_ns,
                       &place->until_ns)) {
        cli_message("--zoom: nothing says what the recording's clock is in wall-clock time");
        return false;
    }
    if (place->from_ns < place->until_ns && place->from_ns < flow->last_ns &&
        place->until_ns > flow->first_ns)
        return true;
    cli_message("--zoom: nothing of the flow is between these times");
    return false;
}

static bool find_place(struct cli_plot *plot, struct place *place)
{
    /* episodes are kept where series are: one that is cheap will do */
    const struct tp_analysis_options options = {.series_metrics = TP_METRIC_BIT(RETRANSMIT),
                                                .without = ~tp_picture_asks()};
    struct reading reading = {.plot = plot};
    struct tp_plot_choice choice;
    bool found = false;

    if (begin(&reading, &plot->input, options) && read_all(&reading)) {
        if (choose(&reading, &choice)) {
            if (choice.count > 1 && !plot->input.quiet)
                cli_message("zooming into the flow with the most bytes; --flow chooses another");
            found = find_part(&reading, &choice, place);
        }
        tp_plot_choice_release(&choice);
    }
    end(&reading);
    return found;
}

/* The flow of that key that was there at the time: ports are used again. */
static const struct tp_flow *find_flow(const struct tp_analysis *analysis,
                                       const struct place *place)
{
    const struct tp_flow *const *flows;
    size_t count, i;

    flows = tp_analysis_flows(analysis, &count);
    for (i = 0; i < count; i++)
        if (flows[i]->first_ns <= place->until_ns && flows[i]->last_ns >= place->from_ns &&
            memcmp(&flows[i]->key, &place->key, sizeof place->key) == 0)
            return flows[i];
    return NULL;
}

static struct tp_picture *read_place(struct cli_plot *plot, const struct place *place)
{
    struct tp_picture_needs needs = tp_picture_needs(plot->picture.panels, true);
    struct reading reading = {
        .plot = plot, .follow = TP_FOLLOW_ALL, .only = &place->key, .zero_ns = place->zero_ns};
    struct cli_input input = plot->input;
    struct tp_picture *picture = NULL;
    const struct tp_flow *flow;

    reading.before_ns = (place->until_ns - place->from_ns) / BEFORE_SHARE;
    input.since = (struct tp_pass_time){.given = true, .is_clock = true, .ns = place->from_ns};
    input.until = (struct tp_pass_time){.given = true, .is_clock = true, .ns = place->until_ns};
    if (begin(&reading, &input,
              (struct tp_analysis_options){.series_metrics = needs.metrics,
                                           .without = without(plot),
                                           .marks = needs.marks})) {
        if (read_all(&reading)) {
            flow = find_flow(reading.analysis, place);
            if (flow)
                picture = lay_out(&reading, &flow, 1, 0);
            else
                cli_message("--zoom: the input changed while it was read");
        }
    }
    end(&reading);
    return picture;
}

static struct tp_picture *zoom(struct cli_plot *plot)
{
    struct place place;

    if (!cli_input_is_twice(&plot->input, "--zoom"))
        return NULL;
    return find_place(plot, &place) ? read_place(plot, &place) : NULL;
}

struct tp_picture *cli_plot_picture(struct cli_plot *plot)
{
    struct tp_picture *picture;

    if (plot->zoomed && is_given(&plot->input)) {
        cli_message("--zoom, --since and --until choose a part each: give one of them");
        return NULL;
    }
    picture = plot->zoomed ? zoom(plot) : read_for(plot, NULL);
    malloc_trim(0); /* the process that draws begins with a copy of what is left */
    return picture;
}
