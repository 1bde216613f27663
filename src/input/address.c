/* address.c: address words to flow keys, with a memory of the last ones. */
#include <arpa/inet.h>
#include <string.h>

#include "input/address.h"
#include "input/scan.h"
#include "input/words.h"

/* What a group said; a missing word leaves its bit clear. */
struct group {
    uint8_t addr[2][16]; /* 0 own end, 1 peer */
    uint16_t port[2];
    bool has_addr[2], has_port[2];
};

static bool read_v4(const char *text, size_t length, uint8_t addr[16])
{
    char copy[INET_ADDRSTRLEN];

    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    memset(addr, 0, 10);
    memset(addr + 10, 0xff, 2);
    return inet_pton(AF_INET, copy, addr + 12) == 1;
}

static bool read_v6(const char *text, size_t length, uint8_t addr[16])
{
    char copy[INET6_ADDRSTRLEN];

    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return inet_pton(AF_INET6, copy, addr) == 1;
}

static bool read_port(const char *text, size_t length, uint16_t *port)
{
    uint32_t value = 0;
    size_t i;

    if (length == 0 || length > 5)
        return false;
    for (i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (uint32_t)(text[i] - '0');
    }
    *port = (uint16_t)value;
    return value <= UINT16_MAX;
}

bool address_parse_endpoint(const char *text, size_t length, uint8_t addr[16], uint16_t *port)
{
    const char *colon = length ? memrchr(text, ':', length) : NULL;
    size_t host;

    if (!colon || !read_port(colon + 1, length - (size_t)(colon + 1 - text), port))
        return false;
    host = (size_t)(colon - text);
    if (host >= 2 && text[0] == '[' && text[host - 1] == ']')
        return read_v6(text + 1, host - 2, addr);
    return read_v4(text, host, addr);
}

/* --- the words of a group ---------------------------------------------------------------- */

static bool take_endpoint(struct group *group, unsigned end, const char *text, size_t length)
{
    group->has_addr[end] = group->has_port[end] = true;
    return address_parse_endpoint(text, length, group->addr[end], &group->port[end]);
}

static bool take_port(struct group *group, unsigned end, const char *text, size_t length)
{
    group->has_port[end] = true;
    return read_port(text, length, &group->port[end]);
}

/* saddr is garbage for native IPv6 sockets: saddrv6, which also holds IPv4 as ::ffff:a.b.c.d,
 * decides unless it is the all-zero address that kernels without IPv6 print. */
static bool take_v4(struct group *group, unsigned end, const char *text, size_t length)
{
    uint8_t addr[16];

    if (!read_v4(text, length, addr))
        return false;
    if (!group->has_addr[end]) {
        memcpy(group->addr[end], addr, sizeof addr);
        group->has_addr[end] = true;
    }
    return true;
}

static bool take_v6(struct group *group, unsigned end, const char *text, size_t length)
{
    static const uint8_t unspecified[16];
    uint8_t addr[16];

    if (!read_v6(text, length, addr))
        return false;
    if (!group->has_addr[end] || memcmp(addr, unspecified, sizeof addr) != 0) {
        memcpy(group->addr[end], addr, sizeof addr);
        group->has_addr[end] = true;
    }
    return true;
}

static const struct word {
    const char *key;
    size_t length;
    unsigned end;
    bool (*take)(struct group *group, unsigned end, const char *text, size_t length);
} words_known[] = {
    {"src", 3, 0, take_endpoint}, {"dest", 4, 1, take_endpoint}, {"sport", 5, 0, take_port},
    {"dport", 5, 1, take_port},   {"saddr", 5, 0, take_v4},      {"daddr", 5, 1, take_v4},
    {"saddrv6", 7, 0, take_v6},   {"daddrv6", 7, 1, take_v6},
};

static const struct word *find_word(const char *key, size_t length)
{
    size_t i;

    for (i = 0; i < sizeof words_known / sizeof *words_known; i++)
        if (words_known[i].length == length && memcmp(words_known[i].key, key, length) == 0)
            return &words_known[i];
    return NULL;
}

bool address_is_key(const char *key, size_t length)
{
    return find_word(key, length) != NULL;
}

static bool parse_group(const char *at, const char *end, struct group *group)
{
    const char *stop, *equals;
    const struct word *word;

    memset(group, 0, sizeof *group);
    while (at < end) {
        stop = word_end(at, end);
        equals = memchr(at, '=', (size_t)(stop - at));
        word = equals ? find_word(at, (size_t)(equals - at)) : NULL;
        if (!word || !word->take(group, word->end, equals + 1, (size_t)(stop - equals - 1)))
            return false;
        at = skip_blanks(stop, end);
    }
    return group->has_addr[0] && group->has_addr[1] && group->has_port[0] && group->has_port[1];
}

/* --- memory ------------------------------------------------------------------------------ */

void address_cache_init(struct address_cache *cache, uint32_t timeline)
{
    memset(cache, 0, sizeof *cache);
    cache->timeline = timeline;
}

static const char *group_end(const char *at, const char *end, unsigned words)
{
    const char *stop = at;

    while (words--) {
        if (at == end)
            return NULL;
        stop = word_end(at, end);
        at = skip_blanks(stop, end);
    }
    return stop;
}

static uint32_t text_hash(const char *text, size_t length)
{
    uint64_t h = length * UINT64_C(0x9e3779b97f4a7c15);
    size_t i;

    for (i = 0; i + 8 <= length; i += 8)
        h = (h ^ scan_load8(text + i)) * UINT64_C(0xff51afd7ed558ccd), h ^= h >> 32;
    if (length >= 8)
        h = (h ^ scan_load8(text + length - 8)) * UINT64_C(0xff51afd7ed558ccd);
    return (uint32_t)(h >> 40);
}

static const char *use(const struct address_entry *entry, const char *at, struct tp_record *record)
{
    record->key = entry->key;
    record->hash = entry->hash;
    record->local = entry->local;
    record->has_key = true;
    return at + entry->length;
}

static bool fill(struct address_entry *entry, const char *at, size_t length, unsigned words,
                 uint32_t timeline)
{
    struct group group;

    if (length > ADDRESS_TEXT_MAX || !parse_group(at, at + length, &group))
        return false;
    memcpy(entry->text, at, length);
    entry->length = (uint32_t)length;
    entry->words = words;
    entry->local = (uint8_t)tp_flow_key_set(&entry->key, group.addr[0], group.port[0],
                                            group.addr[1], group.port[1], timeline);
    entry->hash = tp_flow_key_hash(&entry->key);
    return true;
}

static bool same_text(const struct address_entry *entry, const char *at, size_t available)
{
    return entry->length && entry->length <= available &&
           scan_load8(entry->text + entry->length - 8) == scan_load8(at + entry->length - 8) &&
           memcmp(entry->text, at, entry->length) == 0;
}

/* Each text has two places, so that two flows whose texts fall together do not oust each other line
 * by line. Returns the place that holds it, else the one to put it in. */
static uint16_t find_place(const struct address_cache *cache, const char *at, size_t length,
                           bool *found)
{
    uint16_t first = (uint16_t)(text_hash(at, length) & (ADDRESS_REMEMBERED - 2)), place;
    const struct address_entry *entry;

    *found = true;
    for (place = first; place < first + 2; place++) {
        entry = &cache->entries[place];
        if (entry->length == length && memcmp(entry->text, at, length) == 0)
            return place;
    }
    *found = false;
    if (!cache->entries[first].length)
        return first;
    return (uint16_t)(first + (cache->entries[first + 1].length ? cache->next_recent % 2 : 1));
}

const char *address_read(struct address_cache *cache, const char *at, const char *end,
                         unsigned words, struct tp_record *record)
{
    size_t available = (size_t)(end - at), length;
    struct address_entry *entry, unused;
    const char *stop;
    unsigned i;
    uint16_t index;
    bool found;

    for (i = 0; i < ADDRESS_RECENT; i++) {
        entry = &cache->entries[cache->recent[i]];
        if (entry->words == words && same_text(entry, at, available) &&
            (entry->length == available || is_blank(at[entry->length])))
            return use(entry, at, record);
    }
    stop = group_end(at, end, words);
    if (!stop)
        return NULL;
    length = (size_t)(stop - at);
    index = find_place(cache, at, length, &found);
    entry = &cache->entries[index];
    if (!found) {
        /* A group that makes no sense must not cost the entry that was there. */
        if (!fill(&unused, at, length, words, cache->timeline))
            return NULL;
        *entry = unused;
    }
    cache->recent[cache->next_recent++ % ADDRESS_RECENT] = index;
    return use(entry, at, record);
}
