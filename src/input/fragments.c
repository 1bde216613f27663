/* fragments.c: the packets that are being put together, and the records that wait for them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/datagram.h"
#include "input/fragments.h"
#include "input/frames.h"

#define NO_PLACE SIZE_MAX

/* A packet that is put together, and its place among the records. */
struct waiting {
    struct datagram parts;
    size_t place; /* in held; NO_PLACE: the head did not come, or is no TCP */
    /* What the head alone says. */
    enum packet_result apart;
    const char *why; /* of PACKET_BAD */
    char text[40];   /* of others */
};

/* A record that waits for its turn. */
struct held {
    struct tp_record record;
    bool waits; /* for its datagram */
    bool gone;  /* it was none */
};

struct fragments {
    struct packet_options options;
    uint8_t input;
    struct waiting *waiting[FRAGMENTS_MAX]; /* the oldest first */
    unsigned count;
    struct held *held;
    size_t held_count, held_allocated;
    struct batch out;
};

struct fragments *fragments_new(const struct parser_options *options)
{
    struct fragments *fragments = calloc(1, sizeof *fragments);

    if (!fragments)
        return NULL;
    fragments->options = capture_packet_options(options);
    fragments->input = options->input;
    return fragments;
}

void fragments_free(struct fragments *fragments)
{
    if (!fragments)
        return;
    while (fragments->count)
        free(fragments->waiting[--fragments->count]);
    free(fragments->held);
    batch_release(&fragments->out);
    free(fragments);
}

/* --- held back ------------------------------------------------------------------------------ */

static struct held *hold(struct fragments *fragments)
{
    size_t grown = fragments->held_allocated ? fragments->held_allocated * 2 : 64;
    struct held *held;

    if (fragments->held_count == fragments->held_allocated) {
        held = realloc(fragments->held, grown * sizeof *held);
        if (!held)
            return NULL;
        fragments->held = held;
        fragments->held_allocated = grown;
    }
    held = &fragments->held[fragments->held_count++];
    held->waits = held->gone = false;
    return held;
}

static int hold_records(struct fragments *fragments, const struct batch *batch, size_t from,
                        size_t to)
{
    struct held *held;

    for (; from < to; from++) {
        held = hold(fragments);
        if (!held)
            return TP_ERR_NOMEM;
        held->record = batch->records[from];
    }
    return TP_OK;
}

/* Those before the first that waits are told. */
static int release(struct fragments *fragments)
{
    size_t count = 0, i;
    struct tp_record *record;

    for (; count < fragments->held_count && !fragments->held[count].waits; count++) {
        if (fragments->held[count].gone)
            continue;
        record = batch_next(&fragments->out);
        if (!record)
            return TP_ERR_NOMEM;
        *record = fragments->held[count].record;
        fragments->out.count++;
    }
    if (count == 0)
        return TP_OK;
    fragments->held_count -= count;
    memmove(fragments->held, fragments->held + count,
            fragments->held_count * sizeof *fragments->held);
    for (i = 0; i < fragments->count; i++)
        if (fragments->waiting[i]->place != NO_PLACE)
            fragments->waiting[i]->place -= count;
    return TP_OK;
}

/* --- the end of a datagram ------------------------------------------------------------------- */

static void count(struct fragments *fragments, enum packet_result result, const char *text,
                  uint64_t number)
{
    struct batch *out = &fragments->out;
    bool first = result == PACKET_BAD && (out->malformed == 0 || number < out->malformed_line);

    if (result == PACKET_BAD && !first) {
        out->malformed++;
        return;
    }
    capture_count(out, result, text);
    if (first)
        out->malformed_line = number;
}

static void remove_waiting(struct fragments *fragments, unsigned index)
{
    fragments->count--;
    memmove(&fragments->waiting[index], &fragments->waiting[index + 1],
            (fragments->count - index) * sizeof *fragments->waiting);
}

/* Where the head is plainly no TCP they are none either. */
static void count_later(struct fragments *fragments, const struct waiting *waiting)
{
    bool none = waiting->parts.begun && waiting->place == NO_PLACE;
    uint32_t i;

    for (i = 0; i < waiting->parts.later; i++)
        capture_count(&fragments->out, none ? PACKET_OTHER : PACKET_OPAQUE, "later fragment");
}

static void fill_place(struct fragments *fragments, const struct waiting *waiting,
                       enum packet_result result, const char *text)
{
    struct held *held = &fragments->held[waiting->place];

    held->waits = false;
    held->gone = result != PACKET_TCP;
    if (held->gone)
        count(fragments, result, text, waiting->parts.head.frame.number);
    else
        capture_count_oddities(&held->record, &fragments->out);
}

/* The rest did not come, or does not matter: the head says what it can. */
static void give_up(struct fragments *fragments, unsigned index)
{
    struct waiting *waiting = fragments->waiting[index];

    if (waiting->place != NO_PLACE)
        fill_place(fragments, waiting, waiting->apart, waiting->why ? waiting->why : waiting->text);
    count_later(fragments, waiting);
    remove_waiting(fragments, index);
    free(waiting);
}

/* --- fragments ------------------------------------------------------------------------------ */

/* The head alone; false if out of memory. */
static bool read_apart(struct fragments *fragments, const struct packet_fragment *fragment,
                       struct packet_walk *walk, enum packet_result *result)
{
    struct held *held = hold(fragments);

    if (!held)
        return false;
    held->record.input = fragments->input;
    *result = packet_resume_apart(walk, fragment, &fragments->options, &held->record);
    return true;
}

/* A fragment that nothing can be joined with. */
static int take_apart(struct fragments *fragments, const struct packet_fragment *fragment)
{
    struct waiting waiting = {.parts.head = *fragment};
    enum packet_result result;
    struct packet_walk walk;

    if (!read_apart(fragments, fragment, &walk, &result))
        return TP_ERR_NOMEM;
    waiting.place = fragments->held_count - 1;
    fill_place(fragments, &waiting, result, walk.text);
    return TP_OK;
}

/* The head came: a place is kept for the packet, unless it is plainly no TCP. */
static int keep_place(struct fragments *fragments, struct waiting *waiting,
                      const struct packet_fragment *fragment)
{
    enum { PLAINLY = 256 }; /* bytes behind which no header begins */
    struct packet_walk walk;

    if (!read_apart(fragments, fragment, &walk, &waiting->apart))
        return TP_ERR_NOMEM;
    waiting->place = fragments->held_count - 1;
    fragments->held[waiting->place].waits = true;
    if (waiting->apart == PACKET_BAD)
        waiting->why = walk.text;
    else if (waiting->apart != PACKET_TCP)
        snprintf(waiting->text, sizeof waiting->text, "%s", walk.text);
    if (waiting->text[0] && fragment->captured >= PLAINLY && walk.ips == fragment->ips) {
        fill_place(fragments, waiting, waiting->apart, waiting->text);
        waiting->place = NO_PLACE;
    }
    return TP_OK;
}

/* What waited for too long, and what is over because its identification is used again. */
static void give_up_old(struct fragments *fragments, const struct packet_fragment *fragment)
{
    const struct datagram *parts;
    unsigned i;

    for (i = fragments->count; i-- > 0;) {
        parts = &fragments->waiting[i]->parts;
        if (parts->number + FRAGMENTS_REACH < fragment->frame.number ||
            (datagram_has_name(parts, fragment) && datagram_is_over(parts, fragment)))
            give_up(fragments, i);
    }
}

/* The one that the fragment became part of; count if there is none. */
static unsigned find_waiting(struct fragments *fragments, const struct packet_fragment *fragment)
{
    struct datagram *parts;
    unsigned i;

    for (i = 0; i < fragments->count; i++) {
        parts = &fragments->waiting[i]->parts;
        if (datagram_has_name(parts, fragment) && datagram_add(parts, fragment))
            break;
    }
    return i;
}

static int begin_waiting(struct fragments *fragments, const struct packet_fragment *fragment)
{
    struct waiting *waiting = calloc(1, sizeof *waiting);

    if (!waiting)
        return TP_ERR_NOMEM;
    if (fragments->count == FRAGMENTS_MAX)
        give_up(fragments, 0);
    datagram_init(&waiting->parts, fragment);
    datagram_add(&waiting->parts, fragment);
    waiting->place = NO_PLACE;
    fragments->waiting[fragments->count++] = waiting;
    return TP_OK;
}

static int take(struct fragments *fragments, const struct packet_fragment *fragment);

/* What became whole holds a fragment, which stands where the last one of the others stood. */
static int take_inner(struct fragments *fragments, const struct waiting *waiting,
                      const struct packet_walk *walk, const struct packet_fragment *last)
{
    const struct datagram *parts = &waiting->parts;
    struct packet_fragment inner;

    packet_fragment_of(walk, walk->record, &inner);
    inner.frame.number = last->frame.number;
    inner.frame.ts_ns = last->frame.ts_ns;
    inner.frame.wire_len += parts->later_bytes;
    inner.missing = parts->missing < inner.length ? parts->missing : inner.length;
    fragments->held[waiting->place].waits = false;
    fragments->held[waiting->place].gone = true;
    return take(fragments, &inner);
}

static void set_captured(struct tp_record *record, const struct datagram *parts)
{
    record->captured = parts->missing < record->payload ? record->payload - parts->missing : 0;
    record->wire_len += parts->later_bytes;
}

static int complete(struct fragments *fragments, unsigned index, const struct packet_fragment *last)
{
    struct waiting *waiting = fragments->waiting[index];
    const struct datagram *parts = &waiting->parts;
    const struct cursor whole = {parts->bytes, datagram_bytes_kept(parts), parts->total};
    struct tp_record *record = &fragments->held[waiting->place].record;
    struct packet_walk walk;
    enum packet_result result =
        packet_resume(&walk, &parts->head, whole, &fragments->options, record);
    int rc = TP_OK;

    remove_waiting(fragments, index);
    if (result == PACKET_TCP)
        set_captured(record, parts);
    if (result == PACKET_FRAGMENT)
        rc = take_inner(fragments, waiting, &walk, last);
    else
        fill_place(fragments, waiting, result, walk.text);
    free(waiting);
    return rc;
}

static int take(struct fragments *fragments, const struct packet_fragment *fragment)
{
    struct waiting *waiting;
    unsigned i;

    if (datagram_is_odd(fragment))
        return take_apart(fragments, fragment);
    give_up_old(fragments, fragment);
    i = find_waiting(fragments, fragment);
    if (i == fragments->count) {
        if (begin_waiting(fragments, fragment) < 0)
            return TP_ERR_NOMEM;
        i = fragments->count - 1;
    }
    waiting = fragments->waiting[i];
    if (fragment->offset == 0 && keep_place(fragments, waiting, fragment) < 0)
        return TP_ERR_NOMEM;
    if (!datagram_is_whole(&waiting->parts))
        return TP_OK;
    if (waiting->place != NO_PLACE)
        return complete(fragments, i, fragment);
    give_up(fragments, i);
    return TP_OK;
}

/* --- batches -------------------------------------------------------------------------------- */

int fragments_join(struct fragments *fragments, const struct batch *batch, uint64_t last,
                   const struct batch **joined)
{
    size_t at = 0, i;

    *joined = batch;
    if (batch->part_count == 0 && fragments->count == 0 && fragments->held_count == 0)
        return TP_OK;
    batch_clear(&fragments->out);
    for (i = 0; i < batch->part_count; i++) {
        if (hold_records(fragments, batch, at, batch->parts[i].before) < 0 ||
            take(fragments, &batch->parts[i]) < 0)
            return TP_ERR_NOMEM;
        at = batch->parts[i].before;
    }
    if (hold_records(fragments, batch, at, batch->count) < 0)
        return TP_ERR_NOMEM;
    for (i = fragments->count; i-- > 0;)
        if (last == FRAGMENTS_NO_MORE ||
            fragments->waiting[i]->parts.number + FRAGMENTS_REACH <= last)
            give_up(fragments, (unsigned)i);
    *joined = &fragments->out;
    return release(fragments);
}
