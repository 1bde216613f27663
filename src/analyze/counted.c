/* counted.c: by how much counters grew from line to line. A value that is less than before is of
 * another boot, or of a namespace that was made anew: what was counted before it stays. */
#include <stdlib.h>
#include <string.h>

#include "analyze/analyzer.h"
#include "analyze/counted.h"
#include "base/list.h"

#define PLACES_FIRST 4

static const char *const names[TP_COUNTED_COUNT] = {
#define TP_COUNTED_NAME(ID, name) #name,
    TP_COUNTED(TP_COUNTED_NAME)
#undef TP_COUNTED_NAME
};

/* The next word NAME=NUMBER; others are passed over. */
static bool next_word(const char **at, const char *end, struct tp_text *name, uint64_t *number)
{
    const char *begin, *equal;

    while (*at < end) {
        for (; *at < end && **at == ' '; ++*at)
            ;
        begin = *at;
        for (equal = NULL; *at < end && **at != ' '; ++*at)
            if (**at == '=' && !equal)
                equal = *at;
        if (!equal || equal + 1 == *at || *at - equal > 20)
            continue;
        *name = (struct tp_text){begin, (uint32_t)(equal - begin)};
        *number = 0;
        for (equal++; equal < *at && *equal >= '0' && *equal <= '9'; equal++)
            *number = *number * 10 + (uint64_t)(*equal - '0');
        if (equal == *at)
            return true;
    }
    return false;
}

static int find(const struct tp_text *name)
{
    for (int i = 0; i < TP_COUNTED_COUNT; i++)
        if (strlen(names[i]) == name->length && memcmp(names[i], name->bytes, name->length) == 0)
            return i;
    return -1;
}

static struct tp_counted_place *place_of(struct tp_counted_list *counted,
                                         const struct tp_record *record, uint32_t netns)
{
    struct tp_counted_place *place;

    for (uint32_t i = 0; i < counted->count; i++) {
        place = &counted->list[i];
        if (place->netns == netns && place->input == record->input)
            return place;
    }
    if (counted->count == TP_COUNTED_PLACES_MAX ||
        !TP_LIST_ROOM(counted->list, counted->count, counted->allocated, PLACES_FIRST))
        return NULL;
    place = &counted->list[counted->count++];
    *place = (struct tp_counted_place){
        .netns = netns, .input = record->input, .first_ns = record->ts_ns};
    return place;
}

static void note(struct tp_counted_place *place, int counter, uint64_t now)
{
    if (place->have >> counter & 1 && now > place->last[counter])
        place->grown[counter] += now - place->last[counter];
    place->last[counter] = now;
    place->have |= UINT32_C(1) << counter;
}

void tp_counted_round(struct tp_counted_list *counted, const struct tp_record *record)
{
    const char *at = record->words.bytes, *end = at + record->words.length;
    struct tp_text name;
    uint64_t number;

    while (TP_HAS(record, WORDS) && next_word(&at, end, &name, &number))
        counted->ends_lost += name.length == 3 && memcmp(name.bytes, "gap", 3) == 0 && number;
}

int tp_counted_add(struct tp_counted_list *counted, const struct tp_record *record)
{
    const char *at = record->words.bytes, *end = at + record->words.length;
    struct tp_counted_place *place = NULL;
    struct tp_text name;
    uint64_t number;
    int counter;

    if (!TP_HAS(record, WORDS))
        return TP_OK;
    while (next_word(&at, end, &name, &number)) {
        if (!place) { /* the first word says where */
            if (name.length != 5 || memcmp(name.bytes, "netns", 5) != 0 || number > UINT32_MAX)
                return TP_OK;
            place = place_of(counted, record, (uint32_t)number);
            if (!place)
                return counted->count == TP_COUNTED_PLACES_MAX ? TP_OK : TP_ERR_NOMEM;
            place->last_ns = record->ts_ns;
            continue;
        }
        counter = find(&name);
        if (counter >= 0)
            note(place, counter, number);
    }
    return TP_OK;
}

void tp_counted_release(struct tp_counted_list *counted)
{
    free(counted->list);
    *counted = (struct tp_counted_list){0};
}

uint64_t tp_analysis_ends_lost(const struct tp_analysis *analysis)
{
    return analysis->counted.ends_lost;
}

bool tp_analysis_counted(const struct tp_analysis *analysis, enum tp_counted counter,
                         uint64_t *growth)
{
    const struct tp_counted_list *counted = &analysis->counted;
    bool known = false;

    *growth = 0;
    for (uint32_t i = 0; i < counted->count; i++) {
        known |= counted->list[i].have >> counter & 1;
        *growth += counted->list[i].grown[counter];
    }
    return known;
}
