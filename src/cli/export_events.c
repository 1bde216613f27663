/* export_events.c: the records themselves: time_s, event, src, dst and every field by the kernel's
 * name. src is the end of the socket that the event is about. CSV has a column for every field that
 * is known, or that occurs, JSON the fields that are present; numbers are written as the kernel
 * prints them, in JSON as numbers where they are decimal and as texts otherwise; or as numbers all
 * of them.
 */
#include <string.h>

#include "base/formula.h"
#include "cli/export.h"

#define ENDPOINT_CACHE 256 /* a power of two */

struct endpoints {
    bool used;
    uint8_t local;
    uint16_t length, ends_length;
    struct tp_flow_key key;
    char text[140], ends[EXPORT_ENDS_BYTES]; /* what is behind the event, and behind all fields */
};

struct exporter {
    const struct export_options *options;
    struct tp_out *out;
    struct export_rows rows;
    struct tp_flow_table *table; /* only where flows are chosen by number */
    uint64_t fields;             /* that are columns */
    struct endpoints endpoints[ENDPOINT_CACHE];
};

static const struct endpoints *endpoints_of(struct exporter *exporter,
                                            const struct tp_record *record)
{
    struct endpoints *found =
        &exporter->endpoints[(record->hash * 2 + record->local) & (ENDPOINT_CACHE - 1)];
    bool json = exporter->options->lines->json;
    char *end = found->text;

    if (found->used && found->local == record->local &&
        tp_flow_key_equal(&found->key, &record->key))
        return found;
    found->used = true;
    found->local = record->local;
    found->key = record->key;
    end = put_text(end, json ? ",\"src\":\"" : ",");
    end += tp_endpoint_text(&record->key, record->local, end, 56);
    end = put_text(end, json ? "\",\"dst\":\"" : ",");
    end += tp_endpoint_text(&record->key, !record->local, end, 56);
    end = put_text(end, json ? "\"" : "");
    found->length = (uint16_t)(end - found->text);
    found->ends_length =
        (uint16_t)(export_put_ends(found->ends, &record->key, record->local, json) - found->ends);
    return found;
}

#define BYTE_MOST 8 /* of what stands for one byte */

static char *put_visible(char *to, unsigned char byte, bool json)
{
    if (byte < 0x20 || byte >= 0x7f || byte == '\\')
        return put_hex_padded(put_text(to, json ? "\\\\x" : "\\x"), byte, 2);
    if (byte == '"')
        *to++ = json ? '\\' : '"';
    *to++ = (char)byte;
    return to;
}

/* Any bytes, quoted for the format; what is not printable becomes \xHH. */
static void write_bytes(struct exporter *exporter, const struct tp_text *text)
{
    const struct export_lines *lines = exporter->options->lines;
    const char *at = text->bytes, *end = at + text->length, *stop;
    char *to;

    tp_out_bytes(exporter->out, "\"", 1);
    if (!lines->json && !lines->raw && text_is_formula(text->bytes, text->length))
        tp_out_text(exporter->out, FORMULA_GUARD);
    while (at < end) {
        stop = end - at < TP_OUT_ROOM / BYTE_MOST ? end : at + TP_OUT_ROOM / BYTE_MOST;
        for (to = tp_out_room(exporter->out, TP_OUT_ROOM); at < stop; at++)
            to = put_visible(to, (unsigned char)*at, lines->json);
        tp_out_used(exporter->out, to);
    }
    tp_out_bytes(exporter->out, "\"", 1);
}

#define FIELD_BYTES 160 /* for the text of one that is not TEXT */

/* As tp_record_text() would, without its printf. */
static char *write_number(char *to, const struct tp_record *record, enum tp_field field)
{
    switch (tp_fields[field].format) {
    case TP_FORMAT_DECIMAL:
        return put_signed(to, tp_record_number(record, field));
    case TP_FORMAT_HEX:
        return put_hex(put_text(to, "0x"), (uint64_t)tp_record_number(record, field));
    case TP_FORMAT_COOKIE:
        return put_hex(to, (uint64_t)tp_record_number(record, field));
    case TP_FORMAT_POINTER:
        return put_hex_padded(to, (uint64_t)tp_record_number(record, field), 16);
    default:
        return to + tp_record_text(record, field, to, FIELD_BYTES);
    }
}

static void write_field(struct exporter *exporter, const struct tp_record *record,
                        enum tp_field field)
{
    const struct tp_field_info *info = &tp_fields[field];
    bool as_number = info->format == TP_FORMAT_CONG_STATE || info->format == TP_FORMAT_DECIMAL ||
                     (exporter->options->numbers && export_is_hex(field));
    bool quoted = exporter->options->lines->json ? !as_number
                                                 : info->format == TP_FORMAT_SACK; /* has commas */
    char *to;

    if (info->format == TP_FORMAT_TEXT) {
        write_bytes(exporter, (const struct tp_text *)((const char *)record + info->offset));
        return;
    }
    to = tp_out_room(exporter->out, FIELD_BYTES + 2);
    if (quoted)
        *to++ = '"';
    if (exporter->options->numbers && export_is_hex(field))
        to = put_unsigned(to, (uint64_t)tp_record_number(record, field));
    else
        to = write_number(to, record, field);
    if (quoted)
        *to++ = '"';
    tp_out_used(exporter->out, to);
}

static void write_head(struct exporter *exporter, const struct tp_record *record)
{
    bool json = exporter->options->lines->json;
    const struct endpoints *endpoints;
    char *to = tp_out_room(exporter->out, 512);

    if (json)
        to = put_text(to, exporter->rows.time_key);
    to = export_time(&exporter->rows, to, record->key.timeline, record->ts_ns, json);
    to = put_text(to, json ? ",\"event\":\"" : ",");
    to = put_text(to, tp_kind_name(record->kind));
    if (json)
        *to++ = '"';
    if (record->has_key) {
        endpoints = endpoints_of(exporter, record);
        memcpy(to, endpoints->text, endpoints->length);
        to += endpoints->length;
    } else if (!json) {
        to = put_text(to, ",,");
    }
    tp_out_used(exporter->out, to);
}

static void write_values(struct exporter *exporter, const struct tp_record *record)
{
    char *to = tp_out_room(exporter->out, TP_FIELD_COUNT);

    for (uint64_t fields = exporter->fields; fields; fields &= fields - 1) {
        *to++ = ',';
        if (record->have & fields & -fields) {
            tp_out_used(exporter->out, to);
            write_field(exporter, record, (unsigned)__builtin_ctzll(fields));
            to = tp_out_room(exporter->out, TP_FIELD_COUNT);
        }
    }
    tp_out_used(exporter->out, to);
}

static void write_ends(struct exporter *exporter, const struct tp_record *record)
{
    const struct endpoints *endpoints;

    if (record->has_key) {
        endpoints = endpoints_of(exporter, record);
        tp_out_bytes(exporter->out, endpoints->ends, endpoints->ends_length);
    } else if (!exporter->options->lines->json) {
        tp_out_bytes(exporter->out, ",,,,", EXPORT_ENDS);
    }
}

static void write_object(struct exporter *exporter, const struct tp_record *record)
{
    char *to;

    for (uint64_t have = record->have; have; have &= have - 1) {
        unsigned field = (unsigned)__builtin_ctzll(have);

        to = tp_out_room(exporter->out, 80);
        to = put_text(to, ",\"");
        to = put_text(to, tp_fields[field].name);
        tp_out_used(exporter->out, put_text(to, "\":"));
        write_field(exporter, record, field);
    }
}

/* 1 if the record's flow is among the chosen ones, 0 if not. Events lost are always shown. */
static int is_chosen(struct exporter *exporter, const struct tp_record *record,
                     struct tp_error *error)
{
    struct tp_flow *flow = NULL;
    unsigned end;
    int rc;

    if (!exporter->table || record->kind == TP_KIND_LOST)
        return 1;
    rc = tp_flow_table_find(exporter->table, record, &flow, &end, error);
    return rc < 0 ? rc : flow && cli_flow_chosen(&exporter->options->plot.flows, flow);
}

static void write_event(struct exporter *exporter, const struct tp_record *record)
{
    const struct export_lines *lines = exporter->options->lines;

    if (!lines) {
        export_event_row(&exporter->rows, exporter->out, exporter->options, record,
                         exporter->fields);
        return;
    }
    tp_out_text(exporter->out, exporter->rows.count++ ? lines->next : lines->first);
    write_head(exporter, record);
    if (lines->json)
        write_object(exporter, record);
    else
        write_values(exporter, record);
    write_ends(exporter, record);
    tp_out_text(exporter->out, lines->json ? "}" : "");
    tp_out_text(exporter->out, lines->end);
}

static int write_events(struct exporter *exporter, struct cli_pass *pass, struct tp_error *error)
{
    const struct tp_record *record;
    int rc;

    tp_rows_begin(exporter->out, exporter->options->writer, &exporter->rows.rows);
    while (!tp_out_failed(exporter->out) && (rc = cli_pass_next(pass, &record, error)) == 1) {
        rc = is_chosen(exporter, record, error);
        if (rc < 0)
            return rc;
        if (rc == 0)
            continue;
        write_event(exporter, record);
    }
    tp_rows_end(exporter->out, exporter->options->writer, &exporter->rows.rows);
    if (tp_out_failed(exporter->out))
        tp_error_clear(error); /* the pass was stopped because of it */
    rc = error->code;
    return tp_out_finish(exporter->out, error) ? error->code : rc;
}

/* Without writing: the fields of the records that will be. */
static int find_fields(struct exporter *exporter, struct cli_pass *pass, struct tp_error *error)
{
    const struct tp_record *record;
    uint64_t have = 0;
    int rc;

    while ((rc = cli_pass_next(pass, &record, error)) == 1) {
        rc = is_chosen(exporter, record, error);
        if (rc < 0)
            return rc;
        have |= rc ? record->have : 0;
    }
    exporter->fields = have & exporter->fields;
    return rc;
}

static int make_table(struct exporter *exporter, struct tp_error *error)
{
    tp_flow_table_free(exporter->table);
    exporter->table = NULL;
    if (exporter->options->plot.flows.count == 0)
        return TP_OK;
    exporter->table = tp_flow_table_new(TP_MAX_FLOWS, NULL, NULL);
    return exporter->table ? TP_OK : tp_error_nomem(error);
}

/* From the first record on: twice, if what occurs has to be found. */
static int open_pass(struct exporter *exporter, struct cli_pass *pass, struct tp_error *error)
{
    struct tp_pass_options how = cli_pass_options(&exporter->options->plot.input);
    int rc = make_table(exporter, error);

    cli_pass_watch(&how, exporter->out);
    return rc ? rc : cli_pass_open(pass, &exporter->options->plot.input, &how, error);
}

int export_events(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                  struct tp_error *error)
{
    struct exporter exporter = {
        .options = options, .out = out, .fields = (UINT64_C(1) << TP_FIELD_COUNT) - 1};
    int rc = open_pass(&exporter, pass, error);

    if (rc == 0 && options->occurring) {
        rc = find_fields(&exporter, pass, error);
        cli_pass_close(pass);
        rc = rc ? rc : open_pass(&exporter, pass, error);
    }
    if (rc == 0 && !export_rows_init(&exporter.rows, options, pass, error))
        rc = error->code;
    if (rc == 0) {
        export_rows_keep(&exporter.rows, exporter.fields);
        rc = write_events(&exporter, pass, error);
        cli_pass_notes(pass, NULL);
    }
    tp_flow_table_free(exporter.table);
    return rc;
}
