/* export_plotted.c: the numbers of a picture as rows, for those who draw it with something else. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/export.h"

#define COLUMNS       11
#define NUMBER_DIGITS 9 /* more than a picture has */

struct plotted_rows {
    struct tp_out *out;
    const struct tp_writer *writer;
    const struct tp_column *columns[COLUMNS];
    struct tp_column storage[COLUMNS];
    struct tp_rows rows;
    uint64_t count;
};

static void init_rows(struct plotted_rows *rows)
{
    static const char *const names[COLUMNS] = {"panel",  "name", "quantity", "shape", "piece", "x",
                                               "x_unit", "y",    "y_unit",   "x_end", "y_end"};

    for (size_t i = 0; i < COLUMNS; i++) {
        rows->storage[i].name = names[i];
        rows->columns[i] = &rows->storage[i];
    }
    rows->rows = (struct tp_rows){.columns = rows->columns, .column_count = COLUMNS};
}

/* Without the noise of the way to the page and back. */
static struct tp_value number(bool known, double value)
{
    char digits[40];

    snprintf(digits, sizeof digits, "%.*g", NUMBER_DIGITS, value);
    return tp_value_real_if(known, strtod(digits, NULL));
}

static void write_row(void *context, const struct tp_plotted *plotted)
{
    struct plotted_rows *rows = context;
    const struct tp_value values[COLUMNS] = {
        tp_value_text(plotted->panel),
        tp_value_text(plotted->name),
        tp_value_text(plotted->what),
        tp_value_text(plotted->shape),
        tp_value_integer((int64_t)plotted->piece),
        number(true, plotted->x),
        tp_value_text(plotted->x_unit),
        number(plotted->y_unit != NULL, plotted->y),
        tp_value_text(plotted->y_unit),
        number(plotted->is_box, plotted->x_end),
        number(plotted->is_box && plotted->y_unit != NULL, plotted->y_end),
    };

    rows->writer->row(rows->out, &rows->rows, rows->count++, values);
}

int export_plotted(struct export_options *options, struct tp_out *out, struct tp_error *error)
{
    struct plotted_rows rows = {.out = out, .writer = options->writer};
    struct tp_picture *picture;

    if (tp_picture_check(&options->plot.picture, error) < 0)
        return error->code;
    if (!cli_plot_labels_fit(&options->plot))
        return TP_ERR_USAGE;
    picture = cli_plot_picture(&options->plot);
    if (!picture)
        return TP_ERR_USAGE; /* said already */
    init_rows(&rows);
    tp_rows_begin(out, rows.writer, &rows.rows);
    tp_picture_plotted(picture, write_row, &rows);
    tp_rows_end(out, rows.writer, &rows.rows);
    tp_picture_free(picture);
    return tp_out_finish(out, error);
}
