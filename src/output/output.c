/* output.c: the list of formats. */
#include <string.h>

#include "output/value.h"

const struct tp_writer *const tp_writers[] = {
    &tp_table_writer,    &tp_blocks_writer, &tp_csv_writer,    &tp_csv_raw_writer,
    &tp_csv_null_writer, &tp_json_writer,   &tp_ndjson_writer,
};

const size_t tp_writer_count = sizeof tp_writers / sizeof *tp_writers;

const struct tp_writer *tp_writer_find(const char *name)
{
    for (size_t i = 0; i < tp_writer_count; i++)
        if (strcmp(tp_writers[i]->name, name) == 0)
            return tp_writers[i];
    return NULL;
}

bool tp_writer_streams(const struct tp_writer *writer)
{
    return writer->row != NULL;
}

void tp_rows_begin(struct tp_out *out, const struct tp_writer *writer, const struct tp_rows *rows)
{
    if (writer->head)
        writer->head(out, rows);
}

void tp_rows_end(struct tp_out *out, const struct tp_writer *writer, const struct tp_rows *rows)
{
    if (!writer->tail)
        return;
    writer->tail(out, rows);
    tp_out_text(out, "\n");
}

void tp_rows_write(struct tp_out *out, const struct tp_writer *writer, const struct tp_rows *rows)
{
    struct tp_value values[TP_COLUMNS_MAX];

    if (writer->all) {
        writer->all(out, rows);
        return;
    }
    if (writer->head)
        writer->head(out, rows);
    for (size_t i = 0; i < rows->row_count && !tp_out_failed(out); i++) {
        rows->load(rows->context, i, values);
        writer->row(out, rows, i, values);
    }
    if (writer->tail)
        writer->tail(out, rows);
}
