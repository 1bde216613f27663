/* stream_open.c: the inputs of a stream, from their names to what is known of them. */
#include <stdlib.h>

#include "input/stream.h"
#include "input/timeline.h"

void stream_close_reader(struct input *input)
{
    merge_close(input->merge);
    reader_close(input->reader);
    input->merge = NULL;
    input->reader = NULL;
}

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
        stream_close_reader(input);
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
        stream_close_reader(&stream->inputs[i]);
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
