/* export_rows.c: the columns of samples and events, and their rows of values, for formats whose
 * lines are not built here. */
#include <stdio.h>

#include "base/put.h"
#include "cli/export.h"

#define ENDPOINT_BYTES 56
#define FIELD_BYTES    160 /* for the text of one that is not TEXT */
#define TEXT_BYTES     1100

/* Bytes for the texts of all fields. */
struct event_texts {
    char time[CLI_TIME_BYTES], src[ENDPOINT_BYTES], dst[ENDPOINT_BYTES], addr[2][48];
    char field[TP_FIELD_COUNT][FIELD_BYTES];
    char comm[TEXT_BYTES], reason[TEXT_BYTES];
};

const char *const export_end_names[EXPORT_ENDS] = {"src_addr", "src_port", "dst_addr", "dst_port"};

void export_end_values(const struct tp_flow_key *key, unsigned end, char addr[2][48],
                       struct tp_value values[EXPORT_ENDS])
{
    for (unsigned peer = 0; peer < 2; peer++) {
        tp_address_text(key->addr[peer ? !end : end], addr[peer], sizeof addr[peer]);
        values[peer * 2] = tp_value_text(addr[peer]);
        values[peer * 2 + 1] = tp_value_integer(key->port[peer ? !end : end]);
    }
}

char *export_put_ends(char *to, const struct tp_flow_key *key, unsigned end, bool json)
{
    for (unsigned peer = 0; peer < 2; peer++) {
        unsigned of = peer ? !end : end;

        to = put_text(to, !json ? "," : peer ? ",\"dst_addr\":\"" : ",\"src_addr\":\"");
        to += tp_address_text(key->addr[of], to, 48);
        to = put_text(to, !json ? "," : peer ? "\",\"dst_port\":" : "\",\"src_port\":");
        to = put_unsigned(to, key->port[of]);
    }
    return to;
}

static void name_time(struct export_rows *rows, enum cli_time time)
{
    cli_time_name(time, "time", rows->ticks ? "ticks" : "s", rows->time_name);
    snprintf(rows->time_key, sizeof rows->time_key, "{\"%s\":", rows->time_name);
    rows->storage[0].name = rows->time_name;
}

bool export_rows_init(struct export_rows *rows, const struct export_options *options,
                      const struct cli_pass *pass, struct tp_error *error)
{
    bool events = options->events;
    static const char *const samples[] = {"time_s", "flow",  "src", "dst",
                                          "metric", "value", "unit"};
    static const char *const heads[] = {"time_s", "event", "src", "dst"};
    size_t count = events ? EXPORT_EVENT_COLUMNS : EXPORT_SAMPLE_COLUMNS,
           ends = count - EXPORT_ENDS;

    for (size_t i = 0; i < count; i++) {
        rows->storage[i].name = i >= ends ? export_end_names[i - ends]
                                : !events ? samples[i]
                                : i < 4   ? heads[i]
                                          : tp_fields[i - 4].name;
        rows->columns[i] = &rows->storage[i];
    }
    rows->ticks = cli_pass_in_ticks(pass);
    name_time(rows, options->plot.time);
    rows->rows = (struct tp_rows){.columns = rows->columns, .column_count = count};
    if (!cli_pass_in_both(pass))
        return cli_times_open(&rows->times, options->plot.time, CLI_TIME_RECORDING, pass, error);
    tp_error_set(error, TP_ERR_USAGE,
                 "times of some inputs are ticks of a counter, of others seconds: export them one "
                 "by one");
    return false;
}

void export_rows_keep(struct export_rows *rows, uint64_t fields)
{
    size_t kept = 4;

    for (unsigned field = 0; field < TP_FIELD_COUNT; field++)
        if (fields >> field & 1)
            rows->columns[kept++] = &rows->storage[4 + field];
    for (unsigned i = 0; i < EXPORT_ENDS; i++)
        rows->columns[kept++] = &rows->storage[4 + TP_FIELD_COUNT + i];
    rows->rows.column_count = kept;
}

char *export_time(struct export_rows *rows, char *to, uint32_t timeline, int64_t ns, bool json)
{
    bool quoted = json && rows->times.time == CLI_TIME_WALL;
    char *begin = to + quoted, *end = cli_times_put(&rows->times, begin, timeline, ns, rows->ticks);

    if (end == begin)
        return json ? put_text(to, "null") : to;
    if (quoted) {
        *to = '"';
        *end++ = '"';
    }
    return end;
}

/* NULL: not known. */
static const char *time_text(struct export_rows *rows, uint32_t timeline, int64_t ns,
                             char text[CLI_TIME_BYTES])
{
    char *end = export_time(rows, text, timeline, ns, false);

    *end = '\0';
    return end > text ? text : NULL;
}

void export_sample_row(struct export_rows *rows, struct tp_out *out, const struct tp_writer *writer,
                       const struct tp_flow *flow, unsigned end, enum tp_metric_id metric,
                       int64_t ts_ns, double value)
{
    char time[CLI_TIME_BYTES], src[ENDPOINT_BYTES], dst[ENDPOINT_BYTES], addr[2][48];
    struct tp_value values[EXPORT_SAMPLE_COLUMNS] = {
        tp_value_text(time_text(rows, flow->key.timeline, ts_ns, time)),
        tp_value_integer(flow->id),
        tp_value_text(src),
        tp_value_text(dst),
        tp_value_text(tp_metrics[metric].name),
        tp_value_real_if(true, value),
        tp_value_text(tp_metrics[metric].unit),
    };

    tp_endpoint_text(&flow->key, end, src, sizeof src);
    tp_endpoint_text(&flow->key, !end, dst, sizeof dst);
    export_end_values(&flow->key, end, addr, values + EXPORT_SAMPLE_COLUMNS - EXPORT_ENDS);
    writer->row(out, &rows->rows, rows->count++, values);
}

/* Is it printed in hex? */
bool export_is_hex(enum tp_field field)
{
    enum tp_format format = tp_fields[field].format;

    return format == TP_FORMAT_HEX || format == TP_FORMAT_COOKIE || format == TP_FORMAT_POINTER;
}

static struct tp_value field_value(const struct tp_record *record, enum tp_field field,
                                   bool numbers, struct event_texts *texts)
{
    char *text = texts->field[field];
    size_t size = FIELD_BYTES;

    if (!(record->have >> field & 1))
        return tp_value_text(NULL);
    if (tp_fields[field].format == TP_FORMAT_DECIMAL || (numbers && export_is_hex(field)))
        return tp_value_integer(tp_record_number(record, field));
    if (tp_fields[field].format == TP_FORMAT_TEXT) {
        text = field == TP_FIELD_COMM ? texts->comm : texts->reason;
        size = TEXT_BYTES;
    }
    tp_record_text(record, field, text, size);
    return tp_value_text(text);
}

void export_event_row(struct export_rows *rows, struct tp_out *out,
                      const struct export_options *options, const struct tp_record *record,
                      uint64_t fields)
{
    struct tp_value values[EXPORT_EVENT_COLUMNS] = {0};
    struct event_texts texts;
    size_t count = 4;

    values[0] = tp_value_text(time_text(rows, record->key.timeline, record->ts_ns, texts.time));
    values[1] = tp_value_text(tp_kind_name((enum tp_kind)record->kind));
    for (; fields; fields &= fields - 1)
        values[count++] =
            field_value(record, (enum tp_field)__builtin_ctzll(fields), options->numbers, &texts);
    if (record->has_key) {
        tp_endpoint_text(&record->key, record->local, texts.src, sizeof texts.src);
        tp_endpoint_text(&record->key, !record->local, texts.dst, sizeof texts.dst);
        values[2] = tp_value_text(texts.src);
        values[3] = tp_value_text(texts.dst);
        export_end_values(&record->key, record->local, texts.addr, values + count);
    }
    options->writer->row(out, &rows->rows, rows->count++, values);
}
