/* order.c: sorts rows by keys that are asked once. */
#include <stdlib.h>
#include <string.h>

#include "cli/order.h"

struct keyed {
    size_t row;
    struct tp_value key; /* a text is a copy */
};

static double number_of(const struct tp_value *key)
{
    return key->type == TP_VALUE_REAL ? key->real : (double)key->integer;
}

static int compare_keys(const struct tp_value *a, const struct tp_value *b)
{
    if (a->type == TP_VALUE_TEXT && b->type == TP_VALUE_TEXT)
        return strcmp(a->text, b->text);
    if (a->type == TP_VALUE_INTEGER && b->type == TP_VALUE_INTEGER)
        return (a->integer > b->integer) - (a->integer < b->integer);
    return (number_of(a) > number_of(b)) - (number_of(a) < number_of(b));
}

static int compare(const void *left, const void *right, void *context)
{
    const struct keyed *a = left, *b = right;
    const struct cli_order *order = context;
    bool absent_a = a->key.type == TP_VALUE_ABSENT, absent_b = b->key.type == TP_VALUE_ABSENT;
    int result = absent_a || absent_b ? 0 : compare_keys(&a->key, &b->key);

    if (absent_a != absent_b)
        return absent_a - absent_b;
    if (result)
        return order->ascending ? result : -result;
    return order->tie(order->context, a->row, b->row);
}

static bool take_key(const struct cli_order *order, size_t row, struct keyed *keyed)
{
    *keyed = (struct keyed){row, order->key(order->context, row)};
    if (keyed->key.type == TP_VALUE_TEXT)
        keyed->key.text = strdup(keyed->key.text);
    return keyed->key.type != TP_VALUE_TEXT || keyed->key.text;
}

/* Moves the first `top` to the front: what is not among them is compared once, mostly. */
static void select_top(const struct cli_order *order, struct keyed *keyed, size_t count)
{
    for (size_t i = order->top; i < count; i++) {
        size_t at = order->top;
        struct keyed moved = keyed[i];

        if (compare(&moved, &keyed[at - 1], (void *)order) >= 0)
            continue;
        keyed[i] = keyed[at - 1];
        for (; --at > 0 && compare(&moved, &keyed[at - 1], (void *)order) < 0;)
            keyed[at] = keyed[at - 1];
        keyed[at] = moved;
    }
}

static void put_in_order(const struct cli_order *order, struct keyed *keyed, size_t count)
{
    bool few = order->top && order->top < count / 16;

    qsort_r(keyed, few ? order->top : count, sizeof *keyed, compare, (void *)order);
    if (few)
        select_top(order, keyed, count);
}

int cli_order(const struct cli_order *order, size_t count, size_t **rows, struct tp_error *error)
{
    struct keyed *keyed = calloc(count ? count : 1, sizeof *keyed);
    size_t done = 0;

    *rows = calloc(count ? count : 1, sizeof **rows);
    while (keyed && *rows && done < count && take_key(order, done, &keyed[done]))
        done++;
    if (done == count && keyed && *rows) {
        put_in_order(order, keyed, count);
        for (size_t i = 0; i < count; i++)
            (*rows)[i] = keyed[i].row;
    }
    for (size_t i = 0; i < done; i++)
        if (keyed[i].key.type == TP_VALUE_TEXT)
            free((char *)keyed[i].key.text);
    if (done == count && keyed && *rows) {
        free(keyed);
        return TP_OK;
    }
    free(keyed);
    free(*rows);
    *rows = NULL;
    return tp_error_nomem(error);
}
