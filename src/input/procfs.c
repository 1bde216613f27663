/* procfs.c: lines of the old tcp_probe module. */
#include <string.h>

#include "input/address.h"
#include "input/line.h"
#include "input/procfs.h"
#include "input/scan.h"

/* Numbers after the addresses, in their order. */
static const struct {
    uint16_t offset;
    bool hex;
    uint64_t bit;
} columns[] = {
    {offsetof(struct tp_record, length), false, TP_BIT(LENGTH)},
    {offsetof(struct tp_record, snd_nxt), true, TP_BIT(SND_NXT)},
    {offsetof(struct tp_record, snd_una), true, TP_BIT(SND_UNA)},
    {offsetof(struct tp_record, snd_cwnd), false, TP_BIT(SND_CWND)},
    {offsetof(struct tp_record, ssthresh), false, TP_BIT(SSTHRESH)},
    {offsetof(struct tp_record, snd_wnd), false, TP_BIT(SND_WND)},
    {offsetof(struct tp_record, srtt), false, TP_BIT(SRTT)},
    {offsetof(struct tp_record, rcv_wnd), false, TP_BIT(RCV_WND)},
};
#define COLUMNS          (sizeof columns / sizeof *columns)
#define COLUMNS_REQUIRED (COLUMNS - 1)

static const char *read_endpoint(const char *at, const char *end, uint8_t addr[16], uint16_t *port)
{
    const char *stop = memchr(at, ' ', (size_t)(end - at));

    if (!stop || !address_parse_endpoint(at, (size_t)(stop - at), addr, port))
        return NULL;
    return stop + 1;
}

static const char *read_column(const char *at, bool hex, uint32_t *value)
{
    uint64_t wide = 0;

    at = hex ? scan_hex(at, &wide) : scan_u64(at, &wide);
    *value = (uint32_t)wide;
    return wide > UINT32_MAX ? NULL : at;
}

bool procfs_read(const char *at, const char *end, uint32_t timeline, struct tp_record *record)
{
    uint8_t addr[2][16];
    uint16_t port[2];
    uint32_t value;
    size_t i;
    bool ticks;

    at = line_read_time(at, &record->ts_ns, &ticks);
    if (!at || ticks || at >= end || *at != ' ' ||
        !(at = read_endpoint(at + 1, end, addr[0], &port[0])) ||
        !(at = read_endpoint(at, end, addr[1], &port[1])))
        return false;
    record->kind = TP_KIND_PROBE;
    record->have = 0;
    for (i = 0; i < COLUMNS && at < end; i++) {
        at = read_column(at, columns[i].hex, &value);
        if (!at || at > end || (at < end && *at != ' '))
            return false;
        memcpy((char *)record + columns[i].offset, &value, sizeof value);
        record->have |= columns[i].bit;
        while (at < end && *at == ' ')
            at++;
    }
    if (i < COLUMNS_REQUIRED)
        return false;
    if (i == COLUMNS_REQUIRED)
        record->have &= ~TP_BIT(SRTT);
    record->local =
        (uint8_t)tp_flow_key_set(&record->key, addr[0], port[0], addr[1], port[1], timeline);
    record->hash = tp_flow_key_hash(&record->key);
    record->has_key = true;
    return true;
}
