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

int cli_order(const struct cli_order *order, size_t count, size_t **rows, struct tp_error *error)
{
    struct keyed *keyed = calloc(count ? count : 1, sizeof *keyed);
    size_t done = 0;

    *rows = calloc(count ? count : 1, sizeof **rows);
    while (keyed && *rows && done < count && take_key(order, done, &keyed[done]))
        done++;
    if (done == count && keyed && *rows) {
        qsort_r(keyed, count, sizeof *keyed, compare, (void *)order);
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
