/* partial.c: records that do not name their whole connection.
 *
 * connect() reports TCP_SYN_SENT before the socket has a port; a SYN that is sent again and a
 * socket that was unbound can show 0.0.0.0 or :: as their own address. Such a record is joined by
 * its cookie, or by the three parts of its 4-tuple that it names together with an address that is
 * known to be this host's: of a connect() to that peer, or of an earlier flow. What is left over
 * belongs to no flow, which is better than to a wrong one.
 */
#include <string.h>

#include "flow/flow_table.h"

/* How far back a cookie is looked for, and how long a connect() takes at most: six SYNs. */
#define COOKIE_FLOWS   64
#define CONNECT_MAX_NS (INT64_C(130) * 1000000000)

enum { SYN_SENT = 2, CLOSE = 7, LISTEN = 10 };

static bool is_any(const uint8_t addr[16])
{
    static const uint8_t any[16], any_v4[16] = {[10] = 0xff, [11] = 0xff};

    return memcmp(addr, any, 16) == 0 || memcmp(addr, any_v4, 16) == 0;
}

bool tp_partial_is(const struct tp_record *record)
{
    const struct tp_flow_key *key = &record->key;

    return !key->port[0] || !key->port[1] || is_any(key->addr[0]) || is_any(key->addr[1]);
}

static bool is_connect(const struct tp_record *record)
{
    unsigned peer = 1 - record->local;

    return record->kind == TP_KIND_SET_STATE && TP_HAS(record, NEWSTATE) &&
           record->newstate == SYN_SENT && !record->key.port[record->local] &&
           record->key.port[peer] && !is_any(record->key.addr[peer]);
}

bool tp_flow_is_astray(const struct tp_record *record)
{
    unsigned peer = 1 - record->local;

    return record->has_key && (!TP_HAS(record, PROTOCOL) || record->protocol == 6) &&
           record->key.port[peer] && !is_any(record->key.addr[peer]) && !is_connect(record);
}

static void remember_connect(struct tp_flow_table *table, const struct tp_record *record)
{
    struct tp_connect *connect = &table->connects[table->connect_next++ % TP_CONNECTS];

    connect->ts_ns = record->ts_ns;
    memcpy(connect->local_addr, record->key.addr[record->local], 16);
    memcpy(connect->peer_addr, record->key.addr[1 - record->local], 16);
    connect->peer_port = record->key.port[1 - record->local];
    connect->timeline = record->key.timeline;
    connect->waiting = true;
}

/* The oldest connect() from that address (NULL: any) to that end of the key that still waits. */
static struct tp_connect *find_connect(struct tp_flow_table *table, const struct tp_flow_key *key,
                                       unsigned peer, const uint8_t *local_addr, int64_t now_ns)
{
    struct tp_connect *connect;
    unsigned i;

    for (i = 0; i < TP_CONNECTS; i++) {
        connect = &table->connects[(table->connect_next + i) % TP_CONNECTS];
        if (connect->waiting && connect->peer_port == key->port[peer] &&
            connect->timeline == key->timeline && now_ns >= connect->ts_ns &&
            now_ns - connect->ts_ns <= CONNECT_MAX_NS &&
            memcmp(connect->peer_addr, key->addr[peer], 16) == 0 &&
            (!local_addr || memcmp(connect->local_addr, local_addr, 16) == 0))
            return connect;
    }
    return NULL;
}

/* Can this be the first record after a connect()? A tcp_probe cannot: the change to
 * TCP_ESTABLISHED comes before it. */
static bool may_follow_connect(const struct tp_record *record)
{
    switch (record->kind) {
    case TP_KIND_SET_STATE:
        return TP_HAS(record, OLDSTATE) &&
               (record->oldstate == SYN_SENT || record->oldstate == LISTEN);
    case TP_KIND_RETRANSMIT_SKB:
        return TP_HAS(record, STATE) && record->state == SYN_SENT;
    case TP_KIND_PACKET:
        return tp_packet_is_syn(record);
    case TP_KIND_CONG_STATE_SET:
    case TP_KIND_RETRANSMIT_SYNACK:
        return true;
    default:
        return false;
    }
}

void tp_partial_claim(struct tp_flow_table *table, struct tp_flow_entry *entry,
                      const struct tp_record *record)
{
    struct tp_connect *connect;
    unsigned end;

    if (!may_follow_connect(record))
        return;
    for (end = 0; end < 2; end++) {
        connect = find_connect(table, &entry->flow.key, 1 - end, entry->flow.key.addr[end],
                               record->ts_ns);
        if (connect) {
            connect->waiting = false;
            entry->flow.first_ns = connect->ts_ns;
            entry->flow.opener = (int8_t)end;
            return;
        }
    }
}

void tp_partial_learn(struct tp_flow_table *table, const struct tp_flow_entry *entry,
                      unsigned local)
{
    struct tp_local *known;
    unsigned i;

    for (i = 0; i < table->local_count; i++)
        if (table->locals[i].timeline == entry->flow.key.timeline &&
            memcmp(table->locals[i].addr, entry->flow.key.addr[local], 16) == 0)
            return;
    known = &table->locals[table->local_next++ % TP_LOCALS];
    memcpy(known->addr, entry->flow.key.addr[local], 16);
    known->timeline = entry->flow.key.timeline;
    if (table->local_count < TP_LOCALS)
        table->local_count++;
}

static struct tp_flow_entry *find_cookie(const struct tp_flow_table *table,
                                         const struct tp_record *record, unsigned *end)
{
    struct tp_flow_entry *entry = table->newest;
    unsigned i;

    if (!TP_HAS(record, SOCK_COOKIE) || !record->sock_cookie)
        return NULL;
    for (i = 0; entry && i < COOKIE_FLOWS; i++, entry = entry->older)
        for (*end = 0; *end < 2; ++*end)
            if (entry->flow.cookie[*end] == record->sock_cookie &&
                entry->flow.key.timeline == record->key.timeline)
                return entry;
    return NULL;
}

/* The record as it would be if its own address were addr. */
static struct tp_record complete(const struct tp_record *record, const uint8_t addr[16])
{
    struct tp_record whole = *record;
    unsigned local = record->local, peer = 1 - local;

    whole.local =
        (uint8_t)tp_flow_key_set(&whole.key, addr, record->key.port[local], record->key.addr[peer],
                                 record->key.port[peer], record->key.timeline);
    whole.hash = tp_flow_key_hash(&whole.key);
    return whole;
}

static struct tp_flow_entry *find_local(const struct tp_flow_table *table,
                                        const struct tp_record *record, unsigned *end)
{
    struct tp_record whole;
    struct tp_flow_entry *entry;
    unsigned i;

    for (i = 0; i < table->local_count; i++) {
        whole = complete(record, table->locals[i].addr);
        entry = tp_flow_table_lookup(table, whole.hash, &whole.key);
        if (entry && tp_flow_continues(entry, &whole)) {
            *end = whole.local;
            return entry;
        }
    }
    return NULL;
}

/* A connection attempt of which no record named everything: made from its connect(). */
static int make_from_connect(struct tp_flow_table *table, const struct tp_record *record,
                             struct tp_flow_entry **entry, unsigned *end, struct tp_error *error)
{
    struct tp_connect *connect =
        find_connect(table, &record->key, 1 - record->local, NULL, record->ts_ns);
    struct tp_record whole;

    if (!connect || is_any(connect->local_addr) || !may_follow_connect(record))
        return TP_OK;
    whole = complete(record, connect->local_addr);
    *entry = tp_flow_table_make(table, whole.hash, &whole.key, record, error);
    if (!*entry)
        return TP_ERR_NOMEM;
    connect->waiting = false;
    (*entry)->flow.first_ns = connect->ts_ns;
    (*entry)->flow.opener = (int8_t)whole.local;
    *end = whole.local;
    tp_partial_learn(table, *entry, whole.local);
    return TP_OK;
}

int tp_partial_find(struct tp_flow_table *table, const struct tp_record *record,
                    struct tp_flow_entry **entry, unsigned *end, struct tp_error *error)
{
    unsigned local = record->local, peer = 1 - local;

    *entry = NULL;
    if (is_connect(record)) {
        remember_connect(table, record);
        return TP_OK;
    }
    *entry = find_cookie(table, record, end);
    if (*entry || !record->key.port[local] || !record->key.port[peer] ||
        is_any(record->key.addr[peer]))
        return TP_OK;
    *entry = find_local(table, record, end);
    return *entry ? TP_OK : make_from_connect(table, record, entry, end, error);
}
