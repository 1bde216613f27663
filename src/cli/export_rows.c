/* export_rows.c: samples and events as rows of values, for the writers of all formats. */
#include "cli/export.h"

#define TIME_BYTES     EXPORT_TIME_BYTES
#define ENDPOINT_BYTES 56
#define FIELD_BYTES    160 /* for the text of one that is not TEXT */
#define TEXT_BYTES     1100

/* Bytes for the texts of all fields. */
struct event_texts {
    char time[TIME_BYTES], src[ENDPOINT_BYTES], dst[ENDPOINT_BYTES];
    char field[TP_FIELD_COUNT][FIELD_BYTES];
    char comm[TEXT_BYTES], reason[TEXT_BYTES];
};

bool export_rows_init(struct export_rows *rows, const struct cli_pass *pass, bool events,
                      struct tp_error *error)
{
    static const char *const samples[EXPORT_SAMPLE_COLUMNS] = {"time_s", "flow",  "src", "dst",
                                                               "metric", "value", "unit"};
    static const char *const heads[] = {"time_s", "event", "src", "dst"};
    size_t count = events ? EXPORT_EVENT_COLUMNS : EXPORT_SAMPLE_COLUMNS;

    for (size_t i = 0; i < count; i++) {
        rows->storage[i].name = !events ? samples[i] : i < 4 ? heads[i] : tp_fields[i - 4].name;
        rows->columns[i] = &rows->storage[i];
    }
    rows->ticks = cli_pass_in_ticks(pass);
    if (rows->ticks)
        rows->storage[0].name = "time_ticks";
    rows->rows = (struct tp_rows){.columns = rows->columns, .column_count = count};
    if (!cli_pass_in_both(pass))
        return true;
    tp_error_set(error, TP_ERR_USAGE,
                 "times of some inputs are ticks of a counter, of others seconds: export them one "
                 "by one");
    return false;
}

static const char *time_text(const struct export_rows *rows, int64_t ns, char text[TIME_BYTES])
{
    *export_time(text, ns, rows->ticks) = '\0';
    return text;
}

void export_sample_row(struct export_rows *rows, struct tp_out *out, const struct tp_writer *writer,
                       const struct tp_flow *flow, unsigned end, enum tp_metric_id metric,
                       int64_t ts_ns, double value)
{
    char time[TIME_BYTES], src[ENDPOINT_BYTES], dst[ENDPOINT_BYTES];
    const struct tp_value values[EXPORT_SAMPLE_COLUMNS] = {
        tp_value_text(time_text(rows, ts_ns, time)),
        tp_value_integer(flow->id),
        tp_value_text(src),
        tp_value_text(dst),
        tp_value_text(tp_metrics[metric].name),
        tp_value_real_if(true, value),
        tp_value_text(tp_metrics[metric].unit),
    };

    tp_endpoint_text(&flow->key, end, src, sizeof src);
    tp_endpoint_text(&flow->key, !end, dst, sizeof dst);
    writer->row(out, &rows->rows, rows->count++, values);
}

static struct tp_value field_value(const struct tp_record *record, enum tp_field field,
                                   struct event_texts *texts)
{
    char *text = texts->field[field];
    size_t size = FIELD_BYTES;

    if (!(record->have >> field & 1))
        return tp_value_text(NULL);
    if (tp_fields[field].format == TP_FORMAT_DECIMAL)
        return tp_value_integer(tp_record_number(record, field));
    if (tp_fields[field].format == TP_FORMAT_TEXT) {
        text = field == TP_FIELD_COMM ? texts->comm : texts->reason;
        size = TEXT_BYTES;
    }
    tp_record_text(record, field, text, size);
    return tp_value_text(text);
}

void export_event_row(struct export_rows *rows, struct tp_out *out, const struct tp_writer *writer,
                      const struct tp_record *record)
{
    struct tp_value values[EXPORT_EVENT_COLUMNS];
    struct event_texts texts;

    values[0] = tp_value_text(time_text(rows, record->ts_ns, texts.time));
    values[1] = tp_value_text(tp_kind_name((enum tp_kind)record->kind));
    values[2] = tp_value_text(record->has_key ? texts.src : NULL);
    values[3] = tp_value_text(record->has_key ? texts.dst : NULL);
    if (record->has_key) {
        tp_endpoint_text(&record->key, record->local, texts.src, sizeof texts.src);
        tp_endpoint_text(&record->key, !record->local, texts.dst, sizeof texts.dst);
    }
    for (unsigned field = 0; field < TP_FIELD_COUNT; field++)
        values[4 + field] = field_value(record, (enum tp_field)field, &texts);
    writer->row(out, &rows->rows, rows->count++, values);
}
