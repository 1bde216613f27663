/* pass.c: the one loop over the records: stream, window of time, filter.
 *
 * Per record it costs a few compares: how far the reading is, is told every 65536 records.
 */
#include <stdlib.h>

#include "pass/pass.h"

#define PROGRESS_EVERY UINT64_C(65536) /* events; a power of two */

int tp_pass_open(struct tp_pass **pass, const char *const *paths, size_t count,
                 const struct tp_pass_options *options, struct tp_error *error)
{
    struct tp_pass *opened = *pass = NULL;
    struct tp_stream_options stream = {0};
    int rc;

    opened = calloc(1, sizeof *opened);
    if (!opened)
        return tp_error_nomem(error);
    if (options)
        opened->options = *options;
    opened->windowed = opened->options.since.given || opened->options.until.given;
    stream = opened->options.stream;
    if (opened->options.bpf) {
        stream.frame = tp_bpf_frame;
        stream.frame_context = opened->options.bpf;
    }
    if (stream.fields)
        stream.fields |= tp_filter_fields(opened->options.filter);
    rc = tp_stream_open(&opened->stream, paths, count, &stream, error);
    if (rc < 0) {
        free(opened);
        return rc;
    }
    *pass = opened;
    return TP_OK;
}

void tp_pass_close(struct tp_pass *pass)
{
    if (!pass)
        return;
    tp_stream_close(pass->stream);
    free(pass);
}

const struct tp_stream *tp_pass_stream(const struct tp_pass *pass)
{
    return pass ? pass->stream : NULL;
}

struct tp_pass_counts tp_pass_counts(const struct tp_pass *pass)
{
    return pass->counts;
}

/* --- the window ------------------------------------------------------------------------------- */

int64_t tp_pass_first_ns(const struct tp_pass *pass, uint32_t timeline)
{
    return timeline <= TIMELINES_MAX ? pass->first_ns[timeline] : 0;
}

/* The filter is asked of sockets that have no port yet as it was, or would have been, while
 * recording. */
static void tell_ports(const struct tp_pass *pass)
{
    uint16_t least = UINT16_MAX, most = 0;
    bool known = true, logs = false;

    for (size_t i = 0; i < tp_stream_inputs(pass->stream); i++) {
        const struct tp_input_info *info = tp_stream_info(pass->stream, i);

        if (!pass->met[i] || info->capture)
            continue;
        logs = true;
        known &= info->connect_port_most > 0;
        least = info->connect_port_least < least ? info->connect_port_least : least;
        most = info->connect_port_most > most ? info->connect_port_most : most;
    }
    if (!logs) /* packets have ports; and other passes may use the filter at the same time */
        return;
    if (most && known)
        tp_filter_local_ports(pass->options.filter, least, most);
    else
        tp_filter_local_ports(pass->options.filter, TP_LOCAL_PORT_LEAST, UINT16_MAX);
}

static bool knows(const struct tp_pass *pass, uint32_t timeline, const struct tp_pass_time *time)
{
    int64_t offset_ns;

    return !time->given || !time->is_wall ||
           tp_stream_wall_offset(pass->stream, timeline, &offset_ns);
}

/* Called with the first record of each input and timeline. */
static int check_wall(const struct tp_pass *pass, const struct tp_record *record,
                      struct tp_error *error)
{
    uint32_t timeline = record->key.timeline;

    if (knows(pass, timeline, &pass->options.since) && knows(pass, timeline, &pass->options.until))
        return TP_OK;
    tp_error_set(error, TP_ERR_USAGE,
                 "nothing says what the recording's clock is in wall-clock time: give a time since "
                 "its first event, or @TIME of its clock");
    tp_error_at(error, tp_stream_info(pass->stream, record->input)->path, 0, 0);
    return TP_ERR_USAGE;
}

static int note_first(struct tp_pass *pass, const struct tp_record *record, struct tp_error *error)
{
    uint32_t timeline = record->key.timeline;
    bool begins = timeline <= TIMELINES_MAX && !pass->has_first[timeline];

    if (begins) {
        pass->has_first[timeline] = true;
        pass->first_ns[timeline] = record->ts_ns;
    }
    if (pass->met[record->input] && !begins)
        return TP_OK;
    pass->met[record->input] = true;
    tell_ports(pass);
    return pass->windowed ? check_wall(pass, record, error) : TP_OK;
}

bool tp_pass_clock(const struct tp_pass *pass, uint32_t timeline, const struct tp_pass_time *time,
                   int64_t zero_ns, int64_t *clock_ns)
{
    int64_t offset_ns = 0;

    *clock_ns = time->ns;
    if (time->is_clock)
        return true;
    if (time->is_wall)
        return tp_stream_wall_offset(pass->stream, timeline, &offset_ns) &&
               !__builtin_sub_overflow(time->ns, offset_ns, clock_ns);
    if (__builtin_add_overflow(zero_ns, time->ns, clock_ns))
        *clock_ns = INT64_MAX;
    return true;
}

/* In the recording's clock; otherwise, where it is not given. */
static int64_t limit_ns(const struct tp_pass *pass, uint32_t timeline,
                        const struct tp_pass_time *time, int64_t otherwise)
{
    int64_t limit = otherwise;

    if (time->given &&
        !tp_pass_clock(pass, timeline, time, tp_pass_first_ns(pass, timeline), &limit))
        return otherwise;
    return limit;
}

void tp_pass_window(const struct tp_pass *pass, uint32_t timeline, int64_t *from_ns,
                    int64_t *until_ns)
{
    *from_ns = limit_ns(pass, timeline, &pass->options.since, INT64_MIN);
    *until_ns = limit_ns(pass, timeline, &pass->options.until, INT64_MAX);
}

static void window_of(const struct tp_pass *pass, const struct tp_record *record, int64_t *from_ns,
                      int64_t *until_ns)
{
    tp_pass_window(pass, record->key.timeline, from_ns, until_ns);
}

bool tp_pass_chose(const struct tp_pass *pass, const struct tp_record *record)
{
    return tp_pass_chose_with(pass, record, NULL, NULL);
}

bool tp_pass_chose_with(const struct tp_pass *pass, const struct tp_record *record,
                        tp_filter_figure *figure, void *context)
{
    int64_t from_ns, until_ns;

    window_of(pass, record, &from_ns, &until_ns);
    return record->ts_ns >= from_ns && record->ts_ns <= until_ns &&
           (record->kind == TP_KIND_LOST ||
            tp_filter_match_with(pass->options.filter, record, figure, context));
}

/* Is it in the window, or before it and wanted for what it says of later ones? */
static bool is_in_time(const struct tp_pass *pass, const struct tp_record *record)
{
    enum tp_follow follow = pass->options.follow;
    int64_t from_ns, until_ns;

    window_of(pass, record, &from_ns, &until_ns);
    if (record->ts_ns > until_ns)
        return false;
    return record->ts_ns >= from_ns || follow >= TP_FOLLOW_ALL ||
           (follow == TP_FOLLOW_PACKETS && record->kind == TP_KIND_PACKET);
}

/* --- the loop --------------------------------------------------------------------------------- */

static void tell_progress(const struct tp_pass *pass)
{
    uint64_t done_bytes, total_bytes;

    tp_stream_progress(pass->stream, &done_bytes, &total_bytes);
    pass->options.progress(pass->options.progress_context, done_bytes, total_bytes);
}

static bool is_port_of(uint16_t port, const struct tp_flow_key *key)
{
    return port == 0 || port == key->port[0] || port == key->port[1];
}

/* Events that do not name their whole connection may turn out to be of that flow, too. */
static bool is_of(const struct tp_record *record, const struct tp_flow_key *key)
{
    return !record->has_key ||
           (is_port_of(record->key.port[0], key) && is_port_of(record->key.port[1], key));
}

static bool is_meant(const struct tp_pass *pass, const struct tp_record *record)
{
    const struct tp_pass_options *options = &pass->options;

    if (pass->windowed && !is_in_time(pass, record))
        return false;
    if (options->only && !is_of(record, options->only))
        return false;
    return !options->filter || options->follow == TP_FOLLOW_WHOLE || record->kind == TP_KIND_LOST ||
           tp_filter_match(options->filter, record);
}

int tp_pass_next(struct tp_pass *pass, const struct tp_record **record, struct tp_error *error)
{
    struct tp_pass_counts *counts = &pass->counts;
    bool is_event;
    int rc;

    while ((rc = tp_stream_next(pass->stream, record, error)) == 1) {
        is_event = (*record)->kind != TP_KIND_LOST;
        counts->seen += is_event;
        if ((counts->seen & (PROGRESS_EVERY - 1)) == 0 && pass->options.progress)
            tell_progress(pass);
        if (note_first(pass, *record, error) < 0)
            return TP_ERR_USAGE;
        if (!is_meant(pass, *record))
            continue;
        counts->taken += is_event;
        counts->packets += (*record)->kind == TP_KIND_PACKET;
        return 1;
    }
    return rc < 0 ? rc : tp_bpf_check(pass->options.bpf, error);
}

/* --- what was recorded ------------------------------------------------------------------------ */

static bool is_filtered(const struct tp_pass *pass)
{
    return pass->options.filter && pass->options.follow != TP_FOLLOW_WHOLE;
}

/* Where all logs say which events they recorded, none of a kind means none; a filter may have left
 * them out. A capture records packets, a log of samples nothing else. */
static void tell_recorded(const struct tp_pass *pass, struct tp_analysis *analysis)
{
    const uint32_t of_samples = UINT32_C(1) << TP_KIND_SOCKET | UINT32_C(1) << TP_KIND_SOCKET_END |
                                UINT32_C(1) << TP_KIND_SOCKET_ROUND |
                                UINT32_C(1) << TP_KIND_COUNTERS;
    uint32_t recorded = UINT32_MAX, packets = 0, samples = 0;
    bool logs = false;

    if (is_filtered(pass) || pass->options.bpf)
        tp_analysis_filtered(analysis);
    if (is_filtered(pass))
        return;
    for (size_t i = 0; i < tp_stream_inputs(pass->stream); i++) {
        const struct tp_input_info *info = tp_stream_info(pass->stream, i);

        samples |= info->recorded & of_samples;
        if (info->capture) {
            packets = UINT32_C(1) << TP_KIND_PACKET;
        } else if (!info->recorded || info->recorded & ~of_samples) {
            logs = true;
            recorded &= info->recorded;
        }
    }
    recorded = (logs ? recorded & ~(UINT32_C(1) << TP_KIND_PACKET | of_samples) : 0) | packets;
    recorded |= samples;
    for (unsigned kind = 0; kind < TP_KIND_COUNT; kind++)
        if (recorded >> kind & 1)
            tp_analysis_recorded(analysis, (enum tp_kind)kind);
}

static void tell_congestion_control(const struct tp_pass *pass, struct tp_analysis *analysis)
{
    for (size_t i = 0; i < tp_stream_inputs(pass->stream); i++) {
        const struct tp_input_info *info = tp_stream_info(pass->stream, i);

        if (!info->capture)
            tp_analysis_congestion_control(analysis, (uint8_t)i, info->congestion_control);
    }
}

/* Which timelines do not count seconds. */
static int tell_ticks(const struct tp_pass *pass, struct tp_analysis *analysis,
                      struct tp_error *error)
{
    int rc = TP_OK;

    for (size_t i = 0; i < tp_stream_inputs(pass->stream) && rc == TP_OK; i++)
        if (tp_stream_info(pass->stream, i)->ticks)
            rc = tp_analysis_ticks(analysis, tp_stream_info(pass->stream, i)->timeline, error);
    return rc;
}

/* Returns for how many of the next records it is done. */
static size_t expect(const struct tp_pass *pass, const struct tp_analysis *analysis)
{
    size_t count;
    const struct tp_record *const *ahead = tp_stream_ahead(pass->stream, &count);

    return tp_analysis_expect(analysis, ahead, count);
}

int pass_analyse(struct tp_pass *pass, struct tp_analysis *analysis, struct tp_error *error)
{
    const struct tp_record *record;
    uint64_t expected = 0; /* records seen before others are to be fetched for */
    int rc = tell_ticks(pass, analysis, error);

    tell_recorded(pass, analysis); /* what stands in the files' headers is known already */
    while (rc >= 0) {
        if (pass->counts.seen >= expected)
            expected = pass->counts.seen + expect(pass, analysis);
        rc = tp_pass_next(pass, &record, error);
        if (rc != 1)
            break;
        if (pass->options.before && pass->options.before(pass->options.before_context, record) < 0)
            return tp_error_set(error, TP_ERR_STOPPED, "stopped");
        rc = tp_analysis_add(analysis, record, error);
        if (rc < 0)
            return rc;
    }
    if (rc < 0)
        return rc;
    tell_recorded(pass, analysis); /* inputs that were opened on the way */
    tell_congestion_control(pass, analysis);
    return tp_analysis_finish(analysis, error);
}

int tp_pass_analyse(struct tp_pass *pass, struct tp_analysis *analysis, struct tp_error *error)
{
    unsigned count = shares_of(pass, analysis);

    if (count > 1 && shares_analyse(pass, analysis, count))
        return TP_OK;
    return pass_analyse(pass, analysis, error);
}
