/* test_dist.c: distributions against a sorted list of everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <tcpprobe/series.h>

struct sample {
    uint32_t value;
    uint64_t weight;
};

/* xorshift: the same numbers on every machine. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static int by_value(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;

    return (x->value > y->value) - (x->value < y->value);
}

static double true_quantile(struct sample *samples, size_t count, double p)
{
    uint64_t total = 0, sum = 0;
    size_t i;

    qsort(samples, count, sizeof *samples, by_value);
    for (i = 0; i < count; i++)
        total += samples[i].weight;
    for (i = 0; i < count; i++) {
        sum += samples[i].weight;
        if (sum && (double)sum >= p * (double)total)
            break;
    }
    return i < count ? samples[i].value : samples[count - 1].value;
}

/* Fills a distribution with count values below range and compares quantiles. */
static void compare(size_t count, uint32_t base, uint32_t range, double tolerance)
{
    static const double p[] = {0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1};
    struct sample *samples = calloc(count, sizeof *samples);
    uint64_t state = 88172645463325252u + range;
    double got[9], want;
    struct tp_dist dist;
    size_t i;

    assert_non_null(samples);
    tp_dist_init(&dist);
    for (i = 0; i < count; i++) {
        samples[i].value = base + (uint32_t)(next(&state) % range);
        samples[i].weight = 1 + next(&state) % 1000000;
        assert_int_equal(tp_dist_add(&dist, samples[i].value, samples[i].weight), 0);
    }
    assert_true(tp_dist_quantiles(&dist, p, got, 9));
    for (i = 0; i < 9; i++) {
        want = true_quantile(samples, count, p[i]);
        assert_true(got[i] >= want * (1 - tolerance) && got[i] <= want * (1 + tolerance));
        assert_true(tp_dist_quantile(&dist, p[i], &want));
        assert_true(want == got[i]);
    }
    assert_true(tp_dist_bytes(&dist) <= 128 * 1024);
    tp_dist_release(&dist);
    free(samples);
}

static void test_exact_below_capacity(void **state)
{
    (void)state;
    compare(1, 0, 1, 0);
    compare(10, 0, 3, 0);
    compare(1000, 0, 30, 0);
    compare(100000, 40000, TP_DIST_CELLS, 0);
    compare(100000, 0xffffff00, 256, 0);
    compare(TP_DIST_CELLS, 0, 0xffffffff, 0);
}

/* Few and many are sorted in different ways, the many by all four bytes of them. */
static void test_of_every_size(void **state)
{
    (void)state;
    compare(31, 0, UINT32_MAX, 0);
    compare(32, 0, UINT32_MAX, 0);
    compare(33, 0, UINT32_MAX, 0);
    compare(700, 0, UINT32_MAX, 0);
    compare(700, 0xabcd0000, 0xffff, 0);
    compare(200, 0xabcdef00, 0xff, 0);
}

static void test_rounded_above(void **state)
{
    (void)state;
    compare(100000, 40000, 40000, 0.002);
    compare(100000, 0, 1000000, 0.002);
    compare(200000, 1, 0xfffffffe, 0.002);
}

static void test_order_does_not_matter(void **state)
{
    struct tp_dist up, down;
    double a, b, p;
    uint32_t i;

    (void)state;
    tp_dist_init(&up);
    tp_dist_init(&down);
    for (i = 0; i < 50000; i++) {
        assert_int_equal(tp_dist_add(&up, i * 7, i + 1), 0);
        assert_int_equal(tp_dist_add(&down, (49999 - i) * 7, 49999 - i + 1), 0);
    }
    for (p = 0; p <= 1; p += 0.01) {
        assert_true(tp_dist_quantile(&up, p, &a) && tp_dist_quantile(&down, p, &b));
        assert_true(a == b);
    }
    tp_dist_release(&up);
    tp_dist_release(&down);
}

/* Whatever comes between expecting a value and adding it. */
static void test_expected_or_not(void **state)
{
    uint64_t random = 99;
    struct tp_dist plain, ahead;
    double a, b, p;
    uint32_t i, value;

    (void)state;
    tp_dist_init(&plain);
    tp_dist_init(&ahead);
    for (i = 1; i <= 200000; i++) {
        value = (uint32_t)(next(&random) >> next(&random) % 32); /* of every size */
        tp_dist_expect(&ahead, value);
        if (i % 5000 == 0) {
            tp_dist_coarsen(&plain, 31 - i / 5000);
            tp_dist_coarsen(&ahead, 31 - i / 5000);
        }
        if (i % 7 == 0) {
            assert_int_equal(tp_dist_add(&plain, i, 3), 0);
            assert_int_equal(tp_dist_add(&ahead, i, 3), 0);
        }
        tp_dist_fetch(&ahead);
        assert_int_equal(tp_dist_add(&plain, value, i % 5), 0);
        assert_int_equal(tp_dist_add_expected(&ahead, value, i % 5), 0);
    }
    assert_int_equal(ahead.total, plain.total);
    assert_int_equal(ahead.used, plain.used);
    assert_int_equal(tp_dist_bytes(&ahead), tp_dist_bytes(&plain));
    assert_true(ahead.used > TP_DIST_CELLS && ahead.used < ahead.allocated);
    for (p = 0; p <= 1; p += 0.001) {
        assert_true(tp_dist_quantile(&plain, p, &a) && tp_dist_quantile(&ahead, p, &b));
        assert_true(a == b);
    }
    tp_dist_release(&plain);
    tp_dist_release(&ahead);
}

static void test_coarsen(void **state)
{
    struct tp_dist dist;
    double value;
    size_t before;
    uint32_t i;

    (void)state;
    tp_dist_init(&dist);
    for (i = 0; i < 700; i++)
        assert_int_equal(tp_dist_add(&dist, 60000 + 10 * i, 1), 0);
    before = tp_dist_bytes(&dist);
    tp_dist_coarsen(&dist, 0); /* no further than TP_DIST_MIN_BITS */
    assert_true(tp_dist_bytes(&dist) < before);
    assert_int_equal(dist.total, 700);
    assert_true(tp_dist_quantile(&dist, 0.5, &value));
    assert_true(value > 63490 * 0.998 && value < 63490 * 1.002);
    tp_dist_release(&dist);
}

static void test_digest_keeps_the_usual_quantiles(void **state)
{
    static const double p[] = {0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99, 1};
    double before[10], after[10];
    uint64_t random = 1234567;
    struct tp_dist dist;
    uint32_t i, n;

    (void)state;
    for (n = 1; n < 3000; n = n * 3 + 1) {
        tp_dist_init(&dist);
        for (i = 0; i < n; i++)
            assert_int_equal(
                tp_dist_add(&dist, 100 + (uint32_t)(next(&random) % 700), 1 + next(&random) % 3),
                0);
        assert_true(tp_dist_quantiles(&dist, p, before, 10));
        i = (uint32_t)dist.total;
        tp_dist_digest(&dist);
        tp_dist_digest(&dist);
        assert_true(tp_dist_quantiles(&dist, p, after, 10));
        assert_memory_equal(before, after, sizeof before);
        assert_int_equal(dist.total, i);
        assert_true(tp_dist_bytes(&dist) <= 384);
        assert_int_equal(tp_dist_add(&dist, 5, 7), 0);
        tp_dist_release(&dist);
    }
}

static void test_empty(void **state)
{
    struct tp_dist dist;
    double value;

    (void)state;
    tp_dist_init(&dist);
    assert_false(tp_dist_quantile(&dist, 0.5, &value));
    assert_int_equal(tp_dist_add(&dist, 5, 0), 0);
    assert_false(tp_dist_quantile(&dist, 0.5, &value));
    tp_dist_coarsen(&dist, 8);
    assert_int_equal(tp_dist_bytes(&dist), 0);
    tp_dist_release(&dist);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_below_capacity),
        cmocka_unit_test(test_of_every_size),
        cmocka_unit_test(test_rounded_above),
        cmocka_unit_test(test_order_does_not_matter),
        cmocka_unit_test(test_expected_or_not),
        cmocka_unit_test(test_coarsen),
        cmocka_unit_test(test_digest_keeps_the_usual_quantiles),
        cmocka_unit_test(test_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
