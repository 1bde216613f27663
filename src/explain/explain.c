/* explain.c: what is found of one connection, and what could not be judged. */
#include <stdlib.h>
#include <string.h>

#include "base/phrase.h"
#include "explain/case.h"

static const char *const blinds[TP_BLINDS] = {
    [TP_BLIND_WAITS] =
        "what the sender waited for: record kernel events or packets at the sender, and its data",
    [TP_BLIND_KERNEL] =
        "congestion window, pace and what congestion control did: they are in kernel events of the "
        "sender only (tcpprobe trace)",
    [TP_BLIND_PACKETS] =
        "reordering, retransmissions in vain, marks, resets and options: they are in packets only "
        "(tcpprobe trace --packets, tcpdump)",
    [TP_BLIND_ONE_WAY] = "losses and round trips where one direction was captured: capture both",
    [TP_BLIND_SCALE] =
        "the receiver's window where no SYN was captured: begin before the connection does",
    [TP_BLIND_LOST] =
        "what happened where the recorder lost events: a larger buffer (tcpprobe trace -b)",
};

const char *tp_blind_text(enum tp_blind blind)
{
    return blind < TP_BLINDS ? blinds[blind] : "";
}

static void note_account(struct tp_sheet *sheet, struct tp_explanation *told)
{
    static const unsigned origins[] = {TP_FROM_KERNEL, TP_FROM_PACKETS, TP_FROM_SOCKET};
    const struct tp_account *kernel = tp_sheet_account(sheet, SENDER, TP_FROM_KERNEL);
    const struct tp_account *packets = tp_sheet_account(sheet, SENDER, TP_FROM_PACKETS);
    const struct tp_account *account;

    for (unsigned i = 0; i < 3 && !told->has_account; i++) {
        account = tp_sheet_account(sheet, SENDER, origins[i]);
        told->has_account = account != NULL;
        told->origin = origins[i];
        if (account)
            told->account = *account;
    }
    if (kernel && packets)
        told->apart = tp_account_apart(kernel, packets);
}

static uint32_t bit_if(bool yes, enum tp_blind blind)
{
    return yes ? 1u << blind : 0;
}

static uint32_t blind_of(const struct tp_sheet *sheet, const struct tp_case *of)
{
    const struct tp_wire *own = sheet->wire[SENDER], *peer = sheet->wire[PEER];
    bool packets = own || peer, kernel = sheet->side[SENDER] && sheet->side[SENDER]->probes;
    bool both = own && own->packets && peer && peer->packets;
    uint32_t markers;

    tp_flow_lost(sheet->flow, &markers);
    return bit_if(!case_sees_sender(of), TP_BLIND_WAITS) | bit_if(!kernel, TP_BLIND_KERNEL) |
           bit_if(!packets, TP_BLIND_PACKETS) | bit_if(packets && !both, TP_BLIND_ONE_WAY) |
           bit_if(both && peer->scale == TP_SCALE_UNKNOWN, TP_BLIND_SCALE) |
           bit_if(markers > 0, TP_BLIND_LOST);
}

static int by_cost(const void *left, const void *right)
{
    const struct tp_reason *a = left, *b = right;

    if (a->cost_ns != b->cost_ns)
        return a->cost_ns < b->cost_ns ? 1 : -1;
    return (a->row > b->row) - (a->row < b->row);
}

static void copy_text(struct tp_sheet *sheet, enum tp_figure_id id, char *text, size_t size)
{
    struct tp_value value = tp_sheet_value(sheet, id, SENDER, TP_BEST, NULL);
    struct tp_phrase phrase = tp_phrase_in(text, size);

    if (value.type == TP_VALUE_TEXT)
        tp_phrase_add(&phrase, "%s", value.text);
}

void tp_explain_needs(struct tp_analysis_options *options)
{
    options->without = 0; /* rows ask for figures of any metric */
    options->series_metrics |=
        TP_METRIC_BIT(SRTT) | TP_METRIC_BIT(WIRE_SRTT) | TP_METRIC_BIT(ACKED) |
        TP_METRIC_BIT(WIRE_ACKED) | TP_METRIC_BIT(SND_CWND) | TP_METRIC_BIT(SSTHRESH) |
        TP_METRIC_BIT(INFLIGHT) | TP_METRIC_BIT(WIRE_INFLIGHT) | TP_METRIC_BIT(WIRE_SENT);
    if (options->series_bins < TP_EXPLAIN_BINS)
        options->series_bins = TP_EXPLAIN_BINS;
}

void tp_explain(struct tp_sheet *sheet, struct tp_explanation *explanation)
{
    unsigned end = sheet->bulk_end;
    struct tp_case of = {.sheet = sheet, .told = explanation, .end = end};
    struct tp_reason *reason;

    memset(explanation, 0, sizeof *explanation);
    copy_text(sheet, TP_FIGURE_src, explanation->src, sizeof explanation->src);
    copy_text(sheet, TP_FIGURE_dst, explanation->dst, sizeof explanation->dst);
    note_account(sheet, explanation);
    of.whole_ns = explanation->has_account ? tp_account_whole(&explanation->account) : 0;
    explanation->blind = blind_of(sheet, &of);
    case_look(&of);
    for (size_t i = 0; i < tp_reason_row_count; i++) {
        reason = &explanation->list[explanation->count];
        memset(reason, 0, sizeof *reason);
        reason->row = &tp_reason_rows[i];
        if (!tp_reason_rows[i].find(&of, reason))
            continue;
        explanation->held_up_ns += reason->cost_ns;
        explanation->count++;
    }
    qsort(explanation->list, explanation->count, sizeof *explanation->list, by_cost);
}
