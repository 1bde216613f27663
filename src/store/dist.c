/* dist.c: how long each value of a quantity held.
 *
 * An open-addressing table from value to weight. Values are exact until more than TP_DIST_CELLS of
 * them differ; then low bits are dropped, as few as will do, down to TP_DIST_MIN_BITS below the
 * leading bit, and a value stands for the middle of what it covers. Rounding a rounded value again
 * gives the same as rounding the original, so that the result does not depend on when it happened.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/series.h>

#include "base/prefetch.h"

#define KEEP_FIRST  11 /* the first rounding: 0.02 %, more than is ever read off a figure */
#define CELLS_FIRST 8
#define CELLS_MAX   16384      /* what TP_DIST_MIN_BITS of every leading bit need */
#define NOWHERE     UINT16_MAX /* no value is expected, or not in these cells */

_Static_assert((32 << TP_DIST_MIN_BITS) < CELLS_MAX / 4 * 3 && CELLS_MAX < NOWHERE,
               "struct tp_dist has 16 bits for a cell");

/* Value and weight lie together: a cell is mostly found in memory that was not used lately. The
 * weight, of 64 bits, is where no number of that size may be, so that a cell takes 12 bytes. */
struct tp_dist_cell {
    uint32_t value, weight[2];
};

static uint64_t weight_of(const struct tp_dist_cell *cell)
{
    uint64_t weight;

    memcpy(&weight, cell->weight, sizeof weight);
    return weight;
}

static void add_weight(struct tp_dist_cell *cell, uint64_t weight)
{
    weight += weight_of(cell);
    memcpy(cell->weight, &weight, sizeof weight);
}

static bool is_free(const struct tp_dist_cell *cell)
{
    return !weight_of(cell);
}

struct cell {
    uint32_t value;
    uint64_t weight;
};

static uint32_t round_value(uint32_t value, unsigned keep_bits)
{
    unsigned shift;

    if (value >> keep_bits <= 1)
        return value;
    shift = 31 - (unsigned)__builtin_clz(value) - keep_bits;
    return (value >> shift << shift) + (UINT32_C(1) << (shift - 1));
}

/* The upper bits of a product: the lower ones only see the lower ones of the value. Two of them, as
 * times are often multiples of a clock's step, which one leaves in heaps. */
static uint32_t home_of(const struct tp_dist *dist, uint32_t value)
{
    value *= UINT32_C(2654435769);
    value = (value ^ value >> 15) * UINT32_C(0x85ebca6b);
    return value >> dist->shift;
}

/* The cell that holds value, or the free one where it belongs. */
static struct tp_dist_cell *find_cell(const struct tp_dist *dist, uint32_t value, uint32_t home)
{
    uint32_t mask = dist->allocated - 1U, i = home;

    while (dist->cells[i].value != value && !is_free(&dist->cells[i]))
        i = (i + 1) & mask;
    return &dist->cells[i];
}

static void put(struct tp_dist *dist, uint32_t value, uint64_t weight)
{
    struct tp_dist_cell *cell = find_cell(dist, value, home_of(dist, value));

    if (is_free(cell)) {
        cell->value = value;
        dist->used++;
    }
    add_weight(cell, weight);
}

static bool is_full(const struct tp_dist *dist)
{
    return dist->used + 1U > dist->allocated / 4U * 3;
}

/* Moves everything into a table of that many cells, rounded to keep_bits. */
static int rebuild(struct tp_dist *dist, uint32_t allocated, unsigned keep_bits)
{
    struct tp_dist old = *dist;
    uint32_t i;
    struct tp_dist_cell *cells = calloc(allocated, sizeof *cells);

    if (!cells)
        return TP_ERR_NOMEM;
    dist->cells = cells;
    dist->allocated = (uint16_t)allocated;
    dist->shift = (uint8_t)(__builtin_clz(allocated) + 1);
    dist->used = 0;
    dist->expected = NOWHERE;
    dist->keep_bits = (uint8_t)keep_bits;
    for (i = 0; i < old.allocated; i++)
        if (!is_free(&old.cells[i]))
            put(dist, round_value(old.cells[i].value, keep_bits), weight_of(&old.cells[i]));
    free(old.cells);
    return TP_OK;
}

void tp_dist_init(struct tp_dist *dist)
{
    *dist = (struct tp_dist){.keep_bits = 31, .expected = NOWHERE};
}

/* Makes room for one more value: by rounding while that may still be done, else by growing. */
static int make_room(struct tp_dist *dist)
{
    unsigned keep_bits = dist->keep_bits;
    int rc;

    if (!dist->allocated)
        return rebuild(dist, CELLS_FIRST, keep_bits);
    while (dist->used >= TP_DIST_CELLS && keep_bits > TP_DIST_MIN_BITS) {
        keep_bits = keep_bits > KEEP_FIRST ? KEEP_FIRST : keep_bits - 1;
        rc = rebuild(dist, dist->allocated, keep_bits);
        if (rc < 0)
            return rc;
    }
    return is_full(dist) ? rebuild(dist, dist->allocated * 2U, keep_bits) : TP_OK;
}

void tp_dist_fetch(const struct tp_dist *dist)
{
    if (dist->expected != NOWHERE)
        prefetch_line(&dist->cells[dist->expected]);
}

void tp_dist_expect(struct tp_dist *dist, uint32_t value)
{
    if (!dist->allocated)
        return;
    dist->expected = (uint16_t)home_of(dist, round_value(value, dist->keep_bits));
    tp_dist_fetch(dist);
}

int tp_dist_add(struct tp_dist *dist, uint32_t value, uint64_t weight_ns)
{
    dist->expected = NOWHERE;
    return tp_dist_add_expected(dist, value, weight_ns);
}

/* A value that has no cell yet, which is rare: apart, so that the usual case saves no registers. */
static __attribute__((noinline)) int add_new(struct tp_dist *dist, uint32_t value,
                                             uint64_t weight_ns)
{
    int rc;

    if (!dist->allocated || is_full(dist) || dist->used >= TP_DIST_CELLS) {
        rc = make_room(dist);
        if (rc < 0)
            return rc;
    }
    put(dist, round_value(value, dist->keep_bits), weight_ns);
    dist->total += weight_ns;
    return TP_OK;
}

int tp_dist_add_expected(struct tp_dist *dist, uint32_t value, uint64_t weight_ns)
{
    struct tp_dist_cell *cell;

    if (!weight_ns)
        return TP_OK;
    value = round_value(value, dist->keep_bits);
    if (dist->allocated) {
        cell = find_cell(dist, value,
                         dist->expected != NOWHERE ? dist->expected : home_of(dist, value));
        if (!is_free(cell)) {
            add_weight(cell, weight_ns);
            dist->total += weight_ns;
            return TP_OK;
        }
    }
    return add_new(dist, value, weight_ns);
}

bool tp_dist_turn(struct tp_dist *dist, uint32_t value, uint64_t weight_ns, uint32_t next)
{
    struct tp_dist_cell *cell;

    if (dist->expected == NOWHERE)
        return false;
    cell = find_cell(dist, round_value(value, dist->keep_bits), dist->expected);
    if (is_free(cell))
        return false;
    add_weight(cell, weight_ns);
    dist->total += weight_ns;
    tp_dist_expect(dist, next);
    return true;
}

int tp_dist_merge(struct tp_dist *dist, const struct tp_dist *other)
{
    uint32_t i;

    for (i = 0; i < other->allocated; i++)
        if (tp_dist_add(dist, other->cells[i].value, weight_of(&other->cells[i])) < 0)
            return TP_ERR_NOMEM;
    return TP_OK;
}

void tp_dist_coarsen(struct tp_dist *dist, unsigned keep_bits)
{
    uint32_t allocated = CELLS_FIRST;

    if (keep_bits < TP_DIST_MIN_BITS)
        keep_bits = TP_DIST_MIN_BITS;
    if (keep_bits > dist->keep_bits)
        keep_bits = dist->keep_bits;
    if (!dist->allocated) {
        dist->keep_bits = (uint8_t)keep_bits;
        return;
    }
    /* Twice: how many cells are left is known only after rounding. Without memory it stays as it
     * is, which is always correct. */
    if (rebuild(dist, dist->allocated, keep_bits) < 0)
        return;
    while (allocated / 4 * 3 <= dist->used)
        allocated *= 2;
    if (allocated < dist->allocated)
        rebuild(dist, allocated, keep_bits);
}

/* --- questions ------------------------------------------------------------------------------ */

enum { DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS, FEW_CELLS = 32 };

static void insertion_sort(struct cell *cells, uint32_t count)
{
    uint32_t i, k;

    for (i = 1; i < count; i++) {
        struct cell cell = cells[i];

        for (k = i; k > 0 && cells[k - 1].value > cell.value; k--)
            cells[k] = cells[k - 1];
        cells[k] = cell;
    }
}

/* Stably by one digit of their values, into other cells; false: all have the same. */
static bool sort_by_digit(const struct cell *cells, struct cell *sorted, uint32_t count,
                          unsigned shift)
{
    uint32_t i, place[DIGITS + 1] = {0};

    for (i = 0; i < count; i++)
        place[(cells[i].value >> shift) % DIGITS + 1]++;
    if (place[(cells[0].value >> shift) % DIGITS + 1] == count)
        return false;
    for (i = 1; i < DIGITS; i++)
        place[i] += place[i - 1];
    for (i = 0; i < count; i++)
        sorted[place[(cells[i].value >> shift) % DIGITS]++] = cells[i];
    return true;
}

/* There is room for as many behind them. Digit by digit: comparing is what sorting so many costs.
 */
static void sort_by_value(struct cell *cells, uint32_t count)
{
    struct cell *from = cells, *to = cells + count, *other;
    unsigned shift;

    if (count <= FEW_CELLS) {
        insertion_sort(cells, count);
        return;
    }
    for (shift = 0; shift < 32; shift += DIGIT_BITS)
        if (sort_by_digit(from, to, count, shift)) {
            other = from;
            from = to;
            to = other;
        }
    if (from != cells)
        memcpy(cells, from, count * sizeof *cells);
}

/* All cells in use, by value; free() them. */
static struct cell *sort_cells(const struct tp_dist *dist)
{
    struct cell *cells = malloc((dist->used ? dist->used : 1) * 2 * sizeof *cells);
    uint32_t i, n = 0;

    if (!cells)
        return NULL;
    for (i = 0; i < dist->allocated; i++)
        if (!is_free(&dist->cells[i]))
            cells[n++] = (struct cell){dist->cells[i].value, weight_of(&dist->cells[i])};
    sort_by_value(cells, n);
    return cells;
}

bool tp_dist_quantiles(const struct tp_dist *dist, const double *p, double *values, size_t count)
{
    struct cell *cells;
    uint64_t sum = 0;
    uint32_t i;
    size_t k;

    if (!dist->used)
        return false;
    cells = sort_cells(dist);
    if (!cells)
        return false;
    for (i = 0, k = 0; k < count; k++) {
        while (i + 1 < dist->used && (double)(sum + cells[i].weight) < p[k] * (double)dist->total)
            sum += cells[i++].weight;
        values[k] = cells[i].value;
    }
    free(cells);
    return true;
}

bool tp_dist_quantile(const struct tp_dist *dist, double p, double *value)
{
    return tp_dist_quantiles(dist, &p, value, 1);
}

void tp_dist_digest(struct tp_dist *dist)
{
    /* The second of each pair is for weight that is added later and shifts the ranks a little. */
    static const double p[] = {0.01,  0.015, 0.05, 0.055, 0.1,  0.105, 0.25,
                               0.255, 0.35,  0.5,  0.505, 0.65, 0.75,  0.755,
                               0.9,   0.905, 0.95, 0.955, 0.99, 0.995, 1};
    enum { POINTS = sizeof p / sizeof *p };
    struct tp_dist digest;
    double values[POINTS];
    uint64_t rank, before = 0;
    unsigned k;

    if (dist->used <= POINTS || !tp_dist_quantiles(dist, p, values, POINTS))
        return;
    tp_dist_init(&digest);
    digest.keep_bits = dist->keep_bits;
    for (k = 0; k < POINTS; k++) {
        /* Rounded up, the sum of weights up to here is just enough for this p. */
        rank = k + 1 < POINTS ? (uint64_t)ceil(p[k] * (double)dist->total) : dist->total;
        if (rank > dist->total)
            rank = dist->total;
        if (rank > before && tp_dist_add(&digest, (uint32_t)values[k], rank - before) < 0) {
            tp_dist_release(&digest); /* without memory it stays as it is */
            return;
        }
        before = rank > before ? rank : before;
    }
    tp_dist_release(dist);
    *dist = digest;
}

size_t tp_dist_bytes(const struct tp_dist *dist)
{
    return dist->allocated * sizeof *dist->cells;
}

void tp_dist_release(struct tp_dist *dist)
{
    free(dist->cells);
    *dist = (struct tp_dist){.keep_bits = dist->keep_bits, .expected = NOWHERE};
}
