/* packets.c: packets: shows each to the follower of its connection, and passes on what it says.
 *
 * What adds up the follower keeps itself. Distributions and limits take 3 KB of a flow, so that
 * they begin with the first packet of the first flows only (share.h); of later ones, which may be a
 * million short ones, with the sixteenth packet (RTT: see tallied.c, which loses no sample).
 * Series, marks and episodes are kept from the first packet on where they are asked for.
 */
#include "analyze/answers.h"
#include "analyze/packets.h"

#define PACKETS_FIRST 16

static struct tp_flow_data *data_of(struct tp_flow *flow)
{
    return flow->data;
}

static struct tp_connection *connection_of(struct tp_visit *visit)
{
    struct tp_flow_data *data = data_of(visit->flow);
    struct tp_wires *wires;

    if (data->connection)
        return data->connection;
    wires = tp_eighth_wires(tp_eighth_of(visit->analysis->eighths, visit->flow->hash),
                            &visit->analysis->arena);
    if (wires)
        data->connection = tp_connection_new(wires);
    return data->connection;
}

/* --- what is kept --------------------------------------------------------------------------- */

/* Did one of the samples fill what their sums can tell? */
static bool has_rtts(const struct tp_meaning *meaning, const struct tp_wire *wire, unsigned end)
{
    const struct tp_rtt_sum *sum;
    unsigned i;

    for (i = 0; i < meaning->rtt_count; i++) {
        sum = tp_rtt_sum_of(wire, (enum tp_rtt_source)meaning->rtt[i].source);
        if (meaning->rtt[i].end == end && sum &&
            (sum->count >= 4 || meaning->rtt[i].source == TP_RTT_SACK))
            return true;
    }
    return false;
}

/* Must say the same whatever else is kept: a figure does not depend on who asks. */
static bool is_told(const struct tp_sight *sight, unsigned end)
{
    const struct tp_flow *flow = sight->visit->flow;

    return data_of(sight->visit->flow)->early || flow->records >= PACKETS_FIRST ||
           has_rtts(sight->meaning, sight->wire[end], end);
}

static bool is_worth_it(const struct tp_sight *sight, unsigned end)
{
    const struct tp_analysis_options *options = &sight->visit->analysis->options;
    bool is_drawn =
        (options->series_bins || options->marks) && !data_of(sight->visit->flow)->left_out;

    return is_told(sight, end) || (!options->short_flows_briefly && (options->sample || is_drawn));
}

static int begin_packets(struct tp_sight *sight, unsigned end)
{
    struct tp_end *kept = tp_end_of(sight->visit->flow, end);

    if (kept && kept->packets) {
        sight->packets[end] = kept->packets;
        return TP_OK;
    }
    if (!is_worth_it(sight, end))
        return TP_OK;
    kept = tp_end_make(sight->visit->analysis, sight->visit->flow, end);
    if (!kept)
        return TP_ERR_NOMEM;
    sight->packets[end] = kept->packets =
        tp_arena_take(&sight->visit->analysis->arena, sizeof *kept->packets);
    return kept->packets ? TP_OK : TP_ERR_NOMEM;
}

/* --- samples -------------------------------------------------------------------------------- */

static int emit(struct tp_sight *sight, unsigned end, enum tp_metric_id metric, double value)
{
    return tp_emit_of(sight->visit, end, metric, value);
}

static int emit_flight(struct tp_sight *sight, unsigned end)
{
    const struct tp_flight *flight = &sight->meaning->flight[end];
    int rc;

    if (!flight->known)
        return TP_OK;
    rc = emit(sight, end, TP_METRIC_WIRE_INFLIGHT, (double)flight->outstanding_bytes);
    return rc < 0 ? rc : emit(sight, end, TP_METRIC_WIRE_PIPE, (double)flight->pipe_bytes);
}

/* An amount, unless it is nothing. */
static int emit_some(struct tp_sight *sight, unsigned end, enum tp_metric_id metric, uint64_t value)
{
    return value ? emit(sight, end, metric, (double)value) : TP_OK;
}

/* What the packet says of the end that sent it. */
static int emit_sent(struct tp_sight *sight)
{
    const struct tp_meaning *meaning = sight->meaning;
    uint64_t payload = (uint64_t)meaning->new_bytes + meaning->again_bytes;
    unsigned end = meaning->end;
    int rc = TP_OK;

    if (sight->gap_ns >= 0)
        rc = emit(sight, end, TP_METRIC_WIRE_GAP, (double)sight->gap_ns / 1000);
    if (rc < 0 || !(meaning->is_data || (sight->packet->flags & (TP_TCP_SYN | TP_TCP_FIN))))
        return rc;
    if (meaning->is_data && ((rc = emit_some(sight, end, TP_METRIC_WIRE_SENT, payload)) < 0 ||
                             (rc = emit_some(sight, end, TP_METRIC_WIRE_SEGMENT, payload)) < 0))
        return rc;
    if ((rc = emit_some(sight, end, TP_METRIC_WIRE_UNIQUE, meaning->new_bytes)) < 0 ||
        (rc = emit_some(sight, end, TP_METRIC_WIRE_RETRANSMIT, meaning->again_segs)) < 0 ||
        (rc = emit(sight, end, TP_METRIC_WIRE_SEQ, (double)meaning->flight[end].max)) < 0)
        return rc;
    return emit_flight(sight, end);
}

static int emit_window(struct tp_sight *sight, unsigned end)
{
    const struct tp_flight *flight = &sight->meaning->flight[end];
    double window = (double)flight->window_bytes;
    int rc;

    if (!flight->window_known || flight->window_at_least)
        return TP_OK;
    rc = emit(sight, end, TP_METRIC_WIRE_RWND, window);
    return rc < 0 ? rc : emit(sight, end, TP_METRIC_WIRE_EDGE, (double)flight->una + window);
}

/* What it says of the end whose data it acknowledges. */
static int emit_acked(struct tp_sight *sight)
{
    const struct tp_meaning *meaning = sight->meaning;
    unsigned end = 1 - meaning->end;
    const struct tp_flight *flight = &meaning->flight[end];
    int rc;

    if (!meaning->has_ack)
        return TP_OK;
    if ((rc = emit_some(sight, end, TP_METRIC_WIRE_ACKED, meaning->acked_bytes)) < 0 ||
        (rc = emit_some(sight, end, TP_METRIC_WIRE_SACKED, meaning->sacked_bytes)) < 0 ||
        (rc = emit_some(sight, end, TP_METRIC_WIRE_DUP_ACK, TP_FOUND(meaning, DUP_ACK))) < 0 ||
        (rc = emit(sight, end, TP_METRIC_WIRE_UNA, (double)flight->una)) < 0 ||
        (rc = emit_window(sight, end)) < 0 || (rc = emit_flight(sight, end)) < 0)
        return rc;
    return flight->srtt_ns > 0
               ? emit(sight, end, TP_METRIC_WIRE_SRTT, (double)flight->srtt_ns / 1000)
               : TP_OK;
}

static int emit_rtts(struct tp_sight *sight)
{
    static const enum tp_metric_id metrics[TP_RTT_SOURCES] = {
        [TP_RTT_HANDSHAKE] = TP_METRIC_RTT_HANDSHAKE,
        [TP_RTT_ACK] = TP_METRIC_RTT_ACK,
        [TP_RTT_SACK] = TP_METRIC_RTT_SACK,
        [TP_RTT_TS] = TP_METRIC_RTT_TS,
    };
    const struct tp_rtt_sample *sample = sight->meaning->rtt;
    unsigned i;
    int rc = TP_OK;

    for (i = 0; i < sight->meaning->rtt_count && rc >= 0; i++, sample++) {
        rc = emit(sight, sample->end, metrics[sample->source], (double)sample->rtt_ns / 1000);
        if (rc >= 0 && (sample->source == TP_RTT_ACK || sample->source == TP_RTT_SACK))
            rc = emit(sight, sample->end, TP_METRIC_RTT, (double)sample->rtt_ns / 1000);
    }
    return rc;
}

static int emit_all(struct tp_sight *sight)
{
    unsigned end;
    int rc = emit_sent(sight);

    if (rc >= 0)
        rc = emit_acked(sight);
    if (rc >= 0)
        rc = emit_rtts(sight);
    for (end = 0; end < 2 && rc >= 0; end++)
        rc = emit_some(sight, end, TP_METRIC_WIRE_BURST, sight->burst_bytes[end]);
    return rc;
}

/* --- loss episodes -------------------------------------------------------------------------- */

static int end_episode(struct tp_end *kept, int64_t now_ns)
{
    struct tp_packets *packets = kept->packets;
    struct tp_span span = {packets->recovery_ns, now_ns, packets->recovery_cause};

    if (!packets->recovering)
        return TP_OK;
    packets->recovering = false;
    return tp_spans_add(&kept->episodes, &span, false);
}

static int note_episodes(struct tp_sight *sight)
{
    const struct tp_meaning *meaning = sight->meaning;
    struct tp_packets *own = sight->packets[meaning->end];
    struct tp_end *kept = tp_end_of(sight->visit->flow, 1 - meaning->end);

    if (own && TP_FOUND(meaning, RECOVERY_BEGIN) && !own->recovering) {
        own->recovering = true;
        own->recovery_ns = sight->now_ns;
        own->recovery_cause = meaning->cause;
    }
    if (kept && kept->packets && TP_FOUND(meaning, RECOVERY_END))
        return end_episode(kept, sight->now_ns);
    return TP_OK;
}

/* When it was, and when it had been sent before; of more than there is room for the first ones. */
static int note_resent(struct tp_sight *sight)
{
    const struct tp_meaning *meaning = sight->meaning;
    struct tp_end *kept = tp_end_of(sight->visit->flow, meaning->end);
    struct tp_span span = {sight->now_ns - meaning->since_copy_ns, sight->now_ns,
                           meaning->again_bytes};

    if (!kept || !TP_FOUND(meaning, RETRANSMISSION) || !meaning->of_frame ||
        kept->resent.count == TP_SPANS_MAX)
        return TP_OK;
    return tp_spans_add(&kept->resent, &span, false);
}

/* What is kept with series only. */
static int note_course(struct tp_sight *sight)
{
    if (note_episodes(sight) < 0 || note_resent(sight) < 0)
        return TP_ERR_NOMEM;
    return tp_answers_note(sight);
}

/* --- the pass ------------------------------------------------------------------------------- */

static void note_time(struct tp_sight *sight)
{
    struct tp_packets *own = sight->packets[sight->meaning->end];

    if (!own)
        return;
    if (own->has_sent && sight->now_ns >= own->sent_ns)
        sight->gap_ns = sight->now_ns - own->sent_ns;
    if (!own->has_sent || sight->now_ns > own->sent_ns)
        own->sent_ns = sight->now_ns;
    own->has_sent = true;
}

/* For distributions and limits an end of a flow that is too short yet has no packets. */
static void leave_untold(struct tp_sight *sight)
{
    unsigned end;

    for (end = 0; end < 2; end++) {
        if (!sight->packets[end])
            continue;
        sight->packets[end]->told = sight->packets[end]->told || is_told(sight, end);
        if (!sight->packets[end]->told)
            sight->packets[end] = NULL;
    }
}

/* All of it but the capture's copies, which only marks show. */
static int note(struct tp_sight *sight)
{
    unsigned end;
    int rc;

    for (end = 0; end < 2; end++)
        if (begin_packets(sight, end) < 0)
            return TP_ERR_NOMEM;
    if (sight->visit->marks && tp_wire_marks_note(sight) < 0)
        return TP_ERR_NOMEM;
    if (TP_FOUND(sight->meaning, COPY))
        return TP_OK;
    if (!sight->packets[0] && !sight->packets[1])
        return sight->visit->wanted ? emit_all(sight) : TP_OK;
    note_time(sight);
    tp_bursts_note(sight);
    if (sight->visit->analysis->options.series_bins && note_course(sight) < 0)
        return TP_ERR_NOMEM;
    rc = sight->visit->wanted ? emit_all(sight) : TP_OK;
    if (rc < 0)
        return rc;
    leave_untold(sight);
    return tp_tallied_note(sight) < 0 ? TP_ERR_NOMEM : tp_wire_limits_note(sight);
}

static void release(struct tp_analysis *analysis, struct tp_end *end)
{
    if (!end || !end->packets)
        return;
    tp_tallied_release(end->packets, &analysis->shape);
    tp_arena_give(&analysis->arena, end->packets, sizeof *end->packets);
    end->packets = NULL;
}

/* What was kept is of another place. */
static void begin_anew(struct tp_analysis *analysis, struct tp_flow *flow)
{
    struct tp_end *kept;
    unsigned end;

    for (end = 0; end < 2; end++) {
        kept = tp_end_of(flow, end);
        release(analysis, kept);
        if (kept)
            tp_end_forget_packets(analysis, kept);
    }
}

static int on_packet(struct tp_visit *visit)
{
    const struct tp_analysis_options *options = &visit->analysis->options;
    struct tp_connection *connection = connection_of(visit);
    struct tp_meaning meaning;
    struct tp_sight sight = {.visit = visit,
                             .packet = visit->record,
                             .meaning = &meaning,
                             .gap_ns = -1,
                             .now_ns = visit->record->ts_ns};

    if (!connection || tp_connection_add(connection, visit->record, visit->end, &meaning) < 0)
        return TP_ERR_NOMEM;
    if (options->packet &&
        options->packet(options->context, visit->flow, visit->record, &meaning) < 0)
        return TP_ERR_STOPPED;
    if (meaning.anew)
        begin_anew(visit->analysis, visit->flow);
    sight.wire[0] = tp_connection_wire(connection, 0);
    sight.wire[1] = tp_connection_wire(connection, 1);
    return note(&sight);
}

static void widen(struct tp_flow *flow, int64_t first_ns, int64_t last_ns)
{
    if (first_ns < flow->first_ns)
        flow->first_ns = first_ns;
    if (last_ns > flow->last_ns)
        flow->last_ns = last_ns;
}

/* What came first or last from the other place may have been stamped by another clock. */
static void keep_to_main_place(struct tp_flow *flow)
{
    unsigned end;

    flow->first_ns = INT64_MAX;
    flow->last_ns = INT64_MIN;
    for (end = 0; end < 2; end++) {
        const struct tp_wire *wire = tp_flow_wire(flow, end);
        const struct tp_side *side = tp_flow_side(flow, end);

        if (wire && wire->packets)
            widen(flow, wire->first_ns, wire->last_ns);
        if (side)
            widen(flow, side->first_ns, side->last_ns);
    }
}

/* Sorted by a clock that had been set back, the end of a connection stands before its beginning. */
static bool is_torn(struct tp_flow *flow)
{
    struct tp_flow *former = tp_flow_former(flow);

    return former && former->last_ns < flow->first_ns && data_of(former)->connection &&
           tp_connection_goes_on(data_of(flow)->connection, data_of(former)->connection);
}

static void end_connection(struct tp_analysis *analysis, struct tp_flow *flow)
{
    struct tp_connection *connection = data_of(flow)->connection;

    tp_connection_end(connection);
    analysis->two_clocks += tp_connection_two_clocks(connection);
    analysis->torn += is_torn(flow);
    if (tp_connection_disordered(connection) && flow->timing == TP_TIMING_SECONDS)
        flow->timing = TP_TIMING_PARTS;
    if (!tp_connection_two_places(connection))
        return;
    analysis->two_places++;
    keep_to_main_place(flow);
}

int tp_packets_finish(struct tp_analysis *analysis, struct tp_flow *flow)
{
    struct tp_spans *spans;
    struct tp_end *kept;
    unsigned end;
    int rc = TP_OK;

    if (data_of(flow)->connection)
        end_connection(analysis, flow);
    for (end = 0; end < 2; end++) {
        kept = tp_end_of(flow, end);
        if (!kept || !kept->packets)
            continue;
        rc |= tp_tallied_finish(kept->packets, &analysis->shape);
        rc |= end_episode(kept, flow->last_ns);
        rc |= tp_end_limit_spans(analysis, flow, end, TP_FROM_PACKETS, &spans);
        if (rc == TP_OK && kept->packets->limits.begun)
            rc = tp_wire_limits_finish(flow, &kept->packets->limits.limiter, spans);
    }
    return rc < 0 ? TP_ERR_NOMEM : TP_OK;
}

void tp_packets_release(struct tp_analysis *analysis, struct tp_flow *flow)
{
    struct tp_flow_data *data = data_of(flow);
    unsigned end;

    for (end = 0; data->ends && end < 2; end++)
        release(analysis, &data->ends[end]);
    tp_connection_free(data->connection);
    data->connection = NULL;
}

const struct tp_analyzer tp_packets_analyzer = {
    .name = "packets",
    .fields = TP_BIT(SEQ) | TP_BIT(ACK) | TP_BIT(PAYLOAD) | TP_BIT(FLAGS) | TP_BIT(WINDOW) |
              TP_BIT(OPTIONS) | TP_BIT(ODDITIES) | TP_BIT(TSVAL) | TP_BIT(TSECR) | TP_BIT(FRAME) |
              TP_BIT(CAPTURED) | TP_BIT(WIRE_LEN) | TP_BIT(IP_ID) | TP_BIT(CHECKSUM) | TP_BIT(TTL) |
              TP_BIT(TOS) | TP_BIT(IFACE) | TP_BIT(MSS) | TP_BIT(WSCALE) | TP_BIT(SACK) |
              TP_BIT(URG_PTR) | TP_BIT(NETWORK),
    .on = {[TP_KIND_PACKET] = on_packet},
};
