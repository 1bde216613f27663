/* value.c: one value as text, exact or as a table shows it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/put.h"
#include "base/units.h"
#include "output/value.h"

static uint64_t sum_of(const struct tp_value *value)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < value->counts; i++)
        sum += value->list[i].count;
    return sum;
}

char *tp_value_put(char *at, const struct tp_value *value)
{
    switch (value->type) {
    case TP_VALUE_INTEGER:
        return put_signed(at, value->integer);
    case TP_VALUE_REAL:
        return put_real(at, value->real);
    case TP_VALUE_BOOL:
        return put_text(at, value->integer ? "true" : "false");
    case TP_VALUE_COUNTS:
        return put_unsigned(at, sum_of(value));
    case TP_VALUE_TEXT:
    case TP_VALUE_ABSENT:
        break;
    }
    return at;
}

const char *tp_value_exact(const struct tp_value *value, char buf[VALUE_TEXT_BYTES])
{
    if (value->type == TP_VALUE_TEXT)
        return value->text;
    *tp_value_put(buf, value) = '\0';
    return buf;
}

static const struct scale {
    double factor;
    int decimals;      /* of numbers from 10 on */
    int decimals_most; /* of small ones: 0.015 ms is not 0.0 ms */
} scales[] = {
    [TP_SHOW_PLAIN] = {1, 1, 1},     [TP_SHOW_SECONDS] = {1e-9, 3, 3}, [TP_SHOW_MS] = {1e-3, 1, 3},
    [TP_SHOW_PERCENT] = {100, 2, 2}, [TP_SHOW_WHOLE] = {100, 0, 0},
};

/* Three significant digits where the scale allows them. */
static int decimals_of(const struct scale *scale, double number)
{
    int decimals = scale->decimals + (number < 10) + (number < 1);

    return decimals < scale->decimals_most ? decimals : scale->decimals_most;
}

const char *tp_value_marked(const struct tp_value *value, const char *text,
                            char buf[VALUE_TEXT_BYTES])
{
    size_t length = strlen(text);

    if (!value->at_least || value->type == TP_VALUE_ABSENT || length > VALUE_TEXT_BYTES - 2)
        return text;
    memmove(buf, text, length);
    memcpy(buf + length, "+", 2);
    return buf;
}

static void decimal(double number, int decimals, char buf[VALUE_TEXT_BYTES])
{
    if (fabs(number) <= 9e15)
        *put_fixed(buf, number, (unsigned)decimals) = '\0';
    else
        snprintf(buf, VALUE_TEXT_BYTES, "%.*f", decimals, number);
}

static const char *rounded(const struct tp_value *value, const struct tp_column *column,
                           char buf[VALUE_TEXT_BYTES])
{
    bool is_integer = value->type == TP_VALUE_INTEGER;
    const struct scale *scale = &scales[column->show];
    double number;

    if (value->type == TP_VALUE_ABSENT)
        return "-";
    if (!is_integer && value->type != TP_VALUE_REAL)
        return tp_value_exact(value, buf);
    number = is_integer ? (double)value->integer : value->real;
    if (column->show == TP_SHOW_SI)
        tp_units_si(number, buf, VALUE_TEXT_BYTES);
    else if (scale->factor == 0 || (is_integer && column->show == TP_SHOW_PLAIN))
        return tp_value_exact(value, buf);
    else
        decimal(number * scale->factor, decimals_of(scale, number * scale->factor), buf);
    return buf;
}

const char *tp_value_shown(const struct tp_value *value, const struct tp_column *column,
                           char buf[VALUE_TEXT_BYTES])
{
    return tp_value_marked(value, rounded(value, column, buf), buf);
}
