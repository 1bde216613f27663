/* shift.c: the differences in order, and how far into them the interval reaches. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/error.h>

#include "compare/shift.h"
#include "compare/sample.h"

/* 19 against 1 runs reach 90 % exactly, whatever the last bits say. */
#define ROUNDING 1e-9

/* P(U <= u) for all u of the Mann-Whitney statistic of n and m runs if nothing changed: counts[u]
 * of the C(n+m, n) orders give u. They are the coefficients of the Gaussian binomial, the product
 * of (1 - x^(m+i)) / (1 - x^i) for i = 1..n. */
static double *order_counts(size_t n, size_t m)
{
    size_t top = n * m, i, u;
    double *counts = calloc(top + 1, sizeof *counts);

    if (!counts)
        return NULL;
    counts[0] = 1;
    for (i = 1; i <= n; i++) {
        for (u = top; u >= m + i && u <= top; u--)
            counts[u] -= counts[u - m - i];
        for (u = i; u <= top; u++)
            counts[u] += counts[u - i];
    }
    return counts;
}

/* How many differences may be cut off at each end, and the confidence that is left. Rounding in
 * the counts is far below the steps of the distribution for so few runs. */
static int exact_cut(size_t n, size_t m, double confidence, size_t *cut, double *left)
{
    double *counts = order_counts(n, m), total = 0, below = 0;
    size_t u;

    if (!counts)
        return TP_ERR_NOMEM;
    for (u = 0; u <= n * m; u++)
        total += counts[u];
    *cut = 0;
    *left = 1;
    for (u = 0; u < n * m; u++) {
        below += counts[u];
        if (2 * below / total > (1 - confidence) * (1 + ROUNDING))
            break;
        *cut = u + 1;
        *left = 1 - 2 * below / total;
    }
    free(counts);
    return TP_OK;
}

/* The quantile of the normal distribution by bisection of erfc(): slow, short and right. */
static double normal_quantile(double upper_tail)
{
    double low = 0, high = 40, middle;

    while (high - low > 1e-12) {
        middle = (low + high) / 2;
        if (erfc(middle / sqrt(2)) / 2 > upper_tail)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void normal_cut(size_t n, size_t m, double confidence, size_t *cut, double *left)
{
    double mean = (double)n * (double)m / 2;
    double deviation = sqrt((double)n * (double)m * (double)(n + m + 1) / 12);
    double k = floor(mean - normal_quantile((1 - confidence) / 2) * deviation - 0.5);

    *cut = k > 0 ? (size_t)k : 0;
    *left = confidence;
}

static double *differences(const double *base, size_t base_count, const double *fresh,
                           size_t fresh_count)
{
    double *all = calloc(base_count * fresh_count, sizeof *all);
    size_t i, j;

    for (i = 0; all && i < base_count; i++)
        for (j = 0; j < fresh_count; j++)
            all[i * fresh_count + j] = fresh[j] - base[i];
    if (all)
        sample_sort(all, base_count * fresh_count);
    return all;
}

int shift_of(const double *base, size_t base_count, const double *fresh, size_t fresh_count,
             double confidence, struct shift *shift)
{
    size_t count = base_count * fresh_count, cut = 0;
    double *all = differences(base, base_count, fresh, fresh_count);
    int rc = TP_OK;

    memset(shift, 0, sizeof *shift);
    if (!all)
        return TP_ERR_NOMEM;
    shift->estimate = (all[(count - 1) / 2] + all[count / 2]) / 2;
    if (base_count < SHIFT_EXACT_RUNS && fresh_count < SHIFT_EXACT_RUNS)
        rc = exact_cut(base_count, fresh_count, confidence, &cut, &shift->confidence);
    else
        normal_cut(base_count, fresh_count, confidence, &cut, &shift->confidence);
    if (rc == TP_OK && cut > 0) {
        shift->has_interval = true;
        shift->low = all[cut - 1];
        shift->high = all[count - cut];
    }
    free(all);
    return rc;
}
