/* page.c: header and footer. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plot/frame.h"
#include "plot/lettering.h"

#define FACTS_LINE_PX 18

void tp_facts_add(struct tp_facts *facts, const char *format, ...)
{
    static const char dot[] = " \xc2\xb7 ";
    size_t length = strlen(facts->text);
    double width_px, dot_px = tp_text_width(dot, TP_SUBTITLE_PX, false);
    const char *separator = "";
    char fact[160];
    va_list args;

    va_start(args, format);
    vsnprintf(fact, sizeof fact, format, args);
    va_end(args);
    width_px = tp_text_width(fact, TP_SUBTITLE_PX, false);
    if (length > 0) {
        separator = facts->used_px + dot_px + width_px > facts->width_px ? "\n" : dot;
        facts->used_px = separator == dot ? facts->used_px + dot_px : 0;
    }
    facts->used_px += width_px;
    if (length + strlen(separator) + strlen(fact) < sizeof facts->text)
        snprintf(facts->text + length, sizeof facts->text - length, "%s%s", separator, fact);
}

double tp_frame_header(struct tp_scene *scene, double left_px, const char *title,
                       const struct tp_facts *facts)
{
    struct tp_caption *caption;
    double y_px = 34;
    char *copy, *line, *rest;

    caption = tp_sketch_caption(&scene->sketch, left_px, y_px, TP_TITLE_PX, scene->theme->text,
                                TP_ANCHOR_LEFT, true, title);
    if (caption)
        tp_text_fit(caption->text, TP_TITLE_PX, true, scene->width_px - left_px - 16);
    copy = strdup(facts->text);
    if (!copy) {
        scene->sketch.failed = true;
        return y_px;
    }
    y_px += 22;
    for (line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        tp_sketch_caption(&scene->sketch, left_px, y_px, TP_SUBTITLE_PX, scene->theme->text_mid,
                          TP_ANCHOR_LEFT, false, line);
        y_px += FACTS_LINE_PX;
    }
    free(copy);
    return y_px - FACTS_LINE_PX;
}

/* --- footer --------------------------------------------------------------------------------- */

static bool was_drawn(const struct tp_scene *scene, const char *what)
{
    const struct tp_picture *picture = scene->sketch.picture;
    size_t i;

    for (i = 0; picture && i < picture->mark_count; i++)
        if (picture->marks[i].kind == TP_MARK_BAND && strcmp(picture->marks[i].what, what) == 0)
            return true;
    return false;
}

size_t tp_frame_bands(const struct tp_scene *scene, struct tp_key *keys)
{
    const struct tp_theme *theme = scene->theme;
    const struct tp_key all[TP_BAND_KEYS] = {
        {"Recovery", "fast recovery", {theme->recovery, theme->recovery_alpha + 0.1F}, false},
        {"Loss", "timeout (loss state)", {theme->loss, theme->loss_alpha + 0.15F}, false},
        {"CWR", "window reduced (CWR)", {theme->cwr, theme->cwr_alpha + 0.15F}, false},
        {"episode", "loss recovery", {theme->recovery, theme->recovery_alpha + 0.1F}, false},
        {"timeout", "after a timeout", {theme->loss, theme->loss_alpha + 0.15F}, false},
        {"lost", "events lost", {theme->gap, theme->gap_alpha + 0.15F}, false}};
    size_t i, count = 0;

    for (i = 0; i < TP_BAND_KEYS; i++)
        if (was_drawn(scene, all[i].what))
            keys[count++] = all[i];
    return count;
}

static double draw_keys(struct tp_scene *scene, double x_px, double y_px)
{
    struct tp_key keys[TP_BAND_KEYS];
    size_t count = tp_frame_bands(scene, keys), i;
    double width_px;

    for (i = 0; i < count; i++) {
        width_px = 19 + tp_text_width(keys[i].text, TP_SMALL_PX, false);
        if (x_px + width_px > scene->width_px)
            continue;
        tp_sketch_box(&scene->sketch, TP_MARK_KEY, keys[i].what, keys[i].ink, x_px, y_px - 9,
                      x_px + 14, y_px + 1);
        tp_sketch_caption(&scene->sketch, x_px + 19, y_px, TP_SMALL_PX, scene->theme->text_mid,
                          TP_ANCHOR_LEFT, false, keys[i].text);
        x_px += width_px + 12;
    }
    return x_px;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (strcmp(path, "-") == 0)
        return "standard input";
    return slash && slash[1] ? slash + 1 : path;
}

/* " · starts 2026-11-20 20:31:07 UTC" where the recording says what its clock means. */
static void start_time(const struct tp_scene *scene, char *buf, size_t size)
{
    const struct tp_picture_source *source = tp_scene_clock_source(scene);
    struct tm parts;
    time_t seconds;
    int64_t wall_ns;

    buf[0] = '\0';
    if (!source || scene->apart ||
        __builtin_add_overflow(scene->flows[0].origin_ns, source->wall_offset_ns, &wall_ns))
        return;
    seconds = (time_t)(wall_ns / 1000000000);
    if (gmtime_r(&seconds, &parts))
        strftime(buf, size, " \xc2\xb7 starts %Y-%m-%d %H:%M:%S UTC", &parts);
}

const char *tp_frame_aligned(const struct tp_scene *scene)
{
    const struct tp_picture_options *options = scene->options;
    size_t i;

    for (i = 0; i < options->source_count; i++)
        if (options->sources[i].aligned && options->sources[i].aligned[0] &&
            options->sources[i].timeline == scene->flows[0].flow->key.timeline)
            return options->sources[i].aligned;
    return "";
}

static void draw_aligned(struct tp_scene *scene, double left_px, double right_px, double y_px)
{
    const char *aligned = tp_frame_aligned(scene);
    struct tp_caption *caption;
    char text[200];

    if (!aligned[0])
        return;
    snprintf(text, sizeof text, "packets put on the clock of the kernel's events %s", aligned);
    caption = tp_sketch_caption(&scene->sketch, right_px, y_px, TP_SMALL_PX, scene->theme->text_dim,
                                TP_ANCHOR_RIGHT, false, text);
    if (caption)
        tp_text_fit(caption->text, TP_SMALL_PX, false, right_px - left_px);
}

void tp_frame_footer(struct tp_scene *scene, double left_px, double right_px)
{
    const struct tp_picture_options *options = scene->options;
    double y_px = scene->height_px - 14, keys_end_px = draw_keys(scene, left_px, y_px);
    char start[64], more[32] = "", text[512];
    struct tp_caption *caption;

    draw_aligned(scene, left_px, right_px, y_px - TP_ALIGNED_PX);
    start_time(scene, start, sizeof start);
    if (options->source_count > 1)
        snprintf(more, sizeof more, " and %zu more", options->source_count - 1);
    snprintf(text, sizeof text, "tcpprobe " TP_VERSION "%s%.300s%s%s",
             options->source_count ? " \xc2\xb7 " : "",
             options->source_count ? base_name(options->sources[0].name) : "", more, start);
    caption = tp_sketch_caption(&scene->sketch, right_px, y_px, TP_SMALL_PX, scene->theme->text_dim,
                                TP_ANCHOR_RIGHT, false, text);
    if (caption)
        tp_text_fit(caption->text, TP_SMALL_PX, false, right_px - keys_end_px - 12);
}
