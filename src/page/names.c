/* names.c: other names for addresses, processes and cgroups: the same for the same. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "page/page.h"

#define TEXT_BYTES 96

/* What was met, in a hash table of open addresses; numbers count from 1. */
struct met {
    char text[TEXT_BYTES];
    uint32_t number; /* 0: the place is free */
};

struct tp_page_names {
    struct met *places;
    size_t allocated; /* a power of two */
    uint32_t count;
    bool failed; /* out of memory: what was given is no name */
    char name[TEXT_BYTES + 16];
};

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

struct tp_page_names *tp_page_names_new(struct tp_error *error)
{
    struct tp_page_names *names = calloc(1, sizeof *names);

    if (!names)
        tp_error_nomem(error);
    return names;
}

void tp_page_names_free(struct tp_page_names *names)
{
    if (names)
        free(names->places);
    free(names);
}

/* FNV-1a */
static uint64_t hash(const char *bytes)
{
    uint64_t value = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < TEXT_BYTES; i++)
        value = (value ^ (uint8_t)bytes[i]) * UINT64_C(0x100000001b3);
    return value ^ value >> 32;
}

static struct met *place_of(struct met *places, size_t allocated, const char *text)
{
    size_t at = hash(text) & (allocated - 1);

    while (places[at].number && memcmp(places[at].text, text, TEXT_BYTES) != 0)
        at = (at + 1) & (allocated - 1);
    return &places[at];
}

static bool grow(struct tp_page_names *names)
{
    size_t allocated = names->allocated ? names->allocated * 2 : 64;
    struct met *places = calloc(allocated, sizeof *places);

    if (!places)
        return false;
    for (size_t i = 0; i < names->allocated; i++)
        if (names->places[i].number)
            *place_of(places, allocated, names->places[i].text) = names->places[i];
    free(names->places);
    names->places = places;
    names->allocated = allocated;
    return true;
}

/* The number of a text, which has TEXT_BYTES; 0: out of memory, and nothing may be told of it. */
static uint32_t number_of(struct tp_page_names *names, const char *text)
{
    struct met *place;

    if ((size_t)names->count * 2 >= names->allocated && !grow(names)) {
        names->failed = true;
        return 0;
    }
    place = place_of(names->places, names->allocated, text);
    if (!place->number) {
        memcpy(place->text, text, TEXT_BYTES);
        place->number = ++names->count;
    }
    return place->number;
}

static void rename_address(struct tp_page_names *names, uint8_t address[16])
{
    static const uint8_t documentation[4] = {0x20, 0x01, 0x0d, 0xb8};
    char text[TEXT_BYTES] = "address";
    bool is_v4 = memcmp(address, mapped, sizeof mapped) == 0;
    uint32_t number, made_up;

    memcpy(text + 8, address, 16);
    number = number_of(names, text);
    if (!is_v4) {
        memset(address, 0, 16);
        memcpy(address, documentation, sizeof documentation);
    }
    /* 198.18.0.0/15 and beyond it, where there are more: what matters is that they differ */
    made_up = htonl(is_v4 ? UINT32_C(0xc6120000) + number : number);
    memcpy(address + 12, &made_up, sizeof made_up);
}

void page_names_key(struct tp_page_names *names, struct tp_flow_key *key)
{
    if (!names)
        return;
    rename_address(names, key->addr[0]);
    rename_address(names, key->addr[1]);
}

const char *page_names_text(struct tp_page_names *names, const char *kind, const char *text)
{
    char met[TEXT_BYTES] = {0};
    uint32_t number;

    if (!names)
        return text;
    snprintf(met, sizeof met, "%s %s", kind, text);
    number = number_of(names, met);
    snprintf(names->name, sizeof names->name, "%s %u", kind, number);
    return names->name;
}

bool page_names_failed(const struct tp_page_names *names)
{
    return names && names->failed;
}
