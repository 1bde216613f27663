/* stream.c: several inputs become timelines, each timeline one sequence in time order.
 *
 * Timelines are delivered one after another. Within one, inputs are merged by time: an input is
 * started only when the merge reaches its first record, so that the parts of a rotated log are
 * open one at a time. An input that consists of stretches is read by several readers (merge.h).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/phrase.h"
#include "base/units.h"
#include "input/merge.h"
#include "input/order.h"
#include "input/reader.h"
#include "input/timeline.h"
#include "input/window.h"

struct input {
    struct reader *reader;
    struct stretches stretches;
    struct merge *merge; /* reads it where there are several; else NULL */
    struct tp_input_info info;
    struct window window;
    bool started;
    bool ended;
    bool paused; /* what was read last is all that came */
};

struct tp_stream {
    struct tp_stream_options options;
    struct input *inputs;
    size_t count;
    uint32_t timeline; /* being delivered */
    struct window_timelines timelines;
    struct input *current; /* its records come next without asking the others, ... */
    int64_t until_ns;      /* ... as long as they are earlier than this */
};

/* --- one input ---------------------------------------------------------------------------- */

static void count_ready(struct input *input)
{
    struct tp_input_info *info = &input->info;
    const struct window *window = &input->window;
    size_t i;

    for (i = 0; i < window->ready; i++) {
        const struct tp_record *record = window->order[i];

        info->kinds[record->kind]++;
        info->records++;
        if (!info->has_time || record->ts_ns < info->first_ns)
            info->first_ns = record->ts_ns;
        if (!info->has_time || record->ts_ns > info->last_ns)
            info->last_ns = record->ts_ns;
        info->has_time = true;
        if (record->kind == TP_KIND_LOST) {
            info->lost_markers++;
            info->lost_uncounted += !TP_HAS(record, LOST);
            info->lost += TP_HAS(record, LOST) ? record->lost : 0;
        }
    }
    info->late = window->late;
    info->recordings = 1 + window->recordings;
    info->steps = window->steps.count;
    info->steps_unsure = window->steps.unsure;
    memcpy(info->step, window->steps.list, sizeof info->step);
}

static void close_reader(struct input *input)
{
    merge_close(input->merge);
    reader_close(input->reader);
    input->merge = NULL;
    input->reader = NULL;
}

/* All that came was delivered, and more is to be waited for. */
static int tell_paused(const struct tp_stream_options *options, struct tp_error *error)
{
    int rc = options->paused(options->paused_context);

    return rc < 0 ? tp_error_set(error, TP_ERR_STOPPED, "stopped") : TP_OK;
}

/* Where packets were captured before others that stand before them, and are too many to be sorted,
 * nothing would be right. */
static int check_order(const struct input *input, struct tp_error *error)
{
    const struct doubt *doubt = &input->window.doubt;
    char back[24];

    if (!doubt->proven)
        return TP_OK;
    tp_units_duration(doubt->back_ns, back, sizeof back);
    tp_error_set(error, TP_ERR_FORMAT,
                 "the packets do not stand in the order of time: from packet %" PRIu64
                 " on they were captured up to %s before those that stand before them: sort them "
                 "with 'reordercap IN OUT'",
                 doubt->frame, back);
    tp_error_at(error, input->info.path, doubt->frame, 0);
    return TP_ERR_FORMAT;
}

/* Makes the next record of input available; sets ended when there is none. */
static int refill(const struct tp_stream_options *options, struct input *input,
                  struct tp_error *error)
{
    struct window *window = &input->window;
    const struct batch *batch;
    int rc;

    while (window->next == window->ready && !input->ended) {
        if (input->paused && tell_paused(options, error) < 0)
            return TP_ERR_STOPPED;
        if (window_hold(window) < 0)
            return tp_error_nomem(error);
        rc = input->merge ? merge_next(input->merge, &batch, error)
                          : reader_next(input->reader, &batch, error);
        if (rc < 0)
            return rc;
        input->paused = reader_paused(input->reader);
        if (rc == 0) {
            window_flush(window);
            input->ended = window->ready == 0;
        } else if (window_add(window, batch, input->paused) < 0) {
            return tp_error_nomem(error);
        }
        if (check_order(input, error) < 0)
            return TP_ERR_FORMAT;
        input->info.file_bytes = reader_position(input->reader);
        count_ready(input);
    }
    if (input->ended) { /* many may follow */
        window_release(&input->window);
        close_reader(input);
    }
    return TP_OK;
}

static int start(struct tp_stream *stream, struct input *input, unsigned threads,
                 struct tp_error *error)
{
    const struct tp_stream_options *stream_options = &stream->options;
    uint64_t fields = stream_options->fields;
    struct parser_options options =
        parser_options_of(stream_options, fields ? fields | ORDER_FIELDS : 0);
    int rc;

    options.timeline = input->info.timeline;
    options.input = (uint8_t)(input - stream->inputs);
    options.shift_ns = input->info.shift_ns;
    options.frame = stream_options->frame;
    options.frame_context = stream_options->frame_context;
    options.keep = stream_options->keep;
    options.keep_context = stream_options->keep_context;
    rc = reader_start(input->reader, threads, &options, error);
    input->window.one_recording = stream_options->same_clock || input->info.ticks;
    input->info.has_time = false; /* was to find out who is first; now by what is delivered */

    if (rc == TP_OK && input->stretches.count > 1)
        rc = merge_open(&input->merge, input->reader, &input->info, &input->stretches,
                        stream_options, &options, error);
    if (rc == TP_OK)
        rc = refill(stream_options, input, error);
    input->started = true;
    if (rc < 0)
        tp_error_at(error, input->info.path, 0, 0);
    return rc;
}

/* --- merging ------------------------------------------------------------------------------ */

#define DISORDER_NS INT64_C(1000000000) /* of the first records of an input */

/* When does the input want to deliver? Inputs without any record are read first. */
static int64_t head_time(const struct input *input)
{
    int64_t head_ns;

    if (input->started)
        return input->window.order[input->window.next]->ts_ns;
    if (!input->info.has_time ||
        __builtin_sub_overflow(input->info.first_ns, DISORDER_NS, &head_ns))
        return INT64_MIN;
    return head_ns;
}

/* The input of the current timeline with the earliest head, the first one of equals; NULL if all
 * have ended. until_ns becomes the head of the next one. */
static struct input *earliest(struct tp_stream *stream)
{
    struct input *input, *best = NULL;
    int64_t head, best_head = INT64_MAX;

    stream->until_ns = INT64_MAX;
    for (input = stream->inputs; input < stream->inputs + stream->count; input++) {
        if (input->info.timeline != stream->timeline || input->ended)
            continue;
        head = head_time(input);
        if (!best || head < best_head) {
            if (best)
                stream->until_ns = best_head;
            best = input;
            best_head = head;
        } else if (head < stream->until_ns) {
            stream->until_ns = head;
        }
    }
    return best;
}

static int refuse(const struct tp_input_info *info, struct tp_error *error)
{
    char text[256];
    struct tp_phrase names = tp_phrase_in(text, sizeof text);

    for (unsigned i = 0; i < info->others; i++)
        if (info->other[i].opaque)
            tp_phrase_item(&names, ", ", "%s", info->other[i].name);
    tp_error_set(error, TP_ERR_FORMAT,
                 "holds no TCP packets that can be seen: could not look into: %s", text);
    tp_error_at(error, info->path, 0, 0);
    return TP_ERR_FORMAT;
}

/* The end. Where nothing could be looked into, it is not known that there is nothing. */
static int judge(const struct tp_stream *stream, struct tp_error *error)
{
    const struct tp_input_info *info, *opaque = NULL;
    size_t i;

    for (i = 0; i < stream->count; i++) {
        info = &stream->inputs[i].info;
        if (info->records || info->other_total > info->opaque_total)
            return 0;
        if (info->opaque_total && !opaque)
            opaque = info;
    }
    return opaque ? refuse(opaque, error) : 0;
}

static int next_of_several(struct tp_stream *stream, const struct tp_record **record,
                           struct tp_error *error)
{
    struct input *input;
    int rc = TP_OK;

    for (;;) {
        input = earliest(stream);
        if (!input) {
            if (++stream->timeline >= stream->timelines.count)
                return judge(stream, error);
            continue;
        }
        if (!input->started)
            rc = start(stream, input, stream->options.threads, error);
        else
            break;
        if (rc < 0)
            return rc;
    }
    /* The record after it may have to be fetched, which ends the life of this one: that is left to
     * the next call. */
    stream->current = input;
    *record = input->window.order[input->window.next++];
    return 1;
}

int tp_stream_next(struct tp_stream *stream, const struct tp_record **record,
                   struct tp_error *error)
{
    struct input *input = stream->current;
    struct window *window;
    int rc;

    if (input) {
        window = &input->window;
        if (window->next == window->ready) {
            rc = refill(&stream->options, input, error);
            if (rc < 0) {
                tp_error_at(error, input->info.path, 0, 0);
                return rc;
            }
        }
        if (window->next < window->ready && window->order[window->next]->ts_ns < stream->until_ns) {
            *record = window->order[window->next++];
            return 1;
        }
    }
    return next_of_several(stream, record, error);
}

const struct tp_record *const *tp_stream_ahead(const struct tp_stream *stream, size_t *count)
{
    const struct window *window = stream->current ? &stream->current->window : NULL;

    *count = window ? window->ready - window->next : 0;
    return *count ? window->order + window->next : NULL;
}

/* --- opening and closing ------------------------------------------------------------------ */

static int assign_timelines(struct tp_stream *stream, struct tp_error *error)
{
    struct tp_input_info **inputs = malloc(stream->count * sizeof *inputs);
    size_t i;
    int rc;

    if (!inputs)
        return tp_error_nomem(error);
    for (i = 0; i < stream->count; i++)
        inputs[i] = &stream->inputs[i].info;
    rc = timelines_assign(inputs, stream->count, &stream->options, &stream->timelines.count, error);
    free(inputs);
    return rc;
}

static int open_input(struct input *input, const char *path,
                      const struct tp_stream_options *options, struct tp_error *error)
{
    struct tp_input_info *info = &input->info;
    int rc = reader_open(&input->reader, path, options, info, error);

    if (rc == TP_OK)
        rc = stretches_find(&input->stretches, info, options, error);
    if (rc < 0) {
        close_reader(input);
        return rc;
    }
    input->window.live = options->paused && info->size_bytes == 0;
    info->stretches = input->stretches.count;
    if (info->stretches > 1) {
        info->next_stretch = input->stretches.first[1];
        info->first_ns = input->stretches.first_ns;
    }
    return TP_OK;
}

int tp_stream_open(struct tp_stream **opened, const char *const *paths, size_t count,
                   const struct tp_stream_options *options, struct tp_error *error)
{
    static const struct tp_stream_options defaults;
    struct tp_stream *stream;
    int rc;

    *opened = NULL;
    if (count == 0)
        return tp_error_set(error, TP_ERR_USAGE, "no input");
    if (count > TP_INPUTS_MAX)
        return tp_error_set(error, TP_ERR_LIMIT, "at most %d inputs at a time", TP_INPUTS_MAX);
    stream = calloc(1, sizeof *stream);
    if (!stream || !(stream->inputs = calloc(count, sizeof *stream->inputs))) {
        free(stream);
        return tp_error_nomem(error);
    }
    stream->options = options ? *options : defaults;
    for (; stream->count < count; stream->count++) {
        struct input *input = &stream->inputs[stream->count];

        window_init(&input->window, stream->options.fields, &stream->timelines);
        rc = open_input(input, paths[stream->count], &stream->options, error);
        if (rc < 0) {
            tp_stream_close(stream);
            return rc;
        }
    }
    rc = assign_timelines(stream, error);
    if (rc < 0) {
        tp_stream_close(stream);
        return rc;
    }
    *opened = stream;
    return TP_OK;
}

void tp_stream_close(struct tp_stream *stream)
{
    size_t i;

    if (!stream)
        return;
    for (i = 0; i < stream->count; i++) {
        close_reader(&stream->inputs[i]);
        window_release(&stream->inputs[i].window);
    }
    free(stream->timelines.clocks);
    free(stream->inputs);
    free(stream);
}

bool tp_stream_wall_offset(const struct tp_stream *stream, uint32_t timeline, int64_t *offset_ns)
{
    const struct window_timelines *timelines = &stream->timelines;
    const struct tp_input_info *info;
    size_t i;

    for (i = 0; i < stream->count; i++) {
        info = &stream->inputs[i].info;
        if (info->timeline == timeline && info->has_wall_offset)
            return !__builtin_sub_overflow(info->wall_offset_ns, info->shift_ns, offset_ns);
    }
    for (i = 0; i < timelines->clock_count; i++)
        if (timelines->clocks[i].timeline == timeline) {
            *offset_ns = timelines->clocks[i].wall_offset_ns;
            return true;
        }
    return false;
}

size_t tp_stream_inputs(const struct tp_stream *stream)
{
    return stream->count;
}

const struct tp_input_info *tp_stream_info(const struct tp_stream *stream, size_t input)
{
    return &stream->inputs[input].info;
}

void tp_stream_progress(const struct tp_stream *stream, uint64_t *done, uint64_t *total)
{
    bool known = true;
    size_t i;

    *done = *total = 0;
    for (i = 0; i < stream->count; i++) {
        *done += stream->inputs[i].info.file_bytes;
        *total += stream->inputs[i].info.size_bytes;
        known = known && stream->inputs[i].info.size_bytes;
    }
    if (!known)
        *total = 0;
}
