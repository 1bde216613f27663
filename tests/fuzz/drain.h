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

#include <tcpprobe/figure.h>
#include <tcpprobe/analyze.h>
#include <tcpprobe/input.h>

struct drained {
    int result; /* 0 or the error's code */
    struct tp_error error;
    uint64_t digest;    /* of all records, flows and samples */
    bool out_of_memory; /* a figure is absent or approximate because of that */
    uint64_t records;   /* that were delivered */
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

#define drain_check(holds) drain_check_at(holds, #holds, __LINE__)

static inline void drain_check_at(bool holds, const char *words, int line)
{
    if (holds)
        return;
    fprintf(stderr, "# drain.h:%d: does not hold: %s\n", line, words);
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
        if ((record->have & UINT64_C(1) << field) && tp_fields[field].format != TP_FORMAT_TEXT &&
            tp_fields[field].format != TP_FORMAT_SACK)
            drain_mix(drained, (uint64_t)tp_record_number(record, (enum tp_field)field));
    if (TP_HAS(record, COMM))
        drain_text(drained, &record->comm);
    if (TP_HAS(record, REASON))
        drain_text(drained, &record->reason);
    if (TP_HAS(record, SACK))
        drain_check(record->sack.count >= 1 && record->sack.count <= TP_SACK_BLOCKS);
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

static inline void drain_flight(struct drained *drained, const struct tp_flight *flight)
{
    drain_mix(drained, (uint64_t)flight->known << 1 | flight->window_known);
    if (!flight->known)
        return;
    drain_check(flight->una <= flight->max && flight->sacked_bytes <= flight->outstanding_bytes);
    /* numbers below the first one seen are all 0 */
    drain_check(flight->outstanding_bytes == flight->max - flight->una || flight->una == 0);
    drain_mix(drained, flight->outstanding_bytes);
    drain_mix(drained, flight->pipe_bytes);
}

static inline int drain_packet(void *context, const struct tp_flow *flow,
                               const struct tp_record *packet, const struct tp_meaning *meaning)
{
    struct drained *drained = context;

    drain_check(flow->first_ns <= flow->last_ns && meaning->end < 2);
    drain_check(meaning->findings >> TP_FINDING_COUNT == 0);
    drain_check(meaning->cause < TP_CAUSE_COUNT && meaning->evidence < TP_EVIDENCE_COUNT &&
                meaning->confidence <= TP_CERTAIN);
    drain_check((uint64_t)meaning->new_bytes + meaning->again_bytes <= packet->payload);
    drain_check(meaning->rtt_count <= TP_RTT_SAMPLES_MAX);
    for (unsigned i = 0; i < meaning->rtt_count; i++) {
        drain_check(meaning->rtt[i].source < TP_RTT_SOURCES && meaning->rtt[i].end < 2 &&
                    meaning->rtt[i].rtt_ns >= 0);
        drain_mix(drained, (uint64_t)meaning->rtt[i].rtt_ns);
    }
    drain_mix(drained, meaning->findings);
    drain_mix(drained, meaning->seq ^ meaning->ack << 32);
    for (unsigned end = 0; end < 2; end++)
        drain_flight(drained, &meaning->flight[end]);
    return 0;
}

static inline void drain_wire(struct drained *drained, const struct tp_wire *wire)
{
    const struct tp_wire_trouble *trouble = wire->trouble;

    drain_check(wire->first_ns <= wire->last_ns && wire->data_packets <= wire->packets);
    drain_check(wire->unique_bytes <= wire->payload_bytes);
    drain_mix(drained, wire->packets);
    drain_mix(drained, wire->unique_bytes);
    drain_mix(drained, wire->rtt.count);
    if (!trouble)
        return;
    drain_check(wire->unique_bytes + trouble->retransmitted_bytes <= wire->payload_bytes);
    drain_check(isfinite(trouble->resend_delay.sum_us));
    drain_mix(drained, trouble->retransmitted_segs);
    drain_mix(drained, trouble->unseen_bytes);
}

static inline void drain_packets(struct drained *drained, const struct tp_flow *flow, unsigned end)
{
    static const double p[] = {0, 0.5, 1};
    const struct tp_wire_marks *marks = tp_flow_wire_marks(flow, end);
    struct tp_limit_times times;
    double values[3];

    if (tp_flow_wire(flow, end))
        drain_wire(drained, tp_flow_wire(flow, end));
    for (int origin = 0; origin < TP_ORIGINS; origin++)
        if (tp_flow_limits(flow, end, (enum tp_origin)origin, &times))
            for (int limit = 0; limit < TP_LIMITS; limit++) {
                drain_check(times.time_ns[limit] >= 0);
                drain_mix(drained, (uint64_t)times.time_ns[limit]);
            }
    for (int metric = 0; metric < TP_METRIC_IDS; metric++)
        if (tp_flow_quantiles(flow, end, (enum tp_metric_id)metric, p, values, 3))
            drain_check(isfinite(values[0]) && values[0] <= values[1] && values[1] <= values[2]);
    for (uint32_t i = 0; marks && i < marks->count; i++)
        drain_check(marks->list[i].kind < TP_WIRE_MARKS &&
                    marks->list[i].begin <= marks->list[i].end);
}

static inline void drain_side(struct drained *drained, const struct tp_side *side)
{
    static const double p[] = {0, 0.05, 0.5, 0.95, 0.99, 1};
    double values[6];
    int metric, i;

    for (metric = 0; metric < TP_METRIC_STATES; metric++)
        if (tp_side_quantiles(side, (enum tp_metric_id)metric, p, values, 6))
            for (i = 0; i < 6; i++) {
                drain_check(isfinite(values[i]) && (i == 0 || values[i] >= values[i - 1]));
                drain_mix(drained, (uint64_t)values[i]);
            }
}

/* Every figure by every origin: a finite number, no negative time or amount. */
static inline void drain_figures(struct drained *drained, const struct tp_analysis *analysis,
                                 const struct tp_flow *flow, unsigned end)
{
    struct tp_sheet sheet = {0};
    unsigned figure, origin;
    double number;

    tp_sheet_open(&sheet, analysis, flow, flow->first_ns);
    for (figure = 0; figure < TP_FIGURE_IDS; figure++)
        for (origin = 0; origin <= TP_BEST; origin++)
            if (tp_sheet_number(&sheet, (enum tp_figure_id)figure, end, origin, &number)) {
                drain_check(isfinite(number));
                drain_mix(drained, (uint64_t)(int64_t)fmod(number, 1e15));
            }
    drained->out_of_memory |= sheet.out_of_memory;
    /* said, but then not all samples were taken */
    drained->out_of_memory |=
        sheet.wire[end] && sheet.wire[end]->trouble && sheet.wire[end]->trouble->joined;
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
        for (end = 0; end < 2; end++) {
            drain_side(drained, tp_flow_side(flows[i], end));
            drain_figures(drained, analysis, flows[i], end);
            drain_packets(drained, flows[i], end);
        }
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
                                                   .marks = 1000,
                                                   .sample = drain_sample,
                                                   .packet = drain_packet,
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
    if (drained.result == 0 && drained.out_of_memory)
        drained.result = tp_error_nomem(&drained.error);
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
