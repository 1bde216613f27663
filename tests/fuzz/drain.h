/* drain.h: reads an input to its end, analyses it, looks at everything that came out, and says
 * what it was in one number. For fuzz targets and for tests of hostile input.
 *
 * Aborts where the library breaks its word: an error without a sentence, numbers that do not add
 * up, a figure that is no number.
 */
#ifndef TCPPROBE_TESTS_DRAIN_H
#define TCPPROBE_TESTS_DRAIN_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <tcpprobe/analyze.h>
#include <tcpprobe/input.h>

struct drained {
    int result; /* 0 or the error's code */
    struct tp_error error;
    uint64_t digest;  /* of all records, flows and samples */
    uint64_t records; /* that were delivered */
    uint64_t flows;
    uint64_t malformed, lines;
    char warning[256];
};

/* A file in memory; path becomes its name, descriptor is the caller's to close, negative on
 * failure. */
static inline int drain_memory_file(const void *data, size_t size, char path[32])
{
    int fd = memfd_create("hostile", MFD_CLOEXEC);
    const char *at = data;
    ssize_t written;

    if (fd < 0)
        return -1;
    snprintf(path, 32, "/proc/self/fd/%d", fd);
    for (; size; at += written, size -= (size_t)written) {
        written = write(fd, at, size);
        if (written <= 0) {
            close(fd);
            return -1;
        }
    }
    return fd;
}

static inline void drain_mix(struct drained *drained, uint64_t value)
{
    drained->digest = (drained->digest ^ value) * UINT64_C(0x100000001b3);
    drained->digest ^= drained->digest >> 29;
}

static inline void drain_check(bool holds)
{
    if (!holds)
        abort();
}

static inline void drain_text(struct drained *drained, const struct tp_text *text)
{
    uint32_t i;

    for (i = 0; i < text->length; i++)
        drain_mix(drained, (unsigned char)text->bytes[i]);
    drain_mix(drained, text->length);
}

static inline void drain_record(struct drained *drained, const struct tp_record *record)
{
    int field;

    drain_check(record->kind < TP_KIND_COUNT);
    drained->records++;
    drain_mix(drained, (uint64_t)record->ts_ns);
    drain_mix(drained, record->have);
    drain_mix(drained, (uint64_t)record->kind << 8 | record->input);
    if (record->has_key) {
        drain_check(record->local < 2 && record->hash == tp_flow_key_hash(&record->key));
        drain_mix(drained, (uint64_t)record->hash << 1 | record->local);
    }
    for (field = 0; field < TP_FIELD_COUNT; field++)
        if ((record->have & UINT64_C(1) << field) && tp_fields[field].format != TP_FORMAT_TEXT)
            drain_mix(drained, (uint64_t)tp_record_number(record, (enum tp_field)field));
    if (TP_HAS(record, COMM))
        drain_text(drained, &record->comm);
    if (TP_HAS(record, REASON))
        drain_text(drained, &record->reason);
}

static inline int drain_sample(void *context, const struct tp_flow *flow, unsigned side,
                               enum tp_metric_id metric, int64_t ts_ns, double value)
{
    struct drained *drained = context;

    drain_check(side < 2 && metric < TP_METRIC_IDS && isfinite(value));
    drain_mix(drained, flow->id);
    drain_mix(drained, (uint64_t)ts_ns ^ (uint64_t)metric << 56);
    drain_mix(drained, (uint64_t)(int64_t)value);
    return 0;
}

static inline void drain_side(struct drained *drained, const struct tp_analysis *analysis,
                              const struct tp_side *side)
{
    static const double p[] = {0, 0.05, 0.5, 0.95, 0.99, 1};
    double values[6], figure;
    int metric, i;

    for (metric = 0; metric < TP_METRIC_STATES; metric++)
        if (tp_side_quantiles(side, (enum tp_metric_id)metric, p, values, 6))
            for (i = 0; i < 6; i++) {
                drain_check(isfinite(values[i]) && (i == 0 || values[i] >= values[i - 1]));
                drain_mix(drained, (uint64_t)values[i]);
            }
    if (tp_side_goodput(side, &figure))
        drain_check(isfinite(figure) && figure >= 0);
    if (tp_side_retransmit_share(analysis, side, &figure))
        drain_check(figure >= 0 && figure <= 1);
}

static inline void drain_flow(void *context, const struct tp_flow *flow)
{
    struct drained *drained = context;

    drained->flows++;
    drain_check(tp_flow_bulk_end(flow) < 2 && flow->last_ns >= flow->first_ns);
    drain_mix(drained, flow->records);
    drain_mix(drained, (uint64_t)flow->last_ns);
}

static inline void drain_analysis(struct drained *drained, const struct tp_analysis *analysis)
{
    const struct tp_flow *const *flows;
    size_t i, count;
    unsigned end;

    flows = tp_analysis_flows(analysis, &count);
    for (i = 0; i < count; i++) {
        drain_flow(drained, flows[i]);
        for (end = 0; end < 2; end++)
            drain_side(drained, analysis, tp_flow_side(flows[i], end));
    }
    drain_check(drained->flows == count + tp_analysis_retired(analysis));
}

static inline void drain_info(struct drained *drained, const struct tp_input_info *info)
{
    uint64_t sum = 0;
    int kind;

    for (kind = 0; kind < TP_KIND_COUNT; kind++)
        sum += info->kinds[kind];
    drain_check(info->records == sum && info->records <= info->lines);
    drain_check((info->malformed > 0) == (info->first_malformed.text[0] != '\0'));
    drained->malformed += info->malformed;
    drained->lines += info->lines;
    drain_mix(drained, info->lines);
    drain_mix(drained, info->malformed);
    drain_mix(drained, info->other_total);
    drain_mix(drained, info->late);
    snprintf(drained->warning, sizeof drained->warning, "%s", info->warning);
}

/* Everything between tp_stream_open() and tp_stream_close(). */
static inline int drain_stream(struct drained *drained, struct tp_stream *stream,
                               struct tp_analysis *analysis)
{
    const struct tp_record *record;
    int result;

    while ((result = tp_stream_next(stream, &record, &drained->error)) == 1) {
        drain_record(drained, record);
        result = tp_analysis_add(analysis, record, &drained->error);
        if (result < 0)
            return result;
    }
    return result < 0 ? result : tp_analysis_finish(analysis, &drained->error);
}

static inline struct drained drain(const char *const *paths, size_t count,
                                   const struct tp_stream_options *options, size_t max_flows)
{
    struct drained drained = {.digest = UINT64_C(0xcbf29ce484222325)};
    struct tp_analysis_options analysis_options = {.max_flows = max_flows,
                                                   .series_bins = TP_SERIES_MIN_BINS,
                                                   .sample = drain_sample,
                                                   .flow_end = drain_flow,
                                                   .context = &drained};
    struct tp_analysis *analysis = tp_analysis_new(&analysis_options, &drained.error);
    struct tp_stream *stream = NULL;
    size_t i;

    drained.result = analysis ? tp_stream_open(&stream, paths, count, options, &drained.error)
                              : drained.error.code;
    if (drained.result == 0)
        drained.result = drain_stream(&drained, stream, analysis);
    drain_check(drained.result <= 0 && drained.result == (int)drained.error.code);
    drain_check((drained.result < 0) == (drained.error.text[0] != '\0'));
    if (drained.result == 0) {
        for (i = 0; i < count; i++)
            drain_info(&drained, tp_stream_info(stream, i));
        drain_analysis(&drained, analysis);
    }
    tp_stream_close(stream);
    tp_analysis_free(analysis);
    return drained;
}

static inline void drain_print(const struct drained *drained)
{
    fprintf(
        stderr,
        "# result %d '%s', digest %llx, %llu records, %llu flows, %llu of %llu lines malformed, "
        "warning '%s'\n",
        drained->result, drained->error.text, (unsigned long long)drained->digest,
        (unsigned long long)drained->records, (unsigned long long)drained->flows,
        (unsigned long long)drained->malformed, (unsigned long long)drained->lines,
        drained->warning);
}

/* Both read the same, down to the sentences. */
static inline void drain_check_same(const struct drained *a, const struct drained *b)
{
    if (a->result == b->result && a->digest == b->digest && a->records == b->records &&
        strcmp(a->warning, b->warning) == 0 && strcmp(a->error.text, b->error.text) == 0)
        return;
    drain_print(a);
    drain_print(b);
    abort();
}

#endif
