/* key.c: one key for a connection, whichever end was seen and however IPv4 was written. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <tcpprobe/record.h>

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

unsigned tp_flow_key_set(struct tp_flow_key *key, const uint8_t local_addr[16], uint16_t local_port,
                         const uint8_t peer_addr[16], uint16_t peer_port, uint32_t timeline)
{
    int order = memcmp(local_addr, peer_addr, 16);
    unsigned local = order > 0 || (order == 0 && local_port > peer_port);

    memcpy(key->addr[local], local_addr, 16);
    memcpy(key->addr[1 - local], peer_addr, 16);
    key->port[local] = local_port;
    key->port[1 - local] = peer_port;
    key->timeline = timeline;
    return local;
}

/* Multiply and fold: 64-bit halves are mixed by a full 128-bit product, which no linear pattern of
 * addresses and ports survives. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t lo = (a & 0xffffffff) * (b & 0xffffffff), mid = (a >> 32) * (b & 0xffffffff);
    uint64_t mid2 = (a & 0xffffffff) * (b >> 32), hi = (a >> 32) * (b >> 32);
    uint64_t cross = (lo >> 32) + (mid & 0xffffffff) + mid2;

    return ((cross << 32) | (lo & 0xffffffff)) ^ (hi + (mid >> 32) + (cross >> 32));
}

static uint64_t load64(const uint8_t *at)
{
    uint64_t value = 0;
    unsigned i;

    for (i = 0; i < 8; i++)
        value = value << 8 | at[i];
    return value;
}

uint32_t tp_flow_key_hash(const struct tp_flow_key *key)
{
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15) ^ key->timeline;

    h = mix(h ^ load64(key->addr[0]), UINT64_C(0xa0761d6478bd642f) ^ load64(key->addr[0] + 8));
    h = mix(h ^ load64(key->addr[1]), UINT64_C(0xe7037ed1a0b428db) ^ load64(key->addr[1] + 8));
    h = mix(h ^ ((uint64_t)key->port[0] << 16 | key->port[1]), UINT64_C(0x8ebc6af09c88c6e3));
    return (uint32_t)(h ^ h >> 32);
}

bool tp_flow_key_equal(const struct tp_flow_key *a, const struct tp_flow_key *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

bool tp_address_is_v4(const uint8_t addr[16])
{
    return memcmp(addr, v4_prefix, sizeof v4_prefix) == 0;
}

size_t tp_address_text(const uint8_t addr[16], char *buf, size_t size)
{
    bool v4 = tp_address_is_v4(addr);

    if (size == 0)
        return 0;
    if (!inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? addr + 12 : addr, buf, (socklen_t)size))
        buf[0] = '\0';
    return strlen(buf);
}

size_t tp_endpoint_text(const struct tp_flow_key *key, unsigned end, char *buf, size_t size)
{
    char address[INET6_ADDRSTRLEN];
    bool v4 = tp_address_is_v4(key->addr[end]);
    int length;

    if (size == 0)
        return 0;
    tp_address_text(key->addr[end], address, sizeof address);
    length = snprintf(buf, size, v4 ? "%s:%u" : "[%s]:%u", address, key->port[end]);
    return length < 0 ? 0 : (size_t)length < size ? (size_t)length : size - 1;
}
