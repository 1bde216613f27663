/* networks.c: the same 4-tuple in several networks at once: VLANs, overlays, customers of a
 * provider.
 *
 * The network alone proves nothing, as it may differ by direction and routers carry packets from
 * one to the next, where they are captured again. The numbers tell: far from all that the flow has
 * sent, in a network where it has sent nothing, it is another connection. From then on each of
 * them keeps to its network (TP_FLOW_APART).
 */
#include <string.h>

#include "flow/flow_table.h"

/* No connection leaves out more, and of two others few come so close. */
#define NEAR (INT32_C(1) << 26)

/* 0: a network without a name. */
static uint32_t network_of(const struct tp_record *packet)
{
    return TP_HAS(packet, NETWORK) ? packet->network : 0;
}

/* Is it in another network than the packets of its end, or if there are none of its peer? */
static bool is_elsewhere(const struct tp_flow_entry *entry, const struct tp_record *record)
{
    uint32_t network = entry->tagged ? entry->numbers->network[record->local] : 0;

    return entry->seen && network != network_of(record);
}

static bool tag(struct tp_flow_table *table, struct tp_flow_entry *entry)
{
    struct tp_flow_numbers *numbers = tp_arena_take(&table->arena, sizeof *numbers);

    if (!numbers)
        return false;
    memcpy(numbers->first, entry->first, sizeof numbers->first);
    memcpy(numbers->last, entry->first, sizeof numbers->last);
    entry->numbers = numbers;
    entry->tagged = true;
    return true;
}

bool tp_network_note(struct tp_flow_table *table, struct tp_flow_entry *entry,
                     const struct tp_record *record, unsigned end)
{
    bool seen = entry->seen >> end & 1, peer_seen = entry->seen >> (1 - end) & 1;

    if (TP_HAS(record, NETWORK) && !entry->tagged && !tag(table, entry))
        return false;
    entry->seen = (entry->seen | 1U << end) & 3;
    if (!entry->tagged)
        return true;
    if (!seen)
        entry->numbers->network[end] = network_of(record);
    if (!seen && !peer_seen)
        entry->numbers->network[1 - end] = network_of(record);
    if (!TP_HAS(record, FLAGS) || record->flags & TP_TCP_RST) /* whose numbers may be any */
        return true;
    if (TP_HAS(record, SEQ))
        entry->numbers->last[end] = record->seq;
    if (TP_HAS(record, ACK))
        entry->numbers->last[1 - end] = record->ack;
    return true;
}

static bool is_near(const struct tp_flow_entry *entry, unsigned end, uint32_t number)
{
    int32_t distance;

    if (!(entry->said & TP_FLOW_KNOWN << end) || !entry->tagged)
        return true;
    distance = (int32_t)(number - entry->numbers->last[end]);
    return distance > -NEAR && distance < NEAR;
}

bool tp_network_fits(const struct tp_flow_entry *entry, const struct tp_record *record)
{
    unsigned end = record->local, peer = 1 - end;
    bool ack = !TP_HAS(record, ACK) || is_near(entry, peer, record->ack);

    if (!tp_packet_is_syn(record))
        return ack && (!TP_HAS(record, SEQ) || is_near(entry, end, record->seq));
    if (record->flags & TP_TCP_ACK)
        return TP_HAS(record, ACK) && (entry->said & TP_FLOW_KNOWN << peer)
                   ? tp_flow_first(entry)[peer] == record->ack
                   : ack;
    return !(entry->said & TP_FLOW_KNOWN << end) || tp_flow_first(entry)[end] == record->seq + 1;
}

/* Is the packet where the flow's are? */
bool tp_network_is_here(const struct tp_flow_entry *entry, const struct tp_record *record)
{
    bool seen = entry->seen >> record->local & 1;
    bool apart = (entry->said & TP_FLOW_APART) != 0;

    if (is_elsewhere(entry, record))
        return !(apart && seen) && tp_network_fits(entry, record);
    return !apart || seen || tp_network_fits(entry, record);
}

bool tp_network_is_apart(const struct tp_flow_entry *entry, const struct tp_record *record)
{
    return record->kind == TP_KIND_PACKET &&
           (entry->said & TP_FLOW_APART || is_elsewhere(entry, record));
}

bool tp_network_part(struct tp_flow_entry *entry, const struct tp_record *record)
{
    if (record->kind != TP_KIND_PACKET || tp_packet_ended(entry) || !is_elsewhere(entry, record))
        return false;
    entry->said |= TP_FLOW_APART;
    return true;
}

void tp_network_set_apart(struct tp_flow_entry *entry)
{
    entry->said |= TP_FLOW_APART;
}
