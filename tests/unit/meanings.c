/* meanings.c: what the library makes of captures and logs, as words for other programs to compare.
 *
 *     meanings [-o] [-t THREADS] packets FILE...    one line a packet
 *     meanings [-o] [-t THREADS] flows FILE...      one line a figure of each end of each flow
 *     meanings [-o] [-t THREADS] probes FILE...     the packets and the kernel's tcp_probe events
 *
 * -o does not look into tunnels. Columns are separated by tabs; the first line names them. The
 * flows are everything that is known of them, so that two captures of the same packets differ in
 * nothing.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tcpprobe/pass.h>

enum { SERIES_BINS = 512 };

static void die(const struct tp_error *error)
{
    fprintf(stderr, "meanings: %s: %s\n", error->source, error->text);
    exit(2);
}

/* --- packets ---------------------------------------------------------------------------------- */

static const char packet_columns[] =
    "frame\ttime_ns\tsrc\tdst\tflags\tseq\tack\tpayload\tfindings\tcause\tevidence\tconfidence\t"
    "rel_seq\trel_ack\tnew\tagain\tsegs\tagain_segs\tacked\tsacked\tdup_acks\tunseen\tof_frame\t"
    "window\trtt\toutstanding\tpipe\tmss\tis_data\tflow\n";

static void print_findings(const struct tp_meaning *meaning)
{
    const char *comma = "";

    for (int i = 0; i < TP_FINDING_COUNT; i++)
        if (meaning->findings >> i & 1) {
            printf("%s%s", comma, tp_findings[i].name);
            comma = ",";
        }
    printf("\t%s\t%s\t%s\t", tp_cause_name(meaning->cause), tp_evidence_name(meaning->evidence),
           meaning->cause || meaning->evidence ? tp_confidence_name(meaning->confidence) : "");
}

static void print_rtts(const struct tp_meaning *meaning)
{
    static const char *const sources[TP_RTT_SOURCES] = {"handshake", "ack", "sack", "ts"};

    for (unsigned i = 0; i < meaning->rtt_count; i++)
        printf("%s%s:%u:%" PRId64, i ? "," : "", sources[meaning->rtt[i].source],
               meaning->rtt[i].end, meaning->rtt[i].rtt_ns);
}

static void print_flight(const struct tp_flight *flight)
{
    if (flight->known)
        printf("\t%" PRIu64 "\t%" PRIu64, flight->outstanding_bytes, flight->pipe_bytes);
    else
        printf("\t\t");
    printf("\t%" PRIu32, flight->mss_bytes);
}

static int print_packet(void *context, const struct tp_flow *flow, const struct tp_record *packet,
                        const struct tp_meaning *meaning)
{
    char src[64], dst[64], flags[128];

    (void)context;
    tp_endpoint_text(&packet->key, meaning->end, src, sizeof src);
    tp_endpoint_text(&packet->key, !meaning->end, dst, sizeof dst);
    tp_record_text(packet, TP_FIELD_FLAGS, flags, sizeof flags);
    printf("%" PRIu64 "\t%" PRId64 "\t%s\t%s\t%s\t%" PRIu32 "\t", packet->frame, packet->ts_ns, src,
           dst, flags, packet->seq);
    if (TP_HAS(packet, ACK))
        printf("%" PRIu32, packet->ack);
    printf("\t%" PRIu32 "\t", TP_HAS(packet, PAYLOAD) ? packet->payload : 0);
    print_findings(meaning);
    printf("%" PRIu64 "\t%" PRIu64 "\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\t",
           meaning->seq, meaning->has_ack ? meaning->ack : 0, meaning->new_bytes,
           meaning->again_bytes, meaning->segs, meaning->again_segs);
    printf("%" PRIu64 "\t%" PRIu64 "\t%" PRIu32 "\t%" PRIu64 "\t%" PRIu64 "\t",
           meaning->acked_bytes, meaning->sacked_bytes, meaning->dup_acks, meaning->unseen_bytes,
           meaning->of_frame);
    if (meaning->has_window)
        printf("%" PRIu64, meaning->window_bytes);
    printf("\t");
    print_rtts(meaning);
    print_flight(&meaning->flight[meaning->end]);
    printf("\t%d\t%" PRIu32 "\n", meaning->is_data, (uint32_t)flow->id);
    return 0;
}

/* --- kernel events among them ----------------------------------------------------------------- */

static int print_short(void *context, const struct tp_flow *flow, const struct tp_record *packet,
                       const struct tp_meaning *meaning)
{
    const struct tp_flight *flight = meaning->flight;
    char src[64];

    (void)context;
    (void)flow;
    tp_endpoint_text(&packet->key, meaning->end, src, sizeof src);
    printf("packet\t%" PRId64 "\t%s", packet->ts_ns, src);
    for (unsigned end = 0; end < 2; end++) {
        tp_endpoint_text(&packet->key, end, src, sizeof src);
        printf("\t%s\t%d\t%" PRIu64 "\t%" PRIu32, src, flight[end].known,
               flight[end].outstanding_bytes, flight[end].mss_bytes);
    }
    printf("\t%" PRIu64 "\n", meaning->acked_bytes);
    return 0;
}

static int print_probe(void *context, const struct tp_flow *flow, unsigned end,
                       const struct tp_record *record)
{
    char src[64];

    (void)context;
    (void)flow;
    (void)end;
    if (record->kind != TP_KIND_PROBE)
        return 0;
    tp_endpoint_text(&record->key, record->local, src, sizeof src);
    printf("probe\t%" PRId64 "\t%s\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\n", record->ts_ns, src,
           record->snd_nxt - record->snd_una, record->snd_una, record->srtt);
    return 0;
}

/* --- flows ------------------------------------------------------------------------------------ */

#define NUMBER(of, member) printf("%s\t" #member "\t%.17g\n", name, (double)(of)->member)

static void print_rtt_sum(const char *name, const char *what, const struct tp_rtt_sum *sum)
{
    printf("%s\trtt_%s\t%" PRIu32 "\n", name, what, sum->count);
    if (sum->count)
        printf("%s\trtt_%s_us\tmin %.3f max %.3f sum %.3f squares %.3f\n", name, what,
               (double)sum->min_ns / 1e3, (double)sum->max_ns / 1e3, sum->sum_us, sum->square_us2);
}

static void print_trouble(const char *name, const struct tp_wire_trouble *trouble)
{
    static const struct tp_wire_trouble none;

    if (!trouble)
        trouble = &none;
    NUMBER(trouble, retransmissions);
    NUMBER(trouble, retransmitted_segs);
    NUMBER(trouble, retransmitted_bytes);
    for (int i = 1; i < TP_CAUSE_COUNT; i++)
        printf("%s\tcause_%s\t%" PRIu32 "\n", name, tp_cause_name(i), trouble->by_cause[i]);
    NUMBER(trouble, spurious_segs);
    for (int i = 1; i < TP_EVIDENCE_COUNT; i++)
        printf("%s\tspurious_by_%s\t%" PRIu32 "\n", name, tp_evidence_name(i),
               trouble->spurious_by[i]);
    NUMBER(trouble, repairs);
    NUMBER(trouble, reordered);
    NUMBER(trouble, ambiguous);
    NUMBER(trouble, reordered_bytes);
    NUMBER(trouble, reorder_extent_bytes);
    NUMBER(trouble, reorder_delay_ns);
    NUMBER(trouble, recoveries);
    NUMBER(trouble, timeouts);
    NUMBER(trouble, recovery_ns);
    NUMBER(trouble, recovery_early_ns);
    NUMBER(trouble, copies);
    NUMBER(trouble, syn_again);
    NUMBER(trouble, fin_again);
    NUMBER(trouble, keep_alives);
    NUMBER(trouble, keep_alive_bytes);
    NUMBER(trouble, window_probes);
    NUMBER(trouble, window_probe_bytes);
    NUMBER(trouble, unseen_bytes);
    NUMBER(trouble, unseen_gaps);
    NUMBER(trouble, reanchored);
    NUMBER(trouble, strange_acks);
    NUMBER(trouble, dup_acks);
    NUMBER(trouble, triple_dup_acks);
    NUMBER(trouble, sack_packets);
    NUMBER(trouble, dsack_packets);
    NUMBER(trouble, sack_blocks_max);
    NUMBER(trouble, ambiguous_acks);
    NUMBER(trouble, post_loss_acks);
    NUMBER(trouble, copies_max);
    print_rtt_sum(name, "resend_delay", &trouble->resend_delay);
    NUMBER(trouble, zero_windows);
    NUMBER(trouble, urgent_packets);
    NUMBER(trouble, urgent_bytes);
    NUMBER(trouble, ce);
    NUMBER(trouble, ece);
    NUMBER(trouble, cwr);
    NUMBER(trouble, offloaded);
    NUMBER(trouble, joined);
    print_rtt_sum(name, "resent", &trouble->rtt_resent);
    print_rtt_sum(name, "sack", &trouble->rtt_sack);
}

static void print_wire(const char *name, const struct tp_wire *wire)
{
    printf("%s\tfirst_ns\t%" PRId64 "\n%s\tlast_ns\t%" PRId64 "\n", name, wire->first_ns, name,
           wire->last_ns);
    if (wire->data_packets)
        printf("%s\tdata_first_ns\t%" PRId64 "\n%s\tdata_last_ns\t%" PRId64 "\n", name,
               wire->data_first_ns, name, wire->data_last_ns);
    NUMBER(wire, idle_max_ns);
    NUMBER(wire, packets);
    NUMBER(wire, data_packets);
    NUMBER(wire, data_segs);
    NUMBER(wire, payload_bytes);
    NUMBER(wire, unique_bytes);
    NUMBER(wire, acked_bytes);
    NUMBER(wire, truncated_packets);
    NUMBER(wire, acks);
    NUMBER(wire, pure_acks);
    NUMBER(wire, covered_acks);
    NUMBER(wire, pushes);
    NUMBER(wire, syns);
    NUMBER(wire, fins);
    NUMBER(wire, resets);
    if (wire->syns)
        NUMBER(wire, isn);
    NUMBER(wire, segment_min_bytes);
    NUMBER(wire, segment_max_bytes);
    NUMBER(wire, mss_bytes);
    NUMBER(wire, windows);
    if (wire->windows) {
        NUMBER(wire, window_min_bytes);
        NUMBER(wire, window_max_bytes);
        NUMBER(wire, window_sum_bytes);
    }
    NUMBER(wire, outstanding_samples);
    if (wire->outstanding_samples) {
        NUMBER(wire, outstanding_min_bytes);
        NUMBER(wire, outstanding_max_bytes);
        NUMBER(wire, outstanding_sum_bytes);
    }
    NUMBER(wire, initial_bytes);
    NUMBER(wire, initial_segs);
    NUMBER(wire, wscale);
    NUMBER(wire, scale);
    NUMBER(wire, ttl_min);
    NUMBER(wire, ttl_max);
    NUMBER(wire, sack_ok);
    NUMBER(wire, timestamps);
    NUMBER(wire, options_known);
    NUMBER(wire, ect);
    NUMBER(wire, saw_gap);
    print_rtt_sum(name, "ack", &wire->rtt);
    print_rtt_sum(name, "ts", &wire->rtt_ts);
    print_trouble(name, wire->trouble);
}

static void print_metrics(const char *name, const struct tp_flow *flow, unsigned end)
{
    static const double p[] = {0.05, 0.5, 0.95, 0.99};
    enum { COUNT = sizeof p / sizeof *p };
    struct tp_summary summary;
    double values[COUNT];

    for (int metric = 0; metric < TP_METRIC_IDS; metric++) {
        if (!tp_flow_summary(flow, end, metric, &summary))
            continue;
        printf("%s\tmetric_%s\tsamples %" PRIu64
               " first %.9g last %.9g min %.9g max %.9g mean %.9g\n",
               name, tp_metrics[metric].name, summary.samples, summary.first, summary.last,
               summary.min, summary.max, summary.mean);
        if (!tp_flow_quantiles(flow, end, metric, p, values, COUNT))
            continue;
        for (int i = 0; i < COUNT; i++)
            printf("%s\t%s_p%g\t%.9g\n", name, tp_metrics[metric].name, p[i] * 100, values[i]);
    }
}

static void print_limits(const char *name, const struct tp_flow *flow, unsigned end)
{
    static const char *const origins[TP_ORIGINS] = {"kernel", "packets"};
    struct tp_limit_times times;

    for (int origin = 0; origin < TP_ORIGINS; origin++) {
        if (!tp_flow_limits(flow, end, origin, &times))
            continue;
        for (int limit = 0; limit < TP_LIMITS; limit++)
            printf("%s\tlimit_%s_%s_ns\t%" PRId64 "\n", name, origins[origin], tp_limit_name(limit),
                   times.time_ns[limit]);
    }
}

static void print_side(const char *name, const struct tp_side *side)
{
    if (!side->probes)
        return;
    if (side->has_acked)
        printf("%s\tkernel_acked_bytes\t%" PRIu64 "\n", name, side->acked_bytes);
    printf("%s\tkernel_retransmits\t%" PRIu32 "\n%s\tkernel_probes\t%" PRIu64 "\n", name,
           side->retransmits, name, side->probes);
}

static void print_connection(const struct tp_flow *flow, const char *name)
{
    const struct tp_connection *connection = tp_flow_connection(flow);
    const struct tp_handshake *handshake;

    if (!connection)
        return;
    handshake = tp_connection_handshake(connection);
    printf("%s\tcomplete\t%u\n", name, tp_connection_complete(connection));
    NUMBER(handshake, opener);
    NUMBER(handshake, syn);
    NUMBER(handshake, synack);
    NUMBER(handshake, ack);
    NUMBER(handshake, syn_rtt_ns);
    NUMBER(handshake, ack_rtt_ns);
    NUMBER(handshake, vantage);
}

static void print_flow(size_t number, const struct tp_flow *flow)
{
    char ends[2][64], name[192];

    for (unsigned end = 0; end < 2; end++)
        tp_endpoint_text(&flow->key, end, ends[end], sizeof ends[end]);
    for (unsigned end = 0; end < 2; end++) {
        snprintf(name, sizeof name, "%zu\t%s\t%s", number, ends[end], ends[!end]);
        if (end == 0)
            print_connection(flow, name);
        if (tp_flow_wire(flow, end))
            print_wire(name, tp_flow_wire(flow, end));
        if (tp_flow_side(flow, end))
            print_side(name, tp_flow_side(flow, end));
        print_metrics(name, flow, end);
        print_limits(name, flow, end);
    }
}

/* --- the pass --------------------------------------------------------------------------------- */

static void print_inputs(const struct tp_stream *stream)
{
    for (size_t i = 0; i < tp_stream_inputs(stream); i++) {
        const struct tp_input_info *info = tp_stream_info(stream, i);

        fprintf(stderr,
                "%s\t%s\tlinks=%s\tlines=%" PRIu64 "\trecords=%" PRIu64 "\tother=%" PRIu64
                "\tmalformed=%" PRIu64 "\tlate=%" PRIu64 "\tshift=%" PRId64
                "\taligned=%s\twarning=%s\n",
                info->path, info->format, info->links, info->lines, info->records,
                info->other_total, info->malformed, info->late, info->shift_ns, info->aligned,
                info->warning);
        for (unsigned other = 0; other < info->others; other++)
            fprintf(stderr, "\tother %s: %" PRIu64 "\n", info->other[other].name,
                    info->other[other].count);
        if (info->malformed)
            fprintf(stderr, "\tfirst malformed: %s\n", info->first_malformed.text);
    }
}

static void print_flows(const struct tp_analysis *analysis)
{
    const struct tp_flow *const *list;
    size_t count;

    list = tp_analysis_flows(analysis, &count);
    for (size_t i = 0; i < count; i++)
        print_flow(i, list[i]);
}

int main(int argc, char **argv)
{
    struct tp_pass_options options = {.follow = TP_FOLLOW_NONE};
    struct tp_analysis_options keep = {0};
    struct tp_pass *pass = NULL;
    struct tp_analysis *analysis;
    struct tp_error error = {0};
    const char *mode;
    int option;

    while ((option = getopt(argc, argv, "ot:")) != -1) {
        options.stream.outer |= option == 'o';
        if (option == 't')
            options.stream.threads = (unsigned)strtoul(optarg, NULL, 10);
    }
    if (argc - optind < 2) {
        fprintf(stderr, "usage: meanings [-o] [-t THREADS] packets|probes|flows FILE...\n");
        return 2;
    }
    mode = argv[optind];
    if (strcmp(mode, "packets") == 0) {
        keep.packet = print_packet;
        fputs(packet_columns, stdout);
    } else if (strcmp(mode, "probes") == 0) {
        keep.packet = print_short;
        keep.event = print_probe;
    } else {
        keep.series_bins = SERIES_BINS;
    }
    analysis = tp_analysis_new(&keep, &error);
    if (!analysis || tp_pass_open(&pass, (const char *const *)argv + optind + 1,
                                  (size_t)(argc - optind - 1), &options, &error))
        die(&error);
    if (tp_pass_analyse(pass, analysis, &error))
        die(&error);
    print_inputs(tp_pass_stream(pass));
    if (strcmp(mode, "flows") == 0)
        print_flows(analysis);
    tp_analysis_free(analysis);
    tp_pass_close(pass);
    return fflush(stdout) || ferror(stdout) ? 2 : 0;
}
