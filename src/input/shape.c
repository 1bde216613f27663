/* shape.c: compares lines with remembered ones, sixteen bytes at a time. */
#include <stddef.h>
#include <string.h>

#include "input/block.h"
#include "input/shape.h"
#include "input/words.h"

/* Where more than two of three lines have no known shape, looking for one costs more than it gives:
 * for a while it is left. */
#define MISSES_MAX 64
#define PASSING    1024

/* What a line says before its time. */
#define OF_PREFIX (TP_BIT(CPU) | TP_BIT(PID) | TP_BIT(COMM))

/* Most records have no member from there on: what need not be copied goes through no cache. */
#define USUAL_BYTES offsetof(struct tp_record, err)

void shapes_init(struct shapes *shapes)
{
    memset(shapes, 0, offsetof(struct shapes, head));
}

/* --- comparing -------------------------------------------------------------------------------- */

/* Loads up to 63 bytes behind the last one. */
static inline bool is_alike(const char *at, const struct shape_part *part, unsigned parts)
{
    lanes differ = {0, 0};
    size_t i;

    for (; parts--; part++, at += sizeof part->text)
        for (i = 0; i < sizeof part->text; i += sizeof differ)
            differ |= (load16(at + i) ^ load16(part->text + i)) & load16(part->mask + i);
    return !(differ[0] | differ[1]);
}

_Static_assert(sizeof((struct shape_part *)NULL)->text <= BLOCK_PADDING, "a part may be loaded");

static unsigned parts_of(size_t length)
{
    const size_t bytes = sizeof((struct shape_part *)NULL)->text;

    return (unsigned)((length + bytes - 1) / bytes);
}

/* The line must have these bytes, but for those that set_free() is told of. */
static void set_text(struct shape_part *part, const char *at, size_t length)
{
    unsigned parts = parts_of(length);

    memset(part, 0, parts * sizeof *part);
    for (; parts--; part++, at += sizeof part->text) {
        size_t some = length < sizeof part->text ? length : sizeof part->text;

        memcpy(part->text, at, some);
        memset(part->mask, 0xff, some);
        length -= some;
    }
}

static void set_free(struct shape_part *part, size_t at, size_t length)
{
    for (; length--; at++)
        part[at / sizeof part->text].mask[at % sizeof part->text] = 0;
}

/* The number of so many digits at `at` is the first or second of the pair. */
static void set_number(struct number_pair *pair, unsigned which, struct shape_part *part, size_t at,
                       size_t length, uint16_t offset)
{
    set_free(part, at, length);
    pair->mask[which] = UINT64_MAX << (8 - length) * 8;
    pair->at[which] = (int16_t)((int)(at + length) - 8);
    pair->offset[which] = offset;
}

/* --- reading ---------------------------------------------------------------------------------- */

static inline void store_decimals(struct tp_record *record, const struct number_pair *pair,
                                  lanes fours)
{
    for (unsigned i = 0; i < 2; i++) {
        uint32_t number = join_fours(fours[i]);

        memcpy((char *)record + pair->offset[i], &number, sizeof number);
    }
}

static inline void store_hexes(struct tp_record *record, const struct number_pair *pair,
                               lanes numbers)
{
    for (unsigned i = 0; i < 2; i++) {
        uint32_t number = (uint32_t)numbers[i];

        memcpy((char *)record + pair->offset[i], &number, sizeof number);
    }
}

static inline void store_wide(struct tp_record *record, const struct number_pair *pair,
                              lanes numbers)
{
    uint64_t number = numbers[0] << 32 | (uint32_t)numbers[1];

    memcpy((char *)record + pair->offset[0], &number, sizeof number);
}

static inline lanes read_time(const struct shape *shape, const char *at, struct tp_record *record)
{
    lanes wrong = {0, 0}, fours = decimals_at(at, &shape->time, &wrong);

    record->ts_ns = (int64_t)join_fours(fours[0]) * 1000000000 +
                    (int64_t)join_fours(fours[1]) * shape->scale_ns;
    return wrong;
}

/* False if there is something else than digits. */
static inline bool read_numbers(const struct shape *shape, const char *at, struct tp_record *record)
{
    const struct number_pair *pair = shape->pair, *stop = pair + shape->until[BODY_DECIMAL];
    lanes wrong = read_time(shape, at, record);
    unsigned i;

    for (; pair < stop; pair++)
        store_decimals(record, pair, decimals_at(at, pair, &wrong));
    for (stop = shape->pair + shape->until[BODY_HEX]; pair < stop; pair++)
        store_hexes(record, pair, hexes_at(at, pair, &wrong));
    for (stop = shape->pair + shape->until[BODY_WIDE]; pair < stop; pair++)
        store_wide(record, pair, hexes_at(at, pair, &wrong));
    for (i = 0; i < shape->unread; i++)
        wrong |= ~not_below(load16(at + shape->unread_at[i]), ' ' + 1) & BOTH_EACH(0x80);
    return !(wrong[0] | wrong[1]);
}

static inline bool read_prefix(const struct prefix *prefix, const char *at,
                               struct tp_record *record)
{
    lanes wrong = {0, 0}, fours = decimals_at(at, &prefix->cpu, &wrong);

    record->have |= prefix->have;
    record->cpu = join_fours(fours[0]);
    record->pid = prefix->pid;
    if (prefix->have & TP_BIT(COMM))
        record->comm = (struct tp_text){at + prefix->comm_at, prefix->comm_length};
    return !(wrong[0] | wrong[1]);
}

static const struct prefix *find_prefix(struct shapes *shapes, const char *at)
{
    unsigned i, last = shapes->last_prefix;

    if (!shapes->prefixes)
        return NULL;
    if (is_alike(at, shapes->prefix[last].part, PREFIX_PARTS))
        return &shapes->prefix[last];
    for (i = 0; i < shapes->prefixes; i++)
        if (is_alike(at, shapes->prefix[i].part, PREFIX_PARTS)) {
            shapes->last_prefix = i;
            return &shapes->prefix[i];
        }
    return NULL;
}

static inline bool has_key(const struct shape_head *head, const char *at)
{
    return !((scan_load8(at + head->at[0]) ^ head->key[0]) |
             (scan_load8(at + head->at[1]) ^ head->key[1]));
}

static inline const struct shape *find_shape(struct shapes *shapes, const char *at, size_t left)
{
    const struct shape *shape;
    struct shape_head head;
    unsigned i;

    for (i = 0; i < shapes->count; i++) {
        head = shapes->head[i];
        if (head.length > left || !has_key(&head, at))
            continue;
        shape = &shapes->shape[head.shape];
        if (!is_alike(at, shape->part, head.parts))
            continue;
        if (i) {
            memmove(shapes->head + 1, shapes->head, i * sizeof head);
            shapes->head[0] = head;
        }
        return shape;
    }
    return NULL;
}

const char *shapes_read(struct shapes *shapes, const char *at, const char *stop,
                        struct tp_record *record, enum line_form *form)
{
    const struct prefix *prefix;
    const struct shape *shape;
    const char *time;

    if (shapes->passing)
        return NULL;
    prefix = find_prefix(shapes, at);
    if (!prefix || stop - at < prefix->length)
        return NULL;
    time = at + prefix->length;
    shape = find_shape(shapes, time, (size_t)(stop - time));
    if (!shape)
        return NULL;
    memcpy(record, &shape->record, USUAL_BYTES);
    if (shape->has_more)
        *record = shape->record;
    if (!read_numbers(shape, time, record) || !read_prefix(prefix, at, record))
        return NULL;
    *form = (enum line_form)shape->form;
    shapes->misses -= shapes->misses < 2 ? shapes->misses : 2;
    return time + shape->length - 1;
}

/* --- learning --------------------------------------------------------------------------------- */

/* True: nothing is to be learnt now. */
static bool pass_by(struct shapes *shapes)
{
    if (shapes->passing) {
        shapes->passing--;
        return true;
    }
    if (++shapes->misses < MISSES_MAX)
        return false;
    shapes->misses /= 2;
    shapes->passing = PASSING;
    return true;
}

/* False: it is of no form that is remembered. */
static bool set_prefix(struct prefix *prefix, const char *at, const struct line *line,
                       const struct tp_record *record)
{
    size_t length = (size_t)(line->time - at), digits;
    const char *cpu = memchr(at + TASK_COLUMNS, '[', length - TASK_COLUMNS);
    struct tp_record again;

    if (length > sizeof prefix->part->text || !is_blank(line->time[-1]) || !cpu++ ||
        memchr(at, '\n', length) || memchr(cpu, '[', (size_t)(line->time - cpu)))
        return false;
    digits = (size_t)(skip_digits(cpu, line->time) - cpu);
    if (digits < 1 || digits > 8)
        return false;
    set_text(prefix->part, at, length);
    set_number(&prefix->cpu, 0, prefix->part, (size_t)(cpu - at), digits, 0);
    set_number(&prefix->cpu, 1, prefix->part, (size_t)(cpu - at), digits, 0);
    prefix->length = (uint16_t)length;
    prefix->have = record->have & OF_PREFIX;
    prefix->pid = line->pid;
    prefix->comm_at = prefix->comm_length = 0;
    if (TP_HAS(record, COMM)) {
        prefix->comm_at = (uint16_t)(record->comm.bytes - at);
        prefix->comm_length = (uint16_t)record->comm.length;
    }
    again.have = 0;
    return read_prefix(prefix, at, &again) && again.cpu == line->cpu;
}

static bool learn_prefix(struct shapes *shapes, const char *at, const struct line *line,
                         const struct tp_record *record)
{
    struct prefix prefix;

    if (find_prefix(shapes, at))
        return true;
    if (!set_prefix(&prefix, at, line, record))
        return false;
    shapes->prefix[shapes->next_prefix++ % PREFIXES] = prefix;
    shapes->prefixes += shapes->prefixes < PREFIXES;
    return true;
}

static bool set_time(struct shape *shape, const char *time, const char *end)
{
    static const uint32_t scale_ns[9] = {0,     100000000, 10000000, 1000000, 100000,
                                         10000, 1000,      100,      10};
    const char *dot = skip_digits(time, end), *stop = skip_digits(dot + 1, end);
    size_t whole = (size_t)(dot - time), fraction = (size_t)(stop - dot - 1);

    if (whole < 1 || whole > 8 || fraction < 1 || fraction > 8)
        return false;
    set_number(&shape->time, 0, shape->part, 0, whole, 0);
    set_number(&shape->time, 1, shape->part, whole + 1, fraction, 0);
    shape->scale_ns = scale_ns[fraction];
    return true;
}

/* Pairs of all values of that kind; an odd one is paired with itself. Returns how many pairs there
 * are now. */
static unsigned pair_numbers(struct shape *shape, const struct body_values *values,
                             enum body_digits digits, size_t message, unsigned pairs)
{
    const struct body_value *value = values->value, *stop = value + values->count;
    unsigned which = 0;

    for (; value < stop && pairs < PAIRS_MAX; value++) {
        if (value->digits != digits)
            continue;
        set_number(&shape->pair[pairs], which, shape->part, message + value->at, value->length,
                   value->offset);
        if (!which)
            set_number(&shape->pair[pairs], 1, shape->part, message + value->at, value->length,
                       value->offset);
        pairs += which;
        which = !which;
    }
    return pairs + which;
}

static unsigned pair_halves(struct shape *shape, const struct body_values *values, size_t message,
                            unsigned pairs)
{
    const struct body_value *value = values->value, *stop = value + values->count;
    unsigned half;

    for (; value < stop && pairs < PAIRS_MAX; value++) {
        if (value->digits != BODY_WIDE)
            continue;
        for (half = 0; half < 2; half++)
            set_number(&shape->pair[pairs], half, shape->part, message + value->at + 8 * half, 8,
                       value->offset);
        pairs++;
    }
    return pairs;
}

static void set_values(struct shape *shape, const struct body_values *values, size_t message)
{
    unsigned pairs = 0, i;

    shape->until[BODY_DECIMAL] =
        (uint8_t)(pairs = pair_numbers(shape, values, BODY_DECIMAL, message, pairs));
    shape->until[BODY_HEX] =
        (uint8_t)(pairs = pair_numbers(shape, values, BODY_HEX, message, pairs));
    shape->until[BODY_WIDE] = (uint8_t)pair_halves(shape, values, message, pairs);
    for (shape->unread = 0, i = 0; i < values->count && shape->unread < PAIRS_MAX; i++) {
        if (values->value[i].digits != BODY_UNREAD)
            continue;
        shape->unread_at[shape->unread++] = (uint16_t)(message + values->value[i].at);
        set_free(shape->part, message + values->value[i].at, values->value[i].length);
    }
}

static bool has_more(const struct tp_record *record)
{
    uint64_t left;

    for (left = record->have; left; left &= left - 1)
        if (tp_fields[__builtin_ctzll(left)].offset >= USUAL_BYTES)
            return true;
    return false;
}

/* False: it has none that can be remembered. */
static bool set_shape(struct shape *shape, const struct line *line,
                      const struct body_values *values, const struct tp_record *record)
{
    size_t length = (size_t)(line->end + 1 - line->time);
    struct tp_record again = *record;

    if (length > SHAPE_PARTS * sizeof shape->part->text)
        return false;
    set_text(shape->part, line->time, length);
    shape->record = *record;
    shape->record.have &= ~OF_PREFIX;
    shape->has_more = has_more(&shape->record);
    shape->form = (uint8_t)line->form;
    shape->length = (uint16_t)length;
    set_values(shape, values, (size_t)(line->message - line->time));
    return set_time(shape, line->time, line->end) && read_numbers(shape, line->time, &again) &&
           again.ts_ns == line->ts_ns;
}

/* The one that was not met for longest gives its place. */
static void learn_shape(struct shapes *shapes, const struct line *line,
                        const struct body_values *values, const struct tp_record *record)
{
    unsigned last = shapes->count < SHAPES ? shapes->count : SHAPES - 1;
    size_t message = (size_t)(line->message - line->time);
    struct shape_head head = {.shape = (uint8_t)last};
    struct shape *shape;

    if (last < shapes->count)
        head.shape = shapes->head[last].shape;
    shape = &shapes->shape[head.shape];
    shapes->count = last; /* until it is known to be one */
    if (!set_shape(shape, line, values, record))
        return;
    head.length = shape->length;
    head.parts = (uint8_t)parts_of(shape->length);
    head.at[0] = (uint16_t)(message + values->first_end - 8);
    head.at[1] = (uint16_t)(message + values->group_end - 8);
    head.key[0] = scan_load8(line->time + head.at[0]);
    head.key[1] = scan_load8(line->time + head.at[1]);
    memmove(shapes->head + 1, shapes->head, last * sizeof head);
    shapes->head[0] = head;
    shapes->count = last + 1;
}

void shapes_learn(struct shapes *shapes, const char *at, const struct line *line,
                  const struct body_parser *parser, const struct tp_record *record)
{
    struct body_values values;

    if (!line->by_column || line->ticks || line->sampled || !record->has_key || *line->end != '\n')
        return;
    if (pass_by(shapes) || !learn_prefix(shapes, at, line, record) ||
        find_shape(shapes, line->time, (size_t)(line->end + 1 - line->time)))
        return;
    if (body_find_values(parser, (enum tp_kind)record->kind, line->message, line->end, &values))
        learn_shape(shapes, line, &values, record);
}
