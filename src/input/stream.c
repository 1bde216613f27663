/* stream.c: several inputs become timelines, each timeline one sequence in time order.
 *
 * Timelines are delivered one after another. Within one, inputs are merged by time: an input is
 * started only when the merge reaches its first record, so that the parts of a rotated log are
 * open one at a time. An input that consists of stretches is read by several readers (merge.h).
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/phrase.h"
#include "base/units.h"
#include "input/order.h"
#include "input/stream.h"

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

static bool is_empty(const struct input *input)
{
    return input->window.next == input->window.ready && !input->ended;
}

/* Reads some; sets ended where there is no more. */
static int read_some(struct input *input, struct tp_error *error)
{
    struct window *window = &input->window;
    const struct batch *batch;
    int rc;

    if (window_hold(window) < 0)
        return tp_error_nomem(error);
    rc = input->merge ? merge_next(input->merge, &batch, error)
                      : reader_next(input->reader, &batch, error);
    if (rc < 0)
        return rc;
    input->paused = reader_paused(input->reader);
    input->caught_up = input->paused || rc == 0;
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
    if (input->ended) { /* many may follow */
        window_release(&input->window);
        stream_close_reader(input);
    }
    return TP_OK;
}

/* Makes the next record of input available; sets ended when there is none. */
static int refill(const struct tp_stream_options *options, struct input *input,
                  struct tp_error *error)
{
    int rc = TP_OK;

    while (rc == TP_OK && is_empty(input)) {
        if (input->paused && tell_paused(options, error) < 0)
            return TP_ERR_STOPPED;
        rc = read_some(input, error);
    }
    return rc;
}

/* One of several that are written while they are read. */
static bool may_be_quiet(const struct tp_stream *stream, const struct input *input)
{
    return stream->options.patience_ns && stream->count > 1 && input->window.live;
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
    if (rc == TP_OK && !may_be_quiet(stream, input))
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

/* Nothing that it said is left. */
static bool is_quiet(const struct tp_stream *stream, const struct input *input)
{
    return input->info.timeline == stream->timeline && input->started && is_empty(input) &&
           may_be_quiet(stream, input);
}

/* The input of the current timeline with the earliest head, the first one of equals; NULL if none
 * has any. until_ns becomes the head of the next one. */
static struct input *earliest(struct tp_stream *stream)
{
    struct input *input, *best = NULL;
    int64_t head, best_head = INT64_MAX;

    stream->until_ns = INT64_MAX;
    for (input = stream->inputs; input < stream->inputs + stream->count; input++) {
        if (input->info.timeline != stream->timeline || input->ended || is_quiet(stream, input))
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

/* Of what the quiet ones have said by now, 1: some, 0: nothing, or none is quiet. */
static int hear_quiet(struct tp_stream *stream, struct tp_error *error)
{
    int rc = TP_OK, heard = 0;

    for (size_t i = 0; i < stream->count && rc == TP_OK; i++) {
        struct input *input = &stream->inputs[i];

        if (!is_quiet(stream, input))
            continue;
        rc = read_some(input, error);
        if (rc < 0)
            tp_error_at(error, input->info.path, 0, 0);
        input->came_ns = tp_clock_monotonic_ns();
        heard |= !is_quiet(stream, input);
    }
    return rc < 0 ? rc : heard;
}

/* May one that says nothing have something earlier to say? Not for ever, and not where more waits
 * behind it. */
static bool must_wait(const struct tp_stream *stream, const struct input *input)
{
    return input->started && input->caught_up && may_be_quiet(stream, input) &&
           tp_clock_monotonic_ns() - input->came_ns < stream->options.patience_ns;
}

/* The input whose record is next; NULL: none of the timeline is left. */
static int choose(struct tp_stream *stream, struct input **chosen, struct tp_error *error)
{
    bool quiet;
    int rc;

    for (;;) {
        rc = hear_quiet(stream, error);
        if (rc < 0)
            return rc;
        *chosen = earliest(stream);
        quiet = false;
        for (size_t i = 0; i < stream->count; i++)
            quiet |= is_quiet(stream, &stream->inputs[i]);
        if (!quiet || (*chosen && !must_wait(stream, *chosen)))
            return TP_OK;
        if (!rc && tell_paused(&stream->options, error) < 0)
            return TP_ERR_STOPPED;
    }
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
        rc = choose(stream, &input, error);
        if (rc < 0)
            return rc;
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
        if (window->next == window->ready && !may_be_quiet(stream, input)) {
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
