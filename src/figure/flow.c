/* flow.c: what is said of a flow as a whole: which it is, and what became of it. */
#include <stdio.h>

#include "figure/ways.h"

#define OF_FLOW(name)                                                                              \
    static struct tp_value name##_of(struct tp_sheet *sheet);                                      \
    struct tp_value flow_##name(struct tp_sheet *sheet, unsigned end,                              \
                                const struct tp_figure_way *way)                                   \
    {                                                                                              \
        (void)end, (void)way;                                                                      \
        return name##_of(sheet);                                                                   \
    }                                                                                              \
    static struct tp_value name##_of(struct tp_sheet *sheet)

/* Texts are made when they are asked for: sorting a million flows asks for none. */
static const char *endpoint(struct tp_sheet *sheet, unsigned end)
{
    char *text = end ? sheet->dst : sheet->src;

    if (!text[0])
        tp_endpoint_text(&sheet->flow->key, sheet->bulk_end ^ end, text, sizeof sheet->src);
    return text;
}

OF_FLOW(id)
{
    return tp_value_integer(sheet->flow->id);
}

OF_FLOW(both)
{
    snprintf(sheet->both, sizeof sheet->both, "%s -> %s", endpoint(sheet, 0), endpoint(sheet, 1));
    return tp_value_text(sheet->both);
}

OF_FLOW(src)
{
    return tp_value_text(endpoint(sheet, 0));
}

OF_FLOW(dst)
{
    return tp_value_text(endpoint(sheet, 1));
}

static struct tp_value address(struct tp_sheet *sheet, unsigned end)
{
    char *text = sheet->addr[end];

    if (!text[0])
        tp_address_text(sheet->flow->key.addr[sheet->bulk_end ^ end], text, sizeof sheet->addr[0]);
    return tp_value_text(text);
}

OF_FLOW(src_addr)
{
    return address(sheet, 0);
}

OF_FLOW(src_port)
{
    return tp_value_integer(sheet->flow->key.port[sheet->bulk_end]);
}

OF_FLOW(dst_addr)
{
    return address(sheet, 1);
}

OF_FLOW(dst_port)
{
    return tp_value_integer(sheet->flow->key.port[!sheet->bulk_end]);
}

OF_FLOW(start)
{
    return tp_value_integer_if(sheet->flow->timing != TP_TIMING_TICKS,
                               (uint64_t)(sheet->flow->first_ns - sheet->base_ns));
}

OF_FLOW(duration)
{
    int64_t duration_ns;
    bool known = tp_flow_duration(sheet->flow, &duration_ns);

    return known ? tp_value_integer(duration_ns) : absent;
}

OF_FLOW(bytes)
{
    const struct tp_value acked = tp_sheet_value(sheet, TP_FIGURE_acked_bytes, 0, TP_BEST, NULL);

    return acked.type != TP_VALUE_ABSENT
               ? acked
               : tp_sheet_value(sheet, TP_FIGURE_wire_unique_bytes, 0, TP_BEST, NULL);
}

OF_FLOW(one)
{
    (void)sheet;
    return tp_value_integer(1);
}

/* --- recording -------------------------------------------------------------------------------- */

OF_FLOW(first)
{
    return tp_value_integer(sheet->flow->first_ns);
}

OF_FLOW(last)
{
    return tp_value_integer(sheet->flow->last_ns);
}

OF_FLOW(records)
{
    return tp_value_integer((int64_t)sheet->flow->records);
}

OF_FLOW(timeline)
{
    return tp_value_integer(sheet->flow->key.timeline);
}

OF_FLOW(opener)
{
    int opener = sheet->flow->opener;

    return opener < 0 ? absent : tp_value_text(opener == (int)sheet->bulk_end ? "src" : "dst");
}

OF_FLOW(congestion_control)
{
    const char *name = tp_flow_congestion_control(sheet->analysis, sheet->flow);

    return name ? tp_value_text(name) : tp_sheet_value(sheet, TP_FIGURE_cc, 0, TP_BEST, NULL);
}

/* Markers without a number make the number of lost events unknown. */
OF_FLOW(lost)
{
    uint32_t markers;
    uint64_t lost = tp_flow_lost(sheet->flow, &markers);

    return tp_value_integer_if(lost || !markers, lost);
}

OF_FLOW(lost_markers)
{
    uint32_t markers;

    (void)tp_flow_lost(sheet->flow, &markers);
    return tp_value_integer((int64_t)markers);
}

/* --- capture ---------------------------------------------------------------------------------- */

/* A letter for each thing that happened to an end, capital for the bulk sender. */
static char *history_of_end(char *to, const struct tp_sheet *sheet,
                            const struct tp_handshake *shake, unsigned end)
{
    const struct tp_wire *wire = sheet->wire[end];
    const struct tp_wire_trouble *trouble;
    bool opened = shake && shake->opener == (int)(sheet->bulk_end ^ end);

    if (!wire)
        return to;
    trouble = packets_in_trouble(wire);
    const struct {
        char letter;
        bool seen;
    } letters[] = {{'S', wire->syns && opened},
                   {'H', wire->syns && !opened},
                   {'A', wire->pure_acks > 0},
                   {'D', wire->data_packets > 0},
                   {'T', trouble->retransmissions || trouble->syn_again || trouble->fin_again},
                   {'O', trouble->repairs || trouble->reordered || trouble->ambiguous},
                   {'W', trouble->zero_windows > 0},
                   {'C', trouble->copies > 0},
                   {'G', trouble->unseen_bytes > 0},
                   {'F', wire->fins > 0},
                   {'R', wire->resets > 0}};

    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].seen)
            *to++ = (char)(letters[i].letter + (end ? 'a' - 'A' : 0));
    return to;
}

OF_FLOW(history)
{
    const struct tp_connection *connection = tp_flow_connection(sheet->flow);
    const struct tp_handshake *shake = connection ? tp_connection_handshake(connection) : NULL;
    char *to = sheet->history;

    if (!connection)
        return absent;
    to = history_of_end(to, sheet, shake, 0);
    to = history_of_end(to, sheet, shake, 1);
    *to = '\0';
    return tp_value_text(to > sheet->history ? sheet->history : NULL);
}

OF_FLOW(complete)
{
    const struct tp_connection *connection = tp_flow_connection(sheet->flow);
    unsigned bits = connection ? tp_connection_complete(connection) : 0;
    unsigned whole = TP_COMPLETE_SYN | TP_COMPLETE_SYNACK | TP_COMPLETE_FIN_BOTH;

    if (!connection)
        return absent;
    if (bits & TP_COMPLETE_RST)
        return tp_value_text("reset");
    return tp_value_text((bits & whole) == whole ? "yes" : "no");
}

OF_FLOW(completeness)
{
    const struct tp_connection *connection = tp_flow_connection(sheet->flow);

    return tp_value_integer_if(connection,
                               connection ? tp_connection_complete(connection) & 63 : 0);
}

OF_FLOW(clocks)
{
    const struct tp_connection *connection = tp_flow_connection(sheet->flow);

    if (!connection)
        return absent;
    return tp_value_text(tp_connection_two_clocks(connection) ? "two" : "one");
}

OF_FLOW(places)
{
    const struct tp_connection *connection = tp_flow_connection(sheet->flow);

    return tp_value_integer_if(connection,
                               connection ? 1U + tp_connection_two_places(connection) : 0);
}

OF_FLOW(vantage)
{
    const struct tp_connection *connection = tp_flow_connection(sheet->flow);
    unsigned vantage =
        connection ? tp_connection_handshake(connection)->vantage : TP_VANTAGE_UNKNOWN;

    if (vantage == TP_VANTAGE_UNKNOWN)
        return absent;
    if (vantage == TP_VANTAGE_BETWEEN)
        return tp_value_text("between");
    return tp_value_text((vantage == TP_VANTAGE_END1) == (sheet->bulk_end == 1) ? "src" : "dst");
}
