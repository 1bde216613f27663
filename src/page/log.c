/* log.c: the packet log of a connection, in columns. A cell is the difference to the one above it,
 * as a number of variable length (LEB128, zigzag): a row of twenty columns takes some twenty-five
 * bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/name_index.h"
#include "page/page.h"

#define ABSENT 0 /* what is there is one more than its zigzag */

struct log_column {
    const struct tp_column *of;
    uint8_t *bytes;
    size_t length, allocated;
    int64_t last;
    bool is_text;
};

struct tp_page_log {
    struct log_column *columns;
    size_t column_count;
    uint64_t rows;
    char **texts; /* what cells of texts are numbers of */
    size_t text_count, text_allocated;
    struct tp_name_index index; /* of texts */
};

struct tp_page_log *tp_page_log_new(const struct tp_column *const *columns, size_t count,
                                    struct tp_error *error)
{
    struct tp_page_log *log = calloc(1, sizeof *log);

    if (log)
        log->columns = calloc(count, sizeof *log->columns);
    if (!log || !log->columns) {
        free(log);
        tp_error_nomem(error);
        return NULL;
    }
    log->column_count = count;
    for (size_t i = 0; i < count; i++)
        log->columns[i].of = columns[i];
    return log;
}

void tp_page_log_free(struct tp_page_log *log)
{
    if (!log)
        return;
    for (size_t i = 0; i < log->column_count; i++)
        free(log->columns[i].bytes);
    for (size_t i = 0; i < log->text_count; i++)
        free(log->texts[i]);
    free(log->texts);
    tp_name_index_release(&log->index);
    free(log->columns);
    free(log);
}

/* --- texts ------------------------------------------------------------------------------------ */

static const char *text_at(const void *texts, size_t index)
{
    return ((char *const *)texts)[index];
}

/* Its number in *number; false: out of memory. */
static bool number_of(struct tp_page_log *log, const char *text, int64_t *number)
{
    const struct tp_names names = {log->texts, log->text_count, text_at};
    uint32_t *place = tp_name_index_place(&log->index, text, &names);

    if (!place)
        return false;
    if (!*place) {
        if (!TP_LIST_ROOM(log->texts, log->text_count, log->text_allocated, 16))
            return false;
        log->texts[log->text_count] = strdup(text);
        if (!log->texts[log->text_count])
            return false;
        *place = (uint32_t)++log->text_count;
    }
    *number = *place - 1;
    return true;
}

/* --- cells ------------------------------------------------------------------------------------ */

static bool put_byte(struct log_column *column, uint8_t byte)
{
    if (!TP_LIST_ROOM(column->bytes, column->length, column->allocated, 256))
        return false;
    column->bytes[column->length++] = byte;
    return true;
}

static bool put_cell(struct log_column *column, uint64_t cell)
{
    for (; cell >= 0x80; cell >>= 7)
        if (!put_byte(column, (uint8_t)(cell | 0x80)))
            return false;
    return put_byte(column, (uint8_t)cell);
}

static bool put_number(struct log_column *column, int64_t number)
{
    int64_t difference = (int64_t)((uint64_t)number - (uint64_t)column->last);

    column->last = number;
    return put_cell(column, (((uint64_t)difference << 1) ^ (uint64_t)(difference >> 63)) + 1);
}

bool tp_page_log_add(struct tp_page_log *log, const struct tp_value *values)
{
    int64_t number;

    for (size_t i = 0; i < log->column_count; i++) {
        struct log_column *column = &log->columns[i];

        number = values[i].type == TP_VALUE_TEXT ? 0 : values[i].integer;
        if (values[i].type == TP_VALUE_ABSENT) {
            if (!put_cell(column, ABSENT))
                return false;
            continue;
        }
        column->is_text |= values[i].type == TP_VALUE_TEXT;
        if (values[i].type == TP_VALUE_TEXT && !number_of(log, values[i].text, &number))
            return false;
        if (!put_number(column, number))
            return false;
    }
    log->rows++;
    return true;
}

/* --- what is written -------------------------------------------------------------------------- */

static uint64_t get_cell(const struct log_column *column, size_t *at)
{
    uint64_t cell = 0;

    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = column->bytes[(*at)++];

        cell |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return cell;
    }
}

/* Texts are told apart by number, which are no differences: nothing is near another. */
static void write_column(struct tp_out *out, const struct log_column *column)
{
    struct page_deltas deltas = page_deltas_begin(out, column->of->name);
    int64_t number = 0;
    uint64_t cell;

    for (size_t at = 0; at < column->length;) {
        cell = get_cell(column, &at);
        if (cell == ABSENT) {
            page_deltas_absent(&deltas);
            continue;
        }
        cell--;
        number = (int64_t)((uint64_t)number + ((cell >> 1) ^ -(cell & 1)));
        page_deltas_add(&deltas, number);
        if (column->is_text)
            deltas.last = 0;
    }
    page_deltas_end(&deltas);
}

static bool is_empty(const struct log_column *column)
{
    for (size_t at = 0; at < column->length;)
        if (get_cell(column, &at) != ABSENT)
            return false;
    return true;
}

void tp_page_packets(struct tp_out *out, const struct tp_page_log *log, uint64_t rows)
{
    tp_out_text(out, "\"packets\":{");
    page_member(out, "rows", (int64_t)log->rows);
    tp_out_text(out, ",");
    page_member(out, "of", (int64_t)rows);
    tp_out_text(out, ",\"texts\":[");
    for (size_t i = 0; i < log->text_count; i++) {
        tp_out_text(out, i ? "," : "");
        page_text(out, log->texts[i]);
    }
    tp_out_text(out, "],\"text_columns\":[");
    for (size_t i = 0, written = 0; i < log->column_count; i++)
        if (log->columns[i].is_text) {
            tp_out_text(out, written++ ? "," : "");
            tp_out_json_text(out, log->columns[i].of->name);
        }
    tp_out_text(out, "],\"columns\":{");
    for (size_t i = 0, written = 0; i < log->column_count; i++)
        if (!is_empty(&log->columns[i])) {
            tp_out_text(out, written++ ? ",\n" : "");
            write_column(out, &log->columns[i]);
        }
    tp_out_text(out, "}}");
}

void page_log(struct tp_out *out, const struct tp_page_log *log, uint64_t rows)
{
    if (!log)
        return;
    tp_out_text(out, ",");
    tp_page_packets(out, log, rows);
}
