/* inputs.c: one row an input: what it is, what was read from it and what could not be used. */
#include <stdio.h>

#include "cli/inputs.h"

/* Everything that a row's values point to. */
struct input_row {
    const struct tp_input_info *info;
    struct tp_count events[TP_KIND_COUNT];
    struct tp_count others[TP_OTHER_EVENTS_MAX + 1];
    char malformed[640];
};

static struct tp_value integer(uint64_t number)
{
    return tp_value_integer((int64_t)number);
}

static struct tp_value integer_if(bool known, int64_t number)
{
    return tp_value_integer_if(known, (uint64_t)number);
}

static struct tp_value text(const char *words)
{
    return tp_value_text(words[0] ? words : NULL);
}

static struct tp_value get_path(struct input_row *row)
{
    return text(row->info->path);
}

static struct tp_value get_format(struct input_row *row)
{
    return text(row->info->format);
}

static struct tp_value get_gzipped(struct input_row *row)
{
    return tp_value_bool(row->info->gzipped);
}

static struct tp_value get_file_bytes(struct input_row *row)
{
    return integer(row->info->file_bytes);
}

static struct tp_value get_text_bytes(struct input_row *row)
{
    return integer(row->info->text_bytes);
}

static struct tp_value get_lines(struct input_row *row)
{
    return integer(row->info->lines);
}

static struct tp_value get_records(struct input_row *row)
{
    return integer(row->info->records);
}

static struct tp_value get_events(struct input_row *row)
{
    uint32_t count = 0;

    for (unsigned kind = 0; kind < TP_KIND_COUNT; kind++)
        if (kind != TP_KIND_LOST && row->info->kinds[kind])
            row->events[count++] = (struct tp_count){tp_kind_name(kind), row->info->kinds[kind]};
    return (struct tp_value){.type = TP_VALUE_COUNTS, .counts = count, .list = row->events};
}

static struct tp_value get_others(struct input_row *row)
{
    uint64_t unnamed = row->info->other_total;
    uint32_t count = 0;

    for (unsigned i = 0; i < row->info->others; i++) {
        row->others[count++] =
            (struct tp_count){row->info->other[i].name, row->info->other[i].count};
        unnamed -= row->info->other[i].count;
    }
    if (unnamed)
        row->others[count++] = (struct tp_count){"", unnamed};
    return (struct tp_value){.type = TP_VALUE_COUNTS, .counts = count, .list = row->others};
}

static struct tp_value get_malformed(struct input_row *row)
{
    return integer(row->info->malformed);
}

static struct tp_value get_first_malformed(struct input_row *row)
{
    tp_error_format(&row->info->first_malformed, row->malformed, sizeof row->malformed);
    return text(row->info->malformed ? row->malformed : "");
}

static struct tp_value get_lost(struct input_row *row)
{
    const struct tp_input_info *info = row->info;

    return integer_if(info->capture ? info->lost_told : info->lost || !info->lost_markers,
                      (int64_t)info->lost);
}

static struct tp_value get_lost_markers(struct input_row *row)
{
    return integer(row->info->lost_markers);
}

static struct tp_value get_lost_uncounted(struct input_row *row)
{
    return integer(row->info->lost_uncounted);
}

static struct tp_value get_late(struct input_row *row)
{
    return integer(row->info->late);
}

static struct tp_value get_recordings(struct input_row *row)
{
    return integer(row->info->recordings);
}

static struct tp_value get_stretches(struct input_row *row)
{
    return integer_if(row->info->capture, row->info->stretches);
}

static struct tp_value get_steps(struct input_row *row)
{
    return integer(row->info->steps);
}

static struct tp_value get_step(struct input_row *row)
{
    return integer_if(row->info->steps, row->info->step[0].back_ns);
}

static struct tp_value get_ticks(struct input_row *row)
{
    return tp_value_bool(row->info->ticks);
}

static struct tp_value get_warning(struct input_row *row)
{
    return text(row->info->warning);
}

static struct tp_value get_clock(struct input_row *row)
{
    return text(row->info->clock);
}

static struct tp_value get_wall_offset(struct input_row *row)
{
    return integer_if(row->info->has_wall_offset, row->info->wall_offset_ns);
}

static struct tp_value get_timeline(struct input_row *row)
{
    return integer(row->info->timeline);
}

static struct tp_value get_first(struct input_row *row)
{
    return integer_if(row->info->has_time, row->info->first_ns);
}

static struct tp_value get_last(struct input_row *row)
{
    return integer_if(row->info->has_time, row->info->last_ns);
}

/* Figures of captures, absent for logs. */
#define CAPTURE_FIGURE(name)                                                                       \
    static struct tp_value get_##name(struct input_row *row)                                       \
    {                                                                                              \
        return integer_if(row->info->capture, (int64_t)row->info->name);                           \
    }
CAPTURE_FIGURE(interfaces)
CAPTURE_FIGURE(snaplen)
CAPTURE_FIGURE(cut)
CAPTURE_FIGURE(headers_cut)
CAPTURE_FIGURE(filtered)
CAPTURE_FIGURE(opaque_total)
CAPTURE_FIGURE(fragments)
CAPTURE_FIGURE(tunnelled)
CAPTURE_FIGURE(no_length)
#undef CAPTURE_FIGURE

static struct tp_value get_links(struct input_row *row)
{
    return text(row->info->links);
}

static struct tp_value get_shift(struct input_row *row)
{
    return integer_if(row->info->aligned[0], row->info->shift_ns);
}

static struct tp_value get_aligned(struct input_row *row)
{
    return text(row->info->aligned);
}

static const struct input_column {
    struct tp_column column;
    struct tp_value (*get)(struct input_row *row);
} columns[] = {
    {{.name = "path"}, get_path},
    {{.name = "format"}, get_format},
    {{.name = "gzipped"}, get_gzipped},
    {{.name = "file_bytes"}, get_file_bytes},
    {{.name = "text_bytes"}, get_text_bytes},
    {{.name = "lines"}, get_lines},
    {{.name = "records"}, get_records},
    {{.name = "events"}, get_events},
    {{.name = "other_events"}, get_others},
    {{.name = "malformed_lines"}, get_malformed},
    {{.name = "first_malformed"}, get_first_malformed},
    {{.name = "lost_events"}, get_lost},
    {{.name = "lost_markers"}, get_lost_markers},
    {{.name = "lost_uncounted"}, get_lost_uncounted},
    {{.name = "late_records"}, get_late},
    {{.name = "recordings"}, get_recordings},
    {{.name = "stretches"}, get_stretches},
    {{.name = "clock_steps"}, get_steps},
    {{.name = "clock_step_ns"}, get_step},
    {{.name = "ticks"}, get_ticks},
    {{.name = "warning"}, get_warning},
    {{.name = "clock"}, get_clock},
    {{.name = "wall_offset_ns"}, get_wall_offset},
    {{.name = "timeline"}, get_timeline},
    {{.name = "first_ns"}, get_first},
    {{.name = "last_ns"}, get_last},
    {{.name = "shift_ns"}, get_shift},
    {{.name = "aligned"}, get_aligned},
    {{.name = "link_types"}, get_links},
    {{.name = "interfaces"}, get_interfaces},
    {{.name = "snaplen"}, get_snaplen},
    {{.name = "cut_packets"}, get_cut},
    {{.name = "cut_headers"}, get_headers_cut},
    {{.name = "filtered_packets"}, get_filtered},
    {{.name = "opaque_packets"}, get_opaque_total},
    {{.name = "fragments"}, get_fragments},
    {{.name = "tunnelled"}, get_tunnelled},
    {{.name = "without_length"}, get_no_length},
};

#define COLUMN_COUNT (sizeof columns / sizeof *columns)

struct input_rows {
    const struct cli_pass *pass;
    struct input_row row;
};

static void load(void *context, size_t index, struct tp_value *values)
{
    struct input_rows *rows = context;

    rows->row.info = tp_stream_info(rows->pass->stream, index);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        values[i] = columns[i].get(&rows->row);
}

void cli_inputs_json(struct tp_out *out, const struct cli_pass *pass)
{
    const struct tp_column *chosen[COLUMN_COUNT];
    struct input_rows context = {.pass = pass};
    const struct tp_rows rows = {chosen, COLUMN_COUNT, tp_stream_inputs(pass->stream), load,
                                 &context};

    for (size_t i = 0; i < COLUMN_COUNT; i++)
        chosen[i] = &columns[i].column;
    tp_rows_write(out, tp_writer_find("json"), &rows);
}
