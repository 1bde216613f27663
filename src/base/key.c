/* key.c: one key for a connection, whichever end was seen and however IPv4 was written. */
#include <endian.h>
#include <string.h>

#include "base/key.h"
#include "base/put.h"

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* Multiply and fold: 64-bit halves are mixed by a full 128-bit product, which no linear pattern of
 * addresses and ports survives. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint32_t hash_ends(const struct key_end *first, const struct key_end *second,
                          uint32_t timeline)
{
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15) ^ timeline;

    h = mix(h ^ first->high, UINT64_C(0xa0761d6478bd642f) ^ first->low);
    h = mix(h ^ second->high, UINT64_C(0xe7037ed1a0b428db) ^ second->low);
    h = mix(h ^ ((uint64_t)first->port << 16 | second->port), UINT64_C(0x8ebc6af09c88c6e3));
    return (uint32_t)(h ^ h >> 32);
}

static struct key_end load_end(const uint8_t addr[16], uint16_t port)
{
    struct key_end end = {.port = port};
    unsigned i;

    for (i = 0; i < 8; i++) {
        end.high = end.high << 8 | addr[i];
        end.low = end.low << 8 | addr[8 + i];
    }
    return end;
}

static void store64(uint8_t *at, uint64_t value)
{
    value = htobe64(value);
    memcpy(at, &value, sizeof value);
}

static void store_end(struct tp_flow_key *key, unsigned end, const struct key_end *from)
{
    store64(key->addr[end], from->high);
    store64(key->addr[end] + 8, from->low);
    key->port[end] = from->port;
}

static bool is_after(const struct key_end *a, const struct key_end *b)
{
    if (a->high != b->high)
        return a->high > b->high;
    if (a->low != b->low)
        return a->low > b->low;
    return a->port > b->port;
}

unsigned key_set(struct tp_flow_key *key, const struct key_end *own, const struct key_end *peer,
                 uint32_t timeline, uint32_t *hash)
{
    unsigned local = is_after(own, peer);
    const struct key_end *first = local ? peer : own, *second = local ? own : peer;

    store_end(key, 0, first);
    store_end(key, 1, second);
    key->timeline = timeline;
    *hash = hash_ends(first, second, timeline);
    return local;
}

#define V4_LOW (UINT64_C(0xffff) << 32)

unsigned key_set_v4(struct tp_flow_key *key, uint64_t own, uint64_t peer, uint32_t timeline,
                    uint32_t *hash)
{
    unsigned local = own > peer;
    uint64_t low = local ? peer : own, high = local ? own : peer;
    const struct key_end first = {0, V4_LOW | low >> 16, (uint16_t)low};
    const struct key_end second = {0, V4_LOW | high >> 16, (uint16_t)high};

    store_end(key, 0, &first);
    store_end(key, 1, &second);
    key->timeline = timeline;
    *hash = hash_ends(&first, &second, timeline);
    return local;
}

unsigned tp_flow_key_set(struct tp_flow_key *key, const uint8_t local_addr[16], uint16_t local_port,
                         const uint8_t peer_addr[16], uint16_t peer_port, uint32_t timeline)
{
    struct key_end local = load_end(local_addr, local_port), peer = load_end(peer_addr, peer_port);
    uint32_t hash;

    return key_set(key, &local, &peer, timeline, &hash);
}

uint32_t tp_flow_key_hash(const struct tp_flow_key *key)
{
    struct key_end first = load_end(key->addr[0], key->port[0]);
    struct key_end second = load_end(key->addr[1], key->port[1]);

    return hash_ends(&first, &second, key->timeline);
}

bool tp_flow_key_equal(const struct tp_flow_key *a, const struct tp_flow_key *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

bool tp_address_is_v4(const uint8_t addr[16])
{
    return memcmp(addr, v4_prefix, sizeof v4_prefix) == 0;
}

static char *put_address(char *at, const uint8_t addr[16])
{
    return tp_address_is_v4(addr) ? put_ipv4(at, addr + 12) : put_inet6(at, addr);
}

size_t tp_address_text(const uint8_t addr[16], char *buf, size_t size)
{
    char text[PUT_MAX], *end = put_address(text, addr);

    return put_fitted(buf, size, text, (size_t)(end - text) < size ? end : text);
}

size_t tp_endpoint_text(const struct tp_flow_key *key, unsigned end, char *buf, size_t size)
{
    bool v4 = tp_address_is_v4(key->addr[end]);
    char text[PUT_MAX + 16], *at = text;

    if (!v4)
        *at++ = '[';
    at = put_address(at, key->addr[end]);
    at = put_text(at, v4 ? ":" : "]:");
    return put_fitted(buf, size, text, put_unsigned(at, key->port[end]));
}
