/* counters_list.c: counters as rows: sums, or what they grew by, and what that is a share of. */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/phrase.h"
#include "cli/counters.h"
#include "cli/metrics_text.h"

enum column {
    CATEGORY,
    COUNTER,
    TOTAL,
    GROWTH,
    RATE,
    MEAN_1,
    MEAN_5,
    MEAN_15,
    SHARE,
    OF,
    COUNTS,
    CONCLUDE,
    SINCE,
    COLUMNS
};

#define TABLE_OF_SUMS   (1 << CATEGORY | 1 << COUNTER | 1 << TOTAL | 1 << SHARE | 1 << OF)
#define TABLE_OF_GROWTH (TABLE_OF_SUMS | 1 << GROWTH | 1 << RATE)
#define DATA            ((1 << COUNTS) - 1)
#define EVERYTHING      ((1 << COLUMNS) - 1)

static const struct tp_column columns[COLUMNS] = {
    {.name = "category", .heading = "category", .unit = "", .help = "what it is about"},
    {.name = "counter", .heading = "counter", .unit = "", .help = "its name, as nstat has it"},
    {.name = "total", .heading = "total", .unit = "", .show = TP_SHOW_PLAIN, .help = "its sum"},
    {.name = "growth",
     .heading = "growth",
     .unit = "",
     .show = TP_SHOW_PLAIN,
     .help = "by how much it grew"},
    {.name = "per_second",
     .heading = "1/s",
     .unit = "",
     .show = TP_SHOW_PLAIN,
     .help = "the same, a second"},
    {.name = "mean_1min",
     .group = "1/s, mean of",
     .heading = "1 min",
     .unit = "",
     .show = TP_SHOW_PLAIN,
     .help = "growth a second over the last minute"},
    {.name = "mean_5min",
     .group = "1/s, mean of",
     .heading = "5 min",
     .unit = "",
     .show = TP_SHOW_PLAIN,
     .help = "... over the last 5 minutes"},
    {.name = "mean_15min",
     .group = "1/s, mean of",
     .heading = "15 min",
     .unit = "",
     .show = TP_SHOW_PLAIN,
     .help = "... over the last 15 minutes"},
    {.name = "share",
     .heading = "share",
     .unit = "%",
     .show = TP_SHOW_PERCENT,
     .help = "of what `of` says: of growth, or of sums"},
    {.name = "of", .heading = "of", .unit = "", .help = "what it is a share of"},
    {.name = "counts", .heading = "counts", .unit = "", .help = "what is counted"},
    {.name = "conclude",
     .heading = "conclude",
     .unit = "",
     .help = "what it tells, and what can be done"},
    {.name = "since", .heading = "since", .unit = "", .help = "the kernel that has it first"},
};

struct counter_list_rows {
    struct counters_list *list;
    enum column ids[COLUMNS];
    const struct tp_column *columns[COLUMNS];
    size_t count;
    const struct tp_counter **counters; /* in the order of the rows */
    char of[2 * TP_COUNTER_NAME_BYTES];
};

static bool is_format(const struct counters_options *options, const char *name)
{
    return options->writer && strcmp(options->writer->name, name) == 0;
}

static enum tp_counter_category category_of(const struct tp_counter *counter)
{
    return counter->row ? counter->row->category : TP_COUNTER_OTHER;
}

/* --- which ------------------------------------------------------------------------------ */

/* With or without the prefix of the name. */
static bool is_like(const char *pattern, const char *name)
{
    static const char *const prefixes[] = {"", "TcpExt", "Tcp"};
    size_t length;

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        length = strlen(prefixes[i]);
        if (strncmp(name, prefixes[i], length) == 0 && fnmatch(pattern, name + length, 0) == 0)
            return true;
    }
    return false;
}

static bool is_named(const struct counters_options *options, const char *name)
{
    for (size_t i = 0; i < options->name_count; i++)
        if (is_like(options->names[i], name))
            return true;
    return false;
}

static const char *counter_name(const void *list, size_t index)
{
    return ((const struct tp_counter *)list)[index].name;
}

static bool has_like(const struct tp_counters *counters, const char *pattern)
{
    for (size_t i = 0; i < counters->count; i++)
        if (is_like(pattern, counters->list[i].name))
            return true;
    return false;
}

int counters_check_names(const struct counters_options *options, const struct tp_counters *counters,
                         struct tp_error *error)
{
    const char *name, *nearest;

    for (size_t i = 0; i < options->name_count; i++) {
        name = options->names[i];
        if (has_like(counters, name))
            continue;
        nearest = cli_nearest(name, strlen(name), counters->list, counters->count, counter_name);
        return tp_error_set(error, TP_ERR_USAGE, "this kernel has no counter '%s'; %s%s%s", name,
                            nearest ? "did you mean '" : "'tcpprobe counters --all' lists them",
                            nearest ? nearest : "", nearest ? "'?" : "");
    }
    return TP_OK;
}

/* Constants are not. */
static bool is_of_tcp(const struct tp_counter *counter)
{
    if (counter->row && counter->row->gauge)
        return counter->row->category != TP_COUNTER_OTHER;
    return strncmp(counter->name, "Tcp", 3) == 0 || strncmp(counter->name, "MPTcp", 5) == 0;
}

/* Sums that are not 0, or what grew. */
static bool has_moved(const struct counters_list *list, const struct tp_counter *counter)
{
    uint64_t growth = 0;

    if (!list->before)
        return counter->value != 0;
    return tp_counter_growth(list->now, list->before, counter->name, &growth) && growth;
}

static bool is_shown(const struct counters_list *list, const struct tp_counter *counter)
{
    const struct counters_options *options = list->options;

    if (options->category >= 0 && (int)category_of(counter) != options->category)
        return false;
    if (options->name_count)
        return is_named(options, counter->name);
    return options->all || (is_of_tcp(counter) && has_moved(list, counter));
}

/* By category; within it in the order of their rows, unknown ones in that of the file. */
static int compare(const void *left, const void *right)
{
    const struct tp_counter *const *a = left, *const *b = right;
    int by_category = (int)category_of(*a) - (int)category_of(*b);

    if (by_category)
        return by_category;
    if ((*a)->row && (*b)->row)
        return ((*a)->row > (*b)->row) - ((*a)->row < (*b)->row);
    if ((*a)->row || (*b)->row)
        return (*a)->row ? -1 : 1;
    return (*a > *b) - (*a < *b);
}

static size_t choose_counters(struct counter_list_rows *rows)
{
    const struct tp_counters *now = rows->list->now;
    size_t count = 0;

    for (size_t i = 0; i < now->count; i++)
        if (is_shown(rows->list, &now->list[i]))
            rows->counters[count++] = &now->list[i];
    if (count)
        qsort(rows->counters, count, sizeof *rows->counters, compare);
    return count;
}

/* The first mean is there after a minute: tables have no room for what is not. */
static bool has_means(const struct counters_list *list)
{
    double rate;

    for (size_t i = 0; list->means && i < list->now->count; i++)
        if (counters_mean_rate(list->means, 0, list->now, list->now->list[i].name, &rate))
            return true;
    return false;
}

static void choose_columns(struct counter_list_rows *rows)
{
    const struct counters_options *options = rows->list->options;
    unsigned use = options->all || is_format(options, "blocks") ? EVERYTHING
                   : !is_format(options, "table")               ? DATA
                   : rows->list->before                         ? TABLE_OF_GROWTH
                                                                : TABLE_OF_SUMS;

    if (is_format(options, "table"))
        use &= TABLE_OF_GROWTH;
    if (is_format(options, "table") && rows->list->before && has_means(rows->list))
        use |= 1 << MEAN_1 | 1 << MEAN_5 | 1 << MEAN_15;
    for (int id = 0; id < COLUMNS; id++) {
        if (!(use >> id & 1))
            continue;
        rows->ids[rows->count] = (enum column)id;
        rows->columns[rows->count++] = &columns[id];
    }
}

/* --- values ----------------------------------------------------------------------------- */

static struct tp_value growth_of(const struct counters_list *list, const char *name)
{
    uint64_t growth = 0;
    bool known = list->before && tp_counter_growth(list->now, list->before, name, &growth);

    return tp_value_integer_if(known, growth);
}

static struct tp_value rate_of(const struct counters_list *list, const char *name)
{
    struct tp_value growth = growth_of(list, name);
    double seconds = list->before ? (double)(list->now->ts_ns - list->before->ts_ns) / 1e9 : 0;

    return tp_value_real_if(growth.type == TP_VALUE_INTEGER && seconds > 0,
                            seconds > 0 ? (double)growth.integer / seconds : 0);
}

static struct tp_value mean_of(const struct counters_list *list, const char *name, unsigned which)
{
    double rate = 0;
    bool known = list->means && counters_mean_rate(list->means, which, list->now, name, &rate);

    return tp_value_real_if(known, rate);
}

static struct tp_value share_of(const struct counters_list *list, const struct tp_counter *counter)
{
    double share = 0;
    bool known = counter->row && tp_counter_share(list->now, list->before, counter->row, &share);

    return tp_value_real_if(known, share);
}

static struct tp_value value_of(struct counter_list_rows *rows, const struct tp_counter *counter,
                                enum column id)
{
    const struct tp_counter_row *row = counter->row;

    switch (id) {
    case CATEGORY:
        return tp_value_text(tp_counter_categories[category_of(counter)].name);
    case COUNTER:
        return tp_value_text(counter->name);
    case TOTAL:
        return tp_value_integer(counter->value);
    case GROWTH:
        return growth_of(rows->list, counter->name);
    case RATE:
        return rate_of(rows->list, counter->name);
    case MEAN_1:
    case MEAN_5:
    case MEAN_15:
        return mean_of(rows->list, counter->name, id - MEAN_1);
    case SHARE:
        return share_of(rows->list, counter);
    case OF:
        return tp_value_text(counters_whole(row, rows->of));
    case COUNTS:
        return tp_value_text(row ? row->counts : NULL);
    case CONCLUDE:
        return tp_value_text(row ? row->conclude : NULL);
    default:
        return tp_value_text(row ? row->since : NULL);
    }
}

static void load(void *context, size_t row, struct tp_value *values)
{
    struct counter_list_rows *rows = context;

    for (size_t i = 0; i < rows->count; i++)
        values[i] = value_of(rows, rows->counters[row], rows->ids[i]);
}

/* --- explanations ----------------------------------------------------------------------- */

static void explain_line(struct tp_out *out, const char *what, const char *text)
{
    char label[32];

    if (!text)
        return;
    snprintf(label, sizeof label, "  %-10s", what);
    tp_out_text(out, label);
    tp_out_text(out, text);
    tp_out_text(out, "\n");
}

static void explain_thresholds(struct tp_out *out, const char *name)
{
    const struct tp_counter_finding *finding;
    char text[256];

    for (size_t i = 0; i < tp_counter_finding_count; i++) {
        struct tp_phrase phrase = tp_phrase_in(text, sizeof text);

        finding = &tp_counter_findings[i];
        if (strcmp(finding->counter, name) != 0)
            continue;
        if (finding->share > 0)
            tp_phrase_add(&phrase, "from %g %% of at least %" PRIu64 " on", finding->share * 100,
                          finding->least);
        else if (finding->per_second > 0)
            tp_phrase_add(&phrase, "from %g a second on", finding->per_second);
        else
            tp_phrase_add(&phrase, "from %" PRIu64 " on", finding->least);
        tp_phrase_add(&phrase, " (%s)", finding->basis);
        explain_line(out, tp_finding_levels[finding->level], text);
    }
}

static void explain_counter(struct counter_list_rows *rows, const struct tp_counter *counter)
{
    const struct tp_counter_row *row = counter->row;
    struct tp_value growth = growth_of(rows->list, counter->name),
                    share = share_of(rows->list, counter);
    struct tp_out *out = rows->list->out;
    char text[256];
    struct tp_phrase phrase = tp_phrase_in(text, sizeof text);

    tp_phrase_add(&phrase, "%s (%s): %" PRId64, counter->name,
                  tp_counter_categories[category_of(counter)].name, counter->value);
    if (growth.type == TP_VALUE_INTEGER)
        tp_phrase_add(&phrase, ", grew by %" PRId64, growth.integer);
    if (share.type == TP_VALUE_REAL)
        tp_phrase_add(&phrase, ", %.3g %% of %s", share.real * 100, counters_whole(row, rows->of));
    tp_phrase_add(&phrase, "\n");
    tp_out_text(out, text);
    explain_line(out, "counts", row ? row->counts : "not known to this tcpprobe");
    explain_line(out, "means", row ? row->conclude : NULL);
    explain_line(out, "since", row ? row->since : NULL);
    explain_thresholds(out, counter->name);
}

/* --- OpenMetrics ------------------------------------------------------------------------ */

static void write_metric(struct counters_list *list, const struct tp_counter *counter)
{
    struct metrics_family family = {.counter = !counter->row || !counter->row->gauge};
    const struct tp_value value = tp_value_integer(counter->value);
    char help[TP_COUNTER_NAME_BYTES + 24];

    snprintf(help, sizeof help, "the kernel's counter %s", counter->name);
    family.help = counter->row ? counter->row->counts : help;
    metrics_name(counter->name, family.name);
    metrics_begin(list->out, &family, list->options->prometheus);
    metrics_sample(list->out, &family, NULL, &value);
}

/* --- writing ---------------------------------------------------------------------------- */

static void begin(struct counters_list *list, const struct tp_rows *shape)
{
    const struct tp_writer *writer = list->options->writer;

    if (list->begun)
        return;
    list->begun = true;
    if (is_format(list->options, "json")) {
        tp_out_text(list->out, "{\"tcpprobe\":");
        tp_out_json_text(list->out, TP_VERSION);
        tp_out_text(list->out, ",\n\"counters\":");
    }
    if (writer->head)
        writer->head(list->out, shape);
}

static void write_rows(struct counters_list *list, const struct tp_rows *shape)
{
    struct tp_value values[COLUMNS];

    begin(list, shape);
    for (size_t row = 0; row < shape->row_count && !tp_out_failed(list->out); row++) {
        shape->load(shape->context, row, values);
        list->options->writer->row(list->out, shape, list->shown++, values);
    }
}

static void write_round(struct counter_list_rows *rows, size_t count)
{
    struct counters_list *list = rows->list;
    const struct counters_options *options = list->options;
    const struct tp_rows shape = {rows->columns, rows->count, count, load, rows};

    if (!options->writer || options->explain) {
        for (size_t i = 0; i < count; i++)
            if (options->explain)
                explain_counter(rows, rows->counters[i]);
            else
                write_metric(list, rows->counters[i]);
    } else if (options->writer->all) {
        tp_out_text(list->out, list->begun ? "\n" : "");
        list->begun = true;
        options->writer->all(list->out, &shape);
    } else {
        write_rows(list, &shape);
    }
    if (options->explain || is_format(options, "table") || is_format(options, "blocks"))
        counters_write_findings(list, false);
}

int counters_write(struct counters_list *list, struct tp_error *error)
{
    struct counter_list_rows rows = {.list = list};

    rows.counters = calloc(list->now->count ? list->now->count : 1, sizeof(struct tp_counter *));
    if (!rows.counters)
        return tp_error_nomem(error);
    choose_columns(&rows);
    write_round(&rows, choose_counters(&rows));
    counters_note_worst(list);
    free(rows.counters);
    return TP_OK;
}

void counters_end(struct counters_list *list)
{
    const struct tp_rows none = {0};

    if (!list->options->writer && !list->options->explain)
        metrics_end(list->out);
    if (!list->options->writer || !list->begun)
        return;
    if (list->options->writer->tail)
        list->options->writer->tail(list->out, &none);
    if (is_format(list->options, "json")) {
        tp_out_text(list->out, ",\n\"findings\":[");
        counters_write_findings(list, true);
        tp_out_text(list->out, "]}\n");
    }
}
