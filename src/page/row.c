/* row.c: a row of the table: what tells connections apart, and how fast each was over its life. */
#include <math.h>
#include <string.h>

#include "base/put.h"
#include "page/page.h"

/* Which figures: those that the table of the page has, and filters ask for. */
static const struct {
    const char *name;
    bool changes; /* while the connection goes on */
} figures[] = {
    {"id", false},
    {"src", true}, /* the one that sends more */
    {"dst", true},
    {"start_ns", false},
    {"duration_ns", true},
    {"bytes", true},
    {"acked_bytes", true},
    {"peer_acked_bytes", true},
    {"acked_from", true},
    {"goodput_bps", true},
    {"peer_goodput_bps", true},
    {"rtt_min_us", true},
    {"rtt_p50_us", true},
    {"rtt_p95_us", true},
    {"rtt_from", true},
    {"retransmitted", true},
    {"wire_resent_segs", true},
    {"retransmits", true},
    {"retransmit_share", true},
    {"retransmitted_segs", true},
    {"recoveries", true},
    {"timeouts", true},
    {"limited_by", true},
    {"limited_share", true},
    {"limited_from", true},
    {"waited_for", true},
    {"waited_share", true},
    {"waited_from", true},
    {"tcp_state", true},
    {"owner", true},
    {"cgroup", true},
    {"congestion_control", true},
    {"timeline", false},
    {"wire_packets", true},
    {"wire_missed_bytes", true},
    {"lost_events", true},
};

#define FIGURES (sizeof figures / sizeof *figures)

static const struct tp_figure_column *column_of(const struct tp_figure_columns *columns, size_t i)
{
    return &columns->list[tp_figure_column_find(columns, figures[i].name)];
}

_Static_assert(FIGURES <= TP_PAGE_ROW_FIGURES, "columns of a row");

/* Looked for once. */
static const struct tp_figure_column *column_in(struct tp_page *page, size_t i)
{
    if (!page->row_columns[i])
        page->row_columns[i] = column_of(page->columns, i);
    return page->row_columns[i];
}

uint64_t tp_page_row_metrics(const struct tp_figure_columns *columns)
{
    uint64_t metrics = 0;

    for (size_t i = 0; i < FIGURES; i++)
        metrics |= tp_figure_metrics(column_of(columns, i)->figure);
    return metrics;
}

void tp_page_changing(struct tp_out *out)
{
    bool begun = false;

    tp_out_text(out, "\"changing\":[");
    for (size_t i = 0; i < FIGURES; i++) {
        if (!figures[i].changes)
            continue;
        tp_out_text(out, begun ? "," : "");
        begun = true;
        tp_out_json_text(out, figures[i].name);
    }
    tp_out_text(out, "]");
}

static void check_memory(const struct tp_page *page, struct tp_out *out)
{
    if (page->sheet.out_of_memory || page_names_failed(page->names))
        tp_out_fail(out, TP_ERR_NOMEM, "out of memory");
}

static uint64_t hash(const char *text)
{
    uint64_t value = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    for (; *text; text++)
        value = (value ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return value;
}

/* Is it what was told? It is from here on. */
static bool is_told(struct tp_page_row_told *told, size_t i, const struct tp_value *value)
{
    uint64_t bits = 0;
    bool is;

    if (value->type == TP_VALUE_TEXT)
        bits = hash(value->text);
    else if (value->type == TP_VALUE_REAL)
        memcpy(&bits, &value->real, sizeof bits);
    else if (value->type != TP_VALUE_ABSENT)
        bits = (uint64_t)value->integer;
    is = told->is_known && told->type[i] == value->type && told->bits[i] == bits;
    told->type[i] = (uint8_t)value->type;
    told->bits[i] = bits;
    return is;
}

/* ,place,value */
static void put_cell(struct tp_out *out, unsigned place, const struct tp_value *value)
{
    char *at = tp_out_room(out, PUT_MAX + 2);

    *at++ = ',';
    at = put_unsigned(at, place);
    *at++ = ',';
    tp_out_used(out, at);
    if (value->type == TP_VALUE_TEXT)
        page_text(out, value->text);
    else
        tp_out_json_value(out, value);
}

void tp_page_row_now(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow,
                     int64_t base_ns, struct tp_page_row_told *told)
{
    struct tp_value value;
    unsigned place = 0;

    page_open(page, flow, base_ns);
    tp_out_text(out, "[");
    page_integer(out, flow->id);
    for (size_t i = 0; i < FIGURES; i++) {
        if (!figures[i].changes)
            continue;
        value = page_value(page, column_in(page, i));
        if (!is_told(told, i, &value))
            put_cell(out, place, &value);
        place++;
    }
    told->is_known = true;
    tp_out_text(out, "]");
    check_memory(page, out);
}

/* --- what was carried ------------------------------------------------------------------------- */

static const struct {
    unsigned origin;
    enum tp_metric_id metric;
    unsigned end; /* whose series it is */
} ways[] = {{TP_FROM_KERNEL, TP_METRIC_ACKED, 0},
            {TP_FROM_PACKETS, TP_METRIC_WIRE_ACKED, 0},
            {TP_FROM_PEER, TP_METRIC_DATA_LEN, 1},
            {TP_FROM_SOCKET, TP_METRIC_SAMPLED_ACKED, 0},
            {TP_WAYS, TP_METRIC_WIRE_UNIQUE, 0}};

uint64_t tp_page_spark_series(void)
{
    uint64_t metrics = 0;

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        metrics |= UINT64_C(1) << ways[i].metric;
    return metrics;
}

/* By the origin that acked_bytes is from, else by the first that has any. */
struct page_bytes page_bytes(struct tp_page *page, const struct tp_flow *flow)
{
    struct page_bytes found = {0};
    unsigned from = TP_WAYS;

    tp_sheet_value(&page->sheet, TP_FIGURE_acked_bytes, 0, TP_BEST, &from);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const struct tp_series *series =
            tp_flow_series(flow, page->sheet.bulk_end ^ ways[i].end, ways[i].metric);

        if (!series || !series->count || (found.series && ways[i].origin != from))
            continue;
        found = (struct page_bytes){series, ways[i].metric, ways[i].end};
    }
    return found;
}

/* --- sparks ----------------------------------------------------------------------------------- */

#define SPARK_BINS 48
#define SPARK_HIGH 99 /* of the highest bin */

/* Of what time an amount is: of a sampled socket, since the sample before; the first one has none,
 * what it tells was before. False if that is not known. */
static bool spread_from(const struct page_bytes *bytes, uint32_t bin, int64_t *from_ns)
{
    const struct tp_bin *bins = bytes->series->bins;
    bool sampled = bytes->metric == TP_METRIC_SAMPLED_ACKED;

    *from_ns = sampled && bin > 0 ? bins[bin - 1].end_ns : bins[bin].t_ns;
    return isfinite(bins[bin].sum) && !(sampled && bin == 0);
}

/* An amount is spread evenly over its time, both in bins. */
static void spread(double *bins, double sum, double from, double to)
{
    for (unsigned i = 0; i < SPARK_BINS; i++) {
        double share = to > from ? (fmin(to, i + 1.0) - fmax(from, i)) / (to - from)
                                 : (double)((unsigned)fmax(0, fmin(from, SPARK_BINS - 1)) == i);

        if (share > 0)
            bins[i] += sum * share;
    }
}

/* "spark":[...]: bytes in each 48th of its life, as shares of the most, 0 to 99. */
static void write_spark(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow)
{
    const struct page_bytes bytes = page_bytes(page, flow);
    const struct tp_series *series = bytes.series;
    double bins[SPARK_BINS] = {0}, most = 0;
    int64_t length_ns = flow->last_ns - flow->first_ns;
    double width_ns = (double)length_ns / SPARK_BINS;
    int64_t from_ns;

    if (!series || length_ns <= 0)
        return;
    for (uint32_t i = 0; i < series->count; i++)
        if (spread_from(&bytes, i, &from_ns))
            spread(bins, series->bins[i].sum, (double)(from_ns - flow->first_ns) / width_ns,
                   (double)(series->bins[i].end_ns - flow->first_ns) / width_ns);
    for (unsigned i = 0; i < SPARK_BINS; i++)
        most = fmax(most, bins[i]);
    if (most <= 0)
        return;
    tp_out_text(out, ",\"spark\":[");
    for (unsigned i = 0; i < SPARK_BINS; i++) {
        tp_out_text(out, i ? "," : "");
        page_integer(out, llround(bins[i] / most * SPARK_HIGH));
    }
    tp_out_text(out, "]");
}

/* --- rows ------------------------------------------------------------------------------------- */

void tp_page_row(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow,
                 int64_t base_ns)
{
    const struct tp_flow *named = page_open(page, flow, base_ns);
    bool begun = false;

    tp_out_text(out, "{");
    for (size_t i = 0; i < FIGURES; i++)
        page_figure(page, out, column_in(page, i), &begun);
    write_spark(page, out, named);
    tp_out_text(out, "}");
    check_memory(page, out);
}

/* --- for viewers without scripts -------------------------------------------------------------- */

static const char *const plain[] = {"src",        "dst",           "acked_bytes", "goodput_bps",
                                    "rtt_p50_us", "retransmitted", "timeouts",    "limited_by"};

void tp_page_noscript_begin(struct tp_out *out)
{
    tp_out_text(
        out,
        "<noscript><p>This viewer runs no scripts, which the pictures need. The connections:</p>"
        "<table><thead><tr><th>sender</th><th>receiver</th><th>acked, B</th>"
        "<th>goodput, bit/s</th><th>RTT p50, ms</th><th>resent</th><th>timeouts</th>"
        "<th>limited by</th></tr></thead><tbody>\n");
}

void tp_page_noscript_row(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow,
                          int64_t base_ns)
{
    char shown[TP_VALUE_SHOWN_BYTES];

    page_open(page, flow, base_ns);
    tp_out_text(out, "<tr>");
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        const struct tp_figure_column *column =
            &page->columns->list[tp_figure_column_find(page->columns, plain[i])];
        struct tp_value value = page_value(page, column);

        tp_out_text(out, "<td>");
        tp_page_html_text(out, tp_value_shown(&value, &column->column, shown));
        tp_out_text(out, "</td>");
    }
    tp_out_text(out, "</tr>\n");
    check_memory(page, out);
}

void tp_page_noscript_end(struct tp_out *out, uint64_t left_out)
{
    tp_out_text(out, "</tbody></table>");
    if (left_out) {
        tp_out_text(out, "<p>");
        page_integer(out, (int64_t)left_out);
        tp_out_text(out, " more are not in this table.</p>");
    }
    tp_out_text(out, "</noscript>\n");
}
